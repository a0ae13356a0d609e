//! The deployed rules and routes for real servers: as shipped, or with every minute shortened to a second.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::people::People;
use crate::repository::{files, parse, top};

/// The settings of rules and routes that are durations.
const DURATIONS: [&str; 5] = ["for", "keep_firing_for", "group_wait", "group_interval", "repeat_interval"];

/// The pace of rules and routes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// As shipped.
    Real,
    /// Durations of rules and routes are a sixtieth. The figures of the processor are not affected.
    MinutesAreSeconds,
}

/// The files of rules. Changed ones are written to `directory`.
pub fn rules(pace: Pace, directory: &Path) -> Vec<PathBuf> {
    let quickened = |file: PathBuf| {
        let written = directory.join(file.file_name().unwrap());
        fs::write(&written, with_pace(parse(&file), pace).to_string()).unwrap();
        written
    };
    let files = files("deploy/prometheus/rules", "yml").into_iter();
    files.map(|file| if pace == Pace::Real { absolute(file) } else { quickened(file) }).collect()
}

/// The configuration of Alertmanager with other addresses of the receivers, and with this pace.
pub fn routes(pace: Pace, people: &People) -> Value {
    let mut configuration = with_pace(parse("deploy/alertmanager/alertmanager.yml"), pace);
    for receiver in configuration["receivers"].as_array_mut().unwrap() {
        *receiver = people.receiver(receiver["name"].as_str().unwrap());
    }
    configuration["templates"] = json!([absolute("deploy/alertmanager/templates").join("*.tmpl")]);
    configuration
}

fn with_pace(value: Value, pace: Pace) -> Value {
    match value {
        value if pace == Pace::Real => value,
        Value::Array(list) => list.into_iter().map(|value| with_pace(value, pace)).collect(),
        Value::Object(object) => {
            let quicker = |(key, value): (String, Value)| match &value {
                Value::String(text) if DURATIONS.contains(&key.as_str()) => (key, json!(a_sixtieth(text))),
                _ => (key, with_pace(value, pace)),
            };
            Value::Object(object.into_iter().map(quicker).collect())
        }
        value => value,
    }
}

/// A sixtieth of a duration such as `30s`, `5m`, `4h` or `1d`.
fn a_sixtieth(duration: &str) -> String {
    let (number, unit) = duration.split_at(duration.len() - 1);
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => panic!("{duration} is no duration of ours"),
    };
    format!("{}ms", number.parse::<u64>().unwrap() * seconds * 1_000 / 60)
}

fn absolute(path: impl AsRef<Path>) -> PathBuf {
    top().join(path).canonicalize().unwrap()
}
