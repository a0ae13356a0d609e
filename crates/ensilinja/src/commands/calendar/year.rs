//! A year: its official holidays, and the days on which the clocks change.

use std::fmt;

use ensilinja_calendar::{Holiday, holidays};
use ensilinja_config::date_in_words;
use ensilinja_lookback::local_time::instant_of;
use ensilinja_model::EventTime;
use ensilinja_report::{Align, Listing};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// A year of a time zone.
pub(super) struct Year {
    pub(super) number: i16,
    pub(super) holidays: Vec<Holiday>,
    pub(super) clock_changes: Vec<ClockChange>,
}

/// A change of the clocks, forward or back.
pub(super) struct ClockChange {
    /// The instant.
    pub(super) at: EventTime,
    /// The offset from UTC before it, in seconds.
    pub(super) offset_before: i32,
    /// The offset from UTC after it, in seconds.
    pub(super) offset_after: i32,
}

impl Year {
    pub(super) fn of(year: i16, zone: &TimeZone) -> anyhow::Result<Self> {
        let clock_changes = clock_changes(year, zone)?;
        Ok(Self { number: year, holidays: holidays(year), clock_changes })
    }

    pub(super) fn write(&self, text: &mut impl fmt::Write, zone: &TimeZone) -> fmt::Result {
        let columns = ["DATE", "SUOMEKSI", "PÅ SVENSKA", "IN ENGLISH"].map(|heading| (heading, Align::Left));
        let mut listing = Listing::new(columns);
        for Holiday { date, name_fi, name_sv, name_en } in &self.holidays {
            listing.row([date_in_words(*date), (*name_fi).into(), (*name_sv).into(), (*name_en).into()]);
        }
        writeln!(text, "\nOfficial holidays of {}\n\n{listing}", self.number)?;
        writeln!(
            text,
            "Midsummer Eve and Christmas Eve are not holidays: a line that is closed then needs a rule for them in its hours.\n\nClocks in \
             {}\n",
            self.number
        )?;
        let columns = ["DATE", "AT", "THEY SHOW", "THE DAY HAS"].map(|heading| (heading, Align::Left));
        let mut listing = Listing::new(columns);
        for change in &self.clock_changes {
            let [before, after] = change.shown();
            listing.row([date_in_words(change.date(zone)), before, after, change.day_in_words()]);
        }
        match &*self.clock_changes {
            [] => writeln!(text, "They do not change."),
            _ => write!(text, "{listing}"),
        }
    }
}

impl ClockChange {
    /// The local times before and after the change.
    fn shown(&self) -> [String; 2] {
        [self.offset_before, self.offset_after].map(|offset| {
            let seconds = self.at.floor_second() + i64::from(offset);
            let minutes = seconds.div_euclid(60).rem_euclid(24 * 60);
            format!("{:02}:{:02}", minutes / 60, minutes % 60)
        })
    }

    fn date(&self, zone: &TimeZone) -> Date {
        ensilinja_lookback::local_time::zoned(self.at.plus_millis(-1), zone).date()
    }

    fn day_in_words(&self) -> String {
        let seconds = 24 * 3600 - i64::from(self.offset_after - self.offset_before);
        format!("{:#}", SignedDuration::from_secs(seconds))
    }
}

fn clock_changes(year: i16, zone: &TimeZone) -> anyhow::Result<Vec<ClockChange>> {
    let start = Date::new(year, 1, 1)?.to_zoned(zone.clone())?.timestamp();
    let end = Date::new(year + 1, 1, 1)?.to_zoned(zone.clone())?.timestamp();
    let mut changes = Vec::new();
    for transition in zone.following(start).take_while(|transition| transition.timestamp() < end) {
        let at = transition.timestamp();
        let before: Timestamp = at.checked_sub(SignedDuration::from_millis(1))?;
        let [offset_before, offset_after] = [before, at].map(|at| zone.to_offset(at).seconds());
        if offset_before != offset_after {
            let at = instant_of(&at.to_zoned(zone.clone()));
            changes.push(ClockChange { at, offset_before, offset_after });
        }
    }
    Ok(changes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_lists_its_holidays_and_its_clock_changes() {
        let zone = TimeZone::get("Europe/Helsinki").unwrap();
        let mut text = String::new();
        Year::of(2025, &zone).unwrap().write(&mut text, &zone).unwrap();
        for row in [
            "Thu 2025-05-29  helatorstai           Kristi himmelsfärdsdag  Ascension Day\n",
            "Thu 2025-12-25  joulupäivä            juldagen                Christmas Day\n",
            "Sun 2025-03-30  03:00  04:00      23h\n",
            "Sun 2025-10-26  04:00  03:00      25h\n",
        ] {
            assert!(text.contains(row), "{row}\n{text}");
        }
    }

    #[test]
    fn a_zone_without_summer_time_has_no_clock_changes() {
        let zone = TimeZone::get("Etc/UTC").unwrap();
        let mut text = String::new();
        Year::of(2025, &zone).unwrap().write(&mut text, &zone).unwrap();
        assert!(text.ends_with("Clocks in 2025\n\nThey do not change.\n"), "{text}");
    }
}
