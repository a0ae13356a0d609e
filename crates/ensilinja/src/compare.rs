//! `ensilinja compare`.

use crate::cli::CompareArguments;
use crate::outcome::Outcome;

/// Not written yet.
///
/// # Errors
/// Always.
pub fn compare(_arguments: &CompareArguments) -> anyhow::Result<Outcome> {
    anyhow::bail!("not written yet")
}
