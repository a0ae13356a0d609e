//! The clock discipline: which time is trusted, from the wall clock, a steady clock and the timestamps of new records.
//!
//! ```text
//!            wall steps ahead            it comes back
//!   wall     ----------.                .------------------
//!                      '----------------'                      trusted = steady + offset
//!   trusted ------------------------------------------------  offset follows the wall slowly, and steps only
//!                      |  not trusted  |                      if the new time is confirmed
//! ```
//!
//! The steady clock cannot be set, so if the wall clock gains or loses against it, the wall clock was set. Small
//! corrections are followed slowly. A larger step is trusted only once something else confirms it: the timestamps of
//! new records, or, for a step ahead on a topic without records, ten minutes in which the clock stays there and the
//! broker answers. A large step back is confirmed by timestamps alone, because figures that were shown cannot be taken
//! back.
//!
//! Invariants, for any wall clock: trusted time never goes back. Without confirmation it runs at 0.9 to 1.1 times the
//! pace of the steady clock and stays within `FOLLOWED_MS` of it. A wall clock that returns to the trusted time is
//! trusted at the next reading.

use std::time::Duration;

use ensilinja_model::EventTime;

use crate::disagreement::StampDisagreement;
use crate::state::ClockState;

/// The wall clock may differ this much from the trusted time, in ms: a leap second, or a correction that a time
/// service makes at once.
const TOLERANCE_MS: i64 = 2_000;

/// A step is over once the wall clock is this near to the confirmed time, in ms. It is less than the tolerance, so that
/// a clock at the edge does not step again and again.
const OVER_MS: i64 = 1_500;

/// The wall clock is followed this far in all without confirmation, in ms.
const FOLLOWED_MS: i64 = 10_000;

/// The wall clock is followed by at most a tenth of the time that passes, so trusted time never has to go back.
const SLEW_PART: i64 = 10;

/// The timestamp of a new record confirms a clock that it is this near to, in ms, less its usual distance.
const NEAR_MS: i64 = 60_000;

/// This many timestamps confirm a step, if none contradicts it.
const CONFIRMING_STAMPS: i32 = 3;

/// A timestamp that agrees with the trusted time outweighs this many that agree with the wall clock.
const WEIGHT_AGAINST: i32 = 3;

/// The lowest score of a step, negated: after a pause, the records of the pause come first.
const MOST_AGAINST: i32 = 12;

/// No step is trusted sooner than this, in ms: the first records may come from a machine whose clock is wrong too.
const SOONEST_MS: i64 = 3_000;

/// This long after a step, in ms, no record is read that had waited since before it.
const NOTHING_WAITS_MS: i64 = 10_000;

/// A step ahead is trusted after this long without records, in ms, if the clock stays there and the broker answers.
const QUIET_MS: i64 = 600_000;

/// One report that all is read covers at most this long, in ms: reports come once a second.
const LOOK_STANDS_FOR_MS: i64 = 2_000;

/// One timestamp changes the usual distance by an eighth of the difference.
const USUAL_PART: i64 = 8;

/// Clock readings are limited to this, in ms since 1970, so that sums of a few of them cannot overflow.
const FARTHEST_MS: i64 = 1 << 53;

/// A step of the wall clock that nothing has confirmed.
#[derive(Clone, Copy, Debug)]
struct ClockStep {
    /// The wall clock less the steady one, after the step.
    offset_ms: i64,
    since_ms: i64,
    /// Timestamps that confirm it, less the weight of those that contradict it.
    score: i32,
    /// How long all was read and no record came that does not confirm it.
    quiet_ms: i64,
    /// A record that had not waited bore the trusted time: silence no longer confirms the step.
    is_contradicted: bool,
}

