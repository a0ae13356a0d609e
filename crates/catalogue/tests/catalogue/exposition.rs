//! The metrics text, whole, in both formats, and as Prometheus' own tool reads it.

use std::collections::BTreeSet;

use ensilinja_catalogue::{
    AccessRefusal, CATALOGUE, LabelValues, LineInfo, MetricKind, MetricsFormat, RegistryFamily, RegistrySeries,
    RegistryValue, Snapshot,
};
use ensilinja_ledger::Applied;
use ensilinja_model::{Channel, EventTime, FactKind, LineId};

use crate::expected::assert_is_file;
use crate::small_county;

/// The text of the small county, without metrics of the process.
fn text(format: MetricsFormat) -> String {
    text_of(format, &small_county::snapshot())
}

fn text_of(format: MetricsFormat, snapshot: &Snapshot) -> String {
    small_county::exposition().text(format, snapshot, &counters())
}

/// The counters of a pipeline that has counted the small county's events, one twice, and two refusals.
fn counters() -> Vec<RegistryFamily> {
    let family = |name: &str, series: Vec<RegistrySeries>| RegistryFamily { name: name.to_owned(), series };
    let number = |labels: &[&str], count: usize| RegistrySeries {
        labels: labels.iter().map(|label| (*label).to_owned()).collect(),
        value: RegistryValue::Number(f64::from(u32::try_from(count).unwrap())),
    };
    let events = small_county::events();
    let mut of_kinds = Vec::new();
    for kind in FactKind::ALL {
        for applied in Applied::ALL {
            let count = match applied {
                Applied::Applied => events.iter().filter(|event| event.fact.kind() == *kind).count(),
                Applied::Unchanged => usize::from(*kind == FactKind::Offered),
                _ => 0,
            };
            of_kinds.push(number(&[kind.as_str(), applied.as_str()], count));
        }
    }
    of_kinds.sort_by(|left, right| left.labels.cmp(&right.labels));
    let bounds = [0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0, 600.0, 3600.0];
    let count = events.len() as u64;
    let delay = RegistryValue::Histogram {
        buckets: bounds.iter().map(|bound| (*bound, if *bound < 0.125 { 0 } else { count })).collect(),
        count,
        sum: 0.125 * f64::from(u32::try_from(count).unwrap()),
    };
    let mut refusals: Vec<RegistrySeries> =
        AccessRefusal::ALL.iter().map(|reason| number(&[reason.as_str()], 0)).collect();
    refusals.sort_by(|left, right| left.labels.cmp(&right.labels));
    vec![
        family("ensilinja_build_info", vec![number(&["1.2.3", "abc123"], 1)]),
        family("ensilinja_events_total", of_kinds),
        family("ensilinja_events_rejected_total", vec![number(&["future"], 0), number(&["malformed"], 2)]),
        family("ensilinja_events_odd_total", vec![number(&["key_differs"], 0)]),
        family("ensilinja_http_refused_total", refusals),
        family("ensilinja_records_skipped_total", vec![number(&["other_line"], 7), number(&["rejected"], 0)]),
        family("ensilinja_event_delay_seconds", vec![RegistrySeries { labels: vec![], value: delay }]),
    ]
}

#[test]
fn the_text_of_a_small_county_is_exactly_this() {
    assert_is_file("tests/catalogue/expected/small_county.txt", &text(MetricsFormat::Text));
}

#[test]
fn the_open_metrics_text_of_a_small_county_is_exactly_this() {
    assert_is_file("tests/catalogue/expected/small_county.openmetrics.txt", &text(MetricsFormat::OpenMetrics));
}

#[test]
fn both_formats_have_the_same_series() {
    let series = |text: String| -> BTreeSet<String> {
        text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
    };
    assert_eq!(series(text(MetricsFormat::Text)), series(text(MetricsFormat::OpenMetrics)));
}

#[test]
fn before_the_figures_are_rebuilt_no_line_has_figures_and_the_pipeline_shows_why() {
    let text = text_of(MetricsFormat::Text, &small_county::rebuilding());
    let families: BTreeSet<&str> =
        text.lines().filter(|line| line.contains("line=\"")).map(|line| line.split('{').next().unwrap()).collect();
    // Descriptions and targets are known before the figures.
    let known = ["ensilinja_alert_floor_ratio", "ensilinja_line_info", "ensilinja_target_ratio"];
    assert_eq!(families, known.into());
    assert!(!text.contains("window="), "{text}");
    assert!(text.contains("\nensilinja_figures_complete 0\n"), "{text}");
    assert!(text.contains("\nensilinja_rebuild_progress_ratio 0.25\n"), "{text}");
}

