//! The members of contact events and contact records that are read. Events write `contactId`, records `ContactId`, and
//! the documentation's own samples mix both, so the case of names does not matter.

use super::attributes::{AttributeRule, AttributeValues};
use crate::Detail;
use crate::json::field::{Field, trimmed};
use crate::json::members::{MemberTarget, Members, Shape};

/// The `detail-type` of contact events.
const CONTACT_EVENT: &str = "Amazon Connect Contact Event";

/// The event types that are known. All are read alike; a new one is read too, and counted by its name.
const EVENT_TYPES: [&str; 11] = [
    "INITIATED",
    "CONNECTED_TO_SYSTEM",
    "CONTACT_DATA_UPDATED",
    "QUEUED",
    "CONNECTED_TO_AGENT",
    "DISCONNECTED",
    "COMPLETED",
    "PAUSED",
    "RESUMED",
    "AMD_DISABLED",
    "WEBRTC_API",
];

/// The event types of agent events, which are often on the same stream.
const AGENT_EVENT_TYPES: [&str; 4] = ["HEART_BEAT", "STATE_CHANGE", "LOGIN", "LOGOUT"];

/// An object as received: the envelope of an event, an event without one, or a contact record.
pub(super) struct ContactObject<'a, 'r> {
    detail_type: Field<'a>,
    detail: Option<Shape>,
    pub(super) contact: ContactMembers<'a, 'r>,
}

/// The members of a contact.
pub(super) struct ContactMembers<'a, 'r> {
    event_type: Field<'a>,
    pub(super) contact_id: Field<'a>,
    pub(super) initial_contact_id: Field<'a>,
    pub(super) next_contact_id: Field<'a>,
    pub(super) channel: Field<'a>,
    pub(super) initiation_method: Field<'a>,
    pub(super) initiation_timestamp: Field<'a>,
    pub(super) disconnect_timestamp: Field<'a>,
    pub(super) last_update_timestamp: Field<'a>,
    pub(super) disconnect_reason: Field<'a>,
    pub(super) queue_shape: Option<Shape>,
    pub(super) queue: QueueMembers<'a>,
    pub(super) agent_shape: Option<Shape>,
    pub(super) agent: AgentMembers<'a>,
    endpoint_shape: Option<Shape>,
    pub(super) endpoint: EndpointMembers<'a>,
    tags_shape: Option<Shape>,
    pub(super) tags: TagMembers<'a>,
    attributes_shape: Option<Shape>,
    attributes: AttributeValues<'a, 'r>,
    has_record_version: bool,
    has_agent_arn: bool,
}

/// The members of `queueInfo` of events and `Queue` of records.
#[derive(Default)]
pub(super) struct QueueMembers<'a> {
    pub(super) arn: Field<'a>,
    pub(super) name: Field<'a>,
    pub(super) queue_type: Field<'a>,
    pub(super) enqueue_timestamp: Field<'a>,
    pub(super) dequeue_timestamp: Field<'a>,
}

/// The members of `agentInfo` of events and `Agent` of records.
#[derive(Default)]
pub(super) struct AgentMembers<'a> {
    pub(super) arn: Field<'a>,
    pub(super) connected_timestamp: Field<'a>,
}

/// The members of `SystemEndpoint`.
#[derive(Default)]
pub(super) struct EndpointMembers<'a> {
    pub(super) address: Field<'a>,
}

/// The tags that are read.
#[derive(Default)]
pub(super) struct TagMembers<'a> {
    pub(super) system_endpoint: Field<'a>,
}

/// What an object is.
#[derive(Clone, Copy)]
pub(super) enum ContactKind<'a> {
    /// A contact event, with its type if it names one.
    Event(Option<&'a str>),
    /// A contact event of a type that is not known.
    NewEvent(&'a str),
    /// A contact record.
    Record,
    /// Something else, with its type if it names one.
    Unknown(Option<&'a str>),
}

impl<'a> ContactKind<'a> {
    pub(super) fn name(self) -> Option<&'a str> {
        match self {
            Self::Event(name) | Self::Unknown(name) => name,
            Self::NewEvent(name) => Some(name),
            Self::Record => Some("contact record"),
        }
    }

    pub(super) const fn is_record(self) -> bool {
        matches!(self, Self::Record)
    }
}

impl<'a, 'r> ContactObject<'a, 'r> {
    pub(super) fn new(rules: &'r [AttributeRule]) -> Self {
        Self { detail_type: Field::Absent, detail: None, contact: ContactMembers::new(rules) }
    }

    /// What the object is: by `detail-type`, then by `eventType`, then by the ids and the version of records.
    pub(super) fn kind(&self) -> Result<ContactKind<'_>, Detail> {
        let contact = &self.contact;
        let detail_type = optional_text(&self.detail_type)?;
        if let Some(name) = detail_type.filter(|name| !name.eq_ignore_ascii_case(CONTACT_EVENT)) {
            return Ok(ContactKind::Unknown(Some(name)));
        }
        if matches!(self.detail, Some(Shape::Other)) {
            return Err(Detail::BadMember);
        }
        let names_contact = contact.names_contact();
        let kind = match optional_text(&contact.event_type)? {
            Some(name) if is_in(name, &AGENT_EVENT_TYPES) => ContactKind::Unknown(Some(name)),
            Some(name) if is_in(name, &EVENT_TYPES) => ContactKind::Event(Some(name)),
            Some(name) if names_contact => ContactKind::NewEvent(name),
            Some(name) => ContactKind::Unknown(Some(name)),
            None if detail_type.is_some() => ContactKind::Event(None),
            None if contact.has_record_version || (names_contact && !contact.has_agent_arn) => ContactKind::Record,
            None => ContactKind::Unknown(None),
        };
        Ok(kind)
    }

    /// The attributes that the configuration names, as received.
    pub(super) fn attributes(&self) -> &AttributeValues<'a, 'r> {
        &self.contact.attributes
    }
}

