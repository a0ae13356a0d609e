//! Several topics in one process, on the embedded broker: sources, patterns, repairs, dead letters.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use ensilinja_kafka::{
    EmbeddedBroker, GroupInspection, Ingest, IngestIntervals, InspectionFailure, OffsetRange, Redriver, RightState,
    ScanError, ScanRange, Settings, StartError, TopicChoice, inspect, read_dead_letters, scan_topics,
};
use ensilinja_model::EventTime;
use ensilinja_test_support::plain_consumer;
use rdkafka::Offset;

use crate::fixture::{
    DEAD, HOUR_MS, RecordingHandler, RunningIngest, dead_letter_keys, dead_letters, now, publish_to, settings_of, wait,
};

const START: EventTime = EventTime::from_seconds(1_758_006_900);

/// A broker with topics of two partitions.
fn broker(topics: &[&str]) -> EmbeddedBroker {
    let broker = EmbeddedBroker::start().unwrap();
    for topic in topics {
        broker.create_topic(topic, 2).unwrap();
    }
    broker.create_topic(DEAD, 1).unwrap();
    broker
}

fn numbered(prefix: &str, count: usize) -> Vec<String> {
    (0..count).map(|number| format!("{prefix}{number:05}")).collect()
}

fn publish(settings: &Settings, topic: &str, values: &[&str]) {
    publish_to(settings, topic, values, now());
}

fn publish_many(settings: &Settings, topic: &str, count: usize) {
    let values = numbered(topic, count);
    publish(settings, topic, &values.iter().map(String::as_str).collect::<Vec<_>>());
}

fn is_told(running: &RunningIngest, text: &str) -> bool {
    running.ingest.monitor().status().not_ready.iter().any(|why| why.contains(text))
}

fn committed(settings: &Settings, topic: &str) -> Vec<Offset> {
    plain_consumer::committed(&settings.bootstrap_servers, &settings.group_id, topic, 2)
}

#[test]
fn every_record_of_every_topic_is_handled_once_in_order_and_with_its_source() {
    let broker = broker(&["calls", "chats", "mail"]);
    let settings = settings_of(&broker.bootstrap_servers(), &["chats", "calls"]);
    publish_many(&settings, "calls", 2_000);
    publish_many(&settings, "chats", 300);
    publish_many(&settings, "mail", 10);
    let running = RunningIngest::start(settings.clone());
    running.catch_up();
    publish_many(&settings, "chats", 700);
    running.catch_up();
    let partitions = running.ingest.monitor().status().partitions;
    let names: Vec<_> = partitions.iter().map(|its| format!("{}/{}", its.topic, its.partition)).collect();
    assert_eq!(names, ["calls/0", "calls/1", "chats/0", "chats/1"]);
    let seen = running.stop().seen();
    assert_eq!(seen.len(), 3_000);
    for (topic, source, count) in [("calls", 1, 2_000), ("chats", 0, 1_000)] {
        let its: Vec<_> = seen.iter().filter(|seen| seen.topic == topic).collect();
        assert_eq!((its.len(), its.iter().all(|seen| seen.source == source)), (count, true), "{topic}");
        assert!(its.iter().all(|seen| seen.value.as_ref().unwrap().starts_with(topic)), "{topic}");
        for partition in 0..2 {
            let offsets: Vec<i64> = its.iter().filter(|s| s.partition == partition).map(|s| s.offset).collect();
            assert!(offsets.iter().copied().eq(0..i64::try_from(offsets.len()).unwrap()), "{topic}/{partition}");
        }
    }
}

#[test]
fn a_pattern_reads_a_topic_that_is_made_later_whole_and_no_other_topics() {
    let broker = broker(&["calls.a", "mail"]);
    let settings = settings_of(&broker.bootstrap_servers(), &["mail", "^calls[.]", "calls.named"]);
    broker.create_topic("calls.named", 1).unwrap();
    publish(&settings, "calls.a", &["a"]);
    let running = RunningIngest::start(settings.clone());
    running.catch_up();
    let before = running.ingest.monitor().complete_until();
    broker.create_topic("calls.b", 2).unwrap();
    broker.create_topic("called", 2).unwrap();
    publish(&settings, "calls.b", &["poison", "b", "c"]);
    publish(&settings, "calls.named", &["n"]);
    publish(&settings, "called", &["no"]);
    running.catch_up();
    let monitor = running.ingest.monitor();
    assert!(monitor.complete_until() >= before && monitor.status().log == 0);
    wait("the dead letter is written", || monitor.status().dead_letters.get("malformed") == Some(&1));
    let keys = dead_letter_keys(&settings.bootstrap_servers);
    assert!(keys.keys().all(|key| key.split('/').count() == 4), "they name the id of the topic: {keys:?}");
    let seen = running.stop().seen();
    let mut told: Vec<_> =
        seen.iter().map(|seen| (seen.value.as_deref().unwrap(), seen.topic.as_str(), seen.source)).collect();
    told.sort_unstable();
    let expected = [
        ("a", "calls.a", 1),
        ("b", "calls.b", 1),
        ("c", "calls.b", 1),
        ("n", "calls.named", 2),
        ("poison", "calls.b", 1),
    ];
    assert_eq!(told, expected);
    let ends = committed(&settings, "calls.b");
    let sum: i64 = ends.iter().map(|end| if let Offset::Offset(end) = end { *end } else { 0 }).sum();
    assert_eq!(sum, 3, "{ends:?}");
}

