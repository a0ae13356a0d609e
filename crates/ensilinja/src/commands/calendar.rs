//! `ensilinja calendar`: when the lines are open, day by day, the holidays, and the days on which clocks change.
//!
//! The result is a function of the configuration, the days asked for, and the instant that next changes are counted
//! from: the clock's, or the first midnight if a first day is given.

mod days;
mod document;
mod text;
mod year;

use ensilinja_config::Config;
use ensilinja_lookback::local_time::zoned;
use ensilinja_model::{EventTime, LineId};
use ensilinja_report::fitted;
use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::console::standard_output::{ListingFormat, print};
use crate::open_days::midnight;
use crate::outcome::Outcome;
use days::CalendarDays;

/// A request for a calendar.
#[derive(Clone, Copy, Debug)]
pub struct CalendarRequest<'a> {
    /// The lines; empty for all.
    pub lines: &'a [LineId],
    /// The first day; `None` for today.
    pub from: Option<Date>,
    /// The number of days.
    pub days: u16,
    /// A whole year, instead of the days.
    pub year: Option<i16>,
    /// The format.
    pub format: ListingFormat,
    /// The width of a table.
    pub width: usize,
}

/// Prints the calendar of the lines as of `now`.
///
/// # Errors
/// [`UnknownLine`](ensilinja_config::UnknownLine), or why it cannot be written.
pub fn calendar(request: &CalendarRequest<'_>, config: &Config, now: EventTime) -> anyhow::Result<Outcome> {
    let places = config.line_indices(request.lines)?;
    let today = zoned(now, &config.zone).date();
    let (first, last) = match (request.year, request.from.unwrap_or(today)) {
        (Some(year), _) => (Date::new(year, 1, 1)?, Date::new(year, 12, 31)?),
        (None, first) => (first, first.checked_add((i64::from(request.days) - 1).days())?),
    };
    let is_given = request.year.is_some() || request.from.is_some();
    let at = if is_given { midnight(first, &config.zone)? } else { now };
    let calendar = CalendarDays::new(config, &places, (first, last), at)?;
    print(&match request.format {
        ListingFormat::Table => fitted(&calendar.text()?, request.width),
        ListingFormat::Json => calendar.document().to_json(),
    })?;
    Ok(Outcome::Done)
}
