//! Where history begins: since when a topic, or files, are known to hold every event.
//!
//! ```text
//!                      not known | known, but what began before is not | every figure is complete
//!
//! cut topic            ..........S-------------- life of a contact ----|=========================
//! topic filled live    ..........S=====================================|=========================
//! topic filled later   .......D--E==================================S==|=========================
//! files                ..........E-------------- life of a contact ----|=========================
//! --complete-since T   ..........T=====================================|=========================
//!
//! S  timestamp of the first record left    E  first event, by its own time    D  start of E's local day
//! ```
//!
//! - **A cut topic** has a partition that does not begin at offset 0. Records from before `S` are lost, and a contact
//!   that began before may still add to figures for as long as it can live.
//! - **A topic filled live** begins at offset 0 in every partition, and its first records were written as things
//!   happened. It has lost nothing; nothing is known of the time before it was filled.
//! - **A topic filled later** (copied, backfilled, in batches) begins at offset 0 too, but most of its first sixteen
//!   records were written more than an hour after their events. Its timestamps say when it was written, so its events
//!   say what it holds. There may have been no contact between midnight and the first event, so `E` vouches for its
//!   whole local day.
//! - **Files** do not say what happened before their first event.
//! - **`--complete-since`** is a statement of the user and overrides everything else.
//!
//! All edges are closed on the left: an instant, a window or a period that begins at the edge is known. The rule does
//! not depend on the question, so an instant has the same figures alone and in a series. One exception: a contact that
//! is heard of again after longer than a contact lives, since a run of one instant does not read its first events.

use ensilinja_kafka::TopicHistory;
use ensilinja_ledger::{History, Rules};
use ensilinja_model::EventTime;
use jiff::tz::TimeZone;

use crate::event_days::EventDays;
use crate::local_time::to_the_minute;

/// A record that is written within this time after its event was written as it happened, in ms.
const LIVE_WITHIN_MS: i64 = 3_600_000;

/// How many of the earliest records tell whether a topic was filled live. One alone may be a straggler.
const FIRST_WRITTEN: usize = 16;

/// Later than any window begins, and as far from the end of time as a contact can live.
const NEVER: EventTime = EventTime::from_seconds(253_402_300_800);

/// Earlier than any window begins.
const ALWAYS: EventTime = EventTime::from_millis(0);

/// Where events come from, and what their log says about where it begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HistorySource {
    /// A topic.
    Topic {
        /// What its partitions say, read from `range_start` on.
        history: TopicHistory,
        /// Where reading began: records with earlier timestamps were not read.
        range_start: EventTime,
        /// Since when a process has been watching it, if one has. A topic that is watched and stays empty says that
        /// nothing happened.
        watched_since: Option<EventTime>,
    },
    /// Ranges of offsets, which count as all there ever was.
    Offsets,
    /// Files of events.
    Files,
}

/// What is known about where a log begins, gathered while it is read.
#[derive(Clone, Debug)]
pub struct HistoryEvidence {
    source: HistorySource,
    events: FirstEvents,
}

/// What the events of a log say about where it begins.
#[derive(Clone, Debug, Default)]
pub struct FirstEvents {
    /// Of the events that were written first: when they were written, and when they happened. Ascending.
    first_written: Vec<(EventTime, EventTime)>,
    days: EventDays,
}

/// Since when history is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// Nothing is known of what happened before.
    pub begins: EventTime,
    /// Figures of what happened since then are complete. Not before `begins`.
    pub whole_since: EventTime,
    /// The timestamp of the first record: nothing in a topic was known earlier. `None` of files and of offsets.
    pub written_since: Option<EventTime>,
    /// Why history begins there.
    pub reason: CoverageReason,
}

/// Why history begins where it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CoverageReason {
    /// A partition has lost its first records.
    Cut,
    /// A partition has lost all its records, and nothing tells since when it is complete.
    Lost,
    /// The topic was filled live from then on.
    FilledLive,
    /// The topic was filled later: this is the day of its first event.
    FilledLater,
    /// Files begin there.
    Files,
    /// `--complete-since` says so.
    CompleteSince,
    /// Only ranges of offsets count.
    Offsets,
}

