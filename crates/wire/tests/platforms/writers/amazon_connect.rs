//! Contact events, and contact records for what only they say: moves, failed attempts, outcomes and feedback.

use ensilinja_model::{AttemptResult, CloseResult, EventTime, Fact, FeedbackAnswer, Outcome, Survey};
use serde_json::{Map, Value, json};

use super::{is_of_a_stay, rfc3339, second_of};
use crate::calls::{CALLER, Call, Telling};
use crate::platform::Platform;

pub const PLATFORM: Platform = Platform {
    format: "amazon_connect",
    telling: Telling { tells, dated },
    records,
    keys: "removed_callback = \"purged\"",
    tables: "[source.amazon_connect.attributes.Outcome]\nfield = \"outcome\"\ntime = \"latest\"\n\
             values = { done = \"handled\", county = \"continues_county\", hyte = \"continues_hyte\", \
             else = \"other\" }\n\
             [source.amazon_connect.attributes.Nps]\nfield = \"nps\"\n\
             [source.amazon_connect.attributes.Continues]\nfield = \"continues\"\n\
             [source.amazon_connect.attributes.Solved]\nfield = \"solved\"",
};

fn tells(fact: Fact) -> bool {
    use Fact::{CallbackAttempted, CallbackReached, CallbackRequested, FeedbackReceived, OutcomeRecorded};
    is_of_a_stay(fact)
        || matches!(fact, CallbackRequested | CallbackAttempted(_) | CallbackReached)
        || matches!(fact, OutcomeRecorded(_) | FeedbackReceived(_))
        || matches!(fact, Fact::CallbackClosed(CloseResult::Purged | CloseResult::Expired))
}

/// What only records say has whole seconds: their beginning where it must win over an event, otherwise their end.
fn dated(at: EventTime, fact: Fact) -> EventTime {
    match fact {
        Fact::Transferred | Fact::CallbackRequested | Fact::CallbackAttempted(_) | Fact::CallbackReached => {
            second_of(at)
        }
        Fact::CallbackClosed(_) | Fact::OutcomeRecorded(_) | Fact::FeedbackReceived(_) => {
            second_of(at).plus_millis(999)
        }
        _ => at,
    }
}

fn records(call: &Call) -> Vec<(EventTime, String)> {
    let writer = Writer { call, queue: format!("arn:aws:connect:eu:1:instance/i/queue/q-{}", call.line) };
    let records = call.facts.iter().enumerate().flat_map(|(place, (at, fact))| {
        let records = writer.records(place, *at, *fact);
        records.into_iter().map(|record| (*at, record.to_string()))
    });
    records.collect()
}

struct Writer<'c> {
    call: &'c Call,
    queue: String,
}

