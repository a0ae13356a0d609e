//! Finds the name of a member among a few known ones.
//!
//! Most members of a platform's record are not read, so their names are looked up in vain. Comparing each with all
//! known names would be a large part of the work on a record; here it is compared with one at most.

/// Known names, each in a slot of its own. The table is laid out when the program is compiled.
pub(crate) struct NameTable<const N: usize> {
    names: [&'static str; N],
    multiplier: u64,
    /// The position of the name in each slot, or `EMPTY`.
    slots: [u8; SLOTS],
}

const SLOTS: usize = 128;
const EMPTY: u8 = u8::MAX;

impl<const N: usize> NameTable<N> {
    /// The table of these names. No two may be equal apart from case and from `-` or `_`.
    pub(crate) const fn new(names: [&'static str; N]) -> Self {
        // Of odd numbers most tables find one soon. If there is none, compiling fails.
        let mut multiplier = 0x9e37_79b9_7f4a_7c15_u64;
        loop {
            if let Some(slots) = slots_of(&names, multiplier) {
                return Self { names, multiplier, slots };
            }
            multiplier = multiplier.wrapping_mul(0x5851_f42d_4c95_7f2d);
        }
    }

    /// All names, in order.
    #[cfg(test)]
    pub(crate) fn names(&self) -> &[&'static str; N] {
        &self.names
    }

    /// The position of a name. `is_same` compares a known name with it: it may disregard case, and take `_` for `-`.
    #[inline]
    pub(crate) fn find(&self, name: &str, is_same: impl Fn(&str, &str) -> bool) -> Option<usize> {
        let position = usize::from(self.slots[slot(name.as_bytes(), self.multiplier)]);
        let known = self.names.get(position)?;
        is_same(known, name).then_some(position)
    }
}

/// The slots of names; `None` if two have the same.
#[expect(clippy::cast_possible_truncation, reason = "there are fewer names than slots")]
const fn slots_of(names: &[&str], multiplier: u64) -> Option<[u8; SLOTS]> {
    let mut slots = [EMPTY; SLOTS];
    let mut position = 0;
    while position < names.len() {
        let slot = slot(names[position].as_bytes(), multiplier);
        if slots[slot] != EMPTY {
            return None;
        }
        slots[slot] = position as u8;
        position += 1;
    }
    Some(slots)
}

/// The slot of a name: a hash of its length and of four of its bytes.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "a slot is a small number")]
const fn slot(name: &[u8], multiplier: u64) -> usize {
    /// The bits of a byte in which neither `a` and `A` nor `-` and `_` differ.
    const COMMON_BITS: u32 = u32::from_ne_bytes([0b1101; 4]);
    let length = name.len();
    if length == 0 {
        return 0;
    }
    let bytes = [name[0], name[length / 2], name[length * 3 / 4], name[length - 1]];
    let key = (length as u64) << u32::BITS | (u32::from_le_bytes(bytes) & COMMON_BITS) as u64;
    (key.wrapping_mul(multiplier) >> (u64::BITS - SLOTS.trailing_zeros())) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: NameTable<5> = NameTable::new(["CC-Queue", "CC-Cause", "queue", "transfer_mode", "transfer_type"]);

    #[test]
    fn each_name_is_found_and_no_other() {
        for (position, name) in TABLE.names.iter().enumerate() {
            assert_eq!(TABLE.find(name, |known, name| known == name), Some(position));
        }
        for other in ["", "c", "CC-Queux", "cc-queue", "queues", "q", "CC_Queue", "ä", "transfer_modx"] {
            assert_eq!(TABLE.find(other, |known, name| known == name), None, "{other}");
        }
    }

    #[test]
    fn a_name_in_another_case_or_with_another_hyphen_has_the_same_slot() {
        let is_same = |known: &str, name: &str| known.replace('_', "-").eq_ignore_ascii_case(&name.replace('_', "-"));
        for (position, name) in TABLE.names.iter().enumerate() {
            for spelling in [name.to_uppercase(), name.to_lowercase(), name.replace('-', "_"), name.replace('_', "-")] {
                assert_eq!(TABLE.find(&spelling, is_same), Some(position), "{spelling}");
            }
        }
    }
}
