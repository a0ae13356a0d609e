//! Replays beside a running process change neither its offsets nor its figures, and end with a clear message if the
//! topic is deleted or lacks the requested time.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use ensilinja_lookback::local_time::zoned;
use ensilinja_sim::{County, Disorder};
use ensilinja_test_support::{PATIENCE, TemporaryFolder, plain_consumer, poll_until};
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::{ClientConfig, Offset};

use crate::feed::{Feed, now};
use crate::program::{Program, total};
use crate::shared_broker::shared_broker;
use crate::stage::Stage;

/// The committed offsets of the group of the sample configuration, by partition.
fn committed(stage: &Stage, partitions: i32) -> Vec<Offset> {
    plain_consumer::committed(&stage.brokers, "ensilinja", &stage.topic, partitions)
}

/// The consumer groups with members.
fn groups(stage: &Stage) -> Vec<String> {
    let consumer: BaseConsumer = ClientConfig::new().set("bootstrap.servers", &stage.brokers).create().unwrap();
    let list = consumer.fetch_group_list(None, Duration::from_mins(1)).unwrap();
    let with_members = list.groups().iter().filter(|group| !group.members().is_empty());
    with_members.map(|group| group.name().to_owned()).collect()
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn replays_beside_a_running_process_change_neither_its_offsets_nor_its_figures() {
    let broker = shared_broker();
    let stage = Stage::set(&broker, "beside", 3);
    let mut feed = Feed::new(&stage, Disorder::ROUGH, 31, 40.0);
    let settled = feed.settle();
    let mut program = Program::run(&stage);
    program.wait_until_it_knows(settled);
    let all = plain_consumer::count(&stage.brokers, &stage.topic);
    let is_all = |offsets: &[Offset]| {
        offsets.iter().map(|offset| offset.to_raw().unwrap_or(0).max(0).unsigned_abs()).sum::<u64>() == all
    };
    let has_committed = || is_all(&committed(&stage, 3));
    assert!(poll_until(PATIENCE, has_committed), "it does not commit: {:?}", committed(&stage, 3));
    let (before, letters) = (committed(&stage, 3), plain_consumer::count(&stage.brokers, &stage.dead_letters));
    let counted = total(&program.metrics(), "ensilinja_events_total");

    let today = zoned(now(), &County::zone()).date();
    let [from, to] = [today.yesterday().unwrap(), today].map(|date| date.to_string());
    for words in [
        &["--format", "csv"][..],
        &["--format", "openmetrics", "--known-at", "then"],
        &["--format", "jsonl", "--offsets", "0:0..50,1:10.."],
        &["--format", "table"],
    ] {
        let words = [words, &["--from", &from, "--to", &to]].concat();
        let mut replay = Program::start(&stage, &["replay"], &words);
        assert!(replay.wait().success(), "{}", replay.log());
        assert!(replay.printed().len() > 1_000, "{words:?}");
        assert_eq!(committed(&stage, 3), before, "{words:?}");
        assert_eq!(groups(&stage), [""; 0], "no process joins a group");
    }
    program.assert_agrees_with(feed.oracle());
    assert_eq!(total(&program.metrics(), "ensilinja_events_total"), counted, "nothing was read again");
    assert_eq!(plain_consumer::count(&stage.brokers, &stage.topic), all);
    assert_eq!(plain_consumer::count(&stage.brokers, &stage.dead_letters), letters, "a replay writes no dead letters");
    program.end_well();
}

/// A named pipe.
fn pipe(folder: &TemporaryFolder) -> PathBuf {
    let path = folder.file("pipe");
    assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
    path
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn a_topic_deleted_during_a_replay_ends_it_with_an_error_and_without_an_end_line() {
    let broker = shared_broker();
    let stage = Stage::set(&broker, "deleted", 2);
    let stretch = ["--from", "2025-08-01", "--to", "2025-09-16"];
    let mut simulate = Program::start(&stage, &["simulate"], &stretch);
    assert!(simulate.wait().success(), "{}", simulate.log());
    // Minute by minute the output is so long that a full pipe stops the reading of the topic.
    let folder = TemporaryFolder::new("deleted");
    let pipe = pipe(&folder);
    let words = ["--from", "2025-08-01", "--to", "2025-09-01", "--step", "1m", "--known-at", "then"];
    let words = [&words[..], &["--line", "mipa", "--format", "jsonl"]].concat();
    let mut replay = Program::start(&stage, &["replay"], &[&words[..], &["--output", pipe.to_str().unwrap()]].concat());
    let mut written = BufReader::new(File::open(&pipe).unwrap());
    let mut begins = String::new();
    written.read_line(&mut begins).unwrap();
    assert!(begins.starts_with("{\"run\""), "{begins}");
    broker.delete_topic(&stage.topic);
    let is_gone = || !plain_consumer::exists(&stage.brokers, &stage.topic);
    assert!(poll_until(PATIENCE, is_gone), "the topic is still there");
    let mut rest = String::new();
    written.read_to_string(&mut rest).unwrap();
    assert_eq!(replay.wait().code(), Some(1), "{}", replay.log());
    assert!(!rest.contains("{\"end\""), "the run does not look complete");
    let log = replay.log();
    assert!(log.contains("instants, from 2025-08-01 00:") && log.contains(" to 2025-08-"), "{log}");
    assert!(log.contains("was deleted") || log.contains("no record has come from"), "{log}");
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn windows_cut_by_retention_are_absent_in_a_replay_and_the_log_names_the_beginning() {
    let broker = shared_broker();
    let stage = Stage::set(&broker, "retained", 1);
    let mut simulate = Program::start(&stage, &["simulate"], &["--from", "2025-08-25", "--to", "2025-09-10"]);
    assert!(simulate.wait().success(), "{}", simulate.log());
    let half = i64::try_from(plain_consumer::count(&stage.brokers, &stage.topic) / 2).unwrap();
    let at = ["--at", "2025-09-09T12:00", "--format", "jsonl", "--line", "mipa"];
    let windows = |program: &Program| -> Vec<bool> {
        let text = program.printed();
        let document: serde_json::Value = serde_json::from_str(text.lines().nth(1).unwrap()).unwrap();
        let windows = document["lines"][0]["figures"]["windows"].as_object().unwrap().clone();
        windows.values().map(serde_json::Value::is_null).collect()
    };
    let mut whole = Program::start(&stage, &["replay"], &at);
    assert!(whole.wait().success(), "{}", whole.log());
    assert_eq!(windows(&whole), [false; 6], "the topic still has its first record");
    broker.delete_records(&stage.topic, 0, half);
    for known in [&[][..], &["--known-at", "then"]] {
        let mut cut = Program::start(&stage, &["replay"], &[&at[..], known].concat());
        assert!(cut.wait().success(), "{}", cut.log());
        assert_eq!(windows(&cut), [true; 6]);
        assert!(cut.log().contains("retained.events begins at 2025-09-0"), "{}", cut.log());
    }
}
