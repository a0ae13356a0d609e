//! A county of two lines on a Tuesday morning, small enough to check each figure by hand.
//!
//! ```text
//! Helsinki time; now = Tuesday 2025-09-16 10:15:00.250; everything since Wednesday 2025-09-10 is known
//!
//! mipa (phone, Mo-Fr 8-16): answered within 90 s, called back by closing of the next working day; abandoned = broken
//!   Fri 14:00:00 g arrives, asks to be called back after 20 s; no call: overdue since Monday 16:00
//!   Mon 09:00:00 h arrives, asks after 30 s; due today at 16:00, in 5 h 45 min
//!   Mon 10:00:00 n arrives, asks after 60 s; purged at 15:30
//!   Mon 15:50:00 i arrives, asks after 10 s; reached on Tuesday 08:20:10: 16 h 30 min later, 30 min of them open
//!   Tue 09:30:00 f arrives, asks after 30 s; reached 10 min 0.5 s later; outcome continues_county
//!       09:58:20 a arrives, answered after 12.345 s, outcome handled, ends 09:59:00
//!       10:05:00 b arrives, asks after 90 s, which is in time; a failed attempt 10:12; due tomorrow
//!       10:08:00 j arrives, gives up in the queue after 40 s
//!       10:10:00 c arrives, gives up after 2 s: a short abandon
//!       10:12:00 k arrives, answered after 2 min: the promise broke at 10:13:30.001, shown from 10:13:31
//!       10:14:00 d arrives and waits
//! mipa_chat (Mo, Tu 9-14): answered within 10 min; abandoned = void. Its last two open hours began on Monday 13:15:01,
//!                          and its fifth latest open day is before the known history
//!   Mon 13:20:00 m arrives, gives up after 3 min
//!       13:40:00 l arrives, answered after 65 s, outcome other; recommends with 4
//!   Tue 10:13:00 e is answered without an arrival: inferred
//!                it recommends with 9, got a solution, does not know how care continues
//! ```

use std::sync::Arc;

use ensilinja_calendar::{Days, DeadlineTime, LineHours, OpeningHours, Term, WorkingDays};
use ensilinja_catalogue::{
    Exposition, Hazards, LineInfo, MemoryUse, PartitionState, Readiness, Snapshot, Target, Targets, VolumeGoals,
    VolumeScope, VolumeStep, WebFileState,
};
use ensilinja_ledger::{
    EffectiveLimits, History, Indicator, Ledger, Limits, LineRules, Promises, Rules, ServiceLevel, TimedOutRule,
    Verdict,
};
use ensilinja_model::{
    AttemptResult, Channel, CloseResult, Event, EventTime, Fact, FeedbackAnswer, LegKey, LineId, LineIndex, NpsScore,
    Outcome, Stage, Survey, WaitFrom, YesNo,
};

/// Tuesday 2025-09-16 at 00:00 in Helsinki.
const MIDNIGHT: EventTime = EventTime::from_seconds(1_757_970_000);
const DAY_MS: i64 = 24 * 3_600_000;

/// A time on the day that many days after Tuesday.
pub(crate) fn on(day: i64, hour: i64, minute: i64, ms: i64) -> EventTime {
    MIDNIGHT.plus_millis(day * DAY_MS + (hour * 60 + minute) * 60_000 + ms)
}

fn at(hour: i64, minute: i64, ms: i64) -> EventTime {
    on(0, hour, minute, ms)
}

pub(crate) fn now() -> EventTime {
    at(10, 15, 250)
}

const FRIDAY: i64 = -4;
const MONDAY: i64 = -1;

