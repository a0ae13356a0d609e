//! Queries the ids of topics, and what this user may do with them: `DescribeTopics` of librdkafka's admin API.

use std::ffi::CStr;
use std::slice;
use std::time::Duration;

use rdkafka::client::{Client, ClientContext};
use rdkafka::error::RDKafkaErrorCode;
use rdkafka_sys as c;

use crate::acl_operations::AclOperations;
use crate::admin_request::{AdminRequest, CNames, created, in_order, ok};
use crate::handle::Handle;
use crate::topic_id::TopicId;

/// The id of a topic, `None` if the brokers have no topic ids (Kafka before 2.8); or why there is no answer about it.
pub type TopicIdAnswer = Result<Option<TopicId>, RDKafkaErrorCode>;

/// The operations that this user is allowed on a topic or a group, `None` if the brokers do not tell them (Kafka before
/// 2.3); or why there is no answer about it.
pub type OperationsAnswer = Result<Option<AclOperations>, RDKafkaErrorCode>;

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
    let purpose = c::rd_kafka_admin_op_t::RD_KAFKA_ADMIN_OP_DESCRIBETOPICS;
    let request = AdminRequest::new(client, purpose, timeout)?.at_broker(broker)?;
    describe(request, topics, id_in)
}

/// The same for the operations that this user is allowed on `topics`. A topic on which it lacks DESCRIBE is
/// [`TopicAuthorizationFailed`](RDKafkaErrorCode::TopicAuthorizationFailed).
///
/// # Errors
/// As [`topic_ids`].
pub fn topic_operations<C: ClientContext>(
    client: &Client<C>,
    broker: i32,
    topics: &[&str],
    timeout: Duration,
) -> Result<Vec<OperationsAnswer>, RDKafkaErrorCode> {
    let purpose = c::rd_kafka_admin_op_t::RD_KAFKA_ADMIN_OP_DESCRIBETOPICS;
    let request = AdminRequest::new(client, purpose, timeout)?.at_broker(broker)?.with_operations()?;
    describe(request, topics, operations_in)
}

/// Sends the request and gives what `read` finds in the description of each topic, unless that is an error. `read` gets
/// a description that is alive.
fn describe<C: ClientContext, T: Copy>(
    request: AdminRequest<'_, C>,
    topics: &[&str],
    read: impl Fn(*const c::rd_kafka_TopicDescription_t) -> T,
) -> Result<Vec<Result<T, RDKafkaErrorCode>>, RDKafkaErrorCode> {
    if topics.is_empty() {
        return Ok(Vec::new());
    }
    let mut names = CNames::new(topics)?;
    // SAFETY: the array has so many names that end in a zero byte; the collection copies them.
    let collection = unsafe { c::rd_kafka_TopicCollection_of_topic_names(names.as_mut_ptr(), names.len()) };
    // SAFETY: the collection was just created and belongs to us, and this is its destructor.
    let collection = created(unsafe { Handle::own(collection, c::rd_kafka_TopicCollection_destroy) })?;
    let event = request.answer(|client, options, queue| {
        // SAFETY: all four are alive; the call copies what it needs of the topics and the options.
        unsafe { c::rd_kafka_DescribeTopics(client, collection.as_ptr(), options, queue) }
    })?;
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
    let answer = |description| (name_in(description), error_in(description).map(|()| read(description)));
    let answers: Vec<_> = described.iter().filter(|one| !one.is_null()).map(|one| answer(*one)).collect();
    Ok(in_order(topics, &answers))
}

fn name_in(description: *const c::rd_kafka_TopicDescription_t) -> Vec<u8> {
    // SAFETY: the description belongs to the event, which is alive.
    let name = unsafe { c::rd_kafka_TopicDescription_name(description) };
    // SAFETY: the name ends in a zero byte and belongs to the description.
    unsafe { CStr::from_ptr(name) }.to_bytes().to_vec()
}

fn error_in(description: *const c::rd_kafka_TopicDescription_t) -> Result<(), RDKafkaErrorCode> {
    // SAFETY: the description belongs to the event, which is alive.
    let error = unsafe { c::rd_kafka_TopicDescription_error(description) };
    if error.is_null() {
        return Ok(());
    }
    // SAFETY: the error belongs to the description.
    ok(unsafe { c::rd_kafka_error_code(error) })
}

fn id_in(description: *const c::rd_kafka_TopicDescription_t) -> Option<TopicId> {
    // SAFETY: the description belongs to the event, which is alive; the id it points to lies within the description.
    let uuid = unsafe { c::rd_kafka_TopicDescription_topic_id(description) };
    if uuid.is_null() {
        return None;
    }
    // SAFETY: the id lies within the description.
    let most = unsafe { c::rd_kafka_Uuid_most_significant_bits(uuid) };
    // SAFETY: as above.
    let least = unsafe { c::rd_kafka_Uuid_least_significant_bits(uuid) };
    TopicId::from_bits(u128::from(most.cast_unsigned()) << 64 | u128::from(least.cast_unsigned()))
}

fn operations_in(description: *const c::rd_kafka_TopicDescription_t) -> Option<AclOperations> {
    let mut count = 0;
    // SAFETY: the description belongs to the event, which is alive; `count` is written before the call returns.
    let operations = unsafe { c::rd_kafka_TopicDescription_authorized_operations(description, &raw mut count) };
    // SAFETY: the pointer is null or to `count` operations that belong to the description.
    unsafe { AclOperations::copied(operations, count) }
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
    fn a_mock_cluster_does_not_tell_what_a_user_may_do_with_a_topic() {
        let cluster = MockCluster::new(1).unwrap();
        cluster.create_topic("events", 3, 1).unwrap();
        let consumer = client(&cluster.bootstrap_servers());
        consumer.fetch_metadata(None, ANSWER_WITHIN).unwrap();
        let asked = topic_operations(consumer.client(), BROKER, &["missing", "events"], ANSWER_WITHIN);
        assert_eq!(asked, Ok(vec![Err(UNKNOWN), Ok(None)]));
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
