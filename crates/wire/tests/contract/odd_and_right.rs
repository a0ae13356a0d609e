//! Odd but valid events from real sources, and the limits of the contract.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ensilinja_model::{Event, EventTime, Fact, FeedbackAnswer, Headers, NpsScore};
use ensilinja_wire::{
    Decoded, Decoder, Detail, MAX_AHEAD_MS, MAX_VALUE_BYTES, Oddity, Record, Rejection, encode_structured,
};

use crate::statements::{decode_value, decoder, statement_of};

const AT: EventTime = EventTime::from_millis(1_758_006_900_000);

/// A valid event of this type, with more members of `data` after the line, and more members of the event after `data`.
fn event(kind: &str, data: &str, rest: &str) -> String {
    format!(
        r#"{{"specversion":"1.0","id":"1","source":"/a","type":"fi.ensilinja.contact.{kind}","subject":"c-1",
            "time":"2025-09-16T10:15:00+03:00","data":{{"line":"mipa"{data}}}{rest}}}"#
    )
}

fn decode(value: &str) -> Result<Event, Rejection> {
    decode_value("c-1", value.as_bytes(), AT)
}

fn offered() -> Event {
    decode(&event("offered", "", "")).unwrap()
}

#[test]
fn unknown_members_with_any_value_are_ignored() {
    let noise =
        r#","x":{"line":["no","such"],"y":[1e999,-0,"\ud83d",null,true]},"stage":7,"comment":"p\u00e4iv\u00e4\n""#;
    assert_eq!(decode(&event("offered", noise, noise)), Ok(offered()));
}

