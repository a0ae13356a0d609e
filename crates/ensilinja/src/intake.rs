//! Where records become facts: decode, apply, count.

use std::sync::{Arc, Mutex, MutexGuard};

use ensilinja_kafka::{Clock, IncomingRecord, RecordHandler, Verdict};
use ensilinja_ledger::Ledger;
use ensilinja_model::{Channel, EventTime};
use ensilinja_serve::Pipeline;
use ensilinja_wire::{Decoder, Record};

/// What has been learnt: shared by the one thread that reads and those that ask.
pub struct Learnt {
    /// Every leg and every figure.
    pub ledger: Ledger,
    /// When the newest event of each channel happened, by [`Channel`].
    pub newest: [Option<EventTime>; Channel::ALL.len()],
}

/// The learnt, behind its lock. The reader takes it once an event, a question for as long as the figures take.
pub struct Shared(Mutex<Learnt>);

impl Shared {
    /// Shares what a new ledger knows: nothing.
    #[must_use]
    pub fn new(ledger: Ledger) -> Self {
        Self(Mutex::new(Learnt { ledger, newest: [None; Channel::ALL.len()] }))
    }

    /// Waits for the lock.
    ///
    /// # Panics
    /// If another thread died holding it: what is known may be half posted, and must not be shown. The reader dies of
    /// this too, which ends the process.
    pub fn lock(&self) -> MutexGuard<'_, Learnt> {
        self.0.lock().expect("no thread dies while it changes the figures")
    }
}

/// Takes each record of the topic.
pub struct Intake {
    decoder: Decoder,
    channels: Vec<Channel>,
    learnt: Arc<Shared>,
    pipeline: Arc<Pipeline>,
    clock: Clock,
}

impl Intake {
    /// An intake that teaches `learnt`; `channels` are those of the decoder's lines, and `clock` tells how late an
    /// event is.
    #[must_use]
    pub fn new(
        decoder: Decoder,
        channels: Vec<Channel>,
        learnt: Arc<Shared>,
        pipeline: Arc<Pipeline>,
        clock: Clock,
    ) -> Self {
        Self { decoder, channels, learnt, pipeline, clock }
    }
}

impl RecordHandler for Intake {
    fn handle(&mut self, record: &IncomingRecord<'_>) -> Verdict {
        let decoded = self.decoder.decode(&Record {
            key: record.key,
            value: record.value,
            headers: record.headers,
            timestamp: record.timestamp,
        });
        // What lay in the log before this process is read to rebuild the figures, and was counted by another one.
        let is_live = !record.rebuilding && !record.again;
        match decoded {
            Ok(event) => {
                let applied = {
                    let mut learnt = self.learnt.lock();
                    let newest = &mut learnt.newest[self.channels[event.line.as_usize()] as usize];
                    *newest = (*newest).max(Some(event.at));
                    learnt.ledger.apply(&event)
                };
                if is_live {
                    self.pipeline.event(event.fact.kind(), applied, (self.clock)().millis_since(event.at));
                }
                Verdict::Accepted
            }
            Err(rejection) => {
                if is_live {
                    self.pipeline.rejected(rejection.reason.as_str());
                }
                if rejection.reason.goes_to_dead_letters() {
                    Verdict::DeadLetter { reason: rejection.reason.as_str(), detail: rejection.detail.as_str() }
                } else {
                    Verdict::Accepted
                }
            }
        }
    }
}
