//! The context of questions about the past: the present by the wall clock, and a random key.

use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

use ensilinja_config::Config;
use ensilinja_lookback::{LookbackContext, Progress};

use crate::clock;
use crate::contact_key::random_key;

/// The context of a question that is asked now.
///
/// # Errors
/// If the system provides no randomness.
pub fn lookback_context<'a>(
    config: &'a Config,
    files: &'a [PathBuf],
    stop: &'a AtomicBool,
    progress: &'a dyn Progress,
) -> anyhow::Result<LookbackContext<'a>> {
    Ok(LookbackContext { config, files, key: random_key()?, now: clock::wall()(), stop, progress })
}
