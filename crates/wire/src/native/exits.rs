//! Exits from a queue that name no outcome: what the configuration says of them, or the harmless meaning.

use ensilinja_model::LineIndex;

use super::{MappingEntry, MappingTable, NativeSink};
use crate::{ExitMeaning, Mapping};

/// The exit of a contact that had waited as long as the queue allows.
pub(crate) const TIMEOUT: &str = "timeout";

/// The exits by which a platform takes a contact out of the queue on its own: it waited too long, or no agent was
/// there.
const TIMED_OUT: [&str; 3] = [TIMEOUT, "empty", "no_agent"];

/// What an exit means that no table has.
pub(crate) fn meaning_without_entry(name: &str) -> ExitMeaning {
    if TIMED_OUT.contains(&name) { ExitMeaning::TimedOut } else { ExitMeaning::Transferred }
}

/// What this exit from a queue means for its line, and the entry that says so: of the exit, or else of the queue.
///
/// An exit without an entry is a time-out if the platform ended the wait on its own. Any other is a transfer: it stops
/// the wait and judges no one. It is reported as unmapped, with the key of the queue in front.
pub(crate) fn exit<'m>(
    mapping: &'m Mapping,
    line: LineIndex,
    queue: MappingEntry<'m>,
    name: &str,
    sink: &mut dyn NativeSink,
) -> (ExitMeaning, MappingEntry<'m>) {
    if let Some((meaning, key)) = mapping.exits.find(line, name) {
        return (meaning, MappingEntry { table: MappingTable::Exits, key });
    }
    sink.unmapped(MappingTable::Exits, &format!("{}:{name}", queue.key), None);
    (meaning_without_entry(name), queue)
}
