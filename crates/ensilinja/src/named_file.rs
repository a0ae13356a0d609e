//! Files that a configuration file in YAML names: certificates, keys, passwords.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

use ensilinja_config::TextSource;

/// The longest file that is read, in bytes: a file of a thousand users, or a long list of authorities.
const LONGEST_FILE: u64 = 1024 * 1024;

/// A file that a configuration file names cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {key} names {named}, which cannot be read: {why}")]
pub struct NamedFileError {
    /// The configuration file.
    pub file: String,
    /// The key that names the other file.
    pub key: &'static str,
    /// The other file.
    pub named: String,
    /// Why, as the operating system says.
    pub why: io::Error,
}

/// The content of a file, if that is not very long.
///
/// # Errors
/// If it cannot be read, or is too long.
pub fn content(path: &Path) -> io::Result<Vec<u8>> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is not a file"));
    }
    let mut content = Vec::new();
    let length = File::open(path)?.take(LONGEST_FILE + 1).read_to_end(&mut content)?;
    if u64::try_from(length).unwrap_or(u64::MAX) > LONGEST_FILE {
        return Err(io::Error::other(format!("it is longer than {LONGEST_FILE} bytes")));
    }
    Ok(content)
}

/// The text of a configuration file.
///
/// # Errors
/// If it cannot be read, is too long, or is not UTF-8.
pub fn text(content: Vec<u8>) -> io::Result<String> {
    String::from_utf8(content).map_err(|_| io::Error::other("it is not UTF-8"))
}

/// What the key of a configuration file stands for: the text there, or the content of the file that it names, which
/// `read` reads. The name is relative to the folder of the configuration file.
///
/// # Errors
/// If the other file cannot be read.
pub fn resolved(
    config_file: &Path,
    key: &'static str,
    source: &TextSource,
    read: impl FnOnce(&Path) -> io::Result<Vec<u8>>,
) -> Result<Vec<u8>, NamedFileError> {
    match source {
        TextSource::Inline(text) => Ok(text.clone().into_bytes()),
        TextSource::File(name) => {
            let path = config_file.parent().unwrap_or(Path::new("")).join(name);
            let (file, named) = (config_file.display().to_string(), path.display().to_string());
            read(&path).map_err(|why| NamedFileError { file, key, named, why })
        }
    }
}
