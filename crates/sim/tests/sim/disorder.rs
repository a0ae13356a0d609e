//! Whatever the disorder, what is published says what happened, and poison is rejected for the reason it carries.

use std::collections::{BTreeMap, BTreeSet};

use ensilinja_model::{EventTime, LineId};
use ensilinja_sim::{County, Disorder, Generator, POISON_HEADER, Publication, SimEvent};
use ensilinja_wire::{Decoder, MAX_AHEAD_MS, Reason, Record, Rejection};

const HOUR_MS: i64 = 3_600_000;
/// Tuesday 16 September 2025, 10:15 in Helsinki.
const START: EventTime = EventTime::from_seconds(1_758_006_900);

fn told(events: usize) -> impl Iterator<Item = SimEvent> {
    Generator::new(&County::oma_hame(), 5, START, 1.0).take(events)
}

fn rough(events: usize) -> Vec<Publication> {
    Disorder::ROUGH.publish(told(events), 9).collect()
}

fn decode(publication: &Publication) -> Result<ensilinja_model::Event, Rejection> {
    let lines: Vec<LineId> = County::oma_hame().lines.into_iter().map(|line| line.id).collect();
    let headers: Vec<(&str, Option<&[u8]>)> =
        publication.headers.iter().map(|(name, value)| (name.as_str(), value.as_deref())).collect();
    Decoder::new(&lines, *b"a key of a start").decode(&Record {
        key: publication.key.as_deref(),
        value: publication.value.as_deref(),
        headers: &headers,
        timestamp: publication.at,
    })
}

#[test]
fn without_disorder_every_event_is_published_once_when_it_is_told() {
    let published: Vec<Publication> = Disorder::NONE.publish(told(2_000), 9).collect();
    assert!(published.iter().all(|p| p.poison.is_none() && p.event.as_ref().is_some_and(|e| e.reported_at == p.at)));
    let events: Vec<SimEvent> = published.into_iter().filter_map(|publication| publication.event).collect();
    assert_eq!(events, told(2_000).collect::<Vec<_>>());
}

#[test]
fn the_same_seed_makes_the_same_disorder() {
    assert!(rough(3_000) == rough(3_000));
    assert!(rough(3_000) != Disorder::ROUGH.publish(told(3_000), 10).collect::<Vec<_>>());
}

#[test]
fn records_come_in_the_order_they_are_published_and_say_all_that_was_told() {
    let published = rough(20_000);
    assert!(published.is_sorted_by_key(|publication| publication.at));
    let facts = |events: &mut dyn Iterator<Item = SimEvent>| {
        events.map(|e| (e.at, e.contact, e.line, e.visit, e.fact)).collect::<BTreeSet<_>>()
    };
    let said = facts(&mut published.iter().filter_map(|publication| publication.event.clone()));
    assert_eq!(said, facts(&mut told(20_000)));
}

#[test]
fn sound_records_say_their_event_in_both_modes() {
    let lines: Vec<LineId> = County::oma_hame().lines.into_iter().map(|line| line.id).collect();
    let mut legs = BTreeMap::new();
    let mut binary = 0;
    for publication in rough(5_000) {
        let Some(event) = &publication.event else { continue };
        let decoded = decode(&publication).unwrap();
        assert_eq!((decoded.at, decoded.fact, &lines[decoded.line.as_usize()]), (event.at, event.fact, &event.line));
        let leg = (event.contact.clone(), event.line.clone(), event.visit.clone());
        assert!(*legs.entry(leg).or_insert(decoded.leg) == decoded.leg);
        binary += usize::from(publication.headers.iter().any(|(name, _)| name == "ce_type"));
    }
    assert!((200..900).contains(&binary), "{binary}");
}

#[test]
fn poison_is_rejected_as_it_says_and_every_tag_is_its_own() {
    let poisonous: Vec<Publication> = rough(60_000).into_iter().filter(|p| p.poison.is_some()).collect();
    let mut cases = BTreeSet::new();
    for publication in &poisonous {
        let poison = publication.poison.unwrap();
        assert_eq!(decode(publication).unwrap_err(), Rejection::from(poison.detail), "{}", poison.case);
        assert_eq!(poison.reason, poison.detail.reason());
        let header = publication.headers.iter().find(|(name, _)| name == POISON_HEADER).unwrap();
        assert_eq!(header.1, Some(poison.tag.to_string().into_bytes()));
        cases.insert(poison.case);
    }
    let tags: BTreeSet<u64> = poisonous.iter().map(|publication| publication.poison.unwrap().tag).collect();
    assert_eq!(tags.len(), poisonous.len());
    let reasons: BTreeSet<Reason> = poisonous.iter().map(|publication| publication.poison.unwrap().reason).collect();
    assert!(cases.len() > 60 && reasons.len() == Reason::ALL.len(), "{} cases, {reasons:?}", cases.len());
}

#[test]
fn every_kind_of_disorder_is_met() {
    let published = rough(20_000);
    let sound: Vec<(&Publication, &SimEvent)> =
        published.iter().filter_map(|p| p.event.as_ref().map(|event| (p, event))).collect();
    let late = |by: i64| sound.iter().filter(|(p, event)| p.at.millis_since(event.reported_at) > by).count();
    assert!(late(HOUR_MS) > 200 && late(10 * HOUR_MS) > 10, "{} {}", late(HOUR_MS), late(10 * HOUR_MS));
    let ahead = sound.iter().map(|(p, event)| event.at.millis_since(p.at)).max();
    assert!(ahead.is_some_and(|ms| (1..MAX_AHEAD_MS).contains(&ms)));
    assert!(sound.len() > 20_000 + 800);
    assert!(!sound.is_sorted_by_key(|(_, event)| event.reported_at));
}
