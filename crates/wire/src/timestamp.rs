//! Parses RFC 3339 date-times.
//!
//! `2025-09-16T10:15:00.123+03:00`: a date, a time of day with any number of decimals or none, and a required offset.
//! The calendar is proleptic Gregorian, years 0000 to 9999. The parser is hand-written, because it is a large part of
//! the work on an event; a property test compares it with jiff.

use ensilinja_model::EventTime;

/// 0000-01-01T00:00:00Z, the earliest instant on the wire.
pub(crate) const YEAR_0: EventTime = EventTime::from_seconds(-62_167_219_200);

const MINUTE_MS: i64 = 60_000;
const DAY_MINUTES: i64 = 24 * 60;

/// The instant in `text`; `None` if it is not an RFC 3339 date-time, or the day or second does not exist.
///
/// Digits beyond the millisecond are truncated towards the past. A leap second, which can only be 23:59:60 UTC, is read
/// as the last millisecond before it, so that no event moves to the next day.
pub(crate) fn parse(text: &str) -> Option<EventTime> {
    let &[y3, y2, y1, y0, b'-', o1, o0, b'-', d1, d0, b'T' | b't', h1, h0, b':', m1, m0, b':', s1, s0, ref rest @ ..] =
        text.as_bytes()
    else {
        return None;
    };
    let year = 100 * two_digits(y3, y2)? + two_digits(y1, y0)?;
    let month = two_digits(o1, o0)?;
    let day = two_digits(d1, d0)?;
    let (hour, minute, second) = (two_digits(h1, h0)?, two_digits(m1, m0)?, two_digits(s1, s0)?);
    let (fraction_ms, offset) = fraction(rest)?;
    let offset_minutes = offset_minutes(offset)?;
    let exists = (1..=12).contains(&month)
        && (1..=days_of_month(year, month)).contains(&day)
        && hour < 24
        && minute < 60
        && second <= 60;
    if !exists {
        return None;
    }
    let minutes = days_since_epoch(year, month, day) * DAY_MINUTES + hour * 60 + minute - offset_minutes;
    let within_ms = if second < 60 {
        second * 1000 + fraction_ms
    } else if minutes.rem_euclid(DAY_MINUTES) == DAY_MINUTES - 1 {
        MINUTE_MS - 1
    } else {
        return None;
    };
    Some(EventTime::from_millis(minutes * MINUTE_MS + within_ms))
}

fn digit(byte: u8) -> Option<i64> {
    byte.is_ascii_digit().then(|| i64::from(byte - b'0'))
}

fn two_digits(tens: u8, ones: u8) -> Option<i64> {
    Some(10 * digit(tens)? + digit(ones)?)
}

/// The milliseconds of the decimals at the start of `rest`, and the text after them.
fn fraction(rest: &[u8]) -> Option<(i64, &[u8])> {
    let Some((b'.', decimals)) = rest.split_first() else { return Some((0, rest)) };
    let length = decimals.iter().position(|byte| !byte.is_ascii_digit())?;
    let (decimals, offset) = decimals.split_at(length);
    if decimals.is_empty() {
        return None;
    }
    let ms = decimals.iter().copied().chain([b'0'; 3]).take(3).try_fold(0, |ms, byte| Some(10 * ms + digit(byte)?))?;
    Some((ms, offset))
}

/// Minutes east of UTC.
fn offset_minutes(offset: &[u8]) -> Option<i64> {
    match *offset {
        [b'Z' | b'z'] => Some(0),
        [sign @ (b'+' | b'-'), h1, h0, b':', m1, m0] => {
            let (hours, minutes) = (two_digits(h1, h0)?, two_digits(m1, m0)?);
            let east = hours * 60 + minutes;
            (hours < 24 && minutes < 60).then_some(if sign == b'-' { -east } else { east })
        }
        _ => None,
    }
}

fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

