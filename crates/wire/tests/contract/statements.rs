//! Statements of every kind, and a decoder for their lines.

use ensilinja_model::{
    AttemptResult, CloseResult, Event, EventTime, Fact, FactKind, FeedbackAnswer, Headers, LineId, NpsScore, Outcome,
    Stage, Survey, YesNo,
};
use ensilinja_wire::{Decoder, Encoded, Record, Rejection, Statement};
use proptest::prelude::*;

/// The table of configured lines.
pub(crate) const LINES: [&str; 3] = ["116117", "mipa", "mipa_chat"];

/// A [`Statement`] with owned text.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct OwnedStatement {
    pub(crate) contact: String,
    pub(crate) line: LineId,
    pub(crate) visit: Option<String>,
    pub(crate) to_line: LineId,
    pub(crate) at: EventTime,
    pub(crate) fact: Fact,
}

impl OwnedStatement {
    pub(crate) fn statement(&self) -> Statement<'_> {
        Statement {
            contact: &self.contact,
            line: &self.line,
            visit: self.visit.as_deref(),
            to_line: Some(&self.to_line),
            at: self.at,
            fact: self.fact,
        }
    }
}

pub(crate) fn line(id: &str) -> LineId {
    LineId::parse(id).unwrap()
}

pub(crate) fn decoder() -> Decoder {
    Decoder::new(&LINES.map(line), [7; 16])
}

/// Decodes a record without headers.
pub(crate) fn decode_value(key: &str, value: &[u8], timestamp: EventTime) -> Result<Event, Rejection> {
    decoder().decode(&Record { key: Some(key.as_bytes()), value: Some(value), headers: Headers::NONE, timestamp })
}

pub(crate) fn decode_encoded(encoded: &Encoded, timestamp: EventTime) -> Result<Event, Rejection> {
    let headers: Vec<_> = encoded.headers.iter().map(|(name, value)| (name.as_str(), Some(value.as_slice()))).collect();
    decoder().decode(&Record {
        key: Some(&encoded.key),
        value: Some(&encoded.value),
        headers: Headers::known(&headers),
        timestamp,
    })
}

/// Every fact.
pub(crate) fn all_facts() -> Vec<Fact> {
    FactKind::ALL.iter().flat_map(|kind| facts_of(*kind)).collect()
}

fn facts_of(kind: FactKind) -> Vec<Fact> {
    match kind {
        FactKind::Offered => vec![Fact::Offered],
        FactKind::Queued => vec![Fact::Queued],
        FactKind::Answered => vec![Fact::Answered],
        FactKind::Abandoned => Stage::ALL.iter().map(|stage| Fact::Abandoned(*stage)).collect(),
        FactKind::TimedOut => vec![Fact::TimedOut],
        FactKind::WaitUnknown => vec![Fact::WaitUnknown],
        FactKind::CallbackRequested => vec![Fact::CallbackRequested],
        FactKind::CallbackAttempted => AttemptResult::ALL.iter().map(|it| Fact::CallbackAttempted(*it)).collect(),
        FactKind::CallbackReached => vec![Fact::CallbackReached],
        FactKind::CallbackClosed => CloseResult::ALL.iter().map(|it| Fact::CallbackClosed(*it)).collect(),
        FactKind::Transferred => vec![Fact::Transferred],
        FactKind::Ended => vec![Fact::Ended],
        FactKind::OutcomeRecorded => Outcome::ALL.iter().map(|it| Fact::OutcomeRecorded(*it)).collect(),
        FactKind::FeedbackReceived => (0..=10)
            .map(|score| FeedbackAnswer::Nps(NpsScore::new(score).unwrap()))
            .chain(
                Survey::ALL
                    .iter()
                    .flat_map(|survey| YesNo::ALL.iter().map(|answer| FeedbackAnswer::Survey(*survey, *answer))),
            )
            .map(Fact::FeedbackReceived)
            .collect(),
        FactKind::Retracted => vec![Fact::Retracted],
    }
}

/// Statements of all facts, with any characters in the ids, in the years 0000 to 9998.
pub(crate) fn any_statement() -> impl Strategy<Value = OwnedStatement> {
    let lines = || prop::sample::select(LINES.to_vec()).prop_map(line);
    (
        "\\PC{1,32}|[a-z0-9-]{1,128}|(?s).{1,20}",
        lines(),
        prop::option::of("\\PC{1,64}|[0-9]{1,3}"),
        lines(),
        -62_167_219_200_000_i64..253_370_764_800_000,
        prop::sample::select(all_facts()),
    )
        .prop_map(|(contact, line, visit, to_line, at_ms, fact)| {
            let at = EventTime::from_millis(at_ms);
            OwnedStatement { contact, line, visit, to_line, at, fact }
        })
}

/// A plain statement of this fact.
pub(crate) fn statement_of(fact: Fact) -> OwnedStatement {
    OwnedStatement {
        contact: "c-1".to_owned(),
        line: line("mipa"),
        visit: None,
        to_line: line("mipa_chat"),
        at: EventTime::from_millis(1_758_006_900_000),
        fact,
    }
}
