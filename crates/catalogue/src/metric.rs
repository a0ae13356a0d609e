//! A metric: its name, its labels, its help text, and the function that reads its numbers.
//!
//! The rows themselves are in the [catalogue](crate::CATALOGUE).

use ensilinja_ledger::{LineFigures, Sums, Waits, Window, WindowFigures};
use ensilinja_model::EventTime;

use crate::line_info::LineInfo;
use crate::number::Number;
use crate::snapshot::Snapshot;

/// A family of series.
#[derive(Debug)]
pub struct Metric {
    /// The full name, with prefix, unit and (for counters) `_total`.
    pub name: &'static str,
    /// The type of the metric.
    pub kind: MetricKind,
    /// The metric's own labels, in the order of the text. Labels that its whole section has (`line`, `channel`) are
    /// not among them.
    pub labels: &'static [MetricLabel],
    /// The help text: one line of plain text without a full stop.
    pub help: &'static str,
    pub(crate) origin: MetricOrigin,
}

/// Metrics are equal if their names are: no two metrics of the catalogue share a name.
impl PartialEq for Metric {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Metric {}

/// The type of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MetricKind {
    /// A value that can go up and down.
    Gauge,
    /// A value that only goes up, from 0 at the start of the process.
    Counter,
    /// Counters by upper bound, with their count and sum.
    Histogram,
    /// Gauges by upper bound (`_bucket` with `le`), with their count (`_gcount`) and sum (`_gsum`): the distribution of
    /// what lies in a window now. The text format does not know the type and shows three untyped families.
    GaugeHistogram,
}

/// A label of a metric.
#[derive(Debug)]
pub struct MetricLabel {
    /// The name of the label.
    pub name: &'static str,
    /// The values it can have.
    pub values: LabelValues,
}

/// The values of a label.
#[derive(Clone, Copy, Debug)]
pub enum LabelValues {
    /// One of these words.
    Words(fn() -> Vec<&'static str>),
    /// Values that depend on the configuration or the build, described in words.
    Described(&'static str),
}

/// The source of a metric's numbers, with the function that reads them.
#[derive(Clone, Copy, Debug)]
pub(crate) enum MetricOrigin {
    /// Each line's figures of these windows.
    Window { windows: &'static [Window], read: fn(&WindowFigures, Emit<'_>) },
    /// A distribution in each line's figures of these windows.
    Waits { windows: &'static [Window], kind: WaitKind, read: fn(&Sums) -> &Waits },
    /// Each line's figures of these windows, judged by the line's own definition of service level.
    Indicators { windows: &'static [Window], read: fn(&LineInfo, &Sums, Emit<'_>) },
    /// Each line's figures at the instant itself.
    Line(fn(&LineFigures, Emit<'_>)),
    /// Each line's targets.
    Targets(fn(&LineInfo, Emit<'_>)),
    /// Each line's targets that hold at the instant of the figures.
    DatedTargets(fn(&LineInfo, EventTime, Emit<'_>)),
    /// Each line's description.
    Info(fn(&LineInfo, Emit<'_>)),
    /// The state of the pipeline at the instant of the request.
    Snapshot(fn(&Snapshot, Emit<'_>)),
    /// The registry in which the pipeline and the process keep their counters.
    Registry,
}

/// Takes one series: the values of the metric's own labels, in their order, and its number.
pub(crate) type Emit<'a> = &'a mut dyn FnMut(&[&str], Number);

/// The waits in a distribution. Each kind has its own upper bounds.
#[derive(Clone, Copy, Debug)]
pub(crate) enum WaitKind {
    /// Waits that ended with an answer.
    Answer,
    /// Waits that ended with a callback.
    Callback,
}

impl Metric {
    /// The windows in which the metric is exposed; empty for a metric without windows.
    #[must_use]
    pub const fn windows(&self) -> &'static [Window] {
        match self.origin {
            MetricOrigin::Window { windows, .. }
            | MetricOrigin::Waits { windows, .. }
            | MetricOrigin::Indicators { windows, .. } => windows,
            MetricOrigin::Line(_)
            | MetricOrigin::Targets(_)
            | MetricOrigin::DatedTargets(_)
            | MetricOrigin::Info(_)
            | MetricOrigin::Snapshot(_)
            | MetricOrigin::Registry => &[],
        }
    }

    /// Whether the metric is a figure of a line: a number that also exists for an instant of the past.
    #[must_use]
    pub const fn is_figure(&self) -> bool {
        matches!(
            self.origin,
            MetricOrigin::Window { .. }
                | MetricOrigin::Waits { .. }
                | MetricOrigin::Indicators { .. }
                | MetricOrigin::Line(_)
        )
    }

    /// Whether the numbers come from the registry of counters.
    #[must_use]
    pub const fn is_in_registry(&self) -> bool {
        matches!(self.origin, MetricOrigin::Registry)
    }

    /// The metric's name in JSON: [`json_name`] of its name.
    #[must_use]
    pub fn json_name(&self) -> &'static str {
        json_name(self.name)
    }

    /// The suffixes of its samples of lines: the empty one, or those of a distribution.
    pub(crate) const fn suffixes(&self) -> &'static [&'static str] {
        match self.kind {
            MetricKind::GaugeHistogram => &["_bucket", "_gcount", "_gsum"],
            MetricKind::Gauge | MetricKind::Counter | MetricKind::Histogram => &[""],
        }
    }

    /// The name of the family in OpenMetrics, where the `_total` of a counter belongs to the sample.
    pub(crate) fn family_name(&self) -> &'static str {
        match self.kind {
            MetricKind::Counter => self.name.strip_suffix("_total").unwrap_or(self.name),
            MetricKind::Gauge | MetricKind::Histogram | MetricKind::GaugeHistogram => self.name,
        }
    }

    /// The unit at the end of the name; `None` if it ends in none.
    pub(crate) fn unit(&self) -> Option<&'static str> {
        let (_, last) = self.family_name().rsplit_once('_')?;
        ["seconds", "bytes", "ratio"].into_iter().find(|unit| *unit == last)
    }
}

impl MetricLabel {
    pub(crate) const fn words(name: &'static str, words: fn() -> Vec<&'static str>) -> Self {
        Self { name, values: LabelValues::Words(words) }
    }

    pub(crate) const fn described(name: &'static str, what: &'static str) -> Self {
        Self { name, values: LabelValues::Described(what) }
    }
}

impl LabelValues {
    /// The words, or none where the values are only described.
    pub(crate) fn known(&self) -> Vec<&'static str> {
        match self {
            Self::Words(words) => words(),
            Self::Described(_) => Vec::new(),
        }
    }
}

/// The name of a metric in JSON: without `ensilinja_`, and without `window_` because the figures of a window are nested
/// under it.
#[must_use]
pub fn json_name(name: &str) -> &str {
    let name = name.strip_prefix("ensilinja_").unwrap_or(name);
    name.strip_prefix("window_").unwrap_or(name)
}

/// A function that lists the words of a vocabulary.
macro_rules! words {
    ($vocabulary:ty) => {
        || <$vocabulary>::ALL.iter().map(|word| word.as_str()).collect()
    };
}
pub(crate) use words;
