//! The processor: Kafka on one side, HTTP on the other, the ledger in between.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use ensilinja_catalogue::{Exposition, Hazards, LineInfo, PartitionState, Readiness, Snapshot};
use ensilinja_kafka::{Ingest, IngestIntervals, IngestStatus, LogChange, Monitor, PartitionStatus, SecurityRisk};
use ensilinja_ledger::{Intraday, Ledger};
use ensilinja_model::{Channel, EventTime, LineId, printable};
use ensilinja_serve::{AllowedHosts, Build, Pipeline, Routes, Server, ServerLimits, SnapshotSource};
use ensilinja_wire::{Decoder, Oddity, Reason};

use crate::clock::{ClockStanding, LiveClock};
use crate::history::{Coverage, HistoryEvidence, HistorySource};
use crate::intake::{Intake, Learnt, Shared};
use crate::kafka_settings::kafka_settings;
use crate::open_files;
use ensilinja_clock::{ClockState, clock_trouble, is_complete, is_up_to_date, shown_at};
use ensilinja_config::{Config, HostName, Line, ServerSettings};

/// What is running. The revision is known to builds that are told it, such as the image's.
const BUILD: Build = Build {
    version: env!("CARGO_PKG_VERSION"),
    revision: match option_env!("ENSILINJA_REVISION") {
        Some(revision) => revision,
        None => "unknown",
    },
};

/// How often the figures are read though nobody asks.
const SECONDS_BETWEEN_READS: u64 = 60;

/// A processor that reads and listens.
pub struct Processor {
    shell: Ingest,
    server: Server,
    routes: Arc<Routes>,
    truth: Arc<Truth>,
}

impl Processor {
    /// Starts to read, and listens. Brokers that do not answer are not an error: readiness tells of them.
    ///
    /// # Errors
    /// If the address cannot be listened on, or the system gives no randomness, thread or client.
    pub fn start(config: &Config, clock: LiveClock, pace: IngestIntervals) -> anyhow::Result<Self> {
        let server = Server::bind(config.server.listen)?;
        let started = clock.now();
        let rules = config.rules(started);
        let (range_start, horizon_ms) = (rules.range_start(started), rules.horizon_ms());
        let reasons: Vec<&'static str> = Reason::ALL.iter().map(|reason| reason.as_str()).collect();
        let oddities: Vec<&'static str> = Oddity::ALL.iter().map(|oddity| oddity.as_str()).collect();
        let pipeline = Arc::new(Pipeline::new(BUILD, &reasons, &oddities));
        let cards = config.lines.iter().map(card).collect();
        let exposition = Exposition::new(cards, rules.bounds());
        let hours_known_until = rules.lines().iter().map(|line| line.hours.known_until());
        let calendar_valid_until = hours_known_until.fold(rules.days().valid_until(), Ord::min);
        let channels = config.lines.iter().map(|line| line.channel).collect();
        let config_of_rules = config.clone();
        let new_ledger = Box::new(move |now| {
            let rules = config_of_rules.rules(now);
            (Ledger::new(rules.clone(), now), rules)
        });
        let learnt = Arc::new(Shared::new(new_ledger, started, channels, Arc::clone(&pipeline), clock.clone()));
        let ids: Vec<LineId> = config.lines.iter().map(|line| line.id.clone()).collect();
        let decoder = Decoder::new(&ids, random_key()?);
        let intake = Intake::new(decoder, Arc::clone(&learnt)).context("the system gives no thread")?;
        let shell = Ingest::start(kafka_settings(&config.kafka), pace, clock.clock(), range_start, horizon_ms, intake)?;
        let truth = Arc::new(Truth {
            learnt,
            monitor: shell.monitor(),
            clock,
            calendar_valid_until,
            latest_shown: Mutex::new((0, EventTime::MIN)),
        });
        let source = Arc::clone(&truth) as Arc<dyn SnapshotSource>;
        let routes = Routes::new(exposition, config.zone_name().to_owned(), pipeline, source);
        let routes = Arc::new(routes.answering_to(allowed_hosts(&config.server)));
        Ok(Self { shell, server, routes, truth })
    }

    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// Serves until `stop` is done, then ends within five seconds: what Kafka has not acknowledged by then is found
    /// again by the next process.
    ///
    /// # Errors
    /// If a thread that reads has died. Whoever started the process should start another.
    pub async fn serve(self, stop: impl Future<Output = ()>) -> anyhow::Result<()> {
        let monitor = self.shell.monitor();
        let stop_or_failure = async {
            tokio::select! {
                () = stop => {}
                () = tend(&monitor, &self.truth) => {}
            }
        };
        let limits = ServerLimits::default();
        let limits = ServerLimits { connections: open_files::make_room(limits.connections), ..limits };
        self.server.serve(self.routes, limits, stop_or_failure).await;
        let shell = self.shell;
        // The shell waits for its threads, which the runtime's threads must not.
        let stopped = tokio::task::spawn_blocking(move || shell.stop()).await;
        stopped.context("the Kafka shell did not stop in order")?;
        anyhow::ensure!(!monitor.failed(), "a thread that reads Kafka has died of a bug; the log says where");
        Ok(())
    }
}

