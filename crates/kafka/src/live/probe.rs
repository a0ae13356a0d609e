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

use crate::broker_queries::{ANSWER_TIMEOUT, BrokerQueries, FoundTopics, QueryError};
use crate::client_log::ClientLog;
use crate::diagnostics::broker_failure::explain;
use crate::diagnostics::open_transactions::{OpenTransaction, OpenTransactionTracker, open_transaction_remedy};
use crate::live::active_log::{ActiveLog, ActiveTopic};
use crate::live::log_change::{LogChange, TopicChange};
use crate::live::monitor::{Monitor, UnreadPartition};
use crate::live::stalls::Stalls;
use crate::partition_progress::PartitionProgress;
use crate::recent_errors::collect_errors;
use crate::settings::Settings;
use crate::topic_choice::{ChosenPartition, ChosenTopic, TopicChooser};

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
    chooser: Arc<TopicChooser>,
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
    pub(crate) fn new(
        settings: Arc<Settings>,
        chooser: Arc<TopicChooser>,
        monitor: Arc<Monitor>,
        interval: Duration,
    ) -> Result<Self, KafkaError> {
        let mut config = settings.query_client();
        let stable = config.create_with_context(ClientLog::new("transactions"))?;
        config.set("isolation.level", "read_uncommitted");
        let consumer = config.create_with_context(ClientLog::new("probe"))?;
        Ok(Self {
            settings,
            chooser,
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
            let has_begun = !self.monitor.partitions().is_empty() && !self.monitor.has_log_change();
            let next = Instant::now() + if has_begun { self.interval } else { BEGIN_PAUSE };
            if has_begun {
                match self.probe(next) {
                    Ok(()) => {
                        self.monitor.set_query_error(None);
                        self.consumer.context().recent_errors().clear();
                        self.stalls.check(&self.monitor.partitions(), Instant::now());
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
        let log = self.monitor.active_log();
        let queries = BrokerQueries { consumer: &self.consumer, timeout: ANSWER_TIMEOUT };
        let found = queries.topics(&self.chooser)?;
        let mut repairs = Repairs::default();
        let counts = repairs.counts(&found)?;
        let fewer: Vec<&ActiveTopic> = log.topics.iter().filter(|topic| has_fewer(topic, &log, &counts)).collect();
        if !fewer.is_empty() {
            self.probes_with_fewer_partitions += 1;
            let is_sure = self.probes_with_fewer_partitions >= PROBES_WITH_FEWER_PARTITIONS;
            let changes = fewer_partitions(&queries, &found, &log, &fewer, is_sure, &self.monitor)?;
            if !changes.is_empty() {
                self.probes_with_fewer_partitions = 0;
                self.monitor.set_log_changes(&log.partitions, changes);
            }
            return Ok(());
        }
        self.probes_with_fewer_partitions = 0;
        let read_before: Vec<i64> = log.partitions.iter().map(|partition| partition.read_to()).collect();
        let ends = repairs.ends(&queries, &log)?;
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
            return Ok(());
        }
        let unread = unread(&queries, found.broker, &counts, &log)?;
        if !unread.is_empty() {
            // Nothing is complete before the new partitions are read. The next probe includes them.
            self.monitor.set_unread(&log.partitions, unread);
            return repairs.result();
        }
        let asked = log.partitions.iter().zip(ends).filter_map(|(partition, end)| Some((Arc::clone(partition), end?)));
        self.watch_progress(&asked.collect::<Vec<_>>(), began, next)?;
        repairs.result()
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

/// The topics that exist, with the numbers of their partitions.
type PartitionCounts = Vec<(Arc<ChosenTopic>, usize)>;

/// What is asked about topics that only repair the past. Figures are complete without them, so the first error about
/// one is kept until all others have been asked.
#[derive(Default)]
struct Repairs {
    error: Option<QueryError>,
}

impl Repairs {
    /// The error, if there was one.
    fn result(self) -> Result<(), QueryError> {
        self.error.map_or(Ok(()), Err)
    }

    /// The answer; `None` for an error about a topic that does not hold back.
    fn unless_repairs<T>(&mut self, answer: Result<T, QueryError>, holds_back: bool) -> Result<Option<T>, QueryError> {
        match answer {
            Err(error) if !holds_back => {
                self.error.get_or_insert(error);
                Ok(None)
            }
            answer => answer.map(Some),
        }
    }

    fn counts(&mut self, found: &FoundTopics) -> Result<PartitionCounts, QueryError> {
        for (choice, fault) in &found.faults {
            self.unless_repairs(Err::<(), _>(fault.clone().into()), !choice.repairs_only)?;
        }
        let mut counts = Vec::with_capacity(found.topics.len());
        for (topic, count) in &found.topics {
            if let Some(count) = self.unless_repairs(count.clone(), !topic.choice.repairs_only)? {
                counts.push((Arc::clone(topic), count));
            }
        }
        Ok(counts)
    }

    /// The end of each partition of the log. `None` where that is unknown of a topic that does not hold back: such
    /// partitions are asked for apart, because one without a leader leaves the whole question without an answer.
    fn ends(&mut self, queries: &BrokerQueries<'_>, log: &ActiveLog) -> Result<Vec<Option<i64>>, QueryError> {
        let mut ends = vec![None; log.partitions.len()];
        for holds_back in [true, false] {
            let asked = log.partitions.iter().enumerate();
            let asked = asked.filter(|(_, partition)| log.holds_back(&partition.of.topic) == holds_back);
            let (places, names): (Vec<usize>, Vec<ChosenPartition>) =
                asked.map(|(place, partition)| (place, partition.of.clone())).unzip();
            let found = self.unless_repairs(queries.ends(&names), holds_back)?;
            for (place, end) in places.into_iter().zip(found.into_iter().flatten()) {
                ends[place] = Some(end);
            }
        }
        Ok(ends)
    }

    /// The topics of the log whose ids tell that they were recreated.
    fn recreated(
        &mut self,
        queries: &BrokerQueries<'_>,
        broker: i32,
        log: &ActiveLog,
        monitor: &Monitor,
    ) -> Result<Vec<TopicChange>, QueryError> {
        let names: Vec<&str> = log.topics.iter().map(|active| active.topic.name.as_str()).collect();
        let mut changes = Vec::new();
        for (active, answer) in log.topics.iter().zip(queries.topic_id_answers(broker, &names)?) {
            let name = &active.topic.name;
            if let Some(id) = self.unless_repairs(answer, log.holds_back(&active.topic))?
                && !monitor.accept_topic_id(&log.partitions, name, id)
            {
                changes.push(TopicChange { topic: name.clone(), change: LogChange::Recreated });
            }
        }
        Ok(changes)
    }
}

/// Whether a topic has fewer partitions than are being read. A topic of a pattern may have gone; the name of another
/// would have given an error.
fn has_fewer(active: &ActiveTopic, log: &ActiveLog, counts: &PartitionCounts) -> bool {
    let name = &active.topic.name;
    let count = counts.iter().find(|(topic, _)| topic.name == *name).map(|(_, count)| *count);
    let has_gone = count.is_none() && active.topic.choice.is_pattern();
    let read = log.partitions.iter().filter(|partition| partition.of.topic.name == *name).count();
    has_gone || count.is_some_and(|count| count < read)
}

/// The changes of topics with fewer partitions than before: of all if that `is_sure`, otherwise of those with other
/// ids.
fn fewer_partitions(
    queries: &BrokerQueries<'_>,
    found: &FoundTopics,
    log: &ActiveLog,
    fewer: &[&ActiveTopic],
    is_sure: bool,
    monitor: &Monitor,
) -> Result<Vec<TopicChange>, QueryError> {
    let names: Vec<&str> = fewer.iter().map(|active| active.topic.name.as_str()).collect();
    let mut changes = Vec::new();
    for (name, answer) in names.iter().zip(queries.topic_id_answers(found.broker, &names)?) {
        let (id, has_gone) = match answer {
            Err(QueryError::TopicMissing(_)) => (None, true),
            answer => (answer?, false),
        };
        if !monitor.accept_topic_id(&log.partitions, name, id) || is_sure {
            let change = if has_gone { LogChange::Deleted } else { LogChange::Recreated };
            changes.push(TopicChange { topic: (*name).to_owned(), change });
        }
    }
    Ok(changes)
}

/// The partitions that exist and are not being read. The ids of new topics come with them, because dead letters name
/// these.
fn unread(
    queries: &BrokerQueries<'_>,
    broker: i32,
    counts: &PartitionCounts,
    log: &ActiveLog,
) -> Result<Vec<UnreadPartition>, QueryError> {
    let new = counts.iter().map(|(topic, _)| topic.name.as_str()).filter(|name| log.topic(name).is_none());
    let new: Vec<&str> = new.collect();
    let ids = queries.topic_ids(broker, &new)?;
    let id = |topic: &ChosenTopic| new.iter().zip(&ids).find(|(name, _)| **name == topic.name).and_then(|(_, id)| *id);
    let is_read = |found: &ChosenPartition| {
        let is_it = |of: &ChosenPartition| of.number == found.number && of.topic.name == found.topic.name;
        log.partitions.iter().any(|partition| is_it(&partition.of))
    };
    let all = counts.iter().flat_map(|(topic, count)| topic.partitions(*count));
    let unread = all.filter(|found| !is_read(found));
    Ok(unread.map(|partition| UnreadPartition { topic_id: id(&partition.topic), partition }).collect())
}
