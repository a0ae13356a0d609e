//! A replay from its request to its last instant.

use std::path::PathBuf;
use std::sync::atomic::Ordering;

use ensilinja_catalogue::{Export, Knowledge, RunHeader};
use ensilinja_config::Line;
use ensilinja_ledger::{Figures, Rules};
use ensilinja_model::EventTime;
use ensilinja_wire::Format;

use super::engine::{ReplayEngine, ReplayGaps, ReplayOptions};
use super::instants::{MOST_INSTANTS, replay_instants};
use super::metric_families::MetricFamilies;
use super::output::{FiguresFormat, FiguresOutput, OpenFormat};
use super::request::{ReplayDestination, ReplayRequest};
use super::sink::OutputError;
use crate::context::LookbackContext;
use crate::coverage::Coverage;
use crate::error::LookbackError;
use crate::local_time::to_the_minute;
use crate::lookback::SourceEnd;
use crate::request_error::RequestError;
use crate::reused_ids::ReusedIds;
use crate::source::EventSource;

/// With more legs than this, which take some hundreds of megabytes, instants are asked while the log is still being
/// read.
const MOST_LEGS: usize = 1_000_000;

/// How a replay ended that wrote everything it was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReplayOutcome {
    /// The figures are those of the events that were read.
    Sound,
    /// The figures lack events: some were found too late, or many are of contacts whose id was used again.
    Incomplete,
}

/// Reads the events, and writes the figures of the instants. What they lack is logged.
///
/// # Errors
/// [`RequestError`] for what cannot be asked; that nothing is known of the instants; why the events cannot be read or
/// the output not be written; that it was stopped.
pub fn replay(
    request: &ReplayRequest<'_>,
    context: &LookbackContext<'_>,
    mut destination: ReplayDestination<'_>,
) -> Result<ReplayOutcome, LookbackError> {
    let zone = &context.config.zone;
    let lines = context.config.line_indices(request.lines)?;
    if request.from > request.to {
        return Err(RequestError::Backwards.into());
    }
    let instants = replay_instants(request.from, request.to, request.step, zone);
    let instants = instants.ok_or(RequestError::TooManyInstants { most: MOST_INSTANTS })?;
    let instants = past_instants(&instants, request, context)?;
    let rules = context.config.rules_over(&(instants[0]..instants[instants.len() - 1]));
    let mut output = open_output(request, context, lines.clone(), &rules, &mut destination)?;

    let options = ReplayOptions {
        known_then: request.knowledge == Knowledge::Then,
        most_legs: MOST_LEGS,
        complete_since: request.complete_since,
        is_partial: !request.offsets.is_empty(),
        speed: request.speed,
    };
    let mut receiver = |figures: &Figures, is_complete| Ok(output.add(figures, is_complete)?);
    let engine = ReplayEngine::new(rules, instants, options, context.stop, &mut receiver);
    let mut engine = engine.wanted(&lines, request.windows);
    let source = context.source(engine.lookback().reads_from(), request.offsets, request.known_before());
    let ended = read_and_ask(&mut engine, &source, context);
    let (lookback, unknown) = (engine.lookback().clone(), engine.gaps().unknown_instants);
    let replayed = Replayed {
        asked: instants,
        covered: &instants[unknown..unknown + engine.covered().len()],
        gaps: engine.gaps(),
        reused: engine.reused().clone(),
        subject: source.subject(),
    };
    match ended {
        Ok(coverage) if replayed.covered.is_empty() => {
            output.abandon()?;
            Err(replayed.nothing_known(&coverage, context))
        }
        Ok(coverage) => {
            if replayed.warn(&coverage, context) {
                lookback.warn_if_short(&coverage, &replayed.subject, zone);
            }
            tracing::info!(instants = replayed.covered.len(), "instants taken");
            if output.finish(context.stop)? {
                return Ok(replayed.outcome());
            }
            let what = "every instant was computed, but the output is incomplete".to_owned();
            Err(LookbackError::Interrupted { what, why: Box::new(LookbackError::Stopped) })
        }
        Err(error @ LookbackError::Output(OutputError::ReaderGone)) => Err(error),
        Err(error) => {
            let is_readable = output.abandon()?;
            let what = replayed.covered_in_words(is_readable, destination.file_name.as_deref(), context);
            Err(LookbackError::Interrupted { what, why: Box::new(error) })
        }
    }
}

/// Reads all events and asks every instant. Returns since when history is known.
fn read_and_ask(
    engine: &mut ReplayEngine<'_>,
    source: &EventSource<'_>,
    context: &LookbackContext<'_>,
) -> Result<Coverage, LookbackError> {
    let read = source.read(&context.decoders(), context.stop, &mut |sourced| engine.apply(sourced));
    let ended = read.and_then(|summary| {
        let end = SourceEnd::of(context.reads_topics(), summary.latest);
        engine.finish(&summary.evidence, end.known_until(), context.progress)?;
        Ok(engine.coverage(&summary.evidence))
    });
    // Whatever failed after the stop flag was set, the stop is the reason.
    if context.stop.load(Ordering::Relaxed) && ended.is_err() { Err(LookbackError::Stopped) } else { ended }
}

