//! The simulated county as the `queue_log` of an Asterisk: the same calls as lines and as events.

#![allow(dead_code, reason = "each test target uses a part of it")]

use std::collections::BTreeMap;
use std::fmt::Write as _;

use ensilinja_model::{EventTime, Fact, LineId, Stage};
use ensilinja_sim::SimEvent;

/// The number that every caller has. It must not be found anywhere but in the records.
pub const CALLER: &str = "0401234567";

/// A contact as a `queue_log` can tell of it: in whole seconds, and with one result.
pub struct Call {
    pub id: String,
    pub line: LineId,
    entered: i64,
    result: Option<(i64, Fact)>,
    ended: Option<i64>,
}

/// The calls that events tell of, in the order of their arrival.
pub fn calls(events: impl Iterator<Item = SimEvent>) -> Vec<Call> {
    let mut legs: BTreeMap<(String, String, Option<String>), Vec<SimEvent>> = BTreeMap::new();
    for event in events {
        legs.entry((event.contact.clone(), event.line.to_string(), event.visit.clone())).or_default().push(event);
    }
    let mut calls: Vec<Call> = legs.into_values().filter_map(call).collect();
    calls.sort_by(|one, other| (one.entered, &one.line).cmp(&(other.entered, &other.line)));
    for (number, call) in calls.iter_mut().enumerate() {
        call.id = format!("{}.{number}", call.entered);
    }
    calls
}

fn call(mut events: Vec<SimEvent>) -> Option<Call> {
    events.sort_by_key(|event| event.at);
    let second = |event: &SimEvent| event.at.floor_second();
    let entered = events.iter().find(|event| event.fact == Fact::Offered).map(second)?;
    let result = events.iter().find_map(|event| match event.fact {
        Fact::Abandoned(_) => Some((second(event), Fact::Abandoned(Stage::Queue))),
        Fact::Answered | Fact::CallbackRequested | Fact::Transferred => Some((second(event), event.fact)),
        _ => None,
    });
    // Some simulated platforms date an end before the arrival, which no queue_log can.
    let result = result.filter(|(at, _)| *at >= entered);
    let ended = events.iter().find(|event| event.fact == Fact::Ended).map(second);
    let ended = ended.filter(|ended| result.is_some_and(|(at, fact)| fact == Fact::Answered && *ended >= at));
    Some(Call { id: String::new(), line: events[0].line.clone(), entered, result, ended })
}

impl Call {
    /// Whether the call was answered, and is over.
    pub fn was_served(&self) -> bool {
        self.ended.is_some()
    }

    /// Its events.
    pub fn events(&self) -> Vec<SimEvent> {
        let mut facts = vec![(self.entered, Fact::Offered), (self.entered, Fact::Queued)];
        facts.extend(self.result);
        match self.result {
            Some((_, Fact::Answered)) => facts.extend(self.ended.map(|second| (second, Fact::Ended))),
            Some((second, Fact::Abandoned(_))) => facts.push((second, Fact::Ended)),
            _ => {}
        }
        let event = |(second, fact)| {
            let at = EventTime::from_seconds(second);
            let (contact, line) = (self.id.clone(), self.line.clone());
            SimEvent { at, reported_at: at, contact, line, visit: None, to_line: None, fact }
        };
        facts.into_iter().map(event).collect()
    }

    /// Its lines, each with its second.
    pub fn lines(&self) -> Vec<(i64, String)> {
        let Self { id, line, entered, .. } = self;
        let line_of = |second: i64, agent: &str, rest: &str| (second, format!("{second}|{id}|q-{line}|{agent}|{rest}"));
        let mut lines = vec![line_of(*entered, "NONE", &format!("ENTERQUEUE||{CALLER}|1"))];
        let Some((second, fact)) = self.result else { return lines };
        let wait = second - entered;
        match fact {
            Fact::Answered => {
                lines.push(line_of(second, "agent1", &format!("CONNECT|{wait}|{id}1|2")));
                let talked = self.ended.map(|ended| (ended, format!("COMPLETECALLER|{wait}|{}|1", ended - second)));
                lines.extend(talked.map(|(ended, rest)| line_of(ended, "agent1", &rest)));
            }
            Fact::Abandoned(_) => lines.push(line_of(second, "NONE", &format!("ABANDON|1|1|{wait}"))),
            Fact::CallbackRequested => lines.push(line_of(second, "NONE", &format!("EXITWITHKEY|2|1|1|{wait}"))),
            Fact::Transferred => lines.push(line_of(second, "NONE", &format!("EXITWITHKEY|1|1|1|{wait}"))),
            _ => unreachable!("no call has such a result"),
        }
        lines
    }
}

/// All lines in the order in which they are written.
pub fn lines_of(calls: &[Call]) -> Vec<(i64, String)> {
    let mut lines: Vec<(i64, String)> = calls.iter().flat_map(Call::lines).collect();
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
