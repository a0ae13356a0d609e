//! The line of an event, found without parsing: for processes that share a topic and skip the events of others' lines.
//!
//! ```text
//! {"specversion":"1.0", ... "data":{"line":"mipa","stage":"queue"}}     mipa
//! {"data":{"line":"mipa"},"note":"line"}                                not certain: `"line"` is there twice
//! {"data":{"l\u0069ne":"mipa"}}                                         not certain: a backslash
//! {"line":"mipa","data_base64":"eyJsaW5l..."}                           not certain: the data are packed
//! ```
//!
//! Invariant: if the bytes state an event, in either content mode, it is of the line that is found. Without a
//! backslash, names and texts in JSON are what is between their quotation marks. So the one member called `line` is where `"line"`
//! is, and the text after it is its value. Of bytes that state no event, nothing is said.

use memchr::{memchr, memmem};

/// A member called `line`.
const MEMBER: &[u8] = b"\"line\"";

/// What packed data are called.
const PACKED: &[u8] = b"data_base64";

/// The text of the one member called `line`, if that is certain.
#[inline]
pub(crate) fn certain_line(value: &[u8]) -> Option<&str> {
    let after = memmem::find(value, MEMBER)? + MEMBER.len();
    let line = text_of_member(&value[after..])?;
    let is_certain = memmem::find(&value[after..], MEMBER).is_none()
        && memchr(b'\\', value).is_none()
        && memmem::find(value, PACKED).is_none();
    is_certain.then_some(line)
}

/// The text that follows the name of a member.
fn text_of_member(rest: &[u8]) -> Option<&str> {
    let rest = without_space(rest).strip_prefix(b":")?;
    let text = without_space(rest).strip_prefix(b"\"")?;
    std::str::from_utf8(&text[..memchr(b'"', text)?]).ok()
}

/// The same without the white space of JSON before it.
fn without_space(text: &[u8]) -> &[u8] {
    let space = text.iter().take_while(|byte| matches!(byte, b' ' | b'\n' | b'\r' | b'\t')).count();
    &text[space..]
}

#[cfg(test)]
mod tests {
    use ensilinja_model::{Headers, LineId};
    use proptest::prelude::*;

    use super::*;
    use crate::{Decoder, Record};

    const WHOLE: &str = concat!(
        r#"{"specversion":"1.0","id":"e-1","source":"/s","type":"fi.ensilinja.contact.offered","subject":"c-1","#,
        r#""time":"2025-09-16T07:15:00Z","data":{"line" : "mipa","visit":"2"}}"#
    );

    /// Objects that state an event of the line `mipa` or of the line `forssa` in odd ways, or nearly do.
    const ODD: [&str; 7] = [
        WHOLE,
        r#"{"line":"mipa","visit":"1"}"#,
        r#"{"visit":"line","line":"mipa"}"#,
        r#"{"l\u0069ne":"forssa","visit":"\"line\":\"mipa\""}"#,
        r#"{"line":"mipa","line":"forssa"}"#,
        concat!(
            r#"{"specversion":"1.0","id":"e-1","source":"/s","type":"fi.ensilinja.contact.offered","subject":"c-1","#,
            r#""time":"2025-09-16T07:15:00Z","line":"mipa","data_base64":"eyJsaW5lIjoiZm9yc3NhIn0="}"#
        ),
        concat!(
            r#"{"specversion":"1.0","id":"line","source":"/s","type":"fi.ensilinja.contact.offered","subject":"c-1","#,
            r#""time":"2025-09-16T07:15:00Z","x":{"line":"mipa"},"data":{"line":"forssa"}}"#
        ),
    ];

    /// Pieces that change which member is the line.
    const PIECES: [&str; 10] =
        ["\"line\"", "\"line\":", "\"mipa\"", "\"forssa\"", "\\", "data_base64", "\\u0069", ",", "{", "}"];

    const BINARY: [(&str, Option<&[u8]>); 6] = [
        ("ce_specversion", Some(b"1.0")),
        ("ce_id", Some(b"e-1")),
        ("ce_source", Some(b"/s")),
        ("ce_type", Some(b"fi.ensilinja.contact.offered")),
        ("ce_subject", Some(b"c-1")),
        ("ce_time", Some(b"2025-09-16T07:15:00Z")),
    ];

    fn decoder() -> Decoder {
        Decoder::new(&["mipa", "forssa"].map(|id| LineId::parse(id).unwrap()), [7; 16])
    }

    /// Panics if the line that is certain is not that of the event. Returns whether both were found.
    fn check(value: &[u8]) -> bool {
        let decoder = decoder();
        let mut found = false;
        for headers in [Headers::NONE, Headers::known(&BINARY)] {
            let record = Record { headers, ..Record::of_value(value) };
            if let (Ok(event), Some(certain)) = (decoder.decode(&record), decoder.certain_line(&record)) {
                assert_eq!(certain, event.line, "{}", String::from_utf8_lossy(value));
                found = true;
            }
        }
        found
    }

    #[test]
    fn an_ordinary_event_names_its_line() {
        assert_eq!(certain_line(WHOLE.as_bytes()), Some("mipa"));
        assert!(check(WHOLE.as_bytes()) && check(ODD[1].as_bytes()));
        for (object, expected) in ODD.iter().zip([true, true, false, false, false, false, false]) {
            assert_eq!(certain_line(object.as_bytes()).is_some(), expected, "{object}");
            assert_eq!(check(object.as_bytes()), expected, "{object}");
        }
    }

    #[test]
    fn no_line_is_certain_without_a_text() {
        for value in ["", "line", "\"line\"", "\"line\":", "\"line\":7", "\"line\":\"mipa", "\"line\" \"mipa\""] {
            assert_eq!(certain_line(value.as_bytes()), None, "{value}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]

        /// The line is right for any bytes that state an event, in either mode.
        #[test]
        fn the_line_that_is_certain_is_that_of_the_event(
            object in 0..ODD.len(),
            edits in prop::collection::vec((any::<prop::sample::Index>(), 0..PIECES.len(), 0..8_usize), 0..4),
        ) {
            let mut value = ODD[object].as_bytes().to_vec();
            for (at, piece, removed) in edits {
                let at = at.index(value.len() + 1);
                let until = (at + removed).min(value.len());
                let _removed: Vec<u8> = value.splice(at..until, PIECES[piece].bytes()).collect();
            }
            check(&value);
        }
    }
}
