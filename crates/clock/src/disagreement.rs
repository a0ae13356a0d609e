//! Whether all new records have another time than the clock shows, although the clock was not set: the clock was wrong
//! when the process started, or the topic is copied with a delay.
//!
//! One record that is late or ahead proves nothing. Timestamps that stay at the same distance for a while, with none in
//! between that agrees, prove that records published now do not have the present time.

/// A timestamp this near agrees with the clock, in ms: figures count as complete while they lack no more.
const AGREES_MS: i64 = 60_000;

/// Timestamps are at the same distance from the clock if their distances differ by no more than this, in ms.
const SAME_MS: i64 = 10_000;

/// This many timestamps at the same distance, over this long, in ms, are not a coincidence. If none has ever agreed,
/// the clock may have been wrong from the start, and less time is enough.
const STAMPS: u32 = 10;
const LASTING_MS: i64 = 60_000;
const LASTING_AT_START_MS: i64 = 10_000;

/// They stop contradicting a clock that a record has agreed with this long after the last of them, in ms: in silence no
/// record shows that the disagreement goes on. The next one at the same distance contradicts it again.
const STANDS_FOR_MS: i64 = 5 * 60_000;

/// How the timestamps of new records disagree with the clock.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct StampDisagreement {
    has_agreed: bool,
    apart: Option<DistantStamps>,
}

/// Timestamps at the same distance from the clock, with none in between that agrees.
#[derive(Clone, Copy, Debug)]
struct DistantStamps {
    by_ms: i64,
    since_ms: i64,
    last_ms: i64,
    stamps: u32,
}

impl StampDisagreement {
    /// The timestamp of a new record is `by_ms` ahead of the clock, when the steady clock shows `steady_ms`. Unless all
    /// is read, the record may be old because it has waited, and is not counted.
    pub(crate) fn observe(&mut self, by_ms: i64, steady_ms: i64, all_is_read: bool) {
        if by_ms.saturating_abs() <= AGREES_MS {
            self.has_agreed = true;
            self.apart = None;
        } else if all_is_read {
            let same = self.apart.filter(|apart| by_ms.saturating_sub(apart.by_ms).saturating_abs() <= SAME_MS);
            let first = DistantStamps { by_ms, since_ms: steady_ms, last_ms: steady_ms, stamps: 0 };
            let apart = same.unwrap_or(first);
            self.apart = Some(DistantStamps { last_ms: steady_ms, stamps: apart.stamps.saturating_add(1), ..apart });
        }
    }

    /// How far all new timestamps are ahead of the clock, in ms, when the steady clock shows `steady_ms`. `None` while
    /// some agree, if there are too few, or if some have ever agreed and the last distant one is more than five minutes
    /// old.
    pub(crate) fn apart_ms(&self, steady_ms: i64) -> Option<i64> {
        let lasting_ms = if self.has_agreed { LASTING_MS } else { LASTING_AT_START_MS };
        let is_no_chance =
            |apart: &DistantStamps| apart.stamps >= STAMPS && apart.last_ms - apart.since_ms >= lasting_ms;
        let is_recent = |apart: &DistantStamps| !self.has_agreed || steady_ms - apart.last_ms <= STANDS_FOR_MS;
        self.apart.filter(is_no_chance).filter(is_recent).map(|apart| apart.by_ms)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR_MS: i64 = 3_600_000;

    fn stamped(has_agreed: bool, stamps: impl IntoIterator<Item = (i64, i64)>) -> Option<i64> {
        let mut disagreement = StampDisagreement { has_agreed, apart: None };
        let mut steady_ms = 0;
        for (second, by_ms) in stamps {
            steady_ms = second * 1_000;
            disagreement.observe(by_ms, steady_ms, true);
        }
        disagreement.apart_ms(steady_ms)
    }

    #[test]
    fn timestamps_that_stay_an_hour_away_contradict_the_clock_sooner_if_none_has_agreed() {
        for by_ms in [HOUR_MS, -HOUR_MS] {
            assert_eq!(stamped(false, (0..=10).map(|second| (second, by_ms))), Some(by_ms));
            assert_eq!(stamped(true, (0..=10).map(|second| (second, by_ms))), None, "not yet");
            assert_eq!(stamped(true, (0..=60).map(|second| (second, by_ms + second))), Some(by_ms));
        }
    }

    #[test]
    fn records_that_are_late_for_another_reason_do_not_contradict_the_clock() {
        let burst = (0..100).map(|_| (5, -HOUR_MS));
        assert_eq!(stamped(false, burst), None, "they came all at once");
        let caught_up_with = (0..100).map(|second| (second, -HOUR_MS + 30_000 * second));
        assert_eq!(stamped(false, caught_up_with), None, "they come nearer");
        let one_agrees = (0..100).map(|second| (second, if second == 95 { -1_000 } else { -HOUR_MS }));
        assert_eq!(stamped(false, one_agrees), None);
        let mut not_all_is_read = StampDisagreement::default();
        (0..100).for_each(|second| not_all_is_read.observe(-HOUR_MS, second * 1_000, false));
        assert_eq!(not_all_is_read.apart_ms(100_000), None);
    }

    #[test]
    fn late_records_before_a_silence_contradict_the_clock_for_five_minutes_and_again_with_the_next() {
        for has_agreed in [false, true] {
            let mut disagreement = StampDisagreement { has_agreed, apart: None };
            (0..=10).for_each(|stamp| disagreement.observe(-120_000, stamp * 6_000, true));
            assert_eq!(disagreement.apart_ms(60_000), Some(-120_000));
            assert_eq!(disagreement.apart_ms(60_000 + STANDS_FOR_MS), Some(-120_000));
            for silent_ms in [STANDS_FOR_MS + 1, HOUR_MS, 12 * HOUR_MS] {
                // Silence does not clear a clock that no record has ever agreed with.
                let still = (!has_agreed).then_some(-120_000);
                assert_eq!(disagreement.apart_ms(60_000 + silent_ms), still, "{silent_ms} ms of silence");
            }
            disagreement.observe(-120_000, 12 * HOUR_MS, true);
            assert_eq!(disagreement.apart_ms(12 * HOUR_MS), Some(-120_000));
        }
    }
}
