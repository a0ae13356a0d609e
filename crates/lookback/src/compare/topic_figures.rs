//! The figures of a topic at the instant of live figures: what the process should have shown.

use std::thread;
use std::time::Duration;

use ensilinja_catalogue::{Export, FigureSelection, FiguresDocument};
use ensilinja_config::Line;
use ensilinja_ledger::Ledger;
use ensilinja_model::EventTime;

use super::shard;
use crate::context::LookbackContext;
use crate::error::LookbackError;
use crate::lookback::{Lookback, SourceEnd};
use crate::reused_ids::ReusedIds;

/// Records that were stamped before the figures were asked for are in the log after this time, if producers send at
/// once.
const SETTLE: Duration = Duration::from_secs(1);

/// The name of the topic, or of the files in its place, with the shard whose lines are read.
pub(super) fn name(context: &LookbackContext<'_>, shard: Option<&str>) -> String {
    let name = name_of_records(context);
    match shard {
        Some(shard) => format!("{name} (the lines of shard {shard})"),
        None => name,
    }
}

fn name_of_records(context: &LookbackContext<'_>) -> String {
    if context.files.is_empty() {
        let source = context.source(EventTime::MIN, &[], None).name();
        return if context.reads_topics() { format!("the topic {source}") } else { source };
    }
    let names: Vec<_> = context.files.iter().map(|path| path.display().to_string()).collect();
    names.join(" + ")
}

/// The figures at `as_of`, made twice: of all events that the process may have known when it was asked, and of all that
/// it must have known. The two differ by the records of the last moment. Files have no time of writing, so all of their
/// events count.
///
/// # Errors
/// If the source cannot be read, or reading was stopped.
pub(super) fn topic_figures(
    as_of: EventTime,
    live: &FiguresDocument,
    complete_since: Option<EventTime>,
    context: &LookbackContext<'_>,
) -> Result<[FiguresDocument; 2], LookbackError> {
    let (config, is_topic) = (context.config, context.reads_topics());
    let asked_at = live.asked_at.ok_or_else(|| {
        LookbackError::NotComparable("the live process does not say when it was asked: is it Ensilinja?".to_owned())
    })?;
    let lines = shard::lines_of(live, config)?;
    let certain_until = live.complete_until.unwrap_or(asked_at).min(asked_at);
    if is_topic {
        thread::sleep(SETTLE);
    }
    let lookback = Lookback::to_instant(config.rules_over(&(as_of..as_of)), as_of, complete_since);
    let source = context.source(lookback.reads_from(), &[], is_topic.then_some(asked_at));
    let mut ledger = Ledger::new(lookback.rules().clone(), as_of);
    let mut uncertain = Vec::new();
    let mut reused = ReusedIds::within(lookback.reads_from()..as_of.plus_millis(1_000), lookback.rules().clone());
    let summary = source.read(&context.decoders(), context.stop, &mut |sourced| {
        if is_topic && sourced.known_at >= certain_until {
            uncertain.push(sourced.event);
        } else if lookback.counts(&sourced.event) {
            reused.count(&sourced.event, sourced.position, |note| ledger.apply_noting(&sourced.event, note));
        }
        Ok(())
    })?;
    reused.warn(context.files, config);
    let end = SourceEnd::of(context.reads_topics(), summary.latest);
    if !end.knows(as_of) {
        end.warn_of_quiet(&source.subject(), &config.zone);
    }
    let coverage = lookback.coverage(&summary.evidence);
    lookback.warn_if_short(&coverage, &source.subject(), &config.zone);
    let infos = config.lines.iter().map(Line::info).collect();
    let export = Export::new(infos, lines, FigureSelection::new(&[], &[]), lookback.rules().bounds(), &[]);
    let document = |ledger: &mut Ledger| {
        let text = export.instant_line(config.zone_name(), &ledger.figures(as_of, coverage.history()));
        let document = FiguresDocument::parse(&text).expect("a comparison reads what a replay writes");
        let version = Some(env!("CARGO_PKG_VERSION").to_owned());
        FiguresDocument { shard: live.shard.clone(), version, ..document }
    };
    let at_least = document(&mut ledger);
    for event in &uncertain {
        ledger.apply(event);
    }
    Ok([document(&mut ledger), at_least])
}
