//! What holds for any input: no panics, refused records change nothing, order and repetition do nothing, and persons
//! are not shown.

use super::*;
use crate::native::laws::{A_MILLION, Laws, SOME};

fn laws(sample_name: &str) -> Laws {
    let (Sample { records, .. }, mut mapping) = sample(sample_name);
    mapping.removed_callback = Some(CloseResult::Purged);
    Laws::of(records, mapping)
}

/// The records of all samples, read with all tables.
fn all() -> Laws {
    let records = SAMPLES.iter().flat_map(|name| sample(name).0.records).collect();
    let mut mapping = sample("records").1;
    mapping.entries = mapping_of_numbers();
    mapping.removed_callback = Some(CloseResult::Purged);
    Laws::of(records, mapping)
}

fn mapping_of_numbers() -> crate::KeyTable<LineIndex> {
    mapping().entries
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
        laws(name).check_order();
    }
}

/// The members of a record as an event writes them: `contactId`.
fn as_in_events(members: &Value) -> Value {
    let rename = |name: &str| match name {
        "Queue" => "queueInfo".to_owned(),
        "Agent" => "agentInfo".to_owned(),
        name => name[..1].to_lowercase() + &name[1..],
    };
    members.as_object().unwrap().iter().map(|(name, value)| (rename(name), value.clone())).collect()
}

#[test]
fn persons_are_not_shown() {
    let canaries = ["+358409999999", "Maija Meikäläinen", "secret-value", "secret-id", "agent-name"];
    let person = json!({ "Address": canaries[0], "Type": "TELEPHONE_NUMBER" });
    let members = json!({
        "ContactId": canaries[3], "CustomerEndpoint": person, "customerId": canaries[1], "CustomerId": canaries[0],
        "SystemEndpoint": person, "Attributes": { "Outcome": canaries[2], "SurveyNps": canaries[0], "x": canaries[1] },
        "Queue": queue(QUEUE_A, "08:00:10", "08:05:00"), "DisconnectTimestamp": at("08:05:00"),
        "Agent": { "ARN": "x", "Username": canaries[4], "ConnectedToAgentTimestamp": at("08:01:00") },
    });
    let mut records = Vec::new();
    for (value, rename) in [
        (record(&members), Value::clone as fn(&Value) -> Value),
        (event("QUEUED", &as_in_events(&members)), as_in_events),
    ] {
        for bad in [
            json!({}),
            json!({ "Channel": canaries[0] }),
            json!({ "InitiationMethod": canaries[0] }),
            json!({ "InitiationMethod": "CALLBACK", "DisconnectReason": canaries[0], "Agent": null }),
            json!({ "InitiationTimestamp": canaries[0] }),
            json!({ "EventType": canaries[0], "ContactId": null }),
            json!({ "detail-type": canaries[0] }),
        ] {
            let mut value = value.clone();
            add(&mut value, &rename(&bad));
            records.push(value.to_string());
        }
    }
    let mapping = sample("records").1;
    Laws::of(records, mapping).check_canaries(&canaries);
}
