//! Inspects brokers and topics for `check`: plain answers, of which only the settings of topics are judged.
//!
//! The inspection writes nothing, commits nothing and joins no group. Whether this user may write a dead letter or
//! commit an offset is not tried: the brokers are asked for its rights.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ensilinja_model::EventTime;
use rdkafka::admin::AdminClient;
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};

use crate::broker_queries::{ANSWER_TIMEOUT, BrokerQueries, QueryError};
use crate::client_log::ClientLog;
use crate::diagnostics::broker_failure::BrokerFailure;
use crate::diagnostics::group_inspection::{GroupInspection, inspect_groups};
use crate::diagnostics::inspection_failure::InspectionFailure;
use crate::diagnostics::rights::{self, InspectedRight, NeededRight};
use crate::diagnostics::topic_rules::{self, PastRetention, WrongSetting};
use crate::diagnostics::topic_settings;
use crate::recent_errors::collect_errors;
use crate::settings::{Settings, SettingsError};
use crate::topic_choice::{ChosenPartition, ChosenTopic, PatternFault, TopicChoice, TopicChooser};

/// A transaction that stays open for this long is reported.
const TRANSACTION_WITHIN: Duration = Duration::from_secs(3);

/// The result of an inspection.
#[derive(Clone, Debug)]
pub struct Inspection {
    /// The brokers of the settings first, then those that they have named.
    pub brokers: Vec<BrokerInspection>,
    /// The topics of the events, in the order of the settings; those that a pattern claims by name.
    pub topics: Vec<InspectedTopic>,
    /// The dead-letter topic; `None` if the process writes no dead letters.
    pub dead_letters: Option<InspectedDeadLetters>,
    /// The consumer groups, in the order of the question.
    pub groups: Vec<GroupInspection>,
}

/// A topic of events that was inspected.
#[derive(Clone, Debug)]
pub struct InspectedTopic {
    /// Its name; the pattern itself where no topic matches it.
    pub name: String,
    /// The choice that claims it.
    pub choice: TopicChoice,
    /// What the brokers say of it.
    pub seen: Result<TopicInspection, InspectionFailure>,
    /// The rights of this user on it; empty if it was not found.
    pub rights: Vec<InspectedRight>,
}

/// The dead-letter topic, inspected.
#[derive(Clone, Debug)]
pub struct InspectedDeadLetters {
    /// What the brokers say of it.
    pub seen: Result<TopicInspection, InspectionFailure>,
    /// The rights of this user on it; empty if it was not found.
    pub rights: Vec<InspectedRight>,
}

/// An inspected broker.
#[derive(Clone, Debug)]
pub struct BrokerInspection {
    /// Its `host:port`.
    pub address: String,
    /// Where the address comes from.
    pub source: BrokerSource,
    /// How many brokers it knows, or why it has not answered.
    pub answer: Result<usize, BrokerFailure>,
}

/// Where the address of a broker comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BrokerSource {
    /// The settings.
    Settings,
    /// Other brokers: the address that they give to clients.
    Brokers,
}

/// An inspected topic.
#[derive(Clone, Debug)]
pub struct TopicInspection {
    /// Its partitions, by number.
    pub partitions: Vec<PartitionInspection>,
    /// Its wrong settings, or why the brokers do not describe them.
    pub wrong_settings: Result<Vec<WrongSetting>, String>,
}

/// An inspected partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartitionInspection {
    /// The first offset of its log.
    pub begin: i64,
    /// Where its readable records end: the offset of the next record, or of the first record of an open transaction.
    pub end: i64,
    /// Where its log ends, open transactions and the records after them included.
    pub log_end: i64,
    /// Whether it has a leader. Without one it can be neither read nor written.
    pub has_leader: bool,
    /// How many replicas it has.
    pub replicas: usize,
    /// How many of them are in sync.
    pub in_sync: usize,
}

