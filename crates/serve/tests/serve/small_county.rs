//! A county of two lines on a Tuesday morning: small enough to check each figure by hand.
//!
//! ```text
//! Tuesday 2025-09-16, Helsinki time; now = 10:15:00.250
//! mipa (phone, 8-16)   09:30:00 f arrives and asks to be called back after 30 s; reached 10 min 0.5 s later
//!                      09:58:20 a arrives, answered after 12.345 s, outcome handled, ends 09:59:00
//!                      10:05:00 b arrives and asks to be called back after 90 s; called in vain 10:12
//!                      10:10:00 c arrives and gives up after 2 s: a short abandon
//!                      10:14:00 d arrives and waits
//! mipa_chat (24/7)     10:13:00 e is answered, and nobody said that it arrived: inferred
//!                               it recommends with 9, got a solution, does not know how care continues
//! ```

use std::sync::{Arc, Mutex};

use ensilinja_calendar::{Days, LineHours, OpeningHours};
use ensilinja_ledger::{ANSWER_WAIT_BOUNDS_MS, Applied, History, Ledger, LineRules, Rules};
use ensilinja_model::{
    AttemptResult, Channel, Event, EventTime, Fact, FactKind, FeedbackAnswer, LegKey, LineId, LineIndex, NpsScore,
    Outcome, Stage, Survey, YesNo,
};
use ensilinja_serve::{Build, Exposition, LineCard, PartitionState, Pipeline, Readiness, Site, Snapshot, Source};

/// Tuesday 2025-09-16 at 00:00 in Helsinki.
const MIDNIGHT: EventTime = EventTime::from_seconds(1_757_970_000);
const DAY_MS: i64 = 24 * 3_600_000;

fn at(hour: i64, minute: i64, ms: i64) -> EventTime {
    MIDNIGHT.plus_millis((hour * 60 + minute) * 60_000 + ms)
}

pub(crate) fn now() -> EventTime {
    at(10, 15, 250)
}

fn events() -> Vec<Event> {
    let event = |leg: u128, line, at, fact| Event { leg: LegKey::new(leg), line: LineIndex::new(line), at, fact };
    let says = |answer| Fact::FeedbackReceived(answer);
    vec![
        event(1, 0, at(9, 58, 20_000), Fact::Offered),
        event(1, 0, at(9, 58, 32_345), Fact::Answered),
        event(1, 0, at(9, 59, 0), Fact::Ended),
        event(1, 0, at(9, 59, 30_000), Fact::OutcomeRecorded(Outcome::Handled)),
        event(2, 0, at(10, 5, 0), Fact::Offered),
        event(2, 0, at(10, 6, 30_000), Fact::CallbackRequested),
        event(2, 0, at(10, 12, 0), Fact::CallbackAttempted(AttemptResult::Failed)),
        event(3, 0, at(10, 10, 0), Fact::Offered),
        event(3, 0, at(10, 10, 2_000), Fact::Abandoned(Stage::Queue)),
        event(4, 0, at(10, 14, 0), Fact::Offered),
        event(6, 0, at(9, 30, 0), Fact::Offered),
        event(6, 0, at(9, 30, 30_000), Fact::CallbackRequested),
        event(6, 0, at(9, 40, 30_500), Fact::CallbackAttempted(AttemptResult::Reached)),
        event(5, 1, at(10, 13, 0), Fact::Answered),
        event(5, 1, at(10, 14, 0), says(FeedbackAnswer::Nps(NpsScore::new(9).unwrap()))),
        event(5, 1, at(10, 14, 1_000), says(FeedbackAnswer::Survey(Survey::Solved, YesNo::Yes))),
        event(5, 1, at(10, 14, 2_000), says(FeedbackAnswer::Survey(Survey::Continues, YesNo::No))),
    ]
}

fn rules() -> Rules {
    let days = Days::new("Europe/Helsinki").unwrap();
    let weekdays = OpeningHours::parse("Mo-Fr 08:00-16:00; PH off").unwrap();
    let line = |channel, hours| LineRules {
        channel,
        hours,
        short_abandon_ms: 5_000,
        threshold_ms: 60_000,
        orphan_after_ms: 86_400_000,
        give_up_working_days: 5,
    };
    let open = LineHours::new(&weekdays, &days, MIDNIGHT.plus_millis(-DAY_MS), MIDNIGHT.plus_millis(7 * DAY_MS));
    Rules {
        lines: vec![line(Channel::Phone, open), line(Channel::Chat, LineHours::always_open())],
        days: Arc::new(days),
        answer_wait_bounds_ms: ANSWER_WAIT_BOUNDS_MS.to_vec(),
    }
}

