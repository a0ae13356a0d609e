//! The arrivals of a line: the published number in each month, distributed by weekday and hour.
//!
//! At the start of every hour, its contacts are drawn from the remaining contacts of the month, by the share of the
//! hour in the remaining weight. So a month has exactly its number, and a stream that starts within a month gets the
//! rest of it. Transfers and repeat contacts count in the month: each replaces a new contact ([`Arrivals::make_room`]).
//!
//! Only monthly numbers are published. The weekly pattern is an assumption after typical contact centres: mornings and
//! Mondays are busiest.

use ensilinja_model::EventTime;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use rand::RngExt;
use rand_distr::{Binomial, Distribution};
use rand_pcg::Pcg64Mcg;

use crate::CountyLine;
use crate::local_day::{local, midnight};

const HOUR_MS: i64 = 3_600_000;

/// The weight of a weekday, from Monday on.
const WEEKDAYS: [f64; 7] = [1.3, 1.05, 1.0, 0.95, 0.85, 0.9, 0.85];
/// The weight of an hour of the day while the line is open.
const HOURS: [f64; 24] = [
    0.10, 0.07, 0.06, 0.05, 0.06, 0.10, 0.25, 0.60, 1.50, 1.40, 1.20, 1.00, 0.90, 0.85, 0.85, 0.80, 0.75, 0.70, 0.65,
    0.60, 0.50, 0.40, 0.30, 0.20,
];
/// The factor for an hour while the line is closed: some people call anyway.
const WHILE_CLOSED: f64 = 0.006;

/// The arrivals of one line, in order.
#[derive(Clone, Debug)]
pub(super) struct Arrivals {
    volume: f64,
    /// The instant that the stream has reached.
    at: EventTime,
    hour_ends: EventTime,
    left_in_hour: u64,
    /// The first day of the current month.
    month: Date,
    /// Remaining contacts of the month after the current hour.
    left_in_month: u64,
    /// The rounding remainder carried over to the next month; negative if too many contacts were generated.
    carried: f64,
    /// For each hour of the month, the total weight of it and all later ones.
    weights_left: Vec<f64>,
    /// The index of the next hour.
    next_hour: usize,
    /// The first month, and the share of it that the stream covers.
    first_month: (Date, f64),
}

impl Arrivals {
    pub(super) fn new(line: &CountyLine, volume: f64, start: EventTime, zone: &TimeZone) -> Self {
        let month = local(start, zone).date().first_of_month();
        let mut weights_left = weights_left(line, month, zone);
        let whole = weights_left[0];
        let gone_ms = start.millis_since(midnight(month, zone));
        let hour = whole_hours(gone_ms);
        // The stream gets the rest of the hour in which it starts.
        let of_hour = weights_left[hour] - weights_left[hour + 1];
        weights_left[hour] -=
            of_hour * float(gone_ms.rem_euclid(HOUR_MS).unsigned_abs()) / float(HOUR_MS.unsigned_abs());
        let share = weights_left[hour] / whole;
        let mut arrivals = Self {
            volume,
            at: start,
            hour_ends: start,
            left_in_hour: 0,
            month,
            left_in_month: 0,
            carried: 0.0,
            weights_left,
            next_hour: hour,
            first_month: (month, share),
        };
        arrivals.have(line.behaviour.contacts.in_month_of(month) * volume * share);
        arrivals
    }

    /// The next arrival. Arrivals are uniformly distributed over the rest of the hour.
    pub(super) fn next(&mut self, line: &CountyLine, zone: &TimeZone, rng: &mut Pcg64Mcg) -> EventTime {
        while self.left_in_hour == 0 {
            self.enter_next_hour(line, zone, rng);
        }
        let span_ms = self.hour_ends.millis_since(self.at);
        // The minimum of n uniform draws over the span.
        let first_of_all = 1.0 - rng.random::<f64>().powf(1.0 / float(self.left_in_hour));
        self.left_in_hour -= 1;
        self.at = self.at.plus_millis(share_ms(span_ms, first_of_all));
        self.at
    }

    /// Removes one new contact in favour of a transfer or a repeat contact.
    pub(super) fn make_room(&mut self) {
        if self.left_in_month > 0 {
            self.left_in_month -= 1;
        } else if self.left_in_hour > 0 {
            self.left_in_hour -= 1;
        } else {
            self.carried -= 1.0;
        }
    }

