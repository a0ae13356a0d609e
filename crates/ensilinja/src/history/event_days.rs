//! The time that files of events are of, though some of their lines may be dated by a clock that was wrong.
//!
//! ```text
//! 1970-01-01        2025-09-10 ........ 2025-09-17      2099-01-01
//!      |                 ||||||||||||||||||||                |
//!   a sentinel           the stretch that counts        a clock ahead
//! ```
//!
//! Days on which something happened belong to one stretch unless more than a fortnight lies between them. The stretch
//! with most events counts. So one line dated long ago does not vouch for weeks of which the files say nothing, which
//! would make their figures low instead of absent.

use std::collections::BTreeMap;

use ensilinja_model::EventTime;

/// As long may nothing happen within a stretch, in days: longer than any holiday closes a line.
const LONGEST_SILENCE_DAYS: i64 = 14;

const DAY_SECONDS: i64 = 24 * 3600;

/// How much happened on each day, by UTC: a county has some hundreds of them.
#[derive(Clone, Debug, Default)]
pub struct EventDays {
    days: BTreeMap<i64, Day>,
}

#[derive(Clone, Copy, Debug)]
struct Day {
    events: u64,
    first: EventTime,
}

impl EventDays {
    /// Something happened.
    pub fn hear(&mut self, at: EventTime) {
        let day = self.days.entry(at.floor_second().div_euclid(DAY_SECONDS)).or_insert(Day { events: 0, first: at });
        day.events += 1;
        day.first = day.first.min(at);
    }

    /// When the stretch with most events begins, the later of two; `None` if nothing happened.
    #[must_use]
    pub fn begins(&self) -> Option<EventTime> {
        let (mut best, mut current): (Option<Day>, Option<(i64, Day)>) = (None, None);
        for (&number, &day) in &self.days {
            let stretch = match current {
                Some((last, stretch)) if number - last <= LONGEST_SILENCE_DAYS => {
                    Day { events: stretch.events + day.events, ..stretch }
                }
                _ => day,
            };
            if best.is_none_or(|best| best.events <= stretch.events) {
                best = Some(stretch);
            }
            current = Some((number, stretch));
        }
        best.map(|best| best.first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn begins(days: &[i64]) -> Option<i64> {
        let mut stretch = EventDays::default();
        for day in days {
            stretch.hear(EventTime::from_seconds(day * DAY_SECONDS + 60));
            stretch.hear(EventTime::from_seconds(day * DAY_SECONDS + 30));
        }
        stretch.begins().map(|at| (at.floor_second() - 30) / DAY_SECONDS)
    }

    #[test]
    fn a_stretch_begins_with_its_first_event_in_whatever_order_they_come() {
        assert_eq!(begins(&[20_003, 20_001, 20_015, 20_002]), Some(20_001));
        assert_eq!(begins(&[]), None);
    }

    #[test]
    fn lines_that_a_wrong_clock_has_dated_say_nothing_of_where_it_begins() {
        assert_eq!(begins(&[0, 20_001, 20_002, 47_000]), Some(20_001));
        assert_eq!(begins(&[19_970, 20_001, 20_002]), Some(20_001));
        assert_eq!(begins(&[0, 20_001]), Some(20_001), "of two that are alike the later");
    }

    #[test]
    fn a_fortnight_of_silence_parts_nothing() {
        assert_eq!(begins(&[20_000, 20_014, 20_028]), Some(20_000));
        assert_eq!(begins(&[20_000, 20_015, 20_029]), Some(20_015));
    }
}
