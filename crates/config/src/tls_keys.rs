//! The keys that TLS of a server and of a client have in common, in the format of Prometheus: texts in the file or in
//! files of their own, and versions.

use std::fmt;

use crate::error::ConfigError;
use crate::yaml::YamlTable;

pub(crate) const CERT: &str = "cert";
pub(crate) const CERT_FILE: &str = "cert_file";
pub(crate) const KEY: &str = "key";
pub(crate) const KEY_FILE: &str = "key_file";
pub(crate) const MIN_VERSION: &str = "min_version";
pub(crate) const MAX_VERSION: &str = "max_version";

const VERSIONS: [(&str, u8); 2] = [("TLS12", 12), ("TLS13", 13)];

const BROKEN: &str = "it is broken (RFC 8996): use TLS12 or TLS13";
const BROKEN_VERSIONS: [(&str, &str); 2] = [("TLS10", BROKEN), ("TLS11", BROKEN)];

/// Where a text is: a certificate, a key, a password. `Debug` does not show the text.
#[derive(Clone, PartialEq, Eq)]
pub enum TextSource {
    /// In the file of this name, relative to the folder of the file that names it.
    File(String),
    /// In the file that was read.
    Inline(String),
}

impl fmt::Debug for TextSource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(name) => formatter.debug_tuple("File").field(name).finish(),
            Self::Inline(_) => formatter.write_str("Inline (not shown)"),
        }
    }
}

/// A text under one of two keys; at most one may be given.
pub(crate) fn text_source(table: &YamlTable<'_>, key: &str, file_key: &str) -> Result<Option<TextSource>, ConfigError> {
    match (table.text(key)?, table.text(file_key)?) {
        (Some(_), Some(_)) => Err(table.refusal(file_key, "given twice", &format!("leave out {key} or {file_key}"))),
        (Some(text), None) => Ok(Some(TextSource::Inline(text))),
        (None, Some(file)) => Ok(Some(TextSource::File(file))),
        (None, None) => Ok(None),
    }
}

/// The lowest and the highest version of TLS: 12 or 13.
pub(crate) fn version_range(tls: &YamlTable<'_>) -> Result<(u8, u8), ConfigError> {
    let least = tls.word(MIN_VERSION, &VERSIONS, &BROKEN_VERSIONS)?.unwrap_or(12);
    let most = tls.word(MAX_VERSION, &VERSIONS, &BROKEN_VERSIONS)?.unwrap_or(13);
    if least > most {
        return Err(tls.refusal(MAX_VERSION, "below min_version", "no version is left: raise it, or leave it out"));
    }
    Ok((least, most))
}
