//! The source format `amazon_connect`: contact events and contact records of Amazon Connect.
//!
//! ```text
//! bytes --contact--> members --snapshot--> what is known of one segment --segment--> facts
//! ```
//!
//! Each record is a snapshot of one segment of a contact: it carries the times of all that has happened so far. So
//! every fact that its times prove is stated again from each record, whatever its event type is. What a lost event
//! would have said, the next one says; order and repetition do nothing.
//!
//! A fault in an object refuses the whole object, because the absence of a time has a meaning: without the time of a
//! connection, an end is an abandon.

pub(crate) mod attributes;
mod contact;
mod segment;
mod snapshot;
#[cfg(test)]
mod tests;

pub use attributes::{AmazonConnectRules, AttributeMeaning, AttributeRule, AttributeTime};

use crate::json::sequence::read_each;
use crate::native::{NativeSink, text_of, type_label};
use crate::rules::FormatRules;
use crate::{Detail, Mapping, Record};
use contact::{ContactKind, ContactObject};
use segment::Segment;
use snapshot::SegmentSnapshot;

pub(crate) fn read(record: &Record<'_>, mapping: &Mapping, sink: &mut dyn NativeSink) {
    let Some(text) = text_of(record, mapping, sink) else { return };
    let rules = if let FormatRules::AmazonConnect(rules) = &mapping.rules { rules.attributes.as_slice() } else { &[] };
    read_each(
        text,
        || ContactObject::new(rules),
        |object| match object {
            Ok(object) => {
                if let Err(fault) = read_object(object, mapping, sink) {
                    sink.fault(fault);
                }
            }
            Err(fault) => sink.fault(fault),
        },
    );
}

fn read_object(object: &ContactObject<'_, '_>, mapping: &Mapping, sink: &mut dyn NativeSink) -> Result<(), Detail> {
    let kind = object.kind()?;
    if let Some(name) = kind.name() {
        sink.record_type(type_label(name));
    }
    match kind {
        ContactKind::Unknown(_) => {
            sink.unknown_type();
            return Ok(());
        }
        ContactKind::NewEvent(_) => sink.unknown_type(),
        ContactKind::Event(_) | ContactKind::Record => {}
    }
    let Some(snapshot) = SegmentSnapshot::of(object, kind.is_record(), mapping.zone.as_ref(), sink)? else {
        return Ok(());
    };
    Segment::new(&snapshot, mapping, sink).state(object.attributes())
}
