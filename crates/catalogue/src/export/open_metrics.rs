//! OpenMetrics with timestamps, family by family, for `promtool tsdb create-blocks-from openmetrics`.
//!
//! ```text
//! # TYPE ensilinja_contacts_waiting gauge
//! # HELP ensilinja_contacts_waiting Contacts waiting now, including those in the menu
//! ensilinja_contacts_waiting{job="ensilinja",instance="replay",line="mipa",channel="phone"} 3 1757908800
//! ensilinja_contacts_waiting{job="ensilinja",instance="replay",line="mipa",channel="phone"} 1 1757912400
//! # EOF
//! ```
//!
//! OpenMetrics keeps a family together, but instants arrive one after the other. So each family is written separately,
//! one instant at a time, and the caller joins them at the end. Within a family, instants ascend.
//!
//! Dashboards and rules use the complete process with the longest uptime. So a replay also writes what a process would
//! report about itself: whether its figures are complete, their instant, and that it started in 1970. It then takes
//! precedence over live processes of the same time where its figures are complete. The series that recording rules make
//! of such a process are written too: see [`recorded`](super::recorded).

use ensilinja_ledger::Figures;

use super::Export;
use super::recorded::{RECORDED, RecordedSeries};
use crate::catalogue::{metric, metrics};
use crate::metric::{Metric, MetricOrigin};
use crate::number::Number;
use crate::text_format::MetricsText;

/// Reads a number from the figures of an instant and their completeness.
type ReadNumber = fn(&Figures, bool) -> Number;

/// The metrics that a replay reports about itself.
const SELF_REPORTED: [(&str, ReadNumber); 4] = [
    ("ensilinja_day_start_timestamp_seconds", |figures, _| Number::Millis(figures.day_start.as_millis())),
    ("ensilinja_figures_complete", |_, is_complete| Number::Count(i64::from(is_complete))),
    ("ensilinja_figures_as_of_timestamp_seconds", |figures, _| Number::Millis(figures.as_of.as_millis())),
    ("process_start_time_seconds", |_, _| Number::Count(0)),
];

/// A family while it is written.
#[derive(Debug)]
pub struct OpenMetricsFamily {
    content: FamilyContent,
    text: MetricsText,
}

/// The content of a family.
#[derive(Clone, Copy, Debug)]
enum FamilyContent {
    /// A metric of lines.
    Lines(&'static Metric),
    /// A metric that the replay reports about itself.
    SelfReported(&'static Metric, ReadNumber),
    /// A series of a recording rule.
    Recorded(&'static RecordedSeries),
}

impl FamilyContent {
    const fn metric(self) -> &'static Metric {
        match self {
            Self::Lines(metric) | Self::SelfReported(metric, _) => metric,
            Self::Recorded(recorded) => &recorded.metric,
        }
    }
}

impl Export {
    /// The last line of the joined text.
    #[must_use]
    pub const fn open_metrics_end() -> &'static str {
        "# EOF\n"
    }

    /// The families to write, in the order of the text.
    #[must_use]
    pub fn families(&self) -> Vec<OpenMetricsFamily> {
        let of_lines = metrics().filter(|metric| match metric.origin {
            MetricOrigin::Info(_) | MetricOrigin::Targets(_) | MetricOrigin::DatedTargets(_) => true,
            _ => metric.is_figure() && self.selection.has(metric),
        });
        let self_reported = SELF_REPORTED.iter().map(|(name, read)| FamilyContent::SelfReported(metric(name), *read));
        let recorded = RECORDED.iter().filter(|recorded| self.is_recorded(recorded));
        let contents =
            of_lines.map(FamilyContent::Lines).chain(self_reported).chain(recorded.map(FamilyContent::Recorded));
        contents
            .map(|content| OpenMetricsFamily { content, text: MetricsText::with_timestamps(content.metric()) })
            .collect()
    }

    /// Writes an instant of all families. `is_complete` tells whether its figures include all events. `take` gets the
    /// text of each family with the index of the family.
    ///
    /// # Errors
    /// Those of `take`.
    pub fn open_metrics<E>(
        &self,
        families: &mut [OpenMetricsFamily],
        figures: &Figures,
        is_complete: bool,
        take: &mut dyn FnMut(usize, &str) -> Result<(), E>,
    ) -> Result<(), E> {
        let of_lines = self.of_lines(figures);
        for (index, family) in families.iter_mut().enumerate() {
            let OpenMetricsFamily { content, text } = family;
            text.set_instant(figures.as_of);
            match *content {
                FamilyContent::Lines(metric) => {
                    let windows = &self.selection.windows;
                    self.exposition.write_samples(text, metric, metric.suffixes(), Some(&of_lines), windows);
                }
                FamilyContent::SelfReported(metric, read) => {
                    let number = read(figures, is_complete);
                    text.sample(metric, "").labels(self.exposition.common_labels()).number(number);
                }
                FamilyContent::Recorded(recorded) => self.write_recorded(text, recorded, &of_lines, is_complete),
            }
            take(index, &text.take())?;
        }
        Ok(())
    }
}
