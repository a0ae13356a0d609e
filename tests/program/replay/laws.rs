//! The law of stepping: the figures of an instant equal those of a ledger that has got the same events and is read at
//! that instant only. It holds for any order of events, with all that is known now and with what was known then.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::AtomicBool;

use ensilinja_ledger::{Figures, Ledger, Rules, Window};
use ensilinja_lookback::replay::{ReplayEngine, ReplayOptions};
use ensilinja_lookback::{HistoryEvidence, HistorySource, NoProgress, RawContact, SourcePosition, SourcedEvent};
use ensilinja_model::{Event, EventTime, Fact, LegKey, LineIndex};
use ensilinja_sim::{County, OracleLine, SimEvent, soup, soup_lines};
use ensilinja_wire::Decoder;

use crate::pages::COMPLETE;
use crate::rules;

fn hash(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

pub fn as_event(said: &SimEvent, lines: &[OracleLine]) -> Event {
    let line = lines.iter().position(|line| line.id == said.line).unwrap();
    let key = u128::from(hash((&said.contact, &said.visit, line)));
    let line = LineIndex::new(u16::try_from(line).unwrap());
    Event { leg: LegKey::new(key), line, at: said.at, fact: said.fact }
}

pub const ALL_FIRST: ReplayOptions =
    ReplayOptions { known_then: false, most_legs: usize::MAX, complete_since: None, is_partial: false, speed: None };
pub const KNOWN_THEN: ReplayOptions = ReplayOptions { known_then: true, ..ALL_FIRST };
/// The mode for a log that is too long to be held in memory.
const WHILE_READING: ReplayOptions = ReplayOptions { most_legs: 0, ..ALL_FIRST };

/// Steps through the instants with events, each with the time at which it became known. Returns the figures of each
/// instant, and the number of events that arrived too late.
fn stepped(
    rules: &Rules,
    instants: &[EventTime],
    events: &[(EventTime, Event)],
    manner: ReplayOptions,
) -> (Vec<Figures>, u64) {
    let stepped = stepped_through(HistorySource::Offsets, rules, instants, events, manner);
    assert_eq!(stepped.2, instants);
    (stepped.0, stepped.1)
}

/// The same with events of a source. Returns also the instants that are known.
pub fn stepped_through(
    source: HistorySource,
    rules: &Rules,
    instants: &[EventTime],
    events: &[(EventTime, Event)],
    manner: ReplayOptions,
) -> (Vec<Figures>, u64, Vec<EventTime>) {
    let (stop, mut all) = (AtomicBool::new(false), Vec::new());
    let mut take = |figures: &Figures, _| {
        all.push(figures.clone());
        Ok(())
    };
    let (decoder, mut evidence) = (Decoder::new(&[], [0; 16]), HistoryEvidence::new(source));
    let mut engine = ReplayEngine::new(rules.clone(), instants, manner, &stop, &mut take);
    for (known, event) in events {
        let position = SourcePosition::Line { file: 0, number: 1 };
        let contact = RawContact::of_line(&decoder, b"{}", event.leg, None);
        evidence.add(Some(*known), event.at);
        let (event, known_at) = (*event, *known);
        engine.apply(&SourcedEvent { event, known_at, position: &position, evidence: &evidence, contact }).unwrap();
    }
    engine.finish(&evidence, EventTime::MAX, &NoProgress).unwrap();
    let (too_late, covered) = (engine.gaps().too_late, engine.covered().to_vec());
    (all, too_late, covered)
}

/// The figures of a ledger that is read once.
fn asked_once<'a>(rules: &Rules, instant: EventTime, events: impl Iterator<Item = &'a Event>) -> Figures {
    let mut ledger = Ledger::new(rules.clone(), instant);
    for event in events {
        ledger.apply(event);
    }
    ledger.figures(instant, COMPLETE)
}

/// The figures without the number of legs, which depends on what is held in memory.
pub fn comparable(mut figures: Figures) -> Figures {
    figures.legs = 0;
    figures
}

