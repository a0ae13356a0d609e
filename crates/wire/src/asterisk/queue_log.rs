//! The source format `asterisk_queue_log`: lines of Asterisk's `queue_log`, bare, after a prefix of syslog, in a member
//! of a JSON object, or as an object of parts. A value may hold several lines.
//!
//! | line | fact |
//! |---|---|
//! | `ENTERQUEUE` | offered and queued |
//! | `CONNECT` | answered |
//! | `COMPLETEAGENT`, `COMPLETECALLER`, `BLINDTRANSFER`, `ATTENDEDTRANSFER` | ended |
//! | `ABANDON` | abandoned and ended; while ringing, if a `RINGCANCELED` is in the same second |
//! | `EXITWITHTIMEOUT`, `EXITWITHKEY`, `EXITEMPTY`, `WITHDRAW` | what the table of exits says |
//! | lines of the site's own | what the configuration says |
//!
//! The number in an `ENTERQUEUE` and the names of agents are never given to anything.

use std::borrow::Cow;

use ensilinja_model::{EventTime, Fact};

use super::log_event::{LogEvent, TalkNumbers};
use super::log_line::LogLine;
use super::rules::is_of_menu;
use super::stay_report::{MappedQueue, contact_of, exit_of, part_of, queue_of, rules_of};
use super::wrapping::{Row, Wrapping, text};
use super::{host, instant, wrapping};
use crate::json::field::Field;
use crate::json::sequence::read_each;
use crate::native::{MappingEntry, NativeSink, bytes_of};
use crate::stays::Step;
use crate::{AsteriskRules, Detail, Mapping, Record, WaitFrom, without_byte_order_marks};

pub(crate) fn read(record: &Record<'_>, mapping: &Mapping, sink: &mut dyn NativeSink) {
    match bytes_of(record, mapping) {
        Ok(bytes) => read_text(&decode(bytes), mapping, sink),
        Err(detail) => sink.fault(detail),
    }
}

/// Bytes as text. What is not UTF-8 is Latin-1: the log has names in the encoding of the site.
fn decode(bytes: &[u8]) -> Cow<'_, str> {
    let bytes = without_byte_order_marks(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect::<String>().into(),
    }
}

fn read_text(text: &str, mapping: &Mapping, sink: &mut dyn NativeSink) {
    if !is_json(text) {
        return read_lines(text, None, mapping, sink);
    }
    let rules = rules_of(mapping);
    let mut number = 0;
    read_each(
        text,
        || Wrapping::with(rules.line_member.as_deref()),
        |object| {
            let named = |wrapping: &Wrapping<'_>| {
                let is_needed = rules.host_in_id && wrapping.host().is_none();
                is_needed.then(|| wrapping::host_objects(text).into_iter().nth(number)).flatten().flatten()
            };
            let result = object.and_then(|object| read_object(object, named(object).as_deref(), mapping, sink));
            if let Err(detail) = result {
                sink.fault(detail);
            }
            number += 1;
        },
    );
    if number == 0 {
        sink.fault(Detail::NotQueueLog);
    }
}

/// Whether a text is an object or an array of objects. A bracket may also begin a prefix, such as `[pbx1]`.
fn is_json(text: &str) -> bool {
    let text = text.trim_start();
    let inside = text.strip_prefix('[').map_or(text, str::trim_start);
    inside.starts_with('{') || (inside.len() < text.len() && inside.starts_with(']'))
}

fn read_lines(text: &str, host: Option<&str>, mapping: &Mapping, sink: &mut dyn NativeSink) {
    let rules = rules_of(mapping);
    for line in text.lines() {
        let (prefix, line) = host::part(line);
        if line.is_empty() {
            continue;
        }
        let is_known = |word: &str| LogEvent::of(word).is_some() || rules.events.contains_key(word);
        let host = host.or_else(|| host::of_prefix(prefix));
        match LogLine::parse(line, is_known) {
            Ok(line) => Reading { line, host, rules, mapping }.read(sink),
            Err(detail) => sink.fault(detail),
        }
    }
}

/// Reads an object with a line or with the parts of one. `named` is the host, if `host` is an object.
fn read_object(
    wrapping: &Wrapping<'_>,
    named: Option<&str>,
    mapping: &Mapping,
    sink: &mut dyn NativeSink,
) -> Result<(), Detail> {
    let host = wrapping.host().or(named);
    match (wrapping.line(), wrapping.row()) {
        (Some(lines), None) => read_lines(lines, host, mapping, sink),
        (_, Some(row)) => read_row(row, host, mapping, sink)?,
        (None, None) => return Err(Detail::NotQueueLog),
    }
    Ok(())
}

