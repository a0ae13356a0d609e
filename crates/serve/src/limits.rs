//! What a client may take of the server: connections and time.

use std::time::Duration;

use crate::admission::ConnectionLimits;

/// The limits of the server.
#[derive(Clone, Copy, Debug)]
pub struct ServerLimits {
    /// The most connections, by activity.
    pub connections: ConnectionLimits,
    /// The time for the first request, counted from when the connection is accepted.
    pub first_request_time: Duration,
    /// The time for the header of a later request, the silence before it included.
    pub header_time: Duration,
    /// The longest time for which a client may read nothing of its answer.
    pub unread_time: Duration,
    /// The longest life of a connection; then the client must open another.
    pub connection_life: Duration,
}

impl Default for ServerLimits {
    /// The times are deliberately not round: a connection should not close just as the next scrape arrives on it.
    fn default() -> Self {
        Self {
            connections: ConnectionLimits::default(),
            first_request_time: Duration::from_secs(5),
            header_time: Duration::from_secs(11),
            unread_time: Duration::from_secs(5),
            connection_life: Duration::from_secs(307),
        }
    }
}