#[test]
fn a_window_is_absent_while_history_does_not_reach_back_to_its_start() {
    let windows_known_since = |start: EventTime| -> BTreeSet<String> {
        let text = text_of(MetricsFormat::Text, &small_county::known_since(start));
        let of_line = |line: &&str| line.contains("line=\"mipa_chat\"") && line.contains("window=\"");
        let word = |line: &str| line.split("window=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        text.lines().filter(of_line).map(word).collect()
    };
    // The chat's last two open hours began at 13:15:01 the day before.
    for (day, second, known) in [
        (0, 0, vec!["15m", "1h", "today"]),
        (-1, 47_702, vec!["15m", "1h", "today"]),
        (-1, 47_701, vec!["15m", "1h", "open2h", "today"]),
        (-1, 0, vec!["15m", "1h", "open2h", "today", "yesterday"]),
        (-14, 1, vec!["15m", "1h", "open2h", "today", "yesterday"]),
        (-14, 0, vec!["15m", "1h", "open2h", "open5d", "today", "yesterday"]),
    ] {
        let start = small_county::on(day, 0, 0, second * 1_000);
        assert_eq!(windows_known_since(start), known.into_iter().map(str::to_owned).collect(), "{day} {second}");
    }
}

#[test]
fn every_label_of_every_series_has_a_value_of_the_catalogue() {
    let text = text(MetricsFormat::Text);
    for metric in
        CATALOGUE.iter().flat_map(|section| section.metrics).filter(|metric| metric.name.starts_with("ensilinja"))
    {
        let series: Vec<&str> = text.lines().filter(|line| line.starts_with(metric.name)).collect();
        let of_metric = |line: &&&str| matches!(line.as_bytes()[metric.name.len()], b'{' | b' ');
        let exact: Vec<&&str> = series.iter().filter(of_metric).collect();
        assert!(
            !exact.is_empty() || matches!(metric.kind, MetricKind::Histogram | MetricKind::GaugeHistogram),
            "{}",
            metric.name
        );
        for label in metric.labels {
            let LabelValues::Words(words) = label.values else { continue };
            let allowed: BTreeSet<String> = words().iter().map(|word| (*word).to_owned()).collect();
            let found: BTreeSet<String> = exact
                .iter()
                .map(|line| line.split_once(&format!("{}=\"", label.name)).unwrap().1)
                .map(|rest| rest.split_once('"').unwrap().0.to_owned())
                .collect();
            assert!(found.is_subset(&allowed), "{}: {found:?}", metric.name);
            if metric.name != "ensilinja_last_event_timestamp_seconds" {
                assert_eq!(found, allowed, "{}", metric.name);
            }
        }
    }
}

/// The number of series of a county with this many phone lines and chats, if everything happens on each of them.
fn series_of(phone_lines: usize, chats: usize) -> usize {
    let mut snapshot = small_county::snapshot();
    let busy = snapshot.figures.as_ref().unwrap().lines[0].clone();
    let info = |index| {
        let channel = if index < phone_lines { Channel::Phone } else { Channel::Chat };
        LineInfo { channel, id: LineId::parse(&format!("line_{index}")).unwrap(), ..small_county::infos().remove(0) }
    };
    let infos: Vec<LineInfo> = (0..phone_lines + chats).map(info).collect();
    snapshot.figures.as_mut().unwrap().lines = vec![busy; infos.len()];
    let text = small_county::exposition_of(infos).text(MetricsFormat::Text, &snapshot, &counters());
    text.lines().filter(|line| !line.starts_with('#')).count()
}

#[test]
fn a_county_of_twenty_lines_has_eight_to_eleven_thousand_series() {
    let (twenty, all) = (series_of(15, 5), series_of(16, 6));
    println!("{twenty} series of 20 lines, {all} of 22");
    assert!((8_000..=11_000).contains(&twenty), "{twenty}");
}

#[test]
#[ignore = "needs promtool"]
#[expect(clippy::disallowed_types, reason = "Prometheus' own tool checks the text")]
fn promtool_finds_nothing_wrong_with_the_text() {
    use std::io::Write as _;
    use std::process::{Command, Stdio};

    for snapshot in [small_county::snapshot(), small_county::rebuilding()] {
        let text = text_of(MetricsFormat::Text, &snapshot);
        let mut promtool = Command::new("promtool")
            .args(["check", "metrics"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        promtool.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
        let output = promtool.wait_with_output().unwrap();
        assert!(output.status.success() && output.stdout.is_empty() && output.stderr.is_empty(), "{output:?}");
    }
}
