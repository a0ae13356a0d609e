//! `ensilinja replay`: the figures of past instants, or of a stretch of the past, beside a live process and without
//! touching it.
//!
//! ```text
//! topic, files --> Reading --> Stepping (the live ledger) --> Output (csv, jsonl, openmetrics) --> Destination
//!                         \--> a historical ledger --> tables, as `report` has them ----------------------^
//! ```

mod destination;
mod families;
mod instants;
mod output;
pub mod stepping;

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context as _;
use ensilinja_catalogue::{Export, FigureSelection, Knowledge, RunHeader};
use ensilinja_ledger::Rules;
use ensilinja_model::EventTime;
use ensilinja_report::{Breakdown, Language, ReportFormat, ReportRequest};

use crate::cli::{KnownAt, ReplayArguments, ReplayFormat, Step, When};
use crate::clock;
use crate::history::Coverage;
use crate::local_time::in_words;
use crate::logging;
use crate::outcome::Outcome;
use crate::past::{self, Reading};

use crate::progress::Progress;
use crate::report::{Asked, QuestionError, tables};
use crate::standard_output;
use crate::stopping;
use destination::{Destination, ReaderGone, folder, is_read, is_whole_or_none};
use ensilinja_config::Config;
use families::Families;
use instants::{MOST_INSTANTS, instants};
use output::{Form, Output};
use stepping::{Manner, Stepping, Stopped};

/// So many legs are held, in some hundreds of megabytes, before instants are taken while the log is still being read.
const MOST_LEGS: usize = 1_000_000;

/// How long after its latest event a file is taken to know that nothing happened, in ms.
const DAY_MS: i64 = 24 * 3600 * 1000;

/// Reads, and writes what is asked for. [`Outcome::Found`] if some of it is known to lack something.
///
/// # Errors
/// [`QuestionError`] for what cannot be asked; otherwise why the events cannot be read or the output not be written, or
/// that it was stopped.
pub fn replay(arguments: &ReplayArguments) -> anyhow::Result<Outcome> {
    let config = arguments.source.configuration()?;
    logging::start(config.log)?;
    arguments.output.as_deref().map_or(Ok(()), |output| check_output(output, arguments))?;
    let asking = Asking { arguments, config: &config, progress: &Progress::new(arguments.quiet, &config.zone) };
    let written = if arguments.format.is_table() { asking.sum_up() } else { asking.step_through() };
    match written {
        Err(error) if error.is::<ReaderGone>() => Ok(Outcome::Done),
        written => written,
    }
}

/// A replay that is asked for.
struct Asking<'a> {
    arguments: &'a ReplayArguments,
    config: &'a Config,
    progress: &'a Progress,
}

