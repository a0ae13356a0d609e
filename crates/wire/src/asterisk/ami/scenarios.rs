//! All scenarios of a real Asterisk: the stays that its AMI events make, against the truth.

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::asterisk::truth::{Exception, FoundStay, Joined, StayOutcome, check, decoder, mapping, sample, scenarios};
use crate::rules::FormatRules;
use crate::{Detail, Format, Mapping, Record};

/// Stays of which the events say something else than the truth, or nothing, and why it cannot be known.
const UNKNOWABLE: [Exception; 38] = [
    ("05", "1013", Some(StayOutcome::Moved), KEY),
    ("05", "1014", Some(StayOutcome::Moved), KEY),
    ("05", "1016", Some(StayOutcome::Moved), KEY),
    ("05", "1017", Some(StayOutcome::Moved), KEY),
    ("05", "1019", Some(StayOutcome::Moved), KEY),
    ("06", "1021", Some(StayOutcome::Abandoned), TIMEOUT),
    ("06", "1022", Some(StayOutcome::Abandoned), TIMEOUT),
    ("06", "1023", Some(StayOutcome::Abandoned), TIMEOUT),
    ("06", "1025", Some(StayOutcome::Abandoned), TIMEOUT),
    ("07", "1031", None, "refused at the door"),
    ("07", "1032", None, "refused at the door"),
    ("07", "1033", None, "no such queue"),
    ("07", "1034", None, "refused at the door"),
    ("07", "1036", None, "the queue was full"),
    ("07", "1037", None, "Queue() was never called"),
    ("09", "1044/q_nobody", None, "refused at the door"),
    ("10", "1051", None, "Queue() was never called"),
    ("13", "consultation", Some(StayOutcome::Answered), "calls of agents who ask before a transfer"),
    ("15", "1083", Some(StayOutcome::Answered), "answer and hang-up in the same millisecond: Asterisk joined them"),
    ("19", "1111", Some(StayOutcome::Abandoned), TIMEOUT),
    ("19", "1112/q_strict", Some(StayOutcome::Moved), "left as the queue emptied, and joined another one"),
    ("19", "1113", Some(StayOutcome::Abandoned), TIMEOUT),
    ("22", "1132", Some(StayOutcome::Abandoned), TIMEOUT),
    ("24", "1151", Some(StayOutcome::Answered), "answered as they are joined"),
    ("24", "1152", Some(StayOutcome::Abandoned), "noticed as the delay before the joining ends"),
    ("24", "1154", Some(StayOutcome::Answered), "answered as they are joined"),
    ("24", "1155", Some(StayOutcome::Answered), "hung up while the agent heard an announcement"),
    ("24", "1156", Some(StayOutcome::Answered), "the agent hung up in the announcement"),
    ("27", "1181", Some(StayOutcome::Moved), KEY),
    ("27", "1181/callback", Some(StayOutcome::Answered), "a callback is a call like another: the agent's answer"),
    ("27", "1182", Some(StayOutcome::Answered), "the customer was not reached: the events look the same"),
    ("29", "1205", None, "the queue was deleted"),
    ("30", "1212", Some(StayOutcome::Open), "Asterisk was stopped, and its last events were not sent"),
    ("30", "1213", Some(StayOutcome::Open), "Asterisk was stopped, and its last events were not sent"),
    ("30", "1222", Some(StayOutcome::Open), "Asterisk was killed: no end"),
    ("30", "1223", Some(StayOutcome::Open), "Asterisk was killed: no end"),
    ("31", "1232", Some(StayOutcome::Moved), KEY),
    ("31", "1235", Some(StayOutcome::Moved), KEY),
];

const KEY: &str = "left by a key: the events do not say so";
const TIMEOUT: &str = "timed out, put out or withdrawn: QueueCallerAbandon as well";

fn ami() -> Mapping {
    mapping(Format::AsteriskAmi)
}

fn events(scenario: &str) -> Vec<String> {
    sample(&format!("{scenario}.ami.jsonl")).lines().map(str::to_owned).collect()
}

