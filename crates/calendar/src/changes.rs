//! The openings and closings of a line, and the open time between two instants.
//!
//! A *change* is an instant at which a line opens or closes. Changes are in ascending order and alternate. The line is
//! open from an opening (included) to a closing (excluded). Adjoining hours, at midnight or within a day, make no
//! change. Before the first change and after the last one the line keeps its state forever.
//!
//! Open time is measured by a clock that runs while the line is open and stops while it is closed:
//!
//! ```text
//! line        ____________|=========|_____|=========|______________
//! clock    ...  0    0    0 1 2 3 4 5     5 6 7 8 9 10   10   10 ...
//! ```
//!
//! The open time between two instants is the difference of their clock readings. The first or last instant with a given
//! reading is found by binary search.

use ensilinja_model::EventTime;

/// The changes of a line from some instant on. At position `n` of the list the line has changed `n` times.
pub(crate) struct Changes {
    /// The instant at which the clock reads 0.
    start: EventTime,
    open_at_start: bool,
    instants: Box<[EventTime]>,
    /// The clock reading at each of `instants`.
    open_ms: Box<[i64]>,
}

impl Changes {
    /// The changes of a line that is open or closed at `start`. `instants` must be after `start` and strictly
    /// ascending.
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

    /// The instants of the changes.
    pub(crate) fn instants(&self) -> &[EventTime] {
        &self.instants
    }

    /// Whether the line is open after `passed` changes.
    pub(crate) fn is_open_after(&self, passed: usize) -> bool {
        self.open_at_start ^ (passed % 2 == 1)
    }

    /// The clock reading at `at`. `passed` must be the number of changes at or before `at`. The reading is negative
    /// before the start if the line was open then.
    pub(crate) fn clock(&self, at: EventTime, passed: usize) -> i64 {
        let (since, clock) = self.segment(passed);
        if self.is_open_after(passed) { clock.saturating_add(at.millis_since(since)) } else { clock }
    }

    /// The first instant at which the clock reads at least `clock`. For a line that is closed before its first change,
    /// `clock` must be positive, because the clock has always read 0.
    pub(crate) fn first_reading(&self, clock: i64) -> Option<EventTime> {
        self.reading(clock, self.open_ms.partition_point(|reading| *reading < clock))
    }

    /// The last instant at which the clock reads at most `clock`. For a line that is closed after its last change,
    /// `clock` must be below the final reading, which lasts forever.
    pub(crate) fn last_reading(&self, clock: i64) -> Option<EventTime> {
        self.reading(clock, self.open_ms.partition_point(|reading| *reading <= clock))
    }

    /// The instant at which the clock reads `clock` in the segment after `passed` changes; `None` if it is stopped
    /// there.
    fn reading(&self, clock: i64, passed: usize) -> Option<EventTime> {
        let (since, reading) = self.segment(passed);
        self.is_open_after(passed).then(|| since.plus_millis(clock.saturating_sub(reading)))
    }

    /// The start of the segment after `passed` changes, and the clock reading there. The first segment has no beginning
    /// and is measured from `start`.
    fn segment(&self, passed: usize) -> (EventTime, i64) {
        passed.checked_sub(1).map_or((self.start, 0), |change| (self.instants[change], self.open_ms[change]))
    }
}
