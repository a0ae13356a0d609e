//! Reads `[kafka]`: brokers, topics, and further properties of librdkafka, some of which may be secrets.

use std::collections::BTreeMap;
use std::ops::Range;

use ensilinja_model::is_printable;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::error::ConfigError;
use crate::kafka_settings::KafkaSettings;
use crate::outside::{KafkaRefusal, Outside};
use crate::secret::{SecretSource, is_path};
use crate::section::{Expected, Section};

/// Keys of `[kafka]`.
pub(crate) const KEYS: [&str; 5] = [BROKERS, TOPIC, DEAD_LETTERS, GROUP, PROPERTIES];

const BROKERS: &str = "brokers";
const TOPIC: &str = "topic";
const DEAD_LETTERS: &str = "dead_letters";
const GROUP: &str = "group";
const PROPERTIES: &str = "properties";

const BROKERS_EXPECTED: &str = "one or more host:port with commas between them, such as \"kafka-1:9092,kafka-2:9092\"";
const TOPIC_EXPECTED: &str = "a topic of 1 to 249 of a-z, A-Z, 0-9, dot, _ and -, such as \"ensilinja.events\"";
const GROUP_EXPECTED: &str = "a consumer group of 1 to 249 characters, such as \"ensilinja\"";
const TEXT_EXPECTED: &str = "it should be a text, a whole number, true or false";
const PROPERTIES_EXPECTED: &str = "a table of librdkafka's settings, such as [kafka.properties]";

/// Reads `[kafka]`.
pub(crate) fn read(section: &Section<'_>, outside: &dyn Outside) -> Result<KafkaSettings, ConfigError> {
    let topic_or =
        |key, otherwise: &str| section.optional(key, topic).map(|found| found.unwrap_or_else(|| otherwise.to_owned()));
    let mut settings = KafkaSettings {
        bootstrap_servers: section.required(BROKERS, BROKERS_EXPECTED, brokers)?,
        topic: topic_or(TOPIC, "ensilinja.events")?,
        dead_letter_topic: topic_or(DEAD_LETTERS, "ensilinja.dead-letters")?,
        group_id: section.optional(GROUP, group)?.unwrap_or_else(|| "ensilinja".to_owned()),
        properties: BTreeMap::new(),
        secret_files: Vec::new(),
    };
    if settings.topic == settings.dead_letter_topic {
        let key = if section.has(DEAD_LETTERS) { DEAD_LETTERS } else { TOPIC };
        return Err(section.refusal(key, "another topic: dead letters would be read as events"));
    }
    properties(section, &mut settings, outside)?;
    Ok(settings)
}

/// The brokers of a text, with commas between them. Each needs its port: a missing one would silently be 9092.
///
/// # Errors
/// What would be right instead.
pub fn parse_brokers(text: &str) -> Result<String, &'static str> {
    let brokers: Vec<&str> = text.split(',').map(str::trim).collect();
    let good = |broker: &&str| {
        broker.rsplit_once(':').is_some_and(|(host, port)| {
            !host.is_empty() && !host.contains(char::is_whitespace) && port.parse::<u16>().is_ok_and(|port| port > 0)
        })
    };
    if brokers.iter().all(good) { Ok(brokers.join(",")) } else { Err(BROKERS_EXPECTED) }
}

fn brokers(value: &DeValue<'_>) -> Result<String, Expected> {
    Ok(parse_brokers(value.as_str().ok_or(BROKERS_EXPECTED)?)?)
}

fn topic(value: &DeValue<'_>) -> Result<String, Expected> {
    value.as_str().filter(|text| is_topic(text)).map(str::to_owned).ok_or_else(|| TOPIC_EXPECTED.into())
}

/// Whether Kafka accepts a text as the name of a topic.
pub(crate) fn is_topic(text: &str) -> bool {
    (1..=249).contains(&text.len())
        && !matches!(text, "." | "..")
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte))
}

fn group(value: &DeValue<'_>) -> Result<String, Expected> {
    let legal = |text: &&str| (1..=249).contains(&text.len()) && text.chars().all(is_printable);
    value.as_str().filter(legal).map(str::to_owned).ok_or_else(|| GROUP_EXPECTED.into())
}

