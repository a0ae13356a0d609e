//! `ensilinja replay`: the figures of past instants, or of a period of the past, beside a live process and without
//! touching it.

use std::path::Path;
use std::sync::atomic::AtomicBool;

use ensilinja_catalogue::Knowledge;
use ensilinja_config::Config;
use ensilinja_lookback::period_report::PeriodReportRequest;
use ensilinja_lookback::replay::{
    FiguresFormat, ReplayDestination, ReplayOutcome, ReplayRequest, ReplayStep, replay as replay_figures,
};
use ensilinja_lookback::{LookbackContext, LookbackError, OutputError, OutputSink, RequestError};
use ensilinja_model::EventTime;
use ensilinja_report::{Breakdown, FiguresOnRequest, Language, ReportFormat, ReportRequest};

use crate::cli::{KnownAt, ReplayArguments, ReplayFormat};
use crate::commands::report;
use crate::configuration::chosen;
use crate::console::destination::{Destination, folder, is_atomic, is_read, temporary_file};
use crate::console::logging;
use crate::console::progress::ConsoleProgress;
use crate::console::shutdown;
use crate::lookback_context::{FileRecords, lookback_context};
use crate::outcome::Outcome;
use crate::usage_error::UsageError;

/// Reads the events, and writes the figures. [`Outcome::Found`] if some figures are known to lack events.
///
/// # Errors
/// [`UsageError`] and [`RequestError`] for a bad request; otherwise why the events cannot be read or the output cannot
/// be written, or that it was stopped.
pub fn replay(arguments: &ReplayArguments) -> anyhow::Result<Outcome> {
    let config = chosen(arguments.source.config.as_deref(), arguments.source.brokers.as_deref())?;
    logging::start(config.log)?;
    arguments.output.as_deref().map_or(Ok(()), |output| check_output(output, arguments))?;
    let times = ReplayTimes::of(arguments, &config)?;
    let (stop, progress) = (shutdown::on_signal()?, ConsoleProgress::new(arguments.quiet, &config.zone));
    let context = lookback_context(&config, FileRecords::of(&arguments.source), &stop, &progress)?;
    let format = match arguments.format {
        ReplayFormat::Table => return tables(arguments, &times, report::table(arguments.width), &context),
        ReplayFormat::Markdown => return tables(arguments, &times, ReportFormat::Markdown, &context),
        ReplayFormat::Csv => FiguresFormat::Csv,
        ReplayFormat::JsonLines => FiguresFormat::JsonLines,
        ReplayFormat::OpenMetrics => FiguresFormat::OpenMetrics,
    };
    match figures(arguments, &times, format, &context) {
        Ok(ReplayOutcome::Sound) | Err(LookbackError::Output(OutputError::ReaderGone)) => Ok(Outcome::Done),
        Ok(ReplayOutcome::Incomplete) => Ok(Outcome::Found),
        Err(error) => Err(error.into()),
    }
}

/// The times of a replay as instants.
struct ReplayTimes {
    from: EventTime,
    to: EventTime,
    knowledge: Knowledge,
    complete_since: Option<EventTime>,
}

impl ReplayTimes {
    fn of(arguments: &ReplayArguments, config: &Config) -> anyhow::Result<Self> {
        let ReplayArguments { from, to, at, known_at, source, .. } = arguments;
        let zone = &config.zone;
        let (from, to) = match (at, from, to) {
            (Some(at), ..) => {
                let at = at.instant_of("--at", zone)?;
                (at, at)
            }
            (None, Some(from), Some(to)) => (from.instant_of("--from", zone)?, to.instant_of("--to", zone)?),
            _ => unreachable!("the table of arguments demands --at, or --from and --to"),
        };
        if from > to {
            return Err(LookbackError::from(RequestError::Backwards).into());
        }
        let knowledge = match known_at {
            None => Knowledge::All,
            Some(KnownAt::Time(when)) => Knowledge::Before(when.instant_of("--known-at", zone)?),
            Some(KnownAt::Then) => Knowledge::Then,
        };
        let complete_since = source.complete_since.map(|when| when.instant_of("--complete-since", zone)).transpose()?;
        Ok(Self { from, to, knowledge, complete_since })
    }
}

/// The report over a period.
fn tables(
    arguments: &ReplayArguments,
    times: &ReplayTimes,
    format: ReportFormat,
    context: &LookbackContext<'_>,
) -> anyhow::Result<Outcome> {
    let by = arguments.by.unwrap_or(Breakdown::Line);
    let language = arguments.language.unwrap_or(Language::Fi);
    let request = PeriodReportRequest {
        period: times.from..times.to,
        lines: &arguments.lines,
        report: ReportRequest { by, language, public: false, also: FiguresOnRequest::default() },
        format,
        offsets: &arguments.offsets,
        known_before: match times.knowledge {
            Knowledge::Before(at) => Some(at),
            Knowledge::All | Knowledge::Then => None,
        },
        complete_since: times.complete_since,
    };
    let name = output_name(arguments).unwrap_or_else(|| "standard output".to_owned());
    let failed = |why| OutputError::of_sink(&name, why);
    let destination = Destination::open(arguments.output.as_deref(), context.stop).map_err(failed)?;
    let mut destination = Box::new(destination.ok_or(LookbackError::Stopped)?);
    let (text, outcome) = report::text(&request, context)?;
    match destination.write(text.as_bytes()).and_then(|()| destination.finish()).map_err(failed) {
        Ok(()) => Ok(outcome),
        Err(OutputError::ReaderGone) => Ok(Outcome::Done),
        Err(error) => Err(error.into()),
    }
}

/// The figures of instants.
fn figures(
    arguments: &ReplayArguments,
    times: &ReplayTimes,
    format: FiguresFormat,
    context: &LookbackContext<'_>,
) -> Result<ReplayOutcome, LookbackError> {
    let request = ReplayRequest {
        from: times.from,
        to: times.to,
        step: arguments.step.unwrap_or(ReplayStep::Seconds(3_600)),
        knowledge: times.knowledge,
        complete_since: times.complete_since,
        offsets: &arguments.offsets,
        lines: &arguments.lines,
        windows: &arguments.windows,
        figures: &arguments.figures,
        labels: &arguments.labels,
        with_recorded: !arguments.no_recorded,
        format,
        speed: arguments.speed,
        config_path: arguments.source.config.as_ref().map(|path| path.display().to_string()),
        version: env!("CARGO_PKG_VERSION"),
    };
    let path = arguments.output.as_deref();
    let folder = folder(path);
    let destination = ReplayDestination {
        open: &mut || open(path, context.stop),
        temporary_file: &mut || temporary_file(&folder),
        file_name: output_name(arguments),
    };
    replay_figures(&request, context, destination)
}

fn open(path: Option<&Path>, stop: &AtomicBool) -> std::io::Result<Option<Box<dyn OutputSink>>> {
    Ok(Destination::open(path, stop)?.map(|destination| Box::new(destination) as Box<dyn OutputSink>))
}

fn output_name(arguments: &ReplayArguments) -> Option<String> {
    arguments.output.as_deref().map(|path| path.display().to_string())
}

/// Refuses an output file that is also read, or that cannot be written in time.
fn check_output(output: &Path, arguments: &ReplayArguments) -> Result<(), UsageError> {
    let name = output.display().to_string();
    if arguments.source.events.iter().any(|events| is_read(output, events)) {
        return Err(UsageError::OutputIsRead(name));
    }
    if arguments.speed.is_some() && is_atomic(output) {
        return Err(UsageError::SpeedToFile(name));
    }
    Ok(())
}
