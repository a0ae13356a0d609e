//! The live ledger: events in, figures out.
//!
//! ```text
//! event --learn--> facts of a leg ... --settle--> account of the line --read--> figures
//!                  at once            once for several thousand legs, and before each read
//! ```
//!
//! Learning is separate from posting. The events of a contact come close together, and each takes back entries that the
//! one before it made: the wait that would end tomorrow, the deadline that would be missed. So a changed leg is only
//! noted, with the facts that its account knows of. To settle it is to post the difference between the entries of those
//! facts and of the present ones. An event that changes no fact, such as a duplicate, posts nothing.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use arrayvec::ArrayVec;
use ensilinja_model::{Event, EventTime, LegKey};

use crate::account::Account;
use crate::attempts::Attempt;
use crate::collision::{self, CollisionNote, Effect};
use crate::entries::{Entries, Span};
use crate::facts::{Applied, Facts};
use crate::figure::Window;
use crate::figures::{Figures, LineFigures};
use crate::intraday::{Interval, Intraday};
use crate::lazy_min_queue::{EarliestKeys, LazyMinQueue};
use crate::legs::{LegIndex, Legs};
use crate::rules::{Bounds, LineRules, Rules};
use crate::windows::{Edge, Edges, History};

/// When this many legs are unsettled they are settled. The more, the fewer entries are posted only to be taken back. At
/// this number the facts that are kept until then take a third of a megabyte, which fits a cache.
const MOST_UNSETTLED: usize = 4096;

/// The legs of this many events are looked up together, so that the processor waits for several parts of the memory at
/// once.
const LOOKED_UP_TOGETHER: usize = 32;

/// The facts of all legs and the accounts of all lines.
#[derive(Clone, Debug)]
pub struct Ledger {
    rules: Rules,
    /// Events before this instant are ignored.
    range_start: EventTime,
    legs: Legs,
    lines: Vec<LineState>,
    /// The latest second that was read. Reads never go back. The accounts contain the entries of each leg as of this
    /// second.
    now_second: i64,
    /// Legs whose entries change at a future second, ordered by that second. A leg may occur more than once, and its
    /// entries may no longer change at that second.
    changing: BinaryHeap<Reverse<(i64, LegIndex)>>,
    /// Legs whose facts have changed since their entries were posted. Each occurs once.
    unsettled: Vec<UnsettledLeg>,
}

/// A leg whose account lags behind its facts.
#[derive(Clone, Debug)]
struct UnsettledLeg {
    index: LegIndex,
    /// The facts whose entries the account contains; `None` if it contains no entry of the leg.
    posted: Option<Facts>,
}

#[derive(Clone, Debug)]
struct LineState {
    account: Account,
    waiting: LazyMinQueue,
    callbacks: LazyMinQueue,
    due: LazyMinQueue,
    overdue: LazyMinQueue,
}

impl Ledger {
    /// An empty ledger whose first read will be at `now` or later. Apply every event since
    /// [`rules.range_start(now)`](Rules::range_start), in any order.
    #[must_use]
    pub fn new(rules: Rules, now: EventTime) -> Self {
        let now_second = now.floor_second();
        let line = |line: &LineRules| LineState {
            account: Account::new(&Edges::at(now_second, rules.days(), &line.hours), rules.bounds()),
            waiting: LazyMinQueue::default(),
            callbacks: LazyMinQueue::default(),
            due: LazyMinQueue::default(),
            overdue: LazyMinQueue::default(),
        };
        Self {
            range_start: rules.range_start(now),
            legs: Legs::default(),
            lines: rules.lines().iter().map(line).collect(),
            rules,
            now_second,
            changing: BinaryHeap::new(),
            unsettled: Vec::new(),
        }
    }

    /// Applies an event. Order and duplicates do not matter, and no event is an error.
    ///
    /// # Panics
    /// If the event's line is not one of the rules' lines.
    pub fn apply(&mut self, event: &Event) -> Applied {
        self.apply_noting(event, &mut |_| {}).applied
    }

    /// As [`apply`](Self::apply), and passes each collision that the event causes or clears to `note`. The same
    /// collision may be passed more than once.
    ///
    /// # Panics
    /// If the event's line is not one of the rules' lines.
    pub fn apply_noting(&mut self, event: &Event, note: &mut dyn FnMut(CollisionNote)) -> Effect {
        if event.at < self.range_start {
            return Effect { applied: Applied::TooOld, changed_facts: false };
        }
        assert!(event.line.as_usize() < self.lines.len(), "the event is about a line of the rules");
        let (index, is_new) = self.legs.find_or_insert(event.leg, || Facts::new(event.line, event.at));
        self.learn(event, index, is_new, note)
    }