/// Reads `[kafka.properties]` and has the Kafka client check the settings. No message repeats a value, which may be a
/// secret.
fn properties(kafka: &Section<'_>, settings: &mut KafkaSettings, outside: &dyn Outside) -> Result<(), ConfigError> {
    let Some((place, value)) = kafka.entry(PROPERTIES) else { return Ok(()) };
    let DeValue::Table(table) = value.get_ref() else { return Err(kafka.refusal(PROPERTIES, PROPERTIES_EXPECTED)) };
    let mut places: BTreeMap<String, (String, Range<usize>)> = BTreeMap::new();
    let mut properties = Vec::new();
    flatten("", table, &mut properties);
    for (key, place, value) in properties {
        let (name, text) = match SecretSource::of(&key) {
            Some((name, source)) => {
                let where_it_is = value.as_str().ok_or_else(|| refused(kafka, &key, &place, source.expected()))?;
                let (text, file) =
                    source.read(name, where_it_is, outside).map_err(|advice| refused(kafka, &key, &place, &advice))?;
                settings.secret_files.extend(file);
                (name.to_owned(), text)
            }
            None => (key.clone(), written(value).ok_or_else(|| refused(kafka, &key, &place, TEXT_EXPECTED))?),
        };
        if let Some((other, _)) = places.get(&name) {
            return Err(refused(
                kafka,
                &key,
                &place,
                &format!("{PROPERTIES}.{other} sets it already: keep one of them"),
            ));
        }
        settings.properties.insert(name.clone(), text);
        places.insert(name, (key, place));
    }
    if settings.properties.is_empty() {
        return Ok(());
    }
    outside.check_kafka(settings).map_err(|refusal| refused_by_client(kafka, &place, &places, refusal))
}

/// What the Kafka client refuses, at the property that it names.
fn refused_by_client(
    kafka: &Section<'_>,
    place: &Range<usize>,
    places: &BTreeMap<String, (String, Range<usize>)>,
    refusal: KafkaRefusal,
) -> ConfigError {
    let refuse = |name: &str, advice: &str| {
        let (key, place) = places.get(name).map_or((name, place), |(key, place)| (key.as_str(), place));
        refused(kafka, key, place, advice)
    };
    match refusal {
        KafkaRefusal::Owned { name, instead } => {
            let advice = match name.as_str() {
                "bootstrap.servers" | "metadata.broker.list" => "leave it out: kafka.brokers sets it",
                "group.id" => "leave it out: kafka.group sets it",
                _ => &instead,
            };
            refuse(&name, advice)
        }
        KafkaRefusal::Property { name, reason } => refuse(&name, &format!("librdkafka refuses it: {reason}")),
        KafkaRefusal::Path { name, path, reason } => {
            let named = if is_path(&path) { path } else { "the file".to_owned() };
            let advice =
                format!("{named} cannot be read: {reason}; name a file that is there and that this user may read");
            refuse(&name, &advice)
        }
        KafkaRefusal::Together(reason) => {
            kafka.refusal_at(place, PROPERTIES, "not usable", format!("the settings should go together: {reason}"))
        }
    }
}

/// A value as librdkafka takes it: a text.
fn written(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.clone().into_owned()),
        DeValue::Integer(integer) if integer.radix() == 10 => Some(integer.as_str().to_owned()),
        DeValue::Boolean(flag) => Some(flag.to_string()),
        _ => None,
    }
}

fn refused(kafka: &Section<'_>, property: &str, place: &Range<usize>, advice: &str) -> ConfigError {
    kafka.refusal_at(place, &format!("{PROPERTIES}.{property}"), "set", advice.to_owned())
}

/// The settings of a table under their dotted names. `sasl.username = "x"` is a table within a table to TOML and the
/// setting `sasl.username` to librdkafka, so that its names need no quotes.
fn flatten<'a>(prefix: &str, table: &'a DeTable<'a>, settings: &mut Vec<(String, Range<usize>, &'a DeValue<'a>)>) {
    for (key, value) in table {
        let name = format!("{prefix}{}", key.get_ref());
        match value.get_ref() {
            DeValue::Table(inner) => flatten(&format!("{name}."), inner, settings),
            other => settings.push((name, Spanned::span(key), other)),
        }
    }
}
