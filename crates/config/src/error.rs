//! What is wrong with a configuration.

use ensilinja_model::LineId;

/// Why a configuration was refused. Its text is one line: where, what is written there, what would be right.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read as text.
    #[error("{file}: cannot be read: {reason}; say which configuration to use with --config FILE")]
    Unreadable {
        /// The file, by the name that the caller gave.
        file: String,
        /// Why, as the operating system says.
        reason: String,
    },
    /// The file is not TOML.
    #[error("{file}:{line}:{column}: is not TOML: {problem}")]
    Syntax {
        /// The file, by the name that the caller gave.
        file: String,
        /// The line of the file, from 1.
        line: usize,
        /// The character in that line, from 1.
        column: usize,
        /// What the parser says.
        problem: String,
    },
    /// The file is not YAML. What the parser says is left out: it quotes the text, which may hold a secret.
    #[error(
        "{file}:{line}:{column}: is not YAML: check the indentation, colons and quotes there, and that no key comes twice"
    )]
    NotYaml {
        /// The file, by the name that the caller gave.
        file: String,
        /// The line of the file, from 1.
        line: usize,
        /// The character in that line, from 1.
        column: usize,
    },
    /// A value is missing, unknown, or makes no sense.
    #[error("{file}:{line}: {key} is {found}; {advice}")]
    Refused {
        /// The file, by the name that the caller gave.
        file: String,
        /// The line of the file, from 1.
        line: usize,
        /// The whole path of the key, such as `line[mipa].threshold`.
        key: String,
        /// The value as it is written; or `missing`, or `unknown`.
        found: String,
        /// What would be right.
        advice: String,
    },
}

/// A line was asked for that is not configured.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("--line {id} is not a configured line; {advice}")]
pub struct UnknownLine {
    /// The id that was asked for.
    pub id: LineId,
    /// The line that was probably meant, or the lines that there are.
    pub advice: String,
}
