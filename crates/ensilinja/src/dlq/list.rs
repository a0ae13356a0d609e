//! `dlq list`: how many records could not be used, why, what to do, and which.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use ensilinja_kafka::{DeadLetter, TopicId};
use ensilinja_model::EventTime;
use ensilinja_report::{Align, JsonDocument, Listing};
use ensilinja_wire::Detail;

use super::found::{Found, Place, Search, Sketch, Tally};
use super::instants;
use super::prospect::Judge;
use super::readable::readable;
use super::selection::Selection;
use crate::cli::{ListLettersArguments, ListingFormat};
use crate::clock;
use crate::progress::Progress;
use crate::standard_output::print;
use crate::stopping;
use ensilinja_config::Config;

/// The most letters that can be listed at once.
pub const MOST_LISTED: u64 = 100_000;

/// How much of a value is shown.
const SHOWN_CHARACTERS: usize = 120;

/// How many bytes of a key and of a value are kept to show that much.
const KEPT_BYTES: usize = 4 * SHOWN_CHARACTERS + 1;

/// The beginnings of the key and the value of a record.
struct Beginning {
    key: Vec<u8>,
    value: Vec<u8>,
}

/// A letter to be listed.
struct Row<'a> {
    place: Place,
    sketch: &'a Sketch,
}

/// The latest letters with the beginnings of their records, and no more of them than will be listed.
struct Beginnings {
    most: usize,
    kept: BTreeMap<(Option<EventTime>, Place), Beginning>,
}

/// Lists letters.
///
/// # Errors
/// What cannot be asked, or why the letters cannot be read or nothing be printed.
pub fn list(arguments: &ListLettersArguments, config: &Config) -> anyhow::Result<()> {
    let now = clock::wall()();
    let selection = Selection::new(&arguments.selection, &[], config)?;
    let judge = Judge::new(config, now)?;
    let progress = Progress::new(arguments.letters.quiet, &config.zone);
    let stop = stopping::on_signal()?;
    let search = Search { config, selection: &selection, judge: &judge, stop: &stop, progress: &progress };
    let limit = usize::try_from(arguments.limit).expect("an address has at least 32 bits");
    let mut beginnings = Beginnings { most: if arguments.payload { limit } else { 0 }, kept: BTreeMap::new() };
    let found = search.run(now, &mut |letter, place, sketch| beginnings.keep(letter, place, sketch))?;

    let mut rows: Vec<Row<'_>> = found.letters().map(|(place, sketch)| Row { place, sketch }).collect();
    rows.sort_by_key(|row| (std::cmp::Reverse(row.sketch.published), row.place));
    rows.truncate(limit);
    print(&match arguments.listing.format {
        ListingFormat::Table => table(config, &found, &rows, &beginnings),
        ListingFormat::Json => document(config, &found, &rows, &beginnings).to_json(),
    })
}

impl Beginnings {
    fn keep(&mut self, letter: &DeadLetter<'_>, place: Place, sketch: &Sketch) {
        if self.most == 0 {
            return;
        }
        let cut = |bytes: Option<&[u8]>| bytes.map_or_else(Vec::new, |it| it[..it.len().min(KEPT_BYTES)].to_vec());
        let beginning = Beginning { key: cut(letter.key.bytes()), value: cut(letter.value.bytes()) };
        let known = self.kept.entry((sketch.published, place)).or_insert(Beginning { key: vec![], value: vec![] });
        // Of two copies one may have nothing of the record.
        if known.key.is_empty() && known.value.is_empty() {
            *known = beginning;
        }
        if self.kept.len() > self.most {
            self.kept.pop_first();
        }
    }

    fn of(&self, row: &Row<'_>) -> Option<(String, String)> {
        let beginning = self.kept.get(&(row.sketch.published, row.place))?;
        let text = |bytes: &[u8]| readable(bytes, SHOWN_CHARACTERS);
        Some((text(&beginning.key), text(&beginning.value)))
    }
}