impl HistorySource {
    /// Whether the events of a log may tell where its history begins. They do not where its partitions tell it.
    #[must_use]
    pub fn is_told_by_events(&self) -> bool {
        match self {
            Self::Topic { history: TopicHistory { start, from_first_record }, range_start, .. } => {
                *from_first_record && start.is_none_or(|start| start > *range_start)
            }
            Self::Offsets => false,
            Self::Files => true,
        }
    }
}

impl FirstEvents {
    /// Adds an event that happened `at` and became known at `known_at`; `None` where that is unknown.
    #[inline]
    pub fn add(&mut self, known_at: Option<EventTime>, at: EventTime) {
        self.days.add(at);
        let Some(known_at) = known_at else { return };
        let is_full = self.first_written.len() == FIRST_WRITTEN;
        if !is_full || self.first_written.last().is_some_and(|last| (known_at, at) < *last) {
            self.first_written.truncate(FIRST_WRITTEN - 1);
            let place = self.first_written.partition_point(|written| *written < (known_at, at));
            self.first_written.insert(place, (known_at, at));
        }
    }

    /// When the first event happened, if the log was filled later than that. Events that a wrong clock has dated do not
    /// count.
    fn first_of_filled_later(&self) -> Option<EventTime> {
        let is_late = |(known_at, at): &&(EventTime, EventTime)| known_at.millis_since(*at) > LIVE_WITHIN_MS;
        let late = self.first_written.iter().filter(is_late).count();
        (late * 2 > self.first_written.len()).then(|| self.days.begins())?
    }
}

impl HistoryEvidence {
    /// Nothing has been read yet.
    #[must_use]
    pub fn new(source: HistorySource) -> Self {
        Self { source, events: FirstEvents::default() }
    }

    /// A log of which these events have been read.
    #[must_use]
    pub const fn of(source: HistorySource, events: FirstEvents) -> Self {
        Self { source, events }
    }

    /// Adds an event that happened `at` and became known at `known_at`; `None` where that is unknown.
    pub fn add(&mut self, known_at: Option<EventTime>, at: EventTime) {
        self.events.add(known_at, at);
    }

    /// Replaces what the log says about where it begins.
    pub const fn set_source(&mut self, source: HistorySource) {
        self.source = source;
    }

    /// The rule. `complete_since` is the user's statement, if there is one.
    #[must_use]
    pub fn coverage(&self, rules: &Rules, complete_since: Option<EventTime>) -> Coverage {
        let written_since = match self.source {
            HistorySource::Topic { history, .. } => history.start,
            HistorySource::Offsets | HistorySource::Files => None,
        };
        let (begins, life_ms, reason) = match complete_since {
            Some(since) => (since, 0, CoverageReason::CompleteSince),
            None => self.beginning(rules),
        };
        Coverage { begins, whole_since: begins.plus_millis(life_ms), written_since, reason }
    }

    /// Where history begins, how much later figures are complete (in ms), and why.
    fn beginning(&self, rules: &Rules) -> (EventTime, i64, CoverageReason) {
        let life_ms = rules.life_ms();
        match self.source {
            HistorySource::Offsets => (ALWAYS, 0, CoverageReason::Offsets),
            HistorySource::Files => (self.events.days.begins().unwrap_or(NEVER), life_ms, CoverageReason::Files),
            HistorySource::Topic { history: TopicHistory { start, from_first_record: false }, .. } => match start {
                Some(start) => (start, life_ms, CoverageReason::Cut),
                None => (NEVER, life_ms, CoverageReason::Lost),
            },
            HistorySource::Topic {
                history: TopicHistory { start, from_first_record: true },
                range_start,
                watched_since,
            } => {
                let filled_live = start.into_iter().chain(watched_since).min().unwrap_or(NEVER);
                // A log that is older than the range holds all of the range.
                let is_older = start.is_some_and(|start| start <= range_start);
                let first = self.events.first_of_filled_later().filter(|_| !is_older);
                match first.map(|first| rules.days().start_of_day(first)).filter(|day| *day < filled_live) {
                    Some(day) => (day, 0, CoverageReason::FilledLater),
                    None => (filled_live, 0, CoverageReason::FilledLive),
                }
            }
        }
    }
}

impl Coverage {
    /// Whether anything is known of an instant.
    #[must_use]
    pub fn knows(&self, instant: EventTime) -> bool {
        self.begins <= instant
    }

