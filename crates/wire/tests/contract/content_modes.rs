//! The value is looked at first: a whole valid event is accepted without its headers.

use ensilinja_model::{EventTime, Fact, Header, Headers, ReadHeaders};
use ensilinja_wire::{Decoder, Detail, Record, encode_binary, encode_structured};

use crate::statements::{OwnedStatement, all_facts, decoder, statement_of};

/// Headers of another event in binary mode.
const BINARY: [Header<'static>; 6] = [
    ("ce_specversion", Some(b"1.0")),
    ("ce_id", Some(b"e-2")),
    ("ce_source", Some(b"/b")),
    ("ce_type", Some(b"fi.ensilinja.contact.answered")),
    ("ce_subject", Some(b"c-2")),
    ("ce_time", Some(b"2025-09-16T07:15:00Z")),
];

/// Headers that must not be read.
struct Unread;

impl ReadHeaders for Unread {
    fn read(&self) -> &[Header<'_>] {
        panic!("the headers are read")
    }
}

fn record<'a>(value: &'a [u8], headers: Headers<'a>) -> Record<'a> {
    Record { key: None, value: Some(value), headers, timestamp: EventTime::MAX }
}

/// A whole event, with these members after `data`.
fn whole(members: &str) -> Vec<u8> {
    let mut value = encode_structured(&statement_of(Fact::Offered).statement()).value;
    value.pop();
    [&value, members.as_bytes(), b"}"].concat()
}

#[test]
fn the_headers_of_a_whole_valid_event_are_not_read() {
    for fact in all_facts() {
        let value = encode_structured(&statement_of(fact).statement()).value;
        let record = record(&value, Headers::on_request(&Unread));
        assert_eq!(decoder().examine(&record).unwrap().event.fact, fact);
        assert_eq!(Decoder::contact(&record).unwrap(), "c-1");
        assert_eq!(Decoder::visit(&record).unwrap(), None);
    }
}

#[test]
#[should_panic(expected = "the headers are read")]
fn the_headers_of_an_event_in_binary_mode_are_read() {
    let value = encode_binary(&statement_of(Fact::Offered).statement()).value;
    let _ = decoder().decode(&record(&value, Headers::on_request(&Unread)));
}

#[test]
fn a_whole_valid_event_is_accepted_despite_headers_of_binary_mode() {
    let value = whole("");
    let record = record(&value, Headers::known(&BINARY));
    assert_eq!(decoder().decode(&record), decoder().decode_value(&value));
    assert_eq!(Decoder::contact(&record).unwrap(), "c-1");
    assert_eq!(Decoder::event_type(&record).unwrap(), "fi.ensilinja.contact.offered");
}

#[test]
fn a_whole_event_that_may_be_data_is_read_as_its_headers_indicate() {
    for line in ["\"line\":\"mipa_chat\"", "\"lin\\u0065\":\"mipa_chat\"", "\"line\":\"mipa_chat\",\"x\":[]"] {
        let value = whole(&format!(",{line}"));
        let binary = record(&value, Headers::known(&BINARY));
        let expected = OwnedStatement {
            contact: "c-2".to_owned(),
            line: crate::statements::line("mipa_chat"),
            ..statement_of(Fact::Answered)
        };
        let expected = encode_structured(&expected.statement()).value;
        assert_eq!(decoder().decode(&binary), decoder().decode_value(&expected));
        assert_eq!(Decoder::contact(&binary).unwrap(), "c-2");
        assert_eq!(Decoder::event_type(&binary).unwrap(), "fi.ensilinja.contact.answered");
        let structured = record(&value, Headers::NONE);
        assert_eq!(decoder().decode(&structured), decoder().decode_value(&whole("")));
    }
}

#[test]
fn a_line_that_is_no_text_or_occurs_twice_beside_the_data_changes_nothing_without_headers_of_binary_mode() {
    for members in ["\"line\":null", "\"line\":{\"a\":[1]}", "\"line\":1,\"line\":2"] {
        let value = whole(&format!(",{members}"));
        assert_eq!(decoder().decode_value(&value), decoder().decode_value(&whole("")), "{members}");
        assert!(decoder().decode(&record(&value, Headers::known(&BINARY))).is_err(), "{members}");
    }
}

#[test]
fn a_whole_event_with_a_fault_is_still_rejected_in_binary_mode() {
    let value = String::from_utf8(whole("")).unwrap().replace("\"time\"", "\"when\"");
    let rejection = decoder().decode(&record(value.as_bytes(), Headers::known(&BINARY))).unwrap_err();
    assert_eq!(rejection.detail, Detail::WholeEventInBinaryMode);
}
