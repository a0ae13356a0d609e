//! The exposition: walks the catalogue and writes the series of each metric.
//!
//! Figures are written straight from the snapshot: there are thousands of them, and none of them exists between two
//! scrapes. The few counters that do are kept by a registry, which hands over [`RegistryFamily`] values.

use ensilinja_ledger::{Bounds, Figures, Window};

use crate::catalogue::metrics;
use crate::line_info::LineInfo;
use crate::line_sample::LineSample;
use crate::line_table::LineTable;
use crate::metric::{Metric, MetricKind, MetricOrigin};
use crate::number::Number;
use crate::registry::{RegistryFamily, RegistryValue};
use crate::snapshot::Snapshot;
use crate::text_format::{MetricsFormat, MetricsText, push_label};

/// Writes the metrics of a table of lines.
#[derive(Debug)]
pub struct Exposition {
    lines: LineTable,
    /// `job="...",instance="..."`: the labels of every line; empty if there are none.
    common_labels: String,
    /// `line="...",channel="..."` of each line, after the common labels.
    labels: Vec<String>,
}

impl Exposition {
    /// The exposition of these lines, in the order of the figures; `bounds` are those of the ledger's rules.
    #[must_use]
    pub fn new(infos: Vec<LineInfo>, bounds: &Bounds) -> Self {
        Self::with_labels(String::new(), infos, bounds)
    }

    /// The same with labels, as [`push_label`] writes them, before those of each line.
    pub(crate) fn with_labels(common_labels: String, infos: Vec<LineInfo>, bounds: &Bounds) -> Self {
        let labels = infos.iter().map(|info| line_labels(&common_labels, info)).collect();
        Self { lines: LineTable::new(infos, bounds), common_labels, labels }
    }

    /// All metrics: the figures and the state of a snapshot, and the counters of a registry.
    #[must_use]
    pub fn text(&self, format: MetricsFormat, snapshot: &Snapshot, counters: &[RegistryFamily]) -> String {
        let mut text = MetricsText::new(format);
        for metric in metrics() {
            match &metric.origin {
                MetricOrigin::Registry => {
                    if let Some(family) = counters.iter().find(|family| family.name == metric.name) {
                        text.begin(metric, "");
                        write_registered(&mut text, metric, family);
                    }
                }
                MetricOrigin::Snapshot(read) => {
                    text.begin(metric, "");
                    read(snapshot, &mut |values, number| write_one(&mut text, metric, values, number));
                }
                MetricOrigin::Window { .. }
                | MetricOrigin::Indicators { .. }
                | MetricOrigin::Waits { .. }
                | MetricOrigin::Line(_)
                | MetricOrigin::Targets(_)
                | MetricOrigin::DatedTargets(_)
                | MetricOrigin::Info(_) => self.write_lines(&mut text, metric, snapshot.figures.as_ref()),
            }
        }
        text.finish()
    }

    /// Writes the families of a metric of lines.
    fn write_lines(&self, text: &mut MetricsText, metric: &'static Metric, figures: Option<&Figures>) {
        // The text format has three families for a distribution, one after the other. OpenMetrics has one, and keeps
        // together what belongs to one line and window.
        let families: &[&[&'static str]] = match (metric.kind, text.format()) {
            (MetricKind::GaugeHistogram, MetricsFormat::Text) => &[&["_bucket"], &["_gcount"], &["_gsum"]],
            _ => &[metric.suffixes()],
        };
        for suffixes in families {
            text.begin(metric, suffixes[0]);
            self.write_samples(text, metric, suffixes, figures, Window::ALL);
        }
    }

    /// Writes the samples with these suffixes, of a family that has begun.
    pub(crate) fn write_samples(
        &self,
        text: &mut MetricsText,
        metric: &'static Metric,
        suffixes: &[&'static str],
        figures: Option<&Figures>,
        windows: &[Window],
    ) {
        self.lines.samples(metric, suffixes, figures, windows, &mut |sample| self.write_sample(text, metric, sample));
    }

    fn write_sample(&self, text: &mut MetricsText, metric: &'static Metric, sample: &LineSample<'_>) {
        let mut written = text.sample(metric, sample.suffix).labels(&self.labels[sample.line]);
        for (label, value) in metric.labels.iter().zip(sample.values) {
            written = written.label(label.name, value);
        }
        if let Some(window) = sample.window {
            written = written.label("window", window.as_str());
        }
        if let Some(le) = sample.le {
            written = written.label("le", le);
        }
        written.number(sample.number);
    }

    /// The labels that every line has.
    pub(crate) fn common_labels(&self) -> &str {
        &self.common_labels
    }

    /// The lines.
    #[must_use]
    pub const fn lines(&self) -> &LineTable {
        &self.lines
    }
}

fn line_labels(common: &str, info: &LineInfo) -> String {
    let mut labels = common.to_owned();
    if !labels.is_empty() {
        labels.push(',');
    }
    push_label(&mut labels, "line", info.id.as_str());
    labels.push(',');
    push_label(&mut labels, "channel", info.channel.as_str());
    labels
}

/// Writes a sample that belongs to no line.
fn write_one<V: AsRef<str>>(text: &mut MetricsText, metric: &Metric, values: &[V], number: Number) {
    let mut sample = text.sample(metric, "");
    for (label, value) in metric.labels.iter().zip(values) {
        sample = sample.label(label.name, value.as_ref());
    }
    sample.number(number);
}

#[expect(clippy::cast_precision_loss, reason = "a count of events fits 53 bits")]
fn write_registered(text: &mut MetricsText, metric: &'static Metric, family: &RegistryFamily) {
    for series in &family.series {
        match &series.value {
            RegistryValue::Number(value) => write_one(text, metric, &series.labels, Number::Real(*value)),
            RegistryValue::Histogram { buckets, count, sum } => {
                for (bound, at_or_below) in buckets {
                    let le = Number::Real(*bound).written();
                    let number = Number::Real(*at_or_below as f64);
                    text.sample(metric, "_bucket").label("le", &le).number(number);
                }
                let count = Number::Real(*count as f64);
                text.sample(metric, "_bucket").label("le", "+Inf").number(count);
                text.sample(metric, "_sum").number(Number::Real(*sum));
                text.sample(metric, "_count").number(count);
            }
        }
    }
}
