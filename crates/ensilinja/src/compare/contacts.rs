//! Through which contacts figures differ: both sides are read again, and each contact's part in a figure is held
//! against its part on the other side.
//!
//! A contact's part is what the figure would be without anybody else, as `explain` has it. Ids are printed to whoever
//! can read the topic anyway, and asked for them; they are in no log line and no error.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use ensilinja_catalogue::{FigureUnit, Metric, NamedFigure};
use ensilinja_ledger::{HistoricalLedger, Rules, SourcedEntry, Window};
use ensilinja_model::{EventTime, LegKey, LineIndex};
use ensilinja_report::comparison::{ComparedLeg, ComparisonResult, FigureKey, TracedContacts};
use ensilinja_wire::Decoder;
use jiff::tz::TimeZone;

use super::origin::{Origin, known_before};
use crate::contact_key::random_key;
use crate::local_time::zoned;
use crate::past::{Place, Read, Reading};
use crate::progress::Progress;
use crate::stopping;
use ensilinja_config::Config;

/// Of how many figures contacts are told: the first that differ.
const FIGURES: usize = 20;

/// How many contacts are told of a figure.
const CONTACTS: usize = 10;

/// A figure whose contacts are looked for, at the first instant at which it differs.
struct Wanted {
    place: FigureKey,
    at: EventTime,
}

/// A side, read again with what was known of it at an instant.
struct Side<'a> {
    reading: Reading<'a>,
    first: Read,
    decoder: Decoder,
    rules: Rules,
    historical: HistoricalLedger,
}

/// What a contact adds to a figure, and by which of its entries.
#[derive(Clone, Debug, Default, PartialEq)]
struct Part {
    number: i64,
    entries: Vec<SourcedEntry>,
}

/// What is found of legs on a side: the id of the contact, and of each event where it was said.
#[derive(Default)]
struct Found {
    ids: BTreeMap<LegKey, String>,
    said: BTreeMap<LegKey, Vec<(ensilinja_model::Event, String)>>,
}

/// The contacts through which a figure differs, by leg: what each adds on either side.
type Differing = BTreeMap<LegKey, [Part; 2]>;

/// Puts beside the first figures that differ the contacts through which they do.
///
/// # Errors
/// If a side cannot be read again, or not to its end.
pub fn trace(
    findings: &mut ComparisonResult,
    origins: &[Origin; 2],
    progress: &Progress,
    zone: &TimeZone,
) -> anyhow::Result<()> {
    for origin in origins {
        if let Origin::Lost(why) = origin {
            anyhow::bail!("{why}");
        }
    }
    let (key, stop) = (random_key()?, stopping::on_signal()?);
    for (known, wanted) in by_knowledge(findings, origins) {
        let Some(first) = wanted.iter().map(|wanted| wanted.at).min() else { continue };
        let last = wanted.iter().map(|wanted| wanted.at).max().unwrap_or(first);
        let mut sides = Vec::new();
        for (origin, known) in origins.iter().zip(known) {
            if let Origin::Events { config, files, .. } = origin {
                sides.push(Side::read(config, files, known, key, first..last, &stop, progress)?);
            }
        }
        let [one, other] = &sides[..] else { anyhow::bail!("a side cannot be read again") };
        let differing: Vec<Differing> = wanted.iter().map(|wanted| differing(one, other, wanted)).collect();
        let told: BTreeSet<LegKey> = differing.iter().flat_map(|legs| legs.keys().take(CONTACTS)).copied().collect();
        let found = [one.find(&told, &stop)?, other.find(&told, &stop)?];
        for (wanted, legs) in wanted.iter().zip(differing) {
            if let Some(finding) = findings.rows.get_mut(&wanted.place) {
                finding.contacts = Some(traced(&wanted.place, &legs, &found, zone));
            }
        }
    }
    Ok(())
}

/// The first figures that differ, by what was known on either side of the instant at which they do.
fn by_knowledge(findings: &ComparisonResult, origins: &[Origin; 2]) -> BTreeMap<[Option<EventTime>; 2], Vec<Wanted>> {
    let mut rows: Vec<_> = findings.rows.iter().filter(|(place, _)| place.figure.is_some()).collect();
    rows.sort_by_key(|(_, finding)| finding.first.as_of);
    let mut groups: BTreeMap<_, Vec<Wanted>> = BTreeMap::new();
    for (place, finding) in rows.into_iter().take(FIGURES) {
        let at = finding.first.as_of;
        let known = [&origins[0], &origins[1]].map(|origin| match origin {
            Origin::Events { known, .. } => known_before(*known, at),
            Origin::Lost(_) => None,
        });
        groups.entry(known).or_default().push(Wanted { place: place.clone(), at });
    }
    groups
}

impl<'a> Side<'a> {
    fn read(
        config: &'a Config,
        files: &'a [PathBuf],
        known_before: Option<EventTime>,
        key: [u8; 16],
        span: std::ops::Range<EventTime>,
        stop: &AtomicBool,
        progress: &'a Progress,
    ) -> anyhow::Result<Self> {
        let rules = config.rules_over(&span);
        let ids: Vec<_> = config.lines.iter().map(|line| line.id.clone()).collect();
        // One key for both sides, so that a contact is the same on both.
        let decoder = Decoder::new(&ids, key);
        let from = rules.range_start(span.start);
        let mut historical = HistoricalLedger::new(rules.clone());
        let reading = Reading { config, files, from, offsets: &[], known_before, progress };
        let first = reading.read(&decoder, stop, &mut |told| {
            if told.event.at >= from {
                historical.apply(&told.event);
            }
            Ok(())
        })?;
        Ok(Self { reading, first, decoder, rules, historical })
    }

