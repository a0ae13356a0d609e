//! Numbers for people: counts, percentages, durations and scores in the notation of each language.
//!
//! A no-break space joins a number and its unit. A share is printed as 0 % or 100 % only if it is exactly that.

use ensilinja_ledger::NpsBand;

use crate::cell_value::CellValue;
use crate::language::Language;

const NO_BREAK_SPACE: char = '\u{a0}';

/// A hidden cell: the symbol for concealed data in Finland's official statistics.
pub(crate) const HIDDEN: &str = "..";

/// A cell whose denominator is 0.
pub(crate) const NO_DATA: &str = "-";

/// A value with its n in brackets. `marked` values carry the mark of a footnote.
pub(crate) fn value(value: &CellValue, marked: bool, language: Language) -> String {
    let mark = if marked { "¹" } else { "" };
    let with_n = |text: String, n: i64| format!("{text}{mark}{NO_BREAK_SPACE}({})", count(n, language));
    match value {
        CellValue::Count(number) => count(*number, language),
        CellValue::Share { good, n } => with_n(percent(*good, *n, language), *n),
        CellValue::Mean { sum_ms, n } => with_n(duration(rounded_seconds(*sum_ms, *n), language), *n),
        CellValue::Score { difference, n } => with_n(decimal(rounded(difference * 1000, *n), language), *n),
        CellValue::Interval { low, high, .. } => format!("{}…{}", score(*low, language), score(*high, language)),
        CellValue::Band(band) => self::band(*band, language).to_owned(),
        CellValue::Target(share) => percent(per_mille(*share), 1000, language),
        CellValue::Goal(contacts) => count(*contacts, language),
        // Contacts and goal stand beside it.
        CellValue::OfGoal { arrived, goal } => percent(*arrived, *goal, language),
        CellValue::NotComparable => not_comparable(language).to_owned(),
        CellValue::Hidden { n: Some(n) } => with_n(HIDDEN.to_owned(), *n),
        CellValue::Hidden { n: None } => HIDDEN.to_owned(),
        CellValue::NoData => NO_DATA.to_owned(),
        CellValue::Closed => closed(language).to_owned(),
        CellValue::NotKnown => not_known(language).to_owned(),
        CellValue::NotApplicable => String::new(),
    }
}

/// A value without its n and its unit, which stand elsewhere. Shares are in percent, means in units of `unit_ms`.
pub(crate) fn bare(value: &CellValue, unit_ms: i64, language: Language) -> String {
    match value {
        CellValue::Share { good, n } => percentage(*good, *n, language),
        CellValue::OfGoal { arrived, goal } => percentage(*arrived, *goal, language),
        CellValue::Mean { sum_ms, n } if unit_ms == 1000 => count(rounded_seconds(*sum_ms, *n), language),
        CellValue::Mean { sum_ms, n } => match rounded(sum_ms * 10, n * unit_ms) {
            0 if *sum_ms > 0 => format!("<{}", decimal(1, language)),
            tenths => decimal(tenths, language),
        },
        CellValue::Score { difference, n } => decimal(rounded(difference * 1000, *n), language),
        value => self::value(value, false, language),
    }
}

/// A cell of a line that was not open at any time.
pub(crate) const fn closed(language: Language) -> &'static str {
    language.of(("suljettu", "stängt", "closed"))
}

/// A cell of a time before the event history.
pub(crate) const fn not_known(language: Language) -> &'static str {
    language.of(("ei tiedossa", "okänt", "not known"))
}

/// A cell of contacts that are not compared with a goal.
pub(crate) const fn not_comparable(language: Language) -> &'static str {
    language.of(("ei verrata", "jämförs inte", "not compared"))
}

const fn band(band: NpsBand, language: Language) -> &'static str {
    language.of(match band {
        NpsBand::Excellent => ("erinomainen", "utmärkt", "excellent"),
        NpsBand::VeryGood => ("todella hyvä", "mycket bra", "very good"),
        NpsBand::Good => ("hyvä", "bra", "good"),
        NpsBand::NotPositive => ("ei positiivinen", "inte positiv", "not positive"),
    })
}

/// A whole number with thousands separators.
pub(crate) fn count(number: i64, language: Language) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut text = if number < 0 { "−".to_owned() } else { String::new() };
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(if language == Language::En { ',' } else { NO_BREAK_SPACE });
        }
        text.push(digit);
    }
    text
}

/// `good` of `n` (above 0) in percent, to one decimal.
fn percentage(good: i64, n: i64, language: Language) -> String {
    let tenths = match rounded(good * 1000, n) {
        _ if good == 0 => return "0".to_owned(),
        _ if good == n => return "100".to_owned(),
        0 => 1,
        1000 if good < n => 999,
        1000 => 1001,
        tenths => tenths,
    };
    decimal(tenths, language)
}

/// The percentage with its sign.
fn percent(good: i64, n: i64, language: Language) -> String {
    let number = percentage(good, n, language);
    match language {
        Language::Fi | Language::Sv => format!("{number}{NO_BREAK_SPACE}%"),
        Language::En => format!("{number}%"),
    }
}

/// A number of tenths with one decimal.
fn decimal(tenths: i64, language: Language) -> String {
    let point = if language == Language::En { '.' } else { ',' };
    let sign = if tenths < 0 { "−" } else { "" };
    let tenths = tenths.unsigned_abs();
    format!("{sign}{}{point}{}", tenths / 10, tenths % 10)
}

