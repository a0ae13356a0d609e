//! The events of the past, one after the other, each with where it was found: what every look back starts with.
//!
//! ```text
//! topic ---\
//!           >-- EventSource::read ---> SourcedEvent { event, known_at, position }, in the order of `known_at`
//! files ---/
//! archives of topics are merged with the topics, or stand for them
//! ```
//!
//! An event of a topic became known at the timestamp of its record. Records of one partition come in its order, even
//! where their timestamps do not ascend. A line of a file has no timestamp: it counts as known when its event happened,
//! or when the lines before it did, whichever is later. One line that is dated ahead of its neighbours must not move
//! this on, so lines are dated by the block. Several files are merged by it, so their order on the command line does
//! not matter.

mod archive_error;
mod archives;
mod decoders;
mod event;
mod event_source;
mod files;
mod joining;
mod position;
mod reading;
mod record_intake;
mod summary;
mod topic;

pub use archive_error::ArchiveFileError;
pub use archives::archived_source;
pub use decoders::{SourceDecoders, usual_file_source};
pub use event::{RawContact, SourcedEvent};
pub use event_source::{ArchiveFiles, EventSource, THE_BEGINNING, source_subject};
pub(crate) use joining::join;
pub use position::SourcePosition;
pub use summary::{SourceError, SourceSummary, StoppedReading};
pub use topic::wire_record;
