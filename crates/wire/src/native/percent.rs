//! Percent encoding, as forms and plain events use it.

use std::borrow::Cow;

/// The text without percent encoding. A percent sign that encodes nothing stands for itself.
pub(crate) fn decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let bytes = text.as_bytes();
    let (mut plain, mut at) = (Vec::with_capacity(bytes.len()), 0);
    while let Some(byte) = bytes.get(at) {
        let code = bytes.get(at + 1..at + 3).filter(|code| *byte == b'%' && code.iter().all(u8::is_ascii_hexdigit));
        let code = code.and_then(|code| u8::from_str_radix(std::str::from_utf8(code).ok()?, 16).ok());
        plain.push(code.unwrap_or(*byte));
        at += if code.is_some() { 3 } else { 1 };
    }
    // Bytes that are no text are no encoding.
    String::from_utf8(plain).map_or(Cow::Borrowed(text), Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percent_signs_are_decoded_where_they_encode_a_text() {
        for (text, expected) in [
            ("callcenter%3A%3Ainfo", "callcenter::info"),
            ("line%40pbx.example", "line@pbx.example"),
            ("p%C3%A4iv%c3%a4", "päivä"),
            ("100%", "100%"),
            ("%4", "%4"),
            ("%zz%2", "%zz%2"),
            ("%25", "%"),
            ("%ff", "%ff"),
            ("plain", "plain"),
        ] {
            assert_eq!(decoded(text), expected);
        }
    }
}
