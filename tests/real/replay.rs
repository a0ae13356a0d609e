//! Live = replay: a replay of the topic reproduces, figure by figure, what a live process showed through a week with
//! disorder, restarts and redriven records.

use std::collections::BTreeSet;

use ensilinja_model::EventTime;
use ensilinja_sim::{County, Disorder, Generator, Publication};
use jiff::Timestamp;
use serde_json::Value;

use crate::feed::{send, settle};
use crate::live::{HandClock, Live};
use crate::program::Program;
use crate::shared_broker::shared_broker;
use crate::stage::Stage;

/// Monday 2025-09-08 at 00:00 in Helsinki.
const MONDAY: EventTime = EventTime::from_seconds(1_757_278_800);
/// Two weeks earlier.
const FIRST_RECORD: EventTime = EventTime::from_seconds(1_756_069_200);

/// The time between two looks: three and a half hours. 48 looks are a week.
const STEP_MS: i64 = 12_600_000;
const LOOKS: i64 = 49;

/// The looks at which a new process takes over.
const RESTARTS: [i64; 3] = [9, 20, 38];

/// The look after which the rejected records are sent again.
const REDRIVE: i64 = 30;

fn look(number: i64) -> EventTime {
    MONDAY.plus_millis(number * STEP_MS)
}

fn written(at: EventTime) -> String {
    Timestamp::from_millisecond(at.as_millis()).unwrap().to_string()
}

/// The figures of each line of a document, by the id of the line.
fn figures(document: &Value) -> Vec<(&Value, &Value)> {
    document["lines"].as_array().unwrap().iter().map(|line| (&line["line"], &line["figures"])).collect()
}

/// The paths at which two documents differ.
fn differences(one: &Value, other: &Value) -> Vec<String> {
    let (one, other) = (figures(one), figures(other));
    assert_eq!(one.len(), 22);
    assert_eq!(one.len(), other.len());
    let mut found = Vec::new();
    for ((line, one), (other_line, other)) in one.into_iter().zip(other) {
        assert_eq!(line, other_line);
        compare(one, other, line.as_str().unwrap(), &mut found);
    }
    found
}

fn compare(one: &Value, other: &Value, path: &str, found: &mut Vec<String>) {
    match (one, other) {
        (Value::Object(one), Value::Object(other)) => {
            for name in one.keys().chain(other.keys()).collect::<BTreeSet<_>>() {
                let [one, other] = [one, other].map(|object| object.get(name).unwrap_or(&Value::Null));
                compare(one, other, &format!("{path} {name}"), found);
            }
        }
        _ if one == other => {}
        _ => found.push(format!("{path}: {one} and {other}")),
    }
}

#[track_caller]
fn assert_same(one: &Value, other: &Value, what: &str) {
    let found = differences(one, other);
    assert!(found.is_empty(), "{what}: {} differences, the first: {:#?}", found.len(), &found[..found.len().min(12)]);
}

