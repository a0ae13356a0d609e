//! What real sources send that looks odd and is within the contract, and the edges of what is not.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ensilinja_model::{Event, EventTime, Fact, FeedbackAnswer, NpsScore};
use ensilinja_wire::{
    Decoded, Decoder, Detail, MAX_AHEAD_MS, MAX_VALUE_BYTES, Oddity, Record, Rejection, encode_structured,
};

use crate::statements::{decode_value, decoder, said_plainly};

const AT: EventTime = EventTime::from_millis(1_758_006_900_000);

/// A sound event of this type, with these members of `data` after the line and these of the event after `data`.
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
fn unknown_members_are_ignored_whatever_they_hold() {
    let noise =
        r#","x":{"line":["no","such"],"y":[1e999,-0,"\ud83d",null,true]},"stage":7,"comment":"p\u00e4iv\u00e4\n""#;
    assert_eq!(decode(&event("offered", noise, noise)), Ok(offered()));
}

#[test]
fn members_that_are_ignored_may_occur_twice() {
    assert_eq!(decode(&event("offered", "", r#","x":1,"x":2"#)), Ok(offered()));
}

#[test]
fn null_is_the_same_as_leaving_out() {
    assert_eq!(decode(&event("offered", r#","visit":null"#, "")), Ok(offered()));
}

#[test]
fn a_visit_makes_another_leg() {
    let second = decode(&event("offered", r#","visit":"2""#, "")).unwrap();
    assert!(second.leg != offered().leg);
}

#[test]
fn escapes_mean_the_characters_they_stand_for() {
    let escaped = event("offered", "", "").replace("c-1", r"\u0063-1").replace("\"line\"", r#""l\u0069ne""#);
    assert_eq!(decode(&escaped), Ok(offered()));
}

#[test]
fn space_around_the_event_is_no_garbage() {
    assert_eq!(decode(&format!("\r\n\t {} \n", event("offered", "", ""))), Ok(offered()));
}

#[test]
fn the_year_1970_is_an_instant_like_any_other() {
    let sentinel = event("offered", "", "").replace("2025-09-16T10:15:00+03:00", "1970-01-01T00:00:00Z");
    assert_eq!(decode(&sentinel).map(|event| event.at), Ok(EventTime::from_millis(0)));
}

#[test]
fn a_score_is_the_number_however_it_is_written() {
    for answer in ["7", "7.0", "7e0", "0.7e1"] {
        let score = decode(&event("feedback_received", &format!(r#","question":"nps","answer":{answer}"#), ""));
        let seven = Fact::FeedbackReceived(FeedbackAnswer::Nps(NpsScore::new(7).unwrap()));
        assert_eq!(score.map(|event| event.fact), Ok(seven), "{answer}");
    }
}

#[test]
fn where_a_contact_was_moved_need_not_be_said_and_may_be_anything() {
    for to_line in ["", r#","to_line":"exchange_hus""#, r#","to_line":"Mipa chat""#, r#","to_line":116117"#] {
        let moved = decode(&event("transferred", to_line, ""));
        assert_eq!(moved.map(|event| event.fact), Ok(Fact::Transferred), "{to_line}");
    }
}

#[test]
fn the_subject_says_whom_it_is_about_whatever_the_key() {
    let value = event("offered", "", "");
    for (key, oddity) in [
        (None, None),
        (Some(&b"c-1"[..]), None),
        (Some(b"c-2"), Some(Oddity::KeyDiffers)),
        (Some(b""), Some(Oddity::KeyDiffers)),
        (Some(b"\"c-1\""), Some(Oddity::KeyDiffers)),
        (Some(b"\xff\xff"), Some(Oddity::KeyDiffers)),
    ] {
        let record = Record { key, value: Some(value.as_bytes()), headers: &[], timestamp: AT };
        assert_eq!(decoder().examine(&record), Ok(Decoded { event: offered(), oddity }), "{key:?}");
        assert_eq!(Decoder::contact(&record).as_deref(), Ok("c-1"), "{key:?}");
    }
}

/// The event whose `data` is what this base64 holds.
fn with_base64(kind: &str, base64: &str) -> String {
    event(kind, "", "").replace(r#""data":{"line":"mipa"}"#, &format!(r#""data_base64":"{base64}""#))
}

#[test]
fn data_in_base64_is_the_same_data_whatever_its_content_type() {
    let plain = decode(&event("abandoned", r#","stage":"queue""#, ""));
    let base64 = STANDARD.encode(" {\"line\": \"mipa\", \"stage\": \"queue\"}\n");
    let packed = with_base64("abandoned", &base64);
    assert_eq!(decode(&packed), plain);
    let and_null = packed.replace(r#""data_base64""#, r#""data":null,"data_base64""#);
    assert_eq!(decode(&and_null), plain, "null is the same as leaving out");
    for content_type in ["application/json", "application/vnd.county.contact.v1+json", "application/octet-stream"] {
        let typed = packed.replace(r#""time""#, &format!(r#""datacontenttype":"{content_type}","time""#));
        assert_eq!(decode(&typed), plain, "{content_type}");
    }
    assert_eq!(decode(&event("offered", "", r#","data_base64":null"#)), Ok(offered()));
}

#[test]
fn bytes_in_an_event_of_another_system_are_not_looked_at() {
    let other = with_base64("offered", "no base64").replace("fi.ensilinja.contact.offered", "com.example.order");
    assert_eq!(decode(&other).unwrap_err().detail, Detail::TypeNotRead);
}

#[test]
fn the_visit_is_read_from_bytes_too() {
    let value = with_base64("offered", &STANDARD.encode(r#"{"line":"mipa","visit":"2"}"#));
    assert_eq!(Decoder::visit(&Record::of_value(value.as_bytes())), Ok(Some("2".to_owned())));
}

#[test]
fn a_byte_order_mark_says_nothing() {
    let value = format!("\u{feff}{}", event("offered", "", ""));
    assert_eq!(decode(&value), Ok(offered()));
    assert_eq!(decoder().decode_value(value.as_bytes()), Ok(offered()));
    assert_eq!(decode(&format!("\u{feff}{value}")), Ok(offered()));
    let base64 = STANDARD.encode("\u{feff}{\"line\":\"mipa\"}");
    assert_eq!(decode(&with_base64("offered", &base64)), Ok(offered()));
}

#[test]
fn an_event_on_several_lines_is_one_event() {
    let value: serde_json::Value = serde_json::from_str(&event("offered", "", "")).unwrap();
    assert_eq!(decode(&serde_json::to_string_pretty(&value).unwrap()), Ok(offered()));
}

#[test]
fn only_a_specversion_among_the_headers_makes_a_record_binary() {
    let value = event("offered", "", "");
    for name in ["ce_trace", "ce_type", "ce_id", "ce_"] {
        let headers = [(name, Some(&b"7"[..])), ("content-type", Some(b"application/json"))];
        let record = Record { key: None, value: Some(value.as_bytes()), headers: &headers, timestamp: AT };
        assert_eq!(decoder().decode(&record), Ok(offered()), "{name}");
    }
}

#[test]
fn a_type_that_begins_as_ours_is_a_mistake_and_any_other_is_of_another_system() {
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
fn an_event_of_a_type_that_is_not_read_need_have_nothing_else_of_ours() {
    let value = br#"{"data":["line"],"subject":9,"time":"soon","specversion":"1.0","type":"com.example.order"}"#;
    let rejection =
        decoder().decode(&Record { key: None, value: Some(value), headers: &[], timestamp: AT }).unwrap_err();
    assert_eq!(rejection.detail, Detail::TypeNotRead);
}

#[test]
fn the_data_of_a_binary_event_of_a_type_that_is_not_read_may_have_any_format_and_size_or_be_missing() {
    let headers = [("ce_specversion", Some(&b"1.0"[..])), ("ce_type", Some(b"com.example.order"))];
    let long = vec![b' '; MAX_VALUE_BYTES + 1];
    for value in [Some(&b"\x00\x00\x00\x00\x2a\xff"[..]), Some(&long), None] {
        let record = Record { key: None, value, headers: &headers, timestamp: AT };
        assert_eq!(decoder().decode(&record).unwrap_err().detail, Detail::TypeNotRead);
    }
}

#[test]
fn five_minutes_ahead_of_the_record_is_now_and_a_millisecond_more_is_the_future() {
    let at_the_edge = AT.plus_millis(-MAX_AHEAD_MS);
    let value = event("offered", "", "");
    assert!(decode_value("c-1", value.as_bytes(), at_the_edge).is_ok());
    let rejection = decode_value("c-1", value.as_bytes(), at_the_edge.plus_millis(-1)).unwrap_err();
    assert_eq!(rejection.detail, Detail::AheadOfRecord);
}

#[test]
fn sixty_four_kibibytes_are_read_and_one_byte_more_is_not() {
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
fn a_record_that_is_called_structured_is_read_from_its_value_even_with_attributes_in_headers() {
    let encoded = encode_structured(&said_plainly(Fact::Offered).statement());
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
        let record = Record { key: Some(b"c-1"), value: Some(&encoded.value), headers: &headers, timestamp: AT };
        assert!(decoder().decode(&record).is_ok(), "{content_type}");
    }
}

#[test]
fn another_secret_makes_other_legs() {
    let lines = crate::statements::LINES.map(crate::statements::line);
    let value = event("offered", "", "");
    let record = Record { key: Some(b"c-1"), value: Some(value.as_bytes()), headers: &[], timestamp: AT };
    let other = ensilinja_wire::Decoder::new(&lines, [8; 16]).decode(&record).unwrap();
    assert!(other.leg != offered().leg);
}
