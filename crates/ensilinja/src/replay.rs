//! `ensilinja replay`.

use crate::cli::ReplayArguments;
use crate::outcome::Outcome;

/// Not written yet.
///
/// # Errors
/// Always.
pub fn replay(_arguments: &ReplayArguments) -> anyhow::Result<Outcome> {
    anyhow::bail!("not written yet")
}
