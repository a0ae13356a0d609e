//! Which days the day of a line is compared with, and what is expected by them.
//!
//! ```text
//! 3 weeks ago    2 weeks ago    last week      yesterday   today, as of now
//! |--- Tuesday --|--- Tuesday --|--- Tuesday --|- Monday --|-- Tuesday -->
//!      like it?       like it?       like it?                    expected: lowest, median, highest of those like it
//! ```
//!
//! A day is like today if it is the same weekday, both are no holidays, and the line was open at the same times. What
//! is expected is stated only if the ledger knows at least [`FEWEST_DAYS`] such days as a whole: of fewer, a lowest and
//! a highest say little.

use ensilinja_calendar::{LineHours, holidays};
use ensilinja_catalogue::{ComparedDay, DayComparison, ExpectedArrivals, NotExpected, Spread};
use ensilinja_ledger::{Interval, Rules};
use ensilinja_model::{EventTime, LineIndex};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The fewest days by which something is expected.
pub const FEWEST_DAYS: usize = 3;

/// The most weeks that are looked back.
const MOST_WEEKS: usize = 8;

const DAYS_OF_WEEK: usize = 7;

/// The days that today is compared with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComparedDays {
    as_of: EventTime,
    /// The midnights of the days that are known: first those like today, ascending.
    starts: Vec<EventTime>,
    /// How many of them are like today, or why none is.
    like_today: Result<usize, NotExpected>,
    yesterday: Option<EventTime>,
    last_week: Option<EventTime>,
    today: Option<EventTime>,
}

impl ComparedDays {
    /// The days to compare the day of `as_of` with, for a line. Days are known that begin at `known_since` or later.
    #[must_use]
    pub fn new(rules: &Rules, line: LineIndex, zone: &TimeZone, as_of: EventTime, known_since: EventTime) -> Self {
        let mut back = vec![rules.days().start_of_day(as_of)];
        while back.len() <= MOST_WEEKS * DAYS_OF_WEEK {
            back.push(rules.days().start_of_previous_day(back[back.len() - 1]));
        }
        let known = |place: usize| back.get(place).copied().filter(|start| *start >= known_since);
        let day = |place: usize| DayShape::of(&rules.lines()[line.as_usize()].hours, rules, back[place], zone);
        let today = day(0);
        let weeks = (1..=MOST_WEEKS).rev().map(|week| week * DAYS_OF_WEEK);
        let like_today = weeks.filter(|place| known(*place).is_some() && day(*place) == today);
        let mut starts: Vec<EventTime> = like_today.map(|place| back[place]).collect();
        let like_today = match starts.len() {
            _ if today.is_holiday => Err(NotExpected::Holiday),
            _ if !today.opens => Err(NotExpected::Closed),
            few if few < FEWEST_DAYS => Err(NotExpected::FewDays),
            enough => Ok(enough),
        };
        let (yesterday, last_week, today) = (known(1), known(DAYS_OF_WEEK), known(0));
        for start in [last_week, yesterday, today].into_iter().flatten() {
            if !starts.contains(&start) {
                starts.push(start);
            }
        }
        Self { as_of, starts, like_today, yesterday, last_week, today }
    }

    /// The midnights of all days whose intervals are needed, each once.
    #[must_use]
    pub fn starts(&self) -> &[EventTime] {
        &self.starts
    }

    /// The comparison, from the intervals of these days.
    #[must_use]
    pub fn comparison(&self, intervals: &[Vec<Interval>]) -> DayComparison {
        let day = |start: Option<EventTime>| {
            let place = self.starts.iter().position(|known| Some(*known) == start)?;
            Some(ComparedDay { start: self.starts[place], intervals: intervals[place].clone() })
        };
        let today = day(self.today);
        let expected = self.like_today.and_then(|days| {
            let so_far = today.as_ref().map_or(0, |today| today.intervals.len().saturating_sub(1));
            let now = today.iter().flat_map(|today| &today.intervals[..so_far]).map(|interval| interval.offered).sum();
            expected(&self.starts[..days], &intervals[..days], so_far, now).ok_or(NotExpected::FewDays)
        });
        DayComparison {
            as_of: self.as_of,
            today,
            yesterday: day(self.yesterday),
            last_week: day(self.last_week),
            expected,
        }
    }
}

