//! The attributes of a `CloudEvent` that are read, and what the contract demands of them.

use ensilinja_model::{EventTime, FactKind};

use crate::contact_data::ContactData;
use crate::field::Field;
use crate::members::{Members, Place, Shape};
use crate::{Detail, EVENT_TYPE_PREFIX, MAX_CONTACT_BYTES, data_base64, timestamp};

/// What the types of this project begin with, in whatever case: one that begins so and is not read is a mistake.
const OWN_PREFIX: &str = "fi.ensilinja";

/// An event as it came, in either mode, nothing of it judged yet.
#[derive(Default)]
pub(crate) struct CloudEvent<'a> {
    specversion: Field<'a>,
    event_type: Field<'a>,
    id: Field<'a>,
    source: Field<'a>,
    subject: Field<'a>,
    time: Field<'a>,
    /// What stands where the data should be; `None` if nothing does.
    pub(crate) data_shape: Option<Shape>,
    /// The data; nothing, unless that is an object.
    pub(crate) data: ContactData<'a>,
    /// The data as bytes in base64, where the source sends it so.
    data_base64: Field<'a>,
    /// Why `data_base64` is no data.
    data_fault: Option<Detail>,
}

fn begins_as_ours(event_type: &str) -> bool {
    let parts = event_type.trim_start().split_at_checked(OWN_PREFIX.len());
    parts.is_some_and(|(prefix, rest)| {
        prefix.eq_ignore_ascii_case(OWN_PREFIX) && !rest.starts_with(char::is_alphanumeric)
    })
}

impl<'a> Members<'a> for CloudEvent<'a> {
    fn place(&mut self, name: &str) -> Option<Place<'_, 'a>> {
        match name {
            "data" => Some(Place::Object(&mut self.data_shape, &mut self.data)),
            "data_base64" => Some(Place::Field(&mut self.data_base64)),
            _ => self.attribute(name).map(Place::Field),
        }
    }
}

impl<'a> CloudEvent<'a> {
    /// The attribute of this name, if it is one that is read.
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

    /// Whether there is `data_base64`.
    pub(crate) fn is_packed(&self) -> bool {
        !matches!(self.data_base64, Field::Absent | Field::Null)
    }

    /// Reads the data from `data_base64`, if it is there. What is wrong with it is told when the data is asked for.
    pub(crate) fn unpack_data(&mut self) {
        let unpacked = match &self.data_base64 {
            Field::Absent | Field::Null => return,
            _ if !matches!(self.data_shape, None | Some(Shape::Null)) => Err(Detail::DataAndBase64),
            Field::Text(text) => data_base64::unpack(text),
            Field::Number(_) | Field::Other => Err(Detail::BadDataBase64),
        };
        match unpacked {
            Ok(data) => (self.data_shape, self.data) = (Some(Shape::Object), data),
            Err(fault) => self.data_fault = Some(fault),
        }
    }

    /// The data, which must be an object.
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

    /// What the type says happened. It is asked first: an event of another type need not have anything else of ours.
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

    /// The type, as the source writes it.
    pub(crate) fn event_type(&self) -> Result<&str, Detail> {
        self.event_type.text(Detail::MissingType, Detail::BadType)
    }

    /// Checks the attributes that nothing here uses but every `CloudEvent` must have: a source that leaves them out is
    /// not to be trusted with the others.
    pub(crate) fn check_id_and_source(&self) -> Result<(), Detail> {
        self.id.text(Detail::MissingId, Detail::BadId)?;
        self.source.text(Detail::MissingSource, Detail::BadSource)?;
        Ok(())
    }

    /// The id of the contact. It decides the leg, whatever the key of a record.
    pub(crate) fn contact(&self) -> Result<&str, Detail> {
        let contact = self.subject.text(Detail::MissingSubject, Detail::BadSubject)?;
        if contact.len() > MAX_CONTACT_BYTES { Err(Detail::BadSubject) } else { Ok(contact) }
    }

    /// When it happened.
    pub(crate) fn at(&self) -> Result<EventTime, Detail> {
        timestamp::parse(self.time.text(Detail::MissingTime, Detail::BadTime)?).ok_or(Detail::BadTime)
    }
}
