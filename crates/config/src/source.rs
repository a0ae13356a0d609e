//! `[[source]]`: where records come from, in which format, and how their words are understood.
//!
//! Without any, `[kafka] topic` is the one source, of `CloudEvents`.

mod amazon_connect;
mod asterisk;
mod formats;
mod freeswitch_callcenter;
mod generic_json;
mod genesys_cloud;
#[cfg(test)]
mod page;
mod tables;
mod twilio_taskrouter;

use std::collections::BTreeMap;

use ensilinja_model::CloseResult;
use ensilinja_wire::{Format, Mapping, WaitFrom};
use toml::Spanned;
use toml::de::DeValue;

use crate::error::ConfigError;
use crate::kafka_section::is_topic;
use crate::line::Line;
use crate::section::{Expected, Section};
use crate::value::{flag, time_zone, word};

/// One source of records.
#[derive(Clone, Debug)]
pub struct Source {
    /// Its name, for messages and `--source`.
    pub name: String,
    /// The topics that hold its records. One that begins with `^` is a regular expression for several.
    pub topics: Vec<String>,
    /// Its records only repair what another source has told before: figures do not wait for them.
    pub repairs_only: bool,
    /// How its records are understood.
    pub mapping: Mapping,
}

impl Source {
    /// The topic with this project's own events.
    pub(crate) fn of_cloud_events(topic: &str) -> Self {
        Self {
            name: Format::CloudEvents.as_str().to_owned(),
            topics: vec![topic.to_owned()],
            repairs_only: false,
            mapping: Mapping::of(Format::CloudEvents),
        }
    }
}

/// The most sources that a configuration may have.
const MOST_SOURCES: usize = 50;

/// The name of the list in the document.
pub(crate) const SOURCE: &str = "source";

const NAME: &str = "name";
const TOPICS: &str = "topics";
const FORMAT: &str = "format";
const TIME_ZONE: &str = "time_zone";
const WAIT_FROM: &str = "wait_from";
const REPAIRS_ONLY: &str = "repairs_only";
const REMOVED_CALLBACK: &str = "removed_callback";

const SOURCES_EXPECTED: &str = "a list of [[source]] tables, each with topics and format";
const NAME_EXPECTED: &str = "1 to 40 of a-z, 0-9, _ and -, such as \"telephony\"";
const TOPICS_EXPECTED: &str =
    "a list of one topic or more, such as [\"asterisk.queue_log\"]; one that begins with ^ is a pattern for several";

/// Reads every `[[source]]` of the document; with the events of `[kafka]` first, if its topic is given or there is no
/// other source.
pub(crate) fn read_all(
    root: &Section<'_>,
    events_topic: &str,
    dead_letters: &str,
    lines: &[Line],
) -> Result<Vec<Source>, ConfigError> {
    let tables = root.optional(SOURCE, |value| match value {
        DeValue::Array(tables) if (1..=MOST_SOURCES).contains(&tables.len()) => Ok(tables),
        DeValue::Array(tables) if !tables.is_empty() => Err(format!("at most {MOST_SOURCES} [[source]] tables").into()),
        _ => Err(SOURCES_EXPECTED.into()),
    })?;
    let mut sources = Vec::new();
    if tables.is_none() || root.has("kafka.topic") {
        sources.push(Source::of_cloud_events(events_topic));
    }
    let mut claims = Claims::new(dead_letters, &sources);
    for (index, value) in tables.into_iter().flatten().enumerate() {
        let section = open(root, index, value)?;
        let source = read(&section, lines)?;
        claims.add(&section, &source)?;
        sources.push(source);
    }
    separate_calls(&mut sources);
    Ok(sources)
}

/// Keeps the calls of several telephone systems apart, whose ids may be equal: each source that is joined to stays has
/// calls of its own. One that only repairs has those of the source that it repairs: the one before it in the file, or
/// else the first.
fn separate_calls(sources: &mut [Source]) {
    let mut scope = None;
    let joined = sources.iter_mut().filter(|source| source.mapping.format.is_joined_to_stays());
    let mut is_first = true;
    for source in joined {
        if !source.repairs_only {
            scope = (!is_first).then(|| source.name.clone());
            is_first = false;
        }
        source.mapping.call_scope.clone_from(&scope);
    }
}

