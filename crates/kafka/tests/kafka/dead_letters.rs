//! Dead letters that are written, read and redriven, on the embedded broker.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use ensilinja_kafka::{
    DeadLetterCounts, EmbeddedBroker, KeptBytes, KeptHeaders, OutgoingRecord, Publisher, REDRIVEN_FROM, Redriver,
    ScanError, Settings, TopicChoice, read_dead_letters,
};
use ensilinja_test_support::plain_consumer;

use crate::fixture::odd_record::publish_odd_header;
use crate::fixture::{DEAD, RunningIngest, TOPIC, dead_letters, now, publish, settings, wait};

fn broker(partitions: i32) -> (EmbeddedBroker, Settings) {
    let broker = EmbeddedBroker::start().unwrap();
    broker.create_topic(TOPIC, partitions).unwrap();
    broker.create_topic(DEAD, 2).unwrap();
    let settings = settings(&broker.bootstrap_servers());
    (broker, settings)
}

/// What a dead letter has of its record.
#[derive(Debug, PartialEq, Eq)]
struct Copy {
    key: Option<Vec<u8>>,
    value: Option<Vec<u8>>,
    headers: Option<Vec<(String, Option<Vec<u8>>)>>,
    is_whole: bool,
    value_bytes: u64,
}

/// All dead letters by position, and how often each was written.
fn letters(settings: &Settings) -> (DeadLetterCounts, BTreeMap<String, (Copy, usize)>) {
    let mut all: BTreeMap<String, (Copy, usize)> = BTreeMap::new();
    let read = read_dead_letters(settings, &AtomicBool::new(false), &mut |letter, _| {
        assert_eq!((letter.reason, letter.detail), ("malformed", "poison"));
        let own = |kept: &KeptBytes<'_>| kept.bytes().map(<[u8]>::to_vec);
        let headers = match letter.headers {
            KeptHeaders::Whole(headers) => {
                Some(headers.iter().map(|(name, value)| ((*name).to_owned(), value.map(<[u8]>::to_vec))).collect())
            }
            KeptHeaders::Size(_) => None,
        };
        let (key, value) = (own(&letter.key), own(&letter.value));
        let value_bytes = letter.value.record_bytes();
        let copy = Copy { key, value, headers, is_whole: letter.record().is_some(), value_bytes };
        all.entry(letter.position.to_string()).or_insert((copy, 0)).1 += 1;
        ControlFlow::Continue(())
    })
    .unwrap();
    (read, all)
}

/// Runs an ingest until there are `letters` dead letters.
fn ingest(settings: &Settings, letters: usize) {
    let running = RunningIngest::start(settings.clone());
    running.catch_up();
    wait("the dead letters are written", || dead_letters(&settings.bootstrap_servers).len() == letters);
    running.stop();
}

#[test]
fn a_dead_letter_gives_its_record_back() {
    let (_broker, settings) = broker(1);
    let publisher = Publisher::new(&settings, TOPIC).unwrap();
    let large = format!("poison{}", "x".repeat(200_000));
    let headers =
        [("ce_type".to_owned(), Some(b"x".to_vec())), ("nothing".to_owned(), None), ("ce_type".to_owned(), None)];
    let many = vec![(String::new(), None); 10_000];
    for (key, headers, value) in [
        (Some(b"c-1".as_slice()), &headers[..], b"poison".as_slice()),
        (None, &[], large.as_bytes()),
        (Some(large.as_bytes()), &many, b"poison too"),
    ] {
        publisher.send(&OutgoingRecord { key, headers, value: Some(value), timestamp: now() }).unwrap();
    }
    publisher.flush(Duration::from_secs(20)).unwrap();
    publish_odd_header(&settings.bootstrap_servers, TOPIC, b"poison odd", now().as_millis());
    ingest(&settings, 4);

    let (read, letters) = letters(&settings);
    assert_eq!(read, DeadLetterCounts { letters: 4, others: 0 });
    let copies: Vec<&Copy> = letters.values().map(|(copy, _)| copy).collect();
    let [first, cut, crowded, odd] = copies[..] else { panic!("{letters:?}") };
    let own = headers.to_vec();
    let (key, value) = (Some(b"c-1".to_vec()), Some(b"poison".to_vec()));
    assert_eq!(first, &Copy { key, value, headers: Some(own), is_whole: true, value_bytes: 6 });
    assert_eq!((cut.is_whole, cut.value_bytes, cut.value.as_ref().unwrap().len()), (false, 200_006, 65_536));
    assert_eq!((crowded.is_whole, crowded.key.as_ref().unwrap().len(), &crowded.headers), (false, 65_536, &None));
    assert_eq!((odd.is_whole, &odd.headers), (false, &None));
}

