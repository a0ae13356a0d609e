//! The rights of docs/OPERATIONS.md on a real Kafka with access lists: they suffice, and `check` names each that is
//! missing before anything is written or committed.

use std::fs;
use std::path::{Path, PathBuf};

use ensilinja_sim::Publication;
use ensilinja_test_support::kafka_broker::{Listener, Resource};
use ensilinja_test_support::{KafkaBroker, PATIENCE, TemporaryFolder, plain_consumer, poll_until};
use rdkafka::Offset;
use serde_json::Value;

use crate::command_line;
use crate::feed::{now, send, settle};
use crate::program::{Program, total};
use crate::sharing;
use crate::stage::Stage;

const READ: i8 = 3;
const WRITE: i8 = 4;
const DESCRIBE: i8 = 8;
const DESCRIBE_CONFIGS: i8 = 10;

const PASSWORD: &str = "canary-9";

/// The group of the sample configuration.
const GROUP: &str = "ensilinja";

/// A right of the service.
#[derive(Clone, Copy, PartialEq)]
enum Right {
    ReadEvents,
    DescribeEventSettings,
    ReadGroup,
    WriteDeadLetters,
    DescribeDeadLetterSettings,
}

use Right::{DescribeDeadLetterSettings, DescribeEventSettings, ReadEvents, ReadGroup, WriteDeadLetters};

const RIGHTS: [Right; 5] = [ReadEvents, DescribeEventSettings, ReadGroup, WriteDeadLetters, DescribeDeadLetterSettings];

impl Right {
    fn operation(self) -> i8 {
        match self {
            ReadEvents | ReadGroup => READ,
            WriteDeadLetters => WRITE,
            DescribeEventSettings | DescribeDeadLetterSettings => DESCRIBE_CONFIGS,
        }
    }

    fn resource(self, stage: &Stage) -> (Resource, String) {
        match self {
            ReadEvents | DescribeEventSettings => (Resource::Topic, stage.topic.clone()),
            ReadGroup => (Resource::Group, GROUP.to_owned()),
            WriteDeadLetters | DescribeDeadLetterSettings => (Resource::Topic, stage.dead_letters.clone()),
        }
    }

    fn allow(self, broker: &KafkaBroker, stage: &Stage, user: &str, operation: i8) {
        let (resource, name) = self.resource(stage);
        broker.allow(&format!("User:{user}"), operation, resource, &name);
    }

    /// State, subject, text and the end of the advice of the finding that the right is missing.
    fn finding(self, stage: &Stage) -> [String; 4] {
        let (resource, name) = self.resource(stage);
        missing(self.operation(), &resource_words(resource, &name))
    }
}

fn resource_words(resource: Resource, name: &str) -> String {
    match resource {
        Resource::Topic => format!("topic {name}"),
        Resource::Group => format!("group {name}"),
    }
}

/// The finding that a right is missing on a topic or a group.
fn missing(operation: i8, resource: &str) -> [String; 4] {
    let (state, name, option) = match operation {
        READ => ("problem", "READ", "Read"),
        WRITE => ("problem", "WRITE", "Write"),
        _ => ("warning", "DESCRIBE_CONFIGS", "DescribeConfigs"),
    };
    let advice = format!("--add --allow-principal User:NAME --operation {option} --{resource}");
    [state.to_owned(), resource.to_owned(), format!("this user lacks {name}"), advice]
}

/// A user who has all rights but one, and perhaps may see what that is about.
struct User {
    name: &'static str,
    lacks: Option<Right>,
    sees_it: bool,
}

const fn user(name: &'static str, lacks: Option<Right>, sees_it: bool) -> User {
    User { name, lacks, sees_it }
}

const USERS: [User; 9] = [
    user("service", None, false),
    user("no_events", Some(ReadEvents), false),
    user("sees_events", Some(ReadEvents), true),
    user("no_settings", Some(DescribeEventSettings), false),
    user("no_group", Some(ReadGroup), false),
    user("sees_group", Some(ReadGroup), true),
    user("no_letters", Some(WriteDeadLetters), false),
    user("sees_letters", Some(WriteDeadLetters), true),
    user("no_letter_settings", Some(DescribeDeadLetterSettings), false),
];

