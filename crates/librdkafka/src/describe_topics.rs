//! Queries the ids of topics: `DescribeTopics` of librdkafka's admin API.

use std::ffi::{CStr, CString, c_char, c_int};
use std::time::Duration;
use std::{ptr, slice};

use rdkafka::client::{Client, ClientContext};
use rdkafka::error::RDKafkaErrorCode;
use rdkafka_sys as c;

use crate::handle::Handle;
use crate::topic_id::TopicId;

/// How much longer than the request timeout the C library may take to report the timeout.
const GRACE: Duration = Duration::from_millis(500);

/// The id of a topic, `None` if the brokers have no topic ids (Kafka before 2.8); or why there is no answer about it.
pub type TopicIdAnswer = Result<Option<TopicId>, RDKafkaErrorCode>;

/// Asks the broker with this id (its `node.id`) for the ids of `topics`, and waits for the answer: at most `timeout`
/// and half a second. Any client may ask any broker. The user needs DESCRIBE on the topics, as for their metadata.
/// Nothing is created.
///
/// Without a broker id librdkafka would ask the controller, and wait for it if it cannot be reached, although every
/// broker knows the answer.
///
/// Returns one answer for each topic, in their order. An answer may be an error of the topic, such as
/// [`UnknownTopicOrPartition`](RDKafkaErrorCode::UnknownTopicOrPartition).
///
/// # Errors
/// The error of the request, such as [`OperationTimedOut`](RDKafkaErrorCode::OperationTimedOut) or
/// [`UnsupportedFeature`](RDKafkaErrorCode::UnsupportedFeature).
pub fn topic_ids<C: ClientContext>(
    client: &Client<C>,
    broker: i32,
    topics: &[&str],
    timeout: Duration,
) -> Result<Vec<TopicIdAnswer>, RDKafkaErrorCode> {
    if topics.is_empty() {
        return Ok(Vec::new());
    }
    let event = describe(client, broker, topics, timeout)?;
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
    let described = unsafe { c::rd_kafka_DescribeTopics_result_topics(result, &raw mut count) };
    if described.is_null() {
        return Err(RDKafkaErrorCode::BadMessage);
    }
    // SAFETY: `described` is an array of `count` pointers that belongs to the event.
    let described = unsafe { slice::from_raw_parts(described, count) };
    let answers: Vec<(Vec<u8>, TopicIdAnswer)> =
        described.iter().filter(|one| !one.is_null()).map(|&description| answer(description)).collect();
    let of = |topic: &&str| answers.iter().find(|(name, _)| *name == topic.as_bytes());
    Ok(topics.iter().map(|topic| of(topic).map_or(Err(RDKafkaErrorCode::BadMessage), |(_, answer)| *answer)).collect())
}

/// The name of a topic, and what its description says about its id.
fn answer(description: *const c::rd_kafka_TopicDescription_t) -> (Vec<u8>, TopicIdAnswer) {
    // SAFETY: the description belongs to the event, which is alive.
    let name = unsafe { c::rd_kafka_TopicDescription_name(description) };
    // SAFETY: the name ends in a zero byte and belongs to the description.
    let name = unsafe { CStr::from_ptr(name) };
    (name.to_bytes().to_vec(), id_in(description))
}

fn id_in(description: *const c::rd_kafka_TopicDescription_t) -> TopicIdAnswer {
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
    topics: &[&str],
    timeout: Duration,
) -> Result<Handle<c::rd_kafka_event_t>, RDKafkaErrorCode> {
    let owned: Result<Vec<CString>, _> = topics.iter().map(|topic| CString::new(*topic)).collect();
    let owned = owned.map_err(|_| RDKafkaErrorCode::InvalidArgument)?;
    let mut names: Vec<*const c_char> = owned.iter().map(|name| name.as_ptr()).collect();
    // SAFETY: the array has names that end in a zero byte; the collection copies them.
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

    const UNKNOWN: RDKafkaErrorCode = RDKafkaErrorCode::UnknownTopicOrPartition;

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
        let ask = |topics: &[&str]| topic_ids(consumer.client(), BROKER, topics, ANSWER_WITHIN).unwrap();
        let both = ask(&["others", "events"]);
        assert!(both[0] != both[1] && both.iter().all(|id| id.is_ok_and(|id| id.is_some())), "{both:?}");
        assert_eq!(ask(&["events", "missing", "others"]), [both[1], Err(UNKNOWN), both[0]]);
        assert_eq!(ask(&[]), []);
    }

    #[test]
    fn a_missing_topic_is_an_error_of_the_topic() {
        let cluster = MockCluster::new(1).unwrap();
        let consumer = client(&cluster.bootstrap_servers());
        consumer.fetch_metadata(None, ANSWER_WITHIN).unwrap();
        let asked = topic_ids(consumer.client(), BROKER, &["events"], ANSWER_WITHIN);
        assert_eq!(asked, Ok(vec![Err(UNKNOWN)]));
    }

    #[test]
    fn a_name_that_is_no_c_string_is_refused_without_a_request() {
        let consumer = client("127.0.0.1:9");
        let asked = topic_ids(consumer.client(), BROKER, &["a\0b"], Duration::from_mins(1));
        assert_eq!(asked, Err(RDKafkaErrorCode::InvalidArgument));
    }

    #[test]
    fn an_unreachable_broker_takes_no_longer_than_the_timeout() {
        let consumer = client("127.0.0.1:9");
        let began = Instant::now();
        let asked = topic_ids(consumer.client(), BROKER, &["events"], Duration::from_millis(300));
        assert!(asked.is_err(), "{asked:?}");
        assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    }
}
