//! The rules of the lines: what the ledger needs to know to judge a leg.

use std::sync::Arc;

use ensilinja_calendar::{Days, LineHours};
use ensilinja_model::{Channel, EventTime};

use crate::figure::Window;

/// Bounds of the exact counts of callback waits: 5, 15 and 30 minutes, 1, 2, 4, 8 and 16 hours, 1, 2, 3 and 5 days; in
/// ms.
pub const CALLBACK_WAIT_BOUNDS_MS: [u32; 12] = {
    const MINUTE: u32 = 60_000;
    const HOUR: u32 = 60 * MINUTE;
    const DAY: u32 = 24 * HOUR;
    [
        5 * MINUTE,
        15 * MINUTE,
        30 * MINUTE,
        HOUR,
        2 * HOUR,
        4 * HOUR,
        8 * HOUR,
        16 * HOUR,
        DAY,
        2 * DAY,
        3 * DAY,
        5 * DAY,
    ]
};

/// Bounds of the exact counts of answer waits where no rule asks for more, in ms.
pub const ANSWER_WAIT_BOUNDS_MS: [u32; 12] =
    [5_000, 10_000, 20_000, 30_000, 60_000, 120_000, 180_000, 300_000, 600_000, 900_000, 1_800_000, 3_600_000];

/// How far a source's clock may run ahead of the record that carries the event, in ms.
const CLOCK_SKEW_MS: i64 = 5 * 60 * 1000;

/// The rules of one line.
#[derive(Clone, Debug)]
pub struct LineRules {
    /// How its customers reach it.
    pub channel: Channel,
    /// Its opening hours.
    pub hours: LineHours,
    /// An abandon sooner than this is *short*: shown apart, and no verdict on the service. In ms.
    pub short_abandon_ms: u32,
    /// A wait up to and including this is *within the threshold* of the service level. In ms.
    pub threshold_ms: u32,
    /// A leg that nobody has said anything decisive of for this long stops waiting. In ms.
    pub orphan_after_ms: u32,
    /// A callback still outstanding at the end of this many working days after the day it was asked for is given up.
    pub give_up_working_days: u16,
}

/// The rules of all lines, in the order of the line table, and the calendar they share.
#[derive(Clone, Debug)]
pub struct Rules {
    /// Local days and working days.
    pub days: Arc<Days>,
    /// One entry a line.
    pub lines: Vec<LineRules>,
    /// Bounds of the exact counts of answer waits, ascending, in ms; at a bound counts as below it.
    pub answer_wait_bounds_ms: Vec<u32>,
}

impl Rules {
    /// The life of a leg: it posts nothing later than this after its arrival, in ms (outcomes, feedback and
    /// retraction apart, which post when they are said).
    #[must_use]
    pub fn life_ms(&self) -> i64 {
        self.lines
            .iter()
            .map(|line| {
                i64::from(line.orphan_after_ms)
                    + self.days.longest_working_days_ms(u32::from(line.give_up_working_days))
            })
            .max()
            .unwrap_or(0)
    }

    /// How far back the log has to be read for every figure to be right: the longest window, the life of a leg, and
    /// the skew that is allowed to a source's clock. In ms.
    #[must_use]
    pub fn horizon_ms(&self) -> i64 {
        Window::LONGEST_MS + self.life_ms() + CLOCK_SKEW_MS
    }

    /// Where the range starts that has to be read for the figures of `now`.
    #[must_use]
    pub fn range_start(&self, now: EventTime) -> EventTime {
        now.plus_millis(-self.horizon_ms())
    }
}
