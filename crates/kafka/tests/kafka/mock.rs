//! The shell against the embedded broker: what needs no real Kafka to be proved.

use std::sync::Arc;
use std::time::{Duration, Instant};

use ensilinja_kafka::{
    EmbeddedBroker, IncomingRecord, Ingest, IngestIntervals, OutgoingRecord, Publisher, RecordDisposition,
    RecordHandler, StartError, TimeSource,
};
use ensilinja_model::EventTime;
use ensilinja_test_support::plain_consumer;
use rdkafka::Offset;
use rdkafka::mocking::MockCluster;
use rdkafka::types::{RDKafkaApiKey, RDKafkaRespErr};

use crate::stand::odd_record::publish_odd_header;
use crate::stand::{
    DEAD, HOUR_MS, Memory, Stand, TOPIC, committed, dead_letters, now, publish, publish_at, settings, wait,
};

fn broker(partitions: i32) -> EmbeddedBroker {
    let broker = EmbeddedBroker::start().unwrap();
    broker.create_topic(TOPIC, partitions).unwrap();
    broker.create_topic(DEAD, 1).unwrap();
    broker
}

fn numbered(prefix: &str, count: usize) -> Vec<String> {
    (0..count).map(|number| format!("{prefix}{number:05}")).collect()
}

fn texts(values: &[String]) -> Vec<&str> {
    values.iter().map(String::as_str).collect()
}

#[test]
fn every_record_of_every_partition_is_handled_once_and_in_order() {
    let broker = broker(8);
    let settings = settings(&broker.bootstrap_servers());
    let values = numbered("v", 5_000);
    publish(&settings, &texts(&values[..3_000]));
    let stand = Stand::start(settings.clone());
    stand.catch_up();
    publish(&settings, &texts(&values[3_000..]));
    stand.catch_up();
    let status = stand.shell.monitor().status();
    assert!(status.rebuilt && status.not_ready.is_empty() && !status.failed, "{status:?}");
    assert!(status.partitions.len() == 8 && status.partitions.iter().all(|p| p.ready && p.lag_messages == 0));
    let memory = stand.stop();
    assert_eq!(memory.values(), values);
    for partition in 0..8 {
        let offsets: Vec<i64> = memory.seen().iter().filter(|s| s.partition == partition).map(|s| s.offset).collect();
        assert!(offsets.iter().copied().eq(0..i64::try_from(offsets.len()).unwrap()), "partition {partition}");
    }
}

#[test]
fn a_topic_on_which_nothing_happens_stays_complete() {
    let broker = broker(4);
    let stand = Stand::start(settings(&broker.bootstrap_servers()));
    stand.catch_up();
    assert_eq!(stand.shell.monitor().history().start, None, "it has never held a record");
    let before = stand.shell.monitor().complete_until().unwrap();
    wait("a probe has moved it", || stand.shell.monitor().complete_until().unwrap() > before);
    stand.catch_up();
    stand.stop();
}

#[test]
fn the_first_probe_comes_as_soon_as_reading_has_begun() {
    let broker = broker(4);
    let settings = settings(&broker.bootstrap_servers());
    publish(&settings, &["a"]);
    let began = now();
    let minute = Duration::from_mins(1);
    let stand = Stand::start_at(settings, Memory::default(), began.plus_millis(-HOUR_MS), minute);
    let monitor = stand.shell.monitor();
    wait("all that was published before is known", || monitor.complete_until().is_some_and(|until| until >= began));
    assert!(monitor.rebuilt());
    stand.stop();
}

#[test]
fn history_reaches_back_to_the_first_record_of_a_log_that_lost_nothing() {
    let broker = broker(2);
    let settings = settings(&broker.bootstrap_servers());
    let first = now().plus_millis(-2 * HOUR_MS);
    publish_at(&settings, &["a"], first);
    publish_at(&settings, &texts(&numbered("b", 20)), now());
    let stand = Stand::start(settings);
    stand.catch_up();
    let history = stand.shell.monitor().history();
    assert_eq!((history.start, history.from_first_record), (Some(first), true));
    stand.stop();
}

