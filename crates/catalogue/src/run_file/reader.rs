//! Reads a run file, one instant after the other, and checks that it is whole and in order.

use std::io::{self, BufRead, Read as _};
use std::str::Utf8Error;

use ensilinja_model::EventTime;

use super::{NotARunLine, RunHeader, RunLine};
use crate::figures_document::FiguresDocument;

/// The longest line that is read, in bytes: the figures of a hundred counties.
const LONGEST_LINE: u64 = 256 * 1024 * 1024;

/// Tells how to make a run file.
const ADVICE: &str = "a run is the output of `ensilinja replay --format jsonl`";

/// A run file that is being read.
pub struct RunReader<R> {
    name: String,
    header: RunHeader,
    source: R,
    line: Vec<u8>,
    instants: u64,
    span: Option<(EventTime, EventTime)>,
    time_zone: Option<String>,
}

/// Why a run file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum RunFileError {
    /// The source failed.
    #[error("{name} cannot be read further")]
    Unreadable {
        /// The name of the file.
        name: String,
        /// The error of the system.
        source: io::Error,
    },
    /// It does not begin with the first line of a run file.
    #[error("{name} is not a run: {ADVICE}")]
    NoHeader {
        /// The name of the file.
        name: String,
    },
    /// A line is not text.
    #[error("{name} is not a run: {ADVICE}")]
    NotText {
        /// The name of the file.
        name: String,
        /// Where it stops being UTF-8.
        source: Utf8Error,
    },
    /// The first line cannot be understood.
    #[error("{name} is not a run ({ADVICE})")]
    BadHeader {
        /// The name of the file.
        name: String,
        /// What is wrong with it.
        source: NotARunLine,
    },
    /// A later line cannot be understood.
    #[error("{name} has a line that does not belong to a run ({ADVICE})")]
    BadLine {
        /// The name of the file.
        name: String,
        /// What is wrong with it.
        source: NotARunLine,
    },
    /// The last line has another number of instants.
    #[error("{name} announces {announced} instants and has {instants}: make the run again")]
    WrongCount {
        /// The name of the file.
        name: String,
        /// The number in the last line.
        announced: u64,
        /// The number of instants in the file.
        instants: u64,
    },
    /// Something follows the last line.
    #[error("{name} continues after its end: compare its runs separately")]
    NotOver {
        /// The name of the file.
        name: String,
    },
    /// A second header.
    #[error("{name} contains the beginning of another run")]
    SecondHeader {
        /// The name of the file.
        name: String,
    },
    /// The last line is missing.
    #[error("{name} was cut off after {instants} instants: make the run again")]
    CutOff {
        /// The name of the file.
        name: String,
        /// The number of whole instants in the file.
        instants: u64,
    },
    /// The figures of an instant are `null`.
    #[error("{name}: instant {number} has no figures")]
    NoFigures {
        /// The name of the file.
        name: String,
        /// The number of the instant, from 1.
        number: u64,
    },
    /// Instants do not ascend.
    #[error("{name}: instant {number} is not later than the previous one")]
    NotInOrder {
        /// The name of the file.
        name: String,
        /// The number of the instant, from 1.
        number: u64,
    },
}

impl<R: BufRead> RunReader<R> {
    /// Reads the first line. Errors call the file `name`.
    ///
    /// # Errors
    /// If the source fails or is not a run file.
    pub fn new(name: String, source: R) -> Result<Self, RunFileError> {
        let header = RunHeader::default();
        let mut reader = Self { name, header, source, line: Vec::new(), instants: 0, span: None, time_zone: None };
        match reader.line()? {
            Some(RunLine::Header(header)) => reader.header = header,
            _ => return Err(RunFileError::NoHeader { name: reader.name }),
        }
        Ok(reader)
    }

    /// The name of the file.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The first line.
    #[must_use]
    pub const fn header(&self) -> &RunHeader {
        &self.header
    }

    /// The number of instants read so far.
    #[must_use]
    pub const fn instants(&self) -> u64 {
        self.instants
    }

    /// The first and the latest instant read so far.
    #[must_use]
    pub const fn span(&self) -> Option<(EventTime, EventTime)> {
        self.span
    }

    /// The time zone of the lines by its IANA name, once an instant has been read.
    #[must_use]
    pub fn time_zone(&self) -> Option<&str> {
        self.time_zone.as_deref()
    }

    /// The figures of the next instant; `None` after the last line.
    ///
    /// # Errors
    /// If the source fails, the file was cut off, or its instants do not ascend.
    pub fn next_instant(&mut self) -> Result<Option<(EventTime, FiguresDocument)>, RunFileError> {
        let number = self.instants + 1;
        let name = self.name.clone();
        let figures = match self.line()? {
            Some(RunLine::Figures(figures)) => {
                FiguresDocument { version: Some(self.header.version.clone()), ..figures }
            }
            Some(RunLine::End { instants: announced }) => {
                let instants = self.instants;
                if announced != instants {
                    return Err(RunFileError::WrongCount { name, announced, instants });
                }
                return match self.line()? {
                    None => Ok(None),
                    Some(_) => Err(RunFileError::NotOver { name }),
                };
            }
            Some(RunLine::Header(_)) => return Err(RunFileError::SecondHeader { name }),
            None => return Err(RunFileError::CutOff { name, instants: self.instants }),
        };
        let Some(at) = figures.as_of else { return Err(RunFileError::NoFigures { name, number }) };
        if self.span.is_some_and(|(_, latest)| at <= latest) {
            return Err(RunFileError::NotInOrder { name, number });
        }
        self.instants = number;
        self.span = Some((self.span.map_or(at, |(first, _)| first), at));
        if self.time_zone.is_none() {
            self.time_zone.clone_from(&figures.time_zone);
        }
        Ok(Some((at, figures)))
    }

    /// The next line that is not blank; `None` at the end of the source.
    fn line(&mut self) -> Result<Option<RunLine>, RunFileError> {
        loop {
            self.line.clear();
            let name = || self.name.clone();
            let read = self.source.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut self.line);
            if read.map_err(|source| RunFileError::Unreadable { name: name(), source })? == 0 {
                return Ok(None);
            }
            let text = str::from_utf8(&self.line).map_err(|source| RunFileError::NotText { name: name(), source })?;
            if text.trim().is_empty() {
                continue;
            }
            return match RunLine::parse(text) {
                Ok(line) => Ok(Some(line)),
                // The last line has no line break: whatever else is wrong with it, the file was cut off.
                Err(_) if !text.ends_with('\n') && self.instants > 0 => Ok(None),
                Err(source) if self.instants == 0 => Err(RunFileError::BadHeader { name: name(), source }),
                Err(source) => Err(RunFileError::BadLine { name: name(), source }),
            };
        }
    }
}
