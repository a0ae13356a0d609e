//! What events and records have in common: lines, media, times, and the facts that both state alike.

use ensilinja_model::{AttemptResult, EventTime, Fact, LineIndex};

use super::notification::optional_text;
use super::rules::GenesysCloudRules;
use crate::json::field::Field;
use crate::native::instant::{instant_in, since_2000};
use crate::native::{MappingEntry, MappingTable, NativeFact, NativeSink, type_label};
use crate::rules::FormatRules;
use crate::{AttemptsFrom, CodeMeaning, Detail, ExitMeaning, Mapping, QueueTarget, normalize_number};

/// The last millisecond of the year 9999, which is as far as times in text reach.
const MOST_MS: f64 = 253_402_300_799_999.0;

/// The exit of a caller whom the flow takes out of the queue.
const FLOW_OUT: &str = "flow_out";

/// What the facts of one conversation are stated with.
pub(super) struct Statements<'x> {
    pub(super) mapping: &'x Mapping,
    pub(super) sink: &'x mut dyn NativeSink,
    rules: Option<&'x GenesysCloudRules>,
    is_record: bool,
    /// The facts of a record, until all of it has been read.
    pending: Vec<(&'x str, Option<&'x str>, Mapped<'x>, EventTime, Fact)>,
    /// Keys that have been reported as not mapped.
    reported: Vec<&'x str>,
}

/// A line, and the entry that leads to it.
#[derive(Clone, Copy)]
pub(super) struct Mapped<'x> {
    pub(super) line: LineIndex,
    pub(super) entry: MappingEntry<'x>,
}

/// A medium, as far as it matters.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum GenesysMedium {
    Voice,
    Chat,
    Message,
    Callback,
    /// A medium whose contacts do not count.
    Other,
}

/// A contact: a conversation, and its visit on lines where a return is a contact of its own.
#[derive(Clone, Copy)]
pub(super) struct Visited<'x> {
    pub(super) contact: &'x str,
    pub(super) visit: Option<&'x str>,
}

impl GenesysMedium {
    /// The customer is there in person: these contacts arrive, wait and are answered.
    pub(super) const fn is_live(self) -> bool {
        matches!(self, Self::Voice | Self::Chat | Self::Message)
    }
}

impl<'x> Statements<'x> {
    pub(super) fn new(mapping: &'x Mapping, is_record: bool, sink: &'x mut dyn NativeSink) -> Self {
        let rules = if let FormatRules::GenesysCloud(rules) = &mapping.rules { Some(rules) } else { None };
        Self { mapping, sink, rules, is_record, pending: Vec::new(), reported: Vec::new() }
    }

    /// Gives the facts of a record, or its fault.
    pub(super) fn give(mut self, read: Result<(), Detail>) {
        match read {
            Err(fault) => self.sink.fault(fault),
            Ok(()) => {
                for (contact, visit, Mapped { line, entry }, at, fact) in std::mem::take(&mut self.pending) {
                    self.sink.fact(&NativeFact { contact, visit, line, at, fact, entry });
                }
            }
        }
    }

    /// States a fact. A record states its facts together, once all of it has been read.
    pub(super) fn state(&mut self, Visited { contact, visit }: Visited<'x>, to: Mapped<'x>, at: EventTime, fact: Fact) {
        if self.is_record {
            self.pending.push((contact, visit, to, at, fact));
        } else {
            let Mapped { line, entry } = to;
            self.sink.fact(&NativeFact { contact, visit, line, at, fact, entry });
        }
    }

    /// The line of a queue. Reports a queue that is not mapped.
    pub(super) fn queue_line(&mut self, id: &'x str) -> Option<Mapped<'x>> {
        match self.mapping.queues.find_id(id) {
            Some((QueueTarget::Line(line), key)) => {
                Some(Mapped { line: *line, entry: MappingEntry { table: MappingTable::Queues, key } })
            }
            Some((QueueTarget::Ignored, _)) => None,
            None => {
                self.report(MappingTable::Queues, id);
                None
            }
        }
    }

    /// The line of a dialled number.
    pub(super) fn number_line(&self, number: Option<&str>) -> Option<Mapped<'x>> {
        let mapping = self.mapping;
        let number = number.filter(|_| !mapping.entries.is_empty())?;
        let (line, key) = mapping.entries.find(&normalize_number(number))?;
        Some(Mapped { line: *line, entry: MappingEntry { table: MappingTable::Entries, key } })
    }

    /// Reports a key that is not mapped, once.
    fn report(&mut self, table: MappingTable, key: &'x str) {
        if !self.reported.contains(&key) {
            self.reported.push(key);
            self.sink.unmapped(table, key, None);
        }
    }

    /// The flow took the caller out of the queue. The type of the flow may say more.
    pub(super) fn state_flow_out(
        &mut self,
        of: Visited<'x>,
        queue: Mapped<'x>,
        at: EventTime,
        flow_type: Option<&str>,
    ) {
        let exits = &self.mapping.exits;
        let of_flow = flow_type.map(|flow_type| format!("{FLOW_OUT}.{}", flow_type.to_ascii_lowercase()));
        let found = of_flow.and_then(|exit| exits.find(queue.line, &exit)).or_else(|| exits.find(queue.line, FLOW_OUT));
        if let Some((meaning, key)) = found {
            self.state_exit(of, queue, at, meaning, key);
        } else {
            self.report(MappingTable::Exits, FLOW_OUT);
            self.state(of, queue, at, Fact::Transferred);
        }
    }

