//! Publishing simulated events, live or of a past.
//!
//! A topic takes a past and acknowledges it, and then its retention deletes what is older than it keeps: so it is asked
//! before what it keeps, and afterwards what it holds.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::Context as _;
use ensilinja_kafka::{PastRetention, Publisher, past_retention};
use ensilinja_model::EventTime;
use ensilinja_sim::County;
use tokio::runtime::Runtime;

use super::{Past, publications};
use ensilinja_lookback::Progress as _;

use crate::cli::SimulateArguments;
use crate::run::stop_signal;
use crate::{clock, feed};
use ensilinja_config::Config;
use ensilinja_lookback::kafka_settings;
use ensilinja_lookback::local_time::to_the_minute;

/// Publishes a past, or from now on.
pub(super) fn publish(
    arguments: &SimulateArguments,
    past: Option<Range<EventTime>>,
    config: &Config,
    runtime: &Runtime,
) -> anyhow::Result<()> {
    let publisher = Arc::new(Publisher::new(&kafka_settings(&config.kafka))?);
    let stop = Arc::new(AtomicBool::new(false));
    let asked_to_stop = {
        let _context = runtime.enter();
        stop_signal()?
    };
    let (told, waiting) = (Arc::clone(&stop), Arc::clone(&publisher));
    runtime.spawn(async move {
        asked_to_stop.await;
        told.store(true, Ordering::Relaxed);
        waiting.stop();
    });
    publisher.check_topic()?;
    let (topic, brokers) = (&config.kafka.topic, &config.kafka.bootstrap_servers);
    let not_taken =
        || format!("the topic {topic} has not taken all records; see that it exists and that {brokers} can be reached");
    let Some(past) = past else {
        tracing::info!(volume = arguments.volume, "publishing live; stop with Ctrl-C");
        let clock = clock::wall();
        feed::send_in_time(&publisher, publications(arguments, clock()), &clock, &stop)?;
        return feed::finish(&publisher).with_context(not_taken);
    };
    refuse_what_is_deleted_at_once(&past, config)?;
    let before = publisher.extents();
    let mut past = Past::new(arguments, &past);
    let sent = send(&publisher, &mut past, &stop);
    past.progress.end();
    let finished = sent.and_then(|()| feed::finish(&publisher).with_context(not_taken));
    if stop.load(Ordering::Relaxed) {
        let acknowledged = publisher.acknowledged();
        let advice = "the same command again publishes the same events: those that are there already do no harm";
        let stopped = format!("stopped before the end: {}; {topic} has taken {acknowledged}; {advice}", past.left());
        return Err(finished
            .err()
            .unwrap_or_else(|| anyhow::anyhow!("the time asked for is not whole"))
            .context(stopped));
    }
    finished?;
    tell_what_is_held(&publisher, before.as_deref(), topic)
}

fn send(publisher: &Publisher, past: &mut Past, stop: &AtomicBool) -> anyhow::Result<()> {
    for publication in past {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        feed::send(publisher, &publication)?;
    }
    Ok(())
}

/// Refuses a past that the topic's retention deletes as soon as it is written; warns of one that it deletes in part.
fn refuse_what_is_deleted_at_once(past: &Range<EventTime>, config: &Config) -> anyhow::Result<()> {
    let (topic, brokers) = (&config.kafka.topic, &config.kafka.bootstrap_servers);
    let zone = County::zone();
    match past_retention(&kafka_settings(&config.kafka), (clock::wall())()) {
        Ok(PastRetention::Since { since, retention_ms }) if past.start < since => {
            let days = retention_ms / (24 * 3_600_000);
            let keeps = format!("the topic {topic} keeps records for {days} days (retention.ms={retention_ms})");
            let cure = format!(
                "set retention.ms to -1 or more: kafka-configs.sh --bootstrap-server {brokers} --alter --entity-type \
                 topics --entity-name {topic} --add-config retention.ms=-1"
            );
            let since_words = to_the_minute(since, &zone);
            anyhow::ensure!(
                past.end > since,
                "{keeps}: all of this time is older than {since_words}, so it would be acknowledged and deleted; {cure}"
            );
            tracing::warn!("{keeps}: what is older than {since_words} is deleted after it was acknowledged; {cure}");
        }
        Ok(PastRetention::Restamped) => tracing::warn!(
            "the topic {topic} has message.timestamp.type=LogAppendTime: the records of this past are stamped now, and \
             replay and report find none of them at their time; set message.timestamp.type=CreateTime"
        ),
        Ok(_) => {}
        Err(reason) => tracing::warn!(topic, reason, "it is not known how long the topic keeps records"),
    }
    Ok(())
}

/// Says how many of the records the topic holds now.
fn tell_what_is_held(publisher: &Publisher, before: Option<&[(i64, i64)]>, topic: &str) -> anyhow::Result<()> {
    let acknowledged = publisher.acknowledged();
    let Some((before, after)) = before.zip(publisher.extents()) else {
        tracing::warn!(topic, "the brokers do not say what the topic holds now");
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
    tracing::info!(topic, records = held, "the topic holds all that was published");
    Ok(())
}
