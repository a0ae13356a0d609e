//! The explanation of a contact: what is known of each of its legs, what follows from it, and the course of its
//! promise.

use std::collections::HashSet;

use ensilinja_ledger::{FactStatus, HistoricalLedger, LegTimeline, Rules};
use ensilinja_model::{Event, EventTime, Fact, FactKind, LegKey};
use ensilinja_report::explanation::{
    ContactExplanation, ExplainedFact, ExplainedLeg, FactEffect, FormattedInstant, PlatformRecord, StatedFact,
};

use super::layout::explained_entry;
use super::promise::PromiseCourse;
use super::{provenance, words};
use crate::context::LookbackContext;
use crate::error::LookbackError;
use crate::event_file::{is_standard_stream, stream_name};
use crate::request_error::RequestError;
use crate::source::{SourcePosition, SourceSummary, THE_BEGINNING};

/// A question about a contact.
#[derive(Clone, Copy, Debug)]
pub struct ContactQuestion<'a> {
    /// Its id, as the source has it.
    pub contact: &'a str,
    /// The instant as of which it is explained; it is cut to whole seconds.
    pub at: EventTime,
    /// Only events that became known before this count.
    pub known_before: Option<EventTime>,
    /// Show the records of platforms as they came. They contain personal data.
    pub payload: bool,
}

/// An event of the contact.
#[derive(Clone)]
struct ContactEvent {
    event: Event,
    visit: Option<String>,
    known_at: EventTime,
    position: SourcePosition,
    record: Option<PlatformRecord>,
}

/// Reads the source once, and explains the contact with this id.
///
/// # Errors
/// [`RequestError`] for a question that cannot be asked; that there is no event of the contact; why the events cannot
/// be read.
pub fn explain_contact(
    question: &ContactQuestion<'_>,
    context: &LookbackContext<'_>,
) -> Result<ContactExplanation, LookbackError> {
    check_not_standard_input(context)?;
    let at = EventTime::from_seconds(question.at.floor_second());
    if at > context.now {
        return Err(RequestError::Future.into());
    }
    let (events, summary) = events_of(question, context)?;
    let Some(first) = events.iter().map(|event| event.event.at).min() else {
        let unmapped = summary.unmapped_hint().map(|hint| format!("; {hint}")).unwrap_or_default();
        return Err(LookbackError::NotKnown(format!(
            "there is no event of this contact; give its id as the source has it, capitals and all; only lines of the \
             configuration are searched{unmapped}"
        )));
    };
    let rules = context.config.rules_over(&(first.min(at)..at));
    let mut historical = HistoricalLedger::new(rules.clone());
    for event in &events {
        historical.apply(&event.event);
    }
    let layout = ContactLayout { context, rules: &rules, at };
    let mut seen = HashSet::new();
    let keys = events.iter().map(|event| event.event.leg).filter(|leg| seen.insert(*leg));
    let keys: Vec<LegKey> = keys.collect();
    let legs = keys.iter().map(|leg| {
        let of_leg: Vec<ContactEvent> = events.iter().filter(|event| event.event.leg == *leg).cloned().collect();
        layout.leg(&historical.timeline(*leg, at).expect("its events were applied"), &of_leg)
    });
    Ok(ContactExplanation {
        contact: question.contact.to_owned(),
        at: layout.formatted(at),
        known_before: question.known_before.map(|before| layout.formatted(before)),
        legs: legs.collect(),
    })
}

/// Explanations of figures read the source twice, so no explanation takes standard input.
fn check_not_standard_input(context: &LookbackContext<'_>) -> Result<(), RequestError> {
    match context.files.iter().find(|file| is_standard_stream(file)) {
        Some(file) => Err(RequestError::ReadableOnce { name: stream_name(file) }),
        None => Ok(()),
    }
}

