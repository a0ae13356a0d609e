//! When contacts arrive: at random, at a rate that follows the week.
//!
//! The rate is constant within an hour. The shape of the week is an assumption throughout, made of what is known of
//! contact centres: mornings and Mondays are heaviest. What is published is the number of contacts in a month.

use ensilinja_model::EventTime;
use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use rand::RngExt;
use rand_distr::Exp1;
use rand_pcg::Pcg64Mcg;

use crate::local_day::local;
use crate::{CountyLine, WeeklyHours};

const HOUR_MS: i64 = 3_600_000;
/// Weeks in an average month.
const WEEKS_A_MONTH: f64 = 365.2425 / 12.0 / 7.0;

/// Weight of a weekday, Monday first.
const WEEKDAYS: [f64; 7] = [1.3, 1.05, 1.0, 0.95, 0.85, 0.9, 0.85];
/// Weight of an hour of the day in which a line is open.
const HOURS: [f64; 24] = [
    0.10, 0.07, 0.06, 0.05, 0.06, 0.10, 0.25, 0.60, 1.50, 1.40, 1.20, 1.00, 0.90, 0.85, 0.85, 0.80, 0.75, 0.70, 0.65,
    0.60, 0.50, 0.40, 0.30, 0.20,
];
/// What is left of the weight of an hour in which the line is closed: people call all the same.
const WHILE_CLOSED: f64 = 0.006;

/// The arrivals of one line, one after the other.
#[derive(Clone, Debug)]
pub(super) struct Arrivals {
    /// Contacts per ms for a weight of 1.
    rate_a_weight: f64,
    /// Where the stream has come to.
    at: EventTime,
    /// The rate holds until here, in contacts per ms.
    hour_ends: EventTime,
    rate: f64,
}

impl Arrivals {
    pub(super) fn new(line: &CountyLine, volume: f64, start: EventTime) -> Self {
        let contacts_a_week = line.behaviour.monthly_contacts / WEEKS_A_MONTH * volume;
        #[expect(clippy::cast_precision_loss, reason = "an hour in ms fits 53 bits")]
        let rate_a_weight = contacts_a_week / weight_of_a_week(&line.hours) / HOUR_MS as f64;
        Self { rate_a_weight, at: start, hour_ends: start, rate: 0.0 }
    }

    /// The next arrival: after a time that is exponential in the rates that pass.
    #[expect(clippy::cast_precision_loss, reason = "at most an hour in ms")]
    #[expect(clippy::cast_possible_truncation, reason = "at most an hour in ms")]
    pub(super) fn next(&mut self, line: &CountyLine, zone: &TimeZone, rng: &mut Pcg64Mcg) -> EventTime {
        let mut left = rng.sample::<f64, _>(Exp1);
        loop {
            let within_hour = self.rate * self.hour_ends.millis_since(self.at) as f64;
            if left < within_hour {
                self.at = self.at.plus_millis((left / self.rate) as i64);
                return self.at;
            }
            left -= within_hour;
            self.enter_next_hour(line, zone);
        }
    }

    fn enter_next_hour(&mut self, line: &CountyLine, zone: &TimeZone) {
        self.at = self.hour_ends;
        // Zones are whole hours from UTC here, so an hour of UTC is an hour of the local clock.
        let to_end_of_hour = HOUR_MS - self.at.as_millis().rem_euclid(HOUR_MS);
        self.hour_ends = self.at.plus_millis(to_end_of_hour);
        let now = local(self.at, zone);
        let weight = weight(now.weekday(), now.hour(), line.hours.is_open(now));
        self.rate = self.rate_a_weight * weight;
    }
}

fn weight(weekday: Weekday, hour: i8, open: bool) -> f64 {
    let weekday = WEEKDAYS[usize::from(weekday.to_monday_zero_offset().unsigned_abs())];
    let hour = HOURS[usize::from(hour.unsigned_abs())];
    weekday * hour * if open { 1.0 } else { WHILE_CLOSED }
}

fn weight_of_a_week(hours: &WeeklyHours) -> f64 {
    let mut sum = 0.0;
    for weekday in Weekday::Monday.cycle_forward().take(7) {
        let open = hours.of_weekday(weekday);
        for hour in 0..24_i8 {
            let minute = u16::from(hour.unsigned_abs()) * 60;
            let is_open = open.is_some_and(|(from, to)| (from..to).contains(&minute));
            sum += weight(weekday, hour, is_open);
        }
    }
    sum
}
