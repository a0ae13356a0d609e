//! Writing a simulated period to a file.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use ensilinja_lookback::Progress as _;
use tokio::runtime::Runtime;

use super::event_file_writer::{self, WriteEnding};
use super::simulated_past::SimulatedPast;
use crate::console::destination::refuse_existing;
use crate::console::shutdown::stop_signal;

/// How long a pipe may take to accept the rest when the process is told to stop.
const PIPE_WITHIN: Duration = Duration::from_secs(2);

/// Writes the records to a file, in a thread of its own: a pipe without a reader must not keep the process from
/// stopping. An existing file is replaced only with `force`.
pub(super) fn write(path: PathBuf, mut past: SimulatedPast, force: bool, runtime: Runtime) -> anyhow::Result<()> {
    let name = path.display().to_string();
    refuse_existing(&path, force)?;
    let stop = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&stop);
    let ended = runtime.block_on(async {
        let asked_to_stop = stop_signal()?;
        let writing = tokio::task::spawn_blocking(move || {
            let written = event_file_writer::write(&path, &mut past, &stop);
            past.progress.end();
            written.map(|written| (written, past.left()))
        });
        let pipe_is_stuck = async {
            asked_to_stop.await;
            flag.store(true, Ordering::Relaxed);
            tokio::time::sleep(PIPE_WITHIN).await;
        };
        tokio::select! {
            ended = writing => ended.context("the writing panicked, which is a bug")?.map(Some),
            () = pipe_is_stuck => Ok(None),
        }
    });
    // The thread may still be waiting for a reader.
    runtime.shutdown_background();
    let Some((written, left)) = ended? else { anyhow::bail!("stopped: nothing reads {name}, which is not complete") };
    match written.ending {
        WriteEnding::Whole => tracing::info!(events = written.lines, file = name, "written"),
        WriteEnding::Stopped => anyhow::bail!("stopped before the end: {left}; {name} is not written, or not complete"),
        WriteEnding::ReaderGone => tracing::debug!(events = written.lines, file = name, "reader closed the pipe"),
    }
    if written.left_out > 0 {
        tracing::warn!(records = written.left_out, file = name, "records that cannot be a line of a file left out");
    }
    Ok(())
}
