//! Why an event file cannot be read.

use std::io;

use super::damage::EventFileDamage;

/// Why an event file cannot be read. Nothing in the text repeats what the file holds.
#[derive(Debug, thiserror::Error)]
pub enum EventFileError {
    /// The file does not exist or cannot be opened.
    #[error("cannot open {name}: {why}")]
    Open {
        /// The file.
        name: String,
        /// The error of the system.
        why: io::Error,
    },
    /// The file cannot be read to its end.
    #[error("cannot read {name}: {damage}")]
    Damaged {
        /// The file.
        name: String,
        /// What is wrong with it.
        damage: EventFileDamage,
    },
    /// The system gives no thread to read with.
    #[error("the system gives no thread to read {name}: {why}")]
    NoThread {
        /// The file.
        name: String,
        /// The error of the system.
        why: io::Error,
    },
    /// The thread that reads has panicked.
    #[error("the thread that reads {name} has panicked; this is a bug")]
    Panicked {
        /// The file.
        name: String,
    },
}
