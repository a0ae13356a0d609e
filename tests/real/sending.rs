//! The recipes of docs/SENDING.md, run unchanged against a real Kafka: the live processor accepts every event.
//!
//! A recipe is a section with files (blocks whose first line names one) and commands (the block `run`). The one for
//! Rust is not run here: it compiles Kafka's C library.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use ensilinja_test_support::TemporaryFolder;

use crate::program::{Program, total};
use crate::shared_broker::shared_broker;
use crate::stage::Stage;

const SENDING: &str = include_str!("../../docs/SENDING.md");

/// Each recipe with the tools it needs and the types of the events it sends.
const RECIPES: [(&str, &[&str], &[&str]); 7] = [
    ("Python", &["python3"], &["offered", "abandoned"]),
    ("JavaScript", &["node", "npm"], &["offered", "abandoned"]),
    ("Java", &["java", "mvn"], &["offered", "abandoned"]),
    ("Go", &["go"], &["offered", "abandoned"]),
    ("Rust", &[], &["offered", "abandoned"]),
    ("rsyslog", &["rsyslogd"], &["offered"]),
    ("Kafka Connect", &["java", "mvn"], &["offered"]),
];

/// A recipe.
struct Recipe {
    files: Vec<(&'static str, &'static str)>,
    commands: &'static str,
}

/// The folder of a recipe. Go's modules are read-only, and can be removed only once they are not.
struct Folder(TemporaryFolder);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = Command::new("chmod").args(["-R", "u+w"]).arg(self.0.path()).status();
    }
}

fn recipe(name: &str) -> Recipe {
    let section = SENDING.split_once(&format!("\n### {name}\n")).unwrap_or_else(|| panic!("no recipe for {name}")).1;
    let section = section.split("\n### ").next().unwrap();
    let mut recipe = Recipe { files: Vec::new(), commands: "" };
    for block in section.split("\n```").skip(1).step_by(2) {
        let (first, text) = block.split_once('\n').unwrap();
        match first.split_once(' ').map(|(_, name)| name) {
            Some("run") => recipe.commands = text,
            Some(file) => recipe.files.push((file, text)),
            None => panic!("a block of {name} says neither a file nor `run`"),
        }
    }
    recipe
}

fn is_installed(tool: &str) -> bool {
    Command::new("sh").args(["-c", &format!("command -v {tool}")]).output().unwrap().status.success()
}

fn run(recipe: &Recipe, folder: &Path, stage: &Stage) -> Output {
    for (file, text) in &recipe.files {
        let file = folder.join(file);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    let mut command = Command::new("bash");
    command.args(["-euo", "pipefail", "-c", recipe.commands]).current_dir(folder);
    command.env("BROKERS", &stage.brokers).env("TOPIC", &stage.topic).output().unwrap()
}

/// Runs a recipe beside the live processor, which has to accept each of its events and reject none.
fn is_taken(name: &str) {
    let (_, tools, sent) = RECIPES.iter().find(|(of, ..)| *of == name).unwrap();
    for tool in *tools {
        assert!(is_installed(tool), "the recipe for {name} needs {tool}, which is not installed");
    }
    let broker = shared_broker();
    let topic = format!("sending-{}", name.to_lowercase().replace(' ', "-"));
    let stage = Stage::set(&broker, &topic, 3);
    let mut program = Program::run(&stage);
    program.wait_until_readyz(200, "ready");
    let folder = Folder(TemporaryFolder::new(&topic));
    let output = run(&recipe(name), folder.0.path(), &stage);
    let printed = [&output.stdout[..], &output.stderr].concat();
    assert!(output.status.success(), "{name}: {}\n{}", output.status, String::from_utf8_lossy(&printed));
    let is_applied = |kind: &&str, page: &_| {
        total(page, &format!("ensilinja_events_total{{type=\"{kind}\",result=\"applied\"}}")) == 1
    };
    let page = program.wait_for("its events are taken", |page| sent.iter().all(|kind| is_applied(kind, page)));
    assert_eq!(total(&page, "ensilinja_events_rejected_total"), 0, "{name}: nothing is refused");
    assert_eq!(total(&page, "ensilinja_events_odd_total"), 0, "{name}: nothing is odd");
    program.end_well();

    let mut check = Program::start(&stage, &["check"], &["--sample", "100"]);
    check.wait();
    let printed = check.printed().split_whitespace().collect::<Vec<_>>().join(" ");
    let accepted = format!("{} are accepted", sent.len());
    assert!(printed.contains(&accepted) && !printed.contains("are rejected as"), "{name}: {printed}");
}

#[test]
fn every_recipe_has_files_and_commands_and_pins_its_versions() {
    for (name, _, _) in RECIPES {
        let recipe = recipe(name);
        assert!(!recipe.files.is_empty() && !recipe.commands.is_empty(), "{name}");
        let text: String = recipe.files.iter().map(|(_, text)| *text).chain([recipe.commands]).collect();
        assert!(!text.contains("latest"), "{name} says which versions it was tried with");
    }
}

#[test]
#[ignore = "needs Java 17, Maven and Python 3"]
fn events_of_the_python_recipe_are_accepted() {
    is_taken("Python");
}

#[test]
#[ignore = "needs Java 17, Maven and Node 20"]
fn events_of_the_javascript_recipe_are_accepted() {
    is_taken("JavaScript");
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn events_of_the_java_recipe_are_accepted() {
    is_taken("Java");
}

#[test]
#[ignore = "needs Java 17, Maven and Go 1.24"]
fn events_of_the_go_recipe_are_accepted() {
    is_taken("Go");
}

#[test]
#[ignore = "needs Java 17, Maven and rsyslog with rsyslog-kafka"]
fn events_of_the_rsyslog_recipe_are_accepted() {
    is_taken("rsyslog");
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn events_of_the_kafka_connect_recipe_are_accepted() {
    is_taken("Kafka Connect");
}
