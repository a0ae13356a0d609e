//! `dlq show`: all that is known of one record that could not be used.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use ensilinja_kafka::{DeadLetter, KeptBytes, KeptHeaders, TopicId};
use ensilinja_model::{Event, EventTime};
use ensilinja_report::JsonDocument;

use super::found::{Found, Place, Search, Sketch};
use super::instants;
use super::list::topic_id_document;
use super::prospect::{Judge, Prospect, Use};
use super::readable::{hexadecimal, readable};
use super::selection::Selection;
use crate::cli::{ListingFormat, ShowLetterArguments};
use crate::clock;
use crate::progress::Progress;
use crate::standard_output::print;
use crate::stopping;
use ensilinja_config::Config;

/// What a letter has of a key, a value or a header, and how long that was.
struct Part {
    bytes: Option<Vec<u8>>,
    record_bytes: u64,
    is_whole: bool,
}

/// What a letter has of a record.
struct Copy {
    key: Part,
    value: Part,
    /// Names and values; how many bytes they took where the letter has not all of them.
    headers: Result<Vec<(String, Part)>, u64>,
    /// What it would be if it were sent now.
    event: Result<Event, Prospect>,
    /// The type that was probably meant, where it is misspelt.
    meant: Option<String>,
}

/// Shows a letter.
///
/// # Errors
/// If there is no such letter, or why letters cannot be read or nothing be printed.
pub fn show(arguments: &ShowLetterArguments, config: &Config) -> anyhow::Result<()> {
    let now = clock::wall()();
    let selection = Selection::one(&arguments.position);
    let judge = Judge::new(config, now)?;
    let progress = Progress::new(arguments.letters.quiet, &config.zone);
    let stop = stopping::on_signal()?;
    let search = Search { config, selection: &selection, judge: &judge, stop: &stop, progress: &progress };
    let mut copies: BTreeMap<Place, Copy> = BTreeMap::new();
    let found = search.run(now, &mut |letter, place, _| {
        if copies.get(&place).is_none_or(|copy| copy.event == Err(Prospect::NotWhole)) {
            copies.insert(place, Copy::of(letter, judge.event(letter, now), judge.meant_type(letter, now)));
        }
    })?;
    let Some((place, sketch)) = latest(&found) else { anyhow::bail!(no_letter(arguments, config, &found)) };
    let copy = copies.get(&place).expect("each place that was found has a copy");
    let (topic_id, older) = (found.topic_id(place), found.len() - 1);
    let card = Card { arguments, config, judge: &judge, sketch, topic_id, older, copy };
    print(&match arguments.listing.format {
        ListingFormat::Table => card.text(),
        ListingFormat::Json => card.document().to_json(),
    })
}

/// The letter that was first seen last. There is more than one only where the topic was made anew: then it is that of
/// the latest topic.
fn latest(found: &Found) -> Option<(Place, Sketch)> {
    let letters = found.letters().map(|(place, sketch)| (place, *sketch));
    letters.max_by_key(|(place, sketch)| (sketch.first_seen, *place))
}

fn no_letter(arguments: &ShowLetterArguments, config: &Config, found: &Found) -> String {
    let (position, letters) = (&arguments.position, &config.kafka.dead_letter_topic);
    format!(
        "{letters} has no letter about {position}, among {}: the record was not refused, or its letter was at the end of \
         its retention; `ensilinja dlq list` says which there are",
        found.read
    )
}

impl Part {
    fn of(kept: &KeptBytes<'_>) -> Self {
        let is_whole = matches!(kept, KeptBytes::Whole(_) | KeptBytes::Null);
        Self { bytes: kept.bytes().map(<[u8]>::to_vec), record_bytes: kept.record_bytes(), is_whole }
    }

    fn of_header(value: Option<&[u8]>) -> Self {
        Self::of(&value.map_or(KeptBytes::Null, KeptBytes::Whole))
    }

    /// How long it was, and how much of it there is; and what it says, if that is to be shown.
    fn in_words(&self, shown: bool) -> String {
        let size = match &self.bytes {
            None if self.is_whole => return "null".to_owned(),
            None => format!("{} bytes, of which none are kept", self.record_bytes),
            Some(bytes) if !self.is_whole => {
                format!("{} bytes or more, of which {} are kept", self.record_bytes, bytes.len())
            }
            Some(bytes) => format!("{} bytes", bytes.len()),
        };
        match &self.bytes {
            Some(bytes) if shown => format!("{size}: {}", readable(bytes, usize::MAX)),
            _ => size,
        }
    }

    fn document(&self, shown: bool) -> JsonDocument {
        let mut members = vec![
            ("is_null", (self.is_whole && self.bytes.is_none()).into()),
            ("bytes", self.record_bytes.into()),
            ("is_whole", self.is_whole.into()),
        ];
        if let Some(bytes) = self.bytes.as_ref().filter(|_| shown) {
            members.push(match std::str::from_utf8(bytes) {
                Ok(text) => ("text", text.into()),
                Err(_) => ("hexadecimal", hexadecimal(bytes).into()),
            });
        }
        JsonDocument::Object(members)
    }
}

impl Copy {
    fn of(letter: &DeadLetter<'_>, event: Result<Event, Prospect>, meant: Option<String>) -> Self {
        let headers = match letter.headers {
            KeptHeaders::Whole(headers) => {
                Ok(headers.iter().map(|(name, value)| ((*name).to_owned(), Part::of_header(*value))).collect())
            }
            KeptHeaders::Size(bytes) => Err(bytes),
        };
        Self { key: Part::of(&letter.key), value: Part::of(&letter.value), headers, event, meant }
    }
}

