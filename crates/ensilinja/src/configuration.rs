//! The configuration of this process: its file, the secrets that it refers to, and librdkafka's judgement of it.

use std::env::{self, VarError};
use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::Path;

use ensilinja_config::{Config, ConfigError, KafkaRefusal, KafkaSettings, Outside, ServerAddress, county};
use ensilinja_kafka::SettingsError;
use ensilinja_lookback::kafka_settings_of_events;

/// The configuration in a file, or the county of the sample if no file is named; with these brokers instead of its own,
/// if some are named.
///
/// # Errors
/// What is wrong with the file, in one line.
pub fn chosen(file: Option<&Path>, brokers: Option<&str>) -> Result<Config, ConfigError> {
    let mut config = file.map_or_else(|| Ok(county()), load)?;
    if let Some(brokers) = brokers {
        brokers.clone_into(&mut config.kafka.bootstrap_servers);
    }
    Ok(config)
}

/// Reads the configuration in a file.
///
/// # Errors
/// What is wrong with the file, in one line.
pub fn load(path: &Path) -> Result<Config, ConfigError> {
    let file = path.display().to_string();
    match fs::read_to_string(path) {
        Ok(text) => parse(&file, &text),
        Err(why) => Err(ConfigError::Unreadable { file, reason: why.to_string() }),
    }
}

/// Where a process answers with the configuration in a file, or with the sample if no file is named. The rest of the
/// file is not read.
///
/// # Errors
/// What is wrong with the file, in one line.
pub fn server_address(path: Option<&Path>) -> Result<ServerAddress, ConfigError> {
    let Some(path) = path else { return Ok(ServerAddress::default()) };
    let file = path.display().to_string();
    match fs::read_to_string(path) {
        Ok(text) => ensilinja_config::server_address(&file, &text),
        Err(why) => Err(ConfigError::Unreadable { file, reason: why.to_string() }),
    }
}

/// Reads the configuration in a text, with secrets from the files and variables of this machine. `file` is the name
/// that messages call it by.
///
/// # Errors
/// What is wrong with the text, in one line.
pub fn parse(file: &str, text: &str) -> Result<Config, ConfigError> {
    ensilinja_config::parse(file, text, &ThisMachine)
}

/// The files and variables of this machine, and the librdkafka that is built in.
struct ThisMachine;

impl Outside for ThisMachine {
    fn file(&self, path: &str, longest_bytes: u64) -> Result<String, String> {
        read_at_most(path, longest_bytes).map_err(|why| format!("cannot be read: {why}"))
    }

    fn variable(&self, name: &str) -> Result<String, String> {
        env::var(name).map_err(|why| match why {
            VarError::NotPresent => "is not set".to_owned(),
            VarError::NotUnicode(_) => "is not UTF-8".to_owned(),
        })
    }

    fn check_kafka(&self, settings: &KafkaSettings) -> Result<(), KafkaRefusal> {
        kafka_settings_of_events(settings).check().map_err(|error| match error {
            SettingsError::Owned { name, instead } => KafkaRefusal::Owned { name, instead: instead.to_owned() },
            SettingsError::Property { name, reason } => KafkaRefusal::Property { name, reason },
            SettingsError::Path { name, path, reason } => KafkaRefusal::Path { name, path, reason },
            SettingsError::Together(reason) => KafkaRefusal::Together(reason),
            other @ (SettingsError::Empty(_) | SettingsError::SameTopic(_) | SettingsError::Topics(_)) => {
                KafkaRefusal::Together(other.to_string())
            }
        })
    }
}

fn read_at_most(path: &str, longest_bytes: u64) -> io::Result<String> {
    let mut text = String::new();
    let read = File::open(path)?.take(longest_bytes + 1).read_to_string(&mut text)?;
    if u64::try_from(read).unwrap_or(u64::MAX) > longest_bytes {
        return Err(io::Error::other(format!("it is longer than {longest_bytes} bytes")));
    }
    Ok(text)
}
