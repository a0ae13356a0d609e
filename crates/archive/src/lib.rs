//! Archive files: every record of a topic that was published in a range of time, exactly as it was, in one file that
//! proves to be whole.
//!
//! ```text
//! | zstd frames: one record a line, as JSON | zstd frame: the manifest, one line | 16 bytes: its length |
//!   `zstd -dc FILE | head -n -1`              `zstd -dc FILE | tail -n 1`          (a frame that zstd skips)
//! ```
//!
//! The manifest is the last thing that is written. It holds the SHA-256 of all lines before it, the number of records,
//! and for each partition which offsets were read and which of them the file covers. So a file that was cut off
//! anywhere, or changed anywhere, is refused; several files tell where they overlap and what is between them; and a
//! topic that retention has cut is known to continue the files, or not to.
//!
//! The crate is pure: it writes to and reads from what it is given. It knows neither Kafka nor files.

mod error;
mod manifest;
mod partition_tracker;
mod pseudonym;
mod reader;
mod record;
mod review;
mod unfinished;
mod verification;
mod writer;

pub use error::ArchiveError;
pub use manifest::{ArchivedPartition, ArchivedTopic, FORMAT, Manifest, Pseudonymisation};
pub use partition_tracker::{PartitionTracker, RecordRange};
pub use pseudonym::{PseudonymKey, PseudonymKeyError, Pseudonymiser};
pub use reader::ArchiveReader;
pub use record::{ArchivedHeader, ArchivedRecord, TimestampType};
pub use review::{ArchiveFinding, review};
pub use unfinished::UnfinishedArchive;
pub use verification::{Verification, VerifiedFile};
pub use writer::{ArchiveWriter, ContentDigest};
