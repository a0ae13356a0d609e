//! Arithmetic in open time: the open time between two instants, the instant after some open time, and the longest time
//! that this can take.

use std::ops::Range;

use ensilinja_model::EventTime;

use crate::line_hours::LineHours;

impl LineHours {
    /// The open time of the line in `[from, to)`, in ms; 0 if `to` is not after `from`.
    #[must_use]
    pub fn open_ms_between(&self, from: EventTime, to: EventTime) -> i64 {
        self.clock(to).saturating_sub(self.clock(from)).max(0)
    }

    /// When the line is open in `[from, to)`: ranges in order, cut at `from` and `to`.
    #[must_use]
    pub fn open_ranges(&self, from: EventTime, to: EventTime) -> Vec<Range<EventTime>> {
        let mut ranges = Vec::new();
        let mut at = from;
        while at < to {
            let next = self.next_change(at).map_or(to, |change| change.min(to));
            if self.is_open(at) {
                ranges.push(at..next);
            }
            at = next;
        }
        ranges
    }

    /// The earliest instant `t` at which the line has been open for `ms` since `from`:
    /// [`open_ms_between(from, t)`](LineHours::open_ms_between) is at least `ms`. For `ms` of 0 or less it is `from`.
    ///
    /// If the line closes for good before that, it is the end of the range, or `from` if that is later.
    #[must_use]
    pub fn after_open_ms(&self, from: EventTime, ms: i64) -> EventTime {
        if ms <= 0 {
            return from;
        }
        let found = self.days().changes().first_reading(self.clock(from).saturating_add(ms));
        found.unwrap_or_else(|| self.known_until().max(from))
    }

    /// The latest instant `t` since which the line has been open for `ms` up to `to`:
    /// [`open_ms_between(t, to)`](LineHours::open_ms_between) is at least `ms`. For `ms` of 0 or less it is `to`.
    ///
    /// `None` if it is before the range.
    #[must_use]
    pub fn before_open_ms(&self, to: EventTime, ms: i64) -> Option<EventTime> {
        let found =
            if ms <= 0 { Some(to) } else { self.days().changes().last_reading(self.clock(to).saturating_sub(ms)) };
        found.filter(|since| *since >= self.days().known_from())
    }

    /// The local midnight of the `nth` most recent day (1 is the latest) on which the line opened at or before `now`. A
    /// day opens at its first opening, or at its midnight if the line is open then.
    ///
    /// `None` if there are fewer such days in the range, or `nth` is 0.
    #[must_use]
    pub fn start_of_open_day(&self, now: EventTime, nth: usize) -> Option<EventTime> {
        self.days().start_of_open_day(now, nth)
    }

    /// The maximum distance in ms between the result of [`LineHours::before_open_ms`] and its argument, over the whole
    /// range; 0 if the range never has that much open time. It reads the whole list, so call it once at start-up.
    #[must_use]
    pub fn longest_open_ms(&self, ms: i64) -> i64 {
        // The distance grows while the line is closed, so it is longest just before an opening. While the line is open
        // it stays the same or shrinks, so the first distance within the range may be the longest.
        let first = self.after_open_ms(self.days().known_from(), ms);
        let ends = self.days().changes().instants().iter().copied().chain([first, self.known_until()]);
        self.longest(ends, |to| self.before_open_ms(to, ms))
    }

    /// The maximum distance in ms between the result of [`LineHours::start_of_open_day`] and its argument, over the
    /// whole range; 0 if the range never has that many days. It reads the whole list, so call it once at start-up.
    #[must_use]
    pub fn longest_open_days_ms(&self, nth: usize) -> i64 {
        // The distance grows until the next day opens.
        let openings = self.days().openings().map(|opening| opening.plus_millis(-1));
        self.longest(openings.chain([self.known_until().plus_millis(-1)]), |now| self.start_of_open_day(now, nth))
    }

    /// The longest distance from a start to its end, over `ends`.
    fn longest(&self, ends: impl Iterator<Item = EventTime>, start: impl Fn(EventTime) -> Option<EventTime>) -> i64 {
        let inside = ends.filter(|end| *end <= self.known_until());
        inside.filter_map(|end| Some(end.millis_since(start(end)?))).max().unwrap_or(0)
    }

    fn clock(&self, at: EventTime) -> i64 {
        self.days().changes().clock(at, self.days().passed(at))
    }
}