#[test]
fn a_pattern_of_everything_reads_neither_dead_letters_nor_what_belongs_to_kafka() {
    let broker = broker(&["calls", "__internal"]);
    let settings = settings_of(&broker.bootstrap_servers(), &["^"]);
    publish(&settings, "calls", &["poison", "a"]);
    publish(&settings, "__internal", &["no"]);
    let running = RunningIngest::start(settings.clone());
    running.catch_up();
    let monitor = running.ingest.monitor();
    wait("the dead letter is written", || monitor.status().dead_letters.get("malformed") == Some(&1));
    running.catch_up();
    assert_eq!(running.stop().values(), ["a", "poison"]);
}

#[test]
fn a_missing_topic_is_named_until_it_exists() {
    let broker = broker(&["calls"]);
    let settings = settings_of(&broker.bootstrap_servers(), &["calls", "chats"]);
    publish(&settings, "calls", &["a"]);
    let running = RunningIngest::start(settings.clone());
    wait("the topic is named", || is_told(&running, "the topic chats does not exist: create it with"));
    assert!(!running.ingest.monitor().rebuilt());
    broker.create_topic("chats", 2).unwrap();
    running.catch_up();
    assert_eq!((running.stop().values().as_slice(), is_empty_scan(&settings)), (["a".to_owned()].as_slice(), false));
}

fn is_empty_scan(settings: &Settings) -> bool {
    scanned(settings, &[]).unwrap().is_empty()
}

#[test]
fn a_pattern_without_a_topic_and_a_topic_of_two_patterns_are_named_until_that_has_changed() {
    let broker = broker(&["calls"]);
    let settings = settings_of(&broker.bootstrap_servers(), &["calls", "^chats"]);
    let running = RunningIngest::start(settings);
    wait("the pattern is named", || is_told(&running, "no topic matches ^chats"));
    broker.create_topic("chats", 2).unwrap();
    running.catch_up();
    running.stop();

    let settings = settings_of(&broker.bootstrap_servers(), &["^calls", "^chats", "^c.*new$"]);
    broker.create_topic("calls.a.new", 1).unwrap();
    let running = RunningIngest::start(settings.clone());
    wait("both patterns are named", || is_told(&running, "calls.a.new matches both ^calls and ^c.*new$"));
    assert!(!running.ingest.monitor().rebuilt());
    running.stop();
    let error = scanned(&settings, &[]).unwrap_err().to_string();
    assert!(error.contains("calls.a.new matches both ^calls and ^c.*new$"), "{error}");
}

#[test]
fn a_topic_that_comes_to_match_two_patterns_stops_the_figures() {
    let broker = broker(&["calls", "old.new"]);
    let running = RunningIngest::start(settings_of(&broker.bootstrap_servers(), &["^calls", "^.*new$"]));
    running.catch_up();
    broker.create_topic("calls.new", 1).unwrap();
    wait("both patterns are named", || is_told(&running, "calls.new matches both ^calls and ^.*new$"));
    let monitor = running.ingest.monitor();
    let before = monitor.complete_until();
    std::thread::sleep(Duration::from_millis(500));
    assert_eq!((monitor.complete_until(), monitor.rebuilt()), (before, true));
    running.stop();
}

#[test]
fn two_sources_of_one_topic_refuse_the_start() {
    let settings = settings_of("127.0.0.1:9", &["calls", "chats", "calls"]);
    let started =
        Ingest::start(settings, IngestIntervals::default(), Arc::new(now), now(), 0, RecordingHandler::default());
    let Err(StartError::Settings(error)) = started else { panic!("it was started") };
    assert_eq!(error.to_string(), "`calls` is claimed twice, by sources number 1 and 3: name it in one of them");
}

