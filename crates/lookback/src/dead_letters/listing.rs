//! The list of dead letters: how many records could not be used, why, what to do, and which.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use ensilinja_config::Config;
use ensilinja_kafka::TopicId;
use ensilinja_model::EventTime;
use ensilinja_report::{Align, JsonDocument, Listing, fitted};
use ensilinja_wire::Detail;

use super::found::{AddedDeadLetter, DeadLetterKey, DeadLetterSketch, DetailCount, FoundDeadLetters};
use super::instants;
use super::search::DeadLetterSearch;
use crate::error::LookbackError;
use crate::printable_bytes::printable_bytes;

/// The most dead letters that can be listed at once.
pub const MOST_LISTED: u64 = 100_000;

/// How many characters of a key and of a value are shown.
const SHOWN_CHARACTERS: usize = 120;

/// How many bytes of a key and of a value are kept to show that much.
const KEPT_BYTES: usize = 4 * SHOWN_CHARACTERS + 1;

/// The beginnings of the key and the value of a record.
struct PayloadBeginning {
    key: Vec<u8>,
    value: Vec<u8>,
}

/// A dead letter to be listed.
struct ListedLetter {
    key: DeadLetterKey,
    sketch: DeadLetterSketch,
}

/// The latest dead letters with the beginnings of their records, no more of them than will be listed.
struct PayloadBeginnings {
    most: usize,
    /// In the reverse order of the list.
    kept: BTreeMap<(Option<EventTime>, Reverse<DeadLetterKey>), PayloadBeginning>,
}

/// A list of dead letters.
pub struct DeadLetterList<'a> {
    config: &'a Config,
    found: FoundDeadLetters,
    letters: Vec<ListedLetter>,
    beginnings: PayloadBeginnings,
}

/// Reads the selected dead letters, and lists the latest of them, at most `limit`; with `payload`, the beginnings of
/// their keys and values too.
///
/// # Errors
/// If the dead letters cannot be read.
pub fn list_dead_letters<'a>(
    search: &DeadLetterSearch<'a>,
    limit: usize,
    payload: bool,
) -> Result<DeadLetterList<'a>, LookbackError> {
    let mut beginnings = PayloadBeginnings { most: if payload { limit } else { 0 }, kept: BTreeMap::new() };
    let found = search.run(&mut |letter, added| beginnings.keep(letter.key.bytes(), letter.value.bytes(), added))?;
    let letters = latest(&found, limit);
    Ok(DeadLetterList { config: search.context.config, found, letters, beginnings })
}

/// The latest dead letters first, at most `limit`.
fn latest(found: &FoundDeadLetters, limit: usize) -> Vec<ListedLetter> {
    let mut letters: Vec<_> = found.letters().map(|(key, sketch)| ListedLetter { key, sketch: *sketch }).collect();
    letters.sort_by_key(|letter| (Reverse(letter.sketch.published), letter.key));
    letters.truncate(limit);
    letters
}

impl PayloadBeginnings {
    fn keep(&mut self, key: Option<&[u8]>, value: Option<&[u8]>, added: &AddedDeadLetter) {
        if self.most == 0 {
            return;
        }
        let place = |key| (added.sketch.published, Reverse(key));
        let cut = |bytes: Option<&[u8]>| bytes.map_or_else(Vec::new, |it| it[..it.len().min(KEPT_BYTES)].to_vec());
        let beginning = PayloadBeginning { key: cut(key), value: cut(value) };
        let empty = PayloadBeginning { key: Vec::new(), value: Vec::new() };
        let former = added.former_key.and_then(|former_key| self.kept.remove(&place(former_key)));
        let known = self.kept.entry(place(added.key)).or_insert(former.unwrap_or(empty));
        // One of two copies may have nothing of the record.
        if known.key.is_empty() && known.value.is_empty() {
            *known = beginning;
        }
        if self.kept.len() > self.most {
            self.kept.pop_first();
        }
    }

