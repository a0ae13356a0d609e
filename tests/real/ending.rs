//! SIGTERM ends a process cleanly and within 5 s in every state.

use ensilinja_sim::Disorder;

use crate::feed::Feed;
use crate::program::Program;
use crate::shared_broker::shared_broker;
use crate::stage::Stage;

#[test]
#[ignore = "needs Java 17 and Maven"]
fn sigterm_ends_a_process_cleanly_idle_rebuilding_and_under_load() {
    let broker = shared_broker();
    let stage = Stage::set(&broker, "ending", 4);
    let mut idle = Program::run(&stage);
    idle.wait_until_readyz(200, "ready");
    idle.end_well();

    let mut feed = Feed::new(&stage, Disorder::ROUGH, 41, 600.0);
    feed.settle();
    let mut rebuilding = Program::run(&stage);
    rebuilding.address();
    rebuilding.end_well();

    let mut busy = Program::run(&stage);
    let live = feed.go_live();
    busy.wait_until_readyz(200, "ready");
    busy.wait_for_more_events();
    busy.end_well();
    assert!(busy.log().contains("stopped"), "the end is logged");
    live.stop();
}
