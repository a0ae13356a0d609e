//! A platform in the background, whose events come as they happen: an ordinary one, or one with a thousand a second.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Instant;

use ensilinja::{clock, feed};
use ensilinja_kafka::Publisher;
use ensilinja_model::EventTime;
use ensilinja_sim::{County, Disorder, Generator, SimEvent};

use crate::stand::Topic;
use crate::table::float;

/// The volume of the county as it is.
pub const ORDINARY: f64 = 1.0;

/// Events a second of a busy platform, in about.
const BUSY_RATE: f64 = 1_000.0;

/// The length of what is prepared, in ms: longer than any section takes.
const LENGTH_MS: i64 = 180_000;

/// Tuesday 2025-09-16 at 10:15 in Helsinki: every line is open, and nobody is under way yet.
const START: EventTime = EventTime::from_seconds(1_758_006_900);

/// After this long enough are under way for the rate to be even, in ms.
const WARM_UP_MS: i64 = 10 * 60_000;

/// Load that goes on until it is told to end.
pub struct LiveLoad {
    stop: Arc<AtomicBool>,
    feeding: JoinHandle<anyhow::Result<u64>>,
    since: Instant,
}

impl LiveLoad {
    /// Begins to publish to a topic: a Tuesday morning of so many times the county, dated from now on. It is simulated
    /// before; encoding is all that is left to do.
    ///
    /// `alter` is the last to touch an event.
    pub fn begin(
        topic: &Topic,
        volume: f64,
        alter: impl Fn(SimEvent) -> SimEvent + Send + 'static,
    ) -> anyhow::Result<Self> {
        let publisher = Publisher::new(&topic.settings)?;
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

    /// Ends it; returns how many events a second there were.
    pub fn end(self) -> anyhow::Result<f64> {
        let seconds = self.since.elapsed().as_secs_f64();
        self.stop.store(true, Ordering::Relaxed);
        let events = self.feeding.join().map_err(|_| anyhow::anyhow!("the load died of a bug"))??;
        Ok(float(events) / seconds)
    }
}

/// How many times the county has a thousand events a second: one each millisecond, all the time.
pub fn busy() -> f64 {
    const PROBE: f64 = 100.0;
    const MINUTE_MS: i64 = 60_000;
    let in_a_minute = float(morning(PROBE, MINUTE_MS).count() as u64);
    BUSY_RATE * 60.0 * PROBE / in_a_minute
}

/// What such a county says on a Tuesday morning once enough are under way.
fn morning(volume: f64, length_ms: i64) -> impl Iterator<Item = SimEvent> {
    let from = START.plus_millis(WARM_UP_MS);
    let to = from.plus_millis(length_ms);
    Generator::new(&County::oma_hame(), 1, START, volume)
        .skip_while(move |event| event.reported_at < from)
        .take_while(move |event| event.reported_at < to)
}
