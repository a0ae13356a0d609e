//! The state of an archive that is not finished: what is needed to continue it, and to see that it may be continued.

use std::io::Read;

use serde::{Deserialize, Serialize};

use crate::error::ArchiveError;
use crate::manifest::{ArchivedTopic, FORMAT, Pseudonymisation};
use crate::partition_tracker::{PartitionTracker, RecordRange};
use crate::reader::digest_of_frames;
use crate::writer::ContentDigest;

/// The state of an archive that is not finished. It is written after the frames that it speaks of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnfinishedArchive {
    /// The version of the format.
    pub format: u32,
    /// The version of the program.
    pub product: String,
    /// The id of the cluster.
    pub cluster: Option<String>,
    /// The range of timestamps.
    pub range: RecordRange,
    /// The topics.
    pub topics: Vec<ArchivedTopic>,
    /// The partitions so far.
    pub partitions: Vec<PartitionTracker>,
    /// How ids are replaced.
    pub pseudonymised: Option<Pseudonymisation>,
    /// How many bytes of the file are whole frames.
    pub file_bytes: u64,
    /// The SHA-256 of their lines.
    pub sha256: String,
}

impl UnfinishedArchive {
    /// The state as it is stored.
    #[must_use]
    pub fn to_json(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("texts and numbers can be written to memory")
    }

    /// A stored state; `None` if it is none of this format.
    #[must_use]
    pub fn parse(text: &[u8]) -> Option<Self> {
        serde_json::from_slice(text).ok().filter(|state: &Self| state.format == FORMAT)
    }

    /// Reads the frames that the state speaks of, and returns their digest.
    ///
    /// # Errors
    /// If they are damaged, or others.
    pub fn check(&self, file: impl Read) -> Result<ContentDigest, ArchiveError> {
        let digest = digest_of_frames(file.take(self.file_bytes))?;
        if digest.sha256() == self.sha256 { Ok(digest) } else { Err(ArchiveError::Checksum) }
    }
}
