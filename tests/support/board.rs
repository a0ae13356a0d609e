//! The dashboards as Grafana reads them: their panels and queries.

#![allow(dead_code, reason = "each test target uses a part of it")]

use ensilinja_test_support::non_empty;
use serde_json::Value;

use crate::repository;

/// A dashboard.
pub struct Board {
    /// The name of its file.
    pub name: String,
    pub json: Value,
}

/// The name of a series in a query, with its label matchers.
#[derive(Debug, PartialEq)]
pub struct Selector {
    pub name: String,
    /// Labels, each with its values or pattern.
    pub matchers: Vec<(String, String)>,
}

/// Every dashboard that is provisioned.
pub fn boards() -> Vec<Board> {
    let files = repository::files("deploy/grafana/dashboards", "json");
    files.iter().map(|path| Board { name: repository::stem(path), json: repository::parse(path) }).collect()
}

impl Board {
    pub fn text(&self, key: &str) -> String {
        self.json[key].as_str().unwrap_or_else(|| panic!("{} has no {key}", self.name)).to_owned()
    }

    pub fn panels(&self) -> &Vec<Value> {
        let panels = self.json["panels"].as_array().expect("a board has panels");
        assert!(!panels.is_empty(), "{} has no panels", self.name);
        panels
    }

    /// All its queries: those of panels, variables and annotations.
    pub fn asked(&self) -> Vec<String> {
        let variables = self.json["templating"]["list"].as_array().into_iter().flatten();
        let queries = variables.filter_map(|variable| variable["query"]["query"].as_str());
        non_empty("queries", self.values("expr").into_iter().chain(queries.map(variable_query)))
    }

    /// Every text under this key, at any depth.
    pub fn values(&self, key: &str) -> Vec<String> {
        let mut found = Vec::new();
        gather(&self.json, key, &mut found);
        found
    }
}

/// The `PromQL` of a variable's query.
fn variable_query(query: &str) -> String {
    let (function, inside) = query.strip_suffix(')').and_then(|it| it.split_once('(')).expect("a function of Grafana");
    match (function, inside.split_once(',')) {
        ("query_result", _) => inside.to_owned(),
        ("label_values", Some((series, label))) => format!("count by ({label}) ({series})"),
        _ => panic!("{query} is not PromQL"),
    }
}

fn gather(json: &Value, key: &str, found: &mut Vec<String>) {
    match json {
        Value::Object(members) => {
            for (name, member) in members {
                match member {
                    Value::String(text) if name == key => found.push(text.clone()),
                    member => gather(member, key, found),
                }
            }
        }
        Value::Array(members) => members.iter().for_each(|member| gather(member, key, found)),
        _ => {}
    }
}

/// The names of the fields of a panel: the legends of its queries and the display names.
pub fn field_names(panel: &Value) -> Vec<String> {
    let legends = panel["targets"].as_array().into_iter().flatten().map(|target| &target["legendFormat"]);
    let overrides = panel["fieldConfig"]["overrides"].as_array().into_iter().flatten();
    let properties = overrides.flat_map(|one| one["properties"].as_array().into_iter().flatten());
    let shown = properties.filter(|property| property["id"] == "displayName").map(|property| &property["value"]);
    legends.chain(shown).filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Every name in an expression, with its matchers. It includes functions and keywords, which the caller ignores.
pub fn selectors(expr: &str) -> Vec<Selector> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == ':';
    let mut selectors = Vec::new();
    let mut rest = expr;
    while let Some(start) = rest.find(|c: char| c == '"' || is_name(c)) {
        rest = &rest[start..];
        if let Some(text) = rest.strip_prefix('"') {
            rest = text.split_once('"').expect("a text ends").1;
            continue;
        }
        let (name, after) = rest.split_at(rest.find(|c| !is_name(c)).unwrap_or(rest.len()));
        let (matchers, after) = match after.strip_prefix('{').and_then(|after| after.split_once('}')) {
            Some((inside, after)) => (matchers(inside), after),
            None => (Vec::new(), after),
        };
        selectors.push(Selector { name: name.to_owned(), matchers });
        rest = after;
    }
    selectors
}

fn matchers(inside: &str) -> Vec<(String, String)> {
    let mut parts = inside.split('"');
    let mut matchers = Vec::new();
    while let (Some(label), Some(value)) = (parts.next(), parts.next()) {
        let label = label.trim_matches(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
        matchers.push((label.to_owned(), value.to_owned()));
    }
    matchers
}
