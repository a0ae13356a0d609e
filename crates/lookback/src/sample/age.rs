//! Whether the newest record is too old for a topic that is still published to.
//!
//! The rule: no line that ever closes may have been open for more than two hours since the newest record. So nights,
//! weekends and holidays do not count, and a record from Friday's closing time is no warning on Monday before ten. A
//! line that never closes has quiet nights, so it counts only where no other line closes.

use ensilinja_calendar::LineHours;
use ensilinja_config::Config;
use ensilinja_model::EventTime;

use super::finding::SampleFinding;
use crate::local_time::to_the_minute;

/// How long a line may have been open without a record of any line, in ms.
const LONGEST_OPEN_MS: i64 = 2 * 3_600_000;

/// A warning about a topic whose newest record is too old at `now`, if it is.
pub(super) fn finding(newest: EventTime, now: EventTime, config: &Config) -> Option<SampleFinding> {
    if newest >= now {
        return None;
    }
    let rules = config.rules_over(&(newest..now));
    let closes = |hours: &LineHours| hours.next_change(newest).is_some();
    let some_close = rules.lines().iter().any(|line| closes(&line.hours));
    let counted = rules.lines().iter().zip(&config.lines).filter(|(line, _)| !some_close || closes(&line.hours));
    let open = counted.map(|(rules, line)| (rules.hours.open_ms_between(newest, now), line));
    let (open_ms, line) = open.max_by_key(|(open_ms, _)| *open_ms)?;
    (open_ms > LONGEST_OPEN_MS).then(|| {
        let what = format!(
            "the newest record is of {}, and {} has been open for {} h since then",
            to_the_minute(newest, &config.zone),
            line.id,
            open_ms / 3_600_000
        );
        let remedy = "check that the source still publishes, and that it publishes to this topic of these brokers";
        SampleFinding::warning(what, remedy)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::local_time::instant;

    fn is_old(newest: &str, now: &str) -> bool {
        let config = ensilinja_config::county();
        let at = |local: &str| instant(local.parse().unwrap(), &config.zone).unwrap();
        finding(at(newest), at(now), &config).is_some()
    }

    #[test]
    fn a_topic_is_old_once_a_line_has_been_open_for_two_hours_without_a_record() {
        assert!(!is_old("2025-09-16T10:15", "2025-09-16T10:16"));
        assert!(!is_old("2025-09-16T10:16", "2025-09-16T10:15"), "a record that is dated ahead is not old");
        assert!(is_old("2025-09-16T09:00", "2025-09-16T11:01"));
        assert!(is_old("2025-08-16T10:15", "2025-09-16T10:15"));
    }

    #[test]
    fn a_night_with_only_a_24_hour_line_open_makes_no_topic_old() {
        assert!(!is_old("2025-09-15T23:30", "2025-09-16T05:00"));
    }
}
