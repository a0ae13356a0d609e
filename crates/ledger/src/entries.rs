//! Entries: what a leg contributes to the figures, as a pure function of its facts and its line's rules.
//!
//! ```text
//!  o             d                                          all intervals are [from, to)
//!  |-- waiting --|-- served --|
//!         q                            r
//!         |------- outstanding --------|    q may be d, or lie after it
//! ```
//!
//! - `o`, the arrival, is the earliest of offered, queued, answered, abandoned and callback requested.
//! - `d`, the decision, is the earliest of answered, callback requested, abandoned, transferred, ended, and
//!   `o + orphan_after`; at the same instant they win in that order (a platform that counts whole seconds and hangs up
//!   after the request did take the request).
//! - `q`, the callback request, counts up to `o + orphan_after`; `r`, its resolution, is the earliest of reached,
//!   closed and the instant at which it is given up.
//!
//! An entry may lie in the future: an outstanding callback is given up at the end of some working day from the moment
//! it is asked for, and no longer once it is resolved. Entries made by facts belong to the second the fact lies in,
//! those made by time alone to the first whole second at or after it: otherwise an answer within that second would
//! take back what was shown.

use arrayvec::ArrayVec;
use ensilinja_calendar::Days;
use ensilinja_model::{CloseResult, EventTime};

use crate::facts::Facts;
use crate::figure::Resolution;
use crate::instants::Register;
use crate::rules::LineRules;
use crate::transition::Transition;

/// `ended` and `transferred` of a source that cuts its clock to whole minutes may lie this far before the arrival; they
/// count at the arrival then. In ms.
const TRUNCATED_CLOCK_MS: i64 = 60_000;

/// A step of a leg, dated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub second: i64,
    pub transition: Transition,
    /// A wait or a handling time; 0 where the transition has no sample.
    pub sample_ms: u32,
}

impl Entry {
    const fn by_fact(at: EventTime, transition: Transition, sample_ms: u32) -> Self {
        Self { second: at.floor_second(), transition, sample_ms }
    }

    const fn by_time(at: EventTime, transition: Transition, sample_ms: u32) -> Self {
        Self { second: at.ceil_second(), transition, sample_ms }
    }
}

/// Something that lasts: since when, and the second from which it no longer does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub since: EventTime,
    pub until_second: i64,
}

impl Span {
    /// Whether it lasts at the whole second `now`.
    pub const fn covers(&self, now_second: i64) -> bool {
        self.since.floor_second() <= now_second && now_second < self.until_second
    }
}

/// All entries of a leg: one slot for each thing that can happen once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entries {
    /// Arrival, skew, decision, service, callback opened, callback resolved, outcome, retraction, three answers.
    pub slots: [Option<Entry>; 11],
    pub attempts: ArrayVec<Entry, 16>,
    /// While the customer waits.
    pub waiting: Option<Span>,
    /// While the callback is outstanding.
    pub outstanding: Option<Span>,
}

const ARRIVAL: usize = 0;
const SKEW: usize = 1;
const DECISION: usize = 2;
const SERVICE: usize = 3;
const CALLBACK_OPENED: usize = 4;
const CALLBACK_RESOLVED: usize = 5;
const OUTCOME: usize = 6;
const RETRACTION: usize = 7;
const FIRST_ANSWER: usize = 8;

impl Entries {
    /// What a leg with these facts contributes.
    pub fn of(facts: &Facts, line: &LineRules, days: &Days) -> Self {
        let mut entries = Self::default();
        if let Some(at) = facts.at(Register::Retracted) {
            entries.slots[RETRACTION] = Some(Entry::by_fact(at, Transition::Retracted, 0));
            return entries;
        }
        entries.slots[OUTCOME] =
            facts.outcome().map(|(at, outcome)| Entry::by_fact(at, Transition::outcome(outcome), 0));
        for (slot, answer) in facts.feedback().into_iter().enumerate() {
            entries.slots[FIRST_ANSWER + slot] =
                answer.map(|(at, answer)| Entry::by_fact(at, Transition::feedback(answer), 0));
        }
        if let Some(arrived) = arrival(facts) {
            let leg = Leg { facts, line, arrived, orphaned: arrived.plus_millis(i64::from(line.orphan_after_ms)) };
            leg.arrival(&mut entries);
            let answered = leg.decision(&mut entries);
            leg.callback(&mut entries, answered, days);
        }
        entries
    }
}

fn arrival(facts: &Facts) -> Option<EventTime> {
    [Register::Offered, Register::Queued, Register::Answered, Register::Abandoned, Register::CallbackRequested]
        .into_iter()
        .filter_map(|register| facts.at(register))
        .min()
}

/// A leg that has arrived.
struct Leg<'a> {
    facts: &'a Facts,
    line: &'a LineRules,
    arrived: EventTime,
    /// When it is orphaned if nothing decisive is said of it.
    orphaned: EventTime,
}

