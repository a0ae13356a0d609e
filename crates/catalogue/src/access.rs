//! Access to the HTTP server: why it is refused, and the state of the file that says who has it.

use ensilinja_model::{EventTime, vocabulary};

vocabulary! {
    /// Why a connection or a request was refused.
    AccessRefusal {
        /// A request in plain HTTP, where TLS is spoken.
        PlainHttp = "plain_http",
        /// The handshake of TLS failed: no common protocol, or the client's certificate is missing or refused.
        Handshake = "handshake",
        /// The handshake of TLS took too long.
        HandshakeTimeout = "handshake_timeout",
        /// The request has no name and password, or wrong ones.
        Unauthorized = "unauthorized",
        /// The user may not read this.
        Forbidden = "forbidden",
    }
}

/// The state of the web configuration file, if there is one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WebFileState {
    /// Whether the file and the certificates in force are those that are there now. `None` without a file.
    pub is_current: Option<bool>,
    /// Until when the server's certificates are valid; `None` without TLS.
    pub certificate_valid_until: Option<EventTime>,
}
