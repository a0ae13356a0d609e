//! The simulated county as the `queue_log` of an Asterisk.

#![allow(dead_code, reason = "each test target uses a part of it")]

use std::fmt::Write as _;

use ensilinja_model::{EventTime, Fact, LineId};

use crate::calls::{CALLER, Call, Telling};

/// A `queue_log` has whole seconds, and knows nothing of callbacks, outcomes and feedback.
pub const TELLING: Telling = Telling {
    tells: |fact| {
        use Fact::{Abandoned, Answered, CallbackRequested, Ended, Offered, Transferred};
        matches!(fact, Offered | Answered | Abandoned(_) | CallbackRequested | Transferred | Ended)
    },
    dated: |at, _| EventTime::from_seconds(at.floor_second()),
};

/// The lines of a call, each with its instant.
pub fn lines(call: &Call) -> Vec<(EventTime, String)> {
    let Call { id, line, .. } = call;
    let line_of =
        |at: EventTime, agent: &str, rest: &str| (at, format!("{}|{id}|q-{line}|{agent}|{rest}", at.floor_second()));
    let entered = call.entered();
    let seconds = |from: EventTime, to: EventTime| to.floor_second() - from.floor_second();
    let mut lines = vec![line_of(entered, "NONE", &format!("ENTERQUEUE||{CALLER}|1"))];
    let Some((left, result)) = call.result() else { return lines };
    let wait = seconds(entered, left);
    match result {
        Fact::Answered => {
            lines.push(line_of(left, "agent1", &format!("CONNECT|{wait}|{id}1|2")));
            let talked = call.ended();
            let end = |ended| format!("COMPLETECALLER|{wait}|{}|1", seconds(left, ended));
            lines.extend(talked.map(|ended| line_of(ended, "agent1", &end(ended))));
        }
        Fact::Abandoned(_) => lines.push(line_of(left, "NONE", &format!("ABANDON|1|1|{wait}"))),
        Fact::CallbackRequested => lines.push(line_of(left, "NONE", &format!("EXITWITHKEY|2|1|1|{wait}"))),
        Fact::Transferred => lines.push(line_of(left, "NONE", &format!("EXITWITHKEY|1|1|1|{wait}"))),
        _ => unreachable!("no call has such a result"),
    }
    lines
}

/// All lines in the order in which they are written.
pub fn lines_of(calls: &[Call]) -> Vec<(i64, String)> {
    let mut lines: Vec<_> = calls.iter().flat_map(lines).map(|(at, line)| (at.floor_second(), line)).collect();
    lines.sort_by_key(|(second, _)| *second);
    lines
}

/// The `[[source]]` of these lines, in a topic.
pub fn source(topic: &str, lines: impl Iterator<Item = LineId>) -> String {
    let mut text = format!(
        "\n[[source]]\nname = \"telephony\"\ntopics = [\"{topic}\"]\nformat = \"asterisk_queue_log\"\n\
         [source.exits]\n\"key.1\" = \"transferred\"\n\"key.2\" = \"callback_requested\"\n[source.queues]\n"
    );
    for line in lines {
        writeln!(text, "\"q-{line}\" = \"{line}\"").expect("a text takes what is written to it");
    }
    text
}
