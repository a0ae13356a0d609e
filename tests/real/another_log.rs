//! Another log under the same name: after its topic is recreated, a live process shows exactly the figures of a process
//! that starts then.

use ensilinja_model::EventTime;
use ensilinja_sim::{County, Disorder, Generator};
use ensilinja_test_support::{PATIENCE, poll_until};

use crate::feed::{send, settle};
use crate::live::{HandClock, Live};
use crate::shared_broker::shared_broker;
use crate::stage::Stage;

/// Thursday 2025-09-18 at 12:00 in Helsinki.
const NOON: EventTime = EventTime::from_seconds(1_758_186_000);

const DAY_MS: i64 = 86_400_000;

/// Publishes the events of a county in the days before an instant.
fn publish(stage: &Stage, seed: u64, days: i64, until: EventTime) {
    let publisher = stage.publisher();
    let events = Generator::new(&County::oma_hame(), seed, until.plus_millis(-days * DAY_MS), 0.3);
    for record in Disorder::ROUGH.publish(events, seed).take_while(|record| record.at < until) {
        send(&publisher, &record);
    }
    settle(&publisher);
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn figures_after_a_topic_is_recreated_are_those_of_a_fresh_process() {
    let broker = shared_broker();
    let stage = Stage::set(&broker, "another-log", 4);
    let clock = HandClock::at(NOON);
    publish(&stage, 1, 20, NOON);
    let live = Live::start(&stage, &clock);
    let mut shown = live.figures_at(NOON);
    let cases =
        [("fewer records", 4, 3), ("more records", 4, 30), ("more partitions", 6, 10), ("fewer partitions", 3, 8)];
    for (replaced, (case, partitions, days)) in (1_i64..).zip(cases) {
        let now = NOON.plus_millis(replaced * 3_600_000);
        clock.set(now);
        live.figures_at(now);
        broker.delete_topic(&stage.topic);
        stage.create_topic_of_events(&broker, partitions);
        publish(&stage, 1 + replaced.unsigned_abs(), days, now);

        let fresh = Live::start(&stage, &clock);
        let right = fresh.figures_at(now);
        fresh.end();
        assert_ne!(right["lines"], shown["lines"], "{case}: another log has other figures");
        let is_right = poll_until(PATIENCE, || live.figures_at(now)["lines"] == right["lines"]);
        assert!(is_right, "{case}: the live process does not show what a fresh one does");
        let counted = format!("\nensilinja_log_replaced_total{{reason=\"made_anew\"}} {replaced}\n");
        assert!(live.page("/metrics").contains(&counted), "{case}: {counted}");
        shown = right;
    }
    live.end();
}
