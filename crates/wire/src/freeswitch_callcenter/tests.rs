//! Tests of `freeswitch_callcenter`: the samples, each row of the mapping, and what sites do to the events.

use serde_json::{Value, json};

use super::{AnsweredFrom, FreeswitchRules};
use crate::native::MappingTable;
use crate::native::laws::{A_MILLION, Laws, SOME};
use crate::native::samples::{Found, Sample, changed, facts_of, line_of, read_value};
use crate::{Detail, ExitMeaning, Format, FormatRules, Mapping, QueueTarget};

const SAMPLES: [&str; 5] = [
    "freeswitch-callcenter-abandoned",
    "freeswitch-callcenter-answered",
    "freeswitch-callcenter-callback",
    "freeswitch-callcenter-resume",
    "freeswitch-callcenter-transfer",
];

/// 2026-03-03T05:00:00.412Z in microseconds.
const AT: &str = "1772514000412731";
const AT_MS: i64 = 1_772_514_000_412;

/// The same as an event of a socket: headers, percent-encoded.
const PLAIN: &str = concat!(
    "Event-Subclass: callcenter%3A%3Ainfo\r\nCC-Queue: line-a%40pbx.example\r\nCC-Action: member-queue-start\n",
    "CC-Member-UUID: m-1\nCC-Member-Session-UUID: s-1\nEvent-Date-Timestamp: 1772514000412731\n\n",
);

fn mapping_of(sample: &Sample) -> Mapping {
    let mut mapping = Mapping::of(Format::FreeswitchCallcenter);
    sample.map(&mut mapping);
    for (line, exits) in sample.configuration["exits"].as_object().unwrap() {
        for (name, meaning) in exits.as_object().unwrap() {
            let meaning = ExitMeaning::from_name(meaning.as_str().unwrap()).unwrap();
            mapping.exits.of_line.insert((line_of(&json!(line)), name.clone()), meaning);
        }
    }
    let answered_from = AnsweredFrom::from_name(sample.configuration["answered_from"].as_str().unwrap()).unwrap();
    let callback_of = sample.configuration["callback_of"].as_str().map(str::to_owned);
    mapping.rules = FormatRules::FreeswitchCallcenter(FreeswitchRules { answered_from, callback_of });
    mapping
}

fn mapping() -> Mapping {
    let mut mapping = mapping_of(&Sample::load("freeswitch-callcenter-callback"));
    mapping.queues.insert("test@pbx.example", QueueTarget::Ignored);
    mapping
}

/// An event of the queue of `line_a`, with some headers changed, added, or removed by null.
fn event(action: &str, headers: &Value) -> Value {
    let event = json!({
        "Event-Name": "CUSTOM", "Event-Subclass": "callcenter::info", "Event-Date-Timestamp": AT,
        "CC-Queue": "line-a@pbx.example", "CC-Action": action,
        "CC-Member-UUID": "m-1", "CC-Member-Session-UUID": "s-1", "CC-Member-CID-Number": "0400000000",
    });
    changed(event, headers)
}

fn find(event: &Value) -> Found {
    read_value(event, &mapping())
}

/// The names and values of facts of the member `m-1`, which must all be at `AT_MS`.
fn said(found: &Found) -> Vec<String> {
    let facts = found.facts.iter().map(|fact| {
        let expected = ["s-1", "line_a", "m-1"].map(Value::from);
        assert_eq!([&fact["contact"], &fact["line"], &fact["visit"]], expected.each_ref(), "{fact}");
        assert_eq!(fact["at"], AT_MS, "{fact}");
        let value = fact.get("stage").or(fact.get("result")).map_or("", |value| value.as_str().unwrap());
        format!("{} {value}", fact["fact"].as_str().unwrap()).trim_end().to_owned()
    });
    facts.collect()
}

#[test]
fn the_samples_state_what_their_truth_says_in_any_order() {
    for name in SAMPLES {
        let sample = Sample::load(name);
        let mapping = mapping_of(&sample);
        sample.check(&mapping);
        Laws::of(sample.records, mapping).check_order();
    }
}

