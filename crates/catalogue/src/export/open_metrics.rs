//! OpenMetrics with timestamps, family by family: what `promtool tsdb create-blocks-from openmetrics` makes blocks of.
//!
//! ```text
//! # TYPE ensilinja_contacts_waiting gauge
//! # HELP ensilinja_contacts_waiting Contacts waiting now, including those in the menu
//! ensilinja_contacts_waiting{job="ensilinja",instance="replay",line="mipa",channel="phone"} 3 1757908800
//! ensilinja_contacts_waiting{job="ensilinja",instance="replay",line="mipa",channel="phone"} 1 1757912400
//! # EOF
//! ```
//!
//! A family stands together in the text, and instants come one after the other; so each family is written for itself,
//! an instant at a time, and all of them are put together at the end. Within a family instants ascend.
//!
//! Boards and rules ask the complete process that has been up longest, so a replay tells of itself what a process
//! would: whether its figures are complete, of which instant they are, and that it has been up since 1970. So beside
//! what live processes have told of the same time it is the one that is asked, where it knows all that can be in them.
//! The series that rules record of such a process are written too: see [`recorded`](super::recorded).

use ensilinja_ledger::Figures;

use super::Export;
use super::recorded::{RECORDED, RecordedSeries};
use crate::catalogue::{metric, metrics};
use crate::metric::{Metric, MetricOrigin};
use crate::number::Number;
use crate::text_format::MetricsText;

/// Reads a number off the figures of an instant, and whether they are complete.
type ReadNumber = fn(&Figures, bool) -> Number;

/// What a replay tells of itself at an instant.
const OF_ITSELF: [(&str, ReadNumber); 4] = [
    ("ensilinja_day_start_timestamp_seconds", |figures, _| Number::Millis(figures.day_start.as_millis())),
    ("ensilinja_figures_complete", |_, is_complete| Number::Count(i64::from(is_complete))),
    ("ensilinja_figures_as_of_timestamp_seconds", |figures, _| Number::Millis(figures.as_of.as_millis())),
    ("process_start_time_seconds", |_, _| Number::Count(0)),
];

/// A family that is being written.
#[derive(Debug)]
pub struct OpenMetricsFamily {
    content: FamilyContent,
    text: MetricsText,
}

/// What a family is made of.
#[derive(Clone, Copy, Debug)]
enum FamilyContent {
    /// A metric of lines, as a live process exposes it.
    Lines(&'static Metric),
    /// What the replay tells of itself.
    Itself(&'static Metric, ReadNumber),
    /// A series that a rule records.
    Recorded(&'static RecordedSeries),
}

impl FamilyContent {
    const fn metric(self) -> &'static Metric {
        match self {
            Self::Lines(metric) | Self::Itself(metric, _) => metric,
            Self::Recorded(recorded) => &recorded.metric,
        }
    }
}

impl Export {
    /// The last line of the whole text.
    #[must_use]
    pub const fn open_metrics_end() -> &'static str {
        "# EOF\n"
    }

    /// Every family that there is to write, in the order of the text.
    #[must_use]
    pub fn families(&self) -> Vec<OpenMetricsFamily> {
        let of_lines = metrics().filter(|metric| match metric.origin {
            MetricOrigin::Info(_) | MetricOrigin::Targets(_) => true,
            _ => metric.is_figure() && self.selection.has(metric),
        });
        let of_itself = OF_ITSELF.iter().map(|(name, read)| FamilyContent::Itself(metric(name), *read));
        let recorded = RECORDED.iter().filter(|recorded| self.is_recorded(recorded));
        let contents = of_lines.map(FamilyContent::Lines).chain(of_itself).chain(recorded.map(FamilyContent::Recorded));
        contents
            .map(|content| OpenMetricsFamily { content, text: MetricsText::with_timestamps(content.metric()) })
            .collect()
    }

    /// Writes an instant of all families; `is_complete`, all that can be in its figures is known. `take` is given what
    /// of each there is to write, by its place among them.
    ///
    /// # Errors
    /// Whatever `take` says.
    pub fn open_metrics<E>(
        &self,
        families: &mut [OpenMetricsFamily],
        figures: &Figures,
        is_complete: bool,
        take: &mut dyn FnMut(usize, &str) -> Result<(), E>,
    ) -> Result<(), E> {
        let of_lines = self.of_lines(figures);
        for (place, family) in families.iter_mut().enumerate() {
            let OpenMetricsFamily { content, text } = family;
            text.set_instant(figures.as_of);
            match *content {
                FamilyContent::Lines(metric) => {
                    let windows = &self.selection.windows;
                    self.exposition.write_samples(text, metric, metric.suffixes(), Some(&of_lines), windows);
                }
                FamilyContent::Itself(metric, read) => {
                    let number = read(figures, is_complete);
                    text.sample(metric, "").labels(self.exposition.common_labels()).number(number);
                }
                FamilyContent::Recorded(recorded) => self.write_recorded(text, recorded, &of_lines, is_complete),
            }
            take(place, &text.take())?;
        }
        Ok(())
    }
}
