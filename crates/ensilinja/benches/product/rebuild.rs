//! The time from the start of the product until it is ready: for the whole horizon of a county, and for ten million
//! events.

use ensilinja::clock;
use ensilinja_config::Config;

use crate::county_events;
use crate::product::{Product, county_configuration};
use crate::stand::{FIVE_MILLION, Stand};
use crate::table::{Budget, ROUNDS, Row, float};
use crate::topic::Topic;

/// The days of the county that are read.
const DAYS: i64 = 35;

const DAY_MS: i64 = 24 * 3_600_000;

/// Measures.
pub fn measure(stand: &mut Stand) -> anyhow::Result<Vec<Row>> {
    let mut county = stand.create_topic("county");
    county.fill(county_events::of_the_last_days(DAYS, 1.0, 1, (clock::wall())()))?;
    let of_county = seconds(&county, &configuration_with_horizon(DAYS)?)?;
    let millions = stand.millions(2 * FIVE_MILLION)?;
    let of_millions = seconds(&millions, &county_configuration(""))?;
    Ok(vec![
        Row::new(format!("{DAYS} days of the county, {} events: s until ready", county.events), of_county, 2)
            .within(Budget::AtMost(2.0)),
        Row::new(format!("{:.1} million events: s until ready", float(millions.events) / 1e6), of_millions, 1),
    ])
}

fn seconds(topic: &Topic, configuration: &str) -> anyhow::Result<Vec<f64>> {
    let once = |_| Ok(Product::start(topic, configuration)?.wait_until_ready()?.as_secs_f64());
    (0..ROUNDS).map(once).collect()
}

/// The county's configuration with callbacks given up so late that `days` days have to be read.
fn configuration_with_horizon(days: i64) -> anyhow::Result<String> {
    let now = (clock::wall())();
    let horizon_ms = |config: &Config| config.rules(now).horizon_ms();
    for working_days in 5..=30 {
        let text = ensilinja_config::SAMPLE
            .replace("give_up_working_days = 5", &format!("give_up_working_days = {working_days}"));
        if horizon_ms(&ensilinja::configuration::parse("bench", &text)?) >= days * DAY_MS {
            return Ok(text);
        }
    }
    anyhow::bail!("no configuration has a horizon of {days} days")
}