/// Publishes `calls`, then many records to `repairs`, which take a while. Tells whether figures are complete until then
/// before all is read.
fn is_complete_before_repairs_are_read(repairs_only: bool) -> bool {
    let broker = broker(&["calls", "repairs"]);
    let mut settings = settings_of(&broker.bootstrap_servers(), &["calls", "repairs"]);
    settings.topics[1].repairs_only = repairs_only;
    let running = RunningIngest::start_with(settings.clone(), RecordingHandler::with_delay(Duration::from_millis(20)));
    running.catch_up();
    publish(&settings, "calls", &["a"]);
    running.catch_up();
    publish_to(&settings, "repairs", &vec!["x"; 250], START);
    let published = now();
    let monitor = running.ingest.monitor();
    let lag = || monitor.status().partitions.iter().map(|partition| partition.lag_messages).sum::<i64>();
    wait("the repairs were found", || lag() > 0);
    let mut is_complete = false;
    wait("the repairs are read", || {
        is_complete |= monitor.complete_until().is_some_and(|until| until > published) && lag() > 0;
        lag() == 0
    });
    running.catch_up();
    assert_eq!(running.stop().len(), 251);
    is_complete
}

#[test]
fn repairs_of_the_past_do_not_hold_figures_back() {
    assert!(is_complete_before_repairs_are_read(true));
    assert!(!is_complete_before_repairs_are_read(false));
}

#[test]
fn repairs_are_read_before_the_first_figures() {
    let broker = broker(&["calls", "repairs"]);
    let mut settings = settings_of(&broker.bootstrap_servers(), &["calls", "repairs"]);
    settings.topics[1].repairs_only = true;
    publish_many(&settings, "repairs", 50);
    let running = RunningIngest::start_with(settings, RecordingHandler::with_delay(Duration::from_millis(20)));
    let monitor = running.ingest.monitor();
    wait("some are read", || running.handler.len() > 5);
    assert!(!monitor.rebuilt() && running.handler.len() < 50);
    wait("all are read", || monitor.rebuilt());
    assert_eq!(running.stop().len(), 50);
}

#[test]
fn dead_letters_of_every_topic_name_it_and_a_restart_goes_on_after_those_of_each() {
    let broker = broker(&["calls", "chats"]);
    let settings = settings_of(&broker.bootstrap_servers(), &["calls", "chats"]);
    publish(&settings, "calls", &["a", "poison"]);
    publish(&settings, "chats", &["poison", "poison", "b"]);
    for round in 1..=2 {
        let running = RunningIngest::start(settings.clone());
        running.catch_up();
        wait("all is written", || running.ingest.monitor().status().dead_letters_waiting == 0);
        assert_eq!(running.stop().len(), 5, "round {round}");
    }
    let letters = dead_letters(&settings.bootstrap_servers);
    let of = |topic: &str| letters.keys().filter(|key| key.starts_with(topic)).count();
    assert_eq!((letters.len(), of("calls/"), of("chats/")), (3, 1, 2), "{letters:?}");
    assert!(letters.values().all(|times| *times == 1), "{letters:?}");
    for topic in ["calls", "chats"] {
        let ends = plain_consumer::counts(&settings.bootstrap_servers, topic);
        let ends: Vec<_> = ends.into_iter().map(|end| i64::try_from(end).unwrap()).collect();
        let known: Vec<i64> = committed(&settings, topic).iter().map(|offset| offset.to_raw().unwrap()).collect();
        // Nothing is committed for an empty partition.
        assert_eq!(known.iter().map(|offset| (*offset).max(0)).collect::<Vec<_>>(), ends, "{topic}");
    }
}

#[test]
fn redriven_records_go_to_the_topics_they_came_from() {
    let broker = broker(&["calls", "chats"]);
    let settings = settings_of(&broker.bootstrap_servers(), &["calls", "^chats"]);
    publish(&settings, "calls", &["poison 1"]);
    publish(&settings, "chats", &["poison 2", "poison 3"]);
    let running = RunningIngest::start(settings.clone());
    wait("all is written", || running.ingest.monitor().status().dead_letters.get("malformed") == Some(&3));
    running.stop();
    let stop = AtomicBool::new(false);
    let topics = vec!["calls".to_owned(), "chats".to_owned()];
    let mut redriver = Redriver::new(&settings, topics, &stop).unwrap();
    read_dead_letters(&settings, &stop, &mut |letter, _| {
        redriver.send(&letter.record().unwrap(), &letter.position, now()).unwrap();
        ControlFlow::Continue(())
    })
    .unwrap();
    redriver.finish().unwrap();
    assert_eq!((redriver.acknowledged(), redriver.failed()), (3, 0));
    let count = |topic| plain_consumer::count(&settings.bootstrap_servers, topic);
    assert_eq!((count("calls"), count("chats")), (2, 4));
}

