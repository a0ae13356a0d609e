//! Which instant the figures are shown for.
//!
//! While everything published is known up to a moment ago, figures are as of the clock. When reading falls behind, they
//! stay as of what is complete: what has not been read yet must not look like something that did not happen, and a
//! customer who was answered in time must not look unanswered because the news of it is late.

use ensilinja_model::EventTime;

/// How far behind the clock reading may be for the figures still to be as of the clock, in ms. A probe takes a second.
const TOLERATED_LAG_MS: i64 = 3_000;

/// How far behind the clock reading may be for the figures to count as complete, in ms.
const COMPLETE_LAG_MS: i64 = 60_000;

/// The instant to show figures for; a ledger sees to it that it never goes back.
#[must_use]
pub fn shown_at(clock: EventTime, complete_until: EventTime) -> EventTime {
    if is_up_to_date(clock, complete_until) { clock } else { complete_until }
}

/// Whether reading keeps up with the clock.
#[must_use]
pub fn is_up_to_date(clock: EventTime, complete_until: EventTime) -> bool {
    clock.millis_since(complete_until) <= TOLERATED_LAG_MS
}

/// Whether what is known is recent enough for the figures to be called complete. What is known until a later time than
/// the clock's was known by a clock that has been set back since, and proves nothing.
#[must_use]
pub fn is_complete(clock: EventTime, complete_until: EventTime) -> bool {
    (-TOLERATED_LAG_MS..=COMPLETE_LAG_MS).contains(&clock.millis_since(complete_until))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_as_of_the_clock_until_reading_falls_behind() {
        let clock = EventTime::from_seconds(1_000);
        for (behind_ms, shown_ms) in [(-500, 1_000_000), (0, 1_000_000), (3_000, 1_000_000), (3_001, 996_999)] {
            assert_eq!(shown_at(clock, clock.plus_millis(-behind_ms)), EventTime::from_millis(shown_ms));
        }
        assert!(is_complete(clock, clock.plus_millis(-60_000)));
        assert!(!is_complete(clock, clock.plus_millis(-60_001)));
        assert!(!is_complete(clock, clock.plus_millis(3_001)), "the clock was set back");
    }
}
