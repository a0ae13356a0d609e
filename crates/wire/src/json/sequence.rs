//! Several JSON objects in one text: one after another, one per line, or in arrays.
//!
//! ```text
//! {"a":1}{"a":2}      [{"a":1},{"a":2}]      {"a":1}\n{"a":2}\n      two objects
//! {"a":1}{"a"}{"a":2} {"a":1}\n{"a":\n{"a":2}                        two objects and one fault
//! ```
//!
//! Webhooks send arrays, Firehose joins records without a separator, and shippers join lines. A faulty object is one
//! fault. Reading goes on behind it: after its closing bracket, or at the next line that begins with a bracket.
//!
//! A line with anything between or beside its objects is one fault, and none of its objects counts: the line may be one
//! object that was damaged, and a part of an object does not say what the whole said.

use super::members::{Members, Shape};
use super::{read_any, scan};
use crate::Detail;

/// The most faults of one text. What follows the last is not read: the text is something else.
const MAX_FAULTS: u32 = 100;

/// Reads each object in `text` into new fields, in order. Gives the fields, or what is wrong with that part.
pub(crate) fn read_each<'a, M: Members<'a>>(
    text: &'a str,
    new: impl Fn() -> M,
    mut take: impl FnMut(Result<&mut M, Detail>),
) {
    // The usual case is one object.
    let mut fields = new();
    if scan::read_single(text, &mut fields).is_some() {
        return take(Ok(&mut fields));
    }
    read_parts(text, new, take);
}

/// Does the same for any text. It decides what is taken.
fn read_parts<'a, M: Members<'a>>(text: &'a str, new: impl Fn() -> M, mut take: impl FnMut(Result<&mut M, Detail>)) {
    let mut parts = Parts { text, at: 0, open_arrays: 0 };
    let mut is_new_line = true;
    let mut faults = 0;
    // Looking for the end of a faulty part may take the whole text each time.
    while faults < MAX_FAULTS {
        if let Some(end) = parts.end_of_damage().filter(|_| is_new_line) {
            let read = read_part(&text[parts.at..end], &mut new(), &new);
            take(Err(read.err().unwrap_or(Detail::TrailingData)));
            parts.at = end;
            faults += 1;
        }
        is_new_line = false;
        match parts.next() {
            None => return,
            Some(Step::LineEnd) => is_new_line = true,
            Some(Step::Part { start, end, fault, .. }) => {
                let mut fields = new();
                let read = fault.map_or_else(|| read_part(&text[start..end], &mut fields, &new), Err);
                if read.is_err() {
                    parts.at = next_line(text, start, end);
                    is_new_line = parts.at < end;
                    faults += 1;
                }
                take(read.map(|()| &mut fields));
            }
        }
    }
}

fn read_part<'a, M: Members<'a>>(part: &'a str, fields: &mut M, new: impl Fn() -> M) -> Result<(), Detail> {
    if scan::read(part, fields).is_some() {
        return Ok(());
    }
    *fields = new();
    let is_packed = part.trim_start().strip_prefix('"').is_some_and(|text| text.trim_start().starts_with(['{', '[']));
    match read_any(part, fields)? {
        Shape::Object => Ok(()),
        _ if is_packed => Err(Detail::JsonInText),
        _ => Err(Detail::NotAnObject),
    }
}

/// Where to go on after a faulty part: at the first line in it that begins with a bracket, or at its end.
fn next_line(text: &str, start: usize, end: usize) -> usize {
    let mut lines = text[start..end].match_indices('\n').map(|(at, _)| start + at + 1);
    lines.find(|at| text[*at..end].starts_with(['{', '['])).unwrap_or(end)
}

/// Splits a text at the ends of its values. Commas between values, and the brackets of arrays of them, are no parts.
#[derive(Clone, Copy)]
struct Parts<'a> {
    text: &'a str,
    /// The position of the next byte.
    at: usize,
    open_arrays: usize,
}

enum Step {
    /// A value.
    Part {
        start: usize,
        end: usize,
        /// What is wrong with it, if that is already known.
        fault: Option<Detail>,
        /// It is neither an object nor an element of an array, or it is the inside of an object.
        is_damage: bool,
    },
    /// The end of a line outside arrays.
    LineEnd,
}

