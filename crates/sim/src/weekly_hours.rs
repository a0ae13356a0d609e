//! Weekly opening hours: enough for the county's lines, and simple enough to check by eye.
//!
//! A day has one or two spans [from, to), in minutes of the local clock. A shift over midnight is two spans: from
//! midnight until the morning, and from the evening until midnight.

use std::fmt;

use jiff::civil::{Date, DateTime, Weekday};

use crate::finnish_days::{is_eve, is_official_holiday};

const MINUTES_A_DAY: u16 = 24 * 60;
const DAY_NAMES: [&str; 7] = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"];
const MONTH_NAMES: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The weekly opening hours of a line. `Display` writes the OpenStreetMap notation of configurations.
///
/// ```
/// use ensilinja_sim::WeeklyHours;
///
/// let weekdays = "Mo-Fr 09:00-15:00; PH off; Dec 24 off; Jun 19-25 Fr off";
/// assert_eq!(WeeklyHours::weekdays(9, 15).to_string(), weekdays);
/// assert_eq!(WeeklyHours::round_the_clock().to_string(), "24/7");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WeeklyHours {
    /// Monday first.
    open: [Option<(u16, u16)>; 7],
    /// A second, later span of open days.
    again: Option<(u16, u16)>,
    closed_on_holidays: bool,
    /// A month (1 to 12) in which the line is closed.
    closed_month: Option<usize>,
}

impl WeeklyHours {
    /// Always open, including holidays.
    #[must_use]
    pub const fn round_the_clock() -> Self {
        Self::daily(0, MINUTES_A_DAY)
    }

    /// Monday to Friday, from and to whole hours of the local clock. Closed on public holidays and on both eves.
    #[must_use]
    pub const fn weekdays(from_hour: u16, to_hour: u16) -> Self {
        let span = Some((from_hour * 60, to_hour * 60));
        let open = [span, span, span, span, span, None, None];
        Self { open, again: None, closed_on_holidays: true, closed_month: None }
    }

    /// Every day including holidays, from and to minutes of the local clock.
    #[must_use]
    pub const fn daily(from_minute: u16, to_minute: u16) -> Self {
        let open = [Some((from_minute, to_minute)); 7];
        Self { open, again: None, closed_on_holidays: false, closed_month: None }
    }

    /// The same hours with a second, later span on every open day.
    #[must_use]
    pub const fn and_again(self, from_minute: u16, to_minute: u16) -> Self {
        Self { again: Some((from_minute, to_minute)), ..self }
    }

    /// The same hours, but closed in the whole of a month, 1 to 12.
    #[must_use]
    pub const fn closed_all(self, month: usize) -> Self {
        Self { closed_month: Some(month), ..self }
    }

    /// The first span of a day, in minutes of the local clock; `None` for a closed day.
    #[must_use]
    pub fn of_day(&self, day: Date) -> Option<(u16, u16)> {
        let holiday = self.closed_on_holidays && (is_official_holiday(day) || is_eve(day));
        if holiday || self.closed_month == Some(usize::from(day.month().unsigned_abs())) {
            return None;
        }
        self.of_weekday(day.weekday())
    }

    /// All spans of a day, ascending.
    #[must_use]
    pub fn spans_of_day(&self, day: Date) -> Vec<(u16, u16)> {
        let first = self.of_day(day);
        first.into_iter().chain(first.and(self.again)).collect()
    }

    /// The first span of a weekday, holidays and the closed month disregarded.
    #[must_use]
    pub fn of_weekday(&self, weekday: Weekday) -> Option<(u16, u16)> {
        self.open[usize::from(weekday.to_monday_zero_offset().unsigned_abs())]
    }

    /// Whether the line is open at a local time.
    #[must_use]
    pub fn is_open(&self, local: DateTime) -> bool {
        let minute = u16::from(local.hour().unsigned_abs()) * 60 + u16::from(local.minute().unsigned_abs());
        self.spans_of_day(local.date()).iter().any(|(from, to)| (*from..*to).contains(&minute))
    }
}

