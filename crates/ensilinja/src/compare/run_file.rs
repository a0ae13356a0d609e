//! Opens a run file, and names its instants in local time.

use std::io::BufRead;
use std::path::Path;

use anyhow::Context as _;
use ensilinja_catalogue::RunReader;
use jiff::tz::TimeZone;

use crate::events_file::{self, source::Source};
use crate::local_time::in_words;

/// A run file that is being read.
pub type RunFile = RunReader<Box<dyn BufRead + Send>>;

/// Opens a run file and reads its first line. A compressed file is recognised by its first bytes.
///
/// # Errors
/// If it cannot be opened, or is not a run file.
pub fn open(path: &Path) -> anyhow::Result<RunFile> {
    let name = events_file::name_of(path);
    let source = Source::open(path).with_context(|| format!("cannot open {name}"))?;
    Ok(RunReader::new(name, source.text)?)
}

/// The instants read so far, in words.
#[must_use]
pub fn instants_in_words(file: &RunFile) -> String {
    let zone = file.time_zone().and_then(|name| TimeZone::get(name).ok()).unwrap_or(TimeZone::UTC);
    match (file.instants(), file.span()) {
        (_, None) => "no instants".to_owned(),
        (count, Some((first, last))) => format!(
            "{} from {} to {}",
            if count == 1 { "1 instant".to_owned() } else { format!("{count} instants") },
            in_words(first, &zone),
            in_words(last, &zone)
        ),
    }
}