fn days_of_month(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 to this date. Years start in March, so that the leap day is the last day of its year and the
/// month lengths before it follow a linear formula.
fn days_since_epoch(year: i64, month: i64, day: i64) -> i64 {
    const FROM_MARCH_OF_YEAR_0: i64 = 719_468;
    let year = if month <= 2 { year - 1 } else { year };
    let months_since_march = (month + 9) % 12;
    let day_of_year = (153 * months_since_march + 2) / 5 + day - 1;
    let leap_days = year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400);
    year * 365 + leap_days + day_of_year - FROM_MARCH_OF_YEAR_0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn millis(text: &str) -> Option<i64> {
        parse(text).map(EventTime::as_millis)
    }

    #[test]
    fn the_forms_of_rfc_3339_are_accepted() {
        for (text, expected) in [
            ("1970-01-01T00:00:00Z", 0),
            ("1970-01-01t00:00:00z", 0),
            ("1970-01-01T00:00:00-00:00", 0),
            ("1970-01-01T02:00:00+02:00", 0),
            ("2025-09-16T10:15:00+03:00", 1_758_006_900_000),
            ("2025-09-16T07:15:00.5Z", 1_758_006_900_500),
            ("2024-02-29T00:00:00Z", 1_709_164_800_000),
            ("2000-02-29T23:59:59.999-23:59", 951_955_139_999),
            ("0000-01-01T00:00:00Z", -62_167_219_200_000),
            ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
        ] {
            assert_eq!(millis(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn digits_beyond_the_millisecond_are_truncated_towards_the_past_on_both_sides_of_the_epoch() {
        assert_eq!(millis("1970-01-01T00:00:00.0009999999999999999999999Z"), Some(0));
        assert_eq!(millis("1969-12-31T23:59:59.9999Z"), Some(-1));
    }

    #[test]
    fn a_leap_second_is_the_last_millisecond_before_it_and_exists_only_at_the_end_of_a_utc_day() {
        let end = millis("2016-12-31T23:59:59.999Z");
        for text in ["2016-12-31T23:59:60Z", "2016-12-31T23:59:60.9Z", "2017-01-01T01:59:60+02:00"] {
            assert_eq!(millis(text), end, "{text}");
        }
        assert_eq!(millis("2016-12-31T23:59:60+02:00"), None);
        assert_eq!(millis("2016-12-31T23:59:61Z"), None);
    }

    #[test]
    fn other_text_is_rejected() {
        for text in [
            "",
            "now",
            "1758006900000",
            "2025-09-16",
            "2025-09-16T10:15:00",
            "2025-09-16 10:15:00Z",
            "2025-09-16T10:15Z",
            "2025-09-16T10:15:00.Z",
            "2025-09-16T10:15:00,5Z",
            "2025-09-16T10:15:00.5",
            "2025-09-16T10:15:00+03",
            "2025-09-16T10:15:00+0300",
            "2025-09-16T10:15:00+24:00",
            "2025-09-16T10:15:00+03:60",
            "2025-09-16T10:15:00+03:00[Europe/Helsinki]",
            "2025-09-16T10:15:00Z ",
            "2025-13-01T00:00:00Z",
            "2025-00-01T00:00:00Z",
            "2025-02-30T00:00:00Z",
            "2025-02-29T00:00:00Z",
            "2100-02-29T00:00:00Z",
            "2025-09-00T00:00:00Z",
            "2025-09-16T24:00:00Z",
            "2025-09-16T10:60:00Z",
            "10000-01-01T00:00:00Z",
            "-2025-09-16T10:15:00Z",
            "2025-09-16T10:15:00\u{2212}03:00",
            "\u{0662}025-09-16T10:15:00Z",
        ] {
            assert_eq!(millis(text), None, "{text}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        #[test]
        fn parsing_agrees_with_jiff(
            (year, month, day) in (0..=9998_i16, 0..=13_u8, 0..=32_u8),
            (hour, minute, second) in (0..=24_u8, 0..=60_u8, 0..=59_u8),
            fraction in "(\\.[0-9]{1,9})?",
            offset in "[Zz]|[+-]([01][0-9]|2[0-3]):[0-5][0-9]",
        ) {
            // jiff ends two days before the end of 9999; the examples cover that year.
            let text = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}{offset}");
            let jiff = text.parse::<jiff::Timestamp>().ok();
            let expected = jiff.map(|instant| i64::try_from(instant.as_nanosecond().div_euclid(1_000_000)).unwrap());
            prop_assert_eq!(millis(&text), expected, "{}", text);
        }
    }
}