impl Leg<'_> {
    fn arrival(&self, entries: &mut Entries) {
        let offered = self.facts.at(Register::Offered);
        let inferred = offered != Some(self.arrived);
        let outside_hours = !self.line.hours.is_open(self.arrived);
        entries.slots[ARRIVAL] = Some(Entry::by_fact(self.arrived, Transition::arrival(inferred, outside_hours), 0));
        entries.slots[SKEW] = offered
            .filter(|at| *at > self.arrived && *at <= self.orphaned)
            .map(|at| Entry::by_fact(at, Transition::Skewed, 0));
    }

    /// An `ended` or `transferred`, at the arrival if a truncated clock put it just before.
    fn departure(&self, register: Register) -> Option<EventTime> {
        let at = self.facts.at(register)?;
        (self.arrived.millis_since(at) <= TRUNCATED_CLOCK_MS).then(|| at.max(self.arrived))
    }

    /// Decides the leg; `true` if it was answered.
    fn decision(&self, entries: &mut Entries) -> bool {
        let (transferred, ended) = (self.departure(Register::Transferred), self.departure(Register::Ended));
        let candidates = [
            self.facts.at(Register::Answered).map(|at| (at, Fate::Answered)),
            self.facts.at(Register::CallbackRequested).map(|at| (at, Fate::Requested)),
            self.facts.at(Register::Abandoned).map(|at| (at, Fate::Abandoned)),
            transferred.map(|at| (at, Fate::Moved)),
            ended.map(|at| (at, Fate::Orphaned)),
        ];
        let decided = candidates.into_iter().flatten().filter(|(at, _)| *at <= self.orphaned).min();
        let Some((at, fate)) = decided else {
            let orphaned = Entry::by_time(self.orphaned, Transition::Orphaned, 0);
            entries.slots[DECISION] = Some(orphaned);
            entries.waiting = Some(Span { since: self.arrived, until_second: orphaned.second });
            return false;
        };
        let wait_ms = sample(at.millis_since(self.arrived));
        let within = wait_ms <= self.line.threshold_ms;
        let (transition, sample_ms) = match fate {
            Fate::Answered => (Transition::answered(within), wait_ms),
            Fate::Requested => (Transition::DecidedByRequest, 0),
            Fate::Abandoned if wait_ms < self.line.short_abandon_ms => (Transition::AbandonedShort, wait_ms),
            Fate::Abandoned => {
                let (_, stage) = self.facts.abandoned().expect("the leg was decided by its abandon");
                (Transition::abandoned(stage, within), wait_ms)
            }
            Fate::Moved => (Transition::Moved, 0),
            Fate::Orphaned => (Transition::Orphaned, 0),
        };
        let decision = Entry::by_fact(at, transition, sample_ms);
        entries.slots[DECISION] = Some(decision);
        entries.waiting = Some(Span { since: self.arrived, until_second: decision.second });
        if fate == Fate::Answered {
            entries.slots[SERVICE] = transferred
                .into_iter()
                .chain(ended)
                .min()
                .filter(|end| *end <= self.orphaned)
                .map(|end| Entry::by_fact(end, Transition::Served, sample(end.millis_since(at))));
        }
        fate == Fate::Answered
    }

    fn callback(&self, entries: &mut Entries, answered: bool, days: &Days) {
        let Some(requested) = self.facts.at(Register::CallbackRequested).filter(|at| *at <= self.orphaned) else {
            return;
        };
        let given_up = days.end_of_working_day_after(requested, u32::from(self.line.give_up_working_days));
        let reached = self.facts.at(Register::CallbackReached).map(|at| (at, Resolution::Reached));
        let closed = self.facts.closed().map(|(at, result)| (at, closed_as(result)));
        // `min_by_key` keeps the first of equals: reached, closed, given up.
        let resolved = [reached, closed]
            .into_iter()
            .flatten()
            .filter(|(at, _)| *at >= requested && *at <= given_up)
            .min_by_key(|(at, _)| *at);
        let (resolved_at, resolution) = match resolved {
            Some((at, resolution)) => {
                let wait_ms = if resolution == Resolution::Reached { sample(at.millis_since(requested)) } else { 0 };
                (at, Entry::by_fact(at, Transition::resolved(resolution, answered), wait_ms))
            }
            None => (given_up, Entry::by_time(given_up, Transition::CallbackGivenUp, 0)),
        };
        entries.slots[CALLBACK_OPENED] = Some(Entry::by_fact(requested, Transition::CallbackOpened, 0));
        entries.slots[CALLBACK_RESOLVED] = Some(resolution);
        entries.outstanding = Some(Span { since: requested, until_second: resolution.second });
        for (at, result) in self.facts.attempts() {
            if *at >= requested && *at <= resolved_at {
                entries.attempts.push(Entry::by_fact(*at, Transition::attempt(*result), 0));
            }
        }
    }
}

/// How a leg stopped waiting, in the order in which facts of one instant win.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    Answered,
    Requested,
    Abandoned,
    Moved,
    Orphaned,
}

const fn closed_as(result: CloseResult) -> Resolution {
    match result {
        CloseResult::Cancelled => Resolution::Cancelled,
        CloseResult::Expired => Resolution::Expired,
        CloseResult::Purged => Resolution::Purged,
        CloseResult::Duplicate => Resolution::Duplicate,
        CloseResult::Unreached => Resolution::Unreached,
    }
}

/// Milliseconds between two instants of a leg. Configuration keeps the life of a leg far below the 49 days that fit.
fn sample(ms: i64) -> u32 {
    u32::try_from(ms).unwrap_or(u32::MAX)
}
