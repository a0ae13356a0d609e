//! The second reading: where what was said lies, and of whom it was said.

use std::collections::HashMap;
use std::sync::atomic::AtomicBool;

use ensilinja_ledger::SourcedEntry;
use ensilinja_model::LegKey;
use ensilinja_report::explanation::{FactSource, LegIdentity};
use ensilinja_wire::Decoder;

use crate::past::{Place, Read, Reading, Told};
use ensilinja_config::Config;

/// The entries of legs that are to be found again.
pub(super) type Wanted = HashMap<LegKey, Vec<SourcedEntry>>;

/// What was found of a leg.
pub(super) struct Found {
    pub whose: LegIdentity,
    /// Where that was said first from which each entry follows.
    entries: Vec<(SourcedEntry, Option<Place>)>,
}

impl Found {
    /// Where that was said first from which an entry follows.
    pub fn place(&self, entry: &SourcedEntry) -> Option<Place> {
        self.entries.iter().find(|(known, _)| known == entry).and_then(|(_, place)| *place)
    }
}

/// Reads once more what was `first` read, with the decoder of that reading, for what is wanted.
///
/// # Errors
/// As [`Reading::read_again`].
pub(super) fn find(
    reading: &Reading<'_>,
    first: &Read,
    decoder: &Decoder,
    stop: &AtomicBool,
    wanted: &Wanted,
) -> anyhow::Result<HashMap<LegKey, Found>> {
    let mut found: HashMap<LegKey, Found> = HashMap::with_capacity(wanted.len());
    if wanted.is_empty() {
        return Ok(found);
    }
    reading.read_again(first, decoder, stop, &mut |told| {
        if let Some(entries) = wanted.get(&told.event.leg) {
            let of_leg = found.entry(told.event.leg).or_insert_with(|| Found {
                whose: whose(told),
                entries: entries.iter().map(|entry| (*entry, None)).collect(),
            });
            for (entry, place) in &mut of_leg.entries {
                if entry.follows_from(&told.event) {
                    place.get_or_insert(told.place);
                }
            }
        }
        Ok(())
    })?;
    Ok(found)
}

/// Of whom something was said.
pub(super) fn whose(told: &Told<'_>) -> LegIdentity {
    LegIdentity { contact: told.contact.id(), visit: told.contact.visit() }
}

/// A place as it is printed.
pub(super) fn source(place: Place, config: &Config, files: &[std::path::PathBuf]) -> FactSource {
    match place {
        Place::Record { partition, offset } => {
            FactSource::Record { topic: config.kafka.topic.clone(), partition, offset }
        }
        Place::Line { file, number } => FactSource::Line { file: files[file].display().to_string(), line: number },
    }
}

/// A leg that the second reading did not find: the source has lost it meanwhile.
pub(super) fn nobody() -> LegIdentity {
    LegIdentity { contact: "(no longer there)".to_owned(), visit: None }
}
