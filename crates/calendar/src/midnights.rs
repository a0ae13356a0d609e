//! The instants of all local midnights from 1970 to 2100.
//!
//! ```text
//! day        |    0     |    1     | ...  | 47 846   |
//! midnight   1 Jan 1970  2 Jan 1970 ...  31 Dec 2100  1 Jan 2101
//! ```
//!
//! A local day is [midnight, next midnight): 23, 24 or 25 hours long. Its *end*, for promises, is one second before the
//! next midnight, so that a promise that breaks at the end of a day breaks on that day.

use std::sync::Arc;

use ensilinja_model::EventTime;
use jiff::civil::Date;

use crate::holidays::days_after;
use crate::zone::{FIRST_DATE, Zone};

const MEAN_DAY_MS: i64 = 24 * 60 * 60 * 1000;

/// The time from the end of a day to the next midnight, in ms.
const DAY_ENDS_BEFORE_MIDNIGHT_MS: i64 = 1000;

/// The midnights of one time zone. Days are numbered from 0, which is 1970-01-01. Clones share the table.
#[derive(Clone)]
pub(crate) struct Midnights(Arc<[EventTime]>);

impl Midnights {
    /// The midnights at the start of each of `dates`, which must be all dates of the calendar in order, and the one at
    /// the end of the calendar.
    pub(crate) fn new(zone: &Zone, dates: impl Iterator<Item = Date>) -> Self {
        Self(dates.map(|date| zone.midnight(date)).chain([zone.end()]).collect())
    }

    /// The last day.
    pub(crate) fn last_day(&self) -> usize {
        self.0.len() - 2
    }

    /// The day of `at`; outside the calendar, the nearest day inside.
    pub(crate) fn day_of(&self, at: EventTime) -> usize {
        let last = self.last_day();
        let since_start = at.millis_since(self.0[0]).max(0);
        // Midnights are a whole number of mean days apart, except for the zone's offset. So this is wrong by a day at
        // most.
        let mut day = usize::try_from(since_start / MEAN_DAY_MS).map_or(last, |day| day.min(last));
        while day < last && self.0[day + 1] <= at {
            day += 1;
        }
        while day > 0 && self.0[day] > at {
            day -= 1;
        }
        day
    }

    /// The midnight at the start of `day`, or at the end of the calendar.
    pub(crate) fn start(&self, day: usize) -> EventTime {
        self.0[day]
    }

    /// 23:59:59 of `day`.
    pub(crate) fn end(&self, day: usize) -> EventTime {
        self.0[day + 1].plus_millis(-DAY_ENDS_BEFORE_MIDNIGHT_MS)
    }

    /// The date of `day`.
    pub(crate) fn date(day: usize) -> Date {
        days_after(FIRST_DATE, i32::try_from(day).expect("131 years have 47 847 days"))
    }
}