    /// Whether anything was known of an instant when it came.
    #[must_use]
    pub fn was_known_at(&self, instant: EventTime) -> bool {
        self.knows(instant) && self.written_since.is_none_or(|written| written <= instant)
    }

    /// The same for a ledger.
    #[must_use]
    pub const fn history(&self) -> History {
        History { start: self.whole_since, from_first_record: true }
    }

    /// Where `name` begins, why, and what to do about it, as a sentence without its full stop.
    #[must_use]
    pub fn in_words(&self, name: &str, zone: &TimeZone) -> String {
        let [begins, whole_since] = [self.begins, self.whole_since].map(|at| to_the_minute(at, zone));
        let remedy = "if it is complete since another time, give that time as --complete-since TIME";
        match self.reason {
            CoverageReason::Cut => format!(
                "{name} begins at {begins}: earlier records were deleted, and contacts from before may live until \
                 {whole_since}"
            ),
            CoverageReason::Lost => format!(
                "{name} has lost all records of some partition, so it is unknown since when it is complete; {remedy}"
            ),
            CoverageReason::FilledLive => {
                format!("{name} begins at {begins}, and what was before is unknown; {remedy}")
            }
            CoverageReason::FilledLater => format!(
                "{name} begins at {begins}, the day of its first event, because its records were written \
                 later than their events happened; nothing tells what was before; {remedy}"
            ),
            CoverageReason::Files => format!(
                "{name} begins at {begins}, and what was before is unknown: contacts from before may live until \
                 {whole_since}; {remedy}"
            ),
            CoverageReason::CompleteSince => format!("--complete-since says that {name} begins at {begins}"),
            CoverageReason::Offsets => format!("only ranges of offsets of {name} count"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR_MS: i64 = 3_600_000;
    const DAY_MS: i64 = 24 * HOUR_MS;

    /// Tuesday 2025-09-16 at 10:15 in Helsinki, 10 h 15 min after midnight.
    const AT: EventTime = EventTime::from_seconds(1_758_006_900);
    const MIDNIGHT_MS: i64 = -(10 * HOUR_MS + 15 * 60_000);

    /// Where a log begins, in ms from [`AT`]; how many lives of a contact later figures are complete; and why.
    fn edges(
        log: HistorySource,
        events_ms: &[(i64, i64)],
        complete_since_ms: Option<i64>,
    ) -> (i64, i64, CoverageReason) {
        let rules = ensilinja_config::county().rules(AT);
        let mut evidence = HistoryEvidence::new(log);
        for (known_ms, at_ms) in events_ms {
            evidence.add(Some(AT.plus_millis(*known_ms)), AT.plus_millis(*at_ms));
        }
        let found = evidence.coverage(&rules, complete_since_ms.map(|ms| AT.plus_millis(ms)));
        let lives = found.whole_since.millis_since(found.begins) / rules.life_ms();
        (found.begins.millis_since(AT), lives, found.reason)
    }

    fn topic(start_ms: Option<i64>, from_first_record: bool) -> HistorySource {
        let history = TopicHistory { start: start_ms.map(|ms| AT.plus_millis(ms)), from_first_record };
        HistorySource::Topic { history, range_start: AT.plus_millis(-30 * DAY_MS), watched_since: None }
    }

    #[test]
    fn every_source_begins_where_the_table_shows() {
        use CoverageReason::{CompleteSince, Cut, Files, FilledLater, FilledLive, Lost, Offsets};
        let prompt = [(0, -200), (60_000, 59_000)];
        let copied = [(DAY_MS, 0), (DAY_MS, 2 * HOUR_MS), (DAY_MS + 5, -HOUR_MS)];
        let batch = [(8 * HOUR_MS, 0), (8 * HOUR_MS, HOUR_MS), (DAY_MS, DAY_MS)];
        let old_line = [(DAY_MS, -20_000 * DAY_MS), (DAY_MS, 0), (DAY_MS, HOUR_MS)];
        let stragglers = [(0, -2 * DAY_MS), (20, -200), (30, 0), (60_000, -5 * DAY_MS)];
        let never = NEVER.millis_since(AT);
        let always = ALWAYS.millis_since(AT);
        for (what, log, events, complete_since, expected) in [
            ("cut", topic(Some(0), false), &prompt[..], None, (0, 1, Cut)),
            ("cut after it was copied", topic(Some(DAY_MS), false), &copied, None, (DAY_MS, 1, Cut)),
            ("a partition lost all", topic(None, false), &prompt, None, (never, 1, Lost)),
            ("filled live", topic(Some(0), true), &prompt, None, (0, 0, FilledLive)),
            ("filled live, stragglers", topic(Some(0), true), &stragglers, None, (0, 0, FilledLive)),
            ("older than the range", topic(Some(-30 * DAY_MS), true), &copied, None, (-30 * DAY_MS, 0, FilledLive)),
            ("copied", topic(Some(DAY_MS), true), &copied, None, (MIDNIGHT_MS, 0, FilledLater)),
            ("in batches", topic(Some(8 * HOUR_MS), true), &batch, None, (MIDNIGHT_MS, 0, FilledLater)),
            ("copied, a wrong clock", topic(Some(DAY_MS), true), &old_line, None, (MIDNIGHT_MS, 0, FilledLater)),
            ("no event", topic(Some(0), true), &[], None, (0, 0, FilledLive)),
            ("no record", topic(None, true), &[], None, (never, 0, FilledLive)),
            ("files", HistorySource::Files, &[(5, 5), (5, 0), (HOUR_MS, HOUR_MS)], None, (0, 1, Files)),
            ("files, a wrong clock", HistorySource::Files, &old_line, None, (0, 1, Files)),
            ("ranges of offsets", HistorySource::Offsets, &prompt, None, (always, 0, Offsets)),
            ("files, --complete-since", HistorySource::Files, &prompt, Some(-DAY_MS), (-DAY_MS, 0, CompleteSince)),
            (
                "files, a later --complete-since",
                HistorySource::Files,
                &prompt,
                Some(DAY_MS),
                (DAY_MS, 0, CompleteSince),
            ),
            ("cut, --complete-since", topic(Some(0), false), &prompt, Some(-DAY_MS), (-DAY_MS, 0, CompleteSince)),
        ] {
            assert_eq!(edges(log, events, complete_since), expected, "{what}");
        }
    }

    #[test]
    fn a_watched_topic_that_stays_empty_shows_that_nothing_happened() {
        let watched = |start_ms: Option<i64>, watched_ms| match topic(start_ms, true) {
            HistorySource::Topic { history, range_start, .. } => {
                let watched_since = Some(AT.plus_millis(watched_ms));
                HistorySource::Topic { history, range_start, watched_since }
            }
            other => other,
        };
        let begins = |log| edges(log, &[(0, -100)], None).0;
        assert_eq!(begins(watched(None, 0)), 0);
        assert_eq!(begins(watched(Some(0), -HOUR_MS)), -HOUR_MS);
        assert_eq!(begins(watched(Some(-HOUR_MS), 0)), -HOUR_MS);
    }

    #[test]
    fn the_edge_is_known_and_nothing_was_known_before_it_was_written() {
        let coverage = Coverage {
            begins: AT,
            whole_since: AT,
            written_since: Some(AT.plus_millis(DAY_MS)),
            reason: CoverageReason::FilledLater,
        };
        assert!(coverage.knows(AT) && !coverage.knows(AT.plus_millis(-1)));
        assert!(!coverage.was_known_at(AT.plus_millis(DAY_MS - 1)) && coverage.was_known_at(AT.plus_millis(DAY_MS)));
    }

    #[test]
    fn events_tell_where_a_log_begins_only_if_its_partitions_do_not() {
        let range_start = EventTime::from_seconds(1_000);
        let told = |start: Option<i64>, from_first_record| {
            let history = TopicHistory { start: start.map(EventTime::from_seconds), from_first_record };
            HistorySource::Topic { history, range_start, watched_since: None }.is_told_by_events()
        };
        assert!(told(None, true) && told(Some(1_001), true));
        assert!(!told(Some(1_000), true), "older than the range");
        assert!(!told(Some(1_001), false) && !told(None, false), "cut");
        assert!(HistorySource::Files.is_told_by_events() && !HistorySource::Offsets.is_told_by_events());
    }
}
