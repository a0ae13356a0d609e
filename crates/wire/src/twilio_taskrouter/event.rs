//! The members of an event that are read, in the three spellings that they come in.
//!
//! ```text
//! {"type":"com.twilio.taskrouter.task.created","time":"…","data":{"timestamp":"…","payload":{"task_sid":"WT…"}}}
//! {"EventType":"task.created","Timestamp":"…","TaskSid":"WT…"}
//! {"event_type":"task.created","event_date":"…","event_data":{"task_sid":"WT…"}}
//! ```

use std::borrow::Cow;

use ensilinja_model::EventTime;
use jiff::tz::TimeZone;

use crate::Detail;
use crate::json::field::Field;
use crate::json::members::{MemberTarget, Members, Shape};
use crate::json::names::NameTable;
use crate::native::epoch::{EpochUnit, epoch_in};
use crate::native::instant::instant_in;
use crate::native::percent::decoded;

/// A member that is read.
#[derive(Clone, Copy)]
pub(super) enum TaskMember {
    EventType,
    Timestamp,
    TimestampMs,
    Task,
    Queue,
    QueueName,
    PreviousQueue,
    PreviousQueueName,
    Workflow,
    WorkflowName,
    DateCreated,
    Status,
    CanceledReason,
    CompletedReason,
    Reason,
    Attributes,
    TransferMode,
    TransferType,
    TransferTo,
}

const MEMBERS: usize = TaskMember::TransferTo as usize + 1;

/// The names of the members, in the order of [`TaskMember`].
static NAMES: NameTable<MEMBERS> = NameTable::new([
    "event_type",
    "timestamp",
    "timestamp_ms",
    "task_sid",
    "task_queue_sid",
    "task_queue_name",
    "previous_task_queue_sid",
    "previous_task_queue_name",
    "workflow_sid",
    "workflow_name",
    "task_date_created",
    "task_assignment_status",
    "task_canceled_reason",
    "task_completed_reason",
    "reason",
    "task_attributes",
    "transfer_mode",
    "transfer_type",
    "transfer_to",
]);

/// The same names without underscores, as names with capital letters are compared with them: `TaskSid` is `task_sid`.
static JOINED_NAMES: NameTable<MEMBERS> = NameTable::new([
    "eventtype",
    "timestamp",
    "timestampms",
    "tasksid",
    "taskqueuesid",
    "taskqueuename",
    "previoustaskqueuesid",
    "previoustaskqueuename",
    "workflowsid",
    "workflowname",
    "taskdatecreated",
    "taskassignmentstatus",
    "taskcanceledreason",
    "taskcompletedreason",
    "reason",
    "taskattributes",
    "transfermode",
    "transfertype",
    "transferto",
]);

/// From here on a number of units since 1970 counts milliseconds and no seconds.
const MILLISECONDS_FROM: f64 = 1e11;

/// The members of an event about a task.
#[derive(Default)]
pub(super) struct Payload<'a> {
    fields: [Field<'a>; MEMBERS],
}

/// The data of a `CloudEvent`.
#[derive(Default)]
struct EventData<'a> {
    timestamp: Field<'a>,
    payload_shape: Option<Shape>,
    payload: Payload<'a>,
}

/// An event, in any of the spellings.
#[derive(Default)]
pub(super) struct TaskEvent<'a> {
    cloud_event_type: Field<'a>,
    time: Field<'a>,
    event_date: Field<'a>,
    event_date_ms: Field<'a>,
    data_shape: Option<Shape>,
    event_data_shape: Option<Shape>,
    data: EventData<'a>,
}

impl<'a> Payload<'a> {
    fn field_mut(&mut self, name: &str) -> Option<&mut Field<'a>> {
        let exact = NAMES.find(name, |known, name| known == name);
        let is_same = |known: &str, name: &str| is_joined(known, name) || name == "eventtype";
        let place = exact.or_else(|| JOINED_NAMES.find(name, is_same));
        self.fields.get_mut(place?)
    }
}

impl<'a> Members<'a> for Payload<'a> {
    fn target(&mut self, name: &str) -> Option<MemberTarget<'_, 'a>> {
        self.field_mut(name).map(MemberTarget::First)
    }
}

impl<'a> Members<'a> for EventData<'a> {
    fn target(&mut self, name: &str) -> Option<MemberTarget<'_, 'a>> {
        match name {
            "timestamp" => Some(MemberTarget::First(&mut self.timestamp)),
            "payload" => Some(MemberTarget::Object(&mut self.payload_shape, &mut self.payload)),
            _ => None,
        }
    }
}

impl<'a> Members<'a> for TaskEvent<'a> {
    fn target(&mut self, name: &str) -> Option<MemberTarget<'_, 'a>> {
        match name {
            "type" => Some(MemberTarget::First(&mut self.cloud_event_type)),
            "time" => Some(MemberTarget::First(&mut self.time)),
            "event_date" => Some(MemberTarget::First(&mut self.event_date)),
            "event_date_ms" => Some(MemberTarget::First(&mut self.event_date_ms)),
            "data" => Some(MemberTarget::Object(&mut self.data_shape, &mut self.data)),
            "event_data" => Some(MemberTarget::Object(&mut self.event_data_shape, &mut self.data.payload)),
            _ => match name.len() {
                9 if is_joined("eventdate", name) => Some(MemberTarget::First(&mut self.event_date)),
                11 if is_joined("eventdatems", name) => Some(MemberTarget::First(&mut self.event_date_ms)),
                9 if is_joined("eventdata", name) => {
                    Some(MemberTarget::Object(&mut self.event_data_shape, &mut self.data.payload))
                }
                _ => self.data.payload.target(name),
            },
        }
    }
}

