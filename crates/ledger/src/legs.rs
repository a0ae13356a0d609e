//! All legs in memory: a slab of facts, found by the hash that is their key.
//!
//! The slab grows by whole chunks, so that a million legs are never copied to make room and none of it stands empty. A
//! hand goes round the slab, two legs for each new one, and evicts those that are past the horizon: the work is the
//! same for every new leg, the slab stays within twice what it must hold, and there are no pauses.

use ensilinja_model::{EventTime, LegKey};
use hashbrown::HashTable;
use hashbrown::hash_table::Entry as IndexEntry;

use crate::facts::Facts;

const CHUNK: usize = 4096;

/// The place of a leg in the slab. A place is used again after its leg was evicted.
pub(crate) type LegIndex = u32;

#[derive(Clone, Debug)]
struct LegRecord {
    /// Two halves of the key, which keeps the record aligned to eight bytes, not sixteen.
    key: [u64; 2],
    facts: Facts,
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Legs {
    chunks: Vec<Vec<Option<LegRecord>>>,
    index: HashTable<LegIndex>,
    vacant: Vec<LegIndex>,
    hand: usize,
}

impl Legs {
    pub fn len(&self) -> usize {
        self.index.len()
    }

    pub fn get(&self, place: LegIndex) -> Option<&Facts> {
        slot(&self.chunks, place).map(|leg| &leg.facts)
    }

    /// The facts of a leg.
    pub fn find(&self, key: LegKey) -> Option<&Facts> {
        let halves = halves(key);
        let is_it = |place: &LegIndex| slot(&self.chunks, *place).is_some_and(|leg| leg.key == halves);
        self.index.find(halves[1], is_it).and_then(|place| self.get(*place))
    }

    /// Every leg with its key, in no meaningful order.
    pub fn with_keys(&self) -> impl Iterator<Item = (LegKey, &Facts)> {
        let key = |[high, low]: [u64; 2]| LegKey::new(u128::from(high) << 64 | u128::from(low));
        self.chunks.iter().flatten().flatten().map(move |leg| (key(leg.key), &leg.facts))
    }

    /// The facts of every leg, in no meaningful order.
    pub fn all(&self) -> impl Iterator<Item = &Facts> {
        self.chunks.iter().flatten().flatten().map(|leg| &leg.facts)
    }

    /// Evicts, of the next two legs, those of which all that is known is earlier than `horizon`.
    pub fn evict_two(&mut self, horizon: EventTime) {
        self.evict_next(horizon);
        self.evict_next(horizon);
    }

    /// The facts of a leg, made by `new` if it is not known; says whether they were.
    pub fn find_or_insert(&mut self, key: LegKey, new: impl FnOnce() -> Facts) -> (LegIndex, bool, &mut Facts) {
        let halves = halves(key);
        let chunks = &self.chunks;
        let entry = self.index.entry(
            halves[1],
            |place| slot(chunks, *place).is_some_and(|leg| leg.key == halves),
            |place| slot(chunks, *place).expect("every indexed place holds a leg").key[1],
        );
        let (place, is_new) = match entry {
            IndexEntry::Occupied(entry) => (*entry.get(), false),
            IndexEntry::Vacant(entry) => {
                let leg = Some(LegRecord { key: halves, facts: new() });
                let place = match self.vacant.pop() {
                    Some(place) => {
                        *slot_mut(&mut self.chunks, place) = leg;
                        place
                    }
                    None => append(&mut self.chunks, leg),
                };
                entry.insert(place);
                (place, true)
            }
        };
        let leg = slot_mut(&mut self.chunks, place).as_mut().expect("every indexed place holds a leg");
        (place, is_new, &mut leg.facts)
    }

    fn evict_next(&mut self, horizon: EventTime) {
        let Some(places) = self.chunks.len().checked_sub(1).map(|full| full * CHUNK + self.chunks[full].len()) else {
            return;
        };
        self.hand = if self.hand + 1 < places { self.hand + 1 } else { 0 };
        let place = LegIndex::try_from(self.hand).expect("places are counted in 32 bits");
        let leg = slot_mut(&mut self.chunks, place);
        if let Some(found) = leg.as_ref().filter(|leg| leg.facts.all_before(horizon)) {
            let hash = found.key[1];
            if let Ok(entry) = self.index.find_entry(hash, |indexed| *indexed == place) {
                entry.remove();
            }
            *leg = None;
            self.vacant.push(place);
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the halves of 128 bits are 64 bits each")]
const fn halves(key: LegKey) -> [u64; 2] {
    [(key.get() >> 64) as u64, key.get() as u64]
}

fn append(chunks: &mut Vec<Vec<Option<LegRecord>>>, leg: Option<LegRecord>) -> LegIndex {
    if chunks.last().is_none_or(|chunk| chunk.len() == CHUNK) {
        chunks.push(Vec::with_capacity(CHUNK));
    }
    let full = chunks.len() - 1;
    let chunk = &mut chunks[full];
    chunk.push(leg);
    LegIndex::try_from(full * CHUNK + chunk.len() - 1).expect("four thousand million legs do not fit in memory")
}

fn slot(chunks: &[Vec<Option<LegRecord>>], place: LegIndex) -> Option<&LegRecord> {
    chunks[place as usize / CHUNK][place as usize % CHUNK].as_ref()
}

fn slot_mut(chunks: &mut [Vec<Option<LegRecord>>], place: LegIndex) -> &mut Option<LegRecord> {
    &mut chunks[place as usize / CHUNK][place as usize % CHUNK]
}

#[cfg(test)]
mod tests {
    use ensilinja_model::{Fact, LineIndex};

    use super::*;

    fn insert(legs: &mut Legs, key: u128, at_ms: i64) -> LegIndex {
        let at = EventTime::from_millis(at_ms);
        let (place, _, facts) = legs.find_or_insert(LegKey::new(key), || Facts::new(LineIndex::new(0), at));
        facts.learn(at, Fact::Offered);
        place
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
    fn the_hand_evicts_every_old_leg_once_round_and_its_place_is_used_again() {
        let mut legs = Legs::default();
        for key in 0..10_000 {
            insert(&mut legs, key, if key % 2 == 0 { 0 } else { 1_000 });
        }
        for _ in 0..5_000 {
            legs.evict_two(EventTime::from_millis(1_000));
        }
        assert_eq!(legs.len(), 5_000);
        let (_, is_new, _) = legs.find_or_insert(LegKey::new(1), || unreachable!("it was kept"));
        assert!(!is_new);
        for key in 20_000..25_000 {
            assert!(insert(&mut legs, key, 1_000) < 10_000, "a vacant place is used before the slab grows");
        }
    }

    #[test]
    fn a_leg_takes_eighty_eight_bytes() {
        assert_eq!(size_of::<Option<LegRecord>>(), 88);
    }
}
