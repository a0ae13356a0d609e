//! Bytes as JSON: UTF-8, bounded in depth, exactly one value, and why not.

use serde::de::DeserializeSeed;
use serde_json::Deserializer;
use serde_json::error::Category;

use crate::Detail;
use crate::members::{Fill, Members, Shape};

/// How deep objects and arrays may be nested. An event needs two; what others add is ignored, but a reader of the
/// same record whose parser recurses must not die of it.
const MAX_DEPTH: usize = 64;

/// What some editors and exports write before a text in UTF-8. It says nothing, and is no part of the JSON.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The bytes without the byte order marks of UTF-8 before them. Files that were put together can have several.
#[must_use]
pub fn without_byte_order_marks(mut bytes: &[u8]) -> &[u8] {
    while let Some(rest) = bytes.strip_prefix(BYTE_ORDER_MARK) {
        bytes = rest;
    }
    bytes
}

/// The text that `bytes` are, without byte order marks before it.
pub(crate) fn text(bytes: &[u8]) -> Result<&str, Detail> {
    std::str::from_utf8(without_byte_order_marks(bytes)).map_err(|_| Detail::BadUtf8)
}

/// Reads the one JSON value in `text` into `fields`, if it is an object; of any other value only the shape is told.
pub(crate) fn read<'a>(text: &'a str, fields: &mut dyn Members<'a>) -> Result<Shape, Detail> {
    check_depth(text)?;
    let mut deserializer = Deserializer::from_str(text);
    let shape = Fill(fields).deserialize(&mut deserializer).map_err(|error| match error.classify() {
        Category::Eof => Detail::Truncated,
        // All that `Fill` objects to.
        Category::Data => Detail::DuplicateKey,
        Category::Syntax | Category::Io => Detail::NotJson,
    })?;
    deserializer.end().map_err(|_| Detail::TrailingData)?;
    Ok(shape)
}

/// Checks the depth before the parser meets it. Counting all openings is nearly free, and where they are few nothing
/// can be deep.
fn check_depth(text: &str) -> Result<(), Detail> {
    if openings(text) > MAX_DEPTH && is_deeper_than(MAX_DEPTH, text) { Err(Detail::TooDeep) } else { Ok(()) }
}

/// How many objects and arrays begin in `text`, brackets in strings counted too. In runs whose count fits a byte, for
/// then a processor counts sixteen bytes at once.
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
    use crate::members::Place;

    /// Wants nothing, so that only the grammar is judged.
    struct NoFields;

    impl<'a> Members<'a> for NoFields {
        fn place(&mut self, _: &str) -> Option<Place<'_, 'a>> {
            None
        }
    }

    #[test]
    fn sixty_four_levels_are_read_and_one_more_is_not() {
        for (depth, expected) in [(64, Ok(Shape::Other)), (65, Err(Detail::TooDeep))] {
            let text = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
            assert_eq!(read(&text, &mut NoFields), expected, "{depth} levels");
        }
    }

    #[test]
    fn brackets_side_by_side_or_in_texts_are_not_deep() {
        let side_by_side = format!("[{}[]]", "[],".repeat(1000));
        let in_a_text = format!(r#"["{}\"{}", "]"]"#, "[".repeat(1000), "{".repeat(1000));
        for text in [side_by_side, in_a_text] {
            assert!(read(&text, &mut NoFields).is_ok());
        }
    }

    #[test]
    fn the_shape_of_a_value_is_told_from_what_is_wrong_with_it() {
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
