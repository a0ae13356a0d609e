//! Reads JSON objects into fields, in place.
//!
//! A derived deserializer would build a value and then move it, which is a large part of the work on an event. Here a
//! type with fields maps member names to its fields. Unknown members are skipped. A known member must not occur twice;
//! that is the only error of this reader.

use std::fmt;

use serde::de::{Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::field::{Field, FirstItem};

/// A type with fields for members of a JSON object.
pub(crate) trait Members<'a> {
    /// The target of the member with this name; `None` to skip it.
    fn target(&mut self, name: &str) -> Option<MemberTarget<'_, 'a>>;

    /// The target of the item with this number, if the value is an array; `None` to skip it.
    fn item(&mut self, _number: usize) -> Option<MemberTarget<'_, 'a>> {
        None
    }
}

/// The target of a member.
pub(crate) enum MemberTarget<'x, 'a> {
    /// A field.
    Field(&'x mut Field<'a>),
    /// A field that may occur several times or have several values in an array. The first value counts.
    First(&'x mut Field<'a>),
    /// A mark that the member is there. Its value is skipped, and it may occur twice.
    Presence(&'x mut bool),
    /// A nested type with fields, and the shape of the value.
    Object(&'x mut Option<Shape>, &'x mut dyn Members<'a>),
}

/// The shape of a JSON value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// An object.
    Object,
    /// Null.
    Null,
    /// Anything else.
    Other,
}

/// Fills a type with fields from a value, if that is an object or an array. Returns the shape of any value.
pub(crate) struct Fill<'x, 'a>(pub(crate) &'x mut dyn Members<'a>);

impl<'de> DeserializeSeed<'de> for Fill<'_, 'de> {
    type Value = Shape;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Shape, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Fill<'_, 'de> {
    type Value = Shape;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Shape, A::Error> {
        while let Some(target) = members.next_key_seed(Find(&mut *self.0))? {
            match target {
                None => drop(members.next_value::<IgnoredAny>()?),
                Some(target) => members.next_value_seed(Place(target))?,
            }
        }
        Ok(Shape::Object)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Shape, A::Error> {
        let mut number = 0;
        while items.next_element_seed(PlaceItem { fields: &mut *self.0, number })?.is_some() {
            number += 1;
        }
        Ok(Shape::Other)
    }

    fn visit_unit<E>(self) -> Result<Shape, E> {
        Ok(Shape::Null)
    }

    fn visit_str<E>(self, _: &str) -> Result<Shape, E> {
        Ok(Shape::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Shape, E> {
        Ok(Shape::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Shape, E> {
        Ok(Shape::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Shape, E> {
        Ok(Shape::Other)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Shape, E> {
        Ok(Shape::Other)
    }
}

/// Puts a value into its target.
struct Place<'x, 'a>(MemberTarget<'x, 'a>);

impl<'de> DeserializeSeed<'de> for Place<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.0 {
            MemberTarget::Presence(is_there) => {
                *is_there = true;
                IgnoredAny::deserialize(deserializer)?;
            }
            MemberTarget::Field(field @ Field::Absent) => *field = Field::deserialize(deserializer)?,
            MemberTarget::First(field @ Field::Absent) => *field = FirstItem::deserialize(deserializer)?.0,
            MemberTarget::First(_) => drop(IgnoredAny::deserialize(deserializer)?),
            MemberTarget::Object(shape @ None, fields) => *shape = Some(Fill(fields).deserialize(deserializer)?),
            MemberTarget::Field(_) | MemberTarget::Object(..) => {
                return Err(D::Error::custom("a member occurs twice"));
            }
        }
        Ok(())
    }
}

/// Puts an item of an array into its target.
struct PlaceItem<'x, 'a> {
    fields: &'x mut dyn Members<'a>,
    number: usize,
}

impl<'de> DeserializeSeed<'de> for PlaceItem<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.fields.item(self.number) {
            None => IgnoredAny::deserialize(deserializer).map(drop),
            Some(target) => Place(target).deserialize(deserializer),
        }
    }
}

/// Reads a name and finds its target.
struct Find<'x, 'a>(&'x mut dyn Members<'a>);

impl<'x, 'de> DeserializeSeed<'de> for Find<'x, 'de> {
    type Value = Option<MemberTarget<'x, 'de>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'x, 'de> Visitor<'de> for Find<'x, 'de> {
    type Value = Option<MemberTarget<'x, 'de>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.0.target(name))
    }
}
