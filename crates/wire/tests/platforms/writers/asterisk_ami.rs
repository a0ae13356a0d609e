//! Events of the Asterisk Manager Interface. They name no keys, so a call that leaves by one has moved.

use ensilinja_model::{EventTime, Fact};
use serde_json::{Value, json};

use super::{exact, is_of_a_stay};
use crate::calls::{CALLER, Call};
use crate::platform::Platform;

pub const PLATFORM: Platform =
    Platform { format: "asterisk_ami", telling: exact(is_of_a_stay), records, keys: "", tables: "" };

fn records(call: &Call) -> Vec<(EventTime, String)> {
    let entered = call.entered();
    let mut records = Vec::new();
    let mut write = |at: EventTime, name: &str, more: Value| {
        let mut event = json!({
            "Event": name, "Timestamp": format!("{}.{:03}450", at.floor_second(), at.as_millis().rem_euclid(1000)),
            "Uniqueid": call.id, "CallerIDNum": CALLER, "Queue": format!("q-{}", call.line),
        });
        event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        records.push((at, event.to_string()));
    };
    write(entered, "QueueCallerJoin", json!({ "Position": "1" }));
    let Some((left, result)) = call.result() else { return records };
    let seconds = |from: EventTime, to: EventTime| (to.floor_second() - from.floor_second()).to_string();
    let hold = seconds(entered, left);
    match result {
        Fact::Answered => {
            let agent = json!({ "Interface": "PJSIP/agent1", "MemberName": "agent1", "HoldTime": hold });
            write(left, "QueueCallerLeave", json!({}));
            write(left, "AgentConnect", agent.clone());
            if let Some(ended) = call.ended() {
                let mut complete = agent;
                complete["TalkTime"] = seconds(left, ended).into();
                write(ended, "AgentComplete", complete);
                write(ended, "Hangup", json!({ "Queue": null }));
            }
        }
        result => {
            if let Fact::Abandoned(_) = result {
                write(left, "QueueCallerAbandon", json!({ "HoldTime": hold }));
            }
            write(left, "QueueCallerLeave", json!({}));
            write(left, "Hangup", json!({ "Queue": null }));
        }
    }
    records
}
