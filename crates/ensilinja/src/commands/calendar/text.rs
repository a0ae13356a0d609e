//! The calendar as tables.

use std::fmt::Write as _;

use ensilinja_config::{date_in_words, night_in_words};
use ensilinja_lookback::local_time::{to_the_minute, zoned};
use ensilinja_report::{Align, Listing};
use jiff::civil::Date;

use super::days::{CalendarDays, LineOpenDays};
use crate::open_days::runs;

impl CalendarDays<'_> {
    /// The calendar as tables.
    pub(super) fn text(&self) -> anyhow::Result<String> {
        let zone = &self.config.zone;
        let mut text = String::new();
        let [first, last] = [self.first, self.last].map(date_in_words);
        writeln!(text, "Open hours from {first} to {last}, local time of {}\n", self.config.zone_name())?;
        let mut hours = Listing::new([("LINE", Align::Left), ("DAYS", Align::Left), ("HOURS", Align::Left)]);
        let mut changes =
            Listing::new([("LINE", Align::Left), ("IS", Align::Left), ("NEXT", Align::Left), ("THEN", Align::Left)]);
        for LineOpenDays { line, days, is_open, changes: next } in &self.lines {
            for (place, (from, to, open)) in runs(days, zone).into_iter().enumerate() {
                let days = if from == to { date_in_words(from) } else { span_of_days(from, to) };
                let id = if place == 0 { line.id.to_string() } else { String::new() };
                hours.row([id, days, open]);
            }
            let change = |place: usize| match next.get(place) {
                Some((at, opens)) => {
                    let at = zoned(*at, zone).strftime("%a %Y-%m-%d %H:%M").to_string();
                    format!("{} {at}", if *opens { "opens" } else { "closes" })
                }
                None if place == 0 => "no change within a year".to_owned(),
                None => String::new(),
            };
            changes.row([
                line.id.to_string(),
                if *is_open { "open" } else { "closed" }.to_owned(),
                change(0),
                change(1),
            ]);
        }
        write!(text, "{hours}\nNext changes after {}\n\n{changes}", to_the_minute(self.at, zone))?;
        self.write_nights(&mut text)?;
        self.years.iter().try_for_each(|year| year.write(&mut text, zone))?;
        Ok(text)
    }

    /// Every midnight at which a night does not continue as it began, with the rule that mends it.
    fn write_nights(&self, text: &mut String) -> std::fmt::Result {
        if self.nights.is_empty() {
            return Ok(());
        }
        let mut midnights =
            Listing::new([("LINE", Align::Left), ("AT MIDNIGHT", Align::Left), ("RULE TO ADD", Align::Left)]);
        for nights in &self.nights {
            for (place, night) in nights.broken.iter().enumerate() {
                let id = if place == 0 { nights.line.id.to_string() } else { String::new() };
                midnights.row([id, night_in_words(night), night.rule.clone().unwrap_or_default()]);
            }
        }
        write!(
            text,
            "\nNights that do not continue at midnight as they began: an exception replaces its whole date. If nights should \
             go on\nuntil they end, add the rules at the end of `hours`, each after a semicolon.\n\n{midnights}"
        )
    }
}

fn span_of_days(from: Date, to: Date) -> String {
    format!("{} - {}", date_in_words(from), date_in_words(to))
}
