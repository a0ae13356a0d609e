//! What was compared, and the comparisons with live processes.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use ensilinja_catalogue::{FiguresDocument, RunScope};
use ensilinja_config::Config;
use ensilinja_model::EventTime;
use ensilinja_report::comparison::{ComparisonResult, Differences, FigureKey, differences};
use jiff::tz::TimeZone;

use super::contacts;
use super::figures_endpoint::FiguresEndpoint;
use super::live::{ask, ask_both};
use super::open_run::{open_run, span_in_words};
use super::origin::{ConfigLoader, FiguresOrigin};
use super::shard;
use super::topic_figures::{self, topic_figures};
use crate::context::LookbackContext;
use crate::error::LookbackError;
use crate::local_time::to_the_second;
use crate::progress::Progress;

/// How often live figures that differ are asked for in all. What was on its way the first time has arrived by then.
const MOST_ATTEMPTS: usize = 3;

/// What was compared, and what came of it.
pub struct Comparison {
    /// The names of the sides.
    pub names: [String; 2],
    /// Where their figures come from.
    pub origins: [FiguresOrigin; 2],
    /// What differs.
    pub result: ComparisonResult,
    /// The zone of the lines.
    pub zone: TimeZone,
}

impl Comparison {
    /// The comparison, if anything was compared.
    pub(super) fn checked(self) -> Result<Self, LookbackError> {
        let [one, other] = &self.names;
        if self.result.compared == 0 {
            return Err(LookbackError::NotComparable(format!(
                "{one} and {other} have no figure in common: they are of other lines, or were narrowed to other windows \
                 or figures"
            )));
        }
        Ok(self)
    }

    /// Adds the contacts behind the first figures that differ: both sides are read again. `key` hashes contact ids.
    ///
    /// # Errors
    /// If a side cannot be read again, or not to its end.
    pub fn trace_contacts(
        &mut self,
        key: [u8; 16],
        stop: &AtomicBool,
        progress: &dyn Progress,
    ) -> Result<(), LookbackError> {
        contacts::trace(&mut self.result, &self.origins, key, stop, progress, &self.zone)
    }

    /// A table for people.
    #[must_use]
    pub fn text(&self, width: usize) -> String {
        let [one, other] = &self.names;
        self.result.text([one, other], &|at| to_the_second(at, &self.zone), width)
    }

    /// A document for programs.
    #[must_use]
    pub fn json(&self) -> String {
        let [one, other] = &self.names;
        self.result.json([one, other])
    }
}

/// Compares a run with a live process. `live_is_first`: it is the first side.
///
/// # Errors
/// If a side cannot be read or asked, or they have nothing in common.
pub fn compare_run_with_live(
    run: &Path,
    live: &dyn FiguresEndpoint,
    live_is_first: bool,
    config: Option<Config>,
    load: ConfigLoader<'_>,
) -> Result<Comparison, LookbackError> {
    let (live_figures, as_of) = ask(live)?;
    let mut reader = open_run(run)?;
    let mut found = None;
    while let Some((at, figures)) = reader.next_instant()? {
        if at == as_of {
            found = Some(figures);
        }
    }
    let zone = zone_of(&live_figures).unwrap_or(TimeZone::UTC);
    let (run_name, live_name) = (reader.name().to_owned(), live.address());
    let Some(mut run_figures) = found else {
        return Err(LookbackError::NotComparable(format!(
            "{run_name} has no figures of {}, the instant of {live_name}: it has {}. Leave the run out, and \
             compare makes one of that instant: ensilinja compare --config FILE {live_name}",
            to_the_second(as_of, &zone),
            span_in_words(&reader)
        )));
    };
    shard::narrow(&mut run_figures, &live_figures, config.as_ref())?;
    let everything = RunScope::default();
    let of_run = FiguresOrigin::of_run(reader.header(), &run_name, load);
    let of_live = FiguresOrigin::of_live(config, &live_figures);
    let run = (&run_figures, &reader.header().scope);
    let live = (&live_figures, &everything);
    let (names, origins, found) = if live_is_first {
        ([live_name, run_name], [of_live, of_run], differences(live, run))
    } else {
        ([run_name, live_name], [of_run, of_live], differences(run, live))
    };
    let result = ComparisonResult::of_one_instant(as_of, found, 0);
    Comparison { names, origins, result, zone }.checked()
}

