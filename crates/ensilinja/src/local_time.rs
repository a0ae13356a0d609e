//! Local time: from what is written to instants, and back to what is printed.

use anyhow::Context as _;
use ensilinja_model::EventTime;
use ensilinja_report::Moment;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use jiff::{Timestamp, Zoned};

/// A local time as an instant: of two the first, and of none the one after the clocks have gone forward.
///
/// # Errors
/// If it is beyond the years that there are.
pub fn instant(local: DateTime, zone: &TimeZone) -> anyhow::Result<EventTime> {
    let zoned = local.to_zoned(zone.clone()).with_context(|| format!("{local} is no time here"))?;
    Ok(instant_of(&zoned))
}

/// A local time as the one instant that it is.
///
/// # Errors
/// If the clocks go forward over it, or back and it comes twice.
pub fn only_instant(local: DateTime, zone: &TimeZone) -> anyhow::Result<EventTime> {
    match zone.to_ambiguous_timestamp(local).offset() {
        AmbiguousOffset::Unambiguous { .. } => instant(local, zone),
        AmbiguousOffset::Gap { .. } => {
            anyhow::bail!("{}: the clocks go forward over this time: there is none such", to_the_minute(local))
        }
        AmbiguousOffset::Fold { before, after } => {
            let [local, before, after] = [to_the_minute(local), utc_offset(before), utc_offset(after)];
            anyhow::bail!(
                "{local}: the clocks go back and this time comes twice: give it with its offset, {local}{before} or \
                 {local}{after}"
            )
        }
    }
}

/// A local time as it is given on the command line, with its seconds only where it has any.
fn to_the_minute(local: DateTime) -> String {
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

/// An instant in its zone; those before the year -9999 or after 9999 are taken for the nearest inside.
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

/// An instant as people write its local time, to the second, and to the millisecond where it lies between two; with its
/// offset where the clock shows the same time twice.
#[must_use]
pub fn to_the_second(at: EventTime, zone: &TimeZone) -> String {
    let local = zoned(at, zone);
    let between = if at.as_millis() % 1000 == 0 { "" } else { "%.3f" };
    let is_twice = matches!(zone.to_ambiguous_timestamp(local.datetime()).offset(), AmbiguousOffset::Fold { .. });
    let offset = if is_twice { "%:z" } else { "" };
    local.strftime(&format!("%Y-%m-%d %H:%M:%S{between}{offset}")).to_string()
}

/// An instant in RFC 3339, with the offset of its zone.
#[must_use]
pub fn rfc_3339(at: EventTime, zone: &TimeZone) -> String {
    let between = if at.as_millis() % 1000 == 0 { "" } else { "%.3f" };
    zoned(at, zone).strftime(&format!("%Y-%m-%dT%H:%M:%S{between}%:z")).to_string()
}

/// An instant as people write its local time, to the minute.
#[must_use]
pub fn in_words(at: EventTime, zone: &TimeZone) -> String {
    zoned(at, zone).strftime("%Y-%m-%d %H:%M").to_string()
}
