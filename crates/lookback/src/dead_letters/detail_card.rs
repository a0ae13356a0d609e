//! The card of a dead letter: all that is known of one record that could not be used.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use ensilinja_config::Config;
use ensilinja_kafka::{DeadLetter, KeptBytes, KeptHeaders, RecordPosition, TopicId};
use ensilinja_model::EventTime;
use ensilinja_report::JsonDocument;
use ensilinja_wire::{ContentFact, Format};

use super::eligibility::{AffectedFigures, RedriveEligibility, RedriveJudge};
use super::found::{AddedDeadLetter, DeadLetterKey, DeadLetterSketch, FoundDeadLetters};
use super::instants;
use super::listing::topic_id_document;
use super::search::DeadLetterSearch;
use super::selection::DeadLetterSelection;
use crate::context::LookbackContext;
use crate::error::LookbackError;
use crate::printable_bytes::{hexadecimal, printable_bytes};

/// What a dead letter has of a key, a value or a header, and its size.
struct KeptPart {
    bytes: Option<Vec<u8>>,
    record_bytes: u64,
    is_whole: bool,
}

/// What a dead letter has of a record.
struct RecordCopy {
    key: KeptPart,
    value: KeptPart,
    /// Names and values; the size in bytes if the dead letter does not have all of them.
    headers: Result<Vec<(String, KeptPart)>, u64>,
    /// What the record would state if it were sent now.
    facts: Result<Vec<ContentFact>, RedriveEligibility>,
    /// The type that was probably meant, if it is misspelt.
    meant_type: Option<String>,
    /// The format that it seems to have, if its source has another.
    resembles: Option<Format>,
}

/// A dead letter to be shown.
pub struct DeadLetterCard<'a> {
    config: &'a Config,
    position: RecordPosition,
    sketch: DeadLetterSketch,
    topic_id: Option<TopicId>,
    /// The dead letters about records at the same position of earlier topics of the same name.
    older: u64,
    copy: RecordCopy,
    /// The figures that the record would change if it were sent now.
    affected: Option<AffectedFigures>,
    /// Show the key, the value and the headers.
    payload: bool,
}

/// Reads the dead letter about the record at a position.
///
/// # Errors
/// If there is no such dead letter, or the dead letters cannot be read.
pub fn dead_letter_card<'a>(
    position: &RecordPosition,
    payload: bool,
    context: &LookbackContext<'a>,
) -> Result<DeadLetterCard<'a>, LookbackError> {
    let (selection, judge) = (DeadLetterSelection::one(position), RedriveJudge::new(context));
    let search = DeadLetterSearch { context, selection: &selection, judge: &judge };
    let mut copies: BTreeMap<DeadLetterKey, RecordCopy> = BTreeMap::new();
    let found = search.run(&mut |letter, AddedDeadLetter { key, former_key, .. }| {
        if let Some(copy) = former_key.and_then(|former_key| copies.remove(&former_key)) {
            copies.insert(*key, copy);
        }
        if copies.get(key).is_none_or(|copy| copy.facts == Err(RedriveEligibility::NotWhole)) {
            copies.insert(*key, RecordCopy::of(letter, &judge, context.now));
        }
    })?;
    let Some((key, sketch)) = latest(&found) else {
        let topic = &context.config.kafka.dead_letter_topic;
        return Err(LookbackError::NotKnown(format!(
            "{topic} has no dead letter about {position}, among {}: the record was not rejected, or its dead letter has \
             expired; `ensilinja dlq list` lists them",
            found.read
        )));
    };
    let copy = copies.remove(&key).expect("each letter that was found has a copy");
    let affected = copy.facts.as_ref().ok().map(|facts| judge.affected_figures(facts));
    let (topic_id, older, position) = (found.topic_id(key), found.len() - 1, position.clone());
    Ok(DeadLetterCard { config: context.config, position, sketch, topic_id, older, copy, affected, payload })
}

/// The dead letter that was first seen last. There is more than one only if the topic was created again; then it is the
/// dead letter of the latest topic.
fn latest(found: &FoundDeadLetters) -> Option<(DeadLetterKey, DeadLetterSketch)> {
    let letters = found.letters().map(|(key, sketch)| (key, *sketch));
    letters.max_by_key(|(key, sketch)| (sketch.first_seen, *key))
}

impl KeptPart {
    fn of(kept: &KeptBytes<'_>) -> Self {
        let is_whole = matches!(kept, KeptBytes::Whole(_) | KeptBytes::Null);
        Self { bytes: kept.bytes().map(<[u8]>::to_vec), record_bytes: kept.record_bytes(), is_whole }
    }

    fn of_header(value: Option<&[u8]>) -> Self {
        Self::of(&value.map_or(KeptBytes::Null, KeptBytes::Whole))
    }

