//! The operations of Kafka's access lists that brokers allow a user on a resource (KIP-430).

use rdkafka_sys as c;
use std::slice;

/// An operation of Kafka's access lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AclOperation {
    /// Reading the records of a topic, or committing offsets of a group. It includes `Describe`.
    Read = 3,
    /// Writing records to a topic. It includes `Describe`.
    Write = 4,
    /// Seeing a topic or a group.
    Describe = 8,
    /// Seeing the settings of a topic.
    DescribeConfigs = 10,
}

impl AclOperation {
    /// The name in Kafka's documentation.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "READ",
            Self::Write => "WRITE",
            Self::Describe => "DESCRIBE",
            Self::DescribeConfigs => "DESCRIBE_CONFIGS",
        }
    }
}

/// The operations that a user is allowed on a resource. Brokers without access lists allow all.
///
/// ```
/// use ensilinja_librdkafka::{AclOperation, AclOperations};
///
/// let allowed = AclOperations::from_iter([AclOperation::Read, AclOperation::Describe]);
/// assert!(allowed.contains(AclOperation::Read) && !allowed.contains(AclOperation::Write));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AclOperations {
    /// Bit *n* is set for the operation with the number *n* in Kafka's protocol.
    bits: u32,
}

impl AclOperations {
    /// Whether an operation is allowed.
    #[must_use]
    pub const fn contains(self, operation: AclOperation) -> bool {
        self.bits & (1 << operation as u32) != 0
    }

    /// The operations in an array of the C library; `None` for a null pointer, which it has where the broker does not
    /// tell them.
    ///
    /// # Safety
    /// `operations` is null, or `count` values of the C enumeration are there. If there are none it may be unaligned.
    pub(crate) unsafe fn copied(operations: *const c::rd_kafka_AclOperation_t, count: usize) -> Option<Self> {
        if operations.is_null() {
            return None;
        }
        if count == 0 {
            return Some(Self { bits: 0 });
        }
        // As numbers, because a value that is no variant of the Rust enumeration would be undefined behaviour: a later
        // version of the C library may know more operations.
        // SAFETY: by the contract of this function there are `count` values of four bytes.
        let numbers = unsafe { slice::from_raw_parts(operations.cast::<u32>(), count) };
        Some(Self { bits: numbers.iter().filter(|number| **number < u32::BITS).fold(0, |bits, n| bits | 1 << n) })
    }
}

impl FromIterator<AclOperation> for AclOperations {
    fn from_iter<I: IntoIterator<Item = AclOperation>>(operations: I) -> Self {
        Self { bits: operations.into_iter().fold(0, |bits, operation| bits | 1 << operation as u32) }
    }
}

#[cfg(test)]
mod tests {
    use std::ptr;

    use super::*;

    #[test]
    fn operations_are_copied_unless_the_broker_does_not_tell_them() {
        use c::rd_kafka_AclOperation_t::{RD_KAFKA_ACL_OPERATION_DESCRIBE, RD_KAFKA_ACL_OPERATION_READ};
        let told = [RD_KAFKA_ACL_OPERATION_READ, RD_KAFKA_ACL_OPERATION_DESCRIBE];
        // SAFETY: two values are there.
        let copied = unsafe { AclOperations::copied(told.as_ptr(), 2) };
        assert_eq!(copied, Some([AclOperation::Describe, AclOperation::Read].into_iter().collect()));
        // SAFETY: no value is there.
        let none = unsafe { AclOperations::copied(told.as_ptr(), 0) };
        assert_eq!(none, Some(AclOperations { bits: 0 }));
        // SAFETY: the pointer is null.
        let untold = unsafe { AclOperations::copied(ptr::null(), 0) };
        assert_eq!(untold, None);
    }
}
