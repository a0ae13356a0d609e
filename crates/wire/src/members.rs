//! JSON objects, read into the fields that want their members.
//!
//! Fields are filled in place; a derived reader would build the whole and move it, which is a good part of the work on
//! an event. Whoever has fields says where a name belongs. What nobody wants is skipped, and what is wanted must not
//! occur twice: that is the only thing to which this reader objects.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::field::Field;

/// Something with fields.
pub(crate) trait Members<'a> {
    /// Where the member of this name belongs; `None` if nobody wants it.
    fn place(&mut self, name: &str) -> Option<Place<'_, 'a>>;
}

/// Where a member belongs.
pub(crate) enum Place<'x, 'a> {
    /// In a field.
    Field(&'x mut Field<'a>),
    /// In fields of its own, beside which its shape is noted.
    Object(&'x mut Option<Shape>, &'x mut dyn Members<'a>),
}

/// What a JSON value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    /// An object.
    Object,
    /// Null.
    Null,
    /// Anything else.
    Other,
}

/// Fills what has fields from a value, if that is an object; of any other value only the shape is told.
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
        while let Some(place) = members.next_key_seed(Find(&mut *self.0))? {
            match place {
                None => drop(members.next_value::<IgnoredAny>()?),
                Some(Place::Field(field @ Field::Absent)) => *field = members.next_value()?,
                Some(Place::Object(shape @ None, fields)) => *shape = Some(members.next_value_seed(Fill(fields))?),
                Some(Place::Field(_) | Place::Object(..)) => return Err(A::Error::custom("a member occurs twice")),
            }
        }
        Ok(Shape::Object)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Shape, A::Error> {
        while items.next_element::<IgnoredAny>()?.is_some() {}
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

/// Reads a name and finds its place.
struct Find<'x, 'a>(&'x mut dyn Members<'a>);

impl<'x, 'de> DeserializeSeed<'de> for Find<'x, 'de> {
    type Value = Option<Place<'x, 'de>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'x, 'de> Visitor<'de> for Find<'x, 'de> {
    type Value = Option<Place<'x, 'de>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a name")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(self.0.place(name))
    }
}
