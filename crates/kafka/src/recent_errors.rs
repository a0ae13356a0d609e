//! The recent errors of a client, apart from the results of its queries: why it cannot connect, or what it is refused.
//!
//! librdkafka answers a question with "timed out" or "no broker is up" and reports the reason as a separate error. It
//! repeats the same reason only every 30 s, so errors are remembered for longer than that.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, ConsumerContext};
use rdkafka::error::RDKafkaErrorCode;

/// How long an error counts as recent.
const RECENT: Duration = Duration::from_mins(1);

/// The most errors that are remembered.
const CAPACITY: usize = 20;

/// [`collect_errors`] ends once no error has come for this long.
const QUIET: Duration = Duration::from_millis(100);

/// The pause between two polls of [`collect_errors`].
const PAUSE: Duration = Duration::from_millis(5);

/// An error that a client has reported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ClientError {
    pub(crate) code: RDKafkaErrorCode,
    pub(crate) text: String,
}

/// The latest errors of a client. Clones share them.
#[derive(Clone, Default)]
pub(crate) struct RecentErrors(Arc<Mutex<VecDeque<(Instant, ClientError)>>>);

impl RecentErrors {
    /// Remembers an error.
    pub(crate) fn add(&self, code: RDKafkaErrorCode, text: &str) {
        let mut all = self.lock();
        if all.len() >= CAPACITY {
            all.pop_front();
        }
        all.push_back((Instant::now(), ClientError { code, text: text.to_owned() }));
    }

    /// The errors of the last minute, the latest first.
    pub(crate) fn latest_first(&self) -> Vec<ClientError> {
        let all = self.lock();
        let recent = all.iter().rev().take_while(|(at, _)| at.elapsed() < RECENT);
        recent.map(|(_, error)| error.clone()).collect()
    }

    /// Forgets all errors: the brokers have answered.
    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<(Instant, ClientError)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Polls a consumer without an assignment until it has reported its errors to its context.
///
/// Sleeps between polls instead of waiting in the client, which waits by the wall clock: set back by an hour, a wait
/// would last an hour.
pub(crate) fn collect_errors<C: ConsumerContext>(consumer: &BaseConsumer<C>) {
    let (mut errors, mut quiet_since) = (0, Instant::now());
    while errors < CAPACITY && quiet_since.elapsed() < QUIET {
        // Nothing is assigned, so a poll gives errors only. The context has received them too.
        if consumer.poll(Duration::ZERO).is_some() {
            (errors, quiet_since) = (errors + 1, Instant::now());
        } else {
            std::thread::sleep(PAUSE);
        }
    }
}
