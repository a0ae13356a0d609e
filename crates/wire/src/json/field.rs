//! One field as received, checked only when its value is needed.
//!
//! The type of an event may follow its data, and an event of another system may have fields of any shape. So reading a
//! field never fails because of its shape. The accessors check it.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::Detail;

/// The value of a field, in as much detail as the contract needs.
#[derive(Default)]
#[cfg_attr(test, derive(PartialEq))]
pub(crate) enum Field<'a> {
    /// The field is missing.
    #[default]
    Absent,
    /// Null. It means the same as missing, but the field must not occur a second time.
    Null,
    /// A string, borrowed from the record unless it has escapes.
    Text(Cow<'a, str>),
    /// A number. Only small whole numbers are needed, so a double is exact enough.
    Number(f64),
    /// True or false.
    Bool(bool),
    /// A value that no field accepts: an array or an object.
    Other,
}

impl Field<'_> {
    /// The same field without borrowed text.
    pub(crate) fn into_owned(self) -> Field<'static> {
        match self {
            Self::Absent => Field::Absent,
            Self::Null => Field::Null,
            Self::Text(text) => Field::Text(Cow::Owned(text.into_owned())),
            Self::Number(number) => Field::Number(number),
            Self::Bool(bool) => Field::Bool(bool),
            Self::Other => Field::Other,
        }
    }

    /// The value as a trimmed text that is not empty, also of a number or a boolean; `None` for anything else.
    pub(crate) fn as_text(&self) -> Option<Cow<'_, str>> {
        match self {
            Self::Text(text) => Some(trimmed(text)).filter(|text| !text.is_empty()).map(Cow::Borrowed),
            Self::Number(number) => Some(number.to_string().into()),
            Self::Bool(value) => Some(if *value { "true" } else { "false" }.into()),
            Self::Absent | Self::Null | Self::Other => None,
        }
    }

    /// The string in this field. It must be present and not empty.
    pub(crate) fn text(&self, missing: Detail, bad: Detail) -> Result<&str, Detail> {
        self.optional_text(bad)?.ok_or(missing)
    }

    /// The string in this field, if present. It must not be empty.
    pub(crate) fn optional_text(&self, bad: Detail) -> Result<Option<&str>, Detail> {
        match self {
            Self::Absent | Self::Null => Ok(None),
            Self::Text(text) if !text.is_empty() => Ok(Some(text)),
            _ => Err(bad),
        }
    }

    /// The member of a vocabulary with this name.
    pub(crate) fn word<T>(&self, from_name: fn(&str) -> Option<T>, missing: Detail, bad: Detail) -> Result<T, Detail> {
        from_name(self.text(missing, bad)?).ok_or(bad)
    }
}

/// The text without white space around it. Usually there is none, as its ends tell.
#[inline]
pub(crate) fn trimmed(text: &str) -> &str {
    match text.as_bytes() {
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
        _ => text.trim(),
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Field<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyShape { enters_array: false })
    }
}

/// A field that takes the first item of an array, and any other value as it is.
pub(super) struct FirstItem<'a>(pub(super) Field<'a>);

impl<'de: 'a, 'a> Deserialize<'de> for FirstItem<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyShape { enters_array: true }).map(Self)
    }
}

struct AnyShape {
    enters_array: bool,
}

impl<'de> Visitor<'de> for AnyShape {
    type Value = Field<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Field::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Field::Text(Cow::Owned(text.to_owned())))
    }

    #[expect(clippy::cast_precision_loss, reason = "only small whole numbers are needed")]
    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(Field::Number(number as f64))
    }

    #[expect(clippy::cast_precision_loss, reason = "only small whole numbers are needed")]
    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(Field::Number(number as f64))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        Ok(Field::Number(number))
    }

    fn visit_bool<E>(self, bool: bool) -> Result<Self::Value, E> {
        Ok(Field::Bool(bool))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Field::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let first = if self.enters_array { items.next_element()? } else { None };
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(first.unwrap_or(Field::Other))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Field::Other)
    }
}
