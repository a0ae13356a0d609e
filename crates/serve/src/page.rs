//! A page of metrics being written, in either format: the grammar of the two, and exact numbers.
//!
//! ```text
//! text 0.0.4                                    OpenMetrics 1.0
//! # HELP name_total What it means.              # TYPE name counter
//! # TYPE name_total counter                     # HELP name What it means.
//! name_total{label="value"} 3                   name_total{label="value"} 3
//!                                               # EOF
//! ```
//!
//! `le` is written alike in both (`le="5"`, not OpenMetrics' canonical `5.0`): it is part of a series' identity, and a
//! rule must find the same series whichever format was negotiated.

use std::fmt::Write as _;

use ensilinja_model::EventTime;

use crate::catalogue::{Kind, Metric, Number};

/// A format of the exposition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Prometheus' text format 0.0.4: what everything understands.
    Text,
    /// OpenMetrics 1.0: knows units and gauge histograms.
    OpenMetrics,
}

impl Format {
    /// The content type of a page in this format.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Text => "text/plain; version=0.0.4; charset=utf-8",
            Self::OpenMetrics => "application/openmetrics-text; version=1.0.0; charset=utf-8",
        }
    }
}

/// The text so far.
#[derive(Debug)]
pub(crate) struct Page {
    text: String,
    format: Format,
    /// The family that was begun and has no sample yet: one that gets none is not mentioned.
    begun: Option<(&'static Metric, &'static str)>,
    /// What follows the number of a sample: nothing, or a space and the instant it is of, in whole seconds.
    stamp: String,
}

/// A sample being written: its labels in the order they are added, then its number.
#[derive(Debug)]
pub(crate) struct Sample<'page> {
    text: &'page mut String,
    stamp: &'page str,
    separator: char,
}

impl Page {
    pub(crate) fn new(format: Format) -> Self {
        // A county's page is about a megabyte; growing to it copies about as much again.
        Self { text: String::with_capacity(1 << 20), format, begun: None, stamp: String::new() }
    }

    /// A part of a page of OpenMetrics: one family, whose samples say which instant they are of.
    pub(crate) const fn of_the_past(metric: &'static Metric) -> Self {
        Self { text: String::new(), format: Format::OpenMetrics, begun: Some((metric, "")), stamp: String::new() }
    }

    /// The samples from here on are of this instant, a whole second.
    pub(crate) fn set_instant(&mut self, at: EventTime) {
        self.stamp = format!(" {}", at.floor_second());
    }

    /// Takes what has been written since it was taken last; what has been begun goes on.
    pub(crate) fn take(&mut self) -> String {
        std::mem::take(&mut self.text)
    }

    pub(crate) const fn format(&self) -> Format {
        self.format
    }

    /// Begins a family. `part` is the suffix of a gauge histogram's part where the text format shows it as a family of
    /// its own, else empty.
    pub(crate) const fn begin(&mut self, metric: &'static Metric, part: &'static str) {
        self.begun = Some((metric, part));
    }

    /// Begins a sample of the family; its name is the metric's with `suffix`.
    pub(crate) fn sample(&mut self, metric: &Metric, suffix: &str) -> Sample<'_> {
        if let Some((metric, part)) = self.begun.take() {
            self.describe(metric, part);
        }
        self.text.push_str(metric.name);
        self.text.push_str(suffix);
        Sample { text: &mut self.text, stamp: &self.stamp, separator: '{' }
    }

    fn describe(&mut self, metric: &Metric, part: &str) {
        let Self { text, format, .. } = self;
        let written = match format {
            Format::Text => {
                let (name, help, kind) = (metric.name, metric.help, text_type(metric.kind));
                let about = match part {
                    "_bucket" => ": how many at or below le",
                    "_gcount" => ": how many",
                    "_gsum" => ": their sum",
                    _ => "",
                };
                writeln!(text, "# HELP {name}{part} {help}{about}\n# TYPE {name}{part} {kind}")
            }
            Format::OpenMetrics => {
                let (name, help, kind) = (metric.family(), metric.help, open_metrics_type(metric.kind));
                let unit = metric.unit().map_or_else(String::new, |unit| format!("# UNIT {name} {unit}\n"));
                write!(text, "# TYPE {name} {kind}\n{unit}# HELP {name} {help}\n")
            }
        };
        written.expect("writing to a string cannot fail");
    }

    /// The whole text.
    pub(crate) fn finish(mut self) -> String {
        if self.format == Format::OpenMetrics {
            self.text.push_str("# EOF\n");
        }
        self.text
    }
}

