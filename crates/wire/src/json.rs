//! Bytes as JSON: UTF-8, bounded in depth, exactly one value, and why not.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Deserializer;
use serde_json::error::Category;

use crate::Detail;

/// How deep objects and arrays may be nested. An event needs two; what others add is ignored, but a reader of the
/// same record whose parser recurses must not die of it.
const MAX_DEPTH: usize = 64;

/// Reads the one JSON value in `text`. `T` must accept a value of any shape, so that all it can object to is a member
/// that occurs twice.
pub(crate) fn read<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Detail> {
    check_depth(text)?;
    let mut deserializer = Deserializer::from_str(text);
    let value = T::deserialize(&mut deserializer).map_err(|error| match error.classify() {
        Category::Eof => Detail::Truncated,
        Category::Data => Detail::DuplicateKey,
        Category::Syntax | Category::Io => Detail::NotJson,
    })?;
    deserializer.end().map_err(|_| Detail::TrailingData)?;
    Ok(value)
}

/// Reads the one JSON object in `text`; on other shapes than an object `T` is not asked.
pub(crate) fn read_object<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, Detail> {
    if text.trim_ascii_start().starts_with('{') {
        return read(text);
    }
    read::<IgnoredAny>(text)?;
    Err(Detail::NotAnObject)
}

/// Checks the depth before the parser meets it. Counting all openings is nearly free, and where they are few nothing
/// can be deep.
fn check_depth(text: &str) -> Result<(), Detail> {
    let openings = text.bytes().filter(|byte| matches!(byte, b'{' | b'[')).count();
    if openings > MAX_DEPTH && is_deeper_than(MAX_DEPTH, text) { Err(Detail::TooDeep) } else { Ok(()) }
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

    #[test]
    fn sixty_four_levels_are_read_and_one_more_is_not() {
        for (depth, expected) in [(64, Ok(())), (65, Err(Detail::TooDeep))] {
            let text = format!("{}{}", "[".repeat(depth), "]".repeat(depth));
            assert_eq!(read::<IgnoredAny>(&text).map(|_| ()), expected, "{depth} levels");
        }
    }

    #[test]
    fn brackets_side_by_side_or_in_texts_are_not_deep() {
        let side_by_side = format!("[{}[]]", "[],".repeat(1000));
        let in_a_text = format!(r#"["{}\"{}", "]"]"#, "[".repeat(1000), "{".repeat(1000));
        for text in [side_by_side, in_a_text] {
            assert!(read::<IgnoredAny>(&text).is_ok());
        }
    }

    #[test]
    fn a_value_that_is_no_object_is_told_from_one_that_is_no_json() {
        for (text, detail) in [
            ("[1]", Detail::NotAnObject),
            ("null", Detail::NotAnObject),
            (" \n 7 ", Detail::NotAnObject),
            ("", Detail::Truncated),
            ("  ", Detail::Truncated),
            ("[1", Detail::Truncated),
            ("nul", Detail::Truncated),
            ("hello", Detail::NotJson),
            ("[1] [2]", Detail::TrailingData),
        ] {
            assert_eq!(read_object::<IgnoredAny>(text).map(|_| ()), Err(detail), "{text:?}");
        }
    }
}
