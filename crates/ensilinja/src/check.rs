//! `ensilinja check`.

use crate::cli::CheckArguments;
use crate::outcome::Outcome;

/// Not written yet.
///
/// # Errors
/// Always.
pub fn check(_arguments: &CheckArguments) -> anyhow::Result<Outcome> {
    anyhow::bail!("not written yet")
}
