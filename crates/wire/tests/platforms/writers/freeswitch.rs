//! Events of `mod_callcenter`. Keys end a wait, and a call with a variable calls back.

use ensilinja_model::{AttemptResult, EventTime, Fact};
use serde_json::{Value, json};

use super::{exact, is_of_a_stay};
use crate::calls::{CALLER, Call};
use crate::platform::Platform;

pub const PLATFORM: Platform = Platform {
    format: "freeswitch_callcenter",
    telling: exact(tells),
    records,
    keys: "",
    tables: "[source.exits]\n\"key.1\" = \"callback_requested\"\n\"key.2\" = \"transferred\"\n\
             [source.freeswitch_callcenter]\ncallback_of = \"variable_callback_of\"",
};

fn tells(fact: Fact) -> bool {
    use Fact::{CallbackAttempted, CallbackReached, CallbackRequested};
    is_of_a_stay(fact) || matches!(fact, CallbackRequested | CallbackAttempted(_) | CallbackReached)
}

fn records(call: &Call) -> Vec<(EventTime, String)> {
    let mut records = Vec::new();
    for (place, (at, fact)) in call.facts.iter().enumerate() {
        let mut write = |action: &str, more: Value| {
            let mut event = json!({
                "Event-Name": "CUSTOM", "Event-Subclass": "callcenter::info",
                "Event-Date-Timestamp": format!("{}731", at.as_millis()), "CC-Action": action,
                "CC-Queue": format!("q-{}", call.line), "CC-Member-UUID": format!("m-{}", call.id),
                "CC-Member-Session-UUID": call.id, "CC-Member-CID-Number": CALLER,
            });
            event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            records.push((*at, event.to_string()));
        };
        let cancel = |reason: &str, state: &str| json!({ "CC-Cause": "Cancel", "CC-Cancel-Reason": reason, "Answer-State": state });
        let key = |key: &str| {
            let mut more = cancel("EXIT_WITH_KEY", "answered");
            more["variable_cc_exit_key"] = key.into();
            more
        };
        let back = |mut more: Value| {
            more["CC-Member-UUID"] = format!("m-{}-{place}", call.id).into();
            more["CC-Member-Session-UUID"] = format!("{}-{place}", call.id).into();
            more["variable_callback_of"] = format!("{0}/m-{0}", call.id).into();
            more
        };
        match *fact {
            Fact::Queued => write("member-queue-start", json!({})),
            Fact::Answered => write("bridge-agent-start", json!({ "CC-Agent": "agent1" })),
            Fact::Ended if call.answered().is_some() => {
                let answered = call.answered().map(EventTime::floor_second);
                write("bridge-agent-end", json!({ "CC-Agent-Bridged": "true" }));
                let answered = json!({ "CC-Cause": "Terminated", "CC-Agent-Answered-Time": answered });
                write("member-queue-end", answered);
            }
            Fact::Abandoned(_) => write("member-queue-end", cancel("BREAK_OUT", "hangup")),
            Fact::CallbackRequested => write("member-queue-end", key("1")),
            Fact::Transferred => write("member-queue-end", key("2")),
            Fact::CallbackAttempted(AttemptResult::Reached) => {
                write("member-queue-start", back(json!({})));
                write("bridge-agent-start", back(json!({ "CC-Agent": "agent1" })));
            }
            Fact::CallbackAttempted(AttemptResult::Failed) => {
                write("member-queue-end", back(cancel("BREAK_OUT", "hangup")));
            }
            _ => {}
        }
    }
    records
}
