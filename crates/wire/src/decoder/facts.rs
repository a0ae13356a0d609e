//! From what a platform's record states to events: legs are hashed, times are checked against the record.

use ensilinja_model::{Event, LegKey, LineIndex};

use super::{Decoder, NamedContact, Native, Stated, is_ahead};
use crate::native::{MappingEntry, MappingTable, NativeFact, NativeSink};
use crate::record::Record;
use crate::stays::StayPart;
use crate::{Detail, MAX_CONTACT_BYTES, Rejection};

impl Decoder {
    pub(super) fn read_native(
        &self,
        native: &Native,
        record: &Record<'_>,
        stated: &mut Vec<Stated>,
        unmapped: &mut dyn FnMut(MappingTable, &str, Option<&str>),
    ) -> Result<(), Rejection> {
        let before = stated.len();
        let mut sink = Events { decoder: self, native, record, stated, unmapped, fault: None, skipped: None };
        (native.read)(record, &native.mapping, &mut sink);
        let Events { fault, skipped, stated, .. } = sink;
        // A record that is skipped in part has been read.
        let skipped = skipped.filter(|_| stated.len() == before);
        fault.or(skipped).map_or(Ok(()), |detail| Err(detail.into()))
    }

    pub(super) fn named_native_contact(
        &self,
        native: &Native,
        record: &Record<'_>,
        leg: LegKey,
        call: Option<LegKey>,
    ) -> Option<NamedContact> {
        let mut sink = Names { decoder: self, native, leg, call, found: None };
        (native.read)(record, &native.mapping, &mut sink);
        sink.found
    }

    /// The key of a call of this source.
    pub(super) fn call_of(&self, contact: &str) -> LegKey {
        let scope = self.native.as_ref().and_then(|native| native.mapping.call_scope.as_deref());
        self.legs.call(contact, scope)
    }

    /// A part of a stay with its call. A queue of another scope is another queue.
    fn part_of_call(&self, native: &Native, contact: &str, part: StayPart) -> StayPart {
        StayPart { call: self.call_of(contact), queue: part.queue ^ native.scope, ..part }
    }

    fn leg_of(&self, native: &Native, contact: &str, line: LineIndex, visit: Option<&str>) -> LegKey {
        self.legs.leg(contact, native.ids[line.as_usize()].as_str(), visit)
    }
}

/// Makes events.
struct Events<'x, 'r> {
    decoder: &'x Decoder,
    native: &'x Native,
    record: &'x Record<'r>,
    stated: &'x mut Vec<Stated>,
    unmapped: &'x mut dyn FnMut(MappingTable, &str, Option<&str>),
    fault: Option<Detail>,
    skipped: Option<Detail>,
}

impl NativeSink for Events<'_, '_> {
    fn fact(&mut self, stated: &NativeFact<'_>) {
        let NativeFact { contact, visit, line, at, fact, .. } = *stated;
        if !is_contact(contact) {
            self.fault(Detail::BadContactId);
        } else if is_ahead(at, self.record) {
            self.fault(Detail::AheadOfRecord);
        } else {
            let leg = self.decoder.leg_of(self.native, contact, line, visit);
            self.stated.push(Stated::Event(Event { leg, line, at, fact }));
        }
    }

    fn stay(&mut self, contact: &str, part: StayPart, _: MappingEntry<'_>) {
        if !is_contact(contact) {
            self.fault(Detail::BadContactId);
        } else if is_ahead(part.at, self.record) {
            self.fault(Detail::AheadOfRecord);
        } else {
            self.stated.push(Stated::Stay(self.decoder.part_of_call(self.native, contact, part)));
        }
    }

    fn unmapped(&mut self, table: MappingTable, key: &str, name: Option<&str>) {
        (self.unmapped)(table, key, name);
        if matches!(table, MappingTable::Queues) {
            self.skipped.get_or_insert(Detail::QueueNotMapped);
        }
    }

    fn unknown_type(&mut self) {
        self.skipped.get_or_insert(Detail::TypeNotRead);
    }

    fn fault(&mut self, detail: Detail) {
        self.fault.get_or_insert(detail);
    }
}

fn is_contact(contact: &str) -> bool {
    (1..=MAX_CONTACT_BYTES).contains(&contact.len())
}

/// Looks for the contact of one leg.
struct Names<'x> {
    decoder: &'x Decoder,
    native: &'x Native,
    leg: LegKey,
    /// The call of the leg, if it is a stay.
    call: Option<LegKey>,
    found: Option<NamedContact>,
}

impl NativeSink for Names<'_> {
    fn fact(&mut self, fact: &NativeFact<'_>) {
        let NativeFact { contact, visit, line, .. } = *fact;
        if self.found.is_none() && self.decoder.leg_of(self.native, contact, line, visit) == self.leg {
            self.found = Some(NamedContact { id: contact.to_owned(), visit: visit.map(str::to_owned) });
        }
    }

    fn stay(&mut self, contact: &str, _: StayPart, _: MappingEntry<'_>) {
        if self.found.is_none() && self.call == Some(self.decoder.call_of(contact)) {
            self.found = Some(NamedContact { id: contact.to_owned(), visit: None });
        }
    }

    fn unmapped(&mut self, _: MappingTable, _: &str, _: Option<&str>) {}

    fn unknown_type(&mut self) {}

    fn fault(&mut self, _: Detail) {}
}
