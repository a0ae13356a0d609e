//! The time at which a callback reaches the customer. The share of late callbacks in each quarter follows the table of
//! lines, and the mean over the published months is the published one.
//!
//! The promise determines which callbacks are late. With a promise in elapsed time, a callback is in time or somewhat
//! later. With a promise for the same day, callbacks postponed to the next opening are late; requests before a weekend
//! are rarely postponed. With a promise for the next working day, postponed callbacks are in time too, and the line
//! postpones as many as its mean requires.

use ensilinja_model::EventTime;

use super::VisitSimulation;
use crate::Within;
use crate::generator::draws::{any_wait_ms, between_ms, exponential_ms, seconds};
use crate::local_day::local;

/// The shortest callback wait.
const SOONEST_MS: i64 = 30_000;
/// The mean wait of callbacks postponed to the next opening; most are requested in the afternoon. (Assumption.)
const NEXT_OPENING_MEAN_S: f64 = 75_000.0;
/// The mean time from an opening to the postponed callbacks. (Assumption.)
const AFTER_OPENING_S: f64 = 5_400.0;
/// The closing time at which a callback is postponed with the normal probability; before longer ones it is less likely.
const USUAL_NIGHT_S: f64 = 72_000.0;
/// The mean of callbacks in time, as a share of the promised time. (Assumption.)
const MEAN_OF_PROMISED: f64 = 0.42;
/// The longest mean of callbacks on the same day, if the next day keeps the promise as well. (Assumption.)
const SAME_DAY_MEAN_S: f64 = 3_600.0;

impl VisitSimulation<'_> {
    pub(super) fn reached_at(&mut self, requested: EventTime) -> EventTime {
        match self.line.promise.callback {
            // A callback in time by elapsed time is in time by open time too.
            Some(Within::Wall(ms) | Within::Open(ms)) => self.within(requested, i64::from(ms)),
            Some(Within::SameDay(_)) => self.on_the_same_day(requested),
            Some(Within::WorkingDays(..)) | None => self.by_the_next_day(requested),
        }
    }

    /// When the line first calls a customer who is never reached.
    pub(super) fn first_attempt_at(&mut self, requested: EventTime) -> EventTime {
        let wait_ms = any_wait_ms(self.rng, self.line.behaviour.callback_wait.mean_s.min(SAME_DAY_MEAN_S));
        self.same_day(requested, wait_ms)
    }

    fn within(&mut self, requested: EventTime, promised_ms: i64) -> EventTime {
        let wait = self.line.behaviour.callback_wait;
        let promised = seconds(promised_ms);
        let in_time_mean_s = if wait.late_mean > 0.0 { promised * MEAN_OF_PROMISED } else { wait.mean_s };
        let late_mean_s = (wait.mean_s - (1.0 - wait.late_mean) * in_time_mean_s) / wait.late_mean.max(1e-9);
        let wait_ms = if self.is_late(requested, 1.0) {
            let usual_s = (late_mean_s - promised).max(60.0);
            let beyond_ms = exponential_ms(self.rng, self.quotas.late_wait.aim_s(usual_s)) + 1_000;
            self.quotas.late_wait.settle(usual_s, seconds(beyond_ms));
            promised_ms + beyond_ms
        } else {
            let wait_ms = self.quotas.callback_wait.wait_ms(in_time_mean_s, self.rng);
            let drawn_ms = self.same_day(requested, wait_ms).millis_since(requested);
            if drawn_ms < promised_ms { drawn_ms } else { between_ms(self.rng, 0.3 * promised, promised) }
        };
        let reached = requested.plus_millis(wait_ms);
        self.settle(requested, reached, late_mean_s - in_time_mean_s);
        reached
    }

    fn on_the_same_day(&mut self, requested: EventTime) -> EventTime {
        let wait = self.line.behaviour.callback_wait;
        let same_day_mean_s = (wait.mean_s - wait.late_mean * NEXT_OPENING_MEAN_S) / (1.0 - wait.late_mean);
        let night_s = seconds(self.next_opening(requested).millis_since(requested));
        let reached = if self.is_late(requested, (USUAL_NIGHT_S / night_s).powi(4).min(3.0)) {
            self.at_the_next_opening(requested)
        } else {
            let wait_ms = self.quotas.callback_wait.wait_ms(same_day_mean_s, self.rng);
            self.same_day(requested, wait_ms)
        };
        self.settle(requested, reached, NEXT_OPENING_MEAN_S - same_day_mean_s);
        reached
    }

    fn by_the_next_day(&mut self, requested: EventTime) -> EventTime {
        let mean_s = self.line.behaviour.callback_wait.mean_s;
        let next_opening = self.next_opening(requested);
        let night_s = seconds(next_opening.millis_since(requested)) + AFTER_OPENING_S;
        let leeway_s = self.quotas.callback_leeway_s;
        let owed_s = self.quotas.callback_wait.owed_s() + mean_s + seconds(between_ms(self.rng, -leeway_s, leeway_s));
        let reached = if self.is_late(requested, 1.0) {
            self.at_the_next_opening(next_opening)
        } else if owed_s >= night_s / 2.0 {
            self.at_the_next_opening(requested)
        } else {
            let wait_ms = any_wait_ms(self.rng, SAME_DAY_MEAN_S.min(mean_s / 4.0));
            self.same_day(requested, wait_ms)
        };
        self.settle(requested, reached, 0.0);
        reached
    }

    fn is_late(&mut self, requested: EventTime, suits: f64) -> bool {
        let share = self.line.behaviour.callback_wait.late[self.quarter(requested)];
        self.quotas.late.draw_suited(&[1.0 - share, share], &[1.0, suits], self.rng) == 1
    }

    /// Settles a wait against the mean of its quarter, which is longer if the quarter has more late callbacks.
    fn settle(&mut self, requested: EventTime, reached: EventTime, late_is_longer_by_s: f64) {
        let wait = self.line.behaviour.callback_wait;
        let more_late = wait.late[self.quarter(requested)] - wait.late_mean;
        let mean_s = wait.mean_s + more_late * late_is_longer_by_s;
        self.quotas.callback_wait.settle(mean_s, seconds(reached.millis_since(requested)));
    }

    fn quarter(&self, at: EventTime) -> usize {
        usize::from(local(at, self.context.zone).month().unsigned_abs() - 1) / 3
    }

    fn same_day(&mut self, requested: EventTime, wait_ms: i64) -> EventTime {
        self.while_staff_are_there(requested, requested.plus_millis(wait_ms.max(SOONEST_MS)))
    }

    fn at_the_next_opening(&mut self, after: EventTime) -> EventTime {
        let opening = self.next_opening(after);
        let into_ms = exponential_ms(self.rng, self.quotas.late_wait.aim_s(AFTER_OPENING_S)) + SOONEST_MS;
        let reached = self.while_staff_are_there(opening, opening.plus_millis(into_ms));
        self.quotas.late_wait.settle(NEXT_OPENING_MEAN_S, seconds(reached.millis_since(after)));
        reached
    }
}