#[test]
fn a_record_that_cannot_be_used_is_kept_with_all_that_was_known_of_it() {
    let broker = broker(1);
    let settings = settings(&broker.bootstrap_servers());
    let publisher = Publisher::new(&settings).unwrap();
    let headers = [("ce_type".to_owned(), Some(b"odd".to_vec()))];
    let large = format!("poison{}", "x".repeat(200_000));
    for value in [b"poison small".as_slice(), large.as_bytes()] {
        publisher
            .send(&OutgoingRecord { key: Some(b"who"), headers: &headers, value: Some(value), timestamp: now() })
            .unwrap();
    }
    publisher.flush(Duration::from_secs(10)).unwrap();
    let stand = Stand::start(settings.clone());
    wait("both are acknowledged", || stand.shell.monitor().status().dead_letters.get("malformed") == Some(&2));
    stand.stop();

    let letters = plain_consumer::read(&settings.bootstrap_servers, DEAD);
    assert_eq!(letters.len(), 2);
    let small = &letters[0];
    assert!(small.key_text().starts_with("ensilinja.events/0/0/"));
    assert_eq!(small.value.as_deref(), Some(b"poison small".as_slice()));
    for (name, value) in [
        ("ce_type", "odd"),
        ("ensilinja_source_topic", TOPIC),
        ("ensilinja_source_partition", "0"),
        ("ensilinja_source_offset", "0"),
        ("ensilinja_reason", "malformed"),
        ("ensilinja_detail", "poison"),
        ("ensilinja_record_key", "who"),
    ] {
        assert_eq!(small.header(name), Some(value), "{name}");
    }
    for name in ["ensilinja_first_seen", "ensilinja_record_timestamp"] {
        assert!(small.header(name).unwrap().starts_with("20"), "{name} is an instant");
    }
    assert_eq!(small.header("ensilinja_value_bytes"), None);
    let large = &letters[1];
    assert_eq!(large.value.as_deref().map(<[u8]>::len), Some(65_536));
    assert_eq!(large.header("ensilinja_value_bytes"), Some("200006"));
}

#[test]
fn a_dead_letter_too_large_for_its_topic_is_written_with_sizes_only_and_holds_up_no_other() {
    let broker = broker(1);
    let mut settings = settings(&broker.bootstrap_servers());
    let large = format!("poison{}", "x".repeat(5_000));
    publish(&settings, &[&large, "poison small"]);
    settings.properties.insert("message.max.bytes".to_owned(), "1000".to_owned());
    let stand = Stand::start(settings.clone());
    wait("both are acknowledged", || stand.shell.monitor().status().dead_letters.get("malformed") == Some(&2));
    stand.stop();
    assert_eq!(committed(&settings, 1), [Offset::Offset(2)]);
    let letters = plain_consumer::read(&settings.bootstrap_servers, DEAD);
    let by_key = |key: &str| letters.iter().find(|letter| letter.key_text().starts_with(key)).unwrap();
    let (large, small) = (by_key("ensilinja.events/0/0/"), by_key("ensilinja.events/0/1/"));
    assert_eq!((large.value.as_deref(), small.value.as_deref()), (None, Some(b"poison small".as_slice())));
    assert_eq!(large.header("ensilinja_source_offset"), Some("0"));
    assert_eq!(large.header("ensilinja_value_bytes"), Some("5006"));
    assert_eq!(large.header("ensilinja_record_key_bytes"), Some("5006"));
    assert_eq!(large.header("ensilinja_record_key"), None);
}

#[test]
fn a_dead_letter_that_the_broker_finds_too_large_is_shortened_too() {
    let cluster = MockCluster::new(1).unwrap();
    cluster.create_topic(TOPIC, 1, 1).unwrap();
    cluster.create_topic(DEAD, 1, 1).unwrap();
    let settings = settings(&cluster.bootstrap_servers());
    publish(&settings, &["poison 0"]);
    cluster.request_errors(RDKafkaApiKey::Produce, &[RDKafkaRespErr::RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE]);
    let stand = Stand::start(settings.clone());
    wait("it is acknowledged", || stand.shell.monitor().status().dead_letters.get("malformed") == Some(&1));
    stand.stop();
    let letters = plain_consumer::read(&settings.bootstrap_servers, DEAD);
    assert_eq!((letters.len(), letters[0].value.as_deref()), (1, None));
    assert_eq!(letters[0].header("ensilinja_value_bytes"), Some("8"));
}

#[test]
fn a_crowd_of_empty_headers_is_not_kept() {
    let broker = broker(1);
    let settings = settings(&broker.bootstrap_servers());
    let publisher = Publisher::new(&settings).unwrap();
    let headers = vec![(String::new(), None); 5_000];
    publisher.send(&OutgoingRecord { key: None, headers: &headers, value: Some(b"poison"), timestamp: now() }).unwrap();
    publisher.flush(Duration::from_secs(10)).unwrap();
    let stand = Stand::start(settings.clone());
    wait("it is acknowledged", || stand.shell.monitor().status().dead_letters.get("malformed") == Some(&1));
    stand.stop();
    let letters = plain_consumer::read(&settings.bootstrap_servers, DEAD);
    assert!(letters[0].headers.len() < 20);
    assert_eq!(letters[0].header("ensilinja_headers_bytes"), Some("160000"));
    assert_eq!(letters[0].value.as_deref(), Some(b"poison".as_slice()));
}

