//! Why a stretch of the past was not read whole, for whoever asked for it.

use rdkafka::error::KafkaError;

use super::offset_range::OffsetRange;
use super::{BEGIN_WITHIN, PROGRESS_WITHIN};
use crate::settings::{Settings, SettingsError};
use crate::trouble::Trouble;

/// Why a stretch of the past was not read whole.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PastError {
    /// The settings are wrong.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// librdkafka did not do what it should with settings it had taken before.
    #[error("the Kafka client cannot read: {0}")]
    Client(#[source] KafkaError),
    /// The brokers answer, and have no such topic.
    #[error("the topic {topic} does not exist at {brokers}: see that its name and the brokers are right")]
    TopicMissing {
        /// The topic.
        topic: String,
        /// Who was asked.
        brokers: String,
    },
    /// The brokers do not answer, or not what they should.
    #[error(
        "the brokers at {brokers} have not said within {} s what {topic} holds: {}",
        BEGIN_WITHIN.as_secs(),
        reason.in_words()
    )]
    Unreachable {
        /// Who was asked.
        brokers: String,
        /// About which topic.
        topic: String,
        /// What came instead of an answer.
        reason: Trouble,
    },
    /// The brokers know this user, or not, and will not have it read.
    #[error("the brokers at {brokers} do not let this user read {topic}: {}", reason.in_words())]
    Refused {
        /// Who refused.
        brokers: String,
        /// Which topic.
        topic: String,
        /// Why.
        reason: Trouble,
    },
    /// A range is of a partition that is not there.
    #[error("{topic} has no partition {partition}: it has {count}, counted from 0")]
    NoPartition {
        /// The topic.
        topic: String,
        /// The partition.
        partition: i32,
        /// How many there are.
        count: usize,
    },
    /// Two ranges are of one partition.
    #[error("partition {partition} is named twice: name it once, with one stretch of its offsets")]
    PartitionTwice {
        /// The partition.
        partition: i32,
    },
    /// A range is not all in the log.
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
        /// Where the partition begins.
        begin: i64,
        /// Where it ends.
        end: i64,
    },
    /// The topic, or a partition of it, was deleted meanwhile.
    #[error("{topic} was deleted, made anew or cut short at its end while it was read: read it again")]
    Vanished {
        /// The topic.
        topic: String,
    },
    /// Records were deleted before they were read.
    #[error(
        "{topic}/{partition} has lost records while it was read: {wanted} was next, and it begins at {begin} now; they \
         were at the end of their retention: read again, from later or with a longer retention"
    )]
    Cut {
        /// The topic.
        topic: String,
        /// The partition.
        partition: i32,
        /// The next offset.
        wanted: i64,
        /// Where the partition begins now.
        begin: i64,
    },
    /// Nothing came any more.
    #[error(
        "nothing has come from {brokers} for {} s, and {left} offsets of {topic} are left to read{}: see that the \
         brokers run, and read again",
        PROGRESS_WITHIN.as_secs(),
        reason.as_ref().map(|reason| format!(" (last: {reason})")).unwrap_or_default()
    )]
    Stuck {
        /// The brokers.
        brokers: String,
        /// The topic.
        topic: String,
        /// Offsets that were left.
        left: u64,
        /// The last complaint of librdkafka, if there was any.
        reason: Option<String>,
    },
    /// Whoever asked for it has ended it.
    #[error("reading was stopped before the end")]
    Stopped,
}

impl PastError {
    pub(crate) fn topic_missing(settings: &Settings) -> Self {
        let Settings { topic, bootstrap_servers: brokers, .. } = settings.clone();
        Self::TopicMissing { topic, brokers }
    }

    pub(crate) fn unreachable(settings: &Settings, reason: &Trouble) -> Self {
        let Settings { topic, bootstrap_servers: brokers, .. } = settings.clone();
        Self::Unreachable { brokers, topic, reason: reason.clone() }
    }

    pub(crate) fn refused(settings: &Settings, reason: &Trouble) -> Self {
        let Settings { topic, bootstrap_servers: brokers, .. } = settings.clone();
        Self::Refused { brokers, topic, reason: reason.clone() }
    }

    pub(crate) fn vanished(settings: &Settings) -> Self {
        Self::Vanished { topic: settings.topic.clone() }
    }

    pub(crate) fn cut(settings: &Settings, partition: i32, wanted: i64, begin: i64) -> Self {
        Self::Cut { topic: settings.topic.clone(), partition, wanted, begin }
    }

    pub(crate) fn stuck(settings: &Settings, left: u64, reason: Option<&KafkaError>) -> Self {
        let Settings { topic, bootstrap_servers: brokers, .. } = settings.clone();
        Self::Stuck { brokers, topic, left, reason: reason.map(ToString::to_string) }
    }
}
