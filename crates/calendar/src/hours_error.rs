//! Errors in opening hours, with a remedy for the author.

use opening_hours_syntax::rules::day::{DaySelector, HolidayKind, WeekDayRange};
use opening_hours_syntax::rules::{RuleKind, RuleSequence};
use pest::error::InputLocation;

/// An error in opening hours. The message names the wrong part and a correct form.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpeningHoursError {
    /// The text is not in the syntax.
    #[error("`{text}` is not understood from `{from}` on; write it like `Mo-Fr 08:00-16:00; PH off; Dec 24 off`")]
    Syntax {
        /// The whole text.
        text: String,
        /// The part that does not start with anything known.
        from: String,
    },
    /// The text is valid as far as it goes, but incomplete.
    #[error("`{text}` is not finished; write it like `Mo-Fr 08:00-16:00; PH off; Dec 24 off`")]
    Unfinished {
        /// The whole text.
        text: String,
    },
    /// The text is valid syntax with an impossible number.
    #[error("`{text}` is impossible: {why}")]
    Impossible {
        /// The whole text.
        text: String,
        /// The impossible part.
        why: String,
    },
    /// A rule does not define exactly when the line is open.
    #[error("`{rule}` {why}")]
    Unclear {
        /// The rule.
        rule: String,
        /// The reason, and what to write instead.
        why: &'static str,
    },
    /// A weekly rule follows the rule that closes on holidays, and so overrides it.
    #[error("`{rule}` opens the line on holidays again, because later rules win: put `{holidays}` after it")]
    HidesHolidays {
        /// The weekly rule.
        rule: String,
        /// The rule for holidays that it overrides.
        holidays: String,
    },
    /// No date of the calendar, 1970 to 2100, has an open minute.
    #[error("`{text}` is never open; write hours such as `Mo-Fr 08:00-16:00`, or leave the line out")]
    NeverOpen {
        /// The whole text.
        text: String,
    },
}

impl OpeningHoursError {
    /// The error that the parser found in `text`.
    pub(crate) fn from_parser(text: &str, error: &opening_hours_syntax::Error) -> Self {
        let text = text.to_owned();
        match error {
            opening_hours_syntax::Error::Syntax(syntax) => {
                let (InputLocation::Pos(start) | InputLocation::Span((start, _))) = syntax.location;
                let from = text.get(start..).unwrap_or_default().to_owned();
                if from.is_empty() { Self::Unfinished { text } } else { Self::Syntax { text, from } }
            }
            impossible => Self::Impossible { why: impossible.to_string(), text },
        }
    }
}

/// Rejects rules that do not define exactly when the line is open, or that certainly mean something else.
pub(crate) fn refuse_unclear_rules(rules: &[RuleSequence]) -> Result<(), OpeningHoursError> {
    let mut closed_on_holidays: Option<&RuleSequence> = None;
    for rule in rules {
        if let Some(why) = why_unclear(rule) {
            return Err(OpeningHoursError::Unclear { rule: rule.to_string(), why });
        }
        let of_holidays = names_holiday(&rule.day_selector, HolidayKind::Public);
        match (rule.kind, closed_on_holidays) {
            (RuleKind::Closed, _) if of_holidays => closed_on_holidays = Some(rule),
            (RuleKind::Open, Some(holidays)) if is_weekly(&rule.day_selector) && !of_holidays => {
                let [rule, holidays] = [rule, holidays].map(ToString::to_string);
                return Err(OpeningHoursError::HidesHolidays { rule, holidays });
            }
            _ => {}
        }
    }
    Ok(())
}

fn why_unclear(rule: &RuleSequence) -> Option<&'static str> {
    let spans = &rule.time_selector.spans;
    if rule.kind == RuleKind::Unknown {
        Some("is neither open nor closed; remove `unknown`, and put `open` before a comment")
    } else if spans.iter().any(|span| [span.range.start, span.range.end].iter().any(|t| t.as_time_event().is_some())) {
        Some("depends on the sun; write times of day, such as 08:00-16:00")
    } else if spans.iter().any(|span| span.open_end) {
        Some("has no closing time; write one, such as 08:00-16:00")
    } else if spans.iter().any(|span| span.repeats.is_some()) {
        Some("names single moments; write a span of time, such as 08:00-16:00")
    } else if names_holiday(&rule.day_selector, HolidayKind::School) {
        Some("depends on school holidays, which differ by town; write dates, such as Jun 01-Aug 10")
    } else {
        None
    }
}

