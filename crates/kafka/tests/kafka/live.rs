//! The live wing on the embedded broker, where no real Kafka is needed.

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

use crate::fixture::odd_record::publish_odd_header;
use crate::fixture::{
    DEAD, HOUR_MS, RecordingHandler, RunningIngest, TOPIC, committed, dead_letters, now, publish, publish_at, settings,
    wait,
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
    let running = RunningIngest::start(settings.clone());
    running.catch_up();
    publish(&settings, &texts(&values[3_000..]));
    running.catch_up();
    let status = running.ingest.monitor().status();
    assert!(status.rebuilt && status.not_ready.is_empty() && !status.failed, "{status:?}");
    assert!(status.partitions.len() == 8 && status.partitions.iter().all(|p| p.ready && p.lag_messages == 0));
    let handler = running.stop();
    assert_eq!(handler.values(), values);
    for partition in 0..8 {
        let offsets: Vec<i64> = handler.seen().iter().filter(|s| s.partition == partition).map(|s| s.offset).collect();
        assert!(offsets.iter().copied().eq(0..i64::try_from(offsets.len()).unwrap()), "partition {partition}");
    }
}

#[test]
fn an_idle_topic_stays_complete() {
    let broker = broker(4);
    let running = RunningIngest::start(settings(&broker.bootstrap_servers()));
    running.catch_up();
    assert_eq!(running.ingest.monitor().history().start, None, "the topic has never held a record");
    let before = running.ingest.monitor().complete_until().unwrap();
    wait("a probe has moved it on", || running.ingest.monitor().complete_until().unwrap() > before);
    running.catch_up();
    running.stop();
}

#[test]
fn the_first_probe_comes_as_soon_as_reading_has_begun() {
    let broker = broker(4);
    let settings = settings(&broker.bootstrap_servers());
    publish(&settings, &["a"]);
    let began = now();
    let minute = Duration::from_mins(1);
    let running = RunningIngest::start_at(settings, RecordingHandler::default(), began.plus_millis(-HOUR_MS), minute);
    let monitor = running.ingest.monitor();
    wait("every record published before is known", || monitor.complete_until().is_some_and(|until| until >= began));
    assert!(monitor.rebuilt());
    running.stop();
}

#[test]
fn the_history_of_a_log_that_lost_nothing_begins_with_its_first_record() {
    let broker = broker(2);
    let settings = settings(&broker.bootstrap_servers());
    let first = now().plus_millis(-2 * HOUR_MS);
    publish_at(&settings, &["a"], first);
    publish_at(&settings, &texts(&numbered("b", 20)), now());
    let running = RunningIngest::start(settings);
    running.catch_up();
    let history = running.ingest.monitor().history();
    assert_eq!((history.start, history.from_first_record), (Some(first), true));
    running.stop();
}

