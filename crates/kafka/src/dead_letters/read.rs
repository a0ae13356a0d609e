//! Reads the dead-letter topic once, from its beginning to its end.
//!
//! The read is a scan like any other: it commits nothing and joins no group. A record may have several dead letters,
//! because each process writes its own. So callers count [positions](crate::RecordPosition), not dead letters.

use std::ops::ControlFlow;
use std::sync::atomic::AtomicBool;

use ensilinja_model::EventTime;

use crate::dead_letters::dead_letter::DeadLetter;
use crate::scan::error::ScanError;
use crate::scan::run::scan;
use crate::scan::scan_range::ScanRange;
use crate::scan::topic_scan::ScanProgress;
use crate::settings::Settings;
use crate::topic_choice::TopicChooser;

/// How many records of which kind were read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeadLetterCounts {
    /// Dead letters that were handed over.
    pub letters: u64,
    /// Records of the topic that this program has not written.
    pub others: u64,
}

/// Hands every dead letter to `handle` together with the progress of the scan, up to the end of the topic when the scan
/// began. Setting `stop`, or a break from `handle`, ends it with [`ScanError::Stopped`] within seconds.
///
/// # Errors
/// [`ScanError`]. The dead letters handed over before it are only a part of them.
pub fn read_dead_letters(
    settings: &Settings,
    stop: &AtomicBool,
    handle: &mut dyn FnMut(&DeadLetter<'_>, &ScanProgress) -> ControlFlow<()>,
) -> Result<DeadLetterCounts, ScanError> {
    settings.check()?;
    let chooser = TopicChooser::only(&settings.dead_letter_topic);
    let mut counts = DeadLetterCounts::default();
    let all = ScanRange { from: EventTime::from_millis(0), offsets: &[] };
    scan(settings, &chooser, &all, stop, &mut |record, progress| {
        if let Some(letter) = DeadLetter::of(record) {
            counts.letters += 1;
            return handle(&letter, progress);
        }
        counts.others += 1;
        ControlFlow::Continue(())
    })?;
    Ok(counts)
}
