//! What the reader does once there is no record at the cursor of a partition: it skips what was deleted, or reports
//! another log. Each topic is asked for on its own: one without an answer does not keep the others from going on.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

use super::Reader;
use crate::broker_queries::QueryError;
use crate::live::conditions::Asker;
use crate::live::log_change::{LogChange, TopicChange};
use crate::live::out_of_range::ReadExtent;
use crate::partition_progress::PartitionProgress;
use crate::record::RecordHandler;
use crate::topic_choice::ChosenPartition;

impl<H: RecordHandler> Reader<H> {
    /// Skips the deleted records of each topic of which some partition has no record at its cursor, or reports another
    /// log.
    pub(super) fn skip_deleted_records(&mut self) {
        let began = Instant::now();
        let due = self.out_of_range.take_due(began);
        if due.is_empty() {
            return;
        }
        let (mut lost, mut error) = (BTreeSet::new(), None);
        for topic in due {
            match self.skips_deleted_records_of(&topic) {
                Ok(true) => {}
                Ok(false) => {
                    lost.insert(topic);
                }
                Err(its) => {
                    error = Some(its);
                    self.out_of_range.add(&topic);
                }
            }
        }
        if !lost.is_empty() {
            match self.changes_of(&lost) {
                Ok(changes) => self.monitor.set_log_changes(&self.monitor.partitions(), changes),
                Err(its) => {
                    error = Some(its);
                    for topic in &lost {
                        self.out_of_range.add(topic);
                    }
                }
            }
        }
        if error.is_some() {
            self.out_of_range.pause(began.elapsed(), Instant::now());
        }
        self.monitor.set_query_error(Asker::Reader, error.map(|error| self.explain(&error)));
    }

    /// Goes on from the first record left in each partition of a topic whose next record was deleted before it was
    /// read. False if no partition was cut: then other records have replaced some that were read.
    fn skips_deleted_records_of(&mut self, topic: &str) -> Result<bool, QueryError> {
        let places = self.partitions.places(topic);
        let progress = |place: &usize| Arc::clone(&self.partitions.at(*place).progress);
        let all: Vec<Arc<PartitionProgress>> = places.iter().map(progress).collect();
        let names: Vec<ChosenPartition> = all.iter().map(|partition| partition.of.clone()).collect();
        let (begins, ends) = (self.queries().begins(&names)?, self.queries().ends(&names)?);
        let extents = all.iter().zip(begins.into_iter().zip(ends)).map(|(partition, (begin, end))| ReadExtent {
            cursor: partition.cursor(),
            read_to: partition.read_to(),
            begin,
            end,
        });
        let extents: Vec<ReadExtent> = extents.collect();
        if self.out_of_range.is_another_log(topic, &extents, Instant::now()) {
            return Ok(false);
        }
        for (place, ReadExtent { begin, end, .. }) in places.into_iter().zip(extents) {
            self.skip_to_begin(place, begin, end);
            // The error does not name the partition that has stopped. Refetching one that goes on loses nothing.
            self.fetch_from_cursor(place);
        }
        Ok(true)
    }

    fn skip_to_begin(&mut self, place: usize, begin: i64, end: i64) {
        let reader = self.partitions.at(place);
        let ChosenPartition { topic, number: partition } = &reader.progress.of.clone();
        let (topic, offset) = (&topic.name, reader.progress.cursor());
        if offset < begin && begin <= reader.progress.read_to() {
            // These were read before, so figures lack nothing.
            tracing::error!(topic, partition, offset, begin, "records deleted before their dead letters were written");
            reader.progress.set_cursor(begin);
        } else if offset < begin {
            let lost = "records deleted before they were read, history begins later";
            tracing::error!(topic, partition, offset, begin, end, "{lost}");
            reader.skip_to(begin, &self.monitor, place);
        }
        reader.progress.set_end(end);
    }

    /// How the log has changed: the topics whose ids are others now were recreated, and `lost` has those that have lost
    /// records otherwise.
    fn changes_of(&self, lost: &BTreeSet<String>) -> Result<Vec<TopicChange>, QueryError> {
        let (log, queries) = (self.monitor.active_log(), self.queries());
        let broker = queries.topics(&self.chooser)?.broker;
        let names: Vec<&str> = log.topics.iter().map(|active| active.topic.name.as_str()).collect();
        let mut changes = Vec::new();
        for (name, answer) in names.iter().zip(queries.topic_id_answers(broker, &names)?) {
            let (topic, is_lost) = ((*name).to_owned(), lost.contains(*name));
            let id = if is_lost { answer? } else { answer.unwrap_or(None) };
            if !self.monitor.accept_topic_id(&log.partitions, name, id) {
                changes.push(TopicChange { topic, change: LogChange::Recreated });
            } else if is_lost {
                changes.push(TopicChange { topic, change: LogChange::RecordsLost });
            }
        }
        Ok(changes)
    }
}
