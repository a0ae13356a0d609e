//! `ensilinja lines`.

use crate::cli::LinesArguments;
use crate::outcome::Outcome;

/// Not written yet.
///
/// # Errors
/// Always.
pub fn lines(_arguments: &LinesArguments) -> anyhow::Result<Outcome> {
    anyhow::bail!("not written yet")
}