/// Opens a source under its name, or under its number, from 1, if it has no valid name.
fn open<'a>(root: &Section<'a>, index: usize, value: &'a Spanned<DeValue<'a>>) -> Result<Section<'a>, ConfigError> {
    let member = |key| match value.get_ref() {
        DeValue::Table(table) => table.get(key).and_then(|value| value.get_ref().as_str()),
        _ => None,
    };
    let name = member(NAME).filter(|name| is_name(name)).map(|name| format!("source[{name}]"));
    let path = name.unwrap_or_else(|| format!("source[#{}]", index + 1));
    let format = member(FORMAT).and_then(Format::from_name);
    let own = [NAME, TOPICS, FORMAT, REPAIRS_ONLY];
    let keys = match format {
        Some(Format::CloudEvents) => own.to_vec(),
        Some(format) => [own.as_slice(), &keys_of(format), formats::keys(format)].concat(),
        // If the format is wrong, that is what should be said.
        None => [own.as_slice(), &[TIME_ZONE, WAIT_FROM, REMOVED_CALLBACK], &tables::KEYS].concat(),
    };
    root.item(&path, value, &keys).unwrap_or_else(|| Err(root.refusal(SOURCE, SOURCES_EXPECTED)))
}

/// The keys that have an effect on a platform's format.
fn keys_of(format: Format) -> Vec<&'static str> {
    use Format::{AmazonConnect, GenesysCloud, Json, TwilioTaskrouter};
    let of_some = [
        (tables::ENTRIES, matches!(format, AmazonConnect | GenesysCloud)),
        (tables::CODES, matches!(format, GenesysCloud | Json | TwilioTaskrouter)),
        (REMOVED_CALLBACK, matches!(format, AmazonConnect | GenesysCloud | Json | TwilioTaskrouter)),
    ];
    let of_all = [TIME_ZONE, WAIT_FROM, tables::QUEUES, tables::IGNORE, tables::EXITS];
    of_all.into_iter().chain(of_some.into_iter().filter(|(_, has)| *has).map(|(key, _)| key)).collect()
}

fn read(section: &Section<'_>, lines: &[Line]) -> Result<Source, ConfigError> {
    let format = section.required(FORMAT, "the format of the records, such as \"cloudevents\"", |value| {
        word(value, Format::ALL, Format::as_str)
    })?;
    let name = section.optional(NAME, name)?.unwrap_or_else(|| format.as_str().to_owned());
    let topics = topics(section)?;
    let repairs_only = section.optional(REPAIRS_ONLY, flag)?.unwrap_or(false);
    let mut mapping = Mapping::of(format);
    if format != Format::CloudEvents {
        tables::read(section, lines, &mut mapping)?;
        mapping.zone = section.optional(TIME_ZONE, time_zone)?;
        mapping.wait_from = section
            .optional(WAIT_FROM, |value| word(value, WaitFrom::ALL, WaitFrom::as_str))?
            .unwrap_or(mapping.wait_from);
        mapping.removed_callback = removed_callback(section, &mapping, lines)?;
        mapping.rules = formats::read(section, format, mapping.wait_from, lines)?;
    }
    Ok(Source { name, topics, repairs_only, mapping })
}

fn topics(section: &Section<'_>) -> Result<Vec<String>, ConfigError> {
    let listed = section.required(TOPICS, TOPICS_EXPECTED, |value| match value {
        DeValue::Array(items) if !items.is_empty() => Ok(items),
        _ => Err(TOPICS_EXPECTED.into()),
    })?;
    let mut topics = Vec::with_capacity(listed.len());
    for item in listed {
        let topic = item.get_ref().as_str().filter(|topic| is_topic(topic) || is_pattern(topic));
        let topic = topic.ok_or_else(|| {
            section.refusal_of_item(TOPICS, item, "a topic, or a regular expression that begins with ^")
        })?;
        topics.push(topic.to_owned());
    }
    Ok(topics)
}

/// What it means that a callback was removed. Neither answer is harmless, so a source that can say so must say which.
fn removed_callback(
    section: &Section<'_>,
    mapping: &Mapping,
    lines: &[Line],
) -> Result<Option<CloseResult>, ConfigError> {
    const MEANINGS: [CloseResult; 3] = [CloseResult::Purged, CloseResult::Cancelled, CloseResult::Expired];
    let meaning = section.optional(REMOVED_CALLBACK, |value| word(value, &MEANINGS, CloseResult::as_str))?;
    let can_tell = matches!(mapping.format, Format::AmazonConnect | Format::GenesysCloud | Format::TwilioTaskrouter);
    let promises = tables::lines_of(mapping)
        .into_iter()
        .map(|line| &lines[line.as_usize()])
        .find(|line| line.effective_limits.iter().any(|era| era.limits.promises.callback.is_some()));
    match promises {
        Some(line) if can_tell && meaning.is_none() => Err(section.refusal(
            REMOVED_CALLBACK,
            format!(
                "\"purged\", \"cancelled\" or \"expired\": line {} promises callbacks, and this format does not say why \
                 one was removed",
                line.id
            ),
        )),
        _ => Ok(meaning),
    }
}

