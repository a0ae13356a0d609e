//! Text in a page: escaped, so that no name can become markup.

use std::fmt::{Arguments, Write as _};

/// Text with the characters escaped that end a text or an attribute.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            letter => escaped.push(letter),
        }
    }
    escaped
}

/// Appends markup, whose texts are escaped already.
pub(super) fn push(markup: &mut String, arguments: Arguments<'_>) {
    markup.write_fmt(arguments).expect("writing to a string cannot fail");
}

/// Text in an element.
pub(super) fn element(name: &str, attributes: &str, text: &str) -> String {
    format!("<{name}{attributes}>{}</{name}>", escaped(text))
}

/// A number of pixels.
pub(super) fn pixels(number: f64) -> String {
    let text = format!("{number:.1}");
    text.strip_suffix(".0").map_or_else(|| text.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_can_end_neither_a_text_nor_an_attribute() {
        assert_eq!(escaped("</td><script>&\"'"), "&lt;/td&gt;&lt;script&gt;&amp;&quot;&#39;");
        assert_eq!(element("p", " class=\"note\"", "<b>"), "<p class=\"note\">&lt;b&gt;</p>");
    }

    #[test]
    fn pixels_have_at_most_one_decimal() {
        assert_eq!([12.0, 12.04, 12.25, 0.0].map(pixels), ["12", "12", "12.2", "0"]);
    }
}
