//! The processor in the test's own process, by a clock that the test sets: a week of a county passes in seconds, and
//! every instant of it can be looked at.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use ensilinja::clock::LiveClock;
use ensilinja::processor::Processor;
use ensilinja::run::runtime;
use ensilinja_kafka::Pace;
use ensilinja_model::EventTime;
use serde_json::Value;
use tokio::sync::oneshot;

use crate::program::{PATIENCE, get};
use crate::stage::Stage;

/// A clock that stands still until it is set.
#[derive(Clone)]
pub struct HandClock(Arc<AtomicI64>);

/// A processor that runs.
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
    /// Starts one on a stage. It looks often where the topic ends.
    pub fn start(stage: &Stage, clock: &HandClock) -> Self {
        let config = ensilinja::configuration::parse("a test", &stage.configuration()).unwrap();
        let now = Arc::clone(&clock.0);
        let (stop, stopped) = oneshot::channel();
        let (tell, told) = mpsc::channel();
        let pace = Pace {
            probe_interval: Duration::from_millis(50),
            commit_interval: Duration::from_millis(200),
            ..Pace::default()
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
        Self { address: told.recv().unwrap(), stop, thread }
    }

    /// What it answers to `/api/figures` once it knows everything up to an instant, at which its clock stands.
    pub fn figures_at(&self, instant: EventTime) -> Value {
        let deadline = Instant::now() + PATIENCE;
        let seconds = instant.floor_second();
        loop {
            let answer = get(self.address, "/api/figures").unwrap();
            let document: Value = serde_json::from_str(&answer.body).unwrap();
            let is_of_it = document["figures_as_of_timestamp_seconds"] == seconds;
            if is_of_it && document["complete_until_timestamp_seconds"] == seconds {
                return document;
            }
            assert!(Instant::now() < deadline, "it does not know all: {}", &answer.body[..300]);
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// What it answers to a question.
    pub fn page(&self, path: &str) -> String {
        get(self.address, path).unwrap().body
    }

    /// Ends it. All that it knew is gone with it.
    pub fn end(self) {
        let _ = self.stop.send(());
        self.thread.join().unwrap();
    }
}
