//! The cost of viewers: fifty open boards and one Prometheus, during an ordinary morning of the county. It is measured
//! in pairs in one process, a span without viewers and a span with them; the difference is their cost.

use std::net::{Shutdown, SocketAddr, TcpStream};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use ensilinja::clock;

use crate::builds::Builds;
use crate::county_events;
use crate::event_stream::EventStream;
use crate::live_load::{self, LiveLoad};
use crate::process::cpu_seconds;
use crate::product::Product;
use crate::stand::Stand;
use crate::table::{Budget, Row, float};

const VIEWERS: u64 = 50;

/// Fewer than elsewhere, because a round takes most of a minute.
const ROUNDS: usize = 3;

/// The length of a span, in seconds.
const SPAN_SECONDS: u64 = 20;

/// The pause before a span. New viewers have got their first event by then, and those that left are gone.
const SETTLING: Duration = Duration::from_secs(2);

/// The fewest events that a viewer may get in a span. There is one a second, and a busy machine skips some.
const FEWEST_EVENTS: u64 = SPAN_SECONDS * 9 / 10;

/// Measures.
pub fn measure(stand: &mut Stand, builds: &Builds) -> anyhow::Result<Vec<Row>> {
    let mut topic = stand.create_topic("viewers");
    topic.fill(county_events::of_the_last_days(10, 1.0, 1, (clock::wall())()))?;
    let mut product = Product::start(&builds.this, &topic, &builds.this.configuration(""))?;
    product.wait_until_ready()?;
    let load = LiveLoad::begin(&topic, live_load::ORDINARY, |event| event)?;
    let (mut without, mut with, mut events, mut received) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        without.push(share_of_a_core(&product, || Ok(()))?);
        let viewers = Viewers::come(product.address())?;
        let mut prometheus = product.connect()?;
        with.push(share_of_a_core(&product, || prometheus.scrape())?);
        let seen = viewers.leave()?;
        let seconds = float(SPAN_SECONDS) + SETTLING.as_secs_f64();
        events.push(float(seen.fewest_events) / seconds);
        received.push(float(seen.bytes) / float(VIEWERS) / seconds / 1024.0);
        anyhow::ensure!(seen.fewest_events >= FEWEST_EVENTS, "a viewer got only {} events", seen.fewest_events);
    }
    let rate = load.end()?;
    let cost = with.iter().zip(&without).map(|(with, without)| with - without).collect();
    Ok(vec![
        Row::new("events/s meanwhile", vec![rate], 1),
        Row::new("sent to the viewer who got the fewest, events/s", events, 2),
        Row::new("sent to each viewer, KiB/s", received, 1),
        Row::new("no client: % of a core", without, 2),
        Row::new(format!("{VIEWERS} viewers and a scrape each second: % of a core"), with, 2),
        Row::new("the difference: % of a core", cost, 2).within(Budget::AtMost(5.0)),
    ])
}

/// The processor time of the product during a span, as a percentage of one core. `each_second` runs once a second.
fn share_of_a_core(product: &Product, mut each_second: impl FnMut() -> anyhow::Result<()>) -> anyhow::Result<f64> {
    std::thread::sleep(SETTLING);
    let (began, before) = (Instant::now(), cpu_seconds(product.pid())?);
    for second in 1..=SPAN_SECONDS {
        each_second()?;
        std::thread::sleep((began + Duration::from_secs(second)).saturating_duration_since(Instant::now()));
    }
    Ok(100.0 * (cpu_seconds(product.pid())? - before) / began.elapsed().as_secs_f64())
}

/// Boards that read everything they are sent.
struct Viewers(Vec<(TcpStream, JoinHandle<Seen>)>);

/// What the viewers have received.
#[derive(Default)]
struct Seen {
    /// The number of events of the viewer that got the fewest.
    fewest_events: u64,
    /// The bytes of all viewers.
    bytes: u64,
}

impl Viewers {
    fn come(address: SocketAddr) -> anyhow::Result<Self> {
        let viewer = |_| {
            let connection = EventStream::request(address, true)?;
            let reading = connection.try_clone()?;
            Ok((connection, std::thread::spawn(move || look(EventStream::begin(reading)))))
        };
        Ok(Self((0..VIEWERS).map(viewer).collect::<anyhow::Result<_>>()?))
    }

    fn leave(self) -> anyhow::Result<Seen> {
        let mut seen = Seen { fewest_events: u64::MAX, bytes: 0 };
        for (stream, looking) in self.0 {
            stream.shutdown(Shutdown::Both)?;
            let of_one = looking.join().map_err(|_| anyhow::anyhow!("a client panicked, which is a bug"))?;
            seen.fewest_events = seen.fewest_events.min(of_one.fewest_events);
            seen.bytes += of_one.bytes;
        }
        Ok(seen)
    }
}

/// Reads until the connection ends.
fn look(mut events: EventStream) -> Seen {
    let mut seen = Seen::default();
    while let Some(bytes) = events.next_event() {
        seen.bytes += bytes;
        seen.fewest_events += 1;
    }
    seen
}