    /// The caller left a message. What follows from that, only the line knows.
    pub(super) fn state_voicemail(&mut self, of: Visited<'x>, queue: Mapped<'x>, at: EventTime) {
        const VOICEMAIL: &str = "voicemail";
        match self.mapping.exits.find(queue.line, VOICEMAIL) {
            Some((meaning, key)) => self.state_exit(of, queue, at, meaning, key),
            None => self.report(MappingTable::Exits, VOICEMAIL),
        }
    }

    fn state_exit(&mut self, of: Visited<'x>, queue: Mapped<'x>, at: EventTime, meaning: ExitMeaning, key: &'x str) {
        let entry = MappingEntry { table: MappingTable::Exits, key };
        self.state(of, Mapped { entry, ..queue }, at, meaning.fact());
    }

    /// What an agent chose at the end. Attempts and closings belong to callbacks only.
    pub(super) fn state_code(
        &mut self,
        of: Visited<'x>,
        queue: Mapped<'x>,
        at: EventTime,
        code: &'x str,
        is_callback: bool,
    ) {
        let Some((meaning, key)) = self.mapping.codes.find_id(code) else {
            return self.report(MappingTable::Codes, type_or_id(code));
        };
        let to = Mapped { entry: MappingEntry { table: MappingTable::Codes, key }, ..queue };
        match *meaning {
            CodeMeaning::Outcome(outcome) => self.state(of, to, at, Fact::OutcomeRecorded(outcome)),
            CodeMeaning::Callback(AttemptResult::Reached) if is_callback => self.state_reached(of, to, at),
            CodeMeaning::Callback(AttemptResult::Failed) if is_callback => self.state_failed(of, to, at),
            CodeMeaning::Closed(result) if is_callback => self.state(of, to, at, Fact::CallbackClosed(result)),
            CodeMeaning::Callback(_) | CodeMeaning::Closed(_) => {}
        }
    }

    pub(super) fn state_reached(&mut self, of: Visited<'x>, to: Mapped<'x>, at: EventTime) {
        if self.states_attempts() {
            self.state(of, to, at, Fact::CallbackAttempted(AttemptResult::Reached));
            self.state(of, to, at, Fact::CallbackReached);
        }
    }

    pub(super) fn state_failed(&mut self, of: Visited<'x>, to: Mapped<'x>, at: EventTime) {
        if self.states_attempts() {
            self.state(of, to, at, Fact::CallbackAttempted(AttemptResult::Failed));
        }
    }

    /// Whether attempts are taken from this kind of record.
    fn states_attempts(&self) -> bool {
        AttemptsFrom::allows(self.rules.and_then(|rules| rules.attempts_from), self.is_record)
    }

    /// Whether an outbound call in the queue of this line is a callback.
    pub(super) fn dials_customer_first(&self, line: LineIndex) -> bool {
        self.rules.is_some_and(|rules| rules.customer_first.contains(&line))
    }

    /// Whether each return of a conversation to this line is a contact of its own.
    pub(super) fn has_visits(&self, line: LineIndex, medium: GenesysMedium) -> bool {
        medium == GenesysMedium::Message && self.rules.is_some_and(|rules| rules.message_visits.contains(&line))
    }

    /// The medium in a member. Reports a word that is not known.
    pub(super) fn medium(&mut self, field: &Field<'_>) -> Result<GenesysMedium, Detail> {
        let word = optional_text(field)?.ok_or(Detail::MissingMember)?;
        let is = |known: &str| word.eq_ignore_ascii_case(known);
        Ok(match word.len() {
            5 if is("VOICE") => GenesysMedium::Voice,
            4 if is("CHAT") => GenesysMedium::Chat,
            7 if is("MESSAGE") => GenesysMedium::Message,
            8 if is("CALLBACK") => GenesysMedium::Callback,
            _ => {
                if !["EMAIL", "COBROWSE", "VIDEO", "SCREENSHARE", "UNKNOWN"].iter().any(|known| is(known)) {
                    self.sink.record_type(type_label(word));
                    self.sink.unknown_type();
                }
                GenesysMedium::Other
            }
        })
    }

    /// The instant in a member: whole milliseconds, or a date-time as text.
    pub(super) fn instant(&self, field: &Field<'_>) -> Result<Option<EventTime>, Detail> {
        match field {
            Field::Number(ms) if (0.0..=MOST_MS).contains(ms) => {
                #[expect(clippy::cast_possible_truncation, reason = "it is within the bounds above")]
                let ms = ms.floor() as i64;
                Ok(since_2000(EventTime::from_millis(ms)))
            }
            _ => instant_in(field, self.mapping.zone.as_ref()),
        }
    }
}

/// Whether a direction is this one; it must be one of the two.
pub(super) fn is_inbound(field: &Field<'_>) -> Result<bool, Detail> {
    let word = optional_text(field)?.ok_or(Detail::MissingMember)?;
    if word.eq_ignore_ascii_case("INBOUND") {
        Ok(true)
    } else if word.eq_ignore_ascii_case("OUTBOUND") {
        Ok(false)
    } else {
        Err(Detail::BadMember)
    }
}

/// A code as a label. Codes are ids; anything else is not repeated.
fn type_or_id(code: &str) -> &str {
    let is_id = code.len() <= 64 && code.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if is_id { code } else { "other" }
}
