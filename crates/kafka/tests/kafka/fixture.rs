//! The fixture of these tests: a handler that records what it sees, a running ingest, and helpers to publish and to
//! read dead letters.

#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test fails by panicking, and has the wall clock")]

pub mod odd_record;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use ensilinja_kafka::{
    IncomingRecord, Ingest, IngestIntervals, OutgoingRecord, Publisher, RecordDisposition, RecordHandler, Settings,
    TimeSource, TopicChoice,
};
use ensilinja_model::EventTime;
use ensilinja_test_support::{plain_consumer, poll_until};
use rdkafka::Offset;

pub const TOPIC: &str = "ensilinja.events";
pub const DEAD: &str = "ensilinja.dead-letters";
pub const HOUR_MS: i64 = 3_600_000;

/// Settings with the broker at `bootstrap_servers`.
pub fn settings(bootstrap_servers: &str) -> Settings {
    Settings {
        bootstrap_servers: bootstrap_servers.to_owned(),
        topics: vec![TopicChoice::of(TOPIC)],
        dead_letter_topic: DEAD.to_owned(),
        writes_dead_letters: true,
        group_id: "ensilinja".to_owned(),
        properties: BTreeMap::new(),
        secret_files: Vec::new(),
    }
}

pub fn now() -> EventTime {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    EventTime::from_millis(i64::try_from(since_epoch.as_millis()).unwrap())
}

/// A record that the handler has seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SeenRecord {
    pub topic: String,
    pub source: usize,
    pub partition: i32,
    pub offset: i64,
    pub value: Option<String>,
    pub headers: Vec<String>,
    pub rebuilding: bool,
    pub again: bool,
}

/// Records everything it sees, and tells it at the end of each batch. A record whose value begins with `poison` is a
/// dead letter.
#[derive(Clone, Default)]
pub struct RecordingHandler {
    seen: Arc<Mutex<Vec<SeenRecord>>>,
    /// What the reader's thread has seen in this batch.
    batch: Vec<SeenRecord>,
    /// How often another log has begun.
    logs: Arc<AtomicU32>,
    /// How long the handler takes for each record.
    delay: Duration,
}

impl RecordingHandler {
    pub fn with_delay(delay: Duration) -> Self {
        Self { delay, ..Self::default() }
    }

    pub fn seen(&self) -> Vec<SeenRecord> {
        self.seen.lock().unwrap().clone()
    }

    /// How often another log has begun. Then the handler forgets what it saw before.
    pub fn logs(&self) -> u32 {
        self.logs.load(Ordering::Relaxed)
    }

    pub fn len(&self) -> usize {
        self.seen.lock().unwrap().len()
    }

    /// The values, sorted.
    pub fn values(&self) -> Vec<String> {
        let mut values: Vec<String> = self.seen().into_iter().filter_map(|seen| seen.value).collect();
        values.sort();
        values
    }
}

impl RecordHandler for RecordingHandler {
    fn handle(&mut self, record: &IncomingRecord<'_>) -> RecordDisposition {
        let value = record.value.map(|value| String::from_utf8_lossy(value).into_owned());
        let poison = value.as_ref().is_some_and(|value| value.starts_with("poison"));
        self.batch.push(SeenRecord {
            topic: record.topic.to_owned(),
            source: record.source,
            partition: record.partition,
            offset: record.offset,
            value,
            headers: record.headers.all().iter().map(|(name, _)| (*name).to_owned()).collect(),
            rebuilding: record.rebuilding,
            again: record.again,
        });
        if !self.delay.is_zero() {
            // A test of a slow handler looks at it in the middle of a batch.
            self.end_batch();
            std::thread::sleep(self.delay);
        }
        if poison {
            RecordDisposition::DeadLetter { reason: "malformed", detail: "poison" }
        } else {
            RecordDisposition::Accepted
        }
    }

    fn end_batch(&mut self) {
        self.seen.lock().unwrap().append(&mut self.batch);
    }

    fn begin_another_log(&mut self, log: u32, now: EventTime) -> EventTime {
        self.seen.lock().unwrap().clear();
        self.logs.store(log, Ordering::Relaxed);
        now.plus_millis(-24 * HOUR_MS)
    }
}

/// An ingest that reads the last day. It probes and commits ten times as often as in operation.
pub struct RunningIngest {
    pub ingest: Ingest,
    pub handler: RecordingHandler,
    pub range_start: EventTime,
}

impl RunningIngest {
    pub fn start(settings: Settings) -> Self {
        Self::start_with(settings, RecordingHandler::default())
    }

    pub fn start_with(settings: Settings, handler: RecordingHandler) -> Self {
        Self::start_from(settings, handler, now().plus_millis(-24 * HOUR_MS))
    }

    /// An ingest that reads from `range_start` on.
    pub fn start_from(settings: Settings, handler: RecordingHandler, range_start: EventTime) -> Self {
        Self::start_at(settings, handler, range_start, Duration::from_millis(100))
    }

