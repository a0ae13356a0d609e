//! Local time: from what a user writes to instants, and from instants to what is printed.

use ensilinja_model::EventTime;
use ensilinja_report::Moment;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use jiff::{Timestamp, Zoned};

/// Why a local time is not an instant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LocalTimeError {
    /// It is beyond the years that can be represented.
    #[error("{local} is outside the supported years: {why}")]
    OutOfRange {
        /// The local time.
        local: DateTime,
        /// What the calendar says.
        why: String,
    },
    /// The clocks go forward over it.
    #[error("{local}: this time does not exist: the clocks go forward over it")]
    Skipped {
        /// The local time.
        local: String,
    },
    /// The clocks go back, and it comes twice.
    #[error(
        "{local}: the clocks go back and this time comes twice: give it with its offset, {local}{before} or {local}{after}"
    )]
    Twice {
        /// The local time.
        local: String,
        /// The offset of the first.
        before: String,
        /// The offset of the second.
        after: String,
    },
}

/// A local time as an instant: the first of two, and where there is none, the one after the clocks have gone forward.
///
/// # Errors
/// If it is beyond the years that can be represented.
pub fn instant(local: DateTime, zone: &TimeZone) -> Result<EventTime, LocalTimeError> {
    let zoned = local.to_zoned(zone.clone());
    zoned.map(|zoned| instant_of(&zoned)).map_err(|why| LocalTimeError::OutOfRange { local, why: why.to_string() })
}

/// A local time as the one instant that it names.
///
/// # Errors
/// If the clocks go forward over it, or back and it comes twice.
pub fn only_instant(local: DateTime, zone: &TimeZone) -> Result<EventTime, LocalTimeError> {
    match zone.to_ambiguous_timestamp(local).offset() {
        AmbiguousOffset::Unambiguous { .. } => instant(local, zone),
        AmbiguousOffset::Gap { .. } => Err(LocalTimeError::Skipped { local: as_argument(local) }),
        AmbiguousOffset::Fold { before, after } => Err(LocalTimeError::Twice {
            local: as_argument(local),
            before: utc_offset(before),
            after: utc_offset(after),
        }),
    }
}

/// A local time as it is given on the command line, with seconds only where it has any.
fn as_argument(local: DateTime) -> String {
    let is_whole = local.second() == 0 && local.subsec_nanosecond() == 0;
    if is_whole { local.strftime("%Y-%m-%dT%H:%M").to_string() } else { local.to_string() }
}

/// An offset as it is given on the command line: `+02:00`.
fn utc_offset(offset: Offset) -> String {
    Timestamp::UNIX_EPOCH.to_zoned(offset.to_time_zone()).strftime("%:z").to_string()
}

/// The instant of a local time with its zone.
#[must_use]
pub fn instant_of(zoned: &Zoned) -> EventTime {
    EventTime::from_millis(zoned.timestamp().as_millisecond())
}

/// An instant in its zone. Instants before the year -9999 or after 9999 become the nearest inside.
#[must_use]
pub fn zoned(at: EventTime, zone: &TimeZone) -> Zoned {
    let (first, last) = (Timestamp::MIN.as_millisecond(), Timestamp::MAX.as_millisecond());
    let timestamp = Timestamp::from_millisecond(at.as_millis().clamp(first, last));
    timestamp.expect("it is inside the range").to_zoned(zone.clone())
}

/// An instant by the parts of its local time.
#[must_use]
pub fn moment(at: EventTime, zone: &TimeZone) -> Moment {
    let local = zoned(at, zone);
    let part = |part: i8| part.unsigned_abs();
    Moment {
        year: local.year(),
        month: part(local.month()),
        day: part(local.day()),
        hour: part(local.hour()),
        minute: part(local.minute()),
        utc_offset_minutes: i16::try_from(local.offset().seconds() / 60).expect("offsets are less than 26 hours"),
    }
}

/// The local time to the minute: `2025-09-16 10:15`.
#[must_use]
pub fn to_the_minute(at: EventTime, zone: &TimeZone) -> String {
    zoned(at, zone).strftime("%Y-%m-%d %H:%M").to_string()
}

/// The local time to the second: `2025-09-16 10:15:00`.
#[must_use]
pub fn to_the_second(at: EventTime, zone: &TimeZone) -> String {
    zoned(at, zone).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// The local time, exact and unambiguous: to the second, with milliseconds where they are not 0, and with the offset
/// where the clock shows the same time twice.
#[must_use]
pub fn exact_local(at: EventTime, zone: &TimeZone) -> String {
    let local = zoned(at, zone);
    let millis = if at.as_millis() % 1000 == 0 { "" } else { "%.3f" };
    let is_twice = matches!(zone.to_ambiguous_timestamp(local.datetime()).offset(), AmbiguousOffset::Fold { .. });
    let offset = if is_twice { "%:z" } else { "" };
    local.strftime(&format!("%Y-%m-%d %H:%M:%S{millis}{offset}")).to_string()
}

/// RFC 3339 with the offset of the zone, with milliseconds where they are not 0.
#[must_use]
pub fn rfc_3339(at: EventTime, zone: &TimeZone) -> String {
    let millis = if at.as_millis() % 1000 == 0 { "" } else { "%.3f" };
    zoned(at, zone).strftime(&format!("%Y-%m-%dT%H:%M:%S{millis}%:z")).to_string()
}