impl fmt::Display for WeeklyHours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if *self == Self::round_the_clock() {
            return f.write_str("24/7");
        }
        let mut rules = Vec::new();
        let mut day = 0;
        while day < 7 {
            let last = (day..7).take_while(|d| self.open[*d] == self.open[day]).last().unwrap_or(day);
            if let Some((from, to)) = self.open[day] {
                let days = if last == day {
                    DAY_NAMES[day].to_owned()
                } else {
                    format!("{}-{}", DAY_NAMES[day], DAY_NAMES[last])
                };
                let spans: Vec<String> = [(from, to)].into_iter().chain(self.again).map(clock).collect();
                rules.push(format!("{days} {}", spans.join(",")));
            }
            day = last + 1;
        }
        if self.closed_on_holidays {
            // PH does not include Christmas Eve and Midsummer Eve, so the rules name them.
            rules.push("PH off; Dec 24 off; Jun 19-25 Fr off".to_owned());
        }
        if let Some(month) = self.closed_month {
            rules.push(format!("{} off", MONTH_NAMES[month - 1]));
        }
        f.write_str(&rules.join("; "))
    }
}

/// A span as times of day.
fn clock((from, to): (u16, u16)) -> String {
    format!("{:02}:{:02}-{:02}:{:02}", from / 60, from % 60, to / 60, to % 60)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_span_includes_its_start_and_excludes_its_end() {
        let hours = WeeklyHours::weekdays(9, 15);
        let tuesday = date(2025, 9, 16);
        assert!(!hours.is_open(tuesday.at(8, 59, 59, 999_000_000)));
        assert!(hours.is_open(tuesday.at(9, 0, 0, 0)));
        assert!(hours.is_open(tuesday.at(14, 59, 59, 999_000_000)));
        assert!(!hours.is_open(tuesday.at(15, 0, 0, 0)));
    }

    #[test]
    fn a_line_is_closed_on_weekends_holidays_and_both_eves_unless_it_is_open_round_the_clock() {
        for closed in [date(2025, 9, 20), date(2025, 12, 25), date(2025, 12, 24), date(2026, 6, 19)] {
            assert!(!WeeklyHours::weekdays(8, 16).is_open(closed.at(10, 0, 0, 0)), "{closed}");
            assert!(WeeklyHours::round_the_clock().is_open(closed.at(10, 0, 0, 0)), "{closed}");
        }
    }

    #[test]
    fn a_line_may_open_twice_a_day_and_be_closed_for_a_month() {
        let hours = WeeklyHours::weekdays(8, 11).and_again(12 * 60, 15 * 60).closed_all(7);
        let open = |day: Date| (0..24).filter(|hour| hours.is_open(day.at(*hour, 0, 0, 0))).collect::<Vec<_>>();
        assert_eq!(open(date(2026, 6, 30)), [8, 9, 10, 12, 13, 14]);
        assert_eq!((open(date(2026, 7, 1)), open(date(2026, 7, 31)), open(date(2026, 8, 1))), (vec![], vec![], vec![]));
        assert_eq!(open(date(2026, 8, 3)), [8, 9, 10, 12, 13, 14]);
    }

    #[test]
    fn hours_are_written_in_the_notation_of_configurations() {
        assert_eq!(WeeklyHours::daily(22 * 60 + 30, 24 * 60).to_string(), "Mo-Su 22:30-24:00");
        let night = WeeklyHours::daily(0, 6 * 60).and_again(22 * 60, 24 * 60);
        assert_eq!(night.to_string(), "Mo-Su 00:00-06:00,22:00-24:00");
        let holiday_month = "Mo-Fr 09:00-15:00; PH off; Dec 24 off; Jun 19-25 Fr off; Jul off";
        assert_eq!(WeeklyHours::weekdays(9, 15).closed_all(7).to_string(), holiday_month);
    }
}
