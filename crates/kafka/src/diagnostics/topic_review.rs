//! What a check of the settings of one topic has found.

use std::collections::BTreeSet;

use ensilinja_model::vocabulary;

use crate::diagnostics::topic_rules::WrongSetting;

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
