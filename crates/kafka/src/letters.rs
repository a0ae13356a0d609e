//! Reading the dead-letter topic from its beginning to its end, once.
//!
//! It is read like any stretch of the past: nothing is committed and no group is joined. A record may have several
//! letters, for each process writes its own: whoever listens counts [positions](crate::Position), not letters.

use std::ops::ControlFlow;
use std::sync::atomic::AtomicBool;

use ensilinja_model::EventTime;

use crate::letter::Letter;
use crate::past::error::PastError;
use crate::past::{PastPosition, Stretch, read_past};
use crate::settings::Settings;

/// What was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LettersRead {
    /// Letters that were handed over.
    pub letters: u64,
    /// Records of the topic that are no letters of this program's.
    pub others: u64,
}

/// Hands over every letter of the settings' dead-letter topic, with how far reading is, up to where the topic ended
/// when reading began. `stop` ends it within some seconds, with an error; so does `handle` where it breaks.
///
/// # Errors
/// [`PastError`]. What was handed over before is a part.
pub fn read_letters(
    settings: &Settings,
    stop: &AtomicBool,
    handle: &mut dyn FnMut(&Letter<'_>, &PastPosition) -> ControlFlow<()>,
) -> Result<LettersRead, PastError> {
    // The two change places, for they must differ.
    let (topic, dead_letter_topic) = (settings.dead_letter_topic.clone(), settings.topic.clone());
    let settings = Settings { topic, dead_letter_topic, ..settings.clone() };
    let mut read = LettersRead::default();
    let all = Stretch { from: EventTime::from_millis(0), offsets: &[] };
    read_past(&settings, &all, stop, &mut |record, position| {
        if let Some(letter) = Letter::of(record) {
            read.letters += 1;
            return handle(&letter, position);
        }
        read.others += 1;
        ControlFlow::Continue(())
    })?;
    Ok(read)
}
