//! From a snapshot of a segment to facts.
//!
//! ```text
//! customer:   initiated -- enqueued -- connected -- disconnected      offered, queued, answered, ended
//!             initiated -- enqueued --------------- disconnected      offered, queued, abandoned or transferred
//! callback:   initiated -- enqueued -- connected                      requested, attempted, reached
//!             initiated -- enqueued -- an agent --- disconnected      requested, attempted without success
//!             initiated -- enqueued --------------- disconnected      requested, closed
//! ```
//!
//! Contact records have whole seconds, events milliseconds. Of most facts the earliest counts, so a fact of a record is
//! dated at the end of its second: the exact copy wins where there is one. What must win over a wrong guess of an event
//! is dated at the start of the second. Attempts are told apart by their instants, so both feeds cut them to seconds.

use ensilinja_model::{AttemptResult, CloseResult, EventTime, Fact, LineIndex, Stage};

use super::attributes::{AttributeTime, AttributeValues};
use super::snapshot::{Method, SegmentSnapshot};
use crate::native::{MappingEntry, MappingTable, NativeFact, NativeSink, type_label};
use crate::rules::FormatRules;
use crate::{AttemptsFrom, Detail, Mapping, QueueTarget, WaitFrom, normalize_number};

/// The exit of a caller who left a queue, where an event names no reason.
const EXIT_WITHOUT_REASON: &str = "disconnected";

/// States the facts of a snapshot.
pub(super) struct Segment<'x> {
    snapshot: &'x SegmentSnapshot<'x>,
    mapping: &'x Mapping,
    sink: &'x mut dyn NativeSink,
}

/// A line, and the entry that leads to it.
#[derive(Clone, Copy)]
struct Mapped<'x> {
    line: LineIndex,
    entry: MappingEntry<'x>,
}

impl<'x> Segment<'x> {
    pub(super) fn new(snapshot: &'x SegmentSnapshot<'x>, mapping: &'x Mapping, sink: &'x mut dyn NativeSink) -> Self {
        Self { snapshot, mapping, sink }
    }

    /// States what the snapshot proves, or nothing if a time is missing that is needed.
    pub(super) fn state(&mut self, attributes: &AttributeValues<'_, 'x>) -> Result<(), Detail> {
        let queue = self.queue_line()?;
        let is_arrival = self.snapshot.method == Method::Arrival;
        let number = if is_arrival { self.number_line() } else { None };
        self.check_arrival(queue.is_some(), number.is_some())?;
        let attributes = self.dated(attributes)?;
        match self.snapshot.method {
            Method::Arrival | Method::Onward => self.state_customer(queue, number),
            Method::Callback => self.state_callback(queue),
            Method::CustomerFirstQueued => self.state_request(queue),
            Method::CustomerFirstDialed => self.state_dialed(queue),
        }
        let number = if self.snapshot.queue.is_named() { None } else { self.number_line() };
        self.state_attributes(queue.or(number), &attributes);
        Ok(())
    }

    /// Checks that the beginning is there if a fact is dated by it.
    fn check_arrival(&self, has_queue: bool, has_number: bool) -> Result<(), Detail> {
        let is_queued = has_queue && self.snapshot.queue.enqueued.is_some();
        let is_needed = match self.snapshot.method {
            Method::Arrival | Method::Onward => {
                has_number || (is_queued && self.mapping.wait_from == WaitFrom::Arrival)
            }
            Method::Callback | Method::CustomerFirstQueued => is_queued,
            Method::CustomerFirstDialed => false,
        };
        if is_needed && self.snapshot.initiated.is_none() { Err(Detail::MissingInstant) } else { Ok(()) }
    }

    fn state_customer(&mut self, queue: Option<Mapped<'x>>, number: Option<Mapped<'x>>) {
        if let Some((number, initiated)) = number.zip(self.snapshot.initiated) {
            self.state_menu(number, initiated, queue);
        }
        if let Some(queue) = queue {
            self.state_queue(queue);
        }
    }

