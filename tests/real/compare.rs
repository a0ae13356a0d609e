//! A live process compared with its own topic: figures differ only if something is wrong.

use std::collections::BTreeSet;

use ensilinja_sim::Disorder;
use ensilinja_test_support::TemporaryFolder;

use crate::command_line::{Ended, run};
use crate::feed::Feed;
use crate::program::Program;
use crate::shared_broker::shared_broker;
use crate::stage::Stage;

/// Runs `compare` with the configuration of a stage, after a change.
fn compare(stage: &Stage, change: impl Fn(String) -> String, words: &[&str]) -> Ended {
    let folder = TemporaryFolder::new("compare");
    let file = folder.write("ensilinja.toml", change(stage.configuration()));
    run(&[&["compare", "--quiet", "--config", file.to_str().unwrap()], words].concat())
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn a_live_process_agrees_with_its_topic_while_events_arrive() {
    let broker = shared_broker();
    let stage = Stage::set(&broker, "compared", 4);
    let mut feed = Feed::new(&stage, Disorder::ROUGH, 71, 1_000.0);
    let mut program = Program::run(&stage);
    program.wait_until_it_knows(feed.settle());
    let feed = feed.go_live();
    let live = format!("http://{}", program.address());
    for round in 0..4 {
        let (status, out, err) = compare(&stage, |config| config, &[&live]);
        assert_eq!(status, Some(0), "round {round}: {out}{err}");
        assert!(out.contains("no differences: ") && out.contains(" figures at 1 instant"), "{out}");
    }
    let mut feed = feed.stop();
    program.wait_until_it_knows(feed.settle());
    let mut standby = Program::run(&stage);
    standby.wait_until_it_knows(feed.settle());
    let other = format!("http://{}", standby.address());
    let (status, out, err) = compare(&stage, |config| config, &[&live, &other]);
    assert_eq!(status, Some(0), "two processes of one topic: {out}{err}");
    program.assert_agrees_with(feed.oracle());
    standby.end_well();
    program.end_well();
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn another_threshold_changes_only_the_figures_that_depend_on_it() {
    let broker = shared_broker();
    let stage = Stage::set(&broker, "threshold", 2);
    let mut feed = Feed::new(&stage, Disorder::ROUGH, 72, 5.0);
    let mut program = Program::run(&stage);
    program.wait_until_it_knows(feed.settle());
    let other = |config: String| config.replace("threshold = \"2m\"", "threshold = \"1m\"");
    assert_ne!(other(stage.configuration()), stage.configuration());
    let live = format!("http://{}", program.address());
    let (status, out, err) = compare(&stage, other, &[&live, "--format", "json", "--contacts"]);
    assert_eq!(status, Some(3), "{out}{err}");
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    let differences = json["differences"].as_array().unwrap();
    let of = |it: &serde_json::Value| match it["figure"].as_str().unwrap() {
        indicator if indicator.starts_with("indicator_") => it["labels"][0].as_str().unwrap().to_owned(),
        figure => figure.to_owned(),
    };
    let figures: BTreeSet<String> = differences.iter().map(of).collect();
    assert_eq!(figures, BTreeSet::from(["contacts_within_threshold", "service_level"].map(str::to_owned)), "{out}");
    let lines: BTreeSet<&str> = differences.iter().map(|it| it["line"].as_str().unwrap()).collect();
    assert!(lines.len() > 10, "{lines:?}");
    assert!(differences.iter().all(|it| it["contacts"].is_null()), "{out}");
    assert!(err.contains("its configuration differs, or the process is wrong"), "{err}");
    program.end_well();
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn a_process_that_does_not_answer_ends_a_comparison() {
    let broker = shared_broker();
    let stage = Stage::set(&broker, "unanswered", 1);
    let mut program = Program::run(&stage);
    let live = format!("http://{}", program.address());
    program.kill();
    let (status, out, err) = compare(&stage, |config| config, &[&live]);
    assert_eq!((status, out.as_str()), (Some(1), ""), "{err}");
    assert!(err.contains(&format!("error: {live} cannot be reached: ")), "{err}");
}
