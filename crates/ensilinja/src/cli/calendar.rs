//! The arguments of `calendar`.

use std::ops::RangeInclusive;
use std::path::PathBuf;

use clap::Args;
use ensilinja_model::LineId;
use jiff::civil::Date;

use super::values::ListingArguments;
use super::values::line_id;

const EXAMPLES: &str = "\
Examples:
  ensilinja calendar --config ensilinja.toml
  ensilinja calendar --config ensilinja.toml --line mipa --from 2025-12-22 --days 14
  ensilinja calendar --config ensilinja.toml --year 2026 --format json

Days and times are local to the lines. A line is open from its opening time until just before its closing time.";

/// The years for which there is a calendar, with opening hours before and after them.
pub(super) const YEARS: RangeInclusive<i16> = 1972..=2098;

/// Arguments of `calendar`.
#[derive(Clone, Debug, PartialEq, Args)]
#[command(after_help = EXAMPLES)]
pub struct CalendarArguments {
    /// The configuration with the lines; without it, the lines of the demo's county
    #[arg(long, value_name = "FILE", env = "ENSILINJA_CONFIG")]
    pub config: Option<PathBuf>,
    /// Print the hours of this line only; may be given several times
    #[arg(long = "line", value_name = "ID", value_parser = line_id)]
    pub lines: Vec<LineId>,
    /// The first day; without it, today
    #[arg(long, value_name = "DATE")]
    pub from: Option<Date>,
    /// How many days: 1 to 366
    #[arg(long, value_name = "N", default_value_t = 7, value_parser = clap::value_parser!(u16).range(1..=366))]
    pub days: u16,
    /// All days of this year instead
    #[arg(long, value_name = "YEAR", conflicts_with_all = ["from", "days"],
          value_parser = clap::value_parser!(i16).range(i64::from(*YEARS.start())..=i64::from(*YEARS.end())))]
    pub year: Option<i16>,
    /// How the result is printed.
    #[command(flatten)]
    pub listing: ListingArguments,
}

impl CalendarArguments {
    /// What is wrong with the arguments together.
    pub(super) fn problem(&self) -> Option<String> {
        let year = self.from.map(Date::year).filter(|year| !YEARS.contains(year))?;
        Some(format!("--from is in {year}: the calendar covers the years {} to {}", YEARS.start(), YEARS.end()))
    }
}
