//! `ensilinja explain`.

use crate::cli::ExplainArguments;
use crate::outcome::Outcome;

/// Not written yet.
///
/// # Errors
/// Always.
pub fn explain(_arguments: &ExplainArguments) -> anyhow::Result<Outcome> {
    anyhow::bail!("not written yet")
}
