//! Reads one row: from cells to what it states about a contact.

use ensilinja_model::{AttemptResult, EventTime, Fact, FeedbackAnswer, LineId, NpsScore, Survey};

use super::cells::{ColumnNotFound, RowCells};
use super::contact_id;
use super::duration;
use super::local_time::{ArrivalHint, LocalClock, TimeColumn};
use super::row_fault::RowFault;
use super::rules::{CallDuration, CallRecordRules, CallText, CallTime, CallbackWord, LineRule, RowResult, VisitRule};
use super::timeline::{CallTimeline, StatedTimes};
use super::word_table::WordTable;
use crate::MAX_VISIT_CHARS;
use crate::cloudevents::encoder::{Statement, time};

/// Reads the rows of files with the same columns.
#[derive(Clone, Debug)]
pub struct CallRecordReader {
    rules: CallRecordRules,
    places: Vec<usize>,
    width: usize,
}

/// What a row is.
pub enum RowContent {
    /// A contact.
    Contact(CallRecord),
    /// No contact, or one that does not count, by the rules.
    Ignored,
}

/// What a row states about a contact. It has no `Debug`, because it contains a contact's id.
pub struct CallRecord {
    /// The id of the contact.
    pub contact: String,
    /// The visit of the contact to the line.
    pub visit: Option<String>,
    /// The line.
    pub line: LineId,
    /// Its facts, the arrival first.
    pub facts: Vec<(EventTime, Fact)>,
    /// Faults of cells that were left out.
    pub left_out: Vec<RowFault>,
    /// What should be known about the row.
    pub notes: RowNotes,
}

/// What should be known about a row that was taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RowNotes {
    /// A time comes twice and was decided by rule.
    pub has_time_by_rule: bool,
    /// The id was derived from the row.
    pub has_derived_id: bool,
    /// The row does not say how long the contact waited.
    pub has_unknown_wait: bool,
}

impl CallRecord {
    /// The statements of its facts.
    pub fn statements(&self) -> impl Iterator<Item = Statement<'_>> {
        let Self { contact, visit, line, .. } = self;
        self.facts.iter().map(move |(at, fact)| Statement {
            contact,
            line,
            visit: visit.as_deref(),
            to_line: None,
            at: *at,
            fact: *fact,
        })
    }

    /// A hash of contact, line and visit.
    #[must_use]
    pub fn leg_hash(&self) -> u128 {
        let Self { contact, visit, line, .. } = self;
        crate::leg_hasher::LegHasher::new(&[0; 16]).leg(contact, line.as_str(), visit.as_deref()).get()
    }
}

impl CallRecordReader {
    /// A reader of files whose header, or first row if they have no header, is `header`.
    ///
    /// # Errors
    /// If the file has not exactly one column for each that the rules use.
    pub fn new(rules: CallRecordRules, header: &[&str]) -> Result<Self, ColumnNotFound> {
        let places = rules.columns.set.places(header)?;
        Ok(Self { rules, places, width: header.len() })
    }

    /// What a row states.
    ///
    /// # Errors
    /// Why the row is refused.
    pub fn read(&self, fields: &[&str]) -> Result<RowContent, RowFault> {
        let (own, more) = fields.split_at(self.width.min(fields.len()));
        if own.len() < self.width || more.iter().any(|field| !field.trim().is_empty()) {
            return Err(RowFault::FieldCount);
        }
        let Self { rules, places, .. } = self;
        let clock = LocalClock { zone: &rules.zone, repeated: rules.repeated_time, by_rule: 0 };
        let cells = RowCells { fields, places, empty: &rules.empty };
        RowReading { rules, cells, clock, arrival: None, facts: Vec::new(), left_out: Vec::new() }.read()
    }
}

/// A row that is being read.
struct RowReading<'a> {
    rules: &'a CallRecordRules,
    cells: RowCells<'a>,
    clock: LocalClock<'a>,
    arrival: Option<ArrivalHint>,
    facts: Vec<(EventTime, Fact)>,
    left_out: Vec<RowFault>,
}

