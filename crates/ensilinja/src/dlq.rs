//! `ensilinja dlq`.

use crate::cli::DlqArguments;
use crate::outcome::Outcome;

/// Not written yet.
///
/// # Errors
/// Always.
pub fn dlq(_arguments: &DlqArguments) -> anyhow::Result<Outcome> {
    anyhow::bail!("not written yet")
}
