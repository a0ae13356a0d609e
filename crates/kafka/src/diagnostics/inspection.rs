//! Looking at brokers and topics before anything relies on them: plain answers, in which only settings are judged.
//!
//! Nothing is written, nothing is committed and no group is joined; so whether this user may write a dead letter or
//! commit an offset is not tried, and nothing here claims that it may.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use ensilinja_model::EventTime;
use rdkafka::admin::AdminClient;
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};

use crate::broker_queries::{ANSWER_TIMEOUT, BrokerQueries, QueryError};
use crate::client_log::ClientLog;
use crate::commit::Commit;
use crate::diagnostics::broker_failure::BrokerFailure;
use crate::diagnostics::topic_rules::{self, PastRetention, WrongSetting};
use crate::diagnostics::topic_settings;
use crate::recent_errors::drain_errors;
use crate::settings::{Settings, SettingsError};

/// How long the brokers may take to find who knows the offsets of the group.
const COORDINATOR_WITHIN: Duration = Duration::from_secs(10);

/// How long a transaction may stay open without being told of.
const TRANSACTION_WITHIN: Duration = Duration::from_secs(3);

/// What was found.
#[derive(Clone, Debug)]
pub struct Inspection {
    /// The brokers: those of the settings first, then those that they have named.
    pub brokers: Vec<BrokerInspection>,
    /// The topic of the events.
    pub events: Result<TopicInspection, InspectionFailure>,
    /// The topic of dead letters.
    pub dead_letters: Result<TopicInspection, InspectionFailure>,
    /// What the group has committed of each partition of the events.
    pub committed: Result<Vec<Option<GroupCommit>>, InspectionFailure>,
}

/// What a group has committed of a partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupCommit {
    /// Dead letters of earlier offsets have been written.
    pub offset: i64,
    /// It was committed for an earlier topic of the same name. A process that starts ignores it.
    pub is_of_another_log: bool,
}

/// A broker that was asked.
#[derive(Clone, Debug)]
pub struct BrokerInspection {
    /// Its `host:port`.
    pub address: String,
    /// Who says that it is there.
    pub named_by: BrokerSource,
    /// How many brokers it knows of, or why it has not said.
    pub answer: Result<usize, BrokerFailure>,
}

/// Who names a broker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BrokerSource {
    /// The settings.
    Settings,
    /// Other brokers: it is the address at which clients are told to find it.
    Brokers,
}

/// A topic that is there.
#[derive(Clone, Debug)]
pub struct TopicInspection {
    /// Its partitions, from 0.
    pub partitions: Vec<PartitionInspection>,
    /// What is not set as it should be, or why its settings cannot be seen.
    pub wrong_settings: Result<Vec<WrongSetting>, String>,
}

/// A partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PartitionInspection {
    /// Where its log begins.
    pub begin: i64,
    /// Where what can be read of its log ends: the offset of the next record, or of the first record of a transaction
    /// that is open.
    pub end: i64,
    /// Where its log ends, open transactions and what lies behind them included.
    pub log_end: i64,
    /// Whether a broker leads it, without which it can be neither read nor written.
    pub has_leader: bool,
    /// How many brokers should have it.
    pub replicas: usize,
    /// How many do.
    pub in_sync: usize,
}

/// Why something was not seen.
#[derive(Clone, Debug)]
pub enum InspectionFailure {
    /// The brokers have no such topic.
    Missing,
    /// This user may not see it.
    Refused(BrokerFailure),
    /// The brokers have not answered, or not what they should.
    Unanswered(BrokerFailure),
    /// What would have to be seen first was not.
    NotTried,
}

/// Looks, within about half a minute whatever is wrong. Figures need the last `horizon_ms` of the events.
///
/// # Errors
/// If no client can be made of the settings.
pub fn inspect(settings: &Settings, horizon_ms: i64) -> Result<Inspection, SettingsError> {
    settings.check()?;
    let brokers = brokers(settings);
    if brokers.iter().all(|broker| broker.answer.is_err()) {
        let (events, dead_letters) = (Err(InspectionFailure::NotTried), Err(InspectionFailure::NotTried));
        return Ok(Inspection { brokers, events, dead_letters, committed: Err(InspectionFailure::NotTried) });
    }
    let events = topic(settings, &settings.topic, &|value| topic_rules::of_log(&settings.topic, horizon_ms, value));
    let name = &settings.dead_letter_topic;
    let dead_letters = topic(settings, name, &|value| topic_rules::of_dead_letters(name, value));
    let committed = match &events {
        Ok(seen) => committed(settings, seen.partitions.len()),
        Err(_) => Err(InspectionFailure::NotTried),
    };
    Ok(Inspection { brokers, events, dead_letters, committed })
}

