//! The arguments of `archive`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::time_argument::TimeArgument;
use super::values::ListingArguments;

const CREATE_EXAMPLES: &str = "\
Examples:
  ensilinja archive create --config ensilinja.toml --from 2026-11-01 --to 2026-12-01 --output 2026-11.jsonl.zst
  ensilinja archive create --config ensilinja.toml --from 2026-11-01 --to 2026-12-01 --output 2026-11.jsonl.zst \
--pseudonymise archive.key

A record is in the range if its timestamp is. The file has this name only when it is complete and on the disk. After an
interruption the same command continues where it ended: what there is so far is in .NAME.partial beside the file.
Nothing is deleted from the topic, and nothing is committed.";

const VERIFY_EXAMPLES: &str = "\
Examples:
  ensilinja archive verify 2026-*.jsonl.zst
  ensilinja archive verify 2026-10.jsonl.zst 2026-11.jsonl.zst --format json

Every record is read. Overlaps do no harm: whatever reads archives counts each record once.";

const RESTORE_EXAMPLES: &str = "\
Examples:
  ensilinja archive restore 2026-*.jsonl.zst --config ensilinja.toml --topic ensilinja.restored
  ensilinja archive restore 2026-*.jsonl.zst --config ensilinja.toml --topic ensilinja.restored --execute

Without --execute nothing is written; the command says what would be. The topic has to exist, with
message.timestamp.type=CreateTime and a retention.ms that keeps the oldest record. It has to be empty, or to hold the
beginning of the same records, from a restore that was interrupted: then the same command continues it. If the topic has
as many partitions as that of the archives, each record goes to its own partition, else to that of its key.";

const ERASE_EXAMPLES: &str = "\
Examples:
  ensilinja archive erase 2026-11.jsonl.zst --contact 5f0c-17 --output 2026-11.erased.jsonl.zst
  ensilinja archive erase 2026-11.jsonl.zst --contact 5f0c-17 --pseudonymise archive.key --output new.jsonl.zst

The new archive lacks the records of the contact. Replace the old file by it, and all its copies. Past figures that
counted the contact are lower from then on.";

/// Arguments of `archive`.
#[derive(Clone, Debug, PartialEq, Args)]
pub struct ArchiveArguments {
    /// What to do with archives.
    #[command(subcommand)]
    pub command: ArchiveCommand,
}

/// What can be done with archives.
#[derive(Clone, Debug, PartialEq, Subcommand)]
pub enum ArchiveCommand {
    /// Write every record of the topics from a range of time to a file
    Create(CreateArchiveArguments),
    /// Check that archives are whole and unchanged, and that nothing is missing between them
    Verify(VerifyArchiveArguments),
    /// Write the records of archives to a topic; without --execute, say what would be written
    Restore(RestoreArchiveArguments),
    /// Write a new archive without the records of one contact
    Erase(EraseContactArguments),
}

/// Arguments of `archive create`.
#[derive(Clone, Debug, PartialEq, Args)]
#[command(after_help = CREATE_EXAMPLES)]
pub struct CreateArchiveArguments {
    /// The configuration with the topics
    #[arg(long, value_name = "FILE", env = "ENSILINJA_CONFIG")]
    pub config: PathBuf,
    /// The brokers, instead of kafka.brokers
    #[arg(long, value_name = "HOST:PORT,...", env = "ENSILINJA_BROKERS", value_parser = ensilinja_config::parse_brokers)]
    pub brokers: Option<String>,
    /// The beginning of the range
    #[arg(long, value_name = "TIME")]
    pub from: TimeArgument,
    /// The end of the range, itself excluded; not in the future
    #[arg(long, value_name = "TIME")]
    pub to: TimeArgument,
    /// The file to write; it must not exist
    #[arg(long, value_name = "FILE")]
    pub output: PathBuf,
    /// Replace the ids of contacts by a hash with the key in this file, and leave out all that no figure needs. The
    /// same key joins contacts over several archives. For events only
    #[arg(long, value_name = "KEYFILE")]
    pub pseudonymise: Option<PathBuf>,
    /// Do not show progress
    #[arg(long)]
    pub quiet: bool,
}

/// Arguments of `archive verify`.
#[derive(Clone, Debug, PartialEq, Args)]
#[command(after_help = VERIFY_EXAMPLES)]
pub struct VerifyArchiveArguments {
    /// The archives
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// Do not show progress
    #[arg(long)]
    pub quiet: bool,
    /// How the result is printed.
    #[command(flatten)]
    pub listing: ListingArguments,
}

/// Arguments of `archive restore`.
#[derive(Clone, Debug, PartialEq, Args)]
#[command(after_help = RESTORE_EXAMPLES)]
pub struct RestoreArchiveArguments {
    /// The archives
    #[arg(value_name = "FILE", required = true)]
    pub files: Vec<PathBuf>,
    /// The configuration with the brokers and how to connect to them
    #[arg(long, value_name = "FILE", env = "ENSILINJA_CONFIG")]
    pub config: PathBuf,
    /// The brokers, instead of kafka.brokers
    #[arg(long, value_name = "HOST:PORT,...", env = "ENSILINJA_BROKERS", value_parser = ensilinja_config::parse_brokers)]
    pub brokers: Option<String>,
    /// The topic to write to
    #[arg(long, value_name = "TOPIC")]
    pub topic: String,
    /// Write them; without this nothing is written
    #[arg(long)]
    pub execute: bool,
    /// Do not show progress
    #[arg(long)]
    pub quiet: bool,
}

/// Arguments of `archive erase`.
#[derive(Clone, Debug, PartialEq, Args)]
#[command(after_help = ERASE_EXAMPLES)]
pub struct EraseContactArguments {
    /// The archive
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// The id of the contact, as in the topic
    #[arg(long, value_name = "ID")]
    pub contact: String,
    /// The key that the ids of the archive were replaced with
    #[arg(long, value_name = "KEYFILE")]
    pub pseudonymise: Option<PathBuf>,
    /// The new archive; it must not exist
    #[arg(long, value_name = "FILE")]
    pub output: PathBuf,
    /// Do not show progress
    #[arg(long)]
    pub quiet: bool,
}
