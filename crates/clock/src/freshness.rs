//! Which instant figures are shown for, and whether they are complete.
//!
//! While everything published until a moment ago has been read, figures are shown for the present. When reading falls
//! behind, they are shown for the instant up to which all is read: a record that is not read yet must not look like
//! something that did not happen, such as an answer in time.

use ensilinja_model::EventTime;

/// Figures are shown for the present while reading is at most this far behind, in ms. A probe takes a second.
const TOLERATED_LAG_MS: i64 = 3_000;

/// Figures count as complete while reading is at most this far behind, in ms.
const COMPLETE_LAG_MS: i64 = 60_000;

/// The instant to show figures for. A ledger ensures that it never goes back.
#[must_use]
pub fn shown_at(clock: EventTime, complete_until: EventTime) -> EventTime {
    if is_up_to_date(clock, complete_until) { clock } else { complete_until }
}

/// Whether reading keeps up with the clock.
#[must_use]
pub fn is_up_to_date(clock: EventTime, complete_until: EventTime) -> bool {
    clock.millis_since(complete_until) <= TOLERATED_LAG_MS
}

/// Whether reading is recent enough for complete figures. If all is read until a later time than the clock shows, the
/// clock has been set back since, and the figures are not complete.
#[must_use]
pub fn is_complete(clock: EventTime, complete_until: EventTime) -> bool {
    (-TOLERATED_LAG_MS..=COMPLETE_LAG_MS).contains(&clock.millis_since(complete_until))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_shown_for_the_present_until_reading_falls_behind() {
        let clock = EventTime::from_seconds(1_000);
        for (behind_ms, shown_ms) in [(-500, 1_000_000), (0, 1_000_000), (3_000, 1_000_000), (3_001, 996_999)] {
            assert_eq!(shown_at(clock, clock.plus_millis(-behind_ms)), EventTime::from_millis(shown_ms));
        }
        assert!(is_complete(clock, clock.plus_millis(-60_000)));
        assert!(!is_complete(clock, clock.plus_millis(-60_001)));
        assert!(!is_complete(clock, clock.plus_millis(3_001)), "the clock was set back");
    }
}