impl<'a> TaskEvent<'a> {
    /// The event of a callback as it is posted: a form.
    pub(super) fn of_form(text: &'a str) -> Option<Self> {
        let is_form = text.starts_with(|c: char| c.is_ascii_uppercase())
            && text.split_once('=').is_some_and(|(name, _)| name.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        let mut event = is_form.then(Self::default)?;
        for (name, value) in text.trim().split('&').filter_map(|pair| pair.split_once('=')) {
            if let Some(field @ Field::Absent) = event.data.payload.field_mut(name) {
                let is_encoded = value.contains(['%', '+']);
                let plain = is_encoded.then(|| decoded(&value.replace('+', " ")).into_owned());
                *field = Field::Text(plain.map_or(Cow::Borrowed(value), Cow::Owned));
            }
        }
        Some(event)
    }

    pub(super) fn field(&self, member: TaskMember) -> &Field<'a> {
        &self.data.payload.fields[member as usize]
    }

    /// The value of a member as text; `None` if it is empty.
    pub(super) fn text(&self, member: TaskMember) -> Option<Cow<'_, str>> {
        self.field(member).as_text()
    }

    /// Whether a member has this value, in any case.
    pub(super) fn says(&self, member: TaskMember, value: &str) -> bool {
        self.text(member).is_some_and(|text| text.eq_ignore_ascii_case(value))
    }

    /// Whether the task came from another queue than the one it is in.
    pub(super) fn has_previous_queue(&self) -> bool {
        let differs = |previous, present| {
            self.text(previous).map(|previous| self.text(present).is_none_or(|present| *present != *previous))
        };
        let by_id = differs(TaskMember::PreviousQueue, TaskMember::Queue);
        by_id.or_else(|| differs(TaskMember::PreviousQueueName, TaskMember::QueueName)).unwrap_or(false)
    }

    /// The type as the platform writes it.
    pub(super) fn event_type(&self) -> Option<Cow<'_, str>> {
        self.cloud_event_type.as_text().or_else(|| self.text(TaskMember::EventType))
    }

    /// When it happened.
    pub(super) fn at(&self, zone: Option<&TimeZone>) -> Result<EventTime, Detail> {
        let own = [self.field(TaskMember::TimestampMs), self.field(TaskMember::Timestamp)];
        for field in own.into_iter().chain([&self.data.timestamp, &self.time, &self.event_date_ms, &self.event_date]) {
            if let Some(at) = time_in(field, zone)? {
                return Ok(at);
            }
        }
        Err(Detail::MissingInstant)
    }

    /// When the task was created.
    pub(super) fn created_at(&self, zone: Option<&TimeZone>) -> Result<Option<EventTime>, Detail> {
        time_in(self.field(TaskMember::DateCreated), zone)
    }
}

/// A time as any of the feeds writes it: a text as in RFC 3339, or seconds or milliseconds by their size.
fn time_in(field: &Field<'_>, zone: Option<&TimeZone>) -> Result<Option<EventTime>, Detail> {
    let number = match field {
        Field::Number(number) => Some(*number),
        Field::Text(text) if text.trim().bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') => {
            text.trim().parse::<f64>().ok()
        }
        _ => None,
    };
    match number {
        Some(number) if number >= MILLISECONDS_FROM => epoch_in(field, EpochUnit::Milliseconds),
        Some(_) => epoch_in(field, EpochUnit::Seconds),
        None => instant_in(field, zone),
    }
}

/// Whether the name has a capital letter: `TaskSid`, or `taskSid` in some libraries.
fn has_capital(name: &str) -> bool {
    name.bytes().any(|byte| byte.is_ascii_uppercase())
}

/// Whether a name is this one, with capital letters in the place of underscores.
fn is_joined(known: &str, name: &str) -> bool {
    known.eq_ignore_ascii_case(name) && has_capital(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_member_has_both_names() {
        let joined = NAMES.names().map(|name| name.replace('_', ""));
        assert_eq!(joined, *JOINED_NAMES.names());
    }

    #[test]
    fn a_name_is_known_as_it_is_written_in_any_of_the_feeds() {
        let place = |name: &str| {
            let mut payload = Payload::default();
            *payload.field_mut(name)? = Field::Null;
            payload.fields.iter().position(|field| matches!(field, Field::Null))
        };
        for known in ["task_queue_sid", "TaskQueueSid", "taskQueueSid", "TaskQueueSID"] {
            assert_eq!(place(known), Some(TaskMember::Queue as usize), "{known}");
        }
        for known in ["eventtype", "event_type", "EventType"] {
            assert_eq!(place(known), Some(TaskMember::EventType as usize), "{known}");
        }
        for other in ["taskqueuesid", "Task_Queue_Sid", "TASK_QUEUE_SID", "queue", "task_queue_sids", ""] {
            assert_eq!(place(other), None, "{other}");
        }
    }
}
