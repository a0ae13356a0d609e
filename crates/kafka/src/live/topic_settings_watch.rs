//! The thread that checks the settings of all topics every minute.
//!
//! A wrong setting does not stop the process: it makes the figures less than they could be, and the warning says what
//! to change. A check at the start is not enough: a retention that is shortened later deletes records that the figures
//! still need.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rdkafka::admin::AdminClient;
use rdkafka::error::KafkaError;

use crate::client_log::ClientLog;
use crate::diagnostics::topic_review::{TopicReview, TopicRole};
use crate::diagnostics::{topic_rules, topic_settings};
use crate::live::monitor::Monitor;
use crate::settings::Settings;

/// How often the thread looks whether to stop.
const PAUSE: Duration = Duration::from_millis(100);

/// Checks the settings of all topics until the process ends.
///
/// It has its own thread, so that a broker that does not answer such a query does not delay the probe.
pub(crate) struct TopicSettingsWatch {
    monitor: Arc<Monitor>,
    admin: AdminClient<ClientLog>,
    settings: Arc<Settings>,
    /// How long figures need a record.
    horizon_ms: i64,
    interval: Duration,
}

impl TopicSettingsWatch {
    pub(crate) fn new(
        settings: Arc<Settings>,
        monitor: Arc<Monitor>,
        horizon_ms: i64,
        interval: Duration,
    ) -> Result<Self, KafkaError> {
        let admin = settings.client().create_with_context(ClientLog::new("topic settings"))?;
        Ok(Self { monitor, admin, settings, horizon_ms, interval })
    }

    pub(crate) fn run(self) {
        let (mut next, mut failed) = (Instant::now(), BTreeSet::new());
        while !self.monitor.is_stopping() {
            // Before reading has begun, the topic may not exist.
            if Instant::now() >= next && !self.monitor.partitions().is_empty() {
                for (role, topic) in self.topics() {
                    match self.review(role, &topic) {
                        Ok(review) => {
                            failed.remove(&topic);
                            self.monitor.set_topic_review(review);
                        }
                        // This user or broker does not show the settings. That says nothing against the figures, and
                        // the result of the last check stays.
                        Err(reason) => {
                            if failed.insert(topic.clone()) {
                                tracing::warn!(topic, %reason, "topic settings not checked");
                            }
                        }
                    }
                }
                next = Instant::now() + self.interval;
            }
            std::thread::sleep(PAUSE);
        }
    }

    /// All topics that are being read, and that of the dead letters if this process writes any.
    fn topics(&self) -> Vec<(TopicRole, String)> {
        let active = self.monitor.active_log().topics;
        let events = active.into_iter().map(|active| (TopicRole::Events, active.topic.name.clone()));
        let dead_letters = (TopicRole::DeadLetters, self.settings.dead_letter_topic.clone());
        events.chain(self.settings.writes_dead_letters.then_some(dead_letters)).collect()
    }

    fn review(&self, role: TopicRole, topic: &str) -> Result<TopicReview, String> {
        let described = topic_settings::describe(&self.admin, topic)?;
        let judged = RefCell::new(BTreeSet::new());
        let value = |name: &str| {
            let value = described.get(name).cloned();
            if value.is_some() {
                judged.borrow_mut().insert(name.to_owned());
            }
            value
        };
        let wrong = match role {
            TopicRole::Events => topic_rules::of_events(topic, self.horizon_ms, value),
            TopicRole::DeadLetters => topic_rules::of_dead_letters(topic, value),
        };
        Ok(TopicReview { role, topic: topic.into(), judged: judged.into_inner(), wrong })
    }
}
