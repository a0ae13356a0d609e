//! A malformed record, and the edits that turn a valid record into one.

/// The parts of a record that must be rejected. Unlike in a valid record, each may be missing.
#[derive(Clone, PartialEq, Eq)]
pub struct MalformedRecord {
    /// The key; `None` is Kafka's null.
    pub key: Option<Vec<u8>>,
    /// The headers, in order.
    pub headers: Vec<(String, Option<Vec<u8>>)>,
    /// The value; `None` is Kafka's null.
    pub value: Option<Vec<u8>>,
}

impl MalformedRecord {
    /// Replaces the name of each header with the result of `rename`.
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

    /// Replaces the value with the result of `edit`.
    pub(super) fn edited(self, edit: fn(Vec<u8>) -> Vec<u8>) -> Self {
        Self { value: self.value.map(edit), ..self }
    }

    pub(super) fn with_header(mut self, name: &str, value: Option<&[u8]>) -> Self {
        self.headers.retain(|(other, _)| other != name);
        self.headers.push((name.to_owned(), value.map(<[u8]>::to_vec)));
        self
    }
}
