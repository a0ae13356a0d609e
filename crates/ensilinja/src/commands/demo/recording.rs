//! A recording: a file of events that is published as if it happened now, each event at its `time`.
//!
//! The file may be larger than memory and its lines may be in any order. So it is read twice: first to check every line
//! and to note its time and position, which takes 16 bytes, and then again, line by line, as the time comes.

use std::fs::File;
use std::io::{BufReader, Seek as _};
use std::path::Path;
use std::vec;

use anyhow::Context as _;
use ensilinja_lookback::event_file::{BUFFER_BYTES, next_line};
use ensilinja_model::EventTime;
use ensilinja_sim::Publication;
use ensilinja_wire::{Decoder, MAX_VALUE_BYTES, Record, Rejection};

/// The events of a file from an instant on, in the order in which they happened, as records to be published.
pub struct Recording {
    name: String,
    file: BufReader<File>,
    /// The lines that are still to be published.
    lines: vec::IntoIter<RecordedLine>,
}

/// The time and the position of a line. Of two lines with the same time the first in the file comes first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct RecordedLine {
    at: EventTime,
    offset: u64,
}

impl Recording {
    /// The events of a file from `from` on, without events of types that are not read here.
    ///
    /// # Errors
    /// If the file cannot be read, or not twice, as a pipe; if a line is not an event of the lines that `decoder`
    /// knows; or if there are no events from `from` on.
    pub fn open(path: &Path, decoder: &Decoder, from: EventTime) -> anyhow::Result<Self> {
        let name = path.display().to_string();
        let file = File::open(path).with_context(|| format!("cannot open {name}"))?;
        let is_file = file.metadata().with_context(|| format!("cannot read {name}"))?.is_file();
        anyhow::ensure!(is_file, "cannot play {name}: it has to be a file, because it is read twice");
        let mut file = BufReader::with_capacity(BUFFER_BYTES, file);
        let mut lines = recorded_lines(&mut file, decoder).with_context(|| format!("cannot play {name}"))?;
        lines.retain(|line| line.at >= from);
        lines.sort_unstable();
        anyhow::ensure!(
            !lines.is_empty(),
            "cannot play {name}: none of its events is late enough to count when the demo begins"
        );
        Ok(Self { name, file, lines: lines.into_iter() })
    }

    /// The number of events before `at`, the number from then on, and the time of the last one.
    #[must_use]
    pub fn counts_around(&self, at: EventTime) -> (usize, usize, Option<EventTime>) {
        let lines = self.lines.as_slice();
        let before = lines.partition_point(|line| line.at < at);
        (before, lines.len() - before, lines.last().map(|line| line.at))
    }

    /// The record for a line.
    fn publication(&mut self, line: RecordedLine) -> anyhow::Result<Publication> {
        let mut value = Vec::new();
        let skip = line.offset.cast_signed() - self.file.stream_position()?.cast_signed();
        self.file.seek_relative(skip)?;
        next_line(&mut self.file, &mut value, MAX_VALUE_BYTES)?.context("it has become shorter")?;
        let contact = Decoder::contact(&Record::of_value(&value));
        let key = Some(contact.ok().context("it has been changed")?.into_bytes());
        Ok(Publication { at: line.at, key, headers: Vec::new(), value: Some(value), event: None, poison: None })
    }
}

impl Iterator for Recording {
    type Item = Publication;

    /// A file that is changed while it is played ends early, which is logged.
    fn next(&mut self) -> Option<Publication> {
        let line = self.lines.next()?;
        match self.publication(line) {
            Ok(publication) => Some(publication),
            Err(error) => {
                tracing::error!(file = self.name, reason = format!("{error:#}"), "recording ended early");
                self.lines = Vec::new().into_iter();
                None
            }
        }
    }
}

/// The events of a file, in the order of its lines.
fn recorded_lines(file: &mut BufReader<File>, decoder: &Decoder) -> anyhow::Result<Vec<RecordedLine>> {
    let (mut lines, mut line) = (Vec::new(), Vec::new());
    for number in 1_u64.. {
        let offset = file.stream_position()?;
        if next_line(file, &mut line, MAX_VALUE_BYTES).with_context(|| format!("line {number}"))?.is_none() {
            break;
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        match decoder.decode_value(&line) {
            Ok(event) => lines.push(RecordedLine { at: event.at, offset }),
            Err(Rejection { reason, .. }) if !reason.goes_to_dead_letters() => {}
            Err(rejection) => anyhow::bail!(
                "line {number} is not an event of the demo's county ({rejection}). {}",
                rejection.detail.advice()
            ),
        }
    }
    Ok(lines)
}
