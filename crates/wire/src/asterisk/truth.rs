//! For tests: the truth of the captures in `crates/wire/samples/asterisk`, and the stays that are made of records.

use std::collections::BTreeMap;
use std::path::Path;

use ensilinja_model::{Event, EventTime, Fact, FactKind, LegKey, LineId, LineIndex, Stage};
use serde_json::Value;

use crate::rules::FormatRules;
use crate::{
    AsteriskRules, Decoder, ExitMeaning, Format, Mapping, QueueTarget, Record, Rejection, Stated, StayPart, Stays,
};

/// The queues of the captures, each a line of its own. `q_private` and others share the last line.
pub(crate) const QUEUES: [&str; 18] = [
    "q_one",
    "q_two",
    "q_short",
    "q_max",
    "q_pair",
    "q_bad",
    "q_wrap",
    "q_autopause",
    "q_strict",
    "q_open",
    "q_agent",
    "q_shared_a",
    "q_shared_b",
    "q|pipe",
    "q_delay",
    "q_whisper",
    "q_desk",
    "q_private",
];

/// The queue that is mapped to the line of `q_private` as well.
const SECOND_QUEUE_OF_A_LINE: &str = "q_autopause_one";

/// The mapping of the captures.
pub(crate) fn mapping(format: Format) -> Mapping {
    let mut mapping = Mapping::of(format);
    for (line, queue) in (0..).zip(QUEUES) {
        mapping.queues.insert(queue, QueueTarget::Line(LineIndex::new(line)));
    }
    mapping.queues.insert(SECOND_QUEUE_OF_A_LINE, QueueTarget::Line(LineIndex::new(17)));
    for (exit, meaning) in [
        ("timeout", ExitMeaning::TimedOut),
        ("empty", ExitMeaning::Ended),
        ("withdrawn", ExitMeaning::Transferred),
        ("key.1", ExitMeaning::Transferred),
        ("key.2", ExitMeaning::CallbackRequested),
        ("key.4", ExitMeaning::Transferred),
    ] {
        mapping.exits.general.insert(exit.to_owned(), meaning);
    }
    let events = [("CALLBACKREQUEST".to_owned(), Fact::CallbackRequested)].into();
    mapping.rules = FormatRules::Asterisk(AsteriskRules { events, ..AsteriskRules::default() });
    mapping
}

/// A decoder of the captures.
pub(crate) fn decoder(mapping: Mapping) -> Decoder {
    let lines: Vec<_> = (0..QUEUES.len()).map(|line| LineId::parse(&format!("line_{line}")).unwrap()).collect();
    Decoder::of_source(&lines, [7; 16], mapping)
}

/// A file of the samples.
#[expect(clippy::disallowed_methods, reason = "a test reads its samples")]
pub(crate) fn sample(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("samples/asterisk");
    std::fs::read_to_string(folder.join(name)).unwrap()
}

/// The numbers of the scenarios.
pub(crate) fn scenarios() -> impl Iterator<Item = String> {
    (1..=34).map(|number| format!("{number:02}"))
}

/// A stay as it was, by the clock of the program that steered the capture.
#[derive(Clone, Debug)]
pub(crate) struct TrueStay {
    pub scenario: String,
    pub contact: String,
    pub call: String,
    pub queue: Option<String>,
    pub entered_ms: i64,
    pub left_ms: i64,
    pub how: String,
    pub key: Option<String>,
}

/// All stays of the captures.
pub(crate) fn truth() -> Vec<TrueStay> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let stay = |line: &str| {
        let stay: Value = serde_json::from_str(line).unwrap();
        TrueStay {
            scenario: text(&stay["scenario"]).unwrap(),
            contact: text(&stay["contact"]).unwrap(),
            call: text(&stay["call"]).unwrap(),
            queue: text(&stay["queue"]),
            entered_ms: stay["entered"].as_i64().unwrap(),
            left_ms: stay["left"].as_i64().unwrap(),
            how: text(&stay["how"]).unwrap(),
            key: text(&stay["key"]),
        }
    };
    sample("truth.jsonl").lines().map(stay).collect()
}

/// What became of a stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum StayOutcome {
    Answered,
    Requested,
    Abandoned,
    AbandonedWhileRinging,
    AbandonedInMenu,
    Moved,
    Ended,
    Open,
}

/// A stay as the facts say.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct FoundStay {
    pub call: String,
    pub line: usize,
    pub entered: EventTime,
    pub outcome: StayOutcome,
    pub decided: Option<EventTime>,
    pub ended: Option<EventTime>,
}

/// Reads records, and joins what they state as the ledger does.
pub(crate) struct Joined {
    decoder: Decoder,
    stays: Stays,
    legs: BTreeMap<u128, (Option<String>, Vec<Event>)>,
    pub(crate) rejections: Vec<Rejection>,
    pub(crate) events: usize,
}

