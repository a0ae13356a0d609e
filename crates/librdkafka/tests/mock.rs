//! The questions to the C library against librdkafka's mock cluster.
//!
//! Run under valgrind once after a change of this crate: what is lost there is a handle that is not freed.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::{Duration, Instant};

use ensilinja_librdkafka::topic_id;
use rdkafka::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};
use rdkafka::error::RDKafkaErrorCode;
use rdkafka::mocking::MockCluster;

const ANSWER_WITHIN: Duration = Duration::from_secs(5);

/// The only broker of a mock cluster.
const BROKER: i32 = 1;

fn client(bootstrap_servers: &str) -> BaseConsumer {
    ClientConfig::new().set("bootstrap.servers", bootstrap_servers).create().unwrap()
}

#[test]
fn a_topic_keeps_its_id_and_another_topic_has_another() {
    let cluster = MockCluster::new(1).unwrap();
    cluster.create_topic("events", 3, 1).unwrap();
    cluster.create_topic("others", 3, 1).unwrap();
    let consumer = client(&cluster.bootstrap_servers());
    consumer.fetch_metadata(None, ANSWER_WITHIN).unwrap();
    let ask = |topic| topic_id(consumer.client(), BROKER, topic, ANSWER_WITHIN).unwrap();
    let events = ask("events");
    assert!(events.is_some());
    assert_eq!(ask("events"), events);
    assert_ne!(ask("others"), events);
}

#[test]
fn a_topic_that_is_missing_is_an_error_of_the_topic() {
    let cluster = MockCluster::new(1).unwrap();
    let consumer = client(&cluster.bootstrap_servers());
    consumer.fetch_metadata(None, ANSWER_WITHIN).unwrap();
    let asked = topic_id(consumer.client(), BROKER, "events", ANSWER_WITHIN);
    assert_eq!(asked, Err(RDKafkaErrorCode::UnknownTopicOrPartition));
}

#[test]
fn a_name_that_is_no_c_string_is_refused_before_anything_is_asked() {
    let consumer = client("127.0.0.1:9");
    let asked = topic_id(consumer.client(), BROKER, "a\0b", Duration::from_mins(1));
    assert_eq!(asked, Err(RDKafkaErrorCode::InvalidArgument));
}

#[test]
fn a_broker_that_is_not_there_costs_the_timeout_and_no_more() {
    let consumer = client("127.0.0.1:9");
    let began = Instant::now();
    let asked = topic_id(consumer.client(), BROKER, "events", Duration::from_millis(300));
    assert!(asked.is_err(), "{asked:?}");
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
}
