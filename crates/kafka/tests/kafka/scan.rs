//! Scans: on the embedded broker and, where only that proves it, on a real Kafka.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use ensilinja_kafka::{EmbeddedBroker, ScanError, ScanRange, ScanSummary, Settings, TopicChoice, scan_topics};
use ensilinja_model::EventTime;
use ensilinja_test_support::KafkaBroker;
use rdkafka::ClientConfig;
use rdkafka::mocking::MockCluster;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};
use rdkafka::types::{RDKafkaApiKey, RDKafkaRespErr};

use crate::fixture::{DEAD, HOUR_MS, RunningIngest, TOPIC, committed, now, publish, publish_at, settings};

/// All partitions, from an instant on.
fn all(from: EventTime) -> ScanRange<'static> {
    ScanRange { from, offsets: &[] }
}

/// Scans the last day. Returns the values, sorted.
fn last_day(settings: &Settings) -> Result<(ScanSummary, Vec<String>), ScanError> {
    since(settings, now().plus_millis(-24 * HOUR_MS), |_| {})
}

/// Scans from `from` on. Calls `seen` after each record with the number of records so far.
fn since(
    settings: &Settings,
    from: EventTime,
    mut seen: impl FnMut(usize),
) -> Result<(ScanSummary, Vec<String>), ScanError> {
    let mut values = Vec::new();
    let summary = scan_topics(settings, &all(from), &AtomicBool::new(false), &mut |record, progress| {
        assert!(record.rebuilding && !record.again);
        values.push(String::from_utf8(record.value.unwrap().to_vec()).unwrap());
        assert_eq!(progress.records, values.len() as u64);
        assert!(progress.offsets_read >= progress.records && progress.offsets >= progress.offsets_read);
        seen(values.len());
        ControlFlow::Continue(())
    })?;
    assert_eq!(summary.records, values.len() as u64);
    values.sort();
    Ok((summary, values))
}

fn numbered(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("{number:05}")).collect()
}

fn texts(values: &[String]) -> Vec<&str> {
    values.iter().map(String::as_str).collect()
}

fn embedded(partitions: i32) -> (EmbeddedBroker, Settings) {
    let broker = EmbeddedBroker::start().unwrap();
    broker.create_topic(TOPIC, partitions).unwrap();
    let settings = settings(&broker.bootstrap_servers());
    (broker, settings)
}

#[test]
fn every_record_of_every_partition_is_handed_over_once_and_in_order() {
    let (_broker, settings) = embedded(8);
    let values = numbered(3_000);
    let first = now().plus_millis(-2 * HOUR_MS);
    publish_at(&settings, &texts(&values), first);
    let mut places = Vec::new();
    let summary = scan_topics(&settings, &all(first), &AtomicBool::new(false), &mut |record, _| {
        assert_eq!((record.key, record.timestamp), (record.value, Some(first)));
        places.push((record.partition, record.offset));
        ControlFlow::Continue(())
    });
    let summary = summary.unwrap();
    assert_eq!((summary.records, summary.reaches_back), (3_000, true));
    assert_eq!((summary.history.start, summary.history.from_first_record), (Some(first), true));
    for partition in 0..8 {
        let offsets: Vec<i64> = places.iter().filter(|place| place.0 == partition).map(|place| place.1).collect();
        assert!(offsets.iter().copied().eq(0..i64::try_from(offsets.len()).unwrap()), "partition {partition}");
    }
    assert_eq!(last_day(&settings).unwrap().1, values);
}

#[test]
fn a_scan_of_an_empty_topic_ends_at_once_and_lacks_nothing() {
    let (_broker, settings) = embedded(3);
    let (summary, _) = last_day(&settings).unwrap();
    assert_eq!((summary.records, summary.reaches_back, summary.history.start), (0, true, None));
}

#[test]
fn partitions_without_records_do_not_delay_the_scan() {
    let (_broker, settings) = embedded(64);
    let began = Instant::now();
    publish(&settings, &["a", "b"]);
    assert_eq!(last_day(&settings).unwrap().1, ["a", "b"]);
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
}

