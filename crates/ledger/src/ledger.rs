//! The ledger: events in, figures out.

use ensilinja_model::{Event, EventTime};

use crate::book::Book;
use crate::entries::{Entries, Entry, Span};
use crate::facts::{Applied, Facts};
use crate::figure::Window;
use crate::figures::{Figures, LineFigures};
use crate::legs::{Legs, Place};
use crate::oldest::Oldest;
use crate::rules::{CALLBACK_WAIT_BOUNDS_MS, LineRules, Rules};
use crate::tally::Tally;
use crate::windows::{Edge, Edges, History};

/// All that is known of all legs, and what it adds up to.
#[derive(Clone, Debug)]
pub struct Ledger {
    rules: Rules,
    horizon_ms: i64,
    life_ms: i64,
    legs: Legs,
    lines: Vec<Line>,
    /// The latest second that was read at; the ledger is never asked about an earlier one.
    now_second: i64,
}

#[derive(Clone, Debug)]
struct Line {
    book: Book,
    waiting: Oldest,
    callbacks: Oldest,
}

impl Ledger {
    /// An empty ledger whose first read will be at `now` or later. It wants every event since
    /// [`rules.range_start(now)`](Rules::range_start), in any order.
    #[must_use]
    pub fn new(rules: Rules, now: EventTime) -> Self {
        let now_second = now.floor_second();
        let edges = Edges::at(now_second, &rules.days);
        let empty = Tally::new(&rules.answer_wait_bounds_ms, &CALLBACK_WAIT_BOUNDS_MS);
        let line = Line { book: Book::new(&edges, &empty), waiting: Oldest::default(), callbacks: Oldest::default() };
        Self {
            horizon_ms: rules.horizon_ms(),
            life_ms: rules.life_ms(),
            legs: Legs::default(),
            lines: vec![line; rules.lines.len()],
            rules,
            now_second,
        }
    }

    /// Learns what an event says. Whatever it says, in whatever order, is joined; nothing is an error.
    ///
    /// # Panics
    /// If the event's line is not one of the rules' lines.
    pub fn apply(&mut self, event: &Event) -> Applied {
        let horizon = EventTime::from_seconds(self.now_second).plus_millis(-self.horizon_ms);
        if event.at < horizon {
            return Applied::TooOld;
        }
        let Self { rules, legs, lines, now_second, .. } = self;
        let (place, is_new, facts) = legs.find_or_insert(event.leg, || Facts::new(event.line, event.at));
        let line_rules = &rules.lines[facts.line.as_usize()];
        let before = if is_new { Entries::default() } else { Entries::of(facts, line_rules, &rules.days) };
        let applied = facts.learn(event.at, event.fact);
        if applied == Applied::Applied {
            let after = Entries::of(facts, line_rules, &rules.days);
            lines[facts.line.as_usize()].post(place, &before, &after, *now_second);
        }
        if is_new {
            legs.evict_two(horizon);
        }
        applied
    }

    /// The figures at `now`, or at the latest `now` asked for before if that is later: a read never goes back.
    pub fn figures(&mut self, now: EventTime, history: History) -> Figures {
        self.now_second = self.now_second.max(now.floor_second());
        let edges = Edges::at(self.now_second, &self.rules.days);
        let reaches_back = |window: Window| edges.reaches_back(window, history, self.life_ms);
        let lines = self
            .lines
            .iter_mut()
            .zip(&self.rules.lines)
            .map(|(line, rules)| {
                let spans = |place| self.legs.get(place).map(|facts| Entries::of(facts, rules, &self.rules.days));
                line.figures(rules, &edges, reaches_back, spans)
            })
            .collect();
        Figures {
            as_of: EventTime::from_seconds(self.now_second),
            day_start: edges.day_start,
            lines,
            legs: self.legs.len(),
        }
    }
}

impl Line {
    fn post(&mut self, place: Place, before: &Entries, after: &Entries, now_second: i64) {
        for (old, new) in before.slots.iter().zip(&after.slots) {
            if old != new {
                self.post_all(old, -1);
                self.post_all(new, 1);
            }
        }
        let unchanged = before.attempts.iter().zip(&after.attempts).take_while(|(old, new)| old == new).count();
        self.post_all(&before.attempts[unchanged..], -1);
        self.post_all(&after.attempts[unchanged..], 1);
        self.waiting.note(place, before.waiting, after.waiting, now_second);
        self.callbacks.note(place, before.outstanding, after.outstanding, now_second);
    }

    fn post_all<'a>(&mut self, entries: impl IntoIterator<Item = &'a Entry>, n: i16) {
        for entry in entries {
            self.book.post(entry, n);
        }
    }

    fn figures(
        &mut self,
        rules: &LineRules,
        edges: &Edges,
        reaches_back: impl Fn(Window) -> bool,
        entries: impl Fn(Place) -> Option<Entries>,
    ) -> LineFigures {
        self.book.advance(edges);
        let now_second = edges.second(Edge::Now);
        let now = EventTime::from_seconds(now_second);
        let age_ms = |since: Option<EventTime>| since.map_or(0, |since| now.millis_since(since).max(0));
        let span = |of: fn(&Entries) -> Option<Span>| {
            let entries = &entries;
            move |place| entries(place).as_ref().and_then(of)
        };
        let balance = self.book.balance(Edge::Now);
        LineFigures {
            waiting: balance.waiting(),
            callbacks_outstanding: balance.outstanding(),
            waiting_oldest_ms: age_ms(self.waiting.since(now_second, span(|entries| entries.waiting))),
            callback_oldest_ms: age_ms(self.callbacks.since(now_second, span(|entries| entries.outstanding))),
            open: rules.hours.is_open(now),
            last_change: rules.hours.last_change(now),
            next_change: rules.hours.next_change(now),
            windows: std::array::from_fn(|i| {
                let window = Window::ALL[i];
                reaches_back(window).then(|| self.book.window(window))
            }),
        }
    }
}
