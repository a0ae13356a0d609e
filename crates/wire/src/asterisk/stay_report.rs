//! What both formats of Asterisk do with a part of a stay: the queue is looked up, and the call and its host named.

use std::borrow::Cow;

use ensilinja_model::{EventTime, Fact, LegKey, LineIndex};

use crate::native::exits::meaning_without_entry;
use crate::native::{MappingEntry, MappingTable, NativeSink};
use crate::rules::FormatRules;
use crate::stays::{StayPart, Step};
use crate::{AsteriskRules, Detail, Mapping, QueueTarget};

/// A queue that is mapped to a line.
pub(super) struct MappedQueue<'a> {
    pub name: &'a str,
    pub line: LineIndex,
    pub entry: MappingEntry<'a>,
}

/// The line of a queue. `None` if the queue does not count or is not mapped, which is reported.
pub(super) fn queue_of<'a>(name: &'a str, mapping: &'a Mapping, sink: &mut dyn NativeSink) -> Option<MappedQueue<'a>> {
    match mapping.queues.find(name) {
        Some((QueueTarget::Line(line), key)) => {
            let entry = MappingEntry { table: MappingTable::Queues, key };
            Some(MappedQueue { name, line: *line, entry })
        }
        Some((QueueTarget::Ignored, _)) => None,
        None => {
            sink.unmapped(MappingTable::Queues, name, None);
            None
        }
    }
}

/// What leaving a queue by this exit means, and why. An exit that no table has is reported.
pub(super) fn exit_of<'a>(
    exit: &str,
    queue: &MappedQueue<'a>,
    mapping: &'a Mapping,
    sink: &mut dyn NativeSink,
) -> (Fact, MappingEntry<'a>) {
    if let Some((meaning, key)) = mapping.exits.find(queue.line, exit) {
        return (meaning.fact(), MappingEntry { table: MappingTable::Exits, key });
    }
    // Digits of a caller do not belong into a report.
    let shown = if exit.len() <= MAX_EXIT_BYTES { exit } else { "key.other" };
    sink.unmapped(MappingTable::Exits, &format!("{}:{shown}", queue.name), None);
    (meaning_without_entry(exit).fact(), queue.entry)
}

/// The longest exit that is shown: `withdrawn`.
const MAX_EXIT_BYTES: usize = 9;

/// The rules of the format.
pub(super) fn rules_of(mapping: &Mapping) -> &AsteriskRules {
    static NONE: AsteriskRules = AsteriskRules {
        events: std::collections::BTreeMap::new(),
        host_in_id: false,
        line_member: None,
        time_member: None,
    };
    if let FormatRules::Asterisk(rules) = &mapping.rules { rules } else { &NONE }
}

/// The id of a call, with its host where that belongs to it.
pub(super) fn contact_of<'a>(call: &'a str, host: Option<&str>, rules: &AsteriskRules) -> Result<Cow<'a, str>, Detail> {
    if call.is_empty() || call == "NONE" {
        return Err(Detail::MissingContactId);
    }
    if !rules.host_in_id {
        return Ok(call.into());
    }
    let host = host.filter(|host| !host.is_empty()).ok_or(Detail::MissingContactId)?;
    Ok(format!("{host}/{call}").into())
}

/// A part of a stay. Its call is filled in by the decoder.
pub(super) fn part_of(queue: &MappedQueue<'_>, agent: &str, at: EventTime, step: Step) -> StayPart {
    let agent = if matches!(agent, "" | "NONE") { 0 } else { short_hash(agent) };
    let call = LegKey::new(0);
    StayPart { call, line: queue.line, at, queue: hash(queue.name), agent, step }
}

/// A hash of a name that does not change (FNV-1a).
fn hash(name: &str) -> u64 {
    name.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

fn short_hash(name: &str) -> u32 {
    (hash(name) >> 32) as u32 | 1
}
