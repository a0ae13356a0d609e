//! The reference of the metrics, docs/METRICS.md, is made from the catalogue and the table of indicators.

use std::fmt::Write as _;

use ensilinja_catalogue::{CATALOGUE, LabelValues, Metric, MetricKind};
use ensilinja_ledger::Indicator;
use ensilinja_model::Channel;

use crate::expected::assert_is_file;

const HEAD: &str = "# Metrics

Made from the metric catalogue (`crates/catalogue/src/catalogue.rs`). Change it there, then run
`UPDATE_DOCS=1 cargo test -p ensilinja-catalogue`.

`GET /metrics` answers in Prometheus' text format 0.0.4 or in OpenMetrics 1.0, by `Accept`, and with gzip, by
`Accept-Encoding`.

Figures are balances, not counters. The figure of a window goes down when the window moves on, a corrected fact changes
it, and a restart does not. So read the values directly, without `rate` or `increase`. The label values of one metric
never overlap, so a sum over them is always meaningful (except over flags). Never average ratios or means across lines:
add numerators and denominators first.

A *gauge histogram* has buckets (`_bucket` with `le`), a count (`_gcount`) and a sum (`_gsum`) of what lies in the
window now. Use it with `histogram_quantile`, without `rate`. The text format does not know the type and shows three
untyped families.

`le` is written alike in both formats. Prometheus 3 stores the bounds of a *histogram* with a decimal point: `le=\"1\"` of
`ensilinja_event_delay_seconds` becomes `le=\"1.0\"`, so select it as `le=~\"1|1.0\"`. The bounds of gauge histograms stay as
they are written (`le=\"5\"`). With `convert_classic_histograms_to_nhcb` that histogram is one series without `_bucket`,
`_count` and `_sum`; gauge histograms keep theirs.

A contact is decided once, by the earliest of answered, callback requested, timed out, abandoned, transferred and ended.
There is one exception: a callback request within a minute after a timeout, an abandon, a move or an end supersedes it,
because platforms end the wait before they create the callback. Before the second of the request, the contact counts as
abandoned (timed out, moved, orphaned); from that second on, it counts as decided by the request, at the instant of the
request, in every window. A contact that timed out is decided or undecided by the line's rule `timed_out`: it is in the
denominators of rates or in none ([decision 73](decisions/73-timed-out.md)).

Callback attempts with the same result in the same second are one attempt. Of each result, only the earliest thousand
attempts of a contact's leg are counted; events about others have the result `surplus` in `ensilinja_events_total`.
";

fn kind(kind: MetricKind) -> &'static str {
    match kind {
        MetricKind::Gauge => "gauge",
        MetricKind::Counter => "counter",
        MetricKind::Histogram => "histogram",
        MetricKind::GaugeHistogram => "gauge histogram",
    }
}

fn labels(metric: &Metric) -> String {
    let labels = metric.labels.iter().map(|label| match label.values {
        LabelValues::Words(words) => {
            let words: Vec<String> = words().iter().map(|word| format!("`{word}`")).collect();
            format!("`{}`: {}", label.name, words.join(", "))
        }
        LabelValues::Described(what) => format!("`{}`: {what}", label.name),
    });
    labels.collect::<Vec<_>>().join("; ")
}

fn reference() -> String {
    let mut page = HEAD.to_owned();
    for section in &CATALOGUE {
        write!(page, "\n## {}\n\n{}\n\n", section.title, section.about).unwrap();
        let windowed = section.metrics.iter().any(|metric| !metric.windows().is_empty());
        page.push_str(if windowed {
            "| metric | type | meaning | labels | windows |\n|---|---|---|---|---|\n"
        } else {
            "| metric | type | meaning | labels |\n|---|---|---|---|\n"
        });
        for metric in section.metrics {
            let (kind, help) = (kind(metric.kind), metric.help.trim_end_matches('.'));
            write!(page, "| `{}` | {kind} | {help} | {} |", metric.name, labels(metric)).unwrap();
            if windowed {
                let windows: Vec<&str> = metric.windows().iter().map(|window| window.as_str()).collect();
                write!(page, " {} |", windows.join(", ")).unwrap();
            }
            page.push('\n');
        }
    }
    page.push_str(&indicators());
    page
}

const INDICATORS: &str = "
## The indicators

Made from the table of indicators (`crates/ledger/src/indicator.rs`), which the metrics, the board, the report and the
alerts all read. The rule defines the division `ensilinja_indicator_good` / `ensilinja_indicator_valid`. The goal is the
one that the county has published; the floor is the share below which an alert is worth waking a person. A line's
configuration can override both: `ensilinja_target_ratio` and `ensilinja_alert_floor_ratio` show the effective values.
Indicators shown *in reports only* date a contact by an instant at which their result is not yet known, so no metric has
them. NPS is not a share and not in the table: it is 100 x (promoters - detractors) / answers, from
`ensilinja_window_nps_answers`.

| indicator | suomeksi | på svenska | in English | rule | goal | alert floor | shown | source |
|---|---|---|---|---|---|---|---|---|
";

fn indicators() -> String {
    let mut section = INDICATORS.to_owned();
    let percent = |share: Option<f64>| share.map_or_else(String::new, |share| format!("{:.0} %", 100.0 * share));
    for indicator in Indicator::ALL {
        let row = indicator.row();
        let channels: Vec<&str> = Channel::ALL
            .iter()
            .filter(|channel| indicator.applies_to(**channel))
            .map(|channel| channel.as_str())
            .collect();
        let shown = match indicator.is_live() {
            true if channels.len() == Channel::ALL.len() => "live".to_owned(),
            true => format!("live, of {} lines", channels.join(", ")),
            false => "in reports only".to_owned(),
        };
        writeln!(
            section,
            "| `{}` | {} | {} | {} | {} | {} | {} | {shown} | {} |",
            indicator.as_str(),
            row.name_fi,
            row.name_sv,
            row.name_en,
            row.rule,
            percent(row.target),
            percent(row.alert_floor),
            row.source,
        )
        .unwrap();
    }
    section
}

#[test]
fn docs_metrics_md_is_what_the_catalogue_and_the_table_of_indicators_generate() {
    assert_is_file("../../docs/METRICS.md", &reference());
}
