//! The catalogue: one table of every metric, read by the encoder, the JSON, the pipeline's counters and the reference
//! page, so that a name, a label or a help text is stated once.
//!
//! Figures are balances, so they are gauges: they go down again when a window moves on or a fact is corrected, and
//! after a restart they are what they were. Counters are for the pipeline only, and start with the process.
//! The label values of one family never overlap, so a sum over them always means something (flags apart, which say so).

mod indicators;
mod lines;
mod pipeline;
mod process;
mod windows;

use ensilinja_ledger::{LineFigures, Sums, Waits, Window, WindowFigures};

use crate::line_card::LineCard;
use crate::snapshot::Snapshot;

pub(crate) use indicators::of_line;

/// The parts of the catalogue, in the order in which they are exposed.
pub static CATALOGUE: [Part; 5] = [
    Part {
        title: "Lines, by window",
        about: "Labels: `line`, `channel`, the metric's own, then `window`. A window is absent, not low, while history \
                does not reach back to its start. Before the figures are rebuilt, all are absent. `open2h` begins \
                where the line has since been open for two hours, `open5d` with the fifth latest day on which it \
                opened; both end now.",
        metrics: windows::METRICS,
    },
    Part {
        title: "Lines, by indicator",
        about: "Labels: `line`, `channel`, `indicator`, then `window` if there is one. A percentage is good of valid, and \
                valid is its n; NPS is no share, and has only its answers by window. Goals and floors are known before \
                the figures are rebuilt.",
        metrics: indicators::METRICS,
    },
    Part {
        title: "Lines, now",
        about: "Labels: `line`, `channel`, then the metric's own. All but `ensilinja_line_info` are absent before the \
                figures are rebuilt.",
        metrics: lines::METRICS,
    },
    Part {
        title: "The pipeline",
        about: "How the figures come about, and how far they can be trusted. Counters count from the start of the \
                process; what is read again to rebuild the figures is not counted.",
        metrics: pipeline::METRICS,
    },
    Part { title: "The process", about: "As the operating system sees it; Linux only.", metrics: process::METRICS },
];

/// A part of the catalogue.
#[derive(Debug)]
pub struct Part {
    /// What its metrics are about.
    pub title: &'static str,
    /// What holds for all of them, in Markdown.
    pub about: &'static str,
    /// The metrics.
    pub metrics: &'static [Metric],
}

/// A family of series.
#[derive(Debug)]
pub struct Metric {
    /// The whole name, with prefix, unit and (for counters) `_total`.
    pub name: &'static str,
    /// What kind of number it is.
    pub kind: Kind,
    /// Its own labels, in the order of the text; those that its part gives to all are not among them.
    pub labels: &'static [Label],
    /// What it means, as one line of plain text without a full stop.
    pub help: &'static str,
    pub(crate) origin: Origin,
}

/// No two metrics have one name.
impl PartialEq for Metric {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Metric {}

/// What kind of number a metric is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It may go up and down.
    Gauge,
    /// It only goes up, from 0 at the start of the process.
    Counter,
    /// Counters by upper bound, with their count and sum.
    Histogram,
    /// Gauges by upper bound (`_bucket` with `le`), with their count (`_gcount`) and sum (`_gsum`): the distribution of
    /// what lies in a window now. The text format does not know the type and shows three untyped families.
    GaugeHistogram,
}

/// A label of a metric.
#[derive(Debug)]
pub struct Label {
    /// Its name.
    pub name: &'static str,
    /// What it may say.
    pub values: Values,
}

