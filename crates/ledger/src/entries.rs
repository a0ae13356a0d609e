//! Entries: what a leg contributes to the figures, as a pure function of its facts and its line's rules.
//!
//! ```text
//!  o             d                                          all intervals are [from, to)
//!  |-- waiting --|-- served --|
//!         q                            r
//!         |------- outstanding --------|    q may be d, or lie after it
//!  |---- promise pending -----|             until it is settled: kept, broken or void
//! ```
//!
//! - `o`, the arrival, is the earliest of offered, queued, answered, abandoned and callback requested.
//! - `d`, the decision, is the earliest of answered, callback requested, abandoned, transferred, ended, and
//!   `o + orphan_after`; at the same instant they win in that order (a platform that counts whole seconds and hangs up
//!   after the request did take the request).
//! - `q`, the callback request, counts up to `o + orphan_after`; `r`, its resolution, is the earliest of reached,
//!   closed and the instant at which it is given up.
//!
//! An entry may lie in the future: a promise is broken at its deadline from the moment it is made, and no longer once it
//! is kept. Entries made by facts belong to the second the fact lies in, those made by time alone to the first whole
//! second at or after it: otherwise an answer within that second would take back what was shown.

use arrayvec::ArrayVec;
use ensilinja_calendar::{Days, LineHours};
use ensilinja_model::{CloseResult, EventTime};

use crate::facts::Facts;
use crate::figure::{Promise, Resolution, Verdict};
use crate::instants::Register;
use crate::rules::{Limits, LineRules};
use crate::transition::{Request, Transition};

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

/// Something that lasts over [from, until) whole seconds, and the instant it is ordered by among others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub key: EventTime,
    pub from_second: i64,
    pub until_second: i64,
}

impl Span {
    const fn since(from: EventTime, until_second: i64) -> Self {
        Self { key: from, from_second: from.floor_second(), until_second }
    }

    /// Whether it lasts at the whole second `now`.
    pub const fn covers(&self, now_second: i64) -> bool {
        self.from_second <= now_second && now_second < self.until_second
    }
}

/// All entries of a leg: one slot for each thing that can happen once.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entries {
    /// By the constants below.
    pub slots: [Option<Entry>; SLOTS],
    pub attempts: ArrayVec<Entry, 16>,
    /// While the customer waits, by arrival.
    pub waiting: Option<Span>,
    /// While the callback is outstanding, by request.
    pub outstanding: Option<Span>,
    /// While the callback is outstanding and not overdue, by deadline.
    pub due: Option<Span>,
    /// The request, if its customer was reached: what only a look back files under it.
    pub request_reached: Option<Entry>,
}

const ARRIVAL: usize = 0;
const SKEW: usize = 1;
const DECISION: usize = 2;
const SERVICE: usize = 3;
const CALLBACK_OPENED: usize = 4;
const CALLBACK_RESOLVED: usize = 5;
const DUE_TODAY: usize = 6;
const OVERDUE: usize = 7;
const DUE_RESOLVED: usize = 8;
const CALLBACK_OPEN_WAIT: usize = 9;
const VERDICT: usize = 10;
const OUTCOME: usize = 11;
const RETRACTION: usize = 12;
const FIRST_ANSWER: usize = 13;
const SLOTS: usize = FIRST_ANSWER + 3;

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
            let limits = line.limits(arrived);
            let orphaned = arrived.plus_millis(i64::from(limits.orphan_after_ms));
            let answer_deadline = limits.promises.answer.map(|term| line.hours.deadline(term, arrived));
            let leg = Leg { facts, hours: &line.hours, limits, arrived, orphaned, answer_deadline };
            leg.arrival(&mut entries);
            let decision = leg.decision(&mut entries);
            let callback = leg.callback(days);
            if let Some(callback) = &callback {
                leg.callback_entries(&mut entries, &decision, callback, days);
            }
            entries.slots[VERDICT] = leg.verdict(&decision, callback.as_ref());
        }
        entries
    }

    /// Whether the customer has been reached by the end of this second.
    pub fn is_reached_by(&self, second: i64) -> bool {
        self.slots[CALLBACK_RESOLVED].is_some_and(|resolved| resolved.second <= second)
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
    hours: &'a LineHours,
    limits: &'a Limits,
    arrived: EventTime,
    /// When it is orphaned if nothing decisive is said of it.
    orphaned: EventTime,
    /// The first instant that is too late for an answer, where one is promised.
    answer_deadline: Option<EventTime>,
}

/// How and when a leg stops waiting.
struct Decision {
    at: EventTime,
    fate: Fate,
}

/// A callback, from its request to its resolution.
struct Callback {
    requested: EventTime,
    /// The first instant that is too late, where callbacks are promised.
    deadline: Option<EventTime>,
    resolved: EventTime,
    resolution: Resolution,
}

