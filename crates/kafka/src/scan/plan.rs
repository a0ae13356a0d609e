//! A scan in two steps, for archives: first which offsets there are to read, then reading them, perhaps in several
//! runs.
//!
//! Between the steps the plan can be stored. Each run reads the ranges that are left, so a run that was interrupted is
//! continued and not repeated.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use ensilinja_librdkafka::{FetchedRecord, TopicId};
use ensilinja_model::EventTime;
use rdkafka::consumer::Consumer as _;

use crate::broker_queries::ANSWER_TIMEOUT;
use crate::client_log::ClientLog;
use crate::scan::error::ScanError;
use crate::scan::run::{Brokers, ScanSummary, scan_fetched};
use crate::scan::scan_range::{OffsetRange, ScanRange};
use crate::scan::starts::starts_of;
use crate::scan::topic_scan::ScanProgress;
use crate::settings::Settings;

/// What there is to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScanPlan {
    /// The id of the cluster, if it has one.
    pub cluster: Option<String>,
    /// The topics.
    pub topics: Vec<PlannedTopic>,
    /// Their partitions, by topic and number.
    pub partitions: Vec<PlannedPartition>,
}

/// A topic to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedTopic {
    /// Its name.
    pub name: String,
    /// Its id, if the brokers have topic ids.
    pub id: Option<TopicId>,
    /// The source that claims it.
    pub source: usize,
}

/// A partition to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlannedPartition {
    /// The topic.
    pub topic: String,
    /// The number.
    pub partition: i32,
    /// The first offset of the log.
    pub log_begin: i64,
    /// The first offset to read: that of the first record of the range.
    pub begin: i64,
    /// The first offset not to read: where the log ends for readers of committed records.
    pub end: i64,
}

/// A record exactly as it was fetched.
#[derive(Clone, Copy)]
pub struct RawRecord<'a> {
    fetched: FetchedRecord<'a>,
    topic: &'a str,
}

/// Asks which offsets hold all records that were published at `from` or later.
///
/// # Errors
/// [`ScanError`], as of a scan.
pub fn plan_scan(settings: &Settings, from: EventTime, stop: &AtomicBool) -> Result<ScanPlan, ScanError> {
    settings.check()?;
    let chooser = settings.chooser()?;
    let consumer =
        settings.query_client().create_with_context(ClientLog::new("scan queries")).map_err(ScanError::Client)?;
    let brokers = Brokers { consumer: &consumer, settings, stop };
    let (topics, starts) = brokers.ask(&chooser.names(), &|queries| {
        let described = queries.topics(&chooser)?;
        let names: Vec<&str> = described.topics.iter().map(|(topic, _)| topic.name.as_str()).collect();
        let ids = queries.topic_ids(described.broker, &names)?;
        let topic = |((topic, _), id): (&(Arc<_>, _), Option<TopicId>)| -> PlannedTopic {
            let topic: &crate::topic_choice::ChosenTopic = topic;
            PlannedTopic { name: topic.name.clone(), id, source: topic.choice.source }
        };
        let topics: Vec<PlannedTopic> = described.topics.iter().zip(ids).map(topic).collect();
        let starts = starts_of(queries, described.partitions()?, &ScanRange { from, offsets: &[] })?;
        Ok((topics, starts))
    })?;
    let partition = |start: crate::partition_start::PartitionStart| PlannedPartition {
        topic: start.partition.topic.name.clone(),
        partition: start.partition.number,
        log_begin: start.begin,
        begin: start.offset,
        end: start.goal,
    };
    let partitions = starts.into_iter().map(partition).collect();
    Ok(ScanPlan { cluster: consumer.client().fetch_cluster_id(ANSWER_TIMEOUT), topics, partitions })
}

/// Reads ranges of offsets, with every byte of each record, in the order of a scan.
///
/// # Errors
/// [`ScanError`]. The records handed over before it are only a part.
pub fn scan_raw(
    settings: &Settings,
    ranges: &[OffsetRange],
    stop: &AtomicBool,
    handle: &mut dyn FnMut(&RawRecord<'_>, &ScanProgress) -> ControlFlow<()>,
) -> Result<ScanSummary, ScanError> {
    settings.check()?;
    let range = ScanRange { from: EventTime::from_millis(0), offsets: ranges };
    scan_fetched(settings, &settings.chooser()?, &range, &[], stop, &mut |fetched, record, progress| {
        handle(&RawRecord { fetched: *fetched, topic: record.topic }, progress)
    })
}

impl<'a> RawRecord<'a> {
    /// The topic.
    #[must_use]
    pub const fn topic(&self) -> &'a str {
        self.topic
    }

    /// The partition.
    #[must_use]
    pub const fn partition(&self) -> i32 {
        self.fetched.partition()
    }

    /// The offset.
    #[must_use]
    pub const fn offset(&self) -> i64 {
        self.fetched.offset()
    }

    /// The timestamp in ms as the broker gives it; `None` without one.
    #[must_use]
    pub fn timestamp_ms(&self) -> Option<i64> {
        self.fetched.timestamp_ms()
    }

    /// Whether the timestamp is that of the broker.
    #[must_use]
    pub fn is_timestamp_of_broker(&self) -> bool {
        self.fetched.is_timestamp_of_broker()
    }

    /// The key.
    #[must_use]
    pub fn key(&self) -> Option<&'a [u8]> {
        self.fetched.key()
    }

    /// The value.
    #[must_use]
    pub fn value(&self) -> Option<&'a [u8]> {
        self.fetched.value()
    }

    /// The headers in order, with names of any bytes. (librdkafka ends a name at a zero byte.)
    pub fn headers(&self) -> impl Iterator<Item = (&'a [u8], Option<&'a [u8]>)> {
        self.fetched.headers()
    }
}
