//! Queries to the brokers about topics: which there are, their partitions, where these begin and end, what has been
//! committed, the ids of the topics.
//!
//! Each query has a timeout, so a hung broker is noticed as soon as an unreachable one.

use std::sync::Arc;
use std::time::Duration;

use ensilinja_librdkafka::{OperationsAnswer, TopicId, TopicIdAnswer, commit_metadata, topic_ids, topic_operations};
use rdkafka::consumer::{BaseConsumer, Consumer, ConsumerContext};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::metadata::{Metadata, MetadataBroker, MetadataTopic};
use rdkafka::{Offset, TopicPartitionList};

use crate::client_log::ClientLog;
use crate::commit::{self, Commit};
use crate::topic_choice::{ChosenPartition, ChosenTopic, PatternFault, TopicChoice, TopicChooser};

/// How long one query may take, so that a hung broker is noticed well within 10 s.
pub(crate) const ANSWER_TIMEOUT: Duration = Duration::from_secs(3);

/// How long the brokers may take to find the coordinator of a group.
pub(crate) const COORDINATOR_WITHIN: Duration = Duration::from_secs(10);

/// Whether the coordinator of a group may be found later: it is chosen, and loads its data, only when a client first
/// asks for it.
pub(crate) const fn coordinator_may_come(code: RDKafkaErrorCode) -> bool {
    use RDKafkaErrorCode::{CoordinatorLoadInProgress, CoordinatorNotAvailable, NotCoordinator};
    matches!(code, CoordinatorLoadInProgress | CoordinatorNotAvailable | NotCoordinator)
}

/// Why a query has no answer. None of these ends the process: each may pass.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum QueryError {
    /// No broker has answered in time, or a broker has answered with an error.
    #[error("the broker does not answer, or answers with an error: {0}")]
    Broker(KafkaError),
    /// A broker has answered with an error about a topic.
    #[error("the broker answers with an error about {topic}: {error}")]
    Topic {
        /// The topic.
        topic: String,
        /// The error.
        error: KafkaError,
    },
    /// The brokers do not have the topic.
    #[error("the topic {0} does not exist")]
    TopicMissing(String),
    /// Patterns choose no topics, or not clearly.
    #[error(transparent)]
    Pattern(#[from] PatternFault),
}

impl QueryError {
    /// The code of the error, if the brokers have answered with one.
    pub(crate) fn code(&self) -> Option<RDKafkaErrorCode> {
        match self {
            Self::Broker(error) | Self::Topic { error, .. } => error.rdkafka_error_code(),
            Self::TopicMissing(_) | Self::Pattern(_) => None,
        }
    }

    /// Whether there is no such topic, or none that matches: no error of the brokers.
    pub(crate) const fn is_absence(&self) -> bool {
        matches!(self, Self::TopicMissing(_) | Self::Pattern(PatternFault::NoMatch(_)))
    }
}

/// Queries with one consumer.
pub(crate) struct BrokerQueries<'a, C: ConsumerContext = ClientLog> {
    pub(crate) consumer: &'a BaseConsumer<C>,
    pub(crate) timeout: Duration,
}

/// The topics that are to be read.
pub(crate) struct FoundTopics {
    /// Each with the number of its partitions, which are numbered from 0 without gaps; or why that is unknown. Topics
    /// that are chosen by name come first. One that only repairs the past is not asked for more while it has no leader:
    /// the client library would wait for that.
    pub(crate) topics: Vec<(Arc<ChosenTopic>, Result<usize, QueryError>)>,
    /// What is wrong with patterns.
    pub(crate) faults: Vec<(TopicChoice, PatternFault)>,
    /// The id of a broker that answers now.
    pub(crate) broker: i32,
}

impl FoundTopics {
    /// All partitions, topic by topic.
    ///
    /// # Errors
    /// If that is unknown of a topic, or a pattern is at fault.
    pub(crate) fn partitions(&self) -> Result<Vec<ChosenPartition>, QueryError> {
        if let Some((_, fault)) = self.faults.first() {
            return Err(fault.clone().into());
        }
        let mut all = Vec::new();
        for (topic, count) in &self.topics {
            all.extend(topic.partitions(count.clone()?));
        }
        Ok(all)
    }
}

