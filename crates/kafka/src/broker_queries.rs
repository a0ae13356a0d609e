//! Queries to the brokers about a topic: its partitions, where they begin and end, what has been committed, its id.
//!
//! Each query has a timeout, so a hung broker is noticed as soon as an unreachable one.

use std::time::Duration;

use ensilinja_librdkafka::{TopicId, commit_metadata, topic_id};
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::{Offset, TopicPartitionList};

use crate::client_log::ClientLog;
use crate::commit::{self, Commit};

/// How long one query may take, so that a hung broker is noticed well within 10 s.
pub(crate) const ANSWER_TIMEOUT: Duration = Duration::from_secs(3);

/// Why a query has no answer. None of these ends the process: each may pass.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum QueryError {
    /// No broker has answered in time, or a broker has answered with an error.
    #[error("the broker does not answer, or answers with an error: {0}")]
    Broker(KafkaError),
    /// The brokers do not have the topic.
    #[error("the topic {0} does not exist")]
    TopicMissing(String),
}

/// Queries about one topic.
pub(crate) struct BrokerQueries<'a, C: ConsumerContext = ClientLog> {
    pub(crate) consumer: &'a BaseConsumer<C>,
    pub(crate) topic: &'a str,
    pub(crate) timeout: Duration,
}

impl<C: ConsumerContext> BrokerQueries<'_, C> {
    /// The number of partitions. They are numbered from 0 without gaps.
    pub(crate) fn partition_count(&self) -> Result<usize, QueryError> {
        Ok(self.partition_count_and_broker()?.0)
    }

    /// The number of partitions, and the id of a broker that answers now.
    pub(crate) fn partition_count_and_broker(&self) -> Result<(usize, i32), QueryError> {
        let metadata = self.consumer.fetch_metadata(Some(self.topic), self.timeout).map_err(QueryError::Broker)?;
        let topic = metadata.topics().first().ok_or_else(|| QueryError::TopicMissing(self.topic.to_owned()))?;
        match topic.error().map(RDKafkaErrorCode::from) {
            None if !topic.partitions().is_empty() => {
                // The broker that has answered. It has no id if the client knows only its address.
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

    /// The first offset of each of the first `count` partitions.
    pub(crate) fn begins(&self, count: usize) -> Result<Vec<i64>, QueryError> {
        let answers = self.list_offsets(&vec![Offset::Beginning; count])?;
        Ok(answers.into_iter().map(|answer| answer.unwrap_or(0)).collect())
    }

    /// The end of each of the first `count` partitions: the offset of the next record if the consumer reads uncommitted
    /// records; otherwise no further than the first record of an open transaction.
    pub(crate) fn ends(&self, count: usize) -> Result<Vec<i64>, QueryError> {
        let answers = self.list_offsets(&vec![Offset::End; count])?;
        Ok(answers.into_iter().map(|answer| answer.unwrap_or(0)).collect())
    }

    /// The offset of the first record published at `timestamp_ms` or later, for each of the first `count` partitions;
    /// `None` where there is none.
    pub(crate) fn first_since(&self, count: usize, timestamp_ms: i64) -> Result<Vec<Option<i64>>, QueryError> {
        self.list_offsets(&vec![Offset::Offset(timestamp_ms.max(0)); count])
    }

    /// What the consumer's group has committed; `None` where it has committed nothing.
    pub(crate) fn committed(&self, count: usize) -> Result<Vec<Option<Commit>>, QueryError> {
        let list = self.list(&vec![Offset::Invalid; count])?;
        let answers = self.consumer.committed_offsets(list, self.timeout).map_err(QueryError::Broker)?;
        let of = |(offset, metadata): (Option<i64>, Vec<u8>)| {
            offset.map(|offset| Commit { offset, topic_id: commit::topic_id_in(&metadata) })
        };
        Ok(numbers(&answers)?.into_iter().zip(commit_metadata(&answers)).map(of).collect())
    }

    /// The topic id, from a broker that answers now; `None` as in [`Self::topic_id`].
    pub(crate) fn current_topic_id(&self) -> Result<Option<TopicId>, QueryError> {
        self.topic_id(self.partition_count_and_broker()?.1)
    }

    /// The topic id, from this broker; `None` if the brokers have no topic ids or do not tell this user.
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

    /// Sends one request to each leader.
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
