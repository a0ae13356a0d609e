//! What holds for any input of both formats: no panics, refused records change nothing, and persons are not shown.

use ensilinja_model::LineId;

use super::truth::{QUEUES, mapping, sample, scenarios};
use crate::Format;
use crate::native::laws::{A_MILLION, Laws, SOME};

/// The records of all scenarios of a format, from the files with this ending.
fn laws(format: Format, ending: &str) -> Laws {
    let records = scenarios().flat_map(|scenario| {
        let text = sample(&format!("{scenario}.{ending}"));
        text.lines().map(str::to_owned).collect::<Vec<_>>()
    });
    about(records.collect(), format)
}

fn about(records: Vec<String>, format: Format) -> Laws {
    let lines: Vec<_> = (0..QUEUES.len()).map(|line| LineId::parse(&format!("line_{line}")).unwrap()).collect();
    Laws::about(&lines, records, mapping(format))
}

fn log() -> Laws {
    laws(Format::AsteriskQueueLog, "queue_log")
}

fn ami() -> Laws {
    laws(Format::AsteriskAmi, "ami.jsonl")
}

#[test]
fn any_bytes_are_read_without_a_panic() {
    log().check_any_bytes();
    ami().check_any_bytes();
    let headers =
        "Event: AgentConnect\r\n,Queue: q_one\r\n,Uniqueid: 1.1\r\n,HoldTime: 1\r\n,Timestamp: 1795957003.2\r\n";
    about(vec![headers.to_owned()], Format::AsteriskAmi).check_any_bytes();
}

#[test]
fn mutants_are_read_without_a_panic_and_change_nothing_if_they_are_refused() {
    log().check_mutants(SOME);
    ami().check_mutants(SOME);
}

#[test]
#[ignore = "a million mutants take some seconds"]
fn a_million_mutants_of_lines_are_read_without_a_panic_and_change_nothing_if_they_are_refused() {
    log().check_mutants(A_MILLION);
}

#[test]
#[ignore = "a million mutants take some seconds"]
fn a_million_mutants_of_ami_events_are_read_without_a_panic_and_change_nothing_if_they_are_refused() {
    ami().check_mutants(A_MILLION);
}
