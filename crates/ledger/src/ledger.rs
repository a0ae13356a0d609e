//! The ledger: events in, figures out.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use ensilinja_model::{Event, EventTime, FactKind, LegKey};

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

/// All that is known of all legs, and what it adds up to.
#[derive(Clone, Debug)]
pub struct Ledger {
    rules: Rules,
    /// What is older is of no account any more.
    range_start: EventTime,
    legs: Legs,
    lines: Vec<LineState>,
    /// The latest second that was read at; the ledger is never asked about an earlier one. The books hold what each leg
    /// contributes as of it.
    now_second: i64,
    /// Legs that contribute something else as of a second ahead, by that second. A leg may be in it more than once, and
    /// for a second at which nothing changes any more.
    changing: BinaryHeap<Reverse<(i64, LegIndex)>>,
}

#[derive(Clone, Debug)]
struct LineState {
    account: Account,
    waiting: LazyMinQueue,
    callbacks: LazyMinQueue,
    due: LazyMinQueue,
}

impl Ledger {
    /// An empty ledger whose first read will be at `now` or later. It wants every event since
    /// [`rules.range_start(now)`](Rules::range_start), in any order.
    #[must_use]
    pub fn new(rules: Rules, now: EventTime) -> Self {
        let now_second = now.floor_second();
        let line = |line: &LineRules| LineState {
            account: Account::new(&Edges::at(now_second, rules.days(), &line.hours), rules.bounds()),
            waiting: LazyMinQueue::default(),
            callbacks: LazyMinQueue::default(),
            due: LazyMinQueue::default(),
        };
        Self {
            range_start: rules.range_start(now),
            legs: Legs::default(),
            lines: rules.lines().iter().map(line).collect(),
            rules,
            now_second,
            changing: BinaryHeap::new(),
        }
    }

    /// Learns what an event says. Whatever it says, in whatever order, is joined; nothing is an error.
    ///
    /// # Panics
    /// If the event's line is not one of the rules' lines.
    pub fn apply(&mut self, event: &Event) -> Applied {
        self.apply_noting(event, &mut |_| {}).applied
    }

    /// The same, and notes what collides by it; the same collision may be noted more than once.
    ///
    /// # Panics
    /// If the event's line is not one of the rules' lines.
    pub fn apply_noting(&mut self, event: &Event, note: &mut dyn FnMut(CollisionNote)) -> Effect {
        if event.at < self.range_start {
            return Effect { applied: Applied::TooOld, changed_facts: false };
        }
        let Self { rules, range_start, legs, lines, now_second, changing } = self;
        let (place, is_new, facts) = legs.find_or_insert(event.leg, || Facts::new(event.line, event.at));
        let line_rules = &rules.lines()[facts.line.as_usize()];
        let entries = |facts: &Facts| Entries::of(facts, line_rules, rules.days(), *now_second);
        let before = if is_new { Entries::default() } else { entries(facts) };
        // Only an attempt changes the attempts.
        let is_attempt = event.fact.kind() == FactKind::CallbackAttempted;
        let attempts_before = is_attempt.then(|| facts.attempts().to_vec());
        let effect = collision::learn(facts, event, rules.life_ms(), note);
        if effect.changed_facts {
            let after = entries(facts);
            let attempts = [attempts_before.as_deref().unwrap_or(facts.attempts()), facts.attempts()];
            lines[facts.line.as_usize()].post(place, [&before, &after], attempts, rules.bounds(), *now_second);
            if let Some(second) = after.changes_at.filter(|_| after.changes_at != before.changes_at) {
                changing.push(Reverse((second, place)));
            }
        }
        if is_new {
            legs.evict_two(*range_start);
        }
        effect
    }

    /// The earliest instant that anything known of a leg is of; `None` of one that is not known, or not any more.
    #[must_use]
    pub fn first_fact_at(&self, leg: LegKey) -> Option<EventTime> {
        self.legs.find(leg)?.first()
    }

    /// The figures at `now`, or at the latest `now` asked for before if that is later: a read never goes back.
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
                let entries = |place| {
                    let facts = self.legs.get(place)?;
                    Some(Entries::of(facts, rules, self.rules.days(), self.now_second))
                };
                line.account.advance(&edges, self.rules.bounds());
                line.figures(rules, now, reaches_back, entries)
            })
            .collect();
        Figures { as_of: now, day_start: self.rules.days().start_of_day(now), lines, legs: self.legs.len() }
    }

    /// How many legs it holds.
    #[must_use]
    pub fn legs(&self) -> usize {
        self.legs.len()
    }

    /// The course of the day at `now`, or at the latest `now` that figures were asked for if that is later.
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
        Intraday { as_of: now, day_start: self.rules.days().start_of_day(now), lines: lines.collect() }
    }

    /// Moves to a second, unless it is there or beyond, and posts what becomes of the legs that contribute something
    /// else as of it.
    fn move_to(&mut self, second: i64) {
        let earlier = self.now_second;
        self.now_second = earlier.max(second);
        let mut places = Vec::new();
        while let Some(Reverse((second, place))) = self.changing.peek().copied()
            && second <= self.now_second
        {
            self.changing.pop();
            places.push(place);
        }
        places.sort_unstable();
        places.dedup();
        for place in places {
            let Some(facts) = self.legs.get(place) else { continue };
            let rules = &self.rules.lines()[facts.line.as_usize()];
            let [before, after] =
                [earlier, self.now_second].map(|second| Entries::of(facts, rules, self.rules.days(), second));
            let line = &mut self.lines[facts.line.as_usize()];
            line.post(place, [&before, &after], [facts.attempts(); 2], self.rules.bounds(), self.now_second);
        }
    }
}

impl LineState {
    /// Posts the difference between what a leg contributed and contributes.
    fn post(
        &mut self,
        place: LegIndex,
        [before, after]: [&Entries; 2],
        [old_attempts, new_attempts]: [&[Attempt]; 2],
        bounds: &Bounds,
        now_second: i64,
    ) {
        before.differences(after, |entry, n| self.account.post(entry, n, bounds));
        before.attempt_differences(old_attempts, after, new_attempts, |entry, n| self.account.post(entry, n, bounds));
        self.waiting.note(place, before.waiting, after.waiting, now_second);
        self.callbacks.note(place, before.outstanding, after.outstanding, now_second);
        self.due.note(place, before.due, after.due, now_second);
    }

    fn figures(
        &mut self,
        rules: &LineRules,
        now: EventTime,
        reaches_back: impl Fn(Window) -> bool,
        entries: impl Fn(LegIndex) -> Option<Entries>,
    ) -> LineFigures {
        let first = |queue: &mut LazyMinQueue, of: fn(&Entries) -> Option<Span>| {
            queue.key(now.floor_second(), |place| entries(place).as_ref().and_then(of))
        };
        let firsts = EarliestKeys {
            waiting: first(&mut self.waiting, |entries| entries.waiting),
            outstanding: first(&mut self.callbacks, |entries| entries.outstanding),
            due: first(&mut self.due, |entries| entries.due),
        };
        let windows = std::array::from_fn(|i| {
            let window = Window::ALL[i];
            reaches_back(window).then(|| self.account.window(window))
        });
        LineFigures { windows, ..LineFigures::at(now, rules, &self.account.balance(Edge::Now).sums, firsts) }
    }
}
