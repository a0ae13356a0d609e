//! The local days of one line: on which of them it opens, when first, and when it closes last.
//!
//! A line *opens* on a day if it is open at that day's midnight or opens later in it. Outside the range that is listed, a
//! line that is open at the near end of the range opens on every day, and one that is closed there on none.

use std::ops::Range;
use std::sync::Arc;

use ensilinja_model::EventTime;

use crate::changes::Changes;
use crate::counted_days::CountedDays;
use crate::days::Days;
use crate::midnights::Midnights;

/// The days of a line. Every `day` is a number in the table of midnights.
pub(crate) struct LineDays {
    midnights: Midnights,
    working: Arc<CountedDays>,
    /// The days that are listed.
    listed: Range<usize>,
    /// How many changes lie before each listed day, and before the end of the last one.
    changes_before: Box<[u32]>,
    /// Of the listed days, those on which the line opens.
    open: CountedDays,
    open_at_start: bool,
    open_at_end: bool,
}

impl LineDays {
    /// The days from `first` on; `changes_before` counts the changes before each, and before the end of the last one.
    pub(crate) fn new(days: &Days, first: usize, changes_before: Vec<u32>, changes: &Changes) -> Self {
        let mut line = Self {
            midnights: days.midnights().clone(),
            working: Arc::clone(days.working()),
            listed: first..first + changes_before.len() - 1,
            changes_before: changes_before.into(),
            open: CountedDays::from_iter([]),
            open_at_start: changes.is_open_after(0),
            open_at_end: changes.is_open_after(changes.instants().len()),
        };
        line.open = line.listed.clone().map(|day| line.opening(day, changes).is_some()).collect();
        line
    }

    /// The first instant of the first listed day.
    pub(crate) fn known_from(&self) -> EventTime {
        self.midnights.start(self.listed.start)
    }

    /// The first instant after the last listed day.
    pub(crate) fn known_until(&self) -> EventTime {
        self.midnights.start(self.listed.end)
    }

    /// The days that are listed.
    pub(crate) fn listed(&self) -> Range<usize> {
        self.listed.clone()
    }

    pub(crate) fn midnights(&self) -> &Midnights {
        &self.midnights
    }

    /// How many changes lie at or before `at`.
    pub(crate) fn passed(&self, at: EventTime, changes: &Changes) -> usize {
        let Range { start, end } = self.changes_of(self.midnights.day_of(at));
        start + changes.instants()[start..end].iter().take_while(|change| **change <= at).count()
    }

    /// When the line opens on `day`: at midnight if it is open then.
    pub(crate) fn opening(&self, day: usize, changes: &Changes) -> Option<EventTime> {
        let Range { mut start, end } = self.changes_of(day);
        let midnight = self.midnights.start(day);
        if start < end && changes.instants()[start] == midnight {
            start += 1;
        }
        if changes.is_open_after(start) { Some(midnight) } else { changes.instants()[start..end].first().copied() }
    }

    /// When the line closes on `day` for the last time: at 23:59:59 if it is open up to midnight, or does not open.
    pub(crate) fn closing(&self, day: usize, changes: &Changes) -> EventTime {
        let Range { start, end } = self.changes_of(day);
        let open_up_to_midnight = changes.is_open_after(end);
        let end_of_day = self.midnights.end(day);
        if open_up_to_midnight || start == end { end_of_day } else { changes.instants()[end - 1].min(end_of_day) }
    }

    /// The `n`-th day after `day` on which the line opens; with 0 it is `day` itself.
    pub(crate) fn open_day_after(&self, day: usize, n: u32) -> Option<usize> {
        if n == 0 {
            return Some(day);
        }
        let position = self.open_days_before(day + 1) + i64::from(n) - 1;
        let listed = signed(self.open.len());
        let found = match usize::try_from(position) {
            Err(_) => signed(self.listed.start) + position,
            Ok(listed_position) => match self.open.get(listed_position) {
                Some(found) => signed(self.listed.start + found),
                None if self.open_at_end => signed(self.listed.end) + position - listed,
                None => return None,
            },
        };
        usize::try_from(found).ok().map(|found| found.min(self.midnights.last_day()))
    }

    /// The `n`-th official working day after `day`; with 0 it is `day` itself.
    pub(crate) fn working_day_after(&self, day: usize, n: u32) -> usize {
        self.working.nth_after(day, n).unwrap_or(self.midnights.last_day())
    }

    /// The midnight of the `nth` latest day that has opened at or before `now`.
    pub(crate) fn start_of_open_day(&self, now: EventTime, nth: usize, changes: &Changes) -> Option<EventTime> {
        let today = self.midnights.day_of(now);
        let opened = self.opening(today, changes).is_some_and(|opening| opening <= now);
        let days = self.open_days_before(today) + i64::from(opened);
        let position = usize::try_from(days - signed(nth)).ok()?;
        let day = match self.open.get(position) {
            Some(listed) => self.listed.start + listed,
            None if nth > 0 => self.listed.end + (position - self.open.len()),
            None => return None,
        };
        Some(self.midnights.start(day))
    }

    /// When the line opens, on each listed day on which it does.
    pub(crate) fn openings<'a>(&'a self, changes: &'a Changes) -> impl Iterator<Item = EventTime> + 'a {
        self.open.iter().filter_map(|day| self.opening(self.listed.start + day, changes))
    }

    /// How many days before `day` the line opens on, counted from the first listed day; negative before it.
    fn open_days_before(&self, day: usize) -> i64 {
        let inside = day.clamp(self.listed.start, self.listed.end);
        let listed = signed(self.open.before(inside - self.listed.start));
        let outside = signed(day) - signed(inside);
        let opens_outside = if outside < 0 { self.open_at_start } else { self.open_at_end };
        listed + if opens_outside { outside } else { 0 }
    }

    /// The positions of the changes on `day`; of none, but in its place, if it is not listed.
    fn changes_of(&self, day: usize) -> Range<usize> {
        let position = |day: usize| {
            let inside = day.clamp(self.listed.start, self.listed.end);
            self.changes_before[inside - self.listed.start] as usize
        };
        position(day)..position(day + 1)
    }
}

fn signed(days: usize) -> i64 {
    i64::try_from(days).expect("131 years have 47 847 days")
}