pub(crate) fn events() -> Vec<Event> {
    let event = |leg: u128, line, at, fact| Event { leg: LegKey::new(leg), line: LineIndex::new(line), at, fact };
    let nps = |score| Fact::FeedbackReceived(FeedbackAnswer::Nps(NpsScore::new(score).unwrap()));
    let answers = |survey, answer| Fact::FeedbackReceived(FeedbackAnswer::Survey(survey, answer));
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
        event(6, 0, at(9, 45, 0), Fact::OutcomeRecorded(Outcome::ContinuesCounty)),
        event(7, 0, on(FRIDAY, 14, 0, 0), Fact::Offered),
        event(7, 0, on(FRIDAY, 14, 0, 20_000), Fact::CallbackRequested),
        event(8, 0, on(MONDAY, 9, 0, 0), Fact::Offered),
        event(8, 0, on(MONDAY, 9, 0, 30_000), Fact::CallbackRequested),
        event(9, 0, on(MONDAY, 15, 50, 0), Fact::Offered),
        event(9, 0, on(MONDAY, 15, 50, 10_000), Fact::CallbackRequested),
        event(9, 0, at(8, 20, 10_000), Fact::CallbackReached),
        event(10, 0, at(10, 8, 0), Fact::Offered),
        event(10, 0, at(10, 8, 40_000), Fact::Abandoned(Stage::Queue)),
        event(11, 0, at(10, 12, 0), Fact::Offered),
        event(11, 0, at(10, 14, 0), Fact::Answered),
        event(14, 0, on(MONDAY, 10, 0, 0), Fact::Offered),
        event(14, 0, on(MONDAY, 10, 1, 0), Fact::CallbackRequested),
        event(14, 0, on(MONDAY, 15, 30, 0), Fact::CallbackClosed(CloseResult::Purged)),
        event(5, 1, at(10, 13, 0), Fact::Answered),
        event(5, 1, at(10, 14, 0), nps(9)),
        event(5, 1, at(10, 14, 1_000), answers(Survey::Solved, YesNo::Yes)),
        event(5, 1, at(10, 14, 2_000), answers(Survey::Continues, YesNo::No)),
        event(12, 1, on(MONDAY, 13, 40, 0), Fact::Offered),
        event(12, 1, on(MONDAY, 13, 41, 5_000), Fact::Answered),
        event(12, 1, on(MONDAY, 13, 50, 0), Fact::OutcomeRecorded(Outcome::Other)),
        event(12, 1, on(MONDAY, 13, 55, 0), nps(4)),
        event(13, 1, on(MONDAY, 13, 20, 0), Fact::Offered),
        event(13, 1, on(MONDAY, 13, 23, 0), Fact::Abandoned(Stage::Queue)),
    ]
}

pub(crate) fn rules() -> Rules {
    let days = Days::new("Europe/Helsinki").unwrap();
    let line = |hours, promises| {
        let hours = OpeningHours::parse(hours).unwrap();
        let (from, to) = (MIDNIGHT.plus_millis(-21 * DAY_MS), MIDNIGHT.plus_millis(21 * DAY_MS));
        let limits = Limits {
            short_abandon_ms: 5_000,
            threshold_ms: 60_000,
            orphan_after_ms: 86_400_000,
            give_up_working_days: 5,
            wait_from: WaitFrom::Arrival,
            timed_out: TimedOutRule::Counts,
            promises,
        };
        LineRules {
            hours: LineHours::new(&hours, &days, from, to),
            effective_limits: vec![EffectiveLimits { valid_from: from, limits }],
        }
    };
    let next_working_day = Term::WorkingDays { days: 1, of: WorkingDays::Official, by: DeadlineTime::Closing };
    let mipa = Promises {
        answer: Some(Term::Within { ms: 90_000 }),
        callback: Some(next_working_day),
        abandoned: Verdict::Broken,
    };
    let mipa_chat = Promises { answer: Some(Term::Within { ms: 600_000 }), callback: None, abandoned: Verdict::Void };
    let lines = vec![line("Mo-Fr 08:00-16:00; PH off", mipa), line("Mo,Tu 09:00-14:00; PH off", mipa_chat)];
    Rules::new(Arc::new(days), lines)
}