impl Leg<'_> {
    fn arrival(&self, entries: &mut Entries) {
        let offered = self.facts.at(Register::Offered);
        let inferred = offered != Some(self.arrived);
        let outside_hours = !self.hours.is_open(self.arrived);
        let arrival = Transition::arrival(inferred, outside_hours, self.limits.promises.any());
        entries.slots[ARRIVAL] = Some(Entry::by_fact(self.arrived, arrival, 0));
        entries.slots[SKEW] = offered
            .filter(|at| *at > self.arrived && *at <= self.orphaned)
            .map(|at| Entry::by_fact(at, Transition::Skewed, 0));
    }

    /// An `ended` or `transferred`, at the arrival if a truncated clock put it just before.
    fn departure(&self, register: Register) -> Option<EventTime> {
        let at = self.facts.at(register)?;
        (self.arrived.millis_since(at) <= TRUNCATED_CLOCK_MS).then(|| at.max(self.arrived))
    }

    fn decision(&self, entries: &mut Entries) -> Decision {
        let (transferred, ended) = (self.departure(Register::Transferred), self.departure(Register::Ended));
        let candidates = [
            self.facts.at(Register::Answered).map(|at| (at, Fate::Answered)),
            self.facts.at(Register::CallbackRequested).map(|at| (at, Fate::Requested)),
            self.facts.at(Register::Abandoned).map(|at| (at, Fate::Abandoned)),
            transferred.map(|at| (at, Fate::Moved)),
            ended.map(|at| (at, Fate::Orphaned)),
            Some((self.orphaned, Fate::OrphanedByTime)),
        ];
        let (at, fate) = candidates.into_iter().flatten().min().expect("time alone decides at last");
        let wait_ms = sample(at.millis_since(self.arrived));
        let within = wait_ms <= self.limits.threshold_ms;
        let decided = match fate {
            Fate::Answered => Entry::by_fact(at, Transition::answered(within), wait_ms),
            // The step of the request says so itself.
            Fate::Requested => Entry::by_fact(at, Transition::RequestDecided, 0),
            Fate::Abandoned if self.is_short(at) => Entry::by_fact(at, Transition::AbandonedShort, wait_ms),
            Fate::Abandoned => {
                let (_, stage) = self.facts.abandoned().expect("the leg was decided by its abandon");
                Entry::by_fact(at, Transition::abandoned(stage, within), wait_ms)
            }
            Fate::Moved => Entry::by_fact(at, Transition::Moved, 0),
            Fate::Orphaned => Entry::by_fact(at, Transition::Orphaned, 0),
            Fate::OrphanedByTime => Entry::by_time(at, Transition::Orphaned, 0),
        };
        entries.slots[DECISION] = Some(decided).filter(|_| fate != Fate::Requested);
        entries.waiting = Some(Span::since(self.arrived, decided.second));
        if fate == Fate::Answered {
            entries.slots[SERVICE] = transferred
                .into_iter()
                .chain(ended)
                .min()
                .filter(|end| *end <= self.orphaned)
                .map(|end| Entry::by_fact(end, Transition::Served, sample(end.millis_since(at))));
        }
        Decision { at, fate }
    }

    fn is_short(&self, abandoned: EventTime) -> bool {
        sample(abandoned.millis_since(self.arrived)) < self.limits.short_abandon_ms
    }

    /// The callback, which runs from its own request, whether or not that decided the leg.
    fn callback(&self, days: &Days) -> Option<Callback> {
        let requested = self.facts.at(Register::CallbackRequested).filter(|at| *at <= self.orphaned)?;
        let deadline = self.limits.promises.callback.map(|term| self.hours.deadline(term, requested));
        let give_up_after = u32::from(self.limits.give_up_working_days);
        let given_up = days.end_of_working_day_after(deadline.unwrap_or(requested), give_up_after);
        let reached = self.facts.at(Register::CallbackReached).map(|at| (at, Resolution::Reached));
        let closed = self.facts.closed().map(|(at, result)| (at, closed_as(result)));
        // `min_by_key` keeps the first of equals: reached, closed, given up.
        let resolved = [reached, closed, Some((given_up, Resolution::GivenUp))]
            .into_iter()
            .flatten()
            .filter(|(at, _)| *at >= requested)
            .min_by_key(|(at, _)| *at);
        let (resolved, resolution) = resolved.expect("every request is given up at last");
        Some(Callback { requested, deadline, resolved, resolution })
    }

    fn callback_entries(&self, entries: &mut Entries, decision: &Decision, callback: &Callback, days: &Days) {
        let Callback { requested, deadline, resolved, resolution } = *callback;
        let resolution_entry = match resolution {
            Resolution::GivenUp => Entry::by_time(resolved, Transition::CallbackGivenUp, 0),
            Resolution::Reached => {
                let answered_before = decision.fate == Fate::Answered;
                let wait_ms = sample(resolved.millis_since(requested));
                let open_ms = sample(self.hours.open_ms_between(requested, resolved));
                entries.slots[CALLBACK_OPEN_WAIT] =
                    Some(Entry::by_fact(resolved, Transition::CallbackOpenWaited, open_ms));
                entries.request_reached = Some(Entry::by_fact(requested, Transition::RequestReached, 0));
                Entry::by_fact(resolved, Transition::resolved(resolution, answered_before), wait_ms)
            }
            _ => Entry::by_fact(resolved, Transition::resolved(resolution, false), 0),
        };
        let until = resolution_entry.second;
        entries.slots[CALLBACK_RESOLVED] = Some(resolution_entry);
        entries.outstanding = Some(Span::since(requested, until));
        let due_today = deadline.is_some_and(|deadline| due_entries(entries, requested, deadline, until, days));
        let request = match decision.fate {
            Fate::Requested if self.moves_promise(decision) => Request::DecidedPromised,
            Fate::Requested => Request::Decided,
            _ => Request::Later,
        };
        entries.slots[CALLBACK_OPENED] = Some(Entry::by_fact(requested, Transition::opened(request, due_today), 0));
        for (at, result) in self.facts.attempts() {
            if *at >= requested && *at <= resolved {
                entries.attempts.push(Entry::by_fact(*at, Transition::attempt(*result), 0));
            }
        }
    }

    /// Whether the request that decided the leg brings it under the promise of callbacks.
    fn moves_promise(&self, decision: &Decision) -> bool {
        self.limits.promises.callback.is_some() && self.answer_deadline.is_none_or(|deadline| decision.at < deadline)
    }

    /// The one verdict on what was promised to the leg: what settles it, or the deadline if that comes first.
    fn verdict(&self, decision: &Decision, callback: Option<&Callback>) -> Option<Entry> {
        if !self.limits.promises.any() {
            return None;
        }
        let (promise, deadline, settled) = match (decision.fate, callback) {
            (Fate::Requested, Some(callback)) if self.moves_promise(decision) => {
                (Promise::Callback, callback.deadline, settled_by_callback(callback))
            }
            (Fate::Requested, Some(callback)) => (Promise::Answer, self.answer_deadline, settled_by_callback(callback)),
            _ => (Promise::Answer, self.answer_deadline, self.settled_by(decision)),
        };
        let (at, verdict, by_time) = settled;
        Some(match deadline {
            Some(deadline) if deadline <= at => {
                Entry::by_time(deadline, Transition::settled(promise, Verdict::Broken), 0)
            }
            _ if by_time => Entry::by_time(at, Transition::settled(promise, verdict), 0),
            _ => Entry::by_fact(at, Transition::settled(promise, verdict), 0),
        })
    }

    fn settled_by(&self, decision: &Decision) -> (EventTime, Verdict, bool) {
        let verdict = match decision.fate {
            Fate::Answered => Verdict::Kept,
            Fate::Abandoned if !self.is_short(decision.at) => self.limits.promises.abandoned,
            Fate::Abandoned | Fate::Moved | Fate::Orphaned | Fate::OrphanedByTime | Fate::Requested => Verdict::Void,
        };
        (decision.at, verdict, decision.fate == Fate::OrphanedByTime)
    }
}

