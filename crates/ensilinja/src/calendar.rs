//! `ensilinja calendar`.

use crate::cli::CalendarArguments;
use crate::outcome::Outcome;

/// Not written yet.
///
/// # Errors
/// Always.
pub fn calendar(_arguments: &CalendarArguments) -> anyhow::Result<Outcome> {
    anyhow::bail!("not written yet")
}
