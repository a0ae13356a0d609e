//! Inspects the consumer groups: the rights of this user, and what they have committed for each topic.

use std::sync::Arc;
use std::time::Instant;

use ensilinja_librdkafka::{GroupDescription, describe_groups};
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::error::RDKafkaErrorCode;

use crate::broker_queries::{ANSWER_TIMEOUT, BrokerQueries, COORDINATOR_WITHIN, QueryError, coordinator_may_come};
use crate::client_log::ClientLog;
use crate::commit::Commit;
use crate::diagnostics::inspection_failure::InspectionFailure;
use crate::diagnostics::rights::{self, InspectedRight, RightState};
use crate::recent_errors::collect_errors;
use crate::settings::Settings;
use crate::topic_choice::{ChosenPartition, ChosenTopic, TopicChooser};

/// An inspected consumer group. No process joins it: it names committed offsets.
#[derive(Clone, Debug)]
pub struct GroupInspection {
    /// Its name.
    pub name: String,
    /// The rights of this user; empty if no broker answers.
    pub rights: Vec<InspectedRight>,
    /// How many consumers of other programs have joined it. While there are any, the brokers refuse what a process
    /// commits.
    pub members: usize,
    /// What it has committed for each topic that was seen; empty if a right is missing.
    pub commits: Vec<TopicCommits>,
}

/// What a group has committed for a topic.
#[derive(Clone, Debug)]
pub struct TopicCommits {
    /// The topic.
    pub topic: String,
    /// By partition.
    pub committed: Result<Vec<Option<GroupCommit>>, InspectionFailure>,
}

/// What a group has committed for a partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupCommit {
    /// The dead letters of all earlier offsets have been written.
    pub offset: i64,
    /// The commit is for an earlier topic of the same name. A process that starts ignores it.
    pub is_of_another_log: bool,
}

impl GroupInspection {
    /// A group that was not inspected.
    pub(crate) fn not_tried(name: &str) -> Self {
        Self { name: name.to_owned(), rights: Vec::new(), members: 0, commits: Vec::new() }
    }
}

/// Inspects groups, all at once. The topics have this many partitions.
pub(crate) fn inspect_groups(
    settings: &Settings,
    groups: &[String],
    topics: &[(Arc<ChosenTopic>, usize)],
) -> Vec<GroupInspection> {
    let described = describe(settings, groups);
    std::thread::scope(|scope| {
        let asked: Vec<_> = groups
            .iter()
            .zip(described)
            .map(|(name, described)| {
                let rights = rights::inspected(rights::ON_GROUP, described.map(|group| group.operations));
                let members = described.map_or(0, |group| group.members);
                let inspection = GroupInspection { rights, members, ..GroupInspection::not_tried(name) };
                scope.spawn(move || with_commits(inspection, settings, topics))
            })
            .collect();
        asked.into_iter().map(|group| group.join().expect("asking for a group does not panic")).collect()
    })
}

/// What the brokers say of each group. After a timeout the client is not asked again: librdkafka 2.12 may abort then,
/// when brokers come back.
fn describe(settings: &Settings, groups: &[String]) -> Vec<Result<GroupDescription, RDKafkaErrorCode>> {
    let names: Vec<&str> = groups.iter().map(String::as_str).collect();
    let none = |code| vec![Err(code); names.len()];
    let made: Result<BaseConsumer<ClientLog>, _> =
        settings.query_client().create_with_context(ClientLog::quiet("inspection"));
    let Ok(consumer) = made else { return none(RDKafkaErrorCode::Fail) };
    let deadline = Instant::now() + COORDINATOR_WITHIN;
    loop {
        let answers = describe_groups(consumer.client(), &names, ANSWER_TIMEOUT).unwrap_or_else(none);
        let may_come = answers.iter().any(|answer| answer.is_err_and(coordinator_may_come));
        if !may_come || Instant::now() >= deadline {
            return answers;
        }
        std::thread::sleep(ANSWER_TIMEOUT / 10);
    }
}

fn with_commits(group: GroupInspection, settings: &Settings, topics: &[(Arc<ChosenTopic>, usize)]) -> GroupInspection {
    if group.rights.iter().any(|right| right.state == RightState::Missing) {
        return group;
    }
    let settings = Settings { group_id: group.name.clone(), ..settings.clone() };
    let log = ClientLog::quiet("inspection");
    let failed = |error: &QueryError| InspectionFailure::of(error, &log, &settings);
    let made: Result<BaseConsumer<ClientLog>, _> = settings.reader().create_with_context(log.clone());
    let made = made.map_err(|error| failed(&QueryError::Broker(error)));
    let of = |(topic, count): &(Arc<ChosenTopic>, usize)| TopicCommits {
        topic: topic.name.clone(),
        committed: made.as_ref().map_err(Clone::clone).and_then(|consumer| {
            let partitions: Vec<ChosenPartition> = topic.partitions(*count).collect();
            committed(consumer, &partitions).map_err(|error| failed(&error))
        }),
    };
    GroupInspection { commits: topics.iter().map(of).collect(), ..group }
}

fn committed(
    consumer: &BaseConsumer<ClientLog>,
    partitions: &[ChosenPartition],
) -> Result<Vec<Option<GroupCommit>>, QueryError> {
    let queries = BrokerQueries { consumer, timeout: 2 * ANSWER_TIMEOUT };
    let deadline = Instant::now() + COORDINATOR_WITHIN;
    loop {
        match queries.committed(partitions) {
            Err(error) if error.code().is_some_and(coordinator_may_come) && Instant::now() < deadline => {
                collect_errors(consumer);
            }
            Err(error) => {
                collect_errors(consumer);
                return Err(error);
            }
            Ok(commits) => return compared_with_log(&queries, partitions, commits),
        }
    }
}

/// Compares commits with the log. The ends are queried after the commits, because a live process goes on committing.
fn compared_with_log(
    queries: &BrokerQueries<'_>,
    partitions: &[ChosenPartition],
    commits: Vec<Option<Commit>>,
) -> Result<Vec<Option<GroupCommit>>, QueryError> {
    let topic = partitions.first().map_or("", |partition| partition.topic.name.as_str());
    let broker = queries.topics(&TopicChooser::only(topic))?.broker;
    let topic_id = queries.topic_ids(broker, &[topic])?.into_iter().next().flatten();
    let ends = queries.ends(partitions)?;
    let of = |commit: Commit, end| GroupCommit {
        offset: commit.offset,
        is_of_another_log: !commit.may_be_of(topic_id, end),
    };
    Ok(commits.into_iter().zip(ends).map(|(commit, end)| commit.map(|commit| of(commit, end))).collect())
}
