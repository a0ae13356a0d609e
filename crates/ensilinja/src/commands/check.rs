//! `ensilinja check`: a preflight check of a configuration, its topics and a sample of their records.
//!
//! ```text
//! configuration --> web server --> calendar --> brokers --> topics --> permissions --> records --> findings
//! ```
//!
//! The command examines everything that can be seen without writing or committing. The brokers tell whether this user
//! may do either; if they do not, it is listed as not tried. A test that an earlier problem prevents is not tried
//! either, so that one cause is reported once.

mod calendar;
mod connections;
mod finding;
mod permissions;
mod sample;
mod topics;
mod web_server;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use anyhow::Context as _;
use ensilinja_config::Config;
use ensilinja_kafka::{Inspection, Settings, inspect};
use ensilinja_lookback::{LookbackContext, Progress as _, kafka_settings};
use ensilinja_model::EventTime;

use crate::console::colour;
use crate::console::progress::ConsoleProgress;
use crate::console::shutdown;
use crate::console::standard_output::{self, ListingFormat, print_coloured};
use crate::lookback_context::{FileRecords, lookback_context};
use crate::outcome::Outcome;
use finding::{Area, Finding, Findings};

/// A request for a check.
#[derive(Clone, Debug)]
pub struct CheckRequest {
    /// The name of the configuration file.
    pub file: String,
    /// The number of records to read and decode.
    pub sample: u32,
    /// Whether progress is hidden.
    pub quiet: bool,
    /// The format.
    pub format: ListingFormat,
    /// The width; `None` for that of the terminal.
    pub width: Option<u16>,
}

/// How often the shutdown flag is checked while brokers are asked.
const STOP_CHECK_INTERVAL: Duration = Duration::from_millis(50);

/// Checks, and prints the findings. The calendar is as of `now`, and clocks are compared with it.
///
/// # Errors
/// If the check was stopped, or the findings cannot be printed. Findings until a stop are printed.
pub fn check(request: &CheckRequest, config: &Config, now: EventTime) -> anyhow::Result<Outcome> {
    let (findings, looked) = findings(request, config, now)?;
    let width = request.width.unwrap_or_else(standard_output::width);
    print_coloured(&match request.format {
        ListingFormat::Table => findings.text(width.into(), colour::wanted_on(&std::io::stdout())),
        ListingFormat::Json => findings.document().to_json(),
    })?;
    looked?;
    Ok(if findings.has_problems() { Outcome::Found } else { Outcome::Done })
}

/// Checks. With the findings, why the check ended early, if it did.
///
/// # Errors
/// If signals cannot be handled or the brokers cannot be asked.
pub(super) fn findings(
    request: &CheckRequest,
    config: &Config,
    now: EventTime,
) -> anyhow::Result<(Findings, anyhow::Result<()>)> {
    let stop = shutdown::on_signal()?;
    let mut findings = Findings::default();
    let lines = config.lines.len();
    findings.push(Finding::ok(Area::Configuration, &request.file, format!("{lines} lines, every value is valid")));
    for group in &config.groups_without_lines {
        let advice = "remove the [[group]], or give its id to a line";
        findings.push(Finding::warning(Area::Configuration, group, "a group without lines", advice));
    }
    web_server::look(config, now, &mut findings);
    let rules = config.rules(now);
    calendar::look(config, &rules, now, &mut findings);
    let progress = ConsoleProgress::new(request.quiet, &config.zone);
    progress.begin("asking the brokers", "answers");
    let settings = kafka_settings(config);
    let inspection = inspect_unless(&stop, &settings, config.consumer_groups(), rules.horizon_ms())?;
    progress.end();
    let looked =
        inspection.ok_or_else(|| anyhow::anyhow!("stopped before the brokers had answered")).and_then(|seen| {
            connections::look(&seen, &settings, &mut findings);
            topics::look(&seen, &settings, rules.horizon_ms(), &mut findings);
            permissions::look(&seen, &settings, &mut findings);
            let context = LookbackContext { now, ..lookback_context(config, FileRecords::NONE, &stop, &progress)? };
            Ok(sample::look(&seen, &rules, request.sample, &context, &mut findings)?)
        });
    Ok((findings, looked))
}

/// Asks the brokers. Returns `None` at once if it is stopped before they have answered.
fn inspect_unless(
    stop: &AtomicBool,
    settings: &Settings,
    groups: Vec<String>,
    horizon_ms: i64,
) -> anyhow::Result<Option<Inspection>> {
    let (answer, answered) = mpsc::channel();
    let settings = settings.clone();
    let ask = move || drop(answer.send(inspect(&settings, &groups, horizon_ms)));
    thread::Builder::new().name("inspection".to_owned()).spawn(ask).context("the system provides no thread")?;
    loop {
        match answered.recv_timeout(STOP_CHECK_INTERVAL) {
            Ok(inspection) => return Ok(Some(inspection?)),
            Err(RecvTimeoutError::Timeout) if stop.load(Ordering::Relaxed) => return Ok(None),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => anyhow::bail!("the thread that asks the brokers has panicked"),
        }
    }
}
