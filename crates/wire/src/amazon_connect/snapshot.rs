//! What one record says of one segment of a contact, checked and in the project's own types.

use ensilinja_model::EventTime;
use jiff::tz::TimeZone;

use super::contact::{ContactMembers, ContactObject, optional_text};
use crate::Detail;
use crate::json::field::Field;
use crate::json::members::Shape;
use crate::native::instant::instant_in;
use crate::native::{NativeSink, type_label};

/// A segment of a contact, as of one record.
pub(super) struct SegmentSnapshot<'x> {
    /// Whether a contact record says so. Its times are whole seconds.
    pub(super) is_record: bool,
    /// The id of the first segment, which names the whole chain.
    pub(super) contact: &'x str,
    pub(super) method: Method,
    pub(super) initiated: Option<EventTime>,
    pub(super) disconnected: Option<EventTime>,
    pub(super) updated: Option<EventTime>,
    pub(super) queue: QueueSnapshot<'x>,
    /// When an agent was connected.
    pub(super) connected: Option<EventTime>,
    /// An agent is named, connected or not.
    pub(super) has_agent: bool,
    /// Another segment follows.
    pub(super) has_next: bool,
    pub(super) reason: Option<&'x str>,
    /// The number that the customer dialled.
    pub(super) number: Option<&'x str>,
}

/// The queue of a segment.
pub(super) struct QueueSnapshot<'x> {
    pub(super) arn: Option<&'x str>,
    pub(super) name: Option<&'x str>,
    /// It is the queue of one agent.
    pub(super) is_of_agent: bool,
    pub(super) enqueued: Option<EventTime>,
    pub(super) dequeued: Option<EventTime>,
}

/// How a segment came about, as far as it matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    /// The customer arrived at a number.
    Arrival,
    /// The customer came from elsewhere: another segment, or a chat that a program began.
    Onward,
    /// A callback in which the agent is connected first.
    Callback,
    /// A callback that waits until the customer is dialled.
    CustomerFirstQueued,
    /// The call of such a callback.
    CustomerFirstDialed,
}

/// A channel whose contacts count.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LiveChannel {
    Voice,
    Chat,
}

/// What a word leads to.
enum Meaning<T> {
    Read(T),
    /// It is known, and nothing follows from it.
    Nothing,
    Unknown,
}

impl<'x> SegmentSnapshot<'x> {
    /// The snapshot in an object; `None` if the object is of no interest. Reports words that are not known.
    pub(super) fn of(
        object: &'x ContactObject<'_, '_>,
        is_record: bool,
        zone: Option<&TimeZone>,
        sink: &mut dyn NativeSink,
    ) -> Result<Option<Self>, Detail> {
        let members = &object.contact;
        let contact = contact_id(members)?;
        let channel = optional_text(&members.channel)?.ok_or(Detail::MissingMember)?;
        let method = optional_text(&members.initiation_method)?.ok_or(Detail::MissingMember)?;
        let Some(channel) = known(channel_of(channel), channel, sink) else { return Ok(None) };
        let Some(method) = known(method_of(method, channel), method, sink) else { return Ok(None) };
        for shape in [members.queue_shape, members.agent_shape] {
            if matches!(shape, Some(Shape::Other)) {
                return Err(Detail::BadMember);
            }
        }
        let instant = |field: &Field<'_>| instant_in(field, zone);
        let agent_is_object = matches!(members.agent_shape, Some(Shape::Object));
        Ok(Some(Self {
            is_record,
            contact,
            method,
            initiated: instant(&members.initiation_timestamp)?,
            disconnected: instant(&members.disconnect_timestamp)?,
            updated: if is_record { instant(&members.last_update_timestamp)? } else { None },
            queue: QueueSnapshot::of(members, zone)?,
            connected: instant(&members.agent.connected_timestamp)?,
            has_agent: optional_text(&members.agent.arn)?.is_some() || (is_record && agent_is_object),
            has_next: is_record && optional_text(&members.next_contact_id)?.is_some(),
            reason: reason(&members.disconnect_reason),
            number: number(members),
        }))
    }
}

