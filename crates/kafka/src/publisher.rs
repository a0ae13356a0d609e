//! The producing side, for whoever simulates a platform: events into the topic as a careful integrator would send them.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use ensilinja_model::EventTime;
use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{Header, OwnedHeaders};
use rdkafka::producer::{BaseRecord, DeliveryResult, NoCustomPartitioner, Producer, ProducerContext, ThreadedProducer};
use rdkafka::statistics::Statistics;

use crate::client_log::ClientLog;
use crate::settings::{Settings, SettingsError};

/// How long the brokers may take to say whether the topic is there.
const ANSWER_WITHIN: Duration = Duration::from_secs(2);

/// A record to publish.
#[derive(Clone, Copy, Debug)]
pub struct OutgoingRecord<'a> {
    /// Decides the partition, as it would for a JVM producer; without one it is any.
    pub key: Option<&'a [u8]>,
    /// The headers in order.
    pub headers: &'a [(String, Option<Vec<u8>>)],
    /// The value; `None` is a tombstone.
    pub value: Option<&'a [u8]>,
    /// The record's timestamp: when it is published.
    pub timestamp: EventTime,
}

/// Why a record was not published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// librdkafka does not take the record, say because it is larger than `message.max.bytes`.
    #[error("the record was not taken")]
    Refused(#[source] KafkaError),
    /// The brokers answer, and have no such topic.
    #[error("the topic {0} does not exist: create it first")]
    TopicMissing(String),
    /// The publisher was told to stop while the queue was full.
    #[error("the record was not taken: the queue was full when publishing was stopped")]
    Stopped,
    /// The broker did not acknowledge everything in time.
    #[error("{waiting} records have not been acknowledged")]
    Unacknowledged {
        /// How many.
        waiting: i32,
        /// Why waiting ended.
        #[source]
        reason: KafkaError,
    },
}

/// Publishes records to the topic of its settings: idempotent, acknowledged by all replicas, compressed.
pub struct Publisher {
    topic: String,
    producer: ThreadedProducer<Deliveries>,
    counts: Arc<Counts>,
    stopping: AtomicBool,
}

#[derive(Default)]
struct Counts {
    acknowledged: AtomicU64,
    failed: AtomicU64,
}

struct Deliveries {
    log: ClientLog,
    counts: Arc<Counts>,
}

impl Publisher {
    /// A publisher for the topic of `settings`. No broker need answer yet.
    ///
    /// # Errors
    /// [`SettingsError`] if librdkafka does not take the settings.
    pub fn new(settings: &Settings) -> Result<Self, SettingsError> {
        settings.check()?;
        let counts = Arc::new(Counts::default());
        let deliveries = Deliveries { log: ClientLog::new("publisher"), counts: Arc::clone(&counts) };
        let mut config = settings.producer();
        if config.get("compression.type").is_none() {
            config.set("compression.type", "lz4");
        }
        let made = config.create_with_context(deliveries);
        let producer = made.map_err(|error| SettingsError::Together(error.to_string()))?;
        Ok(Self { topic: settings.topic.clone(), producer, counts, stopping: AtomicBool::new(false) })
    }

    /// Asks whether the topic is there. Brokers that do not answer are not asked twice: records wait for them.
    ///
    /// # Errors
    /// [`PublishError::TopicMissing`].
    pub fn check_topic(&self) -> Result<(), PublishError> {
        let missing = self.producer.client().fetch_metadata(Some(&self.topic), ANSWER_WITHIN).is_ok_and(|metadata| {
            metadata.topics().iter().any(|topic| {
                topic.error().map(RDKafkaErrorCode::from) == Some(RDKafkaErrorCode::UnknownTopicOrPartition)
            })
        });
        if missing { Err(PublishError::TopicMissing(self.topic.clone())) } else { Ok(()) }
    }

    /// Where each partition of the topic begins and ends, by number; `None` if the brokers do not say.
    #[must_use]
    pub fn extents(&self) -> Option<Vec<(i64, i64)>> {
        let client = self.producer.client();
        let metadata = client.fetch_metadata(Some(&self.topic), ANSWER_WITHIN).ok()?;
        let count = metadata.topics().first()?.partitions().len();
        let extent = |partition| client.fetch_watermarks(&self.topic, partition, ANSWER_WITHIN).ok();
        (0..i32::try_from(count).ok()?).map(extent).collect()
    }

    /// Hands over one record, and waits while the queue is full. What becomes of it shows in [`Self::acknowledged`]
    /// and [`Self::failed`].
    ///
    /// # Errors
    /// [`PublishError::Refused`] if the record can never be published, [`PublishError::Stopped`] if waiting was ended.
    pub fn send(&self, record: &OutgoingRecord<'_>) -> Result<(), PublishError> {
        let mut headers = None;
        for (name, value) in record.headers {
            let list = headers.take().unwrap_or_else(OwnedHeaders::new);
            headers = Some(list.insert(Header { key: name, value: value.as_ref() }));
        }
        let mut outgoing = BaseRecord::<[u8], [u8]>::to(&self.topic).timestamp(record.timestamp.as_millis());
        outgoing.key = record.key;
        outgoing.payload = record.value;
        outgoing.headers = headers;
        loop {
            match self.producer.send(outgoing) {
                Ok(()) => return Ok(()),
                Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), refused)) => {
                    if self.stopping.load(Ordering::Relaxed) {
                        return Err(PublishError::Stopped);
                    }
                    outgoing = refused;
                    std::thread::sleep(Duration::from_millis(2));
                }
                Err((error, _)) => return Err(PublishError::Refused(error)),
            }
        }
    }

    /// Ends the waiting for room in the queue, for whoever waits now and from now on. What was handed over stays so.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    /// Waits until everything handed over has been acknowledged or has failed.
    ///
    /// # Errors
    /// [`PublishError::Unacknowledged`] if that takes longer than `timeout`; the records are still being tried.
    pub fn flush(&self, timeout: Duration) -> Result<(), PublishError> {
        let waiting = |reason| PublishError::Unacknowledged { waiting: self.producer.in_flight_count(), reason };
        self.producer.flush(timeout).map_err(waiting)
    }

    /// Records written to all replicas.
    #[must_use]
    pub fn acknowledged(&self) -> u64 {
        self.counts.acknowledged.load(Ordering::Relaxed)
    }

    /// Records the broker has refused for good; each kind of failure is in the log.
    #[must_use]
    pub fn failed(&self) -> u64 {
        self.counts.failed.load(Ordering::Relaxed)
    }
}

impl ClientContext for Deliveries {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, line: &str) {
        self.log.log(level, facility, line);
    }

    fn stats(&self, _: Statistics) {}

    fn error(&self, error: KafkaError, reason: &str) {
        self.log.error(error, reason);
    }
}

impl ProducerContext<NoCustomPartitioner> for Deliveries {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult<'_>, (): ()) {
        match result {
            Ok(_) => {
                self.counts.acknowledged.fetch_add(1, Ordering::Relaxed);
            }
            Err((error, _)) => {
                let failed = self.counts.failed.fetch_add(1, Ordering::Relaxed) + 1;
                // One line for 1, 2, 4, 8, ... failures: a broker that refuses everything must not fill the log.
                if failed.is_power_of_two() {
                    tracing::warn!(failed, "a record was not published: {error}");
                }
            }
        }
    }
}
