//! What a probe asks about topics, some of which only repair the past.
//!
//! Figures are complete without those, so an error about one is kept until all others have been asked, and keeps no
//! answer about them from counting.

use std::sync::Arc;

use ensilinja_librdkafka::TopicId;

use crate::broker_queries::{BrokerQueries, FoundTopics, QueryError};
use crate::commit::CommitFilter;
use crate::history::{KnownSince, PartitionHistory};
use crate::live::active_log::{ActiveLog, ActiveTopic};
use crate::live::log_change::{LogChange, TopicChange};
use crate::live::monitor::{Monitor, UnreadPartition};
use crate::partition_start::{LiveRange, PartitionStart, partition_starts};
use crate::topic_choice::{ChosenPartition, ChosenTopic};

/// The topics that exist, with the numbers of their partitions; `None` if that is unknown of one that only repairs.
pub(super) type PartitionCounts = Vec<(Arc<ChosenTopic>, Option<usize>)>;

/// The questions of one probe.
#[derive(Default)]
pub(super) struct Repairs {
    /// The first error about a topic that only repairs the past.
    pub(super) error: Option<QueryError>,
}

impl Repairs {
    /// The answer; `None` for an error about a topic that does not hold back.
    fn unless_repairs<T>(&mut self, answer: Result<T, QueryError>, holds_back: bool) -> Result<Option<T>, QueryError> {
        match answer {
            Err(error) if !holds_back => {
                self.error.get_or_insert(error);
                Ok(None)
            }
            answer => answer.map(Some),
        }
    }

    /// How many partitions each topic has. A topic of the log that a pattern has matched and that does not exist any
    /// more is not among them.
    pub(super) fn counts(&mut self, found: &FoundTopics, log: &ActiveLog) -> Result<PartitionCounts, QueryError> {
        for (choice, fault) in &found.faults {
            self.unless_repairs(Err::<(), _>(fault.clone().into()), !choice.repairs_only)?;
        }
        let mut counts = Vec::with_capacity(found.topics.len());
        for (topic, count) in &found.topics {
            let is_missing = count.as_ref().is_err_and(QueryError::is_absence);
            if is_missing && topic.choice.is_pattern() && log.topic(&topic.name).is_some() {
                continue;
            }
            counts.push((Arc::clone(topic), self.unless_repairs(count.clone(), topic.holds_back())?));
        }
        Ok(counts)
    }

    /// The changes of topics with fewer partitions than before: of those that are sure, otherwise of those with other
    /// ids. Each is asked for by name: a user that may not see a topic does not find it among all topics.
    pub(super) fn fewer_partitions(
        &mut self,
        queries: &BrokerQueries<'_>,
        found: &FoundTopics,
        log: &ActiveLog,
        fewer: &[&ActiveTopic],
        is_sure: &dyn Fn(&str) -> bool,
        monitor: &Monitor,
    ) -> Result<Vec<TopicChange>, QueryError> {
        let mut changes = Vec::new();
        if fewer.is_empty() {
            return Ok(changes);
        }
        let names: Vec<&str> = fewer.iter().map(|active| active.topic.name.as_str()).collect();
        for (active, id) in fewer.iter().zip(queries.topic_id_answers(found.broker, &names)?) {
            let (topic, holds_back) = (&active.topic.name, active.topic.holds_back());
            let id = if id.as_ref().is_err_and(QueryError::is_absence) { Ok(None) } else { id };
            let Some(id) = self.unless_repairs(id, holds_back)? else { continue };
            let change = match queries.partition_count(topic) {
                Err(error) if error.is_absence() => LogChange::Deleted,
                count => match self.unless_repairs(count, holds_back)? {
                    Some(_) => LogChange::Recreated,
                    None => continue,
                },
            };
            if !monitor.accept_topic_id(&log.partitions, topic, id) || is_sure(topic) {
                changes.push(TopicChange { topic: topic.clone(), change });
            }
        }
        Ok(changes)
    }

    /// The end of each partition of the log. `None` where that is unknown of a topic that does not hold back: such
    /// partitions are asked for apart, because one without an answer leaves the whole question without one.
    pub(super) fn ends(
        &mut self,
        queries: &BrokerQueries<'_>,
        log: &ActiveLog,
        counts: &PartitionCounts,
    ) -> Result<Vec<Option<i64>>, QueryError> {
        let exists = |of: &ChosenPartition| {
            let count = counts.iter().find(|(topic, _)| topic.name == of.topic.name).and_then(|(_, count)| *count);
            count.is_some_and(|count| usize::try_from(of.number).is_ok_and(|number| number < count))
        };
        let mut ends = vec![None; log.partitions.len()];
        for holds_back in [true, false] {
            let asked = log.partitions.iter().enumerate();
            let asked = asked.filter(|(_, its)| its.of.topic.holds_back() == holds_back && exists(&its.of));
            let (places, names): (Vec<usize>, Vec<ChosenPartition>) =
                asked.map(|(place, partition)| (place, partition.of.clone())).unzip();
            let found = self.unless_repairs(queries.ends(&names), holds_back)?;
            for (place, end) in places.into_iter().zip(found.into_iter().flatten()) {
                ends[place] = Some(end);
            }
        }
        Ok(ends)
    }