/// All events of the contact, in the order in which they happened, and what was read.
fn events_of(
    question: &ContactQuestion<'_>,
    context: &LookbackContext<'_>,
) -> Result<(Vec<ContactEvent>, SourceSummary), LookbackError> {
    let source = context.source(THE_BEGINNING, &[], question.known_before);
    let mut events = Vec::new();
    let summary = source.read(&context.decoders(), context.stop, &mut |sourced| {
        if let Some(visit) = sourced.contact.visit_of(question.contact) {
            let event = sourced.event;
            let record = sourced.contact.platform_record(&event, question.payload);
            let (known_at, position) = (sourced.known_at, sourced.position.clone());
            events.push(ContactEvent { event, visit, known_at, position, record });
        }
        Ok(())
    })?;
    events.sort_by(|one, other| (one.event.at, &one.position).cmp(&(other.event.at, &other.position)));
    Ok((events, summary))
}

/// Lays out the legs of an explanation.
struct ContactLayout<'a> {
    context: &'a LookbackContext<'a>,
    rules: &'a Rules,
    at: EventTime,
}

impl ContactLayout<'_> {
    fn leg(&self, timeline: &LegTimeline, events: &[ContactEvent]) -> ExplainedLeg {
        let mut seen = HashSet::new();
        let facts = events.iter().map(|event| {
            let is_repeated = !seen.insert((event.event.at, event.event.fact));
            self.fact(timeline, event, is_repeated)
        });
        let facts = facts.collect();
        let entries = timeline.entries.iter().map(|entry| {
            let event = events.iter().find(|event| entry.follows_from(&event.event));
            (explained_entry(entry, event.map(|event| &event.position), self.context), entry.at > self.at)
        });
        let line = &self.context.config.lines[timeline.line.as_usize()];
        let rules = &self.rules.lines()[timeline.line.as_usize()];
        let course = PromiseCourse { timeline, rules, at: self.at, zone: &self.context.config.zone };
        ExplainedLeg {
            line: line.id.to_string(),
            visit: events.first().and_then(|event| event.visit.clone()),
            facts,
            entries: entries.collect(),
            promise: course.in_words(),
            verdict: course.verdict(),
            notes: notes(timeline, events),
        }
    }

    fn fact(&self, timeline: &LegTimeline, event: &ContactEvent, is_repeated: bool) -> ExplainedFact {
        let effect = match timeline.status(&event.event) {
            FactStatus::Lost { to, fact } => FactEffect::Lost { to: words::fact(fact), at: self.formatted(to) },
            FactStatus::Surplus => FactEffect::Surplus,
            FactStatus::Superseded { by } if !is_repeated => {
                FactEffect::Superseded { by: words::fact(Fact::CallbackRequested), at: self.formatted(by) }
            }
            FactStatus::Superseded { .. } => FactEffect::Duplicate,
            FactStatus::Held if is_repeated => FactEffect::Duplicate,
            FactStatus::Held => FactEffect::Counts,
        };
        let is_record = !matches!(event.position, SourcePosition::Line { .. });
        let source = provenance::fact_source(&event.position, self.context.files);
        ExplainedFact {
            fact: StatedFact {
                fact: words::fact(event.event.fact),
                at: self.formatted(event.event.at),
                source: Some(source),
            },
            known_since: is_record.then(|| self.formatted(event.known_at)),
            effect,
            record: event.record.clone(),
        }
    }

    fn formatted(&self, at: EventTime) -> FormattedInstant {
        words::formatted(at, &self.context.config.zone)
    }
}

/// Remarks on a leg beside its entries.
fn notes(timeline: &LegTimeline, events: &[ContactEvent]) -> Vec<String> {
    if events.iter().any(|event| event.event.fact == Fact::Retracted) {
        return vec!["It was retracted: its other facts no longer count.".to_owned()];
    }
    let has_no_entry = |kind: FactKind| {
        let is_held = |event: &&ContactEvent| {
            event.event.fact.kind() == kind && timeline.status(&event.event) == FactStatus::Held
        };
        let first = events.iter().find(is_held);
        first.is_some_and(|event| !timeline.entries.iter().any(|entry| entry.follows_from(&event.event)))
    };
    let without: Vec<&str> =
        FactKind::ALL.iter().filter(|kind| has_no_entry(**kind)).map(|kind| kind.as_str()).collect();
    if without.is_empty() { Vec::new() } else { vec![format!("No entry follows from {}.", without.join(", "))] }
}
