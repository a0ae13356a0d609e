//! Colours: used on a terminal that has them, unless `NO_COLOR` is set.

use std::ffi::OsStr;
use std::io::IsTerminal;

use clap::builder::styling::{AnsiColor, Style};

/// The meaning of a colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// All is well.
    Good,
    /// Needs attention.
    Doubtful,
    /// Something is wrong.
    Bad,
    /// Less important than the rest.
    Faint,
    /// A heading.
    Heading,
}

/// Whether to use colours on a stream.
#[must_use]
pub fn wanted_on(stream: &impl IsTerminal) -> bool {
    let [no_color, term] = ["NO_COLOR", "TERM"].map(std::env::var_os);
    stream.is_terminal() && allowed(no_color.as_deref(), term.as_deref())
}

/// Whether the values of `NO_COLOR` and `TERM` allow colours on a terminal.
fn allowed(no_color: Option<&OsStr>, term: Option<&OsStr>) -> bool {
    no_color.is_none_or(OsStr::is_empty) && term.is_none_or(|term| term != "dumb")
}

impl Colour {
    /// A text in this colour, if colours are used.
    #[must_use]
    pub fn paint(self, text: &str, wanted: bool) -> String {
        if !wanted {
            return text.to_owned();
        }
        let style = match self {
            Self::Good => AnsiColor::Green.on_default(),
            Self::Doubtful => AnsiColor::Yellow.on_default(),
            Self::Bad => AnsiColor::Red.on_default().bold(),
            Self::Faint => Style::new().dimmed(),
            Self::Heading => Style::new().bold(),
        };
        format!("{style}{text}{style:#}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_color_and_a_dumb_terminal_have_no_colours() {
        let allowed =
            |no_color: Option<&str>, term: Option<&str>| allowed(no_color.map(OsStr::new), term.map(OsStr::new));
        assert!(allowed(None, None) && allowed(Some(""), Some("xterm-256color")));
        assert!(!allowed(Some("1"), Some("xterm")) && !allowed(None, Some("dumb")));
    }

    #[test]
    fn a_colour_ends_with_its_text() {
        assert_eq!(Colour::Bad.paint("problem", false), "problem");
        assert_eq!(Colour::Bad.paint("problem", true), "\u{1b}[1m\u{1b}[31mproblem\u{1b}[0m");
    }
}