impl<'a> RowReading<'a> {
    fn read(mut self) -> Result<RowContent, RowFault> {
        let Some(line) = self.line()? else { return Ok(RowContent::Ignored) };
        let stated_result = self.stated_result()?;
        if stated_result == Some(RowResult::Ignored) {
            return Ok(RowContent::Ignored);
        }
        let stated = self.stated_times()?;
        let result = stated_result.or_else(|| implied_result(&stated)).or(self.rules.otherwise);
        let result = result.ok_or(RowFault::NoResult)?;
        let Some(fact) = result.fact() else { return Ok(RowContent::Ignored) };
        let timeline = stated.timeline(result)?;
        self.arrival.get_or_insert(ArrivalHint { at: timeline.arrived, date: None });
        self.facts.push((timeline.arrived, Fact::Offered));
        self.state(CallTime::Queued, Fact::Queued)?;
        self.wait(fact, result, &timeline, stated.talk_ms);
        self.callback()?;
        self.state(CallTime::Transferred, Fact::Transferred)?;
        self.afterwards(timeline.ended);
        let (contact, has_derived_id) = self.contact()?;
        let visit = self.visit(timeline.arrived)?;
        let notes = RowNotes {
            has_time_by_rule: self.clock.by_rule > 0,
            has_derived_id,
            has_unknown_wait: timeline.wait_ended.is_none(),
        };
        let Self { facts, left_out, .. } = self;
        Ok(RowContent::Contact(CallRecord { contact, visit, line, facts, left_out, notes }))
    }

    /// The line; `None` for contacts that do not count.
    fn line(&self) -> Result<Option<LineId>, RowFault> {
        match &self.rules.line {
            LineRule::One(line) => Ok(Some(line.clone())),
            LineRule::ByQueue { column, queues } => {
                let queue = self.cells.get(*column).ok_or(RowFault::NoQueue)?;
                queues.find(queue).cloned().ok_or(RowFault::QueueNotMapped)
            }
        }
    }

