//! Findings about the calendar: when each line opens and closes next, the holidays, and the end of the calendar.

use ensilinja_calendar::holidays;
use ensilinja_config::Config;
use ensilinja_config::{broken_nights, date_in_words, year_from};
use ensilinja_ledger::Rules;
use ensilinja_lookback::local_time::{to_the_minute, zoned};
use ensilinja_model::EventTime;

use super::finding::{Area, Finding, Findings};
use crate::open_days::next_changes;

/// A line that does not open for longer than this may have wrong hours, in ms: two weeks, more than the longest
/// holidays.
const CLOSED_FOR_LONG_MS: i64 = 14 * 24 * 3_600_000;

pub(super) fn look(config: &Config, rules: &Rules, now: EventTime, findings: &mut Findings) {
    for (line, of_line) in config.lines.iter().zip(rules.lines()) {
        let changes = next_changes(&of_line.hours, now);
        let is_open = of_line.hours.is_open(now);
        let about = line.id.as_str();
        let mut words = vec![if is_open { "open" } else { "closed" }.to_owned()];
        words.extend(changes.iter().map(|(at, opens)| {
            let at = zoned(*at, &config.zone).strftime("%a %Y-%m-%d %H:%M");
            format!("{} {at}", if *opens { "opens" } else { "closes" })
        }));
        let opens_in_time =
            is_open || changes.first().is_some_and(|(at, opens)| *opens && at.millis_since(now) <= CLOSED_FOR_LONG_MS);
        findings.push(match (opens_in_time, changes.is_empty()) {
            (true, true) => Finding::ok(Area::Calendar, about, "open, and never closes"),
            (true, false) => Finding::ok(Area::Calendar, about, words.join(", ")),
            (false, empty) => {
                let what = if empty { "closed, and does not open again".to_owned() } else { words.join(", ") };
                Finding::warning(Area::Calendar, about, what, "check its opening hours")
            }
        });
    }
    for nights in broken_nights(&config.lines, &year_from(zoned(now, &config.zone).date())) {
        let what = format!("hours \"{}\" break at midnight: {}", nights.hours, nights.midnights());
        findings.push(Finding::warning(Area::Calendar, nights.line.id.as_str(), what, nights.advice()));
    }
    let this_year = zoned(now, &config.zone).year();
    for year in [this_year, this_year + 1] {
        let days: Vec<String> = holidays(year)
            .iter()
            .map(|holiday| format!("{} {}", date_in_words(holiday.date), holiday.name_fi))
            .collect();
        findings.push(Finding::ok(Area::Calendar, &format!("official holidays of {year}"), days.join(", ")));
    }
    if let Some(until) = rules.lines().iter().map(|line| line.hours.known_until()).min() {
        let what = format!("laid out until {}; restart a process that runs longer", to_the_minute(until, &config.zone));
        findings.push(Finding::ok(Area::Calendar, "opening hours", what));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(hours: &str) -> String {
        let text = ensilinja_config::SAMPLE.replacen("hours = \"24/7\"", &format!("hours = \"{hours}\""), 1);
        let config = crate::configuration::parse("a.toml", &text).unwrap();
        // Tuesday 2025-09-16, 10:15 in Helsinki.
        let now = EventTime::from_seconds(1_758_006_900);
        let mut findings = Findings::default();
        look(&config, &config.rules(now), now, &mut findings);
        findings.text(2000, false)
    }

    #[test]
    fn the_next_changes_the_holidays_and_the_end_of_the_calendar_are_listed() {
        let text = found("24/7");
        for words in [
            "  ok         116117: open, and never closes\n",
            "  ok         mipa: open, closes Tue 2025-09-16 15:00, opens Wed 2025-09-17 08:00\n",
            "Thu 2025-12-25 joulupäivä",
            "official holidays of 2026: ",
            "laid out until 2027-09-",
        ] {
            assert!(text.contains(words), "{words}\n{text}");
        }
    }

    #[test]
    fn hours_over_midnight_into_or_out_of_an_off_day_are_reported_with_rules_to_add() {
        // In 2025 All Saints' Day and Independence Day are Saturdays, and Christmas Day is a Thursday.
        let text = found("Mo-Fr 18:00-03:00; PH off");
        let cut = "00:00 ends the night that would go on until 03:00";
        for words in [
            &format!(
                "116117: hours \"Mo-Fr 18:00-03:00; PH closed\" break at midnight: Sat 2025-11-01 {cut}; Sat 2025-12-06 "
            ),
            &format!(
                "Thu 2025-12-25 {cut}; Sat 2025-12-27 is open 00:00-03:00, the end of a night that did not begin; 12 more"
            ),
            "add at the end of `hours`: ; 2025 Nov 01 00:00-03:00; 2025 Dec 06 00:00-03:00; 2025 Dec 25 00:00-03:00; 2025 \
             Dec 27 off; ",
        ] {
            assert!(text.contains(words), "{words}\n{text}");
        }
        assert!(!found("Mo-Fr 18:00-24:00; PH off").contains("break at midnight"));
    }

    #[test]
    fn a_line_that_opens_in_summer_only_is_reported_in_autumn() {
        let text = found("Jun-Jul Mo-Fr 08:00-16:00");
        let words = "  warning    116117: closed, opens Mon 2026-06-01 08:00, closes Mon 2026-06-01 16:00\n";
        assert!(text.contains(words), "{text}");
    }
}