    /// The topics of the log whose ids tell that they were recreated.
    pub(super) fn recreated(
        &mut self,
        queries: &BrokerQueries<'_>,
        broker: i32,
        log: &ActiveLog,
        monitor: &Monitor,
    ) -> Result<Vec<TopicChange>, QueryError> {
        let names: Vec<&str> = log.topics.iter().map(|active| active.topic.name.as_str()).collect();
        let mut changes = Vec::new();
        for (active, answer) in log.topics.iter().zip(queries.topic_id_answers(broker, &names)?) {
            let name = &active.topic.name;
            if let Some(id) = self.unless_repairs(answer, active.topic.holds_back())?
                && !monitor.accept_topic_id(&log.partitions, name, id)
            {
                changes.push(TopicChange { topic: name.clone(), change: LogChange::Recreated });
            }
        }
        Ok(changes)
    }

    /// The partitions that exist and are not being read, with where to begin in each. The ids of new topics come with
    /// them, because dead letters name these. `stable` asks for stable ends, and for what the group has committed.
    pub(super) fn unread(
        &mut self,
        queries: &BrokerQueries<'_>,
        stable: &BrokerQueries<'_>,
        broker: i32,
        log: &ActiveLog,
        counts: &PartitionCounts,
        range: LiveRange,
    ) -> Result<Vec<UnreadPartition>, QueryError> {
        let mut unread = Vec::new();
        for (topic, count) in counts {
            let read = log.partitions.iter().filter(|partition| partition.of.topic.name == topic.name).count();
            let Some(count) = count.filter(|count| *count > read) else { continue };
            let partitions = topic.partitions(count).skip(read).collect();
            let known = log.topic(&topic.name);
            let found = match known {
                Some(known) => starts_of_new_partitions(stable, partitions, known, range),
                None => queries.topic_ids(broker, &[topic.name.as_str()]).and_then(|ids| {
                    let topic_id = ids.first().copied().flatten();
                    starts_of_found_topic(stable, (Arc::clone(topic), topic_id), partitions, range)
                }),
            };
            unread.extend(self.unless_repairs(found, topic.holds_back())?.into_iter().flatten());
        }
        Ok(unread)
    }
}

/// Partitions of a topic that is being read were just added: all their records are new, and are read. Another process
/// of the group may have written dead letters of them.
fn starts_of_new_partitions(
    queries: &BrokerQueries<'_>,
    partitions: Vec<ChosenPartition>,
    active: &ActiveTopic,
    range: LiveRange,
) -> Result<Vec<UnreadPartition>, QueryError> {
    let topics = [(Arc::clone(&active.topic), active.id)];
    let starts = partition_starts(queries, partitions, &topics, range, &|_, _| active.commits())?;
    let whole = |start: PartitionStart| PartitionStart {
        offset: 0,
        goal: 0,
        history: PartitionHistory { begins_at_zero: true, since: KnownSince::Empty },
        history_from_first_record: true,
        ..start
    };
    Ok(starts.into_iter().map(|start| UnreadPartition { start: whole(start), topic_id: active.id }).collect())
}

/// A topic that was found may be an old one that this user was not allowed to see, or that has only now reached this
/// broker. So it is read as at a start: what the group has committed for it counts, and what lies in it is not new.
fn starts_of_found_topic(
    queries: &BrokerQueries<'_>,
    topic: (Arc<ChosenTopic>, Option<TopicId>),
    partitions: Vec<ChosenPartition>,
    range: LiveRange,
) -> Result<Vec<UnreadPartition>, QueryError> {
    let topic_id = topic.1;
    let starts = partition_starts(queries, partitions, &[topic], range, &|_, id| CommitFilter::OfTopic(id))?;
    Ok(starts.into_iter().map(|start| UnreadPartition { start, topic_id }).collect())
}

/// Whether a topic has fewer partitions than are being read. A topic of a pattern may have gone; the name of another
/// would have given an error.
pub(super) fn has_fewer(active: &ActiveTopic, log: &ActiveLog, counts: &PartitionCounts) -> bool {
    let name = &active.topic.name;
    let read = log.partitions.iter().filter(|partition| partition.of.topic.name == *name).count();
    match counts.iter().find(|(topic, _)| topic.name == *name) {
        None => active.topic.choice.is_pattern(),
        Some((_, count)) => count.is_some_and(|count| count < read),
    }
}
