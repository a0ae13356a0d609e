//! Whether the topics are set up so that they can be relied on, looked at again every few minutes.
//!
//! Nothing here stops the process: a wrong setting makes figures less than they could be, and the warning says what to
//! change. A retention that is shortened while the process runs deletes what figures still need, so one look at the
//! start is not enough.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ensilinja_model::vocabulary;
use rdkafka::admin::AdminClient;
use rdkafka::error::KafkaError;

use crate::client_log::ClientLog;
use crate::monitor::Monitor;
use crate::settings::Settings;
use crate::topic_rules::{self, WrongSetting};
use crate::topic_settings;

vocabulary! {
    /// Which of the two topics.
    TopicRole {
        /// The topic of the events.
        Events = "events",
        /// The topic of dead letters.
        DeadLetters = "dead_letters",
    }
}

/// Whether a setting of a topic is as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicSettingStatus {
    /// Which topic.
    pub topic: TopicRole,
    /// The setting, by Kafka's name.
    pub setting: String,
    /// Whether it is wrong.
    pub is_wrong: bool,
}

/// What was found when the settings of a topic were looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TopicReview {
    pub(crate) role: TopicRole,
    /// The settings that were judged: those that the rules ask for and the broker describes.
    pub(crate) judged: BTreeSet<String>,
    pub(crate) wrong: Vec<WrongSetting>,
}

impl Default for TopicReview {
    fn default() -> Self {
        Self { role: TopicRole::Events, judged: BTreeSet::new(), wrong: Vec::new() }
    }
}

impl TopicReview {
    /// Each setting that was judged, with whether it is wrong.
    pub(crate) fn statuses(&self) -> impl Iterator<Item = TopicSettingStatus> + '_ {
        self.judged.iter().map(|setting| TopicSettingStatus {
            topic: self.role,
            setting: setting.clone(),
            is_wrong: self.wrong.iter().any(|wrong| wrong.name == setting),
        })
    }
}

/// Looks at the topics' settings until the process ends.
///
/// It has a thread of its own: a broker that does not answer such a question must not keep the probe from asking its.
pub(crate) struct Preflight {
    monitor: Arc<Monitor>,
    admin: AdminClient<ClientLog>,
    settings: Arc<Settings>,
    /// For how long figures need a record.
    horizon_ms: i64,
    interval: Duration,
}

impl Preflight {
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
