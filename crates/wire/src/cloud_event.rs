//! The attributes of a `CloudEvent` that are read, and what the contract demands of them.

use ensilinja_model::{EventTime, FactKind};

use crate::contact_data::ContactData;
use crate::field::Field;
use crate::members::{Members, Place, Shape};
use crate::{Detail, EVENT_TYPE_PREFIX, MAX_CONTACT_BYTES, timestamp};

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
}

impl<'a> Members<'a> for CloudEvent<'a> {
    fn place(&mut self, name: &str) -> Option<Place<'_, 'a>> {
        match name {
            "data" => Some(Place::Object(&mut self.data_shape, &mut self.data)),
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

    /// The data, which must be an object.
    pub(crate) fn data(&self) -> Result<&ContactData<'a>, Detail> {
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
        let event_type = self.event_type.text(Detail::MissingType, Detail::BadType)?;
        event_type.strip_prefix(EVENT_TYPE_PREFIX).and_then(FactKind::from_name).ok_or(Detail::TypeNotRead)
    }

    /// Checks the attributes that nothing here uses but every `CloudEvent` must have: a source that leaves them out is
    /// not to be trusted with the others.
    pub(crate) fn check_id_and_source(&self) -> Result<(), Detail> {
        self.id.text(Detail::MissingId, Detail::BadId)?;
        self.source.text(Detail::MissingSource, Detail::BadSource)?;
        Ok(())
    }

    /// The id of the contact, which must be the key of a record too.
    pub(crate) fn contact(&self) -> Result<&str, Detail> {
        let contact = self.subject.text(Detail::MissingSubject, Detail::BadSubject)?;
        if contact.len() > MAX_CONTACT_BYTES { Err(Detail::BadSubject) } else { Ok(contact) }
    }

    /// When it happened.
    pub(crate) fn at(&self) -> Result<EventTime, Detail> {
        timestamp::parse(self.time.text(Detail::MissingTime, Detail::BadTime)?).ok_or(Detail::BadTime)
    }
}
