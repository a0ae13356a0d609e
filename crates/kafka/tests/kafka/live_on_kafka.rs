//! The live wing on a real Apache Kafka: what the embedded broker cannot prove.

use std::time::{Duration, Instant};

use ensilinja_kafka::{IngestIntervals, Publisher, TopicSettingStatus};
use ensilinja_test_support::KafkaBroker;
use rdkafka::ClientConfig;
use rdkafka::Offset;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};

use crate::fixture::{
    DEAD, HOUR_MS, RecordingHandler, RunningIngest, TOPIC, committed, dead_letters, now, publish, publish_at, settings,
    wait,
};

const PLAIN: &[(&str, &str)] = &[("retention.ms", "-1")];

fn broker(partitions: i32) -> KafkaBroker {
    let broker = KafkaBroker::start();
    broker.create_topic(TOPIC, partitions, PLAIN);
    broker.create_topic(DEAD, 1, &[]);
    broker
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn reading_begins_with_the_range_and_history_is_what_the_log_still_holds() {
    let broker = broker(1);
    let settings = settings(&broker.bootstrap());
    publish_at(&settings, &["old 1", "old 2"], now().plus_millis(-48 * HOUR_MS));
    let running = RunningIngest::start(settings.clone());
    running.catch_up();
    assert_eq!(running.stop().len(), 0, "no record lies in the range");

    let first = now().plus_millis(-2 * HOUR_MS);
    publish_at(&settings, &["new 1", "new 2"], first);
    let running = RunningIngest::start(settings.clone());
    running.catch_up();
    let history = running.ingest.monitor().history();
    assert_eq!(
        (history.start, history.from_first_record),
        (Some(running.range_start), true),
        "the log holds the whole range"
    );
    assert_eq!(running.stop().values(), ["new 1", "new 2"]);

    broker.delete_records(TOPIC, 0, 3);
    let running = RunningIngest::start(settings.clone());
    running.catch_up();
    let history = running.ingest.monitor().history();
    assert_eq!((history.start, history.from_first_record), (Some(first), false));
    assert_eq!(running.stop().values(), ["new 2"]);

    broker.delete_records(TOPIC, 0, 4);
    let began = now();
    let running = RunningIngest::start(settings);
    running.catch_up();
    let history = running.ingest.monitor().history();
    assert!(history.start.unwrap() >= began, "no record is left, so the history begins now");
    running.stop();
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn a_restart_writes_an_unwritten_dead_letter_older_than_the_range() {
    let broker = KafkaBroker::start();
    broker.create_topic(TOPIC, 1, PLAIN);
    let settings = settings(&broker.bootstrap());
    publish(&settings, &["a", "poison", "b"]);
    let running = RunningIngest::start(settings.clone());
    running.catch_up();
    running.stop();
    assert_eq!(committed(&settings, 1), [Offset::Offset(1)], "the dead-letter topic is missing");

    broker.create_topic(DEAD, 1, &[]);
    let running = RunningIngest::start_from(settings.clone(), RecordingHandler::default(), now());
    running.catch_up();
    let history = running.ingest.monitor().history();
    assert_eq!(history.start, Some(running.range_start));
    wait("the dead letter is written", || committed(&settings, 1) == [Offset::Offset(3)]);
    assert_eq!(running.stop().values(), ["b", "poison"]);
    let letters: Vec<_> = dead_letters(&settings.bootstrap_servers).into_iter().collect();
    assert_eq!(letters, [("ensilinja.events/0/1".to_owned(), 1)]);
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn a_restart_of_the_broker_loses_nothing() {
    let mut broker = broker(3);
    let settings = settings(&broker.bootstrap());
    publish(&settings, &["a", "b", "c"]);
    let running = RunningIngest::start(settings.clone());
    running.catch_up();
    let monitor = running.ingest.monitor();
    broker.stop();
    wait("the status reports the broker", || !monitor.status().not_ready.is_empty());
    let complete = monitor.complete_until();
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!(monitor.complete_until(), complete, "without a broker nothing more is known");
    assert!(monitor.rebuilt(), "the rebuild stays complete");
    broker.start_again();
    publish(&settings, &["d", "e"]);
    running.catch_up();
    assert_eq!(monitor.status().not_ready, [""; 0]);
    assert_eq!(running.stop().values(), ["a", "b", "c", "d", "e"]);
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn a_frozen_broker_stops_completeness_within_10_seconds_and_recovery_is_automatic() {
    let broker = broker(2);
    let settings = settings(&broker.bootstrap());
    publish(&settings, &["a"]);
    let running = RunningIngest::start(settings.clone());
    running.catch_up();
    let monitor = running.ingest.monitor();
    broker.freeze();
    let frozen = Instant::now();
    wait("the status reports the broker", || !monitor.status().not_ready.is_empty());
    assert!(frozen.elapsed() < Duration::from_secs(10), "{:?}", frozen.elapsed());
    let complete = monitor.complete_until();
    std::thread::sleep(Duration::from_secs(4));
    assert_eq!(monitor.complete_until(), complete);
    broker.thaw();
    publish(&settings, &["b"]);
    running.catch_up();
    broker.freeze();
    // The stop must be quick although the broker hangs.
    assert_eq!(running.stop().values(), ["a", "b"]);
    broker.thaw();
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn records_deleted_before_they_were_read_are_skipped_and_shorten_the_history() {
    let broker = broker(2);
    let mut settings = settings(&broker.bootstrap());
    // A small read-ahead, so that the records to be deleted have not been fetched.
    for (name, value) in
        [("queued.min.messages", "1"), ("queued.max.messages.kbytes", "64"), ("fetch.message.max.bytes", "2000")]
    {
        settings.properties.insert(name.to_owned(), value.to_owned());
    }
    let long = "x".repeat(1_000);
    let values: Vec<String> = (0..2_000).map(|number| format!("{number:05} {long}")).collect();
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    publish_at(&settings, &values, now().plus_millis(-3 * HOUR_MS));
    let running = RunningIngest::start_with(settings.clone(), RecordingHandler::with_delay(Duration::from_millis(2)));
    let monitor = running.ingest.monitor();
    wait("reading has begun", || running.handler.len() > 20);
    assert!(monitor.history().from_first_record);
    let deleted = now();
    for partition in 0..2 {
        broker.delete_records(TOPIC, partition, 900);
    }
    publish(&settings, &["the last"]);
    running.catch_up();
    let history = monitor.history();
    assert!(!history.from_first_record);
    assert!(history.start.unwrap() < deleted, "the records after the gap are older");
    let seen = running.stop().seen();
    assert!(seen.len() < 2_000 && seen.iter().any(|seen| seen.value.as_deref() == Some("the last")));
    assert!(seen.iter().all(|seen| !seen.again));
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn added_partitions_are_read_from_their_beginning_and_the_ingest_stays_ready() {
    let broker = broker(1);
    let settings = settings(&broker.bootstrap());
    publish(&settings, &["a"]);
    let running = RunningIngest::start(settings.clone());
    running.catch_up();
    let monitor = running.ingest.monitor();
    let history = monitor.history();
    broker.add_partitions(TOPIC, 4);
    let values: Vec<String> = (0..50).map(|number| format!("b{number:02}")).collect();
    publish(&settings, &values.iter().map(String::as_str).collect::<Vec<_>>());
    running.catch_up();
    let status = monitor.status();
    assert_eq!((status.partitions.len(), status.rebuilt, status.history), (4, true, history));
    let handler = running.stop();
    assert_eq!(handler.len(), 51);
    assert!((0..4).all(|partition| handler.seen().iter().any(|seen| seen.partition == partition)));
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn a_missing_topic_is_reported_and_read_once_it_exists() {
    let broker = KafkaBroker::start();
    let settings = settings(&broker.bootstrap());
    let running = RunningIngest::start(settings.clone());
    let monitor = running.ingest.monitor();
    wait("the status names the remedy", || {
        monitor
            .status()
            .not_ready
            .iter()
            .any(|why| why.contains("the topic ensilinja.events does not exist: create it with"))
    });
    broker.create_topic(TOPIC, 2, PLAIN);
    publish(&settings, &["a"]);
    running.catch_up();
    wait("the missing dead-letter topic is reported", || {
        monitor
            .status()
            .warnings
            .iter()
            .any(|warning| warning.contains("the dead-letter topic ensilinja.dead-letters does not exist"))
    });
    assert_eq!(monitor.status().not_ready, [""; 0], "reading does not need the dead-letter topic");
    assert_eq!(running.stop().values(), ["a"]);
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn refused_dead_letters_that_retention_has_deleted_do_not_shorten_the_history() {
    let broker = KafkaBroker::start();
    broker.create_topic(TOPIC, 1, PLAIN);
    let settings = settings(&broker.bootstrap());
    let filler = "x".repeat(20_000);
    let values: Vec<String> = (0..1_500).map(|number| format!("poison {number:05} {filler}")).collect();
    publish(&settings, &values.iter().map(String::as_str).collect::<Vec<_>>());
    let running = RunningIngest::start(settings.clone());
    running.catch_up();
    let monitor = running.ingest.monitor();
    let history = monitor.history();
    let queued = monitor.status().dead_letters_waiting as u64;
    assert!(queued < 1_000, "{queued} of 1500 fit");
    broker.delete_records(TOPIC, 0, 1_200);
    broker.create_topic(DEAD, 1, &[]);
    wait("all dead letters that are left are written", || committed(&settings, 1) == [Offset::Offset(1_500)]);
    assert_eq!(monitor.status().dead_letters.get("malformed"), Some(&(queued + 300)));
    assert_eq!(monitor.history(), history);
    running.catch_up();
    assert_eq!(running.stop().seen().iter().filter(|seen| !seen.again).count(), 1_500);
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn dead_letters_wait_for_their_topic_and_the_frontier_waits_with_them() {
    let broker = KafkaBroker::start();
    broker.create_topic(TOPIC, 1, PLAIN);
    let settings = settings(&broker.bootstrap());
    publish(&settings, &["a", "poison", "b"]);
    let running = RunningIngest::start(settings.clone());
    running.catch_up();
    let monitor = running.ingest.monitor();
    wait("the offset before the dead letter is committed", || committed(&settings, 1) == [Offset::Offset(1)]);
    assert_eq!(monitor.status().dead_letters_waiting, 1);
    broker.create_topic(DEAD, 1, &[]);
    wait("the dead letter is written and the frontier moves", || committed(&settings, 1) == [Offset::Offset(3)]);
    assert_eq!(monitor.status().dead_letters.get("malformed"), Some(&1));
    running.stop();
    let letters: Vec<_> = dead_letters(&settings.bootstrap_servers).into_iter().collect();
    assert_eq!(letters, [("ensilinja.events/0/1".to_owned(), 1)]);
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn more_dead_letters_than_the_queue_holds_are_all_written_in_the_end() {
    let broker = KafkaBroker::start();
    broker.create_topic(TOPIC, 2, PLAIN);
    let settings = settings(&broker.bootstrap());
    let filler = "x".repeat(20_000);
    let values: Vec<String> = (0..1_500).map(|number| format!("poison {number:05} {filler}")).collect();
    publish(&settings, &values.iter().map(String::as_str).collect::<Vec<_>>());
    let running = RunningIngest::start(settings.clone());
    running.catch_up();
    let monitor = running.ingest.monitor();
    let waiting = monitor.status().dead_letters_waiting;
    assert!(waiting > 100 && waiting < 1_000, "{waiting} of 1500 fit");
    broker.create_topic(DEAD, 1, &[]);
    wait("all are acknowledged", || monitor.status().dead_letters.get("malformed") == Some(&1_500));
    wait("nothing waits", || monitor.status().dead_letters_waiting == 0);
    let handler = running.stop();
    assert_eq!(handler.seen().iter().filter(|seen| !seen.again).count(), 1_500);
    assert!(handler.seen().iter().any(|seen| seen.again), "some were read again");
    let letters = dead_letters(&settings.bootstrap_servers);
    assert_eq!((letters.len(), letters.values().max()), (1_500, Some(&1)));
    let frontier: i64 = committed(&settings, 2).iter().filter_map(|offset| offset.to_raw()).sum();
    assert_eq!(frontier, 1_500);
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn records_of_transactions_are_read_and_their_markers_delay_nothing() {
    let broker = broker(1);
    let settings = settings(&broker.bootstrap());
    let producer: BaseProducer = ClientConfig::new()
        .set("bootstrap.servers", &settings.bootstrap_servers)
        .set("transactional.id", "tests")
        .create()
        .unwrap();
    let timeout = Duration::from_secs(20);
    let send = |value: &'static str| {
        producer.begin_transaction().unwrap();
        producer.send(BaseRecord::<str, str>::to(TOPIC).key(value).payload(value)).unwrap();
        producer.flush(timeout).unwrap();
    };
    producer.init_transactions(timeout).unwrap();
    send("committed 1");
    producer.commit_transaction(timeout).unwrap();
    // The log ends with a marker, so no record shows that the rebuild is complete.
    let running = RunningIngest::start(settings.clone());
    running.catch_up();
    send("aborted");
    producer.abort_transaction(timeout).unwrap();
    running.catch_up();
    send("committed 2");
    producer.commit_transaction(timeout).unwrap();
    running.catch_up();
    send("open");
    let began = now();
    publish(&settings, &["behind it"]);
    let monitor = running.ingest.monitor();
    wait("the probe sees the open transaction", || monitor.status().partitions[0].lag_messages == 2);
    std::thread::sleep(Duration::from_secs(1));
    assert!(monitor.complete_until().unwrap() < began, "an acknowledged record is unread");
    assert_eq!(running.handler.values(), ["committed 1", "committed 2"]);
    producer.commit_transaction(timeout).unwrap();
    running.catch_up();
    assert_eq!(monitor.status().partitions[0].lag_messages, 0);
    assert_eq!(running.stop().values(), ["behind it", "committed 1", "committed 2", "open"]);
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn wrong_settings_of_the_topic_are_reported() {
    let broker = KafkaBroker::start();
    broker.create_topic(TOPIC, 1, &[("retention.ms", "3600000"), ("cleanup.policy", "compact,delete")]);
    broker.create_topic(DEAD, 1, &[]);
    let running = RunningIngest::start(settings(&broker.bootstrap()));
    let monitor = running.ingest.monitor();
    wait("two settings are wrong", || monitor.status().warnings.len() == 2);
    let warnings = monitor.status().warnings;
    assert!(warnings[0].contains("cleanup.policy=compact,delete"), "{warnings:?}");
    assert!(
        warnings[1].contains("retention.ms=3600000") && warnings[1].contains("set retention.ms=86400000 or more"),
        "{warnings:?}"
    );
    running.stop();
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn a_publisher_waits_for_a_broker_that_is_down() {
    let mut broker = broker(2);
    let settings = settings(&broker.bootstrap());
    let publisher = Publisher::new(&settings, TOPIC).unwrap();
    broker.stop();
    let record = ensilinja_kafka::OutgoingRecord { key: Some(b"k"), headers: &[], value: Some(b"v"), timestamp: now() };
    publisher.send(&record).unwrap();
    assert!(publisher.flush(Duration::from_millis(200)).is_err());
    broker.start_again();
    publisher.flush(Duration::from_secs(20)).unwrap();
    assert_eq!((publisher.acknowledged(), publisher.failed()), (1, 0));
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn a_setting_that_becomes_wrong_is_reported_until_it_is_corrected() {
    let broker = broker(1);
    let running = RunningIngest::start_with_intervals(
        settings(&broker.bootstrap()),
        IngestIntervals { settings_interval: Duration::from_millis(200), ..IngestIntervals::default() },
    );
    let monitor = running.ingest.monitor();
    let state = || {
        let status = monitor.status();
        let retention = |its: &&TopicSettingStatus| &*its.topic == TOPIC && its.setting == "retention.ms";
        let is_wrong = status.topic_settings.iter().find(retention).map(|its| its.is_wrong);
        (is_wrong, status.warnings.iter().any(|warning| warning.contains("has retention.ms=3600000")))
    };
    wait("the setting is checked", || state() == (Some(false), false));
    broker.set_of_topic(TOPIC, "retention.ms", "3600000");
    wait("the setting is wrong", || state() == (Some(true), true));
    broker.set_of_topic(TOPIC, "retention.ms", "-1");
    wait("the setting is right again", || state() == (Some(false), false));
    running.stop();
}