#[test]
fn what_was_in_the_log_before_is_told_from_what_comes() {
    let broker = broker(2);
    let settings = settings(&broker.bootstrap_servers());
    // Dated ahead, as by a producer whose clock is fast: the timestamp must not be what tells.
    publish_at(&settings, &texts(&numbered("old", 20)), now().plus_millis(HOUR_MS));
    let stand = Stand::start(settings.clone());
    stand.catch_up();
    publish_at(&settings, &texts(&numbered("new", 20)), now().plus_millis(-HOUR_MS));
    wait("all are read", || stand.memory.len() == 40);
    let seen = stand.stop().seen();
    assert!(seen.iter().all(|seen| seen.rebuilding == seen.value.as_ref().unwrap().starts_with("old")));
}

#[test]
fn records_that_cannot_be_fetched_are_said_until_they_can_be_though_probes_are_answered() {
    let cluster = MockCluster::new(1).unwrap();
    cluster.create_topic(TOPIC, 1, 1).unwrap();
    cluster.create_topic(DEAD, 1, 1).unwrap();
    let settings = settings(&cluster.bootstrap_servers());
    publish(&settings, &["a"]);
    let stand = Stand::start(settings.clone());
    stand.catch_up();
    let monitor = stand.shell.monitor();
    let is_said = || monitor.status().not_ready.iter().any(|why| why.contains("cannot be fetched"));
    assert!(!is_said());
    cluster.request_errors(RDKafkaApiKey::Fetch, &[RDKafkaRespErr::RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED; 20]);
    wait("it is said", is_said);
    let complete = monitor.complete_until();
    wait("probes are answered", || monitor.complete_until() > complete);
    assert!(is_said(), "{:?}", monitor.status());
    cluster.clear_request_errors(RDKafkaApiKey::Fetch);
    wait("it has passed, on a quiet topic too", || !is_said());
    stand.stop();
}

#[test]
fn a_restart_reads_everything_and_writes_only_the_dead_letters_past_the_frontier() {
    let broker = broker(1);
    let settings = settings(&broker.bootstrap_servers());
    publish(&settings, &["a", "poison 1", "b"]);
    let stand = Stand::start(settings.clone());
    stand.catch_up();
    stand.stop();
    assert_eq!(committed(&settings, 1), [Offset::Offset(3)]);

    publish(&settings, &["poison 2"]);
    let stand = Stand::start(settings.clone());
    stand.catch_up();
    let memory = stand.stop();
    assert_eq!(memory.values(), ["a", "b", "poison 1", "poison 2"]);
    assert_eq!(committed(&settings, 1), [Offset::Offset(4)]);
    let letters: Vec<_> = dead_letters(&settings.bootstrap_servers).into_iter().collect();
    assert_eq!(letters, [("ensilinja.events/0/1".to_owned(), 1), ("ensilinja.events/0/3".to_owned(), 1)]);
}

#[test]
fn a_process_that_is_behind_takes_back_no_commit_of_one_that_is_ahead() {
    let broker = broker(1);
    let settings = settings(&broker.bootstrap_servers());
    publish(&settings, &texts(&numbered("v", 100)));
    let ahead = Stand::start(settings.clone());
    ahead.catch_up();
    ahead.stop();
    assert_eq!(committed(&settings, 1), [Offset::Offset(100)]);
    let slow = Memory::that_takes(Duration::from_millis(50));
    let behind = Stand::start_with(settings.clone(), slow);
    wait("a few are read", || behind.memory.len() > 10);
    std::thread::sleep(Duration::from_millis(700));
    assert!(behind.stop().len() < 100);
    assert_eq!(committed(&settings, 1), [Offset::Offset(100)]);
}

#[test]
fn a_key_or_a_value_may_be_missing_and_headers_arrive_in_order() {
    let broker = broker(1);
    let settings = settings(&broker.bootstrap_servers());
    let publisher = Publisher::new(&settings).unwrap();
    let headers = [("b".to_owned(), Some(vec![1])), ("a".to_owned(), Some(vec![])), ("b".to_owned(), Some(vec![2]))];
    publisher.send(&OutgoingRecord { key: None, headers: &headers, value: None, timestamp: now() }).unwrap();
    publisher.send(&OutgoingRecord { key: None, headers: &[], value: Some(b"v"), timestamp: now() }).unwrap();
    publisher.flush(Duration::from_secs(10)).unwrap();
    let stand = Stand::start(settings);
    stand.catch_up();
    let seen = stand.stop().seen();
    assert_eq!(
        (seen[0].value.as_deref(), seen[0].headers.as_slice()),
        (None, ["b", "a", "b"].map(str::to_owned).as_slice())
    );
    assert_eq!((seen[1].value.as_deref(), seen[1].headers.len()), (Some("v"), 0));
}

