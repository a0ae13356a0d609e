//! The result of a check of one topic's settings.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::diagnostics::topic_rules::WrongSetting;

/// What a topic is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum TopicRole {
    /// It has events.
    Events,
    /// It has the dead letters.
    DeadLetters,
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
