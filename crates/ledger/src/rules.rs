//! The rules of the lines: hours, limits and promises, by which legs are judged.

use std::ops::Range;
use std::sync::Arc;

use ensilinja_calendar::{Days, LineHours, Term};
use ensilinja_model::{EventTime, WaitFrom, vocabulary};

use crate::figure::Verdict;
use crate::windows::{FIXED_WINDOWS_LONGEST_MS, OPEN_2_HOURS_MS, OPEN_5_DAYS, OpenStart, open_starts};

/// Bounds of the exact counts of callback waits: 5, 15 and 30 minutes, 1, 2, 4, 8 and 16 hours, 1, 2, 3 and 5 days; in
/// ms.
const CALLBACK_WAIT_BOUNDS_MS: [u32; 12] = {
    const MINUTE: u32 = 60_000;
    const HOUR: u32 = 60 * MINUTE;
    const DAY: u32 = 24 * HOUR;
    [
        5 * MINUTE,
        15 * MINUTE,
        30 * MINUTE,
        HOUR,
        2 * HOUR,
        4 * HOUR,
        8 * HOUR,
        16 * HOUR,
        DAY,
        2 * DAY,
        3 * DAY,
        5 * DAY,
    ]
};

/// Bounds of the exact counts of answer waits, in ms. Promised times are added.
const ANSWER_WAIT_BOUNDS_MS: [u32; 12] =
    [5_000, 10_000, 20_000, 30_000, 60_000, 120_000, 180_000, 300_000, 600_000, 900_000, 1_800_000, 3_600_000];

/// How far a source's clock may be ahead of the record timestamp, in ms.
const CLOCK_SKEW_MS: i64 = 5 * 60 * 1000;

/// The rules of one line.
#[derive(Clone, Debug)]
pub struct LineRules {
    /// The opening hours. The hours of a day apply to that day, also for legs that arrived under earlier hours.
    pub hours: LineHours,
    /// The limits by which legs are judged, each with its start, in ascending order. At least one. The first also
    /// applies to earlier legs.
    pub effective_limits: Vec<EffectiveLimits>,
}

/// Limits with their start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EffectiveLimits {
    /// The limits apply to legs that arrive at or after this instant, until the next limits take effect.
    pub valid_from: EventTime,
    /// The limits.
    pub limits: Limits,
}

/// The limits by which a leg is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// An abandon before this is *short*: it is shown separately and does not count against the service. In ms.
    pub short_abandon_ms: u32,
    /// A wait up to and including this is *within the threshold* of the service level. In ms.
    pub threshold_ms: u32,
    /// A leg without a deciding fact stops waiting after this time. In ms.
    pub orphan_after_ms: u32,
    /// A callback is given up at the end of this many working days after the day of its deadline, or of its request if
    /// no callback is promised.
    pub give_up_working_days: u16,
    /// From where waits, the threshold and the promised time to an answer count.
    pub wait_from: WaitFrom,
    /// Whether contacts that timed out count in rates.
    pub timed_out: TimedOutRule,
    /// The promises to customers.
    pub promises: Promises,
}

vocabulary! {
    /// Whether contacts that timed out count in the denominators of rates, and so against the service.
    TimedOutRule {
        /// They count: the service took them out of the queue unanswered. A promise to them is broken.
        Counts = "counts",
        /// They are left out, as contacts that were moved. A promise to them is void.
        LeftOut = "left_out",
    }
}

/// The promises to the customers of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Promises {
    /// The time from arrival to answer, if an answer is promised.
    pub answer: Option<Term>,
    /// The time from callback request to reached, if callbacks are promised.
    pub callback: Option<Term>,
    /// The verdict on the promise of an abandoned leg, unless the abandon is short: [broken](Verdict::Broken) or
    /// [void](Verdict::Void).
    pub abandoned: Verdict,
}

