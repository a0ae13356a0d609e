//! The small county as a server serves it: its counters, and a source of snapshots that a test can change.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use ensilinja_catalogue::{ComparedDay, ContactList, ContactSeries, DayComparison, NotExpected, Readiness, Snapshot};
use ensilinja_ledger::{Applied, Intraday, Ledger};
use ensilinja_model::{EventTime, FactKind};
use ensilinja_serve::{
    BoardLinks, Build, ContactsQuestion, ContactsRefusal, Memory, PastFigures, Pipeline, Routes, SnapshotSource,
};

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
    lists_contacts: bool,
    reads_of_the_past: AtomicUsize,
}

impl TestSource {
    fn new(lists_contacts: bool) -> Self {
        Self {
            state: Mutex::new(Arc::new(small_county::snapshot)),
            snapshots: AtomicUsize::new(0),
            lists_contacts,
            reads_of_the_past: AtomicUsize::new(0),
        }
    }

    pub(crate) fn reads_of_the_past(&self) -> usize {
        self.reads_of_the_past.load(Ordering::Relaxed)
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

    /// From the beginning of the history, if the figures are rebuilt.
    fn memory(&self) -> Memory {
        let state = self.state();
        Memory(state.history_start.zip(state.figures.map(|figures| figures.as_of)))
    }

    /// What a ledger shows that is asked at the instant first.
    fn past(&self, at: EventTime) -> Result<PastFigures, Memory> {
        let memory = self.memory();
        let (start, known_at) = memory.0.filter(|_| memory.reaches(at)).ok_or(memory)?;
        self.reads_of_the_past.fetch_add(1, Ordering::Relaxed);
        let mut ledger = Ledger::new(small_county::rules(), at);
        for event in small_county::events() {
            ledger.apply(&event);
        }
        let history = small_county::history(start);
        let figures = Some(ledger.figures(at, history));
        let snapshot = Snapshot { now: at, figures, ..self.state() };
        Ok(PastFigures { snapshot, intraday: ledger.intraday(at, history), known_at })
    }

    /// Only the day of the instant, because nothing else is remembered.
    fn days(&self, line: usize, at: Option<EventTime>) -> Result<DayComparison, Memory> {
        let intraday = match at {
            Some(at) => self.past(at)?.intraday,
            None => self.intraday().ok_or(self.memory())?,
        };
        let intervals = intraday.lines[line].clone().ok_or(self.memory())?;
        Ok(DayComparison {
            as_of: intraday.as_of,
            today: Some(ComparedDay { start: intraday.day_start, intervals }),
            yesterday: None,
            last_week: None,
            expected: Err(NotExpected::FewDays),
        })
    }

    fn lists_contacts(&self) -> bool {
        self.lists_contacts
    }

    /// The figures that were asked for, without a contact.
    fn contacts(&self, question: &ContactsQuestion) -> Result<ContactList, ContactsRefusal> {
        let memory = self.memory();
        let (_, last) = memory.0.ok_or(ContactsRefusal::NotRemembered(memory))?;
        let at = question.at.unwrap_or(last);
        if !memory.reaches(at) {
            return Err(ContactsRefusal::NotRemembered(memory));
        }
        let series = question.figures.iter().map(|figure| ContactSeries {
            series: figure.series(),
            aggregation: figure.aggregation(),
            unit: figure.unit(),
            number: Some(0),
            contacts: Vec::new(),
            left_out: 0,
            left_out_adds: Some(0),
        });
        Ok(ContactList { window: question.window, as_of: at, series: series.collect() })
    }
}

/// The county's routes, and their source.
pub(crate) fn routes() -> (Routes, Arc<TestSource>) {
    routes_with_contacts(false)
}

/// The same, listing contacts or not.
pub(crate) fn routes_with_contacts(lists_contacts: bool) -> (Routes, Arc<TestSource>) {
    let source = Arc::new(TestSource::new(lists_contacts));
    let asked: Arc<TestSource> = Arc::clone(&source);
    let links = BoardLinks { grafana: Some("https://grafana.example/d/x?var-line={line}".to_owned()), runbook: None };
    let zone = "Europe/Helsinki".to_owned();
    (Routes::new(small_county::exposition(), zone, &links, Arc::new(pipeline()), asked), source)
}
