//! The contacts behind a difference: both sides are read again, and the contribution of each contact on one side is
//! compared with that on the other.
//!
//! Contact ids are printed for users who asked for them and can read the topic anyway. They are in no log line and no
//! error.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicBool;

use ensilinja_catalogue::{FigureUnit, Metric, NamedFigure};
use ensilinja_ledger::{HistoricalLedger, SourcedEntry, Window};
use ensilinja_model::{Event, EventTime, LegKey, LineIndex};
use ensilinja_report::comparison::{ComparedLeg, ComparisonResult, FigureKey, TracedContacts};
use jiff::tz::TimeZone;

use super::origin::{FiguresOrigin, known_before};
use crate::contribution::FigureQuery;
use crate::error::LookbackError;
use crate::local_time::to_the_second;
use crate::lookback::Lookback;
use crate::progress::Progress;
use crate::source::{ArchiveFiles, EventSource, SourceDecoders, SourceSummary};

/// For how many figures contacts are listed: the first that differ.
const MOST_FIGURES: usize = 20;

/// How many contacts are listed for a figure.
const MOST_CONTACTS: usize = 10;

/// A figure whose contacts are looked for, at the first instant at which it differs.
struct WantedFigure {
    key: FigureKey,
    at: EventTime,
}

/// A side that has been read again, with what was known of it at an instant.
struct SideRead<'a> {
    source: EventSource<'a>,
    first: SourceSummary,
    decoders: SourceDecoders,
    lookback: Lookback,
    historical: HistoricalLedger,
}

/// The part of a contact in a figure, and its entries.
#[derive(Clone, Debug, Default, PartialEq)]
struct FigurePart {
    number: i64,
    entries: Vec<SourcedEntry>,
}

/// What the second reading finds of legs on a side: contact ids, and the position of each event.
#[derive(Default)]
struct FoundEvents {
    ids: BTreeMap<LegKey, String>,
    events: BTreeMap<LegKey, Vec<(Event, String)>>,
}

/// The legs by which a figure differs, each with its part on either side.
type DifferingLegs = BTreeMap<LegKey, [FigurePart; 2]>;

/// Adds the contacts behind the first figures that differ.
///
/// # Errors
/// If a side cannot be read again, or not to its end.
pub(super) fn trace(
    result: &mut ComparisonResult,
    origins: &[FiguresOrigin; 2],
    key: [u8; 16],
    stop: &AtomicBool,
    progress: &dyn Progress,
    zone: &TimeZone,
) -> Result<(), LookbackError> {
    for origin in origins {
        if let FiguresOrigin::Lost(why) = origin {
            return Err(LookbackError::NotComparable(why.clone()));
        }
    }
    for (known, wanted) in by_knowledge(result, origins) {
        let Some(first) = wanted.iter().map(|wanted| wanted.at).min() else { continue };
        let last = wanted.iter().map(|wanted| wanted.at).max().unwrap_or(first);
        let mut sides = Vec::new();
        for (origin, known_before) in origins.iter().zip(known) {
            if let FiguresOrigin::Events { config, files, archives, without_topics, file_source, .. } = origin {
                let (from, file_source) = (EventTime::MIN, *file_source);
                let archives = ArchiveFiles { files: archives, without_topics: *without_topics };
                let source =
                    EventSource { config, files, archives, file_source, from, offsets: &[], known_before, progress };
                sides.push(SideRead::read(source, key, first..last, stop)?);
            }
        }
        let [one, other] = &sides[..] else {
            return Err(LookbackError::NotComparable("a side cannot be read again".to_owned()));
        };
        let differing: Vec<DifferingLegs> = wanted.iter().map(|wanted| differing(one, other, wanted)).collect();
        let listed = differing.iter().flat_map(|legs| legs.keys().take(MOST_CONTACTS));
        let listed: BTreeSet<LegKey> = listed.copied().collect();
        let found = [one.find(&listed, stop)?, other.find(&listed, stop)?];
        for (wanted, legs) in wanted.iter().zip(differing) {
            if let Some(figure) = result.rows.get_mut(&wanted.key) {
                figure.contacts = Some(traced(&wanted.key, &legs, &found, zone));
            }
        }
    }
    Ok(())
}

/// The first figures that differ, grouped by what was known on either side of the instant at which they do.
fn by_knowledge(
    result: &ComparisonResult,
    origins: &[FiguresOrigin; 2],
) -> BTreeMap<[Option<EventTime>; 2], Vec<WantedFigure>> {
    let mut rows: Vec<_> = result.rows.iter().filter(|(key, _)| key.figure.is_some()).collect();
    rows.sort_by_key(|(_, figure)| figure.first.as_of);
    let mut groups: BTreeMap<_, Vec<WantedFigure>> = BTreeMap::new();
    for (key, figure) in rows.into_iter().take(MOST_FIGURES) {
        let at = figure.first.as_of;
        let known = [&origins[0], &origins[1]].map(|origin| match origin {
            FiguresOrigin::Events { knowledge, .. } => known_before(*knowledge, at),
            FiguresOrigin::Lost(_) => None,
        });
        groups.entry(known).or_default().push(WantedFigure { key: key.clone(), at });
    }
    groups
}

