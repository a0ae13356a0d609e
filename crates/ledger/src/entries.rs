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

use crate::facts::{ATTEMPTS, Attempt, Facts};
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
    /// A wait or a handling time; 0 where the transition has no sample.
    pub sample_ms: u32,
    pub transition: Transition,
}

impl Entry {
    const fn by_fact(at: EventTime, transition: Transition, sample_ms: u32) -> Self {
        Self { second: at.floor_second(), sample_ms, transition }
    }

    const fn by_time(at: EventTime, transition: Transition, sample_ms: u32) -> Self {
        Self { second: at.ceil_second(), sample_ms, transition }
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

/// What an entry is about: each thing can happen to a leg once, and is entered in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Slot {
    Retraction,
    Outcome,
    /// The latest answer to the question of this number.
    Answer(u8),
    Arrival,
    Skew,
    Decision,
    Service,
    CallbackOpened,
    DueToday,
    Overdue,
    DueResolved,
    CallbackResolved,
    CallbackOpenWait,
    /// The attempt of this number, the earliest first.
    Attempt(u8),
    Verdict,
}

/// Everything but the attempts can happen once, and there are three questions.
const MOST_ENTRIES: usize = 12 + 3 + ATTEMPTS;

/// All entries of a leg.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entries {
    /// Ascending by slot.
    list: ArrayVec<(Slot, Entry), MOST_ENTRIES>,
    /// While the customer waits, by arrival.
    pub waiting: Option<Span>,
    /// While the callback is outstanding, by request.
    pub outstanding: Option<Span>,
    /// While the callback is outstanding and not overdue, by deadline.
    pub due: Option<Span>,
    /// The request, if its customer was reached, and the second in which that was: what only a look back files under the
    /// request.
    pub request_reached: Option<(Entry, i64)>,
}

impl Entries {
    /// What a leg with these facts contributes.
    pub fn of(facts: &Facts, line: &LineRules, days: &Days) -> Self {
        let mut entries = Self::default();
        if let Some(at) = facts.at(Register::Retracted) {
            entries.enter(Slot::Retraction, Entry::by_fact(at, Transition::Retracted, 0));
            return entries;
        }
        if let Some((at, outcome)) = facts.outcome() {
            entries.enter(Slot::Outcome, Entry::by_fact(at, Transition::outcome(outcome), 0));
        }
        for (question, answer) in (0..).zip(facts.feedback()) {
            if let Some((at, answer)) = answer {
                entries.enter(Slot::Answer(question), Entry::by_fact(at, Transition::feedback(answer), 0));
            }
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
            if let Some(verdict) = leg.verdict(&decision, callback.as_ref()) {
                entries.enter(Slot::Verdict, verdict);
            }
        }
        entries
    }

    fn enter(&mut self, slot: Slot, entry: Entry) {
        debug_assert!(self.list.last().is_none_or(|(last, _)| *last < slot), "slots are entered in their order");
        self.list.push((slot, entry));
    }