fn all_events() -> Vec<String> {
    scenarios().flat_map(|scenario| events(&scenario)).collect()
}

fn joined(values: &[impl AsRef<str>]) -> Vec<FoundStay> {
    Joined::of(ami(), values.iter().map(|value| value.as_ref().as_bytes()))
}

#[test]
fn every_stay_of_every_scenario_is_as_it_was() {
    for scenario in scenarios() {
        check(&scenario, joined(&events(&scenario)), &UNKNOWABLE, |_| true);
    }
}

#[test]
fn order_and_repeats_change_nothing_and_in_order_nothing_is_retracted() {
    let events = all_events();
    let mut in_order = Joined::new(ami());
    for event in &events {
        in_order.read(event.as_bytes());
    }
    assert_eq!(in_order.retracted(), 0);
    assert!(in_order.rejections.iter().all(|it| it.detail == Detail::TypeNotRead));
    let expected = in_order.found();
    assert!(expected.len() > 170, "{}", expected.len());
    let reversed: Vec<_> = events.iter().rev().collect();
    assert_eq!(joined(&reversed), expected, "reversed");
    let doubled: Vec<_> = events.iter().chain(&events).collect();
    assert_eq!(joined(&doubled), expected, "twice");
}

#[test]
fn every_shape_of_an_event_gives_the_same_stays() {
    let events: Vec<_> = scenarios().take(9).flat_map(|scenario| events(&scenario)).collect();
    let expected = joined(&events);
    let parsed: Vec<Map<String, Value>> = events.iter().map(|event| serde_json::from_str(event).unwrap()).collect();
    let renamed = |name: &dyn Fn(&str) -> String| {
        let rename = |event: &Map<String, Value>| {
            let members = event.iter().map(|(key, value)| (name(key), value.clone()));
            Value::Object(members.collect()).to_string()
        };
        parsed.iter().map(rename).collect::<Vec<_>>()
    };
    assert_eq!(joined(&renamed(&str::to_lowercase)), expected, "lower case");
    let snake = |name: &str| name.replace("Time", "_time").replace("MemberName", "member_name").to_lowercase();
    assert_eq!(joined(&renamed(&snake)), expected, "snake case");
    let wrapped = |event: &Map<String, Value>| json!({"event": event["Event"], "data": event}).to_string();
    assert_eq!(joined(&parsed.iter().map(wrapped).collect::<Vec<_>>()), expected, "wrapped");
    let inner = |event: &Map<String, Value>| {
        let mut data = event.clone();
        let name = data.remove("Event").unwrap();
        json!({"received": 7, "data": data, "event": name}).to_string()
    };
    assert_eq!(joined(&parsed.iter().map(inner).collect::<Vec<_>>()), expected, "the name outside");
    let headers = |event: &Map<String, Value>| {
        let lines = event.iter().map(|(name, value)| format!("{name}: {}\r\n", value.as_str().unwrap()));
        lines.collect::<String>() + "\r\n"
    };
    let blocks: Vec<_> = parsed.iter().map(headers).collect();
    assert_eq!(joined(&blocks), expected, "headers");
    assert_eq!(joined(&[blocks.concat()]).len(), expected.len(), "all headers in one value");
    assert_eq!(joined(&[format!("[{}]", events.join(","))]).len(), expected.len(), "an array");
    let mut by_key = Vec::new();
    for (event, block) in parsed.iter().zip(&blocks) {
        let name = event["Event"].as_str().unwrap();
        let block = block.replace(&format!("Event: {name}\r\n"), "");
        let record = Record { key: Some(name.as_bytes()), ..Record::of_value(block.as_bytes()) };
        decoder(ami()).read(&record, &mut by_key).ok();
    }
    let mut plain = Vec::new();
    for event in &events {
        decoder(ami()).read(&Record::of_value(event.as_bytes()), &mut plain).ok();
    }
    assert!(by_key == plain, "the name of the event in the key");
}