/// Asks the brokers of the settings, and then those that they name, each by itself and all at once.
fn brokers(settings: &Settings) -> Vec<BrokerInspection> {
    let named: Vec<String> = settings.bootstrap_servers.split(',').map(|broker| broker.trim().to_owned()).collect();
    let mut answers = ask_each(settings, &named);
    let mut told: Vec<String> = answers.iter().filter_map(|answer| answer.as_ref().ok()).flatten().cloned().collect();
    told.sort();
    told.dedup();
    told.retain(|address| !named.contains(address));
    answers.extend(ask_each(settings, &told));
    let by = named.iter().map(|_| BrokerSource::Settings).chain(told.iter().map(|_| BrokerSource::Brokers));
    let addresses = named.iter().chain(&told).cloned();
    let seen = addresses.zip(by).zip(answers);
    seen.map(|((address, named_by), answer)| BrokerInspection {
        address,
        named_by,
        answer: answer.map(|them| them.len()),
    })
    .collect()
}

fn ask_each(settings: &Settings, addresses: &[String]) -> Vec<Result<Vec<String>, BrokerFailure>> {
    std::thread::scope(|scope| {
        let asked: Vec<_> = addresses.iter().map(|address| scope.spawn(|| ask(settings, address))).collect();
        asked.into_iter().map(|answer| answer.join().expect("asking a broker does not panic")).collect()
    })
}

/// Asks one broker for the addresses of all.
fn ask(settings: &Settings, address: &str) -> Result<Vec<String>, BrokerFailure> {
    let log = ClientLog::quiet("inspection");
    let settings = Settings { bootstrap_servers: address.to_owned(), ..settings.clone() };
    let trouble = |error: &KafkaError| BrokerFailure::of(error, log.recent_errors(), &settings);
    let consumer: BaseConsumer<ClientLog> =
        settings.bystander().create_with_context(log.clone()).map_err(|error| trouble(&error))?;
    match consumer.fetch_metadata(Some(&settings.topic), ANSWER_TIMEOUT) {
        Ok(metadata) => {
            Ok(metadata.brokers().iter().map(|broker| format!("{}:{}", broker.host(), broker.port())).collect())
        }
        Err(error) => {
            drain_errors(&consumer);
            Err(trouble(&error))
        }
    }
}

/// Whoever is given the values of a topic's settings by name.
type Value<'a> = &'a dyn Fn(&str) -> Option<String>;

