//! One time zone, and how its wall clock and the world's instants meet.
//!
//! A time of day happens at *the first instant at which the wall clock shows that time or a later one*. On an ordinary
//! day this is the only instant that shows it. A time skipped in spring happens when the clock jumps over it; a time
//! repeated in autumn happens once, the first time. So times of day in order give instants in order, always.

use ensilinja_model::EventTime;
use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};

/// The first date of the calendar.
pub(crate) const FIRST_DATE: Date = Date::constant(1970, 1, 1);
/// The last date of the calendar.
pub(crate) const LAST_DATE: Date = Date::constant(2100, 12, 31);

/// There is no time zone with this name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no time zone `{name}`; zones have the names of the IANA database, such as `Europe/Helsinki`")]
pub struct UnknownZone {
    /// The name that was asked for.
    pub name: String,
}

/// A time zone within the dates of the calendar.
#[derive(Clone, Debug)]
pub(crate) struct Zone {
    rules: TimeZone,
    end: EventTime,
}

impl Zone {
    /// The zone with this IANA name, from the data that was built into the program: a figure must not depend on the
    /// time zone data of the host.
    pub(crate) fn named(name: &str) -> Result<Self, UnknownZone> {
        let rules = TimeZoneDatabase::bundled().get(name).map_err(|_| UnknownZone { name: name.to_owned() })?;
        let mut zone = Self { rules, end: EventTime::MAX };
        zone.end = zone.midnight(LAST_DATE.tomorrow().expect("the calendar ends long before the year 9999"));
        Ok(zone)
    }

    /// The midnight at which the calendar ends: the first instant it does not cover.
    pub(crate) fn end(&self) -> EventTime {
        self.end
    }

    /// The first instant of `date`.
    pub(crate) fn midnight(&self, date: Date) -> EventTime {
        self.instant(date, 0)
    }

    /// When `minute` (0 to 1439) of `date` happens.
    pub(crate) fn instant(&self, date: Date, minute: u16) -> EventTime {
        let [hour, minute] = [minute / 60, minute % 60].map(|part| i8::try_from(part).expect("a minute of one day"));
        let ambiguous = self.rules.to_ambiguous_timestamp(date.at(hour, minute, 0, 0));
        let skipped = matches!(ambiguous.offset(), jiff::tz::AmbiguousOffset::Gap { .. });
        // The earlier reading of a skipped time lies before the jump, by the offset that is in force after it.
        let first = ambiguous.earlier().expect("the dates of the calendar are far from the ends of time");
        let jump = skipped.then(|| self.rules.following(first).next()).flatten();
        EventTime::from_millis(jump.map_or(first, |jump| jump.timestamp()).as_millisecond())
    }
}