impl Parts<'_> {
    fn next(&mut self) -> Option<Step> {
        let bytes = self.text.as_bytes();
        while let Some(byte) = bytes.get(self.at) {
            match byte {
                b'\n' if self.open_arrays == 0 => {
                    self.at += 1;
                    return Some(Step::LineEnd);
                }
                b' ' | b'\t' | b'\r' | b'\n' | b',' => {}
                b'[' => self.open_arrays += 1,
                b']' if self.open_arrays > 0 => self.open_arrays -= 1,
                _ => return Some(self.part()),
            }
            self.at += 1;
        }
        // The last array is not closed: objects may be missing.
        let is_cut = std::mem::take(&mut self.open_arrays) > 0;
        let fault = Some(Detail::Truncated);
        is_cut.then_some(Step::Part { start: self.at, end: self.at, fault, is_damage: false })
    }

    /// The part that begins here.
    fn part(&mut self) -> Step {
        let start = self.at;
        let rest = &self.text[start..];
        let first = rest.as_bytes()[0];
        let end = match first {
            b'{' => end_of_object(rest),
            b'"' => end_of_string(rest.as_bytes(), 1),
            _ => {
                let separator = rest.char_indices().skip(1).find(|(_, c)| "{[],\n".contains(*c));
                Some(separator.map_or(rest.len(), |(at, _)| at))
            }
        };
        // Of what has no end, the rest of the text is the part.
        let fault = if end.is_none() { Some(Detail::Truncated) } else { None };
        self.at = end.map_or(self.text.len(), |length| start + length);
        let is_damage = first == b':' || (first != b'{' && self.open_arrays == 0);
        Step::Part { start, end: self.at, fault, is_damage }
    }

    /// The end of this line, if there is anything but objects and arrays in it. An array may go on over lines; then it
    /// is the end of the line that is damaged.
    fn end_of_damage(mut self) -> Option<usize> {
        loop {
            match self.next()? {
                Step::Part { start, is_damage: true, .. } => {
                    return Some(self.text[start..].find('\n').map_or(self.text.len(), |length| start + length));
                }
                // Without an end it reaches to the end of the text.
                Step::LineEnd | Step::Part { fault: Some(_), .. } => return None,
                Step::Part { .. } => {}
            }
        }
    }
}

