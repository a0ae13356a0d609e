//! A busy platform in the background: a thousand events a second, as they happen.

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

/// Events a second, in about.
const RATE: f64 = 1_000.0;

/// The length of what is prepared, in ms: longer than any section takes.
const LENGTH_MS: i64 = 150_000;

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
    /// Begins to publish to a topic: a Tuesday morning of a county so large that it has a thousand events a second,
    /// dated from now on. It is simulated before; encoding is all that is left to do, one record a millisecond.
    ///
    /// `alter` is the last to touch an event.
    pub fn begin(topic: &Topic, alter: impl Fn(SimEvent) -> SimEvent + Send + 'static) -> anyhow::Result<Self> {
        let publisher = Publisher::new(&topic.settings)?;
        let morning = morning();
        let clock = clock::wall();
        let shift_ms = clock().millis_since(START.plus_millis(WARM_UP_MS));
        let shifted = morning.into_iter().map(alter).map(move |event| SimEvent {
            at: event.at.plus_millis(shift_ms),
            told_at: event.told_at.plus_millis(shift_ms),
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

fn morning() -> Vec<SimEvent> {
    let from = START.plus_millis(WARM_UP_MS);
    let events = |volume: f64, to: EventTime| {
        Generator::new(&County::oma_hame(), 1, START, volume)
            .skip_while(move |event| event.told_at < from)
            .take_while(move |event| event.told_at < to)
    };
    let minute = float(events(100.0, from.plus_millis(60_000)).count() as u64);
    events(RATE / (minute / 100.0 / 60.0), from.plus_millis(LENGTH_MS)).collect()
}
