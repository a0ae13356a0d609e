//! The second reading: where what was said lies, and of whom it was said.

use std::collections::HashMap;
use std::sync::atomic::AtomicBool;

use ensilinja_ledger::Step;
use ensilinja_model::LegKey;
use ensilinja_report::explanation::{Source, Whose};
use ensilinja_wire::Decoder;

use crate::config::Config;
use crate::past::{Place, Read, Reading, Told};

/// The steps of legs that are to be found again.
pub(super) type Wanted = HashMap<LegKey, Vec<Step>>;

/// What was found of a leg.
pub(super) struct Found {
    pub whose: Whose,
    /// Where that was said first from which each step follows.
    steps: Vec<(Step, Option<Place>)>,
}

impl Found {
    /// Where that was said first from which a step follows.
    pub fn place(&self, step: &Step) -> Option<Place> {
        self.steps.iter().find(|(known, _)| known == step).and_then(|(_, place)| *place)
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
        if let Some(steps) = wanted.get(&told.event.leg) {
            let of_leg = found.entry(told.event.leg).or_insert_with(|| Found {
                whose: whose(told),
                steps: steps.iter().map(|step| (*step, None)).collect(),
            });
            for (step, place) in &mut of_leg.steps {
                if step.follows_from(&told.event) {
                    place.get_or_insert(told.place);
                }
            }
        }
        Ok(())
    })?;
    Ok(found)
}

/// Of whom something was said.
pub(super) fn whose(told: &Told<'_>) -> Whose {
    Whose { contact: told.contact.id(), visit: told.contact.visit() }
}

/// A place as it is printed.
pub(super) fn source(place: Place, config: &Config, files: &[std::path::PathBuf]) -> Source {
    match place {
        Place::Record { partition, offset } => Source::Record { topic: config.kafka.topic.clone(), partition, offset },
        Place::Line { file, number } => Source::Line { file: files[file].display().to_string(), line: number },
    }
}

/// A leg that the second reading did not find: the source has lost it meanwhile.
pub(super) fn nobody() -> Whose {
    Whose { contact: "(no longer there)".to_owned(), visit: None }
}
