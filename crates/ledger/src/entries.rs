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
//! - A callback request within a minute after an abandon, a move or an end that decided the leg *supersedes* it: the
//!   platform ended the wait in order to take the request. It does so from the second of the request on. As of an
//!   earlier second the abandon stands, as it was shown then; as of that second and every later one the leg was decided
//!   by the request, at the instant of the request, and the abandon contributes nothing. So entries depend on the
//!   second they are read as of, at most until [`Entries::changes_at`], and no entry is ever taken back by a later one:
//!   any stretch of time has figures as if the abandon had not been told.
//! - `q`, the callback request, counts up to `o + orphan_after`; `r`, its resolution, is the earliest of reached,
//!   closed and the instant at which it is given up.
//!
//! An entry may lie in the future: a promise is broken at its deadline from the moment it is made, and no longer once
//! it is kept. Entries made by facts belong to the second the fact lies in, those made by time alone to the first whole
//! second at or after it: otherwise an answer within that second would take back what was shown.

mod callback;
mod decision;
mod leg;
mod verdict;

use arrayvec::ArrayVec;
use ensilinja_calendar::Days;
use ensilinja_model::{EventTime, Fact, FactKind};

use crate::attempts::{self, Attempt, CountedSeconds};
use crate::cause::{Cause, Timeout};
use crate::entry_kind::EntryKind;
use crate::facts::Facts;
use crate::instants::Register;
use crate::rules::LineRules;
use leg::ArrivedLeg;
pub(crate) use verdict::Settlement;

/// A step of a leg, dated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub second: i64,
    /// A wait or a handling time; 0 where the transition has no sample.
    pub sample_ms: u32,
    pub kind: EntryKind,
    /// What it follows from. It fits where there was nothing, so that knowing it costs no memory.
    pub cause: Cause,
}

impl Entry {
    const fn by_fact(at: EventTime, kind: EntryKind, sample_ms: u32, said: FactKind) -> Self {
        Self { second: at.floor_second(), sample_ms, kind, cause: Cause::Fact(said) }
    }

    const fn by_time(at: EventTime, kind: EntryKind, sample_ms: u32, timeout: Timeout) -> Self {
        Self { second: at.ceil_second(), sample_ms, kind, cause: Cause::Timeout(timeout) }
    }

    /// By a fact or by time, as `cause` says.
    const fn by(cause: Cause, at: EventTime, kind: EntryKind, sample_ms: u32) -> Self {
        match cause {
            Cause::Fact(said) => Self::by_fact(at, kind, sample_ms, said),
            Cause::Timeout(timeout) => Self::by_time(at, kind, sample_ms, timeout),
        }
    }

    /// Whether both are the same in the books: why a step was taken is not in them.
    fn posts_as(&self, other: &Self) -> bool {
        (self.second, self.kind, self.sample_ms) == (other.second, other.kind, other.sample_ms)
    }
}

const _: () = assert!(size_of::<Entry>() == 16, "a leg has up to fifteen of them on the stack at each event");

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

/// What settles the promise made to a leg that has arrived and was not retracted, as of a second.
pub(crate) fn settlement(facts: &Facts, line: &LineRules, days: &Days, as_of_second: i64) -> Option<Settlement> {
    Entries::default().live(facts, line, days, as_of_second)
}

/// What an entry is about: each thing can happen to a leg once, and is entered in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum EntrySlot {
    Retraction,
    Outcome,
    /// The latest answer to the question of this number.
    Answer(u8),
    Arrival,
    Skew,
    WaitEnded,
    Service,
    CallbackOpened,
    DueToday,
    Overdue,
    DueResolved,
    CallbackResolved,
    CallbackOpenWait,
    Verdict,
}

/// Each can happen once, and there are three questions.
const MOST_ENTRIES: usize = 12 + 3;

/// All entries of a leg, as of a second.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entries {
    /// All but the attempts to call back, ascending by slot.
    list: ArrayVec<(EntrySlot, Entry), MOST_ENTRIES>,
    /// The seconds in which an attempt to call back is an entry too. There may be many, so they are not listed.
    counted_attempts: Option<CountedSeconds>,
    /// The second as of which the entries become others without anything being said: that of a request which is to
    /// supersede what decided the leg.
    pub changes_at: Option<i64>,
    /// The fact that decided the leg until a request superseded it.
    pub superseded: Option<FactKind>,
    /// While the customer waits, by arrival.
    pub waiting: Option<Span>,
    /// While the callback is outstanding, by request.
    pub outstanding: Option<Span>,
    /// While the callback is outstanding and not overdue, by deadline.
    pub due: Option<Span>,
    /// The request, if it decided the leg and its customer was reached, and the second in which that was: what only a
    /// look back files under the request.
    pub request_reached: Option<(Entry, i64)>,
}

