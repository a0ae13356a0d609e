//! Another log under the same name, on a real Apache Kafka: topics that are made anew, and records that brokers lose.

use std::time::Duration;

use ensilinja_kafka::Settings;
use ensilinja_test_support::KafkaBroker;
use rdkafka::ClientConfig;
use rdkafka::Offset;
use rdkafka::producer::{BaseProducer, BaseRecord, Producer};

use crate::stand::{DEAD, HOUR_MS, Memory, Stand, TOPIC, committed, dead_letter_keys, now, settings, wait};

const PLAIN: &[(&str, &str)] = &[("retention.ms", "-1")];
const PROBE: Duration = Duration::from_millis(100);

fn broker() -> KafkaBroker {
    let broker = KafkaBroker::start();
    broker.create_topic(DEAD, 1, &[]);
    broker
}

/// Publishes so many records to each partition, and says what they are, in order of their names.
fn publish(settings: &Settings, prefix: &str, counts: &[usize]) -> Vec<String> {
    let producer: BaseProducer =
        ClientConfig::new().set("bootstrap.servers", &settings.bootstrap_servers).create().unwrap();
    let mut values = Vec::new();
    for (partition, count) in (0..).zip(counts) {
        for number in 0..*count {
            let value = format!("{prefix}-{partition}-{number:04}");
            let record = BaseRecord::<str, str>::to(&settings.topic).partition(partition).payload(&value);
            producer.send(record).unwrap();
            values.push(value);
        }
    }
    producer.flush(Duration::from_secs(20)).unwrap();
    values
}

fn topic_of(settings: &Settings, name: &str) -> Settings {
    Settings { topic: format!("{TOPIC}.{name}"), ..settings.clone() }
}

