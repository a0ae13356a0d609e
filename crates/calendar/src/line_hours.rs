//! The opening hours of one line, computed in advance, so that a lookup costs a division and a few loads.

use std::fmt;
use std::sync::Arc;

use ensilinja_model::EventTime;

use crate::days::Days;
use crate::hours::OpeningHours;
use crate::line_days::LineDays;

/// The opening hours of a line: `[opening, closing)` in local time, so that 08:00 stays 08:00 when the clocks change.
///
/// A time that the clock skips in spring is the instant of the jump; a time that it shows twice in autumn is the first
/// of the two.
///
/// The hours are listed for a range of whole days. Outside the range the line keeps its state at the nearer end: a line
/// that is closed at the end of the last day never opens again, and a line that is open then stays open on every day.
/// The same applies before the first day. So there is always an answer; it can be trusted up to
/// [`LineHours::known_until`]. Local days and working days continue to the end of 2100.
///
/// Clones share the list.
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
pub struct LineHours(Arc<ListedHours>);

struct ListedHours {
    hours: OpeningHours,
    days: LineDays,
}

impl LineHours {
    /// The hours of a line in the zone of `days`, listed from the local day of `from` to that of `to`, both included.
    #[must_use]
    pub fn new(hours: &OpeningHours, days: &Days, from: EventTime, to: EventTime) -> Self {
        let [first, last] = [from, to.max(from)].map(|at| days.midnights().day_of(at));
        Self(Arc::new(ListedHours { days: LineDays::new(hours, days, first, last), hours: hours.clone() }))
    }

    /// Whether the line is open at `at`. It is closed at the instant of its closing.
    #[must_use]
    pub fn is_open(&self, at: EventTime) -> bool {
        self.days().changes().is_open_after(self.days().passed(at))
    }

    /// The latest opening or closing at or before `at`; `None` if the range has none. The start of the range is not
    /// one.
    #[must_use]
    pub fn last_change(&self, at: EventTime) -> Option<EventTime> {
        self.days().passed(at).checked_sub(1).map(|change| self.days().changes().instants()[change])
    }

    /// The earliest opening or closing after `at`; `None` if the range has none.
    #[must_use]
    pub fn next_change(&self, at: EventTime) -> Option<EventTime> {
        self.days().changes().instants().get(self.days().passed(at)).copied()
    }

    /// The first opening: the start of the range if the line is open then. `None` if it never opens in the range.
    #[must_use]
    pub fn first_opening(&self) -> Option<EventTime> {
        let changes = self.days().changes();
        if changes.is_open_after(0) { Some(self.days().known_from()) } else { changes.instants().first().copied() }
    }

    /// The first instant after the list: the local midnight at the end of its last day. From then on the line is
    /// assumed to keep the state that it has just before.
    #[must_use]
    pub fn known_until(&self) -> EventTime {
        self.days().known_until()
    }

    pub(crate) fn days(&self) -> &LineDays {
        &self.0.days
    }
}

impl fmt::Debug for LineHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let range = self.days().known_from()..self.known_until();
        write!(f, "LineHours({}, listed for {range:?})", self.0.hours)
    }
}
