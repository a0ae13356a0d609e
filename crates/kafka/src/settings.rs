//! The settings of all Kafka clients, checked as a whole before anything starts.
//!
//! Most properties of librdkafka belong to the operator (`security.protocol`, `sasl.username`, ...) and pass through
//! unchanged. Those in [`OWNED`] do not: what this crate guarantees depends on them, so setting one is an error. The
//! value of a property may be a secret: no error message, log line or `Debug` output contains it.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use rdkafka::ClientConfig;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::BaseConsumer;
use rdkafka::error::KafkaError;

use crate::client_log::ClientLog;
use crate::topic_choice::{TopicChoice, TopicChoiceError, TopicChooser};

/// The properties that this crate sets itself, and what to do instead.
const OWNED: &[(&[&str], &str)] = &[
    (&["bootstrap.servers", "metadata.broker.list"], "name the brokers by `bootstrap_servers`"),
    (&["group.id"], "name the group by `group_id`"),
    (
        &["group.instance.id", "group.protocol", "partition.assignment.strategy"],
        "leave it out: no process joins the group, each reads every partition",
    ),
    (&["client.rack"], "leave it out: a follower may be behind its leader, so reading from it proves nothing"),
    (&["auto.offset.reset"], "leave it out: a gap in the log must be noticed, not skipped"),
    (
        &["enable.auto.commit", "enable.auto.offset.store"],
        "leave it out: offsets are committed once dead letters are acknowledged",
    ),
    (&["enable.partition.eof"], "leave it out: the end of a partition must be noticed"),
    (&["check.crcs"], "leave it out: a damaged record must not become a figure"),
    (&["isolation.level"], "leave it out: records of open and aborted transactions are not facts"),
    (&["fetch.queue.backoff.ms"], "leave it out: it bounds how long an event takes to become visible"),
    (&["allow.auto.create.topics"], "leave it out: a topic made by accident has the wrong settings"),
    (
        &["enable.idempotence", "transactional.id"],
        "leave it out: records are written once and in order, without transactions",
    ),
    (&["acks", "request.required.acks"], "leave it out: a record counts as written when all replicas have it"),
    (
        &["message.timeout.ms", "delivery.timeout.ms"],
        "leave it out: a record is retried until it is written or refused",
    ),
    (&["partitioner"], "leave it out: all producers must send a contact to the same partition"),
];

/// Defaults that the operator may change.
const DEFAULTS: &[(&str, &str)] = &[
    ("client.id", "ensilinja"),
    // The default of a minute is too long to wait for a broker that hangs.
    ("socket.timeout.ms", "10000"),
    ("reconnect.backoff.max.ms", "2000"),
];

/// How much is read ahead of the handler unless the operator sets it: enough to keep the handler busy, little compared
/// with the figures.
const READ_AHEAD: (&str, &str) = ("queued.max.messages.kbytes", "16384");

/// The same for a scan, where every partition waits for all others.
const SCAN_READ_AHEAD_KILOBYTES: u32 = 32 * 1024;

/// The size of a fetch from one partition. A fetch asks all partitions, brings compressed records, and is held in
/// memory unpacked: with librdkafka's own megabyte that is a hundred megabytes. It fetches more where a record is
/// longer.
const FETCH_BYTES: u32 = 512 * 1024;

/// The largest fetch of a scan for one partition.
const LARGEST_FETCH_BYTES: u32 = 1024 * 1024;

/// The smallest fetch: with less, each request would bring only a few records.
const SMALLEST_FETCH_BYTES: u32 = 16 * 1024;

/// A property whose name contains one of these has a secret value.
const SECRET: &[&str] = &["password", "secret", "token", "pem", "oauthbearer", "username"];

/// The properties that name a file or a folder.
const PATHS: &[&str] =
    &["ssl.ca.location", "ssl.certificate.location", "ssl.key.location", "ssl.keystore.location", "ssl.crl.location"];

