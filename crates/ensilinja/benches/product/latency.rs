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

use crate::county_events;
use crate::http::Connection;
use crate::live_load::{self, LiveLoad};
use crate::product::{Product, county_configuration, further_line};
use crate::stand::Stand;
use crate::table::{Budget, ROUNDS, Row, quantile};
use crate::topic::{Topic, publish};

const MARKERS: u32 = 300;

const LINE: &str = "marker";

/// The series that counts the markers.
const SERIES: &str = "\nensilinja_window_contacts_offered{line=\"marker\",channel=\"phone\",window=\"15m\"} ";

/// By how many bytes the place of the series may move between two pages before it is searched for from the top.
const DRIFT: usize = 64 * 1024;

/// How long a marker may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// Measures.
pub fn measure(stand: &mut Stand) -> anyhow::Result<Vec<Row>> {
    let mut topic = stand.create_topic("latency");
    topic.fill(county_events::of_the_last_days(10, 1.0, 1, (clock::wall())()))?;
    let mut product = Product::start(&topic, &county_configuration(&further_line(LINE)))?;
    product.wait_until_ready()?;
    let load = LiveLoad::begin(&topic, live_load::busy(), |event| event)?;
    let mut markers = Markers::new(&topic, product.connect()?)?;
    markers.send(MARKERS / 10)?;
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        rounds.push(markers.send(MARKERS)?);
    }
    let rate = load.end()?;
    let of_rounds = |share| rounds.iter().map(|latencies| quantile(latencies, share)).collect();
    Ok(vec![
        Row::new("other events/s", vec![rate], 0),
        Row::new(format!("produce to visible, {MARKERS} markers a round: p50, ms"), of_rounds(0.5), 1),
        Row::new(format!("produce to visible, {MARKERS} markers a round: p99, ms"), of_rounds(0.99), 1)
            .within(Budget::AtMost(20.0)),
    ])
}

/// Markers on their way through the product.
struct Markers {
    publisher: Publisher,
    connection: Connection,
    sent: u32,
    /// The offset of the series in the last page.
    place: usize,
}

impl Markers {
    fn new(topic: &Topic, connection: Connection) -> anyhow::Result<Self> {
        let properties = [("linger.ms".to_owned(), "0".to_owned())].into();
        let publisher = Publisher::new(&Settings { properties, ..topic.settings.clone() })?;
        Ok(Self { publisher, connection, sent: 0, place: 0 })
    }

    /// Sends markers one by one and returns how long each took, in ms.
    fn send(&mut self, count: u32) -> anyhow::Result<Vec<f64>> {
        (0..count).map(|_| Ok(self.send_one()?.as_secs_f64() * 1e3)).collect()
    }

    fn send_one(&mut self) -> anyhow::Result<Duration> {
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
        while self.visible()? < f64::from(self.sent) {
            anyhow::ensure!(began.elapsed() < PATIENCE, "a marker does not become visible");
        }
        let took = began.elapsed();
        // A pause of changing length, so that markers keep no step with what the product does at regular times.
        std::thread::sleep(Duration::from_micros(10_000 + u64::from(self.sent) * 7_919 % 30_000));
        Ok(took)
    }

    /// The number of markers that a page requested now counts.
    fn visible(&mut self) -> anyhow::Result<f64> {
        let (_, page) = self.connection.get("/metrics")?;
        let near = page.get(self.place.saturating_sub(DRIFT)..).and_then(|rest| rest.find(SERIES));
        let place = near.map(|at| self.place.saturating_sub(DRIFT) + at).or_else(|| page.find(SERIES));
        let Some(place) = place else { return Ok(0.0) };
        self.place = place;
        let value = page[place + SERIES.len()..].lines().next().context("a series has a value")?;
        Ok(value.parse()?)
    }
}
