//! The letters that were found: one a record, however many processes have written one, and without what the records
//! said. A million of them take some hundred megabytes.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::atomic::AtomicBool;

use ensilinja_kafka::{DeadLetter, RecordPosition, TopicId, read_dead_letters};
use ensilinja_model::EventTime;
use ensilinja_wire::Detail;

use super::prospect::{Judge, Prospect};
use super::selection::Selection;
use crate::kafka_settings::kafka_settings;
use crate::progress::{self, Progress};
use ensilinja_config::Config;

/// How often, in letters, it is shown how far reading is.
const SHOWN_EVERY: u64 = 256;

/// Where a record lay, with its topic by its number: the order of records. Two topics of one name, of which the later
/// was made when the earlier had been deleted, are two logs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    topic: u32,
    partition: i32,
    offset: i64,
    log: u32,
}

/// What is kept of a letter.
#[derive(Clone, Copy, Debug)]
pub struct Sketch {
    /// What was wrong.
    pub detail: Detail,
    /// What would become of its record now.
    pub prospect: Prospect,
    /// When its record was published; `None` where its timestamp is unknown.
    pub published: Option<EventTime>,
    /// When a process first saw it.
    pub first_seen: EventTime,
    /// How long the record's value was, in bytes.
    pub value_bytes: u64,
    /// How often the letter was written.
    pub written: u32,
}

/// The letters that are meant, of those that were found.
#[derive(Default)]
pub struct Found {
    topics: Vec<String>,
    /// The ids of topics, by the number of a log.
    topic_ids: Vec<Option<TopicId>>,
    letters: BTreeMap<Place, Sketch>,
    /// Letters in the topic, chosen or not: copies count.
    pub read: u64,
    /// Records of the topic that are no letters, or of a detail that this version does not know.
    pub others: u64,
}

/// What letters are read with.
pub struct Search<'a> {
    /// The topics.
    pub config: &'a Config,
    /// Which letters.
    pub selection: &'a Selection,
    /// What would become of them.
    pub judge: &'a Judge<'a>,
    /// What ends the reading.
    pub stop: &'a AtomicBool,
    /// Where to show how far it is.
    pub progress: &'a Progress,
}

impl Search<'_> {
    /// Reads all letters; hands each that is meant to `look`, copies too, with its place.
    ///
    /// # Errors
    /// If the topic cannot be read to its end.
    pub fn run(&self, now: EventTime, look: &mut dyn FnMut(&DeadLetter<'_>, Place, &Sketch)) -> anyhow::Result<Found> {
        let mut found = Found::default();
        let mut unknown = 0;
        self.progress.begin(&format!("reading {}", self.config.kafka.dead_letter_topic), "letters");
        let read = read_dead_letters(&kafka_settings(&self.config.kafka), self.stop, &mut |letter, position| {
            if position.records % SHOWN_EVERY == 0 {
                let (done, total) = (position.offsets_read, Some(position.offsets));
                self.progress.show(&progress::Position { done, total, count: position.records, at: None });
            }
            match Detail::from_name(letter.detail) {
                Some(detail) if self.selection.has(&letter.position, counts_as_published(letter), detail) => {
                    let sketch = Sketch {
                        detail,
                        prospect: self.judge.prospect(letter, now),
                        published: letter.record_timestamp,
                        first_seen: letter.first_seen,
                        value_bytes: letter.value.record_bytes(),
                        written: 1,
                    };
                    let (place, sketch) = found.add(&letter.position, letter.topic_id, sketch);
                    look(letter, place, &sketch);
                }
                Some(_) => {}
                None => unknown += 1,
            }
            ControlFlow::Continue(())
        });
        self.progress.end();
        let read = read?;
        (found.read, found.others) = (read.letters - unknown, read.others + unknown);
        Ok(found)
    }
}

impl Found {
    /// Adds a letter, or another copy of one. A copy that has all of the record is worth more than one that has not.
    fn add(&mut self, position: &RecordPosition, topic_id: Option<TopicId>, sketch: Sketch) -> (Place, Sketch) {
        let place = self.place_or_new(position, topic_id);
        let known = self.letters.entry(place).and_modify(|known| {
            let better = if known.prospect == Prospect::NotWhole { sketch } else { *known };
            let first_seen = known.first_seen.min(sketch.first_seen);
            *known = Sketch { first_seen, written: known.written.saturating_add(1), ..better };
        });
        (place, *known.or_insert(sketch))
    }

    fn place_or_new(&mut self, position: &RecordPosition, topic_id: Option<TopicId>) -> Place {
        let topic = number_of(&mut self.topics, &position.topic);
        let log = number_of(&mut self.topic_ids, &topic_id);
        Place { topic, partition: position.partition, offset: position.offset, log }
    }

    /// The place of a record, if it has a letter.
    #[must_use]
    pub fn place(&self, position: &RecordPosition, topic_id: Option<TopicId>) -> Option<Place> {
        let number = |index: Option<usize>| index.and_then(|index| u32::try_from(index).ok());
        let topic = number(self.topics.iter().position(|topic| *topic == position.topic))?;
        let log = number(self.topic_ids.iter().position(|id| *id == topic_id))?;
        let place = Place { topic, partition: position.partition, offset: position.offset, log };
        self.letters.contains_key(&place).then_some(place)
    }

    /// Whether a record has a letter that lay at this position, in whichever topic of this name.
    #[must_use]
    pub fn has(&self, position: &RecordPosition) -> bool {
        self.topic_ids.iter().any(|topic_id| self.place(position, *topic_id).is_some())
    }

