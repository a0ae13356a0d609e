//! Progress of long work: a trait that the console of the program implements.

use ensilinja_model::EventTime;

/// How far the work is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ProgressUpdate {
    /// The part that is done, in the unit of `total`: offsets, bytes or instants.
    pub done: u64,
    /// The size of the whole; `None` where it is unknown.
    pub total: Option<u64>,
    /// The events, records or letters processed so far.
    pub count: u64,
    /// The time that the events have reached.
    pub at: Option<EventTime>,
}

/// Receives the progress of long work.
pub trait Progress {
    /// Starts a task: `task` names it (`reading events.jsonl`), `counted` names the unit of
    /// [`count`](ProgressUpdate::count) (`events`).
    fn begin(&self, task: &str, counted: &'static str);

    /// Reports how far the task is. Called often; an implementation decides how often it draws.
    fn show(&self, update: &ProgressUpdate);

    /// Ends the task.
    fn end(&self);
}

/// Shows nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoProgress;

impl Progress for NoProgress {
    fn begin(&self, _task: &str, _counted: &'static str) {}

    fn show(&self, _update: &ProgressUpdate) {}

    fn end(&self) {}
}
