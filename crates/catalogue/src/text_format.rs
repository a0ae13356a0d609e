//! The grammar of the two text formats of metrics.
//!
//! ```text
//! text 0.0.4                                    OpenMetrics 1.0
//! # HELP name_total What it means.              # TYPE name counter
//! # TYPE name_total counter                     # HELP name What it means.
//! name_total{label="value"} 3                   name_total{label="value"} 3
//!                                               # EOF
//! ```
//!
//! `le` is written alike in both (`le="5"`, not OpenMetrics' canonical `5.0`). It is part of the identity of a series,
//! and a rule must find the same series whichever format was negotiated.

use std::fmt::Write as _;

use ensilinja_model::EventTime;

use crate::metric::{Metric, MetricKind};
use crate::number::Number;

/// A text format of the exposition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MetricsFormat {
    /// Prometheus' text format 0.0.4, which every scraper understands.
    Text,
    /// OpenMetrics 1.0, which has units and gauge histograms.
    OpenMetrics,
}

impl MetricsFormat {
    /// The content type of a text in this format.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Text => "text/plain; version=0.0.4; charset=utf-8",
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
        }
    }
}

/// A text of metrics while it is written.
#[derive(Debug)]
pub(crate) struct MetricsText {
    text: String,
    format: MetricsFormat,
    /// The family that has begun and has no sample yet. A family that gets none is left out.
    begun: Option<(&'static Metric, &'static str)>,
    /// What follows the number of a sample: nothing, or a space and its timestamp in whole seconds.
    stamp: String,
}

/// A sample while it is written: its labels in the order in which they are added, then its number.
#[derive(Debug)]
pub(crate) struct TextSample<'text> {
    text: &'text mut String,
    stamp: &'text str,
    separator: char,
}

impl MetricsText {
    pub(crate) fn new(format: MetricsFormat) -> Self {
        // A county's metrics are about a megabyte. Growing to it would copy about as much again.
        Self { text: String::with_capacity(1 << 20), format, begun: None, stamp: String::new() }
    }

    /// A part of an OpenMetrics text: one family, whose samples have timestamps.
    pub(crate) const fn with_timestamps(metric: &'static Metric) -> Self {
        Self {
            text: String::new(),
            format: MetricsFormat::OpenMetrics,
            begun: Some((metric, "")),
            stamp: String::new(),
        }
    }

    /// Sets the timestamp of the samples that follow, rounded down to a second.
    pub(crate) fn set_instant(&mut self, at: EventTime) {
        self.stamp = format!(" {}", at.floor_second());
    }

    /// Takes what has been written since the last call. A family that has begun continues.
    pub(crate) fn take(&mut self) -> String {
        std::mem::take(&mut self.text)
    }

    pub(crate) const fn format(&self) -> MetricsFormat {
        self.format
    }

    /// Begins a family. `suffix` is that of a part of a gauge histogram where the text format has a family for it,
    /// otherwise empty.
    pub(crate) const fn begin(&mut self, metric: &'static Metric, suffix: &'static str) {
        self.begun = Some((metric, suffix));
    }

    /// Begins a sample of the family, named after the metric with `suffix`.
    pub(crate) fn sample(&mut self, metric: &Metric, suffix: &str) -> TextSample<'_> {
        if let Some((metric, suffix)) = self.begun.take() {
            self.describe(metric, suffix);
        }
        self.text.push_str(metric.name);
        self.text.push_str(suffix);
        TextSample { text: &mut self.text, stamp: &self.stamp, separator: '{' }
    }

    fn describe(&mut self, metric: &Metric, suffix: &str) {
        let Self { text, format, .. } = self;
        let written = match format {
            MetricsFormat::Text => {
                let (name, help, kind) = (metric.name, metric.help, text_type(metric.kind));
                let about = match suffix {
                    "_bucket" => ": how many at or below le",
                    "_gcount" => ": how many",
                    "_gsum" => ": their sum",
                    _ => "",
                };
                writeln!(text, "# HELP {name}{suffix} {help}{about}\n# TYPE {name}{suffix} {kind}")
            }
            MetricsFormat::OpenMetrics => {
                let (name, help, kind) = (metric.family_name(), metric.help, open_metrics_type(metric.kind));
                let unit = metric.unit().map_or_else(String::new, |unit| format!("# UNIT {name} {unit}\n"));
                write!(text, "# TYPE {name} {kind}\n{unit}# HELP {name} {help}\n")
            }
        };
        written.expect("writing to a string cannot fail");
    }

    /// The whole text.
    pub(crate) fn finish(mut self) -> String {
        if self.format == MetricsFormat::OpenMetrics {
            self.text.push_str("# EOF\n");
        }
        self.text
    }
}

