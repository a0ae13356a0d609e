//! A draft of a valid event, in which one part can be changed before it is encoded.

use ensilinja_model::{EventTime, FactKind, LineId};
use serde_json::Value;

use super::record::MalformedRecord;
use crate::EVENT_TYPE_PREFIX;
use crate::cloudevents::content_mode::ATTRIBUTE_PREFIX;
use crate::cloudevents::encoder::{self, SIMULATOR_SOURCE};

/// A valid event as members of JSON objects: names, and values as raw JSON that may be replaced by anything.
pub(super) struct EventDraft {
    contact: String,
    attributes: Vec<(&'static str, String)>,
    data: Vec<(&'static str, String)>,
}

impl EventDraft {
    /// A valid `offered` event.
    pub(super) fn new(contact: &str, line: &LineId, at: EventTime) -> Self {
        let text = |text: &str| Value::from(text).to_string();
        let draft = Self {
            contact: contact.to_owned(),
            attributes: vec![
                ("specversion", text("1.0")),
                ("id", text("malformed")),
                ("source", text(SIMULATOR_SOURCE)),
                ("subject", text(contact)),
                ("time", text(&encoder::time(at))),
            ],
            data: vec![("line", text(line.as_str()))],
        };
        draft.of(FactKind::Offered)
    }

    /// Changes the kind of the event. Add the data that the kind requires with [`Self::data`].
    pub(super) fn of(self, kind: FactKind) -> Self {
        self.with("type", &format!("\"{EVENT_TYPE_PREFIX}{}\"", kind.as_str()))
    }

    /// Sets an attribute.
    pub(super) fn with(self, attribute: &'static str, value: &str) -> Self {
        self.without(attribute).and(attribute, value)
    }

    /// Adds an attribute, without removing another of the same name.
    pub(super) fn and(mut self, attribute: &'static str, value: &str) -> Self {
        self.attributes.push((attribute, value.to_owned()));
        self
    }

    /// Removes an attribute.
    pub(super) fn without(mut self, attribute: &str) -> Self {
        self.attributes.retain(|(name, _)| *name != attribute);
        self
    }

    /// Sets a member of the data.
    pub(super) fn data(self, member: &'static str, value: &str) -> Self {
        self.without_data(member).and_data(member, value)
    }

    /// Adds a member of the data, without removing another of the same name.
    pub(super) fn and_data(mut self, member: &'static str, value: &str) -> Self {
        self.data.push((member, value.to_owned()));
        self
    }

    /// Removes a member of the data.
    pub(super) fn without_data(mut self, member: &str) -> Self {
        self.data.retain(|(name, _)| *name != member);
        self
    }

    /// Changes the contact, in the key too.
    pub(super) fn about(mut self, contact: &str) -> Self {
        contact.clone_into(&mut self.contact);
        self.with("subject", &Value::from(contact).to_string())
    }

    /// The record in structured mode, without headers.
    pub(super) fn structured(mut self) -> MalformedRecord {
        if !self.attributes.iter().any(|(name, _)| *name == "data") {
            let data = object(&self.data);
            self.attributes.push(("data", data));
        }
        MalformedRecord {
            key: Some(self.contact.into_bytes()),
            headers: Vec::new(),
            value: Some(object(&self.attributes).into_bytes()),
        }
    }

    /// The record in binary mode.
    pub(super) fn binary(self) -> MalformedRecord {
        let header = |(name, raw): &(&str, String)| {
            let value = serde_json::from_str::<String>(raw).unwrap_or_else(|_| raw.clone());
            (format!("{ATTRIBUTE_PREFIX}{name}"), Some(value.into_bytes()))
        };
        MalformedRecord {
            key: Some(self.contact.into_bytes()),
            headers: self.attributes.iter().map(header).collect(),
            value: Some(object(&self.data).into_bytes()),
        }
    }
}

fn object(members: &[(&'static str, String)]) -> String {
    let members: Vec<_> = members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
    format!("{{{}}}", members.join(","))
}
