//! Wrong clocks, in the test's own process: a whole processor, an embedded broker, and two clocks that the test sets.
//! `real/false_clock.rs` tests the built program with a real Kafka and a false system clock.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use ensilinja::clock::LiveClock;
use ensilinja::console::shutdown::runtime;
use ensilinja::live::Processor;
use ensilinja_config::Config;
use ensilinja_kafka::{EmbeddedBroker, IngestIntervals, OutgoingRecord, Publisher};
use ensilinja_lookback::kafka_settings;
use ensilinja_model::{Channel, EventTime, Fact};
use ensilinja_sim::{County, Disorder, Generator, Publication, SimEvent};
use ensilinja_test_support::{PATIENCE, http, poll_until};
use serde_json::Value;
use tokio::sync::oneshot;

/// Tuesday 16 September 2025, 10:15 in Finland.
const START: EventTime = EventTime::from_seconds(1_758_006_900);
const HOUR_MS: i64 = 3_600_000;

/// Both clocks of a machine, in ms since [`START`].
#[derive(Clone, Default)]
struct Clocks {
    wall: Arc<AtomicI64>,
    steady: Arc<AtomicI64>,
}

impl Clocks {
    fn live_clock(&self) -> LiveClock {
        let Self { wall, steady } = self.clone();
        LiveClock::disciplined(
            Arc::new(move || START.plus_millis(wall.load(Ordering::SeqCst))),
            Arc::new(move || Duration::from_millis(steady.load(Ordering::SeqCst).unsigned_abs())),
        )
    }

    fn set_wall(&self, ms: i64) {
        self.wall.store(ms, Ordering::SeqCst);
    }

    /// Advances both.
    fn pass(&self, ms: i64) {
        self.steady.fetch_add(ms, Ordering::SeqCst);
        self.wall.fetch_add(ms, Ordering::SeqCst);
    }
}

/// A processor of the simulated county with such clocks, after three days of events.
struct Running {
    _broker: EmbeddedBroker,
    publisher: Publisher,
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    thread: JoinHandle<()>,
}

impl Running {
    fn start(clocks: &Clocks) -> Self {
        let broker = EmbeddedBroker::start().unwrap();
        let mut config = ensilinja_config::county();
        config.server.listen = "127.0.0.1:0".parse().unwrap();
        config.kafka.bootstrap_servers = broker.bootstrap_servers();
        broker.create_topic(&config.kafka.topic, 8).unwrap();
        broker.create_topic(&config.kafka.dead_letter_topic, 1).unwrap();
        let publisher = Publisher::new(&kafka_settings(&config), &config.kafka.topic).unwrap();
        let past = Generator::new(&County::oma_hame(), 7, START.plus_millis(-72 * HOUR_MS), 1.0);
        let publications = Disorder::NONE.publish(past, 7).take_while(|publication| publication.at < START);
        publications.for_each(|publication| send(&publisher, &publication));
        publisher.flush(PATIENCE).unwrap();
        let (address, stop, thread) = serve(config, clocks.live_clock());
        Self { _broker: broker, publisher, address, stop, thread }
    }

    fn get(&self, path: &str) -> (u16, String) {
        let answer = http::get(self.address, path).unwrap();
        (answer.status, answer.body)
    }

    /// The figures of all lines and their second, counted from [`START`].
    fn figures(&self) -> (Value, i64) {
        let mut document: Value = serde_json::from_str(&self.get("/api/figures").1).unwrap();
        let at = document["figures_as_of_timestamp_seconds"].as_i64().unwrap();
        (document["lines"].take(), at - START.floor_second())
    }

    /// The value of a series, by its name and labels as the page writes them.
    fn metric(&self, series: &str) -> Option<f64> {
        let page = self.get("/metrics").1;
        let value = page.lines().find_map(|line| line.strip_prefix(series)?.strip_prefix(' '));
        value.map(|value| value.parse().unwrap())
    }

    #[track_caller]
    fn wait_until(&self, what: &str, mut is_so: impl FnMut(&Self) -> bool) {
        assert!(poll_until(PATIENCE, || is_so(self)), "not in time: {what}; /readyz: {:?}", self.get("/readyz"));
    }

    /// Publishes the arrival of a new contact at `at_ms` in a record with the timestamp `stamped_ms`, both in ms since
    /// [`START`].
    fn publish(&self, number: u32, at_ms: i64, stamped_ms: i64) {
        let at = START.plus_millis(at_ms);
        let line =
            ensilinja_config::county().lines.iter().find(|line| line.channel == Channel::Phone).unwrap().id.clone();
        let (contact, visit, to_line) = (format!("new-{number}"), None, None);
        let event = SimEvent { at, reported_at: at, contact, line, visit, to_line, fact: Fact::Offered };
        let publication = Disorder::NONE.publish(std::iter::once(event), 1).next().unwrap();
        send(&self.publisher, &Publication { at: START.plus_millis(stamped_ms), ..publication });
        self.publisher.flush(PATIENCE).unwrap();
    }

