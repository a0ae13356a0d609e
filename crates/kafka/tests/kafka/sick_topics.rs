//! Topics that cannot be read for a while, on librdkafka's mock cluster: they hold back no others, and are read as they
//! would be at a start once they can be read.

use std::time::Duration;

use ensilinja_kafka::Settings;
use rdkafka::mocking::MockCluster;
use rdkafka::producer::DefaultProducerContext;
use rdkafka::types::{RDKafkaApiKey, RDKafkaRespErr};

use crate::fixture::{DEAD, RecordingHandler, RunningIngest, dead_letters, now, publish_to, settings_of, wait};

use RDKafkaRespErr::{
    RD_KAFKA_RESP_ERR_NO_ERROR as NO_ERROR, RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED as REFUSED,
    RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART as UNKNOWN,
};

/// More probes than it takes to be sure that a topic was deleted.
const MANY_PROBES: Duration = Duration::from_millis(1_500);

struct Cluster(MockCluster<'static, DefaultProducerContext>);

impl Cluster {
    fn of(topics: &[&str]) -> Self {
        let cluster = Self(MockCluster::new(1).unwrap());
        // From version 12 on its answer names the leader, even where there is none.
        cluster.0.apiversion(RDKafkaApiKey::Fetch, Some(0), Some(11)).unwrap();
        topics.iter().chain([&DEAD]).for_each(|topic| cluster.create(topic));
        cluster
    }

    fn create(&self, topic: &str) {
        self.0.create_topic(topic, 1, 1).unwrap();
    }

    /// What the broker says about a topic from now on.
    fn says(&self, topic: &str, error: RDKafkaRespErr) {
        self.0.topic_error(topic, error).unwrap();
    }

    fn lead(&self, topic: &str, leader: Option<i32>) {
        self.0.partition_leader(topic, 0, leader).unwrap();
    }

    /// Settings of `calls` and of a topic or pattern that only repairs the past.
    fn settings(&self, repairs: &str) -> Settings {
        let mut settings = settings_of(&self.0.bootstrap_servers(), &["calls", repairs]);
        settings.topics[1].repairs_only = true;
        settings
    }
}

fn publish(settings: &Settings, topic: &str, values: &[&str]) {
    publish_to(settings, topic, values, now());
}

fn is_told(running: &RunningIngest, text: &str) -> bool {
    running.ingest.monitor().status().not_ready.iter().any(|why| why.contains(text))
}

#[test]
fn repairs_that_cannot_be_read_are_told_and_hold_no_figures_back() {
    let cluster = Cluster::of(&["calls", "repairs.a"]);
    let settings = cluster.settings("^repairs");
    publish(&settings, "repairs.a", &["r"]);
    let running = RunningIngest::start(settings.clone());
    running.catch_up();
    let monitor = running.ingest.monitor();

    cluster.says("repairs.a", REFUSED);
    wait("the refusal is told", || is_told(&running, "with an error about repairs.a"));
    std::thread::sleep(MANY_PROBES);
    publish(&settings, "calls", &["a"]);
    running.catch_up();
    assert_eq!((monitor.status().log, running.handler.values()), (0, vec!["a".to_owned(), "r".to_owned()]));
    cluster.says("repairs.a", NO_ERROR);
    wait("it has passed", || monitor.status().not_ready.is_empty());

    cluster.lead("repairs.a", None);
    wait("the missing leader is told", || is_told(&running, "a partition of the topic repairs.a has no leader"));
    let before = now();
    publish(&settings, "calls", &["b"]);
    running.catch_up();
    assert!(now().millis_since(before) < 2_500, "nothing waits for a leader");
    cluster.lead("repairs.a", Some(1));
    wait("it has passed", || monitor.status().not_ready.is_empty());
    publish(&settings, "repairs.a", &["s"]);
    wait("repairs are read again", || running.handler.values() == ["a", "b", "r", "s"]);
    assert_eq!(monitor.status().log, 0);
    running.stop();
}

#[test]
fn after_the_last_topic_of_a_pattern_of_repairs_has_gone_the_others_are_read_and_it_is_found_again() {
    let cluster = Cluster::of(&["calls", "repairs.a"]);
    let settings = cluster.settings("^repairs");
    publish(&settings, "calls", &["a"]);
    publish(&settings, "repairs.a", &["poison", "r"]);
    let running = RunningIngest::start(settings.clone());
    running.catch_up();
    let monitor = running.ingest.monitor();
    wait("the dead letter is written", || monitor.status().dead_letters.get("malformed") == Some(&1));
    cluster.says("repairs.a", UNKNOWN);
    wait("another log has begun", || running.handler.logs() == 1);
    running.catch_up();
    assert_eq!((monitor.status().log_changes, running.handler.values()), ([0, 0, 1], vec!["a".to_owned()]));
    cluster.says("repairs.a", NO_ERROR);
    wait("it is found again", || running.handler.values() == ["a", "poison", "r"]);
    running.catch_up();
    assert_eq!(monitor.status().log, 1);
    running.stop();
}

#[test]
fn repairs_that_do_not_exist_yet_keep_nothing_from_beginning() {
    for repairs in ["repairs.a", "^repairs"] {
        let cluster = Cluster::of(&["calls"]);
        let settings = cluster.settings(repairs);
        publish(&settings, "calls", &["a"]);
        let running = RunningIngest::start(settings.clone());
        running.catch_up();
        let told = if repairs.starts_with('^') { "no topic matches ^repairs" } else { "repairs.a does not exist" };
        wait("it is told", || is_told(&running, told));
        cluster.create("repairs.a");
        publish(&settings, "repairs.a", &["r"]);
        wait("it is found", || running.handler.values() == ["a", "r"]);
        wait("nothing is told", || running.ingest.monitor().status().not_ready.is_empty());
        running.stop();
    }
}

#[test]
fn repairs_without_a_leader_delay_the_first_figures_only_for_some_attempts() {
    let cluster = Cluster::of(&["calls", "repairs"]);
    let settings = cluster.settings("repairs");
    publish(&settings, "calls", &["a"]);
    publish(&settings, "repairs", &["r"]);
    cluster.lead("repairs", None);
    let running = RunningIngest::start(settings);
    wait("it is waited for", || is_told(&running, "a partition of the topic repairs has no leader"));
    assert!(!running.ingest.monitor().rebuilt());
    running.catch_up();
    assert_eq!(running.handler.values(), ["a"]);
    cluster.lead("repairs", Some(1));
    wait("it is found", || running.handler.values() == ["a", "r"]);
    running.stop();
}

#[test]
fn a_topic_that_is_found_later_may_be_old_and_its_dead_letters_are_not_written_again() {
    let cluster = Cluster::of(&["calls", "repairs.a"]);
    let settings = cluster.settings("^repairs");
    publish(&settings, "repairs.a", &["poison", "r"]);
    let running = RunningIngest::start(settings.clone());
    running.catch_up();
    wait("the dead letter is written", || running.ingest.monitor().status().dead_letters.get("malformed") == Some(&1));
    running.stop();

    cluster.says("repairs.a", UNKNOWN);
    let running = RunningIngest::start(settings.clone());
    running.catch_up();
    assert_eq!(running.handler.len(), 0);
    cluster.says("repairs.a", NO_ERROR);
    wait("it is found", || running.handler.values() == ["poison", "r"]);
    publish(&settings, "repairs.a", &["s"]);
    wait("it is read on", || running.handler.len() == 3);
    let mut seen = running.stop().seen();
    seen.sort_by_key(|seen| seen.offset);
    assert_eq!(seen.iter().map(|seen| seen.rebuilding).collect::<Vec<_>>(), [true, true, false]);
    assert_eq!(dead_letters(&settings.bootstrap_servers).into_values().collect::<Vec<_>>(), [1]);
}

#[test]
fn records_deleted_before_they_were_read_are_skipped_while_repairs_have_no_leader() {
    let cluster = Cluster::of(&["calls", "repairs"]);
    let mut settings = cluster.settings("repairs");
    // A small read-ahead, so that the records to be deleted have not been fetched.
    for (name, value) in
        [("queued.min.messages", "1"), ("queued.max.messages.kbytes", "64"), ("fetch.message.max.bytes", "2000")]
    {
        settings.properties.insert(name.to_owned(), value.to_owned());
    }
    let running = RunningIngest::start_with(settings.clone(), RecordingHandler::with_delay(Duration::from_millis(200)));
    running.catch_up();
    cluster.lead("repairs", None);
    // The mock cluster keeps 5 MiB of a partition, compressed.
    let letters =
        std::iter::successors(Some(1_u32), |state| Some(state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223)));
    let long: String =
        letters.take(100_000).map(|state| char::from(b' ' + u8::try_from(state >> 26).unwrap())).collect();
    let values: Vec<String> =
        (0..200).map(|number| format!("{number}{}{}", &long[number..], &long[..number])).collect();
    publish(&settings, "calls", &values.iter().map(String::as_str).collect::<Vec<_>>());
    publish(&settings, "calls", &["the last"]);
    wait("the last is read", || running.handler.values().iter().any(|value| value == "the last"));
    running.catch_up();
    assert!(running.handler.len() < 200, "some were deleted");
    assert_eq!(running.ingest.monitor().status().log, 0);
    running.stop();
}
