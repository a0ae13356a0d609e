//! A recording: a file of events that is published as if it happened now, each event at its `time`.
//!
//! The file may be larger than memory and its lines may be in any order. So it is read twice: once to check every line
//! and to note when its event happened and where it lies, which takes 16 bytes, and then again, line by line, as the
//! time comes.

use std::fs::File;
use std::io::{BufReader, Seek as _};
use std::path::Path;
use std::vec;

use anyhow::Context as _;
use ensilinja_model::EventTime;
use ensilinja_sim::Publication;
use ensilinja_wire::{Decoder, Record, Rejection};

use ensilinja_lookback::event_file::{BUFFER_BYTES, next_line};

/// The events of a file from some instant on, in the order in which they happened, as records to be published then.
pub struct Recording {
    name: String,
    file: BufReader<File>,
    /// What is still to come.
    places: vec::IntoIter<Place>,
}

/// Where in the file the event of an instant lies. Of two of one instant the one that is written first comes first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    at: EventTime,
    offset: u64,
}

impl Recording {
    /// The events of a file from `from` on; those of types that are not read here are left out.
    ///
    /// # Errors
    /// If the file cannot be read (or not twice, as a pipe), if a line is no event of the lines that `decoder` knows,
    /// or if nothing happens from `from` on.
    pub fn open(path: &Path, decoder: &Decoder, from: EventTime) -> anyhow::Result<Self> {
        let name = path.display().to_string();
        let file = File::open(path).with_context(|| format!("cannot open {name}"))?;
        let is_file = file.metadata().with_context(|| format!("cannot read {name}"))?.is_file();
        anyhow::ensure!(is_file, "cannot play {name}: it is read a second time as it is played, so it must be a file");
        let mut file = BufReader::with_capacity(BUFFER_BYTES, file);
        let mut places = places(&mut file, decoder).with_context(|| format!("cannot play {name}"))?;
        places.retain(|place| place.at >= from);
        places.sort_unstable();
        anyhow::ensure!(
            !places.is_empty(),
            "cannot play {name}: there is nothing in it that happened so late as to count when the demo begins"
        );
        Ok(Self { name, file, places: places.into_iter() })
    }

    /// How many events are still to come, the number of those before `at` first, and when the last one happens.
    #[must_use]
    pub fn outlook(&self, at: EventTime) -> (usize, usize, Option<EventTime>) {
        let places = self.places.as_slice();
        let before = places.partition_point(|place| place.at < at);
        (before, places.len() - before, places.last().map(|place| place.at))
    }

    /// The record that tells of the event at a place.
    fn publication(&mut self, place: Place) -> anyhow::Result<Publication> {
        let mut value = Vec::new();
        let skip = place.offset.cast_signed() - self.file.stream_position()?.cast_signed();
        self.file.seek_relative(skip)?;
        next_line(&mut self.file, &mut value)?.context("it has become shorter")?;
        let contact = Decoder::contact(&Record::of_value(&value));
        let key = Some(contact.ok().context("it has been changed")?.into_bytes());
        Ok(Publication { at: place.at, key, headers: Vec::new(), value: Some(value), event: None, poison: None })
    }
}

impl Iterator for Recording {
    type Item = Publication;

    /// A file that is changed while it is played ends early, which the log tells.
    fn next(&mut self) -> Option<Publication> {
        let place = self.places.next()?;
        match self.publication(place) {
            Ok(publication) => Some(publication),
            Err(error) => {
                tracing::error!("{} cannot be played any further: {error:#}", self.name);
                self.places = Vec::new().into_iter();
                None
            }
        }
    }
}

/// Where the events of a file lie, in the order of its lines.
fn places(file: &mut BufReader<File>, decoder: &Decoder) -> anyhow::Result<Vec<Place>> {
    let (mut places, mut line) = (Vec::new(), Vec::new());
    for number in 1_u64.. {
        let offset = file.stream_position()?;
        if next_line(file, &mut line).with_context(|| format!("line {number}"))?.is_none() {
            break;
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        match decoder.decode_value(&line) {
            Ok(event) => places.push(Place { at: event.at, offset }),
            Err(Rejection { reason, .. }) if !reason.goes_to_dead_letters() => {}
            Err(rejection) => anyhow::bail!(
                "line {number} is no event of the demo's county ({rejection}). {}",
                rejection.detail.advice()
            ),
        }
    }
    Ok(places)
}
