//! The callback part of a life: a request, attempts, and how it is resolved.

use ensilinja_model::{AttemptResult, CloseResult, EventTime, Fact};

use super::Telling;
use crate::generator::draws::{between_ms, by_share, chance, duration_ms, wait_ms};
use crate::local_day::{instant, local};

/// Staff stay for callbacks this long after the line has closed. (Assumption.)
const OVERTIME_MS: i64 = 3_600_000;
/// Callbacks that reach the customer at the second attempt only. (Assumption.)
const FIRST_ATTEMPT_FAILS: f64 = 0.12;
/// Where the system lets a request run out, it does so after this long. (Assumption.)
const EXPIRES_AFTER_MS: i64 = 3 * 24 * 3_600_000;

/// How callbacks are resolved. The printed figures leave hardly any room for those who are not reached.
const WAYS: [(Way, f64); 6] = [
    (Way::Unreached, 0.007),
    (Way::Cancelled, 0.0025),
    (Way::Duplicate, 0.0015),
    (Way::Expired, 0.0005),
    (Way::Forgotten, 0.0005),
    (Way::Reached, 0.988),
];

#[derive(Clone, Copy)]
enum Way {
    Reached,
    Unreached,
    Cancelled,
    Duplicate,
    Expired,
    Forgotten,
}

impl Telling<'_> {
    pub(super) fn ask_for_callback(&mut self, requested: EventTime) {
        self.say(requested, Fact::CallbackRequested);
        let turn = requested.plus_millis(self.callback_wait_ms(requested).max(30_000));
        match by_share(self.rng, &WAYS) {
            Way::Reached => self.be_called_back(requested, turn),
            Way::Unreached => {
                let mut at = turn;
                for _ in 0..3 {
                    self.say(at, Fact::CallbackAttempted(AttemptResult::Failed));
                    at = at.plus_millis(between_ms(self.rng, 900.0, 3_600.0));
                }
                self.say(at, Fact::CallbackClosed(CloseResult::Unreached));
            }
            Way::Cancelled => self.say(turn, Fact::CallbackClosed(CloseResult::Cancelled)),
            Way::Duplicate => self.say(turn, Fact::CallbackClosed(CloseResult::Duplicate)),
            Way::Expired => {
                let at = requested.plus_millis(EXPIRES_AFTER_MS);
                self.say(at, Fact::CallbackClosed(CloseResult::Expired));
            }
            Way::Forgotten => {}
        }
    }

    /// How long until it is this request's turn: on the same day while staff are there, else after the next opening.
    fn callback_wait_ms(&mut self, requested: EventTime) -> i64 {
        let wait = self.line.behaviour.callback_wait;
        if chance(self.rng, wait.next_day_share) {
            let tomorrow = self.next_opening(requested).plus_millis(between_ms(self.rng, 600.0, 4.0 * 3_600.0));
            return tomorrow.millis_since(requested);
        }
        let drawn = wait_ms(self.rng, wait.same_day_mean_s);
        match self.staff_leave_at(requested) {
            Some(leave) if requested.plus_millis(drawn) > leave => {
                between_ms(self.rng, 0.0, seconds(leave.millis_since(requested).max(60_000)))
            }
            _ => drawn,
        }
    }

    /// When the day's callbacks end; `None` for a line that is open round the clock.
    fn staff_leave_at(&self, during: EventTime) -> Option<EventTime> {
        let day = local(during, self.zone).date();
        let (_, to) = self.line.hours.of_day(day).filter(|(from, to)| to - from < 24 * 60)?;
        let closing = day.at(0, 0, 0, 0) + jiff::Span::new().minutes(to);
        Some(instant(closing, self.zone).plus_millis(OVERTIME_MS))
    }

    fn be_called_back(&mut self, requested: EventTime, reached: EventTime) {
        if chance(self.rng, FIRST_ATTEMPT_FAILS) {
            let wait_s = seconds(reached.millis_since(requested));
            let at = requested.plus_millis(between_ms(self.rng, wait_s * 0.3, wait_s));
            self.say(at, Fact::CallbackAttempted(AttemptResult::Failed));
        }
        // Platforms say it in the attempt, on its own, or both, a moment apart.
        let says_attempt = chance(self.rng, 0.9);
        if says_attempt {
            self.say(reached, Fact::CallbackAttempted(AttemptResult::Reached));
        }
        if !says_attempt || chance(self.rng, 0.8) {
            let moment_ms = if says_attempt { between_ms(self.rng, 0.0, 2.0) } else { 0 };
            self.say(reached.plus_millis(moment_ms), Fact::CallbackReached);
        }
        let over = reached.plus_millis(duration_ms(self.rng, self.line.behaviour.handling_mean_s));
        self.end(over);
        self.follow_up(over);
    }
}

#[expect(clippy::cast_precision_loss, reason = "a few days in ms fit 53 bits")]
fn seconds(ms: i64) -> f64 {
    ms as f64 / 1000.0
}
