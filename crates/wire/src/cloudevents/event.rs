//! The attributes of a `CloudEvent` that are read, and the checks that the wire contract makes on them.

use ensilinja_model::{EventTime, FactKind};

use super::contact_data::ContactData;
use super::data_base64;
use crate::json::field::Field;
use crate::json::members::{MemberTarget, Members, Shape};
use crate::record::ParsedEvent;
use crate::{Detail, EVENT_TYPE_PREFIX, MAX_CONTACT_BYTES, timestamp};

/// The start of this project's event types, in any case. A type that starts so but is unknown is a mistake.
const OWN_PREFIX: &str = "fi.ensilinja";

/// An event as received, in either mode. Nothing is checked yet.
#[derive(Default)]
#[cfg_attr(test, derive(PartialEq))]
pub(crate) struct CloudEvent<'a> {
    specversion: Field<'a>,
    event_type: Field<'a>,
    id: Field<'a>,
    source: Field<'a>,
    subject: Field<'a>,
    time: Field<'a>,
    /// The JSON shape of `data`; `None` if there is no `data`.
    pub(crate) data_shape: Option<Shape>,
    /// The fields of `data`; empty unless `data` is an object.
    pub(crate) data: ContactData<'a>,
    /// Whether there is a `line` beside `data`, so that the event may be the data of another one.
    pub(crate) may_be_data: bool,
    /// The data in base64, if the source sends it that way.
    data_base64: Field<'a>,
    /// Why `data_base64` could not be read.
    data_fault: Option<Detail>,
}

fn begins_as_ours(event_type: &str) -> bool {
    let parts = event_type.trim_start().split_at_checked(OWN_PREFIX.len());
    parts.is_some_and(|(prefix, rest)| {
        prefix.eq_ignore_ascii_case(OWN_PREFIX) && !rest.starts_with(char::is_alphanumeric)
    })
}

impl<'a> Members<'a> for CloudEvent<'a> {
    fn target(&mut self, name: &str) -> Option<MemberTarget<'_, 'a>> {
        match name {
            "data" => Some(MemberTarget::Object(&mut self.data_shape, &mut self.data)),
            "line" => Some(MemberTarget::Presence(&mut self.may_be_data)),
            "data_base64" => Some(MemberTarget::Field(&mut self.data_base64)),
            _ => self.attribute(name).map(MemberTarget::Field),
        }
    }
}

impl<'a> CloudEvent<'a> {
    /// The event, checked in the order that [`Decoder::decode`](crate::Decoder::decode) documents.
    #[inline]
    pub(crate) fn parsed(&self) -> Result<ParsedEvent<'_>, Detail> {
        let kind = self.kind()?;
        self.check_id_and_source()?;
        let contact = self.contact()?;
        let at = self.at()?;
        let data = self.data()?;
        let line = data.line()?;
        let visit = data.visit()?;
        let fact = data.fact(kind)?;
        Ok(ParsedEvent { contact, line, visit, at, fact })
    }

    /// The field of an attribute; `None` if the attribute is not read.
    pub(crate) fn attribute(&mut self, name: &str) -> Option<&mut Field<'a>> {
        Some(match name {
            "specversion" => &mut self.specversion,
            "type" => &mut self.event_type,
            "id" => &mut self.id,
            "source" => &mut self.source,
            "subject" => &mut self.subject,
            "time" => &mut self.time,
            _ => return None,
        })
    }

    /// Whether the event has `data_base64`.
    pub(crate) fn is_packed(&self) -> bool {
        !matches!(self.data_base64, Field::Absent | Field::Null)
    }

    /// Reads the data from `data_base64`, if present. [`data`](Self::data) reports a fault in it.
    pub(crate) fn unpack_data(&mut self) {
        let unpacked = match &self.data_base64 {
            Field::Absent | Field::Null => return,
            _ if !matches!(self.data_shape, None | Some(Shape::Null)) => Err(Detail::DataAndBase64),
            Field::Text(text) => data_base64::unpack(text),
            Field::Number(_) | Field::Bool(_) | Field::Other => Err(Detail::BadDataBase64),
        };
        match unpacked {
            Ok(data) => (self.data_shape, self.data) = (Some(Shape::Object), data),
            Err(fault) => self.data_fault = Some(fault),
        }
    }

    /// The data. It must be an object.
    pub(crate) fn data(&self) -> Result<&ContactData<'a>, Detail> {
        if let Some(fault) = self.data_fault {
            return Err(fault);
        }
        match self.data_shape {
            Some(Shape::Object) => Ok(&self.data),
            Some(Shape::Other) => Err(Detail::BadData),
            Some(Shape::Null) | None => Err(Detail::MissingData),
        }
    }

    /// The kind of fact, from `type`. Call it first: an event of another system may lack everything else.
    pub(crate) fn kind(&self) -> Result<FactKind, Detail> {
        if self.specversion.text(Detail::MissingSpecversion, Detail::BadSpecversion)? != "1.0" {
            return Err(Detail::BadSpecversion);
        }
        let event_type = self.event_type()?;
        event_type
            .strip_prefix(EVENT_TYPE_PREFIX)
            .and_then(FactKind::from_name)
            .ok_or_else(|| if begins_as_ours(event_type) { Detail::MisspeltType } else { Detail::TypeNotRead })
    }

    /// The type as the source spells it.
    pub(crate) fn event_type(&self) -> Result<&str, Detail> {
        self.event_type.text(Detail::MissingType, Detail::BadType)
    }

    /// Checks `id` and `source`. Nothing uses them, but every `CloudEvent` must have them: a source that omits them
    /// cannot be trusted with the other attributes.
    fn check_id_and_source(&self) -> Result<(), Detail> {
        self.id.text(Detail::MissingId, Detail::BadId)?;
        self.source.text(Detail::MissingSource, Detail::BadSource)?;
        Ok(())
    }

    /// The id of the contact. The leg is derived from it, never from the record key.
    pub(crate) fn contact(&self) -> Result<&str, Detail> {
        let contact = self.subject.text(Detail::MissingSubject, Detail::BadSubject)?;
        if contact.len() > MAX_CONTACT_BYTES { Err(Detail::BadSubject) } else { Ok(contact) }
    }

    /// The time of the fact.
    fn at(&self) -> Result<EventTime, Detail> {
        timestamp::parse(self.time.text(Detail::MissingTime, Detail::BadTime)?).ok_or(Detail::BadTime)
    }
}
