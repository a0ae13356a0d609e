//! The time from publishing an event until `/metrics` shows it, beside a thousand other events a second.
//!
//! A marker is the arrival of a contact at a line without other contacts. The clock starts when the marker is handed to
//! the Kafka client, which sends it at once (`linger.ms=0`), and stops when a whole page that counts it has been
//! received. Pages are requested on one connection, each right after the one before, from the sending of the marker on.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use ensilinja::clock;
use ensilinja_kafka::{Publisher, Settings};
use ensilinja_model::{Fact, LineId};
use ensilinja_sim::SimEvent;

use crate::builds::{Build, Builds};
use crate::county_events;
use crate::http::Connection;
use crate::live_load::{self, LiveLoad};
use crate::product::{Product, further_line};
use crate::stand::Stand;
use crate::table::{Budget, Row, quantile};
use crate::topic::{Topic, publish};

const MARKERS: u32 = 300;

const LINE: &str = "marker";

/// The series that counts the markers.
const SERIES: &str = "\nensilinja_window_contacts_offered{line=\"marker\",channel=\"phone\",window=\"15m\"} ";

/// By how many bytes the place of the series may move between two pages before it is searched for from the top.
const DRIFT: usize = 64 * 1024;

/// The ratio to another build that is no worse: two runs of one build differ by as much.
const NO_WORSE: f64 = 1.05;

/// How long a marker may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Measures.
pub fn measure(stand: &mut Stand, builds: &Builds) -> anyhow::Result<Vec<Row>> {
    let mut topic = stand.create_topic("latency");
    topic.fill(county_events::of_the_last_days(10, 1.0, 1, (clock::wall())()))?;
    let load = LiveLoad::begin(&topic, live_load::busy(), |event| event)?;
    let mut markers = Markers::new(&topic)?;
    let rounds = builds.rounds(|build| round(build, &topic, &mut markers))?;
    let rate = load.end()?;
    let name = format!("produce to visible, {MARKERS} markers a round");
    let quantile_of = |share| move |latencies: &Vec<f64>| quantile(latencies, share);
    let mut rows = vec![Row::new("other events/s", vec![rate], 0)];
    rows.extend(rounds.rows([&name, "p50, ms"], 1, quantile_of(0.5), Budget::None, Budget::None));
    rows.extend(rounds.rows([&name, "p99, ms"], 1, quantile_of(0.99), Budget::AtMost(20.0), Budget::AtMost(NO_WORSE)));
    Ok(rows)
}

/// How long each marker of a round took, in ms. Each round has a new process, so that builds can take turns.
fn round(build: &Build, topic: &Topic, markers: &mut Markers) -> anyhow::Result<Vec<f64>> {
    let mut product = Product::start(build, topic, &build.configuration(&further_line(LINE)))?;
    product.wait_until_ready()?;
    let mut pages = Pages { connection: product.connect()?, place: 0 };
    markers.send(MARKERS / 10, &mut pages)?;
    markers.send(MARKERS, &mut pages)
}

/// Markers on their way to the topic.
struct Markers {
    publisher: Publisher,
    /// Of all rounds.
    sent: u32,
}

/// Pages of the product, in which markers become visible.
struct Pages {
    connection: Connection,
    /// The offset of the series in the last page.
    place: usize,
}

impl Markers {
    fn new(topic: &Topic) -> anyhow::Result<Self> {
        let properties = [("linger.ms".to_owned(), "0".to_owned())].into();
        let publisher = Publisher::new(&Settings { properties, ..topic.settings.clone() }, topic.name())?;
        Ok(Self { publisher, sent: 0 })
    }

    /// Sends markers one by one and returns how long each took, in ms.
    fn send(&mut self, count: u32, pages: &mut Pages) -> anyhow::Result<Vec<f64>> {
        (0..count).map(|_| Ok(self.send_one(pages)?.as_secs_f64() * 1e3)).collect()
    }

    fn send_one(&mut self, pages: &mut Pages) -> anyhow::Result<Duration> {
        let at = (clock::wall())();
        let marker = SimEvent {
            at,
            reported_at: at,
            contact: format!("marker-{}", self.sent),
            line: LineId::parse(LINE).expect("it is written here"),
            visit: None,
            to_line: None,
            fact: Fact::Offered,
        };
        self.sent += 1;
        let began = Instant::now();
        publish(&self.publisher, &marker, at)?;
        while pages.visible_markers()? < f64::from(self.sent) {
            anyhow::ensure!(began.elapsed() < PATIENCE, "a marker does not become visible");
        }
        let took = began.elapsed();
        // A pause of changing length, so that markers keep no step with what the product does at regular times.
        std::thread::sleep(Duration::from_micros(10_000 + u64::from(self.sent) * 7_919 % 30_000));
        Ok(took)
    }
}

impl Pages {
    /// The number of markers that a page requested now counts.
    fn visible_markers(&mut self) -> anyhow::Result<f64> {
        let (_, page) = self.connection.get("/metrics")?;
        let near = page.get(self.place.saturating_sub(DRIFT)..).and_then(|rest| rest.find(SERIES));
        let place = near.map(|at| self.place.saturating_sub(DRIFT) + at).or_else(|| page.find(SERIES));
        let Some(place) = place else { return Ok(0.0) };
        self.place = place;
        let value = page[place + SERIES.len()..].lines().next().context("a series has a value")?;
        Ok(value.parse()?)
    }
}
