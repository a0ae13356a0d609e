//! Dead letters from the rejection to the redrive: rejected records are listed and shown, and those that a fix makes
//! usable are sent again and count as if they had been accepted at first.

use std::collections::BTreeMap;

use ensilinja_model::{EventTime, Fact, LineId};
use ensilinja_sim::{Disorder, Publication, SimEvent};
use ensilinja_test_support::{non_empty, plain_consumer};
use ensilinja_wire::{Detail, Reason, Statement, encode_structured, malformed};
use serde_json::Value;

use crate::feed::{Feed, now};
use crate::program::{Program, total};
use crate::shared_broker::shared_broker;
use crate::stage::Stage;

/// A text of a record, which no output may contain unless it is requested.
const CANARY: &str = "canary-0401234567";

/// The line that is added to the configuration later.
const LATE_LINE: &str = "mipa_chat";

/// Runs a subcommand of `dlq`, which has to end with this status.
#[track_caller]
pub fn dlq(stage: &Stage, part: &str, more: &[&str], status: i32) -> Program {
    let mut program = Program::start(stage, &["dlq", part], more);
    let ended = program.wait();
    assert_eq!(ended.code(), Some(status), "{part} {more:?}\n{}\n{}", program.printed(), program.log());
    program
}

/// Runs a subcommand of `dlq` and parses its JSON.
#[track_caller]
pub fn dlq_json(stage: &Stage, part: &str, more: &[&str]) -> Value {
    let program = dlq(stage, part, &[more, &["--format", "json"]].concat(), 0);
    serde_json::from_str(&program.printed()).unwrap()
}

