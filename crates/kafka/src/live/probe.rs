//! The thread that asks once a second where the log ends. It makes an idle topic complete, and a hung broker not.
//!
//! Each probe notes the clock *before* it asks. Every record published before that moment is before the ends that
//! come back. Once those ends are read, every such record is known. A probe without an answer proves nothing, so
//! `complete_until` stays where it is until the broker answers again.
//!
//! Each probe also asks for the topic id. Another id means that the topic was deleted and recreated, and that what was
//! read says nothing about the log that is there now; see `reader`. An end before what was read means the same.
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
use crate::live::log_change::LogChange;
use crate::live::monitor::Monitor;
use crate::live::stalls::Stalls;
use crate::partition_progress::PartitionProgress;
use crate::recent_errors::collect_errors;
use crate::settings::Settings;

/// The pause between two looks at the reader's progress, while it has not reached the ends of a probe.
const PROGRESS_PAUSE: Duration = Duration::from_millis(5);

/// The pause between two looks whether reading has begun.
const BEGIN_PAUSE: Duration = Duration::from_millis(20);

/// How often the thread looks whether to stop.
const STOP_PAUSE: Duration = Duration::from_millis(100);

/// A partition that has not reached its end after this part of the interval (1/8) may have offsets without records.
const SHORT_AFTER_PART: u32 = 8;

/// After this many probes with fewer partitions than before, the topic counts as recreated, even where the brokers tell
/// no id. A single such probe proves nothing: the broker may not yet know of partitions that were just added.
const PROBES_WITH_FEWER_PARTITIONS: u32 = 5;

/// Probes until the monitor says stop.
pub(crate) struct Probe {
    settings: Arc<Settings>,
    monitor: Arc<Monitor>,
    interval: Duration,
    consumer: BaseConsumer<ClientLog>,
    /// Asks for stable ends: those before the first record of an open transaction.
    stable: BaseConsumer<ClientLog>,
    probes_with_fewer_partitions: u32,
    stalls: Stalls,
    transactions: OpenTransactionTracker,
}

impl Probe {
    pub(crate) fn new(settings: Arc<Settings>, monitor: Arc<Monitor>, interval: Duration) -> Result<Self, KafkaError> {
        let mut config = settings.query_client();
        let stable = config.create_with_context(ClientLog::new("transactions"))?;
        config.set("isolation.level", "read_uncommitted");
        let consumer = config.create_with_context(ClientLog::new("probe"))?;
        Ok(Self {
            settings,
            monitor,
            interval,
            consumer,
            stable,
            probes_with_fewer_partitions: 0,
            stalls: Stalls::default(),
            transactions: OpenTransactionTracker::default(),
        })
    }

