//! The source format `asterisk_ami`: queue events of the Manager Interface, as JSON or as headers.
//!
//! | event | fact |
//! |---|---|
//! | `QueueCallerJoin` | offered and queued |
//! | `AgentConnect` | answered |
//! | `AgentComplete` | ended |
//! | `QueueCallerAbandon` | abandoned and ended; transferred, if the call joins a queue again |
//! | `QueueCallerLeave` | if nothing else ended the wait: what the table of exits says of `left` |
//! | `Hangup` | none; proves that nothing else will end the wait |
//!
//! A client of one's own writes the event as a flat object, in any case and with or without `_`; or wraps the headers
//! in `data`. `app_ami_kafka` writes the same, or the headers as lines, with the name of the event only in the key.

mod headers;

use std::borrow::Cow;

use ensilinja_model::{EventTime, Fact, LineIndex};

use self::headers::{AmiEvent, AmiHeader};
use super::instant;
use super::stay_report::{MappedQueue, contact_of, exit_of, part_of, queue_of, rules_of};
use crate::json::field::Field;
use crate::json::sequence::read_each;
use crate::native::{MappingEntry, MappingTable, NativeSink, bytes_of};
use crate::stays::Step;
use crate::{AsteriskRules, Detail, Mapping, Record, without_byte_order_marks};

pub(crate) fn read(record: &Record<'_>, mapping: &Mapping, sink: &mut dyn NativeSink) {
    let bytes = match bytes_of(record, mapping) {
        Ok(bytes) => without_byte_order_marks(bytes),
        Err(detail) => return sink.fault(detail),
    };
    // Checking a whole text for UTF-8 is many times as fast as looking for the parts that are not.
    let text = std::str::from_utf8(bytes).map_or_else(|_| String::from_utf8_lossy(bytes), Cow::Borrowed);
    let rules = rules_of(mapping);
    let time_member = rules.time_member.as_deref();
    if !text.trim_start().starts_with(['{', '[']) {
        let key = record.key.and_then(|key| std::str::from_utf8(key).ok());
        for block in text.split("\r\n\r\n").flat_map(|block| block.split("\n\n")) {
            let event = AmiEvent::of_headers(block, key, time_member);
            if !block.trim().is_empty() {
                read_event(&event, rules, mapping, sink);
            }
        }
        return;
    }
    read_each(
        &text,
        || AmiEvent::with(time_member),
        |event| match event {
            Ok(event) => read_event(event, rules, mapping, sink),
            Err(detail) => sink.fault(detail),
        },
    );
}

fn read_event(event: &AmiEvent<'_>, rules: &AsteriskRules, mapping: &Mapping, sink: &mut dyn NativeSink) {
    let Some(name) = event.text(AmiHeader::Event) else { return sink.fault(Detail::MissingType) };
    let Some(kind) = EventKind::of(name) else {
        sink.record_type(if is_showable(name) { name } else { "other" });
        return sink.unknown_type();
    };
    sink.record_type(name);
    if let Err(detail) = (Reading { event, rules, mapping }).read(kind, sink) {
        sink.fault(detail);
    }
}

/// Whether a name may be shown as a type.
fn is_showable(name: &str) -> bool {
    (1..=40).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_alphabetic())
}

/// The events that are read.
#[derive(Clone, Copy, PartialEq, Eq)]
enum EventKind {
    Joined,
    Connected,
    Completed,
    Abandoned,
    Left,
    HungUp,
}

impl EventKind {
    fn of(name: &str) -> Option<Self> {
        const KINDS: [(&str, EventKind); 6] = [
            ("QueueCallerJoin", EventKind::Joined),
            ("AgentConnect", EventKind::Connected),
            ("AgentComplete", EventKind::Completed),
            ("QueueCallerAbandon", EventKind::Abandoned),
            ("QueueCallerLeave", EventKind::Left),
            ("Hangup", EventKind::HungUp),
        ];
        KINDS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, kind)| *kind)
    }
}

