//! The alerts compared with their runbooks, their tests and the exposed series.
//!
//! promtool tests whether an alert fires when it should (`deploy/prometheus/tests`), and `grafana.rs` tests whether
//! rules use exposed series. This file finds what neither sees: an alert without a runbook or without a test, and a
//! text that queries a series that does not exist.

use std::collections::{BTreeMap, BTreeSet};

use ensilinja_catalogue::{CATALOGUE, MetricKind};
use ensilinja_test_support::non_empty;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::board;
use crate::repository::{self, files, parse, read, stem};

/// A rule: a recorded series or an alert.
#[derive(Deserialize)]
#[serde(default)]
struct Rule {
    record: String,
    alert: String,
    expr: String,
    labels: BTreeMap<String, String>,
    annotations: BTreeMap<String, String>,
}

impl Default for Rule {
    fn default() -> Self {
        let (record, alert, expr) = Default::default();
        Self { record, alert, expr, labels: BTreeMap::new(), annotations: BTreeMap::new() }
    }
}

impl Rule {
    fn label(&self, name: &str) -> &str {
        self.labels.get(name).unwrap_or_else(|| panic!("{} has no label {name}", self.alert))
    }

    fn annotation(&self, name: &str) -> &str {
        self.annotations.get(name).unwrap_or_else(|| panic!("{} has no annotation {name}", self.alert))
    }
}

/// A test file of promtool, as far as it is read here.
#[derive(Deserialize)]
struct TestFile {
    tests: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    #[serde(default)]
    alert_rule_test: Vec<Assertion>,
}

/// The alerts expected at one instant.
#[derive(Deserialize)]
struct Assertion {
    alertname: String,
    exp_alerts: Vec<IgnoredAny>,
}

/// The sections of a runbook, in the order in which an operator who was just woken needs them.
const PARTS: [&str; 5] = ["## What it means", "## Look at", "## Do", "## It ends", "## Tell"];

#[test]
fn every_alert_has_a_runbook_and_every_runbook_an_alert() {
    let names = alerts().into_iter().map(|rule| rule.alert).collect::<BTreeSet<_>>();
    let pages = files("docs/runbooks", "md").into_iter().map(|path| stem(&path)).filter(|name| name != "README");
    assert_eq!(pages.collect::<BTreeSet<_>>(), names);
    for rule in alerts() {
        assert_eq!(rule.annotation("runbook_url"), format!("docs/runbooks/{}.md", rule.alert));
    }
}

#[test]
fn a_runbook_has_all_its_parts_in_order_under_the_name_of_its_alert() {
    for rule in alerts() {
        let text = read(rule.annotation("runbook_url"));
        assert!(text.starts_with(&format!("# {}\n", rule.alert)), "{} is called otherwise", rule.alert);
        let headings = text.lines().filter(|line| line.starts_with("## ")).collect::<Vec<_>>();
        assert_eq!(headings, PARTS, "{}", rule.alert);
    }
}

/// Each row of the index is a link and a sentence. The tables are in the order of severity.
#[test]
fn the_index_of_runbooks_has_every_alert_under_its_severity() {
    let index = read("docs/runbooks/README.md");
    for rule in alerts() {
        let heading = format!("## {}\n", rule.label("severity"));
        let (_, after) = index.split_once(&heading).unwrap_or_else(|| panic!("there is no {heading}"));
        let table = after.split("\n## ").next().expect("a text has a beginning");
        let row = format!("| [{name}]({name}.md) |", name = rule.alert);
        assert!(table.contains(&row), "{} is not under {}", rule.alert, rule.label("severity"));
    }
    assert_eq!(index.matches("\n| [").count(), alerts().len(), "the index names what is no alert, or one twice");
}

#[test]
fn an_alert_has_a_severity_and_a_concern_and_an_alert_of_a_line_names_the_line() {
    for rule in alerts() {
        let (severity, concern) = (rule.label("severity"), rule.label("concern"));
        assert!(["page", "ticket", "info", "none"].contains(&severity), "{}: {severity}", rule.alert);
        assert!(["line", "pipeline"].contains(&concern), "{}: {concern}", rule.alert);
        let joined = "* on (job, line) group_left (name, group, service_area, shard) ensilinja:line_name";
        let named = rule.expr.ends_with(joined);
        assert_eq!(named, concern == "line", "{}: only an alert of a line is routed by it", rule.alert);
        let summary = rule.annotation("summary");
        assert_eq!(summary.starts_with("{{ $labels.name }}"), concern == "line", "{}: {summary}", rule.alert);
    }
}

