//! Escapes text from outside before it is shown in a terminal or on a page.
//!
//! A name, an id or a payload may contain characters that are not shown but have an effect: they move the cursor,
//! change colours, erase text, reverse the direction of writing, or are invisible. All text from outside is escaped
//! before it is printed. No information is lost, because each such character is replaced by its code.
//!
//! ```
//! use ensilinja_model::printable;
//!
//! assert_eq!(printable("päivä"), "päivä");
//! assert_eq!(printable("user\u{202e}nimda\u{1b}[2J"), r"user\u{202e}nimda\u{1b}[2J");
//! ```

use std::borrow::Cow;
use std::fmt::Write as _;

/// Whether a character is visible and has no other effect.
#[must_use]
pub fn is_printable(character: char) -> bool {
    let has_effect = character.is_control()
        || matches!(character,
            // Direction of writing: marks, embeddings, overrides and isolates.
            '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
            // Ends of lines and paragraphs.
            | '\u{2028}' | '\u{2029}'
            // Invisible: zero-width joiners and spaces, fillers, deprecated format characters, annotations.
            | '\u{00ad}' | '\u{034f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}' | '\u{3164}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}');
    !has_effect
}

/// The text with each unprintable character replaced by an escape such as `\n`, `\t` or `\u{202e}`.
#[must_use]
pub fn printable(text: &str) -> Cow<'_, str> {
    escaped(text, |_, _| false, |character, printed| printed.extend(character.escape_default()))
}

/// As [`printable`], but keeps line ends (`\n` or `\r\n`) and tabs.
#[must_use]
pub fn printable_lines(text: &str) -> Cow<'_, str> {
    escaped(text, is_layout, |character, printed| printed.extend(character.escape_default()))
}

/// As [`printable`] for a JSON document, which keeps its meaning: unprintable characters only occur in its strings,
/// where they are replaced by JSON escapes such as `\u202e`.
#[must_use]
pub fn printable_json(document: &str) -> Cow<'_, str> {
    escaped(document, is_layout, |character, printed| {
        for unit in character.encode_utf16(&mut [0; 2]) {
            write!(printed, "\\u{unit:04x}").expect("writing to a string never fails");
        }
    })
}

fn is_layout(character: char, next: Option<char>) -> bool {
    matches!((character, next), ('\n' | '\t', _) | ('\r', Some('\n')))
}

fn escaped(text: &str, is_kept: fn(char, Option<char>) -> bool, write_code: fn(char, &mut String)) -> Cow<'_, str> {
    if text.chars().all(is_printable) {
        return text.into();
    }
    let mut printed = String::with_capacity(text.len() + 16);
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        if is_printable(character) || is_kept(character, characters.peek().copied()) {
            printed.push(character);
        } else {
            write_code(character, &mut printed);
        }
    }
    printed.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_of_all_languages_and_emoji_are_kept() {
        let text = "Päivä, Ålund, Łódź, Ελλάδα, שלום, مرحبا, 日本 🙂 e\u{301} \u{a0}— „“";
        assert_eq!(printable(text), text);
        assert!(matches!(printable(text), Cow::Borrowed(_)));
    }

    #[test]
    fn characters_with_an_effect_or_without_a_shape_are_escaped() {
        let escaped = [
            '\0',
            '\u{7}',
            '\u{8}',
            '\u{1b}',
            '\u{7f}',
            '\u{85}',
            '\u{9b}',
            '\u{ad}',
            '\u{61c}',
            '\u{200b}',
            '\u{200c}',
            '\u{200d}',
            '\u{200e}',
            '\u{200f}',
            '\u{2028}',
            '\u{2029}',
            '\u{202a}',
            '\u{202b}',
            '\u{202c}',
            '\u{202d}',
            '\u{202e}',
            '\u{2060}',
            '\u{2066}',
            '\u{2067}',
            '\u{2068}',
            '\u{2069}',
            '\u{feff}',
            '\u{fff9}',
            '\u{e0001}',
            '\u{e007f}',
        ];
        for character in escaped {
            let text = format!("a{character}b");
            let code = format!("a\\u{{{:x}}}b", u32::from(character));
            assert_eq!(printable(&text), code);
            assert_eq!(printable_lines(&text), code);
            assert!(printable_json(&text).is_ascii());
        }
        assert_eq!(printable("a\tb\r\nc"), r"a\tb\r\nc");
        assert_eq!(printable_lines("a\tb\r\nc"), "a\tb\r\nc");
        assert_eq!(printable_lines("all is well\rbad"), r"all is well\rbad");
    }

    #[test]
    fn a_json_document_keeps_its_meaning() {
        assert_eq!(printable_json("{\"a\":\n \"b\u{202e}c\u{e0001}\"}"), "{\"a\":\n \"b\\u202ec\\udb40\\udc01\"}");
    }
}