impl<C: ConsumerContext> BrokerQueries<'_, C> {
    /// The topics that `chooser` chooses. With patterns it asks for all topics that this user may see.
    pub(crate) fn topics(&self, chooser: &TopicChooser) -> Result<FoundTopics, QueryError> {
        let mut found = FoundTopics { topics: Vec::new(), faults: Vec::new(), broker: -1 };
        for topic in chooser.named() {
            let metadata = self.metadata(Some(&topic.name))?;
            let count = usable_count(metadata.topics().first(), topic);
            if count.is_ok() {
                found.broker = found.broker.max(answering_broker(&metadata));
            }
            found.topics.push((Arc::clone(topic), count));
        }
        if chooser.has_patterns() {
            let metadata = self.metadata(None)?;
            found.broker = answering_broker(&metadata);
            let matches = chooser.matching(metadata.topics().iter().map(MetadataTopic::name));
            for topic in matches.topics {
                let its = metadata.topics().iter().find(|known| known.name() == topic.name);
                let count = usable_count(its, &topic);
                found.topics.push((topic, count));
            }
            found.faults = matches.faults;
        }
        Ok(found)
    }

    /// The number of partitions of a topic.
    pub(crate) fn partition_count(&self, topic: &str) -> Result<usize, QueryError> {
        partition_count_of(self.metadata(Some(topic))?.topics().first(), topic)
    }

    fn metadata(&self, topic: Option<&str>) -> Result<Metadata, QueryError> {
        self.consumer.fetch_metadata(topic, self.timeout).map_err(QueryError::Broker)
    }

    /// The first offset of each partition.
    pub(crate) fn begins(&self, partitions: &[ChosenPartition]) -> Result<Vec<i64>, QueryError> {
        let answers = self.list_offsets(partitions, Offset::Beginning)?;
        Ok(answers.into_iter().map(|answer| answer.unwrap_or(0)).collect())
    }

    /// The end of each partition: the offset of the next record if the consumer reads uncommitted records; otherwise no
    /// further than the first record of an open transaction.
    pub(crate) fn ends(&self, partitions: &[ChosenPartition]) -> Result<Vec<i64>, QueryError> {
        let answers = self.list_offsets(partitions, Offset::End)?;
        Ok(answers.into_iter().map(|answer| answer.unwrap_or(0)).collect())
    }

    /// The offset of the first record published at `timestamp_ms` or later, for each partition; `None` where there is
    /// none.
    pub(crate) fn first_since(
        &self,
        partitions: &[ChosenPartition],
        timestamp_ms: i64,
    ) -> Result<Vec<Option<i64>>, QueryError> {
        self.list_offsets(partitions, Offset::Offset(timestamp_ms.max(0)))
    }

    /// What the consumer's group has committed for each partition; `None` where it has committed nothing.
    pub(crate) fn committed(&self, partitions: &[ChosenPartition]) -> Result<Vec<Option<Commit>>, QueryError> {
        self.committed_answers(partitions)?.into_iter().collect()
    }

    /// The same with the errors of each partition apart.
    pub(crate) fn committed_answers(
        &self,
        partitions: &[ChosenPartition],
    ) -> Result<Vec<Result<Option<Commit>, QueryError>>, QueryError> {
        let list = list(partitions, Offset::Invalid)?;
        let answers = self.consumer.committed_offsets(list, self.timeout).map_err(QueryError::Broker)?;
        let of = |(offset, metadata): (Result<Option<i64>, QueryError>, Vec<u8>)| {
            let commit = |offset| Commit { offset, topic_id: commit::topic_id_in(&metadata) };
            offset.map(|offset| offset.map(commit))
        };
        Ok(numbers(&answers).zip(commit_metadata(&answers)).map(of).collect())
    }

    /// The id of each topic, from this broker; `None` if the brokers have no topic ids or do not tell this user.
    pub(crate) fn topic_ids(&self, broker: i32, topics: &[&str]) -> Result<Vec<Option<TopicId>>, QueryError> {
        self.topic_id_answers(broker, topics)?.into_iter().collect()
    }

    /// The same with the errors of each topic apart.
    pub(crate) fn topic_id_answers(
        &self,
        broker: i32,
        topics: &[&str],
    ) -> Result<Vec<Result<Option<TopicId>, QueryError>>, QueryError> {
        use RDKafkaErrorCode::{
            ClusterAuthorizationFailed, TopicAuthorizationFailed, UnknownTopic, UnknownTopicOrPartition,
            UnsupportedFeature, UnsupportedVersion,
        };
        let answers = match topic_ids(self.consumer.client(), broker, topics, self.timeout) {
            Ok(answers) => answers,
            Err(UnsupportedFeature | UnsupportedVersion | ClusterAuthorizationFailed) => vec![Ok(None); topics.len()],
            Err(code) => return Err(QueryError::Broker(KafkaError::MetadataFetch(code))),
        };
        let judged = |(answer, topic): (TopicIdAnswer, &&str)| match answer {
            Ok(id) => Ok(id),
            Err(UnknownTopic | UnknownTopicOrPartition) => Err(QueryError::TopicMissing((*topic).to_owned())),
            Err(ClusterAuthorizationFailed | TopicAuthorizationFailed | UnsupportedVersion) => Ok(None),
            Err(code) => Err(QueryError::Topic { topic: (*topic).to_owned(), error: KafkaError::MetadataFetch(code) }),
        };
        Ok(answers.into_iter().zip(topics).map(judged).collect())
    }

    /// The operations that this user is allowed on each topic.
    pub(crate) fn topic_operations(&self, topics: &[&str]) -> Result<Vec<OperationsAnswer>, QueryError> {
        let Some(first) = topics.first() else { return Ok(Vec::new()) };
        let broker = answering_broker(&self.metadata(Some(first))?);
        let answers = topic_operations(self.consumer.client(), broker, topics, self.timeout);
        answers.map_err(|code| QueryError::Broker(KafkaError::MetadataFetch(code)))
    }

    /// Sends one request to each leader.
    fn list_offsets(&self, partitions: &[ChosenPartition], question: Offset) -> Result<Vec<Option<i64>>, QueryError> {
        if partitions.is_empty() {
            return Ok(Vec::new());
        }
        let list = list(partitions, question)?;
        let answers = self.consumer.offsets_for_times(list, self.timeout).map_err(QueryError::Broker)?;
        numbers(&answers).collect()
    }
}