/// Decides which time is trusted, from readings of the clocks and timestamps of records.
#[derive(Clone, Debug)]
pub struct ClockDiscipline {
    /// Trusted time is the steady clock plus this, or the last trusted time if that is later.
    offset_ms: i64,
    /// The wall clock less the steady one, when something last confirmed it.
    confirmed_ms: i64,
    /// When the offset last followed the wall clock, by the steady clock.
    adjusted_ms: i64,
    /// The last reading: the steady clock, the wall clock less the steady one, and the trusted time.
    steady_ms: i64,
    wall_offset_ms: i64,
    trusted_ms: i64,
    step: Option<ClockStep>,
    steps: u64,
    /// The usual distance of new records' timestamps from the trusted time.
    usual_ms: i64,
    /// The last report of whether all is read: when, by the steady clock, and the answer.
    reported_ms: i64,
    all_is_read: bool,
    disagreement: StampDisagreement,
}

impl ClockDiscipline {
    /// Begins by trusting the wall clock.
    #[must_use]
    pub fn new(steady: Duration, wall: EventTime) -> Self {
        let (steady_ms, trusted_ms) = (whole_ms(steady), bounded_ms(wall));
        let offset_ms = trusted_ms - steady_ms;
        Self {
            offset_ms,
            confirmed_ms: offset_ms,
            adjusted_ms: steady_ms,
            steady_ms,
            wall_offset_ms: offset_ms,
            trusted_ms,
            step: None,
            steps: 0,
            usual_ms: 0,
            reported_ms: steady_ms,
            all_is_read: false,
            disagreement: StampDisagreement::default(),
        }
    }

    /// Takes a reading of both clocks and returns the trusted time. `wall` is `None` if the two could not be read at
    /// the same moment.
    pub fn read(&mut self, steady: Duration, wall: Option<EventTime>) -> EventTime {
        self.steady_ms = self.steady_ms.max(whole_ms(steady));
        if let Some(wall) = wall {
            self.wall_offset_ms = bounded_ms(wall) - self.steady_ms;
            self.judge();
        }
        self.trusted_ms = self.trusted_ms.max(self.steady_ms + self.offset_ms);
        EventTime::from_millis(self.trusted_ms)
    }

    /// A new record bears the timestamp `stamp`, as of the last reading.
    pub fn observe_stamp(&mut self, stamp: EventTime) {
        let stamp_ms = bounded_ms(stamp);
        let is_followed = (self.wall_ms() - self.trusted_ms).abs() <= OVER_MS;
        if self.step.is_some() && !(is_followed && self.is_near_wall(stamp_ms)) {
            self.vote(stamp_ms - self.usual_ms);
            return;
        }
        if self.is_near_wall(stamp_ms) {
            self.step = None;
            self.confirmed_ms = self.wall_offset_ms;
        }
        let by_ms = stamp_ms - self.trusted_ms;
        if by_ms.abs() <= NEAR_MS {
            self.usual_ms += (by_ms - self.usual_ms) / USUAL_PART;
        }
        self.disagreement.observe(by_ms, self.steady_ms, self.all_is_read);
    }

    /// To be called about once a second, as of the last reading: whether all that the broker has is read, so that a
    /// published record would have been seen.
    pub fn report_progress(&mut self, all_is_read: bool) {
        let passed_ms = (self.steady_ms - self.reported_ms).min(LOOK_STANDS_FOR_MS);
        self.reported_ms = self.steady_ms;
        self.all_is_read = all_is_read;
        if let Some(step) = self.step.as_mut().filter(|_| all_is_read) {
            step.quiet_ms += passed_ms;
        }
        self.trust_if_confirmed();
    }

    /// Whether the wall clock is trusted, as of the last reading.
    #[must_use]
    pub fn state(&self) -> ClockState {
        let by_ms = self.wall_ms() - self.trusted_ms;
        if by_ms.abs() <= TOLERANCE_MS {
            let apart_ms = self.disagreement.apart_ms(self.steady_ms);
            apart_ms.map_or(ClockState::Trusted, |by_ms| ClockState::Contradicted { by_ms })
        } else if self.step.is_some() {
            ClockState::Stepped { by_ms }
        } else {
            ClockState::SetBack { by_ms: -by_ms }
        }
    }

    /// How many steps there were since the start.
    #[must_use]
    pub const fn steps(&self) -> u64 {
        self.steps
    }

    const fn wall_ms(&self) -> i64 {
        self.steady_ms + self.wall_offset_ms
    }