/// How the deadline comes closer until the second in which the callback is resolved: later, today, overdue. Returns
/// whether it is due today from the request on.
fn due_entries(
    entries: &mut Entries,
    requested: EventTime,
    deadline: EventTime,
    resolved_second: i64,
    days: &Days,
) -> bool {
    let day_start = days.start_of_day(deadline);
    let due_today = Entry::by_time(day_start, Transition::BecameDueToday, 0);
    let overdue = Entry::by_time(deadline, Transition::BecameOverdue, 0);
    let opened_today = day_start <= requested;
    if !opened_today && due_today.second < resolved_second {
        entries.slots[DUE_TODAY] = Some(due_today);
    }
    let resolved_while = if overdue.second < resolved_second {
        entries.slots[OVERDUE] = Some(overdue);
        Some(Transition::ResolvedWhileOverdue)
    } else if opened_today || due_today.second < resolved_second {
        Some(Transition::ResolvedWhileDueToday)
    } else {
        None
    };
    entries.slots[DUE_RESOLVED] =
        resolved_while.map(|transition| Entry { second: resolved_second, transition, sample_ms: 0 });
    entries.due = Some(Span {
        key: deadline,
        from_second: requested.floor_second(),
        until_second: overdue.second.min(resolved_second),
    });
    opened_today
}

/// What the end of a callback makes of the promise, when, and whether it ends by time alone.
fn settled_by_callback(callback: &Callback) -> (EventTime, Verdict, bool) {
    let verdict = match callback.resolution {
        Resolution::Reached => Verdict::Kept,
        Resolution::Unreached | Resolution::Expired | Resolution::Purged | Resolution::GivenUp => Verdict::Broken,
        Resolution::Cancelled | Resolution::Duplicate => Verdict::Void,
    };
    (callback.resolved, verdict, callback.resolution == Resolution::GivenUp)
}

/// How a leg stopped waiting, in the order in which facts of one instant win.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    Answered,
    Requested,
    Abandoned,
    Moved,
    Orphaned,
    OrphanedByTime,
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