#[test]
fn ignored_members_may_occur_twice() {
    assert_eq!(decode(&event("offered", "", r#","x":1,"x":2"#)), Ok(offered()));
}

#[test]
fn null_is_the_same_as_a_missing_member() {
    assert_eq!(decode(&event("offered", r#","visit":null"#, "")), Ok(offered()));
}

#[test]
fn another_visit_is_another_leg() {
    let second = decode(&event("offered", r#","visit":"2""#, "")).unwrap();
    assert!(second.leg != offered().leg);
}

#[test]
fn escapes_are_decoded_in_names_and_values() {
    let escaped = event("offered", "", "").replace("c-1", r"\u0063-1").replace("\"line\"", r#""l\u0069ne""#);
    assert_eq!(decode(&escaped), Ok(offered()));
}

#[test]
fn white_space_around_the_event_is_ignored() {
    assert_eq!(decode(&format!("\r\n\t {} \n", event("offered", "", ""))), Ok(offered()));
}

#[test]
fn an_instant_in_1970_is_accepted() {
    let sentinel = event("offered", "", "").replace("2025-09-16T10:15:00+03:00", "1970-01-01T00:00:00Z");
    assert_eq!(decode(&sentinel).map(|event| event.at), Ok(EventTime::from_millis(0)));
}

#[test]
fn a_score_may_be_any_notation_of_its_number() {
    for answer in ["7", "7.0", "7e0", "0.7e1"] {
        let score = decode(&event("feedback_received", &format!(r#","question":"nps","answer":{answer}"#), ""));
        let seven = Fact::FeedbackReceived(FeedbackAnswer::Nps(NpsScore::new(7).unwrap()));
        assert_eq!(score.map(|event| event.fact), Ok(seven), "{answer}");
    }
}

#[test]
fn to_line_may_be_missing_or_have_any_value() {
    for to_line in ["", r#","to_line":"exchange_hus""#, r#","to_line":"Mipa chat""#, r#","to_line":116117"#] {
        let moved = decode(&event("transferred", to_line, ""));
        assert_eq!(moved.map(|event| event.fact), Ok(Fact::Transferred), "{to_line}");
    }
}

#[test]
fn the_contact_is_the_subject_for_any_key() {
    let value = event("offered", "", "");
    for (key, oddity) in [
        (None, None),
        (Some(&b"c-1"[..]), None),
        (Some(b"c-2"), Some(Oddity::KeyDiffers)),
        (Some(b""), Some(Oddity::KeyDiffers)),
        (Some(b"\"c-1\""), Some(Oddity::KeyDiffers)),
        (Some(b"\xff\xff"), Some(Oddity::KeyDiffers)),
    ] {
        let record = Record { key, value: Some(value.as_bytes()), headers: Headers::NONE, timestamp: AT };
        assert_eq!(decoder().examine(&record), Ok(Decoded { event: offered(), oddity }), "{key:?}");
        assert_eq!(Decoder::contact(&record).as_deref(), Ok("c-1"), "{key:?}");
    }
}

/// An event with its data in base64.
fn with_base64(kind: &str, base64: &str) -> String {
    event(kind, "", "").replace(r#""data":{"line":"mipa"}"#, &format!(r#""data_base64":"{base64}""#))
}

#[test]
fn data_in_base64_is_the_same_data_for_any_content_type() {
    let plain = decode(&event("abandoned", r#","stage":"queue""#, ""));
    let base64 = STANDARD.encode(" {\"line\": \"mipa\", \"stage\": \"queue\"}\n");
    let packed = with_base64("abandoned", &base64);
    assert_eq!(decode(&packed), plain);
    let and_null = packed.replace(r#""data_base64""#, r#""data":null,"data_base64""#);
    assert_eq!(decode(&and_null), plain, "null is the same as a missing member");
    for content_type in ["application/json", "application/vnd.county.contact.v1+json", "application/octet-stream"] {
        let typed = packed.replace(r#""time""#, &format!(r#""datacontenttype":"{content_type}","time""#));
        assert_eq!(decode(&typed), plain, "{content_type}");
    }
    assert_eq!(decode(&event("offered", "", r#","data_base64":null"#)), Ok(offered()));
}

#[test]
fn the_base64_data_of_another_system_is_not_decoded() {
    let other = with_base64("offered", "no base64").replace("fi.ensilinja.contact.offered", "com.example.order");
    assert_eq!(decode(&other).unwrap_err().detail, Detail::TypeNotRead);
}

#[test]
fn the_visit_is_read_from_base64_data() {
    let value = with_base64("offered", &STANDARD.encode(r#"{"line":"mipa","visit":"2"}"#));
    assert_eq!(Decoder::visit(&Record::of_value(value.as_bytes())), Ok(Some("2".to_owned())));
}

#[test]
fn byte_order_marks_are_ignored() {
    let value = format!("\u{feff}{}", event("offered", "", ""));
    assert_eq!(decode(&value), Ok(offered()));
    assert_eq!(decoder().decode_value(value.as_bytes()), Ok(offered()));
    assert_eq!(decode(&format!("\u{feff}{value}")), Ok(offered()));
    let base64 = STANDARD.encode("\u{feff}{\"line\":\"mipa\"}");
    assert_eq!(decode(&with_base64("offered", &base64)), Ok(offered()));
}

#[test]
fn a_pretty_printed_event_is_accepted() {
    let value: serde_json::Value = serde_json::from_str(&event("offered", "", "")).unwrap();
    assert_eq!(decode(&serde_json::to_string_pretty(&value).unwrap()), Ok(offered()));
}

#[test]
fn only_the_header_ce_specversion_marks_a_binary_record() {
    let value = event("offered", "", "");
    for name in ["ce_trace", "ce_type", "ce_id", "ce_"] {
        let headers = [(name, Some(&b"7"[..])), ("content-type", Some(b"application/json"))];
        let record =
            Record { key: None, value: Some(value.as_bytes()), headers: Headers::known(&headers), timestamp: AT };
        assert_eq!(decoder().decode(&record), Ok(offered()), "{name}");
    }
}

#[test]
fn an_unknown_type_is_misspelt_if_it_has_our_prefix_and_of_another_system_otherwise() {
    let fault = |kind: &str| decode(&event("offered", "", "").replace("fi.ensilinja.contact.offered", kind));
    for kind in [
        "fi.ensilinja.contact.Offered",
        "fi.ensilinja.offered",
        "FI.ENSILINJA.CONTACT.OFFERED",
        " fi.ensilinja",
        "fi.ensilinja_offered",
    ] {
        assert_eq!(fault(kind).unwrap_err().detail, Detail::MisspeltType, "{kind}");
    }
    for kind in ["offered", "fi.ensilinjat.contact.offered", "com.example.fi.ensilinja.contact.offered", "é"] {
        assert_eq!(fault(kind).unwrap_err().detail, Detail::TypeNotRead, "{kind}");
    }
    let value = event("offered", "", "").replace("contact.offered", "contact.Offered");
    assert_eq!(Decoder::event_type(&Record::of_value(value.as_bytes())).as_deref(), Ok("fi.ensilinja.contact.Offered"));
}

#[test]
fn an_event_of_another_system_may_lack_every_other_attribute() {
    let value = br#"{"data":["line"],"subject":9,"time":"soon","specversion":"1.0","type":"com.example.order"}"#;
    let rejection =
        decoder().decode(&Record { key: None, value: Some(value), headers: Headers::NONE, timestamp: AT }).unwrap_err();
    assert_eq!(rejection.detail, Detail::TypeNotRead);
}

#[test]
fn a_binary_event_of_another_system_may_have_any_data() {
    let headers = [("ce_specversion", Some(&b"1.0"[..])), ("ce_type", Some(b"com.example.order"))];
    let long = vec![b' '; MAX_VALUE_BYTES + 1];
    for value in [Some(&b"\x00\x00\x00\x00\x2a\xff"[..]), Some(&long), None] {
        let record = Record { key: None, value, headers: Headers::known(&headers), timestamp: AT };
        assert_eq!(decoder().decode(&record).unwrap_err().detail, Detail::TypeNotRead);
    }
}

#[test]
fn a_time_five_minutes_ahead_of_the_record_is_accepted_and_a_millisecond_more_is_rejected() {
    let at_the_edge = AT.plus_millis(-MAX_AHEAD_MS);
    let value = event("offered", "", "");
    assert!(decode_value("c-1", value.as_bytes(), at_the_edge).is_ok());
    let rejection = decode_value("c-1", value.as_bytes(), at_the_edge.plus_millis(-1)).unwrap_err();
    assert_eq!(rejection.detail, Detail::AheadOfRecord);
}

#[test]
fn a_value_of_64_kib_is_accepted_and_one_byte_more_is_rejected() {
    let mut value = event("offered", "", "");
    value.push_str(&" ".repeat(MAX_VALUE_BYTES - value.len()));
    assert_eq!(decode(&value), Ok(offered()));
    value.push(' ');
    assert_eq!(decode(&value).unwrap_err().detail, Detail::ValueTooLarge);
}

#[test]
fn a_contact_id_has_up_to_128_bytes_and_a_visit_up_to_64_characters() {
    let contact = "ä".repeat(64);
    let value = event("offered", &format!(r#","visit":"{}""#, "ä".repeat(64)), "").replace("c-1", &contact);
    assert!(decode_value(&contact, value.as_bytes(), AT).is_ok());
    let (longer, value) = (format!("{contact}a"), value.replace(&contact, &format!("{contact}a")));
    assert_eq!(decode_value(&longer, value.as_bytes(), AT).unwrap_err().detail, Detail::BadSubject);
}

#[test]
fn a_record_with_a_structured_content_type_is_read_from_its_value_despite_attribute_headers() {
    let encoded = encode_structured(&statement_of(Fact::Offered).statement());
    for (name, content_type) in [
        ("content-type", "application/cloudevents+json; charset=utf-8"),
        ("content-type", "Application/CloudEvents+JSON"),
        ("Content-Type", "application/cloudevents"),
    ] {
        let headers = [
            ("ce_specversion", Some(&b"1.0"[..])),
            ("ce_subject", Some(b"another")),
            (name, Some(content_type.as_bytes())),
            ("trace", None),
        ];
        let record =
            Record { key: Some(b"c-1"), value: Some(&encoded.value), headers: Headers::known(&headers), timestamp: AT };
        assert!(decoder().decode(&record).is_ok(), "{content_type}");
    }
}

#[test]
fn another_secret_gives_other_legs() {
    let lines = crate::statements::LINES.map(crate::statements::line);
    let value = event("offered", "", "");
    let record = Record { key: Some(b"c-1"), value: Some(value.as_bytes()), headers: Headers::NONE, timestamp: AT };
    let other = ensilinja_wire::Decoder::new(&lines, [8; 16]).decode(&record).unwrap();
    assert!(other.leg != offered().leg);
}
