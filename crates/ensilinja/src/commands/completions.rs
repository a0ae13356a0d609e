//! `ensilinja completions`: shell completions, from the table of commands.

use clap_complete::Shell;

use crate::cli;
use crate::console::standard_output::print;
use crate::outcome::Outcome;

/// Prints the completions for a shell.
///
/// # Errors
/// If they cannot be written.
pub fn completions(shell: Shell) -> anyhow::Result<Outcome> {
    let mut table = cli::table();
    let name = table.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut table, name, &mut script);
    print(&String::from_utf8(script)?)?;
    Ok(Outcome::Done)
}
