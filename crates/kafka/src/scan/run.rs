//! The entry of a scan: reads a range of the topics once. The live wing, in contrast, reads on and on.
//!
//! ```text
//!   begin ....... from ................. end (when the scan began) ....... published meanwhile
//!                 | handed over, once    | not read
//! ```
//! Records of all partitions of all topics come in the order of their timestamps; see `merge`. One bound on the memory
//! for records that are read ahead holds for all partitions together.
//!
//! Every partition is assigned, none is subscribed to, and nothing is committed: a report that runs beside the live
//! process takes nothing from it. The consumer has to name a group, and it names that of the settings, because a user
//! that may read the topic for the live process may use that group.
//!
//! A topic that is deleted and recreated during a scan would give a mixture of two logs. So the scan asks for the ids
//! of the topics before the first record and after the last, and fails if they differ. It also fails if it cannot read
//! the whole range: a report over half of the events would look like a bad month.
//!
//! A caller that wants only records published *before* an instant reads to the end too and drops the rest: timestamps
//! need not ascend, and no broker can tell after which record there is none from before an instant.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use ensilinja_librdkafka::{FetchedRecord, TopicId};
use ensilinja_model::EventTime;
use rdkafka::consumer::{BaseConsumer, Consumer as _};

use crate::broker_queries::{ANSWER_TIMEOUT, BrokerQueries, QueryError};
use crate::client_log::ClientLog;
use crate::diagnostics::broker_failure::BrokerFailure;
use crate::earlier_records::{EarlierRecords, extended_history};
use crate::history::{KnownSince, PartitionHistory, TopicHistory, history};
use crate::partition_start::PartitionStart;
use crate::record::IncomingRecord;
use crate::scan::error::{BEGIN_WITHIN, ScanError, is_refusal};
use crate::scan::scan_range::ScanRange;
use crate::scan::starts::{StartsError, starts_of};
use crate::scan::topic_scan::{ScanProgress, TopicScan};
use crate::settings::Settings;
use crate::topic_choice::TopicChooser;

/// The pause between two attempts to ask the brokers. It bounds how long a stop goes unnoticed.
const PAUSE: Duration = Duration::from_millis(100);

/// What a scan has read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScanSummary {
    /// Records that were handed over.
    pub records: u64,
    /// The log still holds the whole range: every partition begins before it or still has its very first record.
    /// Always false for ranges of offsets, which are no range of time.
    pub reaches_back: bool,
    /// Since when all records are known; `start` is never before the range. `start` is `None` and `from_first_record`
    /// is false where some partition has lost all it ever held, so that nothing tells since when, and for ranges of
    /// offsets.
    pub history: TopicHistory,
    /// The topics. A caller that scans twice compares them.
    pub topics: Vec<ScannedTopic>,
}

/// A topic that was scanned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScannedTopic {
    /// Its name.
    pub name: String,
    /// Its id, if the brokers have topic ids: a topic of the same name that was recreated has another one.
    pub id: Option<TopicId>,
}

