//! Provenance: the entries that a figure is the sum of, and the fact that each entry follows from.
//!
//! Every count of a window or an instant is linear in entries: compute the figure once for each entry as if it were
//! the only one, and the results add up to the figure. So provenance needs no formulas of its own. It lists the
//! entries, and [`HistoricalLedger::window_with_only`] and [`HistoricalLedger::line_with_only`] give the share of each.
//!
//! Figures that are not sums name their source instead: a quantile its entries with a sample of its kind, the oldest
//! wait and the next deadline the [open legs](HistoricalLedger::open_legs) of that instant.

use std::ops::Range;

use ensilinja_model::{AttemptResult, Event, EventTime, Fact, LegKey, LineIndex};

use crate::balance::Balance;
use crate::cause::Cause;
use crate::entries::{Entries, Span};
use crate::entry_kind::EntryKind;
use crate::facts::Facts;
use crate::figure::{Decision, Undecided, Window};
use crate::figures::{LineFigures, WindowFigures};
use crate::historical_ledger::HistoricalLedger;
use crate::lazy_min_queue::EarliestKeys;
use crate::rules::Rules;
use crate::sums::Sums;
use crate::windows::Edges;

/// An entry of a leg, with the fact that it follows from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourcedEntry {
    /// The whole second of the entry. Figures of this second and later include it.
    pub at: EventTime,
    /// The wait or handling time that the entry measures, in ms; `None` where it measures nothing.
    pub sample_ms: Option<u32>,
    /// Why the entry exists.
    pub cause: Cause,
    /// The instant and the fact that the entry follows from; for a timeout, the fact from which the time is counted.
    pub source: (EventTime, Fact),
    kind: EntryKind,
}

/// A leg that is waiting, or has a callback outstanding or a promise pending, at an instant.
#[derive(Clone, Debug)]
pub struct OpenLeg {
    /// The leg.
    pub leg: LegKey,
    /// The figures of the instant as they would be without any other leg.
    pub figures: LineFigures,
    /// Its entries up to the instant.
    pub entries: Vec<SourcedEntry>,
}

impl SourcedEntry {
    /// The entries of a leg in ascending order of their seconds.
    pub(crate) fn all_of(entries: &Entries, facts: &Facts) -> Vec<Self> {
        let mut sourced: Vec<Self> = entries
            .with_facts(facts)
            .map(|(entry, source)| Self {
                at: EventTime::from_seconds(entry.second),
                sample_ms: entry.kind.sample().map(|_| entry.sample_ms),
                cause: entry.cause,
                source,
                kind: entry.kind,
            })
            .collect();
        sourced.sort_by_key(|entry| entry.at);
        sourced
    }

    /// The name of its kind in words joined by `_`, such as `abandoned_queue_beyond`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.kind.as_str()
    }

    /// How the leg left the queue, if this entry is the end of its wait: a [`Decision`], or one of
    /// [`Undecided`].
    #[must_use]
    pub fn end_of_wait(&self) -> Option<&'static str> {
        self.kind.decision().map(Decision::as_str).or_else(|| self.kind.undecided().map(Undecided::as_str))
    }

    /// Whether the entry follows from this event, directly or by a timeout. The event must be about the same leg.
    #[must_use]
    pub fn follows_from(&self, event: &Event) -> bool {
        self.source.0 == event.at && implies(event.fact, self.source.1)
    }

    fn add_to(&self, sums: &mut Sums, rules: &Rules) {
        sums.add(self.kind, self.sample_ms.unwrap_or(0), 1, rules.bounds());
    }
}

/// Whether an event with the fact `stated` establishes the fact `held`. An attempt that reached the customer also
/// establishes `callback_reached`.
pub(crate) fn implies(stated: Fact, held: Fact) -> bool {
    stated == held || (held == Fact::CallbackReached && stated == Fact::CallbackAttempted(AttemptResult::Reached))
}