    /// The leg of the line whose number was dialled.
    fn state_menu(&mut self, number: Mapped<'x>, initiated: EventTime, queue: Option<Mapped<'x>>) {
        let SegmentSnapshot { is_record, connected, disconnected, reason, .. } = *self.snapshot;
        let arrived = self.end_of_second(initiated);
        self.state_fact(number, arrived, Fact::Offered);
        if let Some(enqueued) = self.snapshot.queue.enqueued {
            if queue.is_none_or(|queue| queue.line != number.line) {
                self.state_fact(number, self.start_of_second(enqueued), Fact::Transferred);
            }
        } else if let Some(disconnected) = disconnected {
            // Nothing but the reason tells a customer who hung up from a flow that ended the call.
            if connected.is_none() && reason.is_some_and(is_hang_up) {
                let at = if is_record { self.start_of_second(disconnected).max(arrived) } else { disconnected };
                self.state_fact(number, at, Fact::Abandoned(Stage::Menu));
            }
            self.state_fact(number, self.end_of_second(disconnected), Fact::Ended);
        }
    }

    /// The leg of the queue's line.
    fn state_queue(&mut self, queue: Mapped<'x>) {
        let SegmentSnapshot { initiated, connected, disconnected, .. } = *self.snapshot;
        let enqueued = self.snapshot.queue.enqueued;
        if let Some(enqueued) = enqueued {
            let arrived = match self.mapping.wait_from {
                WaitFrom::Queue => enqueued,
                WaitFrom::Arrival => initiated.unwrap_or(enqueued),
            };
            self.state_fact(queue, self.end_of_second(arrived), Fact::Offered);
            self.state_fact(queue, self.end_of_second(enqueued), Fact::Queued);
        }
        if let Some(connected) = connected {
            self.state_fact(queue, self.end_of_second(connected), Fact::Answered);
        }
        match disconnected {
            Some(disconnected) if connected.is_some() => {
                self.state_fact(queue, self.end_of_second(disconnected), Fact::Ended);
            }
            Some(disconnected) if enqueued.is_some() => self.state_exit(queue, disconnected),
            _ => {}
        }
    }

    /// The customer left the queue, and no agent was connected.
    fn state_exit(&mut self, queue: Mapped<'x>, disconnected: EventTime) {
        if self.snapshot.has_next {
            return self.state_fact(queue, self.start_of_second(disconnected), Fact::Transferred);
        }
        let mapping = self.mapping;
        let exit = self.snapshot.reason.map(str::to_ascii_lowercase);
        let exit = exit.as_deref().or((!self.snapshot.is_record).then_some(EXIT_WITHOUT_REASON));
        let meaning = exit.and_then(|exit| mapping.exits.find(queue.line, exit));
        let (entry, fact) = meaning.map_or((queue.entry, Fact::Abandoned(Stage::Queue)), |(meaning, key)| {
            (MappingEntry { table: MappingTable::Exits, key }, meaning.fact())
        });
        let at = match fact {
            Fact::Transferred | Fact::CallbackRequested => self.start_of_second(disconnected),
            // An event cannot tell a move. The record that can dates it at the start of the second, and must win.
            Fact::Abandoned(_) if !self.snapshot.is_record => disconnected.max(second_of(disconnected).plus_millis(1)),
            _ => self.end_of_second(disconnected),
        };
        self.state_fact(Mapped { entry, ..queue }, at, fact);
        if matches!(fact, Fact::Abandoned(_)) {
            self.state_fact(queue, at, Fact::Ended);
        }
    }

    /// A callback in which the agent is connected first.
    fn state_callback(&mut self, queue: Option<Mapped<'x>>) {
        let Some(queue) = queue else { return };
        let SegmentSnapshot { is_record, connected, disconnected, has_agent, has_next, .. } = *self.snapshot;
        if let Some(connected) = connected {
            self.state_reached(queue, connected);
        } else if let Some(disconnected) = disconnected {
            let left_queue = self.snapshot.queue.dequeued.filter(|_| is_record);
            if has_agent || left_queue.is_some_and(|at| at < disconnected) {
                self.state_failure(queue, disconnected);
            } else if !has_next {
                self.state_closing(queue, disconnected);
            }
        }
        self.state_request(Some(queue));
    }

