//! Reading a sample.

use std::ops::ControlFlow;

use ensilinja_kafka::{InspectedTopic, ScanError, ScanRange, Settings, TopicChoice, scan_topics};
use ensilinja_ledger::Rules;

use super::age;
use super::counts::SampleCounts;
use super::finding::SampleFinding;
use super::ranges::latest_ranges;
use crate::context::LookbackContext;
use crate::kafka_settings::kafka_settings;
use crate::progress::ProgressUpdate;
use crate::source::THE_BEGINNING;

/// Reads the latest `most` records of an inspected topic, and judges them.
///
/// # Errors
/// [`ScanError::Stopped`] if reading was stopped. Any other failure to read is a finding.
pub fn sample_topic(
    topic: &InspectedTopic,
    rules: &Rules,
    most: u32,
    context: &LookbackContext<'_>,
) -> Result<Vec<SampleFinding>, ScanError> {
    let LookbackContext { config, now, stop, progress, .. } = *context;
    let Ok(seen) = &topic.seen else {
        return Ok(vec![SampleFinding::not_tried("reading records, because the topic was not seen")]);
    };
    let ranges = latest_ranges(&topic.name, &seen.partitions, most.into());
    if ranges.is_empty() {
        return Ok(vec![if most == 0 {
            SampleFinding::not_tried("reading records, because --sample is 0")
        } else {
            SampleFinding::warning("holds no record", "check that something publishes to it")
        }]);
    }
    let decoders = context.decoders();
    let source = &config.sources[topic.choice.source];
    let mut counts = SampleCounts::new(rules.clone(), source.mapping.format, now);
    progress.begin("reading the latest records", "records");
    let range = ScanRange { from: THE_BEGINNING, offsets: &ranges };
    let settings = Settings {
        topics: vec![TopicChoice { name: topic.name.clone(), ..topic.choice.clone() }],
        ..kafka_settings(config)
    };
    let read = scan_topics(&settings, &range, stop, &mut |record, scan| {
        counts.add(record, decoders.of_source(record.source));
        let (done, total) = (scan.offsets_read, Some(scan.offsets));
        progress.show(&ProgressUpdate { done, total, count: scan.records, at: record.timestamp });
        ControlFlow::Continue(())
    });
    progress.end();
    match read {
        Ok(_) => {
            let mut findings = counts.findings(source, config, rules);
            findings.extend(counts.newest().and_then(|newest| age::finding(newest, now, config)));
            Ok(findings)
        }
        Err(ScanError::Stopped) => Err(ScanError::Stopped),
        Err(error @ ScanError::Refused { .. }) => {
            let remedy = "give this user READ and DESCRIBE on the topic";
            Ok(vec![SampleFinding::problem(error.to_string(), remedy).about_permissions()])
        }
        Err(error) => {
            let remedy = "check again; if it stays, see what the brokers have logged";
            Ok(vec![SampleFinding::problem(error.to_string(), remedy)])
        }
    }
}
