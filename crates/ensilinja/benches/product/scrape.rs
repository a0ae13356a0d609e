//! The time of a scrape of ten thousand series or more, while events arrive.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use ensilinja::clock;

use crate::builds::Builds;
use crate::county_events;
use crate::http::Connection;
use crate::live_load::{self, LiveLoad};
use crate::product::{Product, further_line};
use crate::stand::Stand;
use crate::table::{Budget, Row, float, quantile};

const SCRAPES: usize = 100;

/// The fewest series that a page must have.
const SERIES: u64 = 10_000;

/// Copies of each line of the county, for enough series. They are as busy as the lines themselves.
const COPIES: usize = 2;

/// The time between two scrapes, in which events arrive, as between real ones.
const PAUSE: Duration = Duration::from_millis(50);

/// The ratio to another build that is no worse: two runs of one build differ by as much.
const NO_WORSE: f64 = 1.05;

/// Measures.
pub fn measure(stand: &mut Stand, builds: &Builds) -> anyhow::Result<Vec<Row>> {
    let mut topic = stand.create_topic("scrape");
    let alter = |event| county_events::with_copies(event, COPIES);
    topic.fill(county_events::of_the_last_days(10, 3.0, 1, (clock::wall())()).map(alter))?;
    let further: String = ensilinja_config::county()
        .lines
        .iter()
        .flat_map(|line| (1..=COPIES).map(|number| further_line(county_events::copy_of(&line.id, number).as_str())))
        .collect();
    let load = LiveLoad::begin(&topic, live_load::busy(), alter)?;
    let rounds = builds.rounds(|build| {
        let mut product = Product::start(build, &topic, &build.configuration(&further))?;
        product.wait_until_ready()?;
        Scrapes::of(&mut product.connect()?, SCRAPES)
    })?;
    let rate = load.end()?;
    let last = rounds.of_this().last().context("there is a round")?;
    anyhow::ensure!(last.series >= SERIES, "the page has only {} series", last.series);
    let mut rows = vec![
        Row::new("events/s meanwhile", vec![rate], 0),
        Row::new("series", vec![float(last.series)], 0),
        Row::new("page, KiB", vec![float(last.bytes) / 1024.0], 0),
    ];
    let median = format!("a scrape, median of {SCRAPES} a round");
    let slowest = format!("a scrape, p99 of {SCRAPES} a round");
    let quantile_of = |share| move |scrapes: &Scrapes| quantile(&scrapes.times_ms, share);
    let (limit, no_worse) = (Budget::AtMost(10.0), Budget::AtMost(NO_WORSE));
    rows.extend(rounds.rows([&median, "ms"], 1, quantile_of(0.5), limit, no_worse));
    rows.extend(rounds.rows([&slowest, "ms"], 1, quantile_of(0.99), Budget::None, Budget::None));
    Ok(rows)
}

/// A round of scrapes on one connection.
pub struct Scrapes {
    /// How long each took.
    pub times_ms: Vec<f64>,
    /// The bytes of the last page.
    pub bytes: u64,
    /// The series of the last page.
    pub series: u64,
}

impl Scrapes {
    /// Scrapes so many times, with a pause before each.
    pub fn of(connection: &mut Connection, count: usize) -> anyhow::Result<Self> {
        let mut times_ms = Vec::new();
        for _ in 0..count {
            std::thread::sleep(PAUSE);
            let began = Instant::now();
            connection.get("/metrics")?;
            times_ms.push(began.elapsed().as_secs_f64() * 1e3);
        }
        let (_, page) = connection.get("/metrics")?;
        let series = page.lines().filter(|line| !line.starts_with('#')).count() as u64;
        Ok(Self { times_ms, bytes: page.len() as u64, series })
    }
}
