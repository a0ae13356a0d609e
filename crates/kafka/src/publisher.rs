//! Publishes records to a topic the way a careful integrator would: for the simulator, the demo and redrives.

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

/// How long the brokers may take to describe the topic.
const ANSWER_WITHIN: Duration = Duration::from_secs(2);

/// A record to publish.
#[derive(Clone, Copy, Debug)]
pub struct OutgoingRecord<'a> {
    /// Decides the partition, as with a JVM producer. Without a key the partition is random.
    pub key: Option<&'a [u8]>,
    /// The headers in order.
    pub headers: &'a [(String, Option<Vec<u8>>)],
    /// The value; `None` is a tombstone.
    pub value: Option<&'a [u8]>,
    /// The time of publication.
    pub timestamp: EventTime,
}

/// Why a record was not published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// librdkafka refuses the record, for example because it is larger than `message.max.bytes`.
    #[error("the Kafka client refuses the record")]
    Refused(#[source] KafkaError),
    /// The brokers answer and do not have the topic.
    #[error("the topic {0} does not exist: create it first")]
    TopicMissing(String),
    /// The publisher was stopped while the queue was full.
    #[error("the record was not sent: the queue was full when publishing was stopped")]
    Stopped,
    /// The brokers did not acknowledge everything in time.
    #[error("{waiting} records have not been acknowledged")]
    Unacknowledged {
        /// How many records wait.
        waiting: i32,
        /// Why waiting ended.
        #[source]
        reason: KafkaError,
    },
}

/// Publishes records to a topic: idempotent, acknowledged by all replicas, compressed with lz4 unless
/// the settings say otherwise.
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
    /// A publisher for `topic`. The brokers need not be reachable yet.
    ///
    /// # Errors
    /// [`SettingsError`] if the settings are wrong.
    pub fn new(settings: &Settings, topic: &str) -> Result<Self, SettingsError> {
        settings.check()?;
        let counts = Arc::new(Counts::default());
        let deliveries = Deliveries { log: ClientLog::new("publisher"), counts: Arc::clone(&counts) };
        let mut config = settings.producer();
        if config.get("compression.type").is_none() {
            config.set("compression.type", "lz4");
        }
        let made = config.create_with_context(deliveries);
        let producer = made.map_err(|error| SettingsError::Together(error.to_string()))?;
        Ok(Self { topic: topic.to_owned(), producer, counts, stopping: AtomicBool::new(false) })
    }

    /// Checks that the topic exists. Passes if the brokers do not answer within 2 s: records wait for them.
    ///
    /// # Errors
    /// [`PublishError::TopicMissing`].
    pub fn check_topic(&self) -> Result<(), PublishError> {
        self.check(&self.topic)
    }

    /// The same for any topic.
    pub(crate) fn check(&self, topic: &str) -> Result<(), PublishError> {
        let missing = self.producer.client().fetch_metadata(Some(topic), ANSWER_WITHIN).is_ok_and(|metadata| {
            metadata.topics().iter().any(|topic| {
                topic.error().map(RDKafkaErrorCode::from) == Some(RDKafkaErrorCode::UnknownTopicOrPartition)
            })
        });
        if missing { Err(PublishError::TopicMissing(topic.to_owned())) } else { Ok(()) }
    }

    /// Where each partition of the topic begins and ends, by number; `None` if the brokers do not answer.
    #[must_use]
    pub fn extents(&self) -> Option<Vec<(i64, i64)>> {
        let client = self.producer.client();
        let metadata = client.fetch_metadata(Some(&self.topic), ANSWER_WITHIN).ok()?;
        let count = metadata.topics().first()?.partitions().len();
        let extent = |partition| client.fetch_watermarks(&self.topic, partition, ANSWER_WITHIN).ok();
        (0..i32::try_from(count).ok()?).map(extent).collect()
    }

    /// Queues one record, and waits while the queue is full. [`Self::acknowledged`] and [`Self::failed`] count the
    /// results.
    ///
    /// # Errors
    /// [`PublishError::Refused`] if the record can never be published, [`PublishError::Stopped`] after [`Self::stop`].
    pub fn send(&self, record: &OutgoingRecord<'_>) -> Result<(), PublishError> {
        while !self.offer(&self.topic, None, record)? {
            if self.stopping.load(Ordering::Relaxed) {
                return Err(PublishError::Stopped);
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        Ok(())
    }

    /// Queues one record for a partition of a topic, or for that of its key. False if the queue is full.
    ///
    /// # Errors
    /// [`PublishError::Refused`] if the record can never be published.
    pub(crate) fn offer(
        &self,
        topic: &str,
        partition: Option<i32>,
        record: &OutgoingRecord<'_>,
    ) -> Result<bool, PublishError> {
        let mut headers = None;
        for (name, value) in record.headers {
            let list = headers.take().unwrap_or_else(OwnedHeaders::new);
            headers = Some(list.insert(Header { key: name, value: value.as_ref() }));
        }
        let mut outgoing = BaseRecord::<[u8], [u8]>::to(topic).timestamp(record.timestamp.as_millis());
        outgoing.partition = partition;
        outgoing.key = record.key;
        outgoing.payload = record.value;
        outgoing.headers = headers;
        match self.producer.send(outgoing) {
            Ok(()) => Ok(true),
            Err((KafkaError::MessageProduction(RDKafkaErrorCode::QueueFull), _)) => Ok(false),
            Err((error, _)) => Err(PublishError::Refused(error)),
        }
    }

    /// Ends all waiting for room in the queue, now and later. Queued records are still sent.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    /// Waits until every queued record has been acknowledged or has failed.
    ///
    /// # Errors
    /// [`PublishError::Unacknowledged`] if that takes longer than `timeout`. The records are still retried.
    pub fn flush(&self, timeout: Duration) -> Result<(), PublishError> {
        let waiting = |reason| PublishError::Unacknowledged { waiting: self.producer.in_flight_count(), reason };
        self.producer.flush(timeout).map_err(waiting)
    }

    /// Records that all replicas have.
    #[must_use]
    pub fn acknowledged(&self) -> u64 {
        self.counts.acknowledged.load(Ordering::Relaxed)
    }

    /// Records that the brokers have refused for good. The log has the reasons.
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
                // A line for 1, 2, 4, 8, ... failures, so that a broker that refuses everything does not fill the log.
                if failed.is_power_of_two() {
                    tracing::warn!(failed, reason = %error, "record not published");
                }
            }
        }
    }
}
