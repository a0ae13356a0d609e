//! Nights that a date cuts, leaves over or ends at another time, in words: what `check`, `calendar` and the start of
//! `run` say of them.

use std::ops::RangeInclusive;

use ensilinja_calendar::{BrokenNight, NightBreak};
use ensilinja_model::EventTime;
use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::config::{Config, Line};
use crate::local_time::zoned;
use crate::open_days::date_in_words;

/// How many midnights are named.
const MOST_NAMED: usize = 4;

/// More midnights than this in a year are those of a weekday, for no calendar has so many exceptions.
const MOST_OF_HOLIDAYS: usize = 40;

/// The end of hours that end with their date.
const MIDNIGHT: &str = "24:00";

/// The nights of a line that do not go on at midnight as they began.
pub struct LineNights<'a> {
    /// The line.
    pub line: &'a Line,
    /// Its hours, as they are understood.
    pub hours: String,
    /// The midnights, ascending; at least one.
    pub broken: Vec<BrokenNight>,
    /// The hours with commas between their rules, where that is all it takes.
    pub joined: Option<String>,
}

/// The lines that have such nights on these dates.
#[must_use]
pub fn of_lines<'a>(lines: impl IntoIterator<Item = &'a Line>, dates: &RangeInclusive<Date>) -> Vec<LineNights<'a>> {
    let of_line = |line: &'a Line| {
        let broken = line.hours.broken_nights(dates.clone());
        let joined = || line.hours.joined_by_commas(dates.clone()).map(|joined| joined.to_string());
        (!broken.is_empty()).then(|| LineNights { line, hours: line.hours.to_string(), broken, joined: joined() })
    };
    lines.into_iter().filter_map(of_line).collect()
}

/// The dates that are looked at before a process starts: a year from `now` on.
#[must_use]
pub fn year_from(now: EventTime, config: &Config) -> RangeInclusive<Date> {
    let today = zoned(now, &config.zone).date();
    today..=today.checked_add(1.year()).unwrap_or(today)
}

impl LineNights<'_> {
    /// What happens at the midnights: the first ones by their dates, and how many more there are.
    #[must_use]
    pub fn midnights(&self) -> String {
        let mut named: Vec<String> = self.broken.iter().take(MOST_NAMED).map(in_words).collect();
        if let Some(more) = self.broken.len().checked_sub(MOST_NAMED).filter(|more| *more > 0) {
            let last = self.broken.last().map(|night| date_in_words(night.date)).unwrap_or_default();
            named.push(format!("{more} more until {last}"));
        }
        named.join("; ")
    }

    /// What to write where the nights are meant to go on.
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
            None => format!(
                "{why} Write a rule for each of these dates at the end of `hours`, with the hours that are meant"
            ),
        }
    }
}

/// What happens at a midnight.
#[must_use]
pub fn in_words(night: &BrokenNight) -> String {
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

fn time(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::config;

    fn told(hours: &str, from: Date, to: Date) -> Vec<(String, String)> {
        let text = config::SAMPLE.replacen("hours = \"24/7\"", &format!("hours = \"{hours}\""), 1);
        let config = config::parse("a.toml", &text).unwrap();
        of_lines(&config.lines, &(from..=to)).iter().map(|nights| (nights.midnights(), nights.advice())).collect()
    }

    #[test]
    fn midnights_are_named_with_the_rules_that_mend_them() {
        let told = told("Mo-Fr 18:00-03:00; PH off", date(2026, 4, 27), date(2026, 5, 10));
        let midnights = "Fri 2026-05-01 00:00 ends the night that would go on until 03:00; Sat 2026-05-02 is open \
                         00:00-03:00, the end of a night that did not begin";
        let advice = "An exception replaces its whole date, from midnight to midnight. For nights that go on until \
                      they end, add at the end of `hours`: ; 2026 May 01 00:00-03:00; 2026 May 02 off";
        assert_eq!(told, [(midnights.to_owned(), advice.to_owned())]);
    }

    #[test]
    fn a_night_that_ends_at_another_time_than_is_written_is_named_with_both() {
        for (written, morning) in [("02:00", "00:00-02:00,18:00-03:00"), ("24:00", "18:00-03:00")] {
            let hours = format!("Mo-Su 18:00-03:00; Dec 24 18:00-{written}");
            let told = told(&hours, date(2026, 12, 21), date(2026, 12, 31));
            let midnights = format!(
                "Thu 2026-12-24 00:00 ends the night that would go on until 03:00; Fri 2026-12-25 is open 00:00-03:00, \
                 though the hours of the night before are written until {written}"
            );
            assert_eq!(told[0].0, midnights);
            let rules = format!(": ; 2026 Dec 24 00:00-03:00,18:00-{written}; 2026 Dec 25 {morning}");
            assert!(told[0].1.ends_with(&rules), "{}", told[0].1);
        }
    }

    #[test]
    fn of_many_midnights_the_first_are_named_and_the_others_counted() {
        let year = told("Mo-Su 22:00-06:00; PH off", date(2026, 1, 2), date(2026, 12, 31));
        assert!(year[0].0.ends_with(" more until Sun 2026-12-27"), "{}", year[0].0);
        assert!(year[0].1.contains("2026 Jan 06 00:00-06:00; 2026 Jan 07 22:00-06:00"), "{}", year[0].1);
        assert!(year[0].1.ends_with("has the rules of the other dates"), "{}", year[0].1);
        let sundays = told("Mo-Su 22:00-06:00; Su off", date(2026, 1, 2), date(2026, 12, 31));
        assert!(sundays[0].1.contains("close no weekday with a rule of its own; "), "{}", sundays[0].1);
        let fridays = told("Mo-Th 18:00-03:00; Fr 18:00-24:00", date(2026, 1, 2), date(2026, 12, 31));
        assert!(fridays[0].1.ends_with("write: Mo-Th 18:00-03:00, Fr 18:00-24:00"), "{}", fridays[0].1);
    }

    #[test]
    fn nothing_is_said_of_lines_that_close_before_midnight() {
        assert_eq!(told("Mo-Fr 08:00-16:00; PH off", date(2026, 1, 2), date(2026, 12, 31)), []);
        assert_eq!(told("24/7; PH off", date(2026, 1, 2), date(2026, 12, 31)), []);
    }
}
