//! `ensilinja calendar`: when the lines are open, day by day, the holidays, and the days on which clocks change.
//!
//! It is a function of the configuration, the days asked for, and the instant that next changes are counted from: the
//! clock's, or the first midnight where a first day is named.

pub(crate) mod document;
mod year;

use std::fmt::Write as _;

use ensilinja_calendar::LineHours;
use ensilinja_model::EventTime;
use ensilinja_report::{Align, Listing};
use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::cli::{CalendarArguments, ListingFormat};
use crate::open_days::{OpenDay, midnight, open_days, runs};
use crate::outcome::Outcome;
use crate::standard_output::print;
use ensilinja_config::{BrokenNights, broken_nights, date_in_words, night_in_words};
use ensilinja_config::{Config, Line};
use ensilinja_lookback::local_time::{to_the_minute, zoned};
use year::Year;

/// How many of a line's next openings and closings are told.
const CHANGES: usize = 2;

/// How long after the last day hours are laid out, to find the next changes, in ms: a line may be closed for half a
/// year.
const LAID_OUT_AFTER_MS: i64 = 400 * 24 * 3_600_000;

/// What is to be printed.
struct Calendar<'a> {
    config: &'a Config,
    first: Date,
    last: Date,
    /// When it is: states and next changes are as of then.
    at: EventTime,
    lines: Vec<LineDays<'a>>,
    /// Lines with nights that do not go on at midnight as they began, on one of the days.
    nights: Vec<BrokenNights<'a>>,
    years: Vec<Year>,
}

/// The days of a line.
struct LineDays<'a> {
    line: &'a Line,
    days: Vec<OpenDay>,
    is_open: bool,
    /// The next openings and closings; whether each opens.
    changes: Vec<(EventTime, bool)>,
}

/// Prints the calendar of the lines as of `now`.
///
/// # Errors
/// [`UnknownLine`](ensilinja_config::UnknownLine), or why it cannot be written.
pub fn calendar(arguments: &CalendarArguments, config: &Config, now: EventTime) -> anyhow::Result<Outcome> {
    let places = config.places_of(&arguments.lines)?;
    let today = zoned(now, &config.zone).date();
    let (first, last) = match (arguments.year, arguments.from.unwrap_or(today)) {
        (Some(year), _) => (Date::new(year, 1, 1)?, Date::new(year, 12, 31)?),
        (None, first) => (first, first.checked_add((i64::from(arguments.days) - 1).days())?),
    };
    let is_told = arguments.year.is_some() || arguments.from.is_some();
    let at = if is_told { midnight(first, &config.zone)? } else { now };
    let calendar = Calendar::of(config, &places, (first, last), at)?;
    print(&match arguments.listing.format {
        ListingFormat::Table => calendar.text()?,
        ListingFormat::Json => calendar.document().to_json(),
    })?;
    Ok(Outcome::Done)
}

impl<'a> Calendar<'a> {
    fn of(config: &'a Config, places: &[usize], (first, last): (Date, Date), at: EventTime) -> anyhow::Result<Self> {
        let end = midnight(last, &config.zone)?;
        let line_days = |place: &usize| {
            let line = &config.lines[*place];
            let hours = LineHours::new(&line.hours, &config.days, at, end.max(at).plus_millis(LAID_OUT_AFTER_MS));
            anyhow::Ok(LineDays {
                line,
                days: open_days(&hours, first, last, &config.zone)?,
                is_open: hours.is_open(at),
                changes: next_changes(&hours, at),
            })
        };
        let years = (first.year()..=last.year()).map(|year| Year::of(year, &config.zone)).collect::<Result<_, _>>()?;
        let nights = broken_nights(places.iter().map(|place| &config.lines[*place]), &(first..=last));
        let lines = places.iter().map(line_days).collect::<Result<_, _>>()?;
        Ok(Self { config, first, last, at, lines, nights, years })
    }

    fn text(&self) -> anyhow::Result<String> {
        let zone = &self.config.zone;
        let mut text = String::new();
        let [first, last] = [self.first, self.last].map(date_in_words);
        writeln!(text, "Open hours from {first} to {last}, local time of {}\n", self.config.zone_name())?;
        let mut hours = Listing::new([("LINE", Align::Left), ("DAYS", Align::Left), ("HOURS", Align::Left)]);
        let mut changes =
            Listing::new([("LINE", Align::Left), ("IS", Align::Left), ("NEXT", Align::Left), ("THEN", Align::Left)]);
        for LineDays { line, days, is_open, changes: next } in &self.lines {
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

    /// Every midnight of the days at which a night does not go on as it began, with the rule that mends it.
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
            "\nNights that do not go on at midnight as they began: an exception replaces its whole date. For nights that \
             go on\nuntil they end, add the rules at the end of `hours`, each after a semicolon.\n\n{midnights}"
        )
    }
}

fn span_of_days(from: Date, to: Date) -> String {
    format!("{} - {}", date_in_words(from), date_in_words(to))
}

/// The next openings and closings of a line after `at`, and whether each opens.
pub(crate) fn next_changes(hours: &LineHours, at: EventTime) -> Vec<(EventTime, bool)> {
    let next = std::iter::successors(hours.next_change(at), |change| hours.next_change(*change));
    next.take(CHANGES).map(|change| (change, hours.is_open(change))).collect()
}