    fn of(&self, letter: &ListedLetter) -> Option<(String, String)> {
        let beginning = self.kept.get(&(letter.sketch.published, Reverse(letter.key)))?;
        let text = |bytes: &[u8]| printable_bytes(bytes, SHOWN_CHARACTERS);
        Some((text(&beginning.key), text(&beginning.value)))
    }
}

impl DeadLetterList<'_> {
    /// Tables for people, of at most this width.
    #[must_use]
    pub fn text(&self, width: usize) -> String {
        let Self { config, found, letters, .. } = self;
        let topic = &config.kafka.dead_letter_topic;
        let mut text = if found.is_empty() {
            format!("no record is selected; {topic} has {} dead letters\n", found.read)
        } else {
            format!(
                "{} records could not be used; {topic} has {} dead letters, copies included\n\n{}",
                found.len(),
                found.read,
                self.summary().within(width)
            )
        };
        if found.others > 0 {
            let _ = writeln!(
                text,
                "\n{} records of {topic} are not dead letters, or are dead letters of a later version",
                found.others
            );
        }
        if !letters.is_empty() {
            let _ = write!(text, "\n{}", self.letters_listing().within(width));
        }
        let not_listed = found.len() - letters.len() as u64;
        if not_listed > 0 {
            let most = found.len().min(MOST_LISTED);
            let _ = writeln!(text, "\n{not_listed} earlier ones are not listed: --limit {most} lists {most}");
        }
        fitted(&text, width)
    }

    /// The details, the most frequent first.
    fn details(&self) -> Vec<(Detail, DetailCount)> {
        let mut counts: Vec<_> = self.found.by_detail().into_iter().collect();
        counts.sort_by_key(|(_, count)| Reverse(count.letters));
        counts
    }

    fn summary(&self) -> Listing {
        let zone = &self.config.zone;
        let mut listing = Listing::new([
            ("RECORDS", Align::Right),
            ("REASON", Align::Left),
            ("DETAIL", Align::Left),
            ("FIRST", Align::Left),
            ("LAST", Align::Left),
            ("COULD BE SENT NOW", Align::Right),
        ]);
        for (detail, count) in self.details() {
            listing.row([
                count.letters.to_string(),
                detail.reason().as_str().to_owned(),
                detail.as_str().to_owned(),
                instants::in_words(count.first, zone),
                instants::in_words(count.last, zone),
                count.usable.to_string(),
            ]);
            listing.note(detail.advice().to_owned());
        }
        listing
    }

    fn letters_listing(&self) -> Listing {
        let mut listing = Listing::new([
            ("RECORD", Align::Left),
            ("PUBLISHED", Align::Left),
            ("DETAIL", Align::Left),
            ("BYTES", Align::Right),
            ("COULD BE SENT NOW", Align::Left),
        ]);
        for letter in &self.letters {
            listing.row([
                self.found.position(letter.key).to_string(),
                instants::in_words(letter.sketch.published, &self.config.zone),
                letter.sketch.detail.as_str().to_owned(),
                letter.sketch.value_bytes.to_string(),
                letter.sketch.eligibility.in_words(),
            ]);
            if let Some((key, value)) = self.beginnings.of(letter) {
                listing.note(format!("{key}  {value}"));
            }
        }
        listing
    }

    /// A document for programs.
    #[must_use]
    pub fn document(&self) -> JsonDocument {
        let Self { config, found, letters, .. } = self;
        let instant = |at: Option<EventTime>| instants::document(at, &config.zone);
        let summary = self.details().into_iter().map(|(detail, count)| {
            JsonDocument::object([
                ("reason", detail.reason().as_str().into()),
                ("detail", detail.as_str().into()),
                ("advice", detail.advice().into()),
                ("records", count.letters.into()),
                ("usable", count.usable.into()),
                ("first", instant(count.first)),
                ("last", instant(count.last)),
            ])
        });
        let records = letters.iter().map(|letter| {
            let sketch = &letter.sketch;
            let mut members = vec![
                ("record", found.position(letter.key).to_string().into()),
                ("topic_id", topic_id_document(found.topic_id(letter.key))),
                ("published", instant(sketch.published)),
                ("first_seen", instant(Some(sketch.first_seen))),
                ("reason", sketch.detail.reason().as_str().into()),
                ("detail", sketch.detail.as_str().into()),
                ("value_bytes", sketch.value_bytes.into()),
                ("written", u64::from(sketch.written).into()),
                ("usable", sketch.eligibility.is_usable().into()),
                ("prospect", sketch.eligibility.as_str().into()),
            ];
            if let Some((key, value)) = self.beginnings.of(letter) {
                members.extend([("key_begins", key.into()), ("value_begins", value.into())]);
            }
            JsonDocument::Object(members)
        });
        JsonDocument::object([
            ("schema", "ensilinja.dead-letters/1".into()),
            ("topic", config.topics_in_words().into()),
            ("dead_letter_topic", config.kafka.dead_letter_topic.as_str().into()),
            ("letters_read", found.read.into()),
            ("no_letters", found.others.into()),
            ("records", found.len().into()),
            ("summary", JsonDocument::list(summary)),
            ("listed", JsonDocument::list(records)),
            ("not_listed", (found.len() - letters.len() as u64).into()),
        ])
    }
}