impl Entries {
    /// What a leg with these facts contributes, as of a second: what it contributes up to there does not depend on any
    /// later fact, corrections apart.
    pub fn of(facts: &Facts, line: &LineRules, days: &Days, as_of_second: i64) -> Self {
        let mut entries = Self::default();
        if let Some(at) = facts.at(Register::Retracted) {
            entries.enter(EntrySlot::Retraction, Entry::by_fact(at, EntryKind::Retracted, 0, FactKind::Retracted));
            return entries;
        }
        if let Some((at, outcome)) = facts.outcome() {
            let recorded = Entry::by_fact(at, EntryKind::outcome(outcome), 0, FactKind::OutcomeRecorded);
            entries.enter(EntrySlot::Outcome, recorded);
        }
        for (question, answer) in (0..).zip(facts.feedback()) {
            if let Some((at, answer)) = answer {
                let received = Entry::by_fact(at, EntryKind::feedback(answer), 0, FactKind::FeedbackReceived);
                entries.enter(EntrySlot::Answer(question), received);
            }
        }
        if let Some(settlement) = entries.live(facts, line, days, as_of_second) {
            entries.enter(EntrySlot::Verdict, settlement.entry());
        }
        entries
    }

    /// Enters what becomes of a leg that has arrived, but for the verdict; says what settles its promise, if it has
    /// one.
    #[inline]
    fn live(&mut self, facts: &Facts, line: &LineRules, days: &Days, as_of_second: i64) -> Option<Settlement> {
        let leg = ArrivedLeg::new(facts, line)?;
        leg.enter_arrival(self);
        let decision = leg.decide(self, as_of_second);
        let callback = leg.callback(days);
        if let Some(callback) = &callback {
            leg.enter_callback(self, &decision, callback, days);
        }
        leg.verdict(&decision, callback.as_ref())
    }

    fn enter(&mut self, slot: EntrySlot, entry: Entry) {
        debug_assert!(self.list.last().is_none_or(|(last, _)| *last < slot), "slots are entered in their order");
        self.list.push((slot, entry));
    }

    /// Every entry; `facts` are those that the entries are of.
    pub fn all(&self, facts: &Facts) -> impl Iterator<Item = Entry> {
        self.list.iter().map(|(_, entry)| *entry).chain(self.attempts(facts).map(|(entry, _)| entry))
    }

    /// Every entry, and what was said that it follows from: where time alone went on, what set that time going. `facts`
    /// are those that the entries are of.
    pub fn with_facts(&self, facts: &Facts) -> impl Iterator<Item = (Entry, (EventTime, Fact))> {
        let listed = self.list.iter().map(|(slot, entry)| {
            let said = match (*slot, entry.cause) {
                (EntrySlot::Answer(question), _) => {
                    facts.feedback()[usize::from(question)].map(|(at, answer)| (at, Fact::FeedbackReceived(answer)))
                }
                (_, Cause::Fact(kind)) => facts.said(kind),
                (_, Cause::Timeout(timeout)) => facts.said(self.set_going_by(timeout, entry.kind)),
            };
            (*entry, said.expect("what an entry follows from is among the facts"))
        });
        listed.chain(self.attempts(facts))
    }

    fn attempts(&self, facts: &Facts) -> impl Iterator<Item = (Entry, (EventTime, Fact))> {
        let counted = attempts::counted(facts.attempts(), self.counted_attempts);
        counted.iter().map(|attempt| (entry_of(attempt), (attempt.0, Fact::CallbackAttempted(attempt.1))))
    }

    /// The kind of the fact from which the time runs that has lapsed.
    fn set_going_by(&self, timeout: Timeout, kind: EntryKind) -> FactKind {
        let is_of_arrival = timeout == Timeout::OrphanAfter || kind == EntryKind::AnswerBroken;
        let arrival = self.list.iter().find(|(slot, _)| *slot == EntrySlot::Arrival).map(|(_, entry)| entry.cause);
        match arrival {
            Some(Cause::Fact(kind)) if is_of_arrival => kind,
            _ => FactKind::CallbackRequested,
        }
    }

    /// Calls `post` with each attempt that is an entry of `self` only, times -1, and each of `after` only, times 1. The
    /// leg had the attempts `old` and has the attempts `new`.
    pub fn attempt_differences(
        &self,
        old: &[Attempt],
        after: &Self,
        new: &[Attempt],
        mut post: impl FnMut(&Entry, i16),
    ) {
        let (mut old, mut new) =
            (attempts::counted(old, self.counted_attempts), attempts::counted(new, after.counted_attempts));
        loop {
            match (old, new) {
                ([attempt, rest @ ..], [other, rest_of_new @ ..]) if attempts::key(attempt) == attempts::key(other) => {
                    (old, new) = (rest, rest_of_new);
                }
                ([attempt, rest @ ..], _)
                    if new.first().is_none_or(|other| attempts::key(attempt) < attempts::key(other)) =>
                {
                    post(&entry_of(attempt), -1);
                    old = rest;
                }
                (_, [attempt, rest @ ..]) => {
                    post(&entry_of(attempt), 1);
                    new = rest;
                }
                (_, []) => return,
            }
        }
    }

    /// Calls `post` with each entry that is in `self` only, times -1, and each that is in `after` only, times 1.
    /// Attempts are not among them.
    pub fn differences(&self, after: &Self, mut post: impl FnMut(&Entry, i16)) {
        let (mut old, mut new) = (self.list.as_slice(), after.list.as_slice());
        loop {
            match (old, new) {
                ([(old_slot, old_entry), rest_of_old @ ..], [(new_slot, new_entry), rest_of_new @ ..])
                    if old_slot == new_slot =>
                {
                    if !old_entry.posts_as(new_entry) {
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

/// The entry of an attempt to call back.
const fn entry_of((at, result): &Attempt) -> Entry {
    Entry::by_fact(*at, EntryKind::attempt(*result), 0, FactKind::CallbackAttempted)
}