impl Promises {
    /// No promise.
    pub const NONE: Self = Self { answer: None, callback: None, abandoned: Verdict::Broken };

    pub(crate) const fn any(&self) -> bool {
        self.answer.is_some() || self.callback.is_some()
    }
}

/// The bounds of the exact counts of waits, ascending, in ms. A wait equal to a bound counts as within it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Bounds for waits of answered contacts.
    pub answer_wait_ms: Vec<u32>,
    /// Bounds for waits for callbacks, in elapsed time and in open time.
    pub callback_wait_ms: Vec<u32>,
}

impl Bounds {
    /// The usual bounds, plus every promised answer time in elapsed time.
    fn of(lines: &[LineRules]) -> Self {
        let promised = lines.iter().flat_map(|line| &line.effective_limits).filter_map(|effective| {
            match effective.limits.promises.answer {
                Some(Term::Within { ms }) => Some(ms),
                Some(Term::WithinOpen { .. } | Term::SameDay { .. } | Term::WorkingDays { .. }) | None => None,
            }
        });
        let mut answer_wait_ms: Vec<u32> = ANSWER_WAIT_BOUNDS_MS.into_iter().chain(promised).collect();
        answer_wait_ms.sort_unstable();
        answer_wait_ms.dedup();
        Self { answer_wait_ms, callback_wait_ms: CALLBACK_WAIT_BOUNDS_MS.to_vec() }
    }
}

/// The rules of all lines in the order of the line table, their calendar, and values derived from them. Clones share
/// them.
#[derive(Clone, Debug)]
pub struct Rules(Arc<ResolvedRules>);

#[derive(Debug)]
struct ResolvedRules {
    days: Arc<Days>,
    lines: Vec<LineRules>,
    bounds: Bounds,
    life_ms: i64,
    /// The rules of the whole configuration, if these are of some of its lines only.
    whole: Option<Rules>,
}

impl LineRules {
    /// The limits of a leg that arrived at `arrived`.
    pub(crate) fn limits(&self, arrived: EventTime) -> &Limits {
        &self.effective_limits(arrived).limits
    }

    /// The limits of a leg that arrived at `arrived`, with their start.
    pub(crate) fn effective_limits(&self, arrived: EventTime) -> &EffectiveLimits {
        let passed = self.effective_limits.partition_point(|effective| effective.valid_from <= arrived);
        &self.effective_limits[passed.saturating_sub(1)]
    }

    /// The life of its legs, in ms: see [`Rules::life_ms`].
    #[must_use]
    pub fn life_ms(&self, days: &Days) -> i64 {
        let life_ms = |limits: &Limits| {
            let longest = |term: Option<Term>| term.map_or(0, |term| self.hours.longest_term_ms(term));
            let give_up_ms = days.longest_working_days_ms(u32::from(limits.give_up_working_days));
            let callback_ms = i64::from(limits.orphan_after_ms) + longest(limits.promises.callback) + give_up_ms;
            callback_ms.max(longest(limits.promises.answer))
        };
        self.effective_limits.iter().map(|effective| life_ms(&effective.limits)).max().unwrap_or(0)
    }
}

impl Rules {
    /// The rules of these lines. The derived values are computed once, over the whole calendar.
    #[must_use]
    pub fn new(days: Arc<Days>, lines: Vec<LineRules>) -> Self {
        let life_ms = lines.iter().map(|line| line.life_ms(&days)).max().unwrap_or(0);
        let bounds = Bounds::of(&lines);
        Self(Arc::new(ResolvedRules { days, lines, bounds, life_ms, whole: None }))
    }

