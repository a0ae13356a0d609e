//! `ensilinja compare`: which figures of two runs differ, or of a run and a live process, or of a live process and what
//! its topic says.
//!
//! ```text
//! run  --RunFile--\                                  /--> table, JSON
//!                  >-- a document of either side --> Findings
//! live --Live-----/      at the same instant          \--> contacts, where they are asked for
//! topic --Topic--/
//! ```
//!
//! What must hold: only what both sides say of one instant is compared, and what is not compared is said.

mod contacts;
mod live;
mod origin;
mod run_file;
mod topic;

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Context as _;
use ensilinja_catalogue::{FiguresDocument, RunHeader, RunScope};
use ensilinja_model::EventTime;
use ensilinja_report::comparison::{ComparisonResult, Differences, FigureKey, differences};
use ensilinja_serve::ProcessAddress;
use jiff::tz::TimeZone;

use crate::cli::{CompareArguments, Compared, ListingFormat};
use crate::local_time::zoned;
use crate::logging;
use crate::outcome::Outcome;
use crate::progress::Progress;
use crate::report::QuestionError;
use crate::standard_output;
use ensilinja_config::{Config, LogFormat, LogLevel, LogSettings};
use live::Live;
use origin::Origin;
use run_file::{RunFile, instants_in_words};
use topic::Topic;

/// How often live figures that differ are asked for in all: what is on its way by then is not on its way the next time.
const ATTEMPTS: usize = 3;

/// What was compared, and what came of it.
struct Comparison {
    /// What the sides are called.
    names: [String; 2],
    /// Where their figures come from.
    origins: [Origin; 2],
    findings: ComparisonResult,
    zone: TimeZone,
}

/// Compares, and prints.
///
/// # Errors
/// A configuration that cannot be used; otherwise why a side cannot be read or asked, or why the two have nothing that
/// could be compared.
pub fn compare(arguments: &CompareArguments) -> anyhow::Result<Outcome> {
    let config = arguments.says_source().then(|| arguments.configuration()).transpose()?;
    let log =
        config.as_ref().map_or(LogSettings { format: LogFormat::Text, level: LogLevel::Warn }, |config| config.log);
    logging::start(log)?;
    let mut comparison = match (&arguments.one, &arguments.other) {
        (Compared::Run(one), Some(Compared::Run(other))) => of_runs(one, other)?,
        (Compared::Run(run), Some(Compared::Live(live))) => of_run_and_live(run, live, config, false)?,
        (Compared::Live(live), Some(Compared::Run(run))) => of_run_and_live(run, live, config, true)?,
        (Compared::Live(one), Some(Compared::Live(other))) => of_two_live(one, other)?,
        (Compared::Live(live), None) => {
            let config = config.context("it is not said where the topic is")?;
            let progress = Progress::new(arguments.quiet, &config.zone);
            of_live_and_topic(live, config, arguments, &progress)?
        }
        (Compared::Run(_), None) => anyhow::bail!("it is not said what the run is to be compared with"),
    };
    if arguments.contacts && !comparison.findings.rows.is_empty() {
        let progress = Progress::new(arguments.quiet, &comparison.zone);
        let traced = contacts::trace(&mut comparison.findings, &comparison.origins, &progress, &comparison.zone);
        // What differs is known, and worth printing without them.
        if let Err(error) = traced {
            tracing::warn!("the contacts cannot be told: {error:#}");
        }
    }
    let Comparison { names: [one, other], findings, zone, .. } = &comparison;
    let local = |at: EventTime| zoned(at, zone).strftime("%Y-%m-%d %H:%M:%S").to_string();
    standard_output::print(&match arguments.listing.format {
        ListingFormat::Table => findings.text([one, other], &local),
        ListingFormat::Json => findings.json([one, other]),
    })?;
    Ok(if findings.is_same() { Outcome::Done } else { Outcome::Found })
}

fn of_runs(one: &Path, other: &Path) -> anyhow::Result<Comparison> {
    let [mut one, mut other] = [run_file::open(one)?, run_file::open(other)?];
    say_other_ways([one.header(), other.header()]);
    anyhow::ensure!(
        !one.header().scope.is_disjoint(&other.header().scope),
        "{} and {} have no window in common: replay both with the same --window",
        one.name(),
        other.name()
    );
    let (mut findings, mut zone) = (ComparisonResult::default(), None);
    let (mut left, mut right) = (one.next_instant()?, other.next_instant()?);
    while let Some(at) = [&left, &right].into_iter().flatten().map(|(at, _)| *at).min() {
        let [of_one, of_other] = [&mut left, &mut right].map(|next| next.take_if(|(its, _)| *its == at));
        match (&of_one, &of_other) {
            (Some((_, of_one)), Some((_, of_other))) => {
                findings.add(at, differences((of_one, &one.header().scope), (of_other, &other.header().scope)));
                zone = zone.or_else(|| zone_of(of_one));
            }
            (Some(_), None) => findings.only_in_one.instants.add(at),
            (None, _) => findings.only_in_other.instants.add(at),
        }
        if of_one.is_some() {
            left = one.next_instant()?;
        }
        if of_other.is_some() {
            right = other.next_instant()?;
        }
    }
    let names = [one.name().to_owned(), other.name().to_owned()];
    if findings.instants.count == 0 {
        let of = |run: &RunFile| match run.header().step_seconds {
            Some(step) => format!("{} has {}, each {step} s", run.name(), instants_in_words(run)),
            None => format!("{} has {}", run.name(), instants_in_words(run)),
        };
        anyhow::bail!("the runs have no instant in common: {}; {}", of(&one), of(&other));
    }
    let origins = [Origin::of_run(one.header(), one.name()), Origin::of_run(other.header(), other.name())];
    whole(Comparison { names, origins, findings, zone: zone.unwrap_or(TimeZone::UTC) })
}

