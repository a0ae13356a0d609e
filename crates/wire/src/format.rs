//! The source formats.

use ensilinja_model::vocabulary;

vocabulary! {
    /// The format of a source's records.
    Format {
        /// This project's events: `CloudEvents` 1.0 (docs/SENDING.md).
        CloudEvents = "cloudevents",
        /// Lines of Asterisk's `queue_log`.
        AsteriskQueueLog = "asterisk_queue_log",
        /// Queue events of the Asterisk Manager Interface, as JSON.
        AsteriskAmi = "asterisk_ami",
        /// Contact events and contact records of Amazon Connect.
        AmazonConnect = "amazon_connect",
        /// Detail events and conversation detail records of Genesys Cloud.
        GenesysCloud = "genesys_cloud",
        /// Events of `FreeSWITCH`'s `mod_callcenter`.
        FreeswitchCallcenter = "freeswitch_callcenter",
        /// Event Streams and callbacks of Twilio `TaskRouter`.
        TwilioTaskrouter = "twilio_taskrouter",
        /// Any records in JSON, read by pointers of the configuration.
        Json = "json",
    }
}

/// The longest value of a `CloudEvent` that is read, in bytes. A typical event has about 400.
pub const MAX_VALUE_BYTES: usize = 64 * 1024;

/// The longest value of a platform's own record that is read, in bytes: attributes alone may have 32 KiB.
pub const MAX_NATIVE_VALUE_BYTES: usize = 256 * 1024;

impl Format {
    /// Whether the records do not say which stay in a queue they belong to, so that those of a call are joined.
    #[must_use]
    pub const fn is_joined_to_stays(self) -> bool {
        matches!(self, Self::AsteriskQueueLog | Self::AsteriskAmi)
    }

    /// The longest value of this format that is read, in bytes.
    #[must_use]
    pub const fn max_value_bytes(self) -> usize {
        match self {
            Self::CloudEvents | Self::AsteriskQueueLog | Self::AsteriskAmi => MAX_VALUE_BYTES,
            _ => MAX_NATIVE_VALUE_BYTES,
        }
    }
}