    /// Its size, how much of it is kept, and its contents if they are to be shown.
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
            Some(bytes) if shown => format!("{size}: {}", printable_bytes(bytes, usize::MAX)),
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

impl RecordCopy {
    fn of(letter: &DeadLetter<'_>, judge: &RedriveJudge, now: EventTime) -> Self {
        let headers = match letter.headers {
            KeptHeaders::Whole(headers) => {
                Ok(headers.iter().map(|(name, value)| ((*name).to_owned(), KeptPart::of_header(*value))).collect())
            }
            KeptHeaders::Size(bytes) => Err(bytes),
        };
        let (key, value) = (KeptPart::of(&letter.key), KeptPart::of(&letter.value));
        let (facts, meant_type) = (judge.facts(letter, now), judge.meant_type(letter, now));
        let resembles = judge.resembles(letter, now);
        Self { key, value, headers, facts, meant_type, resembles }
    }
}

impl DeadLetterCard<'_> {
    /// For people.
    #[must_use]
    pub fn text(&self) -> String {
        let Self { position, sketch, copy, payload, .. } = self;
        let detail = sketch.detail;
        let instant = |at: Option<EventTime>| instants::in_words(at, &self.config.zone);
        let mut text = format!("{position}\n");
        let mut say = |name: &str, what: &str| {
            let _ = writeln!(text, "  {name:<12}{what}");
        };
        say("rejected", &format!("{}: {}", detail.reason().as_str(), detail.as_str()));
        say("", detail.advice());
        if let Some(format) = self.copy.resembles {
            let it = format.as_str();
            say("", &format!("It looks like {it}: send it to a topic of a source with that format."));
        }
        if let Some(meant) = &copy.meant_type {
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
            let topics =
                format!("the topic was created again: {} of its name had a dead letter at this position", self.older);
            say("older", &topics);
        }
        say("now", &self.now_in_words());
        say("key", &copy.key.in_words(*payload));
        say("value", &copy.value.in_words(*payload));
        match &copy.headers {
            Err(bytes) => say("headers", &format!("about {bytes} bytes, of which none are kept")),
            Ok(headers) => {
                say("headers", &headers.len().to_string());
                for (name, part) in headers.iter().filter(|_| *payload) {
                    say("", &format!("{}  {}", printable_bytes(name.as_bytes(), usize::MAX), part.in_words(true)));
                }
            }
        }
        if !payload {
            text.push_str("--payload shows the key, the value and the headers; they contain personal data\n");
        }
        text
    }

    /// What the present configuration makes of the record.
    fn now_in_words(&self) -> String {
        match &self.copy.facts {
            Ok(facts) => {
                let which = match self.affected {
                    Some(AffectedFigures::Live) | None => "",
                    Some(AffectedFigures::PastOnly) => {
                        "; that is too long ago for live figures, so it changes only reports and replays"
                    }
                };
                let stated: Vec<String> = facts.iter().map(|fact| self.fact_in_words(fact)).collect();
                if stated.is_empty() {
                    "it can be sent, and helps to read other records".to_owned()
                } else {
                    format!("it can be sent: {}{which}", stated.join("; "))
                }
            }
            Err(RedriveEligibility::Rejected(detail)) if *detail == self.sketch.detail => {
                format!("it would be rejected again, as {}", detail.as_str())
            }
            Err(RedriveEligibility::Rejected(detail)) => {
                format!("it would be rejected again, as {}: {}", detail.as_str(), detail.advice())
            }
            Err(RedriveEligibility::StatesNothing) => {
                "it is not sent: it would be read, and states nothing, as records of a queue in `ignore` do".to_owned()
            }
            Err(RedriveEligibility::NotWhole) => "it cannot be sent: the dead letter is incomplete".to_owned(),
            Err(eligibility) => {
                let topics = self.config.topics_in_words();
                format!("it cannot be sent ({}): this configuration reads {topics}", eligibility.as_str())
            }
        }
    }

    fn fact_in_words(&self, fact: &ContentFact) -> String {
        let kind = fact.kind.map_or("a part of a stay", |kind| kind.as_str());
        let line = &self.config.lines[fact.line.as_usize()].id;
        format!("{kind} of the line {line} at {}", instants::in_words(Some(fact.at), &self.config.zone))
    }

    /// For programs.
    #[must_use]
    pub fn document(&self) -> JsonDocument {
        let Self { position, sketch, copy, payload, .. } = self;
        let detail = sketch.detail;
        let instant = |at: Option<EventTime>| instants::document(at, &self.config.zone);
        let headers = match &copy.headers {
            Err(_) => JsonDocument::Null,
            Ok(_) if !payload => JsonDocument::Null,
            Ok(headers) => JsonDocument::list(headers.iter().map(|(name, part)| {
                JsonDocument::object([("name", name.as_str().into()), ("value", part.document(true))])
            })),
        };
        // Most records state one fact; a platform's may state several.
        let event = copy.facts.as_ref().ok().and_then(|facts| facts.first()).map(|fact| {
            JsonDocument::object([
                ("type", fact.kind.map(|kind| kind.as_str().to_owned()).into()),
                ("line", self.config.lines[fact.line.as_usize()].id.as_str().into()),
                ("time", instant(Some(fact.at))),
            ])
        });
        JsonDocument::object([
            ("schema", "ensilinja.dead-letter/1".into()),
            ("record", position.to_string().into()),
            ("topic_id", topic_id_document(self.topic_id)),
            ("older_topics", self.older.into()),
            ("reason", detail.reason().as_str().into()),
            ("detail", detail.as_str().into()),
            ("advice", detail.advice().into()),
            ("meant_type", copy.meant_type.clone().into()),
            ("looks_like", copy.resembles.map(Format::as_str).into()),
            ("published", instant(sketch.published)),
            ("first_seen", instant(Some(sketch.first_seen))),
            ("written", u64::from(sketch.written).into()),
            ("usable", copy.facts.is_ok().into()),
            ("prospect", sketch.eligibility.as_str().into()),
            ("event", event.unwrap_or(JsonDocument::Null)),
            ("key", copy.key.document(*payload)),
            ("value", copy.value.document(*payload)),
            ("headers_count", copy.headers.as_ref().ok().map(|headers| headers.len() as u64).into()),
            ("headers", headers),
        ])
    }
}
