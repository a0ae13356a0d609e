//! Reading the dead-letter topic for the dead letters that are selected.

use std::ops::ControlFlow;

use ensilinja_kafka::{DeadLetter, read_dead_letters};
use ensilinja_model::EventTime;
use ensilinja_wire::Detail;

use super::eligibility::RedriveJudge;
use super::found::{AddedDeadLetter, DeadLetterSketch, FoundDeadLetters};
use super::selection::DeadLetterSelection;
use crate::context::LookbackContext;
use crate::error::LookbackError;
use crate::kafka_settings::kafka_settings;
use crate::progress::ProgressUpdate;

/// Progress is shown every so many dead letters.
const SHOW_EVERY: u64 = 256;

/// What dead letters are read with.
#[derive(Clone, Copy)]
pub struct DeadLetterSearch<'a> {
    /// The topics, and the present.
    pub context: &'a LookbackContext<'a>,
    /// Which dead letters.
    pub selection: &'a DeadLetterSelection,
    /// Judges whether their records could be used now.
    pub judge: &'a RedriveJudge,
}

impl DeadLetterSearch<'_> {
    /// Reads all dead letters. Gives each selected one, copies included, to `look`.
    ///
    /// # Errors
    /// If the topic cannot be read to its end.
    pub fn run(
        &self,
        look: &mut dyn FnMut(&DeadLetter<'_>, &AddedDeadLetter),
    ) -> Result<FoundDeadLetters, LookbackError> {
        let LookbackContext { config, now, stop, progress, .. } = *self.context;
        let mut found = FoundDeadLetters::default();
        let mut unknown = 0;
        progress.begin(&format!("reading {}", config.kafka.dead_letter_topic), "dead letters");
        let read = read_dead_letters(&kafka_settings(config), stop, &mut |letter, scan| {
            if scan.records % SHOW_EVERY == 0 {
                let (done, total) = (scan.offsets_read, Some(scan.offsets));
                progress.show(&ProgressUpdate { done, total, count: scan.records, at: None });
            }
            match Detail::from_name(letter.detail) {
                Some(detail) if self.selection.has(&letter.position, published(letter), detail) => {
                    let sketch = DeadLetterSketch {
                        detail,
                        eligibility: self.judge.eligibility(letter, now),
                        published: letter.record_timestamp,
                        first_seen: letter.first_seen,
                        value_bytes: letter.value.record_bytes(),
                        written: 1,
                    };
                    look(letter, &found.add(&letter.position, letter.topic_id, sketch));
                }
                Some(_) => {}
                None => unknown += 1,
            }
            ControlFlow::Continue(())
        });
        progress.end();
        let read = read?;
        (found.read, found.others) = (read.letters - unknown, read.others + unknown);
        Ok(found)
    }
}

/// When a record was published, for selection by time. A record without a timestamp counts as published when a process
/// first saw it.
fn published(letter: &DeadLetter<'_>) -> EventTime {
    letter.record_timestamp.unwrap_or(letter.first_seen)
}