    /// Applies events, and passes the result of each to `applied`. Faster than [`apply`](Self::apply) for each: the
    /// legs of several events are looked up together.
    ///
    /// # Panics
    /// If the line of an event is not one of the rules' lines.
    pub fn apply_all<'e>(
        &mut self,
        events: impl IntoIterator<Item = &'e Event>,
        mut applied: impl FnMut(&Event, Applied),
    ) {
        let mut events = events.into_iter();
        let mut group = ArrayVec::<(&Event, Option<LegIndex>), LOOKED_UP_TOGETHER>::new();
        loop {
            let next = events.by_ref().take(LOOKED_UP_TOGETHER);
            group.extend(next.map(|event| (event, self.legs.find_index(event.leg))));
            if group.is_empty() {
                return;
            }
            for (event, found) in group.drain(..) {
                applied(event, self.apply_to(event, found));
            }
        }
    }

    /// As [`apply`](Self::apply), where the leg of the event had the index `found` a moment ago. Since then it may have
    /// been inserted or evicted.
    fn apply_to(&mut self, event: &Event, found: Option<LegIndex>) -> Applied {
        match found.filter(|index| event.at >= self.range_start && self.legs.holds(*index, event.leg)) {
            Some(index) => self.learn(event, index, false, &mut |_| {}).applied,
            None => self.apply(event),
        }
    }

    /// Joins an event to the facts of its leg.
    fn learn(&mut self, event: &Event, index: LegIndex, is_new: bool, note: &mut dyn FnMut(CollisionNote)) -> Effect {
        let facts = self.legs.get_mut(index).expect("it was just found or inserted");
        let before = facts.clone();
        let effect = collision::learn(facts, &before, event, self.rules.life_ms(), note);
        if effect.changed_facts && before.is_settled {
            facts.is_settled = false;
            self.unsettled.push(UnsettledLeg { index, posted: (!is_new).then_some(before) });
        }
        if is_new {
            self.legs.evict_two(self.range_start);
        }
        if self.unsettled.len() >= MOST_UNSETTLED {
            self.settle();
        }
        effect
    }

    /// Posts what was learnt: for each leg whose facts have changed, the difference between the entries that its
    /// account contains and those of its facts. Every read begins with it.
    pub fn settle(&mut self) {
        let Self { rules, legs, lines, now_second, changing, unsettled, .. } = self;
        for UnsettledLeg { index, posted } in unsettled.drain(..) {
            let facts = legs.get_mut(index).expect("a leg with a fact in the range is not evicted");
            facts.is_settled = true;
            let line_rules = &rules.lines()[facts.line.as_usize()];
            let entries = |facts: &Facts| Entries::of(facts, line_rules, rules.days(), *now_second);
            let before = posted.as_ref().map(entries).unwrap_or_default();
            let after = entries(facts);
            let attempts = [posted.as_ref().map_or(&[][..], Facts::attempts), facts.attempts()];
            lines[facts.line.as_usize()].post(index, [&before, &after], attempts, rules.bounds(), *now_second);
            if let Some(second) = after.changes_at.filter(|_| after.changes_at != before.changes_at) {
                changing.push(Reverse((second, index)));
            }
        }
    }

    /// The instant of the earliest known fact of a leg; `None` if the leg is unknown or was evicted.
    #[must_use]
    pub fn first_fact_at(&self, leg: LegKey) -> Option<EventTime> {
        self.legs.find(leg)?.first()
    }

    /// The figures at `now`. Reads never go back: if an earlier read was at a later instant, that instant is used.
    pub fn figures(&mut self, now: EventTime, history: History) -> Figures {
        self.move_to(now.floor_second());
        let now = EventTime::from_seconds(self.now_second);
        self.range_start = self.range_start.max(self.rules.range_start(now));
        let lines = self
            .lines
            .iter_mut()
            .zip(self.rules.lines())
            .map(|(line, rules)| {
                let edges = Edges::at(self.now_second, self.rules.days(), &rules.hours);
                let reaches_back = |window: Window| edges.reaches_back(window, history, self.rules.life_ms());
                let entries = |index| {
                    let facts = self.legs.get(index)?;
                    Some(Entries::of(facts, rules, self.rules.days(), self.now_second))
                };
                line.account.advance(&edges, self.rules.bounds());
                line.figures(rules, now, reaches_back, entries)
            })
            .collect();
        Figures { as_of: now, day_start: self.rules.days().start_of_day(now), lines, legs: self.legs.len() }
    }

    /// The rules of the lines.
    pub(crate) const fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Events before this instant are ignored, and legs without a later fact are forgotten.
    pub(crate) const fn range_start(&self) -> EventTime {
        self.range_start
    }

    /// The legs of a part of the memory; `None` if there is no such part.
    pub(crate) fn legs_of_part(&self, part: usize) -> Option<impl Iterator<Item = (LegKey, &Facts)>> {
        self.legs.of_chunk(part)
    }

    /// The number of legs in memory.
    #[must_use]
    pub fn legs(&self) -> usize {
        self.legs.len()
    }

    /// The day so far, by intervals, at `now`. Reads never go back, as in [`figures`](Self::figures).
    pub fn intraday(&mut self, now: EventTime, history: History) -> Intraday {
        self.move_to(now.floor_second());
        let now_second = self.now_second;
        let now = EventTime::from_seconds(now_second);
        let lines = self.lines.iter().zip(self.rules.lines()).map(|(line, rules)| {
            let edges = Edges::at(now_second, self.rules.days(), &rules.hours);
            edges
                .reaches_back(Window::Today, history, self.rules.life_ms())
                .then(|| Interval::all_between(&line.account, edges.second(Edge::Midnight), now_second))
        });
        let day_start = self.rules.days().start_of_day(now);
        Intraday { as_of: now, day_start, lines: lines.collect(), open: self.rules.open_on_day(now) }
    }

    /// Moves forward to a second, and posts the changes of the legs whose entries change up to it.
    fn move_to(&mut self, second: i64) {
        self.settle();
        let earlier = self.now_second;
        self.now_second = earlier.max(second);
        let mut changed = Vec::new();
        while let Some(Reverse((second, index))) = self.changing.peek().copied()
            && second <= self.now_second
        {
            self.changing.pop();
            changed.push(index);
        }
        changed.sort_unstable();
        changed.dedup();
        for index in changed {
            let Some(facts) = self.legs.get(index) else { continue };
            let rules = &self.rules.lines()[facts.line.as_usize()];
            let [before, after] =
                [earlier, self.now_second].map(|second| Entries::of(facts, rules, self.rules.days(), second));
            let line = &mut self.lines[facts.line.as_usize()];
            line.post(index, [&before, &after], [facts.attempts(); 2], self.rules.bounds(), self.now_second);
            if let Some(second) = after.changes_at {
                self.changing.push(Reverse((second, index)));
            }
        }
    }
}