impl Asking<'_> {
    /// The report over what is read.
    fn sum_up(&self) -> anyhow::Result<Outcome> {
        let Self { arguments, config, progress } = self;
        let [from, to] = self.ends()?;
        let language = arguments.language.unwrap_or(Language::Fi);
        let width = arguments.width.unwrap_or_else(standard_output::width);
        let told_to_stop = stopping::on_signal()?;
        let is_markdown = arguments.format == ReplayFormat::Markdown;
        let asked = Asked {
            lines: &arguments.lines,
            stretch: from..to,
            question: ReportRequest { by: arguments.by.unwrap_or(Breakdown::Line), language, public: false },
            format: if is_markdown { ReportFormat::Markdown } else { ReportFormat::Table { width: width.into() } },
            files: &arguments.source.events,
            offsets: &arguments.offsets,
            known_before: self.known_before()?,
            complete_since: self.complete_since()?,
            stop: &told_to_stop,
        };
        let mut destination = Destination::open(arguments.output.as_deref(), &told_to_stop)?;
        let (text, outcome) = tables(&asked, config, progress)?;
        destination.write(text.as_bytes())?;
        destination.finish()?;
        Ok(outcome)
    }

    /// The figures of instants.
    fn step_through(&self) -> anyhow::Result<Outcome> {
        let Self { arguments, config, progress } = self;
        let lines = config.places_of(&arguments.lines)?;
        let [from, to] = self.ends()?;
        let step = arguments.step.unwrap_or(Step::Seconds(3_600));
        let instants = instants(from, to, step, &config.zone).ok_or(QuestionError::TooManyInstants(MOST_INSTANTS))?;
        let instants = self.not_yet_to_come(&instants)?;
        let (first, last) = (instants[0], instants[instants.len() - 1]);
        let rules = config.rules_over(&(first..last));
        let told_to_stop = stopping::on_signal()?;
        let mut output = self.output(lines.clone(), &rules, [from, to], step, &told_to_stop)?;

        let manner = Manner {
            known_then: arguments.known_at == Some(KnownAt::Then),
            most_legs: MOST_LEGS,
            complete_since: self.complete_since()?,
            only_these: !arguments.offsets.is_empty(),
            speed: arguments.speed,
        };
        let reading = Reading {
            config,
            files: &arguments.source.events,
            from: rules.range_start(first),
            offsets: &arguments.offsets,
            known_before: self.known_before()?,
            progress,
        };
        let life_ms = rules.life_ms();
        let mut take = |figures: &_, is_complete| output.take(figures, is_complete);
        let stepping = Stepping::new(rules, instants, manner, &told_to_stop, &mut take);
        let mut stepping = stepping.asked_for(&lines, &arguments.windows);
        let ended = go(&mut stepping, &reading, progress, &told_to_stop);
        let (unknown, count, missed) = (stepping.unknown(), stepping.covered().len(), Missed::of(&stepping));
        let (covered, reused) = (&instants[unknown..unknown + count], stepping.reused().clone());
        match ended {
            Ok(coverage) if covered.is_empty() => {
                output.abandon()?;
                anyhow::bail!(
                    "nothing is known of the time of these instants: it lies before or after all that was read. {}",
                    coverage.in_words(&reading.subject(), &config.zone)
                )
            }
            Ok(coverage) => {
                missed.say(instants.len() - covered.len(), covered.len());
                reused.warn(reading.files, config);
                let lacks = missed.short > 0 || covered.len() < instants.len() || covered[0] < coverage.whole_since;
                let asked_from = reading.from.plus_millis(life_ms);
                let short = coverage.shortfall(asked_from, &reading.subject(), &config.zone);
                if let Some(short) = short.filter(|_| lacks) {
                    tracing::warn!("{short}");
                }
                tracing::info!(instants = covered.len(), "taken");
                match output.finish(&told_to_stop) {
                    Err(error) if error.is::<Stopped>() => {
                        Err(error.context("all instants were taken, but the text is not whole"))
                    }
                    Err(error) => Err(error),
                    Ok(()) if missed.too_late > 0 || reused.is_habit() => Ok(Outcome::Found),
                    Ok(()) => Ok(Outcome::Done),
                }
            }
            Err(error) if error.is::<ReaderGone>() => Err(error),
            Err(error) => {
                let is_there = output.abandon()?;
                Err(error.context(self.covered(covered, instants.len(), is_there)))
            }
        }
    }

    /// Which instants were covered before it ended.
    fn covered(&self, covered: &[EventTime], asked: usize, is_there: bool) -> String {
        let (Some(first), Some(last)) = (covered.first(), covered.last()) else {
            return format!("none of the {asked} instants was covered");
        };
        let [first, last] = [first, last].map(|at| in_words(*at, &self.config.zone));
        let what = match &self.arguments.output {
            _ if is_there => "have been written".to_owned(),
            Some(path) => format!("were covered, and {} is not written", path.display()),
            None => "were covered, and nothing is written, for a text is whole or none".to_owned(),
        };
        format!("{} of the {asked} instants, from {first} to {last}, {what}", covered.len())
    }

    /// The first and the last instant that are asked for.
    fn ends(&self) -> anyhow::Result<[EventTime; 2]> {
        let ReplayArguments { from, to, at, .. } = self.arguments;
        let ends = at.map_or((*from, *to), |at| (Some(at), Some(at)));
        let (Some(from), Some(to)) = ends else { anyhow::bail!("neither --at nor --from and --to are given") };
        let [first, last] = [self.instant(from)?, self.instant(to)?];
        if first > last {
            return Err(QuestionError::Backwards.into());
        }
        Ok([first, last])
    }

    fn instant(&self, when: When) -> Result<EventTime, QuestionError> {
        when.instant(&self.config.zone).map_err(|why| QuestionError::NoSuchTime(format!("{why:#}")))
    }

    /// Those of the instants that had been when the last was written that is used. What a file says may be of any time.
    fn not_yet_to_come<'a>(&self, instants: &'a [EventTime]) -> anyhow::Result<&'a [EventTime]> {
        if !self.arguments.source.events.is_empty() {
            return Ok(instants);
        }
        let now = clock::wall()();
        let until = self.known_before()?.map_or(now, |known| known.min(now));
        let have_been = instants.partition_point(|instant| *instant <= until);
        let [first, until] = [instants[0], until].map(|at| in_words(at, &self.config.zone));
        anyhow::ensure!(
            have_been > 0,
            "nothing is known of {first} and later: all that is used was written by {until}"
        );
        if have_been < instants.len() {
            tracing::warn!(
                "{} of the instants are later than {until}, by when all that is used was written: they are left out",
                instants.len() - have_been
            );
        }
        Ok(&instants[..have_been])
    }

    /// Before when something has to be known to be used, where that is the same for all.
    fn known_before(&self) -> anyhow::Result<Option<EventTime>> {
        Ok(match self.arguments.known_at {
            Some(KnownAt::Time(when)) => Some(self.instant(when)?),
            Some(KnownAt::Then) | None => None,
        })
    }

    /// Since when the caller says that nothing is missing.
    fn complete_since(&self) -> anyhow::Result<Option<EventTime>> {
        Ok(self.arguments.source.complete_since.map(|when| self.instant(when)).transpose()?)
    }

    fn output(
        &self,
        lines: Vec<usize>,
        rules: &Rules,
        [from, to]: [EventTime; 2],
        step: Step,
        told_to_stop: &AtomicBool,
    ) -> anyhow::Result<Output> {
        let Self { arguments, config, .. } = self;
        let choice = FigureSelection::new(&arguments.windows, &arguments.figures);
        let cards = config.lines.iter().map(ensilinja_config::Line::info).collect();
        let export = Export::new(cards, lines, choice, rules.bounds(), &arguments.labels);
        let export = if arguments.no_recorded { export.without_recorded() } else { export };
        let path = arguments.output.as_deref();
        let form = match arguments.format {
            ReplayFormat::Csv => Form::Csv,
            ReplayFormat::OpenMetrics => Form::OpenMetrics(Families::new(&export, &folder(path))?),
            ReplayFormat::JsonLines | ReplayFormat::Table | ReplayFormat::Markdown => {
                Form::JsonLines(Box::new(self.header(&export, [from, to], step)?))
            }
        };
        let destination = Destination::open(path, told_to_stop)?;
        Output::begin(export, form, destination, config.zone.clone(), arguments.speed.is_some())
    }

    fn header(&self, export: &Export, [from, to]: [EventTime; 2], step: Step) -> anyhow::Result<RunHeader> {
        let Self { arguments, config, .. } = self;
        let source = &arguments.source;
        let is_topic = source.events.is_empty();
        Ok(RunHeader {
            from: Some(from),
            to: Some(to),
            step_seconds: Some(step.seconds()),
            knowledge: match arguments.known_at {
                None => Knowledge::All,
                Some(KnownAt::Time(when)) => Knowledge::Before(self.instant(when)?),
                Some(KnownAt::Then) => Knowledge::Then,
            },
            config: source.config.as_ref().map(|path| path.display().to_string()),
            topic: is_topic.then(|| config.kafka.topic.clone()),
            brokers: is_topic.then(|| config.kafka.bootstrap_servers.clone()),
            events: source.events.iter().map(|path| path.display().to_string()).collect(),
            lines: export.line_ids(),
            scope: export.scope(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        })
    }
}

