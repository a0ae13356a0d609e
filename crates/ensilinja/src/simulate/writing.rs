//! Writing a simulated past to a file.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use std::{fs, path::Path};

use anyhow::Context as _;
use tokio::runtime::Runtime;

use super::Past;
use super::event_file_writer::{self, WriteEnding};
use ensilinja_lookback::Progress as _;

use crate::run::stop_signal;

/// How long a pipe may take to accept what was written when the process is told to end.
const PIPE_WITHIN: Duration = Duration::from_secs(2);

/// Writes the publications to a file, in a thread of its own: a pipe that is not read must not keep the process from
/// ending when it is told to. A file that is there is replaced only if `force` says so.
pub(super) fn write(path: PathBuf, mut past: Past, force: bool, runtime: Runtime) -> anyhow::Result<()> {
    let name = path.display().to_string();
    anyhow::ensure!(
        force || !holds_something(&path),
        "{name} is there already: name another file, or replace it by --force once the new one is whole"
    );
    let stop = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&stop);
    let ended = runtime.block_on(async {
        let asked_to_stop = stop_signal()?;
        let writing = tokio::task::spawn_blocking(move || {
            let written = event_file_writer::write(&path, &mut past, &stop);
            past.progress.end();
            written.map(|written| (written, past.left()))
        });
        let nobody_reads = async {
            asked_to_stop.await;
            told.store(true, Ordering::Relaxed);
            tokio::time::sleep(PIPE_WITHIN).await;
        };
        tokio::select! {
            ended = writing => ended.context("the writing died of a bug")?.map(Some),
            () = nobody_reads => Ok(None),
        }
    });
    // The thread may be waiting for a reader still.
    runtime.shutdown_background();
    let Some((written, left)) = ended? else { anyhow::bail!("stopped: nothing reads {name}, which is not whole") };
    match written.ending {
        WriteEnding::Whole => tracing::info!(events = written.lines, "written to {name}"),
        WriteEnding::Stopped => anyhow::bail!("stopped before the end: {left}; {name} is not written, or not whole"),
        WriteEnding::ReaderGone => tracing::debug!(events = written.lines, "nothing reads {name} any more"),
    }
    if written.left_out > 0 {
        tracing::warn!("{} records that cannot be a line of a file were left out", written.left_out);
    }
    Ok(())
}

/// Whether a file of this name would be lost if another took its place.
fn holds_something(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| found.is_file() && found.len() > 0)
}