/// Compares two live processes.
///
/// # Errors
/// If one does not answer, or they have nothing in common.
pub fn compare_two_live(one: &dyn FiguresEndpoint, other: &dyn FiguresEndpoint) -> Result<Comparison, LookbackError> {
    let everything = RunScope::default();
    let mut zone = None;
    let (as_of, found, passing) = lasting_differences(|| {
        let (as_of, [of_one, of_other]) = ask_both(one, other)?;
        zone = zone_of(&of_one);
        if let (Some(shard), Some(other_shard)) = (&of_one.shard, &of_other.shard)
            && shard != other_shard
        {
            let [one, other] = [one, other].map(FiguresEndpoint::address);
            return Err(LookbackError::NotComparable(format!(
                "{one} has the shard {shard} and {other} the shard {other_shard}, so they have no line in common: \
                 compare each with the topic (ensilinja compare --config FILE {one})"
            )));
        }
        Ok((as_of, differences((&of_one, &everything), (&of_other, &everything))))
    })?;
    let origins = [FiguresOrigin::of_live_beside_its_topic(), FiguresOrigin::of_live_beside_its_topic()];
    let result = ComparisonResult::of_one_instant(as_of, found, passing);
    let names = [one.address(), other.address()];
    Comparison { names, origins, result, zone: zone.unwrap_or(TimeZone::UTC) }.checked()
}

/// Compares a live process with its topic, or with files in its place.
///
/// # Errors
/// If the process does not answer, the source cannot be read, or they have nothing in common.
pub fn compare_live_with_topic(
    live: &dyn FiguresEndpoint,
    complete_since: Option<EventTime>,
    context: &LookbackContext<'_>,
) -> Result<Comparison, LookbackError> {
    let everything = RunScope::default();
    let mut latest = None;
    let (as_of, found, passing) = lasting_differences(|| {
        let (live_figures, as_of) = ask(live)?;
        let [with_all, at_least] = topic_figures(as_of, &live_figures, complete_since, context)?;
        let of = |topic: &FiguresDocument| differences((&live_figures, &everything), (topic, &everything));
        let found = of(&with_all).beyond(&of(&at_least));
        latest = Some(live_figures);
        Ok((as_of, found))
    })?;
    let shard = latest.as_ref().and_then(|figures| figures.shard.clone());
    let of_live = match latest {
        Some(live_figures) if !context.files.is_empty() => {
            FiguresOrigin::of_live(Some(context.config.clone()), &live_figures)
        }
        _ => FiguresOrigin::of_live_beside_its_topic(),
    };
    let origins = [of_live, FiguresOrigin::of_context(context)];
    let result = ComparisonResult::of_one_instant(as_of, found, passing);
    let names = [live.address(), topic_figures::name(context, shard.as_deref())];
    Comparison { names, origins, result, zone: context.config.zone.clone() }.checked()
}

/// Compares until nothing differs, or the differences have stayed. Returns the last differences, and how many figures
/// differed only until they were asked for again.
fn lasting_differences(
    mut compare_once: impl FnMut() -> Result<(EventTime, Differences), LookbackError>,
) -> Result<(EventTime, Differences, u64), LookbackError> {
    let (mut as_of, mut found) = compare_once()?;
    let mut ever: BTreeSet<FigureKey> = found.keys();
    for _ in 1..MOST_ATTEMPTS {
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

pub(super) fn zone_of(figures: &FiguresDocument) -> Option<TimeZone> {
    TimeZone::get(figures.time_zone.as_deref()?).ok()
}
