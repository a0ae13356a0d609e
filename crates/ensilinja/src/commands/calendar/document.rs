//! The calendar as JSON.

use ensilinja_calendar::{Holiday, NightBreak};
use ensilinja_config::BrokenNights;
use ensilinja_model::EventTime;
use ensilinja_report::JsonDocument;
use jiff::tz::TimeZone;

use super::days::{CalendarDays, LineOpenDays};
use super::year::ClockChange;
use crate::open_days::instant_document;

impl CalendarDays<'_> {
    /// The document: every day with its open spans, instants in RFC 3339.
    pub(super) fn document(&self) -> JsonDocument {
        let zone = &self.config.zone;
        let holidays = || self.years.iter().flat_map(|year| &year.holidays);
        JsonDocument::object([
            ("schema", "ensilinja.calendar/1".into()),
            ("time_zone", self.config.zone_name().into()),
            ("from", self.first.to_string().into()),
            ("to", self.last.to_string().into()),
            ("as_of", instant_document(self.at, zone)),
            ("lines", JsonDocument::list(self.lines.iter().map(|line| line.document(zone)))),
            ("broken_nights", JsonDocument::list(self.nights.iter().flat_map(midnights))),
            ("holidays", JsonDocument::list(holidays().map(holiday))),
            (
                "clock_changes",
                JsonDocument::list(
                    self.years.iter().flat_map(|year| &year.clock_changes).map(|it| clock_change(it, zone)),
                ),
            ),
        ])
    }
}

impl LineOpenDays<'_> {
    fn document(&self, zone: &TimeZone) -> JsonDocument {
        let change = |(at, opens): &(EventTime, bool)| {
            JsonDocument::object([("at", instant_document(*at, zone)), ("opens", (*opens).into())])
        };
        JsonDocument::object([
            ("line", self.line.id.as_str().into()),
            ("name", self.line.name.fi.as_str().into()),
            ("is_open", self.is_open.into()),
            ("next_changes", JsonDocument::list(self.changes.iter().map(change))),
            ("days", JsonDocument::list(self.days.iter().map(|open| open.document(zone)))),
        ])
    }
}

/// The midnights at which nights of a line do not continue as they began.
fn midnights<'a>(nights: &'a BrokenNights<'_>) -> impl Iterator<Item = JsonDocument> + 'a {
    nights.broken.iter().map(|night| {
        let (night_break, written_until_minute) = match night.night_break {
            NightBreak::Cut => ("cut", Some(night.until_minute)),
            NightBreak::LeftOver => ("left_over", None),
            NightBreak::OtherEnd { written_until_minute } => ("other_end", Some(written_until_minute)),
        };
        JsonDocument::object([
            ("line", nights.line.id.as_str().into()),
            ("date", night.date.to_string().into()),
            ("break", night_break.into()),
            ("until_seconds", (i64::from(night.until_minute) * 60).into()),
            ("written_until_seconds", written_until_minute.map(|minute| i64::from(minute) * 60).into()),
            ("rule", night.rule.clone().into()),
        ])
    })
}

fn holiday(holiday: &Holiday) -> JsonDocument {
    JsonDocument::object([
        ("date", holiday.date.to_string().into()),
        ("name_fi", holiday.name_fi.into()),
        ("name_sv", holiday.name_sv.into()),
        ("name_en", holiday.name_en.into()),
    ])
}

fn clock_change(change: &ClockChange, zone: &TimeZone) -> JsonDocument {
    JsonDocument::object([
        ("at", instant_document(change.at, zone)),
        ("utc_offset_seconds_before", change.offset_before.into()),
        ("utc_offset_seconds_after", change.offset_after.into()),
    ])
}