impl Rules {
    /// The time range that a window of a line covers at `now`: whole seconds, start included, end excluded. `None`
    /// while the window has not begun: `open2h` and `open5d` begin once the line has been open for that long.
    ///
    /// # Panics
    /// If there is no such line.
    #[must_use]
    pub fn window_range(&self, line: LineIndex, window: Window, now: EventTime) -> Option<Range<EventTime>> {
        Edges::at(now.floor_second(), self.days(), &self.lines()[line.as_usize()].hours).range(window)
    }
}

impl HistoricalLedger {
    /// The legs of a line that have entries in a time range, with these entries, as of an instant; in no particular
    /// order.
    pub fn entries(
        &self,
        line: LineIndex,
        range: Range<EventTime>,
        as_of: EventTime,
    ) -> impl Iterator<Item = (LegKey, Vec<SourcedEntry>)> {
        self.of_line(line, as_of).filter_map(move |(leg, facts, entries)| {
            if !entries.all(facts).any(|entry| range.contains(&EventTime::from_seconds(entry.second))) {
                return None;
            }
            let mut sourced = SourcedEntry::all_of(&entries, facts);
            sourced.retain(|entry| range.contains(&entry.at));
            Some((leg, sourced))
        })
    }

    /// The legs of a line that count in any figure of the instant `now`; in no particular order.
    pub fn open_legs(&self, line: LineIndex, now: EventTime) -> impl Iterator<Item = OpenLeg> {
        let now = EventTime::from_seconds(now.floor_second());
        self.of_line(line, now).filter_map(move |(leg, facts, entries)| {
            let mut sums = Sums::none(self.rules.bounds());
            let up_to_now = entries.all(facts).filter(|entry| entry.second <= now.floor_second());
            up_to_now.for_each(|entry| sums.count(entry.kind, 1));
            let key_at_now =
                |span: Option<Span>| span.filter(|span| span.covers(now.floor_second())).map(|span| span.key);
            let earliest = EarliestKeys {
                waiting: key_at_now(entries.waiting),
                outstanding: key_at_now(entries.outstanding),
                due: key_at_now(entries.due),
                overdue: key_at_now(entries.overdue),
            };
            let figures = LineFigures::at(now, &self.rules.lines()[line.as_usize()], &sums, earliest);
            if !figures.has_any_leg() {
                return None;
            }
            let mut sourced = SourcedEntry::all_of(&entries, facts);
            sourced.retain(|entry| entry.at <= now);
            Some(OpenLeg { leg, figures, entries: sourced })
        })
    }

    /// The figures of a window that contains this entry and nothing else.
    #[must_use]
    pub fn window_with_only(&self, entry: &SourcedEntry) -> WindowFigures {
        let bounds = self.rules.bounds();
        let mut balance = Balance::new(bounds);
        balance.add(entry.kind, entry.sample_ms.unwrap_or(0), 1, bounds);
        balance.since(&Balance::new(bounds))
    }

    /// The figures of the instant `now` if this entry were the only one that the line ever had. The oldest wait and
    /// the next deadline are not sums of entries, and are absent.
    ///
    /// # Panics
    /// If there is no such line.
    #[must_use]
    pub fn line_with_only(&self, now: EventTime, line: LineIndex, entry: &SourcedEntry) -> LineFigures {
        let mut sums = Sums::none(self.rules.bounds());
        entry.add_to(&mut sums, &self.rules);
        LineFigures::at(now, &self.rules.lines()[line.as_usize()], &sums, EarliestKeys::default())
    }

    fn of_line(&self, line: LineIndex, as_of: EventTime) -> impl Iterator<Item = (LegKey, &Facts, Entries)> {
        let rules = &self.rules.lines()[line.as_usize()];
        let of_line = self.legs.with_keys().filter(move |(_, facts)| facts.line == line);
        let as_of_second = as_of.floor_second();
        of_line.map(move |(leg, facts)| (leg, facts, Entries::of(facts, rules, self.rules.days(), as_of_second)))
    }
}