#[test]
fn the_time_may_be_in_another_member_and_must_be_somewhere() {
    let event = |time: Value| {
        let mut event = json!({"event": "QueueCallerJoin", "uniqueid": "1795957099.1", "queue": "q_one"});
        if !time.is_null() {
            event["received_at"] = time;
        }
        event.to_string()
    };
    let mut mapping = ami();
    let FormatRules::Asterisk(rules) = &mut mapping.rules else { panic!("the mapping of the captures") };
    rules.time_member = Some("received_at".to_owned());
    for time in [
        json!(1_795_957_099.25),
        json!(1_795_957_099_250_i64),
        json!(1_795_957_099_250_000_i64),
        json!("1795957099.250"),
        json!("2026-11-29T12:58:19.25Z"),
    ] {
        let stays = Joined::of(mapping.clone(), [event(time.clone()).as_bytes()]);
        assert_eq!(stays[0].entered.as_millis(), 1_795_957_099_250, "{time}");
    }
    for (time, expected) in [
        (Value::Null, Detail::MissingInstant),
        (json!("now"), Detail::BadInstant),
        (json!(7), Detail::BadInstant),
        (json!("2026-11-29 12:58:19"), Detail::InstantWithoutZone),
    ] {
        let mut joined = Joined::new(mapping.clone());
        joined.read(event(time).as_bytes());
        assert_eq!(joined.rejections.iter().map(|it| it.detail).collect::<Vec<_>>(), [expected]);
    }
}

#[test]
fn a_client_may_make_numbers_of_texts() {
    let mut mapping = ami();
    mapping.queues.insert("5000", crate::QueueTarget::Line(ensilinja_model::LineIndex::new(4)));
    let join = json!({"event": "QueueCallerJoin", "queue": 5000, "uniqueid": "1.1", "timestamp": 1_795_957_099.5});
    let connect = json!({"event": "AgentConnect", "queue": 5000, "uniqueid": "1.1", "timestamp": 1_795_957_103.75,
        "holdtime": 4, "membername": "a"});
    let values = [join.to_string(), connect.to_string()];
    let [stay] = <[FoundStay; 1]>::try_from(Joined::of(mapping, values.iter().map(String::as_bytes))).unwrap();
    assert_eq!((stay.line, stay.outcome), (4, StayOutcome::Answered));
    assert_eq!(stay.decided.unwrap().millis_since(stay.entered), 4_250);
}

#[test]
fn events_that_lack_something_are_refused_and_others_skipped() {
    let cases = [
        (json!({"a": 1}), Some(Detail::MissingType)),
        (
            json!({"event": "QueueCallerJoin", "timestamp": "1795957099.1", "uniqueid": "1.1"}),
            Some(Detail::MissingQueue),
        ),
        (
            json!({"event": "QueueCallerJoin", "timestamp": "1795957099.1", "queue": "q_one"}),
            Some(Detail::MissingContactId),
        ),
        (
            json!({"event": "AgentConnect", "timestamp": "1795957099.1", "queue": "q_one", "uniqueid": "1.1"}),
            Some(Detail::MissingMember),
        ),
        (json!({"event": "VarSet", "variable": "0405550199"}), Some(Detail::TypeNotRead)),
        (
            json!({"event": "QueueCallerJoin", "timestamp": "1795957099.1", "queue": "q_new", "uniqueid": "1.1"}),
            Some(Detail::QueueNotMapped),
        ),
        (json!({"event": "Hangup", "timestamp": "1795957099.1", "uniqueid": "1.1"}), None),
    ];
    for (event, expected) in cases {
        let mut joined = Joined::new(ami());
        joined.read(event.to_string().as_bytes());
        assert_eq!(joined.rejections.first().map(|it| it.detail), expected, "{event}");
        assert_eq!(joined.events, 0);
        let contents = decoder(ami()).contents(&Record::of_value(event.to_string().as_bytes()));
        assert!(!format!("{contents:?}").contains("0405550199"));
        assert_eq!(contents.facts, [], "{event}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_order_gives_the_same(events in Just(all_events()).prop_shuffle()) {
        prop_assert_eq!(joined(&events), joined(&all_events()));
    }
}
