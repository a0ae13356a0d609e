//! When a line is open, by local day, and when it opens and closes next.
//!
//! ```text
//! night shift   ______|=====|=====|________      22:00-06:00 belongs to two days, each with its part
//!                           ^ midnight
//! ```

use ensilinja_calendar::LineHours;
use ensilinja_lookback::local_time::{instant, moment, zoned};
use ensilinja_model::EventTime;
use ensilinja_report::JsonDocument;
use jiff::ToSpan as _;
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// How many of a line's next openings and closings are shown.
const CHANGES: usize = 2;

/// One local day of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenDay {
    /// The day.
    pub date: Date,
    /// When the line is open, in order, as `[from, to)` between the day's midnight and the next.
    pub spans: Vec<(EventTime, EventTime)>,
    /// The midnight at which it ends.
    end: EventTime,
}

/// The days from `first` to `last`, both included. `hours` must be laid out for all of them.
///
/// # Errors
/// If a date is beyond the supported years.
pub fn open_days(hours: &LineHours, first: Date, last: Date, zone: &TimeZone) -> anyhow::Result<Vec<OpenDay>> {
    let dates = first.series(1.day()).take_while(|date| *date <= last);
    dates.map(|date| OpenDay::of(hours, date, zone)).collect()
}

impl OpenDay {
    fn of(hours: &LineHours, date: Date, zone: &TimeZone) -> anyhow::Result<Self> {
        let [start, end] = [midnight(date, zone)?, midnight(date.tomorrow()?, zone)?];
        let mut spans = Vec::new();
        let mut at = start;
        while at < end {
            let until = hours.next_change(at).map_or(end, |change| change.min(end));
            if hours.is_open(at) {
                spans.push((at, until));
            }
            at = until;
        }
        Ok(Self { date, spans, end })
    }

    /// How long the line is open on the day, in ms.
    #[must_use]
    pub fn open_ms(&self) -> i64 {
        self.spans.iter().map(|(from, to)| to.millis_since(*from)).sum()
    }

    /// The hours in words: `08:00-16:00`, `00:00-06:00, 22:00-24:00` or `closed`.
    #[must_use]
    pub fn in_words(&self, zone: &TimeZone) -> String {
        let time = |at: EventTime| zoned(at, zone).strftime("%H:%M").to_string();
        let until = |at: EventTime| if at == self.end { "24:00".to_owned() } else { time(at) };
        match &*self.spans {
            [] => "closed".to_owned(),
            spans => {
                spans.iter().map(|(from, to)| format!("{}-{}", time(*from), until(*to))).collect::<Vec<_>>().join(", ")
            }
        }
    }

    /// The day as JSON, with its open spans in RFC 3339.
    #[must_use]
    pub fn document(&self, zone: &TimeZone) -> JsonDocument {
        let span = |(from, to): &(EventTime, EventTime)| {
            JsonDocument::object([("from", instant_document(*from, zone)), ("to", instant_document(*to, zone))])
        };
        JsonDocument::object([
            ("date", self.date.to_string().into()),
            ("open", JsonDocument::list(self.spans.iter().map(span))),
            ("open_seconds", (self.open_ms() / 1000).into()),
        ])
    }
}

/// An instant as JSON, in RFC 3339.
#[must_use]
pub fn instant_document(at: EventTime, zone: &TimeZone) -> JsonDocument {
    moment(at, zone).rfc_3339().into()
}

/// Consecutive days with the same hours together: first day, last day, hours.
#[must_use]
pub fn runs(days: &[OpenDay], zone: &TimeZone) -> Vec<(Date, Date, String)> {
    let mut runs: Vec<(Date, Date, String)> = Vec::new();
    for day in days {
        let hours = day.in_words(zone);
        match runs.last_mut().filter(|(_, _, before)| *before == hours) {
            Some((_, last, _)) => *last = day.date,
            None => runs.push((day.date, day.date, hours)),
        }
    }
    runs
}

/// The first instant of a date.
///
/// # Errors
/// If the date is beyond the supported years.
pub fn midnight(date: Date, zone: &TimeZone) -> anyhow::Result<EventTime> {
    Ok(instant(date.at(0, 0, 0, 0), zone)?)
}

/// The next openings and closings of a line after `at`, and whether each opens.
#[must_use]
pub fn next_changes(hours: &LineHours, at: EventTime) -> Vec<(EventTime, bool)> {
    let next = std::iter::successors(hours.next_change(at), |change| hours.next_change(*change));
    next.take(CHANGES).map(|change| (change, hours.is_open(change))).collect()
}

#[cfg(test)]
mod tests {
    use ensilinja_calendar::{Days, OpeningHours};
    use jiff::civil::date;

    use super::*;

    fn days_of(hours: &str, first: Date, days: i64) -> Vec<String> {
        let zone = TimeZone::get("Europe/Helsinki").unwrap();
        let last = first.checked_add((days - 1).days()).unwrap();
        let [from, to] = [midnight(first, &zone).unwrap(), midnight(last, &zone).unwrap()];
        let hours = OpeningHours::parse(hours).unwrap();
        let hours = LineHours::new(&hours, &Days::new("Europe/Helsinki").unwrap(), from, to);
        let days = open_days(&hours, first, last, &zone).unwrap();
        days.iter().map(|day| format!("{} {} {}", day.date, day.in_words(&zone), day.open_ms() / 3_600_000)).collect()
    }

    #[test]
    fn christmas_of_2025_closes_an_office_for_five_days() {
        assert_eq!(
            days_of("Mo-Fr 08:00-16:00; PH off; Dec 24 off", date(2025, 12, 23), 7),
            [
                "2025-12-23 08:00-16:00 8",
                "2025-12-24 closed 0",
                "2025-12-25 closed 0",
                "2025-12-26 closed 0",
                "2025-12-27 closed 0",
                "2025-12-28 closed 0",
                "2025-12-29 08:00-16:00 8",
            ]
        );
    }

    #[test]
    fn helatorstai_is_a_closed_thursday_between_open_days() {
        assert_eq!(
            days_of("Mo-Fr 08:00-16:00; PH off", date(2025, 5, 28), 3),
            ["2025-05-28 08:00-16:00 8", "2025-05-29 closed 0", "2025-05-30 08:00-16:00 8"]
        );
    }

    #[test]
    fn a_day_on_which_the_clocks_change_has_23_or_25_hours() {
        assert_eq!(days_of("24/7", date(2025, 3, 30), 1), ["2025-03-30 00:00-24:00 23"]);
        assert_eq!(days_of("24/7", date(2025, 10, 26), 1), ["2025-10-26 00:00-24:00 25"]);
        assert_eq!(days_of("Mo-Su 22:00-06:00", date(2025, 10, 26), 1), ["2025-10-26 00:00-06:00, 22:00-24:00 9"]);
    }
}
