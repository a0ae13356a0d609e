//! The official holidays of Finland: days on which offices are closed by law.
//!
//! Eleven are the church's feast days of the Church Act (kirkkolaki 652/2023, and 1054/1993 chapter 4 section 3 before
//! it): New Year's Day, Epiphany, Good Friday, Easter Sunday and Monday, Ascension Day (helatorstai), Whit Sunday,
//! Midsummer Day (the Saturday after 19 June), All Saints' Day (the Saturday after 30 October), Christmas Day and the
//! day after it. Two are from acts of their own: 1 May (272/1944) and Independence Day (388/1937).
//!
//! Midsummer Eve and Christmas Eve are in none of these acts: by law they are working days. If a line is closed on
//! them, its opening hours must state it (`Jun 19-25 Fr off`, `Dec 24 off`).
//!
//! Today's rules are used for every year. In the 1970s and 1980s Epiphany and Ascension Day were on Saturdays; no
//! contact is that old.

use jiff::civil::{Date, Weekday};

/// The rule for the date of a holiday.
enum DateRule {
    /// Month and day.
    Fixed(i8, i8),
    /// This many days after Easter Sunday.
    AfterEaster(i32),
    /// The first Saturday after this month and day.
    SaturdayAfter(i8, i8),
}

/// The rule of each holiday, and its name in Finnish, Swedish and English.
const HOLIDAYS: [(DateRule, &str, &str, &str); 13] = [
    (DateRule::Fixed(1, 1), "uudenvuodenpäivä", "nyårsdagen", "New Year's Day"),
    (DateRule::Fixed(1, 6), "loppiainen", "trettondagen", "Epiphany"),
    (DateRule::AfterEaster(-2), "pitkäperjantai", "långfredagen", "Good Friday"),
    (DateRule::AfterEaster(0), "pääsiäispäivä", "påskdagen", "Easter Sunday"),
    (DateRule::AfterEaster(1), "toinen pääsiäispäivä", "annandag påsk", "Easter Monday"),
    (DateRule::Fixed(5, 1), "vapunpäivä", "första maj", "May Day"),
    (DateRule::AfterEaster(39), "helatorstai", "Kristi himmelsfärdsdag", "Ascension Day"),
    (DateRule::AfterEaster(49), "helluntaipäivä", "pingstdagen", "Whit Sunday"),
    (DateRule::SaturdayAfter(6, 19), "juhannuspäivä", "midsommardagen", "Midsummer Day"),
    (DateRule::SaturdayAfter(10, 30), "pyhäinpäivä", "alla helgons dag", "All Saints' Day"),
    (DateRule::Fixed(12, 6), "itsenäisyyspäivä", "självständighetsdagen", "Independence Day"),
    (DateRule::Fixed(12, 25), "joulupäivä", "juldagen", "Christmas Day"),
    (DateRule::Fixed(12, 26), "tapaninpäivä", "annandag jul", "St Stephen's Day"),
];

/// An official holiday of Finland.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Holiday {
    /// Its date.
    pub date: Date,
    /// Its name in Finnish.
    pub name_fi: &'static str,
    /// Its name in Swedish.
    pub name_sv: &'static str,
    /// Its name in English.
    pub name_en: &'static str,
}

/// The official holidays of `year` in ascending order. Two holidays may have the same date.
///
/// ```
/// let of_2025 = ensilinja_calendar::holidays(2025);
/// let ascension = of_2025.iter().find(|holiday| holiday.name_fi == "helatorstai").unwrap();
/// assert_eq!(ascension.date.to_string(), "2025-05-29");
/// ```
#[must_use]
pub fn holidays(year: i16) -> Vec<Holiday> {
    let dates = official_holidays(year).into_iter().zip(HOLIDAYS);
    let named = dates.map(|(date, (_, name_fi, name_sv, name_en))| Holiday { date, name_fi, name_sv, name_en });
    let mut holidays: Vec<Holiday> = named.collect();
    holidays.sort_by_key(|holiday| holiday.date);
    holidays
}

