//! Writes waiting dead letters to their topic.
//!
//! A dead letter is sent once the dead-letter topic is known to exist. It waits in the queue until all replicas have
//! acknowledged it, and is sent again if that fails. One that is too large is sent without the record's own bytes.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::BaseConsumer;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::producer::{BaseProducer, BaseRecord, DeliveryResult, Producer, ProducerContext};
use rdkafka::statistics::Statistics;

use crate::broker_queries::{ANSWER_TIMEOUT, BrokerQueries, QueryError};
use crate::client_log::ClientLog;
use crate::dead_letters::outgoing::OutgoingDeadLetter;
use crate::dead_letters::queue::DeadLetterQueue;
use crate::settings::Settings;

/// How long after a failure the topic is checked again.
const RETRY_AFTER: Duration = Duration::from_secs(2);

/// Writes the dead letters of a queue.
pub(crate) struct DeadLetterWriter {
    settings: Arc<Settings>,
    queue: Arc<DeadLetterQueue>,
    producer: BaseProducer<DeliveryReports>,
    /// The topic exists, and nothing has been refused since that was checked.
    may_send: bool,
    next_check: Instant,
}

/// Receives what has become of each dead letter.
struct DeliveryReports {
    log: ClientLog,
    queue: Arc<DeadLetterQueue>,
}

impl DeadLetterWriter {
    pub(crate) fn new(settings: Arc<Settings>, queue: Arc<DeadLetterQueue>) -> Result<Self, KafkaError> {
        let producer = Self::producer(&settings, &queue)?;
        Ok(Self { settings, queue, producer, may_send: false, next_check: Instant::now() })
    }

    fn producer(
        settings: &Settings,
        queue: &Arc<DeadLetterQueue>,
    ) -> Result<BaseProducer<DeliveryReports>, KafkaError> {
        let reports = DeliveryReports { log: ClientLog::new("dead letters"), queue: Arc::clone(queue) };
        let mut config = settings.producer();
        // One record per batch, so that a record the broker finds too large fails no other.
        config.set("batch.num.messages", "1");
        config.create_with_context(reports)
    }

    /// Handles the delivery reports that have arrived. Does not wait.
    pub(crate) fn handle_reports(&self) {
        // Zero, because the client library waits by the wall clock: set back by an hour, a wait would last an hour.
        self.producer.poll(Duration::ZERO);
    }

    /// Sends what waits, if the topic exists. `consumer` asks for the topic.
    pub(crate) fn send_waiting(&mut self, consumer: &BaseConsumer<ClientLog>) {
        if !self.may_send && Instant::now() >= self.next_check {
            self.may_send = self.topic_exists(consumer);
            self.next_check = Instant::now() + RETRY_AFTER;
        }
        if self.may_send {
            self.may_send = self.send_all();
        }
    }

    /// Sends what still waits and waits at most `timeout` for acknowledgements.
    pub(crate) fn finish(&mut self, timeout: Duration) {
        if self.may_send {
            self.send_all();
        }
        if let Err(error) = self.producer.flush(timeout) {
            tracing::warn!(reason = %error, "dead letters left for the next process");
        }
    }

    fn topic_exists(&self, consumer: &BaseConsumer<ClientLog>) -> bool {
        let topic = &self.settings.dead_letter_topic;
        let queries = BrokerQueries { consumer, timeout: ANSWER_TIMEOUT };
        let problem = match queries.partition_count(topic) {
            Ok(_) => {
                self.queue.clear_problem_if_idle();
                return true;
            }
            Err(QueryError::TopicMissing(topic)) => format!("the dead-letter topic {topic} does not exist: create it"),
            Err(QueryError::Broker(error) | QueryError::Topic { error, .. }) => {
                format!("cannot look up the dead-letter topic {topic}: {error}")
            }
            Err(QueryError::Pattern(fault)) => fault.to_string(),
        };
        self.queue.set_problem(problem);
        false
    }

    /// Sends everything in the queue. False if something was refused, now or since the last call.
    fn send_all(&mut self) -> bool {
        if self.queue.take_setback() {
            return false;
        }
        if let Some((code, reason)) = self.producer.client().fatal_error() {
            tracing::warn!(%code, reason, "dead-letter producer failed, making a new one");
            match Self::producer(&self.settings, &self.queue) {
                // Dropping the old producer reports what it still had, so that it is sent again.
                Ok(producer) => self.producer = producer,
                Err(error) => self.queue.set_problem(error.to_string()),
            }
            return false;
        }
        while let Some(letter) = self.queue.next() {
            if let Err(error) = self.send(&letter) {
                if is_too_large(&error) && self.queue.shorten(&letter) {
                    continue;
                }
                self.queue.set_problem(error.to_string());
                self.queue.put_back(letter);
                return false;
            }
        }
        true
    }

    fn send(&self, letter: &Arc<OutgoingDeadLetter>) -> Result<(), KafkaError> {
        let mut record = BaseRecord::with_opaque_to(&self.settings.dead_letter_topic, Arc::clone(letter))
            .key(&letter.key)
            .timestamp(letter.first_seen.as_millis())
            .headers(letter.headers());
        record.payload = letter.value.as_ref();
        self.producer.send(record).map_err(|(error, _)| error)
    }
}

fn is_too_large(error: &KafkaError) -> bool {
    error.rdkafka_error_code() == Some(RDKafkaErrorCode::MessageSizeTooLarge)
}

impl ClientContext for DeliveryReports {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, line: &str) {
        self.log.log(level, facility, line);
    }

    fn stats(&self, _: Statistics) {}

    fn error(&self, error: KafkaError, reason: &str) {
        self.log.error(error, reason);
    }
}

impl ProducerContext for DeliveryReports {
    type DeliveryOpaque = Arc<OutgoingDeadLetter>;

    fn delivery(&self, result: &DeliveryResult<'_>, letter: Self::DeliveryOpaque) {
        if let Err((error, _)) = result {
            if is_too_large(error) && self.queue.shorten(&letter) {
                return;
            }
            self.queue.set_problem(format!("the broker refuses dead letters: {error}"));
            self.queue.put_back(letter);
        } else {
            self.queue.acknowledge(&letter);
        }
    }
}
