//! Alertmanager's configuration: routes, inhibitions and the texts of notifications.
//!
//! `tests/real/alerting.rs` tests that notifications arrive.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use ensilinja_test_support::{TemporaryFolder, non_empty};
use serde_json::{Value, json};

use crate::repository::{parse, rules, top};

const CONFIGURATION: &str = "deploy/alertmanager/alertmanager.yml";

/// Labels of alerts, and the receiver they go to.
const ROUTES: &[(&[&str], &str)] = &[
    (&["alertname=Watchdog", "severity=none"], "heartbeat"),
    (&["alertname=EnsilinjaLineClosed", "severity=none", "concern=line", "service_area=Forssa"], "nobody"),
    (&["alertname=EnsilinjaNoFigures", "severity=page", "concern=pipeline"], "operators_page"),
    (&["alertname=EnsilinjaNoStandby", "severity=ticket", "concern=pipeline"], "operators_ticket"),
    (&["alertname=Any", "severity=info", "concern=pipeline"], "operators_ticket"),
    (&["alertname=Any", "severity=page", "concern=line", "service_area=Pajala"], "operators_page"),
    (&["alertname=Any", "severity=ticket", "concern=line", "service_area=Pajala"], "operators_ticket"),
    (&["alertname=Any", "severity=page"], "operators_page"),
    (&["alertname=Any"], "operators_ticket"),
];

#[test]
fn every_service_area_of_the_configuration_has_a_route() {
    let routes = routes();
    let areas = routes.iter().flat_map(matchers).filter_map(|matcher| matcher.label_is("service_area"));
    let configured = ensilinja_config::county().lines.into_iter().map(|line| line.service_area);
    assert_eq!(areas.collect::<BTreeSet<_>>(), configured.collect::<BTreeSet<_>>());
}

#[test]
fn receivers_are_defined_if_and_only_if_they_are_used() {
    let text = |value: &Value| value.as_str().expect("a name").to_owned();
    let named = routes().iter().map(|route| text(&route["receiver"])).collect::<BTreeSet<_>>();
    let there = configuration()["receivers"].as_array().expect("a list").iter().map(|one| text(&one["name"])).collect();
    assert_eq!(named, there);
}

/// Alertmanager looks at a group every `group_interval` and repeats the notification if `repeat_interval` has passed.
/// If both were equal, it would not have passed yet.
#[test]
fn the_heartbeat_is_repeated_at_each_group_interval() {
    let routes = routes();
    let heartbeat = routes.iter().find(|route| route["receiver"] == "heartbeat").expect("a route of the Watchdog");
    let time = |name: &str| seconds(heartbeat[name].as_str().expect("a duration"));
    assert!(time("repeat_interval") < time("group_interval"), "{heartbeat}");
}

#[test]
fn every_alert_named_in_routes_and_inhibitions_exists() {
    let (rules, routes) = (alerts(), routes());
    let muting = inhibitions().into_iter().flat_map(|rule| [rule.sources, rule.targets].concat());
    let named = routes.iter().flat_map(matchers).chain(muting).filter(|matcher| matcher.label == "alertname");
    for alert in non_empty("alerts that are named", named.flat_map(|matcher| matcher.values)) {
        assert!(rules.contains_key(&alert), "{alert} is no alert of the rules");
    }
}

#[test]
fn no_alert_mutes_itself_and_nothing_mutes_a_purge() {
    for rule in inhibitions() {
        let (mut sources, mut targets) = (0, 0);
        for (name, labels) in &alerts() {
            let (source, target) =
                (rule.sources.iter().all(|matcher| matcher.matches(labels)), rule.is_aimed_at(labels));
            assert!(!(source && target), "{name} mutes itself by {rule:?}");
            assert!(!(target && name == "EnsilinjaCallbacksPurged"), "a purge is muted by {rule:?}");
            sources += i32::from(source);
            targets += i32::from(target);
        }
        assert!(sources > 0 && targets > 0, "a rule without effect: {rule:?}");
        assert!(rule.equal.contains(&"job".to_owned()), "one county would mute another: {rule:?}");
    }
}