impl Joined {
    pub(crate) fn new(mapping: Mapping) -> Self {
        let (stays, legs) = (Stays::default(), BTreeMap::new());
        Self { decoder: decoder(mapping), stays, legs, rejections: Vec::new(), events: 0 }
    }

    /// The stays that these records make.
    pub(crate) fn of<'a>(mapping: Mapping, records: impl IntoIterator<Item = &'a [u8]>) -> Vec<FoundStay> {
        let mut joined = Self::new(mapping);
        for record in records {
            joined.read(record);
        }
        joined.found()
    }

    pub(crate) fn read(&mut self, value: &[u8]) {
        let record = Record::of_value(value);
        let mut stated = Vec::new();
        if let Err(rejection) = self.decoder.read(&record, &mut stated) {
            self.rejections.push(rejection);
        }
        for stated in stated {
            let Stated::Stay(part) = stated else { panic!("the formats of Asterisk state only stays") };
            self.take(&record, &part);
        }
    }

    fn take(&mut self, record: &Record<'_>, part: &StayPart) {
        let Self { decoder, stays, legs, events, .. } = self;
        stays.take(part, &mut |event, call_key| {
            *events += 1;
            let (call, facts) = legs.entry(event.leg.get()).or_default();
            if event.fact == Fact::Offered && call.is_none() {
                *call = decoder.named_contact(record, event.leg, Some(call_key)).map(|contact| contact.id);
            }
            facts.push(event);
        });
    }

    /// The stays, without those that were retracted.
    pub(crate) fn found(&self) -> Vec<FoundStay> {
        let mut found: Vec<_> =
            self.legs.iter().filter_map(|(leg, (call, facts))| stay(*leg, call.as_ref(), facts)).collect();
        found.sort();
        found
    }

    /// The instants of all facts of a kind.
    pub(crate) fn facts_of_kind(&self, kind: FactKind) -> Vec<EventTime> {
        let facts = self.legs.values().flat_map(|(_, facts)| facts);
        facts.filter(|event| event.fact.kind() == kind).map(|event| event.at).collect()
    }

    /// Whether a stay has a fact of this kind.
    pub(crate) fn states(&self, stay: &FoundStay, kind: FactKind) -> bool {
        self.legs.iter().any(|(leg, (call, facts))| {
            self::stay(*leg, call.as_ref(), facts).as_ref() == Some(stay)
                && facts.iter().any(|event| event.fact.kind() == kind)
        })
    }

    /// The number of legs that were retracted.
    pub(crate) fn retracted(&self) -> usize {
        self.legs.values().filter(|(_, facts)| facts.iter().any(|event| event.fact == Fact::Retracted)).count()
    }
}

fn stay(leg: u128, call: Option<&String>, facts: &[Event]) -> Option<FoundStay> {
    let line = facts[0].line.as_usize();
    assert!(facts.iter().all(|event| event.line.as_usize() == line && event.leg == LegKey::new(leg)));
    let at = |kind| facts.iter().filter(|event| event.fact.kind() == kind).map(|event| (event.at, event.fact)).min();
    if at(FactKind::Retracted).is_some() {
        return None;
    }
    let (entered, _) = at(FactKind::Offered).expect("a leg begins with its offer");
    let rank = |kind| match kind {
        FactKind::Answered => Some(0),
        FactKind::CallbackRequested => Some(1),
        FactKind::Abandoned => Some(2),
        FactKind::Ended => Some(4),
        FactKind::Offered
        | FactKind::Queued
        | FactKind::WaitUnknown
        | FactKind::CallbackAttempted
        | FactKind::CallbackReached
        | FactKind::CallbackClosed
        | FactKind::OutcomeRecorded
        | FactKind::FeedbackReceived => None,
        // Moved or timed out.
        _ => Some(3),
    };
    let ends = facts.iter().filter_map(|event| Some((event.at, rank(event.fact.kind())?, event.fact)));
    let earliest = ends.min();
    // As in the ledger: a request within a minute supersedes another end of the wait.
    let request = at(FactKind::CallbackRequested);
    let stage =
        facts.iter().filter(|event| event.fact.kind() == FactKind::Abandoned).map(|event| (event.at, event.fact));
    let stage = stage.min_by_key(|(at, fact)| (*at, std::cmp::Reverse(*fact))).map(|(_, fact)| fact);
    let decided = earliest.map(|(at, _, fact)| match request {
        Some((requested, request)) if fact != Fact::Answered && requested.millis_since(at) <= 60_000 => {
            (requested, request)
        }
        // Of two stages at one instant the later counts.
        _ if fact.kind() == FactKind::Abandoned => (at, stage.unwrap_or(fact)),
        _ => (at, fact),
    });
    let outcome = match decided.map(|(_, fact)| fact) {
        Some(Fact::Answered) => StayOutcome::Answered,
        Some(Fact::CallbackRequested) => StayOutcome::Requested,
        Some(Fact::Abandoned(Stage::Queue)) => StayOutcome::Abandoned,
        Some(Fact::Abandoned(Stage::Ringing)) => StayOutcome::AbandonedWhileRinging,
        Some(Fact::Abandoned(Stage::Menu)) => StayOutcome::AbandonedInMenu,
        Some(Fact::Ended) => StayOutcome::Ended,
        Some(_) => StayOutcome::Moved,
        None => StayOutcome::Open,
    };
    let call = call.cloned().expect("a leg is offered by a record of its call");
    let ended = at(FactKind::Ended).map(|(at, _)| at);
    Some(FoundStay { call, line, entered, outcome, decided: decided.map(|(at, _)| at), ended })
}

