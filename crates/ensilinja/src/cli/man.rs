//! The arguments of `man`.

use std::path::PathBuf;

use clap::Args;

const EXAMPLES: &str = "\
Examples:
  ensilinja man
  ensilinja man check
  ensilinja man --output man1

A page is read by `ensilinja man check | man -l -`. The pages of a folder called man1 are found by man once the folder
above it is in MANPATH.";

/// Arguments of `man`.
#[derive(Clone, Debug, PartialEq, Args)]
#[command(after_help = EXAMPLES)]
pub struct ManArguments {
    /// The command to print the page of, such as check or dlq list; without it, the page of the program
    #[arg(value_name = "COMMAND", conflicts_with = "output")]
    pub page: Vec<String>,
    /// Write the pages of the program and all its commands to this folder, which is made if it is not there
    #[arg(long, value_name = "DIR")]
    pub output: Option<PathBuf>,
}
