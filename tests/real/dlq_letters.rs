//! `dlq` on dead letters of every kind, written by hand, and on brokers that reject records or freeze.

use std::time::Duration;

use ensilinja_model::{EventTime, Fact, LineId};
use ensilinja_sim::Publication;
use ensilinja_test_support::{KafkaBroker, PATIENCE, TemporaryFolder, plain_consumer, poll_until};
use ensilinja_wire::{Statement, encode_structured};

use crate::command_line::command;
use crate::dlq::{dlq, dlq_json};
use crate::feed::{now, send, settle};
use crate::program::Program;
use crate::shared_broker::shared_broker;
use crate::stage::Stage;

/// A publisher of dead letters of a stage.
fn post_office(stage: &Stage) -> ensilinja_kafka::Publisher {
    Stage { topic: stage.dead_letters.clone(), dead_letters: "unused".to_owned(), ..stage.clone() }.publisher()
}

/// Key and value of a valid event with a note of so many bytes.
fn event(contact: &str, at: EventTime, note_bytes: usize) -> (Vec<u8>, Vec<u8>) {
    let line = LineId::parse("116117").unwrap();
    let encoded =
        encode_structured(&Statement { contact, line: &line, visit: None, to_line: None, at, fact: Fact::Offered });
    let mut value = encoded.value;
    value.pop();
    // Digits that compression cannot shorten.
    let chance =
        std::iter::successors(Some(7_u64), |last| Some(last.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1)));
    let digits = chance.map(|number| format!("{:x}", number >> 60));
    value.extend(format!(",\"note\":\"{}\"}}", digits.take(note_bytes).collect::<String>()).bytes());
    (encoded.key, value)
}

/// The dead letter of the record at `position`, with further headers.
fn letter(
    position: &str,
    (reason, detail): (&str, &str),
    further: &[(&str, &[u8])],
    value: Option<Vec<u8>>,
) -> Publication {
    let [topic, partition, offset] = position.split('/').collect::<Vec<_>>()[..] else { panic!("{position}") };
    let published = "2026-03-02T08:15:00Z";
    let mut headers: Vec<(String, Option<Vec<u8>>)> = [
        ("source_topic", topic),
        ("source_partition", partition),
        ("source_offset", offset),
        ("reason", reason),
        ("detail", detail),
        ("first_seen", "2026-03-02T08:15:01Z"),
        ("record_timestamp", published),
    ]
    .map(|(name, value)| (format!("ensilinja_{name}"), Some(value.as_bytes().to_vec())))
    .to_vec();
    headers.extend(further.iter().map(|(name, value)| (format!("ensilinja_{name}"), Some(value.to_vec()))));
    Publication { at: now(), key: Some(position.as_bytes().to_vec()), headers, value, event: None, poison: None }
}

const UNKNOWN_LINE: (&str, &str) = ("unknown_line", "line_not_configured");

