//! Publishes the records of a simulated platform.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::Context as _;
use ensilinja_kafka::{OutgoingRecord, Publisher, TimeSource};
use ensilinja_sim::{Disorder, Publication, Scenario, SimEvent};

/// A scenario begins this long after the first record, in ms.
pub const SCENARIO_AFTER_MS: i64 = 10 * 60 * 1000;

/// How long to sleep while the next record is not due. A stop is noticed within this time.
const NAP: Duration = Duration::from_millis(5);

/// How long the broker may take to acknowledge the last records.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(4);

/// The records of `events`, disturbed in transit by `disorder` and at the platform by a scenario that counts from its
/// instant.
pub fn publications(
    events: impl Iterator<Item = SimEvent> + Send + 'static,
    scenario: Option<(Scenario, ensilinja_model::EventTime)>,
    disorder: Disorder,
    seed: u64,
) -> Box<dyn Iterator<Item = Publication> + Send> {
    match scenario {
        Some((scenario, start)) => {
            let strikes = start.plus_millis(SCENARIO_AFTER_MS);
            Box::new(disorder.publish(scenario.disrupt(events, strikes), seed))
        }
        None => Box::new(disorder.publish(events, seed)),
    }
}

/// Publishes one record.
///
/// # Errors
/// If it can never be published.
pub fn send(publisher: &Publisher, publication: &Publication) -> anyhow::Result<()> {
    let record = OutgoingRecord {
        key: publication.key.as_deref(),
        headers: &publication.headers,
        value: publication.value.as_deref(),
        timestamp: publication.at,
    };
    publisher.send(&record).context("publishing stopped")
}

/// Publishes each record when it is due by `clock`, until `stop` or the end of the records.
///
/// # Errors
/// If a record can never be published.
pub fn send_in_time(
    publisher: &Publisher,
    publications: impl Iterator<Item = Publication>,
    clock: &TimeSource,
    stop: &AtomicBool,
) -> anyhow::Result<()> {
    for publication in publications {
        while clock() < publication.at {
            if stop.load(Ordering::Relaxed) {
                return Ok(());
            }
            thread::sleep(NAP);
        }
        if stop.load(Ordering::Relaxed) {
            return Ok(());
        }
        send(publisher, &publication)?;
    }
    Ok(())
}

/// Waits until the broker has acknowledged all records, and logs their number.
///
/// # Errors
/// If it does not acknowledge them in time, or has refused some.
pub fn finish(publisher: &Publisher) -> anyhow::Result<()> {
    publisher.flush(FLUSH_TIMEOUT).context("the broker does not acknowledge the last records")?;
    let (acknowledged, failed) = (publisher.acknowledged(), publisher.failed());
    tracing::info!(acknowledged, failed, "published");
    anyhow::ensure!(failed == 0, "the broker refused {failed} of {} records; the log says why", acknowledged + failed);
    Ok(())
}
