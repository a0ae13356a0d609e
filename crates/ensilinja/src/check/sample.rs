//! The latest records, decoded as the processor would: how many are accepted, why the others are not, and how the
//! clocks of the sources stand to those of the brokers.
//!
//! Nothing of a record is shown but where it lies.

mod age;
mod tally;

use std::ops::ControlFlow;
use std::sync::atomic::AtomicBool;

use ensilinja_kafka::{Inspection, OffsetRange, PartitionInspection, ScanError, ScanRange, scan_topic};
use ensilinja_ledger::Rules;
use ensilinja_model::EventTime;

use super::finding::{Area, Finding, Findings};
use crate::kafka_settings::kafka_settings;
use crate::misspelt_type::meant_type;
use crate::past::decoder;
use crate::past::topic::wire_record;
use crate::progress::{Position, Progress};
use ensilinja_config::Config;
use tally::Tally;

/// Reads the latest `most` records and tells what they are like by the clock, which shows `now`.
///
/// # Errors
/// If it was stopped.
pub(super) fn look(
    inspection: &Inspection,
    config: &Config,
    (rules, now): (&Rules, EventTime),
    most: u32,
    progress: &Progress,
    stop: &AtomicBool,
    findings: &mut Findings,
) -> anyhow::Result<()> {
    let topic = config.kafka.topic.as_str();
    let Ok(seen) = &inspection.events else {
        findings.push(Finding::not_tried(Area::Records, topic, "reading records, for the topic was not seen"));
        return Ok(());
    };
    let ranges = ranges(&seen.partitions, most.into());
    if ranges.is_empty() {
        findings.push(if most == 0 {
            Finding::not_tried(Area::Records, topic, "reading records, for --sample is 0")
        } else {
            Finding::warning(Area::Records, topic, "holds no record", "see that something publishes to it")
        });
        return Ok(());
    }
    let decoder = decoder(config)?;
    let mut tally = Tally::new(rules.clone(), now);
    progress.begin("reading the latest records", "records");
    let stretch = ScanRange { from: EventTime::from_millis(0), offsets: &ranges };
    let read = scan_topic(&kafka_settings(&config.kafka), &stretch, stop, &mut |record, position| {
        let alone = wire_record(record);
        let examined = decoder.examine(&alone);
        tally.hear(record, examined, meant_type(&alone, &examined));
        progress.show(&Position {
            done: position.offsets_read,
            total: Some(position.offsets),
            count: position.records,
            at: record.timestamp,
        });
        ControlFlow::Continue(())
    });
    progress.end();
    match read {
        Ok(_) => {
            tally.tell(config, rules, findings);
            findings.extend(tally.newest().and_then(|newest| age::finding(newest, now, config)));
        }
        Err(ScanError::Stopped) => return Err(ScanError::Stopped.into()),
        Err(error @ ScanError::Refused { .. }) => findings.push(Finding::problem(
            Area::Permissions,
            topic,
            error.to_string(),
            "give this user READ and DESCRIBE on the topic",
        )),
        Err(error) => findings.push(Finding::problem(
            Area::Records,
            topic,
            error.to_string(),
            "check again; if it stays, see what the brokers have logged",
        )),
    }
    Ok(())
}

/// The last `most` offsets of all partitions together: the same number of each, and what one has too few of is left to
/// the others.
fn ranges(partitions: &[PartitionInspection], most: i64) -> Vec<OffsetRange> {
    let mut by_length: Vec<(i32, &PartitionInspection)> = (0..).zip(partitions).collect();
    by_length.sort_by_key(|(_, partition)| partition.end - partition.begin);
    let mut left = most;
    let mut ranges = Vec::new();
    for (place, (partition, seen)) in by_length.iter().enumerate() {
        let share = left / i64::try_from(by_length.len() - place).expect("a topic has few partitions");
        let length = (seen.end - seen.begin).min(share);
        left -= length;
        if length > 0 {
            ranges.push(OffsetRange { partition: *partition, from: seen.end - length, to: Some(seen.end) });
        }
    }
    ranges.sort_unstable();
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(ends: &[(i64, i64)], most: i64) -> Vec<String> {
        let partitions: Vec<PartitionInspection> = ends
            .iter()
            .map(|(begin, end)| PartitionInspection {
                begin: *begin,
                end: *end,
                log_end: *end,
                has_leader: true,
                replicas: 1,
                in_sync: 1,
            })
            .collect();
        ranges(&partitions, most).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_partition_gives_its_latest_and_what_one_lacks_comes_from_the_others() {
        assert_eq!(taken(&[(0, 100), (50, 200)], 20), ["0:90..100", "1:190..200"]);
        assert_eq!(taken(&[(0, 4), (50, 200)], 20), ["0:0..4", "1:184..200"]);
        assert_eq!(taken(&[(7, 7), (0, 3)], 20), ["1:0..3"]);
        assert_eq!(taken(&[(0, 100), (0, 100), (0, 100)], 2), ["1:99..100", "2:99..100"]);
        assert_eq!(taken(&[(0, 0)], 20), [""; 0]);
        assert_eq!(taken(&[(0, 9)], 0), [""; 0]);
    }
}
