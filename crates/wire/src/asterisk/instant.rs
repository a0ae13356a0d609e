//! The times of Asterisk: seconds since the epoch, with or without decimals, and local times of its table.

use ensilinja_model::EventTime;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};

use crate::native::instant::since_2000;
use crate::{Detail, timestamp};

/// Numbers from here on are not seconds since the epoch.
const NOT_SECONDS: f64 = 1e11;

/// The instant in a text such as `1795957099` or `1795957099.246081`. Digits beyond the millisecond are truncated.
pub(super) fn of_epoch_text(text: &str) -> Option<EventTime> {
    let (seconds, decimals) = text.split_once('.').unwrap_or((text, "0"));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !(9..=11).contains(&seconds.len()) || !is_number(seconds) || !is_number(decimals) {
        return None;
    }
    let seconds: i64 = seconds.parse().ok()?;
    let digits = decimals.bytes().chain([b'0'; 3]).take(3);
    let ms = digits.fold(0, |ms, digit| 10 * ms + i64::from(digit - b'0'));
    since_2000(EventTime::from_seconds(seconds).plus_millis(ms))
}

/// The instant in the column `time` of the table, as text. One before the year 2000 is no instant, in any form.
///
/// A local time that the autumn has twice is the earlier one, unless the call began after it: the id of a call has the
/// second in which its channel was made.
pub(super) fn of_column(text: &str, call: &str, zone: Option<&TimeZone>) -> Result<EventTime, Detail> {
    let text = text.trim();
    let at = match of_epoch_text(text).or_else(|| timestamp::parse(text)) {
        Some(at) => at,
        None => of_local(text.parse().map_err(|_| Detail::BadInstant)?, call, zone)?,
    };
    since_2000(at).ok_or(Detail::BadInstant)
}

/// The instant in the column `time` of the table, as a number: seconds since the epoch; or what Debezium and JDBC
/// sources make of a local time, its milliseconds or microseconds if it were UTC.
pub(super) fn of_number(number: f64, call: &str, zone: Option<&TimeZone>) -> Result<EventTime, Detail> {
    let at = of_epoch_number(number)?;
    if number < NOT_SECONDS {
        return Ok(at);
    }
    let local = jiff::Timestamp::from_millisecond(at.as_millis()).map_err(|_| Detail::BadInstant)?;
    of_local(TimeZone::UTC.to_datetime(local), call, zone)
}

/// The instant in a number of seconds, milliseconds or microseconds since the epoch.
#[expect(clippy::cast_possible_truncation, reason = "the limits are checked")]
pub(super) fn of_epoch_number(number: f64) -> Result<EventTime, Detail> {
    let micros = match number {
        0.0..NOT_SECONDS => number * 1e6,
        NOT_SECONDS..1e14 => number * 1e3,
        1e14..1e17 => number,
        _ => return Err(Detail::BadInstant),
    }
    .round() as i64;
    since_2000(EventTime::from_millis(micros.div_euclid(1_000))).ok_or(Detail::BadInstant)
}

fn of_local(local: DateTime, call: &str, zone: Option<&TimeZone>) -> Result<EventTime, Detail> {
    let zone = zone.ok_or(Detail::InstantWithoutZone)?;
    let ambiguous = zone.to_ambiguous_timestamp(local);
    let is_twice = matches!(ambiguous.offset(), AmbiguousOffset::Fold { .. });
    let instant = |at: Result<jiff::Timestamp, jiff::Error>| {
        at.map(|at| EventTime::from_millis(at.as_millisecond())).map_err(|_| Detail::BadInstant)
    };
    let first = instant(ambiguous.compatible())?;
    match began(call) {
        Some(began) if is_twice && first.floor_second() < began - 1 => instant(ambiguous.later()),
        _ => Ok(first),
    }
}

/// The second in which the channel of a call was made: `1795957099` of `pbx1-1795957099.198`.
fn began(call: &str) -> Option<i64> {
    let (before, _) = call.rsplit_once('.')?;
    let second = before.rsplit('-').next()?;
    of_epoch_text(second).map(EventTime::floor_second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_before_2000_is_refused_in_every_form() {
        let helsinki = TimeZone::get("Europe/Helsinki").unwrap();
        let text = |text: &str| of_column(text, "1.1", Some(&helsinki)).map(EventTime::as_millis);
        let bad = Err(Detail::BadInstant);
        for before in ["0", "946684799", "1970-01-01T00:00:00Z", "1999-12-31T23:59:59.999Z", "2000-01-01 01:59:59"] {
            assert_eq!(text(before), bad, "{before}");
        }
        let begin = Ok(946_684_800_000);
        for first in ["946684800", "2000-01-01T00:00:00Z", "2000-01-01 02:00:00"] {
            assert_eq!(text(first), begin, "{first}");
        }
        for before in [0.0, 946_684_799.0, 946_684_799_999.0] {
            assert_eq!(of_epoch_number(before), Err(Detail::BadInstant), "{before}");
        }
        assert_eq!(of_number(946_684_800.0, "1.1", None).map(EventTime::as_millis), begin);
    }
}
