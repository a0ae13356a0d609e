//! What a client may take of the server: connections and time.

use std::time::Duration;

use crate::admission::ConnectionLimits;

/// The limits of the server.
#[derive(Clone, Copy, Debug)]
pub struct ServerLimits {
    /// How many connections there may be, by what they do.
    pub connections: ConnectionLimits,
    /// How long a client may take to send its first request, the silence before it included.
    pub first_request_time: Duration,
    /// How long a client may take to send the header of a further request, the silence before it included.
    pub header_time: Duration,
    /// How long a client may read nothing of what it is sent.
    pub unread_time: Duration,
    /// How long one connection may be used before the client has to make another.
    pub connection_life: Duration,
}

impl Default for ServerLimits {
    /// The times are no round numbers on purpose: a connection should not be closed just as the next scrape arrives on
    /// it.
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