#[test]
fn each_action_states_its_facts() {
    let cancel = |reason: &str, state: Value| {
        event(
            "member-queue-end",
            &json!({"CC-Cause": "Cancel", "CC-Cancel-Reason": reason, "Answer-State": state, "variable_cc_exit_key": "1"}),
        )
    };
    for (event, expected) in [
        (event("member-queue-start", &json!({})), vec!["offered", "queued"]),
        (event("member-queue-resume", &json!({})), vec!["offered", "queued"]),
        (event("bridge-agent-start", &json!({})), vec!["answered"]),
        (event("bridge-agent-end", &json!({"CC-Agent-Bridged": "true"})), vec!["ended"]),
        (event("bridge-agent-end", &json!({"CC-Agent-Bridged": "false"})), vec![]),
        (event("bridge-agent-end", &json!({})), vec![]),
        (event("bridge-agent-fail", &json!({"CC-Hangup-Cause": "ORIGINATOR_CANCEL"})), vec![]),
        (event("agent-offering", &json!({})), vec![]),
        (event("members-count", &json!({"CC-Member-UUID": null})), vec![]),
        (event("agent-state-change", &json!({"CC-Queue": null})), vec![]),
        (event("member-queue-end", &json!({"CC-Cause": "Terminated"})), vec!["ended"]),
        (event("member-queue-end", &json!({"CC-Cause": "Terminated", "CC-Agent-Answered-Time": "0"})), vec!["ended"]),
        (cancel("BREAK_OUT", json!("hangup")), vec!["abandoned queue", "ended"]),
        (cancel("BREAK_OUT", Value::Null), vec!["abandoned queue", "ended"]),
        (cancel("NONE", json!("hangup")), vec!["abandoned ringing", "ended"]),
        (cancel("BREAK_OUT", json!("answered")), vec!["transferred"]),
        (cancel("TIMEOUT", json!("answered")), vec!["transferred"]),
        (cancel("NO_AGENT_TIMEOUT", json!("answered")), vec!["timed_out"]),
        (cancel("EXIT_WITH_KEY", json!("answered")), vec!["callback_requested"]),
        (cancel("LATER_VERSION", json!("answered")), vec!["transferred"]),
    ] {
        let found = find(&event);
        assert_eq!(said(&found), expected, "{event}");
        assert_eq!((found.faults, found.has_unknown_type), (vec![], false), "{event}");
    }
}

#[test]
fn an_exit_means_what_its_line_says_then_what_all_lines_say_and_else_a_transfer_with_a_warning() {
    let leave = |reason: &str, key: &str, queue: &str| {
        event(
            "member-queue-end",
            &json!({
                "CC-Cause": "Cancel", "CC-Cancel-Reason": reason, "Answer-State": "answered", "CC-Queue": queue,
                "variable_cc_exit_key": key,
            }),
        )
    };
    let mut mapping = mapping();
    mapping.exits.general.insert("key.2".to_owned(), ExitMeaning::Abandoned);
    mapping.exits.general.insert("no_agent".to_owned(), ExitMeaning::Ended);
    let (a, b) = ("line-a@pbx.example", "line-b@pbx.example");
    for (event, fact, unmapped) in [
        (leave("EXIT_WITH_KEY", "1", a), "callback_requested", None),
        (leave("EXIT_WITH_KEY", "1", b), "transferred", Some("line-b@pbx.example:key.1")),
        (leave("EXIT_WITH_KEY", "2", b), "abandoned", None),
        (leave("EXIT_WITH_KEY", "#", a), "transferred", Some("line-a@pbx.example:key.#")),
        (leave("EXIT_WITH_KEY", "0400000000", a), "transferred", Some("line-a@pbx.example:key")),
        (leave("EXIT_WITH_KEY", "", a), "transferred", Some("line-a@pbx.example:key")),
        (leave("NO_AGENT_TIMEOUT", "", b), "ended", None),
        (leave("BREAK_OUT", "", b), "transferred", Some("line-b@pbx.example:break_out")),
        (leave("0400000000", "", b), "transferred", Some("line-b@pbx.example:other")),
    ] {
        let found = read_value(&event, &mapping);
        assert_eq!(found.facts.iter().map(|fact| &fact["fact"]).collect::<Vec<_>>(), [fact], "{event}");
        let expected: Vec<_> = unmapped.map(|key| (MappingTable::Exits, key.to_owned())).into_iter().collect();
        assert_eq!(found.unmapped, expected, "{event}");
    }
    let found = facts_of(leave("TIMEOUT", "", b).to_string().as_bytes(), &mapping);
    assert_eq!(found.facts[0]["fact"], ExitMeaning::TimedOut.fact().kind().as_str());
    assert_eq!(found.unmapped, [(MappingTable::Exits, "line-b@pbx.example:timeout".to_owned())]);
}

