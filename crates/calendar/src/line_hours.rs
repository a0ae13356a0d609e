//! When one line is open, worked out in advance, so that asking costs a division and a few loads.

use std::fmt;
use std::sync::Arc;

use ensilinja_model::EventTime;

use crate::days::Days;
use crate::hours::OpeningHours;
use crate::line_days::LineDays;

/// When a line is open: `[opening, closing)`, on the wall clock of its zone, so that 08:00 stays 08:00 across the
/// changes of the clock.
///
/// A time that the clock skips in spring happens at the jump; one that it shows twice in autumn happens the first time.
///
/// The hours are listed for a range of whole days. Outside it the line keeps the state it has at either end: a line
/// that is closed at the end of the last day never opens again, one that is open then stays open round the clock, on
/// every day; and so before the first. Every answer goes by that, so that there always is one, and
/// [`LineHours::known_until`] says how far it can be trusted. Local days and working days go on to the end of 2100.
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
pub struct LineHours(Arc<Listed>);

struct Listed {
    hours: OpeningHours,
    days: LineDays,
}

impl LineHours {
    /// The hours of a line in the zone of `days`, listed from the local day of `from` to that of `to`, both included.
    #[must_use]
    pub fn new(hours: &OpeningHours, days: &Days, from: EventTime, to: EventTime) -> Self {
        let [first, last] = [from, to.max(from)].map(|at| days.midnights().day_of(at));
        Self(Arc::new(Listed { days: LineDays::new(hours, days, first, last), hours: hours.clone() }))
    }

    /// Whether the line is open at `at`; at its closing it is not.
    #[must_use]
    pub fn is_open(&self, at: EventTime) -> bool {
        self.days().changes().is_open_after(self.days().passed(at))
    }

    /// The latest opening or closing at or before `at`; `None` if the range has none. The start of the range is none.
    #[must_use]
    pub fn last_change(&self, at: EventTime) -> Option<EventTime> {
        self.days().passed(at).checked_sub(1).map(|change| self.days().changes().instants()[change])
    }

    /// The earliest opening or closing after `at`; `None` if the range has none.
    #[must_use]
    pub fn next_change(&self, at: EventTime) -> Option<EventTime> {
        self.days().changes().instants().get(self.days().passed(at)).copied()
    }

    /// When the line is open for the first time: from the start of the range if it is open then. `None` if it never is
    /// in the range.
    #[must_use]
    pub fn first_opening(&self) -> Option<EventTime> {
        let changes = self.days().changes();
        if changes.is_open_after(0) { Some(self.days().known_from()) } else { changes.instants().first().copied() }
    }

    /// The first instant that the list does not cover: the local midnight at the end of its last day. What is asked
    /// about later instants, and what would lie later, goes by the state the line has just before.
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
