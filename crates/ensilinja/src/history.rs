//! How far back history counts: the one rule, which `run`, `replay`, `explain`, `compare` and `report` ask.
//!
//! ```text
//!                      not known | known, but what began before is not | every figure is whole
//!
//! cut topic            ..........S-------------- life of a contact ----|=====================
//! topic filled live    ..........S=====================================|=====================
//! topic filled later   .......D--E==================================S==|=====================
//! files                ..........E-------------- life of a contact ----|=====================
//! --complete-since T   ..........T=====================================|=====================
//!
//! S  stamp of the first record that is there    E  first event, by its own time    D  start of E's local day
//! ```
//!
//! - **A cut topic** has a partition that does not begin at offset 0. What was stamped before `S` is lost, and a
//!   contact that began before may still add to figures for as long as it can live.
//! - **A topic filled live** begins at offset 0 in every partition, and its first records were written as it happened.
//!   It has lost nothing; of the time before it was filled nothing is known.
//! - **A topic filled later** (copied, backfilled, in batches) begins at offset 0 too, but most of its first
//!   sixteen records were written more than an hour after what they tell. The stamps
//!   say when it was written, so the events say what it holds. Nothing tells whether there was a contact between
//!   midnight and the first one, so `E` vouches for its local day.
//! - **Files** do not say what was where their events begin.
//! - **`--complete-since`** is a statement of the user, and decides alone.
//!
//! All edges are closed on the left: an instant, a window or a period that begins at the edge is known. The rule knows
//! nothing of the question, so an instant has the same figures alone and in a series. The exception is a contact that
//! is told of again after longer than a contact lives: a run of one instant does not read what was told of it first.

pub mod event_days;

use ensilinja_kafka::TopicHistory as LogHistory;
use ensilinja_ledger::{History, Rules};
use ensilinja_model::EventTime;
use jiff::tz::TimeZone;

use crate::local_time::in_words;
use event_days::EventDays;

/// A record that is written within this of what it tells was written as it happened, in ms.
const LIVE_WITHIN_MS: i64 = 3_600_000;

/// So many of the records that were written first tell whether a topic was filled live: one alone may be a straggler.
const FIRST_WRITTEN: usize = 16;

/// Later than any window begins, and as far from the end of time as a contact can live.
const NEVER: EventTime = EventTime::from_seconds(253_402_300_800);

/// Earlier than any window begins.
const ALWAYS: EventTime = EventTime::from_millis(0);

/// Where events come from, and what their log tells of its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HistorySource {
    /// A topic.
    Topic {
        /// What its partitions tell, read from `range_start` on.
        history: LogHistory,
        /// Where reading began: what is stamped earlier was not read.
        range_start: EventTime,
        /// Since when a process has been watching it, if one has: an empty topic that is watched tells that nothing
        /// happened.
        watched_since: Option<EventTime>,
    },
    /// Ranges of offsets, taken for all there ever was.
    Offsets,
    /// Files of events.
    Files,
}

/// What is known of where a log begins, gathered while it is read.
#[derive(Clone, Debug)]
pub struct HistoryEvidence {
    log: HistorySource,
    events: FirstEvents,
}

/// What the events of a log tell of where it begins.
#[derive(Clone, Debug, Default)]
pub struct FirstEvents {
    /// Of the events that were written first: when, and when they happened. Ascending.
    first_written: Vec<(EventTime, EventTime)>,
    days: EventDays,
}

/// How far back history counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Coverage {
    /// Nothing is known of what happened before.
    pub begins: EventTime,
    /// Figures of what happened since then lack nothing.
    pub whole_since: EventTime,
    /// The stamp of the first record: nothing of what a topic holds was known earlier.
    pub written_since: Option<EventTime>,
    /// Why it begins there.
    pub reason: BeginsBecause,
}

/// Why history begins where it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BeginsBecause {
    /// A partition has lost its first records.
    Cut,
    /// A partition has lost all its records, and nothing tells since when.
    Lost,
    /// The topic was filled live from then on.
    FilledLive,
    /// The topic was filled later: that is the day of its first event.
    FilledLater,
    /// Files begin there.
    Files,
    /// The caller says so.
    Told,
    /// Only ranges of offsets count.
    Offsets,
}