    /// The rules of the lines at these positions, in this order, for a process that has only some of the lines.
    /// Whatever is derived from all lines stays as it is: the bounds of counts, the life of a leg, how far back the log
    /// is read. So a line has the same figures, whatever the lines beside it.
    ///
    /// # Panics
    /// If a position is not one of a line.
    #[must_use]
    pub fn of_lines(&self, positions: &[usize]) -> Self {
        let ResolvedRules { days, lines, bounds, life_ms, .. } = &*self.0;
        let lines = positions.iter().map(|position| lines[*position].clone()).collect();
        let (days, bounds, life_ms) = (Arc::clone(days), bounds.clone(), *life_ms);
        Self(Arc::new(ResolvedRules { days, lines, bounds, life_ms, whole: Some(self.whole().clone()) }))
    }

    /// The rules of the whole configuration.
    fn whole(&self) -> &Self {
        self.0.whole.as_ref().unwrap_or(self)
    }

    /// Local days and working days.
    #[must_use]
    pub fn days(&self) -> &Days {
        &self.0.days
    }

    /// The rules of each line.
    #[must_use]
    pub fn lines(&self) -> &[LineRules] {
        &self.0.lines
    }

    /// By line: when it is open on the local day of `now`.
    pub(crate) fn open_on_day(&self, now: EventTime) -> Vec<Vec<Range<EventTime>>> {
        let start = self.days().start_of_day(now);
        // A day has 23 to 25 hours.
        let end = self.days().start_of_day(start.plus_millis(26 * 3_600_000));
        self.lines().iter().map(|line| line.hours.open_ranges(start, end)).collect()
    }

    /// The bounds of the exact counts of waits.
    #[must_use]
    pub fn bounds(&self) -> &Bounds {
        &self.0.bounds
    }

    /// The maximum life of a leg in ms: it has no entries later than this after its arrival, apart from outcomes,
    /// feedback and retraction, which have their own instants.
    #[must_use]
    pub fn life_ms(&self) -> i64 {
        self.0.life_ms
    }

    /// The start of the range to read for figures from `start` on.
    #[must_use]
    pub fn reads_from(&self, start: EventTime) -> EventTime {
        start.plus_millis(-self.life_ms() - CLOCK_SKEW_MS)
    }

    /// The instant from which figures are complete if everything since `range_start` was read: the opposite of
    /// [`reads_from`](Self::reads_from).
    pub(crate) fn needed_from(&self, range_start: EventTime) -> EventTime {
        range_start.plus_millis(self.life_ms() + CLOCK_SKEW_MS)
    }

    /// The instant since which the arrivals and decisions of contacts are known if everything since `since` was read: a
    /// leg is decided at most `orphan_after` after its arrival.
    #[must_use]
    pub fn days_known_from(&self, since: EventTime) -> EventTime {
        let limits = self.whole().lines().iter().flat_map(|line| &line.effective_limits);
        let decided_within_ms = limits.map(|effective| effective.limits.orphan_after_ms).max().unwrap_or(0);
        since.plus_millis(i64::from(decided_within_ms) + CLOCK_SKEW_MS)
    }

    /// The horizon in ms: how far back the log must be read so that every figure is right at any instant of the
    /// calendar. It is the longest window, plus the maximum life of a leg, plus the allowed clock skew of a source.
    #[must_use]
    pub fn horizon_ms(&self) -> i64 {
        let open_windows = self.whole().lines().iter().flat_map(|line| {
            [line.hours.longest_open_ms(OPEN_2_HOURS_MS), line.hours.longest_open_days_ms(OPEN_5_DAYS)]
        });
        open_windows.max().unwrap_or(0).max(FIXED_WINDOWS_LONGEST_MS) + self.life_ms() + CLOCK_SKEW_MS
    }

    /// The start of the range to read for the figures of `now` and every later instant. It never goes back.
    #[must_use]
    pub fn range_start(&self, now: EventTime) -> EventTime {
        let open_starts = self.whole().lines().iter().flat_map(|line| open_starts(now, self.days(), &line.hours));
        let yesterday = self.days().start_of_previous_day(now);
        self.reads_from(open_starts.map(OpenStart::earliest).fold(yesterday, EventTime::min))
    }
}
