//! Local days and working days, from a table.
//!
//! The table has every local midnight from 1970 to 2100, and which days are working days. A lookup costs a division and
//! a few loads and allocates nothing, because the ledger makes several for every callback request.
//!
//! ```text
//! midnights       | Thu 24 Dec | Fri 25 Dec (holiday) | Sat 26 | Sun 27 | Mon 28 | ...
//!                    ^ at                                                       ^ end of working day 1 after `at`
//! ```

use std::fmt;
use std::sync::Arc;

use ensilinja_model::EventTime;
use jiff::civil::{Date, Weekday};

use crate::counted_days::CountedDays;
use crate::holidays::official_holidays;
use crate::midnights::Midnights;
use crate::zone::{FIRST_DATE, LAST_DATE, UnknownZone, Zone};

/// The local days of one time zone from 1970-01-01 to 2100-12-31, and which of them are working days: Monday to Friday
/// except official Finnish holidays.
///
/// Instants outside these years are replaced by the nearest instant inside; nothing panics. Before 1970 every answer is
/// that of the first day, and from [`Days::valid_until`] on that of the last.
///
/// ```
/// use ensilinja_calendar::Days;
/// use ensilinja_model::EventTime;
///
/// let days = Days::new("Europe/Helsinki")?;
/// let ten_fifteen = EventTime::from_seconds(1_758_006_900); // Tuesday 2025-09-16, 10:15 in Helsinki
/// assert_eq!(days.start_of_day(ten_fifteen), EventTime::from_seconds(1_757_970_000));
/// assert_eq!(days.end_of_working_day_after(ten_fifteen, 0), EventTime::from_seconds(1_758_056_399));
/// # Ok::<(), ensilinja_calendar::UnknownZone>(())
/// ```
pub struct Days {
    zone: Zone,
    midnights: Midnights,
    working: Arc<CountedDays>,
}

impl Days {
    /// The days of the zone with this IANA name, such as `Europe/Helsinki`. The time zone data is built into the
    /// program.
    ///
    /// # Errors
    /// [`UnknownZone`] if no zone has this name.
    pub fn new(zone_name: &str) -> Result<Self, UnknownZone> {
        let zone = Zone::named(zone_name)?;
        let dates = || FIRST_DATE.series(jiff::Span::new().days(1)).take_while(|date| *date <= LAST_DATE);
        let midnights = Midnights::new(&zone, dates());
        Ok(Self { zone, midnights, working: Arc::new(working_days()) })
    }

    /// The latest local midnight at or before `at`.
    #[must_use]
    pub fn start_of_day(&self, at: EventTime) -> EventTime {
        self.midnights.start(self.midnights.day_of(at))
    }

    /// The local midnight before [`Days::start_of_day`]; on the first day of the table, that day's own midnight.
    #[must_use]
    pub fn start_of_previous_day(&self, at: EventTime) -> EventTime {
        self.midnights.start(self.midnights.day_of(at).saturating_sub(1))
    }

    /// The first instant that is too late for "by the end of working day `working_days`", counted from the day after
    /// the local day of `at`: 23:59:59 local time on that day. With 0 it is the end of the day of `at`, working day or
    /// not.
    ///
    /// Beyond the table it is the end of the last day.
    #[must_use]
    pub fn end_of_working_day_after(&self, at: EventTime, working_days: u32) -> EventTime {
        self.end_of_working_day_after_day(self.midnights.day_of(at), working_days)
    }

    /// The maximum distance in ms from an instant of the table to its [`Days::end_of_working_day_after`], exact over
    /// all days. It reads the whole table, so call it once at start-up.
    #[must_use]
    pub fn longest_working_days_ms(&self, working_days: u32) -> i64 {
        // The distance is longest from the first instant of a day.
        (0..=self.midnights.last_day())
            .map(|day| self.end_of_working_day_after_day(day, working_days).millis_since(self.midnights.start(day)))
            .max()
            .expect("the table has days")
    }

    /// The first instant after the table: the local midnight at the end of 2100.
    #[must_use]
    pub fn valid_until(&self) -> EventTime {
        self.zone.end()
    }

    pub(crate) fn zone(&self) -> &Zone {
        &self.zone
    }

    pub(crate) fn midnights(&self) -> &Midnights {
        &self.midnights
    }

    pub(crate) fn working(&self) -> &Arc<CountedDays> {
        &self.working
    }

    fn end_of_working_day_after_day(&self, day: usize, working_days: u32) -> EventTime {
        let last_day = self.midnights.last_day();
        self.midnights.end(self.working.nth_after(day, working_days).unwrap_or(last_day))
    }
}

/// The working days of the calendar: Monday to Friday except official holidays.
fn working_days() -> CountedDays {
    let days_of = |year| {
        let holidays = official_holidays(year);
        let dates = Date::constant(year, 1, 1).series(jiff::Span::new().days(1)).take_while(move |d| d.year() == year);
        dates.map(move |date| {
            !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday) && !holidays.contains(&date)
        })
    };
    (FIRST_DATE.year()..=LAST_DATE.year()).flat_map(days_of).collect()
}

impl fmt::Debug for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Days").field("zone", &self.zone).finish_non_exhaustive()
    }
}
