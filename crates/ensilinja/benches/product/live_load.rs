//! A platform in the background that publishes events as they happen: an ordinary one, or one with a thousand a second.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Instant;

use ensilinja::{clock, feed};
use ensilinja_kafka::Publisher;
use ensilinja_model::EventTime;
use ensilinja_sim::{County, Disorder, Generator, SimEvent};

use crate::table::float;
use crate::topic::Topic;

/// The volume of the real county.
pub const ORDINARY: f64 = 1.0;

/// About how many events a second a busy platform has.
const BUSY_RATE: f64 = 1_000.0;

/// The length of the prepared load, in ms. It is longer than any section.
const LENGTH_MS: i64 = 300_000;

/// Tuesday 2025-09-16 at 10:15 in Helsinki: every line is open, and no contact has arrived yet.
const START: EventTime = EventTime::from_seconds(1_758_006_900);

/// The time until enough contacts are under way for an even rate, in ms.
const WARM_UP_MS: i64 = 10 * 60_000;

/// Load that goes on until it is ended.
pub struct LiveLoad {
    stop: Arc<AtomicBool>,
    feeding: JoinHandle<anyhow::Result<u64>>,
    since: Instant,
}

impl LiveLoad {
    /// Begins to publish a Tuesday morning of the county, of this volume and dated from now on. The events are
    /// simulated before; only `alter`, which may change an event, and the encoding are left to do.
    pub fn begin(
        topic: &Topic,
        volume: f64,
        alter: impl Fn(SimEvent) -> SimEvent + Send + 'static,
    ) -> anyhow::Result<Self> {
        let publisher = Publisher::new(&topic.settings, topic.name())?;
        let morning: Vec<SimEvent> = morning(volume, LENGTH_MS).collect();
        let clock = clock::wall();
        let shift_ms = clock().millis_since(START.plus_millis(WARM_UP_MS));
        let shifted = morning.into_iter().map(alter).map(move |event| SimEvent {
            at: event.at.plus_millis(shift_ms),
            reported_at: event.reported_at.plus_millis(shift_ms),
            ..event
        });
        let stop = Arc::new(AtomicBool::new(false));
        let told = Arc::clone(&stop);
        let feeding = std::thread::spawn(move || {
            feed::send_in_time(&publisher, Disorder::NONE.publish(shifted, 1), &clock, &told)?;
            anyhow::ensure!(told.load(Ordering::Relaxed), "the load ended before the section");
            feed::finish(&publisher)?;
            Ok(publisher.acknowledged())
        });
        Ok(Self { stop, feeding, since: Instant::now() })
    }

    /// Ends it and returns the events a second.
    pub fn end(self) -> anyhow::Result<f64> {
        let seconds = self.since.elapsed().as_secs_f64();
        self.stop.store(true, Ordering::Relaxed);
        let events = self.feeding.join().map_err(|_| anyhow::anyhow!("the load panicked, which is a bug"))??;
        Ok(float(events) / seconds)
    }
}

/// The volume at which the county has a thousand events a second.
pub fn busy() -> f64 {
    const PROBE: f64 = 100.0;
    const MINUTE_MS: i64 = 60_000;
    let in_a_minute = float(morning(PROBE, MINUTE_MS).count() as u64);
    BUSY_RATE * 60.0 * PROBE / in_a_minute
}

/// The events of a Tuesday morning of this volume, from the end of the warm-up on.
fn morning(volume: f64, length_ms: i64) -> impl Iterator<Item = SimEvent> {
    let from = START.plus_millis(WARM_UP_MS);
    let to = from.plus_millis(length_ms);
    Generator::new(&County::oma_hame(), 1, START, volume)
        .skip_while(move |event| event.reported_at < from)
        .take_while(move |event| event.reported_at < to)
}