#[test]
fn stepping_through_any_soup_gives_each_instant_the_figures_of_a_ledger_read_once() {
    let (lines, zone) = (soup_lines(), County::zone());
    let rules = rules::rules(&lines, EventTime::from_seconds(1_774_720_800));
    let mut compared = 0;
    for seed in 0..300 {
        let soup = soup(seed, &lines, &zone, 12, 7);
        let mut instants: Vec<EventTime> =
            soup.moments.iter().map(|moment| EventTime::from_seconds(moment.floor_second())).step_by(4).collect();
        instants.sort_unstable();
        instants.dedup();
        let mut events: Vec<(EventTime, Event)> = soup
            .events
            .iter()
            .map(|said| {
                let event = as_event(said, &lines);
                // Some become known at once, some hours later, some days later.
                let late_ms = [0, 40, 7_200_000, 200_000_000][usize::try_from(hash((seed, event.leg)) % 4).unwrap()];
                (event.at.plus_millis(late_ms), event)
            })
            .collect();

        let mut agree = |events: &[(EventTime, Event)], manner: ReplayOptions| {
            let (all, too_late) = stepped(&rules, &instants, events, manner);
            assert_eq!(too_late, 0);
            for (figures, instant) in all.into_iter().zip(&instants) {
                let of_it = events.iter().filter(|(known, _)| !manner.known_then || known < instant);
                let alone = asked_once(&rules, *instant, of_it.map(|(_, event)| event));
                assert_eq!(comparable(figures), comparable(alone), "seed {seed}, {manner:?}, at {instant:?}");
                compared += 1;
            }
        };
        events.sort_by_key(|(known, event)| hash((seed, known, event.leg, event.fact.kind())));
        agree(&events, ALL_FIRST);
        events.sort_by_key(|(known, _)| *known);
        agree(&events, KNOWN_THEN);
        agree(&events, WHILE_READING);
    }
    assert!(compared > 1_000, "{compared} instants");
}

#[test]
fn events_that_arrive_too_late_for_a_taken_instant_are_counted() {
    let rules = rules::rules(&soup_lines(), EventTime::from_seconds(1_774_720_800));
    let instant = EventTime::from_seconds(1_774_720_800);
    let event = |leg: u128, at| Event { leg: LegKey::new(leg), line: LineIndex::new(0), at, fact: Fact::Offered };
    let much_later = instant.plus_millis(rules.horizon_ms() + 60_000);
    let before = instant.plus_millis(-60_000);
    let events = [(before, event(1, before)), (much_later, event(2, much_later)), (much_later, event(3, before))];
    let offered = |(all, too_late): (Vec<Figures>, u64)| {
        (all[0].lines[0].window(Window::Minutes15).unwrap().sums.offered(), too_late)
    };
    assert_eq!(offered(stepped(&rules, &[instant], &events, WHILE_READING)), (1, 1));
    assert_eq!(offered(stepped(&rules, &[instant], &events, ALL_FIRST)), (2, 0));
    assert_eq!(offered(stepped(&rules, &[instant], &events, KNOWN_THEN)), (1, 0), "it was not known then");
}

#[test]
fn a_contact_retracted_too_late_for_a_taken_instant_is_counted() {
    let rules = rules::rules(&soup_lines(), EventTime::from_seconds(1_774_720_800));
    let instant = EventTime::from_seconds(1_774_720_800);
    let event = |leg: u128, at, fact| Event { leg: LegKey::new(leg), line: LineIndex::new(0), at, fact };
    let before = instant.plus_millis(-60_000);
    let much_later = instant.plus_millis(rules.horizon_ms() + 60_000);
    let events = [
        (before, event(1, before, Fact::Offered)),
        (much_later, event(2, much_later, Fact::Offered)),
        (much_later, event(2, much_later, Fact::Retracted)),
        (much_later, event(1, much_later, Fact::Retracted)),
    ];
    let waiting = |(all, too_late): (Vec<Figures>, u64)| (all[0].lines[0].waiting, too_late);
    let instants = [instant, much_later.plus_millis(60_000)];
    assert_eq!(waiting(stepped(&rules, &instants, &events, WHILE_READING)), (1, 1));
    assert_eq!(waiting(stepped(&rules, &instants, &events, ALL_FIRST)), (0, 0));
    assert_eq!(waiting(stepped(&rules, &instants[..1], &events, WHILE_READING)), (1, 1), "nor after the last instant");
}
