//! Reads at an earlier instant: what a live ledger would show for it with what is known today.
//!
//! ```text
//! ledger: legs --copy, part by part--> copies of facts --entries as of t--> accounts at t --> figures of t
//!         (short turns at the lock)    (no lock is held)
//! ```
//!
//! A [`Ledger`] is read at `now` and never goes back. But it holds the facts of its legs, and entries are a pure
//! function of facts. So the accounts of an earlier instant `t` are made anew from the same entries, posted by the same
//! [`Account`], and read at the edges of `t`. Entries later than `t` are left out: by the law of the prefix, what was
//! shown for `t` does not depend on them. Facts that became known after `t` count, as in a replay with today's
//! knowledge.
//!
//! **Memory.** A leg is forgotten when its facts are all older than the range of the present figures. It had no entry
//! at or after [`Ledger::remembers_since`]. So the figures of an instant since then are exact, and so is each window
//! that begins since then. Other windows are absent.

use ensilinja_model::{EventTime, LegKey, LineIndex};

use crate::account::Account;
use crate::entries::{Entries, Span};
use crate::facts::Facts;
use crate::figure::Window;
use crate::figures::{Figures, LineFigures};
use crate::intraday::{Interval, Intraday};
use crate::lazy_min_queue::EarliestKeys;
use crate::ledger::Ledger;
use crate::rules::Rules;
use crate::windows::{Edge, Edges, History};

/// Copies of legs. Copying is much faster than deriving their entries, so a ledger is locked for less time.
#[derive(Clone, Debug, Default)]
pub struct LegCopies {
    pub(crate) legs: Vec<(LegKey, Facts)>,
}

/// A read at an earlier instant, while legs are added to it.
#[derive(Clone, Debug)]
pub struct PastReading {
    rules: Rules,
    second: i64,
    lines: Vec<PastLine>,
    legs: usize,
}

/// A line at the instant.
#[derive(Clone, Debug)]
struct PastLine {
    edges: Edges,
    account: Account,
    earliest: EarliestKeys,
}

impl Ledger {
    /// The instant since which nothing that was applied has been forgotten: no leg that has left the memory had an
    /// entry at it or later. It never goes back.
    #[must_use]
    pub fn remembers_since(&self) -> EventTime {
        self.rules().needed_from(self.range_start())
    }

    /// Copies part number `part` of the legs, those of `line` or of all lines, in place of what `copies` contains.
    /// Returns whether there is such a part. A part has at most a few thousand legs. Parts that are copied one after
    /// another, while events are applied in between, contain each leg that was there at the first at most once.
    pub fn copy_legs(&self, part: usize, line: Option<LineIndex>, copies: &mut LegCopies) -> bool {
        copies.legs.clear();
        let Some(legs) = self.legs_of_part(part) else { return false };
        let wanted = legs.filter(|(_, facts)| line.is_none_or(|line| facts.line == line));
        copies.legs.extend(wanted.map(|(key, facts)| (key, facts.clone())));
        true
    }
}

impl PastReading {
    /// A read at this instant, without legs. It is cut to the whole second.
    #[must_use]
    pub fn new(rules: Rules, at: EventTime) -> Self {
        let second = at.floor_second();
        let line = |line: &crate::rules::LineRules| {
            let edges = Edges::at(second, rules.days(), &line.hours);
            PastLine { edges, account: Account::new(&edges, rules.bounds()), earliest: EarliestKeys::default() }
        };
        Self { lines: rules.lines().iter().map(line).collect(), rules, second, legs: 0 }
    }

    /// Adds legs. Each may be added once.
    pub fn add(&mut self, copies: &LegCopies) {
        let Self { rules, second, lines, legs } = self;
        for (_, facts) in &copies.legs {
            if facts.first().is_none_or(|first| first.floor_second() > *second) {
                continue;
            }
            *legs += 1;
            let line_rules = &rules.lines()[facts.line.as_usize()];
            let line = &mut lines[facts.line.as_usize()];
            let entries = Entries::of(facts, line_rules, rules.days(), *second);
            for entry in entries.all(facts).filter(|entry| entry.second <= *second) {
                line.account.post(&entry, 1, rules.bounds());
            }
            let join = |known: &mut Option<EventTime>, span: Option<Span>| {
                let key = span.filter(|span| span.covers(*second)).map(|span| span.key);
                *known = known.iter().copied().chain(key).min();
            };
            join(&mut line.earliest.waiting, entries.waiting);
            join(&mut line.earliest.outstanding, entries.outstanding);
            join(&mut line.earliest.due, entries.due);
            join(&mut line.earliest.overdue, entries.overdue);
        }
    }

    /// The figures, after all legs were added. `history` is that of the log; `remembers_since` is that of the ledger
    /// after the last copy.
    #[must_use]
    pub fn figures(&self, history: History, remembers_since: EventTime) -> Figures {
        let now = EventTime::from_seconds(self.second);
        let lines = self.lines.iter().zip(self.rules.lines()).map(|(line, rules)| {
            let windows = std::array::from_fn(|index| {
                let window = Window::ALL[index];
                let is_known = self.reaches_back(line, window, history, remembers_since);
                is_known.then(|| line.account.window(window))
            });
            let sums = &line.account.balance(Edge::Now).sums;
            LineFigures { windows, ..LineFigures::at(now, rules, sums, line.earliest) }
        });
        let day_start = self.rules.days().start_of_day(now);
        Figures { as_of: now, day_start, lines: lines.collect(), legs: self.legs }
    }

    /// The day up to the instant, by intervals; as in [`figures`](Self::figures).
    #[must_use]
    pub fn intraday(&self, history: History, remembers_since: EventTime) -> Intraday {
        let now = EventTime::from_seconds(self.second);
        let lines = self.lines.iter().map(|line| {
            self.reaches_back(line, Window::Today, history, remembers_since)
                .then(|| Interval::all_between(&line.account, line.edges.second(Edge::Midnight), self.second))
        });
        let day_start = self.rules.days().start_of_day(now);
        Intraday { as_of: now, day_start, lines: lines.collect(), open: self.rules.open_on_day(now) }
    }

    fn reaches_back(&self, line: &PastLine, window: Window, history: History, remembers_since: EventTime) -> bool {
        let remembered = History { start: remembers_since, from_first_record: true };
        [history, remembered].into_iter().all(|history| line.edges.reaches_back(window, history, self.rules.life_ms()))
    }
}
