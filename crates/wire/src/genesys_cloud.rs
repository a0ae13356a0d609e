//! The source format `genesys_cloud`: analytics detail events, and conversation detail records that repair them.
//!
//! ```text
//! {"detail-type":..., "detail":{"topicName":..., "eventBody":{...}}}    an event, as EventBridge sends it
//! {"topicName":"v2.detail.events.conversation.ID.acd.end", ...}         the same, as the notification service sends it
//! {"conversationId":..., "participants":[...]}                          a record: a whole conversation
//! {"conversations":[{...}, ...]}                                        a page of records, as the API answers
//! ```
//!
//! An event states at most a few facts, dated by itself. A record states all of its conversation, as often as it is
//! fetched. All queue visits, agents and callbacks of a contact share one conversation, which is the contact here.

mod conversation;
mod detail_record;
mod event;
mod notification;
pub(crate) mod rules;
mod statement;
#[cfg(test)]
mod tests;

pub use rules::GenesysCloudRules;

use crate::json::sequence::read_each;
use crate::native::{NativeSink, text_of, type_label};
use crate::{Detail, Mapping, Record};
use conversation::ConversationMembers;
use notification::{EventKind, GenesysObject};
use statement::Statements;

/// How records without a type are counted.
const RECORD_TYPE: &str = "conversation detail record";

pub(crate) fn read(record: &Record<'_>, mapping: &Mapping, sink: &mut dyn NativeSink) {
    let Some(text) = text_of(record, mapping, sink) else { return };
    read_each(text, GenesysObject::default, |object| match object {
        Ok(object) => read_object(object, mapping, sink),
        Err(fault) => sink.fault(fault),
    });
}

fn read_object(object: &GenesysObject<'_>, mapping: &Mapping, sink: &mut dyn NativeSink) {
    if object.conversations_shape.is_some() {
        for conversation in object.conversations.objects() {
            read_conversation(conversation, mapping, sink);
        }
    } else if object.conversation.participants_shape.is_some() {
        read_conversation(&object.conversation, mapping, sink);
    } else if let Err(fault) = read_event(object, mapping, sink) {
        sink.fault(fault);
    }
}

fn read_conversation(conversation: &ConversationMembers<'_>, mapping: &Mapping, sink: &mut dyn NativeSink) {
    sink.record_type(RECORD_TYPE);
    let mut statements = Statements::new(mapping, true, sink);
    let stated = detail_record::state(conversation, &mut statements);
    statements.give(stated);
}

fn read_event(object: &GenesysObject<'_>, mapping: &Mapping, sink: &mut dyn NativeSink) -> Result<(), Detail> {
    let kind = object.kind()?;
    if let Some(name) = kind.name() {
        sink.record_type(type_label(&name));
    }
    let EventKind::Known(kind) = kind else {
        sink.unknown_type();
        return Ok(());
    };
    let body = object.body()?;
    let mut statements = Statements::new(mapping, false, sink);
    let stated = event::state(kind, body, &mut statements);
    statements.give(stated);
    Ok(())
}
