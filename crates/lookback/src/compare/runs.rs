//! The comparison of two run files.

use std::io::BufRead;
use std::path::Path;

use ensilinja_catalogue::{FiguresDocument, RunHeader, RunReader};
use ensilinja_model::EventTime;
use ensilinja_report::comparison::{ComparisonResult, differences};
use jiff::tz::TimeZone;

use super::comparison::{Comparison, zone_of};
use super::origin::{ConfigLoader, FiguresOrigin};
use crate::error::LookbackError;
use crate::event_file::{EventFileBytes, EventFileError, stream_name};
use crate::local_time::to_the_minute;

/// A run file, plain or compressed with gzip or zstd.
type OpenRun = RunReader<Box<dyn BufRead + Send>>;

/// Opens a run file; the path `-` is standard input.
///
/// # Errors
/// If it cannot be opened, or is not a run file.
pub fn open_run(path: &Path) -> Result<OpenRun, LookbackError> {
    let name = stream_name(path);
    match EventFileBytes::open(path) {
        Ok(source) => Ok(RunReader::new(name, source.text)?),
        Err(why) => Err(EventFileError::Open { name, why }.into()),
    }
}

/// Compares two runs at the instants that both have.
///
/// # Errors
/// If a run cannot be read, or they have nothing in common.
pub fn compare_runs(one: &Path, other: &Path, load: ConfigLoader<'_>) -> Result<Comparison, LookbackError> {
    let (mut one, mut other) = (open_run(one)?, open_run(other)?);
    warn_of_other_making([one.header(), other.header()]);
    if one.header().scope.is_disjoint(&other.header().scope) {
        return Err(LookbackError::NotComparable(format!(
            "{} and {} have no window in common: replay both with the same --window",
            one.name(),
            other.name()
        )));
    }
    let (mut result, mut zone) = (ComparisonResult::default(), None);
    let (mut left, mut right) = (one.next_instant()?, other.next_instant()?);
    while let Some(at) = earliest(&left, &right) {
        let [of_one, of_other] = [&mut left, &mut right].map(|next| next.take_if(|(its, _)| *its == at));
        match (&of_one, &of_other) {
            (Some((_, of_one)), Some((_, of_other))) => {
                let found = differences((of_one, &one.header().scope), (of_other, &other.header().scope));
                result.add(at, found);
                zone = zone.or_else(|| zone_of(of_one));
            }
            (Some(_), None) => result.only_in_one.instants.add(at),
            (None, _) => result.only_in_other.instants.add(at),
        }
        if of_one.is_some() {
            left = one.next_instant()?;
        }
        if of_other.is_some() {
            right = other.next_instant()?;
        }
    }
    if result.instants.count == 0 {
        let [one, other] = [&one, &other].map(steps_in_words);
        return Err(LookbackError::NotComparable(format!("the runs have no instant in common: {one}; {other}")));
    }
    let origins = [&one, &other].map(|run| FiguresOrigin::of_run(run.header(), run.name(), load));
    let names = [&one, &other].map(|run| run.name().to_owned());
    Comparison { names, origins, result, zone: zone.unwrap_or(TimeZone::UTC) }.checked()
}

/// The earlier of the next instants of two runs.
fn earliest(
    left: &Option<(EventTime, FiguresDocument)>,
    right: &Option<(EventTime, FiguresDocument)>,
) -> Option<EventTime> {
    [left, right].into_iter().flatten().map(|(at, _)| *at).min()
}

/// The instants of a run that has been read.
pub(super) fn span_in_words(run: &OpenRun) -> String {
    let zone = run.time_zone().and_then(|name| TimeZone::get(name).ok()).unwrap_or(TimeZone::UTC);
    match run.span() {
        Some((first, last)) => format!(
            "{} from {} to {}",
            if run.instants() == 1 { "1 instant".to_owned() } else { format!("{} instants", run.instants()) },
            to_the_minute(first, &zone),
            to_the_minute(last, &zone)
        ),
        None => "no instants".to_owned(),
    }
}

fn steps_in_words(run: &OpenRun) -> String {
    match run.header().step_seconds {
        Some(step) => format!("{} has {}, each {step} s", run.name(), span_in_words(run)),
        None => format!("{} has {}", run.name(), span_in_words(run)),
    }
}

/// Logs what may make figures differ.
fn warn_of_other_making([one, other]: [&RunHeader; 2]) {
    if one.version != other.version {
        tracing::warn!(one = one.version, other = other.version, "runs made by different versions of the program");
    }
    if one.knowledge != other.knowledge {
        tracing::warn!("runs made with different --known-at, so their figures may differ");
    }
}