impl<'r> ContactMembers<'_, 'r> {
    fn new(rules: &'r [AttributeRule]) -> Self {
        Self {
            event_type: Field::Absent,
            contact_id: Field::Absent,
            initial_contact_id: Field::Absent,
            next_contact_id: Field::Absent,
            channel: Field::Absent,
            initiation_method: Field::Absent,
            initiation_timestamp: Field::Absent,
            disconnect_timestamp: Field::Absent,
            last_update_timestamp: Field::Absent,
            disconnect_reason: Field::Absent,
            queue_shape: None,
            queue: QueueMembers::default(),
            agent_shape: None,
            agent: AgentMembers::default(),
            endpoint_shape: None,
            endpoint: EndpointMembers::default(),
            tags_shape: None,
            tags: TagMembers::default(),
            attributes_shape: None,
            attributes: AttributeValues::of(rules),
            has_record_version: false,
            has_agent_arn: false,
        }
    }

    fn names_contact(&self) -> bool {
        let is_there = |field: &Field<'_>| !matches!(field, Field::Absent | Field::Null);
        is_there(&self.contact_id) || is_there(&self.initial_contact_id)
    }
}

/// Names the targets of members, whatever the case of their names is.
macro_rules! any_case {
    ($name:expr, { $($known:literal => $target:expr,)+ }) => {
        match $name.len() {
            $(length if length == $known.len() && $name.eq_ignore_ascii_case($known) => Some($target),)+
            _ => None,
        }
    };
}

impl<'a> Members<'a> for ContactObject<'a, '_> {
    fn target(&mut self, name: &str) -> Option<MemberTarget<'_, 'a>> {
        if name.eq_ignore_ascii_case("detail") {
            Some(MemberTarget::Object(&mut self.detail, &mut self.contact))
        } else if name.eq_ignore_ascii_case("detail-type") {
            Some(MemberTarget::Field(&mut self.detail_type))
        } else {
            self.contact.target(name)
        }
    }
}

impl<'a> Members<'a> for ContactMembers<'a, '_> {
    fn target(&mut self, name: &str) -> Option<MemberTarget<'_, 'a>> {
        use MemberTarget::{Field, Object, Presence};
        any_case!(name, {
            "eventType" => Field(&mut self.event_type),
            "contactId" => Field(&mut self.contact_id),
            "initialContactId" => Field(&mut self.initial_contact_id),
            "nextContactId" => Field(&mut self.next_contact_id),
            "channel" => Field(&mut self.channel),
            "initiationMethod" => Field(&mut self.initiation_method),
            "initiationTimestamp" => Field(&mut self.initiation_timestamp),
            "disconnectTimestamp" => Field(&mut self.disconnect_timestamp),
            "lastUpdateTimestamp" => Field(&mut self.last_update_timestamp),
            "disconnectReason" => Field(&mut self.disconnect_reason),
            "queueInfo" => Object(&mut self.queue_shape, &mut self.queue),
            "queue" => Object(&mut self.queue_shape, &mut self.queue),
            "agentInfo" => Object(&mut self.agent_shape, &mut self.agent),
            "agent" => Object(&mut self.agent_shape, &mut self.agent),
            "systemEndpoint" => Object(&mut self.endpoint_shape, &mut self.endpoint),
            "tags" => Object(&mut self.tags_shape, &mut self.tags),
            "attributes" => Object(&mut self.attributes_shape, &mut self.attributes),
            "AWSContactTraceRecordFormatVersion" => Presence(&mut self.has_record_version),
            "agentARN" => Presence(&mut self.has_agent_arn),
        })
    }
}

impl<'a> Members<'a> for QueueMembers<'a> {
    fn target(&mut self, name: &str) -> Option<MemberTarget<'_, 'a>> {
        use MemberTarget::Field;
        any_case!(name, {
            "queueArn" => Field(&mut self.arn),
            "arn" => Field(&mut self.arn),
            "name" => Field(&mut self.name),
            "queueType" => Field(&mut self.queue_type),
            "enqueueTimestamp" => Field(&mut self.enqueue_timestamp),
            "dequeueTimestamp" => Field(&mut self.dequeue_timestamp),
        })
    }
}

impl<'a> Members<'a> for AgentMembers<'a> {
    fn target(&mut self, name: &str) -> Option<MemberTarget<'_, 'a>> {
        use MemberTarget::Field;
        any_case!(name, {
            "agentArn" => Field(&mut self.arn),
            "arn" => Field(&mut self.arn),
            "connectedToAgentTimestamp" => Field(&mut self.connected_timestamp),
        })
    }
}

impl<'a> Members<'a> for EndpointMembers<'a> {
    fn target(&mut self, name: &str) -> Option<MemberTarget<'_, 'a>> {
        any_case!(name, { "address" => MemberTarget::Field(&mut self.address), })
    }
}

impl<'a> Members<'a> for TagMembers<'a> {
    fn target(&mut self, name: &str) -> Option<MemberTarget<'_, 'a>> {
        any_case!(name, { "aws:connect:systemEndpoint" => MemberTarget::Field(&mut self.system_endpoint), })
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

/// Whether a word is in a list, in any case.
fn is_in(word: &str, list: &[&str]) -> bool {
    list.iter().any(|listed| listed.eq_ignore_ascii_case(word))
}
