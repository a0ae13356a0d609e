//! What a topic holds and what a group has committed, read by a plain consumer that shares no code with the product's.

use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::error::KafkaError;
use rdkafka::message::{Headers as _, Message as _};
use rdkafka::topic_partition_list::TopicPartitionListElem;
use rdkafka::{ClientConfig, Offset, TopicPartitionList};

/// How long the broker may take to answer.
const BROKER_PATIENCE: Duration = Duration::from_mins(1);

/// A record of a topic.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct StoredRecord {
    /// Its timestamp, in ms.
    pub timestamp_ms: i64,
    /// Its partition.
    pub partition: i32,
    /// Its offset in the partition.
    pub offset: i64,
    /// Its key.
    pub key: Option<Vec<u8>>,
    /// Its headers, in order.
    pub headers: Vec<(String, Option<Vec<u8>>)>,
    /// Its value.
    pub value: Option<Vec<u8>>,
}

impl StoredRecord {
    /// The key, which has to be a text.
    #[must_use]
    pub fn key_text(&self) -> &str {
        std::str::from_utf8(self.key.as_ref().expect("the record has a key")).expect("the key is UTF-8")
    }

    /// Topic, partition and offset of the rejected record, from the key of a dead letter: `topic/partition/offset`.
    /// The topic id that follows them in the key has to be that of the header.
    #[must_use]
    pub fn source_position(&self) -> String {
        let parts: Vec<&str> = self.key_text().split('/').collect();
        assert_eq!(parts.len(), 4, "topic, partition, offset and topic id: {parts:?}");
        assert_eq!(self.header("ensilinja_source_topic_id"), Some(parts[3]));
        parts[..3].join("/")
    }

    /// The last header of this name, if its value is UTF-8.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let header = self.headers.iter().rev().find(|(other, _)| other == name)?;
        std::str::from_utf8(header.1.as_ref()?).ok()
    }
}

/// Every record of a topic, from its beginning to its present end.
#[must_use]
pub fn read(brokers: &str, topic: &str) -> Vec<StoredRecord> {
    let consumer: BaseConsumer = ClientConfig::new()
        .set("bootstrap.servers", brokers)
        .set("group.id", "plain-consumer")
        .set("enable.auto.commit", "false")
        .set("enable.partition.eof", "true")
        .set("fetch.wait.max.ms", "10")
        .create()
        .unwrap();
    let metadata = consumer.fetch_metadata(Some(topic), BROKER_PATIENCE).unwrap();
    let mut left = metadata.topics()[0].partitions().len();
    assert!(left > 0, "there is no topic {topic}");
    let mut list = TopicPartitionList::new();
    for partition in 0..i32::try_from(left).unwrap() {
        list.add_partition_offset(topic, partition, Offset::Beginning).unwrap();
    }
    consumer.assign(&list).unwrap();
    let deadline = Instant::now() + BROKER_PATIENCE;
    let mut records = Vec::new();
    while left > 0 {
        assert!(Instant::now() < deadline, "{topic} was not read to its end");
        match consumer.poll(Duration::from_millis(100)) {
            Some(Ok(message)) => records.push(StoredRecord {
                timestamp_ms: message.timestamp().to_millis().unwrap(),
                partition: message.partition(),
                offset: message.offset(),
                key: message.key().map(<[u8]>::to_vec),
                headers: message.headers().map_or_else(Vec::new, |headers| {
                    headers.iter().map(|header| (header.key.to_owned(), header.value.map(<[u8]>::to_vec))).collect()
                }),
                value: message.payload().map(<[u8]>::to_vec),
            }),
            Some(Err(KafkaError::PartitionEOF(_))) => left -= 1,
            _ => {}
        }
    }
    records
}

/// Whether the broker has a topic of this name.
#[must_use]
pub fn exists(brokers: &str, topic: &str) -> bool {
    let consumer: BaseConsumer = ClientConfig::new().set("bootstrap.servers", brokers).create().unwrap();
    let metadata = consumer.fetch_metadata(Some(topic), BROKER_PATIENCE).unwrap();
    metadata.topics()[0].error().is_none()
}

/// How many offsets of a topic are in use. Without transactions and deletions that is its number of records.
#[must_use]
pub fn count(brokers: &str, topic: &str) -> u64 {
    counts(brokers, topic).iter().sum()
}

/// The same for each partition.
#[must_use]
pub fn counts(brokers: &str, topic: &str) -> Vec<u64> {
    let consumer: BaseConsumer = ClientConfig::new().set("bootstrap.servers", brokers).create().unwrap();
    let metadata = consumer.fetch_metadata(Some(topic), BROKER_PATIENCE).unwrap();
    let of_partition = |partition| {
        let (low, high) = consumer.fetch_watermarks(topic, partition, BROKER_PATIENCE).unwrap();
        u64::try_from(high - low).unwrap()
    };
    metadata.topics()[0].partitions().iter().map(|partition| of_partition(partition.id())).collect()
}

/// The offsets that a consumer group has committed in the partitions 0 to `partitions` - 1 of a topic.
#[must_use]
pub fn committed(brokers: &str, group: &str, topic: &str, partitions: i32) -> Vec<Offset> {
    let consumer: BaseConsumer =
        ClientConfig::new().set("bootstrap.servers", brokers).set("group.id", group).create().unwrap();
    let mut list = TopicPartitionList::new();
    list.add_partition_range(topic, 0, partitions - 1);
    let answer = consumer.committed_offsets(list, BROKER_PATIENCE).unwrap();
    answer.elements().iter().map(TopicPartitionListElem::offset).collect()
}
