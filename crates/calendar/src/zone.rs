//! One time zone: converts local times to instants.
//!
//! The instant of a local time is *the first instant at which the local clock shows that time or a later one*. On an
//! ordinary day it is the only instant with that time. For a time skipped in spring it is the instant of the jump, for
//! a time repeated in autumn the first of the two. So ascending times of a day always give ascending instants.

use ensilinja_model::EventTime;
use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};

/// The first date of the calendar.
pub(crate) const FIRST_DATE: Date = Date::constant(1970, 1, 1);
/// The last date of the calendar.
pub(crate) const LAST_DATE: Date = Date::constant(2100, 12, 31);

/// The error for an unknown time zone name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no time zone `{name}`; zones have the names of the IANA database, such as `Europe/Helsinki`")]
pub struct UnknownZone {
    /// The unknown name.
    pub name: String,
}

/// A time zone within the dates of the calendar.
#[derive(Clone, Debug)]
pub(crate) struct Zone {
    rules: TimeZone,
    end: EventTime,
}

impl Zone {
    /// The zone with this IANA name, from the data built into the program. Figures must not depend on the time zone
    /// data of the host.
    pub(crate) fn named(name: &str) -> Result<Self, UnknownZone> {
        let rules = TimeZoneDatabase::bundled().get(name).map_err(|_| UnknownZone { name: name.to_owned() })?;
        let mut zone = Self { rules, end: EventTime::MAX };
        zone.end = zone.midnight(LAST_DATE.tomorrow().expect("the calendar ends long before the year 9999"));
        Ok(zone)
    }

    /// The midnight at the end of the calendar: the first instant after it.
    pub(crate) fn end(&self) -> EventTime {
        self.end
    }

    /// The first instant of `date`.
    pub(crate) fn midnight(&self, date: Date) -> EventTime {
        self.instant(date, 0)
    }

    /// The instant of `minute` (0 to 1439) of `date`.
    pub(crate) fn instant(&self, date: Date, minute: u16) -> EventTime {
        let [hour, minute] = [minute / 60, minute % 60].map(|part| i8::try_from(part).expect("a minute of one day"));
        let ambiguous = self.rules.to_ambiguous_timestamp(date.at(hour, minute, 0, 0));
        let skipped = matches!(ambiguous.offset(), jiff::tz::AmbiguousOffset::Gap { .. });
        // For a skipped time, `earlier` is before the jump: it uses the offset that is in force after it.
        let first = ambiguous.earlier().expect("the dates of the calendar are far from the ends of time");
        let jump = skipped.then(|| self.rules.following(first).next()).flatten();
        EventTime::from_millis(jump.map_or(first, |jump| jump.timestamp()).as_millisecond())
    }
}