#[test]
#[ignore = "needs Java 17 and Maven"]
fn dead_letters_of_every_kind_are_distinguished_and_only_usable_ones_are_redriven() {
    let broker = shared_broker();
    let stage = Stage::set(&broker, "dlq-makes", 1);
    let office = post_office(&stage);
    let at = |offset| format!("{}/0/{offset}", stage.topic);
    let (key, value) = event("recent", now(), 0);
    let (old_key, old_value) = event("old", EventTime::from_seconds(1_758_006_900), 0);
    let foreign = Publication { key: Some(b"hello".to_vec()), ..letter(&at(9), UNKNOWN_LINE, &[], None) };
    for letter in [
        letter(&at(0), UNKNOWN_LINE, &[("record_key", &key)], Some(value.clone())),
        letter(&at(0), UNKNOWN_LINE, &[("record_key", &key)], Some(value.clone())),
        letter(&at(1), UNKNOWN_LINE, &[("record_key", &old_key)], Some(old_value)),
        letter(&at(2), UNKNOWN_LINE, &[("record_key", &key), ("value_bytes", b"90000")], Some(value[..50].to_vec())),
        letter(&at(3), UNKNOWN_LINE, &[("record_key_bytes", b"6"), ("value_bytes", b"400")], None),
        letter(&at(4), ("malformed", "tombstone"), &[("record_key", &key)], None),
        letter("elsewhere.events/0/5", UNKNOWN_LINE, &[("record_key", &key)], Some(value)),
        letter(&at(6), ("malformed", "of_a_later_version"), &[("record_key", &key)], None),
        foreign,
    ] {
        send(&office, &letter);
    }
    settle(&office);

    let listed = dlq_json(&stage, "list", &[]);
    let number = |name: &str| listed[name].as_u64().unwrap();
    assert_eq!([number("records"), number("letters_read"), number("no_letters")], [6, 7, 2], "{listed:#}");
    let table = dlq(&stage, "list", &[], 0).printed();
    for expected in [
        "6 records could not be used; dlq-makes.dead-letters has 7 dead letters",
        "2 records of dlq-makes.dead-letters are not dead letters, or are dead letters of a later version",
        "yes, for the past",
        "no: not whole",
        "no: another topic",
        "no: tombstone",
        "2026-03-02 10:15:00",
    ] {
        assert!(table.contains(expected), "{expected}\n{table}");
    }

    let plan = dlq(&stage, "redrive", &[], 0).printed();
    for expected in [
        "6  records are selected",
        "2  would be sent to dlq-makes.events",
        "1  of these events happened before",
        "1  are left out: they would come back as malformed: tombstone",
        "2  are left out: their dead letters are incomplete",
        "1  are left out: they are from another topic than dlq-makes.events",
        "nothing was sent: --execute sends them",
    ] {
        assert!(plan.contains(expected), "{expected}\n{plan}");
    }
    assert_eq!(plain_consumer::count(&stage.brokers, &stage.topic), 0);
    let done = dlq(&stage, "redrive", &["--execute"], 0).printed();
    assert!(done.contains("2  were sent and acknowledged"), "{done}");
    assert_eq!(plain_consumer::count(&stage.brokers, &stage.topic), 2, "a letter that was written twice is one record");

    let one = dlq_json(&stage, "redrive", &["--execute", &at(1)]);
    assert_eq!((one["chosen"].as_u64(), one["sent"]["acknowledged"].as_u64()), (Some(1), Some(1)), "{one:#}");
    let nothing = dlq(&stage, "redrive", &["--execute", "--offsets", "0:4..5"], 0).printed();
    assert!(nothing.contains("there is nothing to send"), "{nothing}");
    assert_eq!(plain_consumer::count(&stage.brokers, &stage.topic), 3);
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn invalid_requests_and_unreadable_topics_are_reported_with_advice() {
    let broker = shared_broker();
    let missing = Stage::without_topics(&broker, "dlq-missing");
    let log = dlq(&missing, "list", &[], 1).log();
    assert!(log.contains("the topic dlq-missing.dead-letters does not exist at "), "{log}");

    let empty = Stage::set(&broker, "dlq-empty", 1);
    let list = dlq(&empty, "list", &[], 0);
    assert_eq!(list.printed(), "no record is selected; dlq-empty.dead-letters has 0 dead letters\n");
    let redrive = dlq(&empty, "redrive", &["--execute"], 0);
    assert!(redrive.printed().contains("there is nothing to send"), "{}", redrive.printed());
    let show = dlq(&empty, "show", &["dlq-empty.events/0/7"], 1);
    assert!(show.log().contains("has no dead letter about dlq-empty.events/0/7"), "{}", show.log());
    let named = dlq(&empty, "redrive", &["dlq-empty.events/0/7"], 1);
    assert!(named.log().contains("so nothing was sent"), "{}", named.log());

    for (part, more, expected) in [
        ("redrive", &["old.events/0/7"][..], "old.events/0/7 lay in the topic old.events, but"),
        ("list", &["--from", "2026-03-02", "--to", "2026-03-02"], "--from is not before --to"),
        ("list", &["--reason", "future", "--detail", "truncated"], "is never rejected as --reason future"),
        ("show", &["dlq-empty.events"], "it should be topic/partition/offset"),
    ] {
        let program = dlq(&empty, part, more, 2);
        assert!(program.log().contains(expected) && program.printed().is_empty(), "{}", program.log());
    }
    let away = Stage { brokers: "127.0.0.1:1".to_owned(), ..empty };
    let log = dlq(&away, "list", &[], 1).log();
    assert!(log.contains("the brokers at 127.0.0.1:1 have not described"), "{log}");
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn records_that_the_brokers_reject_are_counted_and_the_others_are_sent() {
    let broker = shared_broker();
    let stage = Stage::without_topics(&broker, "dlq-refused");
    broker.create_topic(&stage.topic, 1, &[("max.message.bytes", "2000")]);
    stage.create_topic_of_dead_letters(&broker);
    let office = post_office(&stage);
    for (offset, note_bytes) in [(0, 10), (1, 20_000), (2, 10)] {
        let (key, value) = event("someone", now(), note_bytes);
        let position = format!("{}/0/{offset}", stage.topic);
        send(&office, &letter(&position, UNKNOWN_LINE, &[("record_key", &key)], Some(value)));
    }
    settle(&office);
    let program = dlq(&stage, "redrive", &["--execute"], 1);
    assert!(program.printed().contains("2  were sent and acknowledged"), "{}", program.printed());
    assert!(program.printed().contains("1  were refused by the brokers"), "{}", program.printed());
    assert!(program.log().contains("2 of 3 records were sent to dlq-refused.events"), "{}", program.log());
    assert_eq!(plain_consumer::count(&stage.brokers, &stage.topic), 2);

    let gone = Stage { topic: "dlq-gone.events".to_owned(), ..stage };
    let (key, value) = event("someone", now(), 10);
    send(&office, &letter("dlq-gone.events/0/0", UNKNOWN_LINE, &[("record_key", &key)], Some(value)));
    settle(&office);
    let program = dlq(&gone, "redrive", &["--execute", "dlq-gone.events/0/0"], 1);
    assert!(program.log().contains("the topic dlq-gone.events does not exist"), "{}", program.log());
}

/// Enough that a redrive takes a while.
const MANY: u64 = 30_000;

#[test]
#[ignore = "needs Java 17 and Maven"]
fn a_stopped_redrive_reports_what_was_sent_and_can_be_repeated() {
    let broker = KafkaBroker::start();
    let stage = Stage::set(&broker, "dlq-stopped", 1);
    let office = post_office(&stage);
    let (key, value) = event("someone", now(), 300);
    for offset in 0..MANY {
        let position = format!("{}/0/{offset}", stage.topic);
        send(&office, &letter(&position, UNKNOWN_LINE, &[("record_key", &key)], Some(value.clone())));
    }
    settle(&office);
    let mut program = Program::start(&stage, &["dlq", "redrive"], &["--execute"]);
    let is_sent = || plain_consumer::count(&stage.brokers, &stage.topic) > 0;
    assert!(poll_until(PATIENCE, is_sent), "nothing is sent\n{}", program.log());
    broker.freeze();
    // By then the records in flight wait for the frozen broker.
    std::thread::sleep(Duration::from_millis(300));
    let (status, took) = program.terminate();
    broker.thaw();
    assert_eq!(status.code(), Some(1), "{}", program.log());
    assert!(took < Duration::from_secs(12), "{took:?}");
    assert!(program.log().contains("error: stopped before the end"), "{}", program.log());
    let sent = number_before(&program.printed(), "were sent and acknowledged");
    let (unknown, unsent) =
        (number_before(&program.printed(), "were in flight"), number_before(&program.printed(), "were not sent"));
    assert!(sent > 0 && unsent > 0 && unknown <= 256, "{}", program.printed());
    assert_eq!(sent + unknown + unsent, MANY);

    let before = plain_consumer::count(&stage.brokers, &stage.topic);
    assert!((sent..=sent + unknown).contains(&before), "{before} of {sent} and {unknown}");
    let again = dlq(&stage, "redrive", &["--execute", "--quiet"], 0);
    assert_eq!(number_before(&again.printed(), "were sent and acknowledged"), MANY);
    let peak = peak_memory_kilobytes(&stage);
    assert!(peak < 200_000, "listing {MANY} letters takes {peak} kB");
}

/// The number before these words.
fn number_before(text: &str, words: &str) -> u64 {
    let line = text.lines().find(|line| line.contains(words));
    line.and_then(|line| line.split_whitespace().next()).map_or(0, |number| number.parse().unwrap())
}

/// The peak memory of a listing.
fn peak_memory_kilobytes(stage: &Stage) -> u64 {
    let folder = TemporaryFolder::new("dlq");
    let mut child = command(&["dlq", "list", "--limit", "0", "--config"])
        .arg(folder.write("ensilinja.toml", stage.configuration()))
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with("VmHWM:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().nth(1)).and_then(|number| number.parse().ok());
        peak = peak.max(kilobytes.unwrap_or(0));
        std::thread::sleep(Duration::from_millis(5));
    }
    peak
}
