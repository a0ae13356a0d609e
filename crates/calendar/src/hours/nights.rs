//! Broken nights: opening hours across midnight that do not continue as they began, because rules apply by date.
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
//! midnight: the end of the night before is *cut*, and the end of the night that would have begun on the date is *left
//! over* on the next date. The same happens when other hours take effect on a date. This is seldom intended. A rule for
//! each affected date repairs it; there is no shorter form.
//!
//! A night that continues may have *another end* than its own rule has: the hours after midnight are those of the next
//! date. With `Mo-Su 18:00-03:00; Dec 24 18:00-02:00` the 25th is open until 03:00.

use std::ops::RangeInclusive;

use jiff::ToSpan as _;
use jiff::civil::Date;
use opening_hours_syntax::rules::day::HolidayKind;
use opening_hours_syntax::rules::time::{Time, TimeSpan};
use opening_hours_syntax::rules::{OpeningHoursExpression, RuleOperator};

use super::{ExtendedTime, MINUTES_OF_A_DAY, OpeningHours, RuleKind, on_date, with_finnish_holidays};
use crate::hours_error::{is_weekly, names_holiday};

/// How a night is broken at midnight.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NightBreak {
    /// The night ends at midnight, although its hours continue.
    Cut,
    /// The end of the night is open, although the line was closed before midnight.
    LeftOver,
    /// The night continues, but ends before or after its own hours.
    OtherEnd {
        /// The end of its own hours in minutes after midnight; 0 for hours that end at 24:00.
        written_until_minute: u16,
    },
}

/// A midnight at which a night is broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrokenNight {
    /// The date that begins at the midnight.
    pub date: Date,
    /// How the night is broken.
    pub night_break: NightBreak,
    /// The end of the night in minutes after midnight: the intended end if it is cut, otherwise the actual end.
    pub until_minute: u16,
    /// A rule to append to the hours in force on the date. Together, the rules of all broken nights repair every night
    /// and change no other date. `None` if a check shows that they do not.
    pub rule: Option<String>,
}

/// The open spans of a date in minutes since its midnight, ascending.
type Spans = Vec<(u16, u16)>;

/// Hours by the date on which they begin: the spans written for a date, including their ends after midnight.
///
/// The library returns a date from midnight to midnight, with the end of the night before. So each time in the text is
/// replaced by its rank among all times of the text, as minutes. Then all spans lie within one date, with the same
/// order and the same overrides, and the result is mapped back to the times.
struct WrittenHours {
    /// The hours with ranks in place of times.
    ranked: opening_hours::OpeningHours,
    /// The times by rank, in minutes since the midnight at the start of the date, ascending, up to 2 880.
    times: Vec<u16>,
    /// The ends after midnight of the nights in the text, in minutes after that midnight.
    night_ends: Vec<u16>,
}

