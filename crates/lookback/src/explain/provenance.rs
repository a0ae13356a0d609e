//! The second reading: where the facts of an explanation are, and of which contacts.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use ensilinja_ledger::SourcedEntry;
use ensilinja_model::LegKey;
use ensilinja_report::explanation::{FactSource, LegIdentity};
use ensilinja_wire::NamedContact;

use crate::error::LookbackError;
use crate::source::{EventSource, SourceDecoders, SourcePosition, SourceSummary};

/// The entries to be found again, by leg.
pub(super) type WantedEntries = HashMap<LegKey, Vec<SourcedEntry>>;

/// A leg that was found again.
pub(super) struct FoundLeg {
    pub identity: LegIdentity,
    /// For each entry, where the fact that it follows from was stated first.
    entries: Vec<(SourcedEntry, Option<SourcePosition>)>,
}

impl FoundLeg {
    /// Where the fact that an entry follows from was stated first.
    pub fn position(&self, entry: &SourcedEntry) -> Option<&SourcePosition> {
        self.entries.iter().find(|(known, _)| known == entry).and_then(|(_, position)| position.as_ref())
    }
}

/// Reads again what the `first` reading read, with the same decoder, and finds what is wanted.
///
/// # Errors
/// As [`EventSource::read_again`].
pub(super) fn find(
    source: &EventSource<'_>,
    first: &SourceSummary,
    decoders: &SourceDecoders,
    stop: &AtomicBool,
    wanted: &WantedEntries,
) -> Result<HashMap<LegKey, FoundLeg>, LookbackError> {
    let mut found: HashMap<LegKey, FoundLeg> = HashMap::with_capacity(wanted.len());
    if wanted.is_empty() {
        return Ok(found);
    }
    source.read_again(first, decoders, stop, &mut |sourced| {
        if let Some(entries) = wanted.get(&sourced.event.leg) {
            let leg = found.entry(sourced.event.leg).or_insert_with(|| FoundLeg {
                identity: identity(sourced.contact.named()),
                entries: entries.iter().map(|entry| (*entry, None)).collect(),
            });
            for (entry, position) in &mut leg.entries {
                if entry.follows_from(&sourced.event) {
                    position.get_or_insert_with(|| sourced.position.clone());
                }
            }
        }
        Ok(())
    })?;
    Ok(found)
}

fn identity(NamedContact { id, visit }: NamedContact) -> LegIdentity {
    LegIdentity { contact: id, visit }
}

/// A position as it is printed.
pub(super) fn fact_source(position: &SourcePosition, files: &[PathBuf]) -> FactSource {
    match position {
        SourcePosition::Record { topic, partition, offset } => {
            FactSource::Record { topic: topic.to_string(), partition: *partition, offset: *offset }
        }
        SourcePosition::Archived { file, topic, partition, offset } => {
            let [file, topic] = [file, topic].map(ToString::to_string);
            FactSource::Archived { file, topic, partition: *partition, offset: *offset }
        }
        SourcePosition::Line { file, number } => {
            FactSource::Line { file: files[*file].display().to_string(), line: *number }
        }
    }
}

/// A leg that the second reading did not find: the source has lost it in the meantime.
pub(super) fn lost_leg() -> LegIdentity {
    LegIdentity { contact: "(no longer there)".to_owned(), visit: None }
}
