//! Durations as files write them, and decimal numbers. All arithmetic is in whole numbers, so nothing is rounded twice.

use ensilinja_model::vocabulary;

vocabulary! {
    /// How a duration is written. The last part may have decimals.
    DurationFormat {
        /// `0:05:10`. Hours may exceed 24.
        HoursMinutesSeconds = "hh:mm:ss",
        /// `5:10`. Minutes may exceed 60.
        MinutesSeconds = "mm:ss",
        /// `1:30`. Hours may exceed 24.
        HoursMinutes = "hh:mm",
        /// `310`, `310.5`.
        Seconds = "seconds",
        /// `5.17`: minutes with decimals.
        Minutes = "minutes",
        /// `310000`.
        Milliseconds = "milliseconds",
    }
}

/// The longest duration, in ms: a year. Anything longer is a number of another kind.
const LONGEST_MS: i64 = 366 * 24 * 3_600_000;

const SECOND_MS: i64 = 1000;
const MINUTE_MS: i64 = 60 * SECOND_MS;

/// The most digits before and after the decimal sign.
const MOST_DIGITS: usize = 12;

impl DurationFormat {
    /// The duration in `text`, in ms; `None` if it is not written so.
    pub(super) fn parse(self, text: &str, decimal: char) -> Option<i64> {
        let ms = match self {
            Self::HoursMinutesSeconds => {
                let (hours, rest) = text.split_once(':')?;
                let (minutes, seconds) = rest.split_once(':')?;
                whole(hours)?.checked_mul(60)?.checked_add(below_sixty(minutes)?)?.checked_mul(MINUTE_MS)?
                    + seconds_below_sixty(seconds, decimal)?
            }
            Self::MinutesSeconds => {
                let (minutes, seconds) = text.split_once(':')?;
                whole(minutes)?.checked_mul(MINUTE_MS)? + seconds_below_sixty(seconds, decimal)?
            }
            Self::HoursMinutes => {
                let (hours, minutes) = text.split_once(':')?;
                whole(hours)?.checked_mul(60)?.checked_add(below_sixty(minutes)?)?.checked_mul(MINUTE_MS)?
            }
            Self::Seconds => scaled(text, decimal, SECOND_MS)?,
            Self::Minutes => scaled(text, decimal, MINUTE_MS)?,
            Self::Milliseconds => scaled(text, decimal, 1)?,
        };
        (0..=LONGEST_MS).contains(&ms).then_some(ms)
    }
}

/// A number with decimals or without, times `unit`, rounded to a whole number.
pub(super) fn scaled(text: &str, decimal: char, unit: i64) -> Option<i64> {
    let (whole_part, decimals) = text.split_once(decimal).unwrap_or((text, ""));
    if text.contains(decimal) && decimals.is_empty() {
        return None;
    }
    let decimals = decimals.trim_end_matches('0');
    let power = 10_i128.pow(u32::try_from(decimals.len()).ok().filter(|digits| *digits <= 12)?);
    let fraction = if decimals.is_empty() { 0 } else { whole(decimals)? };
    let number = i128::from(whole(whole_part)?) * power + i128::from(fraction);
    let halves = number * i128::from(unit) * 2 + power;
    i64::try_from(halves / (power * 2)).ok()
}

/// A whole number without a sign.
fn whole(text: &str) -> Option<i64> {
    let is_number = (1..=MOST_DIGITS).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { text.parse().ok() } else { None }
}

fn below_sixty(text: &str) -> Option<i64> {
    whole(text).filter(|number| text.len() <= 2 && *number < 60)
}

fn seconds_below_sixty(text: &str, decimal: char) -> Option<i64> {
    let whole_part = text.split(decimal).next()?;
    below_sixty(whole_part)?;
    scaled(text, decimal, SECOND_MS).map(|ms| ms.min(MINUTE_MS - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_is_read_in_whole_milliseconds() {
        use DurationFormat::{HoursMinutes, HoursMinutesSeconds, Milliseconds, Minutes, MinutesSeconds, Seconds};
        for (format, text, decimal, ms) in [
            (HoursMinutesSeconds, "0:05:10", '.', Some(310_000)),
            (HoursMinutesSeconds, "00:00:00", '.', Some(0)),
            (HoursMinutesSeconds, "26:00:01", '.', Some(93_601_000)),
            (HoursMinutesSeconds, "00:00:05,25", ',', Some(5_250)),
            (HoursMinutesSeconds, "00:00:59.9999", '.', Some(59_999)),
            (HoursMinutesSeconds, "00:60:00", '.', None),
            (HoursMinutesSeconds, "05:10", '.', None),
            (HoursMinutesSeconds, "0:05:100", '.', None),
            (HoursMinutesSeconds, "-0:05:10", '.', None),
            (HoursMinutesSeconds, "9999999:00:00", '.', None),
            (MinutesSeconds, "75:10", '.', Some(4_510_000)),
            (MinutesSeconds, "5:60", '.', None),
            (MinutesSeconds, "5", '.', None),
            (HoursMinutes, "1:30", '.', Some(5_400_000)),
            (Seconds, "310", '.', Some(310_000)),
            (Seconds, "310,5", ',', Some(310_500)),
            (Seconds, "310,5", '.', None),
            (Seconds, "1 310", '.', None),
            (Seconds, "310,", ',', None),
            (Seconds, "999999999999", ',', None),
            (Minutes, "1,5", ',', Some(90_000)),
            (Minutes, "0.333", '.', Some(19_980)),
            (Minutes, "0.00001", '.', Some(1)),
            (Minutes, "", '.', None),
            (Milliseconds, "250", '.', Some(250)),
        ] {
            assert_eq!(format.parse(text, decimal), ms, "{format:?} {text:?}");
        }
    }
}