fn topic(
    settings: &Settings,
    topic: &str,
    judge: &dyn Fn(Value<'_>) -> Vec<WrongSetting>,
) -> Result<TopicInspection, InspectionFailure> {
    let log = ClientLog::quiet("inspection");
    let unseen = |obstacle: &QueryError| InspectionFailure::of(obstacle, &log, settings);
    let consumer: BaseConsumer<ClientLog> =
        settings.bystander().create_with_context(log.clone()).map_err(|error| unseen(&QueryError::Broker(error)))?;
    let queries = BrokerQueries { consumer: &consumer, topic, timeout: ANSWER_TIMEOUT };
    let count = queries.partition_count().map_err(|obstacle| unseen(&obstacle))?;
    let partitions = partitions(&queries, settings, count).map_err(|obstacle| unseen(&obstacle))?;
    let replicas = partitions.iter().map(|partition| partition.replicas).min().unwrap_or(0);
    let wrong_settings = described(settings, topic).map(|described| {
        let value = |name: &str| described.get(name).cloned();
        let mut wrong = judge(&value);
        wrong.extend(topic_rules::of_copies(topic, replicas, value));
        wrong
    });
    Ok(TopicInspection { partitions, wrong_settings })
}

fn partitions(
    queries: &BrokerQueries<'_>,
    settings: &Settings,
    count: usize,
) -> Result<Vec<PartitionInspection>, QueryError> {
    let metadata = queries.consumer.fetch_metadata(Some(queries.topic), queries.timeout).map_err(QueryError::Broker)?;
    let begins = queries.begins(count)?;
    let (ends, log_ends) = ends(queries, settings, count)?;
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

/// Where what can be read ends, and where the logs do. The two differ for a moment at each transaction, so only what
/// stands still is told apart.
fn ends(queries: &BrokerQueries<'_>, settings: &Settings, count: usize) -> Result<(Vec<i64>, Vec<i64>), QueryError> {
    let mut config = settings.bystander();
    config.set("isolation.level", "read_uncommitted");
    let all: BaseConsumer<ClientLog> =
        config.create_with_context(ClientLog::quiet("inspection")).map_err(QueryError::Broker)?;
    let log_ends = BrokerQueries { consumer: &all, ..*queries }.ends(count)?;
    let first = queries.ends(count)?;
    let deadline = Instant::now() + TRANSACTION_WITHIN;
    let mut ends = first.clone();
    let is_held = |(before, (now, log_end)): (&i64, (&i64, &i64))| before == now && now < log_end;
    while first.iter().zip(ends.iter().zip(&log_ends)).any(is_held) && Instant::now() < deadline {
        std::thread::sleep(ANSWER_TIMEOUT / 10);
        ends = queries.ends(count)?;
    }
    let told = |(before, (now, log_end)): (&i64, (&i64, &i64))| {
        if is_held((before, (now, log_end))) { *log_end } else { *now }
    };
    let told = first.iter().zip(ends.iter().zip(&log_ends)).map(told).collect();
    Ok((ends, told))
}

/// What the topic of the events keeps of records that are dated before `now`.
///
/// # Errors
/// Why its settings cannot be seen.
pub fn past_retention(settings: &Settings, now: EventTime) -> Result<PastRetention, String> {
    let described = described(settings, &settings.topic)?;
    Ok(topic_rules::kept_of(now, |name| described.get(name).cloned()))
}

fn described(settings: &Settings, topic: &str) -> Result<BTreeMap<String, String>, String> {
    let admin: AdminClient<ClientLog> =
        settings.client().create_with_context(ClientLog::quiet("inspection")).map_err(|error| error.to_string())?;
    topic_settings::describe(&admin, topic)
}

fn committed(settings: &Settings, count: usize) -> Result<Vec<Option<GroupCommit>>, InspectionFailure> {
    let log = ClientLog::quiet("inspection");
    let unseen = |obstacle: &QueryError| InspectionFailure::of(obstacle, &log, settings);
    let consumer: BaseConsumer<ClientLog> =
        settings.reader().create_with_context(log.clone()).map_err(|error| unseen(&QueryError::Broker(error)))?;
    let queries = BrokerQueries { consumer: &consumer, topic: &settings.topic, timeout: 2 * ANSWER_TIMEOUT };
    let deadline = Instant::now() + COORDINATOR_WITHIN;
    loop {
        match queries.committed(count) {
            Err(obstacle) if may_pass(&obstacle) && Instant::now() < deadline => drain_errors(&consumer),
            Err(obstacle) => {
                drain_errors(&consumer);
                return Err(unseen(&obstacle));
            }
            Ok(commits) => return judged(&queries, commits).map_err(|obstacle| unseen(&obstacle)),
        }
    }
}

/// Holds commits against the log. Its ends are asked for after the commits: a live process goes on committing.
fn judged(queries: &BrokerQueries<'_>, commits: Vec<Option<Commit>>) -> Result<Vec<Option<GroupCommit>>, QueryError> {
    let (_, broker) = queries.partition_count_and_broker()?;
    let topic_id = queries.topic_id(broker)?;
    let ends = queries.ends(commits.len())?;
    let of = |commit: Commit, end| GroupCommit {
        offset: commit.offset,
        is_of_another_log: !commit.may_be_of(topic_id, end),
    };
    Ok(commits.into_iter().zip(ends).map(|(commit, end)| commit.map(|commit| of(commit, end))).collect())
}

/// A coordinator is chosen, or loads what it has to know, when somebody asks for it first.
fn may_pass(obstacle: &QueryError) -> bool {
    use RDKafkaErrorCode::{CoordinatorLoadInProgress, CoordinatorNotAvailable, NotCoordinator};
    let QueryError::Broker(error) = obstacle else { return false };
    matches!(error.rdkafka_error_code(), Some(CoordinatorLoadInProgress | CoordinatorNotAvailable | NotCoordinator))
}

impl InspectionFailure {
    /// A user that may not see a group is refused its coordinator, which the client says aside while the question
    /// waits; so what was said aside counts too.
    fn of(obstacle: &QueryError, log: &ClientLog, settings: &Settings) -> Self {
        let QueryError::Broker(error) = obstacle else { return Self::Missing };
        let trouble = BrokerFailure::of(error, log.recent_errors(), settings);
        if trouble.cause.is_refusal() { Self::Refused(trouble) } else { Self::Unanswered(trouble) }
    }
}