/// Done when a thread of the shell has died. Until then it looks after the clock, and reads the figures now and then
/// even without a request: reading is what lets the ledger forget.
async fn tend(monitor: &Monitor, truth: &Arc<Truth>) {
    let mut trouble = None;
    for second in 1_u64.. {
        tokio::time::sleep(Duration::from_secs(1)).await;
        if monitor.failed() {
            return;
        }
        trouble = truth.look_after_the_clock(trouble);
        if second.is_multiple_of(SECONDS_BETWEEN_READS) {
            let truth = Arc::clone(truth);
            // A read that dies has broken the lock, and the reader dies of that.
            let _ = tokio::task::spawn_blocking(move || truth.snapshot()).await;
        }
    }
}

/// The key under which contact ids are hashed: another for each process, and never shown.
///
/// # Errors
/// If the system gives no randomness.
pub fn random_key() -> anyhow::Result<[u8; 16]> {
    let mut key = [0; 16];
    getrandom::fill(&mut key).context("the system gives no randomness")?;
    Ok(key)
}

/// The host names that requests may be for.
fn allowed_hosts(server: &ServerSettings) -> AllowedHosts {
    let names = server.allowed_hosts.iter().flatten().map(HostName::as_str);
    if server.allowed_hosts.is_some() { AllowedHosts::only(names) } else { AllowedHosts::default() }
}

/// What a line is called and how its figures are read, as it is configured.
#[must_use]
pub fn card(line: &Line) -> LineInfo {
    LineInfo {
        id: line.id.clone(),
        channel: line.channel,
        name_fi: line.name.fi.clone(),
        name_sv: line.name.sv.clone(),
        name_en: line.name.en.clone(),
        group: line.group.clone(),
        service_area: line.service_area.clone(),
        service_level: line.goals.service_level,
        targets: line.goals.targets.clone(),
    }
}

/// What is true now, as far as it is known.
struct Truth {
    learnt: Arc<Shared>,
    monitor: Arc<Monitor>,
    clock: LiveClock,
    calendar_valid_until: EventTime,
    /// What the figures of which log were last shown for: within a log they never go back.
    latest_shown: Mutex<(u32, EventTime)>,
}

impl Truth {
    /// Figures of this log were shown for `as_of`.
    fn note_shown(&self, log: u32, as_of: EventTime) {
        let mut latest = self.latest_shown.lock().unwrap_or_else(PoisonError::into_inner);
        *latest = (*latest).max((log, as_of));
    }

    /// What the figures of this log were last shown for.
    fn latest_shown(&self, log: u32) -> EventTime {
        let (of, at) = *self.latest_shown.lock().unwrap_or_else(PoisonError::into_inner);
        if of == log { at } else { EventTime::MIN }
    }

    /// The state of reading, with what should be changed about what is read.
    fn status(&self) -> IngestStatus {
        let mut status = self.monitor.status();
        status.warnings.extend(self.learnt.stamps_warning());
        status
    }

    /// Lets the clock know whether all is read, and logs what is new of it. Takes and returns whether it is believed.
    fn look_after_the_clock(&self, was: Option<ClockState>) -> Option<ClockState> {
        let now = self.clock.now();
        let until = self.monitor.complete_until().filter(|_| self.monitor.rebuilt());
        self.clock.report_progress(until.is_some_and(|until| is_up_to_date(now, until)));
        let ClockStanding { state, steps } = self.clock.standing();
        let disbelieved_seconds = state.disbelieved_ms() / 1000;
        match (clock_trouble(state), was) {
            (Some(trouble), None) => tracing::error!(disbelieved_seconds, steps, "clock not believed: {trouble}"),
            (None, Some(_)) => tracing::warn!(steps, "clock believed again"),
            _ => {}
        }
        Some(state).filter(|state| *state != ClockState::Believed)
    }

    /// How far back history counts.
    fn coverage(&self, status: &IngestStatus, learnt: &Learnt) -> Coverage {
        let log = HistorySource::Topic {
            history: status.history,
            range_start: learnt.rules.range_start(learnt.started),
            watched_since: Some(learnt.started),
        };
        HistoryEvidence::of(log, self.learnt.first_events()).coverage(&learnt.rules, None)
    }
}

