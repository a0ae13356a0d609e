//! The rights of docs/OPERATIONS.md on a real Kafka with access lists: they suffice, and a missing one is named.

use ensilinja_sim::Publication;
use ensilinja_test_support::kafka_broker::{Listener, Resource};
use ensilinja_test_support::{KafkaBroker, TemporaryFolder, plain_consumer};

use crate::command_line;
use crate::feed::{now, send, settle};
use crate::program::{Program, total};
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

impl Right {
    const ALL: [Self; 5] = [
        Self::ReadEvents,
        Self::DescribeEventSettings,
        Self::ReadGroup,
        Self::WriteDeadLetters,
        Self::DescribeDeadLetterSettings,
    ];

    fn grant(self, broker: &KafkaBroker, stage: &Stage, user: &str) {
        let principal = format!("User:{user}");
        let (operation, resource, name) = match self {
            Self::ReadEvents => (READ, Resource::Topic, stage.topic.as_str()),
            Self::DescribeEventSettings => (DESCRIBE_CONFIGS, Resource::Topic, stage.topic.as_str()),
            Self::ReadGroup => (READ, Resource::Group, GROUP),
            Self::WriteDeadLetters => (WRITE, Resource::Topic, stage.dead_letters.as_str()),
            Self::DescribeDeadLetterSettings => (DESCRIBE_CONFIGS, Resource::Topic, stage.dead_letters.as_str()),
        };
        broker.allow(&principal, operation, resource, name);
    }
}

/// A user who has all rights but one.
struct User {
    name: &'static str,
    lacks: Option<Right>,
}

const USERS: [User; 6] = [
    User { name: "service", lacks: None },
    User { name: "no_events", lacks: Some(Right::ReadEvents) },
    User { name: "no_settings", lacks: Some(Right::DescribeEventSettings) },
    User { name: "no_group", lacks: Some(Right::ReadGroup) },
    User { name: "no_letters", lacks: Some(Right::WriteDeadLetters) },
    User { name: "no_letter_settings", lacks: Some(Right::DescribeDeadLetterSettings) },
];

fn broker() -> KafkaBroker {
    let users = USERS.map(|user| format!(" user_{}=\"{PASSWORD}\"", user.name)).concat();
    let login = format!("org.apache.kafka.common.security.plain.PlainLoginModule required{users};");
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

/// The configuration of the stage for a user.
fn configuration(broker: &KafkaBroker, stage: &Stage, user: &str) -> String {
    let properties = format!(
        "[kafka.properties]\nsecurity.protocol = \"SASL_PLAINTEXT\"\nsasl.mechanism = \"PLAIN\"\n\
         sasl.username = \"{user}\"\nsasl.password = \"{PASSWORD}\"\n"
    );
    let stage = Stage { brokers: broker.bootstrap_of("CLEAR"), ..stage.clone() };
    stage.configuration().replacen("[kafka.properties]\n", &properties, 1)
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn the_documented_rights_suffice_and_a_missing_one_is_named() {
    let broker = broker();
    let stage = Stage::set(&broker, "rights", 2);
    for user in USERS {
        for right in Right::ALL.into_iter().filter(|right| user.lacks != Some(*right)) {
            right.grant(&broker, &stage, user.name);
        }
    }
    // The brokers say that a topic exists only to those who may describe it.
    broker.allow("User:no_events", DESCRIBE, Resource::Topic, &stage.topic);
    let malformed = Publication {
        key: Some(b"c-17".to_vec()),
        headers: Vec::new(),
        value: Some(b"{".to_vec()),
        at: now(),
        event: None,
        poison: None,
    };
    let publisher = stage.publisher();
    send(&publisher, &malformed);
    let settled = settle(&publisher);
    let folder = TemporaryFolder::new("rights");
    let file = |user: &str| folder.write(&format!("{user}.toml"), configuration(&broker, &stage, user));

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
    program.end_well();
    assert_eq!(plain_consumer::count(&stage.brokers, &stage.dead_letters), 1);

    for user in USERS {
        let file = file(user.name);
        let (_, text, _) = command_line::run(&["check", "--quiet", "--config", file.to_str().unwrap()]);
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        // The sample of records has a malformed one, which is a problem of its own.
        let (rights, _) = text.split_once(" records ").unwrap_or((&text, ""));
        let words = match user.lacks {
            None => "group ensilinja: is visible, and has committed offsets of",
            Some(Right::ReadEvents) => "do not let this user read rights.events",
            Some(Right::DescribeEventSettings) => "the user may need DESCRIBE_CONFIGS on the topic",
            Some(Right::ReadGroup) => "give this user READ on the group",
            Some(Right::WriteDeadLetters) => "give this user READ and DESCRIBE on the topic",
            Some(Right::DescribeDeadLetterSettings) => {
                "not tried rights.dead-letters: its settings, which cannot be seen"
            }
        };
        assert!(text.contains(words), "{}: {words}\n{text}", user.name);
        assert!(user.lacks.is_some() || !rights.contains("problem"), "{text}");
        assert!(!text.contains(PASSWORD), "{text}");
    }
}
