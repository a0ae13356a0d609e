//! The previous release and this version on the same topics: figures, dead letters, commits and run files, from one to
//! the other and back.
//!
//! `.ci/run` builds the previous release and names its folder in `ENSILINJA_TEST_PREVIOUS`. The configuration is that
//! release's sample, and both versions read it as it is.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use ensilinja_lookback::local_time::zoned;
use ensilinja_sim::{County, Disorder, POISON_HEADER, Poison, Publication};
use ensilinja_test_support::plain_consumer::{self, StoredRecord};
use ensilinja_test_support::{PATIENCE, TemporaryFolder, poll_until};
use ensilinja_wire::Detail;

use crate::command_line::run;
use crate::feed::{Feed, now};
use crate::program::Program;
use crate::shared_broker::shared_broker;
use crate::stage::Stage;

/// Enough poison that some comes while one version stops and the other starts.
const DISORDER: Disorder = Disorder { poison: 0.05, ..Disorder::ROUGH };

/// Records that 0.1.0 treats in another way, as the changelog says: it counts events that have `data_base64` beside
/// `data`, and keeps no letters about misspelt types of ours.
fn differs_in_0_1_0(record: &Publication) -> bool {
    let differs = |poison: Poison| poison.case == "data_base64_beside_data" || poison.detail == Detail::MisspeltType;
    record.poison.is_some_and(differs)
}

/// A version of the program. Both are started with the same configuration.
struct Version {
    program: PathBuf,
    sample: String,
    /// Its dead letters name the id of the topic.
    names_topic_ids: bool,
}

/// The previous release, and this version.
fn versions() -> [Version; 2] {
    let folder = std::env::var_os("ENSILINJA_TEST_PREVIOUS");
    let folder =
        PathBuf::from(folder.expect("ENSILINJA_TEST_PREVIOUS is not set: .ci/run builds the previous release"));
    let sample = fs::read_to_string(folder.join("ensilinja.toml")).unwrap();
    let this = PathBuf::from(env!("CARGO_BIN_EXE_ensilinja"));
    [
        Version { program: folder.join("ensilinja"), sample: sample.clone(), names_topic_ids: false },
        Version { program: this, sample, names_topic_ids: true },
    ]
}

impl Version {
    fn run(&self, stage: &Stage) -> Program {
        self.start(stage, &["run"], &[])
    }

    fn start(&self, stage: &Stage, before: &[&str], after: &[&str]) -> Program {
        Program::of_build(&self.program, &stage.configuration_by(&self.sample), before, after, &[])
    }
}

/// Asserts by `compare` of this version that two processes show the same figures at the same instant.
#[track_caller]
fn assert_equal_figures(one: &Program, other: &Program) {
    let [one, other] = [one, other].map(|program| format!("http://{}", program.address()));
    let (status, out, err) = run(&["compare", "--quiet", &one, &other]);
    assert_eq!(status, Some(0), "{out}{err}");
    let figures = out.split_once("no differences: ").and_then(|(_, rest)| rest.split(' ').next()?.parse::<u64>().ok());
    assert!(figures.is_some_and(|figures| figures > 5_000), "{out}");
}

/// A record of a topic: partition and offset.
type Place = (i32, i64);

/// How often each version has written a dead letter about each record: without the id of the topic, and with it.
fn letters(stage: &Stage) -> BTreeMap<Place, [u64; 2]> {
    let mut letters: BTreeMap<Place, [u64; 2]> = BTreeMap::new();
    for letter in plain_consumer::read(&stage.brokers, &stage.dead_letters) {
        let parts: Vec<&str> = letter.key_text().split('/').collect();
        assert_eq!(parts[0], stage.topic);
        let place = (parts[1].parse().unwrap(), parts[2].parse().unwrap());
        letters.entry(place).or_default()[usize::from(parts.len() == 4)] += 1;
    }
    letters
}

