//! The log that is being read: all topics and their partitions.
//!
//! What is learnt from all topics is one ledger, so together they are one log. Once another log takes the place of that
//! of one topic, another log has replaced the whole.

use std::sync::Arc;

use ensilinja_librdkafka::TopicId;
use ensilinja_model::EventTime;

use crate::commit::CommitFilter;
use crate::live::log_change::{LogChange, TopicChange};
use crate::partition_progress::PartitionProgress;
use crate::topic_choice::ChosenTopic;

/// The log that is being read.
#[derive(Clone, Default)]
pub(crate) struct ActiveLog {
    /// How many logs were read before this one.
    pub(crate) number: u32,
    pub(crate) topics: Vec<ActiveTopic>,
    /// The partitions of all topics. New ones are added at the end, so a place never means another partition.
    pub(crate) partitions: Vec<Arc<PartitionProgress>>,
    /// How another log has replaced this one; empty until that is noticed. The reader has not begun with that one yet.
    pub(super) changes: Vec<TopicChange>,
}

/// A topic that is being read.
#[derive(Clone)]
pub(crate) struct ActiveTopic {
    pub(crate) topic: Arc<ChosenTopic>,
    /// Its id, if the brokers have topic ids.
    pub(crate) id: Option<TopicId>,
    /// How another log has last taken its place, until the group has committed for the one that is there now. Until
    /// then what is committed may be about the old one.
    pub(crate) changed: Option<LogChange>,
}

impl ActiveTopic {
    /// Which commits are about the log that is being read.
    pub(crate) fn commits(&self) -> CommitFilter {
        commits_after(self.changed, self.id)
    }
}

impl ActiveLog {
    /// The topic of this name.
    pub(crate) fn topic(&self, name: &str) -> Option<&ActiveTopic> {
        self.topics.iter().find(|active| active.topic.name == name)
    }

    /// Which commits will be about a topic with this id, once reading begins with the log that replaces this one.
    pub(super) fn next_commits(&self, topic: &str, id: Option<TopicId>) -> CommitFilter {
        commits_after(self.change_of(topic), id)
    }

    fn change_of(&self, topic: &str) -> Option<LogChange> {
        let now = self.changes.iter().find(|its| its.topic == topic).map(|its| its.change);
        now.or_else(|| self.topic(topic)?.changed)
    }

    /// Every record published before this instant is known, of the topics that hold back.
    pub(super) fn complete_until(&self) -> Option<EventTime> {
        let counting = self.partitions.iter().filter(|partition| partition.of.topic.holds_back());
        let known = counting.map(|partition| partition.complete_until()).min();
        known.filter(|_| self.changes.is_empty())
    }

    /// The log that follows, of these topics with their ids.
    pub(super) fn next(
        &self,
        topics: Vec<(Arc<ChosenTopic>, Option<TopicId>)>,
        partitions: Vec<Arc<PartitionProgress>>,
    ) -> Self {
        let number = self.number + 1;
        let topics = topics.into_iter().map(|(topic, id)| {
            let changed = self.change_of(&topic.name);
            ActiveTopic { topic, id, changed }
        });
        Self { number, topics: topics.collect(), partitions, changes: Vec::new() }
    }

    /// Whether `partitions` are of this log.
    pub(super) fn has(&self, partitions: &[Arc<PartitionProgress>]) -> bool {
        // Two lists of one log have the same first partition.
        self.partitions.first().zip(partitions.first()).is_some_and(|(one, other)| Arc::ptr_eq(one, other))
    }
}

/// Which commits are about a topic with this id after the change.
fn commits_after(change: Option<LogChange>, id: Option<TopicId>) -> CommitFilter {
    match (change, id) {
        (None, id) => CommitFilter::OfTopic(id),
        (Some(LogChange::Recreated | LogChange::Deleted), Some(id)) => CommitFilter::Naming(id),
        (Some(_), _) => CommitFilter::None,
    }
}
