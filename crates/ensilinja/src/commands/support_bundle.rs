//! `ensilinja support-bundle`: one text with what a person who helps from afar asks for first, and nothing personal.
//!
//! ```text
//! versions, machine, configuration without secrets, check, live process, log  -->  one text, whole or absent
//! ```
//!
//! It is a text, not an archive, so that it is read before it is passed on. A part that cannot be had is named in its
//! place, because the process that needs help is often the one that does not answer.

mod log_tail;
mod machine;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use ensilinja_config::{Config, ServerAddress, without_secrets};
use ensilinja_lookback::OutputSink as _;
use ensilinja_model::{EventTime, printable_lines};
use ensilinja_serve::{ProcessAddress, ProcessClient};
use tokio::runtime::Builder;

use super::check::{self, CheckRequest};
use crate::configuration;
use crate::console::destination::{self, Destination};
use crate::console::shutdown;
use crate::console::standard_output::ListingFormat;
use crate::http_file::ProcessAccess;
use crate::outcome::Outcome;

/// A request for a bundle.
pub struct SupportBundleRequest {
    /// The configuration file.
    pub file: PathBuf,
    /// The brokers, instead of the configured ones.
    pub brokers: Option<String>,
    /// The shard whose process is checked; without it, the processes of all.
    pub shard: Option<String>,
    /// The live processes, instead of the one that listens at the configured address.
    pub processes: Vec<ProcessAddress>,
    /// How they are asked.
    pub access: ProcessAccess,
    /// The file with the log; `-` is standard input.
    pub log: Option<PathBuf>,
    /// The output; standard output without it.
    pub output: Option<PathBuf>,
    /// Whether an existing output file is replaced.
    pub force: bool,
    /// Whether progress is hidden.
    pub quiet: bool,
}

/// What the live process is asked for.
const PAGES: [&str; 3] = ["/livez", "/readyz", "/metrics"];

/// The longest time for an answer of the process.
const PATIENCE: Duration = Duration::from_secs(10);

/// The number of records that `check` decodes.
const SAMPLE: u32 = 1_000;

/// The width of the findings of `check`, in characters.
const WIDTH: u16 = 120;

/// Writes the bundle. [`Outcome::Found`] if a part is missing.
///
/// # Errors
/// If the output exists already or cannot be written, or the command was stopped.
pub fn support_bundle(request: &SupportBundleRequest, now: EventTime) -> anyhow::Result<Outcome> {
    if let Some(output) = &request.output {
        destination::refuse_existing(output, request.force)?;
    }
    let bundle = bundle(request, now)?;
    let stop = shutdown::on_signal()?;
    let name = || request.output.as_deref().unwrap_or(Path::new("standard output")).display().to_string();
    let failed = || format!("{} cannot be written", name());
    let Some(mut destination) = Destination::open(request.output.as_deref(), &stop).with_context(failed)? else {
        anyhow::bail!("stopped before {} had a reader", name());
    };
    destination.write(printable_lines(&bundle.text).as_bytes()).with_context(failed)?;
    Box::new(destination).finish().with_context(failed)?;
    Ok(if bundle.is_whole { Outcome::Done } else { Outcome::Found })
}

/// The bundle so far.
struct Bundle {
    text: String,
    is_whole: bool,
}

impl Bundle {
    /// Adds a part, or says why it is missing.
    fn part(&mut self, title: &str, text: anyhow::Result<String>) {
        let text = text.unwrap_or_else(|why| {
            self.is_whole = false;
            format!("MISSING: {why:#}")
        });
        writeln!(self.text, "\n========== {title}\n\n{}", text.trim_end()).expect("a String takes all text");
    }
}

fn bundle(request: &SupportBundleRequest, now: EventTime) -> anyhow::Result<Bundle> {
    let begin = format!(
        "Support bundle of Ensilinja {}, made at {}. It has no secrets, records or contacts. Read it before you pass it \
         on.\n",
        env!("CARGO_PKG_VERSION"),
        jiff::Timestamp::from_millisecond(now.as_millis()).context("the clock is out of range")?,
    );
    let mut bundle = Bundle { text: begin, is_whole: true };
    bundle.part("versions and machine", Ok(machine::description()));
    let file = request.file.display().to_string();
    let config = configuration::chosen(Some(&request.file), request.brokers.as_deref());
    let text = config.as_ref().map_err(|refusal| anyhow::anyhow!("{refusal}")).and_then(|_| shown(&request.file));
    bundle.part(&format!("configuration {file}, without secrets and comments"), text);
    let without_configuration = || anyhow::anyhow!("it needs a valid configuration");
    let findings = match &config {
        Ok(config) => findings(request, config.clone(), now),
        Err(_) => Err(without_configuration()),
    };
    bundle.part("check", findings);
    let access = &request.access;
    let mut processes: Vec<anyhow::Result<ProcessClient>> =
        request.processes.iter().map(|address| Ok(access.client(address)?)).collect();
    if processes.is_empty() {
        processes.push(match &config {
            Ok(config) => own_process(config, access),
            Err(_) => Err(without_configuration().context("no --process is given")),
        });
    }
    for process in processes {
        for page in PAGES {
            let (title, text) = match &process {
                Ok(process) => (format!("live process {}{page}", process.address()), asked(process, page)),
                Err(why) => (format!("live process {page}"), Err(anyhow::anyhow!("{why:#}"))),
            };
            bundle.part(&title, text);
        }
    }
    match &request.log {
        Some(log) => bundle.part(&format!("log {}", log.display()), log_tail::read(log)),
        None => bundle.part("log", Ok("not asked for: give --log FILE".to_owned())),
    }
    Ok(bundle)
}

/// The text of a configuration that is known to be valid.
fn shown(file: &Path) -> anyhow::Result<String> {
    let text = std::fs::read_to_string(file).context("it cannot be read a second time")?;
    without_secrets(&text).context("it is no TOML any more")
}

fn findings(request: &SupportBundleRequest, mut config: Config, now: EventTime) -> anyhow::Result<String> {
    if request.shard.is_some() {
        config = config.with_shard(request.shard.as_deref())?;
    }
    let check = CheckRequest {
        file: request.file.display().to_string(),
        sample: SAMPLE,
        quiet: request.quiet,
        format: ListingFormat::Table,
        width: Some(WIDTH),
    };
    let (findings, looked) = check::findings(&check, &config, now)?;
    looked?;
    Ok(findings.text(WIDTH.into(), false))
}

/// A client of the process that listens at the configured address.
fn own_process(config: &Config, access: &ProcessAccess) -> anyhow::Result<ProcessClient> {
    let server = ServerAddress { listen: config.server.listen, web_config_file: config.server.web_config_file.clone() };
    Ok(access.client_of_own(&super::health::address_of(&server)?)?)
}

/// The answer of the process, with its status unless that is 200.
fn asked(process: &ProcessClient, path: &str) -> anyhow::Result<String> {
    let runtime = Builder::new_current_thread().enable_all().build();
    let runtime = runtime.context("the system does not let the program wait for an answer")?;
    let answer = runtime.block_on(process.probe(path, PATIENCE))?;
    Ok(if answer.is_yes() { answer.text } else { format!("status {}\n{}", answer.status, answer.text) })
}