fn table(config: &Config, found: &Found, rows: &[Row<'_>], beginnings: &Beginnings) -> String {
    let letters = &config.kafka.dead_letter_topic;
    let mut text = if found.is_empty() {
        format!("no record is chosen; {letters} has {} letters\n", found.read)
    } else {
        let summary = summary(config, found);
        format!(
            "{} records could not be used; {letters} has {} letters, copies counted\n\n{summary}",
            found.len(),
            found.read
        )
    };
    if found.others > 0 {
        let _ = writeln!(text, "\n{} records of {letters} are no letters, or those of a later version", found.others);
    }
    if !rows.is_empty() {
        let _ = write!(text, "\n{}", letters_listing(config, found, rows, beginnings));
    }
    let not_listed = found.len() - rows.len() as u64;
    if not_listed > 0 {
        let most = found.len().min(MOST_LISTED);
        let _ = writeln!(text, "\n{not_listed} earlier ones are not listed: --limit {most} lists {most}");
    }
    text
}

fn most_frequent_first(found: &Found) -> Vec<(Detail, Tally)> {
    let mut tallies: Vec<_> = found.by_detail().into_iter().collect();
    tallies.sort_by_key(|(_, tally)| std::cmp::Reverse(tally.letters));
    tallies
}

fn summary(config: &Config, found: &Found) -> Listing {
    let mut listing = Listing::new([
        ("RECORDS", Align::Right),
        ("REASON", Align::Left),
        ("DETAIL", Align::Left),
        ("FIRST", Align::Left),
        ("LAST", Align::Left),
        ("COULD BE SENT NOW", Align::Right),
    ]);
    for (detail, tally) in most_frequent_first(found) {
        listing.row([
            tally.letters.to_string(),
            detail.reason().as_str().to_owned(),
            detail.as_str().to_owned(),
            instants::in_words(tally.first, &config.zone),
            instants::in_words(tally.last, &config.zone),
            tally.usable.to_string(),
        ]);
        listing.note(detail.advice().to_owned());
    }
    listing
}

fn letters_listing(config: &Config, found: &Found, rows: &[Row<'_>], beginnings: &Beginnings) -> Listing {
    let mut listing = Listing::new([
        ("RECORD", Align::Left),
        ("PUBLISHED", Align::Left),
        ("DETAIL", Align::Left),
        ("BYTES", Align::Right),
        ("COULD BE SENT NOW", Align::Left),
    ]);
    for row in rows {
        listing.row([
            found.position(row.place).to_string(),
            instants::in_words(row.sketch.published, &config.zone),
            row.sketch.detail.as_str().to_owned(),
            row.sketch.value_bytes.to_string(),
            row.sketch.prospect.in_words(),
        ]);
        if let Some((key, value)) = beginnings.of(row) {
            listing.note(format!("{key}  {value}"));
        }
    }
    listing
}

/// The id of the topic a record lay in, or null where the letter does not tell it.
pub fn topic_id_document(topic_id: Option<TopicId>) -> JsonDocument {
    topic_id.map_or(JsonDocument::Null, |topic_id| topic_id.to_string().into())
}

fn document(config: &Config, found: &Found, rows: &[Row<'_>], beginnings: &Beginnings) -> JsonDocument {
    let instant = |at: Option<EventTime>| instants::document(at, &config.zone);
    let summary = most_frequent_first(found).into_iter().map(|(detail, tally)| {
        JsonDocument::object([
            ("reason", detail.reason().as_str().into()),
            ("detail", detail.as_str().into()),
            ("advice", detail.advice().into()),
            ("records", tally.letters.into()),
            ("usable", tally.usable.into()),
            ("first", instant(tally.first)),
            ("last", instant(tally.last)),
        ])
    });
    let records = rows.iter().map(|row| {
        let mut members = vec![
            ("record", found.position(row.place).to_string().into()),
            ("topic_id", topic_id_document(found.topic_id(row.place))),
            ("published", instant(row.sketch.published)),
            ("first_seen", instant(Some(row.sketch.first_seen))),
            ("reason", row.sketch.detail.reason().as_str().into()),
            ("detail", row.sketch.detail.as_str().into()),
            ("value_bytes", row.sketch.value_bytes.into()),
            ("written", u64::from(row.sketch.written).into()),
            ("usable", row.sketch.prospect.is_usable().into()),
            ("prospect", row.sketch.prospect.as_str().into()),
        ];
        if let Some((key, value)) = beginnings.of(row) {
            members.extend([("key_begins", key.into()), ("value_begins", value.into())]);
        }
        JsonDocument::Object(members)
    });
    JsonDocument::object([
        ("schema", "ensilinja.dead-letters/1".into()),
        ("topic", config.kafka.topic.as_str().into()),
        ("dead_letter_topic", config.kafka.dead_letter_topic.as_str().into()),
        ("letters_read", found.read.into()),
        ("no_letters", found.others.into()),
        ("records", found.len().into()),
        ("summary", JsonDocument::list(summary)),
        ("listed", JsonDocument::list(records)),
        ("not_listed", (found.len() - rows.len() as u64).into()),
    ])
}