    /// An ingest that reads the last day, with these intervals.
    pub fn start_with_intervals(settings: Settings, intervals: IngestIntervals) -> Self {
        Self::start_all(settings, RecordingHandler::default(), now().plus_millis(-24 * HOUR_MS), intervals)
    }

    /// An ingest that probes every `probe_interval`.
    pub fn start_at(
        settings: Settings,
        handler: RecordingHandler,
        range_start: EventTime,
        probe_interval: Duration,
    ) -> Self {
        let intervals = IngestIntervals {
            probe_interval,
            commit_interval: Duration::from_millis(300),
            ..IngestIntervals::default()
        };
        Self::start_all(settings, handler, range_start, intervals)
    }

    fn start_all(
        settings: Settings,
        handler: RecordingHandler,
        range_start: EventTime,
        intervals: IngestIntervals,
    ) -> Self {
        // The first test starts the log; a test that fails then shows it.
        let _ = tracing_subscriber::fmt().with_test_writer().try_init();
        let clock: TimeSource = Arc::new(now);
        let ingest = Ingest::start(settings, intervals, clock, range_start, 24 * HOUR_MS, handler.clone()).unwrap();
        Self { ingest, handler, range_start }
    }

    /// Waits until everything published before this call is known.
    pub fn catch_up(&self) {
        let called = now();
        let monitor = self.ingest.monitor();
        let caught_up = || monitor.rebuilt() && monitor.complete_until().is_some_and(|until| until >= called);
        assert!(poll_until(Duration::from_secs(30), caught_up), "not caught up within 30 s: {:?}", monitor.status());
    }

    /// Stops the ingest, which has to take less than 5 s.
    pub fn stop(self) -> RecordingHandler {
        let began = Instant::now();
        self.ingest.stop();
        assert!(began.elapsed() < Duration::from_secs(5), "a stop took {:?}", began.elapsed());
        self.handler
    }
}

/// Waits at most 30 s until `is_so`.
#[track_caller]
pub fn wait(what: &str, is_so: impl FnMut() -> bool) {
    assert!(poll_until(Duration::from_secs(30), is_so), "not within 30 s: {what}");
}

/// The first topic of the settings.
pub fn topic_name(settings: &Settings) -> &str {
    &settings.topics[0].name
}

/// Settings with the broker at `bootstrap_servers` and these topics or patterns, each of its own source, from 0.
pub fn settings_of(bootstrap_servers: &str, topics: &[&str]) -> Settings {
    let choice = |(source, name): (usize, &&str)| TopicChoice { source, ..TopicChoice::of(name) };
    Settings { topics: topics.iter().enumerate().map(choice).collect(), ..settings(bootstrap_servers) }
}

/// Publishes each value now, with its own text as the key.
pub fn publish(settings: &Settings, values: &[&str]) {
    publish_at(settings, values, now());
}

pub fn publish_at(settings: &Settings, values: &[&str], timestamp: EventTime) {
    publish_to(settings, topic_name(settings), values, timestamp);
}

/// Publishes each value to any topic.
pub fn publish_to(settings: &Settings, topic: &str, values: &[&str], timestamp: EventTime) {
    let publisher = Publisher::new(settings, topic).unwrap();
    for value in values {
        let bytes = value.as_bytes();
        publisher.send(&OutgoingRecord { key: Some(bytes), headers: &[], value: Some(bytes), timestamp }).unwrap();
    }
    publisher.flush(Duration::from_secs(20)).unwrap();
    assert_eq!((publisher.acknowledged(), publisher.failed()), (values.len() as u64, 0));
}

/// The keys of the dead letters, and how often each occurs.
pub fn dead_letter_keys(bootstrap_servers: &str) -> BTreeMap<String, usize> {
    let mut keys = BTreeMap::new();
    for letter in plain_consumer::read(bootstrap_servers, DEAD) {
        *keys.entry(letter.key_text().to_owned()).or_default() += 1;
    }
    keys
}

/// The positions of the records that have dead letters, and how often each occurs. For topics that were not recreated.
pub fn dead_letters(bootstrap_servers: &str) -> BTreeMap<String, usize> {
    let position = |key: String| key.split('/').take(3).collect::<Vec<_>>().join("/");
    let keys = dead_letter_keys(bootstrap_servers);
    let positions: BTreeMap<String, usize> = keys.iter().map(|(key, times)| (position(key.clone()), *times)).collect();
    assert_eq!(positions.len(), keys.len(), "one topic id: {keys:?}");
    positions
}

/// What the group has committed, by partition.
pub fn committed(settings: &Settings, partitions: i32) -> Vec<Offset> {
    plain_consumer::committed(&settings.bootstrap_servers, &settings.group_id, topic_name(settings), partitions)
}
