//! Colours: on a terminal only, and not where `NO_COLOR` is set.

use std::io::IsTerminal;

use clap::builder::styling::{AnsiColor, Style};

/// What a colour says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// All is well.
    Good,
    /// Somebody should look at it.
    Doubtful,
    /// Something is wrong.
    Bad,
    /// It matters less than the rest.
    Faint,
    /// It is what the following is about.
    Heading,
}

/// Whether colours are wanted on a stream, whose terminal it is or not.
#[must_use]
pub fn wanted_on(stream: &impl IsTerminal) -> bool {
    stream.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

impl Colour {
    /// A text in this colour, if colours are wanted.
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
    fn a_colour_ends_where_its_text_ends_and_is_not_there_where_it_is_not_wanted() {
        assert_eq!(Colour::Bad.paint("problem", false), "problem");
        assert_eq!(Colour::Bad.paint("problem", true), "\u{1b}[1m\u{1b}[31mproblem\u{1b}[0m");
    }
}
