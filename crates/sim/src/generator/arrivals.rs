//! When contacts arrive: as many in each month as the county counted, spread over it as the week goes.
//!
//! At the start of every hour the hour's contacts are drawn from those that the month still has, by the hour's share of
//! the weight that is left; so a month has exactly its number, and a stream that starts in the middle of one takes
//! what is left of it. A contact that another line sends here, or that comes again, is one of the month's: it takes the
//! place of a new one ([`Arrivals::make_room`]).
//!
//! The shape of the week is an assumption throughout, made of what is known of contact centres: mornings and Mondays
//! are heaviest. What is published is the number of contacts in a month.

use ensilinja_model::EventTime;
use jiff::civil::{Date, Weekday};
use jiff::tz::TimeZone;
use rand::RngExt;
use rand_distr::{Binomial, Distribution};
use rand_pcg::Pcg64Mcg;

use crate::CountyLine;
use crate::local_day::{local, midnight};

const HOUR_MS: i64 = 3_600_000;

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
    volume: f64,
    /// Where the stream has come to.
    at: EventTime,
    hour_ends: EventTime,
    left_in_hour: u64,
    /// The first day of the month that the stream is in.
    month: Date,
    /// Contacts that the month still has after this hour.
    left_in_month: u64,
    /// What the month's whole number fell short of its contacts, or (below 0) had too many.
    carried: f64,
    /// The weight of each of the month's hours and all after it.
    weights_left: Vec<f64>,
    /// The next of them.
    next_hour: usize,
    /// The first month, and the share of it that the stream has.
    first_month: (Date, f64),
}

impl Arrivals {
    pub(super) fn new(line: &CountyLine, volume: f64, start: EventTime, zone: &TimeZone) -> Self {
        let month = local(start, zone).date().first_of_month();
        let mut weights_left = weights_left(line, month, zone);
        let whole = weights_left[0];
        let gone_ms = start.millis_since(midnight(month, zone));
        let hour = whole_hours(gone_ms);
        // Of the hour in which it starts the stream has the rest.
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

    /// The next arrival. Those of an hour are spread evenly at random over what is left of it.
    pub(super) fn next(&mut self, line: &CountyLine, zone: &TimeZone, rng: &mut Pcg64Mcg) -> EventTime {
        while self.left_in_hour == 0 {
            self.enter_next_hour(line, zone, rng);
        }
        let span_ms = self.hour_ends.millis_since(self.at);
        // The first of n: the least of so many that are even over the span.
        let first_of_all = 1.0 - rng.random::<f64>().powf(1.0 / float(self.left_in_hour));
        self.left_in_hour -= 1;
        self.at = self.at.plus_millis(share_ms(span_ms, first_of_all));
        self.at
    }

    /// Someone who is not new arrives, and one of those who would have been stays away.
    pub(super) fn make_room(&mut self) {
        if self.left_in_month > 0 {
            self.left_in_month -= 1;
        } else if self.left_in_hour > 0 {
            self.left_in_hour -= 1;
        } else {
            self.carried -= 1.0;
        }
    }

    /// How many are still to come in the month of a day, the one who has just come among them.
    pub(super) fn left_in_month_of(&self, day: Date) -> f64 {
        let still_there = day.first_of_month() == self.month;
        1.0 + if still_there { float(self.left_in_month + self.left_in_hour) } else { 0.0 }
    }

    /// The share of the month of a day that the stream has: all of it, but for the month in which it starts.
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
        // Zones are whole hours from UTC here, so an hour of UTC is an hour of the local clock.
        self.hour_ends = self.at.plus_millis(HOUR_MS - self.at.as_millis().rem_euclid(HOUR_MS));
        let [now_on, after] = [self.weights_left[self.next_hour], self.weights_left[self.next_hour + 1]];
        self.next_hour += 1;
        self.left_in_hour = if now_on > after { binomial(self.left_in_month, 1.0 - after / now_on, rng) } else { 0 };
        self.left_in_month -= self.left_in_hour;
    }

    /// Takes on a month's contacts; what a whole number cannot say is left for the next.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number from 0 to 1e9")]
    fn have(&mut self, contacts: f64) {
        let due = contacts + self.carried;
        let whole = due.round().max(0.0);
        self.carried = due - whole;
        self.left_in_month = whole as u64;
    }
}

/// For each hour of a month the weight of it and of all after it; at the end 0.
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
