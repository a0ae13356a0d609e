//! Several processes share a topic of a real Kafka: lookups by timestamp, topic ids and commits are its own.

use ensilinja_test_support::plain_consumer::{self, committed};
use rdkafka::Offset;

use crate::shared_broker::shared_broker;
use crate::sharing::{SHARDS, check, configuration};
use crate::stage::Stage;

const DAY_MS: i64 = 24 * 3_600_000;

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