/// Users of processes with shards: of the second, and of all.
const NORTH: &str = "north";
const ALL_SHARDS: &str = "all_shards";

fn broker() -> KafkaBroker {
    let names = USERS.iter().map(|user| user.name).chain([NORTH, ALL_SHARDS]);
    let users: Vec<_> = names.map(|name| format!("user_{name}=\"{PASSWORD}\"")).collect();
    let login = format!("org.apache.kafka.common.security.plain.PlainLoginModule required {};", users.join(" "));
    KafkaBroker::start_listening(
        &[Listener { name: "CLEAR", protocol: "SASL_PLAINTEXT" }],
        &[
            ("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer"),
            // The test itself uses the plaintext listener.
            ("super.users", "User:ANONYMOUS"),
            ("sasl.enabled.mechanisms", "PLAIN"),
            ("listener.name.clear.plain.sasl.jaas.config", &login),
        ],
        &[],
    )
}

/// The configuration of the stage for a user, followed by more.
fn file(folder: &TemporaryFolder, broker: &KafkaBroker, stage: &Stage, user: &str, more: &str) -> PathBuf {
    let properties = format!(
        "[kafka.properties]\nsecurity.protocol = \"SASL_PLAINTEXT\"\nsasl.mechanism = \"PLAIN\"\n\
         sasl.username = \"{user}\"\nsasl.password = \"{PASSWORD}\"\n"
    );
    let stage = Stage { brokers: broker.bootstrap_of("CLEAR"), ..stage.clone() };
    let text = stage.configuration().replacen("[kafka.properties]\n", &properties, 1) + more;
    folder.write(&format!("{user}.toml"), text)
}

/// The problems and warnings of `check` about permissions, as [`missing`] has them. It finds no other problem but the
/// records of the test.
fn faults(file: &Path, more: &[&str]) -> Vec<[String; 4]> {
    let arguments = [&["check", "--quiet", "--format", "json", "--config", file.to_str().unwrap()], more].concat();
    let (_, text, _) = command_line::run(&arguments);
    assert!(!text.contains(PASSWORD), "{text}");
    let document: Value = serde_json::from_str(&text).unwrap();
    let field = |finding: &Value, name: &str| finding[name].as_str().unwrap_or_default().to_owned();
    let mut faults = Vec::new();
    for finding in document["findings"].as_array().unwrap() {
        let (area, state) = (field(finding, "area"), field(finding, "state"));
        assert!(state != "problem" || ["permissions", "records"].contains(&area.as_str()), "{finding}");
        if area == "permissions" && ["problem", "warning"].contains(&state.as_str()) {
            let what = field(finding, "what").split_once(',').unwrap().0.to_owned();
            let advice = field(finding, "advice");
            let (tool, entry) = advice.split_once("--add").unwrap();
            assert!(tool.starts_with("kafka-acls.sh --bootstrap-server 127.0.0.1:"), "{advice}");
            faults.push([state, field(finding, "about"), what, format!("--add{entry}")]);
        }
    }
    faults
}

fn malformed() -> Publication {
    Publication {
        key: Some(b"c-17".to_vec()),
        headers: Vec::new(),
        value: Some(b"{".to_vec()),
        at: now(),
        event: None,
        poison: None,
    }
}