impl LineState {
    /// Posts the difference between the old and the new entries of a leg.
    fn post(
        &mut self,
        index: LegIndex,
        [before, after]: [&Entries; 2],
        [old_attempts, new_attempts]: [&[Attempt]; 2],
        bounds: &Bounds,
        now_second: i64,
    ) {
        before.differences(after, |entry, n| self.account.post(entry, n, bounds));
        before.attempt_differences(old_attempts, after, new_attempts, |entry, n| self.account.post(entry, n, bounds));
        self.waiting.update(index, before.waiting, after.waiting, now_second);
        self.callbacks.update(index, before.outstanding, after.outstanding, now_second);
        self.due.update(index, before.due, after.due, now_second);
        self.overdue.update(index, before.overdue, after.overdue, now_second);
    }

    fn figures(
        &mut self,
        rules: &LineRules,
        now: EventTime,
        reaches_back: impl Fn(Window) -> bool,
        entries: impl Fn(LegIndex) -> Option<Entries>,
    ) -> LineFigures {
        let min_key = |queue: &mut LazyMinQueue, of: fn(&Entries) -> Option<Span>| {
            queue.min_key(now.floor_second(), |index| entries(index).as_ref().and_then(of))
        };
        let earliest = EarliestKeys {
            waiting: min_key(&mut self.waiting, |entries| entries.waiting),
            outstanding: min_key(&mut self.callbacks, |entries| entries.outstanding),
            due: min_key(&mut self.due, |entries| entries.due),
            overdue: min_key(&mut self.overdue, |entries| entries.overdue),
        };
        let windows = std::array::from_fn(|i| {
            let window = Window::ALL[i];
            reaches_back(window).then(|| self.account.window(window))
        });
        LineFigures { windows, ..LineFigures::at(now, rules, &self.account.balance(Edge::Now).sums, earliest) }
    }
}
