//! The source format `freeswitch_callcenter`: the events of `mod_callcenter`, as JSON or as plain text.
//!
//! ```text
//! member-queue-start, -resume   offered, queued          bridge-agent-start                 answered
//! bridge-agent-end              ended                    member-queue-end, Terminated       answered, ended
//! member-queue-end, Cancel      abandoned and ended, or what `exits` says
//! ```
//!
//! A contact is the call's session, a visit is the member: each entry into a queue is a member of its own, apart from
//! that of a caller who came back and resumed, which has a new session. All instants are those of the events. The
//! module's own times are in whole seconds, and one of them is used as a second copy of an answer.
//!
//! A call that the site makes to call a customer back may name the first session and member in a variable
//! (`callback_of`). Its events then speak of the first stay.

mod event;
mod plain;
pub(crate) mod rules;
#[cfg(test)]
mod tests;

use ensilinja_model::{AttemptResult, EventTime, Fact, LineIndex, Stage};

use crate::json::sequence::read_each;
use crate::native::epoch::{EpochUnit, epoch_in};
use crate::native::exits::{TIMEOUT, exit};
use crate::native::{MappingEntry, MappingTable, NativeFact, NativeSink, text_of, type_label};
use crate::{Detail, ExitMeaning, FormatRules, MAX_VISIT_CHARS, Mapping, QueueTarget, Record};
use event::{EventHeader, QueueEvent};

pub use rules::{AnsweredFrom, FreeswitchRules};

/// The subclass of the module's events.
const SUBCLASS: &str = "callcenter::info";

/// The last instant of a second, in ms after its start: that of a copy in whole seconds, so that an exact one wins.
const END_OF_SECOND_MS: i64 = 999;

/// Whether an action says nothing about a contact, or nothing that another does not say better.
fn is_silent(action: &str) -> bool {
    action.starts_with("agent-") || ["bridge-agent-fail", "members-count"].contains(&action)
}

pub(crate) fn read(record: &Record<'_>, mapping: &Mapping, sink: &mut dyn NativeSink) {
    let Some(text) = text_of(record, mapping, sink) else { return };
    let no_rules = FreeswitchRules::default();
    let rules = match &mapping.rules {
        FormatRules::FreeswitchCallcenter(rules) => rules,
        _ => &no_rules,
    };
    let new = || QueueEvent::new(rules.callback_of.as_deref());
    if plain::is_plain(text) {
        return plain::read_each(text, new, |event| Reading { event, rules, mapping, sink: &mut *sink }.state());
    }
    read_each(text, new, |event| match event {
        Ok(event) => Reading { event, rules, mapping, sink: &mut *sink }.state(),
        Err(detail) => sink.fault(detail),
    });
}

/// An event that is read.
struct Reading<'x, 'a> {
    event: &'x QueueEvent<'a>,
    rules: &'x FreeswitchRules,
    mapping: &'x Mapping,
    sink: &'x mut dyn NativeSink,
}

/// The stay in a queue that an event is about.
struct MemberStay<'x> {
    session: &'x str,
    member: Option<&'x str>,
    line: LineIndex,
    at: EventTime,
    queue: MappingEntry<'x>,
    /// The event is of a call that calls the customer of this stay back.
    is_callback: bool,
}

impl Reading<'_, '_> {
    /// States what the event says, or why it says nothing.
    fn state(mut self) {
        if let Err(detail) = self.try_state() {
            self.sink.fault(detail);
        }
    }

    fn try_state(&mut self) -> Result<(), Detail> {
        let event = self.event;
        let subclass = event.text(EventHeader::Subclass);
        if let Some(other) = subclass.as_deref().filter(|subclass| !subclass.eq_ignore_ascii_case(SUBCLASS)) {
            self.sink.record_type(type_label(other));
            self.sink.unknown_type();
            return Ok(());
        }
        let Some(action) = event.text(EventHeader::Action) else {
            if subclass.is_some() || event.has(EventHeader::Queue) {
                return Err(Detail::MissingMember);
            }
            self.sink.unknown_type();
            return Ok(());
        };
        self.sink.record_type(type_label(&action));
        match action.as_ref() {
            "member-queue-start" | "member-queue-resume" => self.with_stay(Self::entered),
            "bridge-agent-start" => self.with_stay(Self::answered),
            "bridge-agent-end" if event.says(EventHeader::Bridged, "true") => self.with_stay(Self::ended),
            "member-queue-end" => self.left(),
            "bridge-agent-end" => Ok(()),
            silent if is_silent(silent) => Ok(()),
            _ => {
                self.sink.unknown_type();
                Ok(())
            }
        }
    }

