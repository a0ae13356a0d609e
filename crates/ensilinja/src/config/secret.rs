//! Secrets that do not stand in the configuration: read from a file or from an environment variable that it names.
//!
//! ```toml
//! [kafka.properties]
//! sasl.password_file = "/run/secrets/kafka-password"   # the file holds nothing but the password
//! ssl.key.password_env = "KAFKA_KEY_PASSWORD"
//! ```
//!
//! The name of a property with `_file` or `_env` behind it is no name of librdkafka's, so nothing is hidden by it. What
//! is read is never part of a message. A message names the file or the variable only where what stands there looks like
//! one: a secret that was put there by mistake is not repeated.

use std::env::{self, VarError};
use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use ensilinja_model::is_printable;

/// The properties that may be given so: every secret that librdkafka takes, and the names that go with them.
const PROPERTIES: &[&str] = &[
    "sasl.username",
    "sasl.password",
    "sasl.oauthbearer.client.id",
    "sasl.oauthbearer.client.secret",
    "sasl.oauthbearer.config",
    "sasl.oauthbearer.assertion.private.key.passphrase",
    "sasl.oauthbearer.assertion.private.key.pem",
    "ssl.ca.pem",
    "ssl.certificate.pem",
    "ssl.key.password",
    "ssl.key.pem",
    "ssl.keystore.password",
];

/// The longest secret, in bytes: a certificate with its chain.
const LONGEST_BYTES: u64 = 256 * 1024;

/// Where a secret is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SecretSource {
    File,
    Variable,
}

impl SecretSource {
    /// The property and where its value is, if a key says that it is elsewhere: `sasl.password_file`.
    pub(super) fn of(key: &str) -> Option<(&'static str, Self)> {
        let elsewhere = [("_file", Self::File), ("_env", Self::Variable)];
        let (property, source) =
            elsewhere.iter().find_map(|(suffix, source)| Some((key.strip_suffix(suffix)?, *source)))?;
        PROPERTIES.iter().find(|known| **known == property).map(|known| (*known, source))
    }

    /// What a key that says so should be set to.
    pub(super) const fn expected(self) -> &'static str {
        match self {
            Self::File => "it should be the path of a file that holds nothing but the secret",
            Self::Variable => "it should be the name of an environment variable that holds the secret",
        }
    }

    /// What a message calls the file or the variable: by what stands there if that looks like a path or a name, and by
    /// the key if it may be the secret itself.
    fn named(self, property: &str, place: &str) -> String {
        match self {
            Self::File if is_path(place) => format!("the file {place}"),
            Self::File => format!("the file named by {property}_file (not a path with a / in front: not repeated)"),
            Self::Variable if is_variable(place) => format!("the environment variable {place}"),
            Self::Variable => {
                format!("the environment variable named by {property}_env (no name of A-Z, 0-9 and _: not repeated)")
            }
        }
    }

    /// Reads the value of `property` from where `place` says, and the file that it came from.
    ///
    /// # Errors
    /// Why there is none, and what to do. No message holds what was read, or a `place` that may be a secret.
    pub(super) fn read(self, property: &str, place: &str) -> Result<(String, Option<PathBuf>), String> {
        let named = self.named(property, place);
        let value = match self {
            Self::File => read_file(place).map_err(|why| format!("{named} cannot be read: {why}"))?,
            Self::Variable => env::var(place).map_err(|why| match why {
                VarError::NotPresent => format!("{named} is not set"),
                VarError::NotUnicode(_) => format!("{named} is not UTF-8"),
            })?,
        };
        let value = value.strip_suffix('\n').map_or(value.as_str(), |line| line.strip_suffix('\r').unwrap_or(line));
        if value.is_empty() {
            return Err(format!("{named} is empty: it should hold the secret"));
        }
        if value.contains('\0') || (value.contains('\n') && property.rsplit('.').next() != Some("pem")) {
            return Err(format!("{named} has more than one line: it should hold nothing but the secret"));
        }
        Ok((value.to_owned(), (self == Self::File).then(|| Path::new(place).to_owned())))
    }
}

/// Whether a text is surely meant as a path: a password in base64 may have a `/` in its middle.
pub(super) fn is_path(text: &str) -> bool {
    ["/", "./", "../"].iter().any(|start| text.starts_with(start)) && text.chars().all(is_printable)
}

/// Whether a text is an environment variable's name, as they are written.
fn is_variable(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    !text.is_empty() && text.bytes().all(is_part) && !text.starts_with(|first: char| first.is_ascii_digit())
}

fn read_file(path: &str) -> io::Result<String> {
    let mut text = String::new();
    let read = File::open(path)?.take(LONGEST_BYTES + 1).read_to_string(&mut text)?;
    if u64::try_from(read).unwrap_or(u64::MAX) > LONGEST_BYTES {
        return Err(io::Error::other(format!("it is longer than {LONGEST_BYTES} bytes")));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_repeated_only_if_it_is_written_as_a_path_or_a_variable() {
        for (text, path, variable) in [
            ("/run/secrets/password", true, false),
            ("./password", true, false),
            ("../a/password", true, false),
            ("KAFKA_PASSWORD2", false, true),
            ("_P", false, true),
            ("kafka_password", false, false),
            ("2PASSWORD", false, false),
            ("hunter2-secret", false, false),
            ("aGVs/bG8+", false, false),
            ("/a\nb", false, false),
            ("", false, false),
        ] {
            assert_eq!((is_path(text), is_variable(text)), (path, variable), "{text:?}");
        }
    }

    #[test]
    fn only_a_secret_of_librdkafka_is_read_from_elsewhere() {
        assert_eq!(SecretSource::of("sasl.password_file"), Some(("sasl.password", SecretSource::File)));
        assert_eq!(SecretSource::of("ssl.key.password_env"), Some(("ssl.key.password", SecretSource::Variable)));
        for key in ["sasl.password", "client.id_file", "sasl.password.file", "_file"] {
            assert_eq!(SecretSource::of(key), None, "{key}");
        }
    }
}
