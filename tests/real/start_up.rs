//! Start-up: missing topics are waited for, and errors that cannot pass end the process at once.

use ensilinja_sim::Disorder;
use ensilinja_test_support::{PATIENCE, plain_consumer, poll_until};

use crate::feed::Feed;
use crate::program::{Program, as_of, total};
use crate::shared_broker::shared_broker;
use crate::stage::Stage;

#[test]
#[ignore = "needs Java 17 and Maven"]
fn a_missing_topic_is_named_and_read_once_it_exists() {
    let broker = shared_broker();
    let stage = Stage::without_topics(&broker, "missing");
    let mut program = Program::run(&stage);
    program.wait_until_readyz(503, "the topic missing.events does not exist: create it with kafka-topics.sh");
    assert_eq!((program.get("/livez").status, program.get("/").status), (200, 200));
    assert_eq!(as_of(&program.metrics()), None, "no figures are better than wrong ones");
    stage.create_topics(&broker, 3);
    let mut feed = Feed::new(&stage, Disorder::NONE, 51, 20.0);
    program.wait_until_it_knows(feed.settle());
    program.assert_agrees_with(feed.oracle());
    program.wait_for("no reservation is left", |_| program.get("/readyz").body == "ready\n");
    program.end_well();
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn partitions_added_at_run_time_are_read() {
    let broker = shared_broker();
    let stage = Stage::set(&broker, "added", 2);
    let mut program = Program::run(&stage);
    let mut feed = Feed::new(&stage, Disorder::ROUGH, 52, 60.0);
    program.wait_until_it_knows(feed.settle());
    broker.add_partitions(&stage.topic, 5);
    let mut feed = feed.that_looks_anew(&stage);
    program.wait_until_it_knows(feed.settle());
    let live = feed.go_live();
    let page = program.wait_for("new partitions are read", |page| total(page, "ensilinja_partitions") == 5);
    assert_eq!(total(&page, "ensilinja_partition_ready"), 5);
    let has_records = || plain_consumer::counts(&stage.brokers, &stage.topic).iter().all(|count| *count > 0);
    assert!(poll_until(PATIENCE, has_records), "a new partition stays empty");
    let mut feed = live.stop();
    program.wait_until_it_knows(feed.settle());
    program.assert_agrees_with(feed.oracle());
    program.end_well();
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn a_long_log_is_read_only_as_far_back_as_the_figures_need() {
    let broker = shared_broker();
    let stage = Stage::set(&broker, "long", 4);
    let mut feed = Feed::with_history(&stage, Disorder::ROUGH, 53, 20.0, 40);
    let settled = feed.settle();
    let mut program = Program::run(&stage);
    program.wait_until_it_knows(settled);
    program.assert_agrees_with(feed.oracle());
    let log = program.log();
    let read = log.split_once("records=").and_then(|(_, rest)| rest.split_whitespace().next()?.parse::<u64>().ok());
    let (read, all) = (read.expect("it says how many it reads"), plain_consumer::count(&stage.brokers, &stage.topic));
    assert!(read * 4 < all * 3, "it reads {read} of {all}");
    program.end_well();
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn a_log_without_its_beginning_shows_no_windows_rather_than_low_ones() {
    let broker = shared_broker();
    let stage = Stage::set(&broker, "cut", 2);
    let mut feed = Feed::new(&stage, Disorder::NONE, 54, 20.0);
    feed.settle();
    broker.delete_records(&stage.topic, 1, 100);
    let mut program = Program::run(&stage);
    let page = program.wait_until_it_knows(feed.settle());
    assert!(page.keys().any(|series| series.starts_with("ensilinja_contacts_waiting{")), "there are figures");
    assert_eq!(page.keys().find(|series| series.starts_with("ensilinja_window_")), None);
    program.end_well();
}

#[test]
#[ignore = "needs Java 17 and Maven"]
fn a_port_in_use_ends_the_second_process_with_a_reason() {
    let broker = shared_broker();
    let stage = Stage::set(&broker, "port", 1);
    let mut first = Program::run(&stage);
    let address = first.address().to_string();
    let mut second = Program::start(&stage, &["run"], &["--listen", &address]);
    assert_eq!(second.wait().code(), Some(1));
    let expected = format!("error: cannot listen on {address}: another process already listens there");
    assert!(second.log().contains(&expected), "{}", second.log());
    assert_eq!(second.printed(), "");
    first.end_well();
}
