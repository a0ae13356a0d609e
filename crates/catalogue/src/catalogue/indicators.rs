//! The metrics of the indicators of each line: numerators, denominators, goals and alert floors. They cover the live
//! rows of the ledger's table of indicators that apply to the line's channel.

use ensilinja_ledger::{Indicator, Ratio, Sums, Window};

use crate::line_info::LineInfo;
use crate::metric::{Emit, Metric, MetricKind, MetricLabel, MetricOrigin, words};
use crate::number::Number;
use crate::targets::{Target, VolumeScope};

/// The windows in which enough contacts are decided for a percentage.
const WINDOWS: &[Window] = &[Window::Today, Window::Yesterday, Window::Open2Hours, Window::Open5Days];

const INDICATOR: MetricLabel = MetricLabel::words("indicator", || live().map(Indicator::as_str).collect());
const TARGETED: MetricLabel = MetricLabel::described("indicator", "the indicators for which the line has one");

fn live() -> impl Iterator<Item = Indicator> {
    Indicator::ALL.iter().copied().filter(|indicator| indicator.is_live())
}

/// The live indicators that apply to the channel of a line.
pub(crate) fn of_line(info: &LineInfo) -> impl Iterator<Item = Indicator> {
    live().filter(|indicator| indicator.applies_to(info.channel))
}

fn counts(info: &LineInfo, sums: &Sums, emit: Emit<'_>, count: fn(Ratio) -> i64) {
    for indicator in of_line(info) {
        emit(&[indicator.as_str()], Number::Count(count(indicator.of(sums, info.service_level))));
    }
}

fn targets(info: &LineInfo, emit: Emit<'_>, part: fn(Target) -> Option<f64>) {
    for indicator in of_line(info) {
        if let Some(share) = part(info.targets.of(indicator)) {
            emit(&[indicator.as_str()], Number::Real(share));
        }
    }
}

pub(super) const METRICS: &[Metric] = &[
    Metric {
        name: "ensilinja_indicator_good",
        kind: MetricKind::Gauge,
        labels: &[INDICATOR],
        help: "Numerator of the indicator",
        origin: MetricOrigin::Indicators {
            windows: WINDOWS,
            read: |info, sums, emit| counts(info, sums, emit, |ratio| ratio.good),
        },
    },
    Metric {
        name: "ensilinja_indicator_valid",
        kind: MetricKind::Gauge,
        labels: &[INDICATOR],
        help: "Denominator of the indicator, the n beside the percentage; 0 means that there is no percentage",
        origin: MetricOrigin::Indicators {
            windows: WINDOWS,
            read: |info, sums, emit| counts(info, sums, emit, |ratio| ratio.valid),
        },
    },
    Metric {
        name: "ensilinja_target_ratio",
        kind: MetricKind::Gauge,
        labels: &[TARGETED],
        help: "The goal of an indicator, 0 to 1",
        origin: MetricOrigin::Targets(|info, emit| targets(info, emit, |target| target.goal)),
    },
    Metric {
        name: "ensilinja_alert_floor_ratio",
        kind: MetricKind::Gauge,
        labels: &[TARGETED],
        help: "The share below which alerts on the indicator fire, 0 to 1; not the goal",
        origin: MetricOrigin::Targets(|info, emit| targets(info, emit, |target| target.alert_floor)),
    },
    Metric {
        name: "ensilinja_target_contacts_per_month",
        kind: MetricKind::Gauge,
        labels: &[MetricLabel::words("of", words!(VolumeScope))],
        help: "The goal for the contacts that arrive in this month at the line, at the lines of its group with the same \
               channel, or at all lines of its channel; every line with a part in a goal has it, so never sum over lines",
        origin: MetricOrigin::DatedTargets(|info, at, emit| {
            for goals in &info.volume_goals {
                if let Some(contacts) = goals.at(at) {
                    emit(&[goals.scope.as_str()], Number::Count(i64::from(contacts)));
                }
            }
        }),
    },
];
