//! Another log under the same topic name, on a real Apache Kafka: topics that are recreated, and brokers that lose
//! records.

use std::time::Duration;

use ensilinja_kafka::{Settings, TopicChoice};
use ensilinja_test_support::KafkaBroker;
use rdkafka::ClientConfig;
use rdkafka::Offset;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};

use crate::fixture::{
    DEAD, HOUR_MS, RecordingHandler, RunningIngest, TOPIC, committed, dead_letter_keys, now, settings, topic_name, wait,
};

const PLAIN: &[(&str, &str)] = &[("retention.ms", "-1")];
const PROBE: Duration = Duration::from_millis(100);

fn broker() -> KafkaBroker {
    let broker = KafkaBroker::start();
    broker.create_topic(DEAD, 1, &[]);
    broker
}

/// Publishes `counts` records to the partitions. Returns their values, sorted.
fn publish(settings: &Settings, prefix: &str, counts: &[usize]) -> Vec<String> {
    let producer: BaseProducer =
        ClientConfig::new().set("bootstrap.servers", &settings.bootstrap_servers).create().unwrap();
    let mut values = Vec::new();
    for (partition, count) in (0..).zip(counts) {
        for number in 0..*count {
            let value = format!("{prefix}-{partition}-{number:04}");
            let record = BaseRecord::<str, str>::to(topic_name(settings)).partition(partition).payload(&value);
            producer.send(record).unwrap();
            values.push(value);
        }
    }
    producer.flush(Duration::from_secs(20)).unwrap();
    values
}

fn topic_of(settings: &Settings, name: &str) -> Settings {
    Settings { topics: vec![TopicChoice::of(&format!("{TOPIC}.{name}"))], ..settings.clone() }
}

