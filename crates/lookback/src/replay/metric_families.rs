//! The metric families of an `OpenMetrics` text on their way to its end, each in a file of its own.
//!
//! A family stands together in the text, and all families grow at each instant; a year of hours does not fit in memory.
//! The files have no names, so nothing is left of them however the process ends.

use std::fs::File;
use std::io::{self, BufWriter, Read as _, Seek as _, Write as _};
use std::sync::atomic::{AtomicBool, Ordering};

use ensilinja_catalogue::{Export, OpenMetricsFamily};
use ensilinja_ledger::Figures;

use super::sink::{OutputError, OutputSink};

/// How much of a family is kept in memory, in bytes.
const BUFFER_BYTES: usize = 64 * 1024;

/// How much is copied at once, in bytes.
const COPY_BYTES: usize = 256 * 1024;

/// The families, and what has been written of each.
pub(super) struct MetricFamilies {
    families: Vec<OpenMetricsFamily>,
    files: Vec<BufWriter<File>>,
}

impl MetricFamilies {
    /// Nothing has been written yet. `temporary_file` makes a file that has no name.
    ///
    /// # Errors
    /// If it makes none.
    pub fn new(export: &Export, temporary_file: &mut dyn FnMut() -> io::Result<File>) -> Result<Self, OutputError> {
        let families = export.families();
        let open = |_: &OpenMetricsFamily| temporary_file().map(|file| BufWriter::with_capacity(BUFFER_BYTES, file));
        let files = families.iter().map(open).collect::<io::Result<_>>().map_err(OutputError::TemporaryFile)?;
        Ok(Self { families, files })
    }

    /// Adds an instant. `is_complete`: everything that can be in its figures is known.
    ///
    /// # Errors
    /// If it cannot be kept.
    pub fn add(&mut self, export: &Export, figures: &Figures, is_complete: bool) -> Result<(), OutputError> {
        let Self { families, files } = self;
        export
            .open_metrics(families, figures, is_complete, &mut |place, text| files[place].write_all(text.as_bytes()))
            .map_err(OutputError::TemporaryFile)
    }

    /// Writes the families one after the other. Returns false if `stop` is set before the end.
    ///
    /// # Errors
    /// If a file cannot be read again, or the sink fails.
    pub fn finish(self, sink: &mut dyn OutputSink, stop: &AtomicBool) -> Result<bool, OutputError> {
        let mut buffer = vec![0; COPY_BYTES];
        for file in self.files {
            let file = file.into_inner().map_err(io::IntoInnerError::into_error);
            let mut file = file.map_err(OutputError::TemporaryFile)?;
            file.rewind().map_err(OutputError::TemporaryFile)?;
            loop {
                if stop.load(Ordering::Relaxed) {
                    return Ok(false);
                }
                let length = file.read(&mut buffer).map_err(OutputError::TemporaryFile)?;
                if length == 0 {
                    break;
                }
                sink.write(&buffer[..length]).map_err(|why| OutputError::of_sink(sink.name(), why))?;
            }
        }
        let end = Export::open_metrics_end().as_bytes();
        sink.write(end).map_err(|why| OutputError::of_sink(sink.name(), why))?;
        Ok(true)
    }
}
