//! Attributes of contact records that say what came of a contact. Only those that the configuration names are read.

use std::collections::BTreeMap;

use ensilinja_model::{Fact, FeedbackAnswer, NpsScore, Outcome, Survey, YesNo};

use crate::AttemptsFrom;
use crate::json::field::Field;
use crate::json::members::{MemberTarget, Members};

/// What only `amazon_connect` needs from the configuration.
#[derive(Clone, Debug, Default)]
pub struct AmazonConnectRules {
    /// The attributes that are read. Their names must be distinct.
    pub attributes: Vec<AttributeRule>,
    /// Which records state attempts to call back; `None` for both.
    pub attempts_from: Option<AttemptsFrom>,
}

/// How one attribute of a contact is understood.
#[derive(Clone, Debug)]
pub struct AttributeRule {
    /// The name of the attribute. Case matters.
    pub name: String,
    /// What its values mean.
    pub meaning: AttributeMeaning,
    /// Which time of the record dates it.
    pub time: AttributeTime,
}

/// What the values of an attribute mean.
#[derive(Clone, Debug)]
pub enum AttributeMeaning {
    /// The outcome of the contact, by value.
    Outcome(BTreeMap<String, Outcome>),
    /// The recommendation: a whole number from 0 to 10.
    Nps,
    /// The answer to a question, by value. Without values, `yes` and `no` in any case.
    Survey(Survey, BTreeMap<String, YesNo>),
}

ensilinja_model::vocabulary! {
    /// Which time of a contact record dates an attribute. Of outcome and feedback the latest counts.
    AttributeTime {
        /// The end of the contact.
        End = "end",
        /// The last change of the record, so that a correction is later than what it corrects.
        Latest = "latest",
    }
}

impl AttributeMeaning {
    /// Which time dates an attribute if the configuration does not say: an outcome is known at the end, and an answer
    /// comes later.
    #[must_use]
    pub const fn usual_time(&self) -> AttributeTime {
        match self {
            Self::Outcome(_) => AttributeTime::End,
            Self::Nps | Self::Survey(..) => AttributeTime::Latest,
        }
    }

    /// The fact that a value states; `None` if the value is not known.
    pub(super) fn fact(&self, value: &str) -> Option<Fact> {
        match self {
            Self::Outcome(values) => values.get(value).copied().map(Fact::OutcomeRecorded),
            Self::Nps => {
                let score = value.parse().ok().and_then(NpsScore::new)?;
                Some(Fact::FeedbackReceived(FeedbackAnswer::Nps(score)))
            }
            Self::Survey(survey, values) => {
                let answer = if values.is_empty() {
                    YesNo::from_name(&value.to_ascii_lowercase())
                } else {
                    values.get(value).copied()
                };
                Some(Fact::FeedbackReceived(FeedbackAnswer::Survey(*survey, answer?)))
            }
        }
    }
}

/// The values of the attributes that the configuration names, as received.
pub(super) struct AttributeValues<'a, 'r> {
    rules: &'r [AttributeRule],
    values: Vec<Field<'a>>,
}

impl<'r> AttributeValues<'_, 'r> {
    /// Without values.
    pub(super) fn of(rules: &'r [AttributeRule]) -> Self {
        let mut values = Vec::new();
        values.resize_with(rules.len(), Field::default);
        Self { rules, values }
    }

    /// Each attribute that the record has, with its rule. A number is read as its text; the value is empty if it is
    /// neither.
    pub(super) fn present(&self) -> impl Iterator<Item = (&'r AttributeRule, String)> {
        self.rules.iter().zip(&self.values).filter_map(|(rule, value)| match value {
            Field::Text(text) if text.trim().is_empty() => None,
            Field::Text(text) => Some((rule, text.trim().to_owned())),
            Field::Number(number) => Some((rule, number.to_string())),
            Field::Absent | Field::Null => None,
            _ => Some((rule, String::new())),
        })
    }
}

impl<'a> Members<'a> for AttributeValues<'a, '_> {
    fn target(&mut self, name: &str) -> Option<MemberTarget<'_, 'a>> {
        let place = self.rules.iter().position(|rule| rule.name == name)?;
        self.values.get_mut(place).map(MemberTarget::Field)
    }
}
