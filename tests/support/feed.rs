//! The feed: publishes the records of the simulated county to a topic, and applies each to an oracle.
//!
//! The events do not depend on the time of day: a Thursday morning of the county and the days before it are moved to
//! now.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use ensilinja::clock;
use ensilinja_kafka::{OutgoingRecord, Publisher};
use ensilinja_model::{EventTime, Fact, LineId};
use ensilinja_sim::{County, Disorder, Generator, Oracle, Poison, Publication, SimEvent};
use ensilinja_wire::{Statement, encode_binary};

use crate::stage::Stage;

/// Thursday 2025-09-18 10:15 in Helsinki: every line is open, as on the days before.
const THURSDAY: EventTime = EventTime::from_seconds(1_758_179_700);

/// The usual length of the history. It contains five complete open days of each line, even over Christmas.
const HISTORY_DAYS: i64 = 16;

const DAY_MS: i64 = 24 * 3_600_000;

/// How long the county has been busy when a test starts, so that many contacts wait and are being served.
const BUSY_FOR_MS: i64 = 4 * 60_000;

/// Records, a publisher, and an oracle of what was published.
pub struct Feed {
    publications: Peekable<Box<dyn Iterator<Item = Publication> + Send>>,
    publisher: Publisher,
    oracle: Oracle,
    poison: BTreeMap<u64, Poison>,
}

/// A feed that publishes in its own thread.
pub struct LiveFeed {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Feed>,
}

/// The current time.
pub fn now() -> EventTime {
    clock::wall()()
}

/// Publishes one record.
pub fn send(publisher: &Publisher, record: &Publication) {
    let outgoing = OutgoingRecord {
        key: record.key.as_deref(),
        headers: &record.headers,
        value: record.value.as_deref(),
        timestamp: record.at,
    };
    publisher.send(&outgoing).unwrap();
}

/// Publishes an event of a contact of a line, in a record with the timestamp `reported_at`.
pub fn say(publisher: &Publisher, reported_at: EventTime, contact: &str, line: &str, at: EventTime, fact: Fact) {
    let line = LineId::parse(line).unwrap();
    let contact = format!("{contact}-{}", line.as_str());
    let encoded = encode_binary(&Statement { contact: &contact, line: &line, visit: None, to_line: None, at, fact });
    let record = Publication {
        at: reported_at,
        key: Some(encoded.key),
        headers: encoded.headers.into_iter().map(|(name, value)| (name, Some(value))).collect(),
        value: Some(encoded.value),
        event: None,
        poison: None,
    };
    send(publisher, &record);
}

/// Waits until the broker has acknowledged everything, and returns the current time.
pub fn settle(publisher: &Publisher) -> EventTime {
    publisher.flush(Duration::from_mins(1)).unwrap();
    assert_eq!(publisher.failed(), 0, "every record is acknowledged");
    now()
}

impl Feed {
    /// A county with a history, which became `volume` times as busy a few minutes ago.
    pub fn new(stage: &Stage, disorder: Disorder, seed: u64, volume: f64) -> Self {
        Self::with_history(stage, disorder, seed, volume, HISTORY_DAYS)
    }

    /// The same with a history of so many days.
    pub fn with_history(stage: &Stage, disorder: Disorder, seed: u64, volume: f64, days: i64) -> Self {
        let county = County::oma_hame();
        let moved_ms = now().plus_millis(-BUSY_FOR_MS).millis_since(THURSDAY);
        let history = Generator::new(&county, seed, THURSDAY.plus_millis(-days * DAY_MS), 1.0);
        let history = history.take_while(|event| event.reported_at < THURSDAY);
        let busy = Generator::new(&county, seed + 1, THURSDAY, volume);
        let events = history.chain(busy).map(move |event| moved(event, moved_ms));
        let publications: Box<dyn Iterator<Item = Publication> + Send> = Box::new(disorder.publish(events, seed));
        Self {
            publications: publications.peekable(),
            publisher: stage.publisher(),
            oracle: Oracle::new(county.oracle_lines(), County::zone()),
            poison: BTreeMap::new(),
        }
    }

    /// The same feed without some of its records.
    pub fn without(self, is_left_out: fn(&Publication) -> bool) -> Self {
        let kept = self.publications.filter(move |publication| !is_left_out(publication));
        let publications: Box<dyn Iterator<Item = Publication> + Send> = Box::new(kept);
        Self { publications: publications.peekable(), ..self }
    }

    /// Publishes the records that are due.
    pub fn publish_what_is_due(&mut self) {
        let now = now();
        while let Some(publication) = self.publications.next_if(|publication| publication.at <= now) {
            self.publish(&publication);
        }
    }

    /// Publishes the records that are due, waits until the broker has acknowledged everything, and returns the current
    /// time.
    pub fn settle(&mut self) -> EventTime {
        self.publish_what_is_due();
        settle(&self.publisher)
    }

    /// Goes on publishing in its own thread, each record when it is due.
    pub fn go_live(mut self) -> LiveFeed {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            while !stopped.load(Ordering::Relaxed) {
                self.publish_what_is_due();
                std::thread::sleep(Duration::from_millis(5));
            }
            self
        });
        LiveFeed { stop, thread }
    }

    /// The same feed with a new publisher, which does not know the partitions yet.
    pub fn that_looks_anew(self, stage: &Stage) -> Self {
        Self { publisher: stage.publisher(), ..self }
    }

    /// Applies an event that was published elsewhere to the oracle.
    pub fn hear(&mut self, event: &SimEvent) {
        self.oracle.apply(event);
    }

    /// The oracle, which has the expected figures.
    pub fn oracle(&self) -> &Oracle {
        &self.oracle
    }

    /// The poisonous records among the published ones, by their tags.
    pub fn poison(&self) -> &BTreeMap<u64, Poison> {
        &self.poison
    }

    /// Publishes a record and applies its event, if it has one, to the oracle.
    pub fn publish(&mut self, record: &Publication) {
        if let Some(event) = &record.event {
            self.oracle.apply(event);
        }
        if let Some(poison) = record.poison {
            self.poison.insert(poison.tag, poison);
        }
        send(&self.publisher, record);
    }
}

impl LiveFeed {
    /// Stops publishing.
    pub fn stop(self) -> Feed {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().expect("the feed publishes")
    }
}

fn moved(event: SimEvent, by_ms: i64) -> SimEvent {
    SimEvent { at: event.at.plus_millis(by_ms), reported_at: event.reported_at.plus_millis(by_ms), ..event }
}
