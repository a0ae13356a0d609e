//! With any disorder, the records still contain every event, and poison is rejected with the expected reason.

use std::collections::{BTreeMap, BTreeSet};

use ensilinja_model::{EventTime, Headers, LineId};
use ensilinja_sim::{County, Disorder, Generator, POISON_HEADER, Publication, SimEvent};
use ensilinja_wire::{Decoder, MAX_AHEAD_MS, Reason, Record, Rejection};

const HOUR_MS: i64 = 3_600_000;
/// Tuesday 16 September 2025, 10:15 in Helsinki.
const START: EventTime = EventTime::from_seconds(1_758_006_900);

fn events(count: usize) -> impl Iterator<Item = SimEvent> {
    Generator::new(&County::oma_hame(), 5, START, 1.0).take(count)
}

fn rough(count: usize) -> Vec<Publication> {
    Disorder::ROUGH.publish(self::events(count), 9).collect()
}

fn decode(publication: &Publication) -> Result<ensilinja_model::Event, Rejection> {
    let lines: Vec<LineId> = County::oma_hame().lines.into_iter().map(|line| line.id).collect();
    let headers: Vec<(&str, Option<&[u8]>)> =
        publication.headers.iter().map(|(name, value)| (name.as_str(), value.as_deref())).collect();
    Decoder::new(&lines, *b"a key of a start").decode(&Record {
        key: publication.key.as_deref(),
        value: publication.value.as_deref(),
        headers: Headers::known(&headers),
        timestamp: publication.at,
    })
}

#[test]
fn without_disorder_every_event_is_published_once_when_it_is_reported() {
    let published: Vec<Publication> = Disorder::NONE.publish(events(2_000), 9).collect();
    assert!(published.iter().all(|p| p.poison.is_none() && p.event.as_ref().is_some_and(|e| e.reported_at == p.at)));
    let found: Vec<SimEvent> = published.into_iter().filter_map(|publication| publication.event).collect();
    assert_eq!(found, events(2_000).collect::<Vec<_>>());
}

#[test]
fn the_same_seed_gives_the_same_disorder() {
    assert!(rough(3_000) == rough(3_000));
    assert!(rough(3_000) != Disorder::ROUGH.publish(events(3_000), 10).collect::<Vec<_>>());
}

#[test]
fn records_come_in_publication_order_and_contain_every_event() {
    let published = rough(20_000);
    assert!(published.is_sorted_by_key(|publication| publication.at));
    let facts = |events: &mut dyn Iterator<Item = SimEvent>| {
        events.map(|e| (e.at, e.contact, e.line, e.visit, e.fact)).collect::<BTreeSet<_>>()
    };
    let published = facts(&mut published.iter().filter_map(|publication| publication.event.clone()));
    assert_eq!(published, facts(&mut events(20_000)));
}

#[test]
fn valid_records_decode_to_their_event_in_both_modes() {
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
fn poison_is_rejected_with_its_detail_and_every_tag_is_unique() {
    let poison_records: Vec<Publication> = rough(60_000).into_iter().filter(|p| p.poison.is_some()).collect();
    let mut cases = BTreeSet::new();
    for publication in &poison_records {
        let poison = publication.poison.unwrap();
        assert_eq!(decode(publication).unwrap_err(), Rejection::from(poison.detail), "{}", poison.case);
        assert_eq!(poison.reason, poison.detail.reason());
        let header = publication.headers.iter().find(|(name, _)| name == POISON_HEADER).unwrap();
        assert_eq!(header.1, Some(poison.tag.to_string().into_bytes()));
        cases.insert(poison.case);
    }
    let tags: BTreeSet<u64> = poison_records.iter().map(|publication| publication.poison.unwrap().tag).collect();
    assert_eq!(tags.len(), poison_records.len());
    let reasons: BTreeSet<Reason> =
        poison_records.iter().map(|publication| publication.poison.unwrap().reason).collect();
    // Events name a line, and no queue.
    assert!(cases.len() > 60 && reasons.len() == Reason::ALL.len() - 1, "{} cases, {reasons:?}", cases.len());
}

#[test]
fn every_kind_of_disorder_occurs() {
    let published = rough(20_000);
    let valid: Vec<(&Publication, &SimEvent)> =
        published.iter().filter_map(|p| p.event.as_ref().map(|event| (p, event))).collect();
    let late = |by: i64| valid.iter().filter(|(p, event)| p.at.millis_since(event.reported_at) > by).count();
    assert!(late(HOUR_MS) > 200 && late(10 * HOUR_MS) > 10, "{} {}", late(HOUR_MS), late(10 * HOUR_MS));
    let ahead = valid.iter().map(|(p, event)| event.at.millis_since(p.at)).max();
    assert!(ahead.is_some_and(|ms| (1..MAX_AHEAD_MS).contains(&ms)));
    assert!(valid.len() > 20_000 + 800);
    assert!(!valid.is_sorted_by_key(|(_, event)| event.reported_at));
}
