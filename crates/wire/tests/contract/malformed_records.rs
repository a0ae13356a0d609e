//! The known malformed records: each is rejected with its own detail, and the table is complete.

use std::collections::BTreeSet;

use ensilinja_model::{EventTime, Headers};
use ensilinja_wire::malformed::{self, MalformedRecord};
use ensilinja_wire::{Detail, Reason, Record};

use crate::statements::{decoder, line};

const NOW: EventTime = EventTime::from_millis(1_758_006_900_000);

fn decode(record: &MalformedRecord) -> Result<ensilinja_model::Event, ensilinja_wire::Rejection> {
    let headers: Vec<_> = record.headers.iter().map(|(name, value)| (name.as_str(), value.as_deref())).collect();
    decoder().decode(&Record {
        key: record.key.as_deref(),
        value: record.value.as_deref(),
        headers: Headers::known(&headers),
        timestamp: NOW,
    })
}

#[test]
fn every_malformed_record_is_rejected_with_its_detail() {
    for case in malformed::cases() {
        let rejection = decode(&case.record("c-1 \"é\"", &line("mipa"), NOW)).map(|_| ()).unwrap_err();
        assert_eq!((rejection.reason, rejection.detail), (case.reason(), case.detail()), "{}", case.name());
    }
}

#[test]
fn a_value_without_a_record_is_rejected_alike_except_for_a_time_ahead_of_the_record() {
    let mut valid = 0;
    for case in malformed::cases() {
        let record = case.record("c-1", &line("mipa"), NOW);
        let Some(value) = record.value.filter(|_| record.headers.is_empty()) else { continue };
        if let Err(rejection) = decoder().decode_value(&value) {
            assert_eq!(rejection.detail, case.detail(), "{}", case.name());
        } else {
            assert_eq!(case.detail(), Detail::AheadOfRecord, "{}", case.name());
            valid += 1;
        }
    }
    assert!(valid >= 2, "{valid} cases have a valid value");
}

#[test]
fn there_are_at_least_sixty_cases_with_unique_names() {
    let cases = malformed::cases();
    let names: BTreeSet<_> = cases.iter().map(malformed::MalformedCase::name).collect();
    assert_eq!(names.len(), cases.len());
    assert!(cases.len() >= 60, "{} cases", cases.len());
}

#[test]
fn every_reason_and_every_detail_of_a_cloud_event_has_a_case() {
    let cases = malformed::cases();
    for detail in Detail::ALL {
        let has_a_case = cases.iter().any(|case| case.detail() == *detail);
        assert_eq!(has_a_case, !detail.is_retired() && !detail.is_of_platforms(), "{}", detail.as_str());
    }
    for reason in Reason::ALL.iter().filter(|reason| **reason != Reason::UnknownQueue) {
        assert!(cases.iter().any(|case| case.reason() == *reason), "{}", reason.as_str());
    }
}

#[test]
fn a_rejection_contains_no_text_of_the_record() {
    for case in malformed::cases() {
        let rejection = decode(&case.record("secret-358401234567", &line("mipa"), NOW)).map(|_| ()).unwrap_err();
        let shown = format!("{rejection} {rejection:?}");
        assert!(!shown.contains("secret") && !shown.contains("358"), "{}: {shown}", case.name());
    }
}
