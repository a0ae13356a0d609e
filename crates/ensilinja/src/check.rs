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

use ensilinja_kafka::inspect;
use ensilinja_model::EventTime;

use crate::cli::{CheckArguments, ListingFormat};
use crate::colour;
use crate::config::Config;
use crate::outcome::Outcome;
use crate::progress::Progress;
use crate::standard_output::{self, print};
use crate::stopping;
use finding::{Area, Finding, Findings};

/// Looks, and prints what was found, with the calendar as of `now`.
///
/// # Errors
/// If it was stopped, or what was found cannot be printed. What was found until then is printed.
pub fn check(arguments: &CheckArguments, config: &Config, now: EventTime) -> anyhow::Result<Outcome> {
    let stop = stopping::on_signal()?;
    let mut findings = Findings::default();
    let lines = config.lines.len();
    let file = arguments.config.display();
    findings.push(Finding::ok(Area::Configuration, &file.to_string(), format!("{lines} lines, every value is sound")));
    let rules = config.rules(now);
    calendar::look(config, &rules, now, &mut findings);
    let progress = Progress::new(false, &config.zone);
    progress.begin("asking the brokers", "answers");
    let inspection = inspect(&config.kafka, rules.horizon_ms())?;
    progress.end();
    connections::look(&inspection, &mut findings);
    topics::look(&inspection, config, rules.horizon_ms(), &mut findings);
    let sampled = sample::look(&inspection, config, &rules, arguments.sample, &progress, &stop, &mut findings);
    print(&match arguments.listing.format {
        ListingFormat::Table => findings.text(standard_output::width().into(), colour::wanted_on(&std::io::stdout())),
        ListingFormat::Json => findings.document().to_json(),
    })?;
    sampled?;
    Ok(if findings.has_problems() { Outcome::Found } else { Outcome::Done })
}
