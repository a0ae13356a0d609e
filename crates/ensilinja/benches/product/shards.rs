//! A hundred counties on four processes with shards, beside one with all lines; and what a process pays for the events
//! of other shards.
//!
//! A process leaves records of other shards unparsed only where the log itself tells that it began before the range. So
//! the topics begin with records that are older than that, as they do after some weeks of operation.

use ensilinja_model::{EventTime, LineId};

use crate::builds::Builds;
use crate::county_events;
use crate::growth::{COUNTIES, PARTITIONS, fill};
use crate::process::{cpu_seconds, peak_resident_bytes};
use crate::product::{Product, further_line};
use crate::scrape::Scrapes;
use crate::stand::Stand;
use crate::table::{ROUNDS, Row, float, quantile};
use crate::topic::Topic;

const SHARDS: usize = 4;

/// The scrapes of a round.
const SCRAPES: usize = 20;

/// How long before now the first records of a topic are, in days. The sample configuration needs at most five weeks.
const BEFORE_THE_RANGE_DAYS: i64 = 60;

/// So many old events that every partition has some.
const OLD_EVENTS: usize = 2_000;

const MIB: f64 = 1_048_576.0;

/// Which lines a measured process has, and whether it keeps rejected records.
const ROLES: [&str; 3] = ["one process", "the first of four shards", "another of four shards"];

/// The same where all events are of another shard's lines.
const ROLES_OF_OTHERS: [&str; 3] = ["a process with their lines", "the first shard", "another shard"];

