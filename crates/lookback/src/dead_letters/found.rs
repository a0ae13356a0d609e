//! The dead letters that were found: one for each record, however many processes have written one, and without the
//! contents of the records. A million of them take some hundred megabytes.

use std::collections::BTreeMap;

use ensilinja_kafka::{RecordPosition, TopicId};
use ensilinja_model::EventTime;
use ensilinja_wire::Detail;

use super::eligibility::RedriveEligibility;

/// The record that a dead letter is about, in the order of records. Topics are numbered. Two topics of the same name,
/// of which the second was created after the first had been deleted, are two logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DeadLetterKey {
    topic: u32,
    partition: i32,
    offset: i64,
    log: u32,
}

/// What is kept of a dead letter.
#[derive(Clone, Copy, Debug)]
pub struct DeadLetterSketch {
    /// What was wrong.
    pub detail: Detail,
    /// What would become of its record now.
    pub eligibility: RedriveEligibility,
    /// When its record was published; `None` if that is unknown.
    pub published: Option<EventTime>,
    /// When a process first saw the record.
    pub first_seen: EventTime,
    /// The size of the record's value, in bytes.
    pub value_bytes: u64,
    /// How often the dead letter was written.
    pub written: u32,
}

/// A dead letter that was added.
#[derive(Clone, Copy, Debug)]
pub struct AddedDeadLetter {
    /// The key under which it counts.
    pub key: DeadLetterKey,
    /// The key under which its earlier copies have counted until now, if that was another.
    pub former_key: Option<DeadLetterKey>,
    /// What is kept of it and its earlier copies.
    pub sketch: DeadLetterSketch,
}

/// The selected dead letters among those that were read.
#[derive(Default)]
pub struct FoundDeadLetters {
    topics: Vec<String>,
    /// The ids of topics, by the number of a log.
    topic_ids: Vec<Option<TopicId>>,
    letters: BTreeMap<DeadLetterKey, DeadLetterSketch>,
    /// Dead letters without the id of their topic that are copies of one that has it.
    unnamed_copies: BTreeMap<DeadLetterKey, DeadLetterKey>,
    /// Dead letters in the topic, selected or not, copies included.
    pub read: u64,
    /// Records of the topic that are not dead letters, or have a detail that this version does not know.
    pub others: u64,
}

/// The dead letters of one detail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DetailCount {
    /// How many there are.
    pub letters: u64,
    /// How many of their records could be sent now.
    pub usable: u64,
    /// When the first of their records was published, of those whose time is known.
    pub first: Option<EventTime>,
    /// When the last was.
    pub last: Option<EventTime>,
}

impl FoundDeadLetters {
    /// Adds a dead letter, or another copy of one. A copy that has all of the record replaces one that does not.
    pub(super) fn add(
        &mut self,
        position: &RecordPosition,
        topic_id: Option<TopicId>,
        sketch: DeadLetterSketch,
    ) -> AddedDeadLetter {
        let key = self.new_key(position, topic_id);
        let (key, former_key) = self.merged_key(key, &sketch);
        let known = self.letters.entry(key).and_modify(|known| {
            let better = if known.eligibility == RedriveEligibility::NotWhole { sketch } else { *known };
            let first_seen = known.first_seen.min(sketch.first_seen);
            *known = DeadLetterSketch { first_seen, written: known.written.saturating_add(1), ..better };
        });
        AddedDeadLetter { key, former_key, sketch: *known.or_insert(sketch) }
    }

    fn new_key(&mut self, position: &RecordPosition, topic_id: Option<TopicId>) -> DeadLetterKey {
        let topic = number_of(&mut self.topics, &position.topic);
        let log = number_of(&mut self.topic_ids, &topic_id);
        DeadLetterKey { topic, partition: position.partition, offset: position.offset, log }
    }

