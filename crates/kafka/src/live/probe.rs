//! The thread that asks once a second where the log ends. It makes an idle topic complete, and a hung broker not.
//!
//! Each probe notes the clock *before* it asks. Every record published before that moment is before the ends that
//! come back. Once those ends are read, every such record is known. A probe without an answer proves nothing, so
//! `complete_until` stays where it is until the broker answers again.
//!
//! Each probe also asks which topics there are and for their ids. Another id means that the topic was deleted and
//! recreated, and that what was read says nothing about the log that is there now; see `reader`. An end before what was
//! read means the same.
//!
//! The ends include open transactions: after the first record of such a transaction there may be acknowledged records
//! of other producers, which the reader gets only when the transaction ends.

use std::sync::Arc;
use std::time::{Duration, Instant};

use ensilinja_model::EventTime;
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::error::KafkaError;

use crate::broker_queries::{ANSWER_TIMEOUT, BrokerQueries, QueryError};
use crate::client_log::ClientLog;
use crate::diagnostics::broker_failure::explain;
use crate::diagnostics::open_transactions::{OpenTransaction, OpenTransactionTracker, open_transaction_remedy};
use crate::live::active_log::ActiveTopic;
use crate::live::conditions::Asker;
use crate::live::log_change::{LogChange, TopicChange};
use crate::live::monitor::Monitor;
use crate::live::probes_in_a_row::ProbesInARow;
use crate::live::repairs::{Repairs, has_fewer};
use crate::live::stalls::Stalls;
use crate::live::waiting_for_repairs::WaitingForRepairs;
use crate::partition_progress::PartitionProgress;
use crate::partition_start::LiveRange;
use crate::recent_errors::collect_errors;
use crate::settings::Settings;
use crate::topic_choice::{ChosenPartition, TopicChooser};

/// The pause between two looks at the reader's progress, while it has not reached the ends of a probe.
const PROGRESS_PAUSE: Duration = Duration::from_millis(5);

/// The pause between two looks whether reading has begun.
const BEGIN_PAUSE: Duration = Duration::from_millis(20);

/// How often the thread looks whether to stop.
const STOP_PAUSE: Duration = Duration::from_millis(100);

/// A partition that has not reached its end after this part of the interval (1/8) may have offsets without records.
const SHORT_AFTER_PART: u32 = 8;

/// After this many probes in a row with fewer partitions than before, a topic counts as recreated, even where the
/// brokers tell no id. A single such probe proves nothing: the broker may not yet know of partitions that were just
/// added.
const PROBES_TO_BE_SURE: u32 = 5;

/// Probes until the monitor says stop.
pub(crate) struct Probe {
    settings: Arc<Settings>,
    chooser: Arc<TopicChooser>,
    monitor: Arc<Monitor>,
    interval: Duration,
    consumer: BaseConsumer<ClientLog>,
    /// Asks for stable ends: those before the first record of an open transaction.
    stable: BaseConsumer<ClientLog>,
    fewer_partitions: ProbesInARow,
    waiting: WaitingForRepairs,
    stalls: Stalls,
    transactions: OpenTransactionTracker,
}

impl Probe {
    pub(crate) fn new(
        settings: Arc<Settings>,
        chooser: Arc<TopicChooser>,
        monitor: Arc<Monitor>,
        interval: Duration,
    ) -> Result<Self, KafkaError> {
        let mut config = settings.query_client();
        config.set("isolation.level", "read_uncommitted");
        // It also asks what the group has committed for topics that are found later.
        let stable = settings.reader().create_with_context(ClientLog::new("transactions"))?;
        let consumer = config.create_with_context(ClientLog::new("probe"))?;
        Ok(Self {
            settings,
            chooser,
            monitor,
            interval,
            consumer,
            stable,
            fewer_partitions: ProbesInARow::default(),
            waiting: WaitingForRepairs::default(),
            stalls: Stalls::default(),
            transactions: OpenTransactionTracker::default(),
        })
    }

    pub(crate) fn run(mut self) {
        while !self.monitor.is_stopping() {
            // Until the reader has begun, with this log or with its replacement, the reader reports what is wrong. Then
            // the first probe is due at once, because nothing is complete before it.
            let has_begun = !self.monitor.partitions().is_empty() && !self.monitor.has_log_change();
            let next = Instant::now() + if has_begun { self.interval } else { BEGIN_PAUSE };
            if has_begun {
                let result = self.probe(next);
                let is_answered = result.is_ok();
                if is_answered {
                    self.stalls.check(&self.monitor.partitions(), Instant::now());
                }
                let error = result.unwrap_or_else(Some);
                self.monitor.set_query_error(
                    Asker::Probe,
                    error.map(|error| {
                        collect_errors(&self.consumer);
                        explain(&error, self.consumer.context().recent_errors(), &self.settings)
                    }),
                );
                self.waiting.check(&self.monitor.partitions(), Instant::now());
                if is_answered {
                    self.consumer.context().recent_errors().clear();
                }
            }
            // Lets both clients write their log lines. Nothing is assigned, so no record comes. The timeout is zero,
            // because the client library waits by the wall clock: set back by an hour, a wait would last an hour.
            self.stable.poll(Duration::ZERO);
            self.consumer.poll(Duration::ZERO);
            while Instant::now() < next && !self.monitor.is_stopping() {
                let left = next.saturating_duration_since(Instant::now());
                std::thread::sleep(left.min(STOP_PAUSE));
            }
        }
    }

