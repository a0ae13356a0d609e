//! The rule for looking back, which `replay`, `explain`, `compare` and `report` all ask: what has to be read for a
//! question, which events count, and since when and until when the answer is known.
//!
//! ```text
//!          reads_from                      first instant asked for      latest event     + 24 h
//!              |------- life of a leg -------|== instants or period ==|------|--------------|
//! events:   no | yes                                                         |              |
//! files:                                                        known        | assumed quiet| not known
//! topic:                                                        known, for a topic has no end
//! ```
//!
//! - Events before `reads_from` add to no figure that is asked for, and are ignored.
//! - How far history counts is [`Coverage`]; see there for the rule.
//! - A file ends with its latest event. For 24 hours after it (a night without contacts) the file counts as known: it
//!   is assumed that nothing happened. Later instants are not known.
//! - A topic has no end: what is not in it by now has not happened.

use ensilinja_ledger::Rules;
use ensilinja_model::{Event, EventTime};
use jiff::tz::TimeZone;

use crate::coverage::{Coverage, CoverageReason, HistoryEvidence};
use crate::local_time::to_the_minute;

/// How long after its latest event a file counts as known, in ms.
const QUIET_AFTER_END_MS: i64 = 24 * 3600 * 1000;

/// What has to be read to answer a question, and how far the answer is known.
#[derive(Clone, Debug)]
pub struct Lookback {
    rules: Rules,
    reads_from: EventTime,
    complete_since: Option<EventTime>,
}

/// Until when a source is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceEnd {
    /// The latest event of files; `None` of a topic, which has no end.
    latest: Option<EventTime>,
}

impl Lookback {
    /// For the figures of instants, of which `first` is the earliest, in all windows. `complete_since` is the user's
    /// statement of `--complete-since`.
    #[must_use]
    pub fn to_instant(rules: Rules, first: EventTime, complete_since: Option<EventTime>) -> Self {
        Self { reads_from: rules.range_start(first), rules, complete_since }
    }

    /// For what happened from `start` on.
    #[must_use]
    pub fn to_period(rules: Rules, start: EventTime, complete_since: Option<EventTime>) -> Self {
        Self { reads_from: rules.reads_from(start), rules, complete_since }
    }

    /// The rules of the lines.
    #[must_use]
    pub const fn rules(&self) -> &Rules {
        &self.rules
    }

    /// Where reading has to begin. Events from before are ignored.
    #[must_use]
    pub const fn reads_from(&self) -> EventTime {
        self.reads_from
    }

    /// Whether an event can add to a figure that is asked for.
    #[must_use]
    pub fn counts(&self, event: &Event) -> bool {
        event.at >= self.reads_from
    }

    /// Since when history is known.
    #[must_use]
    pub fn coverage(&self, evidence: &HistoryEvidence) -> Coverage {
        evidence.coverage(&self.rules, self.complete_since)
    }

    /// Logs a warning if history begins too late for some figure to be complete, and returns whether it does. `name` is
    /// the source as the subject of a sentence.
    pub fn warn_if_short(&self, coverage: &Coverage, name: &str, zone: &TimeZone) -> bool {
        let needed = self.reads_from.plus_millis(self.rules.life_ms());
        let is_short = coverage.whole_since > needed && coverage.reason != CoverageReason::Offsets;
        if is_short {
            let begin = needed.plus_millis(-coverage.whole_since.millis_since(coverage.begins));
            tracing::warn!(
                reason = %coverage.in_words(name, zone),
                needed_since = %to_the_minute(begin, zone),
                "history begins too late for every figure to be complete"
            );
        }
        is_short
    }
}

impl SourceEnd {
    /// The end of what was read, unless that was topics. `latest` is the latest event that was read.
    #[must_use]
    pub fn of(reads_topics: bool, latest: Option<EventTime>) -> Self {
        Self { latest: latest.filter(|_| !reads_topics) }
    }

    /// The last instant that is known.
    #[must_use]
    pub fn known_until(self) -> EventTime {
        self.latest.map_or(EventTime::MAX, |latest| latest.plus_millis(QUIET_AFTER_END_MS))
    }

    /// Whether an instant is known.
    #[must_use]
    pub fn knows(self, instant: EventTime) -> bool {
        instant <= self.known_until()
    }

    /// The latest event, if it is before `instant`: from then on it is assumed that nothing happened.
    #[must_use]
    pub fn quiet_before(self, instant: EventTime) -> Option<EventTime> {
        self.latest.filter(|latest| *latest < instant)
    }

    /// Logs that nothing is assumed to have happened after the end of the source. `name` is the source as the subject
    /// of a sentence.
    pub fn warn_of_quiet(self, name: &str, zone: &TimeZone) {
        if let Some(latest) = self.latest {
            tracing::warn!(
                source = name,
                ends_at = %to_the_minute(latest, zone),
                "files end early; it is assumed that nothing happened since"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tuesday 2025-09-16 at 10:15 in Helsinki.
    const AT: EventTime = EventTime::from_seconds(1_758_006_900);

    #[test]
    fn files_are_known_for_a_day_after_their_latest_event_and_a_topic_for_ever() {
        let files = SourceEnd::of(false, Some(AT));
        assert!(
            files.knows(AT.plus_millis(QUIET_AFTER_END_MS)) && !files.knows(AT.plus_millis(QUIET_AFTER_END_MS + 1))
        );
        assert_eq!(files.quiet_before(AT.plus_millis(1)), Some(AT));
        assert_eq!(files.quiet_before(AT), None);
        let topic = SourceEnd::of(true, Some(AT));
        assert!(topic.knows(EventTime::MAX));
        assert_eq!(topic.quiet_before(EventTime::MAX), None);
    }

    #[test]
    fn a_period_needs_a_life_before_it_and_an_instant_its_windows_too() {
        let rules = ensilinja_config::county().rules(AT);
        let period = Lookback::to_period(rules.clone(), AT, None);
        let instant = Lookback::to_instant(rules, AT, None);
        assert!(AT.millis_since(period.reads_from()) > period.rules().life_ms());
        assert!(instant.reads_from() < period.reads_from());
    }
}
