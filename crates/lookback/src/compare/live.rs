//! Asking live processes for their figures.

use std::thread;
use std::time::Duration;

use ensilinja_catalogue::FiguresDocument;
use ensilinja_model::EventTime;

use super::figures_endpoint::FiguresEndpoint;
use crate::error::LookbackError;

/// How often two processes are asked until their figures are of the same instant, which is a whole second.
const MOST_TRIES: usize = 20;

/// The pause before they are asked again.
const PAUSE: Duration = Duration::from_millis(150);

/// The figures of a process, and their instant.
///
/// # Errors
/// If it does not answer, or has no figures yet.
pub(super) fn ask(process: &dyn FiguresEndpoint) -> Result<(FiguresDocument, EventTime), LookbackError> {
    let address = process.address();
    let text = process.ask().map_err(LookbackError::Live)?;
    let figures = FiguresDocument::parse(&text)
        .map_err(|why| LookbackError::NotComparable(format!("{address} is not a process of Ensilinja: {why}")))?;
    let reasons = figures.reasons.join("; ");
    let Some(as_of) = figures.as_of else {
        return Err(LookbackError::NotComparable(format!(
            "{address} has no figures yet: it is still reading ({reasons}); try again when {address}/readyz says ready"
        )));
    };
    if !figures.complete {
        tracing::warn!(address, reasons, "figures of the live process are not complete");
    }
    Ok((figures, as_of))
}

/// The figures of two processes at the same instant.
///
/// # Errors
/// If one does not answer or has no figures yet, or their figures are never of the same instant.
pub(super) fn ask_both(
    one: &dyn FiguresEndpoint,
    other: &dyn FiguresEndpoint,
) -> Result<(EventTime, [FiguresDocument; 2]), LookbackError> {
    let mut apart_ms = 0;
    for _ in 0..MOST_TRIES {
        let (of_one, of_other) = thread::scope(|scope| {
            let other = scope.spawn(|| ask(other));
            (ask(one), other.join())
        });
        let (of_one, as_of) = of_one?;
        let (of_other, other_as_of) = of_other.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        if as_of == other_as_of {
            return Ok((as_of, [of_one, of_other]));
        }
        apart_ms = as_of.millis_since(other_as_of);
        thread::sleep(PAUSE);
    }
    let [one, other] = [one, other].map(FiguresEndpoint::address);
    let (ahead, behind) = if apart_ms > 0 { (one, other) } else { (other, one) };
    Err(LookbackError::NotComparable(format!(
        "the figures of {behind} are {} s older than those of {ahead}, so they are never of the same instant: see \
         {behind}/readyz",
        apart_ms.abs() / 1000
    )))
}
