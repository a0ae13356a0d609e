//! Bytes of a record as text that is safe on a terminal: control characters and invalid bytes become codes.

use std::fmt::Write as _;

use ensilinja_model::is_printable;

/// The bytes as text. Control characters, marks that change the direction of writing, and bytes that are not UTF-8
/// become codes. At most `most` characters are shown; `...` stands for the rest.
#[must_use]
pub(crate) fn printable_bytes(bytes: &[u8], most: usize) -> String {
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
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
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
    fn printable_text_is_unchanged() {
        assert_eq!(
            printable_bytes(r#"{"note":"päivä","path":"a\\b"}"#.as_bytes(), 100),
            r#"{"note":"päivä","path":"a\\b"}"#
        );
    }

    #[test]
    fn control_characters_become_codes() {
        assert_eq!(printable_bytes(b"\x1b[2J\r\n\0", 100), r"\u{1b}[2J\r\n\u{0}");
        assert_eq!(printable_bytes("\u{9b}31m \u{202e}abc".as_bytes(), 100), r"\u{9b}31m \u{202e}abc");
    }

    #[test]
    fn invalid_bytes_become_codes_one_by_one() {
        assert_eq!(printable_bytes(b"p\xe4iv\xe4", 100), r"p\xe4iv\xe4");
        assert_eq!(hexadecimal(b"p\xe4\x00"), "70e400");
    }

    #[test]
    fn a_long_text_is_cut_with_an_ellipsis() {
        assert_eq!(
            (printable_bytes(b"abcdef", 6), printable_bytes(b"abcdefg", 6)),
            ("abcdef".to_owned(), "abcdef...".to_owned())
        );
        assert_eq!(printable_bytes(b"\xff\xff", 1), r"\xff...");
    }
}
