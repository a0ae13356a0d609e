//! Whether the topics are set up so that they can be relied on, looked at again every few minutes.
//!
//! Nothing here stops the process: a wrong setting makes figures less than they could be, and the warning says what to
//! change. A retention that is shortened while the process runs deletes what figures still need, so one look at the
//! start is not enough.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rdkafka::admin::AdminClient;
use rdkafka::error::KafkaError;

use crate::client_log::ClientLog;
use crate::diagnostics::topic_review::{TopicReview, TopicRole};
use crate::diagnostics::topic_rules;
use crate::diagnostics::topic_settings;
use crate::live::monitor::Monitor;
use crate::settings::Settings;

/// Looks at the topics' settings until the process ends.
///
/// It has a thread of its own: a broker that does not answer such a question must not keep the probe from asking its.
pub(crate) struct TopicSettingsWatch {
    monitor: Arc<Monitor>,
    admin: AdminClient<ClientLog>,
    settings: Arc<Settings>,
    /// For how long figures need a record.
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
        let admin = settings.client().create_with_context(ClientLog::new("preflight"))?;
        Ok(Self { monitor, admin, settings, horizon_ms, interval })
    }

    pub(crate) fn run(self) {
        let (mut next, mut said) = (Instant::now(), BTreeSet::new());
        while !self.monitor.is_stopping() {
            // Once something is read, the topic is there to be looked at.
            if Instant::now() >= next && !self.monitor.partitions().is_empty() {
                for role in TopicRole::ALL {
                    match self.look(*role) {
                        Ok(review) => {
                            said.remove(role);
                            self.monitor.set_topic_review(review);
                        }
                        // That they cannot be looked at, by this user or on this broker, says nothing against the
                        // figures. What was found before stays.
                        Err(reason) if said.insert(*role) => {
                            let topic = self.topic(*role);
                            tracing::warn!(topic, reason, "the settings of the topic could not be checked");
                        }
                        Err(_) => {}
                    }
                }
                next = Instant::now() + self.interval;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }

    fn topic(&self, role: TopicRole) -> &str {
        match role {
            TopicRole::Events => &self.settings.topic,
            TopicRole::DeadLetters => &self.settings.dead_letter_topic,
        }
    }

    fn look(&self, role: TopicRole) -> Result<TopicReview, String> {
        let topic = self.topic(role);
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
            TopicRole::Events => topic_rules::of_log(topic, self.horizon_ms, value),
            TopicRole::DeadLetters => topic_rules::of_dead_letters(topic, value),
        };
        Ok(TopicReview { role, judged: judged.into_inner(), wrong })
    }
}