/// The dates of the official holidays of `year`, in no particular order. A date occurs twice if two holidays fall on
/// it.
pub(crate) fn official_holidays(year: i16) -> [Date; HOLIDAYS.len()] {
    let easter = easter_sunday(year);
    HOLIDAYS.map(|(rule, ..)| match rule {
        DateRule::Fixed(month, day) => Date::constant(year, month, day),
        DateRule::AfterEaster(days) => days_after(easter, days),
        DateRule::SaturdayAfter(month, day) => Date::constant(year, month, day)
            .nth_weekday(1, Weekday::Saturday)
            .expect("no rule is within a week of the end of the calendar"),
    })
}

/// The date `days` after `date`.
pub(crate) fn days_after(date: Date, days: i32) -> Date {
    date.saturating_add(jiff::Span::new().days(days))
}

/// Easter Sunday of the Gregorian calendar (algorithm of Meeus, Jones and Butcher).
fn easter_sunday(year: i16) -> Date {
    let year_number = i32::from(year);
    let golden = year_number % 19;
    let (century, year_of_century) = (year_number / 100, year_number % 100);
    let moon_correction = (century - (century + 8) / 25 + 1) / 3;
    let full_moon = (19 * golden + century - century / 4 - moon_correction + 15) % 30;
    let to_sunday = (32 + 2 * (century % 4) + 2 * (year_of_century / 4) - full_moon - year_of_century % 4) % 7;
    let late_moon = (golden + 11 * full_moon + 22 * to_sunday) / 451;
    let days_after_22_march = full_moon + to_sunday - 7 * late_moon;
    days_after(Date::constant(year, 3, 22), days_after_22_march)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(mut dates: Vec<Date>) -> Vec<String> {
        dates.sort();
        dates.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_holidays_of_2025_and_2026_are_those_of_the_almanac() {
        #[rustfmt::skip]
        let almanac = [
            (2025, ["01-01", "01-06", "04-18", "04-20", "04-21", "05-01", "05-29", "06-08", "06-21", "11-01", "12-06", "12-25", "12-26"]),
            (2026, ["01-01", "01-06", "04-03", "04-05", "04-06", "05-01", "05-14", "05-24", "06-20", "10-31", "12-06", "12-25", "12-26"]),
        ];
        for (year, days) in almanac {
            let expected: Vec<String> = days.iter().map(|day| format!("{year}-{day}")).collect();
            assert_eq!(sorted(official_holidays(year).to_vec()), expected);
        }
    }

    #[test]
    fn ascension_day_can_fall_on_the_first_of_may() {
        let holidays = official_holidays(2008);
        assert_eq!(holidays.iter().filter(|date| **date == Date::constant(2008, 5, 1)).count(), 2);
    }

    /// The list of the opening hours crate differs from the acts by the two eves, so it is not used.
    #[test]
    fn the_list_of_the_opening_hours_crate_is_the_official_one_plus_both_eves() {
        let theirs = opening_hours::localization::Country::FI.holidays();
        for year in 2010..=2040 {
            let midsummer = Date::constant(year, 6, 19).nth_weekday(1, Weekday::Saturday).unwrap();
            let eves = [days_after(midsummer, -1), Date::constant(year, 12, 24)];
            let ours = official_holidays(year).into_iter().chain(eves).collect();
            let theirs: Vec<Date> = theirs
                .get_public()
                .iter()
                .map(|date| date.to_string().parse::<Date>().unwrap())
                .filter(|date| date.year() == year)
                .collect();
            let mut ours = sorted(ours);
            ours.dedup();
            assert_eq!(ours, sorted(theirs), "{year}");
        }
    }

    #[test]
    fn easter_agrees_with_the_opening_hours_crate_in_every_year_of_the_table() {
        let easter: opening_hours::OpeningHours = "easter".parse().unwrap();
        for year in 1970..=2100 {
            let date = easter_sunday(year);
            let theirs = chrono::NaiveDate::from_ymd_opt(
                i32::from(date.year()),
                date.month().unsigned_abs().into(),
                date.day().unsigned_abs().into(),
            );
            assert!(easter.is_open(theirs.unwrap().into()), "{date}");
        }
    }
}
