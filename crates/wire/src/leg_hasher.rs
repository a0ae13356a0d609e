//! The identity of a leg: a hash of contact, line and visit.
//!
//! The hash is `SipHash-1-3` with a key and 128 bits. Without the key it is not possible to make two legs collide, or
//! to find the id of a contact by hashing all phone numbers.

use std::hash::Hasher;

use ensilinja_model::LegKey;
use siphasher::sip128::{Hash128, Hasher128, SipHasher13};

use crate::MAX_VALUE_BYTES;

/// Derives the keys of legs from one secret.
#[derive(Clone)]
pub(crate) struct LegHasher(SipHasher13);

/// Enough for a leg of the longest contact and line, with a visit of up to 80 bytes.
const BUFFER: usize = 256;

impl LegHasher {
    pub(crate) fn new(secret: &[u8; 16]) -> Self {
        Self(SipHasher13::new_with_key(secret))
    }

    /// The key of a leg. A missing visit differs from every visit.
    pub(crate) fn leg(&self, contact: &str, line: &str, visit: Option<&str>) -> LegKey {
        // The lengths come first, so that parts cannot run into each other. Each fits in 21 bits.
        debug_assert!([contact, line, visit.unwrap_or_default()].iter().all(|part| part.len() <= MAX_VALUE_BYTES));
        let visit_length = visit.map_or(0, |visit| 1 + visit.len() as u64);
        let lengths = contact.len() as u64 | (line.len() as u64) << 21 | visit_length << 42;
        let parts = [&lengths.to_le_bytes(), contact.as_bytes(), line.as_bytes(), visit.unwrap_or_default().as_bytes()];
        LegKey::new(self.hash(&parts).into())
    }

    /// The key of a call that may stay in several queues. Calls of different scopes are different calls. No line has an
    /// empty id, so it differs from every leg.
    pub(crate) fn call(&self, contact: &str, scope: Option<&str>) -> LegKey {
        self.leg(contact, "", scope)
    }

    /// The hash of all parts in sequence. A copy of them in one place is hashed twice as fast as one after the other.
    fn hash(&self, parts: &[&[u8]]) -> Hash128 {
        let mut buffer = [0; BUFFER];
        let mut length = 0;
        for part in parts {
            let Some(place) = buffer.get_mut(length..length + part.len()) else { return self.hash_in_turn(parts) };
            place.copy_from_slice(part);
            length += part.len();
        }
        self.0.hash(&buffer[..length])
    }

    fn hash_in_turn(&self, parts: &[&[u8]]) -> Hash128 {
        let mut hasher = self.0;
        for part in parts {
            hasher.write(part);
        }
        hasher.finish128()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn parts_split_at_another_position_are_different_legs() {
        let hasher = LegHasher::new(&[7; 16]);
        let legs = [
            ("ab", "c", None),
            ("a", "bc", None),
            ("abc", "", None),
            ("ab", "c", Some("")),
            ("ab", "", Some("c")),
            ("a", "b", Some("c")),
            ("a\0", "b", Some("c")),
            ("a", "\0b", Some("c")),
        ];
        for (i, (contact, line, visit)) in legs.iter().enumerate() {
            for (j, (other_contact, other_line, other_visit)) in legs.iter().enumerate() {
                let same = hasher.leg(contact, line, *visit) == hasher.leg(other_contact, other_line, *other_visit);
                assert_eq!(same, i == j, "{i} and {j}");
            }
        }
    }

    #[test]
    fn another_secret_gives_another_key() {
        let [one, other] = [[1; 16], [2; 16]].map(|secret| LegHasher::new(&secret).leg("c-1", "mipa", None));
        assert!(one != other);
    }

    proptest! {
        #[test]
        fn a_leg_always_has_the_same_key(contact in ".{1,20}", visit in proptest::option::of(".{1,9}")) {
            let hasher = LegHasher::new(&[7; 16]);
            let key = || hasher.leg(&contact, "mipa", visit.as_deref());
            prop_assert!(key() == key());
        }
    }
}
