//! Which rights a process needs on the brokers, and which of them this user has. The brokers tell it (KIP-430), so
//! nothing is tried.
//!
//! READ and WRITE include DESCRIBE: a user that may not even see a resource has neither. docs/OPERATIONS.md has a table
//! of rights in words. `tests/real/access_lists.rs` tests on a real Kafka those that `run` needs.

use ensilinja_librdkafka::{AclOperation, OperationsAnswer};
use rdkafka::error::RDKafkaErrorCode;

/// A right that is needed on a topic or a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NeededRight {
    /// What the user has to be allowed.
    pub operation: AclOperation,
    /// What for.
    pub purpose: &'static str,
    /// Who needs it.
    pub need: RightNeed,
}

/// What a right is needed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RightNeed {
    /// `run` cannot do its work without it.
    Required,
    /// `run` works without it, but warns of less.
    Advised,
    /// `run` does not use it; other commands do.
    OtherCommands,
}

/// Whether this user has a right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RightState {
    /// It has.
    Granted,
    /// It has not.
    Missing,
    /// The brokers do not tell.
    Unknown,
    /// The brokers were asked, and this error came instead of an answer.
    Unanswered(RDKafkaErrorCode),
}

/// A needed right, and whether this user has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InspectedRight {
    /// The right.
    pub right: NeededRight,
    /// Whether this user has it.
    pub state: RightState,
}

const DESCRIBE_CONFIGS: NeededRight = NeededRight {
    operation: AclOperation::DescribeConfigs,
    purpose: "comparing its settings with what is needed",
    need: RightNeed::Advised,
};

/// On each topic that is read.
pub(crate) const ON_EVENTS: &[NeededRight] = &[
    NeededRight { operation: AclOperation::Read, purpose: "reading its records", need: RightNeed::Required },
    DESCRIBE_CONFIGS,
];

/// On the dead-letter topic.
pub(crate) const ON_DEAD_LETTERS: &[NeededRight] = &[
    NeededRight { operation: AclOperation::Write, purpose: "writing dead letters", need: RightNeed::Required },
    DESCRIBE_CONFIGS,
    NeededRight { operation: AclOperation::Read, purpose: "ensilinja dlq", need: RightNeed::OtherCommands },
];

/// On the consumer group.
pub(crate) const ON_GROUP: &[NeededRight] = &[NeededRight {
    operation: AclOperation::Read,
    purpose: "committing up to where dead letters are written",
    need: RightNeed::Required,
}];

/// The needed rights in the light of an answer; empty if the topic does not exist.
pub(crate) fn inspected(needed: &[NeededRight], answer: OperationsAnswer) -> Vec<InspectedRight> {
    use RDKafkaErrorCode::{
        GroupAuthorizationFailed, TopicAuthorizationFailed, UnknownTopic, UnknownTopicOrPartition, UnsupportedFeature,
        UnsupportedVersion,
    };
    let state = |operation| match answer {
        Ok(Some(allowed)) if allowed.contains(operation) => RightState::Granted,
        Ok(Some(_)) => RightState::Missing,
        Err(TopicAuthorizationFailed | GroupAuthorizationFailed) if operation != AclOperation::DescribeConfigs => {
            RightState::Missing
        }
        Ok(None)
        | Err(TopicAuthorizationFailed | GroupAuthorizationFailed | UnsupportedFeature | UnsupportedVersion) => {
            RightState::Unknown
        }
        Err(code) => RightState::Unanswered(code),
    };
    if matches!(answer, Err(UnknownTopic | UnknownTopicOrPartition)) {
        return Vec::new();
    }
    needed.iter().map(|right| InspectedRight { right: *right, state: state(right.operation) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn states(needed: &[NeededRight], answer: OperationsAnswer) -> Vec<RightState> {
        inspected(needed, answer).into_iter().map(|right| right.state).collect()
    }

    #[test]
    fn a_right_is_granted_if_the_brokers_name_it_and_unknown_if_they_name_none() {
        use RightState::{Granted, Missing, Unknown};
        let told = |operations: &[AclOperation]| Ok(Some(operations.iter().copied().collect()));
        let write = told(&[AclOperation::Write, AclOperation::Describe]);
        assert_eq!(states(ON_DEAD_LETTERS, write), [Granted, Missing, Missing]);
        assert_eq!(states(ON_EVENTS, told(&[AclOperation::Describe])), [Missing, Missing]);
        assert_eq!(states(ON_GROUP, told(&[AclOperation::Read, AclOperation::Describe])), [Granted]);
        assert_eq!(states(ON_EVENTS, Ok(None)), [Unknown, Unknown]);
        assert_eq!(states(ON_GROUP, Err(RDKafkaErrorCode::UnsupportedFeature)), [Unknown]);
    }

    #[test]
    fn an_error_instead_of_an_answer_is_kept() {
        let timed_out = RDKafkaErrorCode::OperationTimedOut;
        assert_eq!(states(ON_GROUP, Err(timed_out)), [RightState::Unanswered(timed_out)]);
    }

    #[test]
    fn a_user_that_may_not_see_a_resource_may_neither_read_nor_write_it() {
        use RightState::{Missing, Unknown};
        let refused = Err(RDKafkaErrorCode::TopicAuthorizationFailed);
        assert_eq!(states(ON_DEAD_LETTERS, refused), [Missing, Unknown, Missing]);
        assert_eq!(states(ON_GROUP, Err(RDKafkaErrorCode::GroupAuthorizationFailed)), [Missing]);
        assert_eq!(states(ON_EVENTS, Err(RDKafkaErrorCode::UnknownTopicOrPartition)), []);
    }
}