    /// The key under which a dead letter counts, and the one under which its copies have counted until now, if another.
    ///
    /// Those of 0.1.0 lack the id of their topic: such a one is a copy of one that has the id if both are about a
    /// record of the same time and size.
    fn merged_key(&mut self, key: DeadLetterKey, sketch: &DeadLetterSketch) -> (DeadLetterKey, Option<DeadLetterKey>) {
        if let Some(named) = self.unnamed_copies.get(&key) {
            return (*named, None);
        }
        let record = |sketch: &DeadLetterSketch| Some((sketch.published?, sketch.value_bytes));
        let mut at_position =
            self.letters.range(DeadLetterKey { log: 0, ..key }..=DeadLetterKey { log: u32::MAX, ..key });
        let other = at_position.find(|(other, known)| {
            self.topic_id(**other).is_some() != self.topic_id(key).is_some()
                && record(known).is_some_and(|known| Some(known) == record(sketch))
        });
        let Some(other) = other.map(|(other, _)| *other) else { return (key, None) };
        let (named, unnamed) = if self.topic_id(other).is_some() { (other, key) } else { (key, other) };
        self.unnamed_copies.insert(unnamed, named);
        let former_key = self.letters.remove(&unnamed).map(|known| {
            self.letters.insert(named, known);
            unnamed
        });
        (named, former_key)
    }

    /// The key of a record, if it has a dead letter.
    #[must_use]
    pub fn key(&self, position: &RecordPosition, topic_id: Option<TopicId>) -> Option<DeadLetterKey> {
        let number = |index: Option<usize>| index.and_then(|index| u32::try_from(index).ok());
        let topic = number(self.topics.iter().position(|topic| *topic == position.topic))?;
        let log = number(self.topic_ids.iter().position(|id| *id == topic_id))?;
        let key = DeadLetterKey { topic, partition: position.partition, offset: position.offset, log };
        let key = self.unnamed_copies.get(&key).copied().unwrap_or(key);
        self.letters.contains_key(&key).then_some(key)
    }

    /// Whether a record at this position has a dead letter, in any topic of this name.
    #[must_use]
    pub fn has(&self, position: &RecordPosition) -> bool {
        self.topic_ids.iter().any(|topic_id| self.key(position, *topic_id).is_some())
    }

    /// The id of the topic of a record, if its dead letter tells it.
    #[must_use]
    pub fn topic_id(&self, key: DeadLetterKey) -> Option<TopicId> {
        self.topic_ids[key.log as usize]
    }

    /// The position of a record.
    #[must_use]
    pub fn position(&self, key: DeadLetterKey) -> RecordPosition {
        let topic = self.topics[key.topic as usize].clone();
        RecordPosition { topic, partition: key.partition, offset: key.offset }
    }

    /// The dead letters, in the order of their records.
    pub fn letters(&self) -> impl Iterator<Item = (DeadLetterKey, &DeadLetterSketch)> {
        self.letters.iter().map(|(key, sketch)| (*key, sketch))
    }

    /// How many records have dead letters.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.letters.len() as u64
    }

    /// Whether no record has a dead letter.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.letters.is_empty()
    }

    /// The dead letters by detail, in the order of the wire's table.
    #[must_use]
    pub fn by_detail(&self) -> BTreeMap<Detail, DetailCount> {
        let mut counts = BTreeMap::new();
        for sketch in self.letters.values() {
            let count = counts.entry(sketch.detail).or_insert_with(|| DetailCount {
                letters: 0,
                usable: 0,
                first: sketch.published,
                last: sketch.published,
            });
            count.letters += 1;
            count.usable += u64::from(sketch.eligibility.is_usable());
            count.first = [count.first, sketch.published].into_iter().flatten().min();
            count.last = count.last.max(sketch.published);
        }
        counts
    }

    /// The number of dead letters by what would become of their records now.
    #[must_use]
    pub fn by_eligibility(&self) -> BTreeMap<RedriveEligibility, u64> {
        let mut counts = BTreeMap::new();
        for sketch in self.letters.values() {
            *counts.entry(sketch.eligibility).or_default() += 1;
        }
        counts
    }
}

/// The number of `name` among `names`; a new name is added.
fn number_of<T: PartialEq + Clone>(names: &mut Vec<T>, name: &T) -> u32 {
    let number = names.iter().position(|known| known == name).unwrap_or_else(|| {
        names.push(name.clone());
        names.len() - 1
    });
    u32::try_from(number).expect("names of as many topics do not fit in memory")
}

#[cfg(test)]
mod tests {
    use super::super::eligibility::AffectedFigures;
    use super::*;

    fn sketch(eligibility: RedriveEligibility, seen_seconds: i64) -> DeadLetterSketch {
        DeadLetterSketch {
            detail: Detail::LineNotConfigured,
            eligibility,
            published: Some(EventTime::from_seconds(7)),
            first_seen: EventTime::from_seconds(seen_seconds),
            value_bytes: 400,
            written: 1,
        }
    }

