//! Local times as files write them, and the instants that they name.
//!
//! ```text
//! Helsinki, 2025-10-26   02:59  03:00 ... 03:59  03:00 ... 03:59  04:00     each of this hour twice
//! Helsinki, 2025-03-30   02:59  04:00                                      03:00 to 03:59 never
//! ```
//!
//! Of a time that comes twice, the one before the arrival is impossible; if both remain, [`RepeatedTime`] decides. A
//! time that never comes is a fault.

use ensilinja_model::{EventTime, vocabulary};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::fmt::strtime::{self, BrokenDownTime};
use jiff::tz::{AmbiguousOffset, TimeZone};

use super::cells::{ColumnKey, RowCells};
use super::row_fault::RowFault;

vocabulary! {
    /// What a local time means that comes twice when the clocks go back, if nothing else tells.
    RepeatedTime {
        /// The row is refused.
        Refused = "refused",
        /// The first, in summer time.
        Earlier = "earlier",
        /// The second, in winter time.
        Later = "later",
    }
}

/// What a pattern has to give.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimePatternKind {
    /// A date and a time of day, or an instant.
    DateTime,
    /// A date.
    Date,
    /// A time of day.
    TimeOfDay,
}

/// A pattern of strptime, such as `%d.%m.%Y %H:%M:%S`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimePattern(String);

/// The cells of a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TimeColumn {
    /// One cell.
    Whole {
        /// The column.
        column: ColumnKey,
        /// How the cell is written.
        pattern: TimePattern,
    },
    /// Date and time of day in cells of their own.
    Apart {
        /// The column of the date.
        date: ColumnKey,
        /// How the date is written.
        date_pattern: TimePattern,
        /// The column of the time of day.
        time: ColumnKey,
        /// How the time of day is written.
        time_pattern: TimePattern,
    },
}

impl TimePattern {
    /// The pattern in `text`; `None` if a text in it does not determine what `kind` says.
    #[must_use]
    pub fn parse(text: &str, kind: TimePatternKind) -> Option<Self> {
        // A day, an hour and a minute that no part of another can be mistaken for.
        let sample = DateTime::constant(2026, 11, 28, 22, 47, 0, 0).to_zoned(TimeZone::UTC).ok()?;
        let written = strtime::format(text, &sample).ok()?;
        let read = strtime::parse(text, &written).ok()?;
        let gives = match kind {
            TimePatternKind::DateTime => civil_or_instant(&read, &TimeZone::UTC)?.instants(&TimeZone::UTC).ok()?,
            TimePatternKind::Date => return (read.to_date().ok()? == sample.date()).then(|| Self(text.to_owned())),
            TimePatternKind::TimeOfDay => {
                return (read.to_time().ok()? == sample.time()).then(|| Self(text.to_owned()));
            }
        };
        (gives == Instants::One(sample.timestamp())).then(|| Self(text.to_owned()))
    }

    fn read(&self, text: &str) -> Option<BrokenDownTime> {
        strtime::parse(&self.0, text).ok()
    }
}

/// The instants that a local time may name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Instants {
    One(Timestamp),
    Two(Timestamp, Timestamp),
}

/// What a cell gives.
#[derive(Clone, Copy)]
enum CellTime {
    Civil(DateTime),
    Instant(Timestamp),
}

impl CellTime {
    fn instants(self, zone: &TimeZone) -> Result<Instants, RowFault> {
        match self {
            Self::Civil(local) => instants_of(local, zone),
            Self::Instant(instant) => Ok(Instants::One(instant)),
        }
    }
}

fn civil_or_instant(read: &BrokenDownTime, zone: &TimeZone) -> Option<CellTime> {
    if read.offset().is_some() || read.timestamp().is_some() {
        return read.to_timestamp().ok().map(CellTime::Instant);
    }
    // A name of a zone in a cell is not looked up: the zone of the rules holds.
    let _ = zone;
    read.to_datetime().ok().map(CellTime::Civil)
}

