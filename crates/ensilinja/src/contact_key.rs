//! The key of the hash of contact ids: drawn for each process, and never shown.

use anyhow::Context as _;

/// A random key.
///
/// # Errors
/// If the system provides no randomness.
pub fn random_key() -> anyhow::Result<[u8; 16]> {
    let mut key = [0; 16];
    getrandom::fill(&mut key).context("the system provides no randomness")?;
    Ok(key)
}