/// Inspects brokers, topics and consumer groups, within about half a minute whatever is wrong. Figures need the last
/// `horizon_ms` of the event topics.
///
/// # Errors
/// If the settings are wrong.
pub fn inspect(settings: &Settings, groups: &[String], horizon_ms: i64) -> Result<Inspection, SettingsError> {
    settings.check()?;
    let chooser = settings.chooser()?;
    let writes = settings.writes_dead_letters;
    let brokers = brokers(settings);
    if brokers.iter().all(|broker| broker.answer.is_err()) {
        let topics = settings.topics.iter().map(|choice| unseen(choice, &choice.name, InspectionFailure::NotTried));
        let seen = Err(InspectionFailure::NotTried);
        return Ok(Inspection {
            brokers,
            topics: topics.collect(),
            dead_letters: writes.then_some(InspectedDeadLetters { seen, rights: Vec::new() }),
            groups: groups.iter().map(|group| GroupInspection::not_tried(group)).collect(),
        });
    }
    let (mut topics, found) = topics(settings, &chooser, horizon_ms);
    let mut dead_letters = writes.then(|| {
        let name = &settings.dead_letter_topic;
        let seen = topic(settings, name, &|value| topic_rules::of_dead_letters(name, value));
        InspectedDeadLetters { seen, rights: Vec::new() }
    });
    add_rights(settings, &mut topics, dead_letters.as_mut());
    let groups = inspect_groups(settings, groups, &found);
    Ok(Inspection { brokers, topics, dead_letters, groups })
}

/// Asks for the rights on all topics that exist, as far as this user may know.
fn add_rights(settings: &Settings, topics: &mut [InspectedTopic], dead_letters: Option<&mut InspectedDeadLetters>) {
    let exists =
        |seen: &Result<TopicInspection, InspectionFailure>| matches!(seen, Ok(_) | Err(InspectionFailure::Refused(_)));
    let mut asked: Vec<(&str, &[NeededRight], &mut Vec<InspectedRight>)> = Vec::new();
    for topic in topics.iter_mut().filter(|topic| exists(&topic.seen)) {
        asked.push((&topic.name, rights::ON_EVENTS, &mut topic.rights));
    }
    if let Some(topic) = dead_letters.filter(|topic| exists(&topic.seen)) {
        asked.push((&settings.dead_letter_topic, rights::ON_DEAD_LETTERS, &mut topic.rights));
    }
    let names: Vec<&str> = asked.iter().map(|(name, ..)| *name).collect();
    let made: Result<BaseConsumer<ClientLog>, _> =
        settings.query_client().create_with_context(ClientLog::quiet("inspection"));
    let answers = made
        .map_err(QueryError::Broker)
        .and_then(|consumer| BrokerQueries { consumer: &consumer, timeout: ANSWER_TIMEOUT }.topic_operations(&names));
    let answers = answers.unwrap_or_else(|error| {
        let code = error.code().unwrap_or(RDKafkaErrorCode::Fail);
        vec![Err(code); names.len()]
    });
    for ((_, needed, place), answer) in asked.into_iter().zip(answers) {
        *place = rights::inspected(needed, answer);
    }
}

/// A topic of events that was not seen.
fn unseen(choice: &TopicChoice, name: &str, failure: InspectionFailure) -> InspectedTopic {
    InspectedTopic { name: name.to_owned(), choice: choice.clone(), seen: Err(failure), rights: Vec::new() }
}

/// The topics of events, and those of them that were seen with the number of their partitions.
fn topics(
    settings: &Settings,
    chooser: &TopicChooser,
    horizon_ms: i64,
) -> (Vec<InspectedTopic>, Vec<(Arc<ChosenTopic>, usize)>) {
    let (mut all, mut found) = (Vec::new(), Vec::new());
    let mut add = |all: &mut Vec<InspectedTopic>, chosen: &Arc<ChosenTopic>| {
        let ChosenTopic { name, choice } = chosen.as_ref();
        let seen = topic(settings, name, &|value| topic_rules::of_events(name, horizon_ms, value));
        found.extend(seen.as_ref().ok().map(|seen| (Arc::clone(chosen), seen.partitions.len())));
        all.push(InspectedTopic { name: name.clone(), choice: choice.clone(), seen, rights: Vec::new() });
    };
    chooser.named().iter().for_each(|chosen| add(&mut all, chosen));
    if chooser.has_patterns() {
        match existing(settings) {
            Ok(names) => {
                let matches = chooser.matching(names.iter().map(String::as_str));
                matches.topics.iter().for_each(|chosen| add(&mut all, chosen));
                all.extend(matches.faults.into_iter().map(|(choice, fault)| match fault {
                    PatternFault::NoMatch(pattern) => unseen(&choice, &pattern, InspectionFailure::NoMatch),
                    PatternFault::Both { topic, one, other } => {
                        unseen(&choice, &topic, InspectionFailure::TwoPatterns { one, other })
                    }
                }));
            }
            Err(failure) => {
                let patterns = settings.topics.iter().filter(|choice| choice.is_pattern());
                all.extend(patterns.map(|choice| unseen(choice, &choice.name, failure.clone())));
            }
        }
    }
    (all, found)
}

