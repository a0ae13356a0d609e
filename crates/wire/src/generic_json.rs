//! The source format `json`: any records in JSON, read by pointers and a table of facts from the configuration.
//!
//! ```text
//! {"EventType":"QueueCallInConnected","CallId":"c-1","QueueName":"A","Timestamp":"2026-03-03T05:00:00Z"}
//!     type = QueueCallInConnected                            -> offered, queued at Timestamp
//! {"id":"c-1","queue":"A","created":"…","accepted":"…","closed":null}
//!     time = "/accepted"                                     -> answered at accepted; closed has not happened
//! ```
//!
//! A record that is an event states its facts at the one time that it has. A record that is a snapshot states each
//! fact whose own time is there, so it may come as often as it changes.

mod instants;
mod pointer;
pub(crate) mod rules;
mod statement;
#[cfg(test)]
mod tests;
pub(crate) mod tree;

use std::borrow::Cow;

use ensilinja_model::{EventTime, Fact, LineIndex};
use jiff::tz::TimeZone;

use crate::json::field::Field;
use crate::json::sequence::read_each;
use crate::native::{MappingEntry, MappingTable, NativeFact, NativeSink, text_of, type_label};
use crate::{Detail, FormatRules, MAX_VISIT_CHARS, Mapping, QueueTarget, Record};
use tree::Values;

pub use instants::TimeForm;
pub use pointer::JsonPointer;
pub use rules::{
    JsonCondition, JsonFact, JsonQueue, JsonRules, JsonSettings, JsonStatement, JsonTest, JsonTime, JsonTypes,
};

/// From here on a double no longer has every whole number, so an id that is a number would not be exact.
const EXACT_BELOW: f64 = 9_007_199_254_740_992.0;

pub(crate) fn read(record: &Record<'_>, mapping: &Mapping, sink: &mut dyn NativeSink) {
    let Some(text) = text_of(record, mapping, sink) else { return };
    let FormatRules::Json(rules) = &mapping.rules else { return sink.unknown_type() };
    read_each(
        text,
        || Values::new(&rules.tree),
        |values| match values {
            Ok(values) => read_object(values, rules, mapping, sink),
            Err(detail) => sink.fault(detail),
        },
    );
}

fn read_object(values: &Values<'_, '_>, rules: &JsonRules, mapping: &Mapping, sink: &mut dyn NativeSink) {
    let settings = &rules.settings;
    let Some(records) = &settings.records else {
        return Reading { record: values, outside: values, settings, mapping, sink }.state();
    };
    let mut is_empty = true;
    for (record, is_object) in values.records(records) {
        is_empty = false;
        if is_object {
            Reading { record, outside: values, settings, mapping, sink: &mut *sink }.state();
        } else {
            sink.fault(Detail::NotAnObject);
        }
    }
    if is_empty && !matches!(values.at(records), Field::Other) {
        sink.unknown_type();
    }
}

/// A record that is read.
struct Reading<'x, 'a> {
    record: &'x Values<'a, 'x>,
    /// The object that the record is in.
    outside: &'x Values<'a, 'x>,
    settings: &'x JsonSettings,
    mapping: &'x Mapping,
    sink: &'x mut dyn NativeSink,
}

/// The contact of a record and the queue of a fact.
#[derive(Clone, Copy)]
struct Leg<'x> {
    contact: &'x str,
    visit: Option<&'x str>,
    line: LineIndex,
    queue: MappingEntry<'x>,
}

/// What most facts of a record have in common, as soon as one needs it.
#[derive(Default)]
struct CommonParts<'x> {
    at: Option<EventTime>,
    contact: Option<(Cow<'x, str>, Option<Cow<'x, str>>)>,
    queue: Option<Queue<'x>>,
}

/// What is known of a queue.
#[derive(Clone, Copy)]
enum Queue<'x> {
    Mapped(LineIndex, MappingEntry<'x>),
    /// It does not count, or it has been reported.
    Nothing,
}

impl<'x, 'a> Reading<'x, 'a> {
    fn state(mut self) {
        if let Err(detail) = self.try_state() {
            self.sink.fault(detail);
        }
    }

    fn try_state(&mut self) -> Result<(), Detail> {
        let settings = self.settings;
        let record_type = settings.record_type.as_ref().and_then(|pointer| self.text(pointer));
        self.sink.record_type(record_type.as_deref().map_or("record", type_label));
        let is_of = |types: &JsonTypes| record_type.as_deref().is_some_and(|name| types.has(name));
        let mut is_known = is_of(&settings.silent_types);
        let mut common = CommonParts::default();
        for fact in settings.facts.iter().filter(|fact| fact.types.as_ref().is_none_or(is_of)) {
            is_known = true;
            if fact.conditions.iter().all(|condition| self.holds(condition)) {
                self.state_if_happened(fact, &mut common)?;
            }
        }
        if !is_known {
            self.sink.unknown_type();
        }
        Ok(())
    }

