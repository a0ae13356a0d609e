//! The entries of a leg: what it contributes to the figures, each with a second and a kind.
//!
//! An entry may lie in the future: a promise has a broken entry at its deadline from the moment it is made, until it
//! is kept. `derivation.rs` derives the entries of a leg from its facts. After the facts have changed, the
//! [differences](Entries::differences) between the old and the new entries are posted to the account of the line.

use arrayvec::ArrayVec;
use ensilinja_model::{EventTime, Fact, FactKind};

use crate::attempts::{self, Attempt, CountedSeconds};
use crate::cause::{Cause, Timeout};
use crate::entry_kind::EntryKind;
use crate::facts::Facts;

/// One entry of a leg.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub second: i64,
    /// A wait or a handling time; 0 if the kind has no sample.
    pub sample_ms: u32,
    pub kind: EntryKind,
    /// What the entry follows from. It fits in the padding, so it costs no memory.
    pub cause: Cause,
}

impl Entry {
    /// An entry that follows from a fact. It belongs to the second in which the fact lies.
    #[inline]
    pub const fn by_fact(at: EventTime, kind: EntryKind, sample_ms: u32, fact: FactKind) -> Self {
        Self { second: at.floor_second(), sample_ms, kind, cause: Cause::Fact(fact) }
    }

    /// An entry that follows from time alone. It belongs to the first whole second at or after `at`. In an earlier
    /// second, a fact later in the same second could take back an entry that was already shown.
    #[inline]
    pub const fn by_time(at: EventTime, kind: EntryKind, sample_ms: u32, timeout: Timeout) -> Self {
        Self { second: at.ceil_second(), sample_ms, kind, cause: Cause::Timeout(timeout) }
    }

    /// An entry by fact or by time, depending on `cause`.
    #[inline]
    pub const fn by(cause: Cause, at: EventTime, kind: EntryKind, sample_ms: u32) -> Self {
        match cause {
            Cause::Fact(fact) => Self::by_fact(at, kind, sample_ms, fact),
            Cause::Timeout(timeout) => Self::by_time(at, kind, sample_ms, timeout),
        }
    }

    /// Whether both entries are posted identically. The cause is not posted.
    fn posts_as(&self, other: &Self) -> bool {
        (self.second, self.kind, self.sample_ms) == (other.second, other.kind, other.sample_ms)
    }
}

const _: () =
    assert!(size_of::<Entry>() == 16, "up to fifteen entries of a leg are on the stack for each leg that is settled");

/// A state that lasts over the whole seconds [from, until), with the instant that orders it in a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub key: EventTime,
    pub from_second: i64,
    pub until_second: i64,
}

impl Span {
    #[inline]
    pub const fn since(from: EventTime, until_second: i64) -> Self {
        Self { key: from, from_second: from.floor_second(), until_second }
    }

    /// Whether the state lasts at the whole second `now`.
    pub const fn covers(&self, now_second: i64) -> bool {
        self.from_second <= now_second && now_second < self.until_second
    }
}

/// The subject of an entry. A leg has at most one entry per slot, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum EntrySlot {
    Retraction,
    Outcome,
    /// The latest answer to the question with this number.
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

/// One entry per slot; there are three questions. Every slot but `Retraction` can be filled at once.
const MOST_ENTRIES: usize = 12 + 3;

/// All entries of a leg as of a second.
#[derive(Clone, Debug, Default)]
pub(crate) struct Entries {
    /// All entries except callback attempts, in ascending order of their slots.
    list: ArrayVec<(EntrySlot, Entry), MOST_ENTRIES>,
    /// The seconds in which each callback attempt is an entry too. Attempts are not listed, because a leg may have
    /// many.
    pub counted_attempts: Option<CountedSeconds>,
    /// The second as of which the entries, or the start of the wait, change without a new fact: that of a request that
    /// will supersede the deciding fact, of entering the queue, or since which the wait is unknown.
    pub changes_at: Option<i64>,
    /// The fact that decided the leg until a request superseded it.
    pub superseded: Option<FactKind>,
    /// The arrival of the leg.
    pub arrived: Option<EventTime>,
    /// While the customer waits, unless the wait is unknown; ordered by the start of the wait, as of the second.
    pub waiting: Option<Span>,
    /// While the callback is outstanding; ordered by request.
    pub outstanding: Option<Span>,
    /// While the callback is outstanding and not overdue; ordered by deadline.
    pub due: Option<Span>,
    /// While the callback is overdue; ordered by deadline.
    pub overdue: Option<Span>,
    /// The entry at the request, if the request decided the leg and the customer was reached, and the second of
    /// reaching. Only a historical ledger posts it.
    pub request_reached: Option<(Entry, i64)>,
}

impl Entries {
    /// Adds an entry. Slots must be entered in ascending order.
    #[inline]
    pub fn enter(&mut self, slot: EntrySlot, entry: Entry) {
        debug_assert!(self.list.last().is_none_or(|(last, _)| *last < slot), "slots are entered in ascending order");
        self.list.push((slot, entry));
    }

    /// Every entry. `facts` must be the facts from which these entries were derived.
    pub fn all(&self, facts: &Facts) -> impl Iterator<Item = Entry> {
        self.list.iter().map(|(_, entry)| *entry).chain(self.attempts(facts).map(|(entry, _)| entry))
    }

    /// Every entry with its source: the fact that it follows from, or for a timeout the fact that started the time.
    /// `facts` must be the facts from which these entries were derived.
    pub fn with_facts(&self, facts: &Facts) -> impl Iterator<Item = (Entry, (EventTime, Fact))> {
        let listed = self.list.iter().map(|(slot, entry)| {
            let source = match (*slot, entry.cause) {
                (EntrySlot::Answer(question), _) => {
                    facts.feedback()[usize::from(question)].map(|(at, answer)| (at, Fact::FeedbackReceived(answer)))
                }
                (_, Cause::Fact(kind)) => facts.held(kind),
                (_, Cause::Timeout(timeout)) => facts.held(self.started_by(timeout, entry.kind)),
            };
            (*entry, source.expect("the source of an entry is among the facts"))
        });
        listed.chain(self.attempts(facts))
    }

    fn attempts(&self, facts: &Facts) -> impl Iterator<Item = (Entry, (EventTime, Fact))> {
        let counted = attempts::counted(facts.attempts(), self.counted_attempts);
        counted.iter().map(|attempt| (entry_of(attempt), (attempt.0, Fact::CallbackAttempted(attempt.1))))
    }

    /// The kind of fact from which the time of a timeout is counted.
    fn started_by(&self, timeout: Timeout, kind: EntryKind) -> FactKind {
        let starts_at_arrival = timeout == Timeout::OrphanAfter || kind == EntryKind::AnswerBroken;
        let arrival = self.list.iter().find(|(slot, _)| *slot == EntrySlot::Arrival).map(|(_, entry)| entry.cause);
        match arrival {
            Some(Cause::Fact(kind)) if starts_at_arrival => kind,
            _ => FactKind::CallbackRequested,
        }
    }

    /// Calls `post` with each attempt that is an entry of `self` only, times -1, and each that is an entry of `after`
    /// only, times 1. The leg had the attempts `old` and now has the attempts `new`.
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
    /// Attempts are excluded.
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

/// The entry of a callback attempt.
const fn entry_of((at, result): &Attempt) -> Entry {
    Entry::by_fact(*at, EntryKind::attempt(*result), 0, FactKind::CallbackAttempted)
}