/// The names of all topics that this user may see.
fn existing(settings: &Settings) -> Result<Vec<String>, InspectionFailure> {
    let log = ClientLog::quiet("inspection");
    let failed = |error: KafkaError| InspectionFailure::of(&QueryError::Broker(error), &log, settings);
    let consumer: BaseConsumer<ClientLog> = settings.query_client().create_with_context(log.clone()).map_err(failed)?;
    let metadata = consumer.fetch_metadata(None, ANSWER_TIMEOUT).map_err(failed)?;
    Ok(metadata.topics().iter().map(|topic| topic.name().to_owned()).collect())
}

/// Asks the brokers of the settings, then those that they name. Each gets its own client, and all are asked at once.
fn brokers(settings: &Settings) -> Vec<BrokerInspection> {
    let named: Vec<String> = settings.bootstrap_servers.split(',').map(|broker| broker.trim().to_owned()).collect();
    let mut answers = ask_each(settings, &named);
    let mut others: Vec<String> = answers.iter().filter_map(|answer| answer.as_ref().ok()).flatten().cloned().collect();
    others.sort();
    others.dedup();
    others.retain(|address| !named.contains(address));
    answers.extend(ask_each(settings, &others));
    let by = named.iter().map(|_| BrokerSource::Settings).chain(others.iter().map(|_| BrokerSource::Brokers));
    let addresses = named.iter().chain(&others).cloned();
    let seen = addresses.zip(by).zip(answers);
    seen.map(|((address, source), answer)| BrokerInspection {
        address,
        source,
        answer: answer.map(|addresses| addresses.len()),
    })
    .collect()
}

fn ask_each(settings: &Settings, addresses: &[String]) -> Vec<Result<Vec<String>, BrokerFailure>> {
    std::thread::scope(|scope| {
        let asked: Vec<_> = addresses.iter().map(|address| scope.spawn(|| ask(settings, address))).collect();
        asked.into_iter().map(|answer| answer.join().expect("asking a broker does not panic")).collect()
    })
}

/// Asks one broker for the addresses of all brokers.
fn ask(settings: &Settings, address: &str) -> Result<Vec<String>, BrokerFailure> {
    let log = ClientLog::quiet("inspection");
    let settings = Settings { bootstrap_servers: address.to_owned(), ..settings.clone() };
    let failure = |error: &KafkaError| BrokerFailure::of(error, log.recent_errors(), &settings);
    let consumer: BaseConsumer<ClientLog> =
        settings.query_client().create_with_context(log.clone()).map_err(|error| failure(&error))?;
    match consumer.fetch_metadata(Some(&settings.dead_letter_topic), ANSWER_TIMEOUT) {
        Ok(metadata) => {
            Ok(metadata.brokers().iter().map(|broker| format!("{}:{}", broker.host(), broker.port())).collect())
        }
        Err(error) => {
            collect_errors(&consumer);
            Err(failure(&error))
        }
    }
}

/// Gives the value of a topic's setting by name.
type SettingValue<'a> = &'a dyn Fn(&str) -> Option<String>;

