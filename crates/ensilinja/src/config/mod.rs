//! The configuration: read from one TOML file, resolved into values that cannot be wrong, before any port opens.
//!
//! What is refused is refused in one line that names the file, the key, the value and what would be right
//! ([`ConfigError`]). `deploy/ensilinja.toml` of the repository is the sample, the documentation and the county of
//! the demo at once.
//!
//! ```
//! use ensilinja::config;
//!
//! let county = config::county();
//! assert_eq!(county.lines.len(), 22);
//!
//! let wrong = config::SAMPLE.replace(r#"threshold = "2m""#, r#"threshold = "0s""#);
//! let refusal = config::parse("my.toml", &wrong).unwrap_err().to_string();
//! assert!(refusal.contains(r#"defaults.threshold is "0s"; it should be a duration from "1s" to "24h""#), "{refusal}");
//! ```

mod change;
mod error;
mod goals;
mod kafka;
mod life;
mod limits;
mod line;
mod promise;
mod secret;
mod section;
mod server;
mod value;

use std::fs;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use ensilinja_calendar::{Days, LineHours, OpeningHours};
use ensilinja_ledger::{LineRules, Rules};
use ensilinja_model::{EventTime, LineId, vocabulary};
use jiff::tz::TimeZone;
use toml::de::DeValue;

use crate::nearest;

pub use error::{ConfigError, UnknownLine};
pub use goals::Goals;
pub use kafka::parse_brokers;
use life::{Blame, Calendar};
pub use line::{Line, Names};
pub use promise::in_words as promise_as_written;
use section::{Document, Expected, Section};
pub use server::Server;
pub use value::in_words as duration_as_written;

/// The sample configuration, which is the county of the demo.
pub const SAMPLE: &str = include_str!("../../../../deploy/ensilinja.toml");

const HELSINKI: &str = "Europe/Helsinki";

/// Opening hours are laid out from this long before the time that figures are for, in ms: longer than a contact lives,
/// and than a line that opens for a season only takes to open on five days.
const HOURS_BEFORE_MS: i64 = 400 * DAY_MS;

/// ... until this long after it, in ms.
const HOURS_AFTER_MS: i64 = 2 * 366 * DAY_MS;

const DAY_MS: i64 = 24 * 3600 * 1000;

/// All that an operator decides.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the figures are served.
    pub server: Server,
    /// What is logged, and how.
    pub log: Log,
    /// Where the events come from.
    pub kafka: ensilinja_kafka::Settings,
    /// The time zone of the lines.
    pub zone: TimeZone,
    /// Its days.
    pub days: Arc<Days>,
    /// The lines, in the order of the file. At least one; ids differ.
    pub lines: Vec<Line>,
}

/// What is logged, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Log {
    /// The form of a log line.
    pub format: LogFormat,
    /// The least important lines to log.
    pub level: LogLevel,
}

vocabulary! {
    /// The form of a log line.
    LogFormat {
        /// For people.
        Text = "text",
        /// One JSON object a line, for log collectors.
        Json = "json",
    }
}

vocabulary! {
    /// How important a log line is, the most important first.
    LogLevel {
        /// Something is wrong and needs somebody.
        Error = "error",
        /// Something is wrong and the program copes.
        Warn = "warn",
        /// What an operator wants to know of an ordinary day.
        Info = "info",
        /// What explains a problem.
        Debug = "debug",
        /// Everything.
        Trace = "trace",
    }
}

impl Config {
    /// The name of the lines' time zone in the IANA database.
    #[must_use]
    pub fn zone_name(&self) -> &str {
        self.zone.iana_name().expect("the zone was found by its name")
    }

    /// The places of the lines with these ids, in the order of the file; of all lines, if no id is given.
    ///
    /// # Errors
    /// If one of them is no line's.
    pub fn places_of(&self, ids: &[LineId]) -> Result<Vec<usize>, UnknownLine> {
        let known = || self.lines.iter().map(|line| line.id.as_str());
        if let Some(id) = ids.iter().find(|id| known().all(|known| known != id.as_str())) {
            return Err(UnknownLine { id: id.clone(), advice: nearest::advice(id.as_str(), known()) });
        }
        let is_asked_for = |line: &Line| ids.is_empty() || ids.contains(&line.id);
        Ok(self.lines.iter().enumerate().filter(|(_, line)| is_asked_for(line)).map(|(place, _)| place).collect())
    }

