//! Records whose timestamp is 0 or missing: their time of publication is unknown, and was not 1970.

use std::ops::ControlFlow;
use std::sync::atomic::AtomicBool;

use ensilinja_kafka::{EmbeddedBroker, ScanRange, Settings, read_dead_letters, scan_topics};
use ensilinja_model::EventTime;
use ensilinja_test_support::{KafkaBroker, plain_consumer};

use crate::fixture::odd_record::publish_odd_header;
use crate::fixture::{DEAD, HOUR_MS, RecordingHandler, RunningIngest, TOPIC, now, publish_at, settings, wait};

/// The values that clients send: 0 from a field that is not set, and -1, Kafka's "no timestamp".
const UNKNOWN: [i64; 2] = [0, -1];

fn embedded() -> (EmbeddedBroker, Settings) {
    let broker = EmbeddedBroker::start().unwrap();
    broker.create_topic(TOPIC, 1).unwrap();
    broker.create_topic(DEAD, 1).unwrap();
    let settings = settings(&broker.bootstrap_servers());
    (broker, settings)
}

fn publish_unknown(settings: &Settings, value: &str, timestamp_ms: i64) {
    publish_odd_header(&settings.bootstrap_servers, TOPIC, value.as_bytes(), timestamp_ms);
}

#[test]
fn the_history_begins_with_the_first_record_that_has_a_timestamp() {
    for unknown in UNKNOWN {
        let (_broker, settings) = embedded();
        let (began, first) = (now(), now().plus_millis(-2 * HOUR_MS));
        publish_unknown(&settings, "unknown", unknown);
        let running = RunningIngest::start(settings.clone());
        running.catch_up();
        let start = running.ingest.monitor().history().start;
        assert!(start.is_none_or(|start| start >= began), "{unknown}: nothing is known of the time before: {start:?}");
        running.stop();

        publish_at(&settings, &["known"], first);
        let running = RunningIngest::start(settings);
        running.catch_up();
        assert_eq!(running.ingest.monitor().history().start, Some(first), "{unknown}");
        assert_eq!(running.stop().values(), ["known", "unknown"]);
    }
}

#[test]
fn a_dead_letter_of_a_record_without_a_timestamp_has_no_timestamp() {
    let (_broker, settings) = embedded();
    for unknown in UNKNOWN {
        publish_unknown(&settings, "poison", unknown);
    }
    let running = RunningIngest::start(settings.clone());
    wait("the dead letters are written", || {
        running.ingest.monitor().status().dead_letters.get("malformed") == Some(&2)
    });
    running.stop();
    for letter in plain_consumer::read(&settings.bootstrap_servers, DEAD) {
        assert_eq!(letter.value.as_deref(), Some(b"poison".as_slice()));
        assert_eq!(letter.header("ensilinja_record_timestamp"), None);
    }
    let mut told = Vec::new();
    let read = read_dead_letters(&settings, &AtomicBool::new(false), &mut |letter, _| {
        told.push(letter.record_timestamp);
        ControlFlow::Continue(())
    });
    assert_eq!((read.unwrap().letters, told), (2, vec![None, None]));
}

#[test]
fn a_record_without_a_timestamp_comes_after_its_predecessor_and_was_known_by_then() {
    let (_broker, settings) = embedded();
    let first = now().plus_millis(-2 * HOUR_MS);
    publish_unknown(&settings, "before all", 0);
    publish_at(&settings, &["known"], first);
    publish_unknown(&settings, "after it", 0);
    let mut read = Vec::new();
    let range = ScanRange { from: EventTime::from_millis(0), offsets: &[] };
    let summary = scan_topics(&settings, &range, &AtomicBool::new(false), &mut |record, progress| {
        let value = String::from_utf8(record.value.unwrap().to_vec()).unwrap();
        read.push((value, record.timestamp, progress.latest));
        ControlFlow::Continue(())
    });
    let expected = [("before all", None, None), ("known", Some(first), Some(first)), ("after it", None, Some(first))];
    assert_eq!(read, expected.map(|(value, timestamp, latest)| (value.to_owned(), timestamp, latest)));
    assert_eq!(summary.unwrap().history.start, Some(first));
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn a_start_reads_records_without_timestamps_whatever_the_range() {
    let broker = KafkaBroker::start();
    broker.create_topic(TOPIC, 1, &[("retention.ms", "-1")]);
    broker.create_topic(DEAD, 1, &[]);
    let settings = settings(&broker.bootstrap());
    for value in ["a", "b"] {
        publish_unknown(&settings, value, 0);
    }
    let running = RunningIngest::start_from(settings, RecordingHandler::default(), now().plus_millis(-HOUR_MS));
    running.catch_up();
    assert_eq!(running.stop().values(), ["a", "b"]);
}