#[test]
fn a_page_mutes_the_ticket_of_the_same_matter() {
    let (alerts, rules) = (alerts(), inhibitions());
    let severity = |name: &str| alerts.get(name).map(|labels| labels["severity"].as_str());
    let mut matters = 0;
    for matter in alerts.keys() {
        let named = ["", "Page", "Ticket", "Week"].map(|end| format!("{matter}{end}"));
        let Some(page) = named.iter().find(|name| severity(name) == Some("page")) else { continue };
        for ticket in named.iter().filter(|name| severity(name) == Some("ticket")) {
            let says_so = |rule: &&Inhibition| rule.is_aimed_at(&alerts[ticket]) && rule.comes_from(&alerts[page]);
            let rule = rules.iter().find(says_so).unwrap_or_else(|| panic!("{page} does not mute {ticket}"));
            let scope = if alerts[page]["concern"] == "line" { "line" } else { "channel" };
            assert!(rule.equal.contains(&scope.to_owned()), "{page} of one {scope} mutes {ticket} of another");
            matters += 1;
        }
    }
    assert!(matters >= 5, "there are {matters}");
}

#[test]
fn a_closed_line_mutes_only_what_can_wait() {
    let closed = |rule: &Inhibition| rule.sources[0].label_is("alertname").as_deref() == Some("EnsilinjaLineClosed");
    let rules = inhibitions().into_iter().filter(closed).collect::<Vec<_>>();
    let muted = alerts().into_iter().filter(|(_, labels)| rules.iter().any(|rule| rule.is_aimed_at(labels)));
    let muted = muted.map(|(name, _)| name.trim_start_matches("Ensilinja").to_owned()).collect::<Vec<_>>();
    let waits = [
        "BelowFloor",
        "CallbackDueSoon",
        "CallbackOverdue",
        "CallbacksBehind",
        "NobodyAnswers",
        "NobodyCallsBack",
        "WaitingTooLong",
        "WaitingTooLongTicket",
    ];
    assert_eq!(muted, waits);
}

#[test]
#[ignore = "needs amtool"]
fn alertmanager_accepts_the_configuration() {
    let output = amtool(&["check-config", CONFIGURATION]);
    assert!(output.contains("SUCCESS"), "{output}");
}

#[test]
#[ignore = "needs amtool"]
fn alerts_go_where_the_table_says() {
    for (labels, receiver) in ROUTES {
        assert_goes_to(labels, receiver);
    }
    let alerts = alerts();
    let areas = ensilinja_config::county().lines.into_iter().map(|line| line.service_area).collect::<BTreeSet<_>>();
    for area in &areas {
        let people = area.to_lowercase().replace('ä', "a").replace('-', "_");
        let area = format!("service_area={area}");
        for severity in ["page", "ticket", "info"] {
            let (severity_is, receiver) = (format!("severity={severity}"), format!("{people}_{severity}"));
            assert_goes_to(&["alertname=Any", "concern=line", &area, &severity_is], &receiver);
        }
        assert_eq!(alerts["EnsilinjaCallbacksPurged"]["severity"], "page");
        let purged = ["alertname=EnsilinjaCallbacksPurged", "concern=line", "severity=page", &area];
        assert_goes_to(&purged, &format!("{people}_page"));
    }
}

#[test]
#[ignore = "needs amtool"]
fn a_notification_has_severity_line_summary_and_runbook() {
    let one = notification("firing", &["Neuvola"]);
    assert_eq!(rendered("__subject", &one), "[HÄLYTYS / PAGE] Neuvola: 3 < 4.");
    assert_eq!(
        rendered("slack.default.text", &one),
        "Neuvola: 3 < 4.\nThree callbacks of Neuvola.\nAlkaen / since: 22.11. 09:00 EET\n\
         Ohje / runbook: docs/runbooks/EnsilinjaX.md\n\n"
    );
    let two = notification("firing", &["Neuvola", "Kuntoutus"]);
    assert_eq!(rendered("__subject", &two), "[HÄLYTYS / PAGE] Kanta-Häme: 2 hälytystä / alerts: EnsilinjaX");
    let text = rendered("slack.default.text", &two);
    assert!(text.contains("callbacks of Neuvola") && text.contains("callbacks of Kuntoutus"), "{text}");
}

