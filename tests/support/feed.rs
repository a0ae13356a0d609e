//! The feed: the simulated county's records on their way to a topic, and an oracle that hears each of them.
//!
//! Whatever hour it is, the same happens: the county lives through a Thursday morning and the days before it, moved to
//! now. That some of it then falls into the night is all the same to a figure.

use std::collections::BTreeMap;
use std::iter::Peekable;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use ensilinja::clock;
use ensilinja_kafka::{OutgoingRecord, Publisher};
use ensilinja_model::EventTime;
use ensilinja_sim::{County, Disorder, Generator, Oracle, Poison, Publication, SimEvent};

use crate::stage::Stage;

/// Thursday 2025-09-18 10:15 in Helsinki: every line is open, and was on the days before.
const THURSDAY: EventTime = EventTime::from_seconds(1_758_179_700);

/// How much of history there usually is: five days on which a line opens are whole in it, over Christmas too.
const HISTORY_DAYS: i64 = 16;

const DAY_MS: i64 = 24 * 3_600_000;

/// For how long the county has been busy when the test starts, so that many are waiting and being served.
const BUSY_FOR_MS: i64 = 4 * 60_000;

/// Records, a publisher, and an oracle that has heard what was published.
pub struct Feed {
    publications: Peekable<Box<dyn Iterator<Item = Publication> + Send>>,
    publisher: Publisher,
    oracle: Oracle,
    poison: BTreeMap<u64, Poison>,
}

/// A feed that publishes in a thread of its own.
pub struct LiveFeed {
    stop: Arc<AtomicBool>,
    thread: JoinHandle<Feed>,
}

/// What time it is.
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

/// Waits until the broker has everything that was sent, and says when that was.
pub fn settle(publisher: &Publisher) -> EventTime {
    publisher.flush(Duration::from_mins(1)).unwrap();
    assert_eq!(publisher.failed(), 0, "every record is taken");
    now()
}

impl Feed {
    /// A county with a history, which a few minutes ago became `volume` times as busy as ever.
    pub fn new(stage: &Stage, disorder: Disorder, seed: u64, volume: f64) -> Self {
        Self::with_history(stage, disorder, seed, volume, HISTORY_DAYS)
    }

    /// The same with a longer or shorter history.
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

    /// Publishes all that is due, as fast as it goes.
    pub fn publish_what_is_due(&mut self) {
        let now = now();
        while let Some(publication) = self.publications.next_if(|publication| publication.at <= now) {
            self.publish(&publication);
        }
    }

    /// Publishes what is due, waits until the broker has everything, and says when that was.
    pub fn settle(&mut self) -> EventTime {
        self.publish_what_is_due();
        settle(&self.publisher)
    }

    /// Goes on publishing in a thread of its own, each record when it is due.
    pub fn go_live(mut self) -> LiveFeed {
        let stop = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&stop);
        let thread = std::thread::spawn(move || {
            while !told.load(Ordering::Relaxed) {
                self.publish_what_is_due();
                std::thread::sleep(Duration::from_millis(5));
            }
            self
        });
        LiveFeed { stop, thread }
    }

    /// The same feed with a publisher that has yet to learn which partitions there are.
    pub fn that_looks_anew(self, stage: &Stage) -> Self {
        Self { publisher: stage.publisher(), ..self }
    }

    /// Lets the oracle hear of an event that somebody else has published.
    pub fn hear(&mut self, event: &SimEvent) {
        self.oracle.apply(event);
    }

    /// What every figure must be.
    pub fn oracle(&self) -> &Oracle {
        &self.oracle
    }

    /// What was wrong with the poisonous records among those published, by the tags they carry.
    pub fn poison(&self) -> &BTreeMap<u64, Poison> {
        &self.poison
    }

    /// Publishes a record, of whose event, if it names one, the oracle hears.
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