/// A row of each role: its name, digits after the point, and how it is seen.
type Figure = (&'static str, usize, fn(&Seen) -> f64);

/// One process, from its start until it is ready and scraped.
struct Seen {
    seconds: f64,
    cpu_seconds: f64,
    peak_mib: f64,
    scrapes: Scrapes,
}

/// Measures.
pub fn measure(stand: &mut Stand, builds: &Builds) -> anyhow::Result<Vec<Row>> {
    let mut rows = hundred_counties(stand, builds)?;
    rows.extend(events_of_others(stand, builds)?);
    Ok(rows)
}

fn hundred_counties(stand: &Stand, builds: &Builds) -> anyhow::Result<Vec<Row>> {
    let mut topic = aged_topic(stand, "shards", PARTITIONS)?;
    fill(&mut topic, stand)?;
    let whole = county_events::copied_lines(&builds.this.configuration(""), COUNTIES - 1);
    let county: Vec<_> = ensilinja_config::county().lines.into_iter().map(|line| line.id).collect();
    let ids = |number| {
        let quoted = |line: &LineId| match number {
            0 => format!("\"{line}\", "),
            _ => format!("\"{}\", ", county_events::copy_of(line, number)),
        };
        county.iter().map(quoted).collect::<String>()
    };
    let a_shard = COUNTIES / SHARDS;
    let shard = |number: usize| {
        let lines: String = (number * a_shard..(number + 1) * a_shard).map(ids).collect();
        format!("[[shard]]\nname = \"shard_{number}\"\nlines = [{lines}]\n\n")
    };
    let divided = whole.clone() + "\n" + &(0..SHARDS).map(shard).collect::<String>();
    let see = |shard: Option<&str>| {
        let product = match shard {
            None => Product::start(&builds.this, &topic, &whole),
            Some(shard) => Product::start_shard(&builds.this, &topic, &divided, shard),
        };
        Seen::of(product?)
    };
    let round = |_| anyhow::Ok([see(None)?, see(Some("shard_0"))?, see(Some("shard_1"))?]);
    let rounds = (0..ROUNDS).map(round).collect::<anyhow::Result<Vec<[Seen; 3]>>>()?;
    let lines = county.len() * COUNTIES;
    let mut rows = vec![
        Row::new("lines", vec![float(lines as u64)], 0),
        Row::new("lines of each of four shards", vec![float((lines / SHARDS) as u64)], 0),
        Row::new(format!("events in {PARTITIONS} partitions"), vec![float(topic.events)], 0),
    ];
    let figures: [Figure; 6] = [
        ("s until ready", 2, |seen| seen.seconds),
        ("CPU s until ready", 2, |seen| seen.cpu_seconds),
        ("most memory ever resident after scrapes, MiB", 0, |seen| seen.peak_mib),
        ("series", 0, |seen| float(seen.scrapes.series)),
        ("page, MiB", 1, |seen| float(seen.scrapes.bytes) / MIB),
        ("a scrape, median of a round: ms", 1, |seen| quantile(&seen.scrapes.times_ms, 0.5)),
    ];
    for (what, decimals, of) in figures {
        for (role, name) in ROLES.iter().enumerate() {
            rows.push(Row::new(format!("{name}: {what}"), column(&rounds, |round| of(&round[role])), decimals));
        }
        let shares = column(&rounds, |round| of(&round[2]) / of(&round[0]));
        rows.push(Row::new(format!("another shard/one process: {what}"), shares, 2));
    }
    Ok(rows)
}

/// All events are of lines of the shard `county`, and the shard `quiet` has a line without events.
fn events_of_others(stand: &Stand, builds: &Builds) -> anyhow::Result<Vec<Row>> {
    let mut topic = aged_topic(stand, "others", PARTITIONS)?;
    // A process looks once a second whether it may leave records unparsed, and a million are read in less.
    topic.fill(stand.five_million_events(1))?;
    let whole = builds.this.configuration(&further_line("quiet"));
    let ids: Vec<String> = ensilinja_config::county().lines.iter().map(|line| line.id.to_string()).collect();
    let county = format!("[[shard]]\nname = \"county\"\nlines = {ids:?}\n\n");
    let quiet = "[[shard]]\nname = \"quiet\"\nlines = [\"quiet\"]\n\n";
    let (first, second) = (format!("{whole}{quiet}{county}"), format!("{whole}{county}{quiet}"));
    let cost = |product: anyhow::Result<Product>| {
        let mut product = product?;
        product.wait_until_ready()?;
        anyhow::Ok(cpu_seconds(product.pid())? / float(topic.events) * 1e6)
    };
    let build = &builds.this;
    let round = |_| {
        let keeps_all = cost(Product::start(build, &topic, &whole))?;
        let parses = cost(Product::start_shard(build, &topic, &first, "quiet"))?;
        let skips = cost(Product::start_shard(build, &topic, &second, "quiet"))?;
        anyhow::Ok([keeps_all, parses, skips])
    };
    let rounds = (0..ROUNDS).map(round).collect::<anyhow::Result<Vec<[f64; 3]>>>()?;
    let mut rows = vec![Row::new("events of lines of another shard only", vec![float(topic.events)], 0)];
    for (role, name) in ROLES_OF_OTHERS.iter().enumerate() {
        let costs = column(&rounds, |round| round[role]);
        rows.push(Row::new(format!("{name}: CPU s/million events"), costs, 2));
    }
    for (role, name) in ROLES_OF_OTHERS.iter().enumerate().skip(1) {
        let shares = column(&rounds, |round| round[role] / round[0]);
        rows.push(Row::new(format!("{name}/a process with their lines: CPU s/million events"), shares, 2));
    }
    Ok(rows)
}

impl Seen {
    fn of(mut product: Product) -> anyhow::Result<Self> {
        let seconds = product.wait_until_ready()?.as_secs_f64();
        let cpu_seconds = cpu_seconds(product.pid())?;
        let scrapes = Scrapes::of(&mut product.connect()?, SCRAPES)?;
        Ok(Self { seconds, cpu_seconds, peak_mib: float(peak_resident_bytes(product.pid())?) / MIB, scrapes })
    }
}

/// A topic that begins before the range of events that a start needs. Its old events are not counted.
fn aged_topic(stand: &Stand, name: &str, partitions: i32) -> anyhow::Result<Topic> {
    let mut topic = stand.create_topic_of(name, partitions);
    let long_ago: EventTime = stand.began.plus_millis(-BEFORE_THE_RANGE_DAYS * county_events::DAY_MS);
    topic.fill(county_events::of_the_last_days(2, 2.0, 1, long_ago).take(OLD_EVENTS))?;
    topic.events = 0;
    Ok(topic)
}

fn column<T>(rounds: &[T], of: impl Fn(&T) -> f64) -> Vec<f64> {
    rounds.iter().map(of).collect()
}
