//! The arguments of `dlq`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use ensilinja_kafka::{OffsetRange, RecordPosition};
use ensilinja_wire::{Detail, Reason};

use super::time_argument::TimeArgument;
use super::values::ListingArguments;
use super::values::one_of;

const LIST_EXAMPLES: &str = "\
Examples:
  ensilinja dlq list --config ensilinja.toml
  ensilinja dlq list --config ensilinja.toml --reason unknown_line --from 2026-03-02T08:00 --payload
  ensilinja dlq list --config ensilinja.toml --offsets 3:1200..1300 --limit 1000 --format json

Dead letters are counted by record, even if several processes have written one for the same record. Times are the
records' times of publication.";

const SHOW_EXAMPLES: &str = "\
Examples:
  ensilinja dlq show --config ensilinja.toml ensilinja.events/3/1207
  ensilinja dlq show --config ensilinja.toml ensilinja.events/3/1207 --payload
  ensilinja dlq show --config ensilinja.toml ensilinja.events/3/1207 --payload --format json";

const REDRIVE_EXAMPLES: &str = "\
Examples:
  ensilinja dlq redrive --config ensilinja.toml --reason unknown_line
  ensilinja dlq redrive --config ensilinja.toml --reason unknown_line --execute
  ensilinja dlq redrive --config ensilinja.toml --detail ahead_of_record --from 2026-03-02 --to 2026-03-03 --execute
  ensilinja dlq redrive --config ensilinja.toml --execute ensilinja.events/3/1207 ensilinja.events/0/88

Without --execute nothing is sent; the command says what would be. A record that this configuration still rejects is not
sent, because it would come back as a dead letter, so restart the live processes with this configuration first. Sending
a record twice changes no figure: if the command ends early, run it again.";

/// Arguments of `dlq`.
#[derive(Clone, Debug, PartialEq, Args)]
pub struct DlqArguments {
    /// What to do with dead letters.
    #[command(subcommand)]
    pub command: DlqCommand,
}

/// What can be done with dead letters.
#[derive(Clone, Debug, PartialEq, Subcommand)]
pub enum DlqCommand {
    /// List the records that could not be used: how many, why, and what to do
    List(ListLettersArguments),
    /// Print everything that is known about one record that could not be used
    Show(ShowLetterArguments),
    /// Send records to their topic again after a fix; without --execute, say what would be sent
    Redrive(RedriveArguments),
}

/// Where the dead letters are, and the configuration to check their records against.
#[derive(Clone, Debug, PartialEq, Args)]
pub struct LettersArguments {
    /// The configuration with the lines and the topics
    #[arg(long, value_name = "FILE", env = "ENSILINJA_CONFIG")]
    pub config: PathBuf,
    /// The brokers, instead of kafka.brokers
    #[arg(long, value_name = "HOST:PORT,...", env = "ENSILINJA_BROKERS", value_parser = ensilinja_config::parse_brokers)]
    pub brokers: Option<String>,
    /// Do not show progress
    #[arg(long)]
    pub quiet: bool,
}

/// The selection of dead letters.
#[derive(Clone, Debug, PartialEq, Args)]
pub struct SelectionArguments {
    /// Only records rejected for this reason; may be given several times
    #[arg(long = "reason", value_name = "REASON", value_parser = one_of(Reason::ALL, Reason::as_str))]
    pub reasons: Vec<Reason>,
    /// Only records with this fault, as `dlq list` names it; may be given several times
    #[arg(long = "detail", value_name = "DETAIL", hide_possible_values = true,
          value_parser = one_of(Detail::ALL, Detail::as_str))]
    pub details: Vec<Detail>,
    /// Only records that were published at this time or later
    #[arg(long, value_name = "TIME")]
    pub from: Option<TimeArgument>,
    /// Only records that were published before this time
    #[arg(long, value_name = "TIME")]
    pub to: Option<TimeArgument>,
    /// Only records of these offsets of the topic, such as 0:100..200,1:50..
    #[arg(long, value_name = "PARTITION:FROM..TO,...", value_delimiter = ',')]
    pub offsets: Vec<OffsetRange>,
}

/// Arguments of `dlq list`.
#[derive(Clone, Debug, PartialEq, Args)]
#[command(after_help = LIST_EXAMPLES)]
pub struct ListLettersArguments {
    /// Where the dead letters are.
    #[command(flatten)]
    pub letters: LettersArguments,
    /// The selection.
    #[command(flatten)]
    pub selection: SelectionArguments,
    /// Show the key and the beginning of the value of each record: they hold personal data
    #[arg(long)]
    pub payload: bool,
    /// The most dead letters to list, the latest first: 0 to 100000; all are counted
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u32).range(0..=100_000))]
    pub limit: u32,
    /// How the result is printed.
    #[command(flatten)]
    pub listing: ListingArguments,
}

/// Arguments of `dlq show`.
#[derive(Clone, Debug, PartialEq, Args)]
#[command(after_help = SHOW_EXAMPLES)]
pub struct ShowLetterArguments {
    /// Where the dead letters are.
    #[command(flatten)]
    pub letters: LettersArguments,
    /// The position of the record, as in `dlq list`
    #[arg(value_name = "TOPIC/PARTITION/OFFSET")]
    pub position: RecordPosition,
    /// Show the key, the value and the headers: they hold personal data
    #[arg(long)]
    pub payload: bool,
    /// How the result is printed.
    #[command(flatten)]
    pub listing: ListingArguments,
}

/// Arguments of `dlq redrive`.
#[derive(Clone, Debug, PartialEq, Args)]
#[command(after_help = REDRIVE_EXAMPLES)]
pub struct RedriveArguments {
    /// Where the dead letters are.
    #[command(flatten)]
    pub letters: LettersArguments,
    /// Only the records at these positions, as in `dlq list`; without any, all that the options select
    #[arg(value_name = "TOPIC/PARTITION/OFFSET")]
    pub positions: Vec<RecordPosition>,
    /// The selection.
    #[command(flatten)]
    pub selection: SelectionArguments,
    /// Send them; without this nothing is sent
    #[arg(long)]
    pub execute: bool,
    /// How the result is printed.
    #[command(flatten)]
    pub listing: ListingArguments,
}
