//! Windows as ranges of seconds, [from, to), and the postings in them.
//!
//! A reading at `now` includes postings up to the whole second of `now`. So a window that ends now ends one second
//! after the start of that second.

use std::collections::BTreeMap;
use std::ops::Range;

use ensilinja_model::EventTime;

use super::naive_timeline::NaiveTimeline;
use crate::LineCalendar;
use crate::local_day::{day_before, local, midnight};

pub(super) const MINUTES_15: &str = "15m";
pub(super) const HOUR: &str = "1h";
pub(super) const TODAY: &str = "today";
pub(super) const YESTERDAY: &str = "yesterday";
pub(super) const OPEN_2_HOURS: &str = "open2h";
pub(super) const OPEN_5_DAYS: &str = "open5d";

/// All windows.
pub(super) const EVERY_WINDOW: [&str; 6] = [MINUTES_15, HOUR, TODAY, YESTERDAY, OPEN_2_HOURS, OPEN_5_DAYS];
/// The windows of figures with few events.
pub(super) const DAYS_ONLY: [&str; 3] = [TODAY, YESTERDAY, OPEN_5_DAYS];

/// The seconds of a window at `second`; `None` if the line has not been open for long enough.
pub(super) fn seconds(window: &str, second: i64, calendar: &LineCalendar) -> Option<Range<i64>> {
    let end = second + 1;
    let today = local(EventTime::from_seconds(second), calendar.zone()).date();
    let start_of = |day| midnight(day, calendar.zone()).floor_second();
    Some(match window {
        MINUTES_15 => end - 900..end,
        HOUR => end - 3_600..end,
        TODAY => start_of(today)..end,
        YESTERDAY => start_of(day_before(today))..start_of(today),
        OPEN_2_HOURS => calendar.open_since(second, 2 * 3_600)?..end,
        OPEN_5_DAYS => calendar.start_of_open_day(second, 5)?..end,
        unknown => unreachable!("there is no window {unknown}"),
    })
}

/// The postings in a window: amounts by family and extra labels.
pub(super) struct WindowContents<'a> {
    pub window: &'static str,
    amounts: BTreeMap<&'static str, BTreeMap<&'a str, Vec<i64>>>,
}

impl<'a> WindowContents<'a> {
    pub(super) fn within(timelines: &[&'a NaiveTimeline], window: &'static str, seconds: &Range<i64>) -> Self {
        let mut amounts: BTreeMap<_, BTreeMap<_, Vec<i64>>> = BTreeMap::new();
        for posting in timelines.iter().flat_map(|timeline| &timeline.postings) {
            if seconds.contains(&posting.second) {
                let family = amounts.entry(posting.family).or_default();
                family.entry(posting.labels.as_str()).or_default().push(posting.amount);
            }
        }
        Self { window, amounts }
    }

    /// The amounts of a family.
    pub(super) fn samples(&self, family: &'static str, labels: &str) -> &[i64] {
        self.amounts.get(family).and_then(|of_family| of_family.get(labels)).map_or(&[], Vec::as_slice)
    }

    /// Their sum, which is the number of postings for a family of counts.
    pub(super) fn sum(&self, family: &'static str, labels: &str) -> i64 {
        self.samples(family, labels).iter().sum()
    }
}