/// What has become of a stand when all of a new log is read: nothing of the old one is left.
fn assert_is_another_log(stand: &Stand, values: &[String], changes: [u64; 2], case: &str) {
    wait(&format!("another log has begun: {case}"), || stand.memory.logs() == 1);
    stand.catch_up();
    let status = stand.shell.monitor().status();
    assert_eq!((stand.memory.values().as_slice(), status.log), (values, 1), "{case}");
    assert_eq!((status.log_changes, status.not_ready.as_slice()), (changes, [].as_slice()), "{case}");
    assert!(status.history.from_first_record, "{case}: as a process that starts now would say");
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn a_topic_made_anew_is_another_log_however_long_it_is_and_whatever_its_partitions() {
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
        broker.create_topic(&settings.topic, i32::try_from(old.len()).unwrap(), PLAIN);
        let before = publish(&settings, "old", old);
        let stand = Stand::start(settings.clone());
        stand.catch_up();
        assert_eq!(stand.memory.values(), before);
        broker.delete_topic(&settings.topic);
        broker.create_topic(&settings.topic, i32::try_from(new.len()).unwrap(), PLAIN);
        let values = publish(&settings, "new", new);
        assert_is_another_log(&stand, &values, [1, 0], case);
        let partitions = stand.shell.monitor().status().partitions.len();
        assert_eq!(partitions, new.len(), "{case}");
        let later = [values, publish(&settings, "newer", &[1])].concat();
        stand.catch_up();
        assert_eq!(stand.stop().values(), later, "{case}: it reads on");
    }
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn a_topic_made_anew_between_probes_or_while_the_broker_was_away_or_while_it_was_read_is_noticed() {
    let mut broker = broker();
    let settings = settings(&broker.bootstrap());
    let day_ago = now().plus_millis(-24 * HOUR_MS);
    let renew = |broker: &KafkaBroker, settings: &Settings| {
        broker.delete_topic(&settings.topic);
        broker.create_topic(&settings.topic, 2, PLAIN);
        publish(settings, "new", &[500, 600])
    };

    let seldom = topic_of(&settings, "seldom");
    broker.create_topic(&seldom.topic, 2, PLAIN);
    publish(&seldom, "old", &[5, 5]);
    let stand = Stand::start_at(seldom.clone(), Memory::default(), day_ago, Duration::from_secs(3));
    stand.catch_up();
    let values = renew(&broker, &seldom);
    assert_is_another_log(&stand, &values, [1, 0], "between probes");
    stand.stop();

    let slow = topic_of(&settings, "slow");
    broker.create_topic(&slow.topic, 2, PLAIN);
    publish(&slow, "old", &[400, 400]);
    let stand = Stand::start_at(slow.clone(), Memory::that_takes(Duration::from_millis(3)), day_ago, PROBE);
    wait("it is being read", || stand.memory.len() > 20);
    assert!(!stand.shell.monitor().rebuilt());
    let values = renew(&broker, &slow);
    assert_is_another_log(&stand, &values, [1, 0], "while it is read");
    stand.stop();

    let away = topic_of(&settings, "away");
    broker.create_topic(&away.topic, 2, PLAIN);
    publish(&away, "old", &[5, 5]);
    let stand = Stand::start(away.clone());
    stand.catch_up();
    let monitor = stand.shell.monitor();
    // A probe that hangs is one that a topic may be made anew behind: the client cannot see the difference.
    broker.stop();
    wait("the broker is missed", || !monitor.status().not_ready.is_empty());
    broker.start_again();
    let values = renew(&broker, &away);
    assert_is_another_log(&stand, &values, [1, 0], "while the broker was away");
    stand.stop();
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn dead_letters_of_a_topic_made_anew_are_written_whatever_was_committed_for_the_old_one() {
    let broker = broker();
    let settings = settings(&broker.bootstrap());
    broker.create_topic(TOPIC, 1, PLAIN);
    let made = |prefix: &str, count| publish(&settings, prefix, &[count]);
    made("poison-old", 2);
    let stand = Stand::start(settings.clone());
    stand.catch_up();
    wait("both are written and committed", || committed(&settings, 1) == [Offset::Offset(2)]);

    // Live: the old log's frontier lies where the new log's first dead letters do.
    broker.delete_topic(TOPIC);
    broker.create_topic(TOPIC, 1, PLAIN);
    made("poison-new", 2);
    made("new", 3);
    wait("another log has begun", || stand.memory.logs() == 1);
    stand.catch_up();
    wait("all are written and committed", || committed(&settings, 1) == [Offset::Offset(5)]);
    stand.stop();
    let keys = dead_letter_keys(&settings.bootstrap_servers);
    assert_eq!((keys.len(), keys.values().max()), (4, Some(&1)), "each log has its own keys: {keys:?}");

    // Restarted: nothing but the commit tells of the old log, and it lies within the new one.
    broker.delete_topic(TOPIC);
    broker.create_topic(TOPIC, 1, PLAIN);
    made("poison-newest", 1);
    made("newest", 9);
    let stand = Stand::start(settings.clone());
    stand.catch_up();
    wait("it is written and committed", || committed(&settings, 1) == [Offset::Offset(10)]);
    assert_eq!((stand.stop().logs(), dead_letter_keys(&settings.bootstrap_servers).len()), (0, 5));
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn a_broker_that_loses_acknowledged_records_leaves_what_a_process_that_starts_then_reads() {
    let mut broker = broker();
    let settings = settings(&broker.bootstrap());
    let day_ago = now().plus_millis(-24 * HOUR_MS);
    for (case, grown) in [("shorter", 0), ("grown", 900)] {
        let settings = topic_of(&settings, case);
        broker.create_topic(&settings.topic, 1, PLAIN);
        let kept = publish(&settings, "kept", &[700]);
        broker.stop();
        broker.keep_partition(&settings.topic, 0);
        broker.start_again();
        let lost = publish(&settings, "lost", &[400]);
        // So seldom that the log may have grown again before a probe looks.
        let stand = Stand::start_at(settings.clone(), Memory::default(), day_ago, Duration::from_secs(3));
        stand.catch_up();
        assert_eq!(stand.memory.len(), kept.len() + lost.len());
        broker.kill();
        broker.put_partition_back(&settings.topic, 0);
        broker.start_again();
        let after = publish(&settings, "grown", &[grown]);
        let mut values = [kept, after].concat();
        values.sort();
        assert_is_another_log(&stand, &values, [0, 1], case);
        stand.stop();
    }
}
