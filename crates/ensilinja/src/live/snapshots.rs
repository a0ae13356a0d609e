//! What the live process shows: snapshots of the ledger as of an instant that is complete, and readiness.

mod look_back;

use std::sync::{Arc, Mutex, PoisonError};

use ensilinja_catalogue::{
    ContactList, DayComparison, Hazards, LineInfo, MemoryUse, PartitionState, Readiness, Snapshot, own_shard,
};
use ensilinja_clock::{ClockState, clock_trouble, is_complete, is_up_to_date, shown_at};
use ensilinja_config::Config;
use ensilinja_kafka::{IngestStatus, LogChange, Monitor, PartitionStatus, SecurityRisk};
use ensilinja_ledger::Intraday;
use ensilinja_lookback::{Coverage, HistoryEvidence, HistorySource};
use ensilinja_model::{Channel, EventTime, printable};
use ensilinja_serve::{ContactsQuestion, ContactsRefusal, Memory, PastFigures, SnapshotSource};
use ensilinja_wire::Reason;
use jiff::tz::TimeZone;

use super::ledger::{LiveLedger, SharedLedger};
use super::memory::{MemoryGauge, nearly_full};
use super::web_watch::WebWatch;
use crate::clock::{ClockStanding, LiveClock};

/// The source of live snapshots.
pub(super) struct LiveSource {
    shared: Arc<SharedLedger>,
    monitor: Arc<Monitor>,
    clock: LiveClock,
    calendar_valid_until: EventTime,
    web: Arc<WebWatch>,
    /// The lines.
    infos: Vec<LineInfo>,
    /// Every shard, and whether it is that of this process.
    shards: Vec<(String, bool)>,
    memory: MemoryGauge,
    /// Their time zone.
    zone: TimeZone,
    /// Whether contacts may be listed.
    lists_contacts: bool,
    /// The number of a log, and the instant that its figures were last shown for. Within a log it never goes back.
    latest_shown: Mutex<(u32, EventTime)>,
}

impl LiveSource {
    /// Shows the figures of `shared`, as far as `monitor` says that they are complete by `clock`. They are those of the
    /// lines of `config`.
    pub(super) fn new(
        shared: Arc<SharedLedger>,
        monitor: Arc<Monitor>,
        clock: LiveClock,
        calendar_valid_until: EventTime,
        web: Arc<WebWatch>,
        config: &Config,
    ) -> Self {
        Self {
            shared,
            monitor,
            clock,
            calendar_valid_until,
            web,
            infos: config.own_lines().into_iter().map(|line| config.lines[line].info()).collect(),
            shards: config.shard_names().map(|(name, is_own)| (name.to_owned(), is_own)).collect(),
            memory: MemoryGauge::new(config.server.memory_limit),
            zone: config.zone.clone(),
            lists_contacts: config.server.contacts,
            latest_shown: Mutex::new((0, EventTime::MIN)),
        }
    }

    /// The time by the clock of the process.
    pub(super) fn now(&self) -> EventTime {
        self.clock.now()
    }

    /// Notes that figures of this log were shown for `as_of`.
    fn note_shown(&self, log: u32, as_of: EventTime) {
        let mut latest = self.latest_shown.lock().unwrap_or_else(PoisonError::into_inner);
        *latest = (*latest).max((log, as_of));
    }

    /// The instant that figures of this log were last shown for.
    fn latest_shown(&self, log: u32) -> EventTime {
        let (of, at) = *self.latest_shown.lock().unwrap_or_else(PoisonError::into_inner);
        if of == log { at } else { EventTime::MIN }
    }

    /// The state of reading, with warnings about the records.
    fn status(&self) -> IngestStatus {
        let mut status = self.monitor.status();
        status.warnings.extend(self.shared.timestamp_warnings().values().cloned());
        status.warnings.extend(self.memory.read().and_then(|memory| nearly_full(&memory)));
        status
    }

    /// Reports to the clock whether all is read, and logs whether it is trusted if that has changed. Takes and returns
    /// the state of a clock that is not trusted.
    pub(super) fn check_clock(&self, was: Option<ClockState>) -> Option<ClockState> {
        let now = self.clock.now();
        let until = self.monitor.complete_until().filter(|_| self.monitor.rebuilt());
        self.clock.report_progress(until.is_some_and(|until| is_up_to_date(now, until)));
        let ClockStanding { state, steps } = self.clock.standing();
        let disbelieved_seconds = state.disbelieved_ms() / 1000;
        match (clock_trouble(state), was) {
            (Some(reason), None) => tracing::error!(disbelieved_seconds, steps, reason, "clock not trusted"),
            (None, Some(_)) => tracing::warn!(steps, "clock trusted again"),
            _ => {}
        }
        Some(state).filter(|state| *state != ClockState::Trusted)
    }

    /// Finds out whether it is known where the log begins, whatever events are still to come.
    pub(super) fn check_beginning(&self) {
        let status = self.monitor.status();
        let live = self.shared.catch_up();
        if live.log == status.log {
            let is_known = !status.partitions.is_empty();
            let is_settled = is_known && !history_source(&status, &live).is_told_by_events();
            self.shared.settle_beginning(&live, is_settled);
        }
    }

    /// Since when history is known.
    fn coverage(&self, status: &IngestStatus, ledger: &LiveLedger) -> Coverage {
        let log = history_source(status, ledger);
        HistoryEvidence::of(log, self.shared.first_events()).coverage(&ledger.rules, None)
    }
}

