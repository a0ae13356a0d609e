//! An instant as it is given on the command line.

use std::str::FromStr;

use ensilinja_model::EventTime;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::local_time;

/// A local time of the lines, `2026-03-02T10:15`, or one with its offset, `2026-10-25T03:30+02:00`, which also tells
/// the two hours apart that have one name when the clocks go back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// A local time.
    Local(DateTime),
    /// An instant.
    Exact(EventTime),
}

impl When {
    /// The instant, in the zone of the lines.
    ///
    /// # Errors
    /// If the clocks go forward over a local time, or back and it comes twice.
    pub fn instant(self, zone: &TimeZone) -> anyhow::Result<EventTime> {
        match self {
            Self::Exact(at) => Ok(at),
            Self::Local(local) => local_time::only_instant(local, zone),
        }
    }
}

impl FromStr for When {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Ok(at) = text.parse::<Timestamp>() {
            return Ok(Self::Exact(EventTime::from_millis(at.as_millisecond())));
        }
        text.parse().map(Self::Local).map_err(|_| {
            "it should be a local time, such as 2026-03-02 or 2026-03-02T10:15, or one with its offset, such as \
             2026-10-25T03:30+02:00"
        })
    }
}
