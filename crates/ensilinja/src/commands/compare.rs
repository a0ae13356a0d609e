//! `ensilinja compare`: which figures of two runs differ, or of a run and a live process, or of a live process and its
//! topic.

mod live;

use std::path::Path;

use anyhow::Context as _;
use ensilinja_config::{Config, ConfigError, LogFormat, LogLevel, LogSettings};
use ensilinja_lookback::ArchiveFiles;
use ensilinja_lookback::compare::{
    Comparison, compare_live_with_topic, compare_run_with_live, compare_runs, compare_two_live,
};

use crate::cli::{CompareArguments, Compared};
use crate::configuration;
use crate::console::logging;
use crate::console::progress::ConsoleProgress;
use crate::console::shutdown;
use crate::console::standard_output::{ListingFormat, print};
use crate::contact_key::random_key;
use crate::http_file::ProcessAccess;
use crate::lookback_context::{FileRecords, lookback_context};
use crate::outcome::Outcome;
use live::LiveProcess;

/// Compares, and prints the differences.
///
/// # Errors
/// A configuration that cannot be used; otherwise why a side cannot be read or asked, or that the two have nothing in
/// common.
pub fn compare(arguments: &CompareArguments) -> anyhow::Result<Outcome> {
    let config = arguments.says_source().then(|| configured(arguments)).transpose()?;
    let warnings = LogSettings { format: LogFormat::Text, level: LogLevel::Warn };
    logging::start(config.as_ref().map_or(warnings, |config| config.log))?;
    let live_process =
        |address| LiveProcess::new(address, &ProcessAccess::load(arguments.access.http_config_file.as_deref())?);
    let mut comparison = match (&arguments.one, &arguments.other) {
        (Compared::Run(one), Some(Compared::Run(other))) => compare_runs(one, other, &load)?,
        (Compared::Run(run), Some(Compared::Live(live))) => {
            compare_run_with_live(run, &live_process(live)?, false, config, &load)?
        }
        (Compared::Live(live), Some(Compared::Run(run))) => {
            compare_run_with_live(run, &live_process(live)?, true, config, &load)?
        }
        (Compared::Live(one), Some(Compared::Live(other))) => {
            compare_two_live(&live_process(one)?, &live_process(other)?)?
        }
        (Compared::Live(live), None) => {
            let live = live_process(live)?;
            with_topic(&live, &config.context("give --config or --events")?, arguments)?
        }
        (Compared::Run(_), None) => anyhow::bail!("give OTHER: the run or live process to compare the run with"),
    };
    if arguments.contacts && !comparison.result.rows.is_empty() {
        let (stop, progress) = (shutdown::on_signal()?, ConsoleProgress::new(arguments.quiet, &comparison.zone));
        // The differences are worth printing even without contacts.
        if let Err(error) = comparison.trace_contacts(random_key()?, &stop, &progress) {
            let reason = format!("{:#}", anyhow::Error::from(error));
            tracing::warn!(%reason, "contacts not listed");
        }
    }
    print(&match arguments.listing.format {
        ListingFormat::Table => comparison.text(arguments.listing.width()),
        ListingFormat::Json => comparison.json(),
    })?;
    Ok(if comparison.result.is_same() { Outcome::Done } else { Outcome::Found })
}

fn with_topic(live: &LiveProcess, config: &Config, arguments: &CompareArguments) -> anyhow::Result<Comparison> {
    let complete_since = arguments.complete_since.map(|when| when.instant_of("--complete-since", &config.zone));
    let (stop, progress) = (shutdown::on_signal()?, ConsoleProgress::new(arguments.quiet, &config.zone));
    let files = FileRecords {
        files: &arguments.events,
        archives: ArchiveFiles { files: &arguments.archive, without_topics: false },
        source: arguments.source.as_deref(),
        is_configured: arguments.config.is_some(),
    };
    let context = lookback_context(config, files, &stop, &progress)?;
    Ok(compare_live_with_topic(live, complete_since.transpose()?, &context)?)
}

/// The configuration that the arguments name.
fn configured(arguments: &CompareArguments) -> Result<Config, ConfigError> {
    configuration::chosen(arguments.config.as_deref(), arguments.brokers.as_deref())
}

/// The configuration that a run names.
fn load(path: Option<&Path>, brokers: Option<&str>) -> Result<Config, String> {
    configuration::chosen(path, brokers).map_err(|error| error.to_string())
}
