//! Where the server gets the figures and the state of the pipeline.

use ensilinja_catalogue::{Readiness, Snapshot};
use ensilinja_ledger::Intraday;

/// Gives the figures and the state of the pipeline.
pub trait SnapshotSource: Send + Sync + 'static {
    /// The state now. It is called on a thread that may block, because reading the figures can take a while.
    fn snapshot(&self) -> Snapshot;

    /// The course of the day up to now; `None` until the figures have been rebuilt. It may block like a snapshot.
    fn intraday(&self) -> Option<Intraday>;

    /// Whether the figures are complete now: the readiness of a [`snapshot`](Self::snapshot), without reading the
    /// figures. Probes ask for it every few seconds.
    fn readiness(&self) -> Readiness;
}