    fn text(&self, text: CallText) -> Option<&'a str> {
        self.rules.columns.texts.get(&text).and_then(|column| self.cells.get(*column))
    }

    fn stated_result(&self) -> Result<Option<RowResult>, RowFault> {
        let meaning = |word| self.rules.results.find(word).copied().ok_or(RowFault::UnknownResult);
        self.text(CallText::Result).map(meaning).transpose()
    }

    /// A time; refused if it is before the arrival.
    fn time(&mut self, time: CallTime) -> Result<Option<EventTime>, RowFault> {
        let rules = self.rules;
        rules.columns.times.get(&time).map_or(Ok(None), |column| self.time_in(column))
    }

    fn time_in(&mut self, column: &TimeColumn) -> Result<Option<EventTime>, RowFault> {
        let at = self.clock.read(column, self.cells, self.arrival)?;
        match self.arrival {
            Some(arrival) if at.is_some_and(|at| at < arrival.at) => Err(RowFault::OutOfOrder),
            _ => Ok(at),
        }
    }

    fn duration_ms(&self, duration: CallDuration) -> Result<Option<i64>, RowFault> {
        let Some(column) = self.rules.columns.durations.get(&duration) else { return Ok(None) };
        let Some(text) = self.cells.get(column.column) else { return Ok(None) };
        column.format.parse(text, self.rules.decimal).map(Some).ok_or(RowFault::BadDuration)
    }

    fn stated_times(&mut self) -> Result<StatedTimes, RowFault> {
        let arrived = self.time(CallTime::Arrived)?;
        let date = match self.rules.columns.times.get(&CallTime::Arrived) {
            Some(TimeColumn::Apart { date, .. }) => Some(*date),
            _ => None,
        };
        self.arrival = arrived.map(|at| ArrivalHint { at, date });
        Ok(StatedTimes {
            arrived,
            answered: self.time(CallTime::Answered)?,
            left: self.time(CallTime::Left)?,
            transferred: self.time(CallTime::Transferred)?,
            ended: self.time(CallTime::Ended)?,
            requested: self.time(CallTime::CallbackRequested)?,
            wait_ms: self.duration_ms(CallDuration::Wait)?,
            talk_ms: self.duration_ms(CallDuration::Talk)?,
            duration_ms: self.duration_ms(CallDuration::Duration)?,
        })
    }

    /// States a fact at the time in a column of its own, if it says anything.
    fn state(&mut self, time: CallTime, fact: Fact) -> Result<(), RowFault> {
        let at = self.time(time)?;
        self.facts.extend(at.map(|at| (at, fact)).filter(|stated| !self.facts.contains(stated)));
        Ok(())
    }

    /// The end of the wait, and of an answered contact.
    fn wait(&mut self, fact: Fact, result: RowResult, timeline: &CallTimeline, talk_ms: Option<i64>) {
        let Some(at) = timeline.wait_ended else {
            self.facts.extend(of_an_unknown_wait(fact, timeline.arrived, talk_ms));
            return;
        };
        self.facts.push((at, fact));
        if result == RowResult::Answered {
            self.facts.extend(timeline.ended.map(|at| (at, Fact::Ended)));
        }
    }

    fn callback(&mut self) -> Result<(), RowFault> {
        self.state(CallTime::CallbackRequested, Fact::CallbackRequested)?;
        let reached = self.time(CallTime::CallbackReached)?;
        let closed = self.time(CallTime::CallbackClosed)?;
        let reached = match self.callback_word()? {
            Some(CallbackWord::Reached) => Some(reached.or(closed).ok_or(RowFault::IncompleteCallback)?),
            Some(CallbackWord::Closed(result)) => {
                let at = closed.ok_or(RowFault::IncompleteCallback)?;
                self.facts.push((at, Fact::CallbackClosed(result)));
                reached
            }
            None if closed.is_some() && reached.is_none() => return Err(RowFault::IncompleteCallback),
            Some(CallbackWord::Outstanding) | None => reached,
        };
        self.attempts(reached)?;
        self.facts.extend(reached.map(|at| (at, Fact::CallbackReached)));
        self.state(CallTime::CallbackEnded, Fact::Ended)
    }

    /// The attempts to call back. The last in the second in which the customer was reached reached the customer.
    fn attempts(&mut self, reached: Option<EventTime>) -> Result<(), RowFault> {
        let mut attempts = Vec::new();
        for column in &self.rules.columns.attempts {
            attempts.extend(self.time_in(column)?);
        }
        let is_in_second = |at: &EventTime| reached.is_some_and(|reached| reached.floor_second() == at.floor_second());
        let successful = attempts.iter().rposition(is_in_second);
        self.facts.extend(attempts.into_iter().enumerate().map(|(place, at)| {
            let result = if Some(place) == successful { AttemptResult::Reached } else { AttemptResult::Failed };
            (at, Fact::CallbackAttempted(result))
        }));
        Ok(())
    }

    fn callback_word(&self) -> Result<Option<CallbackWord>, RowFault> {
        let meaning = |word| self.rules.callbacks.find(word).copied().ok_or(RowFault::UnknownCallbackResult);
        self.text(CallText::CallbackResult).map(meaning).transpose()
    }

    /// Outcome and feedback. A wrong cell is left out, and the contact counts.
    fn afterwards(&mut self, ended: Option<EventTime>) {
        let last = self.facts.iter().map(|(at, _)| *at).chain(ended).max();
        let outcome = self.meaning(CallText::Outcome, &self.rules.outcomes, RowFault::UnknownOutcome);
        if let Some(outcome) = outcome {
            self.state_later(CallTime::OutcomeAt, last, Fact::OutcomeRecorded(outcome));
        }
        let mut answers = Vec::new();
        if let Some(text) = self.text(CallText::Nps) {
            match score(text, self.rules.decimal) {
                Some(score) => answers.push(FeedbackAnswer::Nps(score)),
                None => self.left_out.push(RowFault::BadScore),
            }
        }
        for (text, survey) in [(CallText::Solved, Survey::Solved), (CallText::Continues, Survey::Continues)] {
            let answer = self.meaning(text, &self.rules.answers, RowFault::UnknownAnswer);
            answers.extend(answer.map(|answer| FeedbackAnswer::Survey(survey, answer)));
        }
        for answer in answers {
            self.state_later(CallTime::FeedbackAt, last, Fact::FeedbackReceived(answer));
        }
    }

    /// What the word in a cell means; `None` if there is none, or the table says so, or lacks it.
    fn meaning<T: Copy>(&mut self, text: CallText, table: &WordTable<Option<T>>, fault: RowFault) -> Option<T> {
        let meaning = table.find(self.text(text)?).copied();
        meaning.unwrap_or_else(|| {
            self.left_out.push(fault);
            None
        })
    }

    /// States a fact at the time in a column of its own, or else at the end of the contact.
    fn state_later(&mut self, time: CallTime, last: Option<EventTime>, fact: Fact) {
        match self.time(time) {
            Ok(at) => self.facts.extend(at.or(last).map(|at| (at, fact))),
            Err(_) => self.left_out.push(RowFault::BadLaterTime),
        }
    }

    /// The id, and whether it was derived.
    fn contact(&self) -> Result<(String, bool), RowFault> {
        if let Some(id) = self.text(CallText::Id) {
            return Ok((contact_id::checked(id)?.to_owned(), false));
        }
        let contents = self.rules.columns.identity.iter().map(|column| self.cells.get(*column));
        Ok((contact_id::derived(contents), true))
    }

    fn visit(&self, arrived: EventTime) -> Result<Option<String>, RowFault> {
        match (self.text(CallText::Visit), self.rules.visits) {
            (Some(visit), _) if visit.chars().count() > MAX_VISIT_CHARS => Err(RowFault::IdTooLong),
            (Some(visit), _) => Ok(Some(visit.to_owned())),
            (None, VisitRule::StartTime) => Ok(Some(time(arrived))),
            (None, VisitRule::None) => Ok(None),
        }
    }
}

