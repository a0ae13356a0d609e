//! The period that files of events cover, even if a wrong clock has dated some of their lines.
//!
//! ```text
//! 1970-01-01        2025-09-10 ........ 2025-09-17      2099-01-01
//!      |                 ||||||||||||||||||||                |
//!   a sentinel           the stretch that counts        a clock ahead
//! ```
//!
//! Days with events belong to one stretch unless more than a fortnight lies between them. The stretch with the most
//! events counts. So one line that is dated long ago does not vouch for weeks of which the files say nothing; that
//! would make their figures low instead of absent.

use std::collections::BTreeMap;

use ensilinja_model::EventTime;

/// The longest gap within a stretch, in days: longer than any holiday closes a line.
const LONGEST_GAP_DAYS: i64 = 14;

const DAY_SECONDS: i64 = 24 * 3600;

/// How many events happened on each UTC day. A county has some hundreds of days.
#[derive(Clone, Debug, Default)]
pub(crate) struct EventDays {
    days: BTreeMap<i64, DayOfEvents>,
}

#[derive(Clone, Copy, Debug)]
struct DayOfEvents {
    events: u64,
    first: EventTime,
}

impl EventDays {
    /// Counts an event that happened `at`.
    pub(crate) fn add(&mut self, at: EventTime) {
        let new = DayOfEvents { events: 0, first: at };
        let day = self.days.entry(at.floor_second().div_euclid(DAY_SECONDS)).or_insert(new);
        day.events += 1;
        day.first = day.first.min(at);
    }

    /// The first event of the stretch with the most events, the later of two; `None` if there is no event.
    pub(crate) fn begins(&self) -> Option<EventTime> {
        let (mut best, mut current): (Option<DayOfEvents>, Option<(i64, DayOfEvents)>) = (None, None);
        for (&number, &day) in &self.days {
            let stretch = match current {
                Some((last, stretch)) if number - last <= LONGEST_GAP_DAYS => {
                    DayOfEvents { events: stretch.events + day.events, ..stretch }
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
            stretch.add(EventTime::from_seconds(day * DAY_SECONDS + 60));
            stretch.add(EventTime::from_seconds(day * DAY_SECONDS + 30));
        }
        stretch.begins().map(|at| (at.floor_second() - 30) / DAY_SECONDS)
    }

    #[test]
    fn a_stretch_begins_with_its_first_event_whatever_their_order() {
        assert_eq!(begins(&[20_003, 20_001, 20_015, 20_002]), Some(20_001));
        assert_eq!(begins(&[]), None);
    }

    #[test]
    fn lines_that_a_wrong_clock_has_dated_do_not_count() {
        assert_eq!(begins(&[0, 20_001, 20_002, 47_000]), Some(20_001));
        assert_eq!(begins(&[19_970, 20_001, 20_002]), Some(20_001));
        assert_eq!(begins(&[0, 20_001]), Some(20_001), "of two equal stretches the later");
    }

    #[test]
    fn a_gap_of_a_fortnight_does_not_end_a_stretch() {
        assert_eq!(begins(&[20_000, 20_014, 20_028]), Some(20_000));
        assert_eq!(begins(&[20_000, 20_015, 20_029]), Some(20_015));
    }
}
