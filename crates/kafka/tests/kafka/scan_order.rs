//! The order of the records of a scan, and scans of ranges of offsets, on the embedded broker.

use std::ops::ControlFlow;
use std::sync::atomic::AtomicBool;

use ensilinja_kafka::{
    EmbeddedBroker, OffsetRange, OutgoingRecord, Publisher, ScanError, ScanProgress, ScanRange, ScanSummary, Settings,
    scan_topics,
};
use ensilinja_model::EventTime;

use crate::fixture::{TOPIC, settings};

/// The partition, offset and timestamp of a record, in milliseconds after the start.
type ScannedRecord = (i32, i64, i64);

const START: EventTime = EventTime::from_seconds(1_758_006_900);
const PARTITIONS: i32 = 8;

fn embedded() -> (EmbeddedBroker, Settings) {
    let broker = EmbeddedBroker::start().unwrap();
    broker.create_topic(TOPIC, PARTITIONS).unwrap();
    let settings = settings(&broker.bootstrap_servers());
    (broker, settings)
}

/// Publishes a record for each timestamp (milliseconds after the start), spread over the partitions.
fn publish(settings: &Settings, timestamps: impl IntoIterator<Item = i64>) {
    let publisher = Publisher::new(settings, TOPIC).unwrap();
    for (number, timestamp) in timestamps.into_iter().enumerate() {
        let key = number.to_string();
        let (key, timestamp) = (Some(key.as_bytes()), START.plus_millis(timestamp));
        publisher.send(&OutgoingRecord { key, headers: &[], value: key, timestamp }).unwrap();
    }
    publisher.flush(std::time::Duration::from_secs(20)).unwrap();
}

/// Scans until `most` records have come.
fn read(
    settings: &Settings,
    offsets: &[OffsetRange],
    most: usize,
) -> (Result<ScanSummary, ScanError>, Vec<ScannedRecord>, ScanProgress) {
    let (mut scanned, mut last) = (Vec::new(), ScanProgress::default());
    let summary =
        scan_topics(settings, &ScanRange { from: START, offsets }, &AtomicBool::new(false), &mut |record, progress| {
            scanned.push((record.partition, record.offset, record.timestamp.unwrap().millis_since(START)));
            last = *progress;
            if scanned.len() == most { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
    (summary, scanned, last)
}

fn of_partition(scanned: &[ScannedRecord], partition: i32) -> Vec<i64> {
    scanned.iter().filter(|scanned| scanned.0 == partition).map(|scanned| scanned.1).collect()
}

#[test]
fn records_of_eight_partitions_come_in_the_order_of_their_timestamps() {
    let (_broker, settings) = embedded();
    publish(&settings, (0..20_000).map(|number| number * 7));
    let (summary, scanned, progress) = read(&settings, &[], usize::MAX);
    let summary = summary.unwrap();
    assert_eq!(summary.records, 20_000);
    assert!(scanned.iter().map(|scanned| scanned.2).eq((0..20_000).map(|number| number * 7)));
    assert!(
        (0..PARTITIONS).all(|partition| of_partition(&scanned, partition).len() > 1_000),
        "every partition has records"
    );
    let history = summary.history;
    assert_eq!(
        progress,
        ScanProgress { latest: progress.latest, history, records: 20_000, offsets_read: 20_000, offsets: 20_000 }
    );
}

#[test]
fn a_record_with_an_early_timestamp_keeps_its_place_in_its_partition_and_delays_no_other() {
    let (_broker, settings) = embedded();
    // Every tenth record is dated an hour early, as by a clock that is slow.
    let timestamp = |number: i64| number * 7 - if number % 10 == 0 { 3_600_000 } else { 0 };
    publish(&settings, (0..5_000).map(timestamp));
    let (summary, scanned, _) = read(&settings, &[], usize::MAX);
    assert_eq!(summary.unwrap().records, 5_000);
    let mut latest = [i64::MIN; 8];
    let counts_as = scanned.iter().map(|(partition, _, timestamp)| {
        let latest = &mut latest[usize::try_from(*partition).unwrap()];
        *latest = (*latest).max(*timestamp);
        *latest
    });
    assert!(counts_as.collect::<Vec<_>>().is_sorted());
    for partition in 0..PARTITIONS {
        let offsets = of_partition(&scanned, partition);
        assert!(offsets.iter().copied().eq(0..i64::try_from(offsets.len()).unwrap()), "partition {partition}");
    }
}

#[test]
fn a_small_read_ahead_loses_no_record() {
    let (_broker, mut settings) = embedded();
    for (name, value) in [("queued.max.messages.kbytes", "8"), ("fetch.message.max.bytes", "500")] {
        settings.properties.insert(name.to_owned(), value.to_owned());
    }
    publish(&settings, (0..4_000).map(|number| number * 7));
    let (summary, scanned, _) = read(&settings, &[], usize::MAX);
    assert_eq!(summary.unwrap().records, 4_000);
    assert!(scanned.is_sorted_by_key(|scanned| scanned.2));
}

#[test]
fn only_the_named_offsets_are_read_whatever_their_timestamps() {
    let (_broker, settings) = embedded();
    publish(&settings, (0..2_000).map(|number| number - 1_000_000));
    let ranges = ["5:10..20", "2:30.."].map(|range| range.parse().unwrap());
    let (summary, scanned, progress) = read(&settings, &ranges, usize::MAX);
    let summary = summary.unwrap();
    assert_eq!((summary.reaches_back, summary.history.start), (false, None), "ranges of offsets are no range of time");
    assert_eq!(of_partition(&scanned, 5), (10..20).collect::<Vec<_>>());
    let of_2 = of_partition(&scanned, 2);
    assert!(of_2.len() > 50 && of_2[0] == 30 && of_2.is_sorted());
    assert_eq!(scanned.len(), 10 + of_2.len());
    assert_eq!(progress.offsets, scanned.len() as u64);
}

#[test]
fn offsets_outside_the_log_are_refused_with_what_the_log_holds() {
    let (_broker, settings) = embedded();
    publish(&settings, 0..1_000);
    let end = of_partition(&read(&settings, &[], usize::MAX).1, 3).len();
    for (range, reason) in [
        ("3:0..5000", format!("3:0..5000 is not all in the log: partition 3 of {TOPIC} holds the offsets 0..{end}")),
        ("8:0..", format!("{TOPIC} has no partition 8: it has 8, counted from 0")),
    ] {
        let (summary, scanned, _) = read(&settings, &[range.parse().unwrap()], usize::MAX);
        assert_eq!((summary.unwrap_err().to_string(), scanned), (reason, vec![]));
    }
}

#[test]
fn a_break_ends_the_scan_after_the_earliest_records() {
    let (_broker, settings) = embedded();
    publish(&settings, 0..1_000);
    let (summary, scanned, progress) = read(&settings, &[], 300);
    assert!(matches!(summary, Err(ScanError::Stopped)), "{summary:?}");
    assert_eq!((scanned.len(), progress.offsets_read, progress.offsets), (300, 300, 1_000));
    assert!(scanned.iter().map(|scanned| scanned.2).eq(0..300), "the earliest records of all partitions");
}