    /// The rules of the ledger for figures of `now` and of the next two years.
    #[must_use]
    pub fn rules(&self, now: EventTime) -> Rules {
        self.rules_over(&(now..now))
    }

    /// The rules for figures of a stretch of time, with the opening hours laid out around it: from 400 days before it
    /// to two years after it.
    #[must_use]
    pub fn rules_over(&self, stretch: &Range<EventTime>) -> Rules {
        let (from, to) = (stretch.start.plus_millis(-HOURS_BEFORE_MS), stretch.end.plus_millis(HOURS_AFTER_MS));
        let rules_of = |line: &Line| LineRules {
            hours: LineHours::new(&line.hours, &self.days, from, to),
            effective_limits: line.effective_limits.clone(),
        };
        Rules::new(Arc::clone(&self.days), self.lines.iter().map(rules_of).collect())
    }
}

/// The county of the sample configuration.
#[must_use]
pub fn county() -> Config {
    parse("deploy/ensilinja.toml", SAMPLE).expect("the sample configuration is tested")
}

/// The configuration in a file, or the county of the sample where none is named; with these brokers instead of its own,
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
        Err(why) => Err(ConfigError::Unreadable { file, why }),
    }
}

/// Reads the configuration in a text; `file` is what messages call it.
///
/// # Errors
/// What is wrong with the text, in one line.
pub fn parse(file: &str, text: &str) -> Result<Config, ConfigError> {
    let document = Document { file, text };
    let tables = document.tables()?;
    let keys = ["server", "log", "kafka", "time_zone", "defaults", "line"];
    let root = Section::open(document, "", tables.span(), tables.get_ref(), &keys)?;
    let zone = root
        .optional("time_zone", time_zone)?
        .unwrap_or_else(|| TimeZone::get(HELSINKI).expect("the zone of Finland is in the data that is built in"));
    let name = zone.iana_name().expect("the zone was found by its name");
    let days = Arc::new(Days::new(name).expect("the calendar has the same zones"));
    let calendar = Calendar::new(&days, &zone);
    let defaults = match root.section("defaults", &[limits::DEFAULTS_KEYS.as_slice(), &goals::KEYS].concat())? {
        Some(section) => defaults(&section, &calendar)?,
        None => line::Defaults::default(),
    };
    Ok(Config {
        server: server::read(&root)?,
        log: log(&root)?,
        kafka: kafka::read(&root.required_section("kafka", &kafka::KEYS)?)?,
        lines: line::read_all(&root, &defaults, &calendar)?,
        zone,
        days,
    })
}

/// Reads `[defaults]`. What does not even fit a line that never closes is refused here, and not in every line.
fn defaults(section: &Section<'_>, calendar: &Calendar<'_>) -> Result<line::Defaults, ConfigError> {
    let limits = limits::Defaults::read(section)?;
    let always_open = OpeningHours::parse("24/7").expect("these are opening hours");
    for (orphan_after, of_channel) in [(limits::ORPHAN_AFTER, &limits.live), (limits::SMS_ORPHAN_AFTER, &limits.sms)] {
        life::check(&Blame { section, orphan_after, hours: None }, of_channel, &always_open, calendar)?;
    }
    Ok(line::Defaults { limits, goals: Goals::read(section, &Goals::default(), None)? })
}

fn time_zone(value: &DeValue<'_>) -> Result<TimeZone, Expected> {
    value
        .as_str()
        .and_then(|name| TimeZone::get(name).ok())
        .filter(|zone| zone.iana_name().is_some_and(|name| Days::new(name).is_ok()))
        .ok_or_else(|| "the name of a time zone in the IANA database, such as \"Europe/Helsinki\"".into())
}

fn log(root: &Section<'_>) -> Result<Log, ConfigError> {
    let mut log = Log { format: LogFormat::Text, level: LogLevel::Info };
    if let Some(section) = root.section("log", &["format", "level"])? {
        let format = section.optional("format", |value| value::word(value, LogFormat::ALL, LogFormat::as_str))?;
        let level = section.optional("level", |value| value::word(value, LogLevel::ALL, LogLevel::as_str))?;
        log = Log { format: format.unwrap_or(log.format), level: level.unwrap_or(log.level) };
    }
    Ok(log)
}