/// Reads the parts of a line.
fn read_row(row: &Row<'_>, host: Option<&str>, mapping: &Mapping, sink: &mut dyn NativeSink) -> Result<(), Detail> {
    let call = text(&row.callid).unwrap_or_default();
    let zone = mapping.zone.as_ref();
    let at = match &row.time {
        Field::Text(time) => instant::of_column(time, call, zone)?,
        Field::Number(number) => instant::of_number(*number, call, zone)?,
        Field::Absent | Field::Null => return Err(Detail::MissingInstant),
        Field::Bool(_) | Field::Other => return Err(Detail::BadInstant),
    };
    let part = |field: &Field<'_>| match field {
        Field::Text(text) => text.to_string(),
        Field::Number(number) => number.to_string(),
        _ => String::new(),
    };
    let names = format!("{}|{}", part(&row.queuename), part(&row.agent));
    let data = row.data.iter().map(part).collect::<Vec<_>>().join("|");
    let event = text(&row.event).unwrap_or_default();
    let line = LogLine { at, call, names: &names, event, data: data.trim_end_matches('|') };
    Reading { line, host, rules: rules_of(mapping), mapping }.read(sink);
    Ok(())
}

/// A line, and what is needed to understand it.
struct Reading<'a> {
    line: LogLine<'a>,
    host: Option<&'a str>,
    rules: &'a AsteriskRules,
    mapping: &'a Mapping,
}

impl Reading<'_> {
    fn read(&self, sink: &mut dyn NativeSink) {
        let word = self.line.event;
        if is_showable(word) {
            sink.record_type(word);
        }
        let own = self.rules.events.get(word).copied();
        let result = match (LogEvent::of(word), own) {
            (None | Some(LogEvent::Nothing), Some(fact)) => self.stated(fact, sink),
            (Some(LogEvent::Nothing), None) => Ok(()),
            (Some(event), _) => self.known(event, sink),
            (None, None) => {
                sink.unknown_type();
                Ok(())
            }
        };
        if let Err(detail) = result {
            sink.fault(detail);
        }
    }

    /// A line of the site's own. Menus count only where the wait begins with the arrival.
    fn stated(&self, fact: Fact, sink: &mut dyn NativeSink) -> Result<(), Detail> {
        if is_of_menu(fact) && self.mapping.wait_from == WaitFrom::Queue {
            return Ok(());
        }
        let Some((queue, _)) = self.queue_and_agent(sink) else { return Ok(()) };
        self.give(&queue, "", Step::Stated(fact), queue.entry, sink)
    }

    /// A line of Asterisk's own.
    fn known(&self, event: LogEvent, sink: &mut dyn NativeSink) -> Result<(), Detail> {
        let Some((queue, agent)) = self.queue_and_agent(sink) else { return Ok(()) };
        let line = &self.line;
        let mut entry = queue.entry;
        let (agent, step) = match event {
            LogEvent::Nothing => return Ok(()),
            LogEvent::Entered => ("", Step::Entered),
            LogEvent::RingCanceled => ("", Step::RingCanceled),
            LogEvent::Connected => (agent, Step::Connected { wait_s: line.number(0)? }),
            LogEvent::Abandoned => (agent, Step::Abandoned { wait_s: line.number(2)? }),
            LogEvent::Exited(exit) => {
                let (name, wait) = exit.name_and_wait(line.data.split('|').next().unwrap_or_default());
                let wait_s = line.number(wait)?;
                let fact;
                (fact, entry) = exit_of(&name, &queue, self.mapping, sink);
                ("", Step::Left { wait_s, fact })
            }
            LogEvent::TalkEnded(TalkNumbers::First) => {
                (agent, Step::TalkEnded { wait_s: line.number(0)?, talk_s: line.number(1)? })
            }
            LogEvent::TalkEnded(TalkNumbers::BeforeLast) => {
                (agent, Step::TalkEnded { wait_s: line.number_from_end(2)?, talk_s: line.number_from_end(1)? })
            }
        };
        self.give(&queue, agent, step, entry, sink)
    }

    fn queue_and_agent(&self, sink: &mut dyn NativeSink) -> Option<(MappedQueue<'_>, &str)> {
        let (queue, agent) = self.line.queue_and_agent(|name| self.mapping.queues.find(name).is_some());
        Some((queue_of(queue, self.mapping, sink)?, agent))
    }

    fn give(
        &self,
        queue: &MappedQueue<'_>,
        agent: &str,
        step: Step,
        entry: MappingEntry<'_>,
        sink: &mut dyn NativeSink,
    ) -> Result<(), Detail> {
        let contact = contact_of(self.line.call, self.host, self.rules)?;
        let at: EventTime = self.line.at;
        sink.stay(&contact, part_of(queue, agent, at, step), entry);
        Ok(())
    }
}

/// Whether a word may be shown as a type: it looks like the name of an event, and not like a name or a number.
fn is_showable(word: &str) -> bool {
    (1..=32).contains(&word.len())
        && word.starts_with(|c: char| c.is_ascii_alphabetic())
        && word.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
}

#[cfg(test)]
mod lines;
#[cfg(test)]
mod scenarios;
#[cfg(test)]
mod shipped;
#[cfg(test)]
mod soups;
