//! Why a file is no sound archive.

use std::io;

/// Why a file is no sound archive. No text of a record is in it.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The operating system cannot read or write it, or its compressed data are damaged.
    #[error("it cannot be read: {0}")]
    Io(#[from] io::Error),
    /// It does not end as an archive does.
    #[error(
        "it does not end with a manifest: it was cut off, written by another program or compressed again; take it from \
         a copy, or create it again"
    )]
    NoManifest,
    /// The manifest is damaged.
    #[error("its manifest is damaged: take the file from a copy, or create it again")]
    DamagedManifest,
    /// A later version has written it.
    #[error("it has the format {found}, and this version reads {}: use the version that wrote it", crate::FORMAT)]
    Format {
        /// The format that it says.
        found: u32,
    },
    /// A line is no record.
    #[error("its line {line} is no record: the file was changed; take it from a copy, or create it again")]
    NoRecord {
        /// The number of the line, from 1.
        line: u64,
    },
    /// The records of a partition are not in order, or not in the part of the log that the manifest says.
    #[error("its line {line} is out of order, or of a part of the log that its manifest does not cover")]
    OutOfOrder {
        /// The number of the line, from 1.
        line: u64,
    },
    /// There are more or fewer records than the manifest says.
    #[error("it holds {found} records, and its manifest says {expected}: take it from a copy, or create it again")]
    Count {
        /// How many there are.
        found: u64,
        /// How many the manifest says.
        expected: u64,
    },
    /// The content is not what was written.
    #[error(
        "its content was changed: its SHA-256 is not that of the manifest; take it from a copy, or create it again"
    )]
    Checksum,
    /// A line is longer than any record.
    #[error("its line {line} is longer than any record: the file was changed")]
    TooLong {
        /// The number of the line, from 1.
        line: u64,
    },
}
