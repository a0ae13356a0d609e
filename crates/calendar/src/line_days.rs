//! The local days of one line: on which days it opens, its first opening and its last closing of a day.
//!
//! A line *opens* on a day if it is open at that day's midnight or opens later that day. Outside the listed range, a
//! line that is open at the nearer end of the range opens on every day, and a line that is closed there on none.

use std::ops::Range;
use std::sync::Arc;

use ensilinja_model::EventTime;

use crate::changes::Changes;
use crate::counted_days::CountedDays;
use crate::days::Days;
use crate::hours::OpeningHours;
use crate::layout::HoursLayout;
use crate::midnights::Midnights;

/// The days of a line. Each `day` is an index into the table of midnights.
pub(crate) struct LineDays {
    midnights: Midnights,
    working: Arc<CountedDays>,
    /// The listed days.
    listed: Range<usize>,
    changes: Changes,
    /// The number of changes before each listed day, and before the end of the last one.
    changes_before: Box<[u32]>,
    /// The listed days on which the line opens.
    open: CountedDays,
}

impl LineDays {
    /// The days from `first` to `last`, both included.
    pub(crate) fn new(hours: &OpeningHours, days: &Days, first: usize, last: usize) -> Self {
        let midnights = days.midnights().clone();
        let layout = HoursLayout::new(hours, days.zone(), &midnights, first, last);
        let mut line = Self {
            listed: first..last + 1,
            changes: Changes::new(midnights.start(first), layout.open_at_start, layout.instants),
            changes_before: layout.before_day.into(),
            open: CountedDays::from_iter([]),
            working: Arc::clone(days.working()),
            midnights,
        };
        line.open = line.listed().map(|day| line.opening(day).is_some()).collect();
        line
    }

    pub(crate) fn midnights(&self) -> &Midnights {
        &self.midnights
    }

    pub(crate) fn changes(&self) -> &Changes {
        &self.changes
    }

    /// The listed days.
    pub(crate) fn listed(&self) -> Range<usize> {
        self.listed.clone()
    }

    /// The first instant of the first listed day.
    pub(crate) fn known_from(&self) -> EventTime {
        self.midnights.start(self.listed.start)
    }

    /// The first instant after the last listed day.
    pub(crate) fn known_until(&self) -> EventTime {
        self.midnights.start(self.listed.end)
    }

    /// The number of changes at or before `at`.
    pub(crate) fn passed(&self, at: EventTime) -> usize {
        let today = self.changes_of(self.midnights.day_of(at));
        let later = self.changes.instants()[today.clone()].iter().skip_while(|change| **change <= at);
        today.end - later.count()
    }

    /// The first opening on `day`: midnight if the line is open then.
    pub(crate) fn opening(&self, day: usize) -> Option<EventTime> {
        let midnight = self.midnights.start(day);
        let Range { start, end } = self.changes_of(day);
        let changes = &self.changes.instants()[start..end];
        let at_midnight = usize::from(changes.first() == Some(&midnight));
        if self.changes.is_open_after(start + at_midnight) { Some(midnight) } else { changes.get(at_midnight).copied() }
    }

    /// The last closing on `day`; 23:59:59 if the line is open up to midnight, or does not open.
    pub(crate) fn closing(&self, day: usize) -> EventTime {
        let end_of_day = self.midnights.end(day);
        let end = self.changes_of(day).end;
        if self.changes.is_open_after(end) || self.opening(day).is_none() {
            end_of_day
        } else {
            self.changes.instants()[end - 1]
        }
    }

    /// The `n`-th official working day after `day`. With 0 it is `day` itself.
    pub(crate) fn working_day_after(&self, day: usize, n: u32) -> usize {
        self.working.nth_after(day, n).unwrap_or(self.midnights.last_day())
    }

    /// The `n`-th day after `day` on which the line opens. With 0 it is `day` itself.
    pub(crate) fn open_day_after(&self, day: usize, n: u32) -> Option<usize> {
        let Some(further) = n.checked_sub(1) else { return Some(day) };
        let found = self.open_day(self.open_days_before(day + 1) + i64::from(further));
        found.map(|found| found.min(self.midnights.last_day()))
    }

    /// The midnight of the `nth` most recent day that opened at or before `now`, if that day is listed or later.
    pub(crate) fn start_of_open_day(&self, now: EventTime, nth: usize) -> Option<EventTime> {
        let today = self.midnights.day_of(now);
        let opened_today = nth > 0 && self.opening(today).is_some_and(|opening| opening <= now);
        let position = self.open_days_before(today) + i64::from(opened_today) - i64::try_from(nth).ok()?;
        let day = if nth > 0 && position >= 0 { self.open_day(position) } else { None };
        day.map(|day| self.midnights.start(day))
    }

    /// The first opening of each listed day on which the line opens.
    pub(crate) fn openings(&self) -> impl Iterator<Item = EventTime> {
        self.listed().filter_map(|day| self.opening(day))
    }

    /// The number of days on which the line opens, from the first listed day up to `day`; negative before the first.
    fn open_days_before(&self, day: usize) -> i64 {
        let inside = day.clamp(self.listed.start, self.listed.end);
        let outside = signed(day) - signed(inside);
        let changes = if outside < 0 { 0 } else { self.changes.instants().len() };
        let open_outside = if self.changes.is_open_after(changes) { outside } else { 0 };
        signed(self.open.before(inside - self.listed.start)) + open_outside
    }

    /// The day on which the line opens with `position` such days before it, if there is one.
    fn open_day(&self, position: i64) -> Option<usize> {
        let changes = self.changes.instants().len();
        let Ok(listed) = usize::try_from(position) else {
            return usize::try_from(signed(self.listed.start) + position).ok();
        };
        let outside = || self.changes.is_open_after(changes).then(|| self.listed.end + listed - self.open.len());
        self.open.get(listed).map(|day| self.listed.start + day).or_else(outside)
    }

    /// The indices of the changes on `day`; an empty range at the nearest end if the day is not listed.
    fn changes_of(&self, day: usize) -> Range<usize> {
        let before = |day: usize| {
            let inside = day.clamp(self.listed.start, self.listed.end);
            self.changes_before[inside - self.listed.start] as usize
        };
        before(day)..before(day + 1)
    }
}

fn signed(days: usize) -> i64 {
    i64::try_from(days).expect("131 years have 47 847 days")
}
