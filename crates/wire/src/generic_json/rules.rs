//! What the configuration says of the records of a source in the format `json`.

use ensilinja_model::{Fact, Survey};

use super::instants::TimeForm;
use super::pointer::JsonPointer;
use super::tree::Branch;
use crate::KeyTable;

/// Where a record has its parts, and which facts it states.
#[derive(Clone, Debug)]
pub struct JsonSettings {
    /// The array of records in each object; without it, the object is the record.
    pub records: Option<JsonPointer>,
    /// The type of a record.
    pub record_type: Option<JsonPointer>,
    /// The id of the contact.
    pub contact: JsonPointer,
    /// Which visit of the contact to the line it is.
    pub visit: Option<JsonPointer>,
    /// The queue, unless a fact has its own.
    pub queue: JsonQueue,
    /// The time, unless a fact has its own.
    pub time: Option<JsonTime>,
    /// Texts that mean that a value is absent, besides the empty one.
    pub absent_values: Vec<String>,
    /// Types that are known and state nothing.
    pub silent_types: JsonTypes,
    /// The facts.
    pub facts: Vec<JsonFact>,
}

/// Where a record names a queue.
#[derive(Clone, Debug, Default)]
pub struct JsonQueue {
    /// Its id. Case does not matter.
    pub id: Option<JsonPointer>,
    /// Its name.
    pub name: Option<JsonPointer>,
}

/// A time of a record.
#[derive(Clone, Debug)]
pub struct JsonTime {
    /// Where it is.
    pub pointer: JsonPointer,
    /// Its form.
    pub form: TimeForm,
}

/// A fact that records state.
#[derive(Clone, Debug)]
pub struct JsonFact {
    /// What is stated.
    pub statement: JsonStatement,
    /// The types of records that state it; `None` for all.
    pub types: Option<JsonTypes>,
    /// What must hold.
    pub conditions: Vec<JsonCondition>,
    /// The time. If it is absent, the fact has not happened.
    pub time: Option<JsonTime>,
    /// The queue, if it is not that of the record.
    pub queue: Option<JsonQueue>,
}

/// Types of records. One with `*` or `?` is a pattern.
#[derive(Clone, Debug, Default)]
pub struct JsonTypes {
    exact: Vec<String>,
    patterns: KeyTable<()>,
}

impl JsonTypes {
    /// These types.
    pub fn new<'t>(types: impl IntoIterator<Item = &'t str>) -> Self {
        let mut new = Self::default();
        for name in types {
            if name.contains(['*', '?']) {
                new.patterns.insert(name, ());
            } else {
                new.exact.push(name.to_owned());
            }
        }
        new
    }

    pub(super) fn has(&self, name: &str) -> bool {
        // A list of a few is searched faster than a table.
        self.exact.iter().any(|exact| exact == name)
            || (!self.patterns.is_empty() && self.patterns.find(name).is_some())
    }
}

/// What a record states.
#[derive(Clone, Debug)]
pub enum JsonStatement {
    /// This fact.
    Fact(Fact),
    /// What `codes` says of the value.
    Code(JsonPointer),
    /// What `exits` says of the value, in lower case.
    Exit(JsonPointer),
    /// The answer to the recommendation question: a whole number from 0 to 10.
    Nps(JsonPointer),
    /// The answer to a question: one of the texts for yes, or one of those for no.
    Survey {
        /// The question.
        question: Survey,
        /// Where the answer is.
        answer: JsonPointer,
        /// The texts for yes.
        yes: Vec<String>,
        /// The texts for no.
        no: Vec<String>,
    },
}

/// What must hold of a value.
#[derive(Clone, Debug)]
pub struct JsonCondition {
    /// Where the value is.
    pub pointer: JsonPointer,
    /// What must hold.
    pub test: JsonTest,
}

/// A test of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JsonTest {
    /// It is one of these. Numbers and booleans are compared as text.
    OneOf(Vec<String>),
    /// It is there: not null, empty, zero, or a time before the year 2000.
    Present,
    /// It is not there.
    Absent,
}

/// The rules of `json`: the settings, and all their pointers as a tree.
#[derive(Clone, Debug)]
pub struct JsonRules {
    pub(super) settings: JsonSettings,
    pub(super) tree: Branch,
}

impl JsonRules {
    /// The rules that these settings make.
    #[must_use]
    pub fn new(mut settings: JsonSettings) -> Self {
        let (mut outside, mut of_record) = (Branch::default(), Branch::default());
        let has_records = settings.records.is_some();
        for pointer in settings.pointers() {
            let is_outside = pointer.is_outside && has_records;
            if is_outside { outside.add(pointer) } else { of_record.add(pointer) }
        }
        let tree = match &mut settings.records {
            None => of_record,
            Some(records) => {
                outside.add(records);
                outside.add_records(records, of_record);
                outside
            }
        };
        Self { settings, tree }
    }
}

impl JsonSettings {
    /// All pointers except that of the array.
    fn pointers(&mut self) -> impl Iterator<Item = &mut JsonPointer> {
        let Self { record_type, contact, visit, queue, time, facts, .. } = self;
        let facts = facts.iter_mut().flat_map(|fact| {
            let statement = match &mut fact.statement {
                JsonStatement::Fact(_) => None,
                JsonStatement::Code(pointer) | JsonStatement::Exit(pointer) | JsonStatement::Nps(pointer) => {
                    Some(pointer)
                }
                JsonStatement::Survey { answer, .. } => Some(answer),
            };
            let conditions = fact.conditions.iter_mut().map(|condition| &mut condition.pointer);
            let time = fact.time.as_mut().map(|time| &mut time.pointer);
            let queue = fact.queue.as_mut().into_iter().flat_map(JsonQueue::pointers);
            statement.into_iter().chain(conditions).chain(time).chain(queue)
        });
        let time = time.as_mut().map(|time| &mut time.pointer);
        record_type.iter_mut().chain([contact]).chain(visit).chain(queue.pointers()).chain(time).chain(facts)
    }
}

impl JsonQueue {
    fn pointers(&mut self) -> impl Iterator<Item = &mut JsonPointer> {
        self.id.iter_mut().chain(&mut self.name)
    }
}