/// What is stated of a contact whose wait is unknown: the one place that decides this.
///
/// The result is stated at the arrival, with the fact that the wait is unknown, so that the contact counts and its wait
/// does not. A move and an end without a result have no measure and need no such fact. A conversation is stated by its
/// length, from there on: its real end would add the unknown wait to it.
fn of_an_unknown_wait(fact: Fact, arrived: EventTime, talk_ms: Option<i64>) -> Vec<(EventTime, Fact)> {
    let result = (arrived, fact);
    match fact {
        Fact::Transferred | Fact::Ended => vec![result],
        Fact::Answered => {
            let ended = talk_ms.map(|ms| (arrived.plus_millis(ms), Fact::Ended));
            [(arrived, Fact::WaitUnknown), result].into_iter().chain(ended).collect()
        }
        _ => vec![(arrived, Fact::WaitUnknown), result],
    }
}

/// The result that times imply: an answer, or a conversation; otherwise the request of a callback.
fn implied_result(stated: &StatedTimes) -> Option<RowResult> {
    if stated.answered.is_some() || stated.talk_ms.is_some_and(|ms| ms > 0) {
        Some(RowResult::Answered)
    } else {
        stated.requested.map(|_| RowResult::CallbackRequested)
    }
}

fn score(text: &str, decimal: char) -> Option<NpsScore> {
    const TENTHS: i64 = 10;
    let tenths = duration::scaled(text, decimal, TENTHS).filter(|tenths| tenths % TENTHS == 0)?;
    u8::try_from(tenths / TENTHS).ok().and_then(NpsScore::new)
}

#[cfg(test)]
mod tests {
    use ensilinja_model::{Outcome, YesNo};
    use proptest::prelude::*;

    use super::super::cells::{ColumnKey, ColumnRef};
    use super::super::duration::DurationFormat;
    use super::super::local_time::{RepeatedTime, TimePattern, TimePatternKind};
    use super::super::rules::{CallRecordColumns, DurationColumn};
    use super::*;

    const HEADER: [&str; 20] = [
        "id",
        "queue",
        "result",
        "arrived",
        "queued",
        "answered",
        "left",
        "transferred",
        "ended",
        "wait",
        "talk",
        "duration",
        "requested",
        "attempt",
        "reached",
        "closed",
        "callback",
        "outcome",
        "nps",
        "solved",
    ];