/// A reader of "below the floor" asks how far below, and of how many.
#[test]
fn a_description_contains_the_figures_of_its_alert() {
    let without = ["EnsilinjaNoFigures", "EnsilinjaLogReplaced", "EnsilinjaLineClosed", "Watchdog"];
    for rule in alerts() {
        let description = rule.annotation("description");
        let figures = description.contains("$value") || description.contains("| value");
        assert_eq!(figures, !without.contains(&rule.alert.as_str()), "{}", rule.alert);
        assert!(description.ends_with('.') && !description.contains('\n'), "{}: {description}", rule.alert);
    }
}

/// A subquery without a resolution uses the evaluation interval of the Prometheus, which differs by installation.
#[test]
fn a_subquery_names_its_resolution() {
    for rule in rules() {
        assert!(!rule.expr.contains(":]"), "{}{}: {}", rule.record, rule.alert, rule.expr);
    }
    for path in files("docs/runbooks", "md") {
        assert!(!read(&path).contains(":]"), "{}", path.display());
    }
}

#[test]
fn every_alert_is_tested_to_fire_and_to_stay_silent() {
    let (mut goes_off, mut keeps_quiet) = (BTreeSet::new(), BTreeSet::new());
    for path in files("deploy/prometheus/tests", "yml") {
        let file: TestFile = parse(&path);
        for assertion in file.tests.into_iter().flat_map(|case| case.alert_rule_test) {
            let quiet = assertion.exp_alerts.is_empty();
            (if quiet { &mut keeps_quiet } else { &mut goes_off }).insert(assertion.alertname);
        }
    }
    let names = alerts().into_iter().map(|rule| rule.alert).collect::<BTreeSet<_>>();
    assert_eq!(goes_off, names, "tested to go off");
    let sometimes_quiet = names.into_iter().filter(|name| name != "Watchdog").collect::<BTreeSet<_>>();
    assert_eq!(keeps_quiet, sometimes_quiet, "tested to keep quiet");
}

#[test]
fn every_alert_of_a_line_is_tested_through_a_restart_and_a_failover() {
    let held = read("deploy/prometheus/tests/failover.yml");
    for rule in non_empty("alerts of lines", alerts().into_iter().filter(|rule| rule.label("concern") == "line")) {
        assert!(held.contains(&format!("alertname=\"{}\"}}", rule.alert)), "{} may not hold", rule.alert);
    }
}

#[test]
fn queries_in_annotations_and_runbooks_use_series_that_exist() {
    let known = known_names();
    let check = |place: &str, query: &str| {
        let is_ours = |name: &str| ["ensilinja_", "ensilinja:", "process_"].iter().any(|ours| name.starts_with(ours));
        let ours = board::selectors(query).into_iter().filter(|selector| is_ours(&selector.name));
        let names = ours.map(|selector| selector.name).collect::<Vec<_>>();
        for name in &names {
            assert!(known.contains(name), "{place} asks for {name}: {query}");
        }
        names.len()
    };
    let (mut by_alerts, mut by_runbooks) = (0, 0);
    for rule in alerts() {
        for text in rule.annotations.values() {
            for query in text.split("printf \"").skip(1).filter_map(|rest| rest.split('"').next()) {
                by_alerts += check(&rule.alert, query);
            }
        }
    }
    for path in files("docs/runbooks", "md") {
        for query in read(&path).split("```promql\n").skip(1).filter_map(|rest| rest.split("```").next()) {
            by_runbooks += check(&stem(&path), query);
        }
    }
    assert!(by_alerts > 0 && by_runbooks > 0, "alerts ask for {by_alerts} series, runbooks for {by_runbooks}");
}

/// The names of all series: those of the catalogue and the recorded ones.
fn known_names() -> BTreeSet<String> {
    let metrics = CATALOGUE.iter().flat_map(|part| part.metrics);
    let series = metrics.flat_map(|metric| {
        let parts: &[&str] = match metric.kind {
            MetricKind::Gauge | MetricKind::Counter => &[""],
            // Without a suffix it is the native histogram that Prometheus 3 can make of it.
            MetricKind::Histogram => &["", "_bucket", "_count", "_sum"],
            MetricKind::GaugeHistogram => &["_bucket", "_gcount", "_gsum"],
        };
        parts.iter().map(|part| format!("{}{part}", metric.name))
    });
    series.chain(rules().into_iter().map(|rule| rule.record)).collect()
}

fn alerts() -> Vec<Rule> {
    non_empty("alerts", rules().into_iter().filter(|rule| !rule.alert.is_empty()))
}

fn rules() -> Vec<Rule> {
    let rules = repository::rules().into_iter();
    rules.map(|(file, rule)| serde_json::from_value(rule).unwrap_or_else(|error| panic!("{file}: {error}"))).collect()
}