/// The topics and names that are taken.
struct Claims {
    topics: BTreeMap<String, String>,
    names: Vec<String>,
    dead_letters: String,
}

impl Claims {
    fn new(dead_letters: &str, sources: &[Source]) -> Self {
        let topics =
            sources.iter().flat_map(|source| source.topics.iter().map(|topic| (topic.clone(), source.name.clone())));
        let names = sources.iter().map(|source| source.name.clone()).collect();
        Self { topics: topics.collect(), names, dead_letters: dead_letters.to_owned() }
    }

    fn add(&mut self, section: &Section<'_>, source: &Source) -> Result<(), ConfigError> {
        if self.names.contains(&source.name) {
            return Err(section.refusal(NAME, format!("a name of its own: another source is called {}", source.name)));
        }
        for topic in &source.topics {
            if *topic == self.dead_letters {
                return Err(section.refusal(TOPICS, "other topics: this one has the dead letters"));
            }
            if let Some(other) = self.topics.insert(topic.clone(), source.name.clone()) {
                return Err(section.refusal(TOPICS, format!("topics of its own: source {other} reads {topic} too")));
            }
        }
        self.names.push(source.name.clone());
        Ok(())
    }
}

fn is_name(text: &str) -> bool {
    (1..=40).contains(&text.len()) && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-'))
}

fn name(value: &DeValue<'_>) -> Result<String, Expected> {
    value.as_str().filter(|text| is_name(text)).map(str::to_owned).ok_or_else(|| NAME_EXPECTED.into())
}

/// Whether a text is a pattern for topics: a regular expression that begins with `^`.
fn is_pattern(text: &str) -> bool {
    let is_text = (2..=249).contains(&text.len()) && text.chars().all(ensilinja_model::is_printable);
    text.starts_with('^') && is_text && regex_lite::Regex::new(text).is_ok()
}

#[cfg(test)]
mod tests {
    use ensilinja_model::LineIndex;
    use ensilinja_wire::{ExitMeaning, QueueTarget};

    use super::*;
    use crate::outside::NothingOutside;
    use crate::{SAMPLE, parse};

    const TELEPHONY: &str = r#"
[[source]]
name = "telephony"
topics = ["asterisk.queue_log", "^pbx-.*"]
format = "asterisk_queue_log"
time_zone = "Europe/Helsinki"
ignore = ["agent-*"]
[source.queues]
"5000" = "neuvola"
"agent-7" = "mipa_chat"
"*" = "mipa_chat"
[source.exits]
timeout = "timed_out"
[source.exits.mipa_chat]
"key.1" = "callback_requested"
"#;

    fn sources(added: &str) -> Result<Vec<Source>, String> {
        let text = SAMPLE.replace("topic = \"ensilinja.events\"\n", "") + added;
        parse("e.toml", &text, &NothingOutside).map(|config| config.sources).map_err(|error| error.to_string())
    }

    fn refusal_of(edit: impl Fn(&str) -> String) -> String {
        sources(&edit(TELEPHONY)).unwrap_err()
    }