#[expect(clippy::cast_possible_truncation, reason = "a score is -100 to 100")]
fn score(points: f64, language: Language) -> String {
    decimal((points * 10.0).round() as i64, language)
}

#[expect(clippy::cast_possible_truncation, reason = "a share is 0 to 1")]
fn per_mille(share: f64) -> i64 {
    (share * 1000.0).round() as i64
}

/// The quotient rounded to the nearest whole number, halves away from 0. The divisor is above 0.
const fn rounded(dividend: i64, divisor: i64) -> i64 {
    let half = if dividend < 0 { -divisor } else { divisor };
    (2 * dividend + half) / (2 * divisor)
}

/// A mean in whole seconds.
const fn rounded_seconds(sum_ms: i64, n: i64) -> i64 {
    rounded(sum_ms, n * 1000)
}

/// A duration in the notation of the county's slides: hours, minutes and seconds, without leading zero parts.
fn duration(seconds: i64, language: Language) -> String {
    let (hour, minute, second) = match language {
        Language::Fi => ("t", "min", "sek"),
        Language::Sv => ("tim", "min", "sek"),
        Language::En => ("h", "min", "s"),
    };
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let parts = [(hours, hour), (minutes, minute), (seconds, second)];
    let first = parts.iter().position(|(number, _)| *number > 0).unwrap_or(2);
    let parts = parts[first..].iter().map(|(number, unit)| format!("{number}{NO_BREAK_SPACE}{unit}"));
    parts.collect::<Vec<_>>().join(&NO_BREAK_SPACE.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// With ordinary spaces in place of no-break spaces.
    fn plain(text: &str) -> String {
        text.replace(NO_BREAK_SPACE, " ")
    }

    #[test]
    fn durations_are_printed_as_on_the_slides() {
        for (seconds, fi, sv, en) in [
            (0, "0 sek", "0 sek", "0 s"),
            (59, "59 sek", "59 sek", "59 s"),
            (60, "1 min 0 sek", "1 min 0 sek", "1 min 0 s"),
            (1_911, "31 min 51 sek", "31 min 51 sek", "31 min 51 s"),
            (62_152, "17 t 15 min 52 sek", "17 tim 15 min 52 sek", "17 h 15 min 52 s"),
            (22_212, "6 t 10 min 12 sek", "6 tim 10 min 12 sek", "6 h 10 min 12 s"),
            (3_605, "1 t 0 min 5 sek", "1 tim 0 min 5 sek", "1 h 0 min 5 s"),
            (100_000, "27 t 46 min 40 sek", "27 tim 46 min 40 sek", "27 h 46 min 40 s"),
        ] {
            for (language, text) in [(Language::Fi, fi), (Language::Sv, sv), (Language::En, en)] {
                assert_eq!(plain(&duration(seconds, language)), text);
            }
        }
    }

    #[test]
    fn a_mean_is_rounded_to_the_nearest_second() {
        assert_eq!(rounded_seconds(1_499, 1), 1);
        assert_eq!(rounded_seconds(1_500, 1), 2);
        assert_eq!(rounded_seconds(10_000, 3), 3);
    }

    #[test]
    fn a_share_is_printed_as_0_or_100_percent_only_if_it_is_exactly_that() {
        for (good, n, text) in [
            (0, 7, "0 %"),
            (7, 7, "100 %"),
            (1, 100_000, "0,1 %"),
            (99_999, 100_000, "99,9 %"),
            (100_001, 100_000, "100,1 %"),
            (388, 1_000, "38,8 %"),
            (1, 8, "12,5 %"),
            (1, 16, "6,3 %"),
        ] {
            assert_eq!(plain(&percent(good, n, Language::Fi)), text, "{good} of {n}");
        }
        assert_eq!(percent(388, 1_000, Language::En), "38.8%");
    }

    #[test]
    fn a_bare_value_leaves_its_unit_to_the_title() {
        let mean = |seconds: i64| CellValue::Mean { sum_ms: 3 * seconds * 1000, n: 3 };
        for (value, unit_ms, text) in [
            (CellValue::Share { good: 388, n: 1_000 }, 1, "38,8"),
            (CellValue::Share { good: 7, n: 7 }, 1, "100"),
            (mean(62), 1000, "62"),
            (mean(62), 60_000, "1,0"),
            (mean(10_620), 60_000, "177,0"),
            (mean(10_620), 3_600_000, "3,0"),
            (mean(9), 3_600_000, "<0,1"),
            (mean(0), 3_600_000, "0,0"),
        ] {
            assert_eq!(bare(&value, unit_ms, Language::Sv), text, "{value:?} in {unit_ms} ms");
        }
    }

    #[test]
    fn thousands_are_separated() {
        assert_eq!(plain(&count(2_802_072, Language::Fi)), "2 802 072");
        assert_eq!(count(66_576, Language::En), "66,576");
        assert_eq!(count(999, Language::Sv), "999");
    }

    #[test]
    fn a_score_below_zero_has_a_minus_sign() {
        let score = CellValue::Score { difference: -1, n: 6 };
        assert_eq!(plain(&value(&score, false, Language::Sv)), "−16,7 (6)");
        let interval = CellValue::Interval { low: -74.26, high: 48.0, n: 6 };
        assert_eq!(value(&interval, false, Language::Fi), "−74,3…48,0");
    }
}
