//! Queries the id of a topic: `DescribeTopics` of librdkafka's admin API, for one topic.

use std::ffi::{CString, c_int};
use std::ptr;
use std::time::Duration;

use rdkafka::client::{Client, ClientContext};
use rdkafka::error::RDKafkaErrorCode;
use rdkafka_sys as c;

use crate::handle::Handle;
use crate::topic_id::TopicId;

/// How much longer than the request timeout the C library may take to report the timeout.
const GRACE: Duration = Duration::from_millis(500);

/// Asks the broker with this id (its `node.id`) for the id of `topic`, and waits for the answer: at most `timeout` and
/// half a second. Any client may ask any broker. The user needs DESCRIBE on the topic, as for its metadata. Nothing is
/// created.
///
/// Without a broker id librdkafka would ask the controller, and wait for it if it cannot be reached, although every
/// broker knows the answer.
///
/// `None` if the brokers have no topic ids (Kafka before 2.8).
///
/// # Errors
/// The error of the request, such as [`OperationTimedOut`](RDKafkaErrorCode::OperationTimedOut) or
/// [`UnsupportedFeature`](RDKafkaErrorCode::UnsupportedFeature), or that of the topic, such as
/// [`UnknownTopicOrPartition`](RDKafkaErrorCode::UnknownTopicOrPartition).
pub fn topic_id<C: ClientContext>(
    client: &Client<C>,
    broker: i32,
    topic: &str,
    timeout: Duration,
) -> Result<Option<TopicId>, RDKafkaErrorCode> {
    let event = describe(client, broker, topic, timeout)?;
    // SAFETY: the event is alive for as long as its handle.
    let request_error = unsafe { c::rd_kafka_event_error(event.as_ptr()) };
    ok(request_error)?;
    // SAFETY: the event is alive. If it is of another kind the result is null, which is tested below.
    let result = unsafe { c::rd_kafka_event_DescribeTopics_result(event.as_ptr()) };
    if result.is_null() {
        return Err(RDKafkaErrorCode::BadMessage);
    }
    let mut count = 0;
    // SAFETY: the result belongs to the event, which is alive; `count` is written before the call returns.
    let topics = unsafe { c::rd_kafka_DescribeTopics_result_topics(result, &raw mut count) };
    if count != 1 || topics.is_null() {
        return Err(RDKafkaErrorCode::BadMessage);
    }
    // SAFETY: `topics` is an array of `count` pointers, here one, that belongs to the event.
    let description = unsafe { *topics };
    if description.is_null() {
        return Err(RDKafkaErrorCode::BadMessage);
    }
    // SAFETY: the description belongs to the event, which is alive.
    let topic_error = unsafe { c::rd_kafka_TopicDescription_error(description) };
    if !topic_error.is_null() {
        // SAFETY: the error belongs to the description.
        ok(unsafe { c::rd_kafka_error_code(topic_error) })?;
    }
    // SAFETY: as above; the id it points to lies within the description.
    let uuid = unsafe { c::rd_kafka_TopicDescription_topic_id(description) };
    Ok(if uuid.is_null() { None } else { id_of(uuid) })
}

/// Sends the request and waits for the event with its answer.
fn describe<C: ClientContext>(
    client: &Client<C>,
    broker: i32,
    topic: &str,
    timeout: Duration,
) -> Result<Handle<c::rd_kafka_event_t>, RDKafkaErrorCode> {
    let name = CString::new(topic).map_err(|_| RDKafkaErrorCode::InvalidArgument)?;
    let mut names = [name.as_ptr()];
    // SAFETY: the array has one name that ends in a zero byte; the collection copies it.
    let topics = unsafe { c::rd_kafka_TopicCollection_of_topic_names(names.as_mut_ptr(), names.len()) };
    // SAFETY: the collection was just created and belongs to us, and this is its destructor.
    let topics = created(unsafe { Handle::own(topics, c::rd_kafka_TopicCollection_destroy) })?;
    let purpose = c::rd_kafka_admin_op_t::RD_KAFKA_ADMIN_OP_DESCRIBETOPICS;
    // SAFETY: the client is borrowed, so its C handle is alive until this function returns.
    let options = unsafe { c::rd_kafka_AdminOptions_new(client.native_ptr(), purpose) };
    // SAFETY: the options were just created and belong to us, and this is their destructor.
    let options = created(unsafe { Handle::own(options, c::rd_kafka_AdminOptions_destroy) })?;
    // SAFETY: the options are alive. No error text is requested, so there is no buffer to write to.
    let set = unsafe {
        c::rd_kafka_AdminOptions_set_request_timeout(options.as_ptr(), whole_ms(timeout), ptr::null_mut(), 0)
    };
    ok(set)?;
    // SAFETY: as above.
    let set = unsafe { c::rd_kafka_AdminOptions_set_broker(options.as_ptr(), broker, ptr::null_mut(), 0) };
    ok(set)?;
    // SAFETY: the client's C handle is alive, as above.
    let queue = unsafe { c::rd_kafka_queue_new(client.native_ptr()) };
    // SAFETY: the queue was just created and belongs to us, and this is its destructor. The C library holds a reference
    // of its own and drops an answer that comes after the queue is destroyed.
    let queue = created(unsafe { Handle::own(queue, c::rd_kafka_queue_destroy) })?;
    // SAFETY: all four are alive; the call copies what it needs of the topics and the options.
    unsafe { c::rd_kafka_DescribeTopics(client.native_ptr(), topics.as_ptr(), options.as_ptr(), queue.as_ptr()) };
    // SAFETY: the queue is alive, and only this function knows it, so no other thread polls it.
    let event = unsafe { c::rd_kafka_queue_poll(queue.as_ptr(), whole_ms(timeout + GRACE)) };
    // SAFETY: the caller of a poll owns the event, and this is its destructor.
    unsafe { Handle::own(event, c::rd_kafka_event_destroy) }.ok_or(RDKafkaErrorCode::OperationTimedOut)
}

fn id_of(uuid: *const c::rd_kafka_Uuid_t) -> Option<TopicId> {
    // SAFETY: the caller has the pointer from a description that is alive.
    let most = unsafe { c::rd_kafka_Uuid_most_significant_bits(uuid) };
    // SAFETY: as above.
    let least = unsafe { c::rd_kafka_Uuid_least_significant_bits(uuid) };
    TopicId::from_bits(u128::from(most.cast_unsigned()) << 64 | u128::from(least.cast_unsigned()))
}

fn created<T>(handle: Option<Handle<T>>) -> Result<Handle<T>, RDKafkaErrorCode> {
    handle.ok_or(RDKafkaErrorCode::CriticalSystemResource)
}

fn ok(error: c::rd_kafka_resp_err_t) -> Result<(), RDKafkaErrorCode> {
    match RDKafkaErrorCode::from(error) {
        RDKafkaErrorCode::NoError => Ok(()),
        error => Err(error),
    }
}

fn whole_ms(duration: Duration) -> c_int {
    c_int::try_from(duration.as_millis()).unwrap_or(c_int::MAX)
}

/// The calls of the C library on librdkafka's mock cluster.
///
/// After a change of this crate run these tests once under valgrind: a leak there is a handle that is not freed.
#[cfg(test)]
mod tests {
    use std::time::Instant;

    use rdkafka::ClientConfig;
    use rdkafka::consumer::{BaseConsumer, Consumer};
    use rdkafka::mocking::MockCluster;

    use super::*;

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
}
