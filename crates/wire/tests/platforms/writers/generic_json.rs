//! A platform of which only the configuration knows: a record a fact, which can tell everything.

use ensilinja_model::{EventTime, Fact, FeedbackAnswer};
use serde_json::json;

use super::{exact, rfc3339};
use crate::calls::{CALLER, Call};
use crate::platform::Platform;

pub const PLATFORM: Platform = Platform {
    format: "json",
    telling: exact(|_| true),
    records,
    keys: "",
    tables: r#"
[source.exits]
gave_up = "abandoned"
[source.codes]
handled = "handled"
continues_county = "continues_county"
continues_hyte = "continues_hyte"
other = "other"
reached = "callback_reached"
failed = "callback_failed"
purged = "closed_purged"
expired = "closed_expired"
unreached = "closed_unreached"
duplicate = "closed_duplicate"
cancelled = "closed_cancelled"
[source.json]
records = "/rows"
type = "/what"
contact = "/call/id"
queue_name = "/queue"
time = "/at"
silent_types = ["callback_reached"]
[[source.json.facts]]
fact = "offered"
type = "queued"
[[source.json.facts]]
fact = "queued"
type = "queued"
[[source.json.facts]]
fact = "answered"
type = "answered"
[[source.json.facts]]
fact = "callback_requested"
type = "callback_requested"
[[source.json.facts]]
fact = "transferred"
type = "transferred"
[[source.json.facts]]
exit = "/value"
type = "abandoned"
[[source.json.facts]]
fact = "ended"
type = "ended"
[[source.json.facts]]
code = "/value"
type = ["callback_attempted", "callback_closed", "outcome_recorded"]
[[source.json.facts]]
fact = "feedback_received"
question = "nps"
answer = "/value"
type = "nps"
[[source.json.facts]]
fact = "feedback_received"
question = "continues"
answer = "/value"
type = "continues"
[[source.json.facts]]
fact = "feedback_received"
question = "solved"
answer = "/value"
type = "solved"
"#,
};

fn records(call: &Call) -> Vec<(EventTime, String)> {
    let rows = call.facts.iter().filter(|(_, fact)| *fact != Fact::Offered).map(|(at, fact)| {
        let (what, value) = match *fact {
            Fact::FeedbackReceived(FeedbackAnswer::Nps(score)) => ("nps", json!(score.get())),
            Fact::FeedbackReceived(FeedbackAnswer::Survey(survey, answer)) => (survey.as_str(), json!(answer.as_str())),
            fact => (fact.kind().as_str(), match fact {
                Fact::Abandoned(_) => json!("gave_up"),
                Fact::CallbackAttempted(result) => json!(result.as_str()),
                Fact::CallbackClosed(result) => json!(result.as_str()),
                Fact::OutcomeRecorded(outcome) => json!(outcome.as_str()),
                _ => json!(null),
            }),
        };
        let queue = format!("q-{}", call.line);
        (*at, json!({ "what": what, "call": { "id": call.id, "from": CALLER }, "queue": queue, "at": rfc3339(*at), "value": value }))
    });
    rows.map(|(at, row)| (at, json!({ "rows": [row] }).to_string())).collect()
}
