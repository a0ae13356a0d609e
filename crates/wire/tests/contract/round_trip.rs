//! What is written is read, in both modes and in any order of members.

use std::collections::BTreeSet;

use ensilinja_model::LineIndex;
use ensilinja_wire::{Decoder, EVENT_TYPE_PREFIX, Record, encode_binary, encode_structured};
use proptest::prelude::*;
use serde_json::Value;

use crate::statements::{LINES, Said, all_facts, decode_encoded, decode_value, decoder, said, said_plainly};

fn id_of(value: &[u8]) -> Value {
    serde_json::from_slice::<Value>(value).unwrap()["id"].clone()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn what_is_written_is_read_alike_in_both_modes(said in said()) {
        let line = LINES.iter().position(|line| *line == said.line.as_str()).unwrap();
        let event = decode_encoded(&encode_structured(&said.statement()), said.at).unwrap();
        prop_assert_eq!(event.line, LineIndex::new(u16::try_from(line).unwrap()));
        prop_assert_eq!(event.at, said.at);
        prop_assert_eq!(event.fact, said.fact);
        prop_assert_eq!(decode_encoded(&encode_binary(&said.statement()), said.at), Ok(event));
        let alone = encode_structured(&said.statement());
        prop_assert_eq!(decoder().decode_value(&alone.value), Ok(event), "it may stand alone");
        let contact = Decoder::contact(&Record::of_value(&alone.value)).map(String::into_bytes);
        prop_assert_eq!(contact, Ok(alone.key), "and says whom it is about");
    }

    #[test]
    fn two_statements_are_of_one_leg_iff_contact_line_and_visit_are_the_same(
        a in said(), b in said(), same_contact: bool, same_line: bool, same_visit: bool,
    ) {
        let mut b = b;
        if same_contact { b.contact.clone_from(&a.contact); }
        if same_line { b.line.clone_from(&a.line); }
        if same_visit { b.visit.clone_from(&a.visit); }
        let leg = |said: &Said| decode_encoded(&encode_structured(&said.statement()), said.at).unwrap().leg;
        let same = (&a.contact, &a.line, &a.visit) == (&b.contact, &b.line, &b.visit);
        prop_assert_eq!(leg(&a) == leg(&b), same);
    }

    #[test]
    fn the_order_of_members_does_not_matter(said in said(), seed in prop::collection::vec(any::<u32>(), 20)) {
        let encoded = encode_structured(&said.statement());
        let Value::Object(mut event) = serde_json::from_slice(&encoded.value).unwrap() else { unreachable!() };
        let Some(Value::Object(data)) = event.remove("data") else { unreachable!() };
        let shuffled = |members: Vec<(String, String)>, seed: &[u32]| {
            let mut members: Vec<_> = members.into_iter().zip(seed).collect();
            members.sort_by_key(|(_, place)| **place);
            let members: Vec<_> = members.iter().map(|((name, value), _)| format!("{name:?}:{value}")).collect();
            format!("{{{}}}", members.join(","))
        };
        let raw = |(name, value): (String, Value)| (name, value.to_string());
        let data = shuffled(data.into_iter().map(raw).collect(), &seed);
        let members = event.into_iter().map(raw).chain([("data".to_owned(), data)]).collect();
        let value = shuffled(members, &seed[8..]);
        prop_assert_eq!(
            decode_value(&said.contact, value.as_bytes(), said.at),
            decode_encoded(&encoded, said.at),
            "{}", value
        );
    }

    #[test]
    fn an_event_id_stands_for_all_that_is_said(a in said(), b in said()) {
        let id = |said: &Said| id_of(&encode_structured(&said.statement()).value);
        prop_assert_eq!(id(&a), id(&a.clone()));
        prop_assert_ne!(id(&a), id(&b));
    }
}

#[test]
fn every_fact_of_one_contact_at_one_instant_has_an_event_id_of_its_own() {
    let facts = all_facts();
    let ids: BTreeSet<_> = facts
        .iter()
        .map(|fact| id_of(&encode_structured(&said_plainly(*fact).statement()).value).to_string())
        .collect();
    assert_eq!(ids.len(), facts.len());
}

#[test]
fn every_fact_is_written_and_read_under_the_type_of_its_kind() {
    for fact in all_facts() {
        let said = said_plainly(fact);
        let encoded = encode_structured(&said.statement());
        assert_eq!(decode_encoded(&encoded, said.at).map(|event| event.fact), Ok(fact));
        let value: Value = serde_json::from_slice(&encoded.value).unwrap();
        assert_eq!(value["type"], format!("{EVENT_TYPE_PREFIX}{}", fact.kind().as_str()));
    }
}

#[test]
fn a_structured_record_reads_as_documented() {
    let mut said = said_plainly(ensilinja_model::Fact::Transferred);
    said.visit = Some("2".to_owned());
    let encoded = encode_structured(&said.statement());
    assert_eq!(encoded.key, b"c-1");
    assert_eq!(encoded.headers, [("content-type".to_owned(), b"application/cloudevents+json".to_vec())]);
    assert_eq!(
        String::from_utf8(encoded.value.clone()).unwrap(),
        concat!(
            r#"{"specversion":"1.0","id":ID,"source":"/ensilinja/simulator","#,
            r#""type":"fi.ensilinja.contact.transferred","subject":"c-1","time":"2025-09-16T07:15:00Z","#,
            r#""datacontenttype":"application/json","#,
            r#""data":{"line":"mipa","visit":"2","to_line":"mipa_chat"}}"#
        )
        .replace("ID", &id_of(&encoded.value).to_string())
    );
}

#[test]
fn a_binary_record_reads_as_documented() {
    let said = said_plainly(ensilinja_model::Fact::Abandoned(ensilinja_model::Stage::Queue));
    let encoded = encode_binary(&said.statement());
    let headers: Vec<_> = encoded
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), std::str::from_utf8(value).unwrap()))
        .filter(|(name, _)| *name != "ce_id")
        .collect();
    assert_eq!(
        headers,
        [
            ("content-type", "application/json"),
            ("ce_specversion", "1.0"),
            ("ce_source", "/ensilinja/simulator"),
            ("ce_type", "fi.ensilinja.contact.abandoned"),
            ("ce_subject", "c-1"),
            ("ce_time", "2025-09-16T07:15:00Z"),
        ]
    );
    assert_eq!(encoded.value, br#"{"line":"mipa","stage":"queue"}"#);
}