fn list(partitions: &[ChosenPartition], question: Offset) -> Result<TopicPartitionList, QueryError> {
    let mut list = TopicPartitionList::with_capacity(partitions.len());
    for partition in partitions {
        let added = list.add_partition_offset(&partition.topic.name, partition.number, question);
        added.map_err(QueryError::Broker)?;
    }
    Ok(list)
}

/// The number of partitions of a topic that is read. Only what holds figures back is waited for without a leader.
fn usable_count(found: Option<&MetadataTopic>, topic: &ChosenTopic) -> Result<usize, QueryError> {
    let count = partition_count_of(found, &topic.name)?;
    let is_led = found.is_some_and(|found| found.partitions().iter().all(|partition| partition.leader() >= 0));
    if topic.holds_back() || is_led {
        return Ok(count);
    }
    let error = KafkaError::MetadataFetch(RDKafkaErrorCode::LeaderNotAvailable);
    Err(QueryError::Topic { topic: topic.name.clone(), error })
}

fn partition_count_of(found: Option<&MetadataTopic>, name: &str) -> Result<usize, QueryError> {
    let missing = || QueryError::TopicMissing(name.to_owned());
    let found = found.ok_or_else(missing)?;
    match found.error().map(RDKafkaErrorCode::from) {
        None if !found.partitions().is_empty() => Ok(found.partitions().len()),
        None | Some(RDKafkaErrorCode::UnknownTopicOrPartition | RDKafkaErrorCode::UnknownTopic) => Err(missing()),
        Some(code) => Err(QueryError::Topic { topic: name.to_owned(), error: KafkaError::MetadataFetch(code) }),
    }
}

/// The broker that has answered. It has no id if the client knows only its address: then any of those that it names.
fn answering_broker(metadata: &Metadata) -> i32 {
    let answered = Some(metadata.orig_broker_id()).filter(|broker| *broker >= 0);
    answered.unwrap_or_else(|| metadata.brokers().first().map_or(-1, MetadataBroker::id))
}

fn numbers(answers: &TopicPartitionList) -> impl Iterator<Item = Result<Option<i64>, QueryError>> {
    answers.elements().into_iter().map(|answer| {
        let of_topic = |error| QueryError::Topic { topic: answer.topic().to_owned(), error };
        answer.error().map_err(of_topic)?;
        Ok(if let Offset::Offset(offset) = answer.offset() { Some(offset) } else { None })
    })
}
