//! What only `genesys_cloud` needs from the configuration.

use ensilinja_model::LineIndex;

use crate::AttemptsFrom;

/// What only `genesys_cloud` needs from the configuration.
#[derive(Clone, Debug, Default)]
pub struct GenesysCloudRules {
    /// The lines whose callbacks dial the customer first. On them an outbound call that an agent answers in the queue
    /// is a customer who was reached; elsewhere it may be a campaign.
    pub customer_first: Vec<LineIndex>,
    /// The lines on which each return of a message conversation to the queue is a contact of its own.
    pub message_visits: Vec<LineIndex>,
    /// Which records state attempts to call back; `None` if only one of the two kinds is read. An attempt that both
    /// state would be two.
    pub attempts_from: Option<AttemptsFrom>,
}
