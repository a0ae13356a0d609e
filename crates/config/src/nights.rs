//! Nights that do not continue at midnight as they began, in words, with advice: for `check`, `calendar` and the start
//! of `run`.

use std::ops::RangeInclusive;

use ensilinja_calendar::{BrokenNight, NightBreak};
use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::line::Line;

/// How many midnights are listed.
const MOST_NAMED: usize = 4;

/// More midnights than this in a year are those of a weekday, because no calendar has so many exceptions.
const MOST_OF_HOLIDAYS: usize = 40;

/// The end of hours that end with their date.
const MIDNIGHT: &str = "24:00";

/// The nights of one line that do not continue at midnight as they began.
pub struct BrokenNights<'a> {
    /// The line.
    pub line: &'a Line,
    /// Its hours, as they were understood.
    pub hours: String,
    /// The midnights, ascending; at least one.
    pub broken: Vec<BrokenNight>,
    /// The hours with commas between their rules, if that mends the nights.
    pub joined: Option<String>,
}

/// The lines that have such nights on these dates.
#[must_use]
pub fn broken_nights<'a>(
    lines: impl IntoIterator<Item = &'a Line>,
    dates: &RangeInclusive<Date>,
) -> Vec<BrokenNights<'a>> {
    let of_line = |line: &'a Line| {
        let broken = line.hours.broken_nights(dates.clone());
        let joined = || line.hours.joined_by_commas(dates.clone()).map(|joined| joined.to_string());
        (!broken.is_empty()).then(|| BrokenNights { line, hours: line.hours.to_string(), broken, joined: joined() })
    };
    lines.into_iter().filter_map(of_line).collect()
}

/// The dates that are examined before a process starts: a year from today on.
#[must_use]
pub fn year_from(today: Date) -> RangeInclusive<Date> {
    today..=today.checked_add(1.year()).unwrap_or(today)
}

impl BrokenNights<'_> {
    /// What happens at the first midnights, and how many more there are.
    #[must_use]
    pub fn midnights(&self) -> String {
        let mut named: Vec<String> = self.broken.iter().take(MOST_NAMED).map(night_in_words).collect();
        if let Some(more) = self.broken.len().checked_sub(MOST_NAMED).filter(|more| *more > 0) {
            let last = self.broken.last().map(|night| date_in_words(night.date)).unwrap_or_default();
            named.push(format!("{more} more until {last}"));
        }
        named.join("; ")
    }

    /// What to write if the nights should continue.
    #[must_use]
    pub fn advice(&self) -> String {
        let why = "An exception replaces its whole date, from midnight to midnight.";
        if let Some(joined) = &self.joined {
            return format!(
                "After a semicolon a rule replaces its whole date, after a comma it adds to it. For nights that go on until \
                 they end, write: {joined}"
            );
        }
        if self.broken.len() > MOST_OF_HOLIDAYS {
            return format!(
                "{why} Write the hours of the weekdays on which a night begins, such as Mo-Th 18:00-03:00, and close no \
                 weekday with a rule of its own; rules of weekdays are joined by commas"
            );
        }
        let rules: Option<Vec<&str>> = self.broken.iter().take(MOST_NAMED).map(|night| night.rule.as_deref()).collect();
        match rules {
            Some(rules) => {
                let rest = if self.broken.len() > MOST_NAMED {
                    "; `ensilinja calendar` has the rules of the other dates"
                } else {
                    ""
                };
                format!(
                    "{why} For nights that go on until they end, add at the end of `hours`: ; {}{rest}",
                    rules.join("; ")
                )
            }
            None => {
                format!("{why} Write a rule for each of these dates at the end of `hours`, with the intended hours")
            }
        }
    }
}

/// What happens at one midnight.
#[must_use]
pub fn night_in_words(night: &BrokenNight) -> String {
    let [date, until] = [date_in_words(night.date), time(night.until_minute)];
    match night.night_break {
        NightBreak::Cut => format!("{date} 00:00 ends the night that would go on until {until}"),
        NightBreak::LeftOver => format!("{date} is open 00:00-{until}, the end of a night that did not begin"),
        NightBreak::OtherEnd { written_until_minute } => {
            let written = if written_until_minute == 0 { MIDNIGHT.to_owned() } else { time(written_until_minute) };
            format!("{date} is open 00:00-{until}, though the hours of the night before are written until {written}")
        }
    }
}

