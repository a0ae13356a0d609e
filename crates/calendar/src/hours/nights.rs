//! Nights that do not go on at midnight as they began, because hours go by the date.
//!
//! ```text
//! Mo-Fr 18:00-03:00; PH off              Friday 1 May is a holiday
//!
//! Thursday            Friday              Saturday
//! ______________|=====|___________________|==|____________
//!               18:00 | cut at 00:00      | left over until 03:00
//! ```
//!
//! An exception such as `PH off`, `Dec 24 off` or `Dec 24 18:00-22:00` replaces all hours of its date from midnight to
//! midnight: the end of the night before is *cut*, and the end of the night that was to begin on the date is *left
//! over* on the next one. The same happens where other hours hold from a date on. It is seldom meant, and no shorter
//! text says what is; a rule for each date does.

use std::ops::RangeInclusive;

use jiff::ToSpan as _;
use jiff::civil::Date;
use opening_hours_syntax::rules::day::HolidayKind;
use opening_hours_syntax::rules::time::{Time, TimeSpan};
use opening_hours_syntax::rules::{OpeningHoursExpression, RuleOperator};

use super::{ExtendedTime, MINUTES_OF_A_DAY, OpeningHours, RuleKind, on_date, with_finnish_holidays};
use crate::hours_error::{is_weekly, names_holiday};

/// How a night does not go on at midnight as it began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NightBreak {
    /// It ends at midnight, though its hours go on.
    Cut,
    /// Its end is open, though nothing was open before midnight.
    LeftOver,
}

/// A midnight at which a night does not go on as it began.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokenNight {
    /// The date that begins at the midnight.
    pub date: Date,
    /// What happens there.
    pub night_break: NightBreak,
    /// Until when the night would go on, or goes on, in minutes after the midnight.
    pub until_minute: u16,
    /// A rule to add at the end of the hours in force on the date. With the rules of all broken nights each night goes
    /// on as it began, and no other date changes. `None` if that was tried and found not to be so.
    pub rule: Option<String>,
}

/// The open spans of a date in minutes since its midnight, ascending.
type Spans = Vec<(u16, u16)>;

/// The hours of some dates, in two other readings.
struct Nights {
    /// Without what lies after midnight of spans that go over it.
    evenings: opening_hours::OpeningHours,
    /// The same, and without the last minute before midnight of these spans.
    without_last_minute: opening_hours::OpeningHours,
    /// The spans that go over midnight: minutes since the midnight before, the end beyond 1 440.
    over_midnight: Vec<(u16, u16)>,
}

impl OpeningHours {
    /// The midnights at which one of `dates` begins and a night does not go on as it began, ascending.
    ///
    /// ```
    /// use ensilinja_calendar::{NightBreak, OpeningHours};
    /// use jiff::civil::date;
    ///
    /// let hours = OpeningHours::parse("Mo-Fr 18:00-03:00; PH off")?;
    /// let broken = hours.broken_nights(date(2026, 4, 27)..=date(2026, 5, 10));
    /// let found: Vec<_> = broken.iter().map(|night| (night.night_break, night.rule.as_deref())).collect();
    /// assert_eq!(
    ///     found,
    ///     [
    ///         (NightBreak::Cut, Some("2026 May 01 00:00-03:00")),
    ///         (NightBreak::LeftOver, Some("2026 May 02 off")),
    ///     ]
    /// );
    /// # Ok::<(), ensilinja_calendar::OpeningHoursError>(())
    /// ```
    #[must_use]
    pub fn broken_nights(&self, dates: RangeInclusive<Date>) -> Vec<BrokenNight> {
        let nights = self.nights();
        let found = self.found(&nights, &dates);
        let rule = |(night, wanted): &(BrokenNight, Spans)| self.rule(night.date, wanted, &nights);
        let rules: Vec<String> = found.iter().map(rule).collect();
        // The end of the last night lies on the date after it, which no rule is for.
        let and_the_next = *dates.start()..=dates.end().tomorrow().unwrap_or(*dates.end());
        let are_right =
            self.with_rules(&found, &rules).is_some_and(|mended| self.is_mended_by(&mended, &found, &and_the_next));
        let with_rule = |((night, _), rule)| BrokenNight { rule: are_right.then_some(rule), ..night };
        found.into_iter().zip(rules).map(with_rule).collect()
    }