/// What is expected by these days, which have equally many intervals; `None` of no day.
fn expected(starts: &[EventTime], days: &[Vec<Interval>], so_far: usize, now: i64) -> Option<ExpectedArrivals> {
    let spread = |of: &dyn Fn(&[Interval]) -> i64| Spread::of(days.iter().map(|day| of(day)).collect());
    let sum = |intervals: &[Interval]| intervals.iter().map(|interval| interval.offered).sum();
    let places = || 0..days.first().map_or(0, Vec::len);
    let intervals = places().map(|place| spread(&|day| day[place].offered));
    let cumulative = places().map(|place| spread(&|day| sum(&day[..=place])));
    Some(ExpectedArrivals {
        days: starts.to_vec(),
        intervals: intervals.collect::<Option<_>>()?,
        cumulative: cumulative.collect::<Option<_>>()?,
        so_far: spread(&|day| sum(&day[..so_far.min(day.len())]))?,
        now,
        whole_day: spread(&sum)?,
    })
}

/// What makes days alike.
#[derive(Debug, PartialEq, Eq)]
struct DayShape {
    length_ms: i64,
    is_holiday: bool,
    opens: bool,
    /// Whether the line is open at midnight, and when it opens or closes, in ms after midnight.
    is_open: bool,
    changes_ms: Vec<i64>,
}

impl DayShape {
    fn of(hours: &LineHours, rules: &Rules, start: EventTime, zone: &TimeZone) -> Self {
        // The middle of the night after it, however long the day is.
        let end = rules.days().start_of_day(start.plus_millis(36 * 3_600_000));
        let mut changes_ms = Vec::new();
        let mut at = start;
        while let Some(change) = hours.next_change(at).filter(|change| *change < end) {
            changes_ms.push(change.millis_since(start));
            at = change;
        }
        let is_open = hours.is_open(start);
        let opens = is_open || changes_ms.iter().any(|ms| hours.is_open(start.plus_millis(*ms)));
        Self { length_ms: end.millis_since(start), is_holiday: is_holiday(start, zone), opens, is_open, changes_ms }
    }
}