/// An event, and what is needed to understand it.
struct Reading<'a, 'e> {
    event: &'a AmiEvent<'e>,
    rules: &'a AsteriskRules,
    mapping: &'a Mapping,
}

impl Reading<'_, '_> {
    fn read(&self, kind: EventKind, sink: &mut dyn NativeSink) -> Result<(), Detail> {
        if kind == EventKind::HungUp {
            return self.hung_up(sink);
        }
        let queue = self.event.queue().ok_or(Detail::MissingQueue)?;
        let Some(queue) = queue_of(&queue, self.mapping, sink) else { return Ok(()) };
        let mut entry = queue.entry;
        let hold = || self.seconds(AmiHeader::HoldTime);
        let step = match kind {
            EventKind::Joined => Step::Entered,
            EventKind::Connected => Step::Connected { wait_s: hold()? },
            EventKind::Completed => Step::TalkEnded { wait_s: hold()?, talk_s: self.seconds(AmiHeader::TalkTime)? },
            EventKind::Abandoned => Step::Abandoned { wait_s: hold()? },
            EventKind::Left => {
                let fact;
                (fact, entry) = match self.mapping.exits.find(queue.line, LEFT) {
                    Some(_) => exit_of(LEFT, &queue, self.mapping, sink),
                    None => (Fact::Transferred, entry),
                };
                Step::Gone(fact)
            }
            EventKind::HungUp => return Ok(()),
        };
        let is_of_talk = matches!(kind, EventKind::Connected | EventKind::Completed);
        let agent = self.event.text(AmiHeader::Interface).or_else(|| self.event.text(AmiHeader::MemberName));
        let agent = agent.filter(|_| is_of_talk).unwrap_or_default();
        self.give(self.call(kind, &queue), &queue, agent, step, entry, sink)
    }

    /// The end of a conversation comes without an id if the channel of the caller is gone. Queue, agent and time still
    /// say whose it is; the id is then that of no call.
    fn call<'x>(&'x self, kind: EventKind, queue: &MappedQueue<'x>) -> &'x str {
        match self.event.text(AmiHeader::Uniqueid) {
            Some(call) => call,
            None if kind == EventKind::Completed => queue.name,
            None => "",
        }
    }

    /// The end of a channel, be it the caller's or another. It belongs to no queue.
    fn hung_up(&self, sink: &mut dyn NativeSink) -> Result<(), Detail> {
        let entry = MappingEntry { table: MappingTable::Queues, key: "" };
        let queue = MappedQueue { name: "", line: LineIndex::new(0), entry };
        self.give(self.call(EventKind::HungUp, &queue), &queue, "", Step::HungUp, entry, sink)
    }

    fn give(
        &self,
        call: &str,
        queue: &MappedQueue<'_>,
        agent: &str,
        step: Step,
        entry: MappingEntry<'_>,
        sink: &mut dyn NativeSink,
    ) -> Result<(), Detail> {
        let at = self.at(call)?;
        let contact = contact_of(call, self.event.host(), self.rules)?;
        sink.stay(&contact, part_of(queue, agent, at, step), entry);
        Ok(())
    }

    fn at(&self, call: &str) -> Result<EventTime, Detail> {
        let zone = self.mapping.zone.as_ref();
        match self.event.time() {
            Some(Field::Text(text)) => instant::of_column(text, call, zone),
            Some(Field::Number(number)) => instant::of_epoch_number(*number),
            Some(_) => Err(Detail::BadInstant),
            None => Err(Detail::MissingInstant),
        }
    }

    fn seconds(&self, header: AmiHeader) -> Result<u32, Detail> {
        self.event.seconds(header).ok_or(Detail::MissingMember)
    }
}

/// The name of the exit of a call that left a queue for a reason that no event says: a key, above all.
const LEFT: &str = "left";

#[cfg(test)]
mod scenarios;