    /// The same hours with the rules of weekdays joined by commas, if that mends the nights of all `dates`: after a
    /// semicolon a rule replaces all hours of its date, the end of the night before included, and after a comma it adds
    /// to them. `None` if no night is broken, or if commas do not mend them all.
    ///
    /// ```
    /// use ensilinja_calendar::OpeningHours;
    /// use jiff::civil::date;
    ///
    /// let hours = OpeningHours::parse("Mo-Th 18:00-03:00; Fr 18:00-24:00")?;
    /// let joined = hours.joined_by_commas(date(2026, 4, 27)..=date(2026, 5, 10)).expect("Thursday's night is cut");
    /// assert_eq!(joined.to_string(), "Mo-Th 18:00-03:00, Fr 18:00-24:00");
    /// # Ok::<(), ensilinja_calendar::OpeningHoursError>(())
    /// ```
    #[must_use]
    pub fn joined_by_commas(&self, dates: RangeInclusive<Date>) -> Option<Self> {
        let found = self.found(&self.nights(), &dates);
        let joined = |(from, hours): &(Date, opening_hours::OpeningHours)| {
            let mut expression: OpeningHoursExpression = hours.get_expression().as_ref().clone();
            let mut after_open = false;
            for rule in &mut expression.rules {
                let is_of_weekdays =
                    is_weekly(&rule.day_selector) && !names_holiday(&rule.day_selector, HolidayKind::Public);
                if rule.kind == RuleKind::Open && is_of_weekdays && after_open {
                    rule.operator = RuleOperator::Additional;
                }
                after_open = rule.kind == RuleKind::Open && is_of_weekdays;
            }
            Self::parse(&expression.to_string()).ok().map(|parsed| (*from, parsed.from[0].1.clone()))
        };
        let joined = Self { from: self.from.iter().map(joined).collect::<Option<_>>()? };
        (!found.is_empty() && self.is_mended_by(&joined, &found, &dates)).then_some(joined)
    }

    fn nights(&self) -> Vec<Option<Nights>> {
        self.from.iter().map(|(_, hours)| Nights::of(hours)).collect()
    }

    /// The broken nights, and what should be open on their dates.
    fn found(&self, nights: &[Option<Nights>], dates: &RangeInclusive<Date>) -> Vec<(BrokenNight, Spans)> {
        if nights.iter().all(Option::is_none) {
            return Vec::new();
        }
        let dates = dates.start().series(1.day()).take_while(|date| date <= dates.end());
        dates.filter_map(|date| self.broken_at(nights, date.yesterday().ok()?, date)).collect()
    }

    /// What is broken at the midnight between two dates, and what should be open on the latter.
    fn broken_at(&self, nights: &[Option<Nights>], before: Date, date: Date) -> Option<(BrokenNight, Spans)> {
        let broken = |night_break, until_minute, wanted| {
            Some((BrokenNight { date, night_break, until_minute, rule: None }, wanted))
        };
        let (evening, morning): (Spans, Spans) =
            (self.open_minutes(before).collect(), self.open_minutes(date).collect());
        let goes_on = morning.first().is_some_and(|(from, _)| *from == 0);
        match evening.last().filter(|(_, to)| *to == MINUTES_OF_A_DAY) {
            Some((from, _)) if !goes_on => {
                let nights = nights[self.position_on(before)].as_ref()?;
                let is_night = !ends_at(&nights.without_last_minute, before, MINUTES_OF_A_DAY);
                let until = nights.end_of(*from).filter(|_| is_night)?;
                let wanted = [(0, until)].into_iter().chain(morning);
                broken(NightBreak::Cut, until, united(wanted))
            }
            None if goes_on => {
                let nights = nights[self.position_on(date)].as_ref()?;
                let wanted: Spans = on_date(&nights.evenings, date).collect();
                let is_left_over = wanted.first().is_none_or(|(from, _)| *from > 0);
                let until = morning.first().map(|(_, to)| *to).filter(|_| is_left_over)?;
                broken(NightBreak::LeftOver, until, wanted)
            }
            _ => None,
        }
    }

