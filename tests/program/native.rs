//! Records of a platform through the built program: the figures are those of the county's own events, whatever the
//! order, and a table that is mended mends the past.

use std::fs;
use std::sync::LazyLock;

use ensilinja_config::SAMPLE;
use ensilinja_model::EventTime;
use ensilinja_sim::{County, Generator};
use ensilinja_wire::encode_structured;
use serde_json::Value;

use crate::calls::{CALLER, Call, calls};
use crate::command_line::{Ended, file, printed, run};
use crate::queue_log;

/// 2025-09-08 in Finland, a Monday, and eight days later.
const FROM: EventTime = EventTime::from_seconds(1_757_278_800);
const TO: EventTime = EventTime::from_seconds(1_757_278_800 + 8 * 86_400);

/// The calls of a simulated week, once as events and once as lines of a `queue_log`, in files.
struct Week {
    calls: Vec<Call>,
    events: String,
    log: String,
    config: String,
    /// The same, but the queue of the maternity clinic is mapped to another line.
    wrong_config: String,
}

static WEEK: LazyLock<Week> = LazyLock::new(|| {
    let generator = Generator::new(&County::oma_hame(), 7, FROM, 1.0);
    let calls = calls(generator.take_while(|event| event.reported_at < TO), &queue_log::TELLING);
    assert!(calls.len() > 3_000, "{}", calls.len());
    let [events, log, config, wrong_config] =
        ["native.jsonl", "native.queue_log", "native.toml", "native-wrong.toml"].map(file);
    let written = calls.iter().flat_map(Call::events);
    let written = written.flat_map(|event| [encode_structured(&event.statement()).value, b"\n".to_vec()].concat());
    fs::write(&events, written.collect::<Vec<u8>>()).unwrap();
    let lines = queue_log::lines_of(&calls);
    fs::write(&log, lines.iter().flat_map(|(_, line)| [line, "\n"]).collect::<String>()).unwrap();
    let lines = ensilinja_config::county().lines.into_iter().map(|line| line.id);
    let right = SAMPLE.replace("topic = \"ensilinja.events\"\n", "") + &queue_log::source("queue_log", lines);
    fs::write(&config, &right).unwrap();
    let wrong = right.replace("\"q-neuvola\" = \"neuvola\"", "\"q-neuvola\" = \"mipa\"");
    assert_ne!(wrong, right);
    fs::write(&wrong_config, wrong).unwrap();
    Week { calls, events, log, config, wrong_config }
});

/// Replays the Monday after the week into the file `name`, and returns its path.
fn run_of(name: &str, config: &str, events: &str, source: &str) -> String {
    let output = file(name);
    let asked = ["--from", "2025-09-15T08:00", "--to", "2025-09-15T16:00", "--step", "30m", "--format", "jsonl"];
    let source = ["--config", config, "--events", events, "--source", source, "--output", &output];
    printed(&[&["replay"], &source[..], &asked].concat());
    output
}

fn compare(one: &str, other: &str, more: &[&str]) -> Ended {
    run(&[&["compare", one, other], more].concat())
}

#[test]
fn a_week_of_native_records_has_the_figures_of_the_same_week_of_events() {
    let Week { events, log, config, .. } = &*WEEK;
    let of_events = run_of("native-events.run", config, events, "cloudevents");
    let of_log = run_of("native-log.run", config, log, "telephony");
    let (status, out, err) = compare(&of_events, &of_log, &[]);
    assert_eq!((status, err.as_str()), (Some(0), ""), "{out}");
    assert!(out.starts_with("no differences: "), "{out}");
}

#[test]
fn order_and_duplicates_of_native_records_change_nothing() {
    let Week { log, config, .. } = &*WEEK;
    let text = fs::read_to_string(log).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    // As a shipper sends it after an outage: the last lines again, and then what it had held, in reverse.
    let held = lines.len() / 3;
    let again = lines[held - 50..].iter().rev();
    let shipped: String = lines[..held].iter().chain(again).flat_map(|line| [line, "\r\n"]).collect();
    let disturbed = file("native-disturbed.queue_log");
    fs::write(&disturbed, shipped).unwrap();
    let in_order = run_of("native-in-order.run", config, log, "telephony");
    let out_of_order = run_of("native-out-of-order.run", config, &disturbed, "telephony");
    let (status, out, _) = compare(&in_order, &out_of_order, &[]);
    assert_eq!(status, Some(0), "{out}");
}

#[test]
fn a_mapping_that_is_mended_mends_the_past_and_the_tools_say_what_changed() {
    let Week { calls, log, config, wrong_config, .. } = &*WEEK;
    let wrong = run_of("native-wrong.run", wrong_config, log, "telephony");
    let right = run_of("native-right.run", config, log, "telephony");
    let (status, out, err) = compare(&wrong, &right, &["--contacts", "--format", "json"]);
    assert_eq!(status, Some(3), "{err}");
    let document: Value = serde_json::from_str(&out).unwrap();
    let differences = document["differences"].as_array().unwrap();
    let mut lines: Vec<&str> = differences.iter().map(|it| it["line"].as_str().unwrap()).collect();
    lines.sort_unstable();
    lines.dedup();
    assert_eq!(lines, ["mipa", "neuvola"], "only the lines of the mended entry differ");

    let call = calls.iter().find(|call| call.line.as_str() == "neuvola" && call.was_served()).unwrap();
    let explained = |config: &str, more: &[&str]| {
        let source = ["--config", config, "--events", log, "--source", "telephony", "--contact", &call.id];
        printed(&[&["explain"], &source[..], more].concat())
    };
    let (of_wrong, of_right) = (explained(wrong_config, &[]), explained(config, &[]));
    for text in [&of_wrong, &of_right] {
        assert!(text.contains("queues.\"q-neuvola\""), "{text}");
        assert!(text.contains("ENTERQUEUE") && !text.contains(CALLER), "{text}");
    }
    assert!(of_wrong.contains("\nmipa") && of_right.contains("\nneuvola"), "{of_wrong}{of_right}");
    assert!(explained(config, &["--payload"]).contains(&format!("ENTERQUEUE||{CALLER}|1")), "the record as it came");
}

#[test]
fn the_source_of_files_is_the_only_one_and_has_to_be_named_if_there_are_several() {
    let Week { log, config, .. } = &*WEEK;
    let period = ["--from", "2025-09-15", "--to", "2025-09-16", "--line", "neuvola"];
    let report = |config: &str, more: &[&str]| {
        run(&[&["report", "--config", config, "--events", log], &period[..], more].concat())
    };
    let (status, of_the_only, err) = report(config, &[]);
    assert_eq!(status, Some(0), "{err}");
    assert_eq!(report(config, &["--source", "telephony"]).1, of_the_only);
    let (status, _, err) = report(config, &["--source", "telefony"]);
    assert_eq!((status, err.contains("did you mean telephony?")), (Some(2), true), "{err}");
    let two = file("native-two.toml");
    let text = fs::read_to_string(config).unwrap();
    let other = "\n[[source]]\nname = \"other\"\ntopics = [\"other\"]\nformat = \"asterisk_queue_log\"\n\
                 [source.queues]\n\"*\" = \"mipa\"\n";
    fs::write(&two, text + other).unwrap();
    let (status, _, err) = report(&two, &[]);
    assert_eq!((status, err.contains("give --source with one of telephony, other")), (Some(2), true), "{err}");
}