#[test]
fn the_end_repeats_the_answer_at_the_end_of_its_second_but_not_after_the_end() {
    let end = |answered: &str| {
        find(&event("member-queue-end", &json!({"CC-Cause": "Terminated", "CC-Agent-Answered-Time": answered}))).facts
    };
    let at = |facts: &[Value], fact: &str| facts.iter().find(|it| it["fact"] == fact).unwrap()["at"].clone();
    assert_eq!(at(&end("1772513990"), "answered"), 1_772_513_990_999_i64);
    assert_eq!(at(&end("1772513990"), "ended"), AT_MS);
    assert_eq!(at(&end("1772514000"), "answered"), AT_MS);
}

#[test]
fn answers_may_be_taken_from_the_end_alone() {
    let mut mapping = mapping();
    let callback_of = Some("variable_callback_of".to_owned());
    mapping.rules =
        FormatRules::FreeswitchCallcenter(FreeswitchRules { answered_from: AnsweredFrom::End, callback_of });
    let read = |event: Value| read_value(&event, &mapping);
    assert_eq!(said(&read(event("bridge-agent-start", &json!({})))), Vec::<String>::new());
    let terminated = json!({"CC-Cause": "Terminated", "CC-Agent-Answered-Time": "1772514000"});
    assert_eq!(said(&read(event("member-queue-end", &terminated))), ["answered", "ended"]);
    let of_callback =
        json!({"CC-Cause": "Terminated", "CC-Agent-Answered-Time": "1772514000", "variable_callback_of": "s-1/m-1"});
    let found = read(event("member-queue-end", &of_callback));
    assert_eq!(said(&found), ["callback_attempted reached", "callback_reached"]);
    let started = event("bridge-agent-start", &json!({"variable_callback_of": "s-1/m-1"}));
    assert_eq!(said(&read(started)), Vec::<String>::new());
}

#[test]
fn a_call_that_calls_back_speaks_of_the_first_stay() {
    let of = |action: &str, more: Value| {
        let mut headers = json!({
            "variable_callback_of": "s-1/m-1", "CC-Member-Session-UUID": "s-9", "CC-Member-UUID": "m-9",
        });
        headers.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        said(&find(&event(action, &headers)))
    };
    assert_eq!(of("member-queue-start", json!({})), Vec::<String>::new());
    assert_eq!(of("bridge-agent-start", json!({})), ["callback_attempted reached", "callback_reached"]);
    assert_eq!(of("bridge-agent-end", json!({"CC-Agent-Bridged": "true"})), Vec::<String>::new());
    let terminated = json!({"CC-Cause": "Terminated", "CC-Agent-Answered-Time": "1772514000"});
    assert_eq!(of("member-queue-end", terminated), Vec::<String>::new());
    for reason in ["NONE", "BREAK_OUT", "TIMEOUT", "EXIT_WITH_KEY"] {
        let cancel = json!({"CC-Cause": "Cancel", "CC-Cancel-Reason": reason, "Answer-State": "hangup"});
        assert_eq!(of("member-queue-end", cancel), ["callback_attempted failed"], "{reason}");
    }
    let encoded = json!({"variable_callback_of": "s-1%2Fm-1"});
    assert_eq!(of("bridge-agent-start", encoded), ["callback_attempted reached", "callback_reached"]);
    let array = json!({"variable_callback_of": ["s-1/m-1", "s-2/m-2"]});
    assert_eq!(of("bridge-agent-start", array), ["callback_attempted reached", "callback_reached"]);
    let empty = event("member-queue-start", &json!({"variable_callback_of": ""}));
    assert_eq!(said(&find(&empty)), ["offered", "queued"], "the variable of other calls may be empty");
}

#[test]
fn names_in_other_spellings_arrays_and_repeated_headers_are_read() {
    let plain = event("member-queue-start", &json!({})).to_string();
    let lower = plain.to_lowercase();
    let underscores = lower.replace("cc-", "cc_").replace("-uuid", "_uuid").replace("member-session", "member_session");
    let number = plain.replace(&format!("\"{AT}\""), AT);
    let array = plain.replace("\"line-a@pbx.example\"", "[\"line-a@pbx.example\",\"line-b@pbx.example\"]");
    let twice = plain.replace("\"CC-Queue\":", "\"CC-Queue\":\"line-a@pbx.example\",\"CC-Queue\":");
    let encoded = plain.replace("::info", "%3A%3Ainfo").replace('@', "%40");
    let pretty = serde_json::to_string_pretty(&event("member-queue-start", &json!({}))).unwrap();
    for value in [plain, lower, underscores, number, array, twice, encoded, pretty, PLAIN.to_owned()] {
        let found = facts_of(value.as_bytes(), &mapping());
        assert_eq!(said(&found), ["offered", "queued"], "{value}");
        assert_eq!(found.faults, [], "{value}");
    }
    let two = PLAIN.repeat(2);
    assert_eq!(facts_of(two.as_bytes(), &mapping()).facts.len(), 4);
    let without_subclass = event("member-queue-start", &json!({"Event-Subclass": null, "Event-Name": null}));
    assert_eq!(said(&find(&without_subclass)), ["offered", "queued"]);
}

