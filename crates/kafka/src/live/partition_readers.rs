//! The readers of all partitions of all topics, found by topic and number.
//!
//! A record names its topic by an address, which is the same for all records of the topic in a batch. So names are
//! compared once per batch and topic, and not for each record.

use ensilinja_librdkafka::FetchedTopic;

use crate::live::partition_reader::PartitionReader;

/// The readers of all partitions.
#[derive(Default)]
pub(super) struct PartitionReaders {
    all: Vec<PartitionReader>,
    topics: Vec<TopicPlaces>,
}

/// The places of the partitions of a topic, by number.
struct TopicPlaces {
    name: String,
    places: Vec<usize>,
}

/// The topics of a batch so far, each with its place among the topics, if it is read.
#[derive(Default)]
pub(super) struct BatchTopics<'b> {
    latest: Option<(FetchedTopic<'b>, usize)>,
    others: Vec<(FetchedTopic<'b>, usize)>,
}

impl PartitionReaders {
    /// Adds a partition. Those of a topic are added in the order of their numbers, from 0.
    pub(super) fn push(&mut self, reader: PartitionReader) {
        let name = &reader.progress.of.topic.name;
        let known = self.topics.iter().position(|topic| topic.name == *name);
        let topic = known.unwrap_or_else(|| {
            self.topics.push(TopicPlaces { name: name.clone(), places: Vec::new() });
            self.topics.len() - 1
        });
        self.topics[topic].places.push(self.all.len());
        self.all.push(reader);
    }

    /// The place of a partition.
    pub(super) fn place(&self, topic: &str, number: i32) -> Option<usize> {
        let topic = self.topics.iter().find(|known| known.name == topic)?;
        topic.places.get(usize::try_from(number).ok()?).copied()
    }

    /// The reader of the partition of a record, with its place.
    #[inline]
    pub(super) fn find<'b>(
        &mut self,
        batch: &mut BatchTopics<'b>,
        topic: FetchedTopic<'b>,
        number: i32,
    ) -> Option<(usize, &mut PartitionReader)> {
        let index = match batch.latest {
            Some((latest, index)) if latest == topic => index,
            _ => self.look_up(batch, topic)?,
        };
        let place = *self.topics[index].places.get(usize::try_from(number).ok()?)?;
        Some((place, &mut self.all[place]))
    }

    #[cold]
    fn look_up<'b>(&self, batch: &mut BatchTopics<'b>, topic: FetchedTopic<'b>) -> Option<usize> {
        let index = if let Some((_, index)) = batch.others.iter().find(|(known, _)| *known == topic) {
            *index
        } else {
            let index = self.topics.iter().position(|known| known.name == topic.name())?;
            batch.others.push((topic, index));
            index
        };
        batch.latest = Some((topic, index));
        Some(index)
    }

    /// The places of the partitions of a topic.
    pub(super) fn places(&self, topic: &str) -> Vec<usize> {
        let topic = self.topics.iter().find(|known| known.name == topic);
        topic.map(|topic| topic.places.clone()).unwrap_or_default()
    }

    /// Has all partitions fetched again, which loses nothing.
    pub(super) fn refetch(&mut self) {
        self.all.iter_mut().for_each(PartitionReader::refetch);
    }

    /// How many there are.
    pub(super) const fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &PartitionReader> {
        self.all.iter()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut PartitionReader> {
        self.all.iter_mut()
    }

    /// The reader at a place.
    pub(super) fn at(&mut self, place: usize) -> &mut PartitionReader {
        &mut self.all[place]
    }
}