#[test]
fn a_header_whose_name_is_not_utf8_ends_nothing() {
    let broker = broker(1);
    let settings = settings(&broker.bootstrap_servers());
    publish_odd_header(&settings.bootstrap_servers, TOPIC, b"poison", now().as_millis());
    publish(&settings, &["a"]);
    let stand = Stand::start(settings);
    stand.catch_up();
    wait("it is kept", || stand.shell.monitor().status().dead_letters.get("malformed") == Some(&1));
    let seen = stand.stop().seen();
    assert_eq!((seen.len(), seen[0].headers.len()), (2, 0));
}

#[test]
fn a_broker_that_is_not_there_is_said_and_a_stop_is_quick() {
    let stand = Stand::start(settings("127.0.0.1:9"));
    let monitor = stand.shell.monitor();
    wait("the status says why", || {
        monitor.status().not_ready.iter().any(|why| why.starts_with("the broker at 127.0.0.1:9 is unreachable"))
    });
    assert_eq!((monitor.rebuilt(), monitor.complete_until()), (false, None));
    stand.stop();
}

#[test]
fn a_handler_that_panics_is_not_taken_for_a_quiet_topic() {
    struct Panics;
    impl RecordHandler for Panics {
        fn handle(&mut self, _: &IncomingRecord<'_>) -> RecordDisposition {
            panic!("a bug")
        }

        fn begin_another_log(&mut self, _: u32, now: EventTime) -> EventTime {
            now
        }
    }
    let broker = broker(1);
    let settings = settings(&broker.bootstrap_servers());
    publish(&settings, &["a"]);
    let clock: TimeSource = Arc::new(now);
    let shell =
        Ingest::start(settings, IngestIntervals::default(), clock, now().plus_millis(-HOUR_MS), HOUR_MS, Panics)
            .unwrap();
    let monitor = shell.monitor();
    wait("the status says so", || monitor.status().failed);
    assert!(!monitor.status().not_ready.is_empty());
    shell.stop();
}

#[test]
fn a_wrong_property_stops_the_start() {
    let mut settings = settings("127.0.0.1:9");
    settings.properties.insert("acks".to_owned(), "1".to_owned());
    let started = Ingest::start(settings, IngestIntervals::default(), Arc::new(now), now(), 0, Memory::default());
    assert!(matches!(started, Err(StartError::Settings(_))));
}

#[test]
fn a_full_producer_queue_holds_the_publisher_back_and_loses_nothing() {
    let broker = broker(1);
    let mut settings = settings(&broker.bootstrap_servers());
    settings.properties.insert("queue.buffering.max.messages".to_owned(), "10".to_owned());
    let began = Instant::now();
    publish(&settings, &texts(&numbered("v", 500)));
    assert!(began.elapsed() < Duration::from_secs(20));
    assert_eq!(plain_consumer::read(&settings.bootstrap_servers, TOPIC).len(), 500);
}

/// Too few replicas are in sync: the client tries again without an error, so only the age of what waits tells.
#[test]
fn dead_letters_that_are_tried_without_end_are_told_of_by_their_age_until_they_are_written() {
    let cluster = MockCluster::new(1).unwrap();
    cluster.create_topic(TOPIC, 1, 1).unwrap();
    cluster.create_topic(DEAD, 1, 1).unwrap();
    let settings = settings(&cluster.bootstrap_servers());
    publish(&settings, &["poison"]);
    cluster.request_errors(RDKafkaApiKey::Produce, &[RDKafkaRespErr::RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS; 8]);
    let stand = Stand::start(settings);
    let monitor = stand.shell.monitor();
    wait("it has waited for a second", || {
        let status = monitor.status();
        status.dead_letters_waiting == 1 && status.dead_letters_blocked >= Duration::from_secs(1)
    });
    wait("it is written", || {
        let status = monitor.status();
        status.dead_letters_waiting == 0 && status.dead_letters_blocked.is_zero()
    });
    assert_eq!(monitor.status().dead_letters.get("malformed"), Some(&1));
    stand.stop();
}
