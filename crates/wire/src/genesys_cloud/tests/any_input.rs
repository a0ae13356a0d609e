//! What holds for any input: no panics, refused records change nothing, order and repetition do nothing, and persons
//! are not shown.

use super::*;
use crate::native::laws::{A_MILLION, Laws, SOME};

fn all() -> Laws {
    let records = SAMPLES.iter().flat_map(|name| sample(name).0.records).collect();
    let rules = GenesysCloudRules { customer_first: vec![LineIndex::new(0)], ..GenesysCloudRules::default() };
    Laws::of(records, with_rules(rules))
}

#[test]
fn any_bytes_are_read_without_a_panic() {
    all().check_any_bytes();
}

#[test]
fn mutants_are_read_without_a_panic_and_change_nothing_if_they_are_refused() {
    all().check_mutants(SOME);
}

#[test]
#[ignore = "a million mutants take some seconds"]
fn a_million_mutants_are_read_without_a_panic_and_change_nothing_if_they_are_refused() {
    all().check_mutants(A_MILLION);
}

#[test]
fn order_and_repetition_do_nothing() {
    for name in SAMPLES {
        let (Sample { records, .. }, mapping) = sample(name);
        Laws::of(records, mapping).check_order();
    }
}

#[test]
fn persons_are_not_shown() {
    let canaries = ["+358409999999", "Maija Meikäläinen", "secret-value", "secret-id"];
    let person = json!({
        "conversationId": canaries[3], "ani": canaries[0], "dnis": canaries[0], "addressFrom": canaries[0],
        "callbackNumbers": [canaries[0]], "callbackUserName": canaries[1], "wrapupNotes": canaries[2],
        "attributes": { "name": canaries[1], "x": canaries[2] },
    });
    let mut records = Vec::new();
    for kind in ["acd.start", "acd.end", "wrapup", "customer.start", "attributes", canaries[0]] {
        for bad in [
            json!({}),
            json!({ "wrapupCode": canaries[0] }),
            json!({ "mediaType": canaries[0] }),
            json!({ "direction": canaries[0] }),
            json!({ "eventTime": canaries[0] }),
            json!({ "mediaType": "CALLBACK", "acdOutcome": "ABANDON", "disconnectType": canaries[0] }),
        ] {
            let mut members = person.clone();
            add(&mut members, &bad);
            let mut value = event(kind, &members);
            records.push(value.to_string());
            value["topicName"] = canaries[0].into();
            records.push(value.to_string());
        }
    }
    Laws::of(records, with_codes()).check_canaries(&canaries);
}
