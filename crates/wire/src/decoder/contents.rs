//! Everything that one record says, for `check` and `explain`.

use ensilinja_model::{Event, EventTime, FactKind, LineIndex};

use crate::native::{MappingEntry, MappingTable, NativeFact, NativeSink};
use crate::record::Decoded;
use crate::stays::StayPart;
use crate::{Detail, Rejection};

/// Everything that one record says. It has no contact.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecordContents {
    /// The types of the record and of its parts, as the platform spells them.
    pub types: Vec<String>,
    /// The facts, in the order of the record.
    pub facts: Vec<ContentFact>,
    /// Keys that a table lacks: table, key, and what people call it.
    pub unmapped: Vec<(MappingTable, String, Option<String>)>,
    /// The type of a part is not read.
    pub has_unknown_type: bool,
    /// What is wrong with parts of the record.
    pub faults: Vec<Detail>,
}

/// A fact of a record, and why it was read so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentFact {
    /// The line.
    pub line: LineIndex,
    /// When it happened.
    pub at: EventTime,
    /// The kind of the fact; `None` of a part of a stay, whose fact depends on other records.
    pub kind: Option<FactKind>,
    /// The entry of the configuration that led to it, such as `queues."5000"`; `None` of a `CloudEvent`.
    pub entry: Option<String>,
}

impl RecordContents {
    /// The entry of the configuration that led to an event which follows from this record.
    #[must_use]
    pub fn entry_of(&self, event: &Event) -> Option<&str> {
        let states = |fact: &&ContentFact| fact.kind == Some(event.fact.kind()) && fact.at == event.at;
        let of_stay = |fact: &&ContentFact| fact.kind.is_none() && fact.line == event.line;
        let fact = self.facts.iter().find(states).or_else(|| self.facts.iter().find(of_stay));
        fact.and_then(|fact| fact.entry.as_deref())
    }

    pub(super) fn of_cloud_event(decoded: Result<Decoded, Rejection>) -> Self {
        match decoded {
            Ok(Decoded { event, .. }) => {
                let kind = event.fact.kind();
                let fact = ContentFact { line: event.line, at: event.at, kind: Some(kind), entry: None };
                Self { types: vec![kind.as_str().to_owned()], facts: vec![fact], ..Self::default() }
            }
            Err(rejection) if rejection.detail == Detail::TypeNotRead => {
                Self { has_unknown_type: true, ..Self::default() }
            }
            Err(rejection) => Self { faults: vec![rejection.detail], ..Self::default() },
        }
    }
}

impl NativeSink for RecordContents {
    fn fact(&mut self, fact: &NativeFact<'_>) {
        let NativeFact { line, at, fact, entry, .. } = *fact;
        let entry = Some(entry.to_string());
        self.facts.push(ContentFact { line, at, kind: Some(fact.kind()), entry });
    }

    fn stay(&mut self, _: &str, part: StayPart, entry: MappingEntry<'_>) {
        if part.is_of_no_queue() {
            return;
        }
        let StayPart { line, at, .. } = part;
        self.facts.push(ContentFact { line, at, kind: None, entry: Some(entry.to_string()) });
    }

    fn record_type(&mut self, name: &str) {
        self.types.push(name.to_owned());
    }

    fn unmapped(&mut self, table: MappingTable, key: &str, name: Option<&str>) {
        self.unmapped.push((table, key.to_owned(), name.map(str::to_owned)));
    }

    fn unknown_type(&mut self) {
        self.has_unknown_type = true;
    }

    fn fault(&mut self, detail: Detail) {
        self.faults.push(detail);
    }
}
