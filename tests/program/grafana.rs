//! The Grafana dashboards compared with the metric catalogue, the recording rules and the provisioning.
//!
//! The programs in deploy/grafana/boards make them from `catalogue.json`, which is written here. `real/boards.rs` tests
//! whether their queries have answers from a real Prometheus.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use ensilinja_catalogue::{CATALOGUE, LabelValues, Metric, MetricKind};
use ensilinja_kafka::LogChange;
use ensilinja_ledger::{Indicator, NpsBand};
use ensilinja_test_support::non_empty;
use ensilinja_wire::{Oddity, Reason};
use serde_json::{Map, Value, json};

use crate::board;
use crate::board::boards;
use crate::repository::{parse, rules, top};

/// The labels that all metrics of lines have besides their own.
const LINE_LABELS: [&str; 2] = ["line", "channel"];

#[test]
fn the_file_that_the_boards_are_made_from_matches_the_catalogue() {
    let made = format!("{:#}\n", catalogue());
    let path = top().join("deploy/grafana/boards/catalogue.json");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        return fs::write(&path, made).expect("it can be written");
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    let advice = "run this test with UPDATE_DOCS=1, then `npm run write` in deploy/grafana/boards";
    assert!(kept == made, "the catalogue has changed: {advice}");
}

/// Every metric with its help, labels and their values; every indicator with its names.
fn catalogue() -> Value {
    let metrics = CATALOGUE.iter().flat_map(|part| {
        let of_lines = part.title.starts_with("Lines");
        part.metrics.iter().map(move |metric| (metric.name.to_owned(), described(metric, of_lines)))
    });
    let live = Indicator::ALL.iter().filter(|indicator| indicator.is_live());
    let indicators = live.map(|indicator| {
        let row = indicator.row();
        let names = json!({ "fi": row.name_fi, "sv": row.name_sv, "en": row.name_en, "rule": row.rule });
        (indicator.as_str().to_owned(), names)
    });
    json!({
        "metrics": metrics.collect::<Map<_, _>>(),
        "indicators": indicators.collect::<Map<_, _>>(),
        "log_changes": LogChange::ALL.map(LogChange::as_str),
        "nps_bands": NpsBand::ALL.iter().map(|band| band.as_str()).collect::<Vec<_>>(),
        "oddities": Oddity::ALL.iter().map(|oddity| oddity.as_str()).collect::<Vec<_>>(),
        "rejection_reasons": Reason::ALL.iter().map(|reason| reason.as_str()).collect::<Vec<_>>(),
    })
}

/// The values of a label are a list, or `null` if they depend on the configuration of the process.
fn described(metric: &Metric, of_lines: bool) -> Value {
    let mut labels = Map::new();
    for name in LINE_LABELS.into_iter().filter(|_| of_lines) {
        labels.insert(name.to_owned(), Value::Null);
    }
    for label in metric.labels {
        let values = match label.values {
            LabelValues::Words(words) => json!(words()),
            LabelValues::Described(_) => Value::Null,
        };
        labels.insert(label.name.to_owned(), values);
    }
    if !metric.windows().is_empty() {
        labels.insert("window".to_owned(), metric.windows().iter().map(|window| window.as_str()).collect());
    }
    if matches!(metric.kind, MetricKind::Histogram | MetricKind::GaugeHistogram) {
        labels.insert("le".to_owned(), Value::Null);
    }
    json!({ "help": metric.help, "labels": labels })
}

#[test]
fn each_board_has_a_unique_address_and_title_and_the_time_zone_of_helsinki() {
    let titles = boards().iter().map(|board| board.text("title")).collect::<BTreeSet<_>>();
    let addresses = boards().iter().map(|board| board.text("uid")).collect::<BTreeSet<_>>();
    assert_eq!((titles.len(), addresses.len()), (4, 4), "{titles:?} at {addresses:?}");
    for board in boards() {
        assert_eq!(board.text("timezone"), "Europe/Helsinki", "{}", board.name);
        assert_eq!(board.json["time"]["to"], "now", "{}: what is asked of the evening to come is unknown", board.name);
        assert_eq!(board.json["editable"], false, "{}: what is changed in the browser is lost", board.name);
    }
    assert_eq!(boards().iter().find(|board| board.name == "now").expect("it is there").text("refresh"), "5s");
}

#[test]
fn each_panel_has_descriptions_in_english_and_swedish_a_unit_and_a_place_of_its_own() {
    for board in boards() {
        let mut places = BTreeSet::new();
        for panel in board.panels() {
            let (title, place) = (panel["title"].as_str().expect("a title"), &panel["gridPos"]);
            let description = panel["description"].as_str().unwrap_or_default();
            for language in ["**English:** ", "**Svenska:** "] {
                assert!(description.contains(language), "{}: {title}: {language}", board.name);
            }
            let unit = panel["fieldConfig"]["defaults"]["unit"].as_str().unwrap_or_default();
            assert!(!unit.is_empty(), "{}: {title} has no unit", board.name);
            assert!(places.insert(format!("{} {}", place["x"], place["y"])), "{}: {title} lies on another", board.name);
        }
    }
}

