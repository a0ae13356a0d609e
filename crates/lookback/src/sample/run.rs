//! Reading a sample.

use std::ops::ControlFlow;

use ensilinja_kafka::{Inspection, ScanError, ScanRange, scan_topics};
use ensilinja_ledger::Rules;

use super::age;
use super::counts::SampleCounts;
use super::finding::SampleFinding;
use super::ranges::latest_ranges;
use crate::context::LookbackContext;
use crate::kafka_settings::kafka_settings;
use crate::meant_type::meant_type;
use crate::progress::ProgressUpdate;
use crate::source::{THE_BEGINNING, wire_record};

/// Reads the latest `most` records of the inspected topic, and judges them.
///
/// # Errors
/// [`ScanError::Stopped`] if reading was stopped. Any other failure to read is a finding.
pub fn sample_topic(
    inspection: &Inspection,
    rules: &Rules,
    most: u32,
    context: &LookbackContext<'_>,
) -> Result<Vec<SampleFinding>, ScanError> {
    let LookbackContext { config, now, stop, progress, .. } = *context;
    let Some(topic) = inspection.topics.first().and_then(|topic| topic.seen.as_ref().ok()) else {
        return Ok(vec![SampleFinding::not_tried("reading records, because the topic was not seen")]);
    };
    let ranges = latest_ranges(&topic.partitions, most.into());
    if ranges.is_empty() {
        return Ok(vec![if most == 0 {
            SampleFinding::not_tried("reading records, because --sample is 0")
        } else {
            SampleFinding::warning("holds no record", "check that something publishes to it")
        }]);
    }
    let decoder = context.decoder();
    let mut counts = SampleCounts::new(rules.clone(), now);
    progress.begin("reading the latest records", "records");
    let range = ScanRange { from: THE_BEGINNING, offsets: &ranges };
    let read = scan_topics(&kafka_settings(&config.kafka), &range, stop, &mut |record, scan| {
        let wire = wire_record(record);
        let examined = decoder.examine(&wire);
        counts.add(record, examined, meant_type(&wire, &examined));
        let (done, total) = (scan.offsets_read, Some(scan.offsets));
        progress.show(&ProgressUpdate { done, total, count: scan.records, at: record.timestamp });
        ControlFlow::Continue(())
    });
    progress.end();
    match read {
        Ok(_) => {
            let mut findings = counts.findings(config, rules);
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
