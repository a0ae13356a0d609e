//! Opening hours as text, in the syntax of OpenStreetMap: the open minutes of each local date.
//!
//! There are two differences from OpenStreetMap. `PH` is an official Finnish holiday by law (see
//! [`Days`](crate::Days)), so the two eves are ordinary days unless the text names them. And the text must define
//! exactly when the line is open: `unknown`, sunset and school holidays are rejected.

mod nights;

use std::fmt;
use std::sync::{Arc, LazyLock};

use chrono::NaiveDate;
use compact_calendar::CompactCalendar;
use jiff::civil::Date;
use opening_hours::{Context, ContextHolidays, RuleKind};
use opening_hours_syntax::ExtendedTime;

use crate::holidays::official_holidays;
use crate::hours_error::{OpeningHoursError, refuse_unclear_rules};
use crate::zone::{FIRST_DATE, LAST_DATE};

pub use nights::{BrokenNight, NightBreak};

/// The minute at which a date ends.
const MINUTES_OF_A_DAY: u16 = 24 * 60;

/// Opening hours of a line, such as `Mo-Fr 08:00-16:00; PH off`.
///
/// - `24/7` is always open; `Mo-Su 22:00-06:00` spans midnight; `Mo-Th 08:00-16:00; Fr 08:00-14:00` has two rules.
/// - Later rules override earlier ones, so put `PH off` after the weekly rules and dated exceptions last:
///   `Mo-Fr 08:00-16:00; PH off; Dec 24 08:00-12:00; Jun 19-25 Fr off; Jul off`. (The Friday from 19 to 25 June is
///   Midsummer Eve. Like Christmas Eve, it is not an official holiday.)
/// - `off` closes a date from midnight to midnight, including the morning hours of a shift that began the evening
///   before. The morning of the next date stays open, as the end of a night that did not begin. A dated exception with
///   hours has the same effect. After `Dec 24 18:00-02:00` the hours after midnight are those of the rule for the 25th,
///   such as `Mo-Su 18:00-03:00`. [`broken_nights`](Self::broken_nights) finds such nights and a rule that repairs
///   them.
///
/// ```
/// use ensilinja_calendar::OpeningHours;
///
/// assert!(OpeningHours::parse("Mo-Fr 08:00-16:00; PH off").is_ok());
/// let error = OpeningHours::parse("Mo-Fr 8-16").unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "`Mo-Fr 8-16` is not understood from `8-16` on; write it like `Mo-Fr 08:00-16:00; PH off; Dec 24 off`"
/// );
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct OpeningHours {
    /// The hours in force from each date on, in ascending order. The first ones also apply to earlier dates.
    from: Vec<(Date, opening_hours::OpeningHours)>,
}

impl OpeningHours {
    /// Parses opening hours.
    ///
    /// # Errors
    /// [`OpeningHoursError`] names the wrong part and a correct form. Hours that never open are an error.
    pub fn parse(text: &str) -> Result<Self, OpeningHoursError> {
        let parsed: opening_hours::OpeningHours =
            text.parse().map_err(|error| OpeningHoursError::from_parser(text, &error))?;
        refuse_unclear_rules(&parsed.get_expression().rules)?;
        let hours = Self { from: vec![(FIRST_DATE, with_finnish_holidays(parsed))] };
        if !hours.opens_on_some_date() {
            return Err(OpeningHoursError::NeverOpen { text: text.to_owned() });
        }
        Ok(hours)
    }

    /// These hours before `date`, and `next` from that date on.
    ///
    /// The hours in force on a date apply to it from midnight to midnight: the morning of a night shift that began the
    /// evening before is open only if `next` includes it.
    ///
    /// ```
    /// use ensilinja_calendar::OpeningHours;
    /// use jiff::civil::date;
    ///
    /// let [old, new, newer] = ["Mo-Fr 08:00-16:00", "Mo-Fr 09:00-15:00", "24/7"].map(OpeningHours::parse);
    /// let hours = old?.until(date(2026, 3, 1), new?).until(date(2027, 1, 1), newer?);
    /// assert_eq!(
    ///     hours.to_string(),
    ///     "Mo-Fr 08:00-16:00, from 2026-03-01 Mo-Fr 09:00-15:00, from 2027-01-01 24/7"
    /// );
    /// # Ok::<(), ensilinja_calendar::OpeningHoursError>(())
    /// ```
    #[must_use]
    pub fn until(mut self, date: Date, next: Self) -> Self {
        self.from.retain(|(from, _)| *from < date);
        let in_force = next.position_on(date);
        self.from.extend(next.from.into_iter().skip(in_force).map(|(from, hours)| (from.max(date), hours)));
        self
    }

    /// The open spans of `date` in minutes since its midnight, `[from, to)`, ascending, 0 to 1440. A span across
    /// midnight is divided between both dates.
    pub(crate) fn open_minutes(&self, date: Date) -> impl Iterator<Item = (u16, u16)> {
        on_date(&self.from[self.position_on(date)].1, date)
    }

    /// The index of the hours in force on `date`.
    fn position_on(&self, date: Date) -> usize {
        self.from.partition_point(|(from, _)| *from <= date).saturating_sub(1)
    }

    fn opens_on_some_date(&self) -> bool {
        let mut dates = FIRST_DATE.series(jiff::Span::new().days(1)).take_while(|date| *date <= LAST_DATE);
        dates.any(|date| self.open_minutes(date).next().is_some())
    }
}

/// The hours in canonical syntax. Later hours follow with their dates.
impl fmt::Display for OpeningHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [(_, first), later @ ..] = &*self.from else { return Ok(()) };
        first.fmt(f)?;
        later.iter().try_for_each(|(from, hours)| write!(f, ", from {from} {hours}"))
    }
}

