//! The identity of a leg: a hash of contact, line and visit.
//!
//! The hash is `SipHash-1-3` with a key and 128 bits. Without the key it is not possible to make two legs collide, or
//! to find the id of a contact by hashing all phone numbers.

use std::hash::Hasher;

use ensilinja_model::LegKey;
use siphasher::sip128::{Hasher128, SipHasher13};

/// Derives the keys of legs from one secret.
#[derive(Clone)]
pub(crate) struct LegHasher(SipHasher13);

impl LegHasher {
    pub(crate) fn new(secret: &[u8; 16]) -> Self {
        Self(SipHasher13::new_with_key(secret))
    }

    /// The key of a leg. A missing visit differs from every visit.
    pub(crate) fn leg(&self, contact: &str, line: &str, visit: Option<&str>) -> LegKey {
        let mut hasher = self.0;
        // The lengths come first, so that parts cannot run into each other.
        hasher.write_usize(contact.len());
        hasher.write_usize(line.len());
        hasher.write_usize(visit.map_or(usize::MAX, str::len));
        for part in [contact, line, visit.unwrap_or_default()] {
            hasher.write(part.as_bytes());
        }
        LegKey::new(hasher.finish128().into())
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
