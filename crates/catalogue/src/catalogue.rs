//! The catalogue: one table of every metric. The text formats, the JSON, the pipeline's counters and the reference page
//! all read it, so each name, label and help text is written once.
//!
//! Figures are balances, so they are gauges: they go down when a window moves on or a fact is corrected, and a restart
//! does not change them. Only the pipeline has counters; they start at 0 with the process. The label values of one
//! family never overlap, so a sum over them is always meaningful (except over flags, whose help text says so).

mod indicators;
mod lines;
mod pipeline;
mod process;
mod windows;

use crate::metric::Metric;

pub(crate) use indicators::of_line;

/// The sections of the catalogue, in the order in which they are exposed.
pub static CATALOGUE: [CatalogueSection; 5] = [
    CatalogueSection {
        title: "Lines, by window",
        about: "Labels: `line`, `channel`, the metric's own, then `window`. A window is absent, not low, while \
                history does not reach back to its start. All are absent before the figures are rebuilt. `open2h` \
                covers the last two hours in which the line was open, `open5d` the last five days on which it \
                opened; both end now.",
        metrics: windows::METRICS,
    },
    CatalogueSection {
        title: "Lines, by indicator",
        about: "Labels: `line`, `channel`, `indicator`, then `window` if there is one. A percentage is good divided \
                by valid, and valid is its n. NPS is not a share: it has only its answers by window. Goals and \
                floors are known before the figures are rebuilt.",
        metrics: indicators::METRICS,
    },
    CatalogueSection {
        title: "Lines, now",
        about: "Labels: `line`, `channel`, then the metric's own. All but `ensilinja_line_info` are absent before the \
                figures are rebuilt.",
        metrics: lines::METRICS,
    },
    CatalogueSection {
        title: "The pipeline",
        about: "How the figures are made, and how far they can be trusted. Counters start with the process. Records \
                that are read again to rebuild the figures are not counted.",
        metrics: pipeline::METRICS,
    },
    CatalogueSection {
        title: "The process",
        about: "As the operating system reports it; Linux only.",
        metrics: process::METRICS,
    },
];

/// A section of the catalogue.
#[derive(Debug)]
pub struct CatalogueSection {
    /// The heading.
    pub title: &'static str,
    /// What applies to all of its metrics, in Markdown.
    pub about: &'static str,
    /// The metrics.
    pub metrics: &'static [Metric],
}

impl Metric {
    /// The metric with this name; `None` if there is none.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        metrics().find(|metric| metric.name == name)
    }

    /// The figure of a line with this name, as in the metrics or as in `/api/figures`; `None` if there is none.
    #[must_use]
    pub fn figure(name: &str) -> Option<&'static Self> {
        metrics().filter(|metric| metric.is_figure()).find(|metric| metric.name == name || metric.json_name() == name)
    }
}

/// Every metric, in the order in which they are exposed.
pub fn metrics() -> impl Iterator<Item = &'static Metric> {
    CATALOGUE.iter().flat_map(|section| section.metrics)
}

/// The metric with this name, which must exist: for names written in this crate.
pub(crate) fn metric(name: &str) -> &'static Metric {
    Metric::named(name).expect("a name written in this crate is in the catalogue")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::metric::MetricKind;

    #[test]
    fn no_two_metrics_share_a_name_and_each_has_the_prefix_or_is_the_process_s() {
        let names: BTreeSet<_> = metrics().map(|metric| metric.name).collect();
        assert_eq!(names.len(), metrics().count());
        for metric in metrics() {
            assert!(metric.name.starts_with("ensilinja_") || metric.name.starts_with("process_"), "{}", metric.name);
            assert_eq!(metric.kind == MetricKind::Counter, metric.name.ends_with("_total"), "{}", metric.name);
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
