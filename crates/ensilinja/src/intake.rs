//! Where records become facts: decode, apply, count.
//!
//! ```text
//! reader's thread: record --decode--> heard  ==>  learner's thread: --apply--> ledger
//!                                      `--- whoever asks applies the rest first --^
//! ```
//!
//! Decoding and applying take about as long, so they are done side by side. Order says nothing to a ledger, so what was
//! heard may be applied by whoever comes first. A question applies all that was heard before it is answered: what the
//! reader has passed is always in the figures.

use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use ensilinja_kafka::{Clock, IncomingRecord, RecordHandler, Verdict};
use ensilinja_ledger::Ledger;
use ensilinja_model::{Channel, Event, EventTime, Fact};
use ensilinja_serve::Pipeline;
use ensilinja_wire::{Decoder, Record};

/// The learner is woken for as many events; fewer wait for [`PATIENCE`].
const BATCH: usize = 256;
const PATIENCE: Duration = Duration::from_millis(1);

/// With so many events unlearnt the reader helps to learn them instead of reading on.
const MOST_UNLEARNT: usize = 16 * 1024;

/// What has been learnt.
pub struct Learnt {
    /// Every leg and every figure.
    pub ledger: Ledger,
    /// When the newest event of a contact's course happened in each channel, by [`Channel`]. Outcomes, feedback and
    /// retractions come from other systems, which go on when the platform is silent.
    pub newest: [Option<EventTime>; Channel::ALL.len()],
    /// Empty: the space for what is heard next.
    space: Vec<(Event, bool)>,
}

/// What has been heard and what was learnt of it: shared by the reader, the learner and those that ask.
pub struct Shared {
    learnt: Mutex<Learnt>,
    heard: Mutex<Heard>,
    much_to_learn: Condvar,
    channels: Vec<Channel>,
    pipeline: Arc<Pipeline>,
    clock: Clock,
}

/// What has been heard and not learnt yet.
#[derive(Default)]
struct Heard {
    /// Each with whether it is live: new since the process began to read, and not read before.
    events: Vec<(Event, bool)>,
    /// Nothing more will come.
    ended: bool,
}

impl Shared {
    /// Shares what a new ledger knows: nothing. `channels` are those of its lines; `pipeline` counts what becomes of
    /// live events, and `clock` tells how late they are.
    #[must_use]
    pub fn new(ledger: Ledger, channels: Vec<Channel>, pipeline: Arc<Pipeline>, clock: Clock) -> Self {
        let learnt = Mutex::new(Learnt { ledger, newest: [None; Channel::ALL.len()], space: Vec::new() });
        Self { learnt, heard: Mutex::default(), much_to_learn: Condvar::new(), channels, pipeline, clock }
    }

    /// Learns all that has been heard, and locks what is known.
    ///
    /// # Panics
    /// If another thread died holding it: what is known may be half posted, and must not be shown. The reader dies of
    /// this too, which ends the process.
    pub fn lock(&self) -> MutexGuard<'_, Learnt> {
        let mut learnt = self.learnt.lock().expect("no thread dies while it changes the figures");
        // Not before: what another thread has taken out to learn is learnt when it lets go of the figures.
        let space = std::mem::take(&mut learnt.space);
        let mut events = std::mem::replace(&mut self.heard().events, space);
        for (event, is_live) in &events {
            if !matches!(event.fact, Fact::OutcomeRecorded(_) | Fact::FeedbackReceived(_) | Fact::Retracted) {
                let newest = &mut learnt.newest[self.channels[event.line.as_usize()] as usize];
                *newest = (*newest).max(Some(event.at));
            }
            let applied = learnt.ledger.apply(event);
            if *is_live {
                self.pipeline.event(event.fact.kind(), applied, (self.clock)().millis_since(event.at));
            }
        }
        events.clear();
        learnt.space = events;
        learnt
    }

    fn heard(&self) -> MutexGuard<'_, Heard> {
        self.heard.lock().expect("nothing that can fail is done with what was heard")
    }

    fn hear(&self, event: Event, is_live: bool) {
        assert!(!self.learnt.is_poisoned(), "no thread dies while it changes the figures");
        let unlearnt = {
            let mut heard = self.heard();
            heard.events.push((event, is_live));
            heard.events.len()
        };
        match unlearnt {
            1 | BATCH => self.much_to_learn.notify_one(),
            MOST_UNLEARNT.. => drop(self.lock()),
            _ => {}
        }
    }

    /// Learns what is heard, many events at a time where many come, until nothing more will.
    fn learn(&self) {
        loop {
            let heard = self.much_to_learn.wait_while(self.heard(), |heard| heard.events.is_empty() && !heard.ended);
            let heard = heard.expect("nothing that can fail is done with what was heard");
            let few = |heard: &mut Heard| heard.events.len() < BATCH && !heard.ended;
            let heard = self.much_to_learn.wait_timeout_while(heard, PATIENCE, few);
            let ended = heard.expect("nothing that can fail is done with what was heard").0.ended;
            drop(self.lock());
            if ended {
                return;
            }
        }
    }

    fn end(&self) {
        self.heard().ended = true;
        self.much_to_learn.notify_one();
    }
}

/// Takes each record of the topic.
pub struct Intake {
    decoder: Decoder,
    shared: Arc<Shared>,
    learner: Option<JoinHandle<()>>,
}

impl Intake {
    /// An intake that teaches `shared`, with a thread of its own to learn.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn new(decoder: Decoder, shared: Arc<Shared>) -> io::Result<Self> {
        let learning = Arc::clone(&shared);
        let learner = thread::Builder::new().name("learner".to_owned()).spawn(move || learning.learn())?;
        Ok(Self { decoder, shared, learner: Some(learner) })
    }
}

impl Drop for Intake {
    fn drop(&mut self) {
        self.shared.end();
        if let Some(learner) = self.learner.take() {
            // A learner that died has left the figures locked for good, which everybody sees who asks.
            let _ = learner.join();
        }
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
                self.shared.hear(event, is_live);
                Verdict::Accepted
            }
            Err(rejection) => {
                if is_live {
                    self.shared.pipeline.rejected(rejection.reason.as_str());
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

#[cfg(test)]
mod tests {
    use ensilinja_model::{FeedbackAnswer, LegKey, LineIndex, Outcome, Survey, YesNo};

    use super::*;
    use crate::{clock, config};

    #[test]
    fn a_channel_is_not_heard_by_what_other_systems_say_of_its_contacts() {
        let (county, now) = (config::county(), clock::wall()());
        let pipeline = Arc::new(Pipeline::new(ensilinja_serve::Build { version: "", revision: "" }, &[]));
        let channels = county.lines.iter().map(|line| line.channel).collect();
        let shared = Shared::new(Ledger::new(county.rules(now), now), channels, pipeline, clock::wall());
        let newest_after = |fact| {
            let at = now.plus_millis(if fact == Fact::Offered { -60_000 } else { 0 });
            shared.hear(Event { leg: LegKey::new(1), line: LineIndex::new(0), at, fact }, true);
            shared.lock().newest[Channel::Phone as usize]
        };
        let feedback = Fact::FeedbackReceived(FeedbackAnswer::Survey(Survey::Solved, YesNo::Yes));
        assert_eq!(newest_after(feedback), None);
        let offered = newest_after(Fact::Offered);
        assert_eq!(offered, Some(now.plus_millis(-60_000)));
        for said_of_it in [Fact::OutcomeRecorded(Outcome::Handled), feedback, Fact::Retracted] {
            assert_eq!(newest_after(said_of_it), offered);
        }
    }
}
