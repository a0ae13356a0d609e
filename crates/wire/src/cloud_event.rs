//! The attributes of a `CloudEvent` that are read, and what the contract demands of them.

use ensilinja_model::{EventTime, FactKind};
use serde::Deserialize;

use crate::contact_data::Payload;
use crate::field::Field;
use crate::{Detail, EVENT_TYPE_PREFIX, MAX_CONTACT_BYTES, timestamp};

/// An event as it came, in either mode, nothing of it judged yet.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct CloudEvent<'a> {
    #[serde(borrow)]
    pub(crate) specversion: Field<'a>,
    #[serde(borrow, rename = "type")]
    pub(crate) event_type: Field<'a>,
    #[serde(borrow)]
    pub(crate) id: Field<'a>,
    #[serde(borrow)]
    pub(crate) source: Field<'a>,
    #[serde(borrow)]
    pub(crate) subject: Field<'a>,
    #[serde(borrow)]
    pub(crate) time: Field<'a>,
    #[serde(borrow)]
    pub(crate) data: Payload<'a>,
}

impl CloudEvent<'_> {
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

    /// The id of the contact, which must be the record's key too.
    pub(crate) fn contact(&self, record_key: Option<&[u8]>) -> Result<&str, Detail> {
        let contact = self.subject.text(Detail::MissingSubject, Detail::BadSubject)?;
        if contact.len() > MAX_CONTACT_BYTES {
            return Err(Detail::BadSubject);
        }
        if record_key.ok_or(Detail::MissingKey)? == contact.as_bytes() { Ok(contact) } else { Err(Detail::KeyMismatch) }
    }

    /// When it happened.
    pub(crate) fn at(&self) -> Result<EventTime, Detail> {
        timestamp::parse(self.time.text(Detail::MissingTime, Detail::BadTime)?).ok_or(Detail::BadTime)
    }
}
