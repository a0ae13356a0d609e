//! Opening a run file, plain or compressed.

use std::io::BufRead;
use std::path::Path;

use ensilinja_catalogue::RunReader;
use jiff::tz::TimeZone;

use crate::error::LookbackError;
use crate::event_file::{EventFileBytes, EventFileError, stream_name};
use crate::local_time::to_the_minute;

/// A run file, plain or compressed with gzip or zstd.
pub(super) type OpenRun = RunReader<Box<dyn BufRead + Send>>;

/// Opens a run file; the path `-` is standard input.
///
/// # Errors
/// If it cannot be opened, or is not a run file.
pub(super) fn open_run(path: &Path) -> Result<OpenRun, LookbackError> {
    let name = stream_name(path);
    match EventFileBytes::open(path) {
        Ok(source) => Ok(RunReader::new(name, source.text)?),
        Err(why) => Err(EventFileError::Open { name, why }.into()),
    }
}

/// The instants of a run that has been read.
pub(super) fn span_in_words(run: &OpenRun) -> String {
    let zone = run.time_zone().and_then(|name| TimeZone::get(name).ok()).unwrap_or(TimeZone::UTC);
    match run.span() {
        Some((first, last)) => format!(
            "{} from {} to {}",
            if run.instants() == 1 { "1 instant".to_owned() } else { format!("{} instants", run.instants()) },
            to_the_minute(first, &zone),
            to_the_minute(last, &zone)
        ),
        None => "no instants".to_owned(),
    }
}
