//! The small county as a server serves it: its counters, and a source of snapshots that a test can change.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use ensilinja_catalogue::{Readiness, Snapshot};
use ensilinja_ledger::{Applied, Intraday};
use ensilinja_model::FactKind;
use ensilinja_serve::{Build, Pipeline, Routes, SnapshotSource};

use crate::small_county;

/// Counters after the day's events, one of them sent twice, and two rejections.
pub(crate) fn pipeline() -> Pipeline {
    let pipeline =
        Pipeline::new(Build { version: "1.2.3", revision: "abc123" }, &["malformed", "future"], &["key_differs"]);
    for event in small_county::events() {
        pipeline.event(event.fact.kind(), Applied::Applied, 125);
    }
    pipeline.event(FactKind::Offered, Applied::Unchanged, 86_400_000);
    pipeline.rejected("malformed");
    pipeline.rejected("malformed");
    pipeline
}

type State = Arc<dyn Fn() -> Snapshot + Send + Sync>;

/// A source whose state a test can set, and which counts its snapshots.
pub(crate) struct TestSource {
    state: Mutex<State>,
    snapshots: AtomicUsize,
}

impl TestSource {
    fn new() -> Self {
        Self { state: Mutex::new(Arc::new(small_county::snapshot)), snapshots: AtomicUsize::new(0) }
    }

    pub(crate) fn set(&self, state: impl Fn() -> Snapshot + Send + Sync + 'static) {
        *self.state.lock().unwrap() = Arc::new(state);
    }

    pub(crate) fn snapshots(&self) -> usize {
        self.snapshots.load(Ordering::Relaxed)
    }

    /// The lock is not held while the state is made, because that may panic.
    fn state(&self) -> Snapshot {
        let state = Arc::clone(&self.state.lock().unwrap());
        state()
    }
}

impl SnapshotSource for TestSource {
    fn snapshot(&self) -> Snapshot {
        self.snapshots.fetch_add(1, Ordering::Relaxed);
        self.state()
    }

    /// The course of the county's events up to the instant of the state's figures, if it has any.
    fn intraday(&self) -> Option<Intraday> {
        let state = self.state();
        Some(small_county::ledger().intraday(state.figures?.as_of, small_county::history(state.history_start?)))
    }

    fn readiness(&self) -> Readiness {
        self.state().readiness
    }
}

/// The county's routes, and their source.
pub(crate) fn routes() -> (Routes, Arc<TestSource>) {
    let source = Arc::new(TestSource::new());
    let asked: Arc<TestSource> = Arc::clone(&source);
    (Routes::new(small_county::exposition(), "Europe/Helsinki".to_owned(), Arc::new(pipeline()), asked), source)
}
