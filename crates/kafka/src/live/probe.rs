//! The thread that asks, once a second, where the log ends: what makes an idle topic complete, and a hung broker not.
//!
//! Each probe remembers the clock *before* it asks. Whatever was published before that moment lies before the ends
//! that come back; once they are read, everything until then is known. No answer proves nothing, and so
//! `complete_until` stays where it was until the broker answers again.
//!
//! Each probe also asks for the topic's id. Where that is another one, the topic was deleted and made anew, and nothing
//! that was read says anything of the log that is there now: see `reader`. So does an end before what was read.
//!
//! The end that counts is that of all records, open transactions included: behind the first record of such a
//! transaction lie acknowledged records of others, which the reader does not get before the transaction ends.

use std::sync::Arc;
use std::time::{Duration, Instant};

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
use crate::recent_errors::drain_errors;
use crate::settings::Settings;

/// How often the reader's progress is looked at while it has not reached the ends of a probe.
const LOOK: Duration = Duration::from_millis(5);

/// How often it is looked whether reading has begun.
const LOOK_FOR_BEGINNING: Duration = Duration::from_millis(20);

/// A reader that has not reached an end after this part of the interval may have met offsets without records.
const DOUBT_AFTER_PART: u32 = 8;

/// A topic that has fewer partitions in so many probes has been made anew, also where its id does not tell. In the
/// first of them, a broker may not have heard yet of partitions that were just added.
const PROBES_WITH_FEWER_PARTITIONS: u32 = 5;

/// Probes until it is told to stop.
pub(crate) struct Probe {
    settings: Arc<Settings>,
    monitor: Arc<Monitor>,
    interval: Duration,
    consumer: BaseConsumer<ClientLog>,
    /// Asks where what can be read ends, which is before the first record of an open transaction.
    stable: BaseConsumer<ClientLog>,
    probes_with_fewer_partitions: u32,
    stalls: Stalls,
    transactions: OpenTransactionTracker,
}

impl Probe {
    pub(crate) fn new(settings: Arc<Settings>, monitor: Arc<Monitor>, interval: Duration) -> Result<Self, KafkaError> {
        let mut config = settings.bystander();
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
            // Until the reader has begun, with this log or with the one that takes its place, it says what is in the
            // way. Then the first probe is due at once, for nothing is complete before it.
            let has_begun = !self.monitor.partitions().is_empty() && self.monitor.log_change().is_none();
            let next = Instant::now() + if has_begun { self.interval } else { LOOK_FOR_BEGINNING };
            if has_begun {
                match self.probe(next) {
                    Ok(()) => {
                        self.monitor.set_obstacle(None);
                        self.consumer.context().recent_errors().forget();
                        self.stalls.look(&self.monitor.partitions(), Instant::now());
                    }
                    Err(obstacle) => {
                        drain_errors(&self.consumer);
                        let recent_errors = self.consumer.context().recent_errors();
                        self.monitor.set_obstacle(Some(explain(&obstacle, recent_errors, &self.settings)));
                    }
                }
            }
            // Serves the clients' log lines; nothing else ever comes, for nothing is assigned.
            self.stable.poll(Duration::ZERO);
            // The client library waits by the wall clock: set back by an hour, a wait in it would last for an hour.
            self.consumer.poll(Duration::ZERO);
            while Instant::now() < next && !self.monitor.is_stopping() {
                let left = next.saturating_duration_since(Instant::now());
                std::thread::sleep(left.min(Duration::from_millis(100)));
            }
        }
    }

    /// One probe: asks, and watches the reader reach the ends until the next probe is due.
    fn probe(&mut self, next: Instant) -> Result<(), QueryError> {
        let began = (self.monitor.clock)();
        let queries = BrokerQueries { consumer: &self.consumer, topic: &self.settings.topic, timeout: ANSWER_TIMEOUT };
        let partitions = self.monitor.partitions();
        let (count, broker) = queries.partition_count_and_broker()?;
        if count < partitions.len() {
            self.probes_with_fewer_partitions += 1;
            if !self.is_same_topic(&queries, broker, &partitions)?
                || self.probes_with_fewer_partitions == PROBES_WITH_FEWER_PARTITIONS
            {
                self.probes_with_fewer_partitions = 0;
                self.monitor.set_log_change(&self.settings.topic, &partitions, LogChange::Recreated);
            }
            return Ok(());
        }
        self.probes_with_fewer_partitions = 0;
        let read_before: Vec<i64> = partitions.iter().map(|partition| partition.read_to()).collect();
        let ends = queries.ends(partitions.len())?;
        // After the ends: no id is used twice, so if it is that of the log that was read, the ends are of that log too.
        if !self.is_same_topic(&queries, broker, &partitions)? {
            self.monitor.set_log_change(&self.settings.topic, &partitions, LogChange::Recreated);
            return Ok(());
        }
        if ends.iter().zip(read_before).any(|(&end, read)| end < read) {
            // What was read proves nothing of what is there now.
            self.monitor.set_log_change(&self.settings.topic, &partitions, LogChange::RecordsLost);
            return Ok(());
        }
        if count > partitions.len() {
            // Nothing can be complete before the new ones are read; the next probe will have them.
            self.monitor.set_partitions_known(&partitions, count);
            return Ok(());
        }
        let answered = Instant::now();
        let mut doubted = false;
        loop {
            let unread =
                partitions.iter().zip(&ends).filter(|&(partition, &end)| !partition.observe(began, end)).count();
            if unread == 0 {
                self.tell_of_transactions(&[]);
            }
            if unread == 0 || Instant::now() >= next || self.monitor.is_stopping() {
                return Ok(());
            }
            if !doubted && answered.elapsed() >= self.interval / DOUBT_AFTER_PART {
                doubted = true;
                self.doubt(&partitions)?;
            }
            std::thread::sleep(LOOK);
        }
    }

    /// Whether the topic is, as far as its id tells, still that of `partitions`.
    fn is_same_topic(
        &self,
        queries: &BrokerQueries<'_>,
        broker: i32,
        partitions: &[Arc<PartitionProgress>],
    ) -> Result<bool, QueryError> {
        Ok(self.monitor.meet_topic_id(partitions, queries.topic_id(broker)?))
    }

    /// Has the reader look again where it seems to be at an end that it has not reached.
    fn doubt(&mut self, partitions: &[Arc<PartitionProgress>]) -> Result<(), QueryError> {
        if partitions.iter().any(|partition| partition.is_doubtful()) {
            let (consumer, topic) = (&self.stable, self.settings.topic.as_str());
            let stable_ends = BrokerQueries { consumer, topic, timeout: ANSWER_TIMEOUT }.ends(partitions.len())?;
            let mut held = Vec::new();
            for (number, (partition, stable_end)) in partitions.iter().zip(stable_ends).enumerate() {
                partition.doubt(stable_end);
                if partition.is_doubtful() && stable_end < partition.end() {
                    held.push((number, stable_end));
                }
            }
            self.tell_of_transactions(&held);
        }
        Ok(())
    }

    /// Partitions are held back by open transactions at these offsets.
    fn tell_of_transactions(&mut self, held: &[(usize, i64)]) {
        let Settings { topic, bootstrap_servers: brokers, .. } = &*self.settings;
        let held = self.transactions.look(held.iter().copied(), Instant::now());
        self.monitor.set_held_back(held.map(|held| {
            let OpenTransaction { partition, offset, .. } = held;
            let remedy = open_transaction_remedy(brokers, topic, partition, offset);
            (held, format!("an open transaction holds {topic}/{partition} back from offset {offset} on: {remedy}"))
        }));
    }
}
