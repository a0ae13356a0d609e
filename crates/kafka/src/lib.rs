//! Everything that talks to Kafka: reads the topics of events, proves how complete the reading is, and keeps the
//! records that cannot be used.
//!
//! The crate knows neither events nor figures. Each record goes to a [`RecordHandler`], which learns from it or
//! declares it a dead letter. There are four wings:
//!
//! | wing | question | entry |
//! |---|---|---|
//! | `live` | What is true now, and is everything known? | [`Ingest`], [`Monitor`] |
//! | `scan` | What does a range of the past hold? | [`scan_topics`] |
//! | `dead_letters` | Which records could not be used? How are they sent again? | [`read_dead_letters`], [`Redriver`] |
//! | `diagnostics` | Are brokers, connection and topics as they should be? | [`inspect`] |
//!
//! Imports run one way: `live` uses `dead_letters` and `diagnostics`, `dead_letters` uses `scan`, `scan` uses
//! `diagnostics`. The top of the crate has what several wings share: `settings`, `topic_choice`, `broker_queries`
//! and others.
//!
//! How the live wing answers the questions of an operator:
//!
//! - *Is everything known?* The reader assigns itself every partition, and a probe asks the broker once a second where
//!   the log ends. Both together give `rebuilt` and `complete_until`; see `partition_progress`.
//! - *Of which topics?* Those that are named or match a pattern. All topics together are one log; see `topic_choice`
//!   and `live::active_log`.
//! - *Since when?* What retention has deleted cannot be known; see `partition_start` and `history`.
//! - *Is it still the same log?* A topic may be deleted and recreated, and brokers may lose records. Then nothing that
//!   was read counts any more, and reading begins again; see `live::reader` and `live::log_change`.
//! - *What could not be used?* Dead letters are written before the group's committed offsets move past them; see
//!   `dead_letters::queue`.
//!
//! An unreachable broker or a missing topic does not end the process: [`Monitor::status`] says why nothing is read, and
//! the threads retry.
//!
//! No other crate talks to Kafka. `ensilinja-librdkafka` holds what librdkafka offers and rdkafka does not expose.

mod broker_queries;
mod client_log;
mod client_version;
mod commit;
mod dead_letters;
mod diagnostics;
mod earlier_records;
mod embedded_broker;
mod history;
mod live;
mod partition_progress;
mod partition_start;
mod publisher;
mod recent_errors;
mod record;
mod record_position;
mod restorer;
mod scan;
mod security;
mod settings;
mod topic_choice;
mod watched_sender;

pub use ensilinja_librdkafka::{AclOperation, TopicId};
pub use ensilinja_model::{Header, Headers};

pub use client_version::client_version;
pub use dead_letters::dead_letter::{DeadLetter, KeptBytes, KeptHeaders, OriginalRecord};
pub use dead_letters::read::{DeadLetterCounts, read_dead_letters};
pub use dead_letters::redriver::{REDRIVEN_FROM, Redriver};
pub use diagnostics::broker_failure::BrokerFailure;
pub use diagnostics::failure_cause::FailureCause;
pub use diagnostics::group_inspection::{GroupCommit, GroupInspection, TopicCommits};
pub use diagnostics::inspection::{
    BrokerInspection, BrokerSource, InspectedDeadLetters, InspectedTopic, Inspection, PartitionInspection,
    TopicInspection, inspect, past_retention,
};
pub use diagnostics::inspection_failure::InspectionFailure;
pub use diagnostics::open_transactions::open_transaction_remedy;
pub use diagnostics::rights::{InspectedRight, NeededRight, RightNeed, RightState};
pub use diagnostics::topic_review::TopicSettingStatus;
pub use diagnostics::topic_rules::{PastRetention, Severity, WrongSetting};
pub use earlier_records::{EarlierPartitions, EarlierRecords};
pub use embedded_broker::{EmbeddedBroker, EmbeddedBrokerError};
pub use history::TopicHistory;
pub use live::ingest::{Ingest, IngestIntervals, StartError};
pub use live::log_change::LogChange;
pub use live::monitor::Monitor;
pub use live::status::{IngestStatus, PartitionStatus};
pub use publisher::{OutgoingRecord, PublishError, Publisher};
pub use record::{IncomingRecord, RecordDisposition, RecordHandler, TimeSource};
pub use record_position::{RecordPosition, RecordPositionError};
pub use restorer::Restorer;
pub use scan::error::ScanError;
pub use scan::plan::{PlannedPartition, PlannedTopic, RawRecord, ScanPlan, plan_scan, scan_raw};
pub use scan::run::{ScanSummary, ScannedTopic, scan_topics, scan_topics_after};
pub use scan::scan_range::{OffsetRange, ScanRange};
pub use scan::topic_scan::ScanProgress;
pub use security::{SecurityRisk, SecurityWarning};
pub use settings::{Settings, SettingsError};
pub use topic_choice::{TopicChoice, TopicChoiceError};
pub use watched_sender::DeliveryError;