/// Numbers of a document, by their names.
fn numbers<const N: usize>(document: &Value, names: [&str; N]) -> [u64; N] {
    names.map(|name| document[name].as_u64().unwrap_or_else(|| panic!("no number {name}: {document:#}")))
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn redriven_records_count_as_if_they_had_been_accepted_at_first() {
    let broker = shared_broker();
    let stage = Stage { log: ("json", "trace"), ..Stage::set(&broker, "dlq", 3) };
    let early = Stage { lines_left_out: &[LATE_LINE], ..stage.clone() };
    let mut processors = [Program::run(&early), Program::run(&early)];
    let mut feed = Feed::new(&stage, Disorder::NONE, 83, 20.0);
    for processor in &processors {
        processor.wait_until_it_knows(now());
    }

    feed.settle();
    // Two processes read events of an unknown line, of a source with a fast clock, and every kind of poison.
    let ahead = publish_ahead_of_their_records(&mut feed);
    let poison = publish_poison(&mut feed);
    let settled = feed.settle();
    let mut refused = BTreeMap::new();
    for processor in &processors {
        let page = processor.wait_until_it_knows(settled);
        refused = Reason::ALL.iter().map(|reason| (*reason, rejected(&page, *reason))).collect();
        let letters = of_letters(&refused);
        processor.wait_for("all letters are written", |page| total(page, "ensilinja_dead_letters_total") == letters);
    }
    processors.iter_mut().for_each(Program::end_well);
    let known_as = |detail| poison.iter().filter(|known| **known == detail).count() as u64;
    let of_the_line = refused[&Reason::UnknownLine] - known_as(Detail::LineNotConfigured);
    assert!(of_the_line > 20, "the line has events: {of_the_line}");

    assert_listed_and_shown(&early, &refused, known_as(Detail::LineNotConfigured) + of_the_line);

    // The line is still unknown. Only the events that were ahead of time have become valid.
    let ahead_count = ahead.len() as u64;
    let plan = dlq_json(&early, "redrive", &[]);
    assert_eq!(numbers(&plan, ["usable", "usable_for_the_past_only"]), [ahead_count, 0], "{plan:#}");
    assert_eq!((plan["executed"].as_bool(), plan["sent"].is_null()), (Some(false), true));

    // The line is added. Its events in the topic are accepted at the restart.
    let mut processor = Program::run(&stage);
    processor.wait_until_it_knows(settled);
    processor.assert_agrees_with(feed.oracle());

    let published = plain_consumer::count(&stage.brokers, &stage.topic);
    let plan = dlq_json(&stage, "redrive", &[]);
    assert_eq!(numbers(&plan, ["usable"]), [of_the_line + ahead_count], "{plan:#}");
    assert_eq!(plain_consumer::count(&stage.brokers, &stage.topic), published, "a dry run sends nothing");
    let future = dlq_json(&stage, "redrive", &["--reason", "future"]);
    assert_eq!(numbers(&future, ["chosen", "usable"]), [ahead_count + known_as(Detail::AheadOfRecord), ahead_count]);

    for event in &ahead {
        feed.hear(event);
    }
    for round in 1..=2 {
        let done = dlq_json(&stage, "redrive", &["--execute"]);
        let sent = [of_the_line + ahead_count, 0, 0];
        assert_eq!(numbers(&done["sent"], ["acknowledged", "failed", "unknown"]), sent, "{done:#}");
        assert_eq!(plain_consumer::count(&stage.brokers, &stage.topic), published + round * sent[0]);
        processor.wait_until_it_knows(now());
        processor.assert_agrees_with(feed.oracle());
    }
    assert_sent_as_they_were(&stage, of_the_line + ahead_count);
    let mut anew = Program::run(&stage);
    anew.wait_until_it_knows(now());
    anew.assert_agrees_with(feed.oracle());
    processor.end_well();
    anew.end_well();
    let letters = plain_consumer::read(&stage.brokers, &stage.dead_letters).len() as u64;
    assert_eq!(letters, 2 * of_letters(&refused), "nothing came back");
}

/// The number of rejected records that have dead letters.
fn of_letters(refused: &BTreeMap<Reason, u64>) -> u64 {
    refused.iter().filter(|(reason, _)| reason.goes_to_dead_letters()).map(|(_, count)| count).sum()
}

fn rejected(page: &crate::series::Series, reason: Reason) -> u64 {
    total(page, &format!("ensilinja_events_rejected_total{{reason=\"{}\"", reason.as_str()))
}

/// The dead letters agree with the counters of the processes, and show no content of a record unless it is requested.
fn assert_listed_and_shown(stage: &Stage, refused: &BTreeMap<Reason, u64>, of_unknown_lines: u64) {
    let listed = dlq_json(stage, "list", &["--limit", "100000"]);
    let mut by_reason: BTreeMap<String, u64> = BTreeMap::new();
    for row in listed["summary"].as_array().unwrap() {
        *by_reason.entry(row["reason"].as_str().unwrap().to_owned()).or_default() += row["records"].as_u64().unwrap();
    }
    let kept = refused.iter().filter(|(reason, _)| reason.goes_to_dead_letters());
    for (reason, count) in non_empty("reasons that have dead letters", kept) {
        assert_eq!(by_reason.get(reason.as_str()), Some(count), "{}", reason.as_str());
    }
    let [records, letters] = numbers(&listed, ["records", "letters_read"]);
    assert_eq!(letters, 2 * records, "each process has written one");
    let rows = listed["listed"].as_array().unwrap();
    assert_eq!(rows.len() as u64, records);
    assert!(!rows.is_empty() && rows.iter().all(|row| row["written"] == 2));

    let unknown = dlq_json(stage, "list", &["--reason", "unknown_line", "--limit", "3"]);
    assert_eq!(numbers(&unknown, ["records", "not_listed"]), [of_unknown_lines, of_unknown_lines - 3]);

    let of_the_canary = rows.iter().find(|row| row["detail"] == "bad_stage").unwrap();
    let position = of_the_canary["record"].as_str().unwrap();
    let shown = [dlq(stage, "show", &[position], 0), dlq(stage, "show", &[position, "--format", "json"], 0)];
    assert!(shown[0].printed().contains("malformed: bad_stage"), "{}", shown[0].printed());
    assert!(shown[0].printed().contains("it would be rejected again, as bad_stage"), "{}", shown[0].printed());
    assert!(shown[0].printed().contains("written     2 times"), "{}", shown[0].printed());
    for text in [dlq(stage, "list", &[], 0), dlq(stage, "redrive", &[], 0)].into_iter().chain(shown) {
        assert!(!text.printed().contains(CANARY), "{}", text.printed());
        assert!(!text.log().contains(CANARY) && text.log().contains("scan begins"), "{}", text.log());
    }
    for program in [
        dlq(stage, "list", &["--payload", "--detail", "bad_stage"], 0),
        dlq(stage, "show", &[position, "--payload"], 0),
        dlq(stage, "show", &[position, "--payload", "--format", "json"], 0),
    ] {
        assert!(program.printed().contains(CANARY), "{}", program.printed());
        assert!(!program.log().contains(CANARY), "{}", program.log());
    }
}

/// Each redriven record equals one that is in the topic, plus one header with the position of that record.
fn assert_sent_as_they_were(stage: &Stage, count: u64) {
    let records = plain_consumer::read(&stage.brokers, &stage.topic);
    let by_place: BTreeMap<String, &plain_consumer::StoredRecord> = records
        .iter()
        .map(|record| (format!("{}/{}/{}", stage.topic, record.partition, record.offset), record))
        .collect();
    let redriven: Vec<_> =
        records.iter().filter_map(|record| Some((record, record.header("ensilinja_redriven_from")?))).collect();
    assert_eq!(redriven.len() as u64, 2 * count);
    for (record, from) in redriven {
        let first = by_place[from];
        assert!(record.key == first.key && record.value == first.value && record.partition == first.partition);
        assert!(record.headers[..record.headers.len() - 1] == first.headers);
        assert!(record.timestamp_ms > first.timestamp_ms, "it is published when it is redriven");
    }
}

/// Events of two contacts from a source with a fast clock: rejected when they are published, valid a little later.
fn publish_ahead_of_their_records(feed: &mut Feed) -> Vec<SimEvent> {
    let happened = now().plus_millis(-4 * 60_000);
    let written = happened.plus_millis(-6 * 60_000);
    let line = LineId::parse("116117").unwrap();
    let mut events = Vec::new();
    for contact in ["ahead-1", CANARY] {
        for (fact, after_ms) in [(Fact::Offered, 0), (Fact::Queued, 500), (Fact::Answered, 20_000)] {
            let at = happened.plus_millis(after_ms);
            let event = SimEvent {
                at,
                reported_at: at,
                contact: contact.to_owned(),
                line: line.clone(),
                visit: None,
                to_line: None,
                fact,
            };
            feed.publish(&record_of(&event, written));
            events.push(event);
        }
    }
    events
}

fn record_of(event: &SimEvent, at: EventTime) -> Publication {
    let SimEvent { contact, line, at: happened, fact, .. } = event;
    let encoded =
        encode_structured(&Statement { contact, line, visit: None, to_line: None, at: *happened, fact: *fact });
    Publication {
        at,
        key: Some(encoded.key),
        headers: vec![("trace".to_owned(), Some(CANARY.as_bytes().to_vec())), ("none".to_owned(), None)],
        value: Some(encoded.value),
        event: None,
        poison: None,
    }
}

/// Every kind of poison, for the contact [`CANARY`], with the reason of each.
fn publish_poison(feed: &mut Feed) -> Vec<Detail> {
    let line = LineId::parse("116117").unwrap();
    let cases = malformed::cases();
    for case in &cases {
        let at = now();
        let record = case.record(CANARY, &line, at);
        let (key, headers, value) = (record.key, record.headers, record.value);
        feed.publish(&Publication { at, key, headers, value, event: None, poison: None });
    }
    cases.iter().map(malformed::MalformedCase::detail).collect()
}
