//! The identity of a leg: contact x line x visit, hashed.
//!
//! Keyed `SipHash-1-3` of 128 bits: without the key nobody can make two legs collide, or find a contact's id from its
//! hash by trying all phone numbers.

use std::hash::Hasher;

use ensilinja_model::LegKey;
use siphasher::sip128::{Hasher128, SipHasher13};

/// Makes the keys of legs with one secret.
#[derive(Clone)]
pub(crate) struct LegHasher(SipHasher13);

impl LegHasher {
    pub(crate) fn new(secret: &[u8; 16]) -> Self {
        Self(SipHasher13::new_with_key(secret))
    }

    /// The key of a leg. No visit is other than any visit.
    pub(crate) fn leg(&self, contact: &str, line: &str, visit: Option<&str>) -> LegKey {
        let mut hasher = self.0;
        // Lengths first: no text can pass for the end of one part and the beginning of the next.
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
    fn parts_that_run_together_are_different_legs() {
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
    fn another_secret_makes_another_key() {
        let [one, other] = [[1; 16], [2; 16]].map(|secret| LegHasher::new(&secret).leg("c-1", "mipa", None));
        assert!(one != other);
    }

    proptest! {
        #[test]
        fn a_leg_has_one_key_however_often_it_is_asked_for(contact in ".{1,20}", visit in proptest::option::of(".{1,9}")) {
            let hasher = LegHasher::new(&[7; 16]);
            let ask = || hasher.leg(&contact, "mipa", visit.as_deref());
            prop_assert!(ask() == ask());
        }
    }
}
