//! The days of a calendar: when each line is open, what is special in a year, and nights that break.

use ensilinja_calendar::LineHours;
use ensilinja_config::{BrokenNights, Config, Line, broken_nights};
use ensilinja_model::EventTime;
use jiff::civil::Date;

use super::year::Year;
use crate::open_days::{OpenDay, midnight, next_changes, open_days};

/// Opening hours are laid out this long after the last day, to find the next changes, in ms: a line may be closed for
/// half a year.
const LAID_OUT_AFTER_MS: i64 = 400 * 24 * 3_600_000;

/// The calendar of some lines over some days.
pub(super) struct CalendarDays<'a> {
    pub(super) config: &'a Config,
    pub(super) first: Date,
    pub(super) last: Date,
    /// The instant that states and next changes are as of.
    pub(super) at: EventTime,
    pub(super) lines: Vec<LineOpenDays<'a>>,
    /// Lines with nights that do not continue at midnight as they began, on one of the days.
    pub(super) nights: Vec<BrokenNights<'a>>,
    pub(super) years: Vec<Year>,
}

/// The days of a line.
pub(super) struct LineOpenDays<'a> {
    pub(super) line: &'a Line,
    pub(super) days: Vec<OpenDay>,
    pub(super) is_open: bool,
    /// The next openings and closings, and whether each opens.
    pub(super) changes: Vec<(EventTime, bool)>,
}

impl<'a> CalendarDays<'a> {
    /// The calendar from the first to the last day, with states as of `at`.
    pub(super) fn new(
        config: &'a Config,
        places: &[usize],
        (first, last): (Date, Date),
        at: EventTime,
    ) -> anyhow::Result<Self> {
        let end = midnight(last, &config.zone)?;
        let line_days = |place: &usize| {
            let line = &config.lines[*place];
            let hours = LineHours::new(&line.hours, &config.days, at, end.max(at).plus_millis(LAID_OUT_AFTER_MS));
            anyhow::Ok(LineOpenDays {
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
}
