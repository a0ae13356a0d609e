//! Local days and working days, from a table.
//!
//! The table holds every local midnight from 1970 to 2100 and which days are working days, so that a question costs a
//! division and a few loads and allocates nothing: the ledger asks for every callback request.
//!
//! ```text
//! midnights       | Thu 24 Dec | Fri 25 Dec (holiday) | Sat 26 | Sun 27 | Mon 28 | ...
//!                    ^ at                                                       ^ end of working day 1 after `at`
//! ```
//!
//! A local day is [midnight, next midnight): 23, 24 or 25 hours long. Its *end*, in promises, is one second before the
//! next midnight, so that what is too late at the end of a day is too late on that day.

use std::fmt;

use ensilinja_model::EventTime;
use jiff::civil::{Date, Weekday};

use crate::holidays::official_holidays;
use crate::zone::{FIRST_DATE, LAST_DATE, UnknownZone, Zone};

const MEAN_DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// How far before the next midnight a day ends, in ms.
const DAY_ENDS_BEFORE_MIDNIGHT_MS: i64 = 1000;

/// The local days of one time zone from 1970-01-01 to 2100-12-31, and which of them are working days: Monday to Friday,
/// and no official Finnish holiday.
///
/// Instants outside these years are taken for the nearest instant inside; nothing panics. So before 1970 every
/// answer is that of the first day, from [`Days::valid_until`] on that of the last.
///
/// ```
/// use ensilinja_calendar::Days;
/// use ensilinja_model::EventTime;
///
/// let days = Days::new("Europe/Helsinki")?;
/// let ten_fifteen = EventTime::from_seconds(1_758_006_900); // Tuesday 2025-09-16, 10:15 in Helsinki
/// assert_eq!(days.start_of_day(ten_fifteen), EventTime::from_seconds(1_757_970_000));
/// assert!(days.is_working_day(ten_fifteen));
/// # Ok::<(), ensilinja_calendar::UnknownZone>(())
/// ```
pub struct Days {
    zone: Zone,
    /// The midnight each day starts at, and the one the last day ends at.
    midnights: Box<[EventTime]>,
    /// How many working days lie before each of `midnights`.
    working_before: Box<[u32]>,
    /// The days that are working days, as positions in `midnights`.
    working: Box<[u32]>,
}

impl Days {
    /// The days of the zone with this IANA name, such as `Europe/Helsinki`.
    ///
    /// The time zone data is built into the program.
    ///
    /// # Errors
    /// [`UnknownZone`] if no zone has this name.
    pub fn new(zone_name: &str) -> Result<Self, UnknownZone> {
        let zone = Zone::named(zone_name)?;
        let mut midnights = Vec::new();
        let mut working_before = vec![0];
        let mut working = Vec::new();
        for year in FIRST_DATE.year()..=LAST_DATE.year() {
            let holidays = official_holidays(year);
            for date in Date::constant(year, 1, 1).series(jiff::Span::new().days(1)).take_while(|d| d.year() == year) {
                let weekend = matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
                if !weekend && !holidays.contains(&date) {
                    working.push(count(midnights.len()));
                }
                midnights.push(zone.midnight(date));
                working_before.push(count(working.len()));
            }
        }
        midnights.push(zone.end());
        Ok(Self { zone, midnights: midnights.into(), working_before: working_before.into(), working: working.into() })
    }

    /// The latest local midnight at or before `at`.
    #[must_use]
    pub fn start_of_day(&self, at: EventTime) -> EventTime {
        self.midnights[self.day_of(at)]
    }

    /// The local midnight before [`Days::start_of_day`]; on the first day of the table, that day's own midnight.
    #[must_use]
    pub fn start_of_previous_day(&self, at: EventTime) -> EventTime {
        self.midnights[self.day_of(at).saturating_sub(1)]
    }

    /// Whether the local day of `at` is a working day.
    #[must_use]
    pub fn is_working_day(&self, at: EventTime) -> bool {
        let day = self.day_of(at);
        self.working_before[day] < self.working_before[day + 1]
    }

    /// The first instant that is too late for "by the end of working day `working_days`", counted from the day after
    /// the local day of `at`: 23:59:59 local on that day. With 0 it is the end of `at`'s own day, working day or not.
    ///
    /// What would lie beyond the table is the end of its last day.
    #[must_use]
    pub fn end_of_working_day_after(&self, at: EventTime, working_days: u32) -> EventTime {
        self.end_of_working_day_after_day(self.day_of(at), working_days)
    }

    /// The most milliseconds by which [`Days::end_of_working_day_after`] can lie after an instant of the table: the
    /// exact maximum over all its days. Reads the whole table, so it is a question for the start of a program.
    #[must_use]
    pub fn longest_working_days_ms(&self, working_days: u32) -> i64 {
        // The first instant of a day has the longest way to go.
        (0..=self.last_day())
            .map(|day| self.end_of_working_day_after_day(day, working_days).millis_since(self.midnights[day]))
            .max()
            .expect("the table has days")
    }

    /// The first instant the table does not cover: the local midnight at the end of 2100.
    #[must_use]
    pub fn valid_until(&self) -> EventTime {
        self.zone.end()
    }

    pub(crate) fn zone(&self) -> &Zone {
        &self.zone
    }

    fn last_day(&self) -> usize {
        self.midnights.len() - 2
    }

    /// The position of the day that `at` lies in.
    fn day_of(&self, at: EventTime) -> usize {
        let last = self.last_day();
        let since_start = at.millis_since(self.midnights[0]).max(0);
        // Midnights lie a whole number of mean days apart but for the zone's offset, so this is off by a day at most.
        let mut day = usize::try_from(since_start / MEAN_DAY_MS).map_or(last, |day| day.min(last));
        while day < last && self.midnights[day + 1] <= at {
            day += 1;
        }
        while day > 0 && self.midnights[day] > at {
            day -= 1;
        }
        day
    }

    fn end_of_working_day_after_day(&self, day: usize, working_days: u32) -> EventTime {
        let end = match working_days.checked_sub(1) {
            None => day,
            Some(further) => {
                let nth = self.working_before[day + 1].saturating_add(further);
                self.working.get(nth as usize).map_or(self.last_day(), |day| *day as usize)
            }
        };
        self.midnights[end + 1].plus_millis(-DAY_ENDS_BEFORE_MIDNIGHT_MS)
    }
}

fn count(days: usize) -> u32 {
    u32::try_from(days).expect("131 years have 47 847 days")
}

impl fmt::Debug for Days {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Days").field("zone", &self.zone).finish_non_exhaustive()
    }
}
