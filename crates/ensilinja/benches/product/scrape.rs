//! The time of a scrape of ten thousand series or more, while events arrive.

use std::time::{Duration, Instant};

use ensilinja::clock;

use crate::county_events;
use crate::live_load::{self, LiveLoad};
use crate::product::{Product, county_configuration, further_line};
use crate::stand::Stand;
use crate::table::{Budget, ROUNDS, Row, float, quantile};

const SCRAPES: usize = 100;

/// The fewest series that a page must have.
const SERIES: u64 = 10_000;

/// Copies of each line of the county, for enough series. They are as busy as the lines themselves.
const COPIES: usize = 2;

/// The time between two scrapes, in which events arrive, as between real ones.
const PAUSE: Duration = Duration::from_millis(50);

/// Measures.
pub fn measure(stand: &mut Stand) -> anyhow::Result<Vec<Row>> {
    let mut topic = stand.create_topic("scrape");
    let alter = |event| county_events::with_copies(event, COPIES);
    topic.fill(county_events::of_the_last_days(10, 3.0, 1, (clock::wall())()).map(alter))?;
    let further: String = ensilinja_config::county()
        .lines
        .iter()
        .flat_map(|line| (1..=COPIES).map(|number| further_line(county_events::copy_of(&line.id, number).as_str())))
        .collect();
    let mut product = Product::start(&topic, &county_configuration(&further))?;
    product.wait_until_ready()?;
    let load = LiveLoad::begin(&topic, live_load::busy(), alter)?;
    let mut connection = product.connect()?;
    let (mut series, mut bytes) = (0, 0);
    let (mut medians, mut slowest) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let mut times_ms = Vec::new();
        for _ in 0..SCRAPES {
            std::thread::sleep(PAUSE);
            let began = Instant::now();
            let (_, page) = connection.get("/metrics")?;
            times_ms.push(began.elapsed().as_secs_f64() * 1e3);
            bytes = page.len() as u64;
            series = page.lines().filter(|line| !line.starts_with('#')).count() as u64;
        }
        medians.push(quantile(&times_ms, 0.5));
        slowest.push(quantile(&times_ms, 0.99));
    }
    let rate = load.end()?;
    anyhow::ensure!(series >= SERIES, "the page has only {series} series");
    Ok(vec![
        Row::new("events/s meanwhile", vec![rate], 0),
        Row::new("series", vec![float(series)], 0),
        Row::new("page, KiB", vec![float(bytes) / 1024.0], 0),
        Row::new(format!("a scrape, median of {SCRAPES} a round: ms"), medians, 1).within(Budget::AtMost(10.0)),
        Row::new(format!("a scrape, p99 of {SCRAPES} a round: ms"), slowest, 1),
    ])
}
