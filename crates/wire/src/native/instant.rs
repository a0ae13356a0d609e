//! The times of platforms' records that are written as text.

use ensilinja_model::EventTime;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::json::field::Field;
use crate::{Detail, timestamp};

/// The beginning of the year 2000. Platforms write earlier times for what has not happened.
const YEAR_2000: EventTime = EventTime::from_seconds(946_684_800);

/// The instant in a field; `None` if the field is missing, null, empty, zero, or names a time before the year 2000.
///
/// The text is an RFC 3339 date-time, or one without an offset, which is a local time of `zone`.
pub(crate) fn instant_in(field: &Field<'_>, zone: Option<&TimeZone>) -> Result<Option<EventTime>, Detail> {
    let text = match field {
        Field::Absent | Field::Null | Field::Number(0.0) => return Ok(None),
        Field::Text(text) if text.trim().is_empty() => return Ok(None),
        Field::Text(text) => text,
        _ => return Err(Detail::BadInstant),
    };
    let at = match timestamp::parse(text) {
        Some(at) => at,
        None => local(text, zone)?,
    };
    Ok(since_2000(at))
}

/// The instant, unless it is before the year 2000.
pub(crate) fn since_2000(at: EventTime) -> Option<EventTime> {
    (at >= YEAR_2000).then_some(at)
}

/// The instant of a date-time without an offset. Of a time that a zone has twice, the earlier instant; of one that it
/// skips, the instant that is as much later.
fn local(text: &str, zone: Option<&TimeZone>) -> Result<EventTime, Detail> {
    let as_if_utc = timestamp::parse(&format!("{text}Z")).ok_or(Detail::BadInstant)?;
    let zone = zone.ok_or(Detail::InstantWithoutZone)?;
    let local = Timestamp::from_millisecond(as_if_utc.as_millis()).map(|utc| TimeZone::UTC.to_datetime(utc));
    let at = local.and_then(|local| zone.to_ambiguous_timestamp(local).compatible());
    at.map(|at| EventTime::from_millis(at.as_millisecond())).map_err(|_| Detail::BadInstant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_exact_absent_or_a_fault() {
        let helsinki = TimeZone::get("Europe/Helsinki").unwrap();
        let read = |field: Field<'_>, zone| instant_in(&field, zone).map(|at| at.map(EventTime::as_millis));
        let text = |text: &'static str| Field::Text(text.into());
        let exact = Ok(Some(1_772_524_800_120));
        assert_eq!(read(text("2026-03-03T08:00:00.120Z"), None), exact);
        assert_eq!(read(text("2026-03-03T10:00:00.1209+02:00"), None), exact);
        assert_eq!(read(text("2026-03-03T10:00:00.120"), Some(&helsinki)), exact);
        assert_eq!(read(text("2026-03-03T10:00:00.120"), None), Err(Detail::InstantWithoutZone));
        for absent in [
            Field::Absent,
            Field::Null,
            Field::Number(0.0),
            text(""),
            text("1970-01-01T00:00:00.001Z"),
            text("1999-12-31T23:59:59.999Z"),
            text("0001-01-01T00:00:00Z"),
        ] {
            assert_eq!(read(absent, None), Ok(None));
        }
        let faulty = [text("soon"), text("2026-02-30T10:00:00"), text("1772524800000"), text("2026-03-03")];
        for fault in faulty.into_iter().chain([Field::Number(1_772_524_800.0), Field::Other]) {
            assert_eq!(read(fault, Some(&helsinki)), Err(Detail::BadInstant));
        }
    }

    #[test]
    fn a_local_time_that_a_zone_has_twice_or_not_at_all_has_one_instant() {
        let helsinki = TimeZone::get("Europe/Helsinki").unwrap();
        let utc = |text| timestamp::parse(text).unwrap();
        for (text, expected) in
            [("2025-10-26T03:30:00", "2025-10-26T00:30:00Z"), ("2025-03-30T03:30:00", "2025-03-30T01:30:00Z")]
        {
            assert_eq!(local(text, Some(&helsinki)), Ok(utc(expected)), "{text}");
        }
    }
}