    /// Whether a timestamp confirms a wall clock that is trusted, or followed until it is.
    const fn is_near_wall(&self, stamp_ms: i64) -> bool {
        (stamp_ms - self.wall_ms()).abs() <= FOLLOWED_MS
    }

    /// Notices a step since the wall clock was last confirmed. Trusted time follows a small one.
    fn judge(&mut self) {
        let target_ms = self.wall_offset_ms;
        let apart_ms = (target_ms - self.confirmed_ms).abs();
        self.follow(if apart_ms <= FOLLOWED_MS { target_ms } else { self.offset_ms });
        if apart_ms <= if self.step.is_some() { OVER_MS } else { TOLERANCE_MS } {
            self.step = None;
            return;
        }
        if self.step.is_none_or(|step| (target_ms - step.offset_ms).abs() > TOLERANCE_MS) {
            self.steps += 1;
            let since_ms = self.steady_ms;
            let (score, quiet_ms, is_contradicted) = (0, 0, false);
            self.step = Some(ClockStep { offset_ms: target_ms, since_ms, score, quiet_ms, is_contradicted });
        }
    }

    /// Moves the offset slowly towards the wall clock.
    fn follow(&mut self, target_ms: i64) {
        let most_ms = (self.steady_ms - self.adjusted_ms) / SLEW_PART;
        if most_ms > 0 {
            self.adjusted_ms = self.steady_ms;
            self.offset_ms += (target_ms - self.offset_ms).clamp(-most_ms, most_ms);
        }
    }

    /// Counts a record's timestamp, less its usual distance, for or against the step.
    fn vote(&mut self, stamp_ms: i64) {
        let [from_wall, from_trusted] = [self.wall_ms(), self.trusted_ms].map(|clock| (stamp_ms - clock).abs());
        let Some(step) = &mut self.step else { return };
        if from_wall <= NEAR_MS && from_wall < from_trusted {
            step.score = (step.score + 1).min(CONFIRMING_STAMPS);
            self.trust_if_confirmed();
            return;
        }
        step.quiet_ms = 0;
        if from_trusted <= NEAR_MS {
            step.score = (step.score - WEIGHT_AGAINST).max(-MOST_AGAINST);
            step.is_contradicted |= self.all_is_read && self.steady_ms - step.since_ms >= NOTHING_WAITS_MS;
        }
    }

    fn trust_if_confirmed(&mut self) {
        let Some(step) = self.step else { return };
        let is_confirmed = step.score >= CONFIRMING_STAMPS && self.steady_ms - step.since_ms >= SOONEST_MS;
        let is_quiet = step.quiet_ms >= QUIET_MS && !step.is_contradicted && step.offset_ms > self.confirmed_ms;
        if is_confirmed || is_quiet {
            self.step = None;
            self.confirmed_ms = self.wall_offset_ms;
            self.offset_ms = self.wall_offset_ms;
            self.adjusted_ms = self.steady_ms;
            self.trusted_ms = self.trusted_ms.max(self.wall_ms());
            self.disagreement = StampDisagreement::default();
        }
    }
}

fn whole_ms(steady: Duration) -> i64 {
    i64::try_from(steady.as_millis()).unwrap_or(FARTHEST_MS).min(FARTHEST_MS)
}

