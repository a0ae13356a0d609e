//! Where an event was found.

use std::path::PathBuf;
use std::sync::Arc;

use crate::event_file::stream_name;

/// Where an event was found. The order is that of files and lines, or of partitions and offsets.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum SourcePosition {
    /// A record of a topic.
    Record {
        /// The topic.
        topic: Arc<str>,
        /// Its partition.
        partition: i32,
        /// Its offset in the partition.
        offset: i64,
    },
    /// A record of a topic, read from an archive of it.
    Archived {
        /// The name of the archive file.
        file: Arc<str>,
        /// The topic.
        topic: Arc<str>,
        /// Its partition.
        partition: i32,
        /// Its offset in the partition.
        offset: i64,
    },
    /// A line of a file.
    Line {
        /// The index of the file among those that are read, from 0.
        file: usize,
        /// The number of the line, from 1.
        number: u64,
    },
}

impl SourcePosition {
    /// As it is printed: `topic/partition/offset`, `topic/partition/offset in archive`, or `file:line`.
    #[must_use]
    pub fn in_words(&self, files: &[PathBuf]) -> String {
        match self {
            Self::Record { topic, partition, offset } => format!("{topic}/{partition}/{offset}"),
            Self::Archived { file, topic, partition, offset } => format!("{topic}/{partition}/{offset} in {file}"),
            Self::Line { file, number } => format!("{}:{number}", stream_name(&files[*file])),
        }
    }
}
