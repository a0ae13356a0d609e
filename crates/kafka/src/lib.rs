//! The Kafka shell: reads every partition, says how complete the reading is, and keeps what cannot be read.
//!
//! It knows neither events nor figures. Each record goes to a [`RecordHandler`], which learns from it or calls it a
//! dead letter; everything else here answers one of four questions:
//!
//! - *Is everything known?* The `reader` assigns itself every partition and the `probe` asks the broker once a
//!   second where the log ends. From the two follow `rebuilt` and `complete_until`; see `partition`.
//! - *KnownSince when?* What retention has deleted cannot be known; see `start` and `history`.
//! - *Is it still the same log?* A topic may be deleted and made anew, and brokers may lose records. Then nothing that
//!   was read counts any more, and reading begins again; see `reader` and `log_change`.
//! - *What could not be read?* Dead letters are written before the group's committed offsets move past them; see
//!   `dead_letters`.
//!
//! Whoever reports on the past reads it once and beside all that: see [`scan_topic`]. What could not be read is looked
//! at by [`read_dead_letters`], and sent again by a [`Redriver`].
//!
//! A broker that is gone, hangs, or lacks the topic ends nothing: [`Monitor::status`] says why nothing is read, and the
//! shell tries again.
//!
//! This is the only crate that talks to Kafka. What rdkafka does not expose of librdkafka is in `ensilinja-librdkafka`.

mod broker_queries;
mod client_log;
mod commit;
mod dead_letters;
mod diagnostics;
mod embedded_broker;
mod history;
mod live;
mod partition_progress;
mod partition_start;
mod publisher;
mod recent_errors;
mod record;
mod record_position;
mod scan;
mod security;
mod settings;

pub use ensilinja_librdkafka::TopicId;

pub use dead_letters::dead_letter::{DeadLetter, KeptBytes, KeptHeaders, OriginalRecord};
pub use dead_letters::read::{DeadLetterCounts, read_dead_letters};
pub use dead_letters::redriver::{REDRIVEN_FROM, RedriveError, Redriver};
pub use diagnostics::broker_failure::BrokerFailure;
pub use diagnostics::failure_cause::FailureCause;
pub use diagnostics::inspection::{
    BrokerInspection, BrokerSource, GroupCommit, Inspection, InspectionFailure, PartitionInspection, TopicInspection,
    inspect, past_retention,
};
pub use diagnostics::open_transactions::open_transaction_remedy;
pub use diagnostics::topic_review::{TopicRole, TopicSettingStatus};
pub use diagnostics::topic_rules::{PastRetention, Severity, WrongSetting};
pub use embedded_broker::{EmbeddedBroker, EmbeddedBrokerError};
pub use history::TopicHistory;
pub use live::ingest::{Ingest, IngestIntervals, StartError};
pub use live::log_change::LogChange;
pub use live::monitor::Monitor;
pub use live::status::{IngestStatus, PartitionStatus};
pub use publisher::{OutgoingRecord, PublishError, Publisher};
pub use record::{Header, IncomingRecord, RecordDisposition, RecordHandler, TimeSource};
pub use record_position::{RecordPosition, RecordPositionError};
pub use scan::error::ScanError;
pub use scan::run::{ScanSummary, scan_topic};
pub use scan::scan_range::{OffsetRange, ScanRange};
pub use scan::topic_scan::ScanProgress;
pub use security::{SecurityRisk, SecurityWarning};
pub use settings::{Settings, SettingsError};