fn instants_of(local: DateTime, zone: &TimeZone) -> Result<Instants, RowFault> {
    let at = |offset: jiff::tz::Offset| offset.to_timestamp(local).map_err(|_| RowFault::BadTime);
    match zone.to_ambiguous_timestamp(local).offset() {
        AmbiguousOffset::Unambiguous { offset } => Ok(Instants::One(at(offset)?)),
        AmbiguousOffset::Gap { .. } => Err(RowFault::TimeSkipped),
        AmbiguousOffset::Fold { before, after } => Ok(Instants::Two(at(before)?, at(after)?)),
    }
}

/// How local times are understood, and how often a rule had to decide.
pub(super) struct LocalClock<'a> {
    pub(super) zone: &'a TimeZone,
    pub(super) repeated: RepeatedTime,
    /// Times that came twice and were decided by the rule.
    pub(super) by_rule: u32,
}

/// What is known of the arrival when another time is read.
#[derive(Clone, Copy)]
pub(super) struct ArrivalHint {
    pub(super) at: EventTime,
    /// The column of its date, if that is apart.
    pub(super) date: Option<ColumnKey>,
}

impl LocalClock<'_> {
    /// The instant of a time; `None` if its cells say nothing.
    pub(super) fn read(
        &mut self,
        column: &TimeColumn,
        cells: RowCells<'_>,
        arrival: Option<ArrivalHint>,
    ) -> Result<Option<EventTime>, RowFault> {
        let found = match column {
            TimeColumn::Whole { column, pattern } => {
                let Some(text) = cells.get(*column) else { return Ok(None) };
                let read = pattern.read(text).ok_or(RowFault::BadTime)?;
                civil_or_instant(&read, self.zone).ok_or(RowFault::BadTime)?.instants(self.zone)?
            }
            TimeColumn::Apart { date, date_pattern, time, time_pattern } => {
                let Some(text) = cells.get(*time) else { return Ok(None) };
                let time = time_pattern.read(text).and_then(|read| read.to_time().ok()).ok_or(RowFault::BadTime)?;
                let day = cells.get(*date).and_then(|text| date_pattern.read(text));
                let day = day.and_then(|read| read.to_date().ok()).ok_or(RowFault::BadTime)?;
                let arrival = arrival.filter(|arrival| arrival.date == Some(*date));
                self.on_the_day(day, time, arrival)?
            }
        };
        let earliest = arrival.map(|arrival| arrival.at);
        self.choose(found, earliest).map(is_stated)
    }

    /// A time on the day of the arrival, or, if that would be before the arrival, on the next day.
    fn on_the_day(&self, day: Date, time: Time, arrival: Option<ArrivalHint>) -> Result<Instants, RowFault> {
        let found = instants_of(day.to_datetime(time), self.zone);
        let is_before = |arrival: ArrivalHint| match found {
            Ok(Instants::One(at) | Instants::Two(_, at)) => event_time(at) < arrival.at,
            Err(_) => false,
        };
        if !arrival.is_some_and(is_before) {
            return found;
        }
        let next = day.tomorrow().map_err(|_| RowFault::BadTime)?;
        instants_of(next.to_datetime(time), self.zone)
    }

    fn choose(&mut self, instants: Instants, earliest: Option<EventTime>) -> Result<EventTime, RowFault> {
        let (first, second) = match instants {
            Instants::One(at) => return Ok(event_time(at)),
            Instants::Two(first, second) => (event_time(first), event_time(second)),
        };
        if earliest.is_some_and(|earliest| first < earliest) {
            return Ok(second);
        }
        match self.repeated {
            RepeatedTime::Refused => return Err(RowFault::TimeTwice),
            RepeatedTime::Earlier | RepeatedTime::Later => self.by_rule += 1,
        }
        Ok(if self.repeated == RepeatedTime::Earlier { first } else { second })
    }
}

/// Milliseconds are cut off towards the past, as in events.
fn event_time(at: Timestamp) -> EventTime {
    EventTime::from_millis(i64::try_from(at.as_nanosecond().div_euclid(1_000_000)).unwrap_or(i64::MAX))
}