    /// The id of the topic that a record lay in, if its letter tells it.
    #[must_use]
    pub fn topic_id(&self, place: Place) -> Option<TopicId> {
        self.topic_ids[place.log as usize]
    }

    /// Where a record lay.
    #[must_use]
    pub fn position(&self, place: Place) -> RecordPosition {
        let topic = self.topics[place.topic as usize].clone();
        RecordPosition { topic, partition: place.partition, offset: place.offset }
    }

    /// The letters, by place.
    pub fn letters(&self) -> impl Iterator<Item = (Place, &Sketch)> {
        self.letters.iter().map(|(place, sketch)| (*place, sketch))
    }

    /// How many records have letters.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.letters.len() as u64
    }

    /// Whether none has.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.letters.is_empty()
    }

    /// The letters by what was wrong, in the order of the wire's table.
    #[must_use]
    pub fn by_detail(&self) -> BTreeMap<Detail, Tally> {
        let mut tallies = BTreeMap::new();
        for sketch in self.letters.values() {
            let tally = tallies.entry(sketch.detail).or_insert_with(|| Tally {
                letters: 0,
                usable: 0,
                first: sketch.published,
                last: sketch.published,
            });
            tally.letters += 1;
            tally.usable += u64::from(sketch.prospect.is_usable());
            tally.first = [tally.first, sketch.published].into_iter().flatten().min();
            tally.last = tally.last.max(sketch.published);
        }
        tallies
    }

    /// The letters by what would become of their records now.
    #[must_use]
    pub fn by_prospect(&self) -> BTreeMap<Prospect, u64> {
        let mut counts = BTreeMap::new();
        for sketch in self.letters.values() {
            *counts.entry(sketch.prospect).or_default() += 1;
        }
        counts
    }
}

/// When the record of a letter counts as published where letters are chosen by that: one without a timestamp when a
/// process first saw it.
pub fn counts_as_published(letter: &DeadLetter<'_>) -> EventTime {
    letter.record_timestamp.unwrap_or(letter.first_seen)
}

/// The number of `name` among `names`, where it is put if it is new.
fn number_of<T: PartialEq + Clone>(names: &mut Vec<T>, name: &T) -> u32 {
    let number = names.iter().position(|known| known == name).unwrap_or_else(|| {
        names.push(name.clone());
        names.len() - 1
    });
    u32::try_from(number).expect("names of as many topics do not fit in memory")
}

/// The letters of one detail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// How many.
    pub letters: u64,
    /// How many of their records could be sent now.
    pub usable: u64,
    /// When the first of their records was published, of those of known time.
    pub first: Option<EventTime>,
    /// When the last was.
    pub last: Option<EventTime>,
}

#[cfg(test)]
mod tests {
    use super::super::prospect::Use;
    use super::*;

    fn sketch(prospect: Prospect, seen_seconds: i64) -> Sketch {
        Sketch {
            detail: Detail::LineNotConfigured,
            prospect,
            published: Some(EventTime::from_seconds(7)),
            first_seen: EventTime::from_seconds(seen_seconds),
            value_bytes: 400,
            written: 1,
        }
    }

    fn found(letters: &[(&str, Sketch)]) -> Found {
        let mut found = Found::default();
        for (position, sketch) in letters {
            found.add(&position.parse().unwrap(), None, *sketch);
        }
        found
    }

    #[test]
    fn copies_of_a_letter_are_one_letter_that_was_first_seen_when_the_first_process_saw_it() {
        let usable = Prospect::Usable(Use::Live);
        let found =
            found(&[("a/0/1", sketch(usable, 20)), ("a/0/1", sketch(usable, 10)), ("b/0/1", sketch(usable, 5))]);
        let letters: Vec<(String, u32, i64)> = found
            .letters()
            .map(|(place, it)| (found.position(place).to_string(), it.written, it.first_seen.floor_second()))
            .collect();
        assert_eq!(letters, [("a/0/1".to_owned(), 2, 10), ("b/0/1".to_owned(), 1, 5)]);
        assert_eq!(found.by_detail()[&Detail::LineNotConfigured].letters, 2);
    }

    #[test]
    fn a_copy_that_is_whole_is_worth_more_than_one_that_is_not() {
        let (whole, cut) = (Prospect::Refused(Detail::Truncated), Prospect::NotWhole);
        for prospects in [[whole, cut], [cut, whole]] {
            let found = found(&prospects.map(|prospect| ("a/0/1", sketch(prospect, 10))));
            assert_eq!(found.by_prospect(), BTreeMap::from([(whole, 1)]));
        }
    }

    #[test]
    fn letters_of_a_topic_that_was_made_anew_are_not_those_of_the_old_one() {
        let (position, mut found): (RecordPosition, _) = ("a/0/1".parse().unwrap(), Found::default());
        let ids = [None, TopicId::from_bits(1), TopicId::from_bits(2), TopicId::from_bits(1)];
        for topic_id in ids {
            found.add(&position, topic_id, sketch(Prospect::NotWhole, 10));
        }
        let told: Vec<_> = found.letters().map(|(place, it)| (found.topic_id(place), it.written)).collect();
        assert_eq!(told, [(ids[0], 1), (ids[1], 2), (ids[2], 1)]);
        assert!(found.has(&position) && found.place(&position, TopicId::from_bits(3)).is_none());
    }

    #[test]
    fn places_are_found_by_their_positions() {
        let found = found(&[("a/3/7", sketch(Prospect::NotWhole, 10))]);
        let place = |position: &str| found.place(&position.parse().unwrap(), None);
        assert_eq!(place("a/3/7").map(|place| found.position(place).to_string()).as_deref(), Some("a/3/7"));
        assert_eq!((place("a/3/8"), place("b/3/7")), (None, None));
    }
}
