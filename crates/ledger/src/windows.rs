//! The edges of the windows: where each window begins and ends.
//!
//! ```text
//!          yesterday              today                      now's second
//! |------------------------|---------------------------------------|
//!                                            |------- 1h ----------|
//!                                                    |--- 15m -----|
//!                 |-- open2h ------  (closed)  --------------------|   two hours of it open
//! ```
//!
//! A window contains the whole seconds after one [`Edge`] up to and including another. The second of `now` is included:
//! a read at 10:15:00.100 includes an event of 10:15:00.900 that has already been received, because a second is the
//! finest resolution. Fifteen minutes are the last 900 seconds, the current one included. Edges only move forward.

use std::ops::Range;

use ensilinja_calendar::{Days, LineHours};
use ensilinja_model::EventTime;

use crate::figure::Window;

/// The open time in the window `open2h`, in ms.
pub(crate) const OPEN_2_HOURS_MS: i64 = 2 * 3600 * 1000;
/// The number of opening days in the window `open5d`.
pub(crate) const OPEN_5_DAYS: usize = 5;
/// The longest window that does not depend on opening hours: two local days, one of them with 25 hours; in ms.
pub(crate) const FIXED_WINDOWS_LONGEST_MS: i64 = (24 + 25) * 3600 * 1000;

/// A boundary between two seconds, named by the second before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Edge {
    Now,
    Minutes15Ago,
    HourAgo,
    Midnight,
    PreviousMidnight,
    Open2HoursAgo,
    Open5DaysAgo,
}

pub(crate) const EDGES: [Edge; 7] = [
    Edge::Now,
    Edge::Minutes15Ago,
    Edge::HourAgo,
    Edge::Midnight,
    Edge::PreviousMidnight,
    Edge::Open2HoursAgo,
    Edge::Open5DaysAgo,
];

/// How far back the log reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct History {
    /// Every event since this instant has been read.
    pub start: EventTime,
    /// Whether the log still begins with its very first record, so that nothing before `start` is missing.
    pub from_first_record: bool,
}

impl Window {
    pub(crate) const fn start(self) -> Edge {
        match self {
            Self::Minutes15 => Edge::Minutes15Ago,
            Self::Hour => Edge::HourAgo,
            Self::Today => Edge::Midnight,
            Self::Yesterday => Edge::PreviousMidnight,
            Self::Open2Hours => Edge::Open2HoursAgo,
            Self::Open5Days => Edge::Open5DaysAgo,
        }
    }

    pub(crate) const fn end(self) -> Edge {
        match self {
            Self::Minutes15 | Self::Hour | Self::Today | Self::Open2Hours | Self::Open5Days => Edge::Now,
            Self::Yesterday => Edge::Midnight,
        }
    }
}

/// The start of a window that depends on opening hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OpenStart {
    /// The window begins at this instant.
    At(EventTime),
    /// The line has not been open long enough for the window. Once it has, the window will begin at this instant or
    /// later, possibly before the present `now`. So postings since this instant must be kept.
    NotBefore(EventTime),
}

impl OpenStart {
    pub const fn earliest(self) -> EventTime {
        match self {
            Self::At(start) | Self::NotBefore(start) => start,
        }
    }
}

/// The starts of `open2h` and `open5d` of a line at the second of `now`.
pub(crate) fn open_starts(now: EventTime, days: &Days, hours: &LineHours) -> [OpenStart; 2] {
    let now = EventTime::from_seconds(now.floor_second());
    let two_hours = hours.before_open_ms(now.plus_millis(1000), OPEN_2_HOURS_MS);
    let five_days = hours.start_of_open_day(now, OPEN_5_DAYS);
    let first_opening = || hours.first_opening().map_or(now, |opening| opening.min(now));
    [
        two_hours.map_or_else(|| OpenStart::NotBefore(first_opening()), OpenStart::At),
        five_days.map_or_else(|| OpenStart::NotBefore(days.start_of_day(first_opening())), OpenStart::At),
    ]
}

/// The edges of all windows of a line at one second.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Edges {
    /// The second before each edge, by [`Edge`].
    seconds: [i64; EDGES.len()],
    open_starts: [OpenStart; 2],
}

impl Edges {
    pub fn at(now_second: i64, days: &Days, hours: &LineHours) -> Self {
        let now = EventTime::from_seconds(now_second);
        let before = |start: EventTime| start.floor_second() - 1;
        let open_starts = open_starts(now, days, hours);
        let seconds = EDGES.map(|edge| match edge {
            Edge::Now => now_second,
            Edge::Minutes15Ago => now_second - 15 * 60,
            Edge::HourAgo => now_second - 3600,
            Edge::Midnight => before(days.start_of_day(now)),
            Edge::PreviousMidnight => before(days.start_of_previous_day(now)),
            Edge::Open2HoursAgo => before(open_starts[0].earliest()),
            Edge::Open5DaysAgo => before(open_starts[1].earliest()),
        });
        Self { seconds, open_starts }
    }

    /// The second before an edge.
    pub const fn second(&self, edge: Edge) -> i64 {
        self.seconds[edge as usize]
    }

    /// The time range of a window; `None` if it has not begun.
    pub fn range(&self, window: Window) -> Option<Range<EventTime>> {
        let after = |edge| EventTime::from_seconds(self.second(edge) + 1);
        self.has_begun(window).then(|| after(window.start())..after(window.end()))
    }

    const fn has_begun(&self, window: Window) -> bool {
        match window.start() {
            Edge::Open2HoursAgo => matches!(self.open_starts[0], OpenStart::At(_)),
            Edge::Open5DaysAgo => matches!(self.open_starts[1], OpenStart::At(_)),
            Edge::Now | Edge::Minutes15Ago | Edge::HourAgo | Edge::Midnight | Edge::PreviousMidnight => true,
        }
    }

    /// Whether the log contains everything that belongs to a window. A leg that arrived before `history.start` may
    /// still have entries for the life of a leg, unless there was nothing before. `false` for a window that has not
    /// begun.
    pub fn reaches_back(&self, window: Window, history: History, life_ms: i64) -> bool {
        let unknown_until = if history.from_first_record { history.start } else { history.start.plus_millis(life_ms) };
        self.has_begun(window) && self.second(window.start()) + 1 >= unknown_until.ceil_second()
    }
}