/// A stay of which the records say something else than the truth, or nothing: scenario, contact, what they say, and why
/// it cannot be known.
pub(crate) type Exception = (&'static str, &'static str, Option<StayOutcome>, &'static str);

/// Checks the stays of a scenario against those of the truth that `is_logged` selects.
pub(crate) fn check(
    scenario: &str,
    mut found: Vec<FoundStay>,
    exceptions: &[Exception],
    is_logged: impl Fn(&TrueStay) -> bool,
) {
    let consultations = |stay: &FoundStay| scenario == "13" && stay.line == 1;
    found.retain(|stay| !consultations(stay) || stay.outcome != StayOutcome::Answered);
    for stay in truth().into_iter().filter(|stay| stay.scenario == scenario && is_logged(stay)) {
        let what = format!("{scenario} {} {:?}", stay.contact, stay.queue);
        let id = match stay.how.as_str() {
            "customer_reached" => "1181/callback".to_owned(),
            _ => stay.contact.clone(),
        };
        let of_queue = format!("{id}/{}", stay.queue.as_deref().unwrap_or_default());
        let is_it =
            |(of, contact, ..): &&Exception| *of == scenario && [&id, &of_queue].contains(&&(*contact).to_owned());
        let exception = exceptions.iter().find(is_it);
        if let Some((.., None, reason)) = exception {
            assert!(!found.iter().any(|found| is_stay(found, &stay)), "{what}: {reason}");
            continue;
        }
        let place = found.iter().position(|found| is_stay(found, &stay));
        let found = found.remove(place.unwrap_or_else(|| panic!("{what} is missing: {found:#?}")));
        let queue = QUEUES.iter().position(|queue| Some(*queue) == stay.queue.as_deref()).unwrap_or(17);
        assert_eq!(found.line, queue, "{what}");
        match exception {
            Some((.., Some(outcome), _)) => {
                assert_eq!(found.outcome.without_stage(), *outcome, "{what}");
                continue;
            }
            _ => assert_eq!(found.outcome.without_stage(), outcome_of(&stay), "{what}"),
        }
        let wait_ms = found.decided.unwrap().millis_since(found.entered);
        let true_wait_ms = stay.left_ms - stay.entered_ms;
        // A second of truncation, and the delay of a busy machine. A request of the site's own line came 2 s later.
        let slack_ms =
            if found.outcome == StayOutcome::Requested && stay.key.as_deref() == Some("3") { 3_200 } else { 1_200 };
        assert!((wait_ms - true_wait_ms).abs() <= slack_ms, "{what}: {wait_ms} and {true_wait_ms} ms");
    }
    assert_eq!(found, [], "{scenario}: stays that never were");
}

fn is_stay(found: &FoundStay, stay: &TrueStay) -> bool {
    let queue = QUEUES.iter().position(|queue| Some(*queue) == stay.queue.as_deref()).unwrap_or(17);
    found.call == stay.call && found.line == queue && (found.entered.as_millis() - stay.entered_ms).abs() <= 1_200
}

fn outcome_of(stay: &TrueStay) -> StayOutcome {
    match (stay.how.as_str(), stay.key.as_deref()) {
        ("answered", _) => StayOutcome::Answered,
        ("abandoned", _) => StayOutcome::Abandoned,
        ("exit_key", Some("2" | "3")) => StayOutcome::Requested,
        ("exit_key" | "timeout" | "withdrawn" | "moved", _) => StayOutcome::Moved,
        ("exit_empty", _) => StayOutcome::Ended,
        (how, _) => panic!("{how} {stay:?}"),
    }
}

impl StayOutcome {
    fn without_stage(self) -> Self {
        match self {
            Self::AbandonedWhileRinging | Self::AbandonedInMenu => Self::Abandoned,
            other => other,
        }
    }
}
