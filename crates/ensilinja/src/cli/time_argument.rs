//! An instant on the command line.

use std::cmp::Ordering;
use std::str::FromStr;

use ensilinja_lookback::local_time::{LocalTimeError, only_instant};
use ensilinja_model::EventTime;
use jiff::Timestamp;
use jiff::civil::{DateTime, Time};
use jiff::fmt::temporal::Pieces;
use jiff::tz::TimeZone;

use crate::usage_error::UsageError;

/// A local time of the lines, `2026-03-02T10:15`, or one with its offset, `2026-10-25T03:30+02:00`, which also tells
/// the two hours apart that have one name when the clocks go back. The name of a zone is refused and not passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeArgument {
    /// A local time.
    Local(DateTime),
    /// An instant.
    Exact(EventTime),
}

impl TimeArgument {
    /// The instant, in the zone of the lines.
    ///
    /// # Errors
    /// If the clocks go forward over a local time, or back and it comes twice.
    pub fn instant(self, zone: &TimeZone) -> Result<EventTime, LocalTimeError> {
        match self {
            Self::Exact(at) => Ok(at),
            Self::Local(local) => only_instant(local, zone),
        }
    }

    /// The instant that is the value of an option.
    ///
    /// # Errors
    /// As [`instant`](Self::instant).
    pub fn instant_of(self, option: &'static str, zone: &TimeZone) -> Result<EventTime, UsageError> {
        self.instant(zone).map_err(|why| UsageError::LocalTime { option, why })
    }
}

impl PartialOrd for TimeArgument {
    /// Compares two local times, or two instants. A local time and an instant cannot be compared without the zone.
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Local(one), Self::Local(other)) => Some(one.cmp(other)),
            (Self::Exact(one), Self::Exact(other)) => Some(one.cmp(other)),
            _ => None,
        }
    }
}

impl FromStr for TimeArgument {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let read = || {
            let pieces = Pieces::parse(text).ok().filter(|pieces| pieces.time_zone_annotation().is_none())?;
            if pieces.offset().is_none() {
                return Some(Self::Local(pieces.date().to_datetime(pieces.time().unwrap_or(Time::midnight()))));
            }
            let at: Timestamp = text.parse().ok()?;
            Some(Self::Exact(EventTime::from_millis(at.as_millisecond())))
        };
        read().ok_or(
            "it should be a local time, such as 2026-03-02 or 2026-03-02T10:15, or one with its offset, such as \
             2026-10-25T03:30+02:00",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_is_honoured_and_a_zone_is_refused() {
        let local = |text: &str| Ok(TimeArgument::Local(text.parse().unwrap()));
        let exact = |seconds| Ok(TimeArgument::Exact(EventTime::from_seconds(seconds)));
        assert_eq!("2026-03-02".parse(), local("2026-03-02T00:00"));
        assert_eq!("2026-03-02T10:15".parse(), local("2026-03-02T10:15"));
        assert_eq!("2025-10-26T03:30+03:00".parse(), exact(1_761_438_600));
        assert_eq!("2025-10-26T03:30+02:00".parse(), exact(1_761_442_200));
        assert_eq!("2025-10-26T01:30Z".parse(), exact(1_761_442_200));
        for wrong in [
            "noon",
            "",
            "2026-13-01",
            "2026-03-02+02:00",
            "2026-03-02T10:15[Asia/Tokyo]",
            "2026-03-02T10:15+09:00[Asia/Tokyo]",
            "2026-03-02[Asia/Tokyo]",
        ] {
            assert!(wrong.parse::<TimeArgument>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_comes_twice_is_refused_with_both_ways_to_tell_it() {
        let zone = TimeZone::get("Europe/Helsinki").unwrap();
        let refusal = |text: &str| text.parse::<TimeArgument>().unwrap().instant(&zone).unwrap_err().to_string();
        assert_eq!(
            refusal("2025-10-26T03:30"),
            "2025-10-26T03:30: the clocks go back and this time comes twice: give it with its offset, \
             2025-10-26T03:30+03:00 or 2025-10-26T03:30+02:00"
        );
        assert_eq!(
            refusal("2025-03-30T03:30"),
            "2025-03-30T03:30: this time does not exist: the clocks go forward over it"
        );
    }
}
