//! The members of detail events, with and without the envelope of `EventBridge`.

use std::borrow::Cow;

use super::conversation::{ConversationMembers, ObjectList};
use crate::Detail;
use crate::json::field::{Field, trimmed};
use crate::json::members::{MemberTarget, Members, Shape};

/// The start of the topics of detail events. The id of the conversation follows, or the text `{id}`, then the kind.
const TOPIC_PREFIX: &str = "v2.detail.events.conversation.";

/// The kinds that are known. Most of them state nothing.
const KINDS: [&str; 16] = [
    "customer.start",
    "customer.end",
    "flow.start",
    "flow.end",
    "flow.outcome",
    "acd.start",
    "acd.end",
    "user.start",
    "user.end",
    "acw",
    "wrapup",
    "outbound",
    "voicemail.start",
    "voicemail.end",
    "contact",
    "attributes",
];

/// An object as received: an event in an envelope or without one, a record, or a page of records.
#[derive(Default)]
pub(super) struct GenesysObject<'a> {
    detail_type: Field<'a>,
    detail: Option<Shape>,
    notification: NotificationMembers<'a>,
    pub(super) conversation: ConversationMembers<'a>,
    pub(super) conversations_shape: Option<Shape>,
    pub(super) conversations: ObjectList<ConversationMembers<'a>>,
    /// There is an `eventTime` outside a body: the object is a body without its topic.
    is_bare_body: bool,
}

/// A notification: its topic and its body.
#[derive(Default)]
struct NotificationMembers<'a> {
    topic_name: Field<'a>,
    body_shape: Option<Shape>,
    body: EventBody<'a>,
}

/// The members of the body of an event.
#[derive(Default)]
pub(super) struct EventBody<'a> {
    pub(super) event_time: Field<'a>,
    pub(super) conversation_id: Field<'a>,
    pub(super) participant_id: Field<'a>,
    pub(super) media_type: Field<'a>,
    pub(super) direction: Field<'a>,
    pub(super) queue_id: Field<'a>,
    pub(super) dnis: Field<'a>,
    pub(super) acd_outcome: Field<'a>,
    pub(super) disconnect_type: Field<'a>,
    pub(super) flow_type: Field<'a>,
    pub(super) interacting_duration_ms: Field<'a>,
    pub(super) voicemail_duration_ms: Field<'a>,
    pub(super) wrapup_code: Field<'a>,
}

/// The kind of an event.
#[derive(Clone)]
pub(super) enum EventKind<'a> {
    Known(&'a str),
    Unknown(Option<Cow<'a, str>>),
}

impl<'a> EventKind<'a> {
    pub(super) fn name(&self) -> Option<Cow<'a, str>> {
        match self {
            Self::Known(name) => Some(Cow::Borrowed(name)),
            Self::Unknown(name) => name.clone(),
        }
    }
}

impl<'a> GenesysObject<'a> {
    /// The kind of the event: by its topic, else by the type of its envelope.
    pub(super) fn kind(&self) -> Result<EventKind<'_>, Detail> {
        if matches!(self.detail, Some(Shape::Other)) {
            return Err(Detail::BadMember);
        }
        let topic = optional_text(&self.notification.topic_name)?.or(optional_text(&self.detail_type)?);
        let Some(topic) = topic else {
            let has_body = self.is_bare_body || self.notification.body_shape.is_some();
            return if has_body { Err(Detail::MissingMember) } else { Ok(EventKind::Unknown(None)) };
        };
        let kind = topic.strip_prefix(TOPIC_PREFIX).and_then(|rest| rest.split_once('.')).map(|(_, kind)| kind);
        Ok(match kind {
            Some(kind) if KINDS.contains(&kind) => EventKind::Known(kind),
            Some(kind) => EventKind::Unknown(Some(Cow::Borrowed(kind))),
            None => EventKind::Unknown(Some(without_ids(topic))),
        })
    }

    /// The body of the event. It must be an object.
    pub(super) fn body(&self) -> Result<&EventBody<'a>, Detail> {
        match self.notification.body_shape {
            Some(Shape::Object) => Ok(&self.notification.body),
            Some(Shape::Other) => Err(Detail::BadMember),
            Some(Shape::Null) | None => Err(Detail::MissingMember),
        }
    }
}

/// The topic with `{id}` in the place of ids, so that one topic has one name.
fn without_ids(topic: &str) -> Cow<'_, str> {
    let is_id = |part: &str| part.len() == 36 && part.bytes().filter(|byte| *byte == b'-').count() == 4;
    if topic.split('.').any(is_id) {
        let parts = topic.split('.').map(|part| if is_id(part) { "{id}" } else { part });
        Cow::Owned(parts.collect::<Vec<_>>().join("."))
    } else {
        Cow::Borrowed(topic)
    }
}

impl<'a> Members<'a> for GenesysObject<'a> {
    fn target(&mut self, name: &str) -> Option<MemberTarget<'_, 'a>> {
        match name {
            "detail-type" => Some(MemberTarget::Field(&mut self.detail_type)),
            "detail" => Some(MemberTarget::Object(&mut self.detail, &mut self.notification)),
            "topicName" | "eventBody" => self.notification.target(name),
            "eventTime" => Some(MemberTarget::Presence(&mut self.is_bare_body)),
            "conversations" => Some(MemberTarget::Object(&mut self.conversations_shape, &mut self.conversations)),
            _ => self.conversation.target(name),
        }
    }
}

impl<'a> Members<'a> for NotificationMembers<'a> {
    fn target(&mut self, name: &str) -> Option<MemberTarget<'_, 'a>> {
        match name {
            "topicName" => Some(MemberTarget::Field(&mut self.topic_name)),
            "eventBody" => Some(MemberTarget::Object(&mut self.body_shape, &mut self.body)),
            _ => None,
        }
    }
}

impl<'a> Members<'a> for EventBody<'a> {
    fn target(&mut self, name: &str) -> Option<MemberTarget<'_, 'a>> {
        Some(MemberTarget::Field(match name {
            "eventTime" => &mut self.event_time,
            "conversationId" => &mut self.conversation_id,
            "participantId" => &mut self.participant_id,
            "mediaType" => &mut self.media_type,
            "direction" => &mut self.direction,
            "queueId" => &mut self.queue_id,
            "dnis" => &mut self.dnis,
            "acdOutcome" => &mut self.acd_outcome,
            "disconnectType" => &mut self.disconnect_type,
            "flowType" => &mut self.flow_type,
            "interactingDurationMs" => &mut self.interacting_duration_ms,
            "voicemailDurationMs" => &mut self.voicemail_duration_ms,
            "wrapupCode" => &mut self.wrapup_code,
            _ => return None,
        }))
    }
}

/// The text in a member, without white space around it; `None` if the member is missing, null or empty.
pub(super) fn optional_text<'x>(field: &'x Field<'_>) -> Result<Option<&'x str>, Detail> {
    match field {
        Field::Absent | Field::Null => Ok(None),
        Field::Text(text) => Ok(Some(trimmed(text)).filter(|text| !text.is_empty())),
        _ => Err(Detail::BadMember),
    }
}