    pub(crate) fn run(mut self) {
        while !self.monitor.is_stopping() {
            // Until the reader has begun, with this log or with its replacement, the reader reports what is wrong. Then
            // the first probe is due at once, because nothing is complete before it.
            let has_begun = !self.monitor.partitions().is_empty() && self.monitor.log_change().is_none();
            let next = Instant::now() + if has_begun { self.interval } else { BEGIN_PAUSE };
            if has_begun {
                match self.probe(next) {
                    Ok(()) => {
                        self.monitor.set_query_error(None);
                        self.consumer.context().recent_errors().clear();
                        self.stalls.check(&self.settings.first().name, &self.monitor.partitions(), Instant::now());
                    }
                    Err(error) => {
                        collect_errors(&self.consumer);
                        let recent_errors = self.consumer.context().recent_errors();
                        self.monitor.set_query_error(Some(explain(&error, recent_errors, &self.settings)));
                    }
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

    /// One probe: asks for the ends, and watches the reader reach them until the next probe is due.
    fn probe(&mut self, next: Instant) -> Result<(), QueryError> {
        let began = (self.monitor.clock)();
        let queries =
            BrokerQueries { consumer: &self.consumer, topic: &self.settings.first().name, timeout: ANSWER_TIMEOUT };
        let partitions = self.monitor.partitions();
        let (count, broker) = queries.partition_count_and_broker()?;
        if count < partitions.len() {
            self.probes_with_fewer_partitions += 1;
            if !self.is_same_topic(&queries, broker, &partitions)?
                || self.probes_with_fewer_partitions == PROBES_WITH_FEWER_PARTITIONS
            {
                self.probes_with_fewer_partitions = 0;
                self.monitor.set_log_change(&self.settings.first().name, &partitions, LogChange::Recreated);
            }
            return Ok(());
        }
        self.probes_with_fewer_partitions = 0;
        let read_before: Vec<i64> = partitions.iter().map(|partition| partition.read_to()).collect();
        let ends = queries.ends(partitions.len())?;
        // After the ends: no id is used twice. If the id is still that of the log that was read, so are the ends.
        if !self.is_same_topic(&queries, broker, &partitions)? {
            self.monitor.set_log_change(&self.settings.first().name, &partitions, LogChange::Recreated);
            return Ok(());
        }
        if ends.iter().zip(read_before).any(|(&end, read)| end < read) {
            self.monitor.set_log_change(&self.settings.first().name, &partitions, LogChange::RecordsLost);
            return Ok(());
        }
        if count > partitions.len() {
            // Nothing is complete before the new partitions are read. The next probe includes them.
            self.monitor.set_partitions_known(&partitions, count);
            return Ok(());
        }
        self.watch_progress(&partitions, &ends, began, next)
    }

    /// Watches the reader until it has reached the ends or the next probe is due.
    fn watch_progress(
        &mut self,
        partitions: &[Arc<PartitionProgress>],
        ends: &[i64],
        began: EventTime,
        next: Instant,
    ) -> Result<(), QueryError> {
        let answered = Instant::now();
        let mut checked_short = false;
        loop {
            let unread =
                partitions.iter().zip(ends).filter(|&(partition, &end)| !partition.observe(began, end)).count();
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

    /// Whether the topic is still that of `partitions`, as far as its id tells.
    fn is_same_topic(
        &self,
        queries: &BrokerQueries<'_>,
        broker: i32,
        partitions: &[Arc<PartitionProgress>],
    ) -> Result<bool, QueryError> {
        Ok(self.monitor.accept_topic_id(partitions, queries.topic_id(broker)?))
    }

    /// Partitions that stop short of their end: refetches those that have not reached their stable end, and reports
    /// the open transactions that hold the others back.
    fn check_short_partitions(&mut self, partitions: &[Arc<PartitionProgress>]) -> Result<(), QueryError> {
        if partitions.iter().any(|partition| partition.stops_short()) {
            let (consumer, topic) = (&self.stable, self.settings.first().name.as_str());
            let stable_ends = BrokerQueries { consumer, topic, timeout: ANSWER_TIMEOUT }.ends(partitions.len())?;
            let mut held = Vec::new();
            for (number, (partition, stable_end)) in partitions.iter().zip(stable_ends).enumerate() {
                partition.observe_stable_end(stable_end);
                if partition.stops_short() && stable_end < partition.end() {
                    held.push((number, stable_end));
                }
            }
            self.report_open_transactions(&held);
        }
        Ok(())
    }

    /// `held` has the partitions that open transactions hold back now, each with its stable end.
    fn report_open_transactions(&mut self, held: &[(usize, i64)]) {
        let (topic, brokers) = (&self.settings.first().name, &self.settings.bootstrap_servers);
        let longest = self.transactions.update(held.iter().copied(), Instant::now());
        self.monitor.set_open_transaction(longest.map(|open| {
            let OpenTransaction { partition, offset, .. } = open;
            let remedy = open_transaction_remedy(brokers, topic, partition, offset);
            (open, format!("an open transaction holds {topic}/{partition} back from offset {offset} on: {remedy}"))
        }));
    }
}