/// The instants that have passed, by the time up to which records are used. The lines of a file may be of any time.
fn past_instants<'a>(
    instants: &'a [EventTime],
    request: &ReplayRequest<'_>,
    context: &LookbackContext<'_>,
) -> Result<&'a [EventTime], LookbackError> {
    if !context.reads_topics() {
        return Ok(instants);
    }
    let until = request.known_before().map_or(context.now, |known| known.min(context.now));
    let past = instants.partition_point(|instant| *instant <= until);
    let [first, used_until] = [instants[0], until].map(|at| to_the_minute(at, &context.config.zone));
    if past == 0 {
        let what = format!("nothing is known of {first} and later: only records written before {used_until} are used");
        return Err(LookbackError::NotKnown(what));
    }
    if past < instants.len() {
        tracing::warn!(
            left_out = instants.len() - past,
            %used_until,
            "instants left out: they are later than the records that are used"
        );
    }
    Ok(&instants[..past])
}

fn open_output(
    request: &ReplayRequest<'_>,
    context: &LookbackContext<'_>,
    lines: Vec<usize>,
    rules: &Rules,
    destination: &mut ReplayDestination<'_>,
) -> Result<FiguresOutput<'static>, LookbackError> {
    let config = context.config;
    let infos = config.lines.iter().map(Line::info).collect();
    let export = Export::new(infos, lines, request.selection(), rules.bounds(), request.labels);
    let export = if request.with_recorded { export } else { export.without_recorded() };
    let format = match request.format {
        FiguresFormat::Csv => OpenFormat::Csv,
        FiguresFormat::JsonLines => OpenFormat::JsonLines(Box::new(run_header(request, context, &export))),
        FiguresFormat::OpenMetrics => {
            OpenFormat::OpenMetrics(MetricFamilies::new(&export, &mut *destination.temporary_file)?)
        }
    };
    let name = destination.file_name.as_deref().unwrap_or("standard output");
    let sink = (destination.open)().map_err(|why| OutputError::of_sink(name, why))?;
    let sink = sink.ok_or(LookbackError::Stopped)?;
    Ok(FiguresOutput::begin(export, format, sink, config.zone.clone(), request.speed.is_some())?)
}

fn names(files: &[PathBuf]) -> Vec<String> {
    files.iter().map(|path| path.display().to_string()).collect()
}

fn run_header(request: &ReplayRequest<'_>, context: &LookbackContext<'_>, export: &Export) -> RunHeader {
    let kafka = context.reads_topics().then_some(&context.config.kafka);
    RunHeader {
        from: Some(request.from),
        to: Some(request.to),
        step_seconds: Some(request.step.seconds()),
        knowledge: request.knowledge,
        config: request.config_path.clone(),
        topic: kafka.map(|_| context.config.topics_in_words()),
        brokers: kafka.map(|kafka| kafka.bootstrap_servers.clone()),
        events: names(context.files),
        archives: names(context.archives.files),
        source: source_name(context),
        lines: export.line_ids(),
        scope: export.scope(),
        version: request.version.to_owned(),
    }
}

/// The name of the source whose records the files have; `None` for `CloudEvents`.
fn source_name(context: &LookbackContext<'_>) -> Option<String> {
    let source = &context.config.sources[context.file_source?];
    (source.mapping.format != Format::CloudEvents).then(|| source.name.clone())
}

/// What a replay came to.
struct Replayed<'a> {
    asked: &'a [EventTime],
    covered: &'a [EventTime],
    gaps: ReplayGaps,
    reused: ReusedIds,
    /// The source as the subject of a sentence.
    subject: String,
}

impl Replayed<'_> {
    fn outcome(&self) -> ReplayOutcome {
        let is_incomplete = self.gaps.too_late > 0 || self.reused.is_habit();
        if is_incomplete { ReplayOutcome::Incomplete } else { ReplayOutcome::Sound }
    }

    fn nothing_known(&self, coverage: &Coverage, context: &LookbackContext<'_>) -> LookbackError {
        LookbackError::NotKnown(format!(
            "nothing is known of the time of these instants: it is before or after everything that was read. {}",
            coverage.in_words(&self.subject, &context.config.zone)
        ))
    }

    /// Logs what the instants lack. Returns whether one of them lacks something because history begins too late.
    fn warn(&self, coverage: &Coverage, context: &LookbackContext<'_>) -> bool {
        let left_out = self.asked.len() - self.covered.len();
        let ReplayGaps { too_late, out_of_order, short_instants, .. } = self.gaps;
        if left_out > 0 {
            tracing::warn!(left_out, "instants left out: they are before or after everything that was read");
        }
        if short_instants > 0 {
            tracing::warn!(
                instants = short_instants,
                of = self.covered.len(),
                "history begins too late for some windows; they are absent"
            );
        }
        if too_late > 0 {
            tracing::warn!(
                events = too_late,
                remedy = "replay a shorter time, or fewer contacts at once",
                "events came too late in the log to be counted"
            );
        }
        if out_of_order > 0 {
            tracing::warn!(
                records = out_of_order,
                remedy = "--known-at TIME uses all records that are stamped before the time",
                "records out of timestamp order, not counted at some instants"
            );
        }
        self.reused.warn(context.files, context.config);
        short_instants > 0 || left_out > 0 || self.covered[0] < coverage.whole_since
    }

    /// Which instants were covered before the replay ended early.
    fn covered_in_words(&self, is_readable: bool, file_name: Option<&str>, context: &LookbackContext<'_>) -> String {
        let asked = self.asked.len();
        let (Some(first), Some(last)) = (self.covered.first(), self.covered.last()) else {
            return format!("none of the {asked} instants was covered");
        };
        let [first, last] = [first, last].map(|at| to_the_minute(*at, &context.config.zone));
        let what = match file_name {
            _ if is_readable => "have been written".to_owned(),
            Some(name) => format!("were covered, and {name} is not written"),
            None => {
                "were covered, and nothing is written, because the text is written only when it is whole".to_owned()
            }
        };
        format!("{} of the {asked} instants, from {first} to {last}, {what}", self.covered.len())
    }
}