/// The records that both versions reject and keep, with the names of their faults.
fn rejected(stage: &Stage, feed: &Feed) -> BTreeMap<Place, &'static str> {
    let records = plain_consumer::read(&stage.brokers, &stage.topic);
    let poison = |record: &StoredRecord| {
        let tag: u64 = record.header(POISON_HEADER)?.parse().unwrap();
        let poison = feed.poison()[&tag];
        poison.reason.goes_to_dead_letters().then_some(((record.partition, record.offset), poison.case))
    };
    records.iter().filter_map(poison).collect()
}

/// Asserts that the records that are rejected have letters, and no others.
#[track_caller]
fn assert_letters_of(rejected: &BTreeMap<Place, &str>, letters: &BTreeMap<Place, [u64; 2]>) {
    let without: BTreeSet<_> = rejected.iter().filter(|(place, _)| !letters.contains_key(place)).collect();
    let beyond: BTreeSet<_> = letters.keys().filter(|place| !rejected.contains_key(place)).collect();
    assert!(without.is_empty() && beyond.is_empty(), "without a letter: {without:?}; others: {beyond:?}");
    assert!(rejected.len() > 50, "{}", rejected.len());
}

const PARTITIONS: i32 = 3;

fn committed(stage: &Stage) -> Vec<i64> {
    let offsets = plain_consumer::committed(&stage.brokers, "ensilinja", &stage.topic, PARTITIONS);
    offsets.iter().map(|offset| offset.to_raw().unwrap_or(0).max(0)).collect()
}

#[track_caller]
fn wait_until_all_is_committed(stage: &Stage, program: &Program) {
    let ends: Vec<i64> = plain_consumer::counts(&stage.brokers, &stage.topic)
        .into_iter()
        .map(|count| i64::try_from(count).unwrap())
        .collect();
    assert!(poll_until(PATIENCE, || committed(stage) == ends), "{:?} of {ends:?}\n{}", committed(stage), program.log());
}

#[test]
#[ignore = "needs Java 17, Maven and the previous release"]
fn both_versions_side_by_side_show_the_same_figures_and_this_one_reads_what_the_other_writes() {
    let broker = shared_broker();
    let stage = Stage::set(&broker, "side-by-side", PARTITIONS);
    let [previous, this] = versions();
    let mut feed = Feed::new(&stage, DISORDER, 91, 200.0).without(differs_in_0_1_0);
    let settled = feed.settle();
    let [mut old, mut new] = [&previous, &this].map(|version| version.run(&stage));
    for program in [&old, &new] {
        program.wait_until_it_knows(settled);
    }
    let live = feed.go_live();
    for program in [&old, &new] {
        program.wait_for_more_events();
    }
    let mut feed = live.stop();
    let settled = feed.settle();
    for program in [&old, &new] {
        program.wait_until_it_knows(settled);
    }
    assert_equal_figures(&old, &new);
    new.assert_agrees_with(feed.oracle());
    wait_until_all_is_committed(&stage, &new);
    old.end_well();
    new.end_well();

    // Each has written its own letter about a record that neither had committed before; to `dlq` they are copies.
    let rejected = rejected(&stage, &feed);
    let letters = letters(&stage);
    assert_letters_of(&rejected, &letters);
    assert!(letters.values().all(|written| written.iter().all(|times| *times <= 1)), "{letters:?}");
    assert!(letters.values().filter(|written| **written == [1, 1]).count() > 0, "{letters:?}");
    let mut listed = this.start(&stage, &["dlq", "list"], &["--format", "json", "--limit", "1"]);
    assert!(listed.wait().success(), "{}", listed.log());
    let listed: serde_json::Value = serde_json::from_str(&listed.printed()).unwrap();
    assert_eq!(listed["records"].as_u64(), Some(rejected.len() as u64), "{listed:#}");

    assert_equal_runs(&previous, &this, &stage);
}