    fn rules() -> CallRecordRules {
        let mut columns = CallRecordColumns::default();
        let mut add = |name: &str| columns.set.add(ColumnRef::Name(name.to_owned()));
        let pattern = TimePattern::parse("%d.%m.%Y %H:%M:%S", TimePatternKind::DateTime).unwrap();
        let whole = |column: ColumnKey| TimeColumn::Whole { column, pattern: pattern.clone() };
        let queue = add("queue");
        let texts = [
            (CallText::Id, "id"),
            (CallText::Result, "result"),
            (CallText::CallbackResult, "callback"),
            (CallText::Outcome, "outcome"),
            (CallText::Nps, "nps"),
            (CallText::Solved, "solved"),
        ]
        .map(|(text, name)| (text, add(name)));
        let times = [
            (CallTime::Arrived, "arrived"),
            (CallTime::Queued, "queued"),
            (CallTime::Answered, "answered"),
            (CallTime::Left, "left"),
            (CallTime::Transferred, "transferred"),
            (CallTime::Ended, "ended"),
            (CallTime::CallbackRequested, "requested"),
            (CallTime::CallbackReached, "reached"),
            (CallTime::CallbackClosed, "closed"),
        ]
        .map(|(time, name)| (time, whole(add(name))));
        let durations = [CallDuration::Wait, CallDuration::Talk, CallDuration::Duration].map(|duration| {
            let column = add(duration.as_str());
            (duration, DurationColumn { column, format: DurationFormat::HoursMinutesSeconds })
        });
        let attempts = vec![whole(add("attempt"))];
        let identity = ["queue", "arrived", "wait"].map(add).to_vec();
        columns.texts = texts.into();
        columns.times = times.into();
        columns.durations = durations.into();
        columns.attempts = attempts;
        columns.identity = identity;
        let line = |id| LineId::parse(id).unwrap();
        let queues = table([("mipa", Some(line("mipa"))), ("neuvola", Some(line("neuvola"))), ("agent-*", None)]);
        CallRecordRules {
            columns,
            line: LineRule::ByQueue { column: queue, queues },
            results: table(RowResult::ALL.iter().map(|result| (result.as_str(), *result))),
            otherwise: None,
            outcomes: table([("handled", Some(Outcome::Handled)), ("test", None)]),
            answers: table([("yes", Some(YesNo::Yes)), ("no", Some(YesNo::No))]),
            callbacks: table([
                ("reached", CallbackWord::Reached),
                ("purged", CallbackWord::Closed(ensilinja_model::CloseResult::Purged)),
                ("open", CallbackWord::Outstanding),
            ]),
            visits: VisitRule::StartTime,
            zone: jiff::tz::TimeZone::get("Europe/Helsinki").unwrap(),
            repeated_time: RepeatedTime::Refused,
            decimal: ',',
            empty: vec!["-".to_owned()],
        }
    }

    fn table<T>(words: impl IntoIterator<Item = (&'static str, T)>) -> WordTable<T> {
        let mut table = WordTable::default();
        for (word, meaning) in words {
            assert!(table.insert(word, meaning));
        }
        table
    }

    /// A row with these cells. A time without a date is on 16 September 2025.
    fn row(cells: &[(&str, &str)]) -> Vec<String> {
        let cell = |name: &&str| cells.iter().find(|(column, _)| column == name).map_or("", |(_, cell)| cell);
        let is_time = |name: &str| !["wait", "talk", "duration"].contains(&name);
        let dated = |name: &&str| match cell(name) {
            cell if is_time(name) && cell.len() == 8 && cell.contains(':') => format!("16.9.2025 {cell}"),
            cell => cell.to_owned(),
        };
        HEADER.iter().map(dated).collect()
    }

    fn read_by(rules: CallRecordRules, cells: &[(&str, &str)]) -> Result<RowContent, RowFault> {
        let row = row(cells);
        let fields: Vec<&str> = row.iter().map(String::as_str).collect();
        CallRecordReader::new(rules, &HEADER).unwrap().read(&fields)
    }

    #[track_caller]
    fn contact(cells: &[(&str, &str)]) -> CallRecord {
        match read_by(rules(), cells) {
            Ok(RowContent::Contact(contact)) => contact,
            Ok(RowContent::Ignored) => panic!("it is ignored"),
            Err(fault) => panic!("{fault:?}"),
        }
    }

    /// Facts with the second of their time since 09:00 in Helsinki.
    fn facts(cells: &[(&str, &str)]) -> Vec<(i64, Fact)> {
        let nine = EventTime::from_seconds(1_758_002_400);
        contact(cells).facts.iter().map(|(at, fact)| (at.millis_since(nine) / 1000, *fact)).collect()
    }

    fn fault(cells: &[(&str, &str)]) -> Option<RowFault> {
        read_by(rules(), cells).err()
    }

    const CALL: [(&str, &str); 3] = [("id", "c-1"), ("queue", "mipa"), ("arrived", "09:00:00")];

    fn call<'a>(more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        // The later cells win.
        more.iter().chain(&CALL).copied().collect()
    }