    /// Does `state` with the stay of the event, unless its queue is not mapped or is ignored.
    fn with_stay(&mut self, state: impl FnOnce(&mut Self, &MemberStay<'_>)) -> Result<(), Detail> {
        let (event, mapping) = (self.event, self.mapping);
        let queue = event.text(EventHeader::Queue).ok_or(Detail::MissingQueue)?;
        let found = event.verbatim(EventHeader::Queue).and_then(|queue| mapping.queues.find(queue));
        let Some((target, key)) = found.or_else(|| mapping.queues.find(&queue)) else {
            self.sink.unmapped(MappingTable::Queues, &queue, None);
            return Ok(());
        };
        let QueueTarget::Line(line) = *target else { return Ok(()) };
        let at =
            epoch_in(event.field(EventHeader::Timestamp), EpochUnit::Microseconds)?.ok_or(Detail::MissingInstant)?;
        let callback_of = event.text(EventHeader::CallbackOf);
        let (session, member) = match callback_of.as_deref() {
            Some(first) => first.split_once('/').map_or((first, None), |(session, member)| (session, Some(member))),
            None => (
                &*event.text(EventHeader::Session).ok_or(Detail::MissingContactId)?,
                Some(&*event.text(EventHeader::Member).ok_or(Detail::MissingContactId)?),
            ),
        };
        let is_long = |text: &str| text.len() > MAX_VISIT_CHARS && text.chars().count() > MAX_VISIT_CHARS;
        if member.is_some_and(|member| member.is_empty() || is_long(member)) {
            return Err(Detail::BadContactId);
        }
        let queue = MappingEntry { table: MappingTable::Queues, key };
        state(self, &MemberStay { session, member, line, at, queue, is_callback: callback_of.is_some() });
        Ok(())
    }

    fn entered(&mut self, stay: &MemberStay<'_>) {
        if !stay.is_callback {
            self.fact(stay, Fact::Offered);
            self.fact(stay, Fact::Queued);
        }
    }

    fn answered(&mut self, stay: &MemberStay<'_>) {
        match self.rules.answered_from {
            AnsweredFrom::Start if stay.is_callback => self.reached(stay, stay.at),
            AnsweredFrom::Start => self.fact(stay, Fact::Answered),
            AnsweredFrom::End => {}
        }
    }

    fn ended(&mut self, stay: &MemberStay<'_>) {
        if !stay.is_callback {
            self.fact(stay, Fact::Ended);
        }
    }

    /// The event says that the member left the queue.
    fn left(&mut self) -> Result<(), Detail> {
        let cause = self.event.text(EventHeader::Cause).ok_or(Detail::MissingMember)?;
        match cause.as_ref() {
            "Terminated" => self.with_stay(Self::served),
            "Cancel" => {
                let reason = self.event.text(EventHeader::CancelReason).ok_or(Detail::MissingMember)?;
                self.with_stay(|reading, stay| reading.left_unanswered(stay, &reason))
            }
            _ => Err(Detail::BadMember),
        }
    }

    fn served(&mut self, stay: &MemberStay<'_>) {
        let answered = match epoch_in(self.event.field(EventHeader::AnsweredTime), EpochUnit::Seconds) {
            Ok(answered) => answered,
            Err(detail) => return self.sink.fault(detail),
        };
        // No answer is after the end.
        let answered = answered.map(|second| second.plus_millis(END_OF_SECOND_MS).min(stay.at));
        match (answered, stay.is_callback) {
            // The one attempt has been stated by the answer.
            (Some(at), true) if self.rules.answered_from == AnsweredFrom::End => self.reached(stay, at),
            (_, true) => {}
            (answered, false) => {
                if let Some(at) = answered {
                    self.fact_at(stay, at, Fact::Answered, stay.queue);
                }
                self.fact(stay, Fact::Ended);
            }
        }
    }

    fn left_unanswered(&mut self, stay: &MemberStay<'_>, reason: &str) {
        if stay.is_callback {
            return self.fact(stay, Fact::CallbackAttempted(AttemptResult::Failed));
        }
        let event = self.event;
        match reason {
            // Without a state of the channel, a hang-up is by far the most likely.
            "BREAK_OUT" if event.says(EventHeader::AnswerState, "hangup") || !event.has(EventHeader::AnswerState) => {
                self.abandoned(stay, Stage::Queue);
            }
            "NONE" => self.abandoned(stay, Stage::Ringing),
            "BREAK_OUT" => self.exited(stay, "break_out"),
            "TIMEOUT" => self.exited(stay, TIMEOUT),
            "NO_AGENT_TIMEOUT" => self.exited(stay, "no_agent"),
            "EXIT_WITH_KEY" => match event.text(EventHeader::ExitKey).filter(|key| is_key(key)) {
                Some(key) => self.exited(stay, &format!("key.{key}")),
                None => self.exited(stay, "key"),
            },
            _ => self.exited(stay, "other"),
        }
    }

    fn abandoned(&mut self, stay: &MemberStay<'_>, stage: Stage) {
        self.fact(stay, Fact::Abandoned(stage));
        self.fact(stay, Fact::Ended);
    }

    fn exited(&mut self, stay: &MemberStay<'_>, name: &str) {
        let (meaning, entry): (ExitMeaning, _) = exit(self.mapping, stay.line, stay.queue, name, self.sink);
        self.fact_at(stay, stay.at, meaning.fact(), entry);
    }

    fn reached(&mut self, stay: &MemberStay<'_>, at: EventTime) {
        self.fact_at(stay, at, Fact::CallbackAttempted(AttemptResult::Reached), stay.queue);
        self.fact_at(stay, at, Fact::CallbackReached, stay.queue);
    }

    fn fact(&mut self, stay: &MemberStay<'_>, fact: Fact) {
        self.fact_at(stay, stay.at, fact, stay.queue);
    }

    fn fact_at(&mut self, stay: &MemberStay<'_>, at: EventTime, fact: Fact, entry: MappingEntry<'_>) {
        let MemberStay { session, member, line, .. } = *stay;
        self.sink.fact(&NativeFact { contact: session, visit: member, line, at, fact, entry });
    }
}

/// Whether it is a key of a telephone.
fn is_key(key: &str) -> bool {
    key.len() == 1 && key.bytes().all(|byte| byte.is_ascii_digit() || b"*#ABCDabcd".contains(&byte))
}