    /// A callback left the queue without an agent.
    fn state_closing(&mut self, queue: Mapped<'x>, disconnected: EventTime) {
        let removed = |this: &Self| {
            let entry = MappingEntry { table: MappingTable::RemovedCallback, key: "" };
            this.mapping.removed_callback.map(|result| (result, entry))
        };
        let reason = self.snapshot.reason;
        let closed = match reason.map(str::to_ascii_uppercase).as_deref() {
            Some("EXPIRED") => Some((CloseResult::Expired, queue.entry)),
            None | Some("API" | "OTHER") => removed(self),
            Some(_) => None,
        };
        if let Some((result, entry)) = closed {
            let at = self.end_of_second(disconnected);
            self.state_fact(Mapped { entry, ..queue }, at, Fact::CallbackClosed(result));
        } else {
            // It stays outstanding: the only answer that hides nothing.
            let reason = reason.map_or("none", type_label);
            self.sink.unmapped(MappingTable::RemovedCallback, reason, None);
        }
    }

    /// The call of a callback in which the customer is dialled first. It never requests: each attempt is a new segment.
    fn state_dialed(&mut self, queue: Option<Mapped<'x>>) {
        // Without a queue the call did not get as far as one.
        let was_queued = self.snapshot.queue.is_named();
        let line = queue.or_else(|| self.number_line().filter(|_| !was_queued));
        let Some(line) = line else { return };
        match (self.snapshot.connected, self.snapshot.disconnected) {
            (Some(connected), _) => self.state_reached(line, connected),
            (None, Some(disconnected)) => self.state_failure(line, disconnected),
            (None, None) => {}
        }
    }

    fn state_request(&mut self, queue: Option<Mapped<'x>>) {
        let queue = queue.filter(|_| self.snapshot.queue.enqueued.is_some());
        if let Some((queue, initiated)) = queue.zip(self.snapshot.initiated) {
            self.state_fact(queue, self.start_of_second(initiated), Fact::CallbackRequested);
        }
    }

    fn state_reached(&mut self, line: Mapped<'x>, connected: EventTime) {
        if !self.states_attempts() {
            return;
        }
        let at = second_of(connected);
        self.state_fact(line, at, Fact::CallbackAttempted(AttemptResult::Reached));
        self.state_fact(line, at, Fact::CallbackReached);
    }

    fn state_failure(&mut self, line: Mapped<'x>, disconnected: EventTime) {
        if self.states_attempts() {
            self.state_fact(line, second_of(disconnected), Fact::CallbackAttempted(AttemptResult::Failed));
        }
    }

    /// Whether attempts are taken from this kind of record.
    fn states_attempts(&self) -> bool {
        let FormatRules::AmazonConnect(rules) = &self.mapping.rules else { return true };
        AttemptsFrom::allows(rules.attempts_from, self.snapshot.is_record)
    }

    /// The facts of the attributes of a contact record, each with its time and rule. Reports values that are not known.
    fn dated(&mut self, attributes: &AttributeValues<'_, 'x>) -> Result<Vec<(&'x str, EventTime, Fact)>, Detail> {
        let SegmentSnapshot { is_record: true, disconnected, updated, .. } = *self.snapshot else {
            return Ok(Vec::new());
        };
        let mut facts = Vec::new();
        for (rule, value) in attributes.present() {
            let at = match rule.time {
                AttributeTime::End => disconnected,
                AttributeTime::Latest => updated.or(disconnected),
            };
            match rule.meaning.fact(&value) {
                Some(fact) => facts.push((rule.name.as_str(), at.ok_or(Detail::MissingInstant)?, fact)),
                None => self.sink.unmapped(MappingTable::Attributes, &rule.name, None),
            }
        }
        Ok(facts)
    }