/// Where the brokers are and how to talk to them.
#[derive(Clone)]
pub struct Settings {
    /// The brokers to ask first, as `host:port,host:port`.
    pub bootstrap_servers: String,
    /// The topics of the events, each with the source that claims it.
    pub topics: Vec<TopicChoice>,
    /// The topic for records that cannot be used.
    pub dead_letter_topic: String,
    /// Whether this process writes them. Of several that share the topics one does, and the others need no right on
    /// that topic.
    pub writes_dead_letters: bool,
    /// The group whose committed offsets record how far dead letters have been written. No process joins it.
    pub group_id: String,
    /// Further librdkafka properties, such as `security.protocol`.
    pub properties: BTreeMap<String, String>,
    /// The files from which secret properties were read. They are not read again.
    pub secret_files: Vec<PathBuf>,
}

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A required name is empty.
    #[error("`{0}` is empty: name it")]
    Empty(&'static str),
    /// A topic of events is also that of the dead letters, so dead letters would be read as events.
    #[error("`topic` and `dead_letter_topic` are both `{0}`: dead letters would be read as events")]
    SameTopic(String),
    /// The topics cannot be chosen like this.
    #[error(transparent)]
    Topics(#[from] TopicChoiceError),
    /// This crate sets the property itself.
    #[error("the Kafka property `{name}` cannot be set: {instead}")]
    Owned {
        /// The property.
        name: String,
        /// What to do instead.
        instead: &'static str,
    },
    /// librdkafka does not know the property, or refuses its value.
    #[error("the Kafka property `{name}` cannot be used: {reason}")]
    Property {
        /// The property.
        name: String,
        /// The message of librdkafka, unless it would contain a secret.
        reason: String,
    },
    /// A property names a file or a folder that does not exist or that this user may not read.
    #[error("the Kafka property `{name}` names {path}, which cannot be read: {reason}")]
    Path {
        /// The property.
        name: String,
        /// The file or folder.
        path: String,
        /// The message of the operating system.
        reason: String,
    },
    /// The properties contradict each other, for example a SASL mechanism without a user.
    #[error("the Kafka properties cannot be used together: {0}")]
    Together(String),
}

impl Settings {
    /// Checks the settings as far as that is possible without a broker.
    ///
    /// # Errors
    /// [`SettingsError`] names the setting and what would be right. No message contains a secret value.
    pub fn check(&self) -> Result<(), SettingsError> {
        let names = [
            ("bootstrap_servers", &self.bootstrap_servers),
            ("dead_letter_topic", &self.dead_letter_topic),
            ("group_id", &self.group_id),
        ];
        for (name, value) in names {
            if value.trim().is_empty() {
                return Err(SettingsError::Empty(name));
            }
        }
        self.chooser()?;
        if self.topics.iter().any(|choice| choice.name == self.dead_letter_topic) {
            return Err(SettingsError::SameTopic(self.dead_letter_topic.clone()));
        }
        for name in self.properties.keys() {
            if let Some((_, instead)) = OWNED.iter().find(|(owned, _)| owned.contains(&name.as_str())) {
                return Err(SettingsError::Owned { name: name.clone(), instead });
            }
        }
        self.check_paths()?;
        // Only making a client shows whether the properties contradict each other. The client does not connect yet.
        let made: Result<BaseConsumer<ClientLog>, _> = self.reader().create_with_context(ClientLog::new("check"));
        made.map(drop).map_err(refusal)
    }

    /// For a file that does not exist librdkafka reports the message of OpenSSL, which has no file name.
    fn check_paths(&self) -> Result<(), SettingsError> {
        for name in PATHS {
            let Some(path) = self.properties.get(*name).filter(|path| *path != "probe") else { continue };
            let opened = match Path::new(path) {
                folder if folder.is_dir() => std::fs::read_dir(folder).map(drop),
                file => std::fs::File::open(file).map(drop),
            };
            opened.map_err(|error| SettingsError::Path {
                name: (*name).to_owned(),
                path: path.clone(),
                reason: error.to_string(),
            })?;
        }
        Ok(())
    }

    /// The chooser of the topics.
    pub(crate) fn chooser(&self) -> Result<TopicChooser, SettingsError> {
        Ok(TopicChooser::new(&self.topics, &self.dead_letter_topic)?)
    }

    /// The chosen topics and patterns, for messages.
    pub(crate) fn topic_names(&self) -> String {
        self.topics.iter().map(|choice| choice.name.as_str()).collect::<Vec<_>>().join(", ")
    }

    /// The source that claims a topic of this name.
    #[must_use]
    pub fn source_of(&self, topic: &str) -> Option<usize> {
        let chooser = TopicChooser::new(&self.topics, &self.dead_letter_topic).ok()?;
        let named = chooser.named().iter().find(|chosen| chosen.name == topic).cloned();
        let chosen = named.or_else(|| chooser.matching(std::iter::once(topic)).topics.pop());
        chosen.map(|chosen| chosen.choice.source)
    }

    /// The configuration of the consumer of the event topic.
    pub(crate) fn reader(&self) -> ClientConfig {
        let mut config = self.query_client();
        config.set("group.id", &self.group_id);
        if config.get(READ_AHEAD.0).is_none() {
            config.set(READ_AHEAD.0, READ_AHEAD.1);
        }
        self.set_fetch_bytes(&mut config, FETCH_BYTES);
        config
    }

    /// The configuration of a scan of this many partitions, each through its own queue. The queues share one bound
    /// on what is read ahead: librdkafka bounds each queue by itself and lets it grow by one fetch beyond that. Half of
    /// the bound is for the queues, and half for the batches that were taken from them, which hold no more.
    pub(crate) fn scanner(&self, partitions: usize) -> ClientConfig {
        let mut config = self.reader();
        let given = self.properties.get(READ_AHEAD.0).and_then(|kilobytes| kilobytes.parse().ok());
        let partitions = u32::try_from(partitions).unwrap_or(u32::MAX).max(1);
        let each = (given.unwrap_or(SCAN_READ_AHEAD_KILOBYTES) / 2 / partitions).max(1);
        config.set(READ_AHEAD.0, each.to_string());
        let fetch_bytes = each.saturating_mul(1024).clamp(SMALLEST_FETCH_BYTES, LARGEST_FETCH_BYTES);
        self.set_fetch_bytes(&mut config, fetch_bytes);
        config
    }

    /// Sets how much one fetch asks of a partition, unless the operator sets it.
    fn set_fetch_bytes(&self, config: &mut ClientConfig, bytes: u32) {
        const NAMES: [&str; 2] = ["fetch.message.max.bytes", "max.partition.fetch.bytes"];
        if !NAMES.iter().any(|name| self.properties.contains_key(*name)) {
            config.set(NAMES[0], bytes.to_string());
        }
    }

    /// The configuration of a consumer that asks questions and never reads records.
    pub(crate) fn query_client(&self) -> ClientConfig {
        let mut config = self.client();
        for (name, value) in [
            ("enable.auto.commit", "false"),
            ("enable.auto.offset.store", "false"),
            ("auto.offset.reset", "error"),
            ("enable.partition.eof", "true"),
            ("check.crcs", "true"),
            ("isolation.level", "read_committed"),
            ("fetch.queue.backoff.ms", "10"),
            ("allow.auto.create.topics", "false"),
        ] {
            config.set(name, value);
        }
        config
    }

    /// The configuration of a producer: a record counts as written when all replicas have it, once and in order.
    pub(crate) fn producer(&self) -> ClientConfig {
        let mut config = self.client();
        config.set("enable.idempotence", "true").set("acks", "all").set("message.timeout.ms", "0");
        // JVM producers hash keys this way, so the events of a contact stay in one partition whichever client sends
        // them.
        config.set("partitioner", "murmur2_random");
        config
    }

    /// The configuration of an administration client, and the base of all others.
    pub(crate) fn client(&self) -> ClientConfig {
        let mut config = ClientConfig::new();
        config.set_log_level(RDKafkaLogLevel::Info);
        for (name, value) in DEFAULTS {
            config.set(*name, *value);
        }
        for (name, value) in &self.properties {
            config.set(name, value);
        }
        config.set("bootstrap.servers", &self.bootstrap_servers);
        config
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("bootstrap_servers", &self.bootstrap_servers)
            .field("topics", &self.topics)
            .field("dead_letter_topic", &self.dead_letter_topic)
            .field("group_id", &self.group_id)
            .field("properties", &self.properties.keys())
            .finish_non_exhaustive()
    }
}

fn refusal(error: KafkaError) -> SettingsError {
    match error {
        KafkaError::ClientConfig(_, _, name, _) if SECRET.iter().any(|part| name.contains(part)) => {
            SettingsError::Property { name, reason: "librdkafka refuses the name or the value".to_owned() }
        }
        KafkaError::ClientConfig(_, reason, name, _) => SettingsError::Property { name, reason },
        KafkaError::ClientCreation(reason) => SettingsError::Together(reason),
        other => SettingsError::Together(other.to_string()),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn with(properties: &[(&str, &str)]) -> Settings {
        Settings {
            bootstrap_servers: "127.0.0.1:1".to_owned(),
            topics: vec![TopicChoice::of("events")],
            dead_letter_topic: "dead".to_owned(),
            writes_dead_letters: true,
            group_id: "group".to_owned(),
            properties: properties.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
            secret_files: Vec::new(),
        }
    }

    #[test]
    fn a_topic_belongs_to_the_source_that_names_it_or_else_matches_it() {
        let choice = |name: &str, source| TopicChoice { name: name.to_owned(), source, repairs_only: false };
        let mut settings = with(&[]);
        settings.topics = vec![choice("calls", 0), choice("^pbx-", 1), choice("pbx-7", 2)];
        let found = ["calls", "pbx-1", "pbx-7", "dead", "other"].map(|topic| settings.source_of(topic));
        assert_eq!(found, [Some(0), Some(1), Some(2), None, None]);
    }

    #[test]
    fn tls_and_sasl_pass_through() {
        for mechanism in ["PLAIN", "SCRAM-SHA-512"] {
            let settings = with(&[
                ("security.protocol", "SASL_SSL"),
                ("sasl.mechanisms", mechanism),
                ("sasl.username", "u"),
                ("sasl.password", "p"),
            ]);
            settings.check().unwrap();
        }
    }

    #[test]
    fn a_property_of_this_crate_cannot_be_set() {
        for name in OWNED.iter().flat_map(|(names, _)| *names) {
            let error = with(&[(name, "x")]).check().unwrap_err().to_string();
            assert!(error.starts_with(&format!("the Kafka property `{name}` cannot be set: ")), "{error}");
        }
    }

    #[test]
    fn a_wrong_property_and_a_wrong_value_are_named() {
        let unknown = with(&[("sasl.passwort", "hunter2")]).check().unwrap_err().to_string();
        assert!(unknown.contains("`sasl.passwort`") && !unknown.contains("hunter2"), "{unknown}");
        let value = with(&[("security.protocol", "TLS")]).check().unwrap_err().to_string();
        assert!(value.contains("`security.protocol`") && value.contains("\"TLS\""), "{value}");
        let together = with(&[("security.protocol", "SASL_SSL"), ("sasl.mechanisms", "PLAIN")]).check().unwrap_err();
        assert!(matches!(together, SettingsError::Together(_)), "{together}");
    }

    #[test]
    fn a_fetch_is_small_unless_the_operator_sets_its_size() {
        let fetch = |properties: &[(&str, &str)]| {
            let reader = with(properties).reader();
            ["fetch.message.max.bytes", "max.partition.fetch.bytes"].map(|name| reader.get(name).map(str::to_owned))
        };
        assert_eq!(fetch(&[]), [Some(FETCH_BYTES.to_string()), None]);
        for (place, name) in ["fetch.message.max.bytes", "max.partition.fetch.bytes"].into_iter().enumerate() {
            let mut expected = [None, None];
            expected[place] = Some("2000".to_owned());
            assert_eq!(fetch(&[(name, "2000")]), expected);
        }
    }

    #[test]
    fn no_message_contains_a_secret() {
        let settings =
            with(&[("security.protocol", "SSL"), ("ssl.key.password", "hunter2"), ("ssl.key.pem", "hunter2")]);
        assert!(!format!("{settings:?}").contains("hunter2"));
        assert!(!settings.check().unwrap_err().to_string().contains("hunter2"));
    }

    #[test]
    fn a_file_that_does_not_exist_is_named() {
        for name in PATHS {
            let error = with(&[(name, "/not/there.pem")]).check().unwrap_err().to_string();
            let expected =
                format!("the Kafka property `{name}` names /not/there.pem, which cannot be read: No such file");
            assert!(error.starts_with(&expected), "{error}");
        }
    }

    #[test]
    fn an_empty_name_and_two_equal_topics_are_refused() {
        let mut settings = with(&[]);
        settings.topics.clear();
        assert_eq!(settings.check().unwrap_err().to_string(), "no topic is named: name one");
        settings.topics = vec![TopicChoice::of(&settings.dead_letter_topic)];
        assert!(matches!(settings.check(), Err(SettingsError::SameTopic(_))));
    }
}
