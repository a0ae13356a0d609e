//! The Kafka shell: reads every partition, says how complete the reading is, and keeps what cannot be read.
//!
//! It knows neither events nor figures. Each record goes to a [`RecordHandler`], which learns from it or calls it a
//! dead letter; everything else here answers one of four questions:
//!
//! - *Is everything known?* The `reader` assigns itself every partition and the `probe` asks the broker once a
//!   second where the log ends. From the two follow `rebuilt` and `complete_until`; see `partition`.
//! - *Since when?* What retention has deleted cannot be known; see `start` and `history`.
//! - *Is it still the same log?* A topic may be deleted and made anew, and brokers may lose records. Then nothing that
//!   was read counts any more, and reading begins again; see `reader` and `log_change`.
//! - *What could not be read?* Dead letters are written before the group's committed offsets move past them; see
//!   `outbox`.
//!
//! Whoever reports on the past reads it once and beside all that: see [`read_past`]. What could not be read is looked
//! at by [`read_letters`], and sent again by a [`Redriver`].
//!
//! A broker that is gone, hangs, or lacks the topic ends nothing: [`Monitor::status`] says why nothing is read, and the
//! shell tries again.
//!
//! This is the only crate that talks to Kafka. What rdkafka does not expose of librdkafka is in `ensilinja-librdkafka`.

mod cause;
mod certificate;
mod client_log;
mod commit;
mod complaints;
mod dead_letter;
mod dead_letter_writer;
mod embedded_broker;
mod fetch_errors;
mod history;
mod inquiry;
mod inspection;
mod lane;
mod letter;
mod letter_headers;
mod letters;
mod log_change;
mod monitor;
mod outbox;
mod partition;
mod past;
mod position;
mod preflight;
mod probe;
mod publisher;
mod reader;
mod record;
mod redriver;
mod security;
mod settings;
mod shell;
mod stalls;
mod start;
mod topic_rules;
mod topic_settings;
mod transactions;
mod trouble;

use std::sync::Arc;

use ensilinja_model::EventTime;

pub use cause::Cause;
pub use ensilinja_librdkafka::TopicId;

pub use embedded_broker::{EmbeddedBroker, EmbeddedBrokerError};
pub use history::History;
pub use inspection::{
    BrokerSeen, GroupCommit, Inspection, NamedBy, PartitionSeen, TopicSeen, Unseen, inspect, kept_of_a_past,
};
pub use letter::{Kept, KeptHeaders, Letter, LetterRecord};
pub use letters::{LettersRead, read_letters};
pub use log_change::LogChange;
pub use monitor::{Monitor, PartitionStatus, Status};
pub use past::error::PastError;
pub use past::offset_range::OffsetRange;
pub use past::{PastPosition, PastRead, Stretch, read_past};
pub use position::{Position, PositionError};
pub use preflight::{TopicRole, TopicSettingStatus};
pub use publisher::{OutgoingRecord, PublishError, Publisher};
pub use record::{Header, IncomingRecord, RecordHandler, Verdict};
pub use redriver::{REDRIVEN_FROM, RedriveError, Redriver};
pub use security::{SecurityRisk, SecurityWarning};
pub use settings::{Settings, SettingsError};
pub use shell::{Pace, Shell, StartError};
pub use topic_rules::{Gravity, PastKept, WrongSetting};
pub use transactions::how_to_end_a_transaction;
pub use trouble::Trouble;

/// The clock of the process, passed in: nothing here asks the system for the time of day.
pub type Clock = Arc<dyn Fn() -> EventTime + Send + Sync>;
