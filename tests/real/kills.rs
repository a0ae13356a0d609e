//! A process that is killed at any moment loses nothing, counts nothing twice and leaves no dead letter unwritten.

use std::collections::BTreeMap;
use std::time::Duration;

use ensilinja_sim::{Disorder, POISON_HEADER, Poison};
use ensilinja_test_support::plain_consumer::{self, StoredRecord};
use ensilinja_test_support::{PATIENCE, poll_for};
use ensilinja_wire::MAX_VALUE_BYTES;

use crate::feed::Feed;
use crate::program::{Program, as_of};
use crate::series::Series;
use crate::shared_broker::shared_broker;
use crate::stage::Stage;

const KILLS: u32 = 30;

/// More poison than in practice, so that a dead letter is always in flight when the process is killed.
const DISORDER: Disorder = Disorder { poison: 0.03, ..Disorder::ROUGH };

#[test]
#[ignore = "needs Java 17 and Maven"]
fn thirty_kills_change_no_figure_and_lose_no_dead_letter() {
    let broker = shared_broker();
    let stage = Stage::without_topics(&broker, "kills");
    stage.create_topic_of_events(&broker, 6);
    let mut feed = Feed::new(&stage, DISORDER, 17, 300.0);
    feed.publish_what_is_due();
    let live = feed.go_live();
    let mut chance = Chance(0x5eed);
    for kill in 1..=KILLS {
        let mut victim = Program::run(&stage);
        // Killed at any moment: most while they rebuild, every fifth after it has committed offsets.
        let life_ms = if kill % 5 == 0 { 3_000 + chance.below(2_000) } else { chance.below(1_500) };
        std::thread::sleep(Duration::from_millis(life_ms));
        if kill == KILLS / 2 {
            // Until now dead letters could only wait, and were lost with each process.
            stage.create_topic_of_dead_letters(&broker);
        }
        assert!(victim.is_running(), "it ended by itself:\n{}", victim.log());
        victim.kill();
    }
    let mut survivor = Program::run(&stage);
    let mut standby = Program::run(&stage);
    for program in [&survivor, &standby] {
        program.wait_until_readyz(200, "ready");
        program.wait_for_more_events();
    }
    let mut feed = live.stop();
    let settled = feed.settle();
    for program in [&survivor, &standby] {
        program.wait_until_it_knows(settled);
        let page = program.assert_agrees_with(feed.oracle());
        assert!(page["ensilinja_legs"] > 5_000.0, "there are figures to compare");
    }
    assert_the_same_figures(&survivor, &standby);
    survivor.end_well();
    standby.end_well();
    assert_dead_letters_are_the_poison(&stage, feed.poison());
}

/// Two processes show the same figures at the same instant.
fn assert_the_same_figures(one: &Program, other: &Program) {
    let figures = |page: &Series| -> BTreeMap<String, String> {
        let of_lines = page.iter().filter(|(series, _)| series.contains("{line="));
        of_lines.map(|(series, value)| (series.clone(), value.to_string())).collect()
    };
    let same_instant = || Some((one.metrics(), other.metrics())).filter(|(one, other)| as_of(one) == as_of(other));
    let (first, second) = poll_for(PATIENCE, same_instant).expect("they show the same instant at some time");
    assert!(figures(&first).len() > 1_000, "there are figures to compare");
    assert_eq!(figures(&first), figures(&second));
}

/// The dead letters are exactly the rejected records: each has its position, its reason and the content of the record.
fn assert_dead_letters_are_the_poison(stage: &Stage, published: &BTreeMap<u64, Poison>) {
    let mut expected = BTreeMap::new();
    let mut seen = 0;
    for record in plain_consumer::read(&stage.brokers, &stage.topic) {
        let Some(tag) = record.header(POISON_HEADER) else { continue };
        seen += 1;
        let poison = published[&tag.parse().unwrap()];
        if poison.reason.goes_to_dead_letters() {
            let key = format!("{}/{}/{}", stage.topic, record.partition, record.offset);
            expected.insert(key, (poison, record));
        }
    }
    assert_eq!(seen, published.len(), "all poison is in the topic");
    let mut letters: BTreeMap<String, StoredRecord> = BTreeMap::new();
    for letter in plain_consumer::read(&stage.brokers, &stage.dead_letters) {
        letters.insert(letter.source_position(), letter);
    }
    let missing: Vec<_> = expected.iter().filter(|(key, _)| !letters.contains_key(*key)).map(|(key, _)| key).collect();
    assert!(missing.is_empty(), "of {} dead letters there are not: {missing:?}", expected.len());
    let beyond: Vec<_> = letters.keys().filter(|key| !expected.contains_key(*key)).collect();
    assert!(beyond.is_empty(), "beyond {} dead letters there are: {beyond:?}", expected.len());
    for (key, (poison, record)) in &expected {
        let letter = &letters[key];
        let cause = (letter.header("ensilinja_reason"), letter.header("ensilinja_detail"));
        assert_eq!(cause, (Some(poison.reason.as_str()), Some(poison.detail.as_str())), "{key}: {}", poison.case);
        let kept = record.value.as_ref().map(|value| &value[..value.len().min(MAX_VALUE_BYTES)]);
        assert!(letter.value.as_deref() == kept, "{key}: {} is not as it was", poison.case);
    }
    assert!(expected.len() > 300, "only {} dead letters were expected", expected.len());
}

/// Reproducible pseudo-random numbers (Knuth's 64-bit generator).
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}
