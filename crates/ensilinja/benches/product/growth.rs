//! A hundred counties on one process: its start, its memory, its page and its board.

use std::time::Instant;

use anyhow::Context as _;

use crate::builds::Builds;
use crate::county_events;
use crate::event_stream::EventStream;
use crate::process::{peak_resident_bytes, resident_bytes};
use crate::product::Product;
use crate::scrape::Scrapes;
use crate::stand::Stand;
use crate::table::{ROUNDS, Row, float, quantile};
use crate::topic::Topic;

/// The counties.
pub const COUNTIES: usize = 100;

/// The partitions of the topics.
pub const PARTITIONS: i32 = 16;

/// The scrapes of a round.
const SCRAPES: usize = 20;

const MIB: f64 = 1_048_576.0;

/// What is seen of a process without events, and of one with them.
struct Seen {
    empty_seconds: f64,
    empty_mib: f64,
    seconds: f64,
    ready_peak_mib: f64,
    scrapes: Scrapes,
    board: Board,
    scraped_mib: f64,
    scraped_peak_mib: f64,
}

/// The first seconds of a board.
struct Board {
    /// From the request until the first figures are there.
    milliseconds: f64,
    /// The table of lines, the figures and the day so far.
    first_bytes: u64,
    /// The figures of a later second.
    figures_bytes: u64,
}

/// Measures.
pub fn measure(stand: &mut Stand, builds: &Builds) -> anyhow::Result<Vec<Row>> {
    let mut topic = stand.create_topic_of("growth", PARTITIONS);
    fill(&mut topic, stand)?;
    let configuration = county_events::copied_lines(&builds.this.configuration(""), COUNTIES - 1);
    let lines = ensilinja_config::county().lines.len() * COUNTIES;
    let empty = stand.create_topic_of("growth-empty", PARTITIONS);
    let rounds =
        (0..ROUNDS).map(|_| see(builds, [&empty, &topic], &configuration)).collect::<anyhow::Result<Vec<_>>>()?;
    let row =
        |what: String, decimals, of: &dyn Fn(&Seen) -> f64| Row::new(what, rounds.iter().map(of).collect(), decimals);
    let named = |what: &str, decimals, of: &dyn Fn(&Seen) -> f64| row(what.to_owned(), decimals, of);
    Ok(vec![
        Row::new("lines", vec![float(lines as u64)], 0),
        Row::new(format!("events in {PARTITIONS} partitions"), vec![float(topic.events)], 0),
        named("without events: s until ready", 2, &|seen| seen.empty_seconds),
        named("without events: memory, MiB", 0, &|seen| seen.empty_mib),
        named("s until ready", 2, &|seen| seen.seconds),
        named("events/s until ready", 0, &|seen| float(topic.events) / seen.seconds),
        named("most memory ever resident until ready, MiB", 0, &|seen| seen.ready_peak_mib),
        named("memory after scrapes, MiB", 0, &|seen| seen.scraped_mib),
        named("most memory ever resident after scrapes, MiB", 0, &|seen| seen.scraped_peak_mib),
        named("series", 0, &|seen| float(seen.scrapes.series)),
        named("page, MiB", 1, &|seen| float(seen.scrapes.bytes) / MIB),
        row(format!("a scrape, median of {SCRAPES} a round: ms"), 1, &|seen| quantile(&seen.scrapes.times_ms, 0.5)),
        row(format!("a scrape, p99 of {SCRAPES} a round: ms"), 1, &|seen| quantile(&seen.scrapes.times_ms, 0.99)),
        named("a board, from its request to its first figures: ms", 0, &|seen| seen.board.milliseconds),
        named("a board, sent at its start, compressed: KiB", 0, &|seen| float(seen.board.first_bytes) / 1024.0),
        named("a board, sent each second, compressed: KiB", 0, &|seen| float(seen.board.figures_bytes) / 1024.0),
    ])
}

/// Publishes a fifth of the five million events, of all counties.
pub fn fill(topic: &mut Topic, stand: &Stand) -> anyhow::Result<()> {
    let events = stand.some_events(stand.five_million / 5, 1);
    topic.fill(events.map(|event| county_events::with_copies(event, COUNTIES - 1)))
}

fn see(builds: &Builds, [empty, topic]: [&Topic; 2], configuration: &str) -> anyhow::Result<Seen> {
    let mut product = Product::start(&builds.this, empty, configuration)?;
    let empty_seconds = product.wait_until_ready()?.as_secs_f64();
    let empty_mib = float(resident_bytes(product.pid())?) / MIB;
    drop(product);
    let mut product = Product::start(&builds.this, topic, configuration)?;
    let seconds = product.wait_until_ready()?.as_secs_f64();
    let ready_peak_mib = float(peak_resident_bytes(product.pid())?) / MIB;
    let scrapes = Scrapes::of(&mut product.connect()?, SCRAPES)?;
    let scraped_mib = float(resident_bytes(product.pid())?) / MIB;
    let scraped_peak_mib = float(peak_resident_bytes(product.pid())?) / MIB;
    let board = Board::open(&product)?;
    Ok(Seen { empty_seconds, empty_mib, seconds, ready_peak_mib, scrapes, board, scraped_mib, scraped_peak_mib })
}

impl Board {
    fn open(product: &Product) -> anyhow::Result<Self> {
        let began = Instant::now();
        let mut stream = EventStream::begin(EventStream::request(product.address(), true)?);
        let mut next = || stream.next_event().context("the stream of the board has ended");
        // The header of the compressed stream and the table of lines come before the figures, the day after them.
        let before = next()? + next()?;
        let figures = next()?;
        let milliseconds = began.elapsed().as_secs_f64() * 1e3;
        Ok(Self { milliseconds, first_bytes: before + figures + next()?, figures_bytes: next()? })
    }
}