impl FirstEvents {
    /// An event that happened `at` became known at `known`; `None` where that is unknown.
    pub fn hear(&mut self, known: Option<EventTime>, at: EventTime) {
        self.days.hear(at);
        let Some(known) = known else { return };
        let is_full = self.first_written.len() == FIRST_WRITTEN;
        if !is_full || self.first_written.last().is_some_and(|last| (known, at) < *last) {
            self.first_written.truncate(FIRST_WRITTEN - 1);
            let place = self.first_written.partition_point(|written| *written < (known, at));
            self.first_written.insert(place, (known, at));
        }
    }

    /// When the first event happened, if the log was not written as it happened. Lines that a wrong clock has dated do
    /// not count.
    fn first_of_a_past(&self) -> Option<EventTime> {
        let late = self.first_written.iter().filter(|(known, at)| known.millis_since(*at) > LIVE_WITHIN_MS).count();
        (late * 2 > self.first_written.len()).then(|| self.days.begins())?
    }
}

impl HistoryEvidence {
    /// Nothing has been read yet.
    #[must_use]
    pub fn new(log: HistorySource) -> Self {
        Self { log, events: FirstEvents::default() }
    }

    /// The same log, of which these events have been read.
    #[must_use]
    pub const fn of(log: HistorySource, events: FirstEvents) -> Self {
        Self { log, events }
    }

    /// An event that happened `at` became known at `known`.
    pub fn hear(&mut self, known: Option<EventTime>, at: EventTime) {
        self.events.hear(known, at);
    }

    /// The log tells more of itself.
    pub const fn see(&mut self, log: HistorySource) {
        self.log = log;
    }

    /// The rule. `complete_since` is what the caller says, if anything.
    #[must_use]
    pub fn coverage(&self, rules: &Rules, complete_since: Option<EventTime>) -> Coverage {
        let written_since = match self.log {
            HistorySource::Topic { history, .. } => history.start,
            HistorySource::Offsets | HistorySource::Files => None,
        };
        let (begins, life_ms, reason) = match complete_since {
            Some(told) => (told, 0, BeginsBecause::Told),
            None => self.beginning(rules),
        };
        Coverage { begins, whole_since: begins.plus_millis(life_ms), written_since, reason }
    }

