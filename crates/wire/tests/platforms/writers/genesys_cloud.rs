//! Notifications of Genesys Cloud. Codes of agents say what came of a callback, and the outcome.

use ensilinja_model::{AttemptResult, EventTime, Fact};
use serde_json::{Value, json};

use super::{exact, is_of_a_stay};
use crate::calls::{CALLER, Call};
use crate::platform::Platform;

pub const PLATFORM: Platform = Platform {
    format: "genesys_cloud",
    telling: exact(tells),
    records,
    keys: "removed_callback = \"purged\"",
    tables: "[source.exits]\nflow_out = \"transferred\"\n\
             [source.codes]\nhandled = \"handled\"\ncontinues_county = \"continues_county\"\n\
             continues_hyte = \"continues_hyte\"\nother = \"other\"\nreached = \"callback_reached\"\n\
             failed = \"callback_failed\"\npurged = \"closed_purged\"\nexpired = \"closed_expired\"\n\
             unreached = \"closed_unreached\"\nduplicate = \"closed_duplicate\"\ncancelled = \"closed_cancelled\"",
};

/// All but feedback.
fn tells(fact: Fact) -> bool {
    use Fact::{CallbackAttempted, CallbackClosed, CallbackReached, CallbackRequested, OutcomeRecorded};
    is_of_a_stay(fact)
        || matches!(fact, CallbackRequested | CallbackAttempted(_) | CallbackReached | CallbackClosed(_))
        || matches!(fact, OutcomeRecorded(_))
}

fn records(call: &Call) -> Vec<(EventTime, String)> {
    let mut records = Vec::new();
    for (at, fact) in &call.facts {
        let mut write = |kind: &str, medium: &str, more: Value| {
            let mut body = json!({
                "eventTime": at.as_millis(), "conversationId": call.id, "participantId": "p", "sessionId": "s",
                "mediaType": medium, "direction": "INBOUND", "ani": format!("tel:{CALLER}"),
                "queueId": format!("q-{}", call.line),
            });
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let topic = format!("v2.detail.events.conversation.11111111-0000-4000-8000-000000000001.{kind}");
            records.push((*at, json!({ "topicName": topic, "version": "2", "eventBody": body }).to_string()));
        };
        let mut code = |medium: &str, code: &str| write("wrapup", medium, json!({ "wrapupCode": code }));
        match *fact {
            Fact::OutcomeRecorded(outcome) => code("VOICE", outcome.as_str()),
            Fact::CallbackAttempted(AttemptResult::Reached) => code("CALLBACK", "reached"),
            Fact::CallbackAttempted(AttemptResult::Failed) => code("CALLBACK", "failed"),
            Fact::CallbackClosed(result) => code("CALLBACK", result.as_str()),
            Fact::Queued => write("acd.start", "VOICE", json!({})),
            Fact::Answered => write("acd.end", "VOICE", json!({ "acdOutcome": "ANSWERED" })),
            Fact::Abandoned(_) => write("acd.end", "VOICE", json!({ "acdOutcome": "ABANDON" })),
            Fact::Transferred => write("acd.end", "VOICE", json!({ "acdOutcome": "FLOW_OUT" })),
            Fact::CallbackRequested => {
                write("acd.end", "VOICE", json!({ "acdOutcome": "FLOW_OUT" }));
                write("acd.start", "CALLBACK", json!({ "callbackNumbers": [CALLER] }));
            }
            Fact::Ended if call.answered().is_some() => {
                write("user.end", "VOICE", json!({ "interactingDurationMs": 1 }));
            }
            _ => {}
        }
    }
    records
}
