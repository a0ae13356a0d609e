//! All legs in memory: a slab of facts, with a hash index by key.
//!
//! The slab grows by whole chunks, so that a million legs are never copied and little memory is unused. Eviction is the
//! CLOCK algorithm: for each new leg a clock hand advances by two legs and evicts those older than the horizon. The
//! work is the same for every new leg, the slab is at most twice as large as needed, and there are no pauses.

use ensilinja_model::{EventTime, LegKey};
use hashbrown::HashTable;

use crate::facts::Facts;

const CHUNK: usize = 4096;

/// The index of a leg in the slab. An index is reused after its leg was evicted.
pub(crate) type LegIndex = u32;

#[derive(Clone, Debug)]
struct LegRecord {
    /// The two halves of the key. A `u128` would align the record to sixteen bytes instead of eight.
    key: [u64; 2],
    facts: Facts,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Legs {
    chunks: Vec<Vec<Option<LegRecord>>>,
    by_key: HashTable<LegIndex>,
    vacant: Vec<LegIndex>,
    clock_hand: usize,
}

impl Legs {
    pub fn len(&self) -> usize {
        self.by_key.len()
    }

    pub fn get(&self, index: LegIndex) -> Option<&Facts> {
        slot(&self.chunks, index).map(|leg| &leg.facts)
    }

    pub fn get_mut(&mut self, index: LegIndex) -> Option<&mut Facts> {
        slot_mut(&mut self.chunks, index).as_mut().map(|leg| &mut leg.facts)
    }

    /// The facts of a leg.
    pub fn find(&self, key: LegKey) -> Option<&Facts> {
        self.get(self.find_index(key)?)
    }

    /// The index of a leg.
    pub fn find_index(&self, key: LegKey) -> Option<LegIndex> {
        let halves = halves(key);
        let is_it = |index: &LegIndex| slot(&self.chunks, *index).is_some_and(|leg| leg.key == halves);
        self.by_key.find(halves[1], is_it).copied()
    }

    /// Whether this leg is in memory, with this index.
    pub fn holds(&self, index: LegIndex, key: LegKey) -> bool {
        slot(&self.chunks, index).is_some_and(|leg| leg.key == halves(key))
    }

    /// The index of a leg, and whether it was inserted with the facts `new`.
    pub fn find_or_insert(&mut self, key: LegKey, new: impl FnOnce() -> Facts) -> (LegIndex, bool) {
        match self.find_index(key) {
            Some(index) => (index, false),
            None => (self.insert(key, new()), true),
        }
    }

    /// Adds a leg that is not in memory.
    fn insert(&mut self, key: LegKey, facts: Facts) -> LegIndex {
        let halves = halves(key);
        let leg = Some(LegRecord { key: halves, facts });
        let index = match self.vacant.pop() {
            Some(index) => {
                *slot_mut(&mut self.chunks, index) = leg;
                index
            }
            None => append(&mut self.chunks, leg),
        };
        let chunks = &self.chunks;
        let hash = |index: &LegIndex| slot(chunks, *index).expect("every index in the table holds a leg").key[1];
        self.by_key.insert_unique(halves[1], index, hash);
        index
    }

    /// Every leg with its key, in no particular order.
    pub fn with_keys(&self) -> impl Iterator<Item = (LegKey, &Facts)> {
        self.chunks.iter().flatten().flatten().map(|leg| (key_of(leg.key), &leg.facts))
    }

    /// The legs of one chunk of the slab, with their keys; `None` if there is no such chunk.
    pub fn of_chunk(&self, chunk: usize) -> Option<impl Iterator<Item = (LegKey, &Facts)>> {
        Some(self.chunks.get(chunk)?.iter().flatten().map(|leg| (key_of(leg.key), &leg.facts)))
    }

    /// The facts of every leg, in no particular order.
    pub fn all(&self) -> impl Iterator<Item = &Facts> {
        self.chunks.iter().flatten().flatten().map(|leg| &leg.facts)
    }