fn bounded_ms(instant: EventTime) -> i64 {
    instant.as_millis().clamp(-FARTHEST_MS, FARTHEST_MS)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const START_S: i64 = 1_758_006_900;
    const HOUR_S: i64 = 3_600;

    /// A machine with a clock discipline, by whole seconds since the start.
    struct Machine {
        discipline: ClockDiscipline,
        second: i64,
        /// How far the wall clock is ahead of the true time.
        wall_ahead_s: i64,
        /// How long both clocks of the machine were stopped.
        paused_s: i64,
    }

    impl Machine {
        fn new(wall_ahead_s: i64) -> Self {
            let wall = EventTime::from_seconds(START_S + wall_ahead_s);
            Self { discipline: ClockDiscipline::new(Duration::ZERO, wall), second: 0, wall_ahead_s, paused_s: 0 }
        }

        /// Lets a second pass. Records come with timestamps this far from the true time, and all is read.
        fn pass(&mut self, stamps_s: &[i64]) {
            self.second += 1;
            let now_s = START_S + self.second + self.paused_s;
            let steady = Duration::from_secs(u64::try_from(self.second).unwrap());
            self.discipline.read(steady, Some(EventTime::from_seconds(now_s + self.wall_ahead_s)));
            for stamp_s in stamps_s {
                self.discipline.observe_stamp(EventTime::from_seconds(now_s + stamp_s));
            }
            self.discipline.report_progress(true);
        }

        fn pass_seconds(&mut self, seconds: i64, stamps_s: &[i64]) {
            (0..seconds).for_each(|_| self.pass(stamps_s));
        }

        fn set(&mut self, wall_ahead_s: i64) -> &mut Self {
            self.wall_ahead_s = wall_ahead_s;
            self
        }

        /// Stops both clocks for a while; then the wall clock is set right.
        fn pause(&mut self, seconds: i64) -> &mut Self {
            self.paused_s += seconds;
            self
        }

        /// The trusted time less the true time.
        fn ahead_ms(&self) -> i64 {
            self.discipline.trusted_ms - (START_S + self.second + self.paused_s) * 1_000
        }

        fn state(&self) -> ClockState {
            self.discipline.state()
        }
    }

    #[test]
    fn an_hour_ahead_for_nine_seconds_is_never_trusted_and_is_over_at_once() {
        for stamps in [&[0, -1][..], &[-20], &[]] {
            let mut machine = Machine::new(0);
            machine.pass_seconds(60, stamps);
            machine.set(HOUR_S);
            for _ in 0..9 {
                machine.pass(stamps);
                assert_eq!(machine.state(), ClockState::Stepped { by_ms: HOUR_S * 1_000 });
                assert_eq!(machine.ahead_ms(), 0);
            }
            machine.set(0).pass(stamps);
            assert_eq!((machine.state(), machine.ahead_ms()), (ClockState::Trusted, 0));
            assert_eq!(machine.discipline.steps(), 1);
        }
    }

    #[test]
    fn a_paused_machine_is_trusted_as_soon_as_three_records_bear_the_new_time() {
        let mut machine = Machine::new(0);
        machine.pass_seconds(60, &[0]);
        machine.pause(600).pass(&[]);
        assert_eq!(machine.state(), ClockState::Stepped { by_ms: 600_000 });
        machine.pass_seconds(2, &[0]);
        assert_ne!(machine.state(), ClockState::Trusted);
        machine.pass(&[0]);
        assert_eq!((machine.state(), machine.ahead_ms()), (ClockState::Trusted, 0));
    }

    #[test]
    fn records_that_waited_for_a_paused_machine_only_delay_its_confirmation() {
        let mut machine = Machine::new(0);
        machine.pass_seconds(60, &[0]);
        machine.pause(600).pass(&(-600..0).collect::<Vec<_>>());
        machine.pass_seconds(15, &[0]);
        assert_eq!((machine.state(), machine.ahead_ms()), (ClockState::Trusted, 0));
    }

    #[test]
    fn records_that_are_always_late_confirm_the_clock_by_which_they_are_as_late_as_usual() {
        let mut machine = Machine::new(0);
        machine.pass_seconds(60, &[-20]);
        machine.pause(15).pass_seconds(4, &[-20]);
        assert_eq!((machine.state(), machine.ahead_ms()), (ClockState::Trusted, 0));
    }

    #[test]
    fn records_of_a_machine_whose_clock_is_wrong_too_do_not_outweigh_the_others() {
        let mut machine = Machine::new(0);
        machine.pass_seconds(60, &[0, 0]);
        machine.set(HOUR_S).pass_seconds(3_600, &[HOUR_S, 0]);
        assert_eq!(machine.state(), ClockState::Stepped { by_ms: HOUR_S * 1_000 });
        assert_eq!(machine.ahead_ms(), 0);
    }

    #[test]
    fn a_step_ahead_is_trusted_after_ten_minutes_without_records_if_the_broker_answers() {
        let mut machine = Machine::new(0);
        machine.pass_seconds(60, &[]);
        machine.pause(HOUR_S).pass_seconds(599, &[]);
        assert_eq!(machine.state(), ClockState::Stepped { by_ms: HOUR_S * 1_000 });
        machine.pass_seconds(2, &[]);
        assert_eq!((machine.state(), machine.ahead_ms()), (ClockState::Trusted, 0));
    }

    #[test]
    fn silence_confirms_nothing_while_the_broker_does_not_answer_or_once_a_record_bore_the_old_time() {
        let mut machine = Machine::new(0);
        machine.set(HOUR_S);
        for _ in 0..3_000 {
            machine.pass(&[]);
            machine.discipline.step.as_mut().unwrap().quiet_ms = 0;
            machine.discipline.report_progress(false);
        }
        assert_eq!(machine.ahead_ms(), 0);
        let mut machine = Machine::new(0);
        machine.set(HOUR_S).pass_seconds(20, &[]);
        machine.pass(&[0]);
        machine.pass_seconds(3_000, &[]);
        assert_eq!(machine.ahead_ms(), 0);
    }

    #[test]
    fn only_records_confirm_a_step_back_and_trusted_time_stands_still_until_the_wall_clock_has_caught_up() {
        let mut machine = Machine::new(HOUR_S);
        machine.pass_seconds(5, &[0]);
        machine.set(0).pass_seconds(1_000, &[]);
        assert_eq!(machine.state(), ClockState::Stepped { by_ms: -HOUR_S * 1_000 });
        let shown = machine.discipline.trusted_ms;
        machine.pass_seconds(3, &[0]);
        assert!(matches!(machine.state(), ClockState::SetBack { .. }), "{:?}", machine.state());
        let stands = machine.discipline.trusted_ms;
        assert!((shown..=shown + 3_000).contains(&stands));
        machine.pass_seconds(60, &[0]);
        assert_eq!(machine.discipline.trusted_ms, stands);
        machine.pass_seconds(2 * HOUR_S, &[0]);
        assert_eq!((machine.state(), machine.ahead_ms()), (ClockState::Trusted, 0));
    }

    #[test]
    fn small_corrections_are_followed_slowly_and_are_no_step() {
        for by_s in [-1, 1, 2] {
            let mut machine = Machine::new(0);
            machine.pass_seconds(10, &[]);
            machine.set(by_s).pass(&[]);
            assert_eq!((machine.state(), machine.ahead_ms()), (ClockState::Trusted, 100 * by_s.signum()));
            machine.pass_seconds(20, &[]);
            assert_eq!((machine.ahead_ms(), machine.discipline.steps()), (by_s * 1_000, 0));
        }
    }

    #[test]
    fn a_small_step_that_was_followed_ends_with_the_next_record_that_agrees() {
        for by_s in [5, -5] {
            let mut machine = Machine::new(0);
            machine.set(by_s).pass_seconds(60, &[]);
            assert!(machine.discipline.step.is_some(), "nothing has confirmed it yet");
            machine.pass(&[0]);
            let discipline = &machine.discipline;
            assert!(discipline.step.is_none());
            assert_eq!((discipline.confirmed_ms, discipline.steps()), (discipline.wall_offset_ms, 1));
            // Records are compared with the clock again.
            machine.pass_seconds(61, &[-120]);
            assert_eq!(machine.state(), ClockState::Contradicted { by_ms: (-120 - by_s) * 1_000 });
        }
    }

    #[test]
    fn small_steps_with_records_that_agree_in_between_do_not_add_up() {
        let mut machine = Machine::new(0);
        for wall_ahead_s in [-5, -9, -12] {
            machine.set(wall_ahead_s).pass_seconds(60, &[]);
            assert_eq!((machine.state(), machine.ahead_ms()), (ClockState::Trusted, wall_ahead_s * 1_000));
            machine.pass_seconds(HOUR_S, &[0]);
            assert_eq!(machine.state(), ClockState::Trusted);
        }
    }

    #[test]
    fn a_clock_that_was_wrong_from_the_start_is_contradicted_by_the_records() {
        for wrong_s in [HOUR_S, -HOUR_S] {
            let mut machine = Machine::new(wrong_s);
            machine.pass_seconds(12, &[0]);
            assert_eq!(machine.state(), ClockState::Contradicted { by_ms: -wrong_s * 1_000 });
            assert_eq!(machine.state().disbelieved_ms(), wrong_s * 1_000);
        }
    }

    #[test]
    fn a_process_that_is_held_up_between_two_readings_sees_no_step() {
        let mut discipline = ClockDiscipline::new(Duration::ZERO, EventTime::from_seconds(START_S));
        let now = discipline.read(Duration::from_mins(5), None);
        assert_eq!((now, discipline.state()), (EventTime::from_seconds(START_S + 300), ClockState::Trusted));
    }

    /// Readings: how much time passes, and how far the wall clock is then ahead of the true time, in ms.
    fn readings() -> impl Strategy<Value = Vec<(u64, i64)>> {
        let ahead_ms = prop_oneof![
            -3_000..3_000_i64,
            -20_000..20_000_i64,
            Just(HOUR_S * 1_000),
            Just(-HOUR_S * 1_000),
            any::<i64>(),
        ];
        prop::collection::vec((0..5_000_u64, ahead_ms), 1..200)
    }

    proptest! {
        #[test]
        fn without_confirmation_trusted_time_keeps_the_pace_of_the_steady_clock(readings in readings()) {
            let start = EventTime::from_seconds(START_S);
            let mut discipline = ClockDiscipline::new(Duration::ZERO, start);
            let (mut steady_ms, mut before_ms) = (0, start.as_millis());
            for (passed_ms, ahead_ms) in readings {
                steady_ms += passed_ms;
                let passed_ms = i64::try_from(passed_ms).unwrap();
                let true_ms = start.as_millis() + i64::try_from(steady_ms).unwrap();
                let wall = EventTime::from_millis(true_ms.saturating_add(ahead_ms));
                let now_ms = discipline.read(Duration::from_millis(steady_ms), Some(wall)).as_millis();
                discipline.report_progress(false);
                prop_assert!(now_ms >= before_ms);
                // One reading may make up for the time since the offset last moved.
                prop_assert!(now_ms - before_ms <= passed_ms + passed_ms / 10 + 2);
                prop_assert!((now_ms - true_ms).abs() <= FOLLOWED_MS);
                before_ms = now_ms;
            }
            // The wall clock is right again.
            steady_ms += 1;
            let true_ms = start.as_millis() + i64::try_from(steady_ms).unwrap();
            let now = discipline.read(Duration::from_millis(steady_ms), Some(EventTime::from_millis(true_ms)));
            prop_assert!((now.as_millis() - true_ms).abs() <= FOLLOWED_MS);
            steady_ms += 10 * 10_000;
            let true_ms = start.as_millis() + i64::try_from(steady_ms).unwrap();
            let now = discipline.read(Duration::from_millis(steady_ms), Some(EventTime::from_millis(true_ms)));
            prop_assert_eq!(now.as_millis(), true_ms);
            prop_assert_eq!(discipline.state(), ClockState::Trusted);
        }

        #[test]
        fn trusted_time_never_goes_back(
            readings in readings(),
            stamps in prop::collection::vec(prop_oneof![-90_000..90_000_i64, any::<i64>()], 200),
        ) {
            let mut discipline = ClockDiscipline::new(Duration::ZERO, EventTime::from_seconds(START_S));
            let (mut steady_ms, mut before) = (0, EventTime::from_seconds(START_S));
            for ((passed_ms, ahead_ms), stamp_ms) in readings.into_iter().zip(stamps) {
                steady_ms += passed_ms;
                let true_ms = START_S * 1_000 + i64::try_from(steady_ms).unwrap();
                let wall = EventTime::from_millis(true_ms.saturating_add(ahead_ms));
                let now = discipline.read(Duration::from_millis(steady_ms), Some(wall));
                prop_assert!(now >= before);
                discipline.observe_stamp(EventTime::from_millis(wall.as_millis().saturating_add(stamp_ms)));
                discipline.report_progress(true);
                let _ = discipline.state();
                before = now;
            }
        }
    }
}