#[test]
fn dead_letters_of_two_processes_about_one_record_have_the_same_position() {
    let (_broker, mut settings) = broker(2);
    publish(&settings, &["a", "poison 1", "poison 2"]);
    ingest(&settings, 2);
    settings.group_id = "another".to_owned();
    ingest(&settings, 2);
    // A record of another program.
    publish(
        &Settings { topics: vec![TopicChoice::of(DEAD)], dead_letter_topic: TOPIC.to_owned(), ..settings.clone() },
        &["hello"],
    );
    let (read, letters) = letters(&settings);
    assert_eq!(read, DeadLetterCounts { letters: 4, others: 1 });
    assert_eq!(letters.values().map(|(_, times)| *times).collect::<Vec<_>>(), [2, 2]);
}

#[test]
fn a_redriven_record_is_unchanged_except_for_the_mark_of_its_old_position() {
    let (_broker, settings) = broker(3);
    let publisher = Publisher::new(&settings, TOPIC).unwrap();
    let headers = [("a".to_owned(), Some(b"1".to_vec())), ("b".to_owned(), None)];
    let record = OutgoingRecord { key: Some(b"c-1"), headers: &headers, value: Some(b"poison"), timestamp: now() };
    publisher.send(&record).unwrap();
    publisher.flush(Duration::from_secs(20)).unwrap();
    ingest(&settings, 1);

    let stop = AtomicBool::new(false);
    for round in 1..=2 {
        let mut redriver = Redriver::new(&settings, vec![TOPIC.to_owned()], &stop).unwrap();
        read_dead_letters(&settings, &stop, &mut |letter, _| {
            redriver.send(&letter.record().unwrap(), &letter.position, now()).unwrap();
            ControlFlow::Continue(())
        })
        .unwrap();
        redriver.finish().unwrap();
        assert_eq!((redriver.acknowledged(), redriver.failed(), redriver.in_flight()), (round, 0, 0));
        ingest(&settings, if round == 1 { 2 } else { 4 });
    }
    let records = plain_consumer::read(&settings.bootstrap_servers, TOPIC);
    assert_eq!(records.len(), 4);
    let (_, letters) = letters(&settings);
    let marks: Vec<Vec<String>> = letters
        .values()
        .map(|(copy, times)| {
            let own = copy.headers.as_ref().unwrap();
            assert_eq!((copy.is_whole, copy.key.as_deref(), *times), (true, Some(&b"c-1"[..]), 1));
            assert_eq!(own[..2], headers);
            let text = |value: &Option<Vec<u8>>| String::from_utf8(value.clone().unwrap()).unwrap();
            own[2..].iter().map(|(name, value)| format!("{name}={}", text(value))).collect()
        })
        .collect();
    // One key, so one partition: the first record, its redrive, and the redrives of both.
    let origin = letters.keys().next().unwrap().clone();
    let second = letters.keys().nth(1).unwrap().clone();
    let mark = |position: &str| format!("{REDRIVEN_FROM}={position}");
    assert_eq!(marks[..2], [vec![], vec![mark(&origin)]]);
    assert_eq!(marks[2], [mark(&origin)]);
    assert_eq!(marks[3], [mark(&origin), mark(&second)]);
    assert!(records.iter().any(|record| record.header(REDRIVEN_FROM) == Some(origin.as_str())));
}

#[test]
fn a_missing_dead_letter_topic_is_an_error_and_an_empty_one_has_no_dead_letters() {
    let (_broker, settings) = broker(1);
    assert_eq!(letters(&settings).0, DeadLetterCounts::default());
    let elsewhere = Settings { dead_letter_topic: "elsewhere".to_owned(), ..settings.clone() };
    let missing = read_dead_letters(&elsewhere, &AtomicBool::new(false), &mut |_, _| ControlFlow::Continue(()));
    assert!(matches!(missing, Err(ScanError::TopicMissing { topic, .. }) if topic == "elsewhere"));
}

#[test]
fn a_stopped_redrive_counts_what_was_acknowledged() {
    let (_broker, settings) = broker(1);
    publish(&settings, &["poison 1", "poison 2", "poison 3"]);
    ingest(&settings, 3);
    let stop = AtomicBool::new(false);
    let mut redriver = Redriver::new(&settings, vec![TOPIC.to_owned()], &stop).unwrap();
    let mut ended = Vec::new();
    read_dead_letters(&settings, &AtomicBool::new(false), &mut |letter, _| {
        ended.push(redriver.send(&letter.record().unwrap(), &letter.position, now()).is_ok());
        stop.store(true, Ordering::Relaxed);
        ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!(ended, [true, false, false]);
    redriver.wait_after_stop();
    assert_eq!((redriver.acknowledged(), redriver.in_flight()), (1, 0));
}