    /// Advances the clock hand by two legs and evicts those whose facts are all earlier than `horizon`.
    pub fn evict_two(&mut self, horizon: EventTime) {
        self.evict_next(horizon);
        self.evict_next(horizon);
    }

    fn evict_next(&mut self, horizon: EventTime) {
        let Some(length) = self.chunks.len().checked_sub(1).map(|full| full * CHUNK + self.chunks[full].len()) else {
            return;
        };
        self.clock_hand = if self.clock_hand + 1 < length { self.clock_hand + 1 } else { 0 };
        let index = LegIndex::try_from(self.clock_hand).expect("indices fit 32 bits");
        let leg = slot_mut(&mut self.chunks, index);
        if let Some(found) = leg.as_ref().filter(|leg| leg.facts.all_before(horizon)) {
            let hash = found.key[1];
            if let Ok(entry) = self.by_key.find_entry(hash, |indexed| *indexed == index) {
                entry.remove();
            }
            *leg = None;
            self.vacant.push(index);
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the halves of 128 bits are 64 bits each")]
const fn halves(key: LegKey) -> [u64; 2] {
    [(key.get() >> 64) as u64, key.get() as u64]
}

fn key_of([high, low]: [u64; 2]) -> LegKey {
    LegKey::new(u128::from(high) << 64 | u128::from(low))
}

fn append(chunks: &mut Vec<Vec<Option<LegRecord>>>, leg: Option<LegRecord>) -> LegIndex {
    if chunks.last().is_none_or(|chunk| chunk.len() == CHUNK) {
        chunks.push(Vec::with_capacity(CHUNK));
    }
    let full = chunks.len() - 1;
    let chunk = &mut chunks[full];
    chunk.push(leg);
    LegIndex::try_from(full * CHUNK + chunk.len() - 1).expect("four billion legs do not fit in memory")
}

fn slot(chunks: &[Vec<Option<LegRecord>>], index: LegIndex) -> Option<&LegRecord> {
    chunks[index as usize / CHUNK][index as usize % CHUNK].as_ref()
}

fn slot_mut(chunks: &mut [Vec<Option<LegRecord>>], index: LegIndex) -> &mut Option<LegRecord> {
    &mut chunks[index as usize / CHUNK][index as usize % CHUNK]
}

#[cfg(test)]
mod tests {
    use ensilinja_model::{Fact, LineIndex};

    use super::*;

    fn insert(legs: &mut Legs, key: u128, at_ms: i64) -> LegIndex {
        let at = EventTime::from_millis(at_ms);
        let (index, _) = legs.find_or_insert(LegKey::new(key), || Facts::new(LineIndex::new(0), at));
        let facts = legs.get_mut(index).unwrap();
        facts.learn(at, Fact::Offered);
        index
    }

    #[test]
    fn a_leg_is_found_again_by_its_whole_key() {
        let mut legs = Legs::default();
        let first = insert(&mut legs, 1, 0);
        let same_low_half = insert(&mut legs, 1 | 1 << 64, 0);
        assert_ne!(first, same_low_half);
        assert_eq!(insert(&mut legs, 1, 5), first);
        assert_eq!(legs.len(), 2);
    }

    #[test]
    fn the_clock_hand_evicts_every_old_leg_in_one_round_and_indices_are_reused() {
        let mut legs = Legs::default();
        for key in 0..10_000 {
            insert(&mut legs, key, if key % 2 == 0 { 0 } else { 1_000 });
        }
        for _ in 0..5_000 {
            legs.evict_two(EventTime::from_millis(1_000));
        }
        assert_eq!(legs.len(), 5_000);
        let (_, is_new) = legs.find_or_insert(LegKey::new(1), || unreachable!("it was not evicted"));
        assert!(!is_new);
        for key in 20_000..25_000 {
            assert!(insert(&mut legs, key, 1_000) < 10_000, "a vacant index is reused before the slab grows");
        }
    }

    #[test]
    fn a_leg_takes_eighty_eight_bytes() {
        assert_eq!(size_of::<Option<LegRecord>>(), 88);
    }
}
