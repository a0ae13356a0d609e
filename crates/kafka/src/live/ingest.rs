//! The shell as a whole: four threads around one monitor, started together and stopped together.

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
use crate::record::RecordHandler;
use crate::record::TimeSource;
use crate::settings::{Settings, SettingsError};

/// How long the threads have to end when the broker hangs. A process should stop within 5 s, and has more to end.
const STOP_WITHIN: Duration = Duration::from_secs(3);

/// How often the shell does what it does by the clock.
#[derive(Clone, Copy, Debug)]
pub struct IngestIntervals {
    /// Between two questions to the broker where the log ends.
    pub probe_interval: Duration,
    /// Between two commits of the frontier.
    pub commit_interval: Duration,
    /// Between two looks at the settings of the topics.
    pub settings_interval: Duration,
}

impl Default for IngestIntervals {
    /// A probe each second, a commit every three, a look at the topics' settings each minute.
    fn default() -> Self {
        Self {
            probe_interval: Duration::from_secs(1),
            commit_interval: Duration::from_secs(3),
            settings_interval: Duration::from_mins(1),
        }
    }
}

/// Why the shell did not start. An unreachable broker or a missing topic is no such reason: the status tells of it,
/// and the shell tries again.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The settings are wrong.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// librdkafka made no client of settings it had taken before.
    #[error("no Kafka client could be made: {0}")]
    Client(#[from] KafkaError),
    /// The system gave no thread.
    #[error("no thread could be started: {0}")]
    Thread(#[from] std::io::Error),
}

/// A running shell. Dropping it tells its threads to end, and does not wait for them; [`Self::stop`] does.
pub struct Ingest {
    monitor: Arc<Monitor>,
    threads: Vec<(&'static str, Receiver<()>)>,
}

/// Held by each thread: tells whether it has ended, and whether by a panic.
struct ThreadGuard {
    monitor: Arc<Monitor>,
    _ended: SyncSender<()>,
}

impl Ingest {
    /// Starts to read the topic from `range_start` on and to hand every record to `handler`. The topic should keep its
    /// records for `horizon_ms` milliseconds: if it is set to keep them for less, a warning in the status says so.
    ///
    /// # Errors
    /// [`StartError`]; none of its cases can be cured by waiting.
    pub fn start<H: RecordHandler + 'static>(
        settings: Settings,
        pace: IngestIntervals,
        clock: TimeSource,
        range_start: EventTime,
        horizon_ms: i64,
        handler: H,
    ) -> Result<Self, StartError> {
        settings.check()?;
        let settings = Arc::new(settings);
        let monitor = Arc::new(Monitor::new(clock, range_start));
        monitor.set_security(settings.warnings());
        let reader = Reader::new(Arc::clone(&settings), Arc::clone(&monitor), handler)?;
        let probe = Probe::new(Arc::clone(&settings), Arc::clone(&monitor), pace.probe_interval)?;
        let writer = DeadLetterThread::new(Arc::clone(&settings), Arc::clone(&monitor), pace.commit_interval)?;
        let preflight =
            TopicSettingsWatch::new(Arc::clone(&settings), Arc::clone(&monitor), horizon_ms, pace.settings_interval)?;
        let mut shell = Self { monitor, threads: Vec::new() };
        shell.spawn("kafka-reader", move || reader.run())?;
        shell.spawn("kafka-probe", move || probe.run())?;
        shell.spawn("kafka-dead-letters", move || writer.run())?;
        shell.spawn("kafka-preflight", move || preflight.run())?;
        // It leaves nothing undone, so a stop need not wait until the broker has answered it.
        shell.threads.pop();
        Ok(shell)
    }

    /// What the shell knows; outlives it.
    #[must_use]
    pub fn monitor(&self) -> Arc<Monitor> {
        Arc::clone(&self.monitor)
    }

    /// Ends reading, writes the dead letters that wait and commits the frontier. Takes little more than 3 s: what a
    /// broker that hangs does not acknowledge by then is left for the next process, which finds it again.
    pub fn stop(self) {
        self.monitor.stop();
        let deadline = Instant::now() + STOP_WITHIN;
        for (name, ended) in &self.threads {
            let left = deadline.saturating_duration_since(Instant::now());
            if ended.recv_timeout(left) == Err(RecvTimeoutError::Timeout) {
                tracing::warn!("the thread {name} has not ended in time and is left behind");
            }
        }
    }

    fn spawn(&mut self, name: &'static str, work: impl FnOnce() + Send + 'static) -> std::io::Result<()> {
        let (sender, ended) = sync_channel(0);
        let presence = ThreadGuard { monitor: self.monitor(), _ended: sender };
        std::thread::Builder::new().name(name.to_owned()).spawn(move || {
            let _presence = presence;
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
