//! The end of a command's help, after its arguments, in parts: for the man pages and docs/COMMANDS.md.
//!
//! ```text
//! Examples:                          a heading, and indented lines that are printed as they are
//!   ensilinja run --config a.toml
//!
//! The configuration is checked.      a paragraph
//! ```

/// A part of the end of a help text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Lines under a heading, to be printed as they are.
    Lines {
        /// The heading, without its colon.
        heading: String,
        /// The lines, without their indent.
        lines: Vec<String>,
    },
    /// A paragraph, joined to one line.
    Paragraph(String),
}

/// The indent of lines under a heading.
const INDENT: &str = "  ";

/// The parts of a text.
#[must_use]
pub fn parts(text: &str) -> Vec<Part> {
    let blocks = text.split("\n\n").map(|block| block.trim_matches('\n')).filter(|block| !block.is_empty());
    blocks.map(part).collect()
}

fn part(block: &str) -> Part {
    let (first, rest) = block.split_once('\n').unwrap_or((block, ""));
    match first.strip_suffix(':') {
        Some(heading) if rest.lines().all(|line| line.starts_with(INDENT)) && !rest.is_empty() => Part::Lines {
            heading: heading.to_owned(),
            lines: rest.lines().map(|line| line[INDENT.len()..].to_owned()).collect(),
        },
        _ => Part::Paragraph(block.lines().map(str::trim).collect::<Vec<_>>().join(" ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_keep_their_lines_and_paragraphs_become_one_line() {
        let text = "Examples:\n  ensilinja run\n    --config a\n\nIt is\nchecked:\nalways.\n\nExit status:\n  0  fine";
        let lines = |heading: &str, lines: &[&str]| Part::Lines {
            heading: heading.to_owned(),
            lines: lines.iter().map(|line| (*line).to_owned()).collect(),
        };
        assert_eq!(
            parts(text),
            [
                lines("Examples", &["ensilinja run", "  --config a"]),
                Part::Paragraph("It is checked: always.".to_owned()),
                lines("Exit status", &["0  fine"]),
            ]
        );
    }
}
