//! When one line is open and when its promises end, worked out one day at a time.
//!
//! The calendar of the oracle: every question walks over local days and asks each for its open stretches. Hours may
//! change from a day on; each day has the hours in force on it. A stretch is [from, to), and one that lasts until
//! midnight ends with the day, whatever the next day does.

use ensilinja_model::EventTime;
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::finnish_days::nth_working_day_after;
use crate::local_day::{end_of_day, instant, local, midnight};
use crate::{DueBy, WeeklyHours, Within, WorkingDay};

/// No line is closed for longer than this many days; a walk that would go further has gone astray.
const LONGEST_WALK_DAYS: usize = 400;
const MINUTES_A_DAY: u16 = 24 * 60;

/// The hours of a line on the time line of a zone. Public so that another calendar can be held against it.
#[derive(Clone, Debug)]
pub struct LineCalendar {
    /// From which day on which hours are in force, ascending; the first from the beginning of time.
    hours: Vec<(Date, WeeklyHours)>,
    zone: TimeZone,
}

impl LineCalendar {
    /// The calendar of a line with these hours, and others from certain days on (ascending).
    #[must_use]
    pub fn new(hours: WeeklyHours, later: &[(Date, WeeklyHours)], zone: TimeZone) -> Self {
        let hours = [(Date::MIN, hours)].into_iter().chain(later.iter().cloned()).collect();
        Self { hours, zone }
    }

    /// Its zone.
    #[must_use]
    pub const fn zone(&self) -> &TimeZone {
        &self.zone
    }

    /// The open stretches of a day, ascending.
    #[must_use]
    pub fn stretches(&self, day: Date) -> Vec<(EventTime, EventTime)> {
        let in_force = self.hours.iter().rev().find(|(from, _)| *from <= day);
        let (_, hours) = in_force.expect("the first hours are in force from the beginning of time");
        let spans = hours.spans_of_day(day).into_iter();
        spans
            .map(|(from, to)| (self.minute(day, from), self.minute(day, to)))
            // The clock may jump over a whole span.
            .filter(|(from, to)| from < to)
            .collect()
    }

    /// Whether the line is open on the day at all: it opens on it, or is open at its midnight.
    #[must_use]
    pub fn opens_on(&self, day: Date) -> bool {
        !self.stretches(day).is_empty()
    }

    /// Whether the line is open at an instant.
    #[must_use]
    pub fn is_open(&self, at: EventTime) -> bool {
        self.stretches(self.day_of(at)).iter().any(|(from, to)| (*from..*to).contains(&at))
    }

    /// How long the line is open over [from, to), in ms; 0 if `to` is no later than `from`.
    #[must_use]
    pub fn open_ms(&self, from: EventTime, to: EventTime) -> i64 {
        let last_day = self.day_of(to);
        let days = self.day_of(from).series(1.day()).take_while(|day| *day <= last_day);
        days.flat_map(|day| self.stretches(day))
            .map(|(opens, closes)| closes.min(to).millis_since(opens.max(from)).max(0))
            .sum()
    }

    /// The first instant at which the line has been open for `ms` (more than 0) since `from`.
    ///
    /// # Panics
    /// If it is closed for good.
    #[must_use]
    pub fn after_open_ms(&self, from: EventTime, ms: i64) -> EventTime {
        let mut missing = ms;
        for day in days_from(self.day_of(from)) {
            for (opens, closes) in self.stretches(day) {
                let since = opens.max(from);
                let open = closes.millis_since(since).max(0);
                if open >= missing {
                    return since.plus_millis(missing);
                }
                missing -= open;
            }
        }
        panic!("the line is closed for good, {missing} ms before the end of what was asked for");
    }

    /// The first instant too late for what is promised at `from`.
    ///
    /// # Panics
    /// If the line is closed for good.
    #[must_use]
    pub fn deadline(&self, from: EventTime, within: Within) -> EventTime {
        match within {
            Within::Wall(ms) => from.plus_millis(i64::from(ms) + 1),
            Within::Open(ms) => self.after_open_ms(from, i64::from(ms) + 1),
            Within::SameDay(by) => {
                let today = self.day_of(from);
                let in_time = |day: Date| from < self.closing(day) && from < self.end(day, by);
                let day =
                    if self.opens_on(today) && in_time(today) { today } else { self.nth_open_day_after(today, 1) };
                self.end(day, by)
            }
            Within::WorkingDays(n, WorkingDay::Official, by) => {
                self.end(nth_working_day_after(self.day_of(from), n), by)
            }
            Within::WorkingDays(n, WorkingDay::LineOpen, by) => {
                self.end(self.nth_open_day_after(self.day_of(from), n), by)
            }
        }
    }

    /// The latest second since which, up to the end of `second`, the line has been open for so many seconds.
    #[must_use]
    pub fn open_since(&self, second: i64, open_seconds: i64) -> Option<i64> {
        let end = EventTime::from_seconds(second + 1);
        let mut missing = open_seconds * 1000;
        for day in self.days_back_from(second) {
            for (opens, closes) in self.stretches(day).into_iter().rev() {
                let until = closes.min(end);
                let open = until.millis_since(opens).max(0);
                if open >= missing {
                    return Some(until.plus_millis(-missing).floor_second());
                }
                missing -= open;
            }
        }
        None
    }

    /// The midnight of the `n`th latest day that has opened by the end of `second`.
    #[must_use]
    pub fn start_of_open_day(&self, second: i64, n: usize) -> Option<i64> {
        let has_opened =
            |day: &Date| self.stretches(*day).first().is_some_and(|(opens, _)| opens.floor_second() <= second);
        let day = self.days_back_from(second).filter(has_opened).nth(n.checked_sub(1)?)?;
        Some(midnight(day, &self.zone).floor_second())
    }

    /// When the line last closes on a day: with the day's last second if it is open until midnight.
    fn closing(&self, day: Date) -> EventTime {
        let end_of_day = end_of_day(day, &self.zone);
        self.stretches(day).last().map_or(end_of_day, |(_, closes)| (*closes).min(end_of_day))
    }

    fn end(&self, day: Date, by: DueBy) -> EventTime {
        match by {
            DueBy::EndOfDay => end_of_day(day, &self.zone),
            DueBy::Closing => self.closing(day),
        }
    }

    fn nth_open_day_after(&self, day: Date, n: u16) -> Date {
        let tomorrow = day.tomorrow().expect("the simulated years have a day after every day");
        match n.checked_sub(1) {
            None => day,
            Some(further) => days_from(tomorrow)
                .filter(|day| self.opens_on(*day))
                .nth(usize::from(further))
                .expect("the line is not closed for good"),
        }
    }

    fn day_of(&self, at: EventTime) -> Date {
        local(at, &self.zone).date()
    }

    fn days_back_from(&self, second: i64) -> impl Iterator<Item = Date> {
        self.day_of(EventTime::from_seconds(second)).series(-1.day()).take(LONGEST_WALK_DAYS)
    }

    fn minute(&self, day: Date, minute: u16) -> EventTime {
        if minute == MINUTES_A_DAY {
            return midnight(day.tomorrow().expect("the simulated years have a day after every day"), &self.zone);
        }
        let [hour, minute] = [minute / 60, minute % 60].map(|part| i8::try_from(part).expect("a minute of one day"));
        instant(day.at(hour, minute, 0, 0), &self.zone)
    }
}

fn days_from(day: Date) -> impl Iterator<Item = Date> {
    day.series(1.day()).take(LONGEST_WALK_DAYS)
}
