//! From the text of a configuration to its values, section by section.

use std::sync::Arc;

use ensilinja_calendar::{Days, OpeningHours};
use jiff::tz::TimeZone;

use crate::config::Config;
use crate::error::ConfigError;
use crate::goals::{self, Goals};
use crate::group;
use crate::life::{self, Blame, LifeCheck};
use crate::line::{self, LineDefaults};
use crate::outside::{NothingOutside, Outside};
use crate::section::{Section, TomlText};
use crate::value::time_zone;
use crate::{kafka_section, limits, logging, server, shard, source, volume};

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
    let keys = [
        "server",
        "log",
        "kafka",
        "time_zone",
        "defaults",
        group::GROUP,
        volume::TARGET,
        "line",
        line::SHARD,
        source::SOURCE,
    ];
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
    let (server, log) = (server::read(&root)?, logging::read(&root)?);
    let kafka = kafka_section::read(&root.required_section("kafka", &kafka_section::KEYS)?, outside)?;
    let groups = group::read_all(&root)?;
    let mut lines = line::read_all(&root, &defaults, &groups, &life_check)?;
    let volume_targets = volume::read_all(&root, &mut lines, &life_check)?;
    let groups_without_lines = group::without_lines(groups, &lines.iter().map(|line| line.group.as_str()).collect());
    let sources = source::read_all(&root, &kafka.topic, &kafka.dead_letter_topic, &lines)?;
    let shards = shard::read_all(&root, &lines)?;
    Ok(Config {
        server,
        log,
        kafka,
        zone,
        days,
        lines,
        groups_without_lines,
        volume_targets,
        sources,
        shards,
        shard: None,
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
