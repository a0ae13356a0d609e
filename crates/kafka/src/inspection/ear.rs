//! What librdkafka says aside while a question waits for its answer: why it cannot connect.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rdkafka::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::{BaseConsumer, ConsumerContext};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::statistics::Statistics;

/// How long it may take until nothing more has been said.
const SILENCE: Duration = Duration::from_millis(100);

/// The most that is listened to.
const MOST: usize = 20;

/// What was said, as code and words.
type Said = (Option<RDKafkaErrorCode>, String);

/// The context of a client that remembers its complaints instead of logging them.
#[derive(Clone, Default)]
pub(super) struct Ear(Arc<Mutex<Vec<Said>>>);

impl Ear {
    /// What was said, each once, in the order in which it was said first.
    pub(super) fn heard(&self) -> Vec<Said> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Lets a client say what it has to say.
pub(super) fn hear_out(consumer: &BaseConsumer<Ear>) {
    for _ in 0..MOST {
        // Nothing is assigned, so no record ever comes: what comes are errors, which the context has heard too.
        if consumer.poll(SILENCE).is_none() {
            break;
        }
    }
}

impl ClientContext for Ear {
    fn log(&self, _: RDKafkaLogLevel, facility: &str, line: &str) {
        tracing::debug!(target: "librdkafka", client = "inspection", facility, "{line}");
    }

    fn stats(&self, _: Statistics) {}

    fn error(&self, error: KafkaError, reason: &str) {
        let said = (error.rdkafka_error_code(), reason.to_owned());
        let mut heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if heard.len() < MOST && !heard.contains(&said) {
            heard.push(said);
        }
    }
}

impl ConsumerContext for Ear {}
