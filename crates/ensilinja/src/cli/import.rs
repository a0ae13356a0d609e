//! The arguments of `import`.

use std::path::PathBuf;

use clap::Args;

const EXAMPLES: &str = "\
Examples:
  ensilinja import calls.csv --columns calls.toml --output events.jsonl
  ensilinja import calls-*.csv.gz --columns calls.toml --config ensilinja.toml --output events.jsonl --force
  ensilinja import - --columns calls.toml --output - < calls.csv | gzip > events.jsonl.gz

The columns file says what the columns mean: docs/sources/csv.md has an example. Each row becomes the events of one
contact, and the other commands read the file of events. A row that cannot be read is refused as a whole, and standard
error says its line and why; a wrong outcome or answer is left out, and the contact counts. What a row says is not
repeated. Importing a file twice gives the same events.";

/// Arguments of `import`.
#[derive(Clone, Debug, PartialEq, Args)]
#[command(after_help = EXAMPLES)]
pub struct ImportArguments {
    /// The files of call records: CSV, plain or compressed with gzip or zstd; - is standard input
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// The columns file: the separator, the formats of times, and what is in which column
    #[arg(long, value_name = "FILE")]
    pub columns: PathBuf,
    /// Write the events to this file, one a line; - is standard output
    #[arg(long, value_name = "FILE")]
    pub output: PathBuf,
    /// Replace an existing file of --output once the new one is complete
    #[arg(long)]
    pub force: bool,
    /// The configuration with the lines: a columns file that names another line is refused
    #[arg(long, value_name = "FILE", env = "ENSILINJA_CONFIG")]
    pub config: Option<PathBuf>,
    /// Do not show progress
    #[arg(long)]
    pub quiet: bool,
}