    #[test]
    fn every_result_is_stated_at_the_end_of_the_wait() {
        use ensilinja_model::Stage::{Menu, Queue, Ringing};
        for (result, fact) in [
            ("answered", Fact::Answered),
            ("Abandoned", Fact::Abandoned(Queue)),
            ("abandoned_menu", Fact::Abandoned(Menu)),
            ("abandoned_ringing", Fact::Abandoned(Ringing)),
            ("callback_requested", Fact::CallbackRequested),
            ("transferred", Fact::Transferred),
            ("timed_out", RowResult::TimedOut.fact().unwrap()),
            ("ended", Fact::Ended),
        ] {
            let found = facts(&call(&[("result", result), ("wait", "00:01:05")]));
            assert_eq!(found, [(0, Fact::Offered), (65, fact)], "{result}");
        }
        assert!(matches!(read_by(rules(), &call(&[("result", "ignored")])), Ok(RowContent::Ignored)));
        assert!(matches!(read_by(rules(), &[("queue", "AGENT-7")]), Ok(RowContent::Ignored)));
    }

    #[test]
    fn an_answered_call_has_its_queue_and_its_end() {
        let stated = call(&[("queued", "09:00:10"), ("answered", "09:01:00"), ("ended", "09:07:00")]);
        let expected = [(0, Fact::Offered), (10, Fact::Queued), (60, Fact::Answered), (420, Fact::Ended)];
        assert_eq!(facts(&stated), expected, "an answer is a result");
        let moved = facts(&call(&[("answered", "09:01:00"), ("transferred", "09:03:00")]));
        assert_eq!(moved, [(0, Fact::Offered), (60, Fact::Answered), (180, Fact::Transferred)]);
        assert_eq!(facts(&call(&[("talk", "00:01:00"), ("wait", "00:00:00")])).get(1), Some(&(0, Fact::Answered)));
    }

    #[test]
    fn an_unknown_wait_is_stated_as_unknown_and_not_as_zero() {
        for wait in ["", "-", " - "] {
            let unknown = call(&[("result", "answered"), ("wait", wait), ("ended", "09:07:00"), ("nps", "9")]);
            let stated = facts(&unknown);
            assert_eq!(stated[..3], [(0, Fact::Offered), (0, Fact::WaitUnknown), (0, Fact::Answered)]);
            assert!(matches!(stated[3..], [(420, Fact::FeedbackReceived(_))]), "the conversation is unknown too");
            assert!(contact(&unknown).notes.has_unknown_wait);
        }
        let with_talk = facts(&call(&[("result", "answered"), ("talk", "00:04:00")]));
        assert_eq!(with_talk[3..], [(240, Fact::Ended)], "a conversation of four minutes");
        let abandoned = facts(&call(&[("result", "abandoned")]));
        let gave_up = Fact::Abandoned(ensilinja_model::Stage::Queue);
        assert_eq!(abandoned, [(0, Fact::Offered), (0, Fact::WaitUnknown), (0, gave_up)]);
        let zero = call(&[("result", "answered"), ("wait", "00:00:00")]);
        assert_eq!(facts(&zero), [(0, Fact::Offered), (0, Fact::Answered)]);
        assert!(!contact(&zero).notes.has_unknown_wait);
        assert_eq!(facts(&call(&[("result", "transferred")])), [(0, Fact::Offered), (0, Fact::Transferred)]);
    }

