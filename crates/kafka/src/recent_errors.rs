//! What a client says aside while its questions wait: why it cannot connect, or what it is refused.
//!
//! librdkafka answers a question with "timed out" or "no broker is up" and says the reason as an error of its own. It
//! repeats the same reason only twice a minute, so what was said is remembered for as long.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, ConsumerContext};
use rdkafka::error::RDKafkaErrorCode;

/// How long a complaint counts: librdkafka suppresses the same one for 30 s.
const REMEMBERED: Duration = Duration::from_mins(1);

/// The most that is remembered.
const MOST: usize = 20;

/// How long it may take until nothing more has been said.
const SILENCE: Duration = Duration::from_millis(100);

/// How long between two looks whether more has been said.
const BETWEEN_LOOKS: Duration = Duration::from_millis(5);

/// One complaint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ClientError {
    pub(crate) code: RDKafkaErrorCode,
    pub(crate) words: String,
}

/// The latest recent_errors of a client. Its clones are the same memory.
#[derive(Clone, Default)]
pub(crate) struct RecentErrors(Arc<Mutex<VecDeque<(Instant, ClientError)>>>);

impl RecentErrors {
    /// The client complains.
    pub(crate) fn note(&self, code: RDKafkaErrorCode, words: &str) {
        let mut all = self.lock();
        if all.len() >= MOST {
            all.pop_front();
        }
        all.push_back((Instant::now(), ClientError { code, words: words.to_owned() }));
    }

    /// What it has complained of lately, the latest first.
    pub(crate) fn recent(&self) -> Vec<ClientError> {
        let all = self.lock();
        let recent = all.iter().rev().take_while(|(at, _)| at.elapsed() < REMEMBERED);
        recent.map(|(_, complaint)| complaint.clone()).collect()
    }

    /// The brokers have answered: what was complained of has passed.
    pub(crate) fn forget(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<(Instant, ClientError)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lets a consumer to which nothing is assigned say what it has to say.
///
/// It is not waited for in the client, which waits by the wall clock: set back by an hour, such a wait lasts an hour.
pub(crate) fn drain_errors<C: ConsumerContext>(consumer: &BaseConsumer<C>) {
    let (mut heard, mut silent_since) = (0, Instant::now());
    while heard < MOST && silent_since.elapsed() < SILENCE {
        // Nothing is assigned, so no record ever comes: what comes are errors, which the context has heard too.
        if consumer.poll(Duration::ZERO).is_some() {
            (heard, silent_since) = (heard + 1, Instant::now());
        } else {
            std::thread::sleep(BETWEEN_LOOKS);
        }
    }
}
