//! The processor: starts the reader, the ledger and the server, and runs until it is told to stop.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use ensilinja_catalogue::Exposition;
use ensilinja_clock::ClockState;
use ensilinja_config::{Config, HostName, ServerSettings};
use ensilinja_kafka::{Ingest, IngestIntervals, Monitor};
use ensilinja_ledger::Ledger;
use ensilinja_lookback::{SourceDecoders, kafka_settings};
use ensilinja_serve::{AllowedHosts, BoardLinks, Build, Pipeline, Routes, Server, ServerLimits, SnapshotSource};
use ensilinja_wire::{LineShare, Oddity, Reason};

use super::intake::Intake;
use super::ledger::SharedLedger;
use super::open_files;
use super::snapshots::LiveSource;
use super::web_watch::WebWatch;
use crate::clock::LiveClock;
use crate::contact_key::random_key;

/// The version that runs. Builds that are given a revision, such as the image's, know it.
const BUILD: Build = Build {
    version: env!("CARGO_PKG_VERSION"),
    revision: match option_env!("ENSILINJA_REVISION") {
        Some(revision) => revision,
        None => "unknown",
    },
};

/// How often the figures are read without a request.
const SECONDS_BETWEEN_READS: u64 = 60;

/// A processor that reads Kafka and listens for HTTP.
pub struct Processor {
    ingest: Ingest,
    server: Server,
    routes: Arc<Routes>,
    source: Arc<LiveSource>,
    web: Arc<WebWatch>,
}

impl Processor {
    /// Starts to read, and listens. Brokers that do not answer are not an error: readiness reports them.
    ///
    /// # Errors
    /// If the web configuration file is refused, the address cannot be listened on, or the system provides no
    /// randomness, thread or client.
    pub fn start(config: &Config, clock: LiveClock, intervals: IngestIntervals) -> anyhow::Result<Self> {
        let web = Arc::new(WebWatch::start(&config.server)?);
        let server = Server::bind(config.server.listen)?;
        let started = clock.now();
        web.warn_of_validity(started);
        let own = config.own_lines();
        let rules = config.rules(started).of_lines(&own);
        let (range_start, horizon_ms) = (rules.range_start(started), rules.horizon_ms());
        let reasons: Vec<&'static str> = Reason::ALL.iter().map(|reason| reason.as_str()).collect();
        let oddities: Vec<&'static str> = Oddity::ALL.iter().map(|oddity| oddity.as_str()).collect();
        let pipeline = Arc::new(Pipeline::new(BUILD, &reasons, &oddities));
        let infos = own.iter().map(|line| config.lines[*line].info()).collect();
        let exposition = Exposition::new(infos, rules.bounds());
        let hours_known_until = rules.lines().iter().map(|line| line.hours.known_until());
        let calendar_valid_until = hours_known_until.fold(rules.days().valid_until(), Ord::min);
        let channels = own.iter().map(|line| config.lines[*line].channel).collect();
        let share = share(config, &own);
        let config_of_rules = config.clone();
        let new_ledger = Box::new(move |now| {
            let rules = config_of_rules.rules(now).of_lines(&own);
            (Ledger::new(rules.clone(), now), rules)
        });
        let shared = Arc::new(SharedLedger::new(new_ledger, started, channels, Arc::clone(&pipeline), clock.clone()));
        let decoders = SourceDecoders::new(config, None, random_key()?);
        let intake = Intake::new(decoders, share, Arc::clone(&shared)).context("the system provides no thread")?;
        let ingest = Ingest::start(kafka_settings(config), intervals, clock.clock(), range_start, horizon_ms, intake)?;
        let source =
            Arc::new(LiveSource::new(shared, ingest.monitor(), clock, calendar_valid_until, Arc::clone(&web), config));
        let shown = Arc::clone(&source) as Arc<dyn SnapshotSource>;
        let routes = Routes::new(exposition, config.zone_name().to_owned(), &links(&config.server), pipeline, shown);
        let frame_ancestors: Vec<String> =
            config.server.frame_ancestors.iter().map(|ancestor| ancestor.as_str().to_owned()).collect();
        let routes = routes.answering_to(allowed_hosts(&config.server)).framed_by(&frame_ancestors);
        let routes = Arc::new(routes.protected_by(web.current()));
        Ok(Self { ingest, server, routes, source, web })
    }

    /// The address that it listens on.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// Serves until `stop` is done, then ends within five seconds. Dead letters that Kafka has not acknowledged by then
    /// are written by the next process.
    ///
    /// # Errors
    /// If a thread that reads Kafka has died. The process should be started again.
    pub async fn serve(self, stop: impl Future<Output = ()>) -> anyhow::Result<()> {
        let monitor = self.ingest.monitor();
        let stop_or_failure = async {
            tokio::select! {
                () = stop => {}
                () = tend(&monitor, &self.source, &self.web) => {}
            }
        };
        let limits = ServerLimits::default();
        let limits = ServerLimits { connections: open_files::make_room(limits.connections), ..limits };
        self.server.serve(self.routes, limits, stop_or_failure).await;
        let ingest = self.ingest;
        // This waits for threads, which the runtime's threads must not do.
        let stopped = tokio::task::spawn_blocking(move || ingest.stop()).await;
        stopped.context("reading Kafka did not stop in order")?;
        anyhow::ensure!(
            !monitor.failed(),
            "a thread that reads Kafka has panicked, which is a bug; the log says where"
        );
        Ok(())
    }
}

/// Ends when a thread that reads Kafka has died. Until then it checks the clock and the web configuration file, and
/// reads the figures regularly even without a request: reading lets the ledger forget.
async fn tend(monitor: &Monitor, source: &Arc<LiveSource>, web: &Arc<WebWatch>) {
    let mut disbelieved: Option<ClockState> = None;
    for second in 1_u64.. {
        tokio::time::sleep(Duration::from_secs(1)).await;
        if monitor.failed() {
            return;
        }
        disbelieved = source.check_clock(disbelieved);
        let (web, now) = (Arc::clone(web), source.now());
        // It panics only if a bug makes it, and then what is in force stays.
        let _ = tokio::task::spawn_blocking(move || web.look(now)).await;
        source.check_beginning();
        if second.is_multiple_of(SECONDS_BETWEEN_READS) {
            let source = Arc::clone(source);
            // A read that panics poisons the ledger's lock, and the reader dies of that.
            let _ = tokio::task::spawn_blocking(move || source.snapshot()).await;
        }
    }
}

/// The share of this process in the lines.
fn share(config: &Config, own: &[usize]) -> LineShare {
    match config.shard {
        None => LineShare::all(),
        Some(_) => LineShare::of(config.lines.len(), own, config.keeps_rejections()),
    }
}

/// The addresses that the board links to.
fn links(server: &ServerSettings) -> BoardLinks {
    BoardLinks { grafana: server.grafana_url.clone(), runbook: server.runbook_url.clone() }
}

/// The host names that requests may be for.
fn allowed_hosts(server: &ServerSettings) -> AllowedHosts {
    let names = server.allowed_hosts.iter().flatten().map(HostName::as_str);
    if server.allowed_hosts.is_some() { AllowedHosts::only(names) } else { AllowedHosts::default() }
}