pub(crate) fn infos() -> Vec<LineInfo> {
    let info = |id: &str, channel, names: [&str; 3], service_area: &str| LineInfo {
        id: LineId::parse(id).unwrap(),
        channel,
        name_fi: names[0].to_owned(),
        name_sv: names[1].to_owned(),
        name_en: names[2].to_owned(),
        group: "mental_health".to_owned(),
        group_names: ["Mielenterveys- ja päihdepalvelut", "Mentalvård", "Mental health"].map(str::to_owned),
        service_area: service_area.to_owned(),
        wait_from: Some(WaitFrom::Arrival),
        service_level: ServiceLevel::NegativeAbandon,
        targets: Targets::default(),
        volume_goals: Vec::new(),
    };
    let mut mipa = info("mipa", Channel::Phone, ["Mielenterveys- ja päihdelinja", "", "Mental health line"], "mipa");
    mipa.targets.set(Indicator::PromiseKept, Target { goal: Some(0.95), alert_floor: Some(0.75) });
    mipa.service_level = ServiceLevel::PositiveAbandon;
    // Configured names are shown unchanged, whatever characters they have.
    let mut chat = info("mipa_chat", Channel::Chat, ["\"Mipan\" <b>chat</b>\\", "Två\nrader", ""], "mipa");
    let goals = |(scope, contacts)| {
        let steps = vec![VolumeStep { valid_from: EventTime::MIN, contacts_per_month: Some(contacts) }];
        VolumeGoals { scope, steps }
    };
    let goals_of = [(VolumeScope::Line, 100), (VolumeScope::Group, 500), (VolumeScope::Channel, 4000)];
    chat.volume_goals = goals_of.map(goals).into();
    vec![mipa, chat]
}

pub(crate) fn ledger() -> Ledger {
    let mut ledger = Ledger::new(rules(), now());
    for event in events() {
        ledger.apply(&event);
    }
    ledger
}

/// A history since `start`, before which nothing happened.
pub(crate) fn history(start: EventTime) -> History {
    History { start, from_first_record: true }
}

/// The state at `now()` with the history since the Wednesday before.
pub(crate) fn snapshot() -> Snapshot {
    known_since(on(-6, 0, 0, 0))
}

/// The state at `now()` with the history since `start`, before which nothing happened.
pub(crate) fn known_since(start: EventTime) -> Snapshot {
    let (mut ledger, history) = (ledger(), history(start));
    let partition = |topic: &str, partition, lag_messages, lag_seconds| PartitionState {
        topic: topic.into(),
        partition,
        lag_messages,
        lag_seconds,
        ready: true,
    };
    Snapshot {
        now: now(),
        figures: Some(ledger.figures(now(), history)),
        readiness: Readiness { complete: true, reasons: vec![] },
        rebuild_progress: 1.0,
        partitions: vec![partition("calls", 0, 0, 0.0), partition("calls", 1, 12, 1.5), partition("chats", 0, 3, 0.5)],
        dead_letters: vec![("malformed", 2), ("future", 0)],
        log_replaced: vec![("made_anew", 1), ("records_lost", 0), ("deleted", 0)],
        complete_until: Some(now().plus_millis(-100)),
        history_start: Some(start),
        calendar_valid_until: Some(EventTime::from_seconds(4_133_887_200)),
        clock_disbelieved_ms: 0,
        clock_steps: 0,
        newest_events: vec![(Channel::Phone, at(10, 14, 0)), (Channel::Chat, at(10, 14, 2_000))],
        hazards: Hazards {
            dead_letters_waiting: 1,
            dead_letters_blocked_seconds: 42.5,
            topic_settings: vec![
                ("calls".into(), "cleanup.policy".to_owned(), false),
                ("calls".into(), "retention.ms".to_owned(), true),
            ],
            insecure: vec![("sasl_unused", false), ("certificate_unverified", true)],
            web_file: WebFileState {
                is_current: Some(false),
                certificate_valid_until: Some(EventTime::from_seconds(1_765_843_200)),
            },
            memory: Some(MemoryUse { used: 201_326_592, limit: 268_435_456 }),
        },
        shards: vec![("south".to_owned(), true), ("north".to_owned(), false)],
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
        clock_disbelieved_ms: 0,
        clock_steps: 0,
        newest_events: vec![],
        ..snapshot()
    }
}

pub(crate) fn exposition() -> Exposition {
    exposition_of(infos())
}

/// The exposition of other lines with the county's rules.
pub(crate) fn exposition_of(infos: Vec<LineInfo>) -> Exposition {
    Exposition::new(infos, rules().bounds())
}
