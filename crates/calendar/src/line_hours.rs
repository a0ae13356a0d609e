//! When one line is open, worked out in advance so that asking is a search in a sorted list.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use ensilinja_model::EventTime;

use crate::days::Days;
use crate::evaluation::{Changes, Evaluation};
use crate::hours::OpeningHours;

/// When a line is open: `[opening, closing)`, on the wall clock of its zone, so that 08:00 stays 08:00 across the
/// changes of the clock.
///
/// The changes within the range given to [`LineHours::new`] are listed once; there a question is a binary search.
/// Outside it the answers are the same and take as long as reading the hours date by date takes: microseconds to the
/// nearest change, tens of milliseconds if there is none. Changes are known from 1970 to 2100, as the table of [`Days`]
/// goes; a line keeps the state it has at either end.
///
/// A time that the clock skips in spring happens at the jump; one that it shows twice in autumn happens the first time.
///
/// Cloning shares the list.
///
/// ```
/// use ensilinja_calendar::{Days, LineHours, OpeningHours};
/// use ensilinja_model::EventTime;
///
/// let days = Days::new("Europe/Helsinki")?;
/// let hours = OpeningHours::parse("Mo-Fr 08:00-16:00; PH off")?;
/// let ten_fifteen = EventTime::from_seconds(1_758_006_900); // Tuesday 2025-09-16, 10:15 in Helsinki
/// let week_ms = 7 * 24 * 3_600_000;
/// let line = LineHours::new(&hours, &days, ten_fifteen.plus_millis(-week_ms), ten_fifteen.plus_millis(week_ms));
/// assert!(line.is_open(ten_fifteen));
/// assert_eq!(line.next_change(ten_fifteen), Some(EventTime::from_seconds(1_758_027_600)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct LineHours(Hours);

#[derive(Clone)]
enum Hours {
    AlwaysOpen,
    Changing(Arc<Listed>),
}

struct Listed {
    evaluation: Evaluation,
    /// The instants that `changes` answers for.
    range: Range<EventTime>,
    /// The changes within `range`, with the last one before it and the first one after it, where there are such.
    changes: Changes,
}

impl LineHours {
    /// The hours of a line in the zone of `days`, listed from the local day of `from` to that of `to`.
    #[must_use]
    pub fn new(hours: &OpeningHours, days: &Days, from: EventTime, to: EventTime) -> Self {
        if hours.is_always_open() {
            return Self::always_open();
        }
        let evaluation = Evaluation { hours: hours.clone(), zone: days.zone().clone() };
        let [first, last] = [from, to.max(from)].map(|at| evaluation.zone.date_at(at));
        let mut changes = evaluation.changes(first, last);
        if let Some(before) = evaluation.latest_before(first) {
            changes.instants.insert(0, before);
            changes.open_before = !changes.open_before;
        }
        changes.instants.extend(evaluation.earliest_after(last));
        changes.instants.shrink_to_fit();
        let range = evaluation.zone.midnight(first)..evaluation.zone.midnight(last.tomorrow().unwrap_or(last));
        Self(Hours::Changing(Arc::new(Listed { evaluation, range, changes })))
    }

    /// A line that is open round the clock, every day.
    #[must_use]
    pub fn always_open() -> Self {
        Self(Hours::AlwaysOpen)
    }

    /// Whether the line is open at `at`; at its closing it is not.
    #[must_use]
    pub fn is_open(&self, at: EventTime) -> bool {
        self.changing().is_none_or(|listed| match listed.covering(at) {
            Some(changes) => changes.is_open(at),
            None => listed.evaluation.is_open(at),
        })
    }

    /// The latest opening or closing at or before `at`; `None` if there has been none.
    #[must_use]
    pub fn last_change(&self, at: EventTime) -> Option<EventTime> {
        self.changing().and_then(|listed| match listed.covering(at) {
            Some(changes) => changes.latest(at),
            None => listed.evaluation.last_change(at),
        })
    }

    /// The earliest opening or closing after `at`; `None` if there will be none.
    #[must_use]
    pub fn next_change(&self, at: EventTime) -> Option<EventTime> {
        self.changing().and_then(|listed| match listed.covering(at) {
            Some(changes) => changes.next(at),
            None => listed.evaluation.next_change(at),
        })
    }

    fn changing(&self) -> Option<&Listed> {
        match &self.0 {
            Hours::AlwaysOpen => None,
            Hours::Changing(listed) => Some(listed),
        }
    }
}

impl Listed {
    /// The list, if it answers for `at`.
    fn covering(&self, at: EventTime) -> Option<&Changes> {
        self.range.contains(&at).then_some(&self.changes)
    }
}

impl fmt::Debug for LineHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.changing() {
            None => f.write_str("LineHours(24/7)"),
            Some(listed) => write!(f, "LineHours({}, listed for {:?})", listed.evaluation.hours, listed.range),
        }
    }
}