/// The id of the topic of a record, or null if the dead letter does not tell it.
pub(super) fn topic_id_document(topic_id: Option<TopicId>) -> JsonDocument {
    topic_id.map_or(JsonDocument::Null, |topic_id| topic_id.to_string().into())
}

#[cfg(test)]
mod tests {
    use ensilinja_kafka::RecordPosition;

    use super::super::eligibility::RedriveEligibility;
    use super::*;

    /// The values that are listed, at most two, of dead letters without and with the id of the topic.
    fn values(letters: &[(&str, bool, i64, &str)]) -> Vec<Option<String>> {
        let (mut found, mut beginnings) =
            (FoundDeadLetters::default(), PayloadBeginnings { most: 2, kept: BTreeMap::new() });
        for (position, is_named, seconds, value) in letters {
            let sketch = DeadLetterSketch {
                detail: Detail::NotJson,
                eligibility: RedriveEligibility::Rejected(Detail::NotJson),
                published: Some(EventTime::from_seconds(*seconds)),
                first_seen: EventTime::from_seconds(*seconds),
                value_bytes: 400,
                written: 1,
            };
            let topic_id = is_named.then(|| TopicId::from_bits(1)).flatten();
            let added = found.add(&position.parse::<RecordPosition>().unwrap(), topic_id, sketch);
            beginnings.keep(None, Some(value.as_bytes()), &added);
        }
        let listed = latest(&found, 2);
        listed.iter().map(|letter| beginnings.of(letter).map(|(_, value)| value)).collect()
    }

    #[test]
    fn a_copy_with_the_id_of_the_topic_takes_over_the_payload_of_one_without_and_displaces_no_other() {
        let texts = |texts: &[&str]| texts.iter().map(|text| Some((*text).to_owned())).collect::<Vec<_>>();
        let letters = [("a/0/1", false, 10, "one"), ("a/0/2", true, 5, "two"), ("a/0/1", true, 10, "")];
        assert_eq!(values(&letters), texts(&["one", "two"]));
        let [unnamed, other, named] = letters;
        assert_eq!(values(&[named, other, unnamed]), texts(&["one", "two"]));
    }

    #[test]
    fn the_payloads_of_records_of_one_instant_are_those_of_the_list() {
        let letters = ["a/0/1", "a/0/2", "a/0/3"].map(|position| (position, true, 10, position));
        assert_eq!(values(&letters), ["a/0/1", "a/0/2"].map(|text| Some(text.to_owned())));
    }
}