    #[test]
    fn the_topic_of_kafka_is_a_source_of_cloud_events_unless_only_others_are_given() {
        let names = |sources: &[Source]| sources.iter().map(|source| source.name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&sources("").unwrap()), ["cloudevents"]);
        assert_eq!(sources("").unwrap()[0].topics, ["ensilinja.events"]);
        assert_eq!(names(&sources(TELEPHONY).unwrap()), ["telephony"]);
        let both = parse("e.toml", &(SAMPLE.to_owned() + TELEPHONY), &NothingOutside).unwrap();
        assert_eq!(names(&both.sources), ["cloudevents", "telephony"]);
    }

    #[test]
    fn queues_and_exits_lead_to_lines() {
        let [source] = <[Source; 1]>::try_from(sources(TELEPHONY).unwrap()).unwrap();
        let Mapping { queues, exits, .. } = &source.mapping;
        let config = parse("e.toml", SAMPLE, &NothingOutside).unwrap();
        let line = |id: &str| {
            let place = config.lines.iter().position(|line| line.id.as_str() == id).unwrap();
            LineIndex::new(u16::try_from(place).unwrap())
        };
        let target = |queue| queues.find(queue).map(|(target, key)| (*target, key.to_owned()));
        assert_eq!(target("5000"), Some((QueueTarget::Line(line("neuvola")), "5000".to_owned())));
        assert_eq!(target("agent-7"), Some((QueueTarget::Line(line("mipa_chat")), "agent-7".to_owned())));
        assert_eq!(target("agent-8"), Some((QueueTarget::Ignored, "agent-*".to_owned())));
        assert_eq!(target("5001"), Some((QueueTarget::Line(line("mipa_chat")), "*".to_owned())));
        let exit = |line, exit| exits.find(line, exit).map(|(meaning, _)| meaning);
        assert_eq!(exit(line("neuvola"), "timeout"), Some(ExitMeaning::TimedOut));
        assert_eq!(exit(line("neuvola"), "key.1"), None);
        assert_eq!(exit(line("mipa_chat"), "key.1"), Some(ExitMeaning::CallbackRequested));
    }

    #[test]
    fn a_wait_begins_in_the_queue_unless_the_source_says_at_the_arrival() {
        for format in Format::ALL.iter().filter(|format| !matches!(format, Format::CloudEvents | Format::Json)) {
            let source = |keys: &str| {
                let name = format.as_str();
                format!(
                    "[[source]]\ntopics = [\"a\"]\nformat = \"{name}\"\n{keys}[source.queues]\n\"q\" = \"neuvola\"\n"
                )
            };
            let wait_from = |keys: &str| sources(&source(keys)).map(|sources| sources[0].mapping.wait_from);
            let removed =
                if keys_of(*format).contains(&REMOVED_CALLBACK) { "removed_callback = \"purged\"\n" } else { "" };
            for (keys, expected) in [
                ("", WaitFrom::Queue),
                ("wait_from = \"queue\"\n", WaitFrom::Queue),
                ("wait_from = \"arrival\"\n", WaitFrom::Arrival),
            ] {
                assert_eq!(wait_from(&(removed.to_owned() + keys)), Ok(expected), "{format:?} {keys}");
            }
            let refusal = wait_from(&(removed.to_owned() + "wait_from = \"menu\"\n")).unwrap_err();
            assert!(
                refusal.ends_with("wait_from is \"menu\"; it should be one of \"arrival\", \"queue\""),
                "{refusal}"
            );
        }
        let events = "[[source]]\ntopics = [\"a\"]\nformat = \"cloudevents\"\nwait_from = \"queue\"\n";
        let refusal = sources(events).unwrap_err();
        assert!(refusal.contains("wait_from is unknown"), "events have arrivals of their own: {refusal}");
    }

    #[test]
    fn what_is_wrong_is_said_in_one_line_with_its_place() {
        for (from, to, expected) in [
            ("asterisk_queue_log\"", "queue_log\"", "format is \"queue_log\"; it should be one of \"cloudevents\","),
            ("\"5000\" = \"neuvola\"", "\"5000\" = \"nuevola\"", "did you mean neuvola?"),
            ("\"5000\" = ", "\"\" = ", "queues.\"\" is a key"),
            ("ignore = [\"agent-*\"]", "ignore = [\"5000\"]", "a queue that `queues` does not map"),
            ("\"timed_out\"", "\"lost\"", "exits.\"timeout\" is \"lost\"; it should be one of \"abandoned\","),
            ("exits.mipa_chat]", "exits.mipa_chatt]", "did you mean mipa_chat?"),
            (
                "timeout =",
                "timeot =",
                "exits.\"timeot\" is a key; it should be an exit of asterisk_queue_log, or \"key.\"",
            ),
            ("\"key.1\" =", "\"key1\" =", "is a key; it should be an exit of asterisk_queue_log"),
            ("timeout =", "key.1 =", "exits.\"key\" is a key; it should be in quotes with its digit"),
            ("ignore =", "codes.x = \"handled\"\nignore =", "codes is unknown"),
            ("\"^pbx-.*\"", "\"a b\"", "topics is \"a b\"; it should be a topic, or a regular"),
            ("\"^pbx-.*\"", "\"^pbx-(\"", "topics is \"^pbx-(\"; it should be a topic, or a regular expression"),
            ("\"^pbx-.*\"", "\"ensilinja.dead-letters\"", "this one has the dead letters"),
            ("Europe/Helsinki", "Helsinki", "time_zone is \"Helsinki\""),
            ("name = \"telephony\"", "name = \"Tele phony\"", "source[#1].name is \"Tele phony\""),
            ("ignore =", "ignored =", "did you mean ignore?"),
            (
                "[\"asterisk.queue_log\", \"^pbx-.*\"]",
                "[]",
                "topics is an empty list; it should be a list of one topic or more",
            ),
            ("key.1\" =", "key.abc\" =", "it should be an exit of asterisk_queue_log, or \"key.\" and a digit"),
        ] {
            let refusal = refusal_of(|text| text.replace(from, to));
            assert!(refusal.contains(expected), "{refusal}");
            assert!(refusal.starts_with("e.toml:"), "{refusal}");
        }
        let twice = sources(&(TELEPHONY.to_owned() + TELEPHONY)).unwrap_err();
        assert!(twice.contains("a name of its own"), "{twice}");
        let claimed = sources(&(TELEPHONY.to_owned() + &TELEPHONY.replace("\"telephony\"", "\"other\""))).unwrap_err();
        assert!(claimed.contains("source telephony reads asterisk.queue_log too"), "{claimed}");
    }

    #[test]
    fn a_dialled_number_is_a_number_or_a_pattern_or_an_address() {
        let with = |number: &str| {
            sources(&format!(
                "[[source]]\ntopics = [\"a\"]\nformat = \"genesys_cloud\"\nremoved_callback = \"purged\"\n\
                 [source.entries]\n\"{number}\" = \"mipa\"\n"
            ))
        };
        for number in ["+358 10 000 0001", "tel:+358-100000001", "116117", "+35810*", "*", "sip:palvelu@example.org"] {
            assert!(with(number).is_ok(), "{number}");
        }
        for number in ["abc", "tel:", "-"] {
            let refusal = with(number).unwrap_err();
            assert!(
                refusal.contains("is a key; it should be a dialled number, such as \"+358100000001\""),
                "{refusal}"
            );
        }
    }

    #[test]
    fn calls_of_several_systems_are_kept_apart_and_a_source_that_repairs_has_those_that_it_repairs() {
        let source = |name: &str, format: &str, more: &str| {
            format!(
                "[[source]]\nname = \"{name}\"\ntopics = [\"{name}\"]\nformat = \"{format}\"\n{more}\n\
                 [source.queues]\n\"5000\" = \"neuvola\"\n"
            )
        };
        let (log, ami) = ("asterisk_queue_log", "asterisk_ami");
        let found = sources(
            &[
                source("late", log, "repairs_only = true"),
                source("one", log, ""),
                source("table", log, "repairs_only = true"),
                source("switch", "freeswitch_callcenter", ""),
                source("two", ami, ""),
                source("again", ami, "repairs_only = true"),
            ]
            .concat(),
        );
        let scopes: Vec<_> = found.unwrap().into_iter().map(|source| source.mapping.call_scope).collect();
        let two = Some("two".to_owned());
        assert_eq!(scopes, [None, None, None, None, two.clone(), two]);
    }

    #[test]
    fn a_platform_that_cannot_say_why_a_callback_was_removed_needs_an_answer_where_callbacks_are_promised() {
        let amazon = |line: &str, rest: &str| {
            format!(
                "[[source]]\ntopics = [\"a\"]\nformat = \"amazon_connect\"\n{rest}\n[source.queues]\n\"q\" = \"{line}\"\n"
            )
        };
        let config = parse("e.toml", SAMPLE, &NothingOutside).unwrap();
        let promises = |line: &&Line| line.effective_limits.iter().any(|era| era.limits.promises.callback.is_some());
        let with = config.lines.iter().find(promises).unwrap().id.as_str();
        let without = config.lines.iter().find(|line| !promises(line)).unwrap().id.as_str();
        let refusal = sources(&amazon(with, "")).unwrap_err();
        assert!(refusal.contains("removed_callback is missing; it should be \"purged\""), "{refusal}");
        assert!(sources(&amazon(with, "removed_callback = \"purged\"")).is_ok());
        assert!(sources(&amazon(without, "")).is_ok());
    }
}
