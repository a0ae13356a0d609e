//! The files of the repository that tests compare: configuration, rules, runbooks and dashboards.

#![allow(dead_code, reason = "each test target uses a part of it")]

use std::fs;
use std::path::{Path, PathBuf};

use ensilinja_test_support::non_empty;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The top of the repository.
pub fn top() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// The text of a file, by its path from the top.
#[track_caller]
pub fn read(path: impl AsRef<Path>) -> String {
    let path = path.as_ref();
    fs::read_to_string(top().join(path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A file of YAML or JSON, by its path from the top.
#[track_caller]
pub fn parse<T: DeserializeOwned>(path: impl AsRef<Path>) -> T {
    let path = path.as_ref();
    serde_saphyr::from_str(&read(path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The files of a folder with this extension, of which there has to be one at least, by their paths from the top.
#[track_caller]
pub fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(top().join(folder)).unwrap_or_else(|error| panic!("{folder}: {error}"));
    let names = entries.map(|entry| PathBuf::from(entry.expect("the folder can be read").file_name()));
    let wanted = names.filter(|name| name.extension().is_some_and(|its| its == extension));
    non_empty(folder, wanted.map(|name| Path::new(folder).join(name)))
}

/// The name of a file without its extension.
pub fn stem(path: &Path) -> String {
    path.file_stem().expect("a file has a name").to_string_lossy().into_owned()
}

/// All rules of Prometheus, recorded series and alerts alike, each with the name of its file.
pub fn rules() -> Vec<(String, Value)> {
    let of_file = |path: PathBuf| {
        let groups = parse::<Value>(&path)["groups"].take();
        let rules = groups.as_array().expect("groups").iter().map(|group| group["rules"].clone());
        let rules = rules.flat_map(|rules| rules.as_array().expect("rules").clone()).collect::<Vec<_>>();
        let name = path.file_name().expect("a file has a name").to_string_lossy().into_owned();
        rules.into_iter().map(move |rule| (name.clone(), rule))
    };
    non_empty("rules", files("deploy/prometheus/rules", "yml").into_iter().flat_map(of_file))
}