impl OpeningHours {
    /// The broken nights at the midnights at which `dates` begin, in ascending order.
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
        let Some(nights) = self.written() else { return Vec::new() };
        let found = self.found(&nights, &dates);
        let rule = |(night, wanted): &(BrokenNight, Spans)| self.rule(night.date, wanted, &nights);
        let rules: Vec<String> = found.iter().map(rule).collect();
        // The last night ends on the date after the range, for which there is no rule.
        let and_the_next = *dates.start()..=dates.end().tomorrow().unwrap_or(*dates.end());
        let are_correct = self
            .with_rules(&found, &rules)
            .is_some_and(|repaired| self.is_repaired_by(&repaired, &found, &and_the_next));
        let with_rule = |((night, _), rule)| BrokenNight { rule: are_correct.then_some(rule), ..night };
        found.into_iter().zip(rules).map(with_rule).collect()
    }

    /// The same hours with the rules of weekdays joined by commas, if that repairs the nights of all `dates`. After a
    /// semicolon a rule replaces all hours of its date, including the end of the night before; after a comma it adds to
    /// them. `None` if no night is broken, or if commas do not repair them all.
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
        let found = self.found(&self.written()?, &dates);
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
        (!found.is_empty() && self.is_repaired_by(&joined, &found, &dates)).then_some(joined)
    }

    /// The hours as written; `None` if none of them spans midnight.
    fn written(&self) -> Option<Vec<WrittenHours>> {
        let written: Vec<_> = self.from.iter().map(|(_, hours)| WrittenHours::of(hours)).collect::<Option<_>>()?;
        written.iter().any(|hours| !hours.night_ends.is_empty()).then_some(written)
    }

    /// The broken nights, each with the spans that should be open on its date.
    fn found(&self, written: &[WrittenHours], dates: &RangeInclusive<Date>) -> Vec<(BrokenNight, Spans)> {
        let dates = dates.start().series(1.day()).take_while(|date| date <= dates.end());
        dates.filter_map(|date| self.broken_at(written, date.yesterday().ok()?, date)).collect()
    }

    /// The broken night at the midnight between two dates, with the spans that should be open on the latter.
    fn broken_at(&self, written: &[WrittenHours], before: Date, date: Date) -> Option<(BrokenNight, Spans)> {
        let (evening, morning): (Spans, Spans) =
            (self.open_minutes(before).collect(), self.open_minutes(date).collect());
        let (hours_before, hours) = (&written[self.position_on(before)], &written[self.position_on(date)]);
        let own: Spans = hours.within(date).collect();
        let with_night = |until: u16| united([(0, until)].into_iter().filter(|_| until > 0).chain(own.iter().copied()));
        let open_until = morning.first().filter(|(from, _)| *from == 0).map(|(_, to)| *to);
        let night = evening.last().filter(|(_, to)| *to == MINUTES_OF_A_DAY);
        let (night_break, until_minute, wanted) = match (night, open_until) {
            (Some(_), None) => {
                let until = hours_before.night_end(before).filter(|until| *until > 0)?;
                (NightBreak::Cut, until, united([(0, until)].into_iter().chain(morning)))
            }
            // Hours that a date has for its own morning are intended.
            (_, Some(_)) if own.first().is_some_and(|(from, _)| *from == 0) => return None,
            (None, Some(until)) => (NightBreak::LeftOver, until, own),
            // A date that is open all day has no night of its own.
            (Some((0, _)), Some(_)) if hours_before.night_end(before) == Some(0) => return None,
            (Some(_), Some(until)) => {
                let written_until_minute = hours_before.night_end(before)?;
                let wanted = with_night(written_until_minute);
                // An earlier end is only broken if it is that of another night; `02:00-24:00 off` is intended.
                let is_of_other_night =
                    until > written_until_minute || hours.night_ends.iter().any(|end| with_night(*end) == morning);
                if wanted == morning || !is_of_other_night {
                    return None;
                }
                (NightBreak::OtherEnd { written_until_minute }, until, wanted)
            }
            (None, None) => return None,
        };
        Some((BrokenNight { date, night_break, until_minute, rule: None }, wanted))
    }

    /// Whether `repaired` has the wanted spans on the dates of the broken nights, and the present spans on all others.
    fn is_repaired_by(&self, repaired: &Self, found: &[(BrokenNight, Spans)], dates: &RangeInclusive<Date>) -> bool {
        dates.start().series(1.day()).take_while(|date| date <= dates.end()).all(|date| {
            let open: Spans = repaired.open_minutes(date).collect();
            match found.iter().find(|(night, _)| night.date == date) {
                Some((_, wanted)) => open == *wanted,
                None => open == self.open_minutes(date).collect::<Spans>(),
            }
        })
    }

    /// The rule that opens a date exactly in these spans. A night that begins on the date is written with its own end.
    fn rule(&self, date: Date, wanted: &[(u16, u16)], written: &[WrittenHours]) -> String {
        let time = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
        let night_end = written[self.position_on(date)].night_end(date).filter(|end| *end > 0);
        let span = |(from, to): &(u16, u16)| {
            let end = match night_end.filter(|_| *to == MINUTES_OF_A_DAY) {
                Some(end) if end < *from => end,
                Some(end) => end + MINUTES_OF_A_DAY,
                None => *to,
            };
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

impl WrittenHours {
    /// `None` if a time is not fixed (no accepted hours have such a time), or if there are too many times.
    fn of(hours: &opening_hours::OpeningHours) -> Option<Self> {
        let mut expression: OpeningHoursExpression = hours.get_expression().as_ref().clone();
        let spans = expression.rules.iter().flat_map(|rule| &rule.time_selector.spans);
        let mut times: Vec<u16> = spans.map(start_and_end).collect::<Option<Vec<_>>>()?.concat();
        times.extend([0, MINUTES_OF_A_DAY]);
        times.sort_unstable();
        times.dedup();
        let rank = |minute: u16| -> Option<Time> {
            let rank = u16::try_from(times.binary_search(&minute).ok()?).ok()?;
            ExtendedTime::from_mins_from_midnight(rank).filter(|_| rank < MINUTES_OF_A_DAY).map(Time::Fixed)
        };
        let mut night_ends = Vec::new();
        for rule in &mut expression.rules {
            for span in &mut rule.time_selector.spans {
                let [start, end] = start_and_end(span)?;
                span.range = rank(start)?..rank(end)?;
                if rule.kind == RuleKind::Open && start < MINUTES_OF_A_DAY && end > MINUTES_OF_A_DAY {
                    night_ends.push((end - MINUTES_OF_A_DAY).min(MINUTES_OF_A_DAY));
                }
            }
        }
        let ranked = expression.to_string().parse().ok().map(with_finnish_holidays)?;
        Some(Self { ranked, times, night_ends })
    }

    /// The spans written for a date, in minutes since its midnight, up to 2 880.
    fn on(&self, date: Date) -> Spans {
        let time = |rank: u16| self.times.get(usize::from(rank)).copied();
        united(on_date(&self.ranked, date).filter_map(|(from, to)| Some((time(from)?, time(to)?))))
    }

    /// The parts of these spans before the next midnight.
    fn within(&self, date: Date) -> impl Iterator<Item = (u16, u16)> {
        let before_midnight = self.on(date).into_iter().filter(|(from, _)| *from < MINUTES_OF_A_DAY);
        before_midnight.map(|(from, to)| (from, to.min(MINUTES_OF_A_DAY)))
    }

    /// The end of the night that begins on a date, in minutes after the next midnight; 0 if it ends at that midnight.
    fn night_end(&self, date: Date) -> Option<u16> {
        let over_midnight = |(from, to): &(u16, u16)| *from < MINUTES_OF_A_DAY && *to >= MINUTES_OF_A_DAY;
        let (_, end) = self.on(date).into_iter().find(over_midnight)?;
        Some((end - MINUTES_OF_A_DAY).min(MINUTES_OF_A_DAY))
    }
}

/// The start and end of a span in minutes. If the end is not after the start, it is on the next date.
fn start_and_end(span: &TimeSpan) -> Option<[u16; 2]> {
    let (Time::Fixed(start), Time::Fixed(end)) = (&span.range.start, &span.range.end) else { return None };
    let [start, end] = [start, end].map(|time| time.mins_from_midnight());
    Some([start, if start < end { end } else { end + MINUTES_OF_A_DAY }])
}

/// Joins spans that meet or overlap. `spans` must be in ascending order.
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
        let described = |night: &BrokenNight| {
            let rule = night.rule.as_deref().unwrap_or("no rule");
            format!("{} {:?} {}: {rule}", night.date, night.night_break, night.until_minute)
        };
        hours.broken_nights(from..=to).iter().map(described).collect()
    }

    #[test]
    fn a_holiday_cuts_the_night_before_and_leaves_the_end_of_its_own_night_over() {
        assert_eq!(
            broken("Mo-Fr 18:00-03:00; PH off", date(2026, 4, 27), date(2026, 5, 10)),
            ["2026-05-01 Cut 180: 2026 May 01 00:00-03:00", "2026-05-02 LeftOver 180: 2026 May 02 off"]
        );
        // Good Friday to Easter Monday. A night begins on every day, so each date keeps its own.
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
    fn a_dated_exception_cuts_nights_whether_it_closes_or_opens() {
        for (exception, cut) in [
            ("Dec 24 off", "2026-12-24 Cut 180: 2026 Dec 24 00:00-03:00"),
            ("Dec 24 18:00-22:00", "2026-12-24 Cut 180: 2026 Dec 24 00:00-03:00,18:00-22:00"),
        ] {
            let text = format!("Mo-Fr 18:00-03:00; PH off; {exception}");
            // Christmas Day is a holiday, so no end of the night of the eve is left over.
            assert_eq!(broken(&text, date(2026, 12, 21), date(2026, 12, 26))[0], cut);
        }
        assert_eq!(
            broken("Mo-Su 22:00-06:00; Su off", date(2026, 5, 5), date(2026, 5, 11)),
            ["2026-05-10 Cut 360: 2026 May 10 00:00-06:00", "2026-05-11 LeftOver 360: 2026 May 11 22:00-06:00"]
        );
    }

    #[test]
    fn changed_hours_cut_nights_or_leave_ends_over() {
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
        let earlier = (
            change,
            NightBreak::OtherEnd { written_until_minute: 360 },
            Some("2026 Mar 02 00:00-06:00,21:00-05:00".to_owned()),
        );
        assert_eq!(found("Mo-Su 22:00-06:00", "Mo-Su 21:00-05:00"), [earlier]);
        assert_eq!(found("Mo-Su 22:00-06:00", "Mo-Su 21:00-06:00"), []);
    }

    #[test]
    fn hours_that_end_at_midnight_or_never_have_no_broken_night() {
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
    fn a_rule_of_another_weekday_cuts_the_night_before_unless_it_is_joined_by_a_comma() {
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
    fn a_night_is_broken_if_the_next_date_ends_it_at_another_time() {
        // Good Friday, and Easter Sunday to Monday.
        assert_eq!(
            broken("Fr,Sa 22:00-05:00; PH 22:00-02:00", date(2026, 3, 30), date(2026, 4, 8)),
            [
                "2026-04-04 OtherEnd { written_until_minute: 120 } 300: 2026 Apr 04 00:00-02:00,22:00-05:00",
                "2026-04-05 Cut 300: 2026 Apr 05 00:00-05:00,22:00-02:00",
            ]
        );
        for (exception, eve, written_until, ended_at, morning) in [
            ("18:00-02:00", "00:00-03:00,18:00-02:00", 120, 180, "00:00-02:00,18:00-03:00"),
            ("18:00-05:00", "00:00-03:00,18:00-05:00", 300, 180, "00:00-05:00,18:00-03:00"),
            ("18:00-24:00", "00:00-03:00,18:00-24:00", 0, 180, "18:00-03:00"),
            ("20:00-26:00", "00:00-03:00,20:00-02:00", 120, 180, "00:00-02:00,18:00-03:00"),
        ] {
            let text = format!("Mo-Su 18:00-03:00; Dec 24 {exception}");
            assert_eq!(
                broken(&text, date(2026, 12, 21), date(2026, 12, 31)),
                [
                    format!("2026-12-24 Cut 180: 2026 Dec 24 {eve}"),
                    format!(
                        "2026-12-25 OtherEnd {{ written_until_minute: {written_until} }} {ended_at}: \
                         2026 Dec 25 {morning}"
                    ),
                ]
            );
        }
        // The cut night of the eve keeps its own end.
        let cut = broken("Mo-Su 18:00-03:00; Dec 24 18:00-02:00; Dec 25 off", date(2026, 12, 25), date(2026, 12, 25));
        assert_eq!(cut, ["2026-12-25 Cut 120: 2026 Dec 25 00:00-02:00"]);
    }

    #[test]
    fn morning_hours_that_a_date_has_itself_or_adds_to_are_intended() {
        for text in [
            "Mo-Su 18:00-03:00; Dec 24 00:00-02:00,18:00-03:00",
            "Mo-Su 18:00-03:00; Dec 24 02:00-18:00 off",
            "Mo-Su 18:00-03:00; Dec 24 03:00-10:00 open, Dec 24 00:00-03:00,18:00-03:00",
            "Mo-Su 18:00-24:00, Fr 22:00-02:00",
            "Mo-Su 18:00-02:00, Fr,Sa 18:00-05:00",
            "Mo-Su 22:00-06:00, 06:00-08:00",
        ] {
            assert_eq!(broken(text, date(2026, 11, 2), date(2026, 12, 31)), [""; 0], "{text}");
        }
    }

    #[test]
    fn with_the_rules_added_no_night_of_a_year_is_broken() {
        let year = date(2026, 1, 2)..=date(2026, 12, 31);
        for text in [
            "Mo-Fr 18:00-03:00; PH off",
            "Mo-Su 22:00-06:00; PH off; Dec 24 off; Jun 19-25 Fr off",
            "Mo-Fr 08:00-12:00,20:00-02:00; PH 10:00-14:00; Dec 24 08:00-12:00",
            "Mo-Th 18:00-03:00; Fr,Sa 20:00-06:30; PH off",
            "Fr,Sa 22:00-05:00; PH 22:00-02:00",
            "Mo-Su 18:00-03:00; PH 18:00-02:00; Dec 24 18:00-24:00",
        ] {
            let hours = OpeningHours::parse(text).unwrap();
            let nights = hours.broken_nights(year.clone());
            let rules: Vec<&str> = nights.iter().map(|night| night.rule.as_deref().unwrap()).collect();
            assert!(nights.len() >= 10, "{text}: {nights:?}");
            let repaired = OpeningHours::parse(&format!("{text}; {}", rules.join("; "))).unwrap();
            assert_eq!(repaired.broken_nights(year.clone()), [], "{text}");
        }
    }
}