fn topic(
    settings: &Settings,
    topic: &str,
    judge: &dyn Fn(SettingValue<'_>) -> Vec<WrongSetting>,
) -> Result<TopicInspection, InspectionFailure> {
    let log = ClientLog::quiet("inspection");
    let failed = |error: &QueryError| InspectionFailure::of(error, &log, settings);
    let consumer: BaseConsumer<ClientLog> =
        settings.query_client().create_with_context(log.clone()).map_err(|error| failed(&QueryError::Broker(error)))?;
    let queries = BrokerQueries { consumer: &consumer, timeout: ANSWER_TIMEOUT };
    let partitions = partitions(&queries, settings, topic).map_err(|error| failed(&error))?;
    let replicas = partitions.iter().map(|partition| partition.replicas).min().unwrap_or(0);
    let wrong_settings = described(settings, topic).map(|described| {
        let value = |name: &str| described.get(name).cloned();
        let mut wrong = judge(&value);
        wrong.extend(topic_rules::of_replication(topic, replicas, value));
        wrong
    });
    Ok(TopicInspection { partitions, wrong_settings })
}

fn partitions(
    queries: &BrokerQueries<'_>,
    settings: &Settings,
    topic: &str,
) -> Result<Vec<PartitionInspection>, QueryError> {
    let only = TopicChooser::only(topic);
    let names = queries.topics(&only)?.partitions()?;
    let metadata = queries.consumer.fetch_metadata(Some(topic), queries.timeout).map_err(QueryError::Broker)?;
    let begins = queries.begins(&names)?;
    let (ends, log_ends) = ends(queries, settings, &names)?;
    let known = metadata.topics().first().map_or(&[][..], |topic| topic.partitions());
    let seen = |(number, (begin, (end, log_end))): (i32, (i64, (i64, i64)))| {
        let partition = known.iter().find(|partition| partition.id() == number);
        PartitionInspection {
            begin,
            end,
            log_end,
            has_leader: partition.is_some_and(|partition| partition.leader() >= 0),
            replicas: partition.map_or(0, |partition| partition.replicas().len()),
            in_sync: partition.map_or(0, |partition| partition.isr().len()),
        }
    };
    Ok((0..).zip(begins.into_iter().zip(ends.into_iter().zip(log_ends))).map(seen).collect())
}

/// Where readable records end, and where the logs end. The two differ for a moment at each transaction, so they are
/// told apart only where the readable end stands still.
fn ends(
    queries: &BrokerQueries<'_>,
    settings: &Settings,
    partitions: &[ChosenPartition],
) -> Result<(Vec<i64>, Vec<i64>), QueryError> {
    let mut config = settings.query_client();
    config.set("isolation.level", "read_uncommitted");
    let all: BaseConsumer<ClientLog> =
        config.create_with_context(ClientLog::quiet("inspection")).map_err(QueryError::Broker)?;
    let log_ends = BrokerQueries { consumer: &all, ..*queries }.ends(partitions)?;
    let first = queries.ends(partitions)?;
    let deadline = Instant::now() + TRANSACTION_WITHIN;
    let mut ends = first.clone();
    let is_held = |(before, (now, log_end)): (&i64, (&i64, &i64))| before == now && now < log_end;
    while first.iter().zip(ends.iter().zip(&log_ends)).any(is_held) && Instant::now() < deadline {
        std::thread::sleep(ANSWER_TIMEOUT / 10);
        ends = queries.ends(partitions)?;
    }
    let log_end_of = |(before, (now, log_end)): (&i64, (&i64, &i64))| {
        if is_held((before, (now, log_end))) { *log_end } else { *now }
    };
    let log_ends = first.iter().zip(ends.iter().zip(&log_ends)).map(log_end_of).collect();
    Ok((ends, log_ends))
}

/// What a topic of events keeps of records that are dated before `now`.
///
/// # Errors
/// Why the brokers do not describe the settings of the topic.
pub fn past_retention(settings: &Settings, topic: &str, now: EventTime) -> Result<PastRetention, String> {
    let described = described(settings, topic)?;
    Ok(topic_rules::past_retention(now, |name| described.get(name).cloned()))
}

fn described(settings: &Settings, topic: &str) -> Result<BTreeMap<String, String>, String> {
    let admin: AdminClient<ClientLog> =
        settings.client().create_with_context(ClientLog::quiet("inspection")).map_err(|error| error.to_string())?;
    topic_settings::describe(&admin, topic)
}