/// Whether the local day that begins at `start` is an official holiday.
fn is_holiday(start: EventTime, zone: &TimeZone) -> bool {
    let Ok(start) = Timestamp::from_millisecond(start.as_millis()) else { return false };
    let date = start.to_zoned(zone.clone()).date();
    holidays(date.year()).iter().any(|holiday| holiday.date == date)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY_MS: i64 = 24 * 3_600_000;

    /// Tuesday 2025-09-16 at 10:20 in Helsinki.
    const AT: EventTime = EventTime::from_seconds(1_758_007_200);

    fn days(as_of: EventTime, known_days: i64) -> ComparedDays {
        let county = ensilinja_config::county();
        let rules = county.rules(as_of);
        let known_since = rules.days().start_of_day(as_of.plus_millis(-known_days * DAY_MS));
        // It is open on weekdays.
        let line = county.lines.iter().position(|line| line.id.as_str() == "mipa").unwrap();
        ComparedDays::new(&rules, LineIndex::new(line.try_into().unwrap()), &county.zone, as_of, known_since)
    }

    /// Intervals in which one contact arrives, and `more` in the first.
    fn intervals(count: usize, more: i64) -> Vec<Interval> {
        let mut intervals = vec![Interval { offered: 1, ..Interval::default() }; count];
        intervals[0].offered += more;
        intervals
    }

    #[test]
    fn a_tuesday_is_like_the_tuesdays_before_it() {
        let days = days(AT, 23);
        let back = |start: &EventTime| AT.millis_since(*start) / DAY_MS;
        assert_eq!(days.starts().iter().map(back).collect::<Vec<_>>(), [21, 14, 7, 1, 0]);
        // Of today, 41 intervals are over, and the 42nd runs.
        let known = [intervals(96, 3), intervals(96, 10), intervals(96, 5), intervals(96, 0), intervals(42, 7)];
        let comparison = days.comparison(&known);
        let expected = comparison.expected.unwrap();
        assert_eq!(expected.days, &days.starts()[..3]);
        assert_eq!(expected.intervals[0], Spread { low: 4, median: 6.0, high: 11 });
        assert_eq!(expected.intervals[95], Spread { low: 1, median: 1.0, high: 1 });
        assert_eq!(expected.cumulative[40], expected.so_far);
        assert_eq!(expected.cumulative[95], expected.whole_day);
        assert_eq!((expected.so_far, expected.now), (Spread { low: 44, median: 46.0, high: 51 }, 48));
        assert_eq!(expected.whole_day, Spread { low: 99, median: 101.0, high: 106 });
        assert_eq!(comparison.last_week.unwrap().intervals, known[2]);
        assert_eq!(comparison.yesterday.unwrap().intervals, known[3]);
        assert_eq!(comparison.today.unwrap().intervals, known[4]);
    }

    #[test]
    fn nothing_is_expected_by_fewer_than_three_days_or_on_a_holiday_or_a_closed_day() {
        let why = |as_of, known_days| days(as_of, known_days).like_today;
        assert_eq!(why(AT, 20), Err(NotExpected::FewDays), "the third Tuesday is known only in part");
        assert_eq!(why(AT, 21), Ok(3));
        assert_eq!(why(AT, 60), Ok(8));
        // Saturday 2025-12-06 is Independence Day; Thursday 2025-12-25 is Christmas.
        assert_eq!(why(EventTime::from_seconds(1_766_653_200), 60), Err(NotExpected::Holiday));
        // Saturday 2025-09-20.
        assert_eq!(why(AT.plus_millis(4 * DAY_MS), 60), Err(NotExpected::Closed));
    }

    #[test]
    fn a_holiday_is_not_compared_with_weekdays() {
        // Thursday 2026-01-15: the Thursdays before it include New Year's Day and Christmas.
        let thursday = EventTime::from_seconds(1_768_464_000);
        let days = days(thursday, 60);
        let back = |start: &EventTime| thursday.millis_since(*start) / DAY_MS;
        assert_eq!(days.starts().iter().map(back).collect::<Vec<_>>(), [56, 49, 42, 35, 28, 7, 1, 0]);
        assert_eq!(days.like_today, Ok(6));
    }

    #[test]
    fn days_that_are_not_known_are_left_out() {
        let days = days(AT, 1);
        assert_eq!((days.starts().len(), days.last_week), (2, None));
        let comparison = days.comparison(&[intervals(96, 0), intervals(42, 0)]);
        assert!(comparison.yesterday.is_some() && comparison.last_week.is_none());
    }

    /// How much the memory of a live process of the county holds: what docs/WALLBOARD.md says.
    #[test]
    fn the_memory_of_the_county_holds_three_days_like_most_days() {
        let county = ensilinja_config::county();
        let rules = county.rules(AT);
        let line = county.lines.iter().position(|line| line.id.as_str() == "mipa").unwrap();
        let line = LineIndex::new(line.try_into().unwrap());
        let (mut open, mut expected) = (0, 0);
        for day in 0..365 {
            let now = AT.plus_millis(day * DAY_MS);
            let known_since = rules.days_known_from(rules.range_start(now));
            match ComparedDays::new(&rules, line, &county.zone, now, known_since).like_today {
                Err(NotExpected::Closed | NotExpected::Holiday) => {}
                Err(NotExpected::FewDays) => open += 1,
                Ok(_) => (open, expected) = (open + 1, expected + 1),
            }
        }
        assert_eq!((open, expected), (251, 224));
    }
}
