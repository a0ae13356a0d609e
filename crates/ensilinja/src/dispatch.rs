//! From a command line to the work of a command: reads the configuration, starts logging, and makes a plain request.

use std::path::PathBuf;
use std::time::Duration;

use ensilinja_config::{Config, LogFormat, LogLevel, LogSettings, county};
use ensilinja_lookback::RequestError;
use ensilinja_sim::County;

use crate::cli::{
    CalendarArguments, CheckArguments, Command, DemoArguments, HealthArguments, ImportArguments, LinesArguments,
    RunArguments, SimulateArguments, SupportBundleArguments, TimeArgument,
};
use crate::commands::calendar::CalendarRequest;
use crate::commands::check::CheckRequest;
use crate::commands::demo::DemoRequest;
use crate::commands::import::ImportRequest;
use crate::commands::simulate::SimulateRequest;
use crate::commands::support_bundle::SupportBundleRequest;
use crate::commands::{
    archive, calendar, check, compare, demo, dlq, explain, health, import, lines, reference, replay, report, run,
    simulate, support_bundle,
};
use crate::configuration::{chosen, server_address};
use crate::console::logging;
use crate::http_file::ProcessAccess;
use crate::outcome::{CommandError, Outcome};
use crate::usage_error::UsageError;
use crate::{clock, core_dumps};

/// Logs errors only, for commands whose output says the rest.
const ERRORS: LogSettings = LogSettings { format: LogFormat::Text, level: LogLevel::Error };

/// Does what a command line asks for.
///
/// # Errors
/// [`CommandError`] tells bad usage from a failure.
pub fn dispatch(command: Command) -> Result<Outcome, CommandError> {
    core_dumps::forbid_unless_allowed()?;
    Ok(obey(command)?)
}

fn obey(command: Command) -> anyhow::Result<Outcome> {
    match command {
        Command::Demo(DemoArguments { listen, at, speed, seed, events, source }) => {
            logging::start(ERRORS)?;
            demo::demo(&DemoRequest { listen, at, speed, seed, events, source })?;
            Ok(Outcome::Done)
        }
        Command::Run(arguments) => {
            let config = run_configuration(&arguments)?;
            logging::start(config.log)?;
            run::run(&config)?;
            Ok(Outcome::Done)
        }
        Command::Simulate(arguments) => {
            let config = chosen(arguments.config.as_deref(), arguments.brokers.as_deref())?;
            logging::start(config.log)?;
            simulate::simulate(&simulate_request(arguments)?, &config)?;
            Ok(Outcome::Done)
        }
        Command::Import(arguments) => import(arguments),
        Command::Report(arguments) => {
            let config = chosen(arguments.source.config.as_deref(), arguments.source.brokers.as_deref())?;
            logging::start(config.log)?;
            report::report(&arguments, &config)
        }
        Command::Replay(arguments) => replay::replay(&arguments),
        Command::Explain(arguments) => explain::explain(&arguments),
        Command::Compare(arguments) => compare::compare(&arguments),
        Command::Archive(arguments) => archive::archive(&arguments),
        Command::Dlq(arguments) => dlq::dlq(&arguments),
        Command::Check(CheckArguments { config: path, brokers, web_config_file, shard, sample, quiet, listing }) => {
            let mut config = chosen(Some(&path), brokers.as_deref())?;
            if shard.is_some() {
                config = config.with_shard(shard.as_deref())?;
            }
            choose_web_config(&mut config.server.web_config_file, web_config_file)?;
            logging::start(ERRORS)?;
            let file = path.display().to_string();
            check::check(
                &CheckRequest { file, sample, quiet, format: listing.format, width: listing.width },
                &config,
                clock::wall()(),
            )
        }
        Command::Health(arguments) => health(arguments),
        Command::SupportBundle(arguments) => {
            logging::start(ERRORS)?;
            support_bundle::support_bundle(&support_bundle_request(arguments)?, clock::wall()())
        }
        Command::Lines(LinesArguments { config, lines: ids, from, listing }) => {
            let config = chosen(config.as_deref(), None)?;
            lines::lines(&ids, from, &listing, &config, clock::wall()())
        }
        Command::Calendar(CalendarArguments { config, lines, from, days, year, listing }) => {
            let config = chosen(config.as_deref(), None)?;
            let request =
                CalendarRequest { lines: &lines, from, days, year, format: listing.format, width: listing.width() };
            calendar::calendar(&request, &config, clock::wall()())
        }
        Command::Completions(arguments) => reference::completions(arguments.shell),
        Command::Man(arguments) => reference::man(&arguments.page, arguments.output.as_deref()),
    }
}

