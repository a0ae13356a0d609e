//! Publishing simulated events, live or of a past period.
//!
//! A topic acknowledges old records, and then its retention deletes them. So its retention is checked before, and the
//! number of records that it holds afterwards.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context as _;
use ensilinja_config::Config;
use ensilinja_kafka::{PastRetention, Publisher, past_retention};
use ensilinja_lookback::local_time::to_the_minute;
use ensilinja_lookback::{Progress as _, kafka_settings};
use ensilinja_model::EventTime;
use ensilinja_sim::County;
use tokio::runtime::Runtime;

use super::request::SimulateRequest;
use super::simulated_past::SimulatedPast;
use crate::console::shutdown::stop_signal;
use crate::{clock, feed};

/// Publishes the events of a past period, or from now on.
pub(super) fn publish(request: &SimulateRequest, config: &Config, runtime: &Runtime) -> anyhow::Result<()> {
    let publisher = Arc::new(Publisher::new(&kafka_settings(config), &config.kafka.topic)?);
    let stop = Arc::new(AtomicBool::new(false));
    let asked_to_stop = {
        let _context = runtime.enter();
        stop_signal()?
    };
    let (flag, waiting) = (Arc::clone(&stop), Arc::clone(&publisher));
    runtime.spawn(async move {
        asked_to_stop.await;
        flag.store(true, Ordering::Relaxed);
        waiting.stop();
    });
    publisher.check_topic()?;
    let (topic, brokers) = (&config.kafka.topic, &config.kafka.bootstrap_servers);
    let not_taken =
        || format!("the topic {topic} has not taken all records; see that it exists and that {brokers} can be reached");
    let Some(period) = &request.period else {
        tracing::info!(volume = request.volume, "publishing live; stop with Ctrl-C");
        let clock = clock::wall();
        feed::send_in_time(&publisher, request.publications(clock()), &clock, &stop)?;
        return feed::finish(&publisher).with_context(not_taken);
    };
    check_retention(period, config)?;
    let before = publisher.extents();
    let mut past = SimulatedPast::new(request, period);
    let sent = send(&publisher, &mut past, &stop);
    past.progress.end();
    let finished = sent.and_then(|()| feed::finish(&publisher).with_context(not_taken));
    if stop.load(Ordering::Relaxed) {
        let acknowledged = publisher.acknowledged();
        let advice = "the same command again publishes the same events; duplicates do no harm";
        let stopped = format!("stopped before the end: {}; {topic} has taken {acknowledged}; {advice}", past.left());
        return Err(finished.err().unwrap_or_else(|| anyhow::anyhow!("the period is not complete")).context(stopped));
    }
    finished?;
    check_records_held(&publisher, before.as_deref(), topic)
}

fn send(publisher: &Publisher, past: &mut SimulatedPast, stop: &AtomicBool) -> anyhow::Result<()> {
    for publication in past {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        feed::send(publisher, &publication)?;
    }
    Ok(())
}

/// Refuses a period that the topic's retention deletes as soon as it is written; warns of one that it deletes in part.
fn check_retention(period: &Range<EventTime>, config: &Config) -> anyhow::Result<()> {
    let (topic, brokers) = (&config.kafka.topic, &config.kafka.bootstrap_servers);
    let zone = County::zone();
    match past_retention(&kafka_settings(config), topic, (clock::wall())()) {
        Ok(PastRetention::Since { since, retention_ms }) if period.start < since => {
            let days = retention_ms / (24 * 3_600_000);
            let keeps = format!("the topic {topic} keeps records for {days} days (retention.ms={retention_ms})");
            let cure = format!(
                "set retention.ms to -1 or more: kafka-configs.sh --bootstrap-server {brokers} --alter --entity-type \
                 topics --entity-name {topic} --add-config retention.ms=-1"
            );
            let since_words = to_the_minute(since, &zone);
            anyhow::ensure!(
                period.end > since,
                "{keeps}: all of this time is older than {since_words}, so it would be acknowledged and deleted; {cure}"
            );
            tracing::warn!(topic, retention_ms, before = since_words, remedy = cure, "older records will be deleted");
        }
        Ok(PastRetention::Restamped) => tracing::warn!(
            topic,
            setting = "message.timestamp.type=LogAppendTime",
            effect = "replay and report do not find the records at their time",
            remedy = "set message.timestamp.type=CreateTime",
            "records will be stamped with the present"
        ),
        Ok(_) => {}
        Err(reason) => tracing::warn!(topic, reason, "retention of the topic unknown"),
    }
    Ok(())
}

/// Checks that the topic holds all records that it has acknowledged.
fn check_records_held(publisher: &Publisher, before: Option<&[(i64, i64)]>, topic: &str) -> anyhow::Result<()> {
    let acknowledged = publisher.acknowledged();
    let Some((before, after)) = before.zip(publisher.extents()) else {
        tracing::warn!(topic, "records in the topic not counted");
        return Ok(());
    };
    let ends = before.iter().map(|(_, end)| *end).chain(std::iter::repeat(0));
    let held = after.iter().zip(ends).map(|((begin, end), before)| (end - before.max(*begin)).max(0)).sum::<i64>();
    let held = u64::try_from(held).unwrap_or(0);
    anyhow::ensure!(
        held >= acknowledged,
        "the topic {topic} holds {held} of the {acknowledged} records that it has acknowledged: its retention or a \
         deletion took the others; see its retention.ms and retention.bytes"
    );
    tracing::info!(topic, records = held, "all records are in the topic");
    Ok(())
}