#[test]
fn a_dead_letter_has_the_record_and_its_description() {
    let broker = broker(1);
    let settings = settings(&broker.bootstrap_servers());
    let publisher = Publisher::new(&settings, TOPIC).unwrap();
    let headers = [("ce_type".to_owned(), Some(b"odd".to_vec()))];
    let large = format!("poison{}", "x".repeat(200_000));
    for value in [b"poison small".as_slice(), large.as_bytes()] {
        publisher
            .send(&OutgoingRecord { key: Some(b"who"), headers: &headers, value: Some(value), timestamp: now() })
            .unwrap();
    }
    publisher.flush(Duration::from_secs(10)).unwrap();
    let running = RunningIngest::start(settings.clone());
    wait("both dead letters are written", || {
        running.ingest.monitor().status().dead_letters.get("malformed") == Some(&2)
    });
    running.stop();

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
fn a_dead_letter_too_large_for_its_topic_is_written_with_sizes_only_and_delays_no_other() {
    let broker = broker(1);
    let mut settings = settings(&broker.bootstrap_servers());
    let large = format!("poison{}", "x".repeat(5_000));
    publish(&settings, &[&large, "poison small"]);
    settings.properties.insert("message.max.bytes".to_owned(), "1000".to_owned());
    let running = RunningIngest::start(settings.clone());
    wait("both dead letters are written", || {
        running.ingest.monitor().status().dead_letters.get("malformed") == Some(&2)
    });
    running.stop();
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
fn a_dead_letter_that_the_broker_finds_too_large_is_written_with_sizes_only() {
    let cluster = MockCluster::new(1).unwrap();
    cluster.create_topic(TOPIC, 1, 1).unwrap();
    cluster.create_topic(DEAD, 1, 1).unwrap();
    let settings = settings(&cluster.bootstrap_servers());
    publish(&settings, &["poison 0"]);
    cluster.request_errors(RDKafkaApiKey::Produce, &[RDKafkaRespErr::RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE]);
    let running = RunningIngest::start(settings.clone());
    wait("the dead letter is written", || running.ingest.monitor().status().dead_letters.get("malformed") == Some(&1));
    running.stop();
    let letters = plain_consumer::read(&settings.bootstrap_servers, DEAD);
    assert_eq!((letters.len(), letters[0].value.as_deref()), (1, None));
    assert_eq!(letters[0].header("ensilinja_value_bytes"), Some("8"));
}

#[test]
fn thousands_of_empty_headers_are_not_kept() {
    let broker = broker(1);
    let settings = settings(&broker.bootstrap_servers());
    let publisher = Publisher::new(&settings, TOPIC).unwrap();
    let headers = vec![(String::new(), None); 5_000];
    publisher.send(&OutgoingRecord { key: None, headers: &headers, value: Some(b"poison"), timestamp: now() }).unwrap();
    publisher.flush(Duration::from_secs(10)).unwrap();
    let running = RunningIngest::start(settings.clone());
    wait("the dead letter is written", || running.ingest.monitor().status().dead_letters.get("malformed") == Some(&1));
    running.stop();
    let letters = plain_consumer::read(&settings.bootstrap_servers, DEAD);
    assert!(letters[0].headers.len() < 20);
    assert_eq!(letters[0].header("ensilinja_headers_bytes"), Some("160000"));
    assert_eq!(letters[0].value.as_deref(), Some(b"poison".as_slice()));
}

#[test]
fn records_of_the_rebuild_are_marked_whatever_their_timestamps() {
    let broker = broker(2);
    let settings = settings(&broker.bootstrap_servers());
    // Dated ahead, as by a producer whose clock is fast: the timestamp must not decide.
    publish_at(&settings, &texts(&numbered("old", 20)), now().plus_millis(HOUR_MS));
    let running = RunningIngest::start(settings.clone());
    running.catch_up();
    publish_at(&settings, &texts(&numbered("new", 20)), now().plus_millis(-HOUR_MS));
    wait("all records are read", || running.handler.len() == 40);
    let seen = running.stop().seen();
    assert!(seen.iter().all(|seen| seen.rebuilding == seen.value.as_ref().unwrap().starts_with("old")));
}

#[test]
fn a_fetch_error_is_shown_until_it_passes_even_if_probes_are_answered() {
    let cluster = MockCluster::new(1).unwrap();
    cluster.create_topic(TOPIC, 1, 1).unwrap();
    cluster.create_topic(DEAD, 1, 1).unwrap();
    let settings = settings(&cluster.bootstrap_servers());
    publish(&settings, &["a"]);
    let running = RunningIngest::start(settings.clone());
    running.catch_up();
    let monitor = running.ingest.monitor();
    let is_shown = || monitor.status().not_ready.iter().any(|why| why.contains("cannot be fetched"));
    assert!(!is_shown());
    cluster.request_errors(RDKafkaApiKey::Fetch, &[RDKafkaRespErr::RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED; 20]);
    wait("the error is shown", is_shown);
    let complete = monitor.complete_until();
    wait("probes are answered", || monitor.complete_until() > complete);
    assert!(is_shown(), "{:?}", monitor.status());
    cluster.clear_request_errors(RDKafkaApiKey::Fetch);
    wait("the error has passed, although the topic is quiet", || !is_shown());
    running.stop();
}

#[test]
fn a_restart_reads_everything_and_writes_only_the_dead_letters_past_the_frontier() {
    let broker = broker(1);
    let settings = settings(&broker.bootstrap_servers());
    publish(&settings, &["a", "poison 1", "b"]);
    let running = RunningIngest::start(settings.clone());
    running.catch_up();
    running.stop();
    assert_eq!(committed(&settings, 1), [Offset::Offset(3)]);

    publish(&settings, &["poison 2"]);
    let running = RunningIngest::start(settings.clone());
    running.catch_up();
    let handler = running.stop();
    assert_eq!(handler.values(), ["a", "b", "poison 1", "poison 2"]);
    assert_eq!(committed(&settings, 1), [Offset::Offset(4)]);
    let letters: Vec<_> = dead_letters(&settings.bootstrap_servers).into_iter().collect();
    assert_eq!(letters, [("ensilinja.events/0/1".to_owned(), 1), ("ensilinja.events/0/3".to_owned(), 1)]);
}

#[test]
fn a_slow_process_does_not_take_back_the_commit_of_a_faster_one() {
    let broker = broker(1);
    let settings = settings(&broker.bootstrap_servers());
    publish(&settings, &texts(&numbered("v", 100)));
    let ahead = RunningIngest::start(settings.clone());
    ahead.catch_up();
    ahead.stop();
    assert_eq!(committed(&settings, 1), [Offset::Offset(100)]);
    let slow = RecordingHandler::with_delay(Duration::from_millis(50));
    let behind = RunningIngest::start_with(settings.clone(), slow);
    wait("some records are read", || behind.handler.len() > 10);
    std::thread::sleep(Duration::from_millis(700));
    assert!(behind.stop().len() < 100);
    assert_eq!(committed(&settings, 1), [Offset::Offset(100)]);
}

#[test]
fn a_key_or_a_value_may_be_missing_and_headers_arrive_in_order() {
    let broker = broker(1);
    let settings = settings(&broker.bootstrap_servers());
    let publisher = Publisher::new(&settings, TOPIC).unwrap();
    let headers = [("b".to_owned(), Some(vec![1])), ("a".to_owned(), Some(vec![])), ("b".to_owned(), Some(vec![2]))];
    publisher.send(&OutgoingRecord { key: None, headers: &headers, value: None, timestamp: now() }).unwrap();
    publisher.send(&OutgoingRecord { key: None, headers: &[], value: Some(b"v"), timestamp: now() }).unwrap();
    publisher.flush(Duration::from_secs(10)).unwrap();
    let running = RunningIngest::start(settings);
    running.catch_up();
    let seen = running.stop().seen();
    assert_eq!(
        (seen[0].value.as_deref(), seen[0].headers.as_slice()),
        (None, ["b", "a", "b"].map(str::to_owned).as_slice())
    );
    assert_eq!((seen[1].value.as_deref(), seen[1].headers.len()), (Some("v"), 0));
}

#[test]
fn a_header_whose_name_is_not_utf8_does_not_end_reading() {
    let broker = broker(1);
    let settings = settings(&broker.bootstrap_servers());
    publish_odd_header(&settings.bootstrap_servers, TOPIC, b"poison", now().as_millis());
    publish(&settings, &["a"]);
    let running = RunningIngest::start(settings);
    running.catch_up();
    wait("the dead letter is written", || running.ingest.monitor().status().dead_letters.get("malformed") == Some(&1));
    let seen = running.stop().seen();
    assert_eq!((seen.len(), seen[0].headers.len()), (2, 0));
}

#[test]
fn an_unreachable_broker_is_reported_and_a_stop_is_quick() {
    let running = RunningIngest::start(settings("127.0.0.1:9"));
    let monitor = running.ingest.monitor();
    wait("the status reports the broker", || {
        monitor.status().not_ready.iter().any(|why| why.starts_with("the broker at 127.0.0.1:9 is unreachable"))
    });
    assert_eq!((monitor.rebuilt(), monitor.complete_until()), (false, None));
    running.stop();
}

#[test]
fn a_handler_that_panics_makes_the_status_failed() {
    struct Panics;
    impl RecordHandler for Panics {
        fn handle(&mut self, _: &IncomingRecord<'_>) -> RecordDisposition {
            panic!("a bug")
        }

        fn end_batch(&mut self) {}

        fn begin_another_log(&mut self, _: u32, now: EventTime) -> EventTime {
            now
        }
    }
    let broker = broker(1);
    let settings = settings(&broker.bootstrap_servers());
    publish(&settings, &["a"]);
    let clock: TimeSource = Arc::new(now);
    let ingest =
        Ingest::start(settings, IngestIntervals::default(), clock, now().plus_millis(-HOUR_MS), HOUR_MS, Panics)
            .unwrap();
    let monitor = ingest.monitor();
    wait("the status is failed", || monitor.status().failed);
    assert!(!monitor.status().not_ready.is_empty());
    ingest.stop();
}

#[test]
fn progress_is_published_only_after_the_handler_has_handed_over_the_batch() {
    let broker = broker(1);
    let settings = settings(&broker.bootstrap_servers());
    publish(&settings, &texts(&numbered("v", 20_000)));
    let running = RunningIngest::start(settings);
    let monitor = running.ingest.monitor();
    wait("all is read", || {
        let partitions = monitor.status().partitions;
        let lag: i64 = partitions.iter().map(|partition| partition.lag_messages).sum();
        let read = if partitions.is_empty() { 0 } else { 20_000 - usize::try_from(lag).unwrap() };
        let handed_over = running.handler.len();
        assert!(handed_over >= read, "{read} records are passed, {handed_over} handed over");
        read == 20_000
    });
    running.stop();
}

#[test]
fn a_wrong_property_refuses_the_start() {
    let mut settings = settings("127.0.0.1:9");
    settings.properties.insert("acks".to_owned(), "1".to_owned());
    let started =
        Ingest::start(settings, IngestIntervals::default(), Arc::new(now), now(), 0, RecordingHandler::default());
    assert!(matches!(started, Err(StartError::Settings(_))));
}

#[test]
fn a_full_producer_queue_makes_the_publisher_wait_and_loses_nothing() {
    let broker = broker(1);
    let mut settings = settings(&broker.bootstrap_servers());
    settings.properties.insert("queue.buffering.max.messages".to_owned(), "10".to_owned());
    let began = Instant::now();
    publish(&settings, &texts(&numbered("v", 500)));
    assert!(began.elapsed() < Duration::from_secs(20));
    assert_eq!(plain_consumer::read(&settings.bootstrap_servers, TOPIC).len(), 500);
}

/// Too few replicas are in sync: the client retries without an error, so only the age of the waiting dead letters shows
/// it.
#[test]
fn dead_letters_that_are_retried_without_an_error_show_their_age_until_they_are_written() {
    let cluster = MockCluster::new(1).unwrap();
    cluster.create_topic(TOPIC, 1, 1).unwrap();
    cluster.create_topic(DEAD, 1, 1).unwrap();
    let settings = settings(&cluster.bootstrap_servers());
    publish(&settings, &["poison"]);
    cluster.request_errors(RDKafkaApiKey::Produce, &[RDKafkaRespErr::RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS; 8]);
    let running = RunningIngest::start(settings);
    let monitor = running.ingest.monitor();
    wait("the dead letter has waited for a second", || {
        let status = monitor.status();
        status.dead_letters_waiting == 1 && status.dead_letters_blocked >= Duration::from_secs(1)
    });
    wait("the dead letter is written", || {
        let status = monitor.status();
        status.dead_letters_waiting == 0 && status.dead_letters_blocked.is_zero()
    });
    assert_eq!(monitor.status().dead_letters.get("malformed"), Some(&1));
    running.stop();
}
