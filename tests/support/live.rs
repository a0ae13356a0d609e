//! The processor in the test's own process, with a clock that the test sets: a week of the county passes in seconds,
//! and the figures of every instant of it can be read.

#![allow(dead_code, reason = "each test target uses a part of it")]

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use ensilinja::clock::LiveClock;
use ensilinja::console::shutdown::runtime;
use ensilinja::live::Processor;
use ensilinja_config::Config;
use ensilinja_kafka::IngestIntervals;
use ensilinja_model::EventTime;
use ensilinja_test_support::{PATIENCE, http, poll_for};
use serde_json::Value;
use tokio::sync::oneshot;

use crate::stage::Stage;

/// A clock that stands still until it is set.
#[derive(Clone)]
pub struct HandClock(Arc<AtomicI64>);

/// A running processor.
pub struct Live {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

impl HandClock {
    pub fn at(instant: EventTime) -> Self {
        Self(Arc::new(AtomicI64::new(instant.as_millis())))
    }

    pub fn set(&self, instant: EventTime) {
        self.0.store(instant.as_millis(), Ordering::SeqCst);
    }
}

impl Live {
    /// Starts one on a stage. It asks every 50 ms where the topic ends.
    pub fn start(stage: &Stage, clock: &HandClock) -> Self {
        Self::with(ensilinja::configuration::parse("a test", &stage.configuration()).unwrap(), clock)
    }

    /// Starts one with a configuration.
    pub fn with(config: Config, clock: &HandClock) -> Self {
        let now = Arc::clone(&clock.0);
        let (stop, stopped) = oneshot::channel();
        let (tell, started) = mpsc::channel();
        let pace = IngestIntervals {
            probe_interval: Duration::from_millis(50),
            commit_interval: Duration::from_millis(200),
            ..IngestIntervals::default()
        };
        let thread = std::thread::spawn(move || {
            runtime().unwrap().block_on(async {
                let clock = LiveClock::trusted(Arc::new(move || EventTime::from_millis(now.load(Ordering::SeqCst))));
                let processor = Processor::start(&config, clock, pace).unwrap();
                tell.send(processor.address()).unwrap();
                let stop = async { drop(stopped.await) };
                processor.serve(stop).await.unwrap();
            });
        });
        Self { address: started.recv().unwrap(), stop, thread }
    }

    /// The answer to `/api/figures` once everything up to `instant` is known. The clock has to stand at `instant`.
    pub fn figures_at(&self, instant: EventTime) -> Value {
        let seconds = instant.floor_second();
        let figures = || -> Value { serde_json::from_str(&self.page("/api/figures")).unwrap() };
        let is_complete = |figures: &Value| {
            figures["figures_as_of_timestamp_seconds"] == seconds
                && figures["complete_until_timestamp_seconds"] == seconds
        };
        let complete = poll_for(PATIENCE, || Some(figures()).filter(is_complete));
        complete.unwrap_or_else(|| panic!("not everything is known: {}", self.page("/readyz")))
    }

    /// The address on which it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// The body of a page.
    pub fn page(&self, path: &str) -> String {
        http::get(self.address, path).unwrap().body
    }

    /// Ends it. It keeps nothing.
    pub fn end(self) {
        let _ = self.stop.send(());
        self.thread.join().unwrap();
    }
}