#[test]
#[ignore = "needs amtool"]
fn a_resolved_notification_has_no_figures() {
    let over = notification("resolved", &["Neuvola"]);
    assert_eq!(rendered("__subject", &over), "[OHI / RESOLVED] Neuvola: EnsilinjaX");
    assert_eq!(
        rendered("slack.default.text", &over),
        "OHI / RESOLVED: Neuvola: EnsilinjaX\n22.11. 09:00 EET - 22.11. 10:30 EET\n\n"
    );
}

#[test]
#[ignore = "needs amtool"]
fn every_channel_uses_our_texts_without_further_settings() {
    let one = notification("firing", &["Neuvola"]);
    let words = rendered("ensilinja.alerts", &one);
    for text in ["msteams.default.text", "msteamsv2.default.text", "pushover.default.message"] {
        assert_eq!(rendered(text, &one), words, "{text}");
    }
    // Titles of chats and pagers are made from the first.
    for subject in ["__subject", "email.default.subject"] {
        assert_eq!(rendered(subject, &one), rendered("ensilinja.subject", &one), "{subject}");
    }
    let mail = rendered("email.default.html", &one);
    assert!(mail.starts_with("<!DOCTYPE html>") && mail.contains("Three callbacks of Neuvola."), "{mail}");
    assert!(mail.contains("3 &lt; 4"), "text is no markup: {mail}");
}

/// A condition on a label: it is, or is not, one of some values.
#[derive(Clone, Debug)]
struct Matcher {
    label: String,
    values: Vec<String>,
    is: bool,
}

/// An inhibition: alerts that mute others.
#[derive(Debug)]
struct Inhibition {
    sources: Vec<Matcher>,
    targets: Vec<Matcher>,
    equal: Vec<String>,
}

impl Matcher {
    /// Parses `label="value"`, `!=`, or `=~` with alternatives.
    fn read(text: &Value) -> Self {
        let text = text.as_str().expect("a matcher is a text");
        let start = text.find(['=', '!']).expect("an operator");
        let (label, rest) = text.split_at(start);
        let operator = ["=~", "!=", "="].into_iter().find(|operator| rest.starts_with(operator)).expect("one of ours");
        let values = rest[operator.len()..].trim_matches('"').split('|').map(str::to_owned).collect();
        Self { label: label.to_owned(), values, is: operator != "!=" }
    }

    fn matches(&self, labels: &BTreeMap<String, String>) -> bool {
        let value = labels.get(&self.label).map_or("", String::as_str);
        self.values.iter().any(|other| other == value) == self.is
    }

    /// The value that this label must have.
    fn label_is(&self, label: &str) -> Option<String> {
        (self.label == label && self.is).then(|| self.values[0].clone())
    }
}

impl Inhibition {
    fn comes_from(&self, labels: &BTreeMap<String, String>) -> bool {
        self.sources.iter().all(|matcher| matcher.matches(labels))
    }

    fn is_aimed_at(&self, labels: &BTreeMap<String, String>) -> bool {
        self.targets.iter().all(|matcher| matcher.matches(labels))
    }
}

/// Every route, at any depth.
fn routes() -> Vec<Value> {
    let mut routes = vec![configuration()["route"].take()];
    let mut next = 0;
    while next < routes.len() {
        routes.extend(routes[next]["routes"].as_array().cloned().unwrap_or_default());
        next += 1;
    }
    routes
}