    /// States facts of attributes on the line of the queue, else of the number.
    fn state_attributes(&mut self, line: Option<Mapped<'x>>, facts: &[(&'x str, EventTime, Fact)]) {
        let Some(line) = line else { return };
        for (key, at, fact) in facts {
            let entry = MappingEntry { table: MappingTable::Attributes, key };
            self.state_fact(Mapped { entry, ..line }, self.end_of_second(*at), *fact);
        }
    }

    /// The line of the queue, if the segment was queued and its queue has a line. Reports a queue that is not mapped.
    fn queue_line(&mut self) -> Result<Option<Mapped<'x>>, Detail> {
        let queue = &self.snapshot.queue;
        let found = self.find_queue();
        let is_needed = queue.enqueued.is_some() || self.snapshot.connected.is_some();
        match found {
            FoundQueue::None if queue.enqueued.is_some() && !queue.is_of_agent => return Err(Detail::MissingQueue),
            FoundQueue::Unmapped if is_needed && !queue.is_of_agent => {
                let key = queue.id().or(queue.name).unwrap_or_default();
                self.sink.unmapped(MappingTable::Queues, key, queue.name);
            }
            _ => {}
        }
        Ok(found.line())
    }

    fn find_queue(&self) -> FoundQueue<'x> {
        let (queue, mapping) = (&self.snapshot.queue, self.mapping);
        if !queue.is_named() {
            return FoundQueue::None;
        }
        let ids = [queue.id().unwrap_or_default(), queue.arn.unwrap_or_default()];
        let ids = if queue.arn.is_some() { ids.as_slice() } else { &[] };
        match mapping.queues.find_among(ids, queue.name) {
            None => FoundQueue::Unmapped,
            Some((QueueTarget::Ignored, _)) => FoundQueue::Ignored,
            Some((QueueTarget::Line(line), key)) => {
                FoundQueue::Line(Mapped { line: *line, entry: MappingEntry { table: MappingTable::Queues, key } })
            }
        }
    }

    /// The line of the number that the customer dialled.
    fn number_line(&self) -> Option<Mapped<'x>> {
        let entries = &self.mapping.entries;
        let number = self.snapshot.number.filter(|_| !entries.is_empty())?;
        let (line, key) = entries.find(&normalize_number(number))?;
        Some(Mapped { line: *line, entry: MappingEntry { table: MappingTable::Entries, key } })
    }

    fn state_fact(&mut self, Mapped { line, entry }: Mapped<'_>, at: EventTime, fact: Fact) {
        let contact = self.snapshot.contact;
        self.sink.fact(&NativeFact { contact, visit: None, line, at, fact, entry });
    }

    /// The end of the second of a time of a record; a time of an event is exact.
    fn end_of_second(&self, at: EventTime) -> EventTime {
        if self.snapshot.is_record { second_of(at).plus_millis(999) } else { at }
    }

    /// The start of the second of a time of a record; a time of an event is exact.
    fn start_of_second(&self, at: EventTime) -> EventTime {
        if self.snapshot.is_record { second_of(at) } else { at }
    }
}

/// What a table says of the queue of a segment.
#[derive(Clone, Copy)]
enum FoundQueue<'x> {
    /// The segment names no queue.
    None,
    Unmapped,
    Ignored,
    Line(Mapped<'x>),
}

impl<'x> FoundQueue<'x> {
    fn line(self) -> Option<Mapped<'x>> {
        match self {
            Self::Line(line) => Some(line),
            Self::None | Self::Unmapped | Self::Ignored => None,
        }
    }
}

/// Whether the customer hung up.
fn is_hang_up(reason: &str) -> bool {
    ["CUSTOMER_DISCONNECT", "TELECOM_ORIGINATOR_CANCEL"].iter().any(|word| word.eq_ignore_ascii_case(reason))
}

/// The second that an instant is in.
fn second_of(at: EventTime) -> EventTime {
    EventTime::from_seconds(at.floor_second())
}
