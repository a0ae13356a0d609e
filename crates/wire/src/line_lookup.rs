//! The configured lines by id.

use ensilinja_model::{LineId, LineIndex};
use hashbrown::HashTable;

/// Finds the index of a line by its id. The time does not depend on the number of lines.
#[derive(Clone)]
pub(crate) struct LineLookup(HashTable<(LineId, LineIndex)>);

impl LineLookup {
    /// The table of these lines, indexed by their positions. The ids must be distinct, and at most 65 536.
    pub(crate) fn new(lines: &[LineId]) -> Self {
        let mut table = HashTable::with_capacity(lines.len());
        for (position, id) in lines.iter().enumerate() {
            let index = LineIndex::new(u16::try_from(position).expect("at most 65 536 lines are configured"));
            table.insert_unique(hash(id.as_str()), (id.clone(), index), |(id, _)| hash(id.as_str()));
        }
        Self(table)
    }

    /// The line with this id, if it is configured.
    #[inline]
    pub(crate) fn find(&self, id: &str) -> Option<LineIndex> {
        if id.len() > LineId::MAX_LEN {
            return None;
        }
        self.0.find(hash(id), |(line, _)| line.as_str() == id).map(|(_, index)| *index)
    }
}

/// A cheap hash, eight bytes at a time. It is for tables of the configuration's own keys, so events cannot fill them
/// with keys that collide.
#[inline]
pub(crate) fn hash(id: &str) -> u64 {
    /// The golden ratio as a fraction of 2^64, a usual multiplier.
    const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;
    // The high bits of a product depend on all bits of the factors, the low bits do not.
    let mix = |hash: u64, word: u64| (hash ^ word).wrapping_mul(MULTIPLIER).rotate_left(29);
    let (words, rest) = id.as_bytes().as_chunks();
    let hash = words.iter().fold(id.len() as u64, |hash, word| mix(hash, u64::from_le_bytes(*word)));
    let rest = rest.iter().fold(0, |word, byte| word << 8 | u64::from(*byte));
    let hash = mix(mix(hash, rest), 0);
    hash ^ hash >> 32
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u16) -> LineId {
        LineId::parse(&format!("suun_kiireeton_{number}")).unwrap()
    }

    #[test]
    fn every_line_is_found_and_no_other() {
        let lines: Vec<_> = (0..2_200).map(id).collect();
        let table = LineLookup::new(&lines);
        for (number, line) in (0..).zip(&lines) {
            assert!(table.find(line.as_str()) == Some(LineIndex::new(number)), "{line}");
        }
        for other in ["", "suun", "suun_kiireeton_", "suun_kiireeton_2200", "SUUN_KIIREETON_1", &"x".repeat(100_000)] {
            assert!(table.find(other).is_none(), "{other}");
        }
    }

    #[test]
    fn ids_that_differ_little_have_different_hashes_in_the_bits_that_choose_a_place() {
        let places: std::collections::BTreeSet<_> = (0..2_200).map(|number| hash(id(number).as_str()) % 4096).collect();
        assert!(places.len() > 1_600, "{}: chance would use about 1 700", places.len());
    }
}