/// A duration such as `50s` or `1m`.
fn seconds(duration: &str) -> u32 {
    let (number, unit) = duration.split_at(duration.len() - 1);
    let scale = match unit {
        "s" => 1,
        "m" => 60,
        _ => panic!("{duration} is neither of seconds nor of minutes"),
    };
    number.parse::<u32>().expect("a number") * scale
}

fn matchers(route: &Value) -> Vec<Matcher> {
    route["matchers"].as_array().map_or_else(Vec::new, |list| list.iter().map(Matcher::read).collect())
}

fn inhibitions() -> Vec<Inhibition> {
    let read = |list: &Value| list.as_array().expect("a list").iter().map(Matcher::read).collect();
    let rules = configuration()["inhibit_rules"].take();
    let rule = |rule: &Value| Inhibition {
        sources: read(&rule["source_matchers"]),
        targets: read(&rule["target_matchers"]),
        equal: serde_json::from_value(rule["equal"].clone()).expect("labels"),
    };
    non_empty("inhibitions", rules.as_array().expect("a list").iter().map(rule))
}

/// Every alert of the rules with its fixed labels.
fn alerts() -> BTreeMap<String, BTreeMap<String, String>> {
    let alert = |(_, rule): (String, Value)| {
        let name = rule["alert"].as_str()?.to_owned();
        let mut labels: BTreeMap<String, String> = serde_json::from_value(rule["labels"].clone()).expect("labels");
        labels.insert("alertname".to_owned(), name.clone());
        Some((name, labels))
    };
    non_empty("alerts", rules().into_iter().filter_map(alert)).into_iter().collect()
}

/// The text of a template for a notification, in the time of Finland.
fn rendered(template: &str, notification: &Value) -> String {
    let folder = TemporaryFolder::new("notification");
    let data = folder.write("notification.json", notification.to_string());
    let kind = if template.ends_with("html") { "html" } else { "text" };
    let text = format!("{{{{ template \"{template}\" . }}}}");
    amtool(&[
        "template",
        "render",
        "--template.glob=deploy/alertmanager/templates/*.tmpl",
        &format!("--template.type={kind}"),
        &format!("--template.text={text}"),
        &format!("--template.data={}", data.display()),
    ])
}

/// The input of a template: one alert for each line.
fn notification(status: &str, lines: &[&str]) -> Value {
    let mut common = json!({ "alertname": "EnsilinjaX", "severity": "page", "service_area": "Kanta-Häme" });
    let mut common_annotations = json!({});
    let alert = |line: &&str| {
        json!({
            "status": status,
            "labels": { "alertname": "EnsilinjaX", "severity": "page", "service_area": "Kanta-Häme", "name": line },
            "annotations": {
                "summary": format!("{line}: 3 < 4."),
                "description": format!("Three callbacks of {line}."),
                "runbook_url": "docs/runbooks/EnsilinjaX.md",
            },
            "startsAt": "2026-11-22T07:00:00Z",
            "endsAt": "2026-11-22T08:30:00Z",
        })
    };
    if let [line] = lines {
        common["name"] = json!(line);
        common_annotations["summary"] = json!(format!("{line}: 3 < 4."));
    }
    let alerts = lines.iter().map(alert).collect::<Vec<_>>();
    json!({ "status": status, "alerts": alerts, "commonLabels": common, "commonAnnotations": common_annotations })
}

fn assert_goes_to(labels: &[&str], receiver: &str) {
    let file = format!("--config.file={CONFIGURATION}");
    let output = amtool(&[&["config", "routes", "test", &file][..], labels].concat());
    assert_eq!(output.trim(), receiver, "{labels:?}");
}

fn amtool(arguments: &[&str]) -> String {
    let mut command = Command::new("amtool");
    let command = command.args(arguments).current_dir(top()).env("TZ", "Europe/Helsinki");
    let output = command.output().expect("amtool is installed");
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("it says text")
}

fn configuration() -> Value {
    parse(CONFIGURATION)
}
