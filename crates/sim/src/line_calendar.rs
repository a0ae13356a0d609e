//! Opening times and deadlines of one line, computed one day at a time.
//!
//! This is the calendar of the oracle. Every function walks over local days and looks at the open stretches of each.
//! Opening hours may change; each day has the hours in force on it. A stretch is [from, to). A stretch until midnight
//! ends with the day, even if the next day continues it.

use ensilinja_model::EventTime;
use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::finnish_days::nth_working_day_after;
use crate::local_day::{end_of_day, instant, local, midnight};
use crate::{DueBy, WeeklyHours, Within, WorkingDay};

/// No line is closed for longer than this many days. It limits every walk.
const LONGEST_WALK_DAYS: usize = 400;
const MINUTES_A_DAY: u16 = 24 * 60;

/// The opening hours of a line in a time zone. It is public, so that another calendar can be tested against it.
#[derive(Clone, Debug)]
pub struct LineCalendar {
    /// Opening hours with their first day, ascending. The first hours are in force from the beginning of time.
    hours: Vec<(Date, WeeklyHours)>,
    zone: TimeZone,
}

impl LineCalendar {
    /// The calendar of a line with these hours, and `later` hours from given days on, ascending.
    #[must_use]
    pub fn new(hours: WeeklyHours, later: &[(Date, WeeklyHours)], zone: TimeZone) -> Self {
        let hours = [(Date::MIN, hours)].into_iter().chain(later.iter().cloned()).collect();
        Self { hours, zone }
    }

    /// The time zone.
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
            // A change of the clocks may skip a whole span.
            .filter(|(from, to)| from < to)
            .collect()
    }

    /// Whether the line is open at any time of the day.
    #[must_use]
    pub fn opens_on(&self, day: Date) -> bool {
        !self.stretches(day).is_empty()
    }

    /// Whether the line is open at an instant.
    #[must_use]
    pub fn is_open(&self, at: EventTime) -> bool {
        self.stretches(self.day_of(at)).iter().any(|(from, to)| (*from..*to).contains(&at))
    }

    /// The open time over [from, to), in ms; 0 if `to` is not after `from`.
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
    /// If the line does not open again.
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
        panic!("the line does not open again; {missing} ms of open time are missing");
    }

    /// The deadline of a promise from `from` on: the first instant that is too late.
    ///
    /// # Panics
    /// If the line does not open again.
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

    /// The latest second from which on, up to the end of `second`, the line was open for `open_seconds`.
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

    /// The midnight of the `n`th latest day on which the line has opened by the end of `second`.
    #[must_use]
    pub fn start_of_open_day(&self, second: i64, n: usize) -> Option<i64> {
        let has_opened =
            |day: &Date| self.stretches(*day).first().is_some_and(|(opens, _)| opens.floor_second() <= second);
        let day = self.days_back_from(second).filter(has_opened).nth(n.checked_sub(1)?)?;
        Some(midnight(day, &self.zone).floor_second())
    }

    /// The last closing on a day; the last second of the day if the line is open until midnight.
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
                .expect("the line opens again"),
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