impl SnapshotSource for Truth {
    fn snapshot(&self) -> Snapshot {
        let status = self.status();
        let now = self.clock.now();
        let standing = self.clock.standing();
        let (figures, newest, coverage) = {
            let mut learnt = self.learnt.lock();
            let coverage = self.coverage(&status, &learnt);
            // What is learnt of one log is not shown with the state of another.
            let shown = shown(&status, now).filter(|_| learnt.log == status.log);
            (shown.map(|shown| learnt.ledger.figures(shown, coverage.history())), learnt.newest, coverage)
        };
        if let Some(figures) = &figures {
            self.note_shown(status.log, figures.as_of);
        }
        Snapshot {
            now,
            readiness: readiness(&status, figures.as_ref().map(|figures| figures.as_of), now, standing.state),
            figures,
            rebuild_progress: status.rebuild_progress,
            partitions: status.partitions.iter().map(state).collect(),
            dead_letters: Reason::ALL
                .iter()
                .filter(|reason| reason.goes_to_dead_letters())
                .map(|reason| reason.as_str())
                .map(|reason| (reason, status.dead_letters.get(reason).copied().unwrap_or(0)))
                .collect(),
            log_replaced: LogChange::ALL.map(LogChange::as_str).into_iter().zip(status.log_changes).collect(),
            complete_until: status.complete_until,
            history_start: (!status.partitions.is_empty()).then_some(coverage.begins),
            calendar_valid_until: Some(self.calendar_valid_until),
            clock_disbelieved_ms: standing.state.disbelieved_ms(),
            clock_steps: standing.steps,
            newest_events: Channel::ALL
                .iter()
                .filter_map(|channel| newest[*channel as usize].map(|at| (*channel, at)))
                .collect(),
            hazards: hazards(&status),
        }
    }

    fn intraday(&self) -> Option<Intraday> {
        let status = self.monitor.status();
        let now = self.clock.now();
        let shown = shown(&status, now)?;
        let mut learnt = self.learnt.lock();
        let history = self.coverage(&status, &learnt).history();
        (learnt.log == status.log).then(|| learnt.ledger.intraday(shown, history))
    }

    fn readiness(&self) -> Readiness {
        let status = self.status();
        let now = self.clock.now();
        let latest = self.latest_shown(status.log);
        readiness(&status, shown(&status, now).map(|shown| shown.max(latest)), now, self.clock.standing().state)
    }
}

/// The instant that figures can be shown for; `None` until they have been rebuilt.
fn shown(status: &IngestStatus, now: EventTime) -> Option<EventTime> {
    status.complete_until.filter(|_| status.rebuilt).map(|until| shown_at(now, until))
}

/// Whether the figures as of `shown` are complete `now`, by a clock in this state, and why not.
fn readiness(status: &IngestStatus, shown: Option<EventTime>, now: EventTime, clock: ClockState) -> Readiness {
    let mut reasons = status.not_ready.clone();
    let trouble = clock_trouble(clock);
    let is_believed = trouble.is_none();
    reasons.extend(trouble);
    let known = [status.complete_until, shown];
    let is_recent = known.iter().all(|until| until.is_some_and(|until| is_complete(now, until)));
    if let Some(until) = known.into_iter().flatten().min().filter(|_| status.rebuilt && !is_recent) {
        reasons.push(match now.millis_since(until) {
            behind_ms @ 0.. => format!("everything is known only up to {} s ago", behind_ms / 1000),
            ahead_ms => format!("the clock was set back by {} s: figures never go back", -ahead_ms / 1000),
        });
    }
    reasons.extend(status.warnings.iter().cloned());
    // Some of them repeat what brokers say.
    let reasons = reasons.iter().map(|reason| printable(reason).into_owned()).collect();
    Readiness { complete: is_recent && is_believed && !status.failed, reasons }
}

fn hazards(status: &IngestStatus) -> Hazards {
    let settings = status.topic_settings.iter();
    let risks = SecurityRisk::ALL.iter();
    Hazards {
        dead_letters_waiting: status.dead_letters_waiting,
        dead_letters_blocked_seconds: status.dead_letters_blocked.as_secs_f64(),
        topic_settings: settings.map(|its| (its.topic.as_str(), its.setting.clone(), its.is_wrong)).collect(),
        insecure: risks.map(|risk| (risk.as_str(), status.insecure.contains(risk))).collect(),
    }
}

fn state(status: &PartitionStatus) -> PartitionState {
    PartitionState { lag_messages: status.lag_messages, lag_seconds: status.lag_seconds, ready: status.ready }
}
