//! Tests that the two readers agree: what [`scan`](super::scan) reads, serde reads as the same fields.

use proptest::prelude::*;

use super::field::Field;
use super::members::{MemberTarget, Members, Shape};
use super::{read_any, scan};
use crate::cloudevents::CloudEvent;

/// Fields for members of all kinds, and for items of an array.
#[derive(Default, PartialEq)]
struct AllTargets<'a> {
    id: Field<'a>,
    first: Field<'a>,
    is_there: bool,
    shape: Option<Shape>,
    items: Vec<Field<'a>>,
    inner: Option<Box<AllTargets<'a>>>,
}

impl<'a> Members<'a> for AllTargets<'a> {
    fn target(&mut self, name: &str) -> Option<MemberTarget<'_, 'a>> {
        match name {
            "id" => Some(MemberTarget::Field(&mut self.id)),
            "type" => Some(MemberTarget::First(&mut self.first)),
            "x" => Some(MemberTarget::Presence(&mut self.is_there)),
            "data" => Some(MemberTarget::Object(&mut self.shape, self.inner.get_or_insert_default().as_mut())),
            _ => None,
        }
    }

    fn item(&mut self, number: usize) -> Option<MemberTarget<'_, 'a>> {
        if number == 1 {
            return None;
        }
        self.items.push(Field::Absent);
        self.items.last_mut().map(MemberTarget::Field)
    }
}

/// Objects from which others are made by changing a byte.
const OBJECTS: [&str; 9] = [
    concat!(
        r#"{"specversion":"1.0","id":"e-1","source":"/s","type":"fi.ensilinja.contact.offered","subject":"c-1","#,
        r#""time":"2025-09-16T07:15:00Z","datacontenttype":"application/json","data":{"line":"mipa","visit":"2"}}"#
    ),
    r#"{"type":"t","data":{"line":"mipa","question":"nps","answer":10},"data_base64":null,"x":true,"y":false}"#,
    "{\n  \"type\": \"t\",\r\n\t\"data\" : {\"stage\": \"queue\", \"answer\" : 0 } , \"id\":\"\"\n}\n",
    r#"{"id":"ä€\u0061","source":"/\\/","subject":"\ud83d\ude00😀","data":{"line":"\"","visit":""}}"#,
    r#"{"x":{"y":[1,{"z":null}]},"id":-1,"type":1.5e3,"time":12345678901234567890,"data":[{}]}"#,
    r#"{"data":null,"id":999999999999999,"id2":0,"data2":{},"type":true}"#,
    r#"{"data":{},"data":{},"id":1,"id":null}"#,
    r#"{"type":["a\nb",{"x":[]}],"data":[1,-2.5e-7,"c",[true,null]],"y":[{"\u00e4":"\ud800"},0.0],"type":3}"#,
    r#"{"id":"{\"\\\/\b\f\n\r\t\"}","type":"\\","x":"\\\""}"#,
];

/// Bytes with a meaning in JSON, and the neighbours of those that a scanner compares with.
const BYTES: &[u8] = b"{}[]\",:\\/untrfe+-.0159 \n\t\r\x00\x08\x1f!#[]\x7fab";

/// Whether `scan` reads the text. Panics if it does and serde does not read the same.
fn is_scanned(text: &str) -> bool {
    is_scanned_as::<AllTargets<'_>>(text);
    is_scanned_as::<CloudEvent<'_>>(text)
}

fn is_scanned_as<'a, M: Members<'a> + Default + PartialEq>(text: &'a str) -> bool {
    let (mut scanned, mut judged) = (M::default(), M::default());
    let is_scanned = scan::read(text, &mut scanned).is_some();
    if is_scanned {
        assert_eq!(read_any(text, &mut judged), Ok(Shape::Object), "{text}");
        assert!(scanned == judged, "{text}");
    }
    is_scanned
}

fn are_scanned(bytes: &[u8]) -> bool {
    std::str::from_utf8(bytes).is_ok_and(is_scanned)
}

#[test]
fn the_readers_agree_on_every_object_with_a_byte_changed_added_or_removed() {
    let mut scanned = 0;
    for object in OBJECTS.map(str::as_bytes) {
        for at in 0..=object.len() {
            scanned += u32::from(are_scanned(&object[..at]));
            let (before, rest) = object.split_at(at);
            let after = rest.get(1..).unwrap_or_default();
            scanned += u32::from(are_scanned(&[before, after].concat()));
            for byte in BYTES {
                scanned += u32::from(are_scanned(&[before, &[*byte], after].concat()));
                scanned += u32::from(are_scanned(&[before, &[*byte], rest].concat()));
            }
        }
    }
    assert!(scanned > 10_000, "{scanned}");
}