/// A date with its weekday: `Wed 2025-12-24`.
#[must_use]
pub fn date_in_words(date: Date) -> String {
    date.strftime("%a %Y-%m-%d").to_string()
}

fn time(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::outside::NothingOutside;
    use crate::reading::{SAMPLE, parse};

    fn described(hours: &str, from: Date, to: Date) -> Vec<(String, String)> {
        let text = SAMPLE.replacen("hours = \"24/7\"", &format!("hours = \"{hours}\""), 1);
        let config = parse("a.toml", &text, &NothingOutside).unwrap();
        broken_nights(&config.lines, &(from..=to)).iter().map(|nights| (nights.midnights(), nights.advice())).collect()
    }

    #[test]
    fn midnights_are_listed_with_the_rules_that_mend_them() {
        let described = described("Mo-Fr 18:00-03:00; PH off", date(2026, 4, 27), date(2026, 5, 10));
        let midnights = "Fri 2026-05-01 00:00 ends the night that would go on until 03:00; Sat 2026-05-02 is open \
                         00:00-03:00, the end of a night that did not begin";
        let advice = "An exception replaces its whole date, from midnight to midnight. For nights that go on until \
                      they end, add at the end of `hours`: ; 2026 May 01 00:00-03:00; 2026 May 02 off";
        assert_eq!(described, [(midnights.to_owned(), advice.to_owned())]);
    }

    #[test]
    fn a_night_that_ends_at_another_time_than_is_written_is_named_with_both() {
        for (written, morning) in [("02:00", "00:00-02:00,18:00-03:00"), ("24:00", "18:00-03:00")] {
            let hours = format!("Mo-Su 18:00-03:00; Dec 24 18:00-{written}");
            let described = described(&hours, date(2026, 12, 21), date(2026, 12, 31));
            let midnights = format!(
                "Thu 2026-12-24 00:00 ends the night that would go on until 03:00; Fri 2026-12-25 is open 00:00-03:00, \
                 though the hours of the night before are written until {written}"
            );
            assert_eq!(described[0].0, midnights);
            let rules = format!(": ; 2026 Dec 24 00:00-03:00,18:00-{written}; 2026 Dec 25 {morning}");
            assert!(described[0].1.ends_with(&rules), "{}", described[0].1);
        }
    }

    #[test]
    fn of_many_midnights_the_first_are_named_and_the_others_counted() {
        let year = described("Mo-Su 22:00-06:00; PH off", date(2026, 1, 2), date(2026, 12, 31));
        assert!(year[0].0.ends_with(" more until Sun 2026-12-27"), "{}", year[0].0);
        assert!(year[0].1.contains("2026 Jan 06 00:00-06:00; 2026 Jan 07 22:00-06:00"), "{}", year[0].1);
        assert!(year[0].1.ends_with("has the rules of the other dates"), "{}", year[0].1);
        let sundays = described("Mo-Su 22:00-06:00; Su off", date(2026, 1, 2), date(2026, 12, 31));
        assert!(sundays[0].1.contains("close no weekday with a rule of its own; "), "{}", sundays[0].1);
        let fridays = described("Mo-Th 18:00-03:00; Fr 18:00-24:00", date(2026, 1, 2), date(2026, 12, 31));
        assert!(fridays[0].1.ends_with("write: Mo-Th 18:00-03:00, Fr 18:00-24:00"), "{}", fridays[0].1);
    }

    #[test]
    fn lines_that_close_before_midnight_have_no_broken_nights() {
        assert_eq!(described("Mo-Fr 08:00-16:00; PH off", date(2026, 1, 2), date(2026, 12, 31)), []);
        assert_eq!(described("24/7; PH off", date(2026, 1, 2), date(2026, 12, 31)), []);
    }
}