impl Writer<'_> {
    fn records(&self, place: usize, at: EventTime, fact: Fact) -> Vec<Value> {
        let requested = self.call.result().map(|(requested, _)| requested);
        let callback =
            |kind, more| self.event(kind, "CALLBACK", &format!("{}-cb{place}", self.call.id), requested, more);
        match fact {
            Fact::Queued => vec![self.inbound("QUEUED", json!({}))],
            Fact::Answered => vec![self.inbound("CONNECTED_TO_AGENT", agent(at))],
            Fact::Ended if self.call.answered().is_some() => {
                let mut more = agent(self.call.answered().unwrap());
                more["disconnectTimestamp"] = rfc3339(at).into();
                vec![self.inbound("DISCONNECTED", more)]
            }
            Fact::Abandoned(_) => vec![self.inbound("DISCONNECTED", json!({ "disconnectTimestamp": rfc3339(at) }))],
            // The event looks like that of an abandon, at the instant to which the record dates the move.
            Fact::Transferred => vec![
                self.inbound("DISCONNECTED", json!({ "disconnectTimestamp": rfc3339(at) })),
                self.record("INBOUND", &self.call.id, self.call.entered(), json!({
                    "DisconnectTimestamp": whole(at), "NextContactId": "next", "DisconnectReason": "CONTACT_FLOW_DISCONNECT",
                })),
            ],
            Fact::CallbackRequested => vec![
                callback("QUEUED", json!({})),
                self.inbound("DISCONNECTED", json!({ "disconnectTimestamp": rfc3339(at.plus_millis(1_640)) })),
            ],
            Fact::CallbackAttempted(AttemptResult::Reached) => vec![callback("CONNECTED_TO_AGENT", agent(at.plus_millis(410)))],
            Fact::CallbackAttempted(AttemptResult::Failed) => vec![self.callback_record(place, json!({
                "DisconnectTimestamp": whole(at), "NextContactId": "next", "DisconnectReason": "OTHER",
                "Agent": { "ARN": "a", "Username": "agent1" },
            }))],
            Fact::CallbackClosed(result) => vec![self.callback_record(place, json!({
                "DisconnectTimestamp": whole(at),
                "DisconnectReason": if result == CloseResult::Expired { "EXPIRED" } else { "API" },
            }))],
            Fact::OutcomeRecorded(outcome) => vec![self.with_attribute(at, "Outcome", match outcome {
                Outcome::Handled => "done".to_owned(),
                Outcome::ContinuesCounty => "county".to_owned(),
                Outcome::ContinuesHyte => "hyte".to_owned(),
                Outcome::Other => "else".to_owned(),
            })],
            Fact::FeedbackReceived(FeedbackAnswer::Nps(score)) => {
                vec![self.with_attribute(at, "Nps", score.get().to_string())]
            }
            Fact::FeedbackReceived(FeedbackAnswer::Survey(survey, answer)) => {
                let name = if survey == Survey::Continues { "Continues" } else { "Solved" };
                vec![self.with_attribute(at, name, answer.as_str().to_owned())]
            }
            _ => vec![],
        }
    }

    fn inbound(&self, kind: &str, more: Value) -> Value {
        self.event(kind, "INBOUND", &self.call.id, Some(self.call.entered()), more)
    }

    /// An event of `EventBridge`.
    fn event(&self, kind: &str, method: &str, id: &str, initiated: Option<EventTime>, more: Value) -> Value {
        let initiated = initiated.map(rfc3339);
        let mut detail = json!({
            "eventType": kind, "contactId": id, "initialContactId": self.call.id, "channel": "VOICE",
            "initiationMethod": method, "initiationTimestamp": initiated,
            "queueInfo": { "queueArn": self.queue, "queueType": "STANDARD", "enqueueTimestamp": initiated },
            "customerEndpoint": { "address": CALLER },
        });
        extend(&mut detail, more);
        json!({ "detail-type": "Amazon Connect Contact Event", "source": "aws.connect", "detail": detail })
    }

    fn record(&self, method: &str, id: &str, initiated: EventTime, more: Value) -> Value {
        let mut record = json!({
            "AWSContactTraceRecordFormatVersion": "2017-03-10", "ContactId": id, "InitialContactId": self.call.id,
            "Channel": "VOICE", "InitiationMethod": method, "InitiationTimestamp": whole(initiated),
            "Queue": { "ARN": self.queue, "Name": "Queue", "EnqueueTimestamp": whole(initiated) },
            "CustomerEndpoint": { "Address": CALLER, "Type": "TELEPHONE_NUMBER" }, "Agent": null, "Attributes": {},
        });
        extend(&mut record, more);
        record
    }

    fn callback_record(&self, place: usize, more: Value) -> Value {
        let (requested, _) = self.call.result().expect("the callback was requested");
        self.record("CALLBACK", &format!("{}-cb{place}", self.call.id), requested, more)
    }

    /// The record of the call, once more, after its attribute was set.
    fn with_attribute(&self, at: EventTime, name: &str, value: String) -> Value {
        let attributes = Value::Object(Map::from_iter([(name.to_owned(), value.into())]));
        let more = json!({ "LastUpdateTimestamp": whole(at), "Attributes": attributes });
        self.record("INBOUND", &self.call.id, self.call.entered(), more)
    }
}

fn agent(at: EventTime) -> Value {
    json!({ "agentInfo": { "agentArn": "a", "connectedToAgentTimestamp": rfc3339(at) } })
}

fn extend(value: &mut Value, more: Value) {
    let Value::Object(more) = more else { unreachable!() };
    value.as_object_mut().unwrap().extend(more);
}

/// An instant as records have it: without its milliseconds.
fn whole(at: EventTime) -> String {
    rfc3339(second_of(at)).replace(".000Z", "Z")
}