    fn end(self) {
        let _ = self.stop.send(());
        self.thread.join().unwrap();
    }
}

fn serve(config: Config, clock: LiveClock) -> (SocketAddr, oneshot::Sender<()>, JoinHandle<()>) {
    let (stop, stopped) = oneshot::channel();
    let (tell, told) = mpsc::channel();
    let (probe_interval, commit_interval) = (Duration::from_millis(50), Duration::from_millis(500));
    let pace = IngestIntervals { probe_interval, commit_interval, ..IngestIntervals::default() };
    let thread = std::thread::spawn(move || {
        runtime().unwrap().block_on(async {
            let processor = Processor::start(&config, clock, pace).unwrap();
            tell.send(processor.address()).unwrap();
            processor.serve(async { drop(stopped.await) }).await.unwrap();
        });
    });
    (told.recv().unwrap(), stop, thread)
}

fn send(publisher: &Publisher, publication: &Publication) {
    let (key, value) = (publication.key.as_deref(), publication.value.as_deref());
    let record = OutgoingRecord { key, headers: &publication.headers, value, timestamp: publication.at };
    publisher.send(&record).unwrap();
}

#[test]
fn a_clock_that_jumps_ahead_and_back_changes_no_figure_and_is_reported_meanwhile() {
    let clocks = Clocks::default();
    let running = Running::start(&clocks);
    running.wait_until("it is ready", |running| running.get("/readyz").0 == 200);
    let (before, at) = running.figures();
    assert_eq!(at, 0);

    for _ in 0..3 {
        clocks.set_wall(HOUR_MS);
        let (status, reasons) = running.get("/readyz");
        assert_eq!(status, 503, "{reasons}");
        assert!(reasons.contains("was set ahead by 3600 s"), "{reasons}");
        assert_eq!(running.figures(), (before.clone(), at));
        assert_eq!(running.metric("ensilinja_figures_complete"), Some(0.0));
        assert_eq!(running.metric("ensilinja_clock_disbelieved_seconds"), Some(3600.0));
        clocks.set_wall(0);
        assert_eq!(running.figures(), (before.clone(), at));
        assert_eq!(running.get("/readyz").0, 200, "{:?}", running.get("/readyz"));
    }
    assert_eq!(running.metric("ensilinja_clock_disbelieved_seconds"), Some(0.0));
    assert_eq!(running.metric("ensilinja_clock_steps_total"), Some(3.0));

    // The hour of the jump would have changed them.
    clocks.pass(HOUR_MS);
    running.wait_until("figures are an hour later", |running| running.figures().1 == 3_600);
    assert_ne!(running.figures().0, before);
    running.end();
}

#[test]
fn a_machine_that_was_paused_is_trusted_as_soon_as_new_records_bear_the_new_time() {
    let clocks = Clocks::default();
    let running = Running::start(&clocks);
    running.wait_until("it is ready", |running| running.get("/readyz").0 == 200);
    clocks.set_wall(HOUR_MS);
    assert_eq!(running.get("/readyz").0, 503);
    clocks.pass(4_000);
    (0..3).for_each(|number| running.publish(number, HOUR_MS, HOUR_MS + 3_000));
    running.wait_until("the clock is trusted", |running| running.get("/readyz").0 == 200);
    assert_eq!(running.figures().1, 3_604);
    running.end();
}

#[test]
fn a_clock_that_is_set_back_is_reported_and_figures_go_on() {
    let clocks = Clocks::default();
    let running = Running::start(&clocks);
    running.wait_until("it is ready", |running| running.get("/readyz").0 == 200);
    clocks.set_wall(-HOUR_MS);
    clocks.pass(5_000);
    let (status, reasons) = running.get("/readyz");
    assert!(status == 503 && reasons.contains("was set back by 3600 s"), "{status} {reasons}");
    running.wait_until("figures go on", |running| running.figures().1 == 5);
    clocks.set_wall(5_000);
    running.wait_until("it is ready again", |running| running.get("/readyz").0 == 200);
    running.end();
}

#[test]
fn a_record_from_the_future_keeps_no_silent_source_alive() {
    const LAST: &str = "ensilinja_last_event_timestamp_seconds{channel=\"phone\"}";
    let clocks = Clocks::default();
    let running = Running::start(&clocks);
    running.wait_until("it is ready", |running| running.get("/readyz").0 == 200);
    clocks.pass(60_000);
    let before = running.metric(LAST).unwrap();
    let now = START.plus_millis(60_000).as_seconds_f64();
    assert!(before < now);
    running.publish(1, HOUR_MS, HOUR_MS);
    running.wait_until("the record is read", |running| running.metric(LAST).unwrap() > before);
    assert_eq!(running.metric(LAST), Some(now), "the time of its arrival");
    clocks.pass(2 * HOUR_MS);
    running.wait_until("time has passed", |running| running.get("/readyz").0 == 200);
    assert_eq!(running.metric(LAST), Some(now), "reaching its own time changes nothing");
    running.end();
}
