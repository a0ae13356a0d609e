//! The day of a line beside other days, as values and as JSON: `GET /api/days/LINE`.
//!
//! ```json
//! {"line": "mipa", "figures_as_of_timestamp_seconds": 1758006900, "slot_seconds": 900,
//!  "days": {
//!    "today": {"start_timestamp_seconds": 1757970000, "offered": [0, 3], "answered": [0, 2],
//!              "callback_requested": [0, 1], "timed_out": [0, 0], "abandoned": [0, 0]},
//!    "yesterday": {"start_timestamp_seconds": 1757883600, "offered": [0, 2]},
//!    "last_week": null},
//!  "expected": {
//!    "start_timestamp_seconds": [1756155600, 1756760400, 1757365200],
//!    "slots": {"low": [0, 1], "median": [0, 2], "high": [1, 4]},
//!    "cumulative": {"low": [0, 2], "median": [0, 2], "high": [1, 4]},
//!    "so_far": {"low": 38, "median": 41, "high": 47, "now": 44},
//!    "whole_day": {"low": 120, "median": 131, "high": 140}},
//!  "not_expected": null}
//! ```
//!
//! A day is `null` if the process does not remember all of it. `low`, `median` and `high` are those of the arrivals of
//! the days that `start_timestamp_seconds` lists: in each slot, from midnight to the end of each slot, from midnight to
//! the start of the slot that runs now, and in the whole day. If there are too few such days, `expected` is `null` and
//! `not_expected` says why.

use ensilinja_ledger::{INTERVAL_SECONDS, Interval};
use ensilinja_model::{EventTime, vocabulary};
use serde_json::{Value, json};

use crate::figures_json::instant;

/// The day of a line beside other days.
#[derive(Clone, Debug, PartialEq)]
pub struct DayComparison {
    /// The instant at which today ends.
    pub as_of: EventTime,
    /// The day so far.
    pub today: Option<ComparedDay>,
    /// The day before.
    pub yesterday: Option<ComparedDay>,
    /// The same weekday of the week before.
    pub last_week: Option<ComparedDay>,
    /// The arrivals that are expected today.
    pub expected: Result<ExpectedArrivals, NotExpected>,
}

/// A whole day, or the part that has passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ComparedDay {
    /// Its midnight.
    pub start: EventTime,
    /// Its intervals.
    pub intervals: Vec<Interval>,
}

/// What is to be expected by days like today.
#[derive(Clone, Debug, PartialEq)]
pub struct ExpectedArrivals {
    /// The midnights of those days, ascending.
    pub days: Vec<EventTime>,
    /// The arrivals of each interval.
    pub intervals: Vec<Spread>,
    /// The arrivals from midnight to the end of each interval.
    pub cumulative: Vec<Spread>,
    /// The arrivals from midnight to the start of the interval that runs now.
    pub so_far: Spread,
    /// The arrivals of today in the same intervals.
    pub now: i64,
    /// The arrivals of the whole day.
    pub whole_day: Spread,
}

/// The lowest, the middle and the highest of several counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    /// The lowest.
    pub low: i64,
    /// The middle one; the mean of the two in the middle of an even number of counts.
    pub median: f64,
    /// The highest.
    pub high: i64,
}

vocabulary! {
    /// Why nothing is expected.
    NotExpected {
        /// The process does not remember enough days like today.
        FewDays = "few_days",
        /// Today is an official holiday, which no other day of the memory is like.
        Holiday = "holiday",
        /// The line does not open today.
        Closed = "closed",
    }
}

impl Spread {
    /// The spread of counts; `None` of none.
    #[must_use]
    pub fn of(mut counts: Vec<i64>) -> Option<Self> {
        counts.sort_unstable();
        let (low, high) = (*counts.first()?, *counts.last()?);
        let middle = counts.len() / 2;
        let twice = if counts.len() % 2 == 1 { 2 * counts[middle] } else { counts[middle - 1] + counts[middle] };
        #[expect(clippy::cast_precision_loss, reason = "contacts of a day fit 53 bits")]
        let median = twice as f64 / 2.0;
        Some(Self { low, median, high })
    }
}

/// The counts of intervals, by name.
#[must_use]
pub fn intervals_json(intervals: &[Interval]) -> Value {
    let each = |count: fn(&Interval) -> i64| intervals.iter().map(count).collect::<Vec<_>>();
    json!({
        "offered": each(|interval| interval.offered),
        "answered": each(|interval| interval.answered),
        "callback_requested": each(|interval| interval.callback_requested),
        "timed_out": each(|interval| interval.timed_out),
        "abandoned": each(|interval| interval.abandoned),
    })
}

/// The answer to `GET /api/days/LINE`.
#[must_use]
pub fn days_json(line: &str, comparison: &DayComparison) -> Value {
    let day = |day: &Option<ComparedDay>| {
        day.as_ref().map_or(Value::Null, |day| {
            let mut counts = intervals_json(&day.intervals);
            counts["start_timestamp_seconds"] = instant(Some(day.start));
            counts
        })
    };
    let not_expected = comparison.expected.as_ref().err().map(|why| why.as_str());
    json!({
        "line": line,
        "figures_as_of_timestamp_seconds": instant(Some(comparison.as_of)),
        "slot_seconds": INTERVAL_SECONDS,
        "days": {
            "today": day(&comparison.today),
            "yesterday": day(&comparison.yesterday),
            "last_week": day(&comparison.last_week),
        },
        "expected": comparison.expected.as_ref().ok().map(expected_json),
        "not_expected": not_expected,
    })
}

fn expected_json(expected: &ExpectedArrivals) -> Value {
    let Spread { low, median, high } = expected.so_far;
    json!({
        "start_timestamp_seconds": expected.days.iter().map(|day| instant(Some(*day))).collect::<Vec<_>>(),
        "slots": spreads_json(&expected.intervals),
        "cumulative": spreads_json(&expected.cumulative),
        "so_far": {"low": low, "median": median, "high": high, "now": expected.now},
        "whole_day": spread_json(expected.whole_day),
    })
}

fn spreads_json(spreads: &[Spread]) -> Value {
    let each = |of: fn(&Spread) -> Value| spreads.iter().map(of).collect::<Vec<_>>();
    json!({
        "low": each(|spread| json!(spread.low)),
        "median": each(|spread| json!(spread.median)),
        "high": each(|spread| json!(spread.high)),
    })
}

fn spread_json(Spread { low, median, high }: Spread) -> Value {
    json!({"low": low, "median": median, "high": high})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_of_an_even_number_is_between_the_two_in_the_middle() {
        let spread =
            |counts: &[i64]| Spread::of(counts.to_vec()).map(|its| (its.low, its.median.to_string(), its.high));
        assert_eq!(spread(&[]), None);
        assert_eq!(spread(&[7]), Some((7, "7".to_owned(), 7)));
        assert_eq!(spread(&[9, 1, 4]), Some((1, "4".to_owned(), 9)));
        assert_eq!(spread(&[9, 1, 4, 5]), Some((1, "4.5".to_owned(), 9)));
    }
}
