//! What lies in a topic, read by a plain consumer.

use std::time::{Duration, Instant};

use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::error::KafkaError;
use rdkafka::message::{Headers as _, Message as _};
use rdkafka::{ClientConfig, Offset, TopicPartitionList};

/// A record of a topic.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Lying {
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

impl Lying {
    /// The key, where it is a text.
    pub fn key_text(&self) -> &str {
        std::str::from_utf8(self.key.as_ref().expect("it has a key")).expect("the key is a text")
    }

    /// The topic/partition/offset in the key of a dead letter. The id of the topic follows it.
    pub fn letter_position(&self) -> String {
        let parts: Vec<&str> = self.key_text().split('/').collect();
        assert_eq!(parts.len(), 4, "topic, partition, offset, and the id of the topic: {parts:?}");
        assert_eq!(self.header("ensilinja_source_topic_id"), Some(parts[3]));
        parts[..3].join("/")
    }

    /// The last header of this name, where it is a text.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().rev().find(|(other, _)| other == name)?;
        std::str::from_utf8(found.1.as_ref()?).ok()
    }
}

/// Every record of a topic, from its beginning to the end that it has now.
pub fn read(brokers: &str, topic: &str) -> Vec<Lying> {
    let consumer: BaseConsumer = ClientConfig::new()
        .set("bootstrap.servers", brokers)
        .set("group.id", "a look")
        .set("enable.auto.commit", "false")
        .set("enable.partition.eof", "true")
        .set("fetch.wait.max.ms", "10")
        .create()
        .unwrap();
    let patience = Duration::from_mins(1);
    let metadata = consumer.fetch_metadata(Some(topic), patience).unwrap();
    let mut left = metadata.topics()[0].partitions().len();
    let mut list = TopicPartitionList::new();
    for partition in 0..i32::try_from(left).unwrap() {
        list.add_partition_offset(topic, partition, Offset::Beginning).unwrap();
    }
    consumer.assign(&list).unwrap();
    let deadline = Instant::now() + patience;
    let mut records = Vec::new();
    while left > 0 {
        assert!(Instant::now() < deadline, "{topic} was not read to its end");
        match consumer.poll(Duration::from_millis(100)) {
            Some(Ok(message)) => records.push(Lying {
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

/// How many offsets of a topic are taken. Without transactions or deletions, that is how many records it has.
pub fn count(brokers: &str, topic: &str) -> u64 {
    let consumer: BaseConsumer = ClientConfig::new().set("bootstrap.servers", brokers).create().unwrap();
    let patience = Duration::from_mins(1);
    let metadata = consumer.fetch_metadata(Some(topic), patience).unwrap();
    let taken = |partition| {
        let (low, high) = consumer.fetch_watermarks(topic, partition, patience).unwrap();
        u64::try_from(high - low).unwrap()
    };
    metadata.topics()[0].partitions().iter().map(|partition| taken(partition.id())).sum()
}