impl Sample<'_> {
    /// Adds labels that are written already, `name="value",...`; none, if it is empty.
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

    /// Ends the sample with its number.
    pub(crate) fn number(self, number: Number) {
        if self.separator == ',' {
            self.text.push('}');
        }
        self.text.push(' ');
        push_number(self.text, number);
        self.text.push_str(self.stamp);
        self.text.push('\n');
    }
}

/// Writes `name="value"`, escaped.
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

/// Writes a number with no digit that says nothing: `3`, not `3.0`; 1 234 ms as `1.234`.
pub(crate) fn push_number(text: &mut String, number: Number) {
    let written = match number {
        Number::Count(count) => write!(text, "{count}"),
        Number::Millis(ms) => {
            let (sign, ms) = (if ms < 0 { "-" } else { "" }, ms.unsigned_abs());
            match (ms / 1000, ms % 1000) {
                (seconds, 0) => write!(text, "{sign}{seconds}"),
                (seconds, rest) if rest % 100 == 0 => write!(text, "{sign}{seconds}.{}", rest / 100),
                (seconds, rest) if rest % 10 == 0 => write!(text, "{sign}{seconds}.{:02}", rest / 10),
                (seconds, rest) => write!(text, "{sign}{seconds}.{rest:03}"),
            }
        }
        Number::Real(real) if real == f64::INFINITY => write!(text, "+Inf"),
        Number::Real(real) if real == f64::NEG_INFINITY => write!(text, "-Inf"),
        Number::Real(real) => write!(text, "{real}"),
    };
    written.expect("writing to a string cannot fail");
}

const fn text_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Gauge => "gauge",
        Kind::Counter => "counter",
        Kind::Histogram => "histogram",
        Kind::GaugeHistogram => "untyped",
    }
}

const fn open_metrics_type(kind: Kind) -> &'static str {
    match kind {
        Kind::Gauge => "gauge",
        Kind::Counter => "counter",
        Kind::Histogram => "histogram",
        Kind::GaugeHistogram => "gaugehistogram",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::metric;

    fn written(number: Number) -> String {
        let mut text = String::new();
        push_number(&mut text, number);
        text
    }

    #[test]
    fn a_number_has_no_digit_that_says_nothing() {
        for (ms, text) in [
            (0, "0"),
            (1, "0.001"),
            (10, "0.01"),
            (50, "0.05"),
            (100, "0.1"),
            (999, "0.999"),
            (1000, "1"),
            (1234, "1.234"),
            (1230, "1.23"),
            (1200, "1.2"),
            (-1500, "-1.5"),
            (-1, "-0.001"),
            (1_758_006_900_123, "1758006900.123"),
            (i64::MIN, "-9223372036854775.808"),
        ] {
            assert_eq!(written(Number::Millis(ms)), text);
        }
        for (real, text) in [
            (3.0, "3"),
            (0.005, "0.005"),
            (f64::INFINITY, "+Inf"),
            (f64::NEG_INFINITY, "-Inf"),
            (f64::NAN, "NaN"),
            (1e10, "10000000000"),
        ] {
            assert_eq!(written(Number::Real(real)), text);
        }
    }

    #[test]
    fn a_label_s_value_is_escaped() {
        let mut text = String::new();
        push_label(&mut text, "name_fi", "a\\b \"ä\"\n\n");
        assert_eq!(text, r#"name_fi="a\\b \"ä\"\n\n""#);
        text.clear();
        push_label(&mut text, "group", "");
        assert_eq!(text, r#"group="""#);
    }

    #[test]
    fn a_family_without_samples_is_not_mentioned() {
        let mut page = Page::new(Format::OpenMetrics);
        let waiting = metric("ensilinja_contacts_waiting");
        page.begin(metric("ensilinja_partitions"), "");
        page.begin(waiting, "");
        page.sample(waiting, "").labels("line=\"a\"").label("x", "y").number(Number::Count(1));
        page.sample(waiting, "").number(Number::Count(2));
        assert_eq!(
            page.finish(),
            "# TYPE ensilinja_contacts_waiting gauge\n\
             # HELP ensilinja_contacts_waiting Contacts waiting now, the menu included\n\
             ensilinja_contacts_waiting{line=\"a\",x=\"y\"} 1\n\
             ensilinja_contacts_waiting 2\n\
             # EOF\n"
        );
    }
}
