//! Findings about the rights of this user on topics and consumer groups, and about what the groups have committed.

use std::fmt::Write as _;

use ensilinja_kafka::{
    AclOperation, GroupInspection, InspectedRight, Inspection, InspectionFailure, NeededRight, RightNeed, RightState,
    Settings, TopicCommits,
};

use super::connections::advice;
use super::finding::{Area, Finding, Findings};

/// A resource of the brokers.
#[derive(Clone, Copy)]
enum Resource<'a> {
    Topic(&'a str),
    Group(&'a str),
}

pub(super) fn look(inspection: &Inspection, kafka: &Settings, findings: &mut Findings) {
    let brokers = &kafka.bootstrap_servers;
    for events in &inspection.topics {
        rights(Resource::Topic(&events.name), &events.rights, brokers, findings);
    }
    if let Some(letters) = &inspection.dead_letters {
        rights(Resource::Topic(&kafka.dead_letter_topic), &letters.rights, brokers, findings);
    }
    for group in &inspection.groups {
        rights(Resource::Group(&group.name), &group.rights, brokers, findings);
        members(group, findings);
        let writes = inspection.dead_letters.is_some() && group.name == kafka.group_id;
        group.commits.iter().for_each(|commits| committed(commits, group, writes, findings));
    }
}

/// One finding for each missing right, and one for all that the user has.
fn rights(resource: Resource<'_>, rights: &[InspectedRight], brokers: &str, findings: &mut Findings) {
    let about = resource.words();
    let (mut granted, mut without) = (Vec::new(), String::new());
    for InspectedRight { right: NeededRight { operation, purpose, need }, state } in rights {
        let name = operation.as_str();
        let lacks = format!("this user lacks {name}, for {purpose}");
        let remedy = resource.remedy(*operation, brokers);
        match (state, need) {
            (RightState::Granted, _) => granted.push(name),
            (RightState::Missing, RightNeed::Required) => {
                findings.push(Finding::problem(Area::Permissions, &about, lacks, remedy));
            }
            (RightState::Missing, RightNeed::Advised) => {
                findings.push(Finding::warning(Area::Permissions, &about, lacks, remedy));
            }
            (RightState::Missing, RightNeed::OtherCommands) => {
                let _ = write!(without, "; it lacks {name}, which only {purpose} needs");
            }
            // The sample of records shows whether a topic can be read.
            (RightState::Unknown | RightState::Unanswered(_), need)
                if *need != RightNeed::Required || resource.is_read_by_sample(*operation) => {}
            (RightState::Unknown, _) => {
                let what = format!("{name}, for {purpose}: the brokers do not tell whether this user has it");
                findings.push(Finding::not_tried(Area::Permissions, &about, what));
            }
            (RightState::Unanswered(error), _) => {
                let what = format!("{name}, for {purpose}: no answer whether this user has it: {error}");
                findings.push(Finding::not_tried(Area::Permissions, &about, what));
            }
        }
    }
    if !granted.is_empty() {
        findings.push(Finding::ok(Area::Permissions, &about, format!("this user has {}{without}", granted.join(", "))));
    }
}

impl Resource<'_> {
    fn words(self) -> String {
        match self {
            Self::Topic(name) => format!("topic {name}"),
            Self::Group(name) => format!("group {name}"),
        }
    }

    const fn is_read_by_sample(self, operation: AclOperation) -> bool {
        matches!((self, operation), (Self::Topic(_), AclOperation::Read))
    }

    /// How to give a user a right on this resource.
    fn remedy(self, operation: AclOperation, brokers: &str) -> String {
        let operation = match operation {
            AclOperation::Read => "Read",
            AclOperation::Write => "Write",
            AclOperation::Describe => "Describe",
            AclOperation::DescribeConfigs => "DescribeConfigs",
        };
        format!(
            "kafka-acls.sh --bootstrap-server {brokers} --add --allow-principal User:NAME --operation {operation} --{}",
            self.words()
        )
    }
}

