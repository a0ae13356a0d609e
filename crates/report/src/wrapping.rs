//! Wrapping of text to a width, as a terminal displays it.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Wraps text between words. A word that is wider than the line has a line of its own.
pub(crate) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.width() + 1 + word.width() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Wraps text between words, and a word that is wider than the line within it. Nothing is left out.
pub(crate) fn broken(text: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    let mut lines = Vec::new();
    for line in wrapped(text, width) {
        let mut part = String::new();
        for letter in line.chars() {
            if part.width() + letter.width().unwrap_or(0) > width && !part.is_empty() {
                lines.push(std::mem::take(&mut part));
            }
            part.push(letter);
        }
        lines.push(part);
    }
    lines
}

/// Lines of text wrapped to a width. What follows the first line of each is indented by two more than it.
///
/// ```
/// assert_eq!(ensilinja_report::fitted("  one two three\n", 11), "  one two\n    three\n");
/// ```
#[must_use]
pub fn fitted(text: &str, width: usize) -> String {
    let mut fitted = String::new();
    for line in text.lines() {
        if line.width() <= width {
            fitted.extend([line, "\n"]);
            continue;
        }
        let words = line.trim_start_matches(' ');
        let indent = line.len() - words.len();
        for (place, part) in broken(words, width.saturating_sub(indent + 2)).iter().enumerate() {
            let indent = if place == 0 { indent } else { indent + 2 };
            fitted.push_str(&" ".repeat(indent));
            fitted.extend([part.trim(), "\n"]);
        }
    }
    fitted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_not_split() {
        assert_eq!(wrapped("Ratkaisu% ensikontaktissa (n)", 12), ["Ratkaisu%", "ensikontaktissa", "(n)"]);
    }

    #[test]
    fn a_long_word_is_broken_and_nothing_is_lost() {
        assert_eq!(broken("a contact-of-17 b", 8), ["a", "contact-", "of-17", "b"]);
        assert_eq!(broken("電話電話", 4), ["電話", "電話"]);
        assert_eq!(broken("", 4), [""]);
    }

    #[test]
    fn lines_that_fit_stay_as_they_are() {
        assert_eq!(fitted("a\n\n  b  c\n", 6), "a\n\n  b  c\n");
        assert_eq!(fitted("  hours   Mo-Fr 08:00\n", 14), "  hours\n    Mo-Fr\n    08:00\n");
    }
}