impl fmt::Debug for OpeningHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OpeningHours({self})")
    }
}

/// The dates of `PH`: the official holidays of every year of the calendar.
static FINNISH_HOLIDAYS: LazyLock<ContextHolidays> = LazyLock::new(|| {
    let mut public = CompactCalendar::default();
    for date in (FIRST_DATE.year()..=LAST_DATE.year()).flat_map(official_holidays) {
        public.insert(naive(date));
    }
    ContextHolidays::new(Arc::new(public), Arc::default())
});

fn with_finnish_holidays(hours: opening_hours::OpeningHours) -> opening_hours::OpeningHours {
    hours.with_context(Context::default().with_holidays(FINNISH_HOLIDAYS.clone()))
}

/// The open spans of `date` in minutes since its midnight, `[from, to)`, ascending, 0 to 1440.
fn on_date(hours: &opening_hours::OpeningHours, date: Date) -> impl Iterator<Item = (u16, u16)> + use<> {
    let spans = hours.schedule_at(naive(date)).into_iter();
    spans.filter(|span| span.kind == RuleKind::Open).map(|span| {
        let [from, to] = [span.range.start, span.range.end].map(ExtendedTime::mins_from_midnight);
        (from, to)
    })
}

fn naive(date: Date) -> NaiveDate {
    let [month, day] = [date.month(), date.day()].map(|part| u32::from(part.unsigned_abs()));
    NaiveDate::from_ymd_opt(date.year().into(), month, day).expect("both calendars are Gregorian")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minutes(text: &str, date: &str) -> Vec<(u16, u16)> {
        OpeningHours::parse(text).unwrap().open_minutes(date.parse().unwrap()).collect()
    }

    const OFFICE: &[(u16, u16)] = &[(8 * 60, 16 * 60)];
    const CLOSED: &[(u16, u16)] = &[];

    #[test]
    fn eves_are_ordinary_days_unless_the_text_names_them() {
        let plain = "Mo-Fr 08:00-16:00; PH off";
        let eves = "Mo-Fr 08:00-16:00; PH off; Dec 24 off; Jun 19-25 Fr off";
        for (date, by_plain, by_eves) in [
            ("2026-12-24", OFFICE, CLOSED),
            ("2026-12-25", CLOSED, CLOSED),
            ("2026-06-18", OFFICE, OFFICE),
            ("2026-06-19", OFFICE, CLOSED),
            ("2026-06-22", OFFICE, OFFICE),
            ("2026-06-26", OFFICE, OFFICE),
            ("2027-06-25", OFFICE, CLOSED),
            ("2027-06-18", OFFICE, OFFICE),
        ] {
            assert_eq!(minutes(plain, date), by_plain, "{plain} on {date}");
            assert_eq!(minutes(eves, date), by_eves, "{eves} on {date}");
        }
    }

    #[test]
    fn a_dated_exception_after_ph_off_opens_a_holiday() {
        assert_eq!(minutes("Mo-Fr 08:00-16:00; PH off; May 01 08:00-16:00", "2026-05-01"), OFFICE);
    }

    #[test]
    fn a_span_inside_another_changes_nothing() {
        assert_eq!(minutes("Mo-Fr 08:00-16:00,10:00-12:00", "2026-05-04"), OFFICE);
    }

    #[test]
    fn changed_hours_replace_all_later_ones_from_their_date_on() {
        let [office, short, night] = ["Mo-Fr 08:00-16:00", "Mo-Fr 09:00-11:00", "Mo-Su 22:00-06:00"]
            .map(|text| OpeningHours::parse(text).unwrap());
        let date = |text: &str| text.parse::<Date>().unwrap();
        let chain = office.until(date("2026-03-02"), short.clone()).until(date("2026-06-01"), night.clone());
        for (on, minutes) in [
            ("1970-01-01", OFFICE),
            ("2026-02-27", OFFICE),
            ("2026-03-02", &[(540, 660)]),
            ("2026-05-29", &[(540, 660)]),
            ("2026-06-01", &[(0, 360), (1320, 1440)]),
            ("2100-12-31", &[(0, 360), (1320, 1440)]),
        ] {
            assert_eq!(chain.open_minutes(date(on)).collect::<Vec<_>>(), minutes, "{on}");
        }
        for (changed, text) in [
            (
                chain.clone().until(date("2026-06-01"), short.clone()),
                "Mo-Fr 08:00-16:00, from 2026-03-02 Mo-Fr 09:00-11:00, from 2026-06-01 Mo-Fr 09:00-11:00",
            ),
            (
                chain.clone().until(date("2026-02-02"), night.clone()),
                "Mo-Fr 08:00-16:00, from 2026-02-02 Mo-Su 22:00-06:00",
            ),
            (
                night.clone().until(date("2026-05-01"), chain.clone()),
                "Mo-Su 22:00-06:00, from 2026-05-01 Mo-Fr 09:00-11:00, from 2026-06-01 Mo-Su 22:00-06:00",
            ),
            (night.until(date("2026-06-01"), chain.clone()), "Mo-Su 22:00-06:00, from 2026-06-01 Mo-Su 22:00-06:00"),
            (chain.until(date("1969-12-31"), short), "Mo-Fr 09:00-11:00"),
        ] {
            assert_eq!(changed.to_string(), text);
        }
    }

    #[test]
    fn hours_across_midnight_are_on_both_dates() {
        assert_eq!(minutes("Mo-Su 22:00-06:00", "2026-05-04"), [(0, 360), (1320, 1440)]);
        assert_eq!(minutes("24/7", "2026-05-04"), [(0, 1440)]);
    }
}
