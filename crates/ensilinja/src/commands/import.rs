//! `ensilinja import`: files of call records become a file of events.
//!
//! ```text
//! calls.csv --CallRecordFile--> rows --statements--> events.jsonl, whole or not at all
//!                                 `--> a summary: rows taken, ignored, refused by reason and line
//! ```

mod request;
mod writing;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use ensilinja_config::{ColumnsFile, parse_columns};
use ensilinja_lookback::event_file::stream_name;

use crate::console::atomic_file;
use crate::console::destination::{is_atomic, is_read, refuse_existing};
use crate::console::progress::ConsoleProgress;
use crate::console::shutdown::{on_signal, unless_stopped};
use crate::outcome::Outcome;
use crate::usage_error::UsageError;
use writing::{ImportEnding, write};

pub use request::ImportRequest;

/// Reads the files and writes their events. [`Outcome::Found`] if a row was refused, or a cell left out.
///
/// # Errors
/// [`ConfigError`](ensilinja_config::ConfigError) and [`UsageError`] for a wrong columns file or wrong arguments;
/// otherwise why a file cannot be read or written, or that it was stopped. There is no output file then.
pub fn import(request: ImportRequest) -> anyhow::Result<Outcome> {
    let columns = columns_file(&request)?;
    check_output(&request)?;
    let output = output_name(&request.output);
    let names: Vec<String> = request.files.iter().map(|file| stream_name(file)).collect();
    let stop = on_signal()?;
    let progress = ConsoleProgress::new(request.quiet, &columns.rules.zone);
    // In a thread of its own: a silent pipe must not keep the process from stopping.
    let flag = Arc::clone(&stop);
    let ended = unless_stopped(&stop, move || write(&request, &columns, &progress, &flag))?;
    match ended.transpose()? {
        None | Some(ImportEnding::Stopped) => {
            atomic_file::remove_all();
            anyhow::bail!("stopped before the end; {output} is not written, or not complete")
        }
        Some(ImportEnding::ReaderGone) => {
            tracing::debug!(file = output, "reader closed the pipe");
            Ok(Outcome::Done)
        }
        Some(ImportEnding::NothingTaken(summary)) => {
            summary.log(&names);
            anyhow::bail!("none of the {} rows could be read; {output} is not written", summary.rows)
        }
        Some(ImportEnding::Written(summary)) => {
            summary.log(&names);
            tracing::info!(events = summary.facts, file = output, "written");
            Ok(if summary.is_whole() { Outcome::Done } else { Outcome::Found })
        }
    }
}

fn columns_file(request: &ImportRequest) -> anyhow::Result<ColumnsFile> {
    let file = request.columns.display().to_string();
    match fs::read_to_string(&request.columns) {
        Ok(text) => Ok(parse_columns(&file, &text, request.lines.as_deref())?),
        Err(why) => Err(UsageError::ColumnsUnreadable { file, why: why.to_string() }.into()),
    }
}

/// Refuses an output file that is also read, or that exists and is not to be replaced.
fn check_output(request: &ImportRequest) -> anyhow::Result<()> {
    let output = &request.output;
    let name = output.display().to_string();
    let read = request.files.iter().chain([&request.columns]);
    if is_atomic(output) && read.into_iter().any(|file| is_read(output, file)) {
        return Err(UsageError::OutputIsImported(name).into());
    }
    refuse_existing(output, request.force)
}

fn output_name(output: &Path) -> String {
    if ensilinja_lookback::event_file::is_standard_stream(output) {
        "standard output".to_owned()
    } else {
        output.display().to_string()
    }
}