    /// The number of contacts still to arrive in the month of a day, including the current one.
    pub(super) fn left_in_month_of(&self, day: Date) -> f64 {
        let still_there = day.first_of_month() == self.month;
        1.0 + if still_there { float(self.left_in_month + self.left_in_hour) } else { 0.0 }
    }

    /// The share of the month of a day that the stream covers: 1, except in the month in which it starts.
    pub(super) fn share_of_month_of(&self, day: Date) -> f64 {
        let (month, share) = self.first_month;
        if day.first_of_month() == month { share } else { 1.0 }
    }

    fn enter_next_hour(&mut self, line: &CountyLine, zone: &TimeZone, rng: &mut Pcg64Mcg) {
        self.at = self.hour_ends;
        if self.next_hour + 1 == self.weights_left.len() {
            self.month = self.month.last_of_month().tomorrow().expect("simulated years have a day after every day");
            self.weights_left = weights_left(line, self.month, zone);
            self.next_hour = 0;
            self.have(line.behaviour.contacts.in_month_of(self.month) * self.volume);
        }
        // The zone is whole hours from UTC, so hours of UTC and of the local clock coincide.
        self.hour_ends = self.at.plus_millis(HOUR_MS - self.at.as_millis().rem_euclid(HOUR_MS));
        let [now_on, after] = [self.weights_left[self.next_hour], self.weights_left[self.next_hour + 1]];
        self.next_hour += 1;
        self.left_in_hour = if now_on > after { binomial(self.left_in_month, 1.0 - after / now_on, rng) } else { 0 };
        self.left_in_month -= self.left_in_hour;
    }

    /// Sets the contacts of a month to a whole number and carries the remainder over to the next month.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number from 0 to 1e9")]
    fn have(&mut self, contacts: f64) {
        let due = contacts + self.carried;
        let whole = due.round().max(0.0);
        self.carried = due - whole;
        self.left_in_month = whole as u64;
    }
}

/// For each hour of a month the total weight of it and all later ones, and a final 0.
fn weights_left(line: &CountyLine, month: Date, zone: &TimeZone) -> Vec<f64> {
    let next_month = month.last_of_month().tomorrow().expect("simulated years have a day after every day");
    let start = midnight(month, zone);
    let hours = whole_hours(midnight(next_month, zone).millis_since(start));
    let mut weights = Vec::with_capacity(hours + 1);
    let (mut day, mut open) = (month, line.hours.of_day(month));
    let mut at = start;
    for _ in 0..hours {
        let now = local(at, zone);
        if now.date() != day {
            day = now.date();
            open = line.hours.of_day(day);
        }
        let minute = u16::from(now.hour().unsigned_abs()) * 60;
        let is_open = open.is_some_and(|(from, to)| (from..to).contains(&minute));
        weights.push(weight(day.weekday(), now.hour(), is_open));
        at = at.plus_millis(HOUR_MS);
    }
    weights.push(0.0);
    for hour in (0..hours).rev() {
        weights[hour] += weights[hour + 1];
    }
    weights
}

fn weight(weekday: Weekday, hour: i8, open: bool) -> f64 {
    let weekday = WEEKDAYS[usize::from(weekday.to_monday_zero_offset().unsigned_abs())];
    let hour = HOURS[usize::from(hour.unsigned_abs())];
    weekday * hour * if open { 1.0 } else { WHILE_CLOSED }
}

fn binomial(n: u64, share: f64, rng: &mut Pcg64Mcg) -> u64 {
    Binomial::new(n, share.clamp(0.0, 1.0)).expect("a share is between 0 and 1").sample(rng)
}

fn whole_hours(ms: i64) -> usize {
    usize::try_from(ms / HOUR_MS).expect("a month has hours, and its start is not after any of them")
}

#[expect(clippy::cast_precision_loss, reason = "numbers of contacts fit 53 bits")]
fn float(n: u64) -> f64 {
    n as f64
}

#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "at most an hour in ms")]
fn share_ms(span_ms: i64, share: f64) -> i64 {
    (span_ms as f64 * share) as i64
}
