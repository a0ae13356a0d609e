//! The live wing as a whole: four threads around one monitor, started together and stopped together.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use ensilinja_model::EventTime;
use rdkafka::error::KafkaError;

use crate::live::dead_letter_thread::DeadLetterThread;
use crate::live::monitor::Monitor;
use crate::live::probe::Probe;
use crate::live::reader::Reader;
use crate::live::topic_settings_watch::TopicSettingsWatch;
use crate::record::{RecordHandler, TimeSource};
use crate::settings::{Settings, SettingsError};

/// How long the threads may take to end when the broker hangs. The whole process should stop within 5 s.
const STOP_WITHIN: Duration = Duration::from_secs(3);

/// How often each thread does its periodic work.
#[derive(Clone, Copy, Debug)]
pub struct IngestIntervals {
    /// Between two probes of where the log ends.
    pub probe_interval: Duration,
    /// Between two commits of the frontier.
    pub commit_interval: Duration,
    /// Between two checks of the topics' settings.
    pub settings_interval: Duration,
}

impl Default for IngestIntervals {
    /// A probe every second, a commit every 3 s, a check of the topics' settings every minute.
    fn default() -> Self {
        Self {
            probe_interval: Duration::from_secs(1),
            commit_interval: Duration::from_secs(3),
            settings_interval: Duration::from_mins(1),
        }
    }
}

/// Why the ingest did not start. An unreachable broker and a missing topic are no such errors: the status reports them,
/// and the threads retry.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The settings are wrong.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// librdkafka failed to create a client although it had accepted the settings.
    #[error("the Kafka client could not be created: {0}")]
    Client(#[from] KafkaError),
    /// The system gave no thread.
    #[error("a thread could not be started: {0}")]
    Thread(#[from] std::io::Error),
}

/// A running ingest. Dropping it tells its threads to end without waiting for them; [`Self::stop`] waits.
pub struct Ingest {
    monitor: Arc<Monitor>,
    threads: Vec<(&'static str, Receiver<()>)>,
}

/// Each thread owns one. Dropping it shows that the thread has ended, and tells the monitor if it has panicked.
struct ThreadGuard {
    monitor: Arc<Monitor>,
    _ended: SyncSender<()>,
}

impl Ingest {
    /// Starts to read the topics from `range_start` on and to hand every record to `handler`. If a topic is set to keep
    /// its records for less than `horizon_ms` milliseconds, the status has a warning.
    ///
    /// # Errors
    /// [`StartError`]; retrying does not help.
    pub fn start<H: RecordHandler + 'static>(
        settings: Settings,
        intervals: IngestIntervals,
        clock: TimeSource,
        range_start: EventTime,
        horizon_ms: i64,
        handler: H,
    ) -> Result<Self, StartError> {
        settings.check()?;
        let settings = Arc::new(settings);
        let chooser = Arc::new(settings.chooser()?);
        let monitor = Arc::new(Monitor::new(clock, range_start));
        monitor.set_security(settings.warnings());
        let reader = Reader::new(Arc::clone(&settings), Arc::clone(&chooser), Arc::clone(&monitor), handler)?;
        let probe = Probe::new(Arc::clone(&settings), chooser, Arc::clone(&monitor), intervals.probe_interval)?;
        let dead_letters =
            DeadLetterThread::new(Arc::clone(&settings), Arc::clone(&monitor), intervals.commit_interval)?;
        let watch = TopicSettingsWatch::new(settings, Arc::clone(&monitor), horizon_ms, intervals.settings_interval)?;
        let mut ingest = Self { monitor, threads: Vec::new() };
        ingest.spawn("kafka-reader", move || reader.run())?;
        ingest.spawn("kafka-probe", move || probe.run())?;
        ingest.spawn("kafka-dead-letters", move || dead_letters.run())?;
        ingest.spawn("kafka-settings", move || watch.run())?;
        // This thread leaves nothing undone, so a stop need not wait for its last query.
        ingest.threads.pop();
        Ok(ingest)
    }

    /// The state of reading. It outlives the ingest.
    #[must_use]
    pub fn monitor(&self) -> Arc<Monitor> {
        Arc::clone(&self.monitor)
    }

    /// Ends reading, writes the waiting dead letters and commits the frontier. Takes little more than 3 s: dead letters
    /// that a hung broker has not acknowledged by then are found again by the next process.
    pub fn stop(self) {
        self.monitor.stop();
        let deadline = Instant::now() + STOP_WITHIN;
        for (thread, ended) in &self.threads {
            let left = deadline.saturating_duration_since(Instant::now());
            if ended.recv_timeout(left) == Err(RecvTimeoutError::Timeout) {
                tracing::warn!(thread, "thread still running at shutdown");
            }
        }
    }

    fn spawn(&mut self, name: &'static str, work: impl FnOnce() + Send + 'static) -> std::io::Result<()> {
        let (sender, ended) = sync_channel(0);
        let guard = ThreadGuard { monitor: self.monitor(), _ended: sender };
        std::thread::Builder::new().name(name.to_owned()).spawn(move || {
            let _guard = guard;
            work();
        })?;
        self.threads.push((name, ended));
        Ok(())
    }
}

impl Drop for Ingest {
    fn drop(&mut self) {
        self.monitor.stop();
    }
}

impl Drop for ThreadGuard {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.monitor.set_failed();
        }
    }
}
