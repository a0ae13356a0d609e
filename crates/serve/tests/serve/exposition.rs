//! The metrics page, whole, in both formats, and as Prometheus' own tool reads it.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::{Command, Stdio};

use ensilinja_serve::{CATALOGUE, Format, Kind, Values};

use crate::expected::assert_is_file;
use crate::small_county;

/// The page without what the operating system says of the process, which is never twice the same.
fn page(format: Format) -> String {
    let page = small_county::exposition().page(format, &small_county::snapshot(), &small_county::pipeline());
    let process = |line: &&str| {
        ["", "# HELP ", "# TYPE ", "# UNIT "].iter().any(|start| line.starts_with(&format!("{start}process_")))
    };
    page.lines().filter(|line| !process(line)).flat_map(|line| [line, "\n"]).collect()
}

#[test]
fn the_text_page_of_a_small_county_is_exactly_this() {
    assert_is_file("tests/serve/expected/small_county.txt", &page(Format::Text));
}

#[test]
fn the_open_metrics_page_of_a_small_county_is_exactly_this() {
    assert_is_file("tests/serve/expected/small_county.openmetrics.txt", &page(Format::OpenMetrics));
}

#[test]
fn both_formats_have_the_same_series_in_the_same_words() {
    let series = |page: String| -> BTreeSet<String> {
        page.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect()
    };
    assert_eq!(series(page(Format::Text)), series(page(Format::OpenMetrics)));
}

#[test]
fn before_the_figures_are_rebuilt_there_is_no_figure_of_a_line_and_the_pipeline_says_why() {
    let page = small_county::exposition().page(Format::Text, &small_county::rebuilding(), &small_county::pipeline());
    let of_lines: Vec<&str> = page.lines().filter(|line| line.contains("line=\"")).collect();
    assert_eq!(of_lines.len(), 2, "{of_lines:#?}");
    assert!(of_lines.iter().all(|line| line.starts_with("ensilinja_line_info{")), "{of_lines:#?}");
    assert!(!page.contains("window="), "{page}");
    assert!(page.contains("\nensilinja_figures_complete 0\n"), "{page}");
    assert!(page.contains("\nensilinja_rebuild_progress_ratio 0.25\n"), "{page}");
}

#[test]
fn every_label_of_every_series_says_what_the_catalogue_lets_it_say() {
    let page = page(Format::Text);
    for metric in CATALOGUE.iter().flat_map(|part| part.metrics).filter(|metric| metric.name.starts_with("ensilinja")) {
        let series: Vec<&str> = page.lines().filter(|line| line.starts_with(metric.name)).collect();
        let of_metric = |line: &&&str| matches!(line.as_bytes()[metric.name.len()], b'{' | b' ');
        let exact: Vec<&&str> = series.iter().filter(of_metric).collect();
        assert!(!exact.is_empty() || matches!(metric.kind, Kind::Histogram | Kind::GaugeHistogram), "{}", metric.name);
        for label in metric.labels {
            let Values::Words(words) = label.values else { continue };
            let allowed: BTreeSet<String> = words().iter().map(|word| (*word).to_owned()).collect();
            let said: BTreeSet<String> = exact
                .iter()
                .map(|line| line.split_once(&format!("{}=\"", label.name)).unwrap().1)
                .map(|rest| rest.split_once('"').unwrap().0.to_owned())
                .collect();
            assert!(said.is_subset(&allowed), "{}: {said:?}", metric.name);
            if metric.name != "ensilinja_last_event_timestamp_seconds" {
                assert_eq!(said, allowed, "{}", metric.name);
            }
        }
    }
}

#[test]
#[ignore = "needs promtool"]
fn promtool_finds_nothing_wrong_with_the_text_page() {
    for snapshot in [small_county::snapshot(), small_county::rebuilding()] {
        let page = small_county::exposition().page(Format::Text, &snapshot, &small_county::pipeline());
        let mut promtool = Command::new("promtool")
            .args(["check", "metrics"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        promtool.stdin.take().unwrap().write_all(page.as_bytes()).unwrap();
        let said = promtool.wait_with_output().unwrap();
        assert!(said.status.success() && said.stdout.is_empty() && said.stderr.is_empty(), "{said:?}");
    }
}
