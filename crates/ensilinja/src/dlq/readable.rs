//! Bytes of a record as a text that a terminal can show: what it would obey, or cannot show, is written as a code.

use std::fmt::Write as _;

use ensilinja_model::is_printable;

/// The bytes as text. Control characters, marks that turn the direction of writing, and bytes that are no UTF-8 are
/// written as codes. At most `most` characters of the bytes are shown, and `...` says that there are more.
#[must_use]
pub fn readable(bytes: &[u8], most: usize) -> String {
    let (mut text, mut shown) = (String::new(), 0);
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            if shown == most {
                return text + "...";
            }
            shown += 1;
            if is_printable(character) {
                text.push(character);
            } else {
                text.extend(character.escape_default());
            }
        }
        for byte in chunk.invalid() {
            if shown == most {
                return text + "...";
            }
            shown += 1;
            write!(text, "\\x{byte:02x}").expect("a text takes what is written to it");
        }
    }
    text
}

/// The bytes as pairs of hexadecimal digits.
#[must_use]
pub fn hexadecimal(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        write!(text, "{byte:02x}").expect("a text takes what is written to it");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_stays_as_it_is() {
        assert_eq!(readable(r#"{"note":"päivä","path":"a\\b"}"#.as_bytes(), 100), r#"{"note":"päivä","path":"a\\b"}"#);
    }

    #[test]
    fn what_a_terminal_would_obey_is_written_as_a_code() {
        assert_eq!(readable(b"\x1b[2J\r\n\0", 100), r"\u{1b}[2J\r\n\u{0}");
        assert_eq!(readable("\u{9b}31m \u{202e}abc".as_bytes(), 100), r"\u{9b}31m \u{202e}abc");
    }

    #[test]
    fn what_is_not_utf8_is_written_byte_by_byte() {
        assert_eq!(readable(b"p\xe4iv\xe4", 100), r"p\xe4iv\xe4");
        assert_eq!(hexadecimal(b"p\xe4\x00"), "70e400");
    }

    #[test]
    fn what_is_too_long_says_so() {
        assert_eq!((readable(b"abcdef", 6), readable(b"abcdefg", 6)), ("abcdef".to_owned(), "abcdef...".to_owned()));
        assert_eq!(readable(b"\xff\xff", 1), r"\xff...");
    }
}
