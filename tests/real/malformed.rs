//! Malformed records: each ends where it belongs with its reason, and none moves a figure or ends the process.

use std::collections::BTreeMap;

use ensilinja_model::{EventTime, Fact, LineId};
use ensilinja_sim::{Disorder, Publication, SimEvent};
use ensilinja_wire::{Detail, MAX_VALUE_BYTES, Reason, Statement, encode_binary, malformed};

use crate::dead_letter_headers;
use crate::feed::{Feed, now};
use crate::program::{Program, total};
use crate::series::Series;
use crate::shared_broker::shared_broker;
use crate::stage::Stage;
use crate::topic::{self, Lying};

/// The header by which a test knows its records again; it means nothing to the program.
const CASE: &str = "test-case";

/// A record that is wrong, and what must become of it.
struct Wrong {
    case: String,
    record: Publication,
    reason: Reason,
    detail: Detail,
    /// It was published after the process had started, by its timestamp: so the process counts it.
    is_live: bool,
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn every_kind_ends_with_its_reason_and_moves_no_figure() {
    let broker = shared_broker();
    let stage = Stage::set(&broker, "malformed", 3);
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
    feed.publish(&Publication { event: Some(sound.clone()), ..told(&sound, now()) });
    program.wait_until_it_knows(feed.settle());
    program.assert_agrees_with(feed.oracle());
    program.end_well();

    let mut next = Program::run(&stage);
    next.wait_until_it_knows(now());
    next.assert_agrees_with(feed.oracle());
    next.end_well();
    let written = topic::count(&stage.brokers, &stage.dead_letters);
    assert_eq!(written, letters, "what was committed is not written again");
}

/// Every case of the wire's table, and those that are wrong by their record's timestamp.
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
            Wrong { case: case_name, record, reason: case.reason(), detail: case.detail(), is_live: true }
        })
        .collect();
    let broken = |at| Publication { value: Some(b"{".to_vec()), ..told(&offered("broken", now()), at) };
    for (case, record, detail, is_live) in [
        ("record_of_1970_now", told(&offered("1970", now()), YEAR_1970), Detail::AheadOfRecord, false),
        ("record_of_1970_cut", broken(YEAR_1970), Detail::Truncated, false),
        ("record_of_2099_cut", broken(YEAR_2099), Detail::Truncated, true),
    ] {
        all.push(Wrong { case: case.to_owned(), record, reason: detail.reason(), detail, is_live });
    }
    for wrong in &mut all {
        wrong.record.headers.push((CASE.to_owned(), Some(wrong.case.clone().into_bytes())));
    }
    all
}

/// 1970-01-01T00:00:01Z.
const YEAR_1970: EventTime = EventTime::from_seconds(1);

/// 2099-01-01T00:00:00Z.
const YEAR_2099: EventTime = EventTime::from_seconds(4_070_908_800);

/// Sound events that no figure of today shows: too old, and of a time to come in a record of that time.
fn odd_but_sound() -> [Publication; 3] {
    [
        told(&offered("old", YEAR_1970), now()),
        told(&offered("old in an old record", YEAR_1970), YEAR_1970),
        told(&offered("from 2099", YEAR_2099), YEAR_2099),
    ]
}

fn line() -> LineId {
    LineId::parse("116117").unwrap()
}

fn offered(contact: &str, at: EventTime) -> SimEvent {
    let fact = Fact::Offered;
    SimEvent { at, told_at: at, contact: contact.to_owned(), line: line(), visit: None, to_line: None, fact }
}

/// The record that says an event, published at `at`.
fn told(event: &SimEvent, at: EventTime) -> Publication {
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

/// Each is counted once under its reason.
fn assert_counted(page: &Series, wrong: &[Wrong]) {
    for reason in Reason::ALL {
        let name = reason.as_str();
        let live = wrong.iter().filter(|wrong| wrong.reason == *reason && wrong.is_live).count() as u64;
        let all = wrong.iter().filter(|wrong| wrong.reason == *reason).count() as u64;
        assert_eq!(total(page, &format!("ensilinja_events_rejected_total{{reason=\"{name}\"")), live, "{name}");
        let letters = if reason.goes_to_dead_letters() { all } else { 0 };
        assert_eq!(total(page, &format!("ensilinja_dead_letters_total{{reason=\"{name}\"")), letters, "{name}");
    }
    let too_old = total(page, "ensilinja_events_total{type=\"offered\",result=\"too_old\"}");
    assert_eq!(too_old, 1, "the other one was published before the process was started");
}

fn assert_among_the_dead_letters(stage: &Stage, wrong: &[Wrong]) {
    let records = topic::read(&stage.brokers, &stage.topic);
    let by_case: BTreeMap<&str, &Lying> =
        records.iter().filter_map(|record| record.header(CASE).map(|case| (case, record))).collect();
    let letters = topic::read(&stage.brokers, &stage.dead_letters);
    let by_key: BTreeMap<&str, &Lying> = letters.iter().map(|letter| (letter.key_text(), letter)).collect();
    assert_eq!(by_key.len(), letters.len(), "none was written twice");
    let mut expected = 0;
    for Wrong { case, record, reason, detail, .. } in wrong {
        let lying = by_case[case.as_str()];
        let key = format!("{}/{}/{}", stage.topic, lying.partition, lying.offset);
        let letter = by_key.get(key.as_str());
        if !reason.goes_to_dead_letters() {
            assert!(letter.is_none(), "{case} is counted only");
            continue;
        }
        expected += 1;
        let letter = letter.unwrap_or_else(|| panic!("{case} is not among the dead letters"));
        assert_kept(case, letter, record);
        let said = ["topic", "partition", "offset"].map(|part| letter.header(&format!("ensilinja_source_{part}")));
        let from = [stage.topic.clone(), lying.partition.to_string(), lying.offset.to_string()];
        assert_eq!(said.map(Option::unwrap), from, "{case}");
        let why = ["reason", "detail"].map(|part| letter.header(&format!("ensilinja_{part}")).unwrap());
        assert_eq!(why, [reason.as_str(), detail.as_str()], "{case}");
    }
    assert_eq!(letters.len(), expected);
}

/// The letter holds what the record held.
fn assert_kept(case: &str, letter: &Lying, record: &Publication) {
    dead_letter_headers::assert_as_documented(letter);
    let value = record.value.as_deref();
    assert!(letter.value.as_deref() == value.map(|value| &value[..value.len().min(MAX_VALUE_BYTES)]), "{case}: value");
    let length = value.map(<[u8]>::len).filter(|length| *length > MAX_VALUE_BYTES).map(|length| length.to_string());
    assert_eq!(letter.header("ensilinja_value_bytes"), length.as_deref(), "{case}");
    assert!(letter.headers.starts_with(&record.headers), "{case}: its own headers come first");
    let key = letter.headers.iter().find(|(name, _)| name == "ensilinja_record_key");
    assert!(key.and_then(|(_, key)| key.as_ref()) == record.key.as_ref(), "{case}: key");
}