    fn found(letters: &[(&str, DeadLetterSketch)]) -> FoundDeadLetters {
        let mut found = FoundDeadLetters::default();
        for (position, sketch) in letters {
            found.add(&position.parse().unwrap(), None, *sketch);
        }
        found
    }

    #[test]
    fn copies_of_a_letter_count_once_with_the_earliest_first_seen() {
        let usable = RedriveEligibility::Usable(AffectedFigures::Live);
        let found =
            found(&[("a/0/1", sketch(usable, 20)), ("a/0/1", sketch(usable, 10)), ("b/0/1", sketch(usable, 5))]);
        let letters: Vec<(String, u32, i64)> = found
            .letters()
            .map(|(key, it)| (found.position(key).to_string(), it.written, it.first_seen.floor_second()))
            .collect();
        assert_eq!(letters, [("a/0/1".to_owned(), 2, 10), ("b/0/1".to_owned(), 1, 5)]);
        assert_eq!(found.by_detail()[&Detail::LineNotConfigured].letters, 2);
    }

    #[test]
    fn a_whole_copy_replaces_one_that_is_not_whole() {
        let (whole, cut) = (RedriveEligibility::Rejected(Detail::Truncated), RedriveEligibility::NotWhole);
        for eligibilities in [[whole, cut], [cut, whole]] {
            let found = found(&eligibilities.map(|eligibility| ("a/0/1", sketch(eligibility, 10))));
            assert_eq!(found.by_eligibility(), BTreeMap::from([(whole, 1)]));
        }
    }

    #[test]
    fn a_letter_without_the_id_of_its_topic_is_a_copy_of_one_with_it_if_time_and_size_are_the_same() {
        let (position, id): (RecordPosition, _) = ("a/0/1".parse().unwrap(), TopicId::from_bits(1));
        let usable = sketch(RedriveEligibility::Usable(AffectedFigures::Live), 10);
        for ids in [[None, id, None], [id, None, None], [None, None, id]] {
            let mut found = FoundDeadLetters::default();
            for topic_id in ids {
                found.add(&position, topic_id, usable);
            }
            let letters: Vec<_> = found.letters().map(|(key, it)| (found.topic_id(key), it.written)).collect();
            assert_eq!(letters, [(id, 3)]);
            assert_eq!((found.key(&position, None), found.len()), (found.key(&position, id), 1), "each is found by it");
        }
        let at = |seconds| Some(EventTime::from_seconds(seconds));
        for (published, value_bytes) in [(at(8), 400), (at(7), 401), (None, 400)] {
            let mut found = FoundDeadLetters::default();
            found.add(&position, id, usable);
            found.add(&position, None, DeadLetterSketch { published, value_bytes, ..usable });
            assert_eq!(found.len(), 2, "another record, or perhaps another");
        }
    }

    #[test]
    fn letters_of_a_topic_that_was_created_again_are_not_those_of_the_old_one() {
        let (position, mut found): (RecordPosition, _) = ("a/0/1".parse().unwrap(), FoundDeadLetters::default());
        let ids = [None, TopicId::from_bits(1), TopicId::from_bits(2), TopicId::from_bits(1)];
        for topic_id in ids {
            let published = topic_id.and_then(|_| sketch(RedriveEligibility::NotWhole, 10).published);
            found.add(&position, topic_id, DeadLetterSketch { published, ..sketch(RedriveEligibility::NotWhole, 10) });
        }
        let letters: Vec<_> = found.letters().map(|(key, it)| (found.topic_id(key), it.written)).collect();
        assert_eq!(letters, [(ids[0], 1), (ids[1], 2), (ids[2], 1)]);
        assert!(found.has(&position) && found.key(&position, TopicId::from_bits(3)).is_none());
    }

    #[test]
    fn keys_are_found_by_their_positions() {
        let found = found(&[("a/3/7", sketch(RedriveEligibility::NotWhole, 10))]);
        let key = |position: &str| found.key(&position.parse().unwrap(), None);
        assert_eq!(key("a/3/7").map(|key| found.position(key).to_string()).as_deref(), Some("a/3/7"));
        assert_eq!((key("a/3/8"), key("b/3/7")), (None, None));
    }
}
