//! Queries what this user may do with consumer groups, and whether programs have joined them:
//! `DescribeConsumerGroups` of librdkafka's admin API.

use std::ffi::CStr;
use std::slice;
use std::time::Duration;

use rdkafka::client::{Client, ClientContext};
use rdkafka::error::RDKafkaErrorCode;
use rdkafka_sys as c;

use crate::acl_operations::AclOperations;
use crate::admin_request::{AdminRequest, CNames, in_order, ok};

/// A consumer group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupDescription {
    /// The operations that this user is allowed on it, `None` if the brokers do not tell them (Kafka before 2.3).
    pub operations: Option<AclOperations>,
    /// How many consumers have joined it.
    pub members: usize,
}

/// Asks the coordinator of each group, and waits for the answers: at most `timeout` and half a second. A group need not
/// exist, and none is joined or created.
///
/// Returns one answer for each group, in their order; no two are equal. A group on which the user lacks DESCRIBE is
/// [`GroupAuthorizationFailed`](RDKafkaErrorCode::GroupAuthorizationFailed).
///
/// # Errors
/// The error of the request, such as [`OperationTimedOut`](RDKafkaErrorCode::OperationTimedOut).
pub fn describe_groups<C: ClientContext>(
    client: &Client<C>,
    groups: &[&str],
    timeout: Duration,
) -> Result<Vec<Result<GroupDescription, RDKafkaErrorCode>>, RDKafkaErrorCode> {
    if groups.is_empty() {
        return Ok(Vec::new());
    }
    let purpose = c::rd_kafka_admin_op_t::RD_KAFKA_ADMIN_OP_DESCRIBECONSUMERGROUPS;
    let request = AdminRequest::new(client, purpose, timeout)?.with_operations()?;
    let mut names = CNames::new(groups)?;
    let event = request.answer(|client, options, queue| {
        // SAFETY: client, options and queue are alive, and the array has so many names that end in a zero byte; the
        // call copies what it needs.
        unsafe { c::rd_kafka_DescribeConsumerGroups(client, names.as_mut_ptr(), names.len(), options, queue) }
    })?;
    // SAFETY: the event is alive. If it is of another kind the result is null, which is tested below.
    let result = unsafe { c::rd_kafka_event_DescribeConsumerGroups_result(event.as_ptr()) };
    if result.is_null() {
        return Err(RDKafkaErrorCode::BadMessage);
    }
    let mut count = 0;
    // SAFETY: the result belongs to the event, which is alive; `count` is written before the call returns.
    let described = unsafe { c::rd_kafka_DescribeConsumerGroups_result_groups(result, &raw mut count) };
    if described.is_null() {
        return Err(RDKafkaErrorCode::BadMessage);
    }
    // SAFETY: `described` is an array of `count` pointers that belongs to the event.
    let described = unsafe { slice::from_raw_parts(described, count) };
    let answer = |description| (name_in(description), read(description));
    let answers: Vec<_> = described.iter().filter(|one| !one.is_null()).map(|one| answer(*one)).collect();
    Ok(in_order(groups, &answers))
}

fn name_in(description: *const c::rd_kafka_ConsumerGroupDescription_t) -> Vec<u8> {
    // SAFETY: the description belongs to the event, which is alive.
    let name = unsafe { c::rd_kafka_ConsumerGroupDescription_group_id(description) };
    // SAFETY: the name ends in a zero byte and belongs to the description.
    unsafe { CStr::from_ptr(name) }.to_bytes().to_vec()
}

fn read(description: *const c::rd_kafka_ConsumerGroupDescription_t) -> Result<GroupDescription, RDKafkaErrorCode> {
    // SAFETY: the description belongs to the event, which is alive.
    let error = unsafe { c::rd_kafka_ConsumerGroupDescription_error(description) };
    if !error.is_null() {
        // SAFETY: the error belongs to the description.
        ok(unsafe { c::rd_kafka_error_code(error) })?;
    }
    let mut count = 0;
    // SAFETY: as above; `count` is written before the call returns.
    let operations = unsafe { c::rd_kafka_ConsumerGroupDescription_authorized_operations(description, &raw mut count) };
    // SAFETY: the pointer is null or to `count` operations that belong to the description.
    let operations = unsafe { AclOperations::copied(operations, count) };
    // SAFETY: the description belongs to the event, which is alive.
    let members = unsafe { c::rd_kafka_ConsumerGroupDescription_member_count(description) };
    Ok(GroupDescription { operations, members })
}

/// The calls of the C library on librdkafka's mock cluster, which describes no groups. A real Kafka does, in
/// `tests/real/access_lists.rs`.
#[cfg(test)]
mod tests {
    use std::time::Instant;

    use rdkafka::ClientConfig;
    use rdkafka::consumer::{BaseConsumer, Consumer};
    use rdkafka::mocking::MockCluster;

    use super::*;

    fn client(bootstrap_servers: &str) -> BaseConsumer {
        ClientConfig::new().set("bootstrap.servers", bootstrap_servers).create().unwrap()
    }

    #[test]
    fn a_broker_that_describes_no_groups_is_an_error_of_each_group() {
        let cluster = MockCluster::new(1).unwrap();
        let consumer = client(&cluster.bootstrap_servers());
        let asked = describe_groups(consumer.client(), &["one", "other"], Duration::from_secs(5));
        assert_eq!(asked, Ok(vec![Err(RDKafkaErrorCode::UnsupportedFeature); 2]));
        assert_eq!(describe_groups(consumer.client(), &[], Duration::from_secs(5)), Ok(Vec::new()));
    }

    #[test]
    fn an_unreachable_broker_takes_no_longer_than_the_timeout() {
        let consumer = client("127.0.0.1:9");
        let began = Instant::now();
        let asked = describe_groups(consumer.client(), &["one"], Duration::from_millis(300));
        assert!(asked.iter().flatten().all(Result::is_err), "{asked:?}");
        assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    }
}
