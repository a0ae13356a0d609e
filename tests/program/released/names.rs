//! The names of this version, from the product's own tables: the catalogue of metrics, the table of commands, the rules
//! of Prometheus, and the keys that the configuration accepts.

use std::collections::{BTreeMap, BTreeSet};

use ensilinja::cli::table;
use ensilinja_catalogue::{CATALOGUE, LabelValues, Metric, MetricKind};

use super::keys;
use crate::repository::rules;

/// Every name, such as `option ensilinja run --config`, with what else must stay, such as `takes a value`.
pub(super) fn all() -> BTreeMap<String, String> {
    let mut names = BTreeMap::new();
    for section in &CATALOGUE {
        let of_lines = section.title.starts_with("Lines");
        section.metrics.iter().for_each(|metric| push_metric(&mut names, metric, of_lines));
    }
    push_rules(&mut names);
    let mut commands = table();
    commands.build();
    push_command(&mut names, &commands);
    for key in keys::of_configuration() {
        names.insert(format!("key {key}"), "of the configuration".to_owned());
    }
    for key in keys::of_columns_file() {
        names.insert(format!("column key {key}"), "of a columns file".to_owned());
    }
    names
}

fn push_metric(names: &mut BTreeMap<String, String>, metric: &Metric, of_lines: bool) {
    let mut labels: BTreeSet<&str> = metric.labels.iter().map(|label| label.name).collect();
    if of_lines {
        labels.extend(["line", "channel"]);
    }
    if !metric.windows().is_empty() {
        labels.insert("window");
    }
    let kind = match metric.kind {
        MetricKind::Gauge => "gauge",
        MetricKind::Counter => "counter",
        MetricKind::Histogram => "histogram",
        MetricKind::GaugeHistogram => "gauge histogram",
    };
    let labels = labels.into_iter().collect::<Vec<_>>().join(", ");
    let details = if labels.is_empty() { kind.to_owned() } else { format!("{kind} by {labels}") };
    names.insert(format!("metric {}", metric.name), details);
    for label in metric.labels {
        let LabelValues::Words(words) = label.values else { continue };
        for word in words() {
            names.insert(format!("label {} {}=\"{word}\"", metric.name, label.name), "a value".to_owned());
        }
    }
    for window in metric.windows() {
        names.insert(format!("label {} window=\"{}\"", metric.name, window.as_str()), "a value".to_owned());
    }
}

/// Alerts with their severities, and recorded series.
fn push_rules(names: &mut BTreeMap<String, String>) {
    for (_, rule) in rules() {
        if let Some(series) = rule["record"].as_str() {
            names.insert(format!("series {series}"), "recorded".to_owned());
            continue;
        }
        let (alert, severity) = (rule["alert"].as_str().expect("a name"), &rule["labels"]["severity"]);
        let severity = severity.as_str().expect("a severity");
        let severities = names.entry(format!("alert {alert}")).or_insert_with(|| severity.to_owned());
        if severities != severity {
            *severities = format!("{severities} and {severity}");
        }
    }
}

fn push_command(names: &mut BTreeMap<String, String>, command: &clap::Command) {
    let called = command.get_bin_name().unwrap_or_else(|| command.get_name()).to_owned();
    names.insert(format!("command {called}"), "a command".to_owned());
    for argument in
        command.get_arguments().filter(|argument| !["help", "version"].contains(&argument.get_id().as_str()))
    {
        push_argument(names, &called, argument);
    }
    command.get_subcommands().for_each(|part| push_command(names, part));
}

fn push_argument(names: &mut BTreeMap<String, String>, command: &str, argument: &clap::Arg) {
    let takes_value = argument.get_action().takes_values();
    let default: Vec<_> = argument.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
    let details = match (takes_value, default.is_empty()) {
        (false, _) => "a flag".to_owned(),
        (true, true) => "takes a value".to_owned(),
        (true, false) => format!("takes a value, {} by default", default.join(", ")),
    };
    let name = match argument.get_long() {
        Some(long) => format!("option {command} --{long}"),
        None => format!("argument {command} {}", placeholder(argument)),
    };
    if let Some(variable) = argument.get_env() {
        names.insert(format!("environment {}", variable.to_string_lossy()), "a variable".to_owned());
    }
    for choice in argument.get_possible_values().iter().filter(|choice| takes_value && !choice.is_hide_set()) {
        let called = argument.get_long().map_or_else(|| placeholder(argument), |long| format!("--{long}"));
        names.insert(format!("choice {command} {called} {}", choice.get_name()), "a value".to_owned());
    }
    names.insert(name, details);
}

/// How help calls the value of an argument.
fn placeholder(argument: &clap::Arg) -> String {
    argument.get_value_names().and_then(<[_]>::first).map(ToString::to_string).unwrap_or_default()
}