/// Reads every partition of the topics from the first record published at or after `range.from` to where the partition
/// ended when the scan began, or the ranges of offsets that `range` names. Hands each record to `handle` together with
/// the progress of the scan, in the order of timestamps. A record with an earlier timestamp than its predecessor in the
/// partition, or with an unknown one, comes right after its predecessor.
///
/// Records published before `range.from` may be among them where timestamps are not in order or the broker cannot look
/// them up. Records of transactions that are open when the scan begins, and all records after those, are not among
/// them: no reader gets these yet. Every record is marked as [rebuilding](IncomingRecord::rebuilding).
///
/// Commits nothing and joins no group. Setting `stop`, or a break from `handle`, ends the scan with
/// [`ScanError::Stopped`] within seconds.
///
/// # Errors
/// [`ScanError`]. The records handed over before it are only a part of the range.
pub fn scan_topics(
    settings: &Settings,
    range: &ScanRange<'_>,
    stop: &AtomicBool,
    handle: &mut dyn FnMut(&IncomingRecord<'_>, &ScanProgress) -> ControlFlow<()>,
) -> Result<ScanSummary, ScanError> {
    scan_topics_after(settings, range, &[], stop, handle)
}

/// As [`scan_topics`], of topics of which `earlier` records are known from elsewhere: the history begins with those
/// that the log continues without a gap. Where brokers have no topic ids, the caller leaves out those of other
/// clusters.
///
/// # Errors
/// As [`scan_topics`].
pub fn scan_topics_after(
    settings: &Settings,
    range: &ScanRange<'_>,
    earlier: &[EarlierRecords],
    stop: &AtomicBool,
    handle: &mut dyn FnMut(&IncomingRecord<'_>, &ScanProgress) -> ControlFlow<()>,
) -> Result<ScanSummary, ScanError> {
    settings.check()?;
    scan_fetched(settings, &settings.chooser()?, range, earlier, stop, &mut |_, record, progress| {
        handle(record, progress)
    })
}

/// The same for the topics of any chooser.
pub(crate) fn scan(
    settings: &Settings,
    chooser: &TopicChooser,
    range: &ScanRange<'_>,
    stop: &AtomicBool,
    handle: &mut dyn FnMut(&IncomingRecord<'_>, &ScanProgress) -> ControlFlow<()>,
) -> Result<ScanSummary, ScanError> {
    scan_fetched(settings, chooser, range, &[], stop, &mut |_, record, progress| handle(record, progress))
}

/// The same, with each record as it was fetched.
pub(super) fn scan_fetched(
    settings: &Settings,
    chooser: &TopicChooser,
    range: &ScanRange<'_>,
    earlier: &[EarlierRecords],
    stop: &AtomicBool,
    handle: &mut dyn FnMut(&FetchedRecord<'_>, &IncomingRecord<'_>, &ScanProgress) -> ControlFlow<()>,
) -> Result<ScanSummary, ScanError> {
    let asking =
        settings.query_client().create_with_context(ClientLog::new("scan queries")).map_err(ScanError::Client)?;
    let brokers = Brokers { consumer: &asking, settings, stop };
    let (described, partitions) = brokers.ask(&chooser.names(), &|queries| {
        let described = queries.topics(chooser)?;
        let partitions = described.partitions()?;
        Ok((described, partitions))
    })?;
    let names: Vec<&str> = described.topics.iter().map(|(topic, _)| topic.name.as_str()).collect();
    let ask_ids = || brokers.ask(&names.join(", "), &|queries| Ok(queries.topic_ids(described.broker, &names)?));
    let ids = ask_ids()?;
    let starts = brokers.ask(&names.join(", "), &|queries| starts_of(queries, partitions.clone(), range))?;
    let to_read = starts.iter().filter(|start| start.offset < start.goal).count();
    let consumer = settings.scanner(to_read).create_with_context(ClientLog::new("scan"));
    let consumer = Arc::new(consumer.map_err(ScanError::Client)?);
    let mut scan = TopicScan::of(&consumer, settings, &starts)?;
    tracing::info!(topics = names.join(", "), partitions = starts.len(), offsets = scan.offsets_left(), "scan begins");
    let of_topics: Vec<(&str, Option<TopicId>)> = names.iter().copied().zip(ids.iter().copied()).collect();
    let extended = |histories: &[PartitionHistory]| extended_by(earlier, &starts, &of_topics, histories);
    let records = scan.read(stop, &|histories| history_of(&extended(histories), range).1, handle)?;
    let ids_after = match ask_ids() {
        Err(ScanError::TopicMissing { topic, .. }) => return Err(ScanError::Vanished { topic }),
        ids => ids?,
    };
    if let Some((name, _)) = names.iter().zip(ids.iter().zip(&ids_after)).find(|(_, (before, after))| before != after) {
        return Err(ScanError::Vanished { topic: (*name).to_owned() });
    }
    let (reaches_back, history) = history_of(&extended(&scan.histories()), range);
    let topics = of_topics.iter().map(|(name, id)| ScannedTopic { name: (*name).to_owned(), id: *id });
    Ok(ScanSummary { records, reaches_back, history, topics: topics.collect() })
}

/// The histories of partitions, with those of the records that they continue.
fn extended_by(
    earlier: &[EarlierRecords],
    starts: &[PartitionStart],
    topics: &[(&str, Option<TopicId>)],
    histories: &[PartitionHistory],
) -> Vec<PartitionHistory> {
    let extend = |(start, history): (&PartitionStart, &PartitionHistory)| {
        let name = &start.partition.topic.name;
        let id = topics.iter().find(|(known, _)| known == name).and_then(|(_, id)| *id);
        let of_it: Vec<&EarlierRecords> =
            earlier.iter().filter(|records| records.is_of(name, id, start.partition.number)).collect();
        extended_history(*history, start.begin, &of_it)
    };
    starts.iter().zip(histories).map(extend).collect()
}

/// The brokers that are asked before and after a scan.
pub(super) struct Brokers<'a> {
    pub(super) consumer: &'a BaseConsumer<ClientLog>,
    pub(super) settings: &'a Settings,
    pub(super) stop: &'a AtomicBool,
}

impl Brokers<'_> {
    /// Asks about `topics` until the brokers answer, refuse, or have had [`BEGIN_WITHIN`].
    pub(super) fn ask<T>(
        &self,
        topics: &str,
        question: &dyn Fn(&BrokerQueries<'_>) -> Result<T, StartsError>,
    ) -> Result<T, ScanError> {
        let deadline = Instant::now() + BEGIN_WITHIN;
        let queries = BrokerQueries { consumer: self.consumer, timeout: ANSWER_TIMEOUT };
        loop {
            let asked = Instant::now();
            match question(&queries) {
                Ok(answer) => return Ok(answer),
                Err(StartsError::Final(error)) => return Err(error),
                Err(StartsError::Query(error)) => {
                    if let Some(error) = self.judge(&error, topics, asked + ANSWER_TIMEOUT >= deadline) {
                        return Err(error);
                    }
                }
            }
            // Lets librdkafka write its log lines, which say why there is no answer.
            self.consumer.poll(PAUSE);
            if self.stop.load(Ordering::Relaxed) {
                return Err(ScanError::Stopped);
            }
        }
    }

    /// Why the scan fails with this error; `None` if asking again may help, unless it is too late for that.
    fn judge(&self, error: &QueryError, topics: &str, is_late: bool) -> Option<ScanError> {
        let brokers = self.settings.bootstrap_servers.clone();
        let (error, topic) = match error {
            QueryError::TopicMissing(topic) => {
                return Some(ScanError::TopicMissing { topic: topic.clone(), brokers });
            }
            QueryError::Pattern(fault) => return Some(ScanError::Patterns { brokers, reason: fault.to_string() }),
            QueryError::Broker(error) => (error, topics.to_owned()),
            QueryError::Topic { topic, error } => (error, topic.clone()),
        };
        let reason = || BrokerFailure::of(error, self.consumer.context().recent_errors(), self.settings);
        if is_refusal(error) {
            return Some(ScanError::Refused { brokers, topic, reason: reason() });
        }
        is_late.then(|| ScanError::Unreachable { brokers, topic, reason: reason() })
    }
}

/// Whether the log holds the whole range, and since when all records are known.
fn history_of(histories: &[PartitionHistory], range: &ScanRange<'_>) -> (bool, TopicHistory) {
    if !range.offsets.is_empty() {
        return (false, TopicHistory::default());
    }
    let reaches_back = histories.iter().all(|partition| {
        partition.begins_at_zero
            || match partition.since {
                KnownSince::BeforeRange => true,
                KnownSince::At(at) => at <= range.from,
                KnownSince::Empty => false,
            }
    });
    let history = history(histories, range.from);
    // The end of time stands for a partition of which nothing is left; see `partition_start`.
    let start = history.start.filter(|start| *start < EventTime::MAX);
    (reaches_back, TopicHistory { start, ..history })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FROM: EventTime = EventTime::from_seconds(1_000);

    fn read(histories: &[(bool, KnownSince)]) -> (bool, Option<i64>) {
        let histories: Vec<PartitionHistory> =
            histories.iter().map(|&(begins_at_zero, since)| PartitionHistory { begins_at_zero, since }).collect();
        let (reaches_back, history) = history_of(&histories, &ScanRange { from: FROM, offsets: &[] });
        (reaches_back, history.start.map(EventTime::floor_second))
    }

    fn at(seconds: i64) -> KnownSince {
        KnownSince::At(EventTime::from_seconds(seconds))
    }

    #[test]
    fn the_range_is_whole_where_every_partition_begins_before_it_or_has_its_first_record() {
        assert_eq!(
            read(&[(false, KnownSince::BeforeRange), (true, at(5_000)), (true, KnownSince::Empty)]),
            (true, Some(1_000))
        );
        assert_eq!(read(&[(false, at(1_000))]), (true, Some(1_000)));
        assert_eq!(read(&[(true, KnownSince::Empty)]), (true, None), "the partition has never held a record");
    }

    #[test]
    fn one_partition_that_retention_has_cut_into_the_range_shortens_the_history() {
        assert_eq!(read(&[(true, at(2_000)), (false, at(3_000))]), (false, Some(3_000)));
    }

    #[test]
    fn a_partition_that_has_lost_all_leaves_no_start_of_the_history() {
        assert_eq!(read(&[(true, at(2_000)), (false, KnownSince::At(EventTime::MAX))]), (false, None));
    }
}
