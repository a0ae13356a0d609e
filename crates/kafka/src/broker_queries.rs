//! Questions to the broker: which partitions there are, where their logs begin and end, what has been committed.
//!
//! Each question is bounded by a timeout, so a broker that hangs is noticed as soon as one that is gone.

use std::time::Duration;

use ensilinja_librdkafka::{TopicId, commit_metadata, topic_id};
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::{Offset, TopicPartitionList};

use crate::client_log::ClientLog;
use crate::commit::{self, Commit};

/// How long one question to the broker may take, so that a hung broker is noticed well within 10 s.
pub(crate) const ANSWER_TIMEOUT: Duration = Duration::from_secs(3);

/// Why a question has no answer. None of these ends the process: each may pass.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum QueryError {
    /// No broker answered in time, or it answered with an error.
    #[error("the broker does not answer as it should: {0}")]
    Broker(KafkaError),
    /// The broker knows no such topic.
    #[error("the topic {0} does not exist")]
    TopicMissing(String),
}

/// Asks about one topic.
pub(crate) struct BrokerQueries<'a, C: ConsumerContext = ClientLog> {
    pub(crate) consumer: &'a BaseConsumer<C>,
    pub(crate) topic: &'a str,
    pub(crate) timeout: Duration,
}

impl<C: ConsumerContext> BrokerQueries<'_, C> {
    /// How many partitions the topic has. They are numbered from 0 without gaps.
    pub(crate) fn partition_count(&self) -> Result<usize, QueryError> {
        Ok(self.partition_count_and_broker()?.0)
    }

    /// The same, with the id of a broker that may be asked more.
    pub(crate) fn partition_count_and_broker(&self) -> Result<(usize, i32), QueryError> {
        let metadata = self.consumer.fetch_metadata(Some(self.topic), self.timeout).map_err(QueryError::Broker)?;
        let topic = metadata.topics().first().ok_or_else(|| QueryError::TopicMissing(self.topic.to_owned()))?;
        match topic.error().map(RDKafkaErrorCode::from) {
            None if !topic.partitions().is_empty() => {
                // The one that has answered; it has no id yet if it was found by its address only.
                let answered = Some(metadata.orig_broker_id()).filter(|broker| *broker >= 0);
                let any = || metadata.brokers().first().map_or(-1, rdkafka::metadata::MetadataBroker::id);
                Ok((topic.partitions().len(), answered.unwrap_or_else(any)))
            }
            None | Some(RDKafkaErrorCode::UnknownTopicOrPartition | RDKafkaErrorCode::UnknownTopic) => {
                Err(QueryError::TopicMissing(self.topic.to_owned()))
            }
            Some(code) => Err(QueryError::Broker(KafkaError::MetadataFetch(code))),
        }
    }

    /// Where the logs of the first `count` partitions begin.
    pub(crate) fn begins(&self, count: usize) -> Result<Vec<i64>, QueryError> {
        let answers = self.list_offsets(&vec![Offset::Beginning; count])?;
        Ok(answers.into_iter().map(|answer| answer.unwrap_or(0)).collect())
    }

    /// Where the logs of the first `count` partitions end: for a consumer that reads uncommitted records where they
    /// do, for any other before the first record of a transaction that is still open.
    pub(crate) fn ends(&self, count: usize) -> Result<Vec<i64>, QueryError> {
        let answers = self.list_offsets(&vec![Offset::End; count])?;
        Ok(answers.into_iter().map(|answer| answer.unwrap_or(0)).collect())
    }

    /// The first record of each of the first `count` partitions that was published at `timestamp_ms` or later; `None`
    /// where there is none.
    pub(crate) fn first_since(&self, count: usize, timestamp_ms: i64) -> Result<Vec<Option<i64>>, QueryError> {
        self.list_offsets(&vec![Offset::Offset(timestamp_ms.max(0)); count])
    }

    /// What the consumer's group has committed; `None` where nothing.
    pub(crate) fn committed(&self, count: usize) -> Result<Vec<Option<Commit>>, QueryError> {
        let list = self.list(&vec![Offset::Invalid; count])?;
        let answers = self.consumer.committed_offsets(list, self.timeout).map_err(QueryError::Broker)?;
        let of = |(offset, metadata): (Option<i64>, Vec<u8>)| {
            offset.map(|offset| Commit { offset, topic_id: commit::topic_id_in(&metadata) })
        };
        Ok(numbers(&answers)?.into_iter().zip(commit_metadata(&answers)).map(of).collect())
    }

    /// The id of the topic, as a broker that answers now has it; `None` as in [`Self::topic_id`].
    pub(crate) fn current_topic_id(&self) -> Result<Option<TopicId>, QueryError> {
        self.topic_id(self.partition_count_and_broker()?.1)
    }

    /// The id of the topic, as this broker has it; `None` where the brokers have none, or may not tell this user.
    pub(crate) fn topic_id(&self, broker: i32) -> Result<Option<TopicId>, QueryError> {
        use RDKafkaErrorCode::{
            ClusterAuthorizationFailed, TopicAuthorizationFailed, UnknownTopic, UnknownTopicOrPartition,
            UnsupportedFeature, UnsupportedVersion,
        };
        match topic_id(self.consumer.client(), broker, self.topic, self.timeout) {
            Ok(id) => Ok(id),
            Err(UnknownTopic | UnknownTopicOrPartition) => Err(QueryError::TopicMissing(self.topic.to_owned())),
            Err(UnsupportedFeature | UnsupportedVersion | ClusterAuthorizationFailed | TopicAuthorizationFailed) => {
                Ok(None)
            }
            Err(code) => Err(QueryError::Broker(KafkaError::MetadataFetch(code))),
        }
    }

    /// One request to each leader.
    fn list_offsets(&self, questions: &[Offset]) -> Result<Vec<Option<i64>>, QueryError> {
        let list = self.list(questions)?;
        numbers(&self.consumer.offsets_for_times(list, self.timeout).map_err(QueryError::Broker)?)
    }

    fn list(&self, questions: &[Offset]) -> Result<TopicPartitionList, QueryError> {
        let mut list = TopicPartitionList::with_capacity(questions.len());
        for (partition, question) in (0..).zip(questions) {
            list.add_partition_offset(self.topic, partition, *question).map_err(QueryError::Broker)?;
        }
        Ok(list)
    }
}

fn numbers(answers: &TopicPartitionList) -> Result<Vec<Option<i64>>, QueryError> {
    let number = |answer: rdkafka::topic_partition_list::TopicPartitionListElem<'_>| {
        answer.error().map_err(QueryError::Broker)?;
        Ok(if let Offset::Offset(offset) = answer.offset() { Some(offset) } else { None })
    };
    answers.elements().into_iter().map(number).collect()
}
