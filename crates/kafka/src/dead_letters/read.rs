//! Reading the dead-letter topic from its beginning to its end, once.
//!
//! It is read like any stretch of the past: nothing is committed and no group is joined. A record may have several
//! letters, for each process writes its own: whoever listens counts [positions](crate::record_position::RecordPosition), not letters.

use std::ops::ControlFlow;
use std::sync::atomic::AtomicBool;

use ensilinja_model::EventTime;

use crate::dead_letters::dead_letter::DeadLetter;
use crate::scan::error::ScanError;
use crate::scan::run::scan_topic;
use crate::scan::scan_range::ScanRange;
use crate::scan::topic_scan::ScanProgress;
use crate::settings::Settings;

/// What was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeadLetterCounts {
    /// Letters that were handed over.
    pub letters: u64,
    /// Records of the topic that are no letters of this program's.
    pub others: u64,
}

/// Hands over every letter of the settings' dead-letter topic, with how far reading is, up to where the topic ended
/// when reading began. `stop` ends it within some seconds, with an error; so does `handle` where it breaks.
///
/// # Errors
/// [`ScanError`]. What was handed over before is a part.
pub fn read_dead_letters(
    settings: &Settings,
    stop: &AtomicBool,
    handle: &mut dyn FnMut(&DeadLetter<'_>, &ScanProgress) -> ControlFlow<()>,
) -> Result<DeadLetterCounts, ScanError> {
    // The two change places, for they must differ.
    let (topic, dead_letter_topic) = (settings.dead_letter_topic.clone(), settings.topic.clone());
    let settings = Settings { topic, dead_letter_topic, ..settings.clone() };
    let mut read = DeadLetterCounts::default();
    let all = ScanRange { from: EventTime::from_millis(0), offsets: &[] };
    scan_topic(&settings, &all, stop, &mut |record, position| {
        if let Some(letter) = DeadLetter::of(record) {
            read.letters += 1;
            return handle(&letter, position);
        }
        read.others += 1;
        ControlFlow::Continue(())
    })?;
    Ok(read)
}
