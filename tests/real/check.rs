//! `check` on a real Kafka: correct settings pass, and each mistake is found and reported.

use ensilinja_model::EventTime;
use ensilinja_sim::Publication;
use ensilinja_test_support::kafka_broker::Resource;
use ensilinja_test_support::{KafkaBroker, PATIENCE, TemporaryFolder, plain_consumer, poll_until};
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer as _};
use rdkafka::{ClientConfig, Offset, TopicPartitionList};

use crate::command_line;
use crate::feed::{now, send, settle};
use crate::program::Program;
use crate::shared_broker::shared_broker;
use crate::stage::Stage;

/// Exit status and output of `check` on a stage.
fn check(stage: &Stage, more: &[&str]) -> (Option<i32>, String) {
    let mut program = Program::start(stage, &["check"], more);
    let status = program.wait().code();
    assert_eq!(program.log(), "", "a check says what it finds on standard output and nothing beside it");
    (status, program.printed().split_whitespace().collect::<Vec<_>>().join(" "))
}

#[track_caller]
fn says(text: &str, words: &[&str]) {
    for words in words {
        assert!(text.contains(words), "it does not say: {words}\n{text}");
    }
}

/// Publishes a day of the county, each event at its time.
fn publish_a_day(stage: &Stage) {
    let words = ["--from", "2025-09-15", "--to", "2025-09-16", "--seed", "7"];
    let mut program = Program::start(stage, &["simulate"], &words);
    assert!(program.wait().success(), "{}", program.log());
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn correct_settings_pass_and_nothing_is_changed() {
    let broker = shared_broker();
    let stage = Stage::set(&broker, "fine", 4);
    publish_a_day(&stage);
    let published = plain_consumer::count(&stage.brokers, &stage.topic);
    let (status, text) = check(&stage, &["--sample", "200"]);
    assert_eq!(status, Some(0), "{text}");
    says(
        &text,
        &[
            "ok 127.0.0.1:",
            "answers, and knows 1 broker",
            "ok fine.events: 4 partitions, ",
            "ok fine.events: is set as it should be",
            "ok fine.dead-letters: is set as it should be",
            "ok group ensilinja: is visible, and has committed nothing",
            "ok fine.events: this user can read its records",
            "ok fine.events: of the latest 200 records, published from 2025-09-1",
            "200 are accepted",
            "ok topic fine.events: this user has READ, DESCRIBE_CONFIGS",
            "ok topic fine.dead-letters: this user has WRITE, DESCRIBE_CONFIGS, READ",
            "ok group ensilinja: this user has READ",
            "warning fine.events: the newest record is of 2025-09-1",
            " 1 warning, 0 problems, 0 not tried",
        ],
    );
    assert_eq!(plain_consumer::count(&stage.brokers, &stage.topic), published);
    assert_eq!(plain_consumer::count(&stage.brokers, &stage.dead_letters), 0);
    let (_, again) = check(&stage, &["--sample", "1"]);
    says(&again, &["has committed nothing", "of the latest 1 records"]);
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn each_wrong_setting_is_found_with_its_remedy() {
    let broker = shared_broker();
    let stage = Stage::without_topics(&broker, "wrong");
    let wrong = [
        ("cleanup.policy", "compact"),
        ("retention.ms", "3600000"),
        ("retention.bytes", "1000000"),
        ("message.timestamp.type", "LogAppendTime"),
        ("message.timestamp.after.max.ms", "9223372036854775807"),
        ("message.timestamp.before.max.ms", "3600000"),
        ("max.message.bytes", "2000"),
        ("min.insync.replicas", "2"),
    ];
    broker.create_topic(&stage.topic, 2, &wrong);
    broker.create_topic(&stage.dead_letters, 1, &[("max.message.bytes", "2000"), ("retention.ms", "3600000")]);
    let (status, text) = check(&stage, &[]);
    assert_eq!(status, Some(3), "{text}");
    says(
        &text,
        &[
            "problem wrong.events: cleanup.policy=compact:",
            "-> set cleanup.policy=delete",
            "problem wrong.events: retention.ms=3600000: events are deleted while figures still need them",
            "warning wrong.events: retention.bytes=1000000:",
            "warning wrong.events: message.timestamp.type=LogAppendTime:",
            "warning wrong.events: message.timestamp.after.max.ms=9223372036854775807: a record dated far ahead",
            "-> set message.timestamp.after.max.ms=300000",
            "warning wrong.events: message.timestamp.before.max.ms=3600000: one record dated earlier",
            "problem wrong.events: max.message.bytes=2000:",
            "problem wrong.events: min.insync.replicas=2: there are fewer replicas",
            "problem wrong.dead-letters: max.message.bytes=2000:",
            "warning wrong.dead-letters: retention.ms=3600000:",
            "warning wrong.events: holds no record",
        ],
    );
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn missing_topics_and_unreachable_brokers_are_problems() {
    let broker = shared_broker();
    let stage = Stage::without_topics(&broker, "absent");
    let (status, text) = check(&stage, &[]);
    assert_eq!(status, Some(3), "{text}");
    says(
        &text,
        &[
            "problem absent.events: does not exist -> create it with kafka-topics.sh --bootstrap-server ",
            " --create --topic absent.events --partitions 12 --config cleanup.policy=delete --config retention.ms=",
            "problem absent.dead-letters: does not exist",
            "not tried absent.events: reading records",
        ],
    );
    let unreachable = Stage { brokers: "127.0.0.1:1".to_owned(), ..stage.clone() };
    let (status, text) = check(&unreachable, &[]);
    assert_eq!(status, Some(3), "{text}");
    says(&text, &["problem 127.0.0.1:1: does not answer:", "Connection refused", "-> check that the broker runs"]);
    let one_of_two = Stage { brokers: format!("127.0.0.1:1,{}", broker.bootstrap()), ..stage };
    says(&check(&one_of_two, &[]).1, &["warning 127.0.0.1:1: does not answer:"]);
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn rejected_records_of_a_topic_are_listed_by_reason_and_position_without_their_content() {
    let broker = shared_broker();
    let stage = Stage::set(&broker, "poison", 1);
    let publisher = stage.publisher();
    for _ in 0..5 {
        send(&publisher, &record(Some(br#"{"specversion":"1.0","secret":"Virtanen 0401234567"}"#)));
        send(&publisher, &record(None));
    }
    settle(&publisher);
    let (status, text) = check(&stage, &[]);
    assert_eq!(status, Some(3), "{text}");
    says(
        &text,
        &[
            "problem poison.events: of the latest 10 records",
            "0 are accepted",
            "problem poison.events: 5 of 10 records are rejected as malformed (tombstone), the latest at 0/9, 0/7, 0/5",
            "-> The record has no value.",
            "problem poison.events: 5 of 10 records are rejected as malformed (missing_type)",
        ],
    );
    let (_, json) = check(&stage, &["--format", "json"]);
    for text in [text, json] {
        assert!(!text.contains("Virtanen") && !text.contains("040") && !text.contains("c-17"), "{text}");
    }
}

fn record(value: Option<&[u8]>) -> Publication {
    Publication {
        key: Some(b"c-17".to_vec()),
        headers: Vec::new(),
        value: value.map(<[u8]>::to_vec),
        at: now(),
        event: None,
        poison: None,
    }
}

/// A resource with an entry in the access list is closed to all users and operations that no entry names.
#[test]
#[ignore = "needs Java 17 and Maven"]
fn missing_permissions_are_listed_with_what_to_grant() {
    const DESCRIBE: i8 = 8;
    // Neither entry permits Describe.
    const CREATE: i8 = 5;
    const DESCRIBE_CONFIGS: i8 = 10;
    let broker = KafkaBroker::start_with(&[
        ("authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer"),
        ("allow.everyone.if.no.acl.found", "true"),
    ]);
    let stage = Stage::set(&broker, "unread", 1);
    let publisher = stage.publisher();
    send(&publisher, &record(None));
    settle(&publisher);
    broker.allow_everyone(DESCRIBE, Resource::Topic, &stage.topic);
    broker.allow_everyone(CREATE, Resource::Topic, &stage.dead_letters);
    broker.allow_everyone(DESCRIBE_CONFIGS, Resource::Group, "ensilinja");
    let (status, text) = check(&stage, &[]);
    assert_eq!(status, Some(3), "{text}");
    says(
        &text,
        &[
            "ok unread.events: 1 partition, 1 offsets",
            "not tried unread.events: its settings, because this user lacks DESCRIBE_CONFIGS",
            "problem topic unread.events: this user lacks READ, for reading its records -> kafka-acls.sh ",
            "warning topic unread.events: this user lacks DESCRIBE_CONFIGS, for comparing its settings",
            "not tried unread.events: reading records, because this user lacks READ",
            "problem topic unread.dead-letters: this user lacks WRITE, for writing dead letters -> kafka-acls.sh ",
            "problem group ensilinja: this user lacks READ, for committing up to where dead letters are written",
            "--allow-principal User:NAME --operation Read --group ensilinja",
        ],
    );
}

/// No process joins the group, so each member is of another program. The brokers then refuse commits without a
/// membership, such as those of a process.
#[test]
#[ignore = "needs Java 17 and Maven"]
fn a_group_that_another_program_has_joined_is_a_problem() {
    let broker = KafkaBroker::start();
    let stage = Stage::set(&broker, "joined", 1);
    let consumer = |protocol: &str| -> BaseConsumer {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", &stage.brokers).set("group.id", "ensilinja").set("group.protocol", protocol);
        config.create().unwrap()
    };
    let mut offsets = TopicPartitionList::new();
    offsets.add_partition_offset(&stage.topic, 0, Offset::Offset(0)).unwrap();
    let commits = || consumer("classic").commit(&offsets, CommitMode::Sync).is_ok();
    assert!(commits());
    for protocol in ["classic", "consumer"] {
        let other = consumer(protocol);
        other.subscribe(&[&stage.topic]).unwrap();
        let has_joined = || {
            other.poll(std::time::Duration::from_millis(50));
            other.assignment().unwrap().count() == 1
        };
        assert!(poll_until(PATIENCE, has_joined), "{protocol}");
        assert!(!commits(), "{protocol}: the brokers refuse a commit without a membership");
        let (status, text) = check(&stage, &[]);
        assert_eq!(status, Some(3), "{text}");
        says(
            &text,
            &["ok group ensilinja: this user has READ", "problem group ensilinja: has members of other programs (1)"],
        );
        other.unsubscribe();
        drop(other);
        assert!(poll_until(PATIENCE, commits), "{protocol}: the last member has left");
    }
}

/// TLS on a plaintext port, and a password on a port without SASL, are named as the cause.
#[test]
#[ignore = "needs Java 17 and Maven"]
fn encryption_and_passwords_that_do_not_match_the_broker_are_explained() {
    let broker = shared_broker();
    let stage = Stage::without_topics(&broker, "secret");
    for (properties, words) in [
        ("security.protocol = \"SSL\"", "the settings use TLS, but the port does not"),
        (
            "security.protocol = \"SASL_PLAINTEXT\"\nsasl.mechanism = \"PLAIN\"\nsasl.username = \"u\"\n\
             sasl.password = \"hunter2\"",
            "the port does not accept a user and a password",
        ),
    ] {
        let folder = TemporaryFolder::new("check");
        let text =
            stage.configuration().replacen("[kafka.properties]\n", &format!("[kafka.properties]\n{properties}\n"), 1);
        let file = folder.write("ensilinja.toml", text);
        let (status, text, _) = command_line::run(&["check", "--config", file.to_str().unwrap()]);
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(status, Some(3), "{text}");
        says(&text, &[words, "does not answer"]);
        assert!(!text.contains("hunter2"), "{text}");
    }
}

/// A sample of a topic with few records does not wait for more.
#[test]
#[ignore = "needs Java 17 and Maven"]
fn a_late_source_is_reported() {
    let broker = shared_broker();
    let stage = Stage::set(&broker, "late", 1);
    let publisher = stage.publisher();
    let at = now().plus_millis(-3_600_000);
    send(&publisher, &Publication { value: Some(offered(at)), ..record(None) });
    settle(&publisher);
    let (status, text) = check(&stage, &[]);
    assert_eq!(status, Some(0), "{text}");
    says(&text, &["warning late.events: 1 of 1 events arrived more than 5 min after they happened, at most 60 min"]);
}

fn offered(at: EventTime) -> Vec<u8> {
    let at = jiff::Timestamp::from_millisecond(at.as_millis()).unwrap();
    format!(
        r#"{{"specversion":"1.0","id":"1","source":"test","type":"fi.ensilinja.contact.offered","subject":"c-17","time":"{at}","data":{{"line":"mipa"}}}}"#
    )
    .into_bytes()
}