impl<'x> QueueSnapshot<'x> {
    fn of(members: &'x ContactMembers<'_, '_>, zone: Option<&TimeZone>) -> Result<Self, Detail> {
        let queue = &members.queue;
        let arn = optional_text(&queue.arn)?;
        let is_agents = |kind: &str| kind.eq_ignore_ascii_case("AGENT");
        Ok(Self {
            arn,
            name: optional_text(&queue.name)?,
            is_of_agent: optional_text(&queue.queue_type)?.is_some_and(is_agents)
                || arn.is_some_and(|arn| arn.contains("/queue/agent/")),
            enqueued: instant_in(&queue.enqueue_timestamp, zone)?,
            dequeued: instant_in(&queue.dequeue_timestamp, zone)?,
        })
    }

    pub(super) const fn is_named(&self) -> bool {
        self.arn.is_some() || self.name.is_some()
    }

    /// The queue's id: the last element of its ARN.
    pub(super) fn id(&self) -> Option<&'x str> {
        self.arn.map(|arn| arn.rsplit_once('/').map_or(arn, |(_, id)| id))
    }
}

/// The id of the chain: that of its first segment, which is absent on the first segment itself.
fn contact_id<'x>(members: &'x ContactMembers<'_, '_>) -> Result<&'x str, Detail> {
    let id = |field| optional_text(field).map_err(|_| Detail::BadContactId);
    let own = id(&members.contact_id)?;
    id(&members.initial_contact_id)?.or(own).ok_or(Detail::MissingContactId)
}

/// The reason of the end. In events of campaigns it is an object, and of no interest.
fn reason<'x>(field: &'x Field<'_>) -> Option<&'x str> {
    optional_text(field).ok().flatten()
}

/// The number that the customer dialled: the endpoint of the system, or the tag that names it.
fn number<'x>(members: &'x ContactMembers<'_, '_>) -> Option<&'x str> {
    let text = |field| optional_text(field).ok().flatten();
    text(&members.endpoint.address).or_else(|| text(&members.tags.system_endpoint))
}

fn known<T>(meaning: Meaning<T>, word: &str, sink: &mut dyn NativeSink) -> Option<T> {
    match meaning {
        Meaning::Read(value) => Some(value),
        Meaning::Nothing => None,
        Meaning::Unknown => {
            sink.record_type(type_label(word));
            sink.unknown_type();
            None
        }
    }
}

/// Text messages are chats of a subtype.
fn channel_of(word: &str) -> Meaning<LiveChannel> {
    let is = |known: &str| word.eq_ignore_ascii_case(known);
    match word.len() {
        5 if is("VOICE") => Meaning::Read(LiveChannel::Voice),
        4 if is("CHAT") => Meaning::Read(LiveChannel::Chat),
        _ if is("TASK") || is("EMAIL") => Meaning::Nothing,
        _ => Meaning::Unknown,
    }
}

fn method_of(word: &str, channel: LiveChannel) -> Meaning<Method> {
    let is_one_of = |known: &[&str]| known.iter().any(|known| known.eq_ignore_ascii_case(word));
    // By voice it is a call that a program made.
    let is_chat_of_program = channel == LiveChannel::Chat && is_one_of(&["API"]);
    if is_one_of(&["INBOUND", "WEBRTC_API"]) {
        Meaning::Read(Method::Arrival)
    } else if is_chat_of_program || is_one_of(&["TRANSFER", "QUEUE_TRANSFER", "DISCONNECT"]) {
        Meaning::Read(Method::Onward)
    } else if is_one_of(&["CALLBACK"]) {
        Meaning::Read(Method::Callback)
    } else if is_one_of(&["CALLBACK_CUSTOMER_FIRST_QUEUED"]) {
        Meaning::Read(Method::CustomerFirstQueued)
    } else if is_one_of(&["CALLBACK_CUSTOMER_FIRST_DIALED"]) {
        Meaning::Read(Method::CustomerFirstDialed)
    } else if is_one_of(&["API", "OUTBOUND", "EXTERNAL_OUTBOUND", "MONITOR", "AGENT_REPLY", "FLOW"]) {
        Meaning::Nothing
    } else {
        Meaning::Unknown
    }
}