#[test]
fn a_member_that_is_missing_or_bad_is_a_fault_of_its_own() {
    let end = |headers: Value| event("member-queue-end", &headers);
    for (event, fault) in [
        (event("member-queue-start", &json!({"CC-Queue": null})), Detail::MissingQueue),
        (event("member-queue-start", &json!({"CC-Queue": ""})), Detail::MissingQueue),
        (event("member-queue-start", &json!({"Event-Date-Timestamp": null})), Detail::MissingInstant),
        (event("member-queue-start", &json!({"Event-Date-Timestamp": "0"})), Detail::MissingInstant),
        (event("member-queue-start", &json!({"Event-Date-Timestamp": "1772514000"})), Detail::MissingInstant),
        (event("member-queue-start", &json!({"Event-Date-Timestamp": "now"})), Detail::BadInstant),
        (event("member-queue-start", &json!({"CC-Member-Session-UUID": null})), Detail::MissingContactId),
        (event("bridge-agent-start", &json!({"CC-Member-UUID": null})), Detail::MissingContactId),
        (event("bridge-agent-start", &json!({"CC-Member-UUID": "m".repeat(65)})), Detail::BadContactId),
        (event("bridge-agent-start", &json!({"variable_callback_of": "s-1/"})), Detail::BadContactId),
        (event("member-queue-start", &json!({"CC-Action": null})), Detail::MissingMember),
        (event("member-queue-start", &json!({"CC-Action": null, "Event-Subclass": null})), Detail::MissingMember),
        (end(json!({})), Detail::MissingMember),
        (end(json!({"CC-Cause": "Cancel"})), Detail::MissingMember),
        (end(json!({"CC-Cause": "Other"})), Detail::BadMember),
        (end(json!({"CC-Cause": "Terminated", "CC-Agent-Answered-Time": "x"})), Detail::BadInstant),
    ] {
        let found = find(&event);
        assert_eq!((found.facts, found.faults), (vec![], vec![fault]), "{event}");
    }
    let bad_then_good = format!("{{\"CC-Action\":\n{}", event("member-queue-start", &json!({})));
    let found = facts_of(bad_then_good.as_bytes(), &mapping());
    assert_eq!((said(&found).len(), found.faults), (2, vec![Detail::Truncated]));
}

#[test]
fn other_events_and_queues_are_skipped_and_counted() {
    for other in [
        event("member-queue-jump", &json!({})),
        event("member-queue-start", &json!({"Event-Subclass": "sofia::register"})),
        json!({"Event-Name": "HEARTBEAT", "Event-Date-Timestamp": AT}),
        json!({}),
    ] {
        let found = find(&other);
        assert!(found.has_unknown_type && found.facts.is_empty() && found.faults.is_empty(), "{other}");
    }
    let found = find(&event("member-queue-start", &json!({"CC-Queue": "Line-A@pbx.example"})));
    assert_eq!(found.unmapped, [(MappingTable::Queues, "Line-A@pbx.example".to_owned())]);
    let found =
        find(&event("member-queue-start", &json!({"CC-Queue": "test@pbx.example", "Event-Date-Timestamp": ""})));
    assert_eq!((found.facts, found.unmapped, found.faults), (vec![], vec![], vec![]));
    assert_eq!(find(&event("member-queue-start", &json!({}))).types, ["member-queue-start"]);
}

#[test]
fn callers_and_agents_are_never_said() {
    laws().check_canaries(&["0400000000", "Caller", "agent-1@", "192.0.2.10", "aaaaaaaa-"]);
}

fn laws() -> Laws {
    Laws::of(Sample::records_of(&SAMPLES), mapping())
}

#[test]
fn any_bytes_are_read_without_a_panic() {
    laws().check_any_bytes();
    Laws::of(vec![PLAIN.to_owned()], mapping()).check_any_bytes();
}

#[test]
fn mutants_are_read_without_a_panic_and_change_nothing_if_they_are_refused() {
    laws().check_mutants(SOME);
}

#[test]
#[ignore = "a million mutants take some seconds"]
fn a_million_mutants_are_read_without_a_panic_and_change_nothing_if_they_are_refused() {
    laws().check_mutants(A_MILLION);
}
