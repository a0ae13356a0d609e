//! A bcrypt hash, and whether a password is the one it was made of.

use std::fmt;

use base64::Engine as _;
use base64::alphabet::BCRYPT;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};

/// bcrypt's base64. Some programs leave bits in the last letter that belong to nothing.
const BASE64: GeneralPurpose = GeneralPurpose::new(&BCRYPT, NO_PAD.with_decode_allow_trailing_bits(true));

/// The bytes of a password that count: bcrypt ignores the rest, in every program.
const PASSWORD_BYTES: usize = 72;

/// The letters of the salt; those of the digest follow.
const SALT_LETTERS: usize = 22;

/// A bcrypt hash: cost, salt and digest. `Debug` does not show it.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash {
    cost: u32,
    salt: [u8; 16],
    digest: [u8; 23],
}

impl PasswordHash {
    /// Reads `$2y$10$`, a salt of 22 letters and a digest of 31. `None` for any other text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let rest = ["$2a$", "$2b$", "$2y$"].iter().find_map(|version| text.strip_prefix(version))?;
        let (cost, encoded) = rest.split_once('$')?;
        let cost = cost.parse().ok().filter(|cost| (4..=31).contains(cost))?;
        let (salt_letters, digest_letters) = encoded.split_at_checked(SALT_LETTERS)?;
        let (mut salt, mut digest) = ([0; 16], [0; 23]);
        let salt_length = BASE64.decode_slice(salt_letters, &mut salt).ok()?;
        let digest_length = BASE64.decode_slice(digest_letters, &mut digest).ok()?;
        (salt_length == salt.len() && digest_length == digest.len()).then_some(Self { cost, salt, digest })
    }

    /// Whether it was made of this password. It takes 2^cost rounds, so call it on a thread that may block.
    pub(crate) fn is_of(&self, password: &[u8]) -> bool {
        // The password ends with a zero byte, unless it fills all that counts.
        let mut key: Vec<u8> = password.iter().copied().take(PASSWORD_BYTES).collect();
        if key.len() < PASSWORD_BYTES {
            key.push(0);
        }
        let made = bcrypt::bcrypt(self.cost, self.salt, &key);
        key.fill(0);
        openssl::memcmp::eq(&made[..self.digest.len()], &self.digest)
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PasswordHash (not shown)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From the tests of `crypt_blowfish`, on which the crypt of most systems is built.
    #[test]
    fn a_hash_of_another_program_is_recognised() {
        for (hash, password) in [
            ("$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW", "U*U"),
            ("$2a$05$CCCCCCCCCCCCCCCCCCCCC.VGOzA784oUp/Z0DY336zx7pLYAy0lwK", "U*U*"),
            ("$2a$05$CCCCCCCCCCCCCCCCCCCCC.7uG0VCzI2bS7j6ymqJi9CdcdxiRTWNy", ""),
            (
                "$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui",
                "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789chars after 72 are ignored",
            ),
        ] {
            let parsed = PasswordHash::parse(hash).unwrap();
            assert!(parsed.is_of(password.as_bytes()), "{hash}");
            assert!(!parsed.is_of(b"other"), "{hash}");
            let newer = PasswordHash::parse(&hash.replace("$2a$", "$2y$")).unwrap();
            assert!(newer == parsed, "the versions differ only for bugs of old programs");
        }
    }

    #[test]
    fn a_text_of_another_form_is_no_hash() {
        let hash = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
        for text in [
            "",
            "password",
            "$2a$05$",
            &hash[..59],
            &format!("{hash}a"),
            &hash.replace("$05$", "$03$"),
            &hash.replace("$05$", "$32$"),
            &hash.replace("$2a$", "$2x$"),
            &hash.replace('E', "-"),
            &hash.replace('E', "ä"),
        ] {
            assert!(PasswordHash::parse(text).is_none(), "{text:?}");
        }
        assert!(!format!("{:?}", PasswordHash::parse(hash)).contains("CCC"));
    }
}
