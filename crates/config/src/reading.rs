//! From the text of a configuration to its values, section by section.

use std::sync::Arc;

use ensilinja_calendar::{Days, OpeningHours};
use jiff::tz::TimeZone;
use toml::de::DeValue;

use crate::config::Config;
use crate::error::ConfigError;
use crate::goals::{self, Goals};
use crate::life::{self, Blame, LifeCheck};
use crate::line::{self, LineDefaults};
use crate::outside::{NothingOutside, Outside};
use crate::section::{Expected, Section, TomlText};
use crate::{kafka_section, limits, logging, server};

/// The sample configuration, which is the county of the demo.
pub const SAMPLE: &str = include_str!("../../../deploy/ensilinja.toml");

const HELSINKI: &str = "Europe/Helsinki";

/// The county of the sample configuration.
#[must_use]
pub fn county() -> Config {
    parse("deploy/ensilinja.toml", SAMPLE, &NothingOutside).expect("the sample configuration is tested")
}

/// Reads the configuration in a text. `file` is the name that messages call it by.
///
/// # Errors
/// What is wrong with the text, in one line.
pub fn parse(file: &str, text: &str, outside: &dyn Outside) -> Result<Config, ConfigError> {
    let document = TomlText { file, text };
    let tables = document.tables()?;
    let keys = ["server", "log", "kafka", "time_zone", "defaults", "line"];
    let root = Section::open(document, "", tables.span(), tables.get_ref(), &keys)?;
    let zone = root
        .optional("time_zone", time_zone)?
        .unwrap_or_else(|| TimeZone::get(HELSINKI).expect("the zone of Finland is in the data that is built in"));
    let name = zone.iana_name().expect("the zone was found by its name");
    let days = Arc::new(Days::new(name).expect("the calendar has the same zones"));
    let life_check = LifeCheck::new(&days, &zone);
    let defaults = match root.section("defaults", &[limits::DEFAULTS_KEYS.as_slice(), &goals::KEYS].concat())? {
        Some(section) => defaults(&section, &life_check)?,
        None => LineDefaults::default(),
    };
    Ok(Config {
        server: server::read(&root)?,
        log: logging::read(&root)?,
        kafka: kafka_section::read(&root.required_section("kafka", &kafka_section::KEYS)?, outside)?,
        lines: line::read_all(&root, &defaults, &life_check)?,
        zone,
        days,
    })
}

/// Reads `[defaults]`. Limits that do not even fit a line that never closes are refused here, not in every line.
fn defaults(section: &Section<'_>, life_check: &LifeCheck<'_>) -> Result<LineDefaults, ConfigError> {
    let limits = limits::DefaultLimits::read(section)?;
    let always_open = OpeningHours::parse("24/7").expect("these are opening hours");
    for (orphan_after, of_channel) in [(limits::ORPHAN_AFTER, &limits.live), (limits::SMS_ORPHAN_AFTER, &limits.sms)] {
        life::check(&Blame { section, orphan_after, hours: None }, of_channel, &always_open, life_check)?;
    }
    Ok(LineDefaults { limits, goals: Goals::read(section, &Goals::default(), None)? })
}

fn time_zone(value: &DeValue<'_>) -> Result<TimeZone, Expected> {
    value
        .as_str()
        .and_then(|name| TimeZone::get(name).ok())
        .filter(|zone| zone.iana_name().is_some_and(|name| Days::new(name).is_ok()))
        .ok_or_else(|| "the name of a time zone in the IANA database, such as \"Europe/Helsinki\"".into())
}
