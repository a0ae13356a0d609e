//! Secrets that are not in the configuration: it names a file or an environment variable that holds them.
//!
//! ```toml
//! [kafka.properties]
//! sasl.password_file = "/run/secrets/kafka-password"   # the file holds nothing but the password
//! sasl.username_file = "${CREDENTIALS_DIRECTORY}/user"  # a credential that systemd gives to its service
//! ssl.key.password_env = "KAFKA_KEY_PASSWORD"
//! ```
//!
//! librdkafka has no property whose name ends in `_file` or `_env`, so these keys hide none. A secret is never part of
//! a message. A message names the file or the variable only if the value looks like a path or a variable's name: a
//! secret that was written there by mistake is not repeated.

use std::path::{Path, PathBuf};

use ensilinja_model::is_printable;

use crate::outside::Outside;

/// The properties that may be elsewhere: every secret that librdkafka takes, and the user names that go with them.
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

/// The environment variable by which systemd tells a service where its credentials are (`LoadCredential=`).
const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";

/// How a path to a credential begins.
const CREDENTIAL: &str = "${CREDENTIALS_DIRECTORY}/";

/// Where a secret is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SecretSource {
    File,
    Variable,
}

impl SecretSource {
    /// The property and the kind of its source, if a key names a source: `sasl.password_file`.
    pub(crate) fn of(key: &str) -> Option<(&'static str, Self)> {
        let elsewhere = [("_file", Self::File), ("_env", Self::Variable)];
        let (property, source) =
            elsewhere.iter().find_map(|(suffix, source)| Some((key.strip_suffix(suffix)?, *source)))?;
        PROPERTIES.iter().find(|known| **known == property).map(|known| (*known, source))
    }

    /// What such a key should be set to.
    pub(crate) const fn expected(self) -> &'static str {
        match self {
            Self::File => "it should be the path of a file that holds nothing but the secret",
            Self::Variable => "it should be the name of an environment variable that holds the secret",
        }
    }

    /// Whether a text is certainly the path or the name of such a source, and not the secret itself.
    pub(crate) fn is_place(self, text: &str) -> bool {
        match self {
            Self::File => is_path(text),
            Self::Variable => is_variable(text),
        }
    }

    /// What a message calls the file or the variable: its path or name, or the key if the value may be the secret
    /// itself.
    fn named(self, property: &str, place: &str) -> String {
        match self {
            Self::File if is_path(place) => format!("the file {place}"),
            Self::File => format!("the file named by {property}_file (value not shown: it is no absolute path)"),
            Self::Variable if is_variable(place) => format!("the environment variable {place}"),
            Self::Variable => {
                format!(
                    "the environment variable named by {property}_env (value not shown: it is no name of A-Z, 0-9 and _)"
                )
            }
        }
    }

    /// The value of `property`, which is in the file or variable called `place`, and the file if it is one.
    ///
    /// # Errors
    /// Why there is none, and what to do. No message holds the value, or a `place` that may be a secret.
    pub(crate) fn read(
        self,
        property: &str,
        place: &str,
        outside: &dyn Outside,
    ) -> Result<(String, Option<PathBuf>), String> {
        let named = self.named(property, place);
        let place = match self {
            Self::File => &path_of(place, outside).map_err(|problem| format!("{named} {problem}"))?,
            Self::Variable => place,
        };
        let value = match self {
            Self::File => outside.file(place, LONGEST_BYTES),
            Self::Variable => outside.variable(place),
        };
        let value = value.map_err(|problem| format!("{named} {problem}"))?;
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

/// The path of a file, with the folder of systemd's credentials in place of the variable that names it.
fn path_of(place: &str, outside: &dyn Outside) -> Result<String, String> {
    let Some(credential) = place.strip_prefix(CREDENTIAL) else { return Ok(place.to_owned()) };
    let folder = outside.variable(CREDENTIALS).map_err(|problem| {
        format!("is a credential, and {CREDENTIALS} {problem}: systemd sets it for a service with LoadCredential=")
    })?;
    Ok(format!("{folder}/{credential}"))
}

/// Whether a text is certainly meant as a path: a password in base64 may have a `/` in its middle.
pub(crate) fn is_path(text: &str) -> bool {
    ["/", "./", "../", CREDENTIAL].iter().any(|start| text.starts_with(start)) && text.chars().all(is_printable)
}

/// Whether a text is written like the name of an environment variable.
fn is_variable(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    !text.is_empty() && text.bytes().all(is_part) && !text.starts_with(|first: char| first.is_ascii_digit())
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
            ("${CREDENTIALS_DIRECTORY}/password", true, false),
            ("$CREDENTIALS_DIRECTORY/password", false, false),
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
