//! Broker loss: figures stand still while a broker is gone or hangs, and are right again once it is back.

use std::time::{Duration, Instant};

use ensilinja_sim::Disorder;
use ensilinja_test_support::KafkaBroker;

use crate::feed::{Feed, now};
use crate::program::{Program, as_of, complete_until, is_complete};
use crate::stage::Stage;

/// How long figures go on after the last probe that the broker answered, in ms.
const TOLERATED_LAG_MS: i64 = 3_000;

#[test]
#[ignore = "needs Java 17 and Maven"]
fn an_unreachable_broker_is_waited_for_and_nothing_is_lost() {
    let mut broker = KafkaBroker::start();
    let stage = Stage::set(&broker, "away", 3);
    broker.stop();
    let mut program = Program::run(&stage);
    program.wait_until_readyz(503, "is unreachable");
    assert_eq!(program.get("/livez").status, 200, "it is alive");
    let page = program.metrics();
    assert_eq!((is_complete(&page), as_of(&page), complete_until(&page)), (false, None, None));

    broker.start_again();
    let mut feed = Feed::new(&stage, Disorder::ROUGH, 31, 60.0);
    program.wait_until_it_knows(feed.settle());
    program.assert_agrees_with(feed.oracle());
    program.wait_until_readyz(200, "ready");

    let live = feed.go_live();
    program.wait_for_more_events();
    broker.stop();
    program.wait_until_readyz(200, "is unreachable");
    let before = program.metrics();
    // Longer than the tolerated lag: the figures have to stand still by then.
    std::thread::sleep(Duration::from_secs(4));
    let after = program.metrics();
    assert!(is_complete(&after), "the last known instant is less than a minute old");
    assert_eq!(complete_until(&after), complete_until(&before), "nothing more becomes known without the broker");
    assert!(as_of(&after).unwrap().millis_since(complete_until(&after).unwrap()) <= TOLERATED_LAG_MS);

    broker.start_again();
    let mut feed = live.stop();
    program.wait_until_it_knows(feed.settle());
    program.assert_agrees_with(feed.oracle());
    program.end_well();
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn a_frozen_broker_ends_completeness_after_a_minute_and_a_thawed_one_restores_it() {
    let broker = KafkaBroker::start();
    let stage = Stage::set(&broker, "frozen", 3);
    let mut feed = Feed::new(&stage, Disorder::ROUGH, 32, 60.0);
    let mut program = Program::run(&stage);
    program.wait_until_it_knows(feed.settle());
    program.assert_agrees_with(feed.oracle());
    let live = feed.go_live();
    program.wait_for_more_events();

    let (frozen, began) = (now(), Instant::now());
    broker.freeze();
    let mut late = Program::run(&stage);
    late.wait_until_readyz(503, "is unreachable");
    late.end_well();
    let page = program.wait_for("figures are no longer complete", |page| !is_complete(page));
    let took = began.elapsed();
    assert!((Duration::from_secs(50)..Duration::from_secs(75)).contains(&took), "after {took:?}");
    program.wait_until_readyz(503, "everything is known only up to");
    let shown = as_of(&page).expect("figures are shown all the same");
    assert!(shown.millis_since(frozen) <= TOLERATED_LAG_MS + 1_000, "figures beyond the known time are not shown");

    broker.thaw();
    program.wait_until_readyz(200, "ready");
    let mut feed = live.stop();
    program.wait_until_it_knows(feed.settle());
    program.assert_agrees_with(feed.oracle());
    broker.freeze();
    program.end_well();
}
