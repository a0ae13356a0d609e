//! When a line opens and closes, and how much open time lies between two instants.
//!
//! A *change* is an instant at which a line opens or closes. Changes come in order and alternate; the line is open from
//! an opening (which counts) to a closing (which does not). Hours that meet, at midnight or within a day, change
//! nothing. Before the first change and after the last one the line keeps its state for ever.
//!
//! Open time is measured by one clock that runs while the line is open and stands still while it is closed:
//!
//! ```text
//! line        ____________|=========|_____|=========|______________
//! clock    ...  0    0    0 1 2 3 4 5     5 6 7 8 9 10   10   10 ...
//! ```
//!
//! The open time between two instants is the difference of the clock. The first instant at which the clock shows some
//! time, or the last one, is found by a search in the list.

use ensilinja_model::EventTime;

/// The changes of a line from some instant on. A position in the list stands for what has happened before it: at
/// position `n` the line has changed `n` times.
pub(crate) struct Changes {
    /// Where the clock of open time shows 0.
    start: EventTime,
    open_at_start: bool,
    instants: Box<[EventTime]>,
    /// What the clock of open time shows at each of `instants`.
    open_ms: Box<[i64]>,
}

impl Changes {
    /// A line that is open at `start`, or not, and changes at `instants`: all after `start`, strictly ascending.
    pub(crate) fn new(start: EventTime, open_at_start: bool, instants: Vec<EventTime>) -> Self {
        let mut open_ms = Vec::with_capacity(instants.len());
        let (mut since, mut open, mut clock) = (start, open_at_start, 0);
        for change in &instants {
            clock += if open { change.millis_since(since) } else { 0 };
            open_ms.push(clock);
            (since, open) = (*change, !open);
        }
        Self { start, open_at_start, instants: instants.into(), open_ms: open_ms.into() }
    }

    /// When the line changes.
    pub(crate) fn instants(&self) -> &[EventTime] {
        &self.instants
    }

    /// Whether the line is open after `passed` changes.
    pub(crate) fn is_open_after(&self, passed: usize) -> bool {
        self.open_at_start ^ (passed % 2 == 1)
    }

    /// What the clock of open time shows at `at`, before which, or at which, the line has changed `passed` times.
    /// Negative before the start of a line that was open then.
    pub(crate) fn clock(&self, at: EventTime, passed: usize) -> i64 {
        let (since, clock) = self.stretch(passed);
        if self.is_open_after(passed) { clock.saturating_add(at.millis_since(since)) } else { clock }
    }

    /// The first instant at which the clock shows at least `clock`; it is to be asked for times that the clock has not
    /// shown for ever.
    pub(crate) fn first_showing(&self, clock: i64) -> Option<EventTime> {
        self.showing(clock, self.open_ms.partition_point(|shown| *shown < clock))
    }

    /// The last instant at which the clock shows at most `clock`; it is to be asked for times that the clock does not
    /// show for ever.
    pub(crate) fn last_showing(&self, clock: i64) -> Option<EventTime> {
        self.showing(clock, self.open_ms.partition_point(|shown| *shown <= clock))
    }

    /// When the clock shows `clock` in the stretch after `passed` changes, if it runs there.
    fn showing(&self, clock: i64, passed: usize) -> Option<EventTime> {
        let (since, shown) = self.stretch(passed);
        self.is_open_after(passed).then(|| since.plus_millis(clock.saturating_sub(shown)))
    }

    /// When the stretch after `passed` changes begins, and what the clock shows there. The first one is taken from
    /// `start`, though it has no beginning.
    fn stretch(&self, passed: usize) -> (EventTime, i64) {
        passed.checked_sub(1).map_or((self.start, 0), |change| (self.instants[change], self.open_ms[change]))
    }
}