fn of_run_and_live(
    run: &Path,
    live: &ProcessAddress,
    config: Option<Config>,
    live_is_one: bool,
) -> anyhow::Result<Comparison> {
    let (shown, as_of) = Live::new(live)?.ask()?;
    let mut file = run_file::open(run)?;
    let mut found = None;
    while let Some((at, figures)) = file.next_instant()? {
        if at == as_of {
            found = Some(figures);
        }
    }
    let zone = zone_of(&shown).unwrap_or(TimeZone::UTC);
    let of_run = found.with_context(|| {
        format!(
            "{} has no figures of {}, of which {live} has them now: it has {}. Leave the run out, and compare makes one of \
             that instant: ensilinja compare --config FILE {live}",
            file.name(),
            zoned(as_of, &zone).strftime("%Y-%m-%d %H:%M:%S"),
            instants_in_words(&file)
        )
    })?;
    let all = RunScope::default();
    let origin = [Origin::of_run(file.header(), file.name()), Origin::of_live(config, &shown)];
    let (run, live) = ((&of_run, &file.header().scope, file.name().to_owned()), (&shown, &all, live.to_string()));
    let (one, other) = if live_is_one { (live, run) } else { (run, live) };
    let [of_run, of_live] = origin;
    let origins = if live_is_one { [of_live, of_run] } else { [of_run, of_live] };
    let findings = ComparisonResult::of_one_instant(as_of, differences((one.0, one.1), (other.0, other.1)), 0);
    whole(Comparison { names: [one.2, other.2], origins, findings, zone })
}

fn of_two_live(one: &ProcessAddress, other: &ProcessAddress) -> anyhow::Result<Comparison> {
    let (all, names) = (RunScope::default(), [one.to_string(), other.to_string()]);
    let [one, other] = [Live::new(one)?, Live::new(other)?];
    let mut latest = None;
    let (as_of, differences, passing) = what_stays(|| {
        let (as_of, [of_one, of_other]) = one.ask_with(&other)?;
        let found = differences((&of_one, &all), (&of_other, &all));
        latest = Some(of_one);
        Ok((as_of, found))
    })?;
    let of_one = latest.context("nobody was asked")?;
    let origins = [Origin::of_live_beside_its_topic(), Origin::of_live_beside_its_topic()];
    let findings = ComparisonResult::of_one_instant(as_of, differences, passing);
    whole(Comparison { names, origins, findings, zone: zone_of(&of_one).unwrap_or(TimeZone::UTC) })
}

fn of_live_and_topic(
    live: &ProcessAddress,
    config: Config,
    arguments: &CompareArguments,
    progress: &Progress,
) -> anyhow::Result<Comparison> {
    let (all, process) = (RunScope::default(), Live::new(live)?);
    let told = arguments.complete_since.map(|when| when.instant(&config.zone)).transpose();
    let complete_since = told.map_err(|why| QuestionError::NoSuchTime(format!("--complete-since {why:#}")))?;
    let topic = Topic::new(&config, &arguments.events, complete_since, progress)?;
    let names = [live.to_string(), topic.name()];
    let mut latest = None;
    let (as_of, differences, passing) = what_stays(|| {
        let (shown, as_of) = process.ask()?;
        let [with_all, at_least] = topic.figures(as_of, &shown)?;
        let of = |topic: &FiguresDocument| differences((&shown, &all), (topic, &all));
        let found = of(&with_all).beyond(&of(&at_least));
        latest = Some(shown);
        Ok((as_of, found))
    })?;
    let shown = latest.context("nobody was asked")?;
    let zone = config.zone.clone();
    let files = arguments.events.clone();
    let of_live = if files.is_empty() {
        Origin::of_live_beside_its_topic()
    } else {
        Origin::of_live(Some(config.clone()), &shown)
    };
    let origins = [of_live, Origin::of_files(config, files)];
    let findings = ComparisonResult::of_one_instant(as_of, differences, passing);
    whole(Comparison { names, origins, findings, zone })
}

/// Compares until nothing differs, or what differs has stayed. Returns the last, and how many figures differed only
/// until they were asked for again.
fn what_stays(
    mut compare_once: impl FnMut() -> anyhow::Result<(EventTime, Differences)>,
) -> anyhow::Result<(EventTime, Differences, u64)> {
    let (mut as_of, mut found) = compare_once()?;
    let mut ever: BTreeSet<FigureKey> = found.keys();
    for _ in 1..ATTEMPTS {
        if found.found.is_empty() {
            break;
        }
        let (before, again) = (found.keys(), compare_once()?);
        ever.extend(again.1.keys());
        (as_of, found) = (again.0, again.1.that_stay(&before));
    }
    let passing = ever.len() - found.found.len();
    Ok((as_of, found, passing as u64))
}

/// The comparison, if anything was compared.
fn whole(comparison: Comparison) -> anyhow::Result<Comparison> {
    let [one, other] = &comparison.names;
    anyhow::ensure!(
        comparison.findings.compared > 0,
        "{one} and {other} have no figure in common: they are of other lines, or were narrowed to other windows or figures"
    );
    Ok(comparison)
}

/// Says in the log what may well make figures differ.
fn say_other_ways([one, other]: [&RunHeader; 2]) {
    if one.version != other.version {
        tracing::warn!("the runs were made by versions {} and {} of the program", one.version, other.version);
    }
    if one.knowledge != other.knowledge {
        tracing::warn!("the runs were made with other knowledge (--known-at), so they may well differ");
    }
}

fn zone_of(shown: &FiguresDocument) -> Option<TimeZone> {
    TimeZone::get(shown.time_zone.as_deref()?).ok()
}