    /// Whether `mended` makes those of the dates that are broken what is wanted, and none of the others anything else.
    fn is_mended_by(&self, mended: &Self, found: &[(BrokenNight, Spans)], dates: &RangeInclusive<Date>) -> bool {
        dates.start().series(1.day()).take_while(|date| date <= dates.end()).all(|date| {
            let open: Spans = mended.open_minutes(date).collect();
            match found.iter().find(|(night, _)| night.date == date) {
                Some((_, wanted)) => open == *wanted,
                None => open == self.open_minutes(date).collect::<Spans>(),
            }
        })
    }

    /// The rule that opens a date in these spans and no others. A night of the date is written to its end.
    fn rule(&self, date: Date, wanted: &[(u16, u16)], nights: &[Option<Nights>]) -> String {
        let time = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
        let nights = nights[self.position_on(date)].as_ref();
        let nights = nights.filter(|nights| !ends_at(&nights.without_last_minute, date, MINUTES_OF_A_DAY));
        let span = |(from, to): &(u16, u16)| {
            let end = nights.filter(|_| *to == MINUTES_OF_A_DAY).and_then(|nights| nights.end_of(*from)).unwrap_or(*to);
            format!("{}-{}", time(*from), time(end))
        };
        let spans: Vec<String> = wanted.iter().map(span).collect();
        let spans = if spans.is_empty() { "off".to_owned() } else { spans.join(",") };
        format!("{} {spans}", date.strftime("%Y %b %d"))
    }

    fn with_rules(&self, found: &[(BrokenNight, Spans)], rules: &[String]) -> Option<Self> {
        let with_its = |(position, (from, hours)): (usize, &(Date, opening_hours::OpeningHours))| {
            let of_it = found.iter().zip(rules).filter(|((night, _), _)| self.position_on(night.date) == position);
            let text = of_it.fold(hours.to_string(), |text, (_, rule)| format!("{text}; {rule}"));
            Self::parse(&text).ok().map(|parsed| (*from, parsed.from[0].1.clone()))
        };
        Some(Self { from: self.from.iter().enumerate().map(with_its).collect::<Option<_>>()? })
    }
}

impl Nights {
    /// `None` for hours that do not go over midnight.
    fn of(hours: &opening_hours::OpeningHours) -> Option<Self> {
        let expression = hours.get_expression();
        let spans = expression.rules.iter().flat_map(|rule| &rule.time_selector.spans);
        let over_midnight: Vec<(u16, u16)> = spans.filter_map(beyond_midnight).collect();
        if over_midnight.is_empty() {
            return None;
        }
        let until = |minute: u16| {
            let mut changed: OpeningHoursExpression = expression.as_ref().clone();
            let end = ExtendedTime::from_mins_from_midnight(minute)?;
            for span in changed.rules.iter_mut().flat_map(|rule| &mut rule.time_selector.spans) {
                if beyond_midnight(span).is_some_and(|(start, _)| start < minute) {
                    span.range.end = Time::Fixed(end);
                }
            }
            changed.to_string().parse().ok().map(with_finnish_holidays)
        };
        let (evenings, without_last_minute) = (until(MINUTES_OF_A_DAY)?, until(MINUTES_OF_A_DAY - 1)?);
        Some(Self { evenings, without_last_minute, over_midnight })
    }

    /// When the night ends that began at this minute, in minutes after the midnight.
    fn end_of(&self, began: u16) -> Option<u16> {
        let of_it = self.over_midnight.iter().filter(|(start, _)| *start == began).map(|(_, end)| *end).max();
        let end = of_it.or_else(|| self.over_midnight.iter().map(|(_, end)| *end).max())?;
        Some((end - MINUTES_OF_A_DAY).min(MINUTES_OF_A_DAY))
    }
}