/// The lines are those of the configuration, if one is given; without one, any line may be named.
fn import(arguments: ImportArguments) -> anyhow::Result<Outcome> {
    let ImportArguments { files, columns, output, force, config, quiet } = arguments;
    let config = config.map(|path| chosen(Some(&path), None)).transpose()?;
    logging::start(config.as_ref().map_or_else(|| county().log, |config| config.log))?;
    let lines = config.map(|config| config.lines.into_iter().map(|line| line.id).collect());
    import::import(ImportRequest { files, columns, output, force, lines, quiet })
}

fn health(arguments: HealthArguments) -> anyhow::Result<Outcome> {
    let HealthArguments { config, listen, web_config_file, access, url, ready, timeout } = arguments;
    let access = ProcessAccess::load(access.http_config_file.as_deref())?;
    let (client, instead) = if let Some(address) = url {
        (access.client(&address)?, None)
    } else {
        let mut own = server_address(config.as_deref())?;
        own.listen = listen.unwrap_or(own.listen);
        choose_web_config(&mut own.web_config_file, web_config_file)?;
        let address = health::address_of(&own)?;
        let client = access.client_of_own(&address)?;
        // The file may be half edited. No password goes where it does not say.
        let other = || access.without_user().client_of_own(&address.with_other_scheme());
        (client, own.web_config_file.is_some().then(other).transpose()?)
    };
    health::health(&client, instead.as_ref(), ready, Duration::from_secs(timeout))
}

fn run_configuration(arguments: &RunArguments) -> anyhow::Result<Config> {
    let mut config = chosen(Some(&arguments.config), arguments.brokers.as_deref())?;
    config = config.with_shard(arguments.shard.as_deref())?;
    if let Some(listen) = arguments.listen {
        config.server.listen = listen;
    }
    choose_web_config(&mut config.server.web_config_file, arguments.web_config_file.clone())?;
    Ok(config)
}

fn support_bundle_request(arguments: SupportBundleArguments) -> anyhow::Result<SupportBundleRequest> {
    let SupportBundleArguments { config, brokers, shard, process: processes, access, log, output, force, quiet } =
        arguments;
    let access = ProcessAccess::load(access.http_config_file.as_deref())?;
    Ok(SupportBundleRequest { file: config, brokers, shard, processes, access, log, output, force, quiet })
}

/// Takes the web configuration file of the command line. One of the configuration may be named too, if it is the same:
/// an option that replaced it silently might leave the server open.
fn choose_web_config(configured: &mut Option<PathBuf>, file: Option<PathBuf>) -> Result<(), UsageError> {
    match (&*configured, file) {
        (Some(configured), Some(file)) if *configured != file => {
            Err(UsageError::TwoWebConfigs(file.display().to_string(), configured.display().to_string()))
        }
        (_, None) => Ok(()),
        (_, file) => {
            *configured = file;
            Ok(())
        }
    }
}

fn simulate_request(arguments: SimulateArguments) -> anyhow::Result<SimulateRequest> {
    let zone = County::zone();
    let instants = |(from, to): (TimeArgument, TimeArgument)| {
        let period = from.instant_of("--from", &zone)?..to.instant_of("--to", &zone)?;
        if period.is_empty() { Err(RequestError::EmptyPeriod.into()) } else { anyhow::Ok(period) }
    };
    let period = arguments.past().map(instants).transpose()?;
    let SimulateArguments { volume, seed, disorder, scenario, output, force, quiet, .. } = arguments;
    Ok(SimulateRequest { volume, period, seed, disorder, scenario, output, force, quiet })
}
