//! `ensilinja check`: a preflight, before anything relies on a configuration, its topics and what is in them.
//!
//! ```text
//! configuration --> calendar --> brokers --> topics --> permissions --> a sample of records --> findings
//! ```
//!
//! Everything is looked at that can be seen without writing or committing anything; what could only be tried so is
//! listed as not tried. What cannot be looked at because something before it is wrong is not tried either, so one
//! cause is told once.

mod calendar;
mod connections;
mod finding;
mod sample;
mod topics;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use anyhow::Context as _;
use ensilinja_kafka::{Inspection, Settings, inspect};
use ensilinja_model::EventTime;

use crate::console::colour;
use crate::console::progress::ConsoleProgress;
use crate::console::shutdown;
use crate::console::standard_output::ListingFormat;
use crate::console::standard_output::{self, print_coloured};
use crate::lookback_context::lookback_context;
use crate::outcome::Outcome;
use ensilinja_config::Config;
use ensilinja_lookback::{LookbackContext, Progress as _, kafka_settings};
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
}

/// How often it is looked whether to stop while brokers are asked.
const LOOK_AT_STOP: Duration = Duration::from_millis(50);

/// Looks, and prints what was found, with the calendar as of `now`, which is also what clocks are compared with.
///
/// # Errors
/// If it was stopped, or what was found cannot be printed. What was found until then is printed.
pub fn check(request: &CheckRequest, config: &Config, now: EventTime) -> anyhow::Result<Outcome> {
    let stop = shutdown::on_signal()?;
    let mut findings = Findings::default();
    let lines = config.lines.len();
    findings.push(Finding::ok(Area::Configuration, &request.file, format!("{lines} lines, every value is sound")));
    let rules = config.rules(now);
    calendar::look(config, &rules, now, &mut findings);
    let progress = ConsoleProgress::new(request.quiet, &config.zone);
    progress.begin("asking the brokers", "answers");
    let settings = kafka_settings(&config.kafka);
    let inspection = inspect_unless(&stop, &settings, rules.horizon_ms())?;
    progress.end();
    let looked =
        inspection.ok_or_else(|| anyhow::anyhow!("stopped before the brokers had answered")).and_then(|seen| {
            connections::look(&seen, &settings, &mut findings);
            topics::look(&seen, &settings, rules.horizon_ms(), &mut findings);
            let context = LookbackContext { now, ..lookback_context(config, &[], &stop, &progress)? };
            Ok(sample::look(&seen, &rules, request.sample, &context, &mut findings)?)
        });
    print_coloured(&match request.format {
        ListingFormat::Table => findings.text(standard_output::width().into(), colour::wanted_on(&std::io::stdout())),
        ListingFormat::Json => findings.document().to_json(),
    })?;
    looked?;
    Ok(if findings.has_problems() { Outcome::Found } else { Outcome::Done })
}

/// Asks the brokers; `None` if it was stopped first. Nobody waits then for those that do not answer.
fn inspect_unless(stop: &AtomicBool, settings: &Settings, horizon_ms: i64) -> anyhow::Result<Option<Inspection>> {
    let (tell, told) = mpsc::channel();
    let settings = settings.clone();
    let ask = move || drop(tell.send(inspect(&settings, horizon_ms)));
    thread::Builder::new().name("inspection".to_owned()).spawn(ask).context("the system gives no thread")?;
    loop {
        match told.recv_timeout(LOOK_AT_STOP) {
            Ok(inspection) => return Ok(Some(inspection?)),
            Err(RecvTimeoutError::Timeout) if stop.load(Ordering::Relaxed) => return Ok(None),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => anyhow::bail!("asking the brokers died of a bug"),
        }
    }
}
