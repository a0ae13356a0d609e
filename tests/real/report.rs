//! Reports from a real topic: the same as from a file of the same events, with malformed records in the topic.

use ensilinja_sim::{County, Disorder};
use ensilinja_test_support::{TemporaryFolder, plain_consumer};

use crate::feed::Feed;
use crate::program::Program;
use crate::shared_broker::shared_broker;
use crate::stage::Stage;

const PAST: [&str; 6] = ["--from", "2025-09-08", "--to", "2025-09-17", "--seed", "9"];
const ASKED: [&str; 8] = ["--from", "2025-09-10", "--to", "2025-09-16", "--by", "month", "--format", "csv"];

fn run(stage: &Stage, command: &str, more: &[&str]) -> Program {
    let mut program = Program::start(stage, &[command], more);
    assert!(program.wait().success(), "{}", program.log());
    program
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn a_topic_and_a_file_of_the_same_events_make_the_same_report_and_the_topic_is_unchanged() {
    let broker = shared_broker();
    let stage = Stage::set(&broker, "report", 5);
    let folder = TemporaryFolder::new("report");
    let file = folder.file("events.jsonl");
    let events = file.to_str().unwrap();
    run(&stage, "simulate", &[&PAST[..], &["--disorder"]].concat());
    run(&stage, "simulate", &[&PAST[..], &["--disorder", "--output", events]].concat());
    let published = plain_consumer::count(&stage.brokers, &stage.topic);

    let from_topic = run(&stage, "report", &ASKED);
    let from_file = run(&stage, "report", &[&ASKED[..], &["--events", events]].concat());
    assert!(from_topic.printed() == from_file.printed(), "{}\n{}", from_topic.printed(), from_file.printed());
    assert!(from_topic.printed().lines().count() > 100, "{}", from_topic.printed());
    let log = from_topic.log();
    assert!(log.contains("records left out") && log.contains("malformed"), "{log}");
    assert!(!log.contains("needed_since"), "the topic still has its first record: {log}");
    assert_eq!(plain_consumer::count(&stage.brokers, &stage.topic), published);
    assert_eq!(plain_consumer::count(&stage.brokers, &stage.dead_letters), 0, "a report writes no dead letters");
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn a_missing_or_empty_topic_has_no_report() {
    let broker = shared_broker();
    for (stage, expected) in [
        (Stage::without_topics(&broker, "unreported"), "the topic unreported.events does not exist"),
        (Stage::set(&broker, "empty", 2), "empty.events has no event of these lines since 2025-08-"),
    ] {
        let mut program = Program::start(&stage, &["report"], &ASKED);
        assert_eq!(program.wait().code(), Some(1), "{}", program.log());
        assert!(program.log().contains(expected), "{}", program.log());
        assert_eq!(program.printed(), "");
    }
}

/// Yesterday is over, so its live figures and its report are equal.
#[test]
#[ignore = "needs Java 17 and Maven"]
fn a_report_of_yesterday_equals_what_is_shown_live() {
    let broker = shared_broker();
    let stage = Stage::set(&broker, "yesterday", 3);
    let mut feed = Feed::new(&stage, Disorder::ROUGH, 61, 20.0);
    let mut program = Program::run(&stage);
    program.wait_until_it_knows(feed.settle());
    // If midnight passes between the two, both are repeated.
    let (page, report) = loop {
        let page = program.metrics();
        let today = local_date(page["ensilinja_day_start_timestamp_seconds"]);
        let yesterday = today.yesterday().unwrap();
        let words = ["--from", &yesterday.to_string(), "--to", &today.to_string(), "--format", "csv"];
        let report = run(&stage, "report", &words).printed();
        if local_date(program.metrics()["ensilinja_day_start_timestamp_seconds"]) == today {
            break (page, report);
        }
    };
    let mut compared = 0;
    for row in report.lines().map(|row| row.split(',').collect::<Vec<_>>()).filter(|row| row[0] == "line") {
        let (line, channel, figure, n, numerator) = (row[1], row[3], row[7], row[9], row[10]);
        let shown = |what: &str| {
            let labels = format!("line=\"{line}\",channel=\"{channel}\",indicator=\"{figure}\",window=\"yesterday\"");
            page.get(&format!("ensilinja_indicator_{what}{{{labels}}}")).copied()
        };
        if let (Some(good), Some(valid)) = (shown("good"), shown("valid")) {
            let reported = [numerator, n].map(|number| number.parse().unwrap_or(0.0));
            assert_eq!(reported.map(f64::to_bits), [good, valid].map(f64::to_bits), "{figure} of {line}");
            compared += 1;
        }
    }
    assert!(compared > 200, "{compared} figures are in both");
    program.end_well();
}

fn local_date(seconds: f64) -> jiff::civil::Date {
    #[expect(clippy::cast_possible_truncation, reason = "the page shows whole seconds")]
    let at = jiff::Timestamp::from_second(seconds as i64).unwrap();
    at.to_zoned(County::zone()).date()
}
