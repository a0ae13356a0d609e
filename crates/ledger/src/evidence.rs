//! Evidence: the steps that a figure is the sum of, and what each of them follows from.
//!
//! Every figure of a window, and every count of an instant, is linear in steps: it is what the same figure would be if
//! one step were all that had ever happened, summed over the steps. So evidence needs no formula of its own: it gives
//! the steps, and for each the figures that it makes [alone](Chronicle::alone_in_a_window). What is not linear names
//! what it is taken from: a quantile the steps that have a sample of its kind, the oldest and the next the [legs that
//! stand](Chronicle::standing) at that instant.

use std::ops::Range;

use ensilinja_model::{AttemptResult, Event, EventTime, Fact, LegKey, LineIndex};

use crate::cause::Cause;
use crate::chronicle::Chronicle;
use crate::entries::{Entries, Span};
use crate::facts::Facts;
use crate::figure::Window;
use crate::figures::{LineFigures, WindowFigures};
use crate::first::Firsts;
use crate::rules::Rules;
use crate::sums::Sums;
use crate::tally::Tally;
use crate::transition::Transition;
use crate::windows::Edges;

/// A step of a leg: what is posted to the books of its line, once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The whole second that it belongs to, and from which on it is in the figures.
    pub at: EventTime,
    /// What it measures, if it measures anything: a wait or a handling time, in ms.
    pub sample_ms: Option<u32>,
    /// Why it was taken.
    pub cause: Cause,
    /// What was said that it follows from, and of which instant that was said; where it follows from time alone, what
    /// was said that set this time going.
    pub said: (EventTime, Fact),
    transition: Transition,
}

/// A leg that waits, has a callback outstanding or a promise pending at an instant.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Which leg.
    pub leg: LegKey,
    /// The figures of the instant as they would be without any other leg.
    pub figures: LineFigures,
    /// Its steps up to the instant.
    pub steps: Vec<Step>,
}

impl Step {
    /// The steps of a leg, in the order of their seconds.
    pub(crate) fn all_of(entries: &Entries, facts: &Facts) -> Vec<Self> {
        let mut steps: Vec<Self> = entries
            .with_facts(facts)
            .map(|(entry, said)| Self {
                at: EventTime::from_seconds(entry.second),
                sample_ms: entry.transition.sample().map(|_| entry.sample_ms),
                cause: entry.cause,
                said,
                transition: entry.transition,
            })
            .collect();
        steps.sort_by_key(|step| step.at);
        steps
    }

    /// What it is called, in words with `_` between them, such as `abandoned_queue_beyond`.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.transition.as_str()
    }

    /// Whether it follows from what this event says, by itself or as time goes on, if that is about the leg.
    #[must_use]
    pub fn follows_from(&self, event: &Event) -> bool {
        self.said.0 == event.at && says(event.fact, self.said.1)
    }

    fn add_to(&self, sums: &mut Sums, rules: &Rules) {
        sums.add(self.transition, self.sample_ms.unwrap_or(0), 1, rules.bounds());
    }
}

/// Whether an event of the fact `said` tells the fact `held`: an attempt that reached the customer says so too.
pub(crate) fn says(said: Fact, held: Fact) -> bool {
    said == held || (held == Fact::CallbackReached && said == Fact::CallbackAttempted(AttemptResult::Reached))
}

impl Rules {
    /// The stretch of time that a window of a line is at `now`: whole seconds, the start in it and the end not. `None`
    /// while it has not begun: a line has to be open for as long as `open2h` and `open5d` want first.
    ///
    /// # Panics
    /// If there is no such line.
    #[must_use]
    pub fn stretch(&self, line: LineIndex, window: Window, now: EventTime) -> Option<Range<EventTime>> {
        Edges::at(now.floor_second(), self.days(), &self.lines()[line.as_usize()].hours).stretch(window)
    }
}

impl Chronicle {
    /// The legs of a line that took a step in a stretch of time, and these steps, as of an instant; in no meaningful
    /// order.
    pub fn steps(
        &self,
        line: LineIndex,
        stretch: Range<EventTime>,
        as_of: EventTime,
    ) -> impl Iterator<Item = (LegKey, Vec<Step>)> {
        self.of_line(line, as_of).filter_map(move |(leg, facts, entries)| {
            if !entries.all(facts).any(|entry| stretch.contains(&EventTime::from_seconds(entry.second))) {
                return None;
            }
            let mut steps = Step::all_of(&entries, facts);
            steps.retain(|step| stretch.contains(&step.at));
            Some((leg, steps))
        })
    }

    /// The legs of a line that are in some figure of the instant `now`; in no meaningful order.
    pub fn standing(&self, line: LineIndex, now: EventTime) -> impl Iterator<Item = Standing> {
        let now = EventTime::from_seconds(now.floor_second());
        self.of_line(line, now).filter_map(move |(leg, facts, entries)| {
            let mut balance = Sums::none(self.rules.bounds());
            let up_to_now = entries.all(facts).filter(|entry| entry.second <= now.floor_second());
            up_to_now.for_each(|entry| balance.count(entry.transition, 1));
            let lasting = |span: Option<Span>| span.filter(|span| span.covers(now.floor_second())).map(|span| span.key);
            let firsts = Firsts {
                waiting: lasting(entries.waiting),
                outstanding: lasting(entries.outstanding),
                due: lasting(entries.due),
            };
            let figures = LineFigures::at(now, &self.rules.lines()[line.as_usize()], &balance, firsts);
            if !figures.has_any_leg() {
                return None;
            }
            let mut steps = Step::all_of(&entries, facts);
            steps.retain(|step| step.at <= now);
            Some(Standing { leg, figures, steps })
        })
    }

    /// The figures of a window in which this step is all that happened.
    #[must_use]
    pub fn alone_in_a_window(&self, step: &Step) -> WindowFigures {
        let bounds = self.rules.bounds();
        let mut tally = Tally::new(bounds);
        tally.add(step.transition, step.sample_ms.unwrap_or(0), 1, bounds);
        tally.after(&Tally::new(bounds))
    }

    /// The figures of the instant `now` if this step were all that had ever happened on the line. What is oldest or
    /// next is not a matter of steps, and absent.
    ///
    /// # Panics
    /// If there is no such line.
    #[must_use]
    pub fn alone_at(&self, now: EventTime, line: LineIndex, step: &Step) -> LineFigures {
        let mut sums = Sums::none(self.rules.bounds());
        step.add_to(&mut sums, &self.rules);
        LineFigures::at(now, &self.rules.lines()[line.as_usize()], &sums, Firsts::default())
    }

    fn of_line(&self, line: LineIndex, as_of: EventTime) -> impl Iterator<Item = (LegKey, &Facts, Entries)> {
        let rules = &self.rules.lines()[line.as_usize()];
        let of_line = self.legs.with_keys().filter(move |(_, facts)| facts.line == line);
        let as_of_second = as_of.floor_second();
        of_line.map(move |(leg, facts)| (leg, facts, Entries::of(facts, rules, self.rules.days(), as_of_second)))
    }
}