    #[test]
    fn a_callback_is_stated_from_its_request_to_its_end() {
        let reached = call(&[
            ("result", "callback_requested"),
            ("requested", "09:00:30"),
            ("attempt", "09:10:00"),
            ("reached", "09:20:00"),
        ]);
        let request = [(0, Fact::Offered), (30, Fact::CallbackRequested)];
        let failed = (600, Fact::CallbackAttempted(AttemptResult::Failed));
        assert_eq!(facts(&reached), [&request[..], &[failed, (1200, Fact::CallbackReached)]].concat());
        let at_once = [("requested", "09:00:30"), ("attempt", "09:10:00"), ("closed", "09:10:00")];
        let at_once = call(&[&at_once[..], &[("callback", "reached")]].concat());
        let attempt = (600, Fact::CallbackAttempted(AttemptResult::Reached));
        assert_eq!(facts(&at_once), [&request[..], &[attempt, (600, Fact::CallbackReached)]].concat());
        let purged = call(&[("requested", "09:00:30"), ("closed", "17:00:00"), ("callback", "purged")]);
        let purge = Fact::CallbackClosed(ensilinja_model::CloseResult::Purged);
        assert_eq!(facts(&purged), [&request[..], &[(8 * 3600, purge)]].concat());
        assert_eq!(facts(&call(&[("requested", "09:00:30"), ("callback", "open")])), request);
        for incomplete in [[("callback", "purged"), ("wait", "")], [("closed", "17:00:00"), ("callback", "-")]] {
            let cells = call(&[&[("requested", "09:00:30")], &incomplete[..]].concat());
            assert_eq!(fault(&cells), Some(RowFault::IncompleteCallback));
        }
    }

    #[test]
    fn outcome_and_feedback_are_stated_at_the_end_and_a_wrong_cell_is_left_out() {
        let after = |more: &[(&'static str, &'static str)]| {
            contact(&call(&[&[("answered", "09:01:00"), ("ended", "09:07:00")], more].concat()))
        };
        let all = after(&[("outcome", "Handled"), ("nps", "9,0"), ("solved", "YES")]);
        let stated: Vec<Fact> = all.facts[3..].iter().map(|(_, fact)| *fact).collect();
        let nps = NpsScore::new(9).map(FeedbackAnswer::Nps).unwrap();
        let solved = FeedbackAnswer::Survey(Survey::Solved, YesNo::Yes);
        let expected =
            [Fact::OutcomeRecorded(Outcome::Handled), Fact::FeedbackReceived(nps), Fact::FeedbackReceived(solved)];
        assert_eq!(stated, expected);
        assert!(all.facts[3..].iter().all(|(at, _)| *at == all.facts[2].0) && all.left_out.is_empty());
        let wrong = after(&[("outcome", "?"), ("nps", "11"), ("solved", "maybe")]);
        assert_eq!(wrong.left_out, [RowFault::UnknownOutcome, RowFault::BadScore, RowFault::UnknownAnswer]);
        assert_eq!(wrong.facts.len(), 3, "the call counts");
        assert_eq!(after(&[("nps", "9,5")]).left_out, [RowFault::BadScore]);
        assert!(after(&[("outcome", "test"), ("nps", "-")]).left_out.is_empty());
    }

    #[test]
    fn each_fault_refuses_the_row() {
        let answered = [("result", "answered"), ("wait", "00:00:10")];
        for (cell, expected) in [
            (("queue", "-"), RowFault::NoQueue),
            (("queue", "sauna"), RowFault::QueueNotMapped),
            (("result", "?"), RowFault::UnknownResult),
            (("result", ""), RowFault::NoResult),
            (("arrived", ""), RowFault::NoArrival),
            (("arrived", "01.01.1970 00:00:00"), RowFault::NoArrival),
            (("arrived", "9.00"), RowFault::BadTime),
            (("arrived", "30.03.2025 03:30:00"), RowFault::TimeSkipped),
            (("arrived", "26.10.2025 03:30:00"), RowFault::TimeTwice),
            (("ended", "08:59:59"), RowFault::OutOfOrder),
            (("ended", "09:00:05"), RowFault::OutOfOrder),
            (("reached", "08:00:00"), RowFault::OutOfOrder),
            (("wait", "10"), RowFault::BadDuration),
            (("callback", "?"), RowFault::UnknownCallbackResult),
            (("id", "+358 40 1234567"), RowFault::PersonalId),
        ] {
            assert_eq!(fault(&[&[cell], &answered[..], &CALL].concat()), Some(expected), "{cell:?}");
            assert!(!expected.is_of_a_cell() && !expected.advice().is_empty());
        }
        let reader = CallRecordReader::new(rules(), &HEADER).unwrap();
        assert_eq!(reader.read(&["c-1", "mipa"]).err(), Some(RowFault::FieldCount));
        let row = row(&[&answered[..], &CALL].concat());
        let fields: Vec<&str> = row.iter().map(String::as_str).collect();
        assert!(reader.read(&[&fields[..], &[" "]].concat()).is_ok(), "a separator at the end of the line");
        assert_eq!(reader.read(&[&fields[..], &["x"]].concat()).err(), Some(RowFault::FieldCount));
    }