#[test]
fn the_readers_agree_on_an_object_with_any_two_bytes_changed() {
    let object = OBJECTS[1].as_bytes();
    for (first, second) in (0..object.len()).flat_map(|first| (0..first).map(move |second| (first, second))) {
        for (one, other) in BYTES.iter().flat_map(|one| b"\"{},:n \\".map(|other| (*one, other))) {
            let mut object = object.to_vec();
            (object[first], object[second]) = (one, other);
            are_scanned(&object);
        }
    }
}

#[test]
fn ordinary_objects_are_scanned_and_doubtful_ones_left_to_serde() {
    for (text, expected) in [
        (OBJECTS[0], true),
        (OBJECTS[1], true),
        (OBJECTS[2], true),
        (r#"{"id":"ä€😀"}"#, true),
        ("{}", true),
        (OBJECTS[3], true),
        (OBJECTS[6], false),
        (OBJECTS[8], true),
        (r#"{"x":1.5}"#, true),
        (r#"{"x":[{"y":-1e9}]}"#, true),
        (r#"{"id":"a\"b"}"#, true),
        (r#"{"x":"\ud800"}"#, true),
        (r#"{"id":"\ud800"}"#, false),
        (r#"{"x":"\x"}"#, false),
        (r#"{"x":{"\u0061":1}}"#, false),
        (r#"{"id":-1}"#, false),
        (r#"{"data":1E310}"#, false),
        (r#"{"data":"\ud800"}"#, false),
        (r#"{"id":1.5}"#, false),
        ("{}{}", false),
        ("[]", false),
        ("", false),
    ] {
        assert_eq!(is_scanned(text), expected, "{text}");
    }
}

#[test]
fn a_string_may_end_at_any_distance_from_the_end_of_the_text_and_of_a_word() {
    for length in 0..40 {
        for blanks in 0..20 {
            let (text, blanks) = ("x".repeat(length), " ".repeat(blanks));
            assert!(is_scanned(&format!("{{\"id\":\"{text}\"{blanks}}}{blanks}")));
            for special in ['\\', '\n', '\0', '\u{1f}'] {
                assert!(!is_scanned(&format!("{{\"id\":\"{text}{special}\"}}{blanks}")));
            }
        }
    }
}

fn member() -> impl Strategy<Value = String> {
    let name = prop::sample::select(vec![
        "specversion",
        "type",
        "id",
        "source",
        "subject",
        "time",
        "data",
        "data_base64",
        "line",
        "visit",
        "stage",
        "result",
        "outcome",
        "question",
        "answer",
        "x",
        "",
        "ä",
        "datacontenttype",
        "i\\u0064",
    ]);
    let scalar = prop_oneof![
        "[0-9]{1,17}",
        "-?[0-9]{1,3}(\\.[0-9]{1,2})?([eE][+-]?[0-9]{1,3})?",
        "\"[a-zä€ 0-9:+-]{0,20}\"",
        "\"[ -~\\\\\"\t]{0,9}\"",
        prop::sample::select(vec!["null", "true", "false", "nul", "[1,2]", "[]", "\"\\ud800\""])
            .prop_map(str::to_owned),
    ];
    let value = scalar.prop_recursive(2, 8, 4, |inner| {
        object(("(line|visit|answer|x)", inner).prop_map(|(name, value)| format!("\"{name}\":{value}")))
    });
    (name, "[ \n]?", value, "[ \t\r]?")
        .prop_map(|(name, one, value, other)| format!("\"{name}\"{one}:{other}{value}{one}"))
}

fn object(member: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    prop::collection::vec(member, 0..9).prop_map(|members| format!("{{{}}}", members.join(",")))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn the_readers_agree_on_any_object_and_when_some_of_its_bytes_are_changed(
        text in object(member()),
        changes in prop::collection::vec((any::<prop::sample::Index>(), prop::sample::select(BYTES)), 1..4),
    ) {
        is_scanned(&text);
        let mut bytes = text.into_bytes();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
            are_scanned(&bytes);
        }
    }
}
