//! The callback of a visit: request, attempts and resolution.

use ensilinja_model::{AttemptResult, CloseResult, EventTime, Fact};

use super::VisitSimulation;
use crate::county::UNREACHED;
use crate::generator::draws::{between_ms, by_share, chance, duration_ms};

/// Callbacks that reach the customer only at the second attempt. (Assumption.)
const FIRST_ATTEMPT_FAILS: f64 = 0.12;
/// The time after which a request expires, if the platform lets it expire. (Assumption.)
const EXPIRES_AFTER_MS: i64 = 3 * 24 * 3_600_000;

/// The resolution of a callback that does not reach the customer.
#[derive(Clone, Copy)]
enum Unresolved {
    Unreached,
    Cancelled,
    Duplicate,
    Expired,
    Forgotten,
}

/// The shares of these resolutions. (Assumptions.)
const UNRESOLVED: [(Unresolved, f64); 5] = [
    (Unresolved::Unreached, 0.58),
    (Unresolved::Cancelled, 0.21),
    (Unresolved::Duplicate, 0.13),
    (Unresolved::Expired, 0.04),
    (Unresolved::Forgotten, 0.04),
];

impl VisitSimulation<'_> {
    pub(super) fn request_callback(&mut self, requested: EventTime) {
        self.report(requested, Fact::CallbackRequested);
        if self.quotas.reached.draw(&[1.0 - UNREACHED, UNREACHED], self.rng) == 0 {
            let reached = self.reached_at(requested);
            self.call_back(requested, reached);
        } else {
            self.fail_callback(requested);
        }
    }

    fn fail_callback(&mut self, requested: EventTime) {
        let turn = self.first_attempt_at(requested);
        match by_share(self.rng, &UNRESOLVED) {
            Unresolved::Unreached => {
                let mut at = turn;
                for _ in 0..3 {
                    self.report(at, Fact::CallbackAttempted(AttemptResult::Failed));
                    at = at.plus_millis(between_ms(self.rng, 900.0, 3_600.0));
                }
                self.report(at, Fact::CallbackClosed(CloseResult::Unreached));
            }
            Unresolved::Cancelled => self.report(turn, Fact::CallbackClosed(CloseResult::Cancelled)),
            Unresolved::Duplicate => self.report(turn, Fact::CallbackClosed(CloseResult::Duplicate)),
            Unresolved::Expired => {
                let at = requested.plus_millis(EXPIRES_AFTER_MS);
                self.report(at, Fact::CallbackClosed(CloseResult::Expired));
            }
            Unresolved::Forgotten => {}
        }
    }

    fn call_back(&mut self, requested: EventTime, reached: EventTime) {
        if chance(self.rng, FIRST_ATTEMPT_FAILS) {
            let wait_ms = reached.millis_since(requested);
            let at = requested.plus_millis(wait_ms * 3 / 10 + self.some_of_ms(wait_ms * 7 / 10));
            self.report(at, Fact::CallbackAttempted(AttemptResult::Failed));
        }
        // Platforms report it with the attempt, as an event of its own, or both, a moment apart.
        let says_attempt = chance(self.rng, 0.9);
        if says_attempt {
            self.report(reached, Fact::CallbackAttempted(AttemptResult::Reached));
        }
        if !says_attempt || chance(self.rng, 0.8) {
            let moment_ms = if says_attempt { between_ms(self.rng, 0.0, 2.0) } else { 0 };
            self.report(reached.plus_millis(moment_ms), Fact::CallbackReached);
        }
        let over = reached.plus_millis(duration_ms(self.rng, self.line.behaviour.handling_mean_s));
        self.end(over);
        self.follow_up(over);
    }
}
