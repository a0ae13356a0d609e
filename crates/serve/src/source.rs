//! Where the server gets the figures and the state of the pipeline.

use ensilinja_catalogue::{ContactList, DayComparison, NamedFigure, Readiness, Snapshot};
use ensilinja_ledger::{Intraday, Window};
use ensilinja_model::EventTime;

/// Gives the figures and the state of the pipeline.
pub trait SnapshotSource: Send + Sync + 'static {
    /// The state now. It is called on a thread that may block, because reading the figures can take a while.
    fn snapshot(&self) -> Snapshot;

    /// The course of the day up to now; `None` until the figures have been rebuilt. It may block like a snapshot.
    fn intraday(&self) -> Option<Intraday>;

    /// Whether the figures are complete now: the readiness of a [`snapshot`](Self::snapshot), without reading the
    /// figures. Probes ask for it every few seconds.
    fn readiness(&self) -> Readiness;

    /// The instants that can be looked back to now.
    fn memory(&self) -> Memory;

    /// The figures of an earlier instant with what is known now. It may block like a snapshot.
    ///
    /// # Errors
    /// What can be looked back to, if the instant is not among it.
    fn past(&self, at: EventTime) -> Result<PastFigures, Memory>;

    /// The day of a line beside other days, as of an instant, or as of now. It may block like a snapshot.
    ///
    /// # Errors
    /// What can be looked back to, if the instant is not among it.
    fn days(&self, line: usize, at: Option<EventTime>) -> Result<DayComparison, Memory>;

    /// Whether contacts may be listed.
    fn lists_contacts(&self) -> bool;

    /// The shard whose lines these are; `None` of a process that has all lines.
    fn shard(&self) -> Option<&str> {
        None
    }

    /// The contacts that figures of a line are made of. It may block like a snapshot.
    ///
    /// # Errors
    /// If the instant is not remembered, or the contacts do not add up to their figure.
    fn contacts(&self, question: &ContactsQuestion) -> Result<ContactList, ContactsRefusal>;
}

/// A question about the contacts of a figure.
#[derive(Clone, Debug)]
pub struct ContactsQuestion {
    /// The index of the line.
    pub line: usize,
    /// The figure; two of an indicator or a distribution.
    pub figures: Vec<NamedFigure>,
    /// Its window; `None` of figures of the instant itself.
    pub window: Option<Window>,
    /// The instant; `None` for now.
    pub at: Option<EventTime>,
}

/// Why the contacts of a figure cannot be listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContactsRefusal {
    /// The instant cannot be looked back to.
    NotRemembered(Memory),
    /// They do not add up, for this reason.
    Bug(String),
}

/// What can be looked back to: the instants from the first to the last, both included. `None` where nothing is known
/// yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory(pub Option<(EventTime, EventTime)>);

impl Memory {
    /// Whether this instant can be looked back to.
    #[must_use]
    pub fn reaches(self, at: EventTime) -> bool {
        self.0.is_some_and(|(first, last)| first <= at && at <= last)
    }
}

/// The figures of an earlier instant.
#[derive(Clone, Debug)]
pub struct PastFigures {
    /// The figures, with the state of the pipeline as it is now. `now` is the instant itself, and the figures are
    /// complete if history reaches far enough before it.
    pub snapshot: Snapshot,
    /// The day up to the instant.
    pub intraday: Intraday,
    /// When the figures were read: facts that were known by then count.
    pub known_at: EventTime,
}
