//! Text from outside as a terminal or a page can show it: what they would obey is written as a code.
//!
//! A name, an id or a payload can hold characters that are not shown but *do* something: move the cursor, recolour or
//! erase what stands there, turn the direction of writing so that a text reads as another, or hide in it. Whatever
//! came from outside passes through here before it is printed; nothing of it is lost, for each such character is
//! written as its code.
//!
//! ```
//! use ensilinja_model::printable;
//!
//! assert_eq!(printable("päivä"), "päivä");
//! assert_eq!(printable("user\u{202e}nimda\u{1b}[2J"), r"user\u{202e}nimda\u{1b}[2J");
//! ```

use std::borrow::Cow;
use std::fmt::Write as _;

/// Whether a character is shown, and does nothing else.
#[must_use]
pub fn is_printable(character: char) -> bool {
    let obeyed = character.is_control()
        || matches!(character,
            // The direction of writing: marks, embeddings, overrides and isolates.
            '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
            // Ends of lines and paragraphs.
            | '\u{2028}' | '\u{2029}'
            // Nothing to see: joiners and spaces without width, fillers, deprecated format characters, annotations.
            | '\u{00ad}' | '\u{034f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200d}' | '\u{2060}'..='\u{2065}' | '\u{206a}'..='\u{206f}' | '\u{3164}'
            | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}');
    !obeyed
}

/// The text, with a code in place of each character that is not printable: `\n`, `\t` and the like, or `\u{202e}`.
#[must_use]
pub fn printable(text: &str) -> Cow<'_, str> {
    written(text, |_, _| false, |character, printed| printed.extend(character.escape_default()))
}

/// The same of a text in lines, whose ends (`\n` or `\r\n`) and tabulators are kept.
#[must_use]
pub fn printable_lines(text: &str) -> Cow<'_, str> {
    written(text, is_layout, |character, printed| printed.extend(character.escape_default()))
}

/// The same of a document of JSON, which means the same as before: what is not printable stands in its texts, and is
/// written in them as JSON does, `\u202e`.
#[must_use]
pub fn printable_json(document: &str) -> Cow<'_, str> {
    written(document, is_layout, |character, printed| {
        for unit in character.encode_utf16(&mut [0; 2]) {
            write!(printed, "\\u{unit:04x}").expect("a text takes what is written to it");
        }
    })
}

fn is_layout(character: char, next: Option<char>) -> bool {
    matches!((character, next), ('\n' | '\t', _) | ('\r', Some('\n')))
}

fn written(text: &str, is_kept: fn(char, Option<char>) -> bool, write_code: fn(char, &mut String)) -> Cow<'_, str> {
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
    fn letters_of_all_languages_and_pictures_are_shown() {
        let text = "Päivä, Ålund, Łódź, Ελλάδα, שלום, مرحبا, 日本 🙂 e\u{301} \u{a0}— „“";
        assert_eq!(printable(text), text);
        assert!(matches!(printable(text), Cow::Borrowed(_)));
    }

    #[test]
    fn what_is_obeyed_or_hidden_is_written_as_a_code() {
        let obeyed = [
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
        for character in obeyed {
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
    fn a_document_of_json_means_the_same() {
        assert_eq!(printable_json("{\"a\":\n \"b\u{202e}c\u{e0001}\"}"), "{\"a\":\n \"b\\u202ec\\udb40\\udc01\"}");
    }
}
