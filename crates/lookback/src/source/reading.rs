//! Reading a source from its beginning to its end, once or twice.

use std::sync::atomic::AtomicBool;

use super::decoders::SourceDecoders;
use super::event::SourcedEvent;
use super::event_source::EventSource;
use super::summary::{SourceSummary, changed_topics};
use super::{archives, files, topic};
use crate::error::LookbackError;
use crate::event_file::{is_standard_stream, stream_name};
use crate::request_error::RequestError;

impl EventSource<'_> {
    /// Gives every event to `handle`. What is left out is logged.
    ///
    /// # Errors
    /// If the source cannot be read to its end or has no event; [`StoppedReading`](super::StoppedReading) if `stop` is
    /// set; the error of `handle`. What was delivered before is incomplete.
    pub fn read(
        &self,
        decoders: &SourceDecoders,
        stop: &AtomicBool,
        handle: &mut dyn FnMut(&SourcedEvent<'_>) -> Result<(), LookbackError>,
    ) -> Result<SourceSummary, LookbackError> {
        self.read_once(decoders, stop, handle, true)
    }

    /// Gives every event to `handle`. Logs what is left out, if that is to be `said`.
    fn read_once(
        &self,
        decoders: &SourceDecoders,
        stop: &AtomicBool,
        handle: &mut dyn FnMut(&SourcedEvent<'_>) -> Result<(), LookbackError>,
        said: bool,
    ) -> Result<SourceSummary, LookbackError> {
        let mut summary = SourceSummary::new(self);
        let ended = if self.archives.are_alone() {
            archives::read(self, decoders, stop, &mut summary, handle)
        } else if self.files.is_empty() {
            topic::read(self, decoders, stop, &mut summary, handle)
        } else {
            files::read(self, decoders.of_files(), stop, &mut summary, handle)
        };
        self.progress.end();
        if said {
            summary.warn(self);
        }
        ended?;
        tracing::info!(events = summary.events, "source read");
        Ok(summary)
    }

    /// Reads everything again, after the reading that returned `first`.
    ///
    /// # Errors
    /// As [`read`](Self::read), and an error if other topics were read than before, or one was created again in
    /// between: what was learnt from one log is not found in another.
    pub fn read_again(
        &self,
        first: &SourceSummary,
        decoders: &SourceDecoders,
        stop: &AtomicBool,
        handle: &mut dyn FnMut(&SourcedEvent<'_>) -> Result<(), LookbackError>,
    ) -> Result<(), LookbackError> {
        let again = self.read_once(decoders, stop, handle, false)?;
        changed_topics(&first.topics, &again.topics).map_or(Ok(()), |error| Err(error.into()))
    }

    /// Checks, before the first reading, that everything can be read a second time.
    ///
    /// # Errors
    /// [`RequestError::ReadableOnce`] of standard input, a pipe or a device.
    pub fn check_twice(&self) -> Result<(), RequestError> {
        for path in self.files {
            let is_file = !is_standard_stream(path) && path.metadata().is_ok_and(|found| found.is_file());
            // A missing file is an error of the reading.
            let is_missing = !is_standard_stream(path) && !path.exists();
            if !is_file && !is_missing {
                return Err(RequestError::ReadableOnce { name: stream_name(path) });
            }
        }
        Ok(())
    }
}
