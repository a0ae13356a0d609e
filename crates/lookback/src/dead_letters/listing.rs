//! The list of dead letters: how many records could not be used, why, what to do, and which.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use ensilinja_config::Config;
use ensilinja_kafka::{DeadLetter, TopicId};
use ensilinja_model::EventTime;
use ensilinja_report::{Align, JsonDocument, Listing, fitted};
use ensilinja_wire::Detail;

use super::found::{DeadLetterKey, DeadLetterSketch, DetailCount, FoundDeadLetters};
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
    kept: BTreeMap<(Option<EventTime>, DeadLetterKey), PayloadBeginning>,
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
    let found = search.run(&mut |letter, key, sketch| beginnings.keep(letter, key, sketch))?;
    let mut letters: Vec<_> = found.letters().map(|(key, sketch)| ListedLetter { key, sketch: *sketch }).collect();
    letters.sort_by_key(|letter| (std::cmp::Reverse(letter.sketch.published), letter.key));
    letters.truncate(limit);
    Ok(DeadLetterList { config: search.context.config, found, letters, beginnings })
}

impl PayloadBeginnings {
    fn keep(&mut self, letter: &DeadLetter<'_>, key: DeadLetterKey, sketch: &DeadLetterSketch) {
        if self.most == 0 {
            return;
        }
        let cut = |bytes: Option<&[u8]>| bytes.map_or_else(Vec::new, |it| it[..it.len().min(KEPT_BYTES)].to_vec());
        let beginning = PayloadBeginning { key: cut(letter.key.bytes()), value: cut(letter.value.bytes()) };
        let empty = PayloadBeginning { key: Vec::new(), value: Vec::new() };
        let known = self.kept.entry((sketch.published, key)).or_insert(empty);
        // One of two copies may have nothing of the record.
        if known.key.is_empty() && known.value.is_empty() {
            *known = beginning;
        }
        if self.kept.len() > self.most {
            self.kept.pop_first();
        }
    }

    fn of(&self, letter: &ListedLetter) -> Option<(String, String)> {
        let beginning = self.kept.get(&(letter.sketch.published, letter.key))?;
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
        counts.sort_by_key(|(_, count)| std::cmp::Reverse(count.letters));
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
