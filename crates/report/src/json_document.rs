//! A JSON document with members in a fixed order, for the commands that print one.
//!
//! ```
//! use ensilinja_report::JsonDocument;
//!
//! let letters = JsonDocument::object([("letters", 2_u64.into()), ("last", JsonDocument::Null)]);
//! assert_eq!(letters.to_json(), "{\n  \"letters\": 2,\n  \"last\": null\n}\n");
//! ```

use ensilinja_model::printable_json;
use serde_json::Value as Json;

/// A value of a document.
#[derive(Clone, Debug, PartialEq)]
pub enum JsonDocument {
    /// An unknown or absent value.
    Null,
    /// A boolean.
    Flag(bool),
    /// A whole number.
    Whole(i64),
    /// A number. One that is not finite is written as `null`.
    Number(f64),
    /// A text.
    Text(String),
    /// Values in order.
    List(Vec<JsonDocument>),
    /// Named values in the order of writing. Names must be distinct.
    Object(Vec<(&'static str, JsonDocument)>),
}

impl JsonDocument {
    /// An object with members in this order.
    pub fn object(members: impl IntoIterator<Item = (&'static str, Self)>) -> Self {
        Self::Object(members.into_iter().collect())
    }

    /// A list of values.
    pub fn list(items: impl IntoIterator<Item = Self>) -> Self {
        Self::List(items.into_iter().collect())
    }

    /// The document as indented JSON, with a final line break.
    ///
    /// # Panics
    /// Never: these values can always be written.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut text = String::new();
        self.write(&mut text, 0);
        text.push('\n');
        text
    }

    fn write(&self, text: &mut String, depth: usize) {
        match self {
            Self::List(items) if !items.is_empty() => {
                let members = items.iter().map(|item| (None, item));
                write_members(text, depth, ['[', ']'], members);
            }
            Self::Object(members) if !members.is_empty() => {
                let members = members.iter().map(|(name, value)| (Some(*name), value));
                write_members(text, depth, ['{', '}'], members);
            }
            _ => text.push_str(&printable_json(&self.atom().to_string())),
        }
    }

    /// The JSON value of a document without parts.
    fn atom(&self) -> Json {
        match self {
            Self::Null => Json::Null,
            Self::Flag(flag) => Json::from(*flag),
            Self::Whole(number) => Json::from(*number),
            Self::Number(number) => Json::from(*number),
            Self::Text(said) => Json::from(said.as_str()),
            Self::List(_) => Json::Array(Vec::new()),
            Self::Object(_) => Json::Object(serde_json::Map::new()),
        }
    }
}

fn write_members<'a>(
    text: &mut String,
    depth: usize,
    [opening, closing]: [char; 2],
    members: impl Iterator<Item = (Option<&'static str>, &'a JsonDocument)>,
) {
    text.push(opening);
    for (number, (name, value)) in members.enumerate() {
        text.push_str(if number == 0 { "\n" } else { ",\n" });
        text.push_str(&"  ".repeat(depth + 1));
        if let Some(name) = name {
            text.push_str(&Json::from(name).to_string());
            text.push_str(": ");
        }
        value.write(text, depth + 1);
    }
    text.push('\n');
    text.push_str(&"  ".repeat(depth));
    text.push(closing);
}

impl From<bool> for JsonDocument {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<i64> for JsonDocument {
    fn from(number: i64) -> Self {
        Self::Whole(number)
    }
}

impl From<u64> for JsonDocument {
    /// A number above `i64::MAX` becomes `i64::MAX`.
    fn from(number: u64) -> Self {
        Self::Whole(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl From<i32> for JsonDocument {
    fn from(number: i32) -> Self {
        Self::Whole(number.into())
    }
}

impl From<f64> for JsonDocument {
    fn from(number: f64) -> Self {
        Self::Number(number)
    }
}

impl From<&str> for JsonDocument {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for JsonDocument {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl<T: Into<JsonDocument>> From<Option<T>> for JsonDocument {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_keep_their_order_and_texts_are_escaped() {
        let document = JsonDocument::object([
            ("z", JsonDocument::list(["a \"b\"\n\u{1b}".into(), 2.5.into(), JsonDocument::from(None::<&str>)])),
            ("a", JsonDocument::object([("on", true.into())])),
            ("none", JsonDocument::list([])),
            ("nothing", JsonDocument::object([])),
            ("large", u64::MAX.into()),
            ("no_number", f64::NAN.into()),
        ]);
        let json = document.to_json();
        assert_eq!(
            json,
            "{\n  \"z\": [\n    \"a \\\"b\\\"\\n\\u001b\",\n    2.5,\n    null\n  ],\n  \"a\": {\n    \"on\": true\n  \
             },\n  \"none\": [],\n  \"nothing\": {},\n  \"large\": 9223372036854775807,\n  \"no_number\": null\n}\n"
        );
        assert!(serde_json::from_str::<Json>(&json).is_ok());
    }
}
