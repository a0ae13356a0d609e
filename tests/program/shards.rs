//! Several processes share a topic: a configuration divides the lines among them, and together they show what one
//! process shows. `tests/real/shards.rs` does the same with a real Kafka.

use std::collections::BTreeSet;

use ensilinja_config::{Config, Line};
use ensilinja_kafka::EmbeddedBroker;
use ensilinja_ledger::{History, Ledger, LineFigures, Rules};
use ensilinja_model::{EventTime, Headers, LineId};
use ensilinja_sim::{County, Disorder, Generator, Publication};
use ensilinja_test_support::TemporaryFolder;
use ensilinja_wire::{Decoder, LineShare, Record, Stated};
use proptest::prelude::*;

use crate::command_line;
use crate::sharing::check;
use crate::stage::Stage;

const DAY_MS: i64 = 24 * 3_600_000;

/// Tuesday 2025-09-16 at 10:15 in Helsinki.
const NOW: EventTime = EventTime::from_seconds(1_758_006_900);

const COMPLETE: History = History { start: EventTime::from_millis(0), from_first_record: true };

fn stages(broker: &EmbeddedBroker) -> (Stage, Stage) {
    let stage = |dead_letters: &str| Stage {
        brokers: broker.bootstrap_servers(),
        topic: "shared.events".to_owned(),
        dead_letters: dead_letters.to_owned(),
        log: ("text", "error"),
        lines_left_out: &[],
        lists_contacts: false,
        source: None,
    };
    let (shared, alone) = (stage("shared.dead-letters"), stage("alone.dead-letters"));
    broker.create_topic(&shared.topic, 32).unwrap();
    broker.create_topic(&shared.dead_letters, 8).unwrap();
    broker.create_topic(&alone.dead_letters, 8).unwrap();
    (shared, alone)
}

#[test]
fn three_processes_show_what_one_does_on_a_topic_that_is_older_than_the_range() {
    let broker = EmbeddedBroker::start().unwrap();
    let (shared, alone) = stages(&broker);
    check(&shared, &alone, 0.3, 2 * DAY_MS);
}

/// Where the history begins is told by the events of all lines.
#[test]
fn three_processes_show_what_one_does_on_a_topic_that_began_within_the_range() {
    let broker = EmbeddedBroker::start().unwrap();
    let (shared, alone) = stages(&broker);
    check(&shared, &alone, 0.3, -3 * DAY_MS);
}

/// The figures of the lines of a share, from the records of all lines.
fn figures(
    config: &Config,
    rules: &Rules,
    own: &[usize],
    share: &LineShare,
    records: &[Publication],
) -> Vec<LineFigures> {
    let ids: Vec<LineId> = config.lines.iter().map(|line| line.id.clone()).collect();
    let decoder = Decoder::new(&ids, *b"any key will do.");
    let mut ledger = Ledger::new(rules.of_lines(own), NOW);
    let mut stated = Vec::new();
    for record in records {
        let headers: Vec<(&str, Option<&[u8]>)> =
            record.headers.iter().map(|(name, value)| (name.as_str(), value.as_deref())).collect();
        let (key, value) = (record.key.as_deref(), record.value.as_deref());
        let record = Record { key, value, headers: Headers::known(&headers), timestamp: record.at };
        if share.passes_over(&decoder, &record) {
            continue;
        }
        let _ = decoder.read(&record, &mut stated);
        for stated in stated.drain(..) {
            let Stated::Event(event) = stated else { unreachable!("CloudEvents state events") };
            if let Some(event) = share.own(event) {
                ledger.apply(&event);
            }
        }
    }
    ledger.figures(NOW, COMPLETE).lines
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Law: whatever the records, and however the lines are divided, each line has the figures that it has alone.
    #[test]
    fn shares_of_any_division_have_together_the_figures_of_the_whole(
        shard_of in prop::collection::vec(0..3_usize, ensilinja_config::county().lines.len()),
        seed in any::<u64>(),
        keeper in 0..3_usize,
    ) {
        let config = ensilinja_config::county();
        let rules = config.rules(NOW);
        let events = Generator::new(&County::oma_hame(), seed, NOW.plus_millis(-2 * DAY_MS), 0.5)
            .take_while(|event| event.reported_at < NOW);
        let records: Vec<Publication> = Disorder { poison: 0.1, ..Disorder::ROUGH }.publish(events, seed).collect();
        let all: Vec<usize> = (0..config.lines.len()).collect();
        let whole = figures(&config, &rules, &all, &LineShare::all(), &records);
        for shard in 0..3 {
            let own: Vec<usize> = all.iter().copied().filter(|line| shard_of[*line] == shard).collect();
            let share = LineShare::of(all.len(), &own, shard == keeper);
            let shared = figures(&config, &rules, &own, &share, &records);
            let expected: Vec<_> = own.iter().map(|line| whole[*line].clone()).collect();
            prop_assert_eq!(shared, expected);
        }
    }
}

