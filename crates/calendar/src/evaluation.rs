//! Opening hours on the time line, worked out date by date: slow, exact, and right for any instant.
//!
//! A *change* is an instant at which a line opens or closes. Changes come in order and alternate; the line is open from
//! an opening (which counts) to a closing (which does not). Hours that meet, at midnight or within a day, change
//! nothing.

use ensilinja_model::EventTime;
use jiff::civil::Date;

use crate::hours::OpeningHours;
use crate::zone::{FIRST_DATE, LAST_DATE, Zone};

/// The opening hours of one line on the wall clock of one zone.
#[derive(Clone, Debug)]
pub(crate) struct Evaluation {
    pub(crate) hours: OpeningHours,
    pub(crate) zone: Zone,
}

/// The changes in a stretch of whole dates.
#[derive(Debug)]
pub(crate) struct Changes {
    /// Whether the line was open just before the first of them.
    pub(crate) open_before: bool,
    /// When it opened or closed, strictly ascending.
    pub(crate) instants: Vec<EventTime>,
}

impl Changes {
    /// Whether the line is open once all changes at or before `at` have happened.
    pub(crate) fn is_open(&self, at: EventTime) -> bool {
        self.open_before ^ (self.passed(at) % 2 == 1)
    }

    /// The latest change at or before `at`.
    pub(crate) fn latest(&self, at: EventTime) -> Option<EventTime> {
        self.passed(at).checked_sub(1).map(|position| self.instants[position])
    }

    /// The earliest change after `at`.
    pub(crate) fn next(&self, at: EventTime) -> Option<EventTime> {
        self.instants.get(self.passed(at)).copied()
    }

    fn passed(&self, at: EventTime) -> usize {
        self.instants.partition_point(|change| *change <= at)
    }

    /// Turns the line over at `at`; twice at the same instant is nothing.
    fn toggle(&mut self, at: EventTime) {
        if self.instants.last() == Some(&at) {
            self.instants.pop();
        } else {
            self.instants.push(at);
        }
    }
}

impl Evaluation {
    /// The changes on the dates from `first` to `last`, both included.
    pub(crate) fn changes(&self, first: Date, last: Date) -> Changes {
        let eve = first.yesterday().expect("the calendar begins long after the year -9999");
        let open_before = self.hours.open_minutes(eve).any(|(_, to)| to == MIDNIGHT);
        let mut changes = Changes { open_before, instants: Vec::new() };
        let mut open = open_before;
        for date in first.series(jiff::Span::new().days(1)).take_while(|date| *date <= last) {
            if open {
                // Closed at midnight, unless a span of this date opens it at the same instant.
                changes.toggle(self.zone.midnight(date));
            }
            open = false;
            for (from, to) in self.hours.open_minutes(date) {
                changes.toggle(self.zone.instant(date, from));
                open = to == MIDNIGHT;
                if !open {
                    changes.toggle(self.zone.instant(date, to));
                }
            }
        }
        changes
    }

    /// The latest change on a date before `date`, if the calendar has one.
    pub(crate) fn latest_before(&self, date: Date) -> Option<EventTime> {
        let mut earlier = date;
        while earlier > FIRST_DATE {
            earlier = earlier.yesterday().expect("no date of the calendar is the first there is");
            if let Some(change) = self.changes(earlier, earlier).instants.pop() {
                return Some(change);
            }
        }
        None
    }

    /// The earliest change on a date after `date`, if the calendar has one.
    pub(crate) fn earliest_after(&self, date: Date) -> Option<EventTime> {
        let mut later = date;
        while later < LAST_DATE {
            later = later.tomorrow().expect("no date of the calendar is the last there is");
            if let Some(change) = self.changes(later, later).instants.first() {
                return Some(*change);
            }
        }
        None
    }

    pub(crate) fn is_open(&self, at: EventTime) -> bool {
        self.changes_around(at).1.is_open(at)
    }

    pub(crate) fn last_change(&self, at: EventTime) -> Option<EventTime> {
        let (date, changes) = self.changes_around(at);
        changes.latest(at).or_else(|| self.latest_before(date))
    }

    pub(crate) fn next_change(&self, at: EventTime) -> Option<EventTime> {
        let (date, changes) = self.changes_around(at);
        changes.next(at).or_else(|| self.earliest_after(date))
    }

    fn changes_around(&self, at: EventTime) -> (Date, Changes) {
        let date = self.zone.date_at(at);
        (date, self.changes(date, date))
    }
}

/// The minute at which a date ends.
const MIDNIGHT: u16 = 24 * 60;
