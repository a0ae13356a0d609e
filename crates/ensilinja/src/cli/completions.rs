//! The arguments of `completions`.

use clap::Args;
use clap_complete::Shell;

const EXAMPLES: &str = "\
Examples:
  ensilinja completions bash
  ensilinja completions fish

Where shells look for completions: ~/.local/share/bash-completion/completions/ensilinja for bash,
~/.config/fish/completions/ensilinja.fish for fish, and a file _ensilinja in a folder of $fpath for zsh.";

/// Arguments of `completions`.
#[derive(Clone, Debug, PartialEq, Args)]
#[command(after_help = EXAMPLES)]
pub struct CompletionsArguments {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub shell: Shell,
}
