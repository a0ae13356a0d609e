//! What real sources send that looks odd and is within the contract, and the edges of what is not.

use ensilinja_model::{Event, EventTime, Fact, FeedbackAnswer, NpsScore};
use ensilinja_wire::{Detail, MAX_AHEAD_MS, MAX_VALUE_BYTES, Record, Rejection, encode_structured};

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
fn a_contact_may_be_moved_to_a_line_that_is_not_configured() {
    let moved = decode(&event("transferred", r#","to_line":"exchange_hus""#, ""));
    assert_eq!(moved.map(|event| event.fact), Ok(Fact::Transferred));
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
    for content_type in ["application/cloudevents+json; charset=utf-8", "Application/CloudEvents+JSON"] {
        let headers =
            [("ce_subject", Some(&b"another"[..])), ("content-type", Some(content_type.as_bytes())), ("trace", None)];
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