/// What cannot be asked of the file that is to be written.
fn check_output(output: &Path, arguments: &ReplayArguments) -> Result<(), QuestionError> {
    let name = output.display().to_string();
    if arguments.source.events.iter().any(|events| is_read(output, events)) {
        return Err(QuestionError::OutputIsRead(name));
    }
    if arguments.speed.is_some() && is_whole_or_none(output) {
        return Err(QuestionError::SpeedToFile(name));
    }
    Ok(())
}

/// What an instant may lack.
struct Missed {
    too_late: u64,
    out_of_order: u64,
    short: usize,
}

impl Missed {
    fn of(stepping: &Stepping<'_>) -> Self {
        Self { too_late: stepping.too_late(), out_of_order: stepping.out_of_order(), short: stepping.short() }
    }

    /// Says so, and how many instants were `left_out` because nothing is known of their time.
    fn say(&self, left_out: usize, covered: usize) {
        let Self { too_late, out_of_order, short } = self;
        if left_out > 0 {
            tracing::warn!("{left_out} of the instants lie before or after all that was read: they are left out");
        }
        if *short > 0 {
            tracing::warn!(
                "history begins too late for some windows of {short} of the {covered} instants: those windows are absent"
            );
        }
        if *too_late > 0 {
            tracing::warn!(
                "{too_late} events were found so far behind in the log that the instants they are of had been taken: \
                 those instants are without them. Replay a shorter time, or fewer contacts at once"
            );
        }
        if *out_of_order > 0 {
            tracing::warn!(
                "{out_of_order} records lie behind one that is stamped later, and were not used for the instants in \
                 between, as no board could: --known-at TIME uses all that are stamped before the time"
            );
        }
    }
}

/// Reads all there is and takes every instant. Says how far back history counts.
fn go(
    stepping: &mut Stepping<'_>,
    reading: &Reading<'_>,
    progress: &Progress,
    stop: &AtomicBool,
) -> anyhow::Result<Coverage> {
    let read = reading.read(&past::decoder(reading.config)?, stop, &mut |told| stepping.hear(told));
    let ended = read.and_then(|read| {
        // A file ends with its latest event, and may well end with the day.
        let until = read.latest.filter(|_| !reading.files.is_empty()).map(|latest| latest.plus_millis(DAY_MS));
        stepping.finish(&read.evidence, until.unwrap_or(EventTime::MAX), progress)?;
        Ok(stepping.coverage(&read.evidence))
    });
    // Whatever broke off when it was told to stop, that is why.
    if stop.load(Ordering::Relaxed) && ended.is_err() { Err(Stopped).context("before the end") } else { ended }
}
