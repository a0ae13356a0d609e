//! Encodes a statement as a record in either content mode. The simulator and `import` use it.

use ensilinja_model::{EventTime, Fact, FeedbackAnswer, LineId};
use serde::Serialize;
use siphasher::sip128::SipHasher13;

use super::contact_data::NPS_QUESTION;
use super::content_mode::{ATTRIBUTE_PREFIX, CONTENT_TYPE, STRUCTURED_CONTENT_TYPE};
use crate::{EVENT_TYPE_PREFIX, timestamp};

/// The `source` of events of the simulator.
pub const SIMULATOR_SOURCE: &str = "/ensilinja/simulator";

/// The `source` of events that are read from files of call records.
pub const IMPORT_SOURCE: &str = "/ensilinja/import";

/// One fact about one contact on a line, ready to be encoded. It has no `Debug`, because it contains a contact's id.
#[derive(Clone, Copy)]
pub struct Statement<'a> {
    /// The id of the contact, 1 to [`MAX_CONTACT_BYTES`](crate::MAX_CONTACT_BYTES) bytes.
    pub contact: &'a str,
    /// The line.
    pub line: &'a LineId,
    /// Which visit of the contact to the line, 1 to [`MAX_VISIT_CHARS`](crate::MAX_VISIT_CHARS) characters.
    pub visit: Option<&'a str>,
    /// The line to which the contact was moved, for [`Fact::Transferred`]. It is written, but not read.
    pub to_line: Option<&'a LineId>,
    /// When it happened: years 0000 to 9998.
    pub at: EventTime,
    /// The fact.
    pub fact: Fact,
}

/// The parts of a Kafka record. It has no `Debug`, because it contains a contact's id.
#[derive(Clone, PartialEq, Eq)]
pub struct Encoded {
    /// The key: the id of the contact.
    pub key: Vec<u8>,
    /// The headers, in order.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The value.
    pub value: Vec<u8>,
}

/// A whole event in structured mode, with the attributes in their usual order.
#[derive(Serialize)]
struct EncodedEvent<'a> {
    specversion: &'a str,
    id: &'a str,
    source: &'a str,
    #[serde(rename = "type")]
    event_type: &'a str,
    subject: &'a str,
    time: &'a str,
    datacontenttype: &'a str,
    data: &'a EncodedData<'a>,
}

#[derive(Default, Serialize)]
struct EncodedData<'a> {
    line: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    visit: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to_line: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stage: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    outcome: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    question: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<EncodedAnswer>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum EncodedAnswer {
    Score(u8),
    Word(&'static str),
}

const SPECVERSION: &str = "1.0";
const DATA_CONTENT_TYPE: &str = "application/json";

/// Encodes a statement of the simulator in structured mode: the value is the whole event.
///
/// # Panics
/// As [`encode_structured_from`].
#[must_use]
pub fn encode_structured(statement: &Statement<'_>) -> Encoded {
    encode_structured_from(SIMULATOR_SOURCE, statement)
}

/// Encodes a statement of a `source` in structured mode: the value is the whole event.
///
/// The event's `id` is a hash of the whole statement. As `CloudEvents` requires, the same statement has the same id
/// each time it is sent, and different statements have different ids.
///
/// # Panics
/// If `at` is outside the years 0000 to 9998. RFC 3339 ends with 9999.
#[must_use]
pub fn encode_structured_from(source: &str, statement: &Statement<'_>) -> Encoded {
    let data = encoded_data(statement);
    let value = to_json(&EncodedEvent {
        specversion: SPECVERSION,
        id: &event_id(statement, &data),
        source,
        event_type: &event_type(statement),
        subject: statement.contact,
        time: &time(statement.at),
        datacontenttype: DATA_CONTENT_TYPE,
        data: &data,
    });
    let headers = vec![(CONTENT_TYPE.to_owned(), format!("{STRUCTURED_CONTENT_TYPE}+json").into_bytes())];
    Encoded { key: statement.contact.into(), headers, value }
}

/// Encodes a statement in binary mode: the attributes are `ce_` headers, the value is `data`.
///
/// # Panics
/// As [`encode_structured_from`].
#[must_use]
pub fn encode_binary(statement: &Statement<'_>) -> Encoded {
    let data = encoded_data(statement);
    let attributes = [
        ("specversion", SPECVERSION.to_owned()),
        ("id", event_id(statement, &data)),
        ("source", SIMULATOR_SOURCE.to_owned()),
        ("type", event_type(statement)),
        ("subject", statement.contact.to_owned()),
        ("time", time(statement.at)),
    ];
    let headers = std::iter::once((CONTENT_TYPE.to_owned(), DATA_CONTENT_TYPE.into()))
        .chain(attributes.map(|(name, value)| (format!("{ATTRIBUTE_PREFIX}{name}"), value.into_bytes())))
        .collect();
    Encoded { key: statement.contact.into(), headers, value: to_json(&data) }
}

fn encoded_data<'a>(statement: &Statement<'a>) -> EncodedData<'a> {
    let mut data = EncodedData { line: statement.line.as_str(), visit: statement.visit, ..EncodedData::default() };
    match statement.fact {
        Fact::Offered
        | Fact::Queued
        | Fact::Answered
        | Fact::TimedOut
        | Fact::WaitUnknown
        | Fact::CallbackRequested
        | Fact::CallbackReached
        | Fact::Ended
        | Fact::Retracted => {}
        Fact::Abandoned(stage) => data.stage = Some(stage.as_str()),
        Fact::CallbackAttempted(result) => data.result = Some(result.as_str()),
        Fact::CallbackClosed(result) => data.result = Some(result.as_str()),
        Fact::Transferred => data.to_line = statement.to_line.map(LineId::as_str),
        Fact::OutcomeRecorded(outcome) => data.outcome = Some(outcome.as_str()),
        Fact::FeedbackReceived(FeedbackAnswer::Nps(score)) => {
            data.question = Some(NPS_QUESTION);
            data.answer = Some(EncodedAnswer::Score(score.get()));
        }
        Fact::FeedbackReceived(FeedbackAnswer::Survey(survey, answer)) => {
            data.question = Some(survey.as_str());
            data.answer = Some(EncodedAnswer::Word(answer.as_str()));
        }
    }
    data
}

fn event_type(statement: &Statement<'_>) -> String {
    format!("{EVENT_TYPE_PREFIX}{}", statement.fact.kind().as_str())
}

fn event_id(statement: &Statement<'_>, data: &EncodedData<'_>) -> String {
    let statement = to_json(&(statement.contact, statement.at.as_millis(), event_type(statement), data));
    format!("{:032x}", SipHasher13::new().hash(&statement).as_u128())
}

pub(crate) fn time(at: EventTime) -> String {
    let instant = jiff::Timestamp::from_millisecond(at.as_millis()).ok();
    let in_range = instant.filter(|_| at >= timestamp::YEAR_0);
    in_range.expect("a statement's instant lies in the years 0000 to 9998").to_string()
}

fn to_json(value: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(value).expect("strings and small numbers always serialize to JSON")
}
