//! The findings about samples of the topics.

use ensilinja_kafka::{AclOperation, InspectedRight, InspectedTopic, Inspection, RightState, ScanError};
use ensilinja_ledger::Rules;
use ensilinja_lookback::LookbackContext;
use ensilinja_lookback::sample::{SampleArea, SampleState, sample_topic};

use super::finding::{Area, Finding, Findings, State};

/// Reads the latest `most` records of each topic, and adds what was found.
///
/// # Errors
/// If it was stopped.
pub(super) fn look(
    inspection: &Inspection,
    rules: &Rules,
    most: u32,
    context: &LookbackContext<'_>,
    findings: &mut Findings,
) -> Result<(), ScanError> {
    for topic in &inspection.topics {
        if lacks_read(topic) {
            let what = "reading records, because this user lacks READ";
            findings.push(Finding::not_tried(Area::Records, &topic.name, what));
            continue;
        }
        for finding in sample_topic(topic, rules, most, context)? {
            findings.push(Finding {
                area: match finding.area {
                    SampleArea::Permissions => Area::Permissions,
                    SampleArea::Records => Area::Records,
                },
                state: match finding.state {
                    SampleState::Good => State::Ok,
                    SampleState::Warning => State::Warning,
                    SampleState::Problem => State::Problem,
                    SampleState::NotTried => State::NotTried,
                },
                about: topic.name.clone(),
                what: finding.what,
                advice: finding.remedy,
            });
        }
    }
    Ok(())
}

fn lacks_read(topic: &InspectedTopic) -> bool {
    let is_it =
        |right: &InspectedRight| right.right.operation == AclOperation::Read && right.state == RightState::Missing;
    topic.rights.iter().any(is_it)
}