/// Asserts that replays of both versions agree, and that this one reads the run file of the previous one.
fn assert_equal_runs(previous: &Version, this: &Version, stage: &Stage) {
    let folder = TemporaryFolder::new("runs");
    let yesterday = zoned(now(), &County::zone()).date().yesterday().unwrap();
    let [begin, end] = [0, 23].map(|hour| yesterday.at(hour, 0, 0, 0).to_zoned(County::zone()).unwrap());
    let instants = end.duration_since(&begin).as_hours() + 1;
    let [from, to] = [yesterday.to_string(), format!("{yesterday}T23:00")];
    let [one, other] = [("previous.jsonl", previous), ("this.jsonl", this)].map(|(name, version)| {
        let path = folder.file(name).to_str().unwrap().to_owned();
        let asked = ["--from", &from, "--to", &to, "--step", "1h", "--format", "jsonl"];
        let mut replay = version.start(stage, &["replay"], &[&asked[..], &["--output", &path]].concat());
        assert!(replay.wait().success(), "{}", replay.log());
        path
    });
    let (status, out, err) = run(&["compare", "--quiet", &one, &other]);
    assert_eq!(status, Some(0), "{out}{err}");
    assert!(
        out.contains(&format!(" figures at {instants} instants")) && err.contains("different versions"),
        "{out}{err}"
    );
}

/// How a version ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Handover {
    /// By SIGTERM.
    Ended,
    /// By SIGKILL.
    Killed,
}

#[test]
#[ignore = "needs Java 17, Maven and the previous release"]
fn an_upgrade_and_a_rollback_lose_no_dead_letter_repeat_only_uncommitted_ones_and_change_no_figure() {
    let broker = shared_broker();
    let stage = Stage::set(&broker, "upgrade", PARTITIONS);
    let [previous, this] = versions();
    let mut feed = Feed::new(&stage, DISORDER, 92, 200.0).without(differs_in_0_1_0);
    feed.settle();
    // Compared with each version in turn. It has a group and a topic of dead letters of its own.
    let beside = Stage { dead_letters: "upgrade.beside".to_owned(), ..stage.clone() };
    beside.create_topic_of_dead_letters(&broker);
    let text = beside.configuration_by(&this.sample);
    let own_group = text.replace("\ngroup = \"ensilinja\"\n", "\ngroup = \"beside\"\n");
    assert_ne!(text, own_group);
    let mut beside = Program::of_build(&this.program, &own_group, &["run"], &[], &[]);

    let (mut running, mut program) = (&previous, previous.run(&stage));
    for (next, handover) in [
        (&this, Handover::Ended),
        (&previous, Handover::Ended),
        (&this, Handover::Killed),
        (&previous, Handover::Killed),
    ] {
        let live = feed.go_live();
        program.wait_for_more_events();
        match handover {
            Handover::Ended => program.end_well(),
            Handover::Killed => program.kill(),
        }
        let (commits, before) = (committed(&stage), letters(&stage));
        assert!(commits.iter().all(|offset| *offset > 0), "{commits:?}");
        program = next.run(&stage);
        program.wait_for_more_events();
        feed = live.stop();
        let settled = feed.settle();
        for program in [&program, &beside] {
            program.wait_until_it_knows(settled);
        }
        assert_equal_figures(&program, &beside);
        beside.assert_agrees_with(feed.oracle());
        wait_until_all_is_committed(&stage, &program);

        let after = letters(&stage);
        assert_letters_of(&rejected(&stage, &feed), &after);
        let again = after.iter().filter(|(place, written)| before.get(place).is_some_and(|before| before != *written));
        let again: Vec<&Place> = again.map(|(place, _)| place).collect();
        // What was written and not yet committed is written again, and nothing else. This version commits when it ends;
        // 0.1.0, whose dead letters do not name the topic's id, was seen to leave some uncommitted.
        let is_uncommitted = |(partition, offset): &&Place| *offset >= commits[usize::try_from(*partition).unwrap()];
        assert!(again.iter().all(is_uncommitted), "written again: {again:?}, committed {commits:?}");
        if handover == Handover::Ended && running.names_topic_ids {
            assert!(again.is_empty(), "written again: {again:?}, committed {commits:?}");
        }
        running = next;
        let by_next = |letters: &BTreeMap<Place, [u64; 2]>| -> u64 {
            letters.values().map(|written| written[usize::from(next.names_topic_ids)]).sum()
        };
        assert!(by_next(&after) > by_next(&before), "the other version has written letters");
        println!("{handover:?}: {} letters, {} of them written again", after.len(), again.len());
    }
    program.end_well();
    beside.end_well();
}
