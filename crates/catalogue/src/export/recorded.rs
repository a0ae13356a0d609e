//! The series that Prometheus records by `deploy/prometheus/rules/recording.yml`, as it would of a process that says
//! what the replay says: boards and alerts ask these, and for the past no Prometheus works them out at its instants.
//!
//! ```text
//! ensilinja_indicator_good{job="ensilinja",instance="replay",line="mipa",...} 41 1757908800     the figure
//! ensilinja:good{job="ensilinja",line="mipa",...} 41 1757908800                                 what is recorded of it
//! ```
//!
//! What must hold: each series is what its rule makes of the rest of the text, at every instant, to the last bit. The
//! rules are stated in `PromQL` for Prometheus and here for a replay; a test puts the text into a Prometheus, evaluates
//! each rule at each instant and compares (`tests/real/backfill.rs`). A rule that this table lacks fails it too.

use std::sync::LazyLock;

use ensilinja_ledger::{Figures, Ratio, Sums};

use super::Export;
use crate::catalogue::{metric, of_line};
use crate::line_info::LineInfo;
use crate::metric::{Emit, Metric, MetricKind, MetricOrigin};
use crate::number::Number;
use crate::text_format::MetricsText;

/// A series that a rule records.
#[derive(Debug)]
pub(super) struct RecordedSeries {
    /// Its name, and how its numbers are read off the figures of a line.
    pub(super) metric: Metric,
    /// The metrics that its rule asks for.
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
    /// What each line is, at any time; without `instance`.
    Info,
    /// What an alert on a line says of it, at any time.
    Name,
}

/// The numbers of Wilson's upper bound, as the rules have them.
struct Wilson {
    z: f64,
    half_square: f64,
    quarter_square: f64,
    square: f64,
}

/// One-sided: the true share is below the bound with 99 % certainty.
const WILSON_99: Wilson = Wilson { z: 2.32635, half_square: 2.70595, quarter_square: 1.35297, square: 5.41189 };
/// The same with 95 %.
const WILSON_95: Wilson = Wilson { z: 1.64485, half_square: 1.35277, quarter_square: 0.67638, square: 2.70553 };

/// Those that are a metric under another name, each with the metric.
const SAME: [(&str, &str); 13] = [
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
    let same = |rule, name, of: &'static str| RecordedSeries {
        metric: Metric { name, ..*metric(of) },
        of: vec![metric(of)],
        rule,
    };
    let mut all = vec![
        same(RecordingRule::Source, "ensilinja:source", "process_start_time_seconds"),
        same(RecordingRule::Info, "ensilinja:line_info", "ensilinja_line_info"),
        same(RecordingRule::Name, "ensilinja:line_name", "ensilinja_line_info"),
    ];
    all.extend(SAME.into_iter().map(|(name, of)| same(RecordingRule::Figure, name, of)));
    all.push(upper_bound(
        "ensilinja:upper99",
        "Upper bound of the true share, with 99 % certainty",
        |info, sums, emit| {
            upper_bounds(info, sums, emit, &WILSON_99);
        },
    ));
    all.push(upper_bound(
        "ensilinja:upper95",
        "Upper bound of the true share, with 95 % certainty",
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
    /// Operation by operation as the rule has it, so that the bits are the same. Of a denominator of 0 it is NaN, as
    /// there.
    #[expect(clippy::cast_precision_loss, reason = "a count of contacts fits 53 bits")]
    fn upper_bound(&self, ratio: Ratio) -> f64 {
        let (good, valid) = (ratio.good as f64, ratio.valid as f64);
        let spread = (good * (valid - good) / valid + self.quarter_square).sqrt();
        (good + self.half_square + self.z * spread) / (valid + self.square)
    }
}

impl Export {
    /// Whether a recorded series is wanted, and what its rule asks for is in the text.
    pub(super) fn is_recorded(&self, recorded: &RecordedSeries) -> bool {
        self.with_recorded && recorded.of.iter().all(|of| !of.is_figure() || self.selection.has(of))
    }

    /// Writes an instant of a recorded series; `figures` are those of the wanted lines.
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
