//! Findings about the topics: whether they exist, and their settings.

use ensilinja_kafka::{
    AclOperation, InspectedRight, InspectedTopic, Inspection, InspectionFailure, PartitionInspection, RightState,
    Settings, Severity, TopicInspection, WrongSetting, open_transaction_remedy,
};

use super::connections::advice;
use super::finding::{Area, Finding, Findings};

pub(super) fn look(inspection: &Inspection, kafka: &Settings, horizon_ms: i64, findings: &mut Findings) {
    let make = |name: &str, partitions: u8| {
        format!(
            "kafka-topics.sh --bootstrap-server {} --create --topic {name} --partitions {partitions} --config \
             cleanup.policy=delete --config retention.ms={horizon_ms}",
            kafka.bootstrap_servers
        )
    };
    for events in &inspection.topics {
        topic(&events.seen, &events.rights, &events.name, &make(&events.name, 12), findings);
        transactions(events, kafka, findings);
    }
    if let Some(letters) = &inspection.dead_letters {
        let name = &kafka.dead_letter_topic;
        topic(&letters.seen, &letters.rights, name, &make(name, 1), findings);
    }
}

fn topic(
    seen: &Result<TopicInspection, InspectionFailure>,
    rights: &[InspectedRight],
    name: &str,
    how_to_make: &str,
    findings: &mut Findings,
) {
    let lacks = |operation: Option<AclOperation>| {
        let is_it = |right: &InspectedRight| operation.is_none_or(|operation| right.right.operation == operation);
        rights.iter().any(|right| right.state == RightState::Missing && is_it(right))
    };
    let seen = match seen {
        Ok(seen) => seen,
        // The missing rights are findings of their own.
        Err(InspectionFailure::Refused(_)) if lacks(None) => return,
        Err(unseen) => return findings.push(unseen_topic(unseen, name, how_to_make)),
    };
    let count = seen.partitions.len();
    let offsets: i64 = seen.partitions.iter().map(|partition| partition.end - partition.begin).sum();
    let replicas = seen.partitions.iter().map(|partition| partition.replicas).min().unwrap_or(0);
    let partitions = if count == 1 { "1 partition".to_owned() } else { format!("{count} partitions") };
    let what = format!("{partitions}, {offsets} offsets, at least {replicas} replicas each");
    findings.push(Finding::ok(Area::Topics, name, what));
    let numbered = || seen.partitions.iter().enumerate();
    for (number, _) in numbered().filter(|(_, partition)| !partition.has_leader) {
        let about = format!("{name}/{number}");
        let advice = "start the brokers that hold it";
        findings.push(Finding::problem(
            Area::Topics,
            &about,
            "has no leader: it can be neither read nor written",
            advice,
        ));
    }
    let behind = numbered().filter(|(_, partition)| partition.in_sync < partition.replicas).count();
    if behind > 0 {
        let what = format!("{behind} of {partitions} have replicas that are not in sync");
        findings.push(Finding::warning(Area::Topics, name, what, "find the broker that is down or slow"));
    }
    match &seen.wrong_settings {
        Ok(wrong) if wrong.is_empty() => findings.push(Finding::ok(Area::Topics, name, "is set as it should be")),
        Ok(wrong) => wrong.iter().for_each(|wrong| findings.push(wrong_setting(wrong))),
        Err(_) if lacks(Some(AclOperation::DescribeConfigs)) => {
            let what = "its settings, because this user lacks DESCRIBE_CONFIGS";
            findings.push(Finding::not_tried(Area::Topics, name, what));
        }
        Err(reason) => {
            let what = format!(
                "its settings, which cannot be seen ({reason}); the user may need DESCRIBE_CONFIGS on the topic"
            );
            findings.push(Finding::not_tried(Area::Topics, name, what));
        }
    }
}

/// Findings about open transactions: records behind one cannot be read before it ends.
fn transactions(events: &InspectedTopic, kafka: &Settings, findings: &mut Findings) {
    let Ok(seen) = &events.seen else { return };
    let held = (0..).zip(&seen.partitions).filter(|(_, partition)| partition.end < partition.log_end);
    for (number, PartitionInspection { end, log_end, .. }) in held {
        let what = format!(
            "an open transaction blocks it from offset {end} on: {} offsets cannot be read before it ends",
            log_end - end
        );
        let advice = open_transaction_remedy(&kafka.bootstrap_servers, &events.name, number, *end);
        findings.push(Finding::warning(Area::Topics, &format!("{}/{number}", events.name), what, advice));
    }
}

fn wrong_setting(wrong: &WrongSetting) -> Finding {
    let WrongSetting { topic, name, value, consequence, right, severity } = wrong;
    let (what, advice) = (format!("{name}={value}: {consequence}"), format!("set {name}={right}"));
    match severity {
        Severity::Warning => Finding::warning(Area::Topics, topic, what, advice),
        Severity::Error => Finding::problem(Area::Topics, topic, what, advice),
    }
}

fn unseen_topic(unseen: &InspectionFailure, name: &str, how_to_make: &str) -> Finding {
    match unseen {
        InspectionFailure::Missing => {
            let advice =
                format!("create it with {how_to_make} (or more; see deploy/kafka/topics.sh), or correct its name");
            Finding::problem(Area::Topics, name, "does not exist", advice)
        }
        InspectionFailure::Refused(trouble) => {
            let what = format!("this user may not see it ({})", trouble.detail);
            Finding::problem(Area::Permissions, name, what, advice(trouble))
        }
        InspectionFailure::Unanswered(trouble) => {
            Finding::problem(Area::Topics, name, format!("cannot be inspected: {trouble}"), advice(trouble))
        }
        InspectionFailure::NoMatch => {
            let advice = "correct the pattern, or create the topic that it should match";
            Finding::problem(Area::Topics, name, "matches no topic", advice)
        }
        InspectionFailure::TwoPatterns { one, other } => {
            let advice = "name the topic, or make a pattern narrower";
            Finding::problem(Area::Topics, name, format!("matches both {one} and {other}"), advice)
        }
        InspectionFailure::NotTried => Finding::not_tried(Area::Topics, name, "no broker answers"),
    }
}
