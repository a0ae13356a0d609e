//! A quarter in archives, on real Kafkas: archived by months, one of them in two runs; verified; restored on a second
//! broker; read alone, and together with a topic that has lost most of it.

use std::time::{Duration, Instant};

use ensilinja_test_support::{KafkaBroker, TemporaryFolder, plain_consumer, poll_until};

use crate::command_line::run;
use crate::program::Program;
use crate::shared_broker::shared_broker;
use crate::stage::Stage;

const PARTITIONS: i32 = 6;

/// The quarter by months, after six weeks in which its first contacts began. October settles its promises.
const MONTHS: [(&str, &str); 4] = [
    ("2025-05-20", "2025-07-01"),
    ("2025-07-01", "2025-08-01"),
    ("2025-08-01", "2025-09-01"),
    ("2025-09-01", "2025-10-03"),
];

fn finished(mut program: Program) -> Program {
    assert!(program.wait().success(), "{}", program.log());
    program
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn a_quarter_is_archived_restored_and_reported_the_same_from_topic_archives_and_both() {
    let broker = shared_broker();
    let stage = Stage::set(&broker, "quarter", PARTITIONS);
    let folder = TemporaryFolder::new("quarter");
    let simulated = ["--from", "2025-05-20", "--to", "2025-10-03", "--seed", "4", "--disorder", "--quiet"];
    finished(Program::start(&stage, &["simulate"], &simulated));
    let records = plain_consumer::count(&stage.brokers, &stage.topic);
    assert!(records > 600_000, "{records}");

    let path = |name: &str| folder.file(name).to_str().unwrap().to_owned();
    let archive = |name: &str, (from, to): (&str, &str)| {
        let output = path(name);
        Program::start(&stage, &["archive", "create"], &["--from", from, "--to", to, "--output", &output, "--quiet"])
    };
    // The first is interrupted and continued.
    let (first, progress) = (path("1.zst"), folder.file(".1.zst.partial.state"));
    let began = Instant::now();
    let mut interrupted = archive("1.zst", MONTHS[0]);
    assert!(poll_until(Duration::from_mins(1), || progress.exists()), "{}", interrupted.log());
    assert_eq!(interrupted.terminate().0.code(), Some(1), "{}", interrupted.log());
    assert!(interrupted.log().contains("the same command continues it"), "{}", interrupted.log());
    assert!(!std::path::Path::new(&first).exists(), "what is not complete does not look whole");
    let continued = finished(archive("1.zst", MONTHS[0]));
    assert!(continued.log().contains("an interrupted archive is continued"), "{}", continued.log());
    for (number, month) in (2..).zip(&MONTHS[1..]) {
        finished(archive(&format!("{number}.zst"), *month));
    }
    println!("archived {records} records in {:?}", began.elapsed());
    let files = [path("1.zst"), path("2.zst"), path("3.zst"), path("4.zst")];
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    let (status, out, err) = run(&[&["archive", "verify"][..], &files[..]].concat());
    assert_eq!(status, Some(0), "{out}{err}");
    let archived: u64 =
        out.lines().filter_map(|line| line.split(": ").nth(1)?.split(' ').next()?.parse::<u64>().ok()).sum();
    assert_eq!(archived, records, "{out}");

    let second = KafkaBroker::start();
    let restored = Stage { brokers: second.bootstrap(), ..stage.clone() };
    restored.create_topic_of_events(&second, PARTITIONS);
    let began = Instant::now();
    let into = [&files[..], &["--topic", &restored.topic, "--execute", "--quiet"]].concat();
    finished(Program::start(&restored, &["archive", "restore"], &into));
    println!("restored in {:?}", began.elapsed());
    assert_eq!(plain_consumer::count(&restored.brokers, &restored.topic), records);

    let asked = ["--from", "2025-07-01", "--to", "2025-10-01", "--by", "month", "--format", "csv", "--quiet"];
    let report = |stage: &Stage, more: &[&str]| {
        finished(Program::start(stage, &["report"], &[&asked[..], more].concat())).printed()
    };
    let of_topic = report(&stage, &[]);
    assert!(of_topic.lines().count() > 100, "{of_topic}");
    let with = [&["--archive"][..], &files[..]].concat();
    let alone = [&with[..], &["--without-topic"]].concat();
    assert!(report(&stage, &alone) == of_topic, "the archives");
    assert!(report(&restored, &[]) == of_topic, "the topic that was restored on the second broker");

    assert_extends_what_retention_left(&broker, &stage, &files, &of_topic, &asked);
}

/// Retention deletes all but the end: the topic alone knows little, and with the archives all.
fn assert_extends_what_retention_left(
    broker: &KafkaBroker,
    stage: &Stage,
    files: &[&str],
    of_topic: &str,
    asked: &[&str],
) {
    let with = [&["--archive"][..], files].concat();
    let kept = plain_consumer::counts(&stage.brokers, &stage.topic);
    for (partition, count) in (0..).zip(&kept) {
        broker.delete_records(&stage.topic, partition, i64::try_from(count * 9 / 10).unwrap());
    }
    let mut short = Program::start(stage, &["report"], asked);
    assert!(!short.wait().success() || short.printed() != of_topic, "most of the quarter is gone");
    let together = finished(Program::start(stage, &["report"], &[asked, &with].concat()));
    assert!(together.printed() == of_topic, "the topic and the archives together: {}", together.log());
    let late = "history begins too late";
    assert!(!together.log().contains(late), "history begins with the archives: {}", together.log());
    // Without the last archive there is a gap between the third and what the topic still has.
    let gap = [asked, &["--archive", files[0], files[1], files[2]]].concat();
    let mut gap = Program::start(stage, &["report"], &gap);
    let ended = gap.wait();
    assert!(!ended.success() || gap.printed() != of_topic, "records are missing");
    assert!(gap.log().contains(late), "history begins after the gap: {}", gap.log());
}