pub(crate) fn cards() -> Vec<LineCard> {
    let card = |id: &str, channel, names: [&str; 3], service_area: &str| LineCard {
        id: LineId::parse(id).unwrap(),
        channel,
        name_fi: names[0].to_owned(),
        name_sv: names[1].to_owned(),
        name_en: names[2].to_owned(),
        group: "Mielenterveys- ja päihdepalvelut".to_owned(),
        service_area: service_area.to_owned(),
    };
    vec![
        card("mipa", Channel::Phone, ["Mielenterveys- ja päihdelinja", "", "Mental health line"], "mipa"),
        // What is configured is shown as it is, whatever it is.
        card("mipa_chat", Channel::Chat, ["\"Mipan\" <b>chat</b>\\", "Två\nrader", ""], "mipa"),
    ]
}

/// The state at `now()`; history begins this midnight, so that yesterday is not known.
pub(crate) fn snapshot() -> Snapshot {
    let mut ledger = Ledger::new(rules(), now());
    for event in events() {
        ledger.apply(&event);
    }
    let history = History { start: MIDNIGHT, from_first_record: true };
    let partition = |lag_messages, lag_seconds| PartitionState { lag_messages, lag_seconds, ready: true };
    Snapshot {
        now: now(),
        figures: Some(ledger.figures(now(), history)),
        readiness: Readiness { complete: true, reasons: vec![] },
        rebuild_progress: 1.0,
        partitions: vec![partition(0, 0.0), partition(12, 1.5)],
        dead_letters: vec![("malformed", 2), ("future", 0)],
        complete_until: Some(now().plus_millis(-100)),
        history_start: Some(MIDNIGHT),
        calendar_valid_until: Some(EventTime::from_seconds(4_133_887_200)),
        newest_events: vec![(Channel::Phone, at(10, 14, 0)), (Channel::Chat, at(10, 14, 2_000))],
    }
}

/// The same process before the figures are rebuilt.
pub(crate) fn rebuilding() -> Snapshot {
    let reasons =
        vec!["rebuilding: 25 % of the history read".to_owned(), "partition 1 is 12 records behind".to_owned()];
    Snapshot {
        figures: None,
        readiness: Readiness { complete: false, reasons },
        rebuild_progress: 0.25,
        complete_until: None,
        newest_events: vec![],
        ..snapshot()
    }
}

/// Counters that have counted the day's events, one twice, and two refusals.
pub(crate) fn pipeline() -> Pipeline {
    let pipeline = Pipeline::new(Build { version: "1.2.3", revision: "abc123" }, &["malformed", "future"]);
    for event in events() {
        pipeline.event(event.fact.kind(), Applied::Applied, 125);
    }
    pipeline.event(FactKind::Offered, Applied::Unchanged, 86_400_000);
    pipeline.rejected("malformed");
    pipeline.rejected("malformed");
    pipeline
}

pub(crate) fn exposition() -> Exposition {
    Exposition::new(cards(), &ANSWER_WAIT_BOUNDS_MS)
}

/// A source whose state a test can change.
pub(crate) struct Changing(Mutex<Box<dyn Fn() -> Snapshot + Send>>);

impl Changing {
    pub(crate) fn set(&self, state: impl Fn() -> Snapshot + Send + 'static) {
        *self.0.lock().unwrap() = Box::new(state);
    }
}

impl Source for Changing {
    fn snapshot(&self) -> Snapshot {
        self.0.lock().unwrap()()
    }
}

/// The county's site, and the source that it asks.
pub(crate) fn site() -> (Site, Arc<Changing>) {
    let source = Arc::new(Changing(Mutex::new(Box::new(snapshot))));
    let asked: Arc<Changing> = Arc::clone(&source);
    (Site::new(exposition(), Arc::new(pipeline()), asked), source)
}
