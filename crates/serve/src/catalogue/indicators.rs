//! Each line in percentages, as numerators and denominators, and what is aimed at. The rows of the ledger's table of
//! indicators that can be told at once, of the lines of whose channel they say anything.

use ensilinja_ledger::{Indicator, Ratio, Sums, Window};

use super::{Emit, Kind, Label, Metric, Number, Origin};
use crate::line_card::LineCard;
use crate::targets::Target;

/// Windows in which enough is decided for a percentage.
const WINDOWS: &[Window] = &[Window::Today, Window::Yesterday, Window::Open2Hours, Window::Open5Days];

const INDICATOR: Label = Label::words("indicator", || live().map(Indicator::as_str).collect());
const AIMED_AT: Label = Label::described("indicator", "one of the indicators, where the line has one");

fn live() -> impl Iterator<Item = Indicator> {
    Indicator::ALL.iter().copied().filter(|indicator| indicator.is_live())
}

/// The indicators that are told at once and say anything of lines of this channel.
pub(crate) fn of_line(card: &LineCard) -> impl Iterator<Item = Indicator> {
    live().filter(|indicator| indicator.applies_to(card.channel))
}

fn counts(card: &LineCard, sums: &Sums, emit: Emit<'_>, count: fn(Ratio) -> i64) {
    for indicator in of_line(card) {
        emit(&[indicator.as_str()], Number::Count(count(indicator.of(sums, card.service_level))));
    }
}

fn targets(card: &LineCard, emit: Emit<'_>, part: fn(Target) -> Option<f64>) {
    for indicator in of_line(card) {
        if let Some(share) = part(card.targets.of(indicator)) {
            emit(&[indicator.as_str()], Number::Real(share));
        }
    }
}

pub(super) const METRICS: &[Metric] = &[
    Metric {
        name: "ensilinja_indicator_good",
        kind: Kind::Gauge,
        labels: &[INDICATOR],
        help: "How many of those an indicator looks at are as it asks: its numerator",
        origin: Origin::Indicators {
            windows: WINDOWS,
            read: |card, sums, emit| counts(card, sums, emit, |ratio| ratio.good),
        },
    },
    Metric {
        name: "ensilinja_indicator_valid",
        kind: Kind::Gauge,
        labels: &[INDICATOR],
        help: "How many an indicator looks at: its denominator, the n that stands beside the percentage; of 0 there is none",
        origin: Origin::Indicators {
            windows: WINDOWS,
            read: |card, sums, emit| counts(card, sums, emit, |ratio| ratio.valid),
        },
    },
    Metric {
        name: "ensilinja_target_ratio",
        kind: Kind::Gauge,
        labels: &[AIMED_AT],
        help: "The goal of an indicator, 0 to 1",
        origin: Origin::Targets(|card, emit| targets(card, emit, |target| target.goal)),
    },
    Metric {
        name: "ensilinja_alert_floor_ratio",
        kind: Kind::Gauge,
        labels: &[AIMED_AT],
        help: "The share of an indicator below which alerts go off, 0 to 1; not the goal",
        origin: Origin::Targets(|card, emit| targets(card, emit, |target| target.alert_floor)),
    },
];
