//! Goals of a line: the formula of its service level, and targets and alert floors of indicators.

use ensilinja_catalogue::{Target, Targets};
use ensilinja_ledger::{Indicator, ServiceLevel};
use ensilinja_model::Channel;
use toml::de::DeValue;

use crate::error::ConfigError;
use crate::section::{Expected, Section};
use crate::value::word;

/// Keys of the goals that a line or `[defaults]` may set.
pub(crate) const KEYS: [&str; 3] = [SERVICE_LEVEL, TARGET, ALERT_FLOOR];

const SERVICE_LEVEL: &str = "service_level";
const TARGET: &str = "target";
const ALERT_FLOOR: &str = "alert_floor";

/// The goals of a line; by default those of the table of indicators.
#[derive(Clone, Debug, PartialEq)]
pub struct Goals {
    /// The formula of its service level.
    pub service_level: ServiceLevel,
    /// Goals and alert floors of indicators.
    pub targets: Targets,
}

impl Default for Goals {
    fn default() -> Self {
        Self { service_level: ServiceLevel::NegativeAbandon, targets: Targets::default() }
    }
}

impl Goals {
    /// Reads the goals of a section. A goal that it does not name stays as in `otherwise`. `[defaults]` has no channel.
    pub(crate) fn read(section: &Section<'_>, otherwise: &Self, channel: Option<Channel>) -> Result<Self, ConfigError> {
        let formula = |value: &DeValue<'_>| word(value, ServiceLevel::ALL, ServiceLevel::as_str);
        let service_level = section.optional(SERVICE_LEVEL, formula)?.unwrap_or(otherwise.service_level);
        let indicators: Vec<Indicator> =
            Indicator::ALL.iter().copied().filter(|indicator| can_be_aimed_at(*indicator, channel)).collect();
        let keys: Vec<&str> = indicators.iter().map(|indicator| indicator.as_str()).collect();
        let [goals, floors] = [section.section(TARGET, &keys)?, section.section(ALERT_FLOOR, &keys)?];
        let mut targets = otherwise.targets.clone();
        for indicator in indicators {
            let read = |section: &Option<Section<'_>>| match section {
                Some(section) => section.optional(indicator.as_str(), share),
                None => Ok(None),
            };
            let before = targets.of(indicator);
            let target =
                Target { goal: read(&goals)?.or(before.goal), alert_floor: read(&floors)?.or(before.alert_floor) };
            check(section, indicator, target)?;
            targets.set(indicator, target);
        }
        Ok(Self { service_level, targets })
    }
}

/// Whether an indicator can have a target and an alert floor: more of it is better, and it is known at once.
fn can_be_aimed_at(indicator: Indicator, channel: Option<Channel>) -> bool {
    indicator.is_live()
        && indicator != Indicator::ChatNotAnswered
        && channel.is_none_or(|channel| indicator.applies_to(channel))
}

/// An alert floor above the target would alert while the target is met.
fn check(section: &Section<'_>, indicator: Indicator, target: Target) -> Result<(), ConfigError> {
    let Target { goal: Some(goal), alert_floor: Some(floor) } = target else { return Ok(()) };
    if floor <= goal {
        return Ok(());
    }
    let [goal_key, floor_key] = [TARGET, ALERT_FLOOR].map(|key| format!("{key}.{}", indicator.as_str()));
    Err(section.refusal_of_one(&[
        (&floor_key, format!("at most {goal_key} ({goal})")),
        (&goal_key, format!("at least {floor_key} ({floor})")),
    ]))
}

fn share(value: &DeValue<'_>) -> Result<f64, Expected> {
    let written = match value {
        DeValue::Float(float) => Some(float.as_str()),
        DeValue::Integer(integer) if integer.radix() == 10 => Some(integer.as_str()),
        _ => None,
    };
    let share = written.and_then(|text| text.parse().ok()).filter(|share| (0.0..=1.0).contains(share));
    share.ok_or_else(|| "a share from 0 to 1, such as 0.8".into())
}
