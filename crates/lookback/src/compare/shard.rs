//! A live process that has the lines of a shard: what it is compared with is narrowed to them.

use ensilinja_catalogue::FiguresDocument;
use ensilinja_config::{Config, suggestion};

use crate::error::LookbackError;

/// The positions of the lines that a live process has by a configuration: those of its shard, or all.
///
/// # Errors
/// If the configuration does not have the shard.
pub(super) fn lines_of(live: &FiguresDocument, config: &Config) -> Result<Vec<usize>, LookbackError> {
    let Some(name) = &live.shard else { return Ok((0..config.lines.len()).collect()) };
    if let Some(shard) = config.shards.iter().find(|shard| shard.name == *name) {
        return Ok(shard.lines.clone());
    }
    let known: Vec<&str> = config.shards.iter().map(|shard| shard.name.as_str()).collect();
    let advice = if known.is_empty() { "it has no shards".to_owned() } else { suggestion(name, known) };
    Err(LookbackError::NotComparable(format!(
        "the live process has the shard {name}, and the configuration does not ({advice}): give the configuration of the \
         process"
    )))
}

/// Narrows the figures of a run to the lines of a live process with a shard, if a configuration says which they are.
/// Then a line of the shard that the process does not have is a difference.
///
/// # Errors
/// If the configuration does not have the shard.
pub(super) fn narrow(
    run: &mut FiguresDocument,
    live: &FiguresDocument,
    config: Option<&Config>,
) -> Result<(), LookbackError> {
    if let Some(config) = config.filter(|_| live.shard.is_some()) {
        let lines = lines_of(live, config)?;
        run.lines.retain(|line| lines.iter().any(|place| config.lines[*place].id.as_str() == line.id));
        run.shard.clone_from(&live.shard);
    }
    Ok(())
}
