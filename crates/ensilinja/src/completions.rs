//! `ensilinja completions`: what makes a shell complete the words of a command line, from the table of commands.

use crate::cli::{self, CompletionsArguments};
use crate::outcome::Outcome;
use crate::standard_output::print;

/// Prints the completions for a shell.
///
/// # Errors
/// If they cannot be written.
pub fn completions(arguments: &CompletionsArguments) -> anyhow::Result<Outcome> {
    let mut table = cli::table();
    let name = table.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut table, name, &mut script);
    print(&String::from_utf8(script)?)?;
    Ok(Outcome::Done)
}