fn commits(stage: &Stage, group: &str) -> usize {
    let offsets = plain_consumer::committed(&stage.brokers, group, &stage.topic, 2);
    offsets.iter().filter(|offset| matches!(offset, Offset::Offset(_))).count()
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn the_documented_rights_suffice_and_check_names_each_that_is_missing() {
    let broker = broker();
    let stage = Stage::set(&broker, "rights", 2);
    for user in USERS {
        for right in RIGHTS {
            if user.lacks != Some(right) {
                right.allow(&broker, &stage, user.name, right.operation());
            } else if user.sees_it {
                right.allow(&broker, &stage, user.name, DESCRIBE);
            }
        }
    }
    let publisher = stage.publisher();
    send(&publisher, &malformed());
    let settled = settle(&publisher);
    let folder = TemporaryFolder::new("rights");
    let file = |user: &str| file(&folder, &broker, &stage, user, "");

    for user in USERS {
        let expected: Vec<_> = user.lacks.iter().map(|right| right.finding(&stage)).collect();
        assert_eq!(faults(&file(user.name), &[]), expected, "{}", user.name);
    }
    assert_eq!((plain_consumer::count(&stage.brokers, &stage.dead_letters), commits(&stage, GROUP)), (0, 0));

    // One that cannot write its dead letter still has all figures, and leaves the letter to one that can.
    let mut silenced = Program::of_file(&file("no_letters"));
    silenced.wait_until_it_knows(settled);
    silenced.wait_for("the missing right blocks dead letters", |page| {
        page.get("ensilinja_dead_letters_blocked_seconds").is_some_and(|blocked| *blocked > 0.0)
    });
    silenced.kill();
    assert_eq!(plain_consumer::count(&stage.brokers, &stage.dead_letters), 0);
    let mut program = Program::of_file(&file("service"));
    program.wait_until_it_knows(settled);
    program.wait_for("the dead letter is acknowledged", |page| total(page, "ensilinja_dead_letters_total") >= 1);
    assert!(poll_until(PATIENCE, || commits(&stage, GROUP) == 2), "its offsets are committed");
    program.end_well();
    assert_eq!(plain_consumer::count(&stage.brokers, &stage.dead_letters), 1);
    for user in ["service", "sees_group"] {
        let expected: Vec<_> = (user == "sees_group").then(|| ReadGroup.finding(&stage)).into_iter().collect();
        assert_eq!(faults(&file(user), &[]), expected, "{user}, now that the group exists");
    }
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn each_shard_needs_its_own_group_and_only_the_first_the_dead_letters() {
    let broker = broker();
    let stage = Stage::set(&broker, "shard-rights", 2);
    for right in [ReadEvents, DescribeEventSettings] {
        right.allow(&broker, &stage, NORTH, right.operation());
    }
    broker.allow(&format!("User:{NORTH}"), READ, Resource::Group, "ensilinja.north");
    for right in RIGHTS.into_iter().filter(|right| *right != ReadGroup) {
        right.allow(&broker, &stage, ALL_SHARDS, right.operation());
    }
    broker.allow_prefixed(&format!("User:{ALL_SHARDS}"), READ, Resource::Group, GROUP);
    let publisher = stage.publisher();
    send(&publisher, &malformed());
    let settled = settle(&publisher);
    let folder = TemporaryFolder::new("shard-rights");
    let file = |user: &str| file(&folder, &broker, &stage, user, &sharing::tables(&stage.configuration()));

    let none: Vec<[String; 4]> = Vec::new();
    assert_eq!(faults(&file(ALL_SHARDS), &[]), none);
    assert_eq!(faults(&file(ALL_SHARDS), &["--shard", "south"]), none);
    assert_eq!(faults(&file(NORTH), &["--shard", "north"]), none);
    let letters = format!("topic {}", stage.dead_letters);
    let group = |name: &str| missing(READ, &format!("group {name}"));
    let (first, third) = (group("ensilinja"), group("ensilinja.east"));
    let write = missing(WRITE, &letters);
    assert_eq!(faults(&file(NORTH), &[]), [write.clone(), first.clone(), third.clone()]);
    assert_eq!(faults(&file(NORTH), &["--shard", "south"]), [write, first]);
    assert_eq!(faults(&file(NORTH), &["--shard", "east"]), [third]);

    // What `check` says of the second shard is so: it needs nothing of the dead letters.
    let mut program = Program::of_shard(&fs::read_to_string(file(NORTH)).unwrap(), "north");
    program.wait_until_it_knows(settled);
    assert!(poll_until(PATIENCE, || commits(&stage, "ensilinja.north") == 2), "its offsets are committed");
    let page = program.metrics();
    assert!(page["ensilinja_dead_letters_blocked_seconds"] < 0.001, "{page:?}");
    program.end_well();
    let log = program.log();
    // The one warning is of the password, which this listener takes without encryption.
    let warnings = log.lines().filter(|line| line.contains("WARN") || line.contains("ERROR"));
    assert!(
        warnings.clone().all(|line| line.contains("SASL_PLAINTEXT")) && !log.contains(&stage.dead_letters),
        "{log}"
    );
    assert_eq!((plain_consumer::count(&stage.brokers, &stage.dead_letters), commits(&stage, GROUP)), (0, 0));
}