impl LiveSource {
    /// The state of the pipeline, without figures and without a judgement on them.
    fn without_figures(
        &self,
        status: &IngestStatus,
        now: EventTime,
        coverage: &Coverage,
        newest: &[Option<EventTime>],
    ) -> Snapshot {
        let standing = self.clock.standing();
        Snapshot {
            now,
            readiness: Readiness::default(),
            figures: None,
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
            hazards: Hazards { web_file: self.web.state(), ..hazards(status, self.memory.read()) },
            shards: self.shards.clone(),
        }
    }
}

impl SnapshotSource for LiveSource {
    fn snapshot(&self) -> Snapshot {
        let status = self.status();
        let now = self.clock.now();
        let (figures, newest, coverage) = {
            let mut live = self.shared.catch_up();
            let coverage = self.coverage(&status, &live);
            // Figures of one log are not shown with the state of another.
            let shown = shown(&status, now).filter(|_| live.log == status.log);
            (shown.map(|shown| live.ledger.figures(shown, coverage.history())), live.newest, coverage)
        };
        if let Some(figures) = &figures {
            self.note_shown(status.log, figures.as_of);
        }
        let as_of = figures.as_ref().map(|figures| figures.as_of);
        let readiness = readiness(&status, as_of, now, self.clock.standing().state);
        Snapshot { figures, readiness, ..self.without_figures(&status, now, &coverage, &newest) }
    }

    fn intraday(&self) -> Option<Intraday> {
        let status = self.monitor.status();
        let now = self.clock.now();
        let shown = shown(&status, now)?;
        let mut live = self.shared.catch_up();
        let history = self.coverage(&status, &live).history();
        (live.log == status.log).then(|| live.ledger.intraday(shown, history))
    }

    fn readiness(&self) -> Readiness {
        let status = self.status();
        let now = self.clock.now();
        let latest = self.latest_shown(status.log);
        readiness(&status, shown(&status, now).map(|shown| shown.max(latest)), now, self.clock.standing().state)
    }

    fn memory(&self) -> Memory {
        self.remembered()
    }

    fn past(&self, at: EventTime) -> Result<PastFigures, Memory> {
        self.figures_at(at)
    }

    fn days(&self, line: usize, at: Option<EventTime>) -> Result<DayComparison, Memory> {
        self.compared_days(line, at)
    }

    fn lists_contacts(&self) -> bool {
        self.lists_contacts
    }

    fn shard(&self) -> Option<&str> {
        own_shard(&self.shards)
    }

    fn contacts(&self, question: &ContactsQuestion) -> Result<ContactList, ContactsRefusal> {
        self.contacts_of(question)
    }
}

/// What the log says about where it begins.
fn history_source(status: &IngestStatus, ledger: &LiveLedger) -> HistorySource {
    HistorySource::Topic {
        history: status.history,
        range_start: ledger.rules.range_start(ledger.started),
        watched_since: Some(ledger.started),
    }
}

/// The instant that figures can be shown for; `None` until they have been rebuilt.
fn shown(status: &IngestStatus, now: EventTime) -> Option<EventTime> {
    status.complete_until.filter(|_| status.rebuilt).map(|until| shown_at(now, until))
}

/// Whether figures for `shown` are complete at `now`, by a clock in this state, and why not.
fn readiness(status: &IngestStatus, shown: Option<EventTime>, now: EventTime, clock: ClockState) -> Readiness {
    let mut reasons = status.not_ready.clone();
    let trouble = clock_trouble(clock);
    let is_trusted = trouble.is_none();
    reasons.extend(trouble);
    let known = [status.complete_until, shown];
    let is_recent = known.iter().all(|until| until.is_some_and(|until| is_complete(now, until)));
    if let Some(until) = known.into_iter().flatten().min().filter(|_| status.rebuilt && !is_recent) {
        reasons.push(match now.millis_since(until) {
            behind_ms @ 0.. => format!("everything is known only up to {} s ago", behind_ms / 1000),
            ahead_ms => format!("the clock was set back by {} s: figures never go back", -ahead_ms / 1000),
        });
    }
    let complete = is_recent && is_trusted && !status.failed;
    if !complete && reasons.is_empty() {
        reasons.push("the brokers have not answered yet".to_owned());
    }
    reasons.extend(status.warnings.iter().cloned());
    // Some reasons quote brokers.
    let reasons = reasons.iter().map(|reason| printable(reason).into_owned()).collect();
    Readiness { complete, reasons }
}

fn hazards(status: &IngestStatus, memory: Option<MemoryUse>) -> Hazards {
    let settings = status.topic_settings.iter();
    let risks = SecurityRisk::ALL.iter();
    Hazards {
        dead_letters_waiting: status.dead_letters_waiting,
        dead_letters_blocked_seconds: status.dead_letters_blocked.as_secs_f64(),
        topic_settings: settings.map(|its| (Arc::clone(&its.topic), its.setting.clone(), its.is_wrong)).collect(),
        insecure: risks.map(|risk| (risk.as_str(), status.insecure.contains(risk))).collect(),
        memory,
        ..Hazards::default()
    }
}

fn state(status: &PartitionStatus) -> PartitionState {
    PartitionState {
        topic: Arc::clone(&status.topic),
        partition: status.partition,
        lag_messages: status.lag_messages,
        lag_seconds: status.lag_seconds,
        ready: status.ready,
    }
}