pub(crate) fn names_holiday(days: &DaySelector, wanted: HolidayKind) -> bool {
    days.weekday.iter().any(|day| matches!(day, WeekDayRange::Holiday { kind, .. } if *kind == wanted))
}

/// Whether the rule applies to every week of every year.
pub(crate) fn is_weekly(days: &DaySelector) -> bool {
    days.year.is_empty() && days.monthday.is_empty() && days.week.is_empty()
}

#[cfg(test)]
mod tests {
    use crate::OpeningHours;

    #[test]
    fn the_message_names_the_wrong_part_and_a_correct_form() {
        #[rustfmt::skip]
        let messages = [
            ("", "`` is not finished; write it like `Mo-Fr 08:00-16:00; PH off; Dec 24 off`"),
            ("Mo-Fr 08:00-", "`Mo-Fr 08:00-` is not finished; write it like `Mo-Fr 08:00-16:00; PH off; Dec 24 off`"),
            ("Mo-Fr 8-16", "`Mo-Fr 8-16` is not understood from `8-16` on; write it like `Mo-Fr 08:00-16:00; PH off; Dec 24 off`"),
            ("ma-pe 08:00-16:00", "`ma-pe 08:00-16:00` is not understood from `ma-pe 08:00-16:00` on; write it like `Mo-Fr 08:00-16:00; PH off; Dec 24 off`"),
            ("Mo-Fr 08:00-16:00 unless PH", "`Mo-Fr 08:00-16:00 unless PH` is not understood from `unless PH` on; write it like `Mo-Fr 08:00-16:00; PH off; Dec 24 off`"),
            ("Mo-Fr 08:00-16:00; PH,Dec 24 off", "`Mo-Fr 08:00-16:00; PH,Dec 24 off` is not understood from `Dec 24 off` on; write it like `Mo-Fr 08:00-16:00; PH off; Dec 24 off`"),
            ("Mo-Fr 08:00-48:30", "`Mo-Fr 08:00-48:30` is impossible: invalid extended time for 48:30"),
            ("Mo-Fr 08:00-16:00 unknown", "`Mo-Fr 08:00-16:00 unknown` is neither open nor closed; remove `unknown`, and put `open` before a comment"),
            ("Mo-Fr sunrise-16:00", "`Mo-Fr sunrise-16:00` depends on the sun; write times of day, such as 08:00-16:00"),
            ("Mo-Fr 08:00+", "`Mo-Fr 08:00+` has no closing time; write one, such as 08:00-16:00"),
            ("Mo-Fr 08:00-16:00/30", "`Mo-Fr 08:00-16:00/30` names single moments; write a span of time, such as 08:00-16:00"),
            ("Mo-Fr 08:00-16:00; SH off", "`SH closed` depends on school holidays, which differ by town; write dates, such as Jun 01-Aug 10"),
            ("PH off; Mo-Fr 08:00-16:00", "`Mo-Fr 08:00-16:00` opens the line on holidays again, because later rules win: put `PH closed` after it"),
            ("Mo-Fr 08:00-16:00; PH off; Sa 10:00-12:00", "`Sa 10:00-12:00` opens the line on holidays again, because later rules win: put `PH closed` after it"),
            ("Mo-Fr off", "`Mo-Fr off` is never open; write hours such as `Mo-Fr 08:00-16:00`, or leave the line out"),
            ("Mo-Fr 08:00-16:00; 24/7 off", "`Mo-Fr 08:00-16:00; 24/7 off` is never open; write hours such as `Mo-Fr 08:00-16:00`, or leave the line out"),
        ];
        for (text, message) in messages {
            assert_eq!(OpeningHours::parse(text).unwrap_err().to_string(), message);
        }
    }

    #[test]
    fn unambiguous_hours_are_accepted() {
        for text in [
            "24/7",
            "24/7; PH off",
            "Mo-Fr 08:00-16:00",
            "Mo-Fr 08:00-11:00,12:00-16:00; PH off; Dec 24 off",
            "Mo-Su 22:00-06:00",
            "Mo-Fr 08:00-16:00; PH 10:00-12:00",
            "Mo-Fr 08:00-16:00; PH off; 2026 Dec 27 08:00-12:00",
            "Mo-Fr 08:00-16:00 open \"press 2\"; PH off",
            "Jun-Aug Mo-Fr 09:00-15:00; Sep-May Mo-Fr 08:00-16:00; PH off",
        ] {
            OpeningHours::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        }
    }
}
