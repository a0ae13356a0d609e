//! Why a scan did not read its whole range.

use std::time::Duration;

use rdkafka::error::{KafkaError, RDKafkaErrorCode};

use crate::diagnostics::broker_failure::BrokerFailure;
use crate::scan::scan_range::OffsetRange;
use crate::settings::SettingsError;

/// How long the brokers may take to describe the topic.
pub(super) const BEGIN_WITHIN: Duration = Duration::from_secs(15);

/// How long a scan waits for the next record: longer than a broker takes to restart or a leader to be elected.
pub(super) const PROGRESS_WITHIN: Duration = Duration::from_secs(30);

/// Why a scan did not read its whole range.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ScanError {
    /// The settings are wrong.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// librdkafka failed with settings that it had accepted before.
    #[error("the Kafka client cannot read: {0}")]
    Client(#[source] KafkaError),
    /// The brokers answer and do not have the topic.
    #[error("the topic {topic} does not exist at {brokers}: check its name and the brokers")]
    TopicMissing {
        /// The topic.
        topic: String,
        /// The brokers of the settings.
        brokers: String,
    },
    /// The brokers did not answer within 15 s, or only with errors.
    #[error(
        "the brokers at {brokers} have not described {topic} within {} s: {}",
        BEGIN_WITHIN.as_secs(),
        reason.with_remedy()
    )]
    Unreachable {
        /// The brokers of the settings.
        brokers: String,
        /// The topic.
        topic: String,
        /// What came instead of an answer.
        reason: BrokerFailure,
    },
    /// The brokers refuse this user.
    #[error("the brokers at {brokers} do not let this user read {topic}: {}", reason.with_remedy())]
    Refused {
        /// The brokers of the settings.
        brokers: String,
        /// The topic.
        topic: String,
        /// The refusal.
        reason: BrokerFailure,
    },
    /// A range names a partition that the topic does not have.
    #[error("{topic} has no partition {partition}: it has {count}, counted from 0")]
    NoPartition {
        /// The topic.
        topic: String,
        /// The partition.
        partition: i32,
        /// How many partitions the topic has.
        count: usize,
    },
    /// A range names no topic, and several are read.
    #[error(
        "{range} is of one of several topics ({topics}): write it as in {}/0:100..200",
        topics.split(", ").next().unwrap_or_default()
    )]
    WhichTopic {
        /// The range.
        range: OffsetRange,
        /// The topics.
        topics: String,
    },
    /// A range names a topic that is not read.
    #[error("{range} is of a topic that is not read: name one of {topics}")]
    NotRead {
        /// The range.
        range: OffsetRange,
        /// The topics.
        topics: String,
    },
    /// Patterns choose no topics, or not clearly.
    #[error("the topics at {brokers} do not fit the patterns: {reason}")]
    Patterns {
        /// The brokers of the settings.
        brokers: String,
        /// What does not fit.
        reason: String,
    },
    /// Two ranges name one partition.
    #[error("{topic}/{partition} is named twice: name it once, with one range of its offsets")]
    PartitionTwice {
        /// The topic.
        topic: String,
        /// The partition.
        partition: i32,
    },
    /// The log does not hold all of a range.
    #[error(
        "{range} is not all in the log: partition {} of {topic} holds {}",
        range.partition,
        if begin == end { "nothing".to_owned() } else { format!("the offsets {begin}..{end}") }
    )]
    Outside {
        /// The topic.
        topic: String,
        /// The range.
        range: OffsetRange,
        /// The first offset of the partition.
        begin: i64,
        /// The first offset beyond the partition.
        end: i64,
    },
    /// The topic or a partition of it was deleted during the scan.
    #[error("{topic} was deleted, recreated or cut short at its end during the scan: scan it again")]
    Vanished {
        /// The topic.
        topic: String,
    },
    /// Records were deleted before the scan reached them.
    #[error(
        "{topic}/{partition} has lost records during the scan: offset {wanted} was next, and the log now begins at \
         {begin}; retention has deleted them: scan from a later time, or with a longer retention"
    )]
    Cut {
        /// The topic.
        topic: String,
        /// The partition.
        partition: i32,
        /// The next offset to read.
        wanted: i64,
        /// Where the partition begins now.
        begin: i64,
    },
    /// No record came for 30 s.
    #[error(
        "no record has come from {brokers} for {} s, and {left} offsets of {topic} are left to read{}: check that the \
         brokers run, and scan again",
        PROGRESS_WITHIN.as_secs(),
        reason.as_ref().map(|reason| format!(" (last error: {reason})")).unwrap_or_default()
    )]
    Stuck {
        /// The brokers of the settings.
        brokers: String,
        /// The topic.
        topic: String,
        /// Offsets left to read.
        left: u64,
        /// The last error of librdkafka, if there was one.
        reason: Option<String>,
    },
    /// The caller has stopped the scan.
    #[error("reading was stopped before the end")]
    Stopped,
}

/// Whether the brokers refuse this user, which asking again does not change.
pub(super) fn is_refusal(error: &KafkaError) -> bool {
    use RDKafkaErrorCode::{
        Authentication, ClusterAuthorizationFailed, SaslAuthenticationFailed, TopicAuthorizationFailed,
    };
    matches!(
        error.rdkafka_error_code(),
        Some(Authentication | ClusterAuthorizationFailed | SaslAuthenticationFailed | TopicAuthorizationFailed)
    )
}
