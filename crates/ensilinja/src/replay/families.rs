//! The families of an `OpenMetrics` text on their way to its end, each in a file of its own.
//!
//! A family stands together in the text, and all of them grow at each instant; a year of hours does not fit in memory.
//! The files have no names, so that nothing is left of them however the process ends.

use std::fs::File;
use std::io::{self, BufWriter, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context as _;
use ensilinja_catalogue::{Export, OpenMetricsFamily};
use ensilinja_ledger::Figures;

use super::destination::Destination;
use super::stepping::Stopped;
use crate::draft::nameless;

/// How much of a family is kept in memory, in bytes.
const BUFFER_BYTES: usize = 64 * 1024;

/// How much is copied at once, in bytes.
const COPY_BYTES: usize = 256 * 1024;

/// The families, and what has been written of each.
pub struct Families {
    all: Vec<OpenMetricsFamily>,
    files: Vec<BufWriter<File>>,
    folder: PathBuf,
}

impl Families {
    /// Nothing has been written yet. What comes is kept in `folder`.
    ///
    /// # Errors
    /// If the folder takes no files.
    pub fn new(export: &Export, folder: &Path) -> anyhow::Result<Self> {
        let all = export.families();
        let open = |_| nameless(folder).map(|file| BufWriter::with_capacity(BUFFER_BYTES, file));
        let files: io::Result<Vec<_>> = (0..all.len()).map(open).collect();
        let files = files.with_context(|| format!("cannot write in {}", folder.display()))?;
        Ok(Self { all, files, folder: folder.to_owned() })
    }

    /// Adds an instant; `is_complete`, all that can be in its figures is known.
    ///
    /// # Errors
    /// If it cannot be kept.
    pub fn add(&mut self, export: &Export, figures: &Figures, is_complete: bool) -> anyhow::Result<()> {
        let Self { all, files, folder } = self;
        export
            .open_metrics(all, figures, is_complete, &mut |place, text| files[place].write_all(text.as_bytes()))
            .with_context(|| format!("cannot write in {}", folder.display()))
    }

    /// Puts all of it together.
    ///
    /// # Errors
    /// If it cannot be read again, or the destination does not take it; [`Stopped`] if `stop` is set.
    pub fn finish(self, destination: &mut Destination, stop: &AtomicBool) -> anyhow::Result<()> {
        let problem = || format!("cannot write in {}", self.folder.display());
        let mut piece = vec![0; COPY_BYTES];
        for file in self.files {
            let mut file = file.into_inner().map_err(io::IntoInnerError::into_error).with_context(problem)?;
            file.rewind().with_context(problem)?;
            loop {
                anyhow::ensure!(!stop.load(Ordering::Relaxed), Stopped);
                let length = file.read(&mut piece).with_context(problem)?;
                if length == 0 {
                    break;
                }
                destination.write(&piece[..length])?;
            }
        }
        destination.write(Export::open_metrics_end().as_bytes())
    }
}
