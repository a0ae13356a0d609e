//! The comparison of two run files.

use std::path::Path;

use ensilinja_catalogue::RunHeader;
use ensilinja_report::comparison::{ComparisonResult, differences};
use jiff::tz::TimeZone;

use super::comparison::{Comparison, zone_of};
use super::open_run::{OpenRun, open_run, span_in_words};
use super::origin::{ConfigLoader, FiguresOrigin};
use crate::error::LookbackError;

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
    while let Some(at) = [&left, &right].into_iter().flatten().map(|(at, _)| *at).min() {
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
