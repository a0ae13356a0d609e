//! Ids of contacts: those of a file are checked, and a row without one gets an id from its contents.

use siphasher::sip128::SipHasher13;

use super::row_fault::RowFault;
use crate::MAX_CONTACT_BYTES;

/// The beginning of derived ids.
const DERIVED_PREFIX: &str = "row-";

/// An id of a file, if it may be the id of a contact.
pub(super) fn checked(id: &str) -> Result<&str, RowFault> {
    if id.len() > MAX_CONTACT_BYTES {
        Err(RowFault::IdTooLong)
    } else if is_telephone_number(id) || is_identity_code(id) {
        Err(RowFault::PersonalId)
    } else {
        Ok(id)
    }
}

/// An id made of the contents of a row: the same contents have the same id, in any file.
pub(super) fn derived<'a>(contents: impl Iterator<Item = Option<&'a str>>) -> String {
    let mut bytes = Vec::new();
    for content in contents {
        let content = content.unwrap_or_default();
        bytes.extend(content.len().to_le_bytes());
        bytes.extend(content.as_bytes());
    }
    format!("{DERIVED_PREFIX}{:032x}", SipHasher13::new().hash(&bytes).as_u128())
}

/// Whether a text is written as telephone numbers are: international, as a URI, or as a Finnish mobile number.
fn is_telephone_number(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    if ["tel:", "sip:", "sips:", "callto:"].iter().any(|scheme| lower.starts_with(scheme)) {
        return true;
    }
    let dense: String = text.chars().filter(|c| !matches!(c, ' ' | '-' | '(' | ')' | '\u{a0}')).collect();
    let digits = dense.strip_prefix('+').unwrap_or(&dense);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return false;
    }
    let is_mobile = (digits.starts_with("04") || digits.starts_with("050")) && (9..=11).contains(&digits.len());
    let is_international = dense.starts_with('+') || (digits.starts_with("00358") && digits.len() > 9);
    is_mobile || (is_international && (5..=15).contains(&digits.len()))
}

/// Whether a text is written as a Finnish personal identity code.
fn is_identity_code(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 11
        && bytes[..6].iter().all(u8::is_ascii_digit)
        && matches!(bytes[6].to_ascii_uppercase(), b'+' | b'-' | b'A'..=b'F' | b'U'..=b'Y')
        && bytes[7..10].iter().all(u8::is_ascii_digit)
        && bytes[10].is_ascii_alphanumeric()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_telephone_number_or_an_identity_code_is_no_id() {
        for text in [
            "+358401234567",
            "+358 40 123 4567",
            "tel:040",
            "SIP:a@b",
            "0401234567",
            "040 123-4567",
            "0501234567",
            "00358401234567",
            "131052-308T",
            "131052A308T",
        ] {
            assert_eq!(checked(text), Err(RowFault::PersonalId), "{text}");
        }
        for text in ["1700000001.17", "1234567890", "00000412", "c-1", "131052-3081-7", "+", "ä", "20250916-000017"] {
            assert_eq!(checked(text), Ok(text));
        }
        assert_eq!(checked(&"x".repeat(129)), Err(RowFault::IdTooLong));
    }

    #[test]
    fn an_id_depends_on_each_content_and_on_its_place() {
        let of = |contents: &[&'static str]| derived(contents.iter().map(|content| Some(*content)));
        assert_eq!(of(&["a", "b"]), of(&["a", "b"]));
        for other in [&["ab", ""][..], &["", "ab"], &["b", "a"], &["a", "b", ""]] {
            assert_ne!(of(&["a", "b"]), of(other), "{other:?}");
        }
        assert_eq!(of(&["a"]).len(), "row-".len() + 32);
    }
}
