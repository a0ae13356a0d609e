//! The metrics page, whole, in both formats, and as Prometheus' own tool reads it.

use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::{Command, Stdio};

use ensilinja_model::{Channel, EventTime, LineId};
use ensilinja_serve::{CATALOGUE, Format, Kind, LineCard, Values};

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
    let families: BTreeSet<&str> =
        page.lines().filter(|line| line.contains("line=\"")).map(|line| line.split('{').next().unwrap()).collect();
    // What the lines are and aim at is known before what they have done.
    let known = ["ensilinja_alert_floor_ratio", "ensilinja_line_info", "ensilinja_target_ratio"];
    assert_eq!(families, known.into());
    assert!(!page.contains("window="), "{page}");
    assert!(page.contains("\nensilinja_figures_complete 0\n"), "{page}");
    assert!(page.contains("\nensilinja_rebuild_progress_ratio 0.25\n"), "{page}");
}

#[test]
fn a_window_is_absent_while_what_is_known_does_not_reach_back_to_its_start() {
    let windows_known_since = |start: EventTime| -> BTreeSet<String> {
        let page =
            small_county::exposition().page(Format::Text, &small_county::known_since(start), &small_county::pipeline());
        let of_line = |line: &&str| line.contains("line=\"mipa_chat\"") && line.contains("window=\"");
        let word = |line: &str| line.split("window=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        page.lines().filter(of_line).map(word).collect()
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

/// How many series a county of so many phone lines and chats has, if on each of them everything happens.
fn series_of(phone_lines: usize, chats: usize) -> usize {
    let mut snapshot = small_county::snapshot();
    let busy = snapshot.figures.as_ref().unwrap().lines[0].clone();
    let card = |index| {
        let channel = if index < phone_lines { Channel::Phone } else { Channel::Chat };
        LineCard { channel, id: LineId::parse(&format!("line_{index}")).unwrap(), ..small_county::cards().remove(0) }
    };
    let cards: Vec<LineCard> = (0..phone_lines + chats).map(card).collect();
    snapshot.figures.as_mut().unwrap().lines = vec![busy; cards.len()];
    let page = small_county::exposition_of(cards).page(Format::Text, &snapshot, &small_county::pipeline());
    page.lines().filter(|line| !line.starts_with('#')).count()
}

#[test]
fn a_county_of_twenty_lines_has_eight_to_ten_thousand_series() {
    let (twenty, all) = (series_of(15, 5), series_of(16, 6));
    println!("{twenty} series of 20 lines, {all} of 22");
    assert!((8_000..=10_000).contains(&twenty), "{twenty}");
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