    /// One probe: asks for the ends, and watches the reader reach them until the next probe is due. Returns the first
    /// error about a topic without which figures are complete.
    fn probe(&mut self, next: Instant) -> Result<Option<QueryError>, QueryError> {
        let began = (self.monitor.clock)();
        let log = self.monitor.active_log();
        let queries = BrokerQueries { consumer: &self.consumer, timeout: ANSWER_TIMEOUT };
        let found = queries.topics(&self.chooser)?;
        let mut repairs = Repairs::default();
        let counts = repairs.counts(&found, &log)?;
        let fewer: Vec<&ActiveTopic> = log.topics.iter().filter(|topic| has_fewer(topic, &log, &counts)).collect();
        self.fewer_partitions.update(fewer.iter().map(|active| active.topic.name.as_str()));
        let is_sure = |topic: &str| self.fewer_partitions.count(topic) >= PROBES_TO_BE_SURE;
        let changes = repairs.fewer_partitions(&queries, &found, &log, &fewer, &is_sure, &self.monitor)?;
        if !changes.is_empty() || fewer.iter().any(|active| active.topic.holds_back()) {
            self.monitor.set_log_changes(&log.partitions, changes);
            return Ok(repairs.error);
        }
        let read_before: Vec<i64> = log.partitions.iter().map(|partition| partition.read_to()).collect();
        let ends = repairs.ends(&queries, &log, &counts)?;
        // After the ends: no id is used twice. If the ids are still those of the logs that were read, so are the ends.
        let mut changes = repairs.recreated(&queries, found.broker, &log, &self.monitor)?;
        for (partition, (end, read)) in log.partitions.iter().zip(ends.iter().zip(read_before)) {
            if end.is_some_and(|end| end < read) && changes.iter().all(|known| known.topic != partition.of.topic.name) {
                let topic = partition.of.topic.name.clone();
                changes.push(TopicChange { topic, change: LogChange::RecordsLost });
            }
        }
        if !changes.is_empty() {
            self.monitor.set_log_changes(&log.partitions, changes);
            return Ok(repairs.error);
        }
        // Of stable ends: the reader reads no open transaction.
        let stable = BrokerQueries { consumer: &self.stable, timeout: ANSWER_TIMEOUT };
        let range = LiveRange { from: self.monitor.range_start(), now: began };
        let unread = repairs.unread(&queries, &stable, found.broker, &log, &counts, range)?;
        if !unread.is_empty() {
            let holds_back = unread.iter().any(|unread| unread.start.partition.topic.holds_back());
            self.monitor.set_unread(&log.partitions, unread);
            if holds_back {
                // Nothing is complete before the new partitions are read. The next probe includes them.
                return Ok(repairs.error);
            }
        }
        let asked = log.partitions.iter().zip(ends).filter_map(|(partition, end)| Some((Arc::clone(partition), end?)));
        self.watch_progress(&asked.collect::<Vec<_>>(), began, next)?;
        Ok(repairs.error)
    }

    /// Watches the reader until it has reached the ends or the next probe is due.
    fn watch_progress(
        &mut self,
        partitions: &[(Arc<PartitionProgress>, i64)],
        began: EventTime,
        next: Instant,
    ) -> Result<(), QueryError> {
        let answered = Instant::now();
        let mut checked_short = false;
        loop {
            let unread = partitions.iter().filter(|(partition, end)| !partition.observe(began, *end)).count();
            if unread == 0 {
                self.report_open_transactions(&[]);
            }
            if unread == 0 || Instant::now() >= next || self.monitor.is_stopping() {
                return Ok(());
            }
            if !checked_short && answered.elapsed() >= self.interval / SHORT_AFTER_PART {
                checked_short = true;
                self.check_short_partitions(partitions)?;
            }
            std::thread::sleep(PROGRESS_PAUSE);
        }
    }

    /// Partitions that stop short of their end: refetches those that have not reached their stable end, and reports
    /// the open transactions that hold the others back.
    fn check_short_partitions(&mut self, partitions: &[(Arc<PartitionProgress>, i64)]) -> Result<(), QueryError> {
        let all = partitions.iter().map(|(partition, _)| partition);
        let short: Vec<&Arc<PartitionProgress>> = all.filter(|partition| partition.stops_short()).collect();
        if short.is_empty() {
            return Ok(());
        }
        let names: Vec<ChosenPartition> = short.iter().map(|partition| partition.of.clone()).collect();
        let stable_ends = BrokerQueries { consumer: &self.stable, timeout: ANSWER_TIMEOUT }.ends(&names)?;
        let mut held = Vec::new();
        for (partition, stable_end) in short.into_iter().zip(stable_ends) {
            partition.observe_stable_end(stable_end);
            if partition.stops_short() && stable_end < partition.end() {
                held.push((partition.of.clone(), stable_end));
            }
        }
        self.report_open_transactions(&held);
        Ok(())
    }

    /// `held` has the partitions that open transactions hold back now, each with its stable end.
    fn report_open_transactions(&mut self, held: &[(ChosenPartition, i64)]) {
        let brokers = &self.settings.bootstrap_servers;
        let longest = self.transactions.update(held.iter().cloned(), Instant::now());
        self.monitor.set_open_transaction(longest.map(|open| {
            let OpenTransaction { partition, offset, .. } = &open;
            let remedy = open_transaction_remedy(brokers, &partition.topic.name, partition.number, *offset);
            let text = format!("an open transaction holds {partition} back from offset {offset} on: {remedy}");
            (open, text)
        }));
    }
}
