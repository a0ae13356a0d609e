//! What became of a contact: what was said of each of its legs, what follows from it, and what became of its promise.

use std::collections::HashSet;

use ensilinja_ledger::{FactStatus, HistoricalLedger, LegTimeline, Rules};
use ensilinja_model::{Event, EventTime, Fact, FactKind, LegKey};
use ensilinja_report::explanation::{
    ContactExplanation, ExplainedFact, ExplainedLeg, FactEffect, FormattedInstant, StatedFact,
};

use super::question::{CannotExplain, check_source, instant};
use super::{page, promise, records, words};
use crate::cli::ExplainArguments;
use crate::past::{self, Place, Reading};
use crate::progress::Progress;
use crate::stopping;
use ensilinja_config::Config;

/// Something that was said of the contact.
#[derive(Clone)]
struct Heard {
    event: Event,
    visit: Option<String>,
    known: EventTime,
    place: Place,
}

/// Reads once, and tells the story of the contact with this id.
///
/// # Errors
/// [`CannotExplain`]; that nothing is said of the contact; and why the events cannot be read.
pub(super) fn explained(
    id: &str,
    arguments: &ExplainArguments,
    config: &Config,
    now: EventTime,
) -> anyhow::Result<ContactExplanation> {
    check_source(arguments)?;
    let at = arguments.at.map_or(Ok(now), |at| instant("--at", at, config))?;
    let at = EventTime::from_seconds(at.floor_second());
    if at > now {
        return Err(CannotExplain::Future.into());
    }
    let known_before = arguments.known_at.map(|known| instant("--known-at", known, config)).transpose()?;
    let heard = heard(id, arguments, config, known_before)?;
    let first = heard.iter().map(|heard| heard.event.at).min();
    let Some(first) = first else {
        anyhow::bail!(
            "nothing is said of this contact; an id is written as the source has it, capitals and all, and only lines \
             of the configuration are looked at"
        );
    };
    let rules = config.rules_over(&(first.min(at)..at));
    let mut historical = HistoricalLedger::new(rules.clone());
    for heard in &heard {
        historical.apply(&heard.event);
    }
    let page = Page { config, arguments, rules: &rules, at };
    let mut keys: Vec<LegKey> = Vec::new();
    let mut seen = HashSet::new();
    for heard in &heard {
        if seen.insert(heard.event.leg) {
            keys.push(heard.event.leg);
        }
    }
    let legs = keys.iter().map(|leg| {
        let of_leg: Vec<Heard> = heard.iter().filter(|heard| heard.event.leg == *leg).cloned().collect();
        page.leg(&historical.timeline(*leg, at).expect("it was heard of"), &of_leg)
    });
    Ok(ContactExplanation {
        contact: id.to_owned(),
        at: page.written(at),
        known_before: known_before.map(|before| page.written(before)),
        legs: legs.collect(),
    })
}

/// All that is said of the contact, in the order of the instants it is said of.
fn heard(
    id: &str,
    arguments: &ExplainArguments,
    config: &Config,
    known_before: Option<EventTime>,
) -> anyhow::Result<Vec<Heard>> {
    let progress = Progress::new(arguments.quiet, &config.zone);
    let reading = Reading {
        config,
        files: &arguments.source.events,
        from: past::THE_BEGINNING,
        offsets: &[],
        known_before,
        progress: &progress,
    };
    let mut heard = Vec::new();
    let stop = stopping::on_signal()?;
    reading.read(&past::decoder(config)?, &stop, &mut |told| {
        if told.contact.id() == id {
            let visit = told.contact.visit();
            heard.push(Heard { event: told.event, visit, known: told.known, place: told.place });
        }
        Ok(())
    })?;
    heard.sort_by_key(|heard| (heard.event.at, heard.place));
    Ok(heard)
}

/// Writes legs.
struct Page<'a> {
    config: &'a Config,
    arguments: &'a ExplainArguments,
    rules: &'a Rules,
    at: EventTime,
}

impl Page<'_> {
    fn leg(&self, timeline: &LegTimeline, heard: &[Heard]) -> ExplainedLeg {
        let mut said = HashSet::new();
        let claims =
            heard.iter().map(|heard| self.claim(timeline, heard, !said.insert((heard.event.at, heard.event.fact))));
        let claims = claims.collect();
        let entries = timeline.entries.iter().map(|entry| {
            let place = heard.iter().find(|heard| entry.follows_from(&heard.event)).map(|heard| heard.place);
            (page::entry(entry, place, self.config, self.arguments), entry.at > self.at)
        });
        let line = &self.config.lines[timeline.line.as_usize()];
        let rules = &self.rules.lines()[timeline.line.as_usize()];
        let told = promise::Told { timeline, rules, at: self.at, zone: &self.config.zone };
        ExplainedLeg {
            line: line.id.to_string(),
            visit: heard.first().and_then(|heard| heard.visit.clone()),
            claims,
            entries: entries.collect(),
            promise: told.in_words(),
            verdict: told.verdict(),
            notes: notes(timeline, heard),
        }
    }

    fn claim(&self, timeline: &LegTimeline, heard: &Heard, is_said_before: bool) -> ExplainedFact {
        let fate = match timeline.status(&heard.event) {
            FactStatus::Lost { to, fact } => FactEffect::Lost { to: words::fact(fact), at: self.written(to) },
            FactStatus::Surplus => FactEffect::Surplus,
            FactStatus::Superseded { by } if !is_said_before => {
                FactEffect::Superseded { by: words::fact(Fact::CallbackRequested), at: self.written(by) }
            }
            FactStatus::Superseded { .. } => FactEffect::Duplicate,
            FactStatus::Held if is_said_before => FactEffect::Duplicate,
            FactStatus::Held => FactEffect::Counts,
        };
        let is_record = matches!(heard.place, Place::Record { .. });
        ExplainedFact {
            said: StatedFact {
                fact: words::fact(heard.event.fact),
                at: self.written(heard.event.at),
                source: Some(records::source(heard.place, self.config, &self.arguments.source.events)),
            },
            known: is_record.then(|| self.written(heard.known)),
            fate,
        }
    }

    fn written(&self, at: EventTime) -> FormattedInstant {
        words::written(at, &self.config.zone)
    }
}

/// What should be known of a leg beside its entries.
fn notes(timeline: &LegTimeline, heard: &[Heard]) -> Vec<String> {
    let mut notes = Vec::new();
    let is_retracted = heard.iter().any(|heard| heard.event.fact == Fact::Retracted);
    if is_retracted {
        notes.push(
            "It was retracted: nothing that was said of it counts any more, but that it was retracted.".to_owned(),
        );
    }
    let of_none = |kind: FactKind| {
        let is_of_kind =
            |heard: &&Heard| heard.event.fact.kind() == kind && timeline.status(&heard.event) == FactStatus::Held;
        heard
            .iter()
            .find(is_of_kind)
            .filter(|heard| !timeline.entries.iter().any(|entry| entry.follows_from(&heard.event)))
    };
    let without = FactKind::ALL.iter().filter(|kind| of_none(**kind).is_some()).map(|kind| kind.as_str());
    let without: Vec<&str> = without.filter(|_| !is_retracted).collect();
    if !without.is_empty() {
        notes.push(format!("No entry follows from {}.", without.join(", ")));
    }
    notes
}