/// The link from the row of a line to its board keeps the time range. Links to the wallboard keep the line, or the
/// selected areas and channels.
#[test]
fn links_lead_to_boards_that_exist() {
    let addresses = boards().iter().map(|board| format!("/d/{}", board.text("uid"))).collect::<BTreeSet<_>>();
    for board in boards() {
        let links = non_empty("links", board.values("url"));
        let (wallboard, boards): (Vec<_>, Vec<_>) = links.iter().partition(|link| link.starts_with("${wallboard"));
        for link in boards {
            let address = link.split('?').next().expect("a text has a beginning");
            assert!(addresses.contains(address), "{} leads to {link}", board.name);
        }
        let all = board.json["links"].as_array().expect("links").len();
        assert_eq!(all, addresses.len(), "{} leads to every other board and to the wallboard", board.name);
        let expected: &[&str] = match board.name.as_str() {
            "now" => {
                &["${wallboard}/?area=${area:csv}&channel=${channel:csv}", "${wallboard:raw}/#${__data.fields.line}"]
            }
            "line" => &["${wallboard}/#${line}"],
            _ => &["${wallboard}/"],
        };
        let wallboard: BTreeSet<&str> = wallboard.into_iter().map(String::as_str).collect();
        assert_eq!(wallboard, expected.iter().copied().collect(), "{}", board.name);
        if board.name == "now" {
            let row = "/d/ensilinja-linja?var-line=${__data.fields.line}&${__url_time_range}";
            assert!(links.iter().any(|link| link == row), "{links:?}");
        }
    }
}

/// The address stands in one place of each dashboard, so that an operator can replace it. It is a constant: an address
/// that comes from the dashboard's own could lead anywhere.
#[test]
fn the_address_of_the_wallboard_is_a_constant_and_the_one_that_compose_publishes() {
    let ports = parse::<Value>("docker-compose.yml")["services"]["ensilinja"]["ports"].take();
    let published = ports[0].as_str().and_then(|port| port.rsplit_once(':')).expect("a published port").0;
    for board in boards() {
        let variables = board.json["templating"]["list"].as_array().expect("variables");
        let wallboard = variables.iter().find(|variable| variable["name"] == "wallboard").expect("it is there");
        assert_eq!((&wallboard["type"], &wallboard["hide"]), (&json!("constant"), &json!(2)), "{}", board.name);
        assert_eq!(wallboard["query"], format!("http://{published}"), "{}", board.name);
        assert_eq!(board.json.to_string().matches(published).count(), 1, "{}", board.name);
    }
}

/// On the board `now` every panel follows the selected areas and channels, except the one about the figures as a whole.
#[test]
fn every_query_of_the_board_of_now_follows_the_selection() {
    let board = boards().into_iter().find(|board| board.name == "now").expect("it is there");
    let panels = board.panels().iter().filter(|panel| panel["title"] != "Luvut");
    let mut followed = 0;
    for panel in panels {
        for target in panel["targets"].as_array().expect("it asks") {
            let expr = target["expr"].as_str().expect("PromQL");
            let selection = "ensilinja:line_info{service_area=~\"$area\",channel=~\"$channel\"}";
            assert!(expr.contains(selection), "{}: {expr}", panel["title"]);
            followed += 1;
        }
    }
    assert!(followed > 30, "there are {followed} queries");
    for name in ["area", "channel"] {
        let variables = board.json["templating"]["list"].as_array().expect("variables");
        let variable = variables.iter().find(|variable| variable["name"] == name).expect("it is there");
        assert_eq!((&variable["multi"], &variable["includeAll"]), (&json!(true), &json!(true)), "{name}");
        // A link would carry a pattern for all to the wallboard, which has none.
        assert_eq!(variable["allValue"], Value::Null, "{name}");
    }
}

/// What is exposed for an operator can be seen without writing `PromQL`.
#[test]
fn every_metric_of_the_pipeline_is_on_a_board() {
    // For the rules only: when a day began is on every clock.
    let without = BTreeSet::from(["ensilinja_day_start_timestamp_seconds"]);
    let boards = boards();
    let asked = boards.iter().flat_map(board::Board::asked);
    let shown: BTreeSet<String> =
        asked.flat_map(|expr| board::selectors(&expr)).map(|selector| selector.name).collect();
    let pipeline = CATALOGUE.iter().find(|part| part.title == "The pipeline").expect("it is there");
    let exposed = pipeline.metrics.iter().map(|metric| metric.name);
    let missing: BTreeSet<&str> = exposed.filter(|name| !shown.contains(*name)).collect();
    assert_eq!(missing, without);
}

#[test]
fn boards_and_their_data_source_are_provisioned() {
    let source = &parse::<Value>("deploy/grafana/provisioning/datasources/prometheus.yml")["datasources"][0]["uid"];
    let provider =
        &parse::<Value>("deploy/grafana/provisioning/dashboards/files.yml")["providers"][0]["options"]["path"];
    let mounted = format!("./deploy/grafana/dashboards:{}:ro", provider.as_str().expect("a path"));
    let mounts = parse::<Value>("docker-compose.yml")["services"]["grafana"]["volumes"].take();
    assert!(mounts.as_array().expect("a list").contains(&json!(mounted)), "{mounts}");
    for board in boards() {
        for panel in board.panels() {
            let targets = panel["targets"].as_array().expect("it asks").iter();
            let targets = non_empty("targets", targets);
            let asks = targets.into_iter().chain([panel]);
            assert!(asks.into_iter().all(|asks| asks["datasource"]["uid"] == *source), "{}", panel["title"]);
        }
    }
}

