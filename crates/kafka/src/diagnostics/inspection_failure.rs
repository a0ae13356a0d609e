//! Why something could not be inspected.

use crate::broker_queries::QueryError;
use crate::client_log::ClientLog;
use crate::diagnostics::broker_failure::BrokerFailure;
use crate::settings::Settings;

/// Why something could not be inspected.
#[derive(Clone, Debug)]
pub enum InspectionFailure {
    /// The brokers do not have the topic.
    Missing,
    /// This user has no permission.
    Refused(BrokerFailure),
    /// The brokers have not answered, or have answered with an error.
    Unanswered(BrokerFailure),
    /// The brokers have no topic that matches the pattern.
    NoMatch,
    /// Two patterns match the topic, so it is not read.
    TwoPatterns {
        /// A pattern.
        one: String,
        /// The other pattern.
        other: String,
    },
    /// Another inspection has to succeed first, and did not.
    NotTried,
}

impl InspectionFailure {
    /// A user without permission for the group is refused its coordinator. The client reports that as a separate error
    /// while the query waits, so recent errors count too.
    pub(crate) fn of(error: &QueryError, log: &ClientLog, settings: &Settings) -> Self {
        let (QueryError::Broker(error) | QueryError::Topic { error, .. }) = error else { return Self::Missing };
        let failure = BrokerFailure::of(error, log.recent_errors(), settings);
        if failure.cause.is_refusal() { Self::Refused(failure) } else { Self::Unanswered(failure) }
    }
}