#[test]
fn records_published_during_the_scan_are_not_read() {
    let (_broker, settings) = embedded(1);
    publish(&settings, &["a", "b"]);
    let (summary, values) = since(&settings, now(), |seen| {
        if seen == 1 {
            publish(&settings, &["late"]);
        }
    })
    .unwrap();
    assert_eq!((summary.records, values), (2, vec!["a".to_owned(), "b".to_owned()]));
}

#[test]
fn a_stop_ends_the_scan_with_an_error() {
    let (_broker, settings) = embedded(2);
    publish(&settings, &texts(&numbered(1_000)));
    let (stop, mut seen) = (AtomicBool::new(false), 0);
    let summary = scan_topics(&settings, &all(now()), &stop, &mut |_, _| {
        seen += 1;
        stop.store(seen == 10, Ordering::Relaxed);
        ControlFlow::Continue(())
    });
    assert!(matches!(summary, Err(ScanError::Stopped)) && seen == 10, "{summary:?} after {seen}");
}

#[test]
fn a_missing_topic_is_an_error_at_once() {
    let (_broker, settings) = embedded(1);
    let brokers = settings.bootstrap_servers.clone();
    let began = Instant::now();
    let error = last_day(&Settings { topics: vec![TopicChoice::of("elsewhere")], ..settings }).unwrap_err();
    assert_eq!(
        error.to_string(),
        format!("the topic elsewhere does not exist at {brokers}: check its name and the brokers")
    );
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}

#[test]
fn unreachable_brokers_are_an_error_after_15_seconds() {
    let began = Instant::now();
    let error = last_day(&settings("127.0.0.1:9")).unwrap_err().to_string();
    assert!(error.starts_with("the brokers at 127.0.0.1:9 have not described ensilinja.events within 15 s: "));
    assert!(error.contains("check that the broker runs"), "{error}");
    assert!((12..20).contains(&began.elapsed().as_secs()), "{:?}", began.elapsed());
}

#[test]
fn a_stop_also_ends_the_wait_for_brokers() {
    let stop = AtomicBool::new(true);
    let began = Instant::now();
    let summary = scan_topics(&settings("127.0.0.1:9"), &all(now()), &stop, &mut |_, _| ControlFlow::Continue(()));
    assert!(matches!(summary, Err(ScanError::Stopped)), "{summary:?}");
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}

#[test]
fn a_refused_user_is_told_the_required_permission() {
    let cluster = MockCluster::new(1).unwrap();
    cluster.create_topic(TOPIC, 1, 1).unwrap();
    let settings = settings(&cluster.bootstrap_servers());
    publish(&settings, &["a"]);
    cluster.request_errors(RDKafkaApiKey::Fetch, &[RDKafkaRespErr::RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED; 20]);
    let error = last_day(&settings).unwrap_err().to_string();
    assert!(error.contains("do not let this user read ensilinja.events"), "{error}");
    assert!(error.contains("give this user READ and DESCRIBE on the topic"), "{error}");
}

