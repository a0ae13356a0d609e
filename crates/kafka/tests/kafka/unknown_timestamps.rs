//! Records whose timestamp is 0 or missing: when they were published is unknown, and was not 1970.

use std::ops::ControlFlow;
use std::sync::atomic::AtomicBool;

use ensilinja_kafka::{EmbeddedBroker, ScanRange, Settings, read_dead_letters, scan_topic};
use ensilinja_model::EventTime;
use ensilinja_test_support::{KafkaBroker, plain_consumer};

use crate::stand::odd_record::publish_odd_header;
use crate::stand::{DEAD, HOUR_MS, Memory, Stand, TOPIC, now, publish_at, settings, wait};

/// Those that clients are known to send: that of a field that was not set, and Kafka's "no timestamp".
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
fn history_begins_with_the_first_record_of_known_time() {
    for unknown in UNKNOWN {
        let (_broker, settings) = embedded();
        let (began, first) = (now(), now().plus_millis(-2 * HOUR_MS));
        publish_unknown(&settings, "unknown", unknown);
        let stand = Stand::start(settings.clone());
        stand.catch_up();
        let start = stand.shell.monitor().history().start;
        assert!(start.is_none_or(|start| start >= began), "{unknown}: nothing tells of the time before: {start:?}");
        stand.stop();

        publish_at(&settings, &["known"], first);
        let stand = Stand::start(settings);
        stand.catch_up();
        assert_eq!(stand.shell.monitor().history().start, Some(first), "{unknown}");
        assert_eq!(stand.stop().values(), ["known", "unknown"]);
    }
}

#[test]
fn a_dead_letter_of_such_a_record_names_no_time() {
    let (_broker, settings) = embedded();
    for unknown in UNKNOWN {
        publish_unknown(&settings, "poison", unknown);
    }
    let stand = Stand::start(settings.clone());
    wait("they are written", || stand.shell.monitor().status().dead_letters.get("malformed") == Some(&2));
    stand.stop();
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
fn a_record_of_unknown_time_is_read_after_its_predecessor_and_was_known_when_that_was() {
    let (_broker, settings) = embedded();
    let first = now().plus_millis(-2 * HOUR_MS);
    publish_unknown(&settings, "before all", 0);
    publish_at(&settings, &["known"], first);
    publish_unknown(&settings, "after it", 0);
    let mut read = Vec::new();
    let stretch = ScanRange { from: EventTime::from_millis(0), offsets: &[] };
    let past = scan_topic(&settings, &stretch, &AtomicBool::new(false), &mut |record, position| {
        let value = String::from_utf8(record.value.unwrap().to_vec()).unwrap();
        read.push((value, record.timestamp, position.latest));
        ControlFlow::Continue(())
    });
    let expected = [("before all", None, None), ("known", Some(first), Some(first)), ("after it", None, Some(first))];
    assert_eq!(read, expected.map(|(value, timestamp, latest)| (value.to_owned(), timestamp, latest)));
    assert_eq!(past.unwrap().history.start, Some(first));
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn a_start_reads_records_of_unknown_time_though_they_lie_in_no_range() {
    let broker = KafkaBroker::start();
    broker.create_topic(TOPIC, 1, &[("retention.ms", "-1")]);
    broker.create_topic(DEAD, 1, &[]);
    let settings = settings(&broker.bootstrap());
    for value in ["a", "b"] {
        publish_unknown(&settings, value, 0);
    }
    let stand = Stand::start_from(settings, Memory::default(), now().plus_millis(-HOUR_MS));
    stand.catch_up();
    assert_eq!(stand.stop().values(), ["a", "b"]);
}