/// A letter that is to be shown.
struct Card<'a> {
    arguments: &'a ShowLetterArguments,
    config: &'a Config,
    judge: &'a Judge<'a>,
    sketch: Sketch,
    topic_id: Option<TopicId>,
    /// How many letters there are about records that lay at the same position of earlier topics of the same name.
    older: u64,
    copy: &'a Copy,
}

impl Card<'_> {
    fn text(&self) -> String {
        let Self { arguments, sketch, copy, .. } = self;
        let detail = sketch.detail;
        let instant = |at: Option<EventTime>| instants::in_words(at, &self.config.zone);
        let mut text = format!("{}\n", arguments.position);
        let mut say = |name: &str, what: &str| {
            let _ = writeln!(text, "  {name:<12}{what}");
        };
        say("refused", &format!("{}: {}", detail.reason().as_str(), detail.as_str()));
        say("", detail.advice());
        if let Some(meant) = &copy.meant {
            say("meant", &format!("probably {meant}"));
        }
        say("published", &instant(sketch.published));
        say("first seen", &instant(Some(sketch.first_seen)));
        say(
            "written",
            &match sketch.written {
                1 => "once".to_owned(),
                times => format!("{times} times: each process writes it, and a restart may"),
            },
        );
        if self.older > 0 {
            let topics = format!("the topic was made anew: {} of its name had a letter at this position", self.older);
            say("older", &topics);
        }
        say("now", &self.now_in_words());
        say("key", &copy.key.in_words(arguments.payload));
        say("value", &copy.value.in_words(arguments.payload));
        match &copy.headers {
            Err(bytes) => say("headers", &format!("about {bytes} bytes, of which none are kept")),
            Ok(headers) => {
                say("headers", &headers.len().to_string());
                for (name, part) in headers.iter().filter(|_| arguments.payload) {
                    say("", &format!("{}  {}", readable(name.as_bytes(), usize::MAX), part.in_words(true)));
                }
            }
        }
        if !arguments.payload {
            text.push_str("--payload shows the key, the value and the headers; they tell of a person\n");
        }
        text
    }

    /// What the present configuration makes of the record.
    fn now_in_words(&self) -> String {
        match &self.copy.event {
            Ok(event) => {
                let (kind, line) = (event.fact.kind().as_str(), &self.config.lines[event.line.as_usize()].id);
                let at = instants::in_words(event.at, &self.config.zone);
                let which = match self.use_of(event) {
                    Use::Live => "",
                    Use::PastOnly => "; that is too long ago for live figures, and changes reports and replays only",
                };
                format!("it can be sent: {kind} of the line {line} at {at}{which}")
            }
            Err(Prospect::Refused(detail)) if *detail == self.sketch.detail => {
                format!("it would be refused again, as {}", detail.as_str())
            }
            Err(Prospect::Refused(detail)) => {
                format!("it would be refused again, as {}: {}", detail.as_str(), detail.advice())
            }
            Err(Prospect::NotWhole) => "it cannot be sent: the letter has not all of it".to_owned(),
            Err(prospect) => {
                let topic = &self.config.kafka.topic;
                format!("it cannot be sent ({}): the topic of this configuration is {topic}", prospect.as_str())
            }
        }
    }

    fn use_of(&self, event: &Event) -> Use {
        if event.at < self.judge.live_since { Use::PastOnly } else { Use::Live }
    }

    fn document(&self) -> JsonDocument {
        let Self { arguments, sketch, copy, .. } = self;
        let detail = sketch.detail;
        let instant = |at: Option<EventTime>| instants::document(at, &self.config.zone);
        let headers = match &copy.headers {
            Err(_) => JsonDocument::Null,
            Ok(_) if !arguments.payload => JsonDocument::Null,
            Ok(headers) => JsonDocument::list(headers.iter().map(|(name, part)| {
                JsonDocument::object([("name", name.as_str().into()), ("value", part.document(true))])
            })),
        };
        let event = copy.event.as_ref().ok().map(|event| {
            JsonDocument::object([
                ("type", event.fact.kind().as_str().into()),
                ("line", self.config.lines[event.line.as_usize()].id.as_str().into()),
                ("time", instant(Some(event.at))),
            ])
        });
        JsonDocument::object([
            ("schema", "ensilinja.dead-letter/1".into()),
            ("record", arguments.position.to_string().into()),
            ("topic_id", topic_id_document(self.topic_id)),
            ("older_topics", self.older.into()),
            ("reason", detail.reason().as_str().into()),
            ("detail", detail.as_str().into()),
            ("advice", detail.advice().into()),
            ("meant_type", copy.meant.clone().into()),
            ("published", instant(sketch.published)),
            ("first_seen", instant(Some(sketch.first_seen))),
            ("written", u64::from(sketch.written).into()),
            ("usable", copy.event.is_ok().into()),
            ("prospect", sketch.prospect.as_str().into()),
            ("event", event.unwrap_or(JsonDocument::Null)),
            ("key", copy.key.document(arguments.payload)),
            ("value", copy.value.document(arguments.payload)),
            ("headers_count", copy.headers.as_ref().ok().map(|headers| headers.len() as u64).into()),
            ("headers", headers),
        ])
    }
}
