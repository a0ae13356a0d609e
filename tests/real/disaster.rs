//! The brokers are lost, and their topics with them: the walk of docs/OPERATIONS.md, *Disaster recovery*. And a topic
//! that was created again, whose archives are those of the former one.

use ensilinja_lookback::local_time::zoned;
use ensilinja_sim::{County, Disorder, Publication};
use ensilinja_test_support::plain_consumer::{self, StoredRecord};
use ensilinja_test_support::{KafkaBroker, PATIENCE, TemporaryFolder, poll_until};
use jiff::ToSpan as _;

use crate::command_line::run;
use crate::feed::{Feed, now, send, settle};
use crate::program::Program;
use crate::shared_broker::shared_broker;
use crate::stage::Stage;

const PARTITIONS: i32 = 4;

/// What `deploy/kafka/topics.sh` sets: 60 days.
const RETENTION_MS: &str = "5184000000";

fn done(stage: &Stage, before: &[&str], after: &[&str]) -> Program {
    let mut program = Program::start(stage, before, after);
    assert!(program.wait().success(), "{before:?} {after:?}\n{}", program.log());
    program
}

fn archived(stage: &Stage, path: &str, from: &str, to: &str) {
    done(stage, &["archive", "create"], &["--from", from, "--to", to, "--output", path, "--quiet"]);
}

/// A record that the platform sends again.
fn again(record: StoredRecord) -> Publication {
    let StoredRecord { timestamp_ms, key, headers, value, .. } = record;
    let at = ensilinja_model::EventTime::from_millis(timestamp_ms);
    Publication { at, key, headers, value, event: None, poison: None }
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn after_the_brokers_are_lost_archives_and_what_came_after_them_give_the_same_figures_on_other_brokers() {
    let lost = KafkaBroker::start();
    let stage = Stage::set(&lost, "disaster", PARTITIONS);
    let mut feed = Feed::with_history(&stage, Disorder::ROUGH, 94, 20.0, 62);
    let settled = feed.settle();
    let mut program = Program::run(&stage);
    program.wait_until_it_knows(settled);
    program.assert_agrees_with(feed.oracle());

    let folder = TemporaryFolder::new("disaster");
    let path = |name: &str| folder.file(name).to_str().unwrap().to_owned();
    let midnight = zoned(now(), &County::zone()).start_of_day().unwrap();
    let date = |days: i32| midnight.date().checked_add(days.days()).unwrap().to_string();
    let files = [path("1.jsonl.zst"), path("2.jsonl.zst")];
    archived(&stage, &files[0], &date(-63), &date(-30));
    archived(&stage, &files[1], &date(-30), &date(0));
    let figures = |stage: &Stage, name: &str| {
        let (from, to, path) = (date(-3), date(0), path(name));
        let asked = ["--from", &from, "--to", &to, "--step", "1h", "--format", "jsonl", "--output", &path, "--quiet"];
        done(stage, &["replay"], &asked);
        path
    };
    let before = figures(&stage, "before.jsonl");
    let records = plain_consumer::read(&stage.brokers, &stage.topic);
    let (all, midnight_ms) = (records.len(), midnight.timestamp().as_millisecond());
    let after_archives: Vec<_> = records.into_iter().filter(|record| record.timestamp_ms >= midnight_ms).collect();
    program.end_well();
    drop(lost);

    let others = shared_broker();
    let stage = Stage { brokers: others.bootstrap(), ..stage };
    stage.create_topics(&others, PARTITIONS);
    let restore = [&files[0], &files[1], "--topic", &stage.topic, "--execute", "--quiet"];
    others.set_of_topic(&stage.topic, "retention.ms", RETENTION_MS);
    let mut refused = Program::start(&stage, &["archive", "restore"], &restore);
    assert!(!refused.wait().success() && refused.log().contains("set retention.ms to -1 first"), "{}", refused.log());
    others.set_of_topic(&stage.topic, "retention.ms", "-1");
    let restored = done(&stage, &["archive", "restore"], &restore);
    let expected = format!("{} records were written and are acknowledged", all - after_archives.len());
    assert!(restored.printed().contains(&expected), "{}", restored.printed());
    let publisher = stage.publisher();
    for record in after_archives {
        send(&publisher, &again(record));
    }
    let settled = settle(&publisher);
    let mut program = Program::run(&stage);
    program.wait_until_it_knows(settled);
    program.assert_agrees_with(feed.oracle());
    let (status, out, err) = run(&["compare", "--quiet", &before, &figures(&stage, "after.jsonl")]);
    assert_eq!(status, Some(0), "{out}{err}");
    let instants = midnight.duration_since(&midnight.checked_sub(3.days()).unwrap()).as_hours() + 1;
    assert!(out.contains(&format!(" figures at {instants} instants")), "{out}");
    program.end_well();
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn archives_of_a_former_topic_are_named_with_both_ids_and_the_remedy_and_extend_no_history_by_themselves() {
    let broker = shared_broker();
    let stage = Stage::set(&broker, "former", 2);
    // Two seeds, so that no id of a contact comes again.
    let simulated = |from: &str, to: &str, seed: &str| {
        done(&stage, &["simulate"], &["--from", from, "--to", to, "--seed", seed, "--quiet"]);
    };
    let folder = TemporaryFolder::new("former");
    let file = folder.file("former.jsonl.zst").to_str().unwrap().to_owned();
    simulated("2025-09-01", "2025-09-08", "1");
    archived(&stage, &file, "2025-08-25", "2025-09-08");
    broker.delete_topic(&stage.topic);
    assert!(poll_until(PATIENCE, || !plain_consumer::exists(&stage.brokers, &stage.topic)), "the topic is still there");
    stage.create_topic_of_events(&broker, 2);
    simulated("2025-09-08", "2025-09-15", "2");

    let asked = ["--from", "2025-09-01", "--to", "2025-09-15", "--by", "day", "--format", "csv", "--archive", &file];
    let short = done(&stage, &["report"], &asked);
    let log = short.log();
    let line = log.lines().find(|line| line.contains("archives of an earlier topic of this name"));
    let line = line.unwrap_or_else(|| panic!("{log}"));
    for part in
        [&*file, "topic=\"former.events\"", "archived_id=", "present_id=", "--complete-since", "archive restore"]
    {
        assert!(line.contains(part), "{part}: {line}");
    }
    let unknown = |program: &Program| program.printed().lines().filter(|row| row.contains("not_known")).count();
    assert!(unknown(&short) > 0, "history begins with the new topic");
    let stated = done(&stage, &["report"], &[&asked[..], &["--complete-since", "2025-09-01"]].concat());
    assert_eq!(unknown(&stated), 0, "{}", stated.log());
}
