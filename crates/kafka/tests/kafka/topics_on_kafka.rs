//! Another log under one of several topics, on a real Apache Kafka.

use std::sync::atomic::AtomicBool;

use ensilinja_kafka::{Redriver, Settings};
use ensilinja_test_support::{KafkaBroker, plain_consumer};
use rdkafka::Offset;

use crate::fixture::{DEAD, RunningIngest, dead_letter_keys, now, publish_to, settings_of, wait};

const PLAIN: &[(&str, &str)] = &[("retention.ms", "-1")];

fn broker(topics: &[&str]) -> KafkaBroker {
    let broker = KafkaBroker::start();
    topics.iter().chain([&DEAD]).for_each(|topic| broker.create_topic(topic, 1, PLAIN));
    broker
}

fn publish(settings: &Settings, topic: &str, values: &[&str]) {
    publish_to(settings, topic, values, now());
}

fn committed(settings: &Settings, topic: &str) -> Vec<Offset> {
    plain_consumer::committed(&settings.bootstrap_servers, &settings.group_id, topic, 1)
}

/// How many dead letters each topic has, and how many records they are about.
fn letters(settings: &Settings, topic: &str) -> (usize, usize) {
    let keys = dead_letter_keys(&settings.bootstrap_servers);
    let its: Vec<_> = keys.iter().filter(|(key, _)| key.starts_with(&format!("{topic}/"))).collect();
    (its.iter().map(|(_, times)| **times).sum(), its.len())
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn another_log_under_one_topic_rebuilds_all_and_takes_back_nothing_of_the_others() {
    let broker = broker(&["calls", "chats"]);
    let settings = settings_of(&broker.bootstrap(), &["calls", "chats"]);
    publish(&settings, "calls", &["a", "poison", "b"]);
    publish(&settings, "chats", &["old", "old", "poison", "old"]);
    let running = RunningIngest::start(settings.clone());
    running.catch_up();
    wait("all is committed", || committed(&settings, "calls") == [Offset::Offset(3)]);
    broker.delete_topic("chats");
    broker.create_topic("chats", 1, PLAIN);
    publish(&settings, "chats", &["poison", "new"]);
    wait("another log has begun", || running.handler.logs() == 1);
    running.catch_up();
    let status = running.ingest.monitor().status();
    assert_eq!((status.log, status.log_changes, status.not_ready.as_slice()), (1, [1, 0, 0], [].as_slice()));
    assert_eq!(running.handler.values(), ["a", "b", "new", "poison", "poison"]);
    wait("the dead letters of the new log are written", || committed(&settings, "chats") == [Offset::Offset(2)]);
    running.stop();
    assert_eq!(committed(&settings, "calls"), [Offset::Offset(3)]);
    assert_eq!((letters(&settings, "calls"), letters(&settings, "chats")), ((1, 1), (2, 2)));
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn dead_letters_of_a_topic_that_has_lost_records_are_not_written_again_at_a_later_change_of_another() {
    let mut broker = broker(&["calls", "chats"]);
    let settings = settings_of(&broker.bootstrap(), &["calls", "chats"]);
    publish(&settings, "calls", &["a"]);
    publish(&settings, "chats", &["poison", "kept"]);
    broker.stop();
    broker.keep_partition("chats", 0);
    broker.start_again();
    publish(&settings, "chats", &["lost", "lost", "lost"]);
    let running = RunningIngest::start(settings.clone());
    running.catch_up();
    wait("all is committed", || committed(&settings, "chats") == [Offset::Offset(5)]);
    broker.kill();
    broker.put_partition_back("chats", 0);
    broker.start_again();
    wait("another log has begun", || running.handler.logs() == 1);
    running.catch_up();
    wait("the commit has gone back", || committed(&settings, "chats") == [Offset::Offset(2)]);
    assert_eq!(letters(&settings, "chats"), (2, 1), "nothing told whether the first was of the log that is left");
    // A commit is known to be made only once the broker has answered.
    std::thread::sleep(std::time::Duration::from_millis(600));

    broker.delete_topic("calls");
    broker.create_topic("calls", 1, PLAIN);
    publish(&settings, "calls", &["new"]);
    wait("another log has begun", || running.handler.logs() == 2);
    running.catch_up();
    publish(&settings, "chats", &["poison"]);
    wait("all is committed", || committed(&settings, "chats") == [Offset::Offset(3)]);
    running.stop();
    assert_eq!(letters(&settings, "chats"), (3, 2));
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn a_deleted_topic_of_a_pattern_leaves_the_figures_of_the_others() {
    let broker = broker(&["calls.a", "calls.b"]);
    let settings = settings_of(&broker.bootstrap(), &["^calls"]);
    publish(&settings, "calls.a", &["a"]);
    publish(&settings, "calls.b", &["b"]);
    let running = RunningIngest::start(settings.clone());
    running.catch_up();
    broker.delete_topic("calls.a");
    wait("another log has begun", || running.handler.logs() == 1);
    running.catch_up();
    let status = running.ingest.monitor().status();
    assert_eq!((status.log_changes, status.partitions.len()), ([0, 0, 1], 1), "{status:?}");
    assert_eq!(running.handler.values(), ["b"]);

    broker.create_topic("calls.a", 1, PLAIN);
    publish(&settings, "calls.a", &["c"]);
    running.catch_up();
    assert_eq!(running.handler.values(), ["b", "c"], "it is found again");
    assert_eq!(running.ingest.monitor().status().log, 1);

    broker.delete_topic("calls.a");
    broker.delete_topic("calls.b");
    wait("nothing matches", || {
        running.ingest.monitor().status().not_ready.iter().any(|why| why.contains("no topic matches ^calls"))
    });
    running.stop();
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn a_missing_topic_of_repairs_is_told_and_holds_no_figures_back() {
    let broker = broker(&["calls", "repairs"]);
    let mut settings = settings_of(&broker.bootstrap(), &["calls", "repairs"]);
    settings.topics[1].repairs_only = true;
    publish(&settings, "repairs", &["r"]);
    let running = RunningIngest::start(settings.clone());
    running.catch_up();
    broker.delete_topic("repairs");
    let monitor = running.ingest.monitor();
    wait("it is told", || {
        monitor.status().not_ready.iter().any(|why| why.contains("the topic repairs does not exist"))
    });
    publish(&settings, "calls", &["a"]);
    running.catch_up();
    assert_eq!(running.handler.values(), ["a", "r"]);
    broker.create_topic("repairs", 1, PLAIN);
    wait("another log has begun", || running.handler.logs() == 1);
    running.catch_up();
    assert_eq!(running.handler.values(), ["a"]);
    running.stop();
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn a_redriver_refuses_a_topic_that_does_not_exist() {
    let broker = broker(&["calls"]);
    let settings = settings_of(&broker.bootstrap(), &["calls"]);
    let stop = AtomicBool::new(false);
    let refused = Redriver::new(&settings, vec!["calls".to_owned(), "gone".to_owned()], &stop).err().unwrap();
    assert_eq!(refused.to_string(), "the topic gone does not exist: create it first");
}
