//! Encoded statements decode to the same event, in both modes and in any order of members.

use std::collections::BTreeSet;

use ensilinja_model::LineIndex;
use ensilinja_wire::{Decoder, EVENT_TYPE_PREFIX, Record, encode_binary, encode_structured};
use proptest::prelude::*;
use serde_json::Value;

use crate::statements::{
    LINES, OwnedStatement, all_facts, any_statement, decode_encoded, decode_value, decoder, statement_of,
};

fn id_of(value: &[u8]) -> Value {
    serde_json::from_slice::<Value>(value).unwrap()["id"].clone()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn both_modes_decode_to_the_statement(owned in any_statement()) {
        let line = LINES.iter().position(|line| *line == owned.line.as_str()).unwrap();
        let event = decode_encoded(&encode_structured(&owned.statement()), owned.at).unwrap();
        prop_assert_eq!(event.line, LineIndex::new(u16::try_from(line).unwrap()));
        prop_assert_eq!(event.at, owned.at);
        prop_assert_eq!(event.fact, owned.fact);
        prop_assert_eq!(decode_encoded(&encode_binary(&owned.statement()), owned.at), Ok(event));
        let alone = encode_structured(&owned.statement());
        prop_assert_eq!(decoder().decode_value(&alone.value), Ok(event), "without a record");
        let contact = Decoder::contact(&Record::of_value(&alone.value)).map(String::into_bytes);
        prop_assert_eq!(contact, Ok(alone.key), "the contact is that of the statement");
    }

    #[test]
    fn two_statements_have_one_leg_iff_contact_line_and_visit_are_equal(
        a in any_statement(), b in any_statement(), same_contact: bool, same_line: bool, same_visit: bool,
    ) {
        let mut b = b;
        if same_contact { b.contact.clone_from(&a.contact); }
        if same_line { b.line.clone_from(&a.line); }
        if same_visit { b.visit.clone_from(&a.visit); }
        let leg =
            |of: &OwnedStatement| decode_encoded(&encode_structured(&of.statement()), of.at).unwrap().leg;
        let same = (&a.contact, &a.line, &a.visit) == (&b.contact, &b.line, &b.visit);
        prop_assert_eq!(leg(&a) == leg(&b), same);
    }

    #[test]
    fn the_order_of_members_does_not_matter(owned in any_statement(), seed in prop::collection::vec(any::<u32>(), 20)) {
        let encoded = encode_structured(&owned.statement());
        let Value::Object(mut event) = serde_json::from_slice(&encoded.value).unwrap() else { unreachable!() };
        let Some(Value::Object(data)) = event.remove("data") else { unreachable!() };
        let shuffled = |members: Vec<(String, String)>, seed: &[u32]| {
            let mut members: Vec<_> = members.into_iter().zip(seed).collect();
            members.sort_by_key(|(_, rank)| **rank);
            let members: Vec<_> = members.iter().map(|((name, value), _)| format!("{name:?}:{value}")).collect();
            format!("{{{}}}", members.join(","))
        };
        let raw = |(name, value): (String, Value)| (name, value.to_string());
        let data = shuffled(data.into_iter().map(raw).collect(), &seed);
        let members = event.into_iter().map(raw).chain([("data".to_owned(), data)]).collect();
        let value = shuffled(members, &seed[8..]);
        prop_assert_eq!(
            decode_value(&owned.contact, value.as_bytes(), owned.at),
            decode_encoded(&encoded, owned.at),
            "{}", value
        );
    }

    #[test]
    fn an_event_id_identifies_the_whole_statement(a in any_statement(), b in any_statement()) {
        let id = |owned: &OwnedStatement| id_of(&encode_structured(&owned.statement()).value);
        prop_assert_eq!(id(&a), id(&a.clone()));
        prop_assert_ne!(id(&a), id(&b));
    }
}

#[test]
fn every_fact_of_one_contact_at_one_instant_has_an_event_id_of_its_own() {
    let facts = all_facts();
    let ids: BTreeSet<_> = facts
        .iter()
        .map(|fact| id_of(&encode_structured(&statement_of(*fact).statement()).value).to_string())
        .collect();
    assert_eq!(ids.len(), facts.len());
}

#[test]
fn every_fact_is_encoded_and_decoded_with_the_type_of_its_kind() {
    for fact in all_facts() {
        let owned = statement_of(fact);
        let encoded = encode_structured(&owned.statement());
        assert_eq!(decode_encoded(&encoded, owned.at).map(|event| event.fact), Ok(fact));
        let value: Value = serde_json::from_slice(&encoded.value).unwrap();
        assert_eq!(value["type"], format!("{EVENT_TYPE_PREFIX}{}", fact.kind().as_str()));
    }
}

#[test]
fn a_structured_record_has_the_documented_form() {
    let mut owned = statement_of(ensilinja_model::Fact::Transferred);
    owned.visit = Some("2".to_owned());
    let encoded = encode_structured(&owned.statement());
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
fn a_binary_record_has_the_documented_form() {
    let owned = statement_of(ensilinja_model::Fact::Abandoned(ensilinja_model::Stage::Queue));
    let encoded = encode_binary(&owned.statement());
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