/// Start and end of a span that goes over midnight. One that does not end after its start ends on the next date.
fn beyond_midnight(span: &TimeSpan) -> Option<(u16, u16)> {
    let (Time::Fixed(start), Time::Fixed(end)) = (&span.range.start, &span.range.end) else { return None };
    let [start, end] = [start, end].map(|time| time.mins_from_midnight());
    let end = if start < end { end } else { end + MINUTES_OF_A_DAY };
    (start < MINUTES_OF_A_DAY && end > MINUTES_OF_A_DAY).then_some((start, end))
}

fn ends_at(hours: &opening_hours::OpeningHours, date: Date, minute: u16) -> bool {
    on_date(hours, date).last().is_some_and(|(_, to)| to == minute)
}

/// Spans in order, those that meet together.
fn united(spans: impl Iterator<Item = (u16, u16)>) -> Spans {
    let mut united: Spans = Vec::new();
    for (from, to) in spans {
        match united.last_mut().filter(|(_, end)| from <= *end) {
            Some((_, end)) => *end = to.max(*end),
            None => united.push((from, to)),
        }
    }
    united
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn broken(text: &str, from: Date, to: Date) -> Vec<String> {
        let hours = OpeningHours::parse(text).unwrap();
        let said = |night: &BrokenNight| {
            let rule = night.rule.as_deref().unwrap_or("no rule");
            format!("{} {:?} {}: {rule}", night.date, night.night_break, night.until_minute)
        };
        hours.broken_nights(from..=to).iter().map(said).collect()
    }

    #[test]
    fn a_holiday_cuts_the_night_before_and_leaves_the_end_of_its_own_over() {
        assert_eq!(
            broken("Mo-Fr 18:00-03:00; PH off", date(2026, 4, 27), date(2026, 5, 10)),
            ["2026-05-01 Cut 180: 2026 May 01 00:00-03:00", "2026-05-02 LeftOver 180: 2026 May 02 off"]
        );
        // Good Friday and Easter Monday; a night begins on every day, so each date keeps its own.
        assert_eq!(
            broken("Mo-Su 22:00-06:00; PH off", date(2026, 4, 2), date(2026, 4, 8)),
            [
                "2026-04-03 Cut 360: 2026 Apr 03 00:00-06:00",
                "2026-04-04 LeftOver 360: 2026 Apr 04 22:00-06:00",
                "2026-04-05 Cut 360: 2026 Apr 05 00:00-06:00",
                "2026-04-07 LeftOver 360: 2026 Apr 07 22:00-06:00",
            ]
        );
    }

    #[test]
    fn an_exception_of_a_date_does_so_too_whether_it_closes_or_opens() {
        for (exception, cut) in [
            ("Dec 24 off", "2026-12-24 Cut 180: 2026 Dec 24 00:00-03:00"),
            ("Dec 24 18:00-22:00", "2026-12-24 Cut 180: 2026 Dec 24 00:00-03:00,18:00-22:00"),
        ] {
            let text = format!("Mo-Fr 18:00-03:00; PH off; {exception}");
            // Christmas Day is a holiday, so nothing is left over of the night of the eve.
            assert_eq!(broken(&text, date(2026, 12, 21), date(2026, 12, 26))[0], cut);
        }
        assert_eq!(
            broken("Mo-Su 22:00-06:00; Su off", date(2026, 5, 5), date(2026, 5, 11)),
            ["2026-05-10 Cut 360: 2026 May 10 00:00-06:00", "2026-05-11 LeftOver 360: 2026 May 11 22:00-06:00"]
        );
    }

    #[test]
    fn hours_that_change_cut_nights_or_leave_ends_over() {
        let parsed = |text| OpeningHours::parse(text).unwrap();
        let change = date(2026, 3, 2);
        let found = |before, after| {
            let hours = parsed(before).until(change, parsed(after));
            let nights = hours.broken_nights(date(2026, 2, 23)..=date(2026, 3, 8));
            nights.into_iter().map(|night| (night.date, night.night_break, night.rule)).collect::<Vec<_>>()
        };
        let cut = (change, NightBreak::Cut, Some("2026 Mar 02 00:00-06:00,08:00-16:00".to_owned()));
        assert_eq!(found("Mo-Su 22:00-06:00", "Mo-Fr 08:00-16:00"), [cut]);
        let left_over = (change, NightBreak::LeftOver, Some("2026 Mar 02 22:00-06:00".to_owned()));
        assert_eq!(found("Mo-Fr 08:00-16:00", "Mo-Su 22:00-06:00"), [left_over]);
        assert_eq!(found("Mo-Su 22:00-06:00", "Mo-Su 21:00-05:00"), []);
    }

    #[test]
    fn hours_that_end_at_midnight_or_never_are_nobody_s_night() {
        for text in [
            "24/7; PH off",
            "Mo-Fr 08:00-16:00; PH off",
            "Mo-Fr 18:00-24:00; PH off",
            "Mo-Su 22:00-06:00",
            "Mo-Th 18:00-03:00, Fr 18:00-24:00",
            "Mo-Fr 18:00-24:00; Tu-Sa 00:00-03:00; PH off",
        ] {
            assert_eq!(broken(text, date(2026, 1, 5), date(2026, 12, 31)), [""; 0], "{text}");
        }
    }

    #[test]
    fn a_rule_of_another_weekday_cuts_the_night_before_it_unless_a_comma_joins_them() {
        let week = date(2026, 5, 5)..=date(2026, 5, 11);
        let until_a_broken_night = date(2026, 5, 5)..=date(2026, 5, 14);
        for (text, cut, joined) in [
            ("Mo-Th 18:00-03:00; Fr 18:00-24:00", "18:00-24:00", "Mo-Th 18:00-03:00, Fr 18:00-24:00"),
            ("Mo-Th 18:00-03:00; Fr,Sa 20:00-06:30", "20:00-06:30", "Mo-Th 18:00-03:00, Fr,Sa 20:00-06:30"),
        ] {
            let rule = format!("2026-05-08 Cut 180: 2026 May 08 00:00-03:00,{cut}");
            assert_eq!(broken(text, *week.start(), *week.end()), [rule]);
            let commas = OpeningHours::parse(text).unwrap().joined_by_commas(week.clone()).unwrap();
            assert_eq!(commas.to_string(), joined);
            assert_eq!(commas.broken_nights(week.clone()), []);
            let until_thursday = OpeningHours::parse(text).unwrap().joined_by_commas(until_a_broken_night.clone());
            assert_eq!(until_thursday.map(|hours| hours.to_string()).as_deref(), Some(joined));
        }
        for text in ["Mo-Fr 18:00-03:00; PH off", "Mo-Su 22:00-06:00; Su off", "Mo-Fr 08:00-16:00; Sa 10:00-12:00"] {
            let may = date(2026, 4, 27)..=date(2026, 5, 11);
            assert_eq!(OpeningHours::parse(text).unwrap().joined_by_commas(may), None, "{text}");
        }
    }

    #[test]
    fn with_the_rules_added_no_night_of_a_year_is_broken_any_more() {
        let year = date(2026, 1, 2)..=date(2026, 12, 31);
        for text in [
            "Mo-Fr 18:00-03:00; PH off",
            "Mo-Su 22:00-06:00; PH off; Dec 24 off; Jun 19-25 Fr off",
            "Mo-Fr 08:00-12:00,20:00-02:00; PH 10:00-14:00; Dec 24 08:00-12:00",
            "Mo-Th 18:00-03:00; Fr,Sa 20:00-06:30; PH off",
        ] {
            let hours = OpeningHours::parse(text).unwrap();
            let nights = hours.broken_nights(year.clone());
            let rules: Vec<&str> = nights.iter().map(|night| night.rule.as_deref().unwrap()).collect();
            assert!(nights.len() >= 10, "{text}: {nights:?}");
            let mended = OpeningHours::parse(&format!("{text}; {}", rules.join("; "))).unwrap();
            assert_eq!(mended.broken_nights(year.clone()), [], "{text}");
        }
    }
}
