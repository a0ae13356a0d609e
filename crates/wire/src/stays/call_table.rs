//! A generation of calls, with an index of conversations for calls whose id changes.
//!
//! When Asterisk optimizes a Local channel away, the end of the conversation is logged under the id of another channel.
//! Queue, agent and the second of the connect still say whose it is: an agent has one conversation at a time.

use ensilinja_model::{Event, LegKey};
use hashbrown::HashTable;

use super::call::Call;
use super::part::{StayPart, Step, mix};

/// The calls of a generation.
#[derive(Clone, Default)]
pub(super) struct CallTable {
    calls: HashTable<(LegKey, Call)>,
    /// Connects, by conversation.
    connects: HashTable<(u64, LegKey)>,
    /// Ends of conversations, by conversation.
    ends: HashTable<(u64, LegKey)>,
    lines: usize,
}

/// The most calls that may share a conversation by mistake. An agent has one at a time, but names may be shared.
const MOST_SHARED: usize = 16;

impl CallTable {
    pub(super) fn len(&self) -> usize {
        self.calls.len()
    }

    /// The number of parts.
    pub(super) fn lines(&self) -> usize {
        self.lines
    }

    pub(super) fn has(&self, call: LegKey) -> bool {
        self.find(call).is_some()
    }

    pub(super) fn find(&self, call: LegKey) -> Option<&Call> {
        self.calls.find(hash(call), |(key, _)| *key == call).map(|(_, call)| call)
    }

    /// Takes a call out, with its conversations.
    pub(super) fn remove(&mut self, key: LegKey) -> Option<Call> {
        let entry = self.calls.find_entry(hash(key), |(other, _)| *other == key).ok()?;
        let ((_, call), _) = entry.remove();
        self.lines -= call.len();
        for part in call.parts(key) {
            self.forget(&part);
        }
        Some(call)
    }

    /// Adds a call that the table lacks, with its conversations.
    pub(super) fn insert(&mut self, key: LegKey, call: Call) {
        self.lines += call.len();
        for part in call.parts(key) {
            self.note(&part);
        }
        self.calls.insert_unique(hash(key), (key, call), |(key, _)| hash(*key));
    }

    /// Adds a part to its call, and gives the events that are now known.
    pub(super) fn learn(&mut self, part: &StayPart, give: &mut dyn FnMut(Event)) {
        let key = part.call;
        let entry = self.calls.entry(hash(key), |(other, _)| *other == key, |(other, _)| hash(*other));
        let mut entry = entry.or_insert_with(|| (key, Call::default()));
        if entry.get_mut().1.learn(part, give) {
            self.lines += 1;
            self.note(part);
        }
    }

    /// The number of calls that left a queue whose entry is not known.
    pub(super) fn without_entry(&self) -> usize {
        self.calls.iter().filter(|(_, call)| call.is_without_entry()).count()
    }

    /// The number of conversations that are noted, with their calls.
    #[cfg(test)]
    pub(super) fn noted(&self) -> usize {
        self.connects.len() + self.ends.len()
    }

    /// Notes the conversation that a part begins or ends.
    fn note(&mut self, part: &StayPart) {
        if let Some((table, conversation)) = self.conversation_of(part) {
            let noted = (conversation, part.call);
            table.entry(conversation, |known| *known == noted, |(conversation, _)| *conversation).or_insert(noted);
        }
    }

    fn forget(&mut self, part: &StayPart) {
        if let Some((table, conversation)) = self.conversation_of(part)
            && let Ok(known) = table.find_entry(conversation, |known| *known == (conversation, part.call))
        {
            known.remove();
        }
    }

    /// The conversation that a part begins or ends, and the table for it.
    fn conversation_of(&mut self, part: &StayPart) -> Option<(&mut HashTable<(u64, LegKey)>, u64)> {
        match part.step {
            Step::Connected { .. } => Some((&mut self.connects, conversation(part, part.at.floor_second()))),
            Step::TalkEnded { talk_s, .. } => Some((&mut self.ends, conversation(part, part.connected_second(talk_s)))),
            _ => None,
        }
    }

    /// Other calls with the end of a conversation that began like this one.
    pub(super) fn ends_elsewhere(&self, connect: &StayPart) -> impl Iterator<Item = LegKey> {
        Self::elsewhere(&self.ends, connect, connect.at.floor_second())
    }

    /// Other calls with a conversation that began as this one must have.
    pub(super) fn connects_elsewhere(&self, end: &StayPart, talk_s: u32) -> impl Iterator<Item = LegKey> {
        Self::elsewhere(&self.connects, end, end.connected_second(talk_s))
    }

    fn elsewhere(table: &HashTable<(u64, LegKey)>, part: &StayPart, second: i64) -> impl Iterator<Item = LegKey> {
        let own = part.call;
        let conversations = [second - 1, second, second + 1].map(|second| conversation(part, second));
        let found = conversations.into_iter().flat_map(|wanted| {
            table.iter_hash(wanted).filter(move |(conversation, _)| *conversation == wanted).map(|(_, call)| *call)
        });
        found.filter(move |call| *call != own).take(MOST_SHARED)
    }
}

/// The hash of a key that is a hash.
#[expect(clippy::cast_possible_truncation, reason = "any 64 bits of a leg's key are a hash")]
fn hash(key: LegKey) -> u64 {
    key.get() as u64
}

/// The hash of the conversation of an agent that began in a second.
fn conversation(part: &StayPart, second: i64) -> u64 {
    mix(part.queue ^ u64::from(part.agent).rotate_left(32), second)
}
