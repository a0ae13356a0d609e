//! The series of the recording rules in `deploy/prometheus/rules/recording.yml`, as Prometheus would record them from a
//! process with the figures of the replay. Dashboards and alerts query these series, and no Prometheus evaluates rules
//! at instants of the past.
//!
//! ```text
//! ensilinja_indicator_good{job="ensilinja",instance="replay",line="mipa",...} 41 1757908800     the figure
//! ensilinja:good{job="ensilinja",line="mipa",...} 41 1757908800                                 the recorded series
//! ```
//!
//! Invariant: each series equals the result of its rule on the rest of the text, at every instant, to the last bit. The
//! rules are written twice, in `PromQL` for Prometheus and here for a replay. `tests/real/backfill.rs` loads the text
//! into a Prometheus, evaluates each rule at each instant and compares. It also fails for a rule that this table lacks.

use std::sync::LazyLock;

use ensilinja_ledger::{Figures, Ratio, Sums};

use super::Export;
use crate::catalogue::{metric, of_line};
use crate::line_info::LineInfo;
use crate::metric::{Emit, Metric, MetricKind, MetricOrigin};
use crate::number::Number;
use crate::text_format::MetricsText;

/// A series of a recording rule.
#[derive(Debug)]
pub(super) struct RecordedSeries {
    /// The name of the series, and the function that reads its numbers.
    pub(super) metric: Metric,
    /// The metrics that its rule queries.
    of: Vec<&'static Metric>,
    rule: RecordingRule,
}

/// The shape of a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum RecordingRule {
    /// The process whose figures are recorded, while they are complete.
    Source,
    /// A number of each line, while the figures are complete; without `instance`.
    Figure,
    /// The description of each line, complete or not; without `instance`.
    Info,
    /// The labels of a line that its alerts show, complete or not.
    Name,
}

/// The constants of Wilson's upper bound, as written in the rules.
struct Wilson {
    z: f64,
    half_square: f64,
    quarter_square: f64,
    square: f64,
}

/// One-sided: the true share is below the bound with 99 % confidence.
const WILSON_99: Wilson = Wilson { z: 2.32635, half_square: 2.70595, quarter_square: 1.35297, square: 5.41189 };
/// The same with 95 %.
const WILSON_95: Wilson = Wilson { z: 1.64485, half_square: 1.35277, quarter_square: 0.67638, square: 2.70553 };

/// The series that rename a metric, each with the metric.
const RENAMED: [(&str, &str); 13] = [
    ("ensilinja:good", "ensilinja_indicator_good"),
    ("ensilinja:valid", "ensilinja_indicator_valid"),
    ("ensilinja:floor", "ensilinja_alert_floor_ratio"),
    ("ensilinja:target", "ensilinja_target_ratio"),
    ("ensilinja:line_open", "ensilinja_line_open"),
    ("ensilinja:callbacks_outstanding", "ensilinja_callbacks_outstanding"),
    ("ensilinja:offered", "ensilinja_window_contacts_offered"),
    ("ensilinja:decided", "ensilinja_window_contacts_decided"),
    ("ensilinja:callbacks_closed", "ensilinja_window_callbacks_closed"),
    ("ensilinja:callback_attempts", "ensilinja_window_callback_attempts"),
    ("ensilinja:callback_next_due_open_seconds", "ensilinja_callback_next_due_open_seconds"),
    ("ensilinja:contacts_waiting", "ensilinja_contacts_waiting"),
    ("ensilinja:waiting_oldest_seconds", "ensilinja_waiting_oldest_seconds"),
];

/// Every recorded series.
pub(super) static RECORDED: LazyLock<Vec<RecordedSeries>> = LazyLock::new(|| {
    let renamed = |rule, name, of: &'static str| RecordedSeries {
        metric: Metric { name, ..*metric(of) },
        of: vec![metric(of)],
        rule,
    };
    let mut all = vec![
        renamed(RecordingRule::Source, "ensilinja:source", "process_start_time_seconds"),
        renamed(RecordingRule::Info, "ensilinja:line_info", "ensilinja_line_info"),
        renamed(RecordingRule::Name, "ensilinja:line_name", "ensilinja_line_info"),
    ];
    all.extend(RENAMED.into_iter().map(|(name, of)| renamed(RecordingRule::Figure, name, of)));
    all.push(upper_bound(
        "ensilinja:upper99",
        "Upper bound of the true share, with 99 % confidence",
        |info, sums, emit| {
            upper_bounds(info, sums, emit, &WILSON_99);
        },
    ));
    all.push(upper_bound(
        "ensilinja:upper95",
        "Upper bound of the true share, with 95 % confidence",
        |info, sums, emit| {
            upper_bounds(info, sums, emit, &WILSON_95);
        },
    ));
    all
});

fn upper_bound(name: &'static str, help: &'static str, read: fn(&LineInfo, &Sums, Emit<'_>)) -> RecordedSeries {
    let [good, valid] = ["ensilinja_indicator_good", "ensilinja_indicator_valid"].map(metric);
    let origin = MetricOrigin::Indicators { windows: good.windows(), read };
    RecordedSeries {
        metric: Metric { name, kind: MetricKind::Gauge, labels: good.labels, help, origin },
        of: vec![good, valid],
        rule: RecordingRule::Figure,
    }
}

fn upper_bounds(info: &LineInfo, sums: &Sums, emit: Emit<'_>, wilson: &Wilson) {
    for indicator in of_line(info) {
        let bound = wilson.upper_bound(indicator.of(sums, info.service_level));
        emit(&[indicator.as_str()], Number::Real(bound));
    }
}

impl Wilson {
    /// Follows the rule operation by operation, so that the bits are the same. As there, a denominator of 0 gives NaN.
    #[expect(clippy::cast_precision_loss, reason = "a count of contacts fits 53 bits")]
    fn upper_bound(&self, ratio: Ratio) -> f64 {
        let (good, valid) = (ratio.good as f64, ratio.valid as f64);
        let spread = (good * (valid - good) / valid + self.quarter_square).sqrt();
        (good + self.half_square + self.z * spread) / (valid + self.square)
    }
}

impl Export {
    /// Whether a series is written: recorded series are exported, and the metrics of its rule are in the text.
    pub(super) fn is_recorded(&self, recorded: &RecordedSeries) -> bool {
        self.with_recorded && recorded.of.iter().all(|of| !of.is_figure() || self.selection.has(of))
    }

    /// Writes an instant of a recorded series; `figures` are those of the exported lines.
    pub(super) fn write_recorded(
        &self,
        text: &mut MetricsText,
        recorded: &'static RecordedSeries,
        figures: &Figures,
        is_complete: bool,
    ) {
        let metric = &recorded.metric;
        match recorded.rule {
            RecordingRule::Source | RecordingRule::Figure if !is_complete => {}
            RecordingRule::Source => {
                text.sample(metric, "").labels(self.exposition.common_labels()).number(Number::Count(0));
            }
            RecordingRule::Figure | RecordingRule::Info => {
                self.recorded.write_samples(text, metric, metric.suffixes(), Some(figures), &self.selection.windows);
            }
            RecordingRule::Name => {
                for info in self.recorded.lines().infos() {
                    let named = text.sample(metric, "").labels(&self.job).label("line", info.id.as_str());
                    let placed = named.label("name", &info.name_fi).label("group", &info.group);
                    placed.label("service_area", &info.service_area).number(Number::Count(1));
                }
            }
        }
    }
}
