//! The times of platforms' records that are numbers: units since 1970, as a number or as text.

use ensilinja_model::EventTime;

use super::instant::since_2000;
use crate::Detail;
use crate::json::field::Field;

ensilinja_model::vocabulary! {
    /// The unit of a time that is a number.
    EpochUnit {
        /// Seconds since 1970, with decimals or without.
        Seconds = "seconds",
        /// Milliseconds since 1970.
        Milliseconds = "milliseconds",
        /// Microseconds since 1970.
        Microseconds = "microseconds",
    }
}

/// The beginning of the year 10000. A later time has another unit than the one that was expected.
const YEAR_10000: EventTime = EventTime::from_seconds(253_402_300_800);

impl EpochUnit {
    const fn microseconds(self) -> i64 {
        match self {
            Self::Seconds => 1_000_000,
            Self::Milliseconds => 1_000,
            Self::Microseconds => 1,
        }
    }
}

/// The instant in a field, cut to milliseconds; `None` if the field is missing, null, empty, zero, or names a time
/// before the year 2000.
pub(crate) fn epoch_in(field: &Field<'_>, unit: EpochUnit) -> Result<Option<EventTime>, Detail> {
    let microseconds = match field {
        Field::Absent | Field::Null => return Ok(None),
        Field::Text(text) if text.trim().is_empty() => return Ok(None),
        Field::Text(text) => in_text(text.trim(), unit),
        Field::Number(number) => in_number(*number, unit),
        Field::Bool(_) | Field::Other => None,
    };
    let microseconds = microseconds.ok_or(Detail::BadInstant)?;
    let at = EventTime::from_millis(microseconds.div_euclid(1_000));
    if at < YEAR_10000 { Ok(since_2000(at)) } else { Err(Detail::BadInstant) }
}

/// Microseconds since 1970. Decimals beyond them are cut off.
fn in_text(text: &str, unit: EpochUnit) -> Option<i64> {
    let (whole, decimals) = text.split_once('.').map_or((text, None), |(whole, rest)| (whole, Some(rest)));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let unsigned = whole.strip_prefix('-').unwrap_or(whole);
    if !digits(unsigned) || !decimals.is_none_or(digits) {
        return None;
    }
    let mut microseconds = whole.parse::<i64>().ok()?.checked_mul(unit.microseconds())?;
    let mut place = unit.microseconds();
    for digit in decimals.unwrap_or_default().bytes() {
        place /= 10;
        microseconds = microseconds.checked_add(place * i64::from(digit - b'0'))?;
    }
    Some(microseconds)
}

/// Microseconds since 1970. A double has room for them until the year 2255.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "checked by the bounds")]
fn in_number(number: f64, unit: EpochUnit) -> Option<i64> {
    let microseconds = (number * unit.microseconds() as f64).round();
    let bound = (i64::MAX / 2) as f64;
    (-bound..bound).contains(&microseconds).then_some(microseconds as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use EpochUnit::{Microseconds, Milliseconds, Seconds};

    fn read(field: &Field<'_>, unit: EpochUnit) -> Result<Option<i64>, Detail> {
        epoch_in(field, unit).map(|at| at.map(EventTime::as_millis))
    }

    fn text(text: &str) -> Field<'_> {
        Field::Text(text.into())
    }

    #[test]
    fn a_number_or_a_text_of_any_unit_is_cut_to_milliseconds() {
        let expected = Ok(Some(1_772_514_000_412));
        for (written, unit) in [
            ("1772514000412731", Microseconds),
            ("1772514000412", Milliseconds),
            ("1772514000412.9", Milliseconds),
            ("1772514000.412", Seconds),
            (" 1772514000.412999 ", Seconds),
        ] {
            assert_eq!(read(&text(written), unit), expected, "{written}");
            let number = Field::Number(written.trim().parse().unwrap());
            assert_eq!(read(&number, unit), expected, "{written}");
        }
        assert_eq!(read(&text("1772514000"), Seconds), Ok(Some(1_772_514_000_000)));
    }

    #[test]
    fn zero_nothing_and_times_before_2000_are_absent() {
        for field in [
            Field::Absent,
            Field::Null,
            text(""),
            text(" "),
            text("0"),
            text("0.0"),
            text("-1"),
            text("946684799"),
            Field::Number(0.0),
            Field::Number(-5.0),
        ] {
            assert_eq!(read(&field, Seconds), Ok(None));
        }
        assert_eq!(read(&text("1772514000"), Milliseconds), Ok(None), "seconds taken for milliseconds are in 1970");
    }

    #[test]
    fn what_is_no_time_of_this_unit_is_a_fault() {
        for field in [
            text("soon"),
            text("1.772e9"),
            text("1772514000,5"),
            text("1772514000."),
            text(".5"),
            text("+1772514000"),
            text("99999999999999999999"),
            text("1772514000412"),
            Field::Number(1e300),
            Field::Number(1_772_514_000_412.0),
            Field::Bool(true),
            Field::Other,
        ] {
            assert_eq!(read(&field, Seconds), Err(Detail::BadInstant));
        }
    }
}
