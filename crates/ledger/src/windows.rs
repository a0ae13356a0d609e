//! Where the windows begin and end.
//!
//! ```text
//!          yesterday              today                      now's second
//! |------------------------|---------------------------------------|
//!                                            |------- 1h ----------|
//!                                                    |--- 15m -----|
//! ```
//!
//! A window holds the whole seconds after one [`Edge`] up to and including another. The second of `now` is in: an event
//! that happened at 10:15:00.900 is in a read at 10:15:00.100, if it has been heard of, for the second is the finest
//! that is shown. Fifteen minutes are the last 900 seconds, that one included. All edges only ever move forward.

use ensilinja_calendar::Days;
use ensilinja_model::EventTime;

use crate::figure::Window;

/// A point between two seconds, named by the second before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Edge {
    Now,
    Minutes15Ago,
    HourAgo,
    Midnight,
    PreviousMidnight,
}

pub(crate) const EDGES: [Edge; 5] =
    [Edge::Now, Edge::Minutes15Ago, Edge::HourAgo, Edge::Midnight, Edge::PreviousMidnight];

/// How far back the log reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct History {
    /// Every event since this instant has been read.
    pub start: EventTime,
    /// Whether the log still begins with its first record ever, so that there is nothing before `start` to miss.
    pub from_first_record: bool,
}

impl Window {
    /// The longest of them: two local days with a 25-hour day among them, in ms.
    pub(crate) const LONGEST_MS: i64 = (24 + 25) * 3600 * 1000;

    pub(crate) const fn start(self) -> Edge {
        match self {
            Self::Minutes15 => Edge::Minutes15Ago,
            Self::Hour => Edge::HourAgo,
            Self::Today => Edge::Midnight,
            Self::Yesterday => Edge::PreviousMidnight,
        }
    }

    pub(crate) const fn end(self) -> Edge {
        match self {
            Self::Minutes15 | Self::Hour | Self::Today => Edge::Now,
            Self::Yesterday => Edge::Midnight,
        }
    }
}

/// The edges of all windows at one second.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Edges {
    /// The last second before each edge, by [`Edge`].
    seconds: [i64; EDGES.len()],
    pub day_start: EventTime,
}

impl Edges {
    pub fn at(now_second: i64, days: &Days) -> Self {
        let now = EventTime::from_seconds(now_second);
        let day_start = days.start_of_day(now);
        let before = |midnight: EventTime| midnight.floor_second() - 1;
        let seconds = EDGES.map(|edge| match edge {
            Edge::Now => now_second,
            Edge::Minutes15Ago => now_second - 15 * 60,
            Edge::HourAgo => now_second - 3600,
            Edge::Midnight => before(day_start),
            Edge::PreviousMidnight => before(days.start_of_previous_day(now)),
        });
        Self { seconds, day_start }
    }

    pub const fn second(&self, edge: Edge) -> i64 {
        self.seconds[edge as usize]
    }

    /// Whether everything that can be in a window is in the log: what happened before `history.start` may still post
    /// for as long as a leg lives, unless nothing did.
    pub fn reaches_back(&self, window: Window, history: History, life_ms: i64) -> bool {
        let unknown_until = if history.from_first_record { history.start } else { history.start.plus_millis(life_ms) };
        self.second(window.start()) + 1 >= unknown_until.ceil_second()
    }
}