/// The values of a label.
#[derive(Clone, Copy, Debug)]
pub enum Values {
    /// One of these words.
    Words(fn() -> Vec<&'static str>),
    /// Whatever the process was started with; in words.
    Described(&'static str),
}

/// Where the numbers of a metric come from.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Origin {
    /// From each line's figures of these windows.
    Window { windows: &'static [Window], read: fn(&WindowFigures, Emit<'_>) },
    /// From a distribution in each line's figures of these windows.
    Waits { windows: &'static [Window], kind: WaitKind, read: fn(&Sums) -> &Waits },
    /// From each line's figures of these windows, as the line would have them judged.
    Indicators { windows: &'static [Window], read: fn(&LineCard, &Sums, Emit<'_>) },
    /// From each line's figures of this instant.
    Line(fn(&LineFigures, Emit<'_>)),
    /// From what is aimed at on each line.
    Targets(fn(&LineCard, Emit<'_>)),
    /// From what each line is.
    Card(fn(&LineCard, Emit<'_>)),
    /// From the state of the pipeline when it was asked.
    Snapshot(fn(&Snapshot, Emit<'_>)),
    /// From the registry of counters that the pipeline and the process keep.
    Registry,
}

/// Takes one series: the values of the metric's own labels in their order, and its number.
pub(crate) type Emit<'a> = &'a mut dyn FnMut(&[&str], Number);

/// Which waits a distribution is of: each kind has bounds of its own.
#[derive(Clone, Copy, Debug)]
pub(crate) enum WaitKind {
    /// Of the answered.
    Answer,
    /// Of those called back.
    Callback,
}

/// A number as it is exposed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Number {
    /// As it is.
    Count(i64),
    /// Milliseconds, shown in seconds, exactly.
    Millis(i64),
    /// As it is, with as many digits as it takes to read back the same number.
    Real(f64),
}

impl Number {
    pub(crate) fn of(count: usize) -> Self {
        Self::Count(i64::try_from(count).unwrap_or(i64::MAX))
    }
}

impl Metric {
    /// The windows it is exposed for; empty for a metric that has none.
    #[must_use]
    pub const fn windows(&self) -> &'static [Window] {
        match self.origin {
            Origin::Window { windows, .. } | Origin::Waits { windows, .. } | Origin::Indicators { windows, .. } => {
                windows
            }
            Origin::Line(_) | Origin::Targets(_) | Origin::Card(_) | Origin::Snapshot(_) | Origin::Registry => &[],
        }
    }

    /// What follows its name in samples of lines: nothing, or the parts of a distribution.
    pub(crate) const fn parts(&self) -> &'static [&'static str] {
        match self.kind {
            Kind::GaugeHistogram => &["_bucket", "_gcount", "_gsum"],
            Kind::Gauge | Kind::Counter | Kind::Histogram => &[""],
        }
    }

    /// The name of the family as OpenMetrics has it: a counter's `_total` belongs to its sample.
    pub(crate) fn family(&self) -> &'static str {
        match self.kind {
            Kind::Counter => self.name.strip_suffix("_total").unwrap_or(self.name),
            Kind::Gauge | Kind::Histogram | Kind::GaugeHistogram => self.name,
        }
    }

    /// The unit its name ends in, if that is one.
    pub(crate) fn unit(&self) -> Option<&'static str> {
        let (_, last) = self.family().rsplit_once('_')?;
        ["seconds", "bytes", "ratio"].into_iter().find(|unit| *unit == last)
    }
}

impl Label {
    const fn words(name: &'static str, words: fn() -> Vec<&'static str>) -> Self {
        Self { name, values: Values::Words(words) }
    }

    const fn described(name: &'static str, what: &'static str) -> Self {
        Self { name, values: Values::Described(what) }
    }
}

/// Every metric, in the order in which it is exposed.
pub(crate) fn metrics() -> impl Iterator<Item = &'static Metric> {
    CATALOGUE.iter().flat_map(|part| part.metrics)
}

/// The metric with this name.
///
/// # Panics
/// If there is none: names are written in this crate only.
pub(crate) fn metric(name: &str) -> &'static Metric {
    metrics().find(|metric| metric.name == name).expect("a metric that is asked for by name is in the catalogue")
}

/// The names of all members of a vocabulary, as a function.
macro_rules! words {
    ($vocabulary:ty) => {
        || <$vocabulary>::ALL.iter().map(|word| word.as_str()).collect()
    };
}
use words;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_metrics_share_a_name_and_each_has_the_prefix_or_is_the_process_s() {
        let names: BTreeSet<_> = metrics().map(|metric| metric.name).collect();
        assert_eq!(names.len(), metrics().count());
        for metric in metrics() {
            assert!(metric.name.starts_with("ensilinja_") || metric.name.starts_with("process_"), "{}", metric.name);
            assert_eq!(metric.kind == Kind::Counter, metric.name.ends_with("_total"), "{}", metric.name);
        }
    }

    #[test]
    fn a_unit_is_what_the_family_s_name_ends_in() {
        assert_eq!(metric("ensilinja_window_answer_wait_seconds").unit(), Some("seconds"));
        assert_eq!(metric("process_cpu_seconds_total").unit(), Some("seconds"));
        assert_eq!(metric("ensilinja_rebuild_progress_ratio").unit(), Some("ratio"));
        assert_eq!(metric("ensilinja_events_total").unit(), None);
        assert_eq!(metric("ensilinja_contacts_waiting").unit(), None);
    }
}