#[test]
fn wrong_settings_are_refused() {
    let mut settings = settings("127.0.0.1:9");
    settings.properties.insert("acks".to_owned(), "1".to_owned());
    assert!(matches!(last_day(&settings), Err(ScanError::Settings(_))));
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn a_scan_begins_with_its_range_and_does_not_disturb_the_live_process() {
    let broker = KafkaBroker::start();
    broker.create_topic(TOPIC, 3, &[("retention.ms", "-1")]);
    broker.create_topic(DEAD, 1, &[]);
    let settings = settings(&broker.bootstrap());
    let (old, new) = (numbered(100), numbered(200).split_off(100));
    publish_at(&settings, &texts(&old), now().plus_millis(-48 * HOUR_MS));
    let first = now().plus_millis(-2 * HOUR_MS);
    publish_at(&settings, &texts(&new), first);
    let live = RunningIngest::start(settings.clone());
    live.catch_up();
    live.stop();
    let frontier = committed(&settings, 3);

    let live = RunningIngest::start(settings.clone());
    let (summary, values) = last_day(&settings).unwrap();
    assert_eq!((summary.reaches_back, summary.history.from_first_record), (true, true));
    assert_eq!(values, new);
    live.catch_up();
    assert_eq!(live.stop().values(), new);
    let (_, values) = since(&settings, now().plus_millis(-72 * HOUR_MS), |_| {}).unwrap();
    assert_eq!(values, [&old[..], &new[..]].concat());
    assert_eq!(since(&settings, now().plus_millis(-HOUR_MS), |_| {}).unwrap().1, [""; 0]);
    assert_eq!(committed(&settings, 3), frontier, "nothing was committed");

    // One partition loses all but its last record, which lies within the range.
    let records: i64 = frontier[0].to_raw().unwrap();
    broker.delete_records(TOPIC, 0, records - 1);
    let (summary, values) = last_day(&settings).unwrap();
    assert_eq!(
        (summary.reaches_back, summary.history.start, summary.history.from_first_record),
        (false, Some(first), false)
    );
    assert!(values.len() < new.len());
    assert!(since(&settings, first, |_| {}).unwrap().0.reaches_back);
    broker.delete_records(TOPIC, 0, records);
    let (summary, _) = last_day(&settings).unwrap();
    assert_eq!((summary.reaches_back, summary.history.start), (false, None), "a partition has lost all its records");
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn a_scan_ends_after_transaction_markers_and_before_an_open_transaction() {
    let broker = KafkaBroker::start();
    broker.create_topic(TOPIC, 1, &[]);
    let settings = settings(&broker.bootstrap());
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", &settings.bootstrap_servers).set("transactional.id", "tests");
    let producer: BaseProducer = config.create().unwrap();
    let timeout = Duration::from_secs(20);
    let send = |value: &'static str| {
        producer.begin_transaction().unwrap();
        producer.send(BaseRecord::<str, str>::to(TOPIC).key(value).payload(value)).unwrap();
        producer.flush(timeout).unwrap();
    };
    producer.init_transactions(timeout).unwrap();
    send("committed");
    producer.commit_transaction(timeout).unwrap();
    assert_eq!(last_day(&settings).unwrap().1, ["committed"]);
    send("aborted");
    producer.abort_transaction(timeout).unwrap();
    assert_eq!(last_day(&settings).unwrap().1, ["committed"]);
    send("open");
    publish(&settings, &["behind it"]);
    assert_eq!(last_day(&settings).unwrap().1, ["committed"]);
    producer.commit_transaction(timeout).unwrap();
    assert_eq!(last_day(&settings).unwrap().1, ["behind it", "committed", "open"]);
}

/// Creates a topic of 2 000 records of 1 kB. Returns settings with a small read-ahead.
fn large_topic(broker: &KafkaBroker) -> Settings {
    broker.create_topic(TOPIC, 1, &[]);
    let mut settings = settings(&broker.bootstrap());
    for (name, value) in
        [("queued.min.messages", "1"), ("queued.max.messages.kbytes", "64"), ("fetch.message.max.bytes", "2000")]
    {
        settings.properties.insert(name.to_owned(), value.to_owned());
    }
    let long = "x".repeat(1_000);
    let values: Vec<String> = (0..2_000).map(|number| format!("{number:05} {long}")).collect();
    publish(&settings, &texts(&values));
    settings
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn records_deleted_before_they_are_read_are_an_error_with_their_position() {
    let broker = KafkaBroker::start();
    let settings = large_topic(&broker);
    let summary = since(&settings, now().plus_millis(-HOUR_MS), |seen| {
        if seen == 20 {
            broker.delete_records(TOPIC, 0, 1_500);
        }
    });
    let Err(ScanError::Cut { partition: 0, wanted, begin: 1_500, .. }) = summary else {
        panic!("{summary:?}");
    };
    assert!((20..1_500).contains(&wanted), "{wanted}");
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn a_hung_broker_is_an_error_after_30_seconds_with_the_offsets_left() {
    let broker = KafkaBroker::start();
    let settings = large_topic(&broker);
    let began = Instant::now();
    let summary = since(&settings, now().plus_millis(-HOUR_MS), |seen| {
        if seen == 20 {
            broker.freeze();
        }
    });
    broker.thaw();
    let error = summary.unwrap_err().to_string();
    assert!(error.starts_with("no record has come from ") && error.contains(" offsets of ensilinja.events are left"));
    assert!((30..45).contains(&began.elapsed().as_secs()), "{error} after {:?}", began.elapsed());
}