/// The lines of a run over the topic of a stage, parsed.
fn run(stage: &Stage, words: &[&str]) -> Vec<Value> {
    let mut program = Program::start(stage, &["replay"], &[&["--format", "jsonl"], words].concat());
    assert!(program.wait().success(), "{}", program.log());
    program.printed().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The instants of a run.
fn instants(run: &[Value]) -> &[Value] {
    assert_eq!(run.last().unwrap()["end"]["instants"], run.len() - 2);
    &run[1..run.len() - 1]
}

/// The records of the county in three weeks. One in forty of Tuesday's and Wednesday's is malformed, and is sent again
/// in its right form after the fix.
fn records() -> Vec<Publication> {
    let generator = Generator::new(&County::oma_hame(), 23, FIRST_RECORD, 0.4);
    let all = Disorder::ROUGH.publish(generator, 23).take_while(|record| record.at < look(LOOKS));
    let (tuesday, thursday) = (MONDAY.plus_millis(86_400_000), MONDAY.plus_millis(3 * 86_400_000));
    let mut fixed = Vec::new();
    let mut records: Vec<Publication> = all
        .enumerate()
        .map(|(number, record)| {
            if number % 40 != 0 || record.event.is_none() || !(tuesday..thursday).contains(&record.at) {
                return record;
            }
            let value = record.value.as_ref().map(|value| value[..value.len() / 2].to_vec());
            let broken = Publication { value, ..record.clone() };
            fixed.push(Publication { at: look(REDRIVE).plus_millis(1), ..record });
            broken
        })
        .collect();
    assert!(fixed.len() > 20, "{} records are to be sent again", fixed.len());
    records.extend(fixed);
    records.sort_by_key(|record| record.at);
    records
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn a_replay_reproduces_what_was_shown_live_through_a_week() {
    let broker = shared_broker();
    let stage = Stage::set(&broker, "live-is-replay", 4);
    let publisher = stage.publisher();
    let clock = HandClock::at(MONDAY);
    let mut records = records().into_iter().peekable();
    let mut publish_until = |instant: EventTime| {
        while let Some(record) = records.next_if(|record| record.at < instant) {
            send(&publisher, &record);
        }
        settle(&publisher);
    };

    publish_until(MONDAY);
    let mut live = Live::start(&stage, &clock);
    let mut shown = Vec::new();
    for number in 0..LOOKS {
        publish_until(look(number));
        clock.set(look(number));
        if RESTARTS.contains(&number) {
            live.end();
            live = Live::start(&stage, &clock);
        }
        shown.push(live.figures_at(look(number)));
    }
    live.end();

    let [from, to] = [look(0), look(LOOKS - 1)].map(written);
    let stretch = ["--from", &from, "--to", &to, "--step", "210m"];
    let then = run(&stage, &[&stretch[..], &["--known-at", "then"]].concat());
    assert_eq!(instants(&then).len(), shown.len());
    for (shown, replayed) in shown.iter().zip(instants(&then)) {
        assert_same(shown, replayed, "as known then");
    }
    let windows = &shown[40]["lines"][0]["figures"]["windows"];
    assert!(windows["open5d"]["contacts_offered"].as_i64().unwrap() > 100, "there are figures to compare");

    let number = usize::try_from(REDRIVE).unwrap() - 2;
    let at = written(look(REDRIVE - 2));
    let alone = run(&stage, &["--at", &at, "--known-at", &at]);
    assert_same(&shown[number], &instants(&alone)[0], "as known at one instant");

    // With all that is known now: the last instant as it was shown, and earlier ones as they should have been shown.
    let all = run(&stage, &stretch);
    assert_same(shown.last().unwrap(), instants(&all).last().unwrap(), "the last instant");
    let corrected = differences(&shown[number], &instants(&all)[number]);
    assert!(corrected.len() > 20, "before the fix figures were shown without what it brought: {corrected:?}");
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn a_process_restarted_after_a_kill_agrees_with_a_replay() {
    let broker = shared_broker();
    let stage = Stage::set(&broker, "killed-is-replay", 3);
    let mut feed = crate::feed::Feed::new(&stage, Disorder::ROUGH, 29, 40.0);
    let mut victim = Program::run(&stage);
    let settled = feed.settle();
    victim.wait_until_it_knows(settled);
    victim.kill();
    let mut program = Program::run(&stage);
    program.wait_until_it_knows(settled);
    let shown: Value = serde_json::from_str(&program.get("/api/figures").body).unwrap();
    let at = EventTime::from_seconds(shown["figures_as_of_timestamp_seconds"].as_i64().unwrap());
    for known in [&[][..], &["--known-at", "then"]] {
        let replayed = run(&stage, &[&["--at", &written(at)], known].concat());
        assert_same(&shown, &instants(&replayed)[0], "after a kill");
    }
    program.end_well();
}
