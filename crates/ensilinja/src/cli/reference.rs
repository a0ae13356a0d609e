//! The arguments of `completions` and `man`.

use std::path::PathBuf;

use clap::Args;
use clap_complete::Shell;

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  ensilinja completions bash
  ensilinja completions fish

Where shells look for completions: ~/.local/share/bash-completion/completions/ensilinja for bash,
~/.config/fish/completions/ensilinja.fish for fish, and a file _ensilinja in a folder of $fpath for zsh.";

/// Arguments of `completions`.
#[derive(Clone, Debug, PartialEq, Args)]
#[command(after_help = COMPLETIONS_EXAMPLES)]
pub struct CompletionsArguments {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub shell: Shell,
}

const MAN_EXAMPLES: &str = "\
Examples:
  ensilinja man
  ensilinja man check
  ensilinja man --output man1

Read a page with `ensilinja man check | man -l -`. man finds the pages in a folder called man1 if its parent folder is
in MANPATH.";

/// Arguments of `man`.
#[derive(Clone, Debug, PartialEq, Args)]
#[command(after_help = MAN_EXAMPLES)]
pub struct ManArguments {
    /// The command whose page to print, such as check or dlq list; without it, the page of the program
    #[arg(value_name = "COMMAND", conflicts_with = "output")]
    pub page: Vec<String>,
    /// Write the pages of the program and all its commands to this folder, which is created if necessary
    #[arg(long, value_name = "DIR")]
    pub output: Option<PathBuf>,
}