    /// Where history begins, how much later figures are whole, in ms, and why.
    fn beginning(&self, rules: &Rules) -> (EventTime, i64, BeginsBecause) {
        let life_ms = rules.life_ms();
        match self.log {
            HistorySource::Offsets => (ALWAYS, 0, BeginsBecause::Offsets),
            HistorySource::Files => (self.events.days.begins().unwrap_or(NEVER), life_ms, BeginsBecause::Files),
            HistorySource::Topic { history: LogHistory { start, from_first_record: false }, .. } => match start {
                Some(start) => (start, life_ms, BeginsBecause::Cut),
                None => (NEVER, life_ms, BeginsBecause::Lost),
            },
            HistorySource::Topic {
                history: LogHistory { start, from_first_record: true },
                range_start,
                watched_since,
            } => {
                let filled_live = start.into_iter().chain(watched_since).min().unwrap_or(NEVER);
                // Of a log that is older than the range all of the range is there.
                let is_older = start.is_some_and(|start| start <= range_start);
                let past = self.events.first_of_a_past().filter(|_| !is_older);
                match past.map(|first| rules.days().start_of_day(first)).filter(|day| *day < filled_live) {
                    Some(day) => (day, 0, BeginsBecause::FilledLater),
                    None => (filled_live, 0, BeginsBecause::FilledLive),
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

    /// As a ledger is told.
    #[must_use]
    pub const fn history(&self) -> History {
        History { start: self.whole_since, from_first_record: true }
    }

    /// Where `name` begins, why that is so and what helps, as a sentence for the log.
    #[must_use]
    pub fn in_words(&self, name: &str, zone: &TimeZone) -> String {
        let local = |at| in_words(at, zone);
        let told = "if nothing is missing since another time, say so with --complete-since TIME";
        match self.reason {
            BeginsBecause::Cut => format!(
                "{name} begins at {}: earlier records were deleted, and contacts from before may live until {}",
                local(self.begins),
                local(self.whole_since)
            ),
            BeginsBecause::Lost => {
                format!(
                    "{name} has lost all that some partition held, so nothing tells since when it is complete; {told}"
                )
            }
            BeginsBecause::FilledLive => {
                format!("{name} begins at {}, and nothing tells what was before; {told}", local(self.begins))
            }
            BeginsBecause::FilledLater => format!(
                "{name} begins at {}, the day of its first event, for its records were written later than what they \
                 tell; nothing tells what was before; {told}",
                local(self.begins)
            ),
            BeginsBecause::Files => format!(
                "{name} begins at {}, and nothing tells what was before: contacts from before may live until {}; {told}",
                local(self.begins),
                local(self.whole_since)
            ),
            BeginsBecause::Told => format!("--complete-since says that {name} begins at {}", local(self.begins)),
            BeginsBecause::Offsets => format!("only ranges of offsets of {name} count"),
        }
    }

    /// What to warn of, where figures of what happened since `wanted` are asked for; `None` if they lack nothing.
    #[must_use]
    pub fn shortfall(&self, wanted: EventTime, name: &str, zone: &TimeZone) -> Option<String> {
        let is_short = self.whole_since > wanted && self.reason != BeginsBecause::Offsets;
        let begin = wanted.plus_millis(-self.whole_since.millis_since(self.begins));
        is_short.then(|| {
            let [said, begin] = [self.in_words(name, zone), in_words(begin, zone)];
            format!("{said}. For every figure to be right it would have to begin at {begin}")
        })
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

    /// Where a log begins, and since when figures are whole, in ms from [`AT`]; the life of a contact is left out.
    fn edges(log: HistorySource, events_ms: &[(i64, i64)], told_ms: Option<i64>) -> (i64, i64, BeginsBecause) {
        let rules = ensilinja_config::county().rules(AT);
        let mut evidence = HistoryEvidence::new(log);
        for (known_ms, at_ms) in events_ms {
            evidence.hear(Some(AT.plus_millis(*known_ms)), AT.plus_millis(*at_ms));
        }
        let found = evidence.coverage(&rules, told_ms.map(|told_ms| AT.plus_millis(told_ms)));
        let lives = found.whole_since.millis_since(found.begins) / rules.life_ms();
        (found.begins.millis_since(AT), lives, found.reason)
    }

    fn topic(start_ms: Option<i64>, from_first_record: bool) -> HistorySource {
        let history = LogHistory { start: start_ms.map(|ms| AT.plus_millis(ms)), from_first_record };
        HistorySource::Topic { history, range_start: AT.plus_millis(-30 * DAY_MS), watched_since: None }
    }

    #[test]
    fn every_source_begins_where_the_table_says() {
        use BeginsBecause::{Cut, Files, FilledLater, FilledLive, Lost, Offsets, Told};
        let prompt = [(0, -200), (60_000, 59_000)];
        let copied = [(DAY_MS, 0), (DAY_MS, 2 * HOUR_MS), (DAY_MS + 5, -HOUR_MS)];
        let batch = [(8 * HOUR_MS, 0), (8 * HOUR_MS, HOUR_MS), (DAY_MS, DAY_MS)];
        let old_line = [(DAY_MS, -20_000 * DAY_MS), (DAY_MS, 0), (DAY_MS, HOUR_MS)];
        let stragglers = [(0, -2 * DAY_MS), (20, -200), (30, 0), (60_000, -5 * DAY_MS)];
        let never = NEVER.millis_since(AT);
        let always = ALWAYS.millis_since(AT);
        for (what, log, events, told, expected) in [
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
            ("files, told", HistorySource::Files, &prompt, Some(-DAY_MS), (-DAY_MS, 0, Told)),
            ("files, told a later time", HistorySource::Files, &prompt, Some(DAY_MS), (DAY_MS, 0, Told)),
            ("cut, told", topic(Some(0), false), &prompt, Some(-DAY_MS), (-DAY_MS, 0, Told)),
        ] {
            assert_eq!(edges(log, events, told), expected, "{what}");
        }
    }

    #[test]
    fn an_empty_topic_that_is_watched_tells_that_nothing_happened() {
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
    fn the_edge_itself_is_known_and_nothing_was_known_before_it_was_written() {
        let coverage = Coverage {
            begins: AT,
            whole_since: AT,
            written_since: Some(AT.plus_millis(DAY_MS)),
            reason: BeginsBecause::FilledLater,
        };
        assert!(coverage.knows(AT) && !coverage.knows(AT.plus_millis(-1)));
        assert!(!coverage.was_known_at(AT.plus_millis(DAY_MS - 1)) && coverage.was_known_at(AT.plus_millis(DAY_MS)));
    }
}