impl<'a> SideRead<'a> {
    /// Reads a source for the figures of a range of instants. `key` is the same for both sides, so that a contact has
    /// the same leg on both.
    fn read(
        source: EventSource<'a>,
        key: [u8; 16],
        instants: std::ops::Range<EventTime>,
        stop: &AtomicBool,
    ) -> Result<Self, LookbackError> {
        let lookback = Lookback::to_instant(source.config.rules_over(&instants), instants.start, None);
        let source = EventSource { from: lookback.reads_from(), ..source };
        let decoders = SourceDecoders::new(source.config, source.file_source, key);
        let mut historical = HistoricalLedger::new(lookback.rules().clone());
        let first = source.read(&decoders, stop, &mut |sourced| {
            if lookback.counts(&sourced.event) {
                historical.apply(&sourced.event);
            }
            Ok(())
        })?;
        Ok(Self { source, first, decoders, lookback, historical })
    }

    /// The part of each leg in a figure; none, if the side has no such line or window.
    fn parts(&self, wanted: &WantedFigure) -> BTreeMap<LegKey, FigurePart> {
        let WantedFigure { key, at } = wanted;
        let lines = &self.source.config.lines;
        let window = key.window.as_deref().map(|name| Window::ALL.iter().copied().find(|it| it.as_str() == name));
        let line = lines.iter().position(|line| line.id.as_str() == key.line);
        let (Some(place), Some(figure), None | Some(Some(_))) = (line, figure_of(key), window) else {
            return BTreeMap::new();
        };
        let line = LineIndex::new(u16::try_from(place).expect("a configuration has fewer than 65 536 lines"));
        let info = lines[place].info();
        let query = FigureQuery { figure: &figure, line, info: &info, window: window.flatten(), at: *at };
        let contributions = query.contributions(&self.historical, self.lookback.rules());
        let parts = contributions.into_iter().map(|leg| {
            let entries = leg.entries.into_iter().map(|entry| entry.entry).collect();
            (leg.leg, FigurePart { number: leg.number, entries })
        });
        parts.collect()
    }

    /// Reads again, for the contact ids of legs and the positions of their events.
    fn find(&self, legs: &BTreeSet<LegKey>, stop: &AtomicBool) -> Result<FoundEvents, LookbackError> {
        let mut found = FoundEvents::default();
        if legs.is_empty() {
            return Ok(found);
        }
        self.source.read_again(&self.first, &self.decoders, stop, &mut |sourced| {
            let leg = sourced.event.leg;
            if legs.contains(&leg) {
                found.ids.entry(leg).or_insert_with(|| sourced.contact.named().id);
                let position = sourced.position.in_words(self.source.files);
                found.events.entry(leg).or_default().push((sourced.event, position));
            }
            Ok(())
        })?;
        Ok(found)
    }
}

/// The legs whose parts in a figure differ between the sides.
fn differing(one: &SideRead<'_>, other: &SideRead<'_>, wanted: &WantedFigure) -> DifferingLegs {
    let [mut of_one, mut of_other] = [one, other].map(|side| side.parts(wanted));
    let legs: BTreeSet<LegKey> = of_one.keys().chain(of_other.keys()).copied().collect();
    let parts = legs.into_iter().map(|leg| {
        let [one, other] = [&mut of_one, &mut of_other].map(|parts| parts.remove(&leg).unwrap_or_default());
        (leg, [one, other])
    });
    parts.filter(|(_, [one, other])| one.number != other.number).collect()
}

fn traced(key: &FigureKey, legs: &DifferingLegs, found: &[FoundEvents; 2], zone: &TimeZone) -> TracedContacts {
    let is_time = figure_of(key).is_some_and(|figure| figure.unit() != FigureUnit::Count);
    #[expect(clippy::cast_precision_loss, reason = "the part of a contact is far below 2^53")]
    let number = |part: &FigurePart| {
        let number = if is_time { part.number as f64 / 1000.0 } else { part.number as f64 };
        (!part.entries.is_empty()).then_some(number)
    };
    let entries = |leg: LegKey, part: &FigurePart, found: &FoundEvents| {
        let in_words = |entry: &SourcedEntry| {
            let event = found.events.get(&leg).into_iter().flatten().find(|(event, _)| entry.follows_from(event));
            let position = event.map_or_else(String::new, |(_, position)| format!(", {position}"));
            format!("{} at {}{position}", entry.name(), to_the_second(entry.at, zone))
        };
        part.entries.iter().map(in_words).collect()
    };
    let listed = legs.iter().take(MOST_CONTACTS).map(|(leg, [one, other])| ComparedLeg {
        contact: found.iter().find_map(|found| found.ids.get(leg)).cloned().unwrap_or_default(),
        one: number(one),
        other: number(other),
        found_in_one: entries(*leg, one, &found[0]),
        found_in_other: entries(*leg, other, &found[1]),
    });
    TracedContacts { legs: listed.collect(), more: legs.len().saturating_sub(MOST_CONTACTS) as u64 }
}

/// The figure with this key. Of a distribution it is the waits themselves, whichever of its counts differs.
fn figure_of(key: &FigureKey) -> Option<NamedFigure> {
    let name = key.figure.as_deref()?;
    let labels = Metric::figure(name)?.labels.iter().zip(&key.labels);
    let labels: Vec<String> = labels.map(|(label, value)| format!("{}={value}", label.name)).collect();
    let found = NamedFigure::find(&format!("{name}{{{}}}", labels.join(","))).ok()?;
    let is_count = key.labels.first().is_some_and(|label| label == "count");
    if is_count { found.into_iter().last() } else { found.into_iter().next() }
}
