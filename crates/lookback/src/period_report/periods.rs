//! The periods of a report: months, quarters, days or hours of local time, cut to what is asked for.
//!
//! ```text
//! from 2025-01-15                                 to 2025-04-01
//!  |---- January ----|---- February ----|---- March ----|
//! ```
//!
//! Each begins where the one before it ends. A day is 23 or 25 hours long when the clocks change, and an hour that the
//! clock shows twice is two periods.

use std::iter::successors;
use std::ops::Range;

use ensilinja_model::EventTime;
use ensilinja_report::{Breakdown, Period, PeriodKind};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, ToSpan as _, Zoned};

use crate::local_time::{instant_of, moment, zoned};

/// The most rows over time: more than a year of hours. Beyond that memory would run out.
pub(super) const MOST_PERIODS: usize = 10_000;

/// Consecutive periods of one kind.
pub(super) struct ReportPeriods {
    /// Their time ranges.
    pub ranges: Vec<Range<EventTime>>,
    /// The same, as the report names them.
    pub names: Vec<Period>,
}

impl ReportPeriods {
    /// The periods of a time range, which is not empty. `None` if there are more than `most`.
    pub fn of(by: Breakdown, range: &Range<EventTime>, zone: &TimeZone, most: usize) -> Option<Self> {
        let kind = match by {
            Breakdown::Line | Breakdown::Group => PeriodKind::Whole,
            Breakdown::Month => PeriodKind::Month,
            Breakdown::Quarter => PeriodKind::Quarter,
            Breakdown::Day => PeriodKind::Day,
            Breakdown::Hour => PeriodKind::Hour,
        };
        let first = zoned(range.start, zone);
        let begins = successors(Some(first), |begin| end_of(kind, begin)).map(|begin| instant_of(&begin));
        let begins = begins.take_while(|begin| *begin < range.end).take(most + 1);
        let edges: Vec<EventTime> = begins.chain([range.end]).collect();
        let ranges: Vec<Range<EventTime>> = edges.windows(2).map(|edges| edges[0]..edges[1]).collect();
        let name =
            |range: &Range<EventTime>| Period { kind, start: moment(range.start, zone), end: moment(range.end, zone) };
        (ranges.len() <= most).then(|| Self { names: ranges.iter().map(name).collect(), ranges })
    }
}

/// Where the period that holds `at` ends; `None` if it has no end.
fn end_of(kind: PeriodKind, at: &Zoned) -> Option<Zoned> {
    let midnight = |months: i8| {
        let date =
            if months == 0 { at.date().tomorrow() } else { at.date().first_of_month().checked_add(months.months()) };
        date.and_then(|date| date.to_zoned(at.time_zone().clone())).ok()
    };
    match kind {
        PeriodKind::Whole => None,
        PeriodKind::Day => midnight(0),
        PeriodKind::Month => midnight(1),
        PeriodKind::Quarter => midnight(3 - (at.month() - 1) % 3),
        PeriodKind::Hour => {
            let passed = SignedDuration::from_mins(at.minute().into()) + SignedDuration::from_secs(at.second().into());
            at.checked_add(SignedDuration::from_hours(1) - passed).ok()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::local_time::{instant, to_the_minute};

    fn begins(by: Breakdown, from: &str, to: &str) -> Vec<String> {
        let zone = TimeZone::get("Europe/Helsinki").unwrap();
        let [start, end] = [from, to].map(|local| instant(local.parse().unwrap(), &zone).unwrap());
        let periods = ReportPeriods::of(by, &(start..end), &zone, 100).unwrap();
        let ranges = &periods.ranges;
        assert!(ranges.windows(2).all(|two| two[0].end == two[1].start), "each begins where the one before it ends");
        assert_eq!((ranges[0].start, ranges[ranges.len() - 1].end), (start, end));
        assert_eq!(periods.names.len(), ranges.len());
        ranges.iter().map(|range| to_the_minute(range.start, &zone)).collect()
    }

    #[test]
    fn months_and_quarters_are_those_of_the_calendar_cut_to_the_range() {
        assert_eq!(
            begins(Breakdown::Month, "2025-01-15T08:30", "2025-04-01"),
            ["2025-01-15 08:30", "2025-02-01 00:00", "2025-03-01 00:00"]
        );
        assert_eq!(
            begins(Breakdown::Quarter, "2025-02-01", "2025-10-02"),
            ["2025-02-01 00:00", "2025-04-01 00:00", "2025-07-01 00:00", "2025-10-01 00:00"]
        );
        assert_eq!(begins(Breakdown::Line, "2025-02-01", "2025-10-02"), ["2025-02-01 00:00"]);
        assert_eq!(begins(Breakdown::Month, "2025-12-31", "2026-01-02"), ["2025-12-31 00:00", "2026-01-01 00:00"]);
    }

    #[test]
    fn days_and_hours_follow_the_clock_changes() {
        assert_eq!(begins(Breakdown::Hour, "2026-03-29", "2026-03-30").len(), 23);
        assert_eq!(begins(Breakdown::Hour, "2026-10-25", "2026-10-26").len(), 25);
        assert_eq!(
            begins(Breakdown::Day, "2026-03-28T12:00", "2026-03-31"),
            ["2026-03-28 12:00", "2026-03-29 00:00", "2026-03-30 00:00"]
        );
        assert_eq!(
            begins(Breakdown::Hour, "2026-10-25T02:30", "2026-10-25T05:00")[1..],
            ["2026-10-25 03:00", "2026-10-25 03:00", "2026-10-25 04:00"]
        );
    }

    #[test]
    fn too_many_periods_are_none() {
        let zone = TimeZone::UTC;
        let day = |day: i64| EventTime::from_seconds(day * 86_400);
        assert!(ReportPeriods::of(Breakdown::Day, &(day(0)..day(100)), &zone, 100).is_some());
        assert!(ReportPeriods::of(Breakdown::Day, &(day(0)..day(101)), &zone, 100).is_none());
    }
}