    /// What each leg adds to a figure; none, if the side has no such line or window.
    fn parts(&self, wanted: &Wanted) -> BTreeMap<LegKey, Part> {
        let mut parts: BTreeMap<LegKey, Part> = BTreeMap::new();
        let Wanted { place, at } = wanted;
        let line = self.reading.config.lines.iter().position(|line| line.id.as_str() == place.line);
        let (Some(line), Some(figure)) = (line, figure_of(place)) else { return parts };
        let card = self.reading.config.lines[line].info();
        let line = LineIndex::new(u16::try_from(line).expect("a configuration has fewer lines"));
        let Some(window) = place.window.as_deref() else {
            for open_leg in self.historical.open_legs(line, *at) {
                if let Some(number) = figure.of_line(&open_leg.figures).filter(|number| *number != 0) {
                    parts.insert(open_leg.leg, Part { number, entries: open_leg.entries });
                }
            }
            return parts;
        };
        let window = Window::ALL.iter().copied().find(|known| known.as_str() == window);
        let Some(stretch) = window.and_then(|window| self.rules.window_range(line, window, *at)) else {
            return parts;
        };
        for (leg, entries) in self.historical.entries(line, stretch, *at) {
            for entry in entries {
                let alone = self.historical.window_with_only(&entry);
                if let Some(number) = figure.of_window(&card, &alone).filter(|number| *number != 0) {
                    let part = parts.entry(leg).or_default();
                    part.number += number;
                    part.entries.push(entry);
                }
            }
        }
        parts
    }

    /// Reads once more, for the ids of legs and for where what is known of them was said.
    fn find(&self, legs: &BTreeSet<LegKey>, stop: &AtomicBool) -> anyhow::Result<Found> {
        let mut found = Found::default();
        if legs.is_empty() {
            return Ok(found);
        }
        self.reading.read_again(&self.first, &self.decoder, stop, &mut |told| {
            if legs.contains(&told.event.leg) {
                let id = || told.contact.id();
                found.ids.entry(told.event.leg).or_insert_with(id);
                found.said.entry(told.event.leg).or_default().push((told.event, self.written(told.place)));
            }
            Ok(())
        })?;
        Ok(found)
    }

    fn written(&self, place: Place) -> String {
        match place {
            Place::Record { partition, offset } => format!("{}/{partition}/{offset}", self.reading.config.kafka.topic),
            Place::Line { file, number } => format!("{}:{number}", self.reading.files[file].display()),
        }
    }
}

/// The legs whose parts in a figure are not the same on both sides.
fn differing(one: &Side<'_>, other: &Side<'_>, wanted: &Wanted) -> Differing {
    let [mut of_one, mut of_other] = [one, other].map(|side| side.parts(wanted));
    let legs: BTreeSet<LegKey> = of_one.keys().chain(of_other.keys()).copied().collect();
    let parts = legs.into_iter().map(|leg| {
        let [one, other] = [&mut of_one, &mut of_other].map(|parts| parts.remove(&leg).unwrap_or_default());
        (leg, [one, other])
    });
    parts.filter(|(_, [one, other])| one.number != other.number).collect()
}

fn traced(place: &FigureKey, legs: &Differing, found: &[Found; 2], zone: &TimeZone) -> TracedContacts {
    let is_time = figure_of(place).is_some_and(|figure| figure.unit() != FigureUnit::Count);
    #[expect(clippy::cast_precision_loss, reason = "a contact's part is far below 2^53")]
    let number = |part: &Part| {
        let number = if is_time { part.number as f64 / 1000.0 } else { part.number as f64 };
        (!part.entries.is_empty()).then_some(number)
    };
    let entries = |leg: LegKey, part: &Part, found: &Found| {
        let entry = |entry: &SourcedEntry| {
            let said = found.said.get(&leg).into_iter().flatten().find(|(event, _)| entry.follows_from(event));
            let at = zoned(entry.at, zone).strftime("%Y-%m-%d %H:%M:%S").to_string();
            let place = said.map_or_else(String::new, |(_, place)| format!(", {place}"));
            format!("{} at {at}{place}", entry.name())
        };
        part.entries.iter().map(entry).collect()
    };
    let told = legs.iter().take(CONTACTS).map(|(leg, [one, other])| {
        let id = found.iter().find_map(|found| found.ids.get(leg));
        ComparedLeg {
            contact: id.cloned().unwrap_or_default(),
            one: number(one),
            other: number(other),
            found_in_one: entries(*leg, one, &found[0]),
            found_in_other: entries(*leg, other, &found[1]),
        }
    });
    TracedContacts { legs: told.collect(), more: legs.len().saturating_sub(CONTACTS) as u64 }
}

/// The figure at a place. Of a distribution the waits themselves are told, whichever of its counts differs.
fn figure_of(place: &FigureKey) -> Option<NamedFigure> {
    let name = place.figure.as_deref()?;
    let labels = Metric::figure(name)?.labels.iter().zip(&place.labels);
    let labels: Vec<String> = labels.map(|(label, value)| format!("{}={value}", label.name)).collect();
    let found = NamedFigure::find(&format!("{name}{{{}}}", labels.join(","))).ok()?;
    let is_count = place.labels.first().is_some_and(|label| label == "count");
    if is_count { found.into_iter().last() } else { found.into_iter().next() }
}
