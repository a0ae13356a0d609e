//! Every way to be wrong that is known, and a few ways to be odd and right.

use std::collections::BTreeSet;

use ensilinja_model::EventTime;
use ensilinja_wire::malformed::{self, MalformedRecord};
use ensilinja_wire::{Detail, Reason, Record};

use crate::statements::{decoder, line};

const NOW: EventTime = EventTime::from_millis(1_758_006_900_000);

fn decode(record: &MalformedRecord) -> Result<ensilinja_model::Event, ensilinja_wire::Rejection> {
    let headers: Vec<_> = record.headers.iter().map(|(name, value)| (name.as_str(), value.as_deref())).collect();
    decoder().decode(&Record {
        key: record.key.as_deref(),
        value: record.value.as_deref(),
        headers: &headers,
        timestamp: NOW,
    })
}

#[test]
fn every_malformed_record_is_rejected_for_what_is_wrong_with_it() {
    for case in malformed::cases() {
        let rejection = decode(&case.record("c-1 \"é\"", &line("mipa"), NOW)).map(|_| ()).unwrap_err();
        assert_eq!((rejection.reason, rejection.detail), (case.reason(), case.detail()), "{}", case.name());
    }
}

#[test]
fn a_value_that_stands_alone_is_judged_alike_but_for_what_only_a_record_has() {
    let mut sound = 0;
    for case in malformed::cases() {
        let record = case.record("c-1", &line("mipa"), NOW);
        let Some(value) = record.value.filter(|_| record.headers.is_empty()) else { continue };
        if let Err(rejection) = decoder().decode_value(&value) {
            assert_eq!(rejection.detail, case.detail(), "{}", case.name());
        } else {
            assert_eq!(case.detail(), Detail::AheadOfRecord, "{}", case.name());
            sound += 1;
        }
    }
    assert!(sound >= 2, "{sound} cases have a sound value");
}

#[test]
fn there_are_sixty_kinds_and_more_and_their_names_are_unique() {
    let cases = malformed::cases();
    let names: BTreeSet<_> = cases.iter().map(malformed::MalformedCase::name).collect();
    assert_eq!(names.len(), cases.len());
    assert!(cases.len() >= 60, "{} cases", cases.len());
}

#[test]
fn every_reason_and_every_detail_has_a_case() {
    let cases = malformed::cases();
    for detail in Detail::ALL {
        let has_a_case = cases.iter().any(|case| case.detail() == *detail);
        assert_eq!(has_a_case, !detail.is_retired(), "{}", detail.as_str());
    }
    for reason in Reason::ALL {
        assert!(cases.iter().any(|case| case.reason() == *reason), "{}", reason.as_str());
    }
}

#[test]
fn a_rejection_repeats_nothing_of_the_record() {
    for case in malformed::cases() {
        let rejection = decode(&case.record("secret-358401234567", &line("mipa"), NOW)).map(|_| ()).unwrap_err();
        let shown = format!("{rejection} {rejection:?}");
        assert!(!shown.contains("secret") && !shown.contains("358"), "{}: {shown}", case.name());
    }
}
