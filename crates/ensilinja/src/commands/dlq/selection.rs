//! The selection of dead letters by the arguments.

use ensilinja_kafka::RecordPosition;
use ensilinja_lookback::dead_letters::SelectionRequest;
use jiff::tz::TimeZone;

use crate::cli::SelectionArguments;
use crate::usage_error::UsageError;

/// The selection that the arguments make among all dead letters, or among the dead letters about `positions` if there
/// are any.
///
/// # Errors
/// If a local time does not exist or comes twice.
pub fn selection_request(
    arguments: &SelectionArguments,
    positions: &[RecordPosition],
    zone: &TimeZone,
) -> Result<SelectionRequest, UsageError> {
    let SelectionArguments { reasons, details, from, to, offsets } = arguments.clone();
    Ok(SelectionRequest {
        reasons,
        details,
        from: from.map(|when| when.instant_of("--from", zone)).transpose()?,
        to: to.map(|when| when.instant_of("--to", zone)).transpose()?,
        offsets,
        positions: positions.to_vec(),
    })
}
