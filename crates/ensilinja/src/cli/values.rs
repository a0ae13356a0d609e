//! Arguments and values that several commands share.

use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use ensilinja_model::LineId;
use ensilinja_report::{Breakdown, Language};

use crate::console::standard_output::{ListingFormat, terminal_width};

/// The format of a listing.
#[derive(Clone, Copy, Debug, PartialEq, Args)]
pub struct ListingArguments {
    /// The format: a table for people, or JSON for programs
    #[arg(long, value_name = "FORMAT", default_value = "table",
          value_parser = one_of(ListingFormat::ALL, ListingFormat::as_str))]
    pub format: ListingFormat,
    /// The width of a table, in characters, 60 to 1000; without it, the width of the terminal, or as wide as it needs
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(60..=1000))]
    pub width: Option<u16>,
}

/// How a live process is asked.
#[derive(Clone, Debug, Default, PartialEq, Args)]
pub struct AccessArguments {
    /// TLS, user and password for the live process, in the format of Prometheus' `promtool`; docs/SECURITY.md has an
    /// example
    #[arg(long = "http.config.file", value_name = "FILE", env = "ENSILINJA_HTTP_CONFIG_FILE")]
    pub http_config_file: Option<PathBuf>,
}

impl ListingArguments {
    /// The width of tables: the given one, or that of the terminal. Elsewhere lines are as long as they need, for
    /// programs that read them.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width.or_else(terminal_width).map_or(usize::MAX, usize::from)
    }
}

/// Parses one member of a closed set by its name.
pub(super) fn one_of<T: Copy + Send + Sync + 'static>(
    all: &'static [T],
    as_str: fn(T) -> &'static str,
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(all.iter().map(|member| as_str(*member))).map(move |name| {
        let found = all.iter().copied().find(|member| as_str(*member) == name);
        found.expect("the possible values are the names")
    })
}

/// The rows of a report.
pub(super) fn by() -> impl TypedValueParser<Value = Breakdown> {
    one_of(
        &[Breakdown::Line, Breakdown::Group, Breakdown::Month, Breakdown::Quarter, Breakdown::Day, Breakdown::Hour],
        Breakdown::as_str,
    )
}

/// A language.
pub(super) fn language() -> impl TypedValueParser<Value = Language> {
    one_of(Language::ALL, Language::as_str)
}

/// The id of a line.
pub(super) fn line_id(text: &str) -> Result<LineId, &'static str> {
    LineId::parse(text).map_err(|_| "it should be the id of a line: 1 to 40 of a-z, 0-9 and _, such as mipa_chat")
}
