//! The calls of the C library on librdkafka's mock cluster.
//!
//! After a change of this crate run this once under valgrind: a leak there is a handle that is not freed.

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
fn a_missing_topic_is_an_error_of_the_topic() {
    let cluster = MockCluster::new(1).unwrap();
    let consumer = client(&cluster.bootstrap_servers());
    consumer.fetch_metadata(None, ANSWER_WITHIN).unwrap();
    let asked = topic_id(consumer.client(), BROKER, "events", ANSWER_WITHIN);
    assert_eq!(asked, Err(RDKafkaErrorCode::UnknownTopicOrPartition));
}

#[test]
fn a_name_that_is_no_c_string_is_refused_without_a_request() {
    let consumer = client("127.0.0.1:9");
    let asked = topic_id(consumer.client(), BROKER, "a\0b", Duration::from_mins(1));
    assert_eq!(asked, Err(RDKafkaErrorCode::InvalidArgument));
}

#[test]
fn an_unreachable_broker_takes_no_longer_than_the_timeout() {
    let consumer = client("127.0.0.1:9");
    let began = Instant::now();
    let asked = topic_id(consumer.client(), BROKER, "events", Duration::from_millis(300));
    assert!(asked.is_err(), "{asked:?}");
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
}
