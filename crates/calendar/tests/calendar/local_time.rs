//! Converts between instants and Helsinki time in tests.

use std::sync::LazyLock;

use ensilinja_calendar::{Days, LineHours, OpeningHours};
use ensilinja_model::EventTime;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{Timestamp, Zoned};

pub const MINUTE_MS: i64 = 60_000;
pub const HOUR_MS: i64 = 60 * MINUTE_MS;
pub const DAY_MS: i64 = 24 * HOUR_MS;

pub static DAYS: LazyLock<Days> = LazyLock::new(|| Days::new("Europe/Helsinki").unwrap());

static HELSINKI: LazyLock<TimeZone> = LazyLock::new(|| TimeZoneDatabase::bundled().get("Europe/Helsinki").unwrap());

pub fn helsinki() -> TimeZone {
    HELSINKI.clone()
}

/// The instant of a Helsinki time such as `2026-03-29 23:59:59.999`. A time that occurs twice is the first one, unless
/// it has an offset, as in `2026-10-25 03:30+02:00`.
pub fn local(text: &str) -> EventTime {
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return EventTime::from_millis(timestamp.as_millisecond());
    }
    event_time(&text.parse::<jiff::civil::DateTime>().unwrap().to_zoned(helsinki()).unwrap())
}

pub fn event_time(zoned: &Zoned) -> EventTime {
    EventTime::from_millis(zoned.timestamp().as_millisecond())
}

pub fn zoned(at: EventTime) -> Zoned {
    Timestamp::from_millisecond(at.as_millis()).unwrap().to_zoned(helsinki())
}

/// `at` in the form that tables use.
pub fn shown(at: EventTime) -> String {
    zoned(at).strftime("%F %H:%M:%S%.f").to_string()
}

pub fn line(text: &str, from: &str, to: &str) -> LineHours {
    LineHours::new(&OpeningHours::parse(text).unwrap(), &DAYS, local(from), local(to))
}

/// The rows of a text table without the heading. Cells are separated by two or more spaces.
pub fn rows<const COLUMNS: usize>(table: &str) -> impl Iterator<Item = [&str; COLUMNS]> {
    assert!(table.trim().lines().count() > 1, "the table has no rows");
    table.trim().lines().skip(1).map(|row| {
        let cells: Vec<&str> = row.split("  ").map(str::trim).filter(|cell| !cell.is_empty()).collect();
        cells.try_into().unwrap_or_else(|_| panic!("`{row}` has not {COLUMNS} cells"))
    })
}
