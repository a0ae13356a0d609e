//! Event Streams of `TaskRouter`. A callback is a task of its own, and each further attempt another.

use ensilinja_model::{AttemptResult, EventTime, Fact};
use serde_json::{Value, json};

use super::{exact, is_of_a_stay, rfc3339};
use crate::calls::{CALLER, Call};
use crate::platform::Platform;

pub const PLATFORM: Platform = Platform {
    format: "twilio_taskrouter",
    telling: exact(tells),
    records,
    keys: "removed_callback = \"purged\"",
    tables: "[source.codes]\nhandled = \"handled\"\ncontinues_county = \"continues_county\"\n\
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
    for (place, (at, fact)) in call.facts.iter().enumerate() {
        let mut write = |name: &str, task: &str, created: EventTime, attributes: Value, more: Value| {
            let mut payload = json!({
                "timestamp": rfc3339(*at), "task_sid": task, "task_queue_sid": format!("q-{}", call.line),
                "task_attributes": attributes.to_string(), "task_date_created": rfc3339(created),
            });
            payload.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let event = json!({
                "specversion": "1.0", "type": format!("com.twilio.taskrouter.{name}"), "time": rfc3339(*at),
                "data": { "timestamp": rfc3339(*at), "payload": payload },
            });
            records.push((*at, event.to_string()));
        };
        let nothing = || json!({});
        let from = || json!({ "direction": "inbound", "from": CALLER });
        let mut of_call = |name: &str, more: Value| write(name, &call.id, call.entered(), from(), more);
        let hang_up = |reason: &str| json!({ "task_canceled_reason": reason });
        match *fact {
            Fact::Queued => of_call("task-queue.entered", nothing()),
            Fact::Answered => of_call("reservation.accepted", nothing()),
            Fact::Ended if call.answered().is_some() => of_call("task.completed", nothing()),
            Fact::Abandoned(_) => of_call("task.canceled", hang_up("hangup")),
            Fact::Transferred => of_call("task-queue.moved", nothing()),
            Fact::OutcomeRecorded(outcome) => {
                let attributes = json!({ "conversations": { "outcome": outcome.as_str() } });
                write("task.updated", &call.id, call.entered(), attributes, nothing());
            }
            Fact::CallbackRequested => {
                of_call("task.canceled", hang_up("Opted to request a callback"));
                write("task-queue.entered", &back(call, place), *at, to_call(call, None), nothing());
            }
            Fact::CallbackAttempted(result) => {
                let word = if result == AttemptResult::Reached { "reached" } else { "failed" };
                write("task.completed", &back(call, place), *at, to_call(call, Some(word)), nothing());
            }
            Fact::CallbackClosed(result) => {
                write("task.completed", &back(call, place), *at, to_call(call, Some(result.as_str())), nothing());
            }
            _ => {}
        }
    }
    records
}

fn back(call: &Call, place: usize) -> String {
    format!("{}-{place}", call.id)
}

/// The attributes of a task that calls back.
fn to_call(call: &Call, outcome: Option<&str>) -> Value {
    json!({ "taskType": "callback", "conversations": { "conversation_id": call.id, "outcome": outcome } })
}