/// Waits until all of a new log is read. Nothing of the old one may be left.
fn assert_is_another_log(running: &RunningIngest, values: &[String], changes: [u64; 3], case: &str) {
    wait(&format!("another log has begun: {case}"), || running.handler.logs() == 1);
    running.catch_up();
    let status = running.ingest.monitor().status();
    assert_eq!((running.handler.values().as_slice(), status.log), (values, 1), "{case}");
    assert_eq!((status.log_changes, status.not_ready.as_slice()), (changes, [].as_slice()), "{case}");
    assert!(status.history.from_first_record, "{case}: the history is that of a new process");
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn a_recreated_topic_is_another_log_whatever_its_length_and_its_partitions() {
    let broker = broker();
    let settings = settings(&broker.bootstrap());
    for (case, old, new) in [
        ("shorter", &[3, 4][..], &[2, 1][..]),
        ("longer", &[3, 4], &[9, 8]),
        ("as-long", &[3, 4], &[3, 4]),
        ("empty", &[3, 4], &[0, 0]),
        ("fewer-partitions", &[3, 4, 2], &[9, 9]),
        ("more-partitions", &[3, 4], &[9, 9, 9]),
    ] {
        let settings = topic_of(&settings, case);
        broker.create_topic(topic_name(&settings), i32::try_from(old.len()).unwrap(), PLAIN);
        let before = publish(&settings, "old", old);
        let running = RunningIngest::start(settings.clone());
        running.catch_up();
        assert_eq!(running.handler.values(), before);
        broker.delete_topic(topic_name(&settings));
        broker.create_topic(topic_name(&settings), i32::try_from(new.len()).unwrap(), PLAIN);
        let values = publish(&settings, "new", new);
        assert_is_another_log(&running, &values, [1, 0, 0], case);
        let partitions = running.ingest.monitor().status().partitions.len();
        assert_eq!(partitions, new.len(), "{case}");
        let later = [values, publish(&settings, "newer", &[1])].concat();
        running.catch_up();
        assert_eq!(running.stop().values(), later, "{case}: reading goes on");
    }
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn a_recreated_topic_is_noticed_between_probes_during_the_rebuild_and_after_an_outage() {
    let mut broker = broker();
    let settings = settings(&broker.bootstrap());
    let day_ago = now().plus_millis(-24 * HOUR_MS);
    let renew = |broker: &KafkaBroker, settings: &Settings| {
        broker.delete_topic(topic_name(settings));
        broker.create_topic(topic_name(settings), 2, PLAIN);
        publish(settings, "new", &[500, 600])
    };

    let rare = topic_of(&settings, "rare");
    broker.create_topic(topic_name(&rare), 2, PLAIN);
    publish(&rare, "old", &[5, 5]);
    let running = RunningIngest::start_at(rare.clone(), RecordingHandler::default(), day_ago, Duration::from_secs(3));
    running.catch_up();
    let values = renew(&broker, &rare);
    assert_is_another_log(&running, &values, [1, 0, 0], "between probes");
    running.stop();

    let slow = topic_of(&settings, "slow");
    broker.create_topic(topic_name(&slow), 2, PLAIN);
    publish(&slow, "old", &[400, 400]);
    let running =
        RunningIngest::start_at(slow.clone(), RecordingHandler::with_delay(Duration::from_millis(3)), day_ago, PROBE);
    wait("reading has begun", || running.handler.len() > 20);
    assert!(!running.ingest.monitor().rebuilt());
    let values = renew(&broker, &slow);
    assert_is_another_log(&running, &values, [1, 0, 0], "while it is read");
    running.stop();

    let away = topic_of(&settings, "away");
    broker.create_topic(topic_name(&away), 2, PLAIN);
    publish(&away, "old", &[5, 5]);
    let running = RunningIngest::start(away.clone());
    running.catch_up();
    let monitor = running.ingest.monitor();
    // Stopped, not frozen: during a probe that hangs, the client cannot notice that the topic is recreated.
    broker.stop();
    wait("the status reports the broker", || !monitor.status().not_ready.is_empty());
    broker.start_again();
    let values = renew(&broker, &away);
    assert_is_another_log(&running, &values, [1, 0, 0], "while the broker was away");
    running.stop();
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn dead_letters_of_a_recreated_topic_are_written_in_spite_of_commits_for_the_old_one() {
    let broker = broker();
    let settings = settings(&broker.bootstrap());
    broker.create_topic(TOPIC, 1, PLAIN);
    let made = |prefix: &str, count| publish(&settings, prefix, &[count]);
    made("poison-old", 2);
    let running = RunningIngest::start(settings.clone());
    running.catch_up();
    wait("both are written and committed", || committed(&settings, 1) == [Offset::Offset(2)]);

    // Live: the frontier of the old log lies among the first dead letters of the new log.
    broker.delete_topic(TOPIC);
    broker.create_topic(TOPIC, 1, PLAIN);
    made("poison-new", 2);
    made("new", 3);
    wait("another log has begun", || running.handler.logs() == 1);
    running.catch_up();
    wait("all are written and committed", || committed(&settings, 1) == [Offset::Offset(5)]);
    running.stop();
    let keys = dead_letter_keys(&settings.bootstrap_servers);
    assert_eq!((keys.len(), keys.values().max()), (4, Some(&1)), "each log has its own keys: {keys:?}");

    // Restarted: only the commit belongs to the old log, and it lies within the new one.
    broker.delete_topic(TOPIC);
    broker.create_topic(TOPIC, 1, PLAIN);
    made("poison-newest", 1);
    made("newest", 9);
    let running = RunningIngest::start(settings.clone());
    running.catch_up();
    wait("it is written and committed", || committed(&settings, 1) == [Offset::Offset(10)]);
    assert_eq!((running.stop().logs(), dead_letter_keys(&settings.bootstrap_servers).len()), (0, 5));
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn after_a_loss_of_acknowledged_records_the_ingest_holds_what_a_new_process_would_read() {
    let mut broker = broker();
    let settings = settings(&broker.bootstrap());
    let day_ago = now().plus_millis(-24 * HOUR_MS);
    for (case, grown) in [("shorter", 0), ("grown", 900)] {
        let settings = topic_of(&settings, case);
        broker.create_topic(topic_name(&settings), 1, PLAIN);
        let kept = publish(&settings, "kept", &[700]);
        broker.stop();
        broker.keep_partition(topic_name(&settings), 0);
        broker.start_again();
        let lost = publish(&settings, "lost", &[400]);
        // Probes are rare here, so the log may have grown again before the next one.
        let running =
            RunningIngest::start_at(settings.clone(), RecordingHandler::default(), day_ago, Duration::from_secs(3));
        running.catch_up();
        assert_eq!(running.handler.len(), kept.len() + lost.len());
        broker.kill();
        broker.put_partition_back(topic_name(&settings), 0);
        broker.start_again();
        let after = publish(&settings, "grown", &[grown]);
        let mut values = [kept, after].concat();
        values.sort();
        assert_is_another_log(&running, &values, [0, 1, 0], case);
        running.stop();
    }
}
