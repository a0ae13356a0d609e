//! What an archive says about itself: its last line.

use std::collections::BTreeMap;

use ensilinja_model::EventTime;
use serde::{Deserialize, Serialize};

/// The version of the format of archives.
pub const FORMAT: u32 = 1;

/// What an archive says about itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The version of the format, [`FORMAT`]. It is the first member, so the line tells what it is.
    #[serde(rename = "ensilinja_archive")]
    pub format: u32,
    /// The version of the program that wrote the archive.
    pub product: String,
    /// When it was written, in ms since 1970.
    pub created_ms: i64,
    /// The id of the Kafka cluster, if it has one.
    pub cluster: Option<String>,
    /// The archive has the records with this timestamp or a later one, in ms since 1970.
    pub from_ms: i64,
    /// And an earlier one than this.
    pub to_ms: i64,
    /// The time zone of the configuration by its IANA name: that of the local times by which the range was named.
    pub time_zone: String,
    /// The topics.
    pub topics: Vec<ArchivedTopic>,
    /// The partitions of all topics, by topic and number.
    pub partitions: Vec<ArchivedPartition>,
    /// The number of records.
    pub records: u64,
    /// The number of bytes of all lines before this one.
    pub bytes: u64,
    /// The SHA-256 of all lines before this one, in hexadecimal.
    pub sha256: String,
    /// How ids were replaced, if they were.
    pub pseudonymised: Option<Pseudonymisation>,
    /// How many records of contacts were erased later.
    pub erased: u64,
}

/// A topic in an archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArchivedTopic {
    /// Its name.
    pub name: String,
    /// Its id, if the brokers have topic ids: a topic of the same name that was created again has another one.
    pub id: Option<String>,
    /// The format of its records.
    pub format: String,
}

/// How ids were replaced.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pseudonymisation {
    /// Which key it was: not the key, and nothing that leads to it.
    pub key_id: String,
    /// How many records state nothing that counts and were left out, by reason.
    pub left_out: BTreeMap<String, u64>,
}

/// A partition in an archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ArchivedPartition {
    /// The topic.
    pub topic: String,
    /// The number of the partition.
    pub partition: i32,
    /// The first offset of the log when the archive was made. Above 0, earlier records had been deleted.
    pub log_begin: i64,
    /// The first offset that was read: that of the first record in the range.
    pub scan_begin: i64,
    /// The first offset that was not read: where the log ended.
    pub scan_end: i64,
    /// The number of records in the archive.
    pub records: u64,
    /// The offset of the first of them.
    pub first: Option<i64>,
    /// The offset of the last of them.
    pub last: Option<i64>,
    /// The first timestamp of a record in the range, in ms.
    pub first_timestamp_ms: Option<i64>,
    /// The offsets that are covered, each as first and first beyond: every record that the log held there is in the
    /// archive, or is counted as left out or erased.
    pub covers: Vec<(i64, i64)>,
    /// Offsets covered that had no record: removed by compaction, or markers and aborted records of transactions.
    pub without_record: u64,
    /// Records read and not in the archive because their timestamps are earlier than the range.
    pub earlier: u64,
    /// The same for later timestamps.
    pub later: u64,
    /// Records without a timestamp. Each belongs to the range that the record before it belongs to.
    pub without_timestamp: u64,
}

impl ArchivedPartition {
    /// Whether the log held the beginning of the range: nothing of it had been deleted.
    #[must_use]
    pub const fn reaches_back(&self) -> bool {
        self.log_begin == 0 || self.scan_begin > self.log_begin || self.earlier > 0
    }

    /// Whether an offset is covered.
    #[must_use]
    pub fn covers(&self, offset: i64) -> bool {
        let after = self.covers.partition_point(|(from, _)| *from <= offset);
        after > 0 && offset < self.covers[after - 1].1
    }
}

impl Manifest {
    /// The beginning of the range.
    #[must_use]
    pub const fn from(&self) -> EventTime {
        EventTime::from_millis(self.from_ms)
    }

    /// The end of the range, itself excluded.
    #[must_use]
    pub const fn to(&self) -> EventTime {
        EventTime::from_millis(self.to_ms)
    }

    /// The id of a topic of the archive.
    #[must_use]
    pub fn topic_id(&self, topic: &str) -> Option<&str> {
        self.topics.iter().find(|known| known.name == topic).and_then(|topic| topic.id.as_deref())
    }

    /// What tells the log of a topic from that of another one of the same name: the id of the topic, or that of the
    /// cluster if its brokers have no topic ids.
    #[must_use]
    pub fn log_id(&self, topic: &str) -> Option<&str> {
        self.topic_id(topic).or(self.cluster.as_deref())
    }

    /// A partition of the archive.
    #[must_use]
    pub fn partition(&self, topic: &str, partition: i32) -> Option<&ArchivedPartition> {
        self.partitions.iter().find(|known| known.partition == partition && known.topic == topic)
    }
}
