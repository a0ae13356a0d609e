//! The configuration: the text of one TOML file, resolved into values that cannot be wrong, before any port opens.
//!
//! ```text
//! TOML text --> sections --> limits, promises, goals, hours --> Config --> Rules of the ledger, for any period
//!                  `--> a refusal: file, line, key, value, and what would be right
//! ```
//!
//! Nothing here reads a file, a clock or the environment. A configuration may refer to the outside (a file or a
//! variable that holds a secret, settings that only librdkafka can judge); the caller answers those questions through
//! an [`Outside`].
//!
//! A refusal is one line ([`ConfigError`]). `deploy/ensilinja.toml` of the repository is the sample, the documentation
//! and the county of the demo at once.
//!
//! ```
//! use ensilinja_config::{NothingOutside, SAMPLE, county, parse};
//!
//! assert_eq!(county().lines.len(), 22);
//!
//! let wrong = SAMPLE.replace(r#"threshold = "2m""#, r#"threshold = "0s""#);
//! let refusal = parse("my.toml", &wrong, &NothingOutside).unwrap_err().to_string();
//! assert!(refusal.contains(r#"defaults.threshold is "0s"; it should be a duration from "1s" to "24h""#), "{refusal}");
//! ```

mod change;
mod columns;
mod config;
mod error;
mod goals;
mod group;
mod hours;
mod http_client;
mod kafka_section;
mod kafka_settings;
mod life;
mod limits;
mod line;
mod logging;
mod names;
mod nearest;
mod nights;
mod outside;
mod promise;
mod reading;
mod redaction;
mod rule_words;
mod secret;
mod section;
mod server;
mod shard;
mod source;
mod table_entries;
mod tls_keys;
mod value;
mod volume;
mod web;
mod yaml;

pub use columns::{ColumnsFile, parse_columns};
pub use config::Config;
pub use error::{ConfigError, UnknownLine};
pub use goals::Goals;
pub use http_client::{HttpClientConfig, HttpCredentials, TlsClientConfig, parse_http_client};
pub use kafka_section::parse_brokers;
pub use kafka_settings::KafkaSettings;
pub use line::Line;
pub use logging::{LogFormat, LogLevel, LogSettings};
pub use names::LineNames;
pub use nearest::{nearest, suggestion};
pub use nights::{BrokenNights, broken_nights, date_in_words, night_in_words, year_from};
pub use outside::{KafkaRefusal, NothingOutside, Outside};
pub use promise::term_as_written;
pub use reading::{SAMPLE, county, parse};
pub use redaction::without_secrets;
pub use rule_words::{formula_in_words, limits_in_words, promises_in_words};
pub use server::{FrameAncestor, HostName, ServerAddress, ServerSettings, server_address};
pub use shard::{Shard, ShardChoiceError};
pub use source::Source;
pub use tls_keys::TextSource;
pub use value::duration_as_written;
pub use volume::{VolumeSubject, VolumeTarget};
pub use web::{BasicAuthUser, BcryptHash, ClientAuthType, TlsServerConfig, WebConfig, parse_web, web_has_tls};