#[test]
fn run_is_refused_without_the_shard_that_the_configuration_asks_for() {
    let folder = TemporaryFolder::new("shards");
    let ids: Vec<String> = ensilinja_config::county().lines.iter().map(|Line { id, .. }| id.to_string()).collect();
    let (one, other) = ids.split_at(5);
    let shards =
        format!("\n[[shard]]\nname = \"south\"\nlines = {one:?}\n[[shard]]\nname = \"north\"\nlines = {other:?}\n");
    let sharded = folder.write("sharded.toml", ensilinja_config::SAMPLE.to_owned() + &shards).display().to_string();
    let plain = folder.write("plain.toml", ensilinja_config::SAMPLE).display().to_string();
    for (words, expected) in [
        (vec!["run", "--config", &sharded], "say with --shard which one this process has; there are south, north"),
        (vec!["run", "--config", &sharded, "--shard", "sout"], "--shard sout is no [[shard]] of the configuration"),
        (vec!["run", "--config", &plain, "--shard", "south"], "the configuration has none"),
    ] {
        let (status, _, refusal) = command_line::run(&words);
        assert_eq!(status, Some(2), "{words:?}");
        assert!(refusal.contains(expected) && refusal.lines().count() == 1, "{refusal}");
    }
    // Commands that look back read all lines, whatever shards there are.
    assert!(command_line::printed(&["lines", "--config", &sharded]).contains("mipa_chat"));
}

#[test]
fn with_shards_the_limit_of_lines_is_that_of_each_process() {
    let further = |number| {
        format!(
            "\n[[line]]\nid = \"further_{number}\"\nchannel = \"phone\"\nname.fi = \"F\"\ngroup = \"nurse_chat\"\n\
             service_area = \"{}\"\nhours = \"24/7\"\n",
            if number < 2_500 { "A" } else { "B" }
        )
    };
    let with_lines = |lines: usize, further_area: &str| {
        let others = ensilinja_config::county().lines;
        let others: BTreeSet<&str> = others.iter().map(|line| line.service_area.as_str()).collect();
        let others: Vec<&str> = others.into_iter().collect();
        let shards = format!(
            "\n[[shard]]\nname = \"one\"\nareas = [\"A\"{further_area}]\n[[shard]]\nname = \"rest\"\nareas = {others:?}\n"
        );
        let text = (0..lines).map(further).collect::<String>();
        ensilinja::configuration::parse("my.toml", &format!("{}{text}{shards}", ensilinja_config::SAMPLE))
    };
    assert_eq!(with_lines(2_500, "").unwrap().lines.len(), 2_522);
    let refusal = with_lines(2_501, ", \"B\"").unwrap_err().to_string();
    assert!(
        refusal.ends_with("shard[one].areas is a list; it should be a list of at most 2500 lines: it names 2501"),
        "{refusal}"
    );
}
