//! Figures of the past: what `replay`, `explain`, `compare` and `report` have in common, and what each adds.
//!
//! ```text
//! event files --\                 /--> replay         the live ledger at past instants
//!                >-- EventSource --+--> explain        the entries behind a figure, the course of a contact
//! topic --------/        |        +--> compare        two sets of figures, and the contacts behind a difference
//!                        |        `--> period_report  the sums of a period
//!                    Lookback: what has to be read, since when and until when the answer is known
//!
//! dead-letter topic --> dead_letters                  what could not be used, and whether it could be now
//! latest records    --> sample                        what is wrong with them
//! files of CSV      --> call_records                  contacts as the files of offices tell them, for `import`
//! ```
//!
//! One rule for looking back: [`Lookback`] says what has to be read for a question, which events count, and since when
//! ([`Coverage`]) and until when ([`SourceEnd`]) the answer is known; [`FigureQuery`] says what a leg contributes to a
//! figure. Every command asks these, so the same question has the same answer everywhere.
//!
//! The crate reads files and topics it is given. It does not know the command line, the console, HTTP, the wall clock
//! (the present is an argument), the environment or how a process ends: the program implements [`Progress`],
//! [`OutputSink`] and [`FiguresEndpoint`](compare::FiguresEndpoint), and sets a stop flag.

pub mod call_records;
pub mod compare;
mod contact_list;
mod context;
mod contribution;
mod coverage;
mod day_comparison;
pub mod dead_letters;
mod error;
mod event_days;
pub mod event_file;
pub mod explain;
mod kafka_settings;
pub mod local_time;
mod lookback;
mod meant_type;
pub mod period_report;
mod printable_bytes;
mod progress;
mod record_timestamps;
pub mod replay;
mod request_error;
mod reused_ids;
pub mod sample;
mod source;
mod unmapped;

pub use context::LookbackContext;
pub use contribution::{EntryContribution, FigureQuery, LegContribution};
pub use coverage::{Coverage, CoverageReason, FirstEvents, HistoryEvidence, HistorySource};
pub use day_comparison::{ComparedDays, FEWEST_DAYS};
pub use error::LookbackError;
pub use kafka_settings::{kafka_settings, kafka_settings_of_events};
pub use lookback::{Lookback, SourceEnd};
pub use meant_type::meant_type;
pub use progress::{NoProgress, Progress, ProgressUpdate};
pub use record_timestamps::{AHEAD_MS, AHEAD_REMEDY, COPIED_REMEDY, TimestampCounts};
pub use replay::{OutputError, OutputSink};
pub use request_error::RequestError;
pub use reused_ids::{HABIT, REUSE_REMEDY, ReusedIds, SURPLUS_REMEDY};
pub use source::{
    ArchiveFileError, ArchiveFiles, EventSource, RawContact, SourceDecoders, SourceError, SourcePosition,
    SourceSummary, SourcedEvent, StoppedReading, THE_BEGINNING, archived_source, source_subject, usual_file_source,
    wire_record,
};
pub use unmapped::{UnmappedKeys, UnmappedOfTable};
