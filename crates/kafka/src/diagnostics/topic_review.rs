//! The result of a check of one topic's settings.

use std::collections::BTreeSet;
use std::sync::Arc;

use ensilinja_model::vocabulary;

use crate::diagnostics::topic_rules::WrongSetting;

vocabulary! {
    /// One of the two topics.
    TopicRole {
        /// The event topic.
        Events = "events",
        /// The dead-letter topic.
        DeadLetters = "dead_letters",
    }
}

/// A checked setting of a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TopicSettingStatus {
    /// The topic.
    pub topic: Arc<str>,
    /// Kafka's name of the setting.
    pub setting: String,
    /// Whether its value is wrong.
    pub is_wrong: bool,
}

/// The result of a check of one topic's settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TopicReview {
    pub(crate) role: TopicRole,
    pub(crate) topic: Arc<str>,
    /// The settings that were checked: those that the rules know and the broker describes.
    pub(crate) judged: BTreeSet<String>,
    pub(crate) wrong: Vec<WrongSetting>,
}

impl Default for TopicReview {
    fn default() -> Self {
        Self { role: TopicRole::Events, topic: Arc::from(""), judged: BTreeSet::new(), wrong: Vec::new() }
    }
}

impl TopicReview {
    /// Each checked setting, with whether it is wrong.
    pub(crate) fn statuses(&self) -> impl Iterator<Item = TopicSettingStatus> + '_ {
        self.judged.iter().map(|setting| TopicSettingStatus {
            topic: Arc::clone(&self.topic),
            setting: setting.clone(),
            is_wrong: self.wrong.iter().any(|wrong| wrong.name == setting),
        })
    }
}