/// A finding about programs that have joined a group. No process of this program does.
fn members(group: &GroupInspection, findings: &mut Findings) {
    if group.members > 0 {
        let what = format!(
            "has members of other programs ({}): while there are any, the brokers refuse what a process commits",
            group.members
        );
        let advice = "give those programs another group, or set kafka.group to one that no other program uses";
        findings.push(Finding::problem(Area::Permissions, &format!("group {}", group.name), what, advice));
    }
}

/// Findings about the committed offsets of a group, up to which dead letters have been written.
fn committed(commits: &TopicCommits, group: &GroupInspection, writes: bool, findings: &mut Findings) {
    let about = format!("group {}", group.name);
    let topic = &commits.topic;
    let offsets = match &commits.committed {
        Ok(offsets) => offsets,
        Err(InspectionFailure::Refused(trouble)) => {
            let what = format!("this user may not see its committed offsets ({})", trouble.detail);
            return findings.push(Finding::problem(Area::Permissions, &about, what, advice(trouble)));
        }
        Err(InspectionFailure::Unanswered(trouble)) => {
            let what = format!("its committed offsets cannot be seen: {trouble}");
            return findings.push(Finding::problem(Area::Permissions, &about, what, advice(trouble)));
        }
        Err(_) => {
            let what = format!("its committed offsets, because {topic} was not seen");
            return findings.push(Finding::not_tried(Area::Permissions, &about, what));
        }
    };
    let committed = offsets.iter().flatten().count();
    let what = match committed {
        0 if writes => {
            format!("is visible, and has committed nothing of {topic}: the first process writes every dead letter")
        }
        0 => format!("is visible, and has committed nothing of {topic}"),
        _ => format!("is visible, and has committed offsets of {committed} of {} partitions of {topic}", offsets.len()),
    };
    findings.push(Finding::ok(Area::Permissions, &about, what));
    let of_another_log = offsets.iter().flatten().filter(|commit| commit.is_of_another_log).count();
    if of_another_log > 0 {
        let what = format!(
            "committed offsets of {of_another_log} partitions are of an earlier topic of this name, and are ignored"
        );
        let advice = "start a process: it writes the dead letters of the present topic, and commits new offsets";
        findings.push(Finding::warning(Area::Permissions, &about, what, advice));
    }
}

#[cfg(test)]
mod tests {
    use rdkafka::error::RDKafkaErrorCode;

    use super::*;

    /// The findings about a topic to which records are written and of which `ensilinja dlq` reads them.
    fn text(write: RightState, read: RightState) -> String {
        let right =
            |operation, purpose, need, state| InspectedRight { right: NeededRight { operation, purpose, need }, state };
        let all = [
            right(AclOperation::Write, "writing dead letters", RightNeed::Required, write),
            right(AclOperation::Read, "ensilinja dlq", RightNeed::OtherCommands, read),
        ];
        let mut findings = Findings::default();
        rights(Resource::Topic("letters"), &all, "kafka:9092", &mut findings);
        findings.text(200, false)
    }

    #[test]
    fn a_right_that_only_other_commands_need_is_no_fault() {
        let lacks = text(RightState::Granted, RightState::Missing);
        let expected = "topic letters: this user has WRITE; it lacks READ, which only ensilinja dlq needs\n";
        assert!(lacks.contains(expected) && lacks.ends_with("1 ok, 0 warnings, 0 problems, 0 not tried\n"), "{lacks}");
        let has = text(RightState::Granted, RightState::Granted);
        assert!(has.contains("topic letters: this user has WRITE, READ\n"), "{has}");
    }

    #[test]
    fn an_error_of_the_question_is_no_silence_of_the_brokers() {
        let failed = RightState::Unanswered(RDKafkaErrorCode::OperationTimedOut);
        for (state, why) in [
            (RightState::Unknown, "the brokers do not tell whether this user has it"),
            (failed, "no answer whether this user has it: OperationTimedOut (Local: Timed out)"),
        ] {
            let text = text(state, state);
            assert!(text.contains(&format!("topic letters: WRITE, for writing dead letters: {why}\n")), "{text}");
            assert!(text.ends_with("0 ok, 0 warnings, 0 problems, 1 not tried\n"), "{text}");
        }
    }
}
