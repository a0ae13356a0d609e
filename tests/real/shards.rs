//! Several processes share a topic of a real Kafka: lookups by timestamp, topic ids and commits are its own.

use ensilinja_kafka::Publisher;
use ensilinja_model::EventTime;
use ensilinja_sim::Publication;
use ensilinja_test_support::plain_consumer::{self, committed};
use ensilinja_test_support::{PATIENCE, poll_until};
use rdkafka::Offset;

use crate::feed::{send, settle};
use crate::live::{HandClock, Live};
use crate::shared_broker::shared_broker;
use crate::sharing::{SHARDS, check, configuration, rejected};
use crate::stage::Stage;

const DAY_MS: i64 = 24 * 3_600_000;

/// Tuesday 2025-09-16 at 10:15 in Helsinki.
const NOW: EventTime = EventTime::from_seconds(1_758_006_900);

/// The rejected records of a batch.
const BATCH: usize = 5;

#[test]
#[ignore = "needs Java 17 and Maven"]
fn three_processes_show_what_one_does_and_commit_under_names_of_their_own() {
    let broker = shared_broker();
    let shared = Stage::set(&broker, "shards", 3);
    let alone = Stage { dead_letters: "shards-alone.dead-letters".to_owned(), ..shared.clone() };
    alone.create_topic_of_dead_letters(&broker);
    check(&shared, &alone, 0.3, 2 * DAY_MS);
    let ends = plain_consumer::counts(&shared.brokers, &shared.topic);
    assert!(ends.iter().all(|end| *end > 100), "{ends:?}");
    for name in SHARDS {
        let group = configuration(&shared).with_shard(Some(name)).unwrap().kafka.group_id;
        let offsets = committed(&shared.brokers, &group, &shared.topic, 3);
        assert!(offsets.iter().all(|offset| matches!(offset, Offset::Offset(1..))), "{group}: {offsets:?}");
    }
}

/// The first shard keeps rejected records, under the one group that the configuration names. What it has written does
/// not depend on how far the other shards have read.
#[test]
#[ignore = "needs Java 17 and Maven"]
fn the_shards_change_their_order_and_each_rejected_record_is_written_once() {
    let broker = shared_broker();
    let stage = Stage::set(&broker, "shards-order", 3);
    let publisher = stage.publisher();
    let clock = HandClock::at(NOW);
    let start = |name: &str, first: usize| {
        let mut config = configuration(&stage);
        config.shards.swap(0, first);
        Live::with(config.with_shard(Some(name)).unwrap(), &clock)
    };
    let are_written = |letters: usize| {
        let is_so = poll_until(PATIENCE, || rejected(&stage).len() == letters);
        assert!(is_so, "{} of {letters} dead letters are written", rejected(&stage).len());
    };

    let [south, north, east] = SHARDS.map(|name| start(name, 0));
    publish_rejected(&publisher, &clock, 1);
    are_written(BATCH);
    north.figures_at(minute(1));
    north.end();
    publish_rejected(&publisher, &clock, 2);
    are_written(2 * BATCH);
    south.end();
    let third = publish_rejected(&publisher, &clock, 3);
    east.figures_at(third);
    east.end();
    assert_eq!(rejected(&stage).len(), 2 * BATCH, "a shard that is not the first writes none");

    // East has read further than south, which was the first.
    let [south, north, east] = SHARDS.map(|name| start(name, 2));
    are_written(3 * BATCH);
    publish_rejected(&publisher, &clock, 4);
    are_written(4 * BATCH);
    [south, north, east].into_iter().for_each(Live::end);

    // All have read further than north when it ended for the first time.
    let [south, north, east] = SHARDS.map(|name| start(name, 1));
    let fifth = publish_rejected(&publisher, &clock, 5);
    are_written(5 * BATCH);
    for live in [south, north, east] {
        live.figures_at(fifth);
        live.end();
    }
    are_written(5 * BATCH);
}

const fn minute(minutes: i64) -> EventTime {
    NOW.plus_millis(minutes * 60_000)
}

/// Publishes rejected records so many minutes after the beginning, which is then the time. Returns that time.
fn publish_rejected(publisher: &Publisher, clock: &HandClock, minutes: i64) -> EventTime {
    let at = minute(minutes);
    clock.set(at);
    for _ in 0..BATCH {
        let value = Some(b"no JSON".to_vec());
        send(publisher, &Publication { at, key: None, headers: Vec::new(), value, event: None, poison: None });
    }
    settle(publisher);
    at
}
