//! Single values: text, words, whole numbers, durations. Each function says what would be right instead.

use std::ops::RangeInclusive;

use ensilinja_calendar::Days;
use ensilinja_model::is_printable;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, SpanRelativeTo};
use toml::de::DeValue;

use crate::section::Expected;

const DAY_MS: u32 = 24 * 3600 * 1000;

/// The longest name, in characters: names are shown on boards and travel as labels.
const NAME_CHARACTERS: usize = 100;

/// Text that people read: 1 to 100 printable characters.
pub(crate) fn name(value: &DeValue<'_>) -> Result<String, Expected> {
    value
        .as_str()
        .filter(|text| {
            !text.trim().is_empty() && text.chars().count() <= NAME_CHARACTERS && text.chars().all(is_printable)
        })
        .map(str::to_owned)
        .ok_or_else(|| NAME.into())
}

/// What [`name`] takes.
pub(crate) const NAME: &str = "a text of 1 to 100 characters";

/// One of the words of a closed set.
pub(crate) fn word<T: Copy>(value: &DeValue<'_>, all: &[T], as_str: fn(T) -> &'static str) -> Result<T, Expected> {
    value.as_str().and_then(|text| all.iter().copied().find(|member| as_str(*member) == text)).ok_or_else(|| {
        let words: Vec<String> = all.iter().map(|member| format!("\"{}\"", as_str(*member))).collect();
        format!("one of {}", words.join(", ")).into()
    })
}

/// A whole number within bounds.
pub(crate) fn whole_number(value: &DeValue<'_>, bounds: RangeInclusive<u16>) -> Result<u16, Expected> {
    value
        .as_integer()
        .and_then(|integer| u16::from_str_radix(integer.as_str(), integer.radix()).ok())
        .filter(|number| bounds.contains(number))
        .ok_or_else(|| format!("a whole number from {} to {}", bounds.start(), bounds.end()).into())
}

/// A duration within bounds (both in ms), such as `"5s"`, `"2m"`, `"1h 30m"` or `"3d"`; in ms. A day is 24 hours.
pub(crate) fn duration_ms(value: &DeValue<'_>, bounds_ms: RangeInclusive<u32>) -> Result<u32, Expected> {
    value.as_str().and_then(whole_milliseconds).filter(|ms| bounds_ms.contains(ms)).ok_or_else(|| {
        let (from, to) = (duration_as_written(*bounds_ms.start()), duration_as_written(*bounds_ms.end()));
        format!("a duration from \"{from}\" to \"{to}\", such as \"5s\", \"2m\", \"24h\" or \"3d\"").into()
    })
}

/// A duration in ms, if it is one and in whole ms.
pub(crate) fn whole_milliseconds(text: &str) -> Option<u32> {
    let span: Span = text.parse().ok()?;
    let duration = span.to_duration(SpanRelativeTo::days_are_24_hours()).ok()?;
    let ms = u32::try_from(duration.as_millis()).ok()?;
    (SignedDuration::from_millis(i64::from(ms)) == duration).then_some(ms)
}

/// A zone of the IANA database, by its name.
pub(crate) fn time_zone(value: &DeValue<'_>) -> Result<TimeZone, Expected> {
    value
        .as_str()
        .and_then(|name| TimeZone::get(name).ok())
        .filter(|zone| zone.iana_name().is_some_and(|name| Days::new(name).is_ok()))
        .ok_or_else(|| "the name of a time zone in the IANA database, such as \"Europe/Helsinki\"".into())
}

/// A duration as it is written in a configuration.
#[must_use]
pub fn duration_as_written(ms: u32) -> String {
    match ms / DAY_MS {
        days @ 2.. if ms.is_multiple_of(DAY_MS) => format!("{days}d"),
        _ => format!("{:#}", SignedDuration::from_millis(i64::from(ms))),
    }
}

/// A switch.
pub(crate) fn flag(value: &DeValue<'_>) -> Result<bool, Expected> {
    value.as_bool().ok_or_else(|| "true or false".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_a_number_and_a_unit_and_a_day_has_24_hours() {
        for (text, ms) in [
            ("5s", Some(5_000)),
            ("2m", Some(120_000)),
            ("1h 30m", Some(5_400_000)),
            ("24h", Some(86_400_000)),
            ("3d", Some(259_200_000)),
            ("3 days", Some(259_200_000)),
            ("0s", Some(0)),
            ("1500ms", Some(1_500)),
            ("1.5s", Some(1_500)),
            ("100us", None),
            ("-5s", None),
            ("1mo", None),
            ("5", None),
            ("", None),
            ("soon", None),
            ("60d", None),
        ] {
            assert_eq!(whole_milliseconds(text), ms, "{text:?}");
        }
    }

    #[test]
    fn a_duration_is_printed_as_it_is_written() {
        assert_eq!(duration_as_written(120_000), "2m");
        assert_eq!(duration_as_written(5_400_000), "1h 30m");
        assert_eq!(duration_as_written(DAY_MS), "24h");
        assert_eq!(duration_as_written(7 * DAY_MS), "7d");
        assert_eq!(duration_as_written(2 * DAY_MS + 60_000), "48h 1m");
    }
}
