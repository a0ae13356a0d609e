//! Arithmetic in open time, and the stretches it takes: how long a line was open between two instants, and the other
//! way round.

use ensilinja_model::EventTime;

use crate::line_hours::LineHours;

impl LineHours {
    /// How long the line is open in `[from, to)`, in ms; 0 if `to` is not after `from`.
    #[must_use]
    pub fn open_ms_between(&self, from: EventTime, to: EventTime) -> i64 {
        self.clock(to).saturating_sub(self.clock(from)).max(0)
    }

    /// The earliest instant at which the line has been open for `ms` since `from`: the first `t` for which
    /// [`open_ms_between(from, t)`](LineHours::open_ms_between) is at least `ms`. With `ms` of 0 or less it is `from`.
    ///
    /// If the line closes for good before, it is the end of the range, or `from` if that is later.
    #[must_use]
    pub fn after_open_ms(&self, from: EventTime, ms: i64) -> EventTime {
        if ms <= 0 {
            return from;
        }
        let found = self.days().changes().first_showing(self.clock(from).saturating_add(ms));
        found.unwrap_or_else(|| self.known_until().max(from))
    }

    /// The latest instant since which the line has been open for `ms` before `to`: the last `t` for which
    /// [`open_ms_between(t, to)`](LineHours::open_ms_between) is at least `ms`. With `ms` of 0 or less it is `to`.
    ///
    /// `None` if it lies before the range.
    #[must_use]
    pub fn before_open_ms(&self, to: EventTime, ms: i64) -> Option<EventTime> {
        let found =
            if ms <= 0 { Some(to) } else { self.days().changes().last_showing(self.clock(to).saturating_sub(ms)) };
        found.filter(|since| *since >= self.days().known_from())
    }

    /// The local midnight of the `nth` latest day (1 is the latest) on which the line has opened at or before `now`. A
    /// day opens with its first opening, or at its midnight if the line is open then.
    ///
    /// `None` if there are fewer such days in the range, or `nth` is 0.
    #[must_use]
    pub fn start_of_open_day(&self, now: EventTime, nth: usize) -> Option<EventTime> {
        self.days().start_of_open_day(now, nth)
    }

    /// The most milliseconds that [`LineHours::before_open_ms`] can lie before its instant, anywhere in the range; 0 if
    /// the range never holds that much open time. Reads the whole list, so it is a question for the start of a program.
    #[must_use]
    pub fn longest_open_ms(&self, ms: i64) -> i64 {
        // While the line is closed the stretch grows, so it is longest just before an opening. While the line is open
        // it keeps its length or becomes shorter: then the first stretch that the range can tell may be the longest.
        let first = self.after_open_ms(self.days().known_from(), ms);
        let ends = self.days().changes().instants().iter().copied().chain([first, self.known_until()]);
        self.longest(ends, |to| self.before_open_ms(to, ms))
    }

    /// The most milliseconds that [`LineHours::start_of_open_day`] can lie before its instant, anywhere in the range; 0
    /// if the range never holds so many days. Reads the whole list.
    #[must_use]
    pub fn longest_open_days_ms(&self, nth: usize) -> i64 {
        // The stretch grows until another day opens.
        let openings = self.days().openings().map(|opening| opening.plus_millis(-1));
        self.longest(openings.chain([self.known_until().plus_millis(-1)]), |now| self.start_of_open_day(now, nth))
    }

    /// The longest stretch from its start to one of `ends`.
    fn longest(&self, ends: impl Iterator<Item = EventTime>, start: impl Fn(EventTime) -> Option<EventTime>) -> i64 {
        let inside = ends.filter(|end| *end <= self.known_until());
        inside.filter_map(|end| Some(end.millis_since(start(end)?))).max().unwrap_or(0)
    }

    fn clock(&self, at: EventTime) -> i64 {
        self.days().changes().clock(at, self.days().passed(at))
    }
}