/// A subquery without a resolution uses the evaluation interval of the Prometheus, which differs by installation.
#[test]
fn a_subquery_names_its_resolution() {
    for board in boards() {
        for expr in board.asked() {
            assert!(!expr.contains(":]"), "{}: {expr}", board.name);
        }
    }
}

/// A percentage without its n says little: 1 of 1 is 100 %.
#[test]
fn each_percentage_is_shown_with_its_n() {
    let mut percentages = 0;
    for board in boards() {
        for panel in board.panels() {
            let shown = panel["fieldConfig"].to_string();
            if shown.contains("percentunit") {
                percentages += 1;
                let names = board::field_names(panel);
                let counts = |name: &String| name == "n" || name.starts_with("n, ") || name.starts_with("n: ");
                assert!(names.iter().any(counts), "{}: {}: {names:?}", board.name, panel["title"]);
            }
        }
    }
    assert!(percentages > 0, "no panel shows a percentage");
}

#[test]
fn boards_and_rules_use_metrics_labels_and_values_that_are_exposed() {
    let known = Vocabulary::gather();
    let rules = rules().into_iter().map(|(file, rule)| (file, rule["expr"].as_str().expect("PromQL").to_owned()));
    let boards = boards();
    let asked = boards.iter().flat_map(|board| board.asked().into_iter().map(|expr| (board.name.clone(), expr)));
    for (place, expr) in rules.chain(asked) {
        for selector in board::selectors(&expr) {
            let unknown = known.unknown(&selector);
            assert!(unknown.is_empty(), "{place} asks for {unknown}, which is not exposed: {expr}");
        }
    }
}

/// Labels, each with its values; without values if they are free.
type Labels = BTreeMap<String, BTreeSet<String>>;

/// What a query may contain: the metrics of the catalogue, the recorded series, and the values of each label.
struct Vocabulary {
    /// The labels of each metric. `None` for a recorded series, which has the labels of its expression.
    names: BTreeMap<String, Option<Labels>>,
    /// The values of labels whose values the catalogue lists for every metric that has them.
    words: Labels,
}

impl Vocabulary {
    fn gather() -> Self {
        let catalogue = catalogue();
        let (mut names, mut words, mut free) = (BTreeMap::new(), Labels::new(), BTreeSet::new());
        for metric in CATALOGUE.iter().flat_map(|part| part.metrics) {
            let labels = catalogue["metrics"][metric.name]["labels"].as_object().expect("an object");
            let mut own: Labels = ["job", "instance"].map(|label| (label.to_owned(), BTreeSet::new())).into();
            for (label, values) in labels {
                let values: BTreeSet<_> =
                    values.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
                if values.is_empty() {
                    free.insert(label.clone());
                }
                words.entry(label.clone()).or_default().extend(values.iter().cloned());
                own.insert(label.clone(), values);
            }
            let parts: &[&str] = match metric.kind {
                MetricKind::Gauge | MetricKind::Counter => &[""],
                // Without a suffix it is the native histogram that Prometheus 3 can make of it.
                MetricKind::Histogram => &["", "_bucket", "_count", "_sum"],
                MetricKind::GaugeHistogram => &["_bucket", "_gcount", "_gsum"],
            };
            names.extend(parts.iter().map(|part| (format!("{}{part}", metric.name), Some(own.clone()))));
        }
        words.retain(|label, _| !free.contains(label));
        let recorded = rules().into_iter().filter_map(|(_, rule)| rule["record"].as_str().map(str::to_owned));
        names.extend(recorded.map(|name| (name, None)));
        Self { names, words }
    }

    /// The unknown parts of a selector, as text. Empty for series of others.
    fn unknown(&self, selector: &board::Selector) -> String {
        if !["ensilinja_", "ensilinja:", "process_"].iter().any(|ours| selector.name.starts_with(ours)) {
            return String::new();
        }
        let Some(labels) = self.names.get(&selector.name) else { return selector.name.clone() };
        let strange = selector.matchers.iter().filter(|(label, values)| {
            let words = labels.as_ref().map_or(self.words.get(label), |labels| labels.get(label));
            let words = words.filter(|words| !words.is_empty());
            let is_word = |value: &str| words.is_none_or(|words| words.contains(value));
            let any = |value: &str| value.is_empty() || value.starts_with(['$', '.']);
            labels.as_ref().is_some_and(|labels| !labels.contains_key(label))
                || values.split('|').any(|value| !any(value) && !is_word(value))
        });
        let strange: Vec<_> = strange.map(|(label, values)| format!("{label}={values}")).collect();
        if strange.is_empty() { String::new() } else { format!("{} with {}", selector.name, strange.join(", ")) }
    }
}