/// Scans all topics: the value of each record, with its topic and source.
fn scanned(settings: &Settings, offsets: &[OffsetRange]) -> Result<Vec<String>, ScanError> {
    let mut told = Vec::new();
    let range = ScanRange { from: START.plus_millis(-HOUR_MS), offsets };
    let summary = scan_topics(settings, &range, &AtomicBool::new(false), &mut |record, progress| {
        let value = String::from_utf8_lossy(record.value.unwrap()).into_owned();
        told.push(format!("{value} of {} {}", record.topic, record.source));
        assert_eq!(progress.records, told.len() as u64);
        ControlFlow::Continue(())
    })?;
    assert_eq!(summary.records, told.len() as u64);
    assert!(!summary.topics.is_empty() && summary.topics.iter().all(|topic| topic.id.is_some()), "{summary:?}");
    Ok(told)
}

#[test]
fn a_scan_merges_topics_by_timestamp_and_ties_by_name() {
    let broker = EmbeddedBroker::start().unwrap();
    for topic in ["chats", "calls", "mail"] {
        broker.create_topic(topic, 1).unwrap();
    }
    let settings = settings_of(&broker.bootstrap_servers(), &["mail", "^ch", "calls"]);
    for (topic, seconds) in [("calls", [1, 5, 9]), ("chats", [2, 5, 4]), ("mail", [0, 5, 20])] {
        for (number, second) in seconds.into_iter().enumerate() {
            publish_to(&settings, topic, &[&format!("{number}")], START.plus_millis(second * 1_000));
        }
    }
    let all = [
        "0 of mail 0",
        "0 of calls 2",
        "0 of chats 1",
        "1 of calls 2",
        "1 of chats 1",
        "2 of chats 1",
        "1 of mail 0",
        "2 of calls 2",
        "2 of mail 0",
    ];
    assert_eq!(scanned(&settings, &[]).unwrap(), all);
    let ranges = ["mail/0:1..2", "calls/0:0..2"].map(|range| range.parse().unwrap());
    assert_eq!(scanned(&settings, &ranges).unwrap(), ["0 of calls 2", "1 of calls 2", "1 of mail 0"]);
    let unnamed = scanned(&settings, &["0:1..2".parse().unwrap()]).unwrap_err();
    assert!(matches!(unnamed, ScanError::WhichTopic { .. }), "{unnamed}");
}

#[test]
fn an_inspection_has_every_topic_and_every_fault_of_a_pattern() {
    let broker = broker(&["calls", "chats.a", "chats.b", "both"]);
    let mut settings = settings_of(&broker.bootstrap_servers(), &["calls", "gone", "^chats", "^mail", "^bo", "^.*th$"]);
    settings.topics[2] = TopicChoice { repairs_only: true, ..settings.topics[2].clone() };
    publish(&settings, "chats.b", &["a", "b"]);
    let inspection = inspect(&settings, &["one".to_owned(), "other".to_owned()], HOUR_MS).unwrap();
    let told: Vec<String> = inspection
        .topics
        .iter()
        .map(|topic| {
            let what = match &topic.seen {
                Ok(seen) => format!("{} records", seen.partitions.iter().map(|its| its.end).sum::<i64>()),
                Err(InspectionFailure::TwoPatterns { one, other }) => format!("{one} and {other}"),
                Err(failure) => format!("{failure:?}"),
            };
            format!("{} of {}: {what}", topic.name, topic.choice.source)
        })
        .collect();
    assert_eq!(
        told,
        [
            "calls of 0: 0 records",
            "gone of 1: Missing",
            "chats.a of 2: 0 records",
            "chats.b of 2: 2 records",
            "both of 4: ^bo and ^.*th$",
            "^mail of 3: NoMatch",
        ]
    );
    let dead_letters = inspection.dead_letters.unwrap();
    assert!(inspection.topics[2].choice.repairs_only && dead_letters.seen.is_ok());
    // The embedded broker does not tell what a user may do.
    let rights = inspection.topics[0].rights.iter().chain(&dead_letters.rights);
    let rights = rights.chain(inspection.groups.iter().flat_map(|group| &group.rights));
    let told: Vec<_> = rights.map(|right| (right.right.operation.as_str(), right.state)).collect();
    let unknown = |operation| (operation, RightState::Unknown);
    assert_eq!(told, ["READ", "DESCRIBE_CONFIGS", "WRITE", "DESCRIBE_CONFIGS", "READ", "READ", "READ"].map(unknown));
    assert!(inspection.topics[1].rights.is_empty(), "the topic does not exist");
    let commits = |group: &GroupInspection| {
        group.commits.iter().map(|topic| (topic.topic.clone(), topic.committed.is_ok())).collect::<Vec<_>>()
    };
    let of_all = ["calls", "chats.a", "chats.b"].map(|topic| (topic.to_owned(), true));
    assert!(inspection.groups.iter().all(|group| commits(group) == of_all), "{:?}", inspection.groups);
    settings.writes_dead_letters = false;
    assert!(inspect(&settings, &[], HOUR_MS).unwrap().dead_letters.is_none(), "another process writes them");
}