    /// Every entry.
    pub fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.list.iter().map(|(_, entry)| entry)
    }

    /// Calls `post` with each entry that is in `self` only, times -1, and each that is in `after` only, times 1.
    pub fn differences(&self, after: &Self, mut post: impl FnMut(&Entry, i16)) {
        let (mut old, mut new) = (self.list.as_slice(), after.list.as_slice());
        loop {
            match (old, new) {
                ([(old_slot, old_entry), rest_of_old @ ..], [(new_slot, new_entry), rest_of_new @ ..])
                    if old_slot == new_slot =>
                {
                    if old_entry != new_entry {
                        post(old_entry, -1);
                        post(new_entry, 1);
                    }
                    (old, new) = (rest_of_old, rest_of_new);
                }
                ([(slot, entry), rest @ ..], _) if new.first().is_none_or(|(other, _)| slot < other) => {
                    post(entry, -1);
                    old = rest;
                }
                (_, [(_, entry), rest @ ..]) => {
                    post(entry, 1);
                    new = rest;
                }
                (_, []) => return,
            }
        }
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
        entries.enter(Slot::Arrival, Entry::by_fact(self.arrived, arrival, 0));
        if let Some(at) = offered.filter(|at| *at > self.arrived && *at <= self.orphaned) {
            entries.enter(Slot::Skew, Entry::by_fact(at, Transition::Skewed, 0));
        }
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
        entries.waiting = Some(Span::since(self.arrived, decided.second));
        if fate != Fate::Requested {
            entries.enter(Slot::Decision, decided);
        }
        let over = transferred.into_iter().chain(ended).min().filter(|end| *end <= self.orphaned);
        if let Some(over) = over.filter(|_| fate == Fate::Answered) {
            entries.enter(Slot::Service, Entry::by_fact(over, Transition::Served, sample(over.millis_since(at))));
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
        let by_time = resolution == Resolution::GivenUp;
        let resolved_second = if by_time { resolved.ceil_second() } else { resolved.floor_second() };
        entries.outstanding = Some(Span::since(requested, resolved_second));
        let due_today = deadline.is_some_and(|deadline| days.start_of_day(deadline) <= requested);
        let request = match decision.fate {
            Fate::Requested if self.moves_promise(decision) => Request::DecidedPromised,
            Fate::Requested => Request::Decided,
            _ => Request::Later,
        };
        entries.enter(Slot::CallbackOpened, Entry::by_fact(requested, Transition::opened(request, due_today), 0));
        if let Some(deadline) = deadline {
            due_entries(entries, requested, deadline, resolved_second, days);
        }
        let answered_before = decision.fate == Fate::Answered;
        let reached = resolution == Resolution::Reached;
        let wait_ms = if reached { sample(resolved.millis_since(requested)) } else { 0 };
        let transition = Transition::resolved(resolution, answered_before);
        entries.enter(Slot::CallbackResolved, Entry { second: resolved_second, sample_ms: wait_ms, transition });
        if reached {
            let open_ms = sample(self.hours.open_ms_between(requested, resolved));
            entries.enter(Slot::CallbackOpenWait, Entry::by_fact(resolved, Transition::CallbackOpenWaited, open_ms));
            let request = Entry::by_fact(requested, Transition::RequestReached, 0);
            entries.request_reached = Some((request, resolved_second));
        }
        let until_resolved = |(at, _): &&Attempt| *at >= requested && *at <= resolved;
        for (number, (at, result)) in (0..).zip(self.facts.attempts().iter().filter(until_resolved)) {
            entries.enter(Slot::Attempt(number), Entry::by_fact(*at, Transition::attempt(*result), 0));
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

/// How the deadline comes closer until the second in which the callback is resolved: later, today, overdue.
fn due_entries(entries: &mut Entries, requested: EventTime, deadline: EventTime, resolved_second: i64, days: &Days) {
    let day_start = days.start_of_day(deadline);
    let due_today = Entry::by_time(day_start, Transition::BecameDueToday, 0);
    let overdue = Entry::by_time(deadline, Transition::BecameOverdue, 0);
    let opened_today = day_start <= requested;
    entries.due = Some(Span {
        key: deadline,
        from_second: requested.floor_second(),
        until_second: overdue.second.min(resolved_second),
    });
    if !opened_today && due_today.second < resolved_second {
        entries.enter(Slot::DueToday, due_today);
    }
    let resolved_while = if overdue.second < resolved_second {
        entries.enter(Slot::Overdue, overdue);
        Transition::ResolvedWhileOverdue
    } else if opened_today || due_today.second < resolved_second {
        Transition::ResolvedWhileDueToday
    } else {
        return;
    };
    entries.enter(Slot::DueResolved, Entry { second: resolved_second, sample_ms: 0, transition: resolved_while });
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
