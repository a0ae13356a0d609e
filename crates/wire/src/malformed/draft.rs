//! An event before it is written down, so that a single thing of it can be spoiled.

use ensilinja_model::{EventTime, FactKind, LineId};
use serde_json::Value;

use super::MalformedRecord;
use crate::content_mode::ATTRIBUTE_PREFIX;
use crate::{EVENT_TYPE_PREFIX, SIMULATOR_SOURCE, encoder};

/// A sound event, as members of JSON objects: names, and values as raw JSON, which may be replaced by anything.
pub(super) struct Draft {
    contact: String,
    attributes: Vec<(&'static str, String)>,
    data: Vec<(&'static str, String)>,
}

impl Draft {
    /// An `offered`.
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

    /// An event of this kind; what such an event must say is for [`Self::data`].
    pub(super) fn of(self, kind: FactKind) -> Self {
        self.with("type", &format!("\"{EVENT_TYPE_PREFIX}{}\"", kind.as_str()))
    }

    /// With an attribute of this value, in the place of any it had.
    pub(super) fn with(self, attribute: &'static str, value: &str) -> Self {
        self.without(attribute).and(attribute, value)
    }

    /// With this attribute, beside any of the name it had.
    pub(super) fn and(mut self, attribute: &'static str, value: &str) -> Self {
        self.attributes.push((attribute, value.to_owned()));
        self
    }

    /// Without this attribute.
    pub(super) fn without(mut self, attribute: &str) -> Self {
        self.attributes.retain(|(name, _)| *name != attribute);
        self
    }

    /// With this member of the data, in the place of any it had.
    pub(super) fn data(self, member: &'static str, value: &str) -> Self {
        self.without_data(member).and_data(member, value)
    }

    /// With this member of the data, beside any of the name it had.
    pub(super) fn and_data(mut self, member: &'static str, value: &str) -> Self {
        self.data.push((member, value.to_owned()));
        self
    }

    /// Without this member of the data.
    pub(super) fn without_data(mut self, member: &str) -> Self {
        self.data.retain(|(name, _)| *name != member);
        self
    }

    /// About another contact, key and all.
    pub(super) fn about(mut self, contact: &str) -> Self {
        contact.clone_into(&mut self.contact);
        self.with("subject", &Value::from(contact).to_string())
    }

    /// The record in structured mode, whose value is also what a producer without headers sends.
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

impl MalformedRecord {
    /// With the names that `rename` makes of those its headers have.
    pub(super) fn with_names(mut self, rename: fn(&str) -> String) -> Self {
        for (name, _) in &mut self.headers {
            *name = rename(name);
        }
        self
    }

    pub(super) fn with_value(self, value: impl Into<Vec<u8>>) -> Self {
        Self { value: Some(value.into()), ..self }
    }

    pub(super) fn without_value(self) -> Self {
        Self { value: None, ..self }
    }

    /// With the value that `edit` makes of the one it has.
    pub(super) fn edited(self, edit: fn(Vec<u8>) -> Vec<u8>) -> Self {
        Self { value: self.value.map(edit), ..self }
    }

    pub(super) fn with_header(mut self, name: &str, value: Option<&[u8]>) -> Self {
        self.headers.retain(|(other, _)| other != name);
        self.headers.push((name.to_owned(), value.map(<[u8]>::to_vec)));
        self
    }
}

fn object(members: &[(&'static str, String)]) -> String {
    let members: Vec<_> = members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
    format!("{{{}}}", members.join(","))
}
