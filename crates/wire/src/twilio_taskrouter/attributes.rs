//! The attributes of a task: JSON in a text, with numbers of persons. Only the configured ones and those of the
//! vendor's template are read.

use super::rules::TwilioRules;
use crate::Detail;
use crate::generic_json::JsonPointer;
use crate::generic_json::tree::Values;
use crate::json::field::Field;
use crate::json::sequence::read_each;

/// What the attributes of a task say.
#[derive(Default)]
pub(super) struct TaskAttributes {
    /// The first task of the conversation.
    pub(super) conversation: Option<String>,
    /// The task calls a customer without having been called.
    pub(super) is_outbound: bool,
    /// The task is a callback.
    pub(super) is_callback: bool,
    /// How often the callback had been tried before the task was created.
    pub(super) attempts: f64,
    /// Whether and why the caller gave up.
    pub(super) abandon: Abandon,
    /// What came of the task.
    pub(super) outcome: Option<String>,
}

/// Whether and why a caller gave up.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Abandon {
    #[default]
    NotSaid,
    /// The caller hung up.
    HungUp,
    /// The caller left the queue for a callback or a voicemail.
    FollowUp,
}

impl TaskAttributes {
    /// The attributes in a field.
    pub(super) fn read(field: &Field<'_>, rules: &TwilioRules) -> Result<Self, Detail> {
        let text = match field {
            Field::Absent | Field::Null => return Ok(Self::default()),
            Field::Text(text) if text.trim().is_empty() => return Ok(Self::default()),
            Field::Text(text) => text,
            _ => return Err(Detail::BadMember),
        };
        let mut attributes = Err(Detail::BadMember);
        read_each(
            text,
            || Values::new(&rules.tree),
            |values| {
                attributes = values.map(|values| Self::of(values, rules)).map_err(|_| Detail::BadMember);
            },
        );
        attributes
    }

    fn of(values: &Values<'_, '_>, rules: &TwilioRules) -> Self {
        let text = |pointer: &JsonPointer| values.at(pointer).as_text();
        let says = |pointer, value: &str| text(pointer).is_some_and(|text| text.eq_ignore_ascii_case(value));
        let abandon = if says(&rules.abandoned, "Yes") {
            Abandon::HungUp
        } else if says(&rules.abandoned, "Follow-Up") {
            Abandon::FollowUp
        } else {
            Abandon::NotSaid
        };
        let attempts = text(&rules.attempts).and_then(|attempts| attempts.parse().ok());
        Self {
            conversation: text(&rules.conversation).map(std::borrow::Cow::into_owned),
            is_outbound: says(&rules.direction, "outbound"),
            is_callback: rules.settings.callback_values.iter().any(|value| says(&rules.kind, value)),
            attempts: attempts.unwrap_or_default(),
            abandon,
            outcome: text(&rules.outcome).map(std::borrow::Cow::into_owned),
        }
    }
}
