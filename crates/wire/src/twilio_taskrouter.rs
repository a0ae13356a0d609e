//! The source format `twilio_taskrouter`: events of Twilio `TaskRouter` and Flex, from Event Streams, from callbacks of
//! a workspace, or from the Events resource.
//!
//! ```text
//! task-queue.entered     offered, queued       reservation.accepted      answered
//! task-queue.moved       transferred           task.wrapup, completed    ended
//! task.canceled          abandoned, callback_requested, or what `exits` says of the reason
//! ```
//!
//! A contact is the conversation that the attributes of a task name, or else the task. A callback is a task of its own,
//! for each attempt a new one; its attributes say so.

mod attributes;
mod event;
pub(crate) mod rules;
mod states;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use crate::json::sequence::read_each;
use crate::native::{NativeSink, text_of, type_label};
use crate::{Detail, FormatRules, Mapping, Record};
use attributes::TaskAttributes;
use event::{TaskEvent, TaskMember};
use states::TaskStates;

pub use rules::{TwilioRules, TwilioSettings};

/// The start of the types of Event Streams.
const PREFIX: &str = "com.twilio.taskrouter.";

/// The rules without a configuration.
static DEFAULT_RULES: LazyLock<TwilioRules> =
    LazyLock::new(|| TwilioRules::new(TwilioSettings::default()).expect("the default attributes have names"));

/// Types that state nothing.
const SILENT: [&str; 16] = [
    "task.system-deleted",
    "task.transfer-attempt-failed",
    "task.transfer-failed",
    "task.transfer-canceled",
    "task-queue.created",
    "task-queue.deleted",
    "task-queue.timeout",
    "task-queue.expression.updated",
    "reservation.created",
    "reservation.rejected",
    "reservation.timeout",
    "reservation.canceled",
    "reservation.rescinded",
    "reservation.completed",
    "reservation.failed",
    "reservation.updated",
];

/// Families of types that are about no contact.
const SILENT_FAMILIES: [&str; 4] = ["worker.", "activity.", "workflow.", "task-channel."];

pub(crate) fn read(record: &Record<'_>, mapping: &Mapping, sink: &mut dyn NativeSink) {
    let Some(text) = text_of(record, mapping, sink) else { return };
    let rules = match &mapping.rules {
        FormatRules::TwilioTaskrouter(rules) => rules,
        _ => &*DEFAULT_RULES,
    };
    if let Some(event) = TaskEvent::of_form(text) {
        return read_event(&event, rules, mapping, sink);
    }
    read_each(text, TaskEvent::default, |event| match event {
        Ok(event) => read_event(event, rules, mapping, sink),
        Err(detail) => sink.fault(detail),
    });
}

fn read_event(event: &TaskEvent<'_>, rules: &TwilioRules, mapping: &Mapping, sink: &mut dyn NativeSink) {
    let Some(name) = event.event_type() else { return sink.unknown_type() };
    let name = name.strip_prefix(PREFIX).unwrap_or(&name);
    sink.record_type(type_label(name));
    if let Err(detail) = state(name, event, rules, mapping, sink) {
        sink.fault(detail);
    }
}

fn state(
    name: &str,
    event: &TaskEvent<'_>,
    rules: &TwilioRules,
    mapping: &Mapping,
    sink: &mut dyn NativeSink,
) -> Result<(), Detail> {
    let is_silent = SILENT.contains(&name);
    let tells_move = is_silent && event.has_previous_queue();
    if !TaskStates::knows(name) && !tells_move {
        if !is_silent && !SILENT_FAMILIES.iter().any(|family| name.starts_with(family)) {
            sink.unknown_type();
        }
        return Ok(());
    }
    let attributes = TaskAttributes::read(event.field(TaskMember::Attributes), rules)?;
    if attributes.is_outbound {
        return Ok(());
    }
    TaskStates { event, attributes: &attributes, rules, mapping, sink }.state(name)
}
