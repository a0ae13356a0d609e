//! The time from the start of the product until it is ready: for the whole horizon of a county, and for ten million
//! events.

use ensilinja::clock;
use ensilinja_config::Config;

use crate::builds::Builds;
use crate::county_events;
use crate::product::Product;
use crate::stand::Stand;
use crate::table::{Budget, ROUNDS, Row, float};
use crate::throughput;

/// The days of the county that are read.
const DAYS: i64 = 35;

const DAY_MS: i64 = 24 * 3_600_000;

/// Measures.
pub fn measure(stand: &mut Stand, builds: &Builds) -> anyhow::Result<Vec<Row>> {
    let mut county = stand.create_topic("county");
    county.fill(county_events::of_the_last_days(DAYS, 1.0, 1, stand.began))?;
    let configuration = configuration_with_horizon(DAYS)?;
    let once = |_| Ok(Product::start(&builds.this, &county, &configuration)?.wait_until_ready()?.as_secs_f64());
    let of_county = (0..ROUNDS).map(once).collect::<anyhow::Result<_>>()?;
    let millions = stand.millions(2)?;
    let of_millions = builds.rounds(|build| throughput::reading(build, &millions))?;
    let what = format!("{DAYS} days of the county, {} events: s until ready", county.events);
    let mut rows = vec![Row::new(what, of_county, 2).within(Budget::AtMost(2.0))];
    let what = format!("{:.1} million events", float(millions.events) / 1e6);
    let seconds = |reading: &throughput::Reading| reading.seconds;
    rows.extend(of_millions.rows([&what, "s until ready"], 1, seconds, Budget::None, Budget::AtMost(0.6)));
    Ok(rows)
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