/// Years before 2000 and from 2200 on stand for *not yet* and *never*.
fn is_stated(at: EventTime) -> Option<EventTime> {
    const FROM: EventTime = EventTime::from_seconds(946_684_800);
    const UNTIL: EventTime = EventTime::from_seconds(7_258_118_400);
    (FROM..UNTIL).contains(&at).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::super::cells::{ColumnRef, ColumnSet};
    use super::*;

    fn helsinki() -> TimeZone {
        TimeZone::get("Europe/Helsinki").unwrap()
    }

    /// What a cell with this pattern says, with the rule for times that come twice, as UTC.
    fn read(
        pattern: &str,
        text: &str,
        repeated: RepeatedTime,
        after: Option<&str>,
    ) -> Result<Option<String>, RowFault> {
        let pattern = TimePattern::parse(pattern, TimePatternKind::DateTime).unwrap();
        let column = ColumnSet::default().add(ColumnRef::Number(1));
        let arrival = after.map(|at| ArrivalHint { at: event_time(at.parse().unwrap()), date: None });
        let zone = helsinki();
        let mut clock = LocalClock { zone: &zone, repeated, by_rule: 0 };
        let cells = RowCells { fields: &[text], places: &[0], empty: &[] };
        let found = clock.read(&TimeColumn::Whole { column, pattern }, cells, arrival)?;
        Ok(found.map(|at| Timestamp::from_millisecond(at.as_millis()).unwrap().to_string()))
    }

    #[test]
    fn a_pattern_must_give_all_that_is_needed() {
        use TimePatternKind::{Date, DateTime, TimeOfDay};
        for (pattern, kind, is_right) in [
            ("%d.%m.%Y %H:%M:%S", DateTime, true),
            ("%Y-%m-%dT%H:%M:%S%.f%:z", DateTime, true),
            ("%m/%d/%Y %I:%M %p", DateTime, true),
            ("%Y-%m-%d %H:%M", DateTime, true),
            ("%s", DateTime, true),
            ("%d.%m.%Y", DateTime, false),
            ("%d.%m. %H:%M", DateTime, false),
            ("%m/%d/%Y %I:%M", DateTime, false),
            ("dd.mm.yyyy", DateTime, false),
            ("%", DateTime, false),
            ("", DateTime, false),
            ("%d.%m.%y", Date, true),
            ("%d.%m.%Y %H:%M", Date, true),
            ("%H:%M", Date, false),
            ("%H.%M", TimeOfDay, true),
            ("%H", TimeOfDay, false),
            ("%d.%m.%Y", TimeOfDay, false),
        ] {
            assert_eq!(TimePattern::parse(pattern, kind).is_some(), is_right, "{pattern} {kind:?}");
        }
    }

    #[test]
    fn the_usual_ways_to_write_a_time_are_read_with_or_without_leading_zeros() {
        for (pattern, text, utc) in [
            ("%d.%m.%Y %H:%M:%S", "31.12.2025 08:05:09", "2025-12-31T06:05:09Z"),
            ("%d.%m.%Y %H:%M:%S", "1.7.2025 8:05:09", "2025-07-01T05:05:09Z"),
            ("%d.%m.%Y %H.%M", "1.7.2025 8.05", "2025-07-01T05:05:00Z"),
            ("%Y-%m-%d %H:%M:%S", "2025-12-31 08:05:09", "2025-12-31T06:05:09Z"),
            ("%Y-%m-%d %H:%M:%S%.f", "2025-12-31 08:05:09.1239", "2025-12-31T06:05:09.123Z"),
            ("%m/%d/%Y %I:%M:%S %p", "12/31/2025 1:05:09 PM", "2025-12-31T11:05:09Z"),
            ("%Y-%m-%dT%H:%M:%S%:z", "2025-12-31T08:05:09+05:00", "2025-12-31T03:05:09Z"),
            ("%s", "1758006900", "2025-09-16T07:15:00Z"),
        ] {
            assert_eq!(read(pattern, text, RepeatedTime::Refused, None), Ok(Some(utc.to_owned())), "{text}");
        }
        for text in ["31.2.2025 10:00:00", "12/31/2025 10:00:00", "1.7.2025 24:00:00", "1.7.2025", "x"] {
            let found = read("%d.%m.%Y %H:%M:%S", text, RepeatedTime::Refused, None);
            assert_eq!(found, Err(RowFault::BadTime), "{text}");
        }
        for text in ["", " ", "1.1.1900 00:00:00", "1.1.1970 02:00:00", "31.12.9998 00:00:00"] {
            assert_eq!(read("%d.%m.%Y %H:%M:%S", text, RepeatedTime::Refused, None), Ok(None), "{text}");
        }
    }

    #[test]
    fn an_hour_that_comes_twice_is_decided_by_the_arrival_or_by_rule_and_one_that_never_comes_is_a_fault() {
        let at = |text, repeated, after| read("%Y-%m-%d %H:%M", text, repeated, after);
        let utc = |text: &str| Ok(Some(format!("2025-10-26T{text}:00Z")));
        let twice = "2025-10-26 03:30";
        assert_eq!(at(twice, RepeatedTime::Refused, None), Err(RowFault::TimeTwice));
        assert_eq!(at(twice, RepeatedTime::Earlier, None), utc("00:30"));
        assert_eq!(at(twice, RepeatedTime::Later, None), utc("01:30"));
        for repeated in RepeatedTime::ALL {
            assert_eq!(at(twice, *repeated, Some("2025-10-26T00:45:00Z")), utc("01:30"), "only that is after it");
        }
        assert_eq!(at("2025-10-26 02:59", RepeatedTime::Refused, None), Ok(Some("2025-10-25T23:59:00Z".to_owned())));
        assert_eq!(at("2025-10-26 04:00", RepeatedTime::Refused, None), utc("02:00"));
        for repeated in RepeatedTime::ALL {
            assert_eq!(at("2025-03-30 03:30", *repeated, None), Err(RowFault::TimeSkipped));
        }
    }

    #[test]
    fn a_time_apart_from_the_date_of_the_arrival_may_be_on_the_next_day() {
        let mut set = ColumnSet::default();
        let [date, begin, end, other] = [1, 2, 3, 4].map(|number| set.add(ColumnRef::Number(number)));
        let pattern = |text, kind| TimePattern::parse(text, kind).unwrap();
        let apart = |date, time| TimeColumn::Apart {
            date,
            date_pattern: pattern("%d.%m.%Y", TimePatternKind::Date),
            time,
            time_pattern: pattern("%H:%M:%S", TimePatternKind::TimeOfDay),
        };
        let zone = helsinki();
        let mut clock = LocalClock { zone: &zone, repeated: RepeatedTime::Refused, by_rule: 0 };
        let fields = ["31.12.2025", "23:59:50", "00:00:20", "31.12.2025"];
        let cells = RowCells { fields: &fields, places: &[0, 1, 2, 3], empty: &[] };
        let at = clock.read(&apart(date, begin), cells, None).unwrap().unwrap();
        let arrival = Some(ArrivalHint { at, date: Some(date) });
        assert_eq!(clock.read(&apart(date, end), cells, arrival), Ok(Some(at.plus_millis(30_000))));
        let before = at.plus_millis(30_000 - 24 * 3_600_000);
        assert_eq!(clock.read(&apart(other, end), cells, arrival), Ok(Some(before)), "its own date says so");
        let fields = ["", "23:59:50", "-", ""];
        let cells = RowCells { fields: &fields, places: &[0, 1, 2, 3], empty: &["-".to_owned()] };
        assert_eq!(clock.read(&apart(date, begin), cells, None), Err(RowFault::BadTime));
        assert_eq!(clock.read(&apart(date, end), cells, None), Ok(None));
    }
}
