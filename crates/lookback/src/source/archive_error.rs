//! Why archives cannot be read as asked.

use ensilinja_archive::ArchiveError;

/// Why archives cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveFileError {
    /// The file cannot be opened.
    #[error("cannot open {file}: {why}")]
    Open {
        /// The file.
        file: String,
        /// Why, as the operating system says.
        why: std::io::Error,
    },
    /// The file is no sound archive.
    #[error("{file} is no sound archive: {why}")]
    Unsound {
        /// The file.
        file: String,
        /// Why.
        why: ArchiveError,
    },
    /// No source of the configuration claims a topic of an archive.
    #[error(
        "{file} has records of the topic {topic} in the format {format}, which no source of the configuration reads"
    )]
    Unclaimed {
        /// The file.
        file: String,
        /// The topic.
        topic: String,
        /// The format of its records.
        format: String,
    },
    /// Ids were replaced in one source and not in another, or by another key.
    #[error(
        "{file} has pseudonyms of {}, and {other} {}: a contact of both would count twice. Read archives of one key \
         alone, with --without-topic", key.as_deref().unwrap_or("no key"), other_key.as_deref().map_or_else(
            || "has ids".to_owned(), |key| format!("has pseudonyms of the key {key}"))
    )]
    OtherKey {
        /// The file.
        file: String,
        /// The key of the file.
        key: Option<String>,
        /// The other file, or the topic.
        other: String,
        /// The key of the other.
        other_key: Option<String>,
    },
    /// Ranges of offsets are asked for.
    #[error("--offsets cannot be used with --archive")]
    Offsets,
}
