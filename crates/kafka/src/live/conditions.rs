//! What the threads report to the operator: what is wrong, since when, and what to do. Changes are logged here.

use ensilinja_librdkafka::TopicId;

use crate::diagnostics::open_transactions::OpenTransaction;
use crate::diagnostics::topic_review::{TopicReview, TopicSettingStatus};
use crate::live::log_change::{LogChange, TopicChange};
use crate::security::{SecurityRisk, SecurityWarning};

/// A thread that asks the brokers. What one of them gets no answer to, another may not ask.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Asker {
    /// The reader.
    Reader,
    /// The probe.
    Probe,
}

/// What the threads report to the operator.
#[derive(Default)]
pub(super) struct Conditions {
    /// The last changes of the log.
    last_changes: Vec<TopicChange>,
    log_changes: [u64; LogChange::ALL.len()],
    /// By [`Asker`].
    query_errors: [Option<String>; 2],
    fetch_error: Option<String>,
    open_transaction: Option<(OpenTransaction, String)>,
    topics: Vec<TopicReview>,
    security: Vec<SecurityWarning>,
}

impl Conditions {
    /// Another log has replaced the one that was read, because that happened to this topic with this id.
    pub(super) fn add_log_change(&mut self, TopicChange { topic, change }: &TopicChange, topic_id: Option<TopicId>) {
        self.log_changes[*change as usize] += 1;
        tracing::error!(
            topic,
            change = change.as_str(),
            topic_id = topic_id.map(tracing::field::display),
            reason = %change,
            "log replaced"
        );
    }

    /// These changes have replaced the log that was read.
    pub(super) fn set_last_changes(&mut self, changes: &[TopicChange]) {
        self.last_changes = changes.to_vec();
    }

    /// Reading begins with the log that has replaced another: open transactions, settings and errors were those of the
    /// old one.
    pub(super) fn forget_the_old_log(&mut self) {
        for asker in [Asker::Reader, Asker::Probe] {
            self.set_query_error(asker, None);
        }
        self.open_transaction = None;
        self.topics.clear();
    }

    /// The error of a query. Without its answer the threads cannot read, or do not know how far they have read.
    pub(super) fn set_query_error(&mut self, asker: Asker, error: Option<String>) {
        let known = &mut self.query_errors[asker as usize];
        if *known != error {
            if let Some(reason) = &error {
                tracing::warn!(%reason, "brokers not usable, retrying");
            } else {
                tracing::info!("brokers usable again");
            }
            *known = error;
        }
    }

    /// Why records cannot be fetched, even if the broker answers the probe; `None` once something was fetched.
    pub(super) fn set_fetch_error(&mut self, fetch_error: Option<String>) {
        self.fetch_error = fetch_error;
    }

    /// The open transaction that holds a partition back, with the text for the operator; `None` if there is none.
    pub(super) fn set_open_transaction(&mut self, open: Option<(OpenTransaction, String)>) {
        match (&self.open_transaction, &open) {
            (Some((before, _)), Some((open, _))) if before == open => return,
            (_, Some((open, text))) => {
                tracing::warn!(partition = %open.partition, offset = open.offset, reason = %text, "partition held back");
            }
            (Some((before, _)), None) => {
                tracing::info!(partition = %before.partition, offset = before.offset, "open transaction ended");
            }
            (None, None) => {}
        }
        self.open_transaction = open;
    }

    /// The settings of a topic were checked.
    pub(super) fn set_topic_review(&mut self, review: TopicReview) {
        let known = self.topics.iter().position(|known| known.topic == review.topic);
        let before = known.map(|index| self.topics.remove(index));
        let before = before.map(|known| known.wrong).unwrap_or_default();
        for wrong in review.wrong.iter().filter(|wrong| !before.contains(wrong)) {
            tracing::warn!(topic = wrong.topic, setting = wrong.name, reason = %wrong, "topic setting wrong");
        }
        for right in before.iter().filter(|right| !review.wrong.iter().any(|wrong| wrong.name == right.name)) {
            tracing::info!(topic = right.topic, setting = right.name, "topic setting right again");
        }
        self.topics.push(review);
        self.topics.sort_by(|one, other| (one.role, &one.topic).cmp(&(other.role, &other.topic)));
    }

    /// The risks of the connection to the brokers.
    pub(super) fn set_security(&mut self, warnings: Vec<SecurityWarning>) {
        for warning in &warnings {
            tracing::warn!(risk = warning.risk.as_str(), reason = %warning, "connection not safe");
        }
        self.security = warnings;
    }

    /// How often each change of the log has happened, in the order of [`LogChange::ALL`].
    pub(super) const fn log_changes(&self) -> [u64; LogChange::ALL.len()] {
        self.log_changes
    }

    /// Why the figures cannot be relied on. `failed`: a thread has panicked. `rebuilt`: the log is read to where it
    /// ended when reading began, so its last change is past.
    pub(super) fn not_ready(&self, failed: bool, rebuilt: bool) -> Vec<String> {
        let mut not_ready: Vec<String> = self.query_errors.iter().flatten().chain(&self.fetch_error).cloned().collect();
        let seconds = |open: &OpenTransaction| open.since.elapsed().as_secs();
        let open = self.open_transaction.as_ref();
        not_ready.extend(open.map(|(open, text)| format!("{text} (for {} s so far)", seconds(open))));
        if failed {
            not_ready.push(
                "a thread of the Kafka reader has panicked: restart the process, and report the error in the log"
                    .to_owned(),
            );
        }
        if !rebuilt {
            not_ready.extend(self.last_changes.iter().map(ToString::to_string));
        }
        not_ready
    }

    /// What should be changed although reading goes on: settings of the topics, and risks of the connection.
    pub(super) fn warnings(&self) -> impl Iterator<Item = String> + '_ {
        let wrong = self.topics.iter().flat_map(|topic| &topic.wrong).map(ToString::to_string);
        wrong.chain(self.security.iter().map(ToString::to_string))
    }

    /// The checked settings of the topics.
    pub(super) fn topic_settings(&self) -> Vec<TopicSettingStatus> {
        self.topics.iter().flat_map(TopicReview::statuses).collect()
    }

    /// The risks of the connection to the brokers.
    pub(super) fn risks(&self) -> Vec<SecurityRisk> {
        self.security.iter().map(|warning| warning.risk).collect()
    }
}