/// The length of the object at the start of `text`.
fn end_of_object(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'"' => at = end_of_string(bytes, at)?,
            b'{' => depth += 1,
            b'}' if depth == 1 => return Some(at),
            b'}' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// The position behind the closing quote of a string that begins at `at`. A string ends on its line.
fn end_of_string(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        at = scan::next_special(bytes, at)?;
        match bytes[at] {
            b'"' => return Some(at + 1),
            b'\n' => return None,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::field::Field;
    use crate::json::members::MemberTarget;
    use proptest::prelude::*;

    #[derive(Default)]
    struct OneMember<'a>(Field<'a>);

    impl<'a> Members<'a> for OneMember<'a> {
        fn target(&mut self, name: &str) -> Option<MemberTarget<'_, 'a>> {
            (name == "a").then_some(MemberTarget::Field(&mut self.0))
        }
    }

    /// The values of `a`, and the faults.
    fn read(text: &str) -> (Vec<String>, Vec<Detail>) {
        fn found<'a>(
            read: impl FnOnce(&mut dyn FnMut(Result<&mut OneMember<'a>, Detail>)),
        ) -> (Vec<String>, Vec<Detail>) {
            let (mut values, mut faults) = (Vec::new(), Vec::new());
            read(&mut |part| match part {
                Ok(OneMember(Field::Text(value))) => values.push(value.to_string()),
                Ok(_) => values.push(String::new()),
                Err(fault) => faults.push(fault),
            });
            (values, faults)
        }
        let taken = found(|take| read_each(text, OneMember::default, take));
        assert_eq!(taken, found(|take| read_parts(text, OneMember::default, take)), "the usual case is none: {text}");
        taken
    }

    #[test]
    fn all_objects_are_taken_however_they_are_joined() {
        for text in [
            r#"{"a":"1"}{"a":"2"}"#,
            r#"[{"a":"1"},{"a":"2"}]"#,
            r#"[[{"a":"1"}],[{"a":"2"}]]"#,
            "{\"a\":\"1\"}\n{\"a\":\"2\"}\n",
            "{\"a\":\"1\"},\r\n{\"a\":\"2\"},\r\n",
            "[\n  {\n    \"a\": \"1\"\n  },\n  {\n    \"a\": \"2\",\n \"x\": [{}, \"}{\", \"\\\"{\"]\n  }\n]",
            r#" {"x":{"a":{}},"a":"1"} [{"a":"2"}] "#,
        ] {
            assert_eq!(read(text), (vec!["1".to_owned(), "2".to_owned()], Vec::new()), "{text}");
        }
        assert_eq!(read("[]"), (Vec::new(), Vec::new()));
    }

    #[test]
    fn an_object_alone_is_taken_with_or_without_an_array_around_it() {
        for text in
            [r#"{"a":"1"}"#, r#"[{"a":"1"}]"#, "\r\n [\t{\n\"a\":\"1\"} ] \n", r#"[[{"a":"1"}]]"#, r#"[{"a":"1"},]"#]
        {
            assert_eq!(read(text), (vec!["1".to_owned()], Vec::new()), "{text}");
        }
        for text in [r#"[{"a":"1"}"#, r#"{"a":"1"}]"#, r#"[{"a":"1"}]]"#, "\u{c}[{\"a\":\"1\"}]", r#"[{"a":"1"}}"#] {
            assert!(!read(text).1.is_empty(), "{text}");
        }
    }

    #[test]
    fn a_bad_part_is_one_fault_and_the_others_are_taken() {
        for (text, fault) in [
            (r#"{"a":"1"}{"a":tru}{"a":"2"}"#, Detail::NotJson),
            (r#"[{"a":"1"},{"a":"3","a":"4"},{"a":"2"}]"#, Detail::DuplicateKey),
            (r#"[{"a":"1"},7,{"a":"2"}]"#, Detail::NotAnObject),
            (r#"[{"a":"1"},"x, {}",{"a":"2"}]"#, Detail::NotAnObject),
            (r#"[{"a":"1"},"{\"a\":\"3\"}",{"a":"2"}]"#, Detail::JsonInText),
            (r#"[{"a":"1"},{"a":"2"}"#, Detail::Truncated),
            (r#"[{"a":"1"},tru,{"a":"2"}]"#, Detail::Truncated),
            ("{\"a\":\"1\"}\n{\"a\":\"2\"}\n]\n", Detail::NotJson),
            ("{\"a\":\"1\"}\n{\"a\":\"3\"},\"b\":\"\"}\n{\"a\":\"2\"}", Detail::TrailingData),
            ("{\"a\":\"1\"}\n\"x\":{\"a\":\"3\"}}\n{\"a\":\"2\"}", Detail::TrailingData),
            ("{\"a\":\"1\"}\n[\"x\":{\"a\":\"3\"}}\n{\"a\":\"2\"}", Detail::NotJson),
            ("{\"a\":\"1\"}\n7\n{\"a\":\"2\"}", Detail::NotAnObject),
            ("{\"a\":\"1\"}\n\"{\\\"a\\\":1}\"\n{\"a\":\"2\"}", Detail::JsonInText),
            ("{\"a\":\"1\"}\n{\"a\":\"2\"}\n{\"a\":\"3\"}\"", Detail::TrailingData),
            ("{\"a\":\"1\"}\n{\"a\":\"3\n{\"a\":\"2\"}", Detail::Truncated),
            ("{\"a\":\"1\"}\n{\"a\":\n{\"a\":\"2\"}\n", Detail::Truncated),
            ("{\"a\":\"1\"}\nMar  3 host app: x\n{\"a\":\"2\"}\n", Detail::NotJson),
            ("{\"a\":\"1\"}{\"a\":\"2\"}{\"a\":\"3", Detail::Truncated),
        ] {
            assert_eq!(read(text), (vec!["1".to_owned(), "2".to_owned()], vec![fault]), "{text}");
        }
    }

    #[test]
    fn a_text_of_faults_is_given_up_in_time() {
        for text in ["{\n".repeat(100_000), "[{\"a\":\n".repeat(30_000), "x\n".repeat(100_000)] {
            assert_eq!(read(&text).1.len(), 100);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn any_text_is_read_to_its_end(
            parts in prop::collection::vec(
                prop_oneof![
                    "[\\[\\]{}\",:a1 \n\\\\é]{0,6}",
                    Just(r#"{"a":"1"}"#.to_owned()),
                    Just("\n{\"a\":\"1\"}".to_owned()),
                ],
                0..12,
            ),
        ) {
            let text = parts.concat();
            let (values, faults) = read(&text);
            prop_assert!(values.len() + faults.len() <= text.len() + 1);
        }
    }
}
