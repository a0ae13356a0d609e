//! Malformed records: each gets its reason and its place, and none changes a figure or ends the process.

use std::collections::BTreeMap;

use ensilinja_model::{EventTime, Fact, LineId};
use ensilinja_sim::{Disorder, Publication, SimEvent};
use ensilinja_test_support::{plain_consumer, plain_consumer::StoredRecord};
use ensilinja_wire::{Detail, Reason, Statement, encode_binary, malformed};

use crate::dead_letter_headers;
use crate::feed::{Feed, now, send, settle};
use crate::program::{Program, total};
use crate::series::Series;
use crate::shared_broker::shared_broker;
use crate::stage::Stage;

/// The header by which a test identifies its records. The program ignores it.
const CASE: &str = "test-case";

/// A wrong record and its expected fate.
struct Wrong {
    case: String,
    record: Publication,
    reason: Reason,
    detail: Detail,
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn every_malformed_record_gets_its_reason_and_changes_no_figure() {
    let broker = shared_broker();
    let stage = Stage::without_topics(&broker, "malformed");
    stage.create_topic_of_events_of_any_time(&broker, 3);
    stage.create_topic_of_dead_letters(&broker);
    let mut feed = Feed::new(&stage, Disorder::NONE, 71, 20.0);
    let mut program = Program::run(&stage);
    program.wait_until_it_knows(feed.settle());
    program.assert_agrees_with(feed.oracle());

    let wrong = wrong_records();
    assert!(wrong.len() > 100, "there are {} kinds", wrong.len());
    for wrong in &wrong {
        feed.publish(&wrong.record);
    }
    for odd in odd_but_sound() {
        feed.publish(&odd);
    }
    let settled = feed.settle();
    program.wait_until_it_knows(settled);
    let letters = wrong.iter().filter(|wrong| wrong.reason.goes_to_dead_letters()).count() as u64;
    let page = program
        .wait_for("all dead letters are acknowledged", |page| total(page, "ensilinja_dead_letters_total") >= letters);
    assert_counted(&page, &wrong);
    assert_among_the_dead_letters(&stage, &wrong);
    program.assert_agrees_with(feed.oracle());

    let sound = offered("a-sound-one", now());
    feed.publish(&Publication { event: Some(sound.clone()), ..record_of(&sound, now()) });
    program.wait_until_it_knows(feed.settle());
    program.assert_agrees_with(feed.oracle());
    program.end_well();

    let mut next = Program::run(&stage);
    next.wait_until_it_knows(now());
    next.assert_agrees_with(feed.oracle());
    next.end_well();
    let written = plain_consumer::count(&stage.brokers, &stage.dead_letters);
    assert_eq!(written, letters, "what was committed is not written again");
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn a_dead_letter_too_large_for_its_topic_is_written_without_the_record() {
    let broker = shared_broker();
    let stage = Stage::without_topics(&broker, "large-letters");
    stage.create_topic_of_events(&broker, 1);
    broker.create_topic(&stage.dead_letters, 1, &[("max.message.bytes", "20000")]);
    let publisher = stage.publisher();
    let cut_short =
        |value: &[u8]| Publication { value: Some(value.to_vec()), ..record_of(&offered("broken", now()), now()) };
    for record in [cut_short(&LONG[..60_000]), cut_short(b"{\"line\":")] {
        send(&publisher, &record);
    }
    let settled = settle(&publisher);
    let mut program = Program::run(&stage);
    program.wait_until_it_knows(settled);
    program.wait_for("both are acknowledged", |page| total(page, "ensilinja_dead_letters_total") == 2);
    program.end_well();
    let letters = plain_consumer::read(&stage.brokers, &stage.dead_letters);
    letters.iter().for_each(dead_letter_headers::assert_as_documented);
    let by_key =
        |offset| letters.iter().find(|letter| letter.source_position() == format!("{}/0/{offset}", stage.topic));
    let (large, small) = (by_key(0).expect("the large one"), by_key(1).expect("the small one"));
    assert_eq!((letters.len(), large.value.is_none(), small.value.as_deref()), (2, true, Some(&b"{\"line\":"[..])));
    let sizes = ["value", "record_key"].map(|part| large.header(&format!("ensilinja_{part}_bytes")));
    assert_eq!(sizes, [Some("60000"), Some("6")]);
}

/// Every case of the wire's table, and records whose timestamp makes them wrong.
fn wrong_records() -> Vec<Wrong> {
    let line = line();
    let mut all: Vec<Wrong> = malformed::cases()
        .iter()
        .enumerate()
        .map(|(number, case)| {
            let at = now();
            let record = case.record(&format!("malformed-{number}"), &line, at);
            let record = Publication {
                at,
                key: record.key,
                headers: record.headers,
                value: record.value,
                event: None,
                poison: None,
            };
            let case_name = case.name().to_owned();
            Wrong { case: case_name, record, reason: case.reason(), detail: case.detail() }
        })
        .collect();
    let broken = |at| Publication { value: Some(b"{\"line\":".to_vec()), ..record_of(&offered("broken", now()), at) };
    for (case, record, detail) in [
        ("record_of_1970_now", record_of(&offered("1970", now()), YEAR_1970), Detail::AheadOfRecord),
        ("record_of_1970_cut", broken(YEAR_1970), Detail::Truncated),
        ("record_of_2099_cut", broken(YEAR_2099), Detail::Truncated),
        ("long_key", Publication { key: Some(LONG.to_vec()), ..broken(now()) }, Detail::Truncated),
        ("long_header", with_header(broken(now()), "long", LONG), Detail::Truncated),
    ] {
        all.push(Wrong { case: case.to_owned(), record, reason: detail.reason(), detail });
    }
    for wrong in &mut all {
        wrong.record.headers.push((CASE.to_owned(), Some(wrong.case.clone().into_bytes())));
    }
    all
}

fn with_header(mut record: Publication, name: &str, value: &[u8]) -> Publication {
    record.headers.push((name.to_owned(), Some(value.to_vec())));
    record
}

/// More bytes than are kept of a key, a value, or all headers.
const LONG: &[u8] = &[b'x'; 100_000];

/// The bytes that are kept of each.
const KEPT_BYTES: usize = 64 * 1024;

/// 1970-01-01T00:00:01Z.
const YEAR_1970: EventTime = EventTime::from_seconds(1);

/// 2099-01-01T00:00:00Z.
const YEAR_2099: EventTime = EventTime::from_seconds(4_070_908_800);

/// Valid events that are in no figure of today: one too old, and one of the future in a record of that time.
fn odd_but_sound() -> [Publication; 3] {
    [
        record_of(&offered("old", YEAR_1970), now()),
        record_of(&offered("old in an old record", YEAR_1970), YEAR_1970),
        record_of(&offered("from 2099", YEAR_2099), YEAR_2099),
    ]
}

fn line() -> LineId {
    LineId::parse("116117").unwrap()
}

fn offered(contact: &str, at: EventTime) -> SimEvent {
    let fact = Fact::Offered;
    SimEvent { at, reported_at: at, contact: contact.to_owned(), line: line(), visit: None, to_line: None, fact }
}

/// The record of an event, published at `at`.
fn record_of(event: &SimEvent, at: EventTime) -> Publication {
    let SimEvent { contact, line, at: happened, fact, .. } = event;
    let encoded = encode_binary(&Statement { contact, line, visit: None, to_line: None, at: *happened, fact: *fact });
    Publication {
        at,
        key: Some(encoded.key),
        headers: encoded.headers.into_iter().map(|(name, value)| (name, Some(value))).collect(),
        value: Some(encoded.value),
        event: None,
        poison: None,
    }
}

/// Each record is counted once under its reason.
fn assert_counted(page: &Series, wrong: &[Wrong]) {
    for reason in Reason::ALL {
        let name = reason.as_str();
        let all = wrong.iter().filter(|wrong| wrong.reason == *reason).count() as u64;
        assert_eq!(total(page, &format!("ensilinja_events_rejected_total{{reason=\"{name}\"")), all, "{name}");
        let letters = if reason.goes_to_dead_letters() { all } else { 0 };
        assert_eq!(total(page, &format!("ensilinja_dead_letters_total{{reason=\"{name}\"")), letters, "{name}");
    }
    assert_eq!(total(page, "ensilinja_events_total{type=\"offered\",result=\"too_old\"}"), 2, "those of 1970");
}

fn assert_among_the_dead_letters(stage: &Stage, wrong: &[Wrong]) {
    let records = plain_consumer::read(&stage.brokers, &stage.topic);
    let by_case: BTreeMap<&str, &StoredRecord> =
        records.iter().filter_map(|record| record.header(CASE).map(|case| (case, record))).collect();
    let letters = plain_consumer::read(&stage.brokers, &stage.dead_letters);
    let by_key: BTreeMap<String, &StoredRecord> =
        letters.iter().map(|letter| (letter.source_position(), letter)).collect();
    assert_eq!(by_key.len(), letters.len(), "none was written twice");
    let mut expected = 0;
    for Wrong { case, record, reason, detail, .. } in wrong {
        let stored = by_case[case.as_str()];
        let key = format!("{}/{}/{}", stage.topic, stored.partition, stored.offset);
        let letter = by_key.get(&key);
        if !reason.goes_to_dead_letters() {
            assert!(letter.is_none(), "{case} is counted only");
            continue;
        }
        expected += 1;
        let letter = letter.unwrap_or_else(|| panic!("{case} is not among the dead letters"));
        assert_kept(case, letter, record);
        let position = ["topic", "partition", "offset"].map(|part| letter.header(&format!("ensilinja_source_{part}")));
        let from = [stage.topic.clone(), stored.partition.to_string(), stored.offset.to_string()];
        assert_eq!(position.map(Option::unwrap), from, "{case}");
        let why = ["reason", "detail"].map(|part| letter.header(&format!("ensilinja_{part}")).unwrap());
        assert_eq!(why, [reason.as_str(), detail.as_str()], "{case}");
    }
    assert_eq!(letters.len(), expected);
}

/// A dead letter contains what is kept of its record.
fn assert_kept(case: &str, letter: &StoredRecord, record: &Publication) {
    dead_letter_headers::assert_as_documented(letter);
    let cut = |bytes: &Option<Vec<u8>>| bytes.as_ref().map(|bytes| bytes[..bytes.len().min(KEPT_BYTES)].to_vec());
    let beyond = |length: usize| (length > KEPT_BYTES).then(|| length.to_string());
    assert!(letter.value == cut(&record.value), "{case}: value");
    let length = beyond(record.value.as_ref().map_or(0, Vec::len));
    assert_eq!(letter.header("ensilinja_value_bytes"), length.as_deref(), "{case}");
    let length = |header: &(String, Option<Vec<u8>>)| header.0.len() + header.1.as_ref().map_or(0, Vec::len);
    let length: usize = record.headers.iter().map(length).sum();
    if length <= KEPT_BYTES {
        assert!(letter.headers.starts_with(&record.headers), "{case}: its own headers come first");
    } else {
        let stated: usize = letter.header("ensilinja_headers_bytes").unwrap().parse().unwrap();
        assert!(
            (length..length + 1_000).contains(&stated),
            "{case}: {stated} for {length} and what headers take besides"
        );
        assert!(
            letter.headers.iter().all(|(name, _)| name.starts_with("ensilinja_")),
            "{case}: no header of the record is kept"
        );
    }
    let key = letter.headers.iter().find(|(name, _)| name == "ensilinja_record_key");
    assert!(key.and_then(|(_, key)| key.clone()) == cut(&record.key), "{case}: key");
}
