//! Parses bytes as JSON: UTF-8, limited depth, exactly one value. Any source format in JSON can use it.

use serde::de::DeserializeSeed;
use serde_json::Deserializer;
use serde_json::error::Category;

use crate::Detail;

#[cfg(test)]
mod agreement;
pub(crate) mod field;
pub(crate) mod members;
pub(crate) mod names;
mod scan;
pub(crate) mod sequence;

use members::{Fill, Members, Shape};

/// The maximum depth of nested objects and arrays. An event needs two. Extra members are ignored, but a deeper record
/// could overflow the stack of another reader with a recursive parser.
const MAX_DEPTH: usize = 64;

/// The byte order mark of UTF-8, which some editors and exports write. It is not part of the JSON.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Removes the UTF-8 byte order marks at the start of `bytes`. Concatenated files can have several.
#[must_use]
pub fn without_byte_order_marks(mut bytes: &[u8]) -> &[u8] {
    while let Some(rest) = bytes.strip_prefix(BYTE_ORDER_MARK) {
        bytes = rest;
    }
    bytes
}

/// `bytes` as text, without byte order marks at the start.
pub(crate) fn text(bytes: &[u8]) -> Result<&str, Detail> {
    std::str::from_utf8(without_byte_order_marks(bytes)).map_err(|_| Detail::BadUtf8)
}

/// Reads the one JSON value in `text` into `fields`, which must be empty, if it is an object. Returns the shape of any
/// value.
pub(crate) fn read<'a, M: Members<'a> + Default>(text: &'a str, fields: &mut M) -> Result<Shape, Detail> {
    if scan::read(text, fields).is_some() {
        return Ok(Shape::Object);
    }
    *fields = M::default();
    read_any(text, fields)
}

/// Does the same for any text. It decides which texts are accepted.
fn read_any<'a>(text: &'a str, fields: &mut dyn Members<'a>) -> Result<Shape, Detail> {
    check_depth(text)?;
    let mut deserializer = Deserializer::from_str(text);
    let shape = Fill(fields).deserialize(&mut deserializer).map_err(|error| match error.classify() {
        Category::Eof => Detail::Truncated,
        // The only error that `Fill` returns.
        Category::Data => Detail::DuplicateKey,
        Category::Syntax | Category::Io => Detail::NotJson,
    })?;
    deserializer.end().map_err(|_| Detail::TrailingData)?;
    Ok(shape)
}

/// Checks the depth before the text is parsed. Counting the opening brackets costs almost nothing, and a text with few
/// of them cannot be deep.
fn check_depth(text: &str) -> Result<(), Detail> {
    if openings(text) > MAX_DEPTH && is_deeper_than(MAX_DEPTH, text) { Err(Detail::TooDeep) } else { Ok(()) }
}

/// The number of opening brackets in `text`, including those in strings. It counts in runs whose total fits a byte, so
/// that the compiler can use vector instructions.
fn openings(text: &str) -> usize {
    const CASE_BIT: u8 = b'{' ^ b'[';
    let in_run = |run: &[u8]| usize::from(run.iter().map(|byte| u8::from(byte | CASE_BIT == b'{')).sum::<u8>());
    text.as_bytes().chunks(u8::MAX.into()).map(in_run).sum()
}

fn is_deeper_than(limit: usize, text: &str) -> bool {
    let mut depth = 0_usize;
    let mut in_string = false;
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => in_string = !in_string,
            b'\\' if in_string => {
                bytes.next();
            }
            b'{' | b'[' if !in_string => depth += 1,
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > limit {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use members::MemberTarget;

    /// Has no fields, so that only the grammar is checked.
    #[derive(Default)]
    struct NoFields;

    impl<'a> Members<'a> for NoFields {
        fn target(&mut self, _: &str) -> Option<MemberTarget<'_, 'a>> {
            None
        }
    }

    #[test]
    fn sixty_four_levels_are_accepted_and_sixty_five_rejected() {
        for (depth, expected) in [(64, Ok(Shape::Other)), (65, Err(Detail::TooDeep))] {
            let text = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
            assert_eq!(read(&text, &mut NoFields), expected, "{depth} levels");
        }
    }

    #[test]
    fn brackets_side_by_side_or_in_strings_do_not_count_as_depth() {
        let side_by_side = format!("[{}[]]", "[],".repeat(1000));
        let in_a_string = format!(r#"["{}\"{}", "]"]"#, "[".repeat(1000), "{".repeat(1000));
        for text in [side_by_side, in_a_string] {
            assert!(read(&text, &mut NoFields).is_ok());
        }
    }

    #[test]
    fn a_value_gives_its_shape_and_invalid_json_its_fault() {
        for (text, expected) in [
            ("{\"a\": [{}]}", Ok(Shape::Object)),
            ("[1]", Ok(Shape::Other)),
            ("null", Ok(Shape::Null)),
            (" \n 7 ", Ok(Shape::Other)),
            ("", Err(Detail::Truncated)),
            ("  ", Err(Detail::Truncated)),
            ("[1", Err(Detail::Truncated)),
            ("nul", Err(Detail::Truncated)),
            ("hello", Err(Detail::NotJson)),
            ("[1] [2]", Err(Detail::TrailingData)),
        ] {
            assert_eq!(read(text, &mut NoFields), expected, "{text:?}");
        }
    }
}
