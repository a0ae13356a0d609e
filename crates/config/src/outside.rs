//! What a configuration refers to and does not contain: the caller looks it up.

use crate::kafka_settings::KafkaSettings;

/// The questions that a configuration has for the world around it.
pub trait Outside {
    /// The text of the file at `path`, which should hold a secret of at most `longest_bytes`.
    ///
    /// # Errors
    /// What is wrong, as the end of a sentence that begins with the file: `cannot be read: No such file`.
    fn file(&self, path: &str, longest_bytes: u64) -> Result<String, String>;

    /// The value of an environment variable.
    ///
    /// # Errors
    /// What is wrong, as the end of a sentence that begins with the variable: `is not set`.
    fn variable(&self, name: &str) -> Result<String, String>;

    /// Whether the Kafka client takes these settings.
    ///
    /// # Errors
    /// Which property it refuses, and why.
    fn check_kafka(&self, settings: &KafkaSettings) -> Result<(), KafkaRefusal>;
}

/// Why the Kafka client does not take settings. No text in it holds a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KafkaRefusal {
    /// The program sets the property itself.
    Owned {
        /// The property.
        name: String,
        /// What to do instead.
        instead: String,
    },
    /// librdkafka knows no such property, or not with such a value.
    Property {
        /// The property.
        name: String,
        /// What librdkafka says.
        reason: String,
    },
    /// The property names a file or folder that cannot be read.
    Path {
        /// The property.
        name: String,
        /// The file or folder.
        path: String,
        /// Why, as the operating system says.
        reason: String,
    },
    /// Each property is right and together they are not.
    Together(String),
}

/// No files, no variables, no Kafka client: for configurations that refer to nothing, such as the sample.
#[derive(Clone, Copy, Debug, Default)]
pub struct NothingOutside;

impl Outside for NothingOutside {
    fn file(&self, _: &str, _: u64) -> Result<String, String> {
        Err("cannot be read: there are no files here".to_owned())
    }

    fn variable(&self, _: &str) -> Result<String, String> {
        Err("is not set".to_owned())
    }

    fn check_kafka(&self, _: &KafkaSettings) -> Result<(), KafkaRefusal> {
        Ok(())
    }
}