    /// States a fact whose conditions hold, unless its own time is absent.
    fn state_if_happened(&mut self, fact: &'x JsonFact, common: &mut CommonParts<'x>) -> Result<(), Detail> {
        let at = match (&fact.time, common.at) {
            (Some(time), _) => match self.time_at(time)? {
                Some(at) => at,
                None => return Ok(()),
            },
            (None, Some(at)) => at,
            (None, None) => {
                let time = self.settings.time.as_ref().ok_or(Detail::MissingInstant)?;
                *common.at.insert(self.time_at(time)?.ok_or(Detail::MissingInstant)?)
            }
        };
        if common.contact.is_none() {
            common.contact = Some(self.contact()?);
        }
        let queue = match (&fact.queue, common.queue) {
            (Some(queue), _) => self.queue(queue)?,
            (None, Some(queue)) => queue,
            (None, None) => *common.queue.insert(self.queue(&self.settings.queue)?),
        };
        if let (Queue::Mapped(line, queue), Some((contact, visit))) = (queue, &common.contact) {
            self.state_fact(&fact.statement, &Leg { contact, visit: visit.as_deref(), line, queue }, at)?;
        }
        Ok(())
    }

    /// The contact of the record, and its visit.
    fn contact(&self) -> Result<(Cow<'x, str>, Option<Cow<'x, str>>), Detail> {
        let contact = self.id(&self.settings.contact)?.ok_or(Detail::MissingContactId)?;
        let visit = match &self.settings.visit {
            Some(visit) => self.id(visit)?,
            None => None,
        };
        match &visit {
            Some(visit) if visit.chars().count() > MAX_VISIT_CHARS => Err(Detail::BadContactId),
            _ => Ok((contact, visit)),
        }
    }

    fn time_at(&self, time: &JsonTime) -> Result<Option<EventTime>, Detail> {
        let field = self.value(&time.pointer);
        if self.is_sentinel(field) { Ok(None) } else { time.form.read(field, self.mapping.zone.as_ref()) }
    }

    /// The line of a queue. A queue without a line is reported.
    fn queue(&mut self, queue: &JsonQueue) -> Result<Queue<'x>, Detail> {
        let text = |pointer: &Option<JsonPointer>| pointer.as_ref().and_then(|pointer| self.text(pointer));
        let (id, name) = (text(&queue.id), text(&queue.name));
        let ids = id.as_deref().map(|id| [id]);
        let ids = ids.as_ref().map_or(&[][..], |id| id);
        let Some(shown) = id.as_deref().or(name.as_deref()) else { return Err(Detail::MissingQueue) };
        let Some((target, key)) = self.mapping.queues.find_among(ids, name.as_deref()) else {
            self.sink.unmapped(MappingTable::Queues, shown, id.as_ref().and(name.as_deref()));
            return Ok(Queue::Nothing);
        };
        Ok(match target {
            QueueTarget::Line(line) => Queue::Mapped(*line, MappingEntry { table: MappingTable::Queues, key }),
            QueueTarget::Ignored => Queue::Nothing,
        })
    }

    fn fact(&mut self, leg: &Leg<'_>, at: EventTime, fact: Fact, entry: MappingEntry<'_>) {
        let Leg { contact, visit, line, .. } = *leg;
        self.sink.fact(&NativeFact { contact, visit, line, at, fact, entry });
    }

    fn holds(&self, condition: &JsonCondition) -> bool {
        match &condition.test {
            JsonTest::OneOf(values) => {
                self.text(&condition.pointer).is_some_and(|text| values.iter().any(|value| *value == text))
            }
            JsonTest::Present => self.is_present(self.value(&condition.pointer)),
            JsonTest::Absent => !self.is_present(self.value(&condition.pointer)),
        }
    }

    /// Whether something is there. What has not happened is null, empty, zero, or long ago.
    fn is_present(&self, field: &Field<'_>) -> bool {
        let is_long_ago = || matches!(TimeForm::Text.read(field, Some(&TimeZone::UTC)), Ok(None));
        match field {
            Field::Absent | Field::Null => false,
            Field::Number(number) => *number != 0.0,
            Field::Text(_) => !self.is_sentinel(field) && !is_long_ago(),
            Field::Bool(_) | Field::Other => true,
        }
    }

    /// Whether the configuration says that the value means nothing.
    fn is_sentinel(&self, field: &Field<'_>) -> bool {
        matches!(field, Field::Text(text) if self.settings.absent_values.iter().any(|absent| absent == text.trim()))
    }

    fn value(&self, pointer: &JsonPointer) -> &'x Field<'a> {
        if pointer.is_outside { self.outside.at(pointer) } else { self.record.at(pointer) }
    }

    /// The value at a pointer as text; `None` if it is absent, an object or an array.
    fn text(&self, pointer: &JsonPointer) -> Option<Cow<'x, str>> {
        let field = self.value(pointer);
        if self.is_sentinel(field) { None } else { field.as_text() }
    }

    /// The value at a pointer as an id.
    fn id(&self, pointer: &JsonPointer) -> Result<Option<Cow<'x, str>>, Detail> {
        match self.value(pointer) {
            Field::Bool(_) | Field::Other => Err(Detail::BadContactId),
            Field::Number(number) if number.fract() != 0.0 || number.abs() >= EXACT_BELOW => Err(Detail::BadContactId),
            _ => Ok(self.text(pointer)),
        }
    }
}
