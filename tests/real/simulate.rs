//! `simulate` on a real Kafka: it publishes exactly what the library generates.

use std::time::Duration;

use ensilinja::feed::publications;
use ensilinja_model::EventTime;
use ensilinja_sim::{County, Disorder, Generator, Scenario};
use ensilinja_test_support::{PATIENCE, plain_consumer, poll_until};

use crate::program::Program;
use crate::shared_broker::shared_broker;
use crate::stage::Stage;

/// 2025-09-16 08:00 in Helsinki.
const FROM: EventTime = EventTime::from_seconds(1_757_998_800);

/// 2025-09-16 12:30 in Helsinki.
const TO: EventTime = EventTime::from_seconds(1_758_015_000);

/// Waits until a running simulation has published so many records.
fn wait_until_published(program: &mut Program, stage: &Stage, records: u64) {
    let is_published = poll_until(PATIENCE, || {
        assert!(program.is_running(), "{}", program.log());
        plain_consumer::count(&stage.brokers, &stage.topic) >= records
    });
    assert!(is_published, "{}", program.log());
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn a_past_is_published_exactly_as_the_library_generates_it() {
    let broker = shared_broker();
    let stage = Stage::set(&broker, "past", 4);
    let past = ["--from", "2025-09-16T08:00", "--to", "2025-09-16T12:30", "--seed", "5", "--volume", "2"];
    let more = ["--disorder", "--scenario", "failure"];
    let mut program = Program::start(&stage, &["simulate"], &[&past[..], &more[..]].concat());
    assert!(program.wait().success(), "{}", program.log());

    let generator = Generator::new(&County::oma_hame(), 5, FROM, 2.0);
    let expected = publications(generator, Some((Scenario::Failure, FROM)), Disorder::ROUGH, 5);
    let mut expected: Vec<_> = expected
        .take_while(|record| record.at < TO)
        .map(|record| (record.at.as_millis(), record.key, record.headers, record.value))
        .collect();
    let records = plain_consumer::read(&stage.brokers, &stage.topic);
    let log = program.log();
    let betrayed = records.iter().filter_map(|record| record.key.as_deref()).filter_map(|key| str::from_utf8(key).ok());
    assert_eq!(betrayed.filter(|key| key.len() > 8 && log.contains(key)).count(), 0, "no contact is in the log");
    let mut found: Vec<_> =
        records.into_iter().map(|record| (record.timestamp_ms, record.key, record.headers, record.value)).collect();
    assert_eq!(
        (found.len(), plain_consumer::count(&stage.brokers, &stage.topic)),
        (expected.len(), expected.len() as u64)
    );
    assert!(found.len() > 5_000, "there are {}", found.len());
    expected.sort();
    found.sort();
    assert!(found == expected, "the same number of other records");
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn a_live_simulation_runs_until_sigterm_and_publishes_everything() {
    let broker = shared_broker();
    let stage = Stage::set(&broker, "simulated", 3);
    let mut program = Program::start(&stage, &["simulate"], &["--volume", "10000"]);
    wait_until_published(&mut program, &stage, 10);
    program.end_well();
    let published = plain_consumer::count(&stage.brokers, &stage.topic);
    let log = program.log();
    assert!(log.contains(&format!("published acknowledged={published} failed=0")), "{published}: {log}");
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn a_past_older_than_retention_is_refused_and_deleted_records_are_reported() {
    let broker = shared_broker();
    let stage = Stage::set(&broker, "forgetful", 1);
    let past = ["--from", "2025-09-15", "--to", "2025-09-17", "--seed", "5", "--volume", "20"];
    broker.set_of_topic(&stage.topic, "retention.ms", "604800000");
    let mut program = Program::start(&stage, &["simulate"], &past);
    assert_eq!(program.wait().code(), Some(1));
    let expected = "error: the topic forgetful.events keeps records for 7 days (retention.ms=604800000): all of this time is older than";
    assert!(program.log().contains(expected), "{}", program.log());
    assert!(program.log().contains("--add-config retention.ms=-1"), "{}", program.log());
    assert_eq!(plain_consumer::count(&stage.brokers, &stage.topic), 0);

    broker.set_of_topic(&stage.topic, "retention.ms", "-1");
    let mut program = Program::start(&stage, &["simulate"], &past);
    wait_until_published(&mut program, &stage, 100);
    broker.delete_records(&stage.topic, 0, 100);
    assert_eq!(program.wait().code(), Some(1), "{}", program.log());
    let held = plain_consumer::count(&stage.brokers, &stage.topic);
    let expected = format!("error: the topic forgetful.events holds {held} of the {} records", held + 100);
    assert!(program.log().contains(&expected), "{}", program.log());
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn a_stopped_past_ends_with_status_1_and_reports_what_is_left() {
    let broker = shared_broker();
    let stage = Stage::set(&broker, "stopped", 1);
    let decade = ["--from", "2015-01-01", "--to", "2025-01-01", "--volume", "100"];
    let mut program = Program::start(&stage, &["simulate"], &decade);
    wait_until_published(&mut program, &stage, 10);
    let (status, _) = program.terminate();
    let log = program.log();
    assert_eq!(status.code(), Some(1), "{log}");
    assert!(log.contains("error: stopped before the end: ") && log.contains(" to 2025-01-01 00:00 is left; "), "{log}");
    let published = plain_consumer::count(&stage.brokers, &stage.topic);
    assert!(log.contains(&format!("stopped.events has taken {published}; ")), "{published}: {log}");
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn a_simulation_into_a_missing_topic_fails_with_a_reason() {
    let broker = shared_broker();
    let stage = Stage::without_topics(&broker, "nowhere");
    let past = ["--from", "2025-09-16T08:00", "--to", "2025-09-16T09:00"];
    let mut program = Program::start(&stage, &["simulate"], &past);
    assert_eq!(program.wait().code(), Some(1));
    let expected = "error: the topic nowhere.events does not exist: create it first";
    assert!(program.log().contains(expected), "{}", program.log());
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn an_unreachable_broker_does_not_keep_a_simulation_from_ending() {
    let broker = shared_broker();
    let away = Stage { brokers: "127.0.0.1:1".to_owned(), ..Stage::without_topics(&broker, "away") };
    let year = ["--from", "2024-01-01", "--to", "2025-01-01", "--volume", "100"];
    let mut program = Program::start(&away, &["simulate"], &year);
    // No sign outside shows that the queue is full. By then a year of a hundred counties has filled it.
    std::thread::sleep(Duration::from_secs(5));
    assert!(program.is_running(), "it waits: {}", program.log());
    let (status, took) = program.terminate();
    assert_eq!(status.code(), Some(1), "{}", program.log());
    assert!(took < Duration::from_secs(5), "it took {took:?}");
}