impl TextSample<'_> {
    /// Adds labels that are already written as `name="value",...`, or none if the text is empty.
    pub(crate) fn labels(self, written: &str) -> Self {
        if written.is_empty() {
            return self;
        }
        self.text.push(self.separator);
        self.text.push_str(written);
        Self { separator: ',', ..self }
    }

    /// Adds a label.
    pub(crate) fn label(self, name: &str, value: &str) -> Self {
        self.text.push(self.separator);
        push_label(self.text, name, value);
        Self { separator: ',', ..self }
    }

    /// Ends the sample with its number and its timestamp.
    pub(crate) fn number(self, number: Number) {
        if self.separator == ',' {
            self.text.push('}');
        }
        self.text.push(' ');
        number.push_to(self.text);
        self.text.push_str(self.stamp);
        self.text.push('\n');
    }
}

/// Appends `name="value"`, escaped.
pub(crate) fn push_label(text: &mut String, name: &str, value: &str) {
    text.push_str(name);
    text.push_str("=\"");
    let mut rest = value;
    while let Some(at) = rest.find(['\\', '"', '\n']) {
        text.push_str(&rest[..at]);
        text.push_str(match rest.as_bytes()[at] {
            b'\\' => r"\\",
            b'"' => r#"\""#,
            _ => r"\n",
        });
        rest = &rest[at + 1..];
    }
    text.push_str(rest);
    text.push('"');
}

/// Writes labels as they stand before those of a line.
pub(crate) fn written_labels<'a>(labels: impl Iterator<Item = &'a (String, String)>) -> String {
    let mut text = String::new();
    for (name, value) in labels {
        if !text.is_empty() {
            text.push(',');
        }
        push_label(&mut text, name, value);
    }
    text
}

const fn text_type(kind: MetricKind) -> &'static str {
    match kind {
        MetricKind::Gauge => "gauge",
        MetricKind::Counter => "counter",
        MetricKind::Histogram => "histogram",
        MetricKind::GaugeHistogram => "untyped",
    }
}

const fn open_metrics_type(kind: MetricKind) -> &'static str {
    match kind {
        MetricKind::Gauge => "gauge",
        MetricKind::Counter => "counter",
        MetricKind::Histogram => "histogram",
        MetricKind::GaugeHistogram => "gaugehistogram",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::metric;

    #[test]
    fn label_values_are_escaped() {
        let mut text = String::new();
        push_label(&mut text, "name_fi", "a\\b \"ä\"\n\n");
        assert_eq!(text, r#"name_fi="a\\b \"ä\"\n\n""#);
        text.clear();
        push_label(&mut text, "group", "");
        assert_eq!(text, r#"group="""#);
    }

    #[test]
    fn a_family_without_samples_is_left_out() {
        let mut text = MetricsText::new(MetricsFormat::OpenMetrics);
        let waiting = metric("ensilinja_contacts_waiting");
        text.begin(metric("ensilinja_partitions"), "");
        text.begin(waiting, "");
        text.sample(waiting, "").labels("line=\"a\"").label("x", "y").number(Number::Count(1));
        text.sample(waiting, "").number(Number::Count(2));
        assert_eq!(
            text.finish(),
            "# TYPE ensilinja_contacts_waiting gauge\n\
             # HELP ensilinja_contacts_waiting Contacts waiting now, including those in the menu\n\
             ensilinja_contacts_waiting{line=\"a\",x=\"y\"} 1\n\
             ensilinja_contacts_waiting 2\n\
             # EOF\n"
        );
    }
}