    #[test]
    fn one_id_on_two_lines_is_two_legs_and_on_one_line_two_visits() {
        let leg = |cells: &[(&'static str, &'static str)]| {
            let contact = contact(&call(&[&[("result", "abandoned"), ("wait", "00:00:10")], cells].concat()));
            (contact.leg_hash(), contact.contact, contact.visit)
        };
        let first = leg(&[]);
        assert_eq!((first.1.as_str(), first.2.as_deref()), ("c-1", Some("2025-09-16T06:00:00Z")));
        assert_eq!(leg(&[("result", "answered")]), first, "the same visit, told again");
        for other in [("queue", "neuvola"), ("arrived", "10:00:00"), ("id", "c-2")] {
            assert_ne!(leg(&[other]).0, first.0, "{other:?}");
        }
        let CallRecordRules { .. } = rules();
        let no_visits = CallRecordRules { visits: VisitRule::None, ..rules() };
        let answered = call(&[("result", "answered"), ("wait", "00:00:10")]);
        let Ok(RowContent::Contact(contact)) = read_by(no_visits, &answered) else { panic!("a contact") };
        assert_eq!(contact.visit, None);
    }

    #[test]
    fn a_row_without_an_id_gets_one_from_what_identifies_it() {
        let id = |cells: &[(&'static str, &'static str)]| {
            let given = [("id", ""), ("result", "answered"), ("wait", "00:00:10")];
            let contact = contact(&[cells, &given, &CALL[1..]].concat());
            assert!(contact.notes.has_derived_id);
            contact.contact
        };
        let first = id(&[]);
        assert_eq!(id(&[("nps", "9"), ("result", "abandoned")]), first, "what may be told later does not matter");
        for other in [("queue", "neuvola"), ("arrived", "09:00:01"), ("wait", "00:00:11")] {
            assert_ne!(id(&[other]), first, "{other:?}");
        }
    }

    #[test]
    fn a_time_that_comes_twice_is_taken_by_rule_and_noted() {
        let cells = call(&[("arrived", "26.10.2025 03:30:00"), ("result", "answered"), ("wait", "00:00:10")]);
        for (repeated_time, seconds) in [(RepeatedTime::Earlier, 0), (RepeatedTime::Later, 3600)] {
            let rules = CallRecordRules { repeated_time, ..rules() };
            let Ok(RowContent::Contact(contact)) = read_by(rules, &cells) else { panic!("a contact") };
            assert_eq!(contact.facts[0].0, EventTime::from_seconds(1_761_438_600 + seconds));
            assert!(contact.notes.has_time_by_rule);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3000))]

        #[test]
        fn no_row_panics_and_every_fact_is_at_or_after_the_arrival(
            cells in prop::collection::vec(
                prop_oneof![
                    Just(String::new()),
                    "[0-9]{1,2}\\.[0-9]{1,2}\\.(19|20|21)[0-9]{2} [0-9]{1,2}:[0-9]{2}:[0-9]{2}",
                    "[0-9]{1,2}:[0-9]{2}:[0-9]{2}",
                    prop::sample::select(vec!["mipa", "answered", "abandoned", "reached", "purged", "-", "9", "yes"])
                        .prop_map(str::to_owned),
                    any::<String>(),
                ],
                18..22,
            ),
            repeated in 0_usize..3,
        ) {
            let rules = CallRecordRules { repeated_time: RepeatedTime::ALL[repeated], ..rules() };
            let mut fields: Vec<&str> = cells.iter().map(String::as_str).collect();
            let reader = CallRecordReader::new(rules, &HEADER).unwrap();
            if fields.len() > 4 && fields[4].len().is_multiple_of(2) {
                fields[1] = "mipa";
            }
            if let Ok(RowContent::Contact(contact)) = reader.read(&fields) {
                let (arrived, fact) = contact.facts[0];
                prop_assert_eq!(fact, Fact::Offered);
                prop_assert!(contact.facts.iter().all(|(at, _)| *at >= arrived));
                for statement in contact.statements() {
                    prop_assert!(!crate::encode_structured(&statement).value.is_empty());
                }
            }
        }
    }
}
