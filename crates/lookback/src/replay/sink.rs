//! Where a replay is written: a trait that the console of the program implements.

use std::io::{self, ErrorKind};

/// Takes the text of a replay.
pub trait OutputSink {
    /// Its name in messages.
    fn name(&self) -> &str;

    /// Whether what has been written can be read before all of it is: true of a pipe, false of a file.
    fn is_stream(&self) -> bool;

    /// Writes.
    ///
    /// # Errors
    /// If it cannot be written.
    fn write(&mut self, text: &[u8]) -> io::Result<()>;

    /// Hands on what is buffered.
    ///
    /// # Errors
    /// If it cannot be written.
    fn flush(&mut self) -> io::Result<()>;

    /// Ends the output: all of it has been written, and a file gets its name.
    ///
    /// # Errors
    /// If it cannot be written. Nothing is left of a file then.
    fn finish(self: Box<Self>) -> io::Result<()>;
}

/// Why the output cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum OutputError {
    /// The reader closed the pipe, which is not a failure: `head` does so.
    #[error("the reader closed the pipe")]
    ReaderGone,
    /// The system does not take it.
    #[error("cannot write {name}: {why}")]
    Write {
        /// The file, or standard output.
        name: String,
        /// The error of the system.
        why: io::Error,
    },
    /// What has to be kept aside until the end cannot be.
    #[error("cannot write a temporary file: {0}")]
    TemporaryFile(io::Error),
}

impl OutputError {
    /// The error of a sink of this name.
    #[must_use]
    pub fn of_sink(name: &str, why: io::Error) -> Self {
        match why.kind() {
            ErrorKind::BrokenPipe => Self::ReaderGone,
            _ => Self::Write { name: name.to_owned(), why },
        }
    }
}
