//! What the timestamps of records say about the clocks and producers that set them, counted over a sample.
//!
//! A record's timestamp should be the moment at which it was sent. Two faults show in a sample: a clock that is ahead,
//! and a producer that copies the event's `time`, as the JavaScript SDK of `CloudEvents` does. Copied timestamps do not
//! tell when an event became known.

use ensilinja_kafka::IncomingRecord;
use ensilinja_model::EventTime;
use ensilinja_wire::SIMULATOR_SOURCE;

/// A timestamp that is ahead of the clock by no more comes from a clock that differs a little, in ms.
pub const AHEAD_MS: i64 = 60_000;

/// Fewer events than this prove nothing.
const LEAST_EVENTS: u64 = 20;

/// From this share of the events on, in percent, equal times are not chance. One producer of several may copy them.
const COPIED_PERCENT: u64 = 5;

/// What to do about timestamps that are copied from the events.
pub const COPIED_REMEDY: &str = "have the producer set the timestamp when it sends: the JavaScript SDK of CloudEvents \
     sets it from `time`, so delete the message's `timestamp` before it is sent";

/// What to do about timestamps ahead of the clock.
pub const AHEAD_REMEDY: &str = "set the clocks of the machines that publish, and this one's: a broker refuses a whole \
     batch, its right events included, for one record that is stamped beyond message.timestamp.after.max.ms";

/// Counts about the timestamps of a sample of records.
#[derive(Clone, Copy, Debug, Default)]
pub struct TimestampCounts {
    /// Records.
    pub records: u64,
    /// Records whose timestamp is ahead of the clock by more than [`AHEAD_MS`].
    pub ahead: u64,
    /// The largest lead over the clock, in ms.
    pub most_ahead_ms: i64,
    /// Events that were not simulated.
    pub events: u64,
    /// Those of them whose `time` equals the record's timestamp to the millisecond.
    pub copied: u64,
}

impl TimestampCounts {
    /// Counts a record that is examined at `now`; `event_at` is the time of its event, if it is one.
    #[inline]
    pub fn count(&mut self, record: &IncomingRecord<'_>, event_at: Option<EventTime>, now: EventTime) {
        self.records += 1;
        // A record without a timestamp says nothing about a clock.
        let Some(timestamp) = record.timestamp else { return };
        let ahead_ms = timestamp.millis_since(now);
        self.ahead += u64::from(ahead_ms > AHEAD_MS);
        self.most_ahead_ms = self.most_ahead_ms.max(ahead_ms);
        // The simulator publishes at the very instant of the event, which no platform does.
        if let Some(at) = event_at.filter(|_| !is_simulated(record)) {
            self.events += 1;
            self.copied += u64::from(at == timestamp);
        }
    }

    /// A warning about timestamps that are copied from the events; `None` if they are not.
    #[must_use]
    pub fn copied_times(&self) -> Option<String> {
        let is_copied = self.copied >= LEAST_EVENTS && self.copied * 100 >= self.events * COPIED_PERCENT;
        is_copied.then(|| {
            format!(
                "the record timestamps of {} of {} events are their `time` to the millisecond: a producer copies it, so \
                 --known-at cannot tell what was known when, and no event is seen to be dated ahead (`future`)",
                self.copied, self.events
            )
        })
    }
}

/// Whether a record says that the simulator made it.
fn is_simulated(record: &IncomingRecord<'_>) -> bool {
    let source = SIMULATOR_SOURCE.as_bytes();
    record.headers.all().iter().any(|(name, value)| *name == "ce_source" && *value == Some(source))
        || record.value.is_some_and(|value| value.windows(source.len()).any(|part| part == source))
}

#[cfg(test)]
mod tests {
    use ensilinja_model::Headers;

    use super::*;

    const NOW: EventTime = EventTime::from_seconds(1_758_006_900);

    fn record(timestamp: EventTime, value: &[u8]) -> IncomingRecord<'_> {
        let timestamp = Some(timestamp);
        let (partition, offset, rebuilding, again) = (0, 0, false, false);
        IncomingRecord {
            key: None,
            value: Some(value),
            headers: Headers::NONE,
            timestamp,
            topic: "events",
            source: 0,
            partition,
            offset,
            rebuilding,
            again,
        }
    }

    fn counted(copied: usize, others: usize, value: &[u8]) -> TimestampCounts {
        let mut count = TimestampCounts::default();
        (0..copied).for_each(|_| count.count(&record(NOW, value), Some(NOW), NOW));
        (0..others).for_each(|_| count.count(&record(NOW, value), Some(NOW.plus_millis(-1)), NOW));
        count
    }

    #[test]
    fn one_producer_of_several_that_copies_the_time_is_noticed() {
        let warning = counted(25, 400, b"{}").copied_times().unwrap();
        assert!(warning.starts_with("the record timestamps of 25 of 425 events are their `time`"), "{warning}");
        assert_eq!(counted(25, 600, b"{}").copied_times(), None, "by chance");
        assert_eq!(counted(19, 0, b"{}").copied_times(), None, "too few");
        let simulated = format!(r#"{{"source":"{SIMULATOR_SOURCE}"}}"#);
        assert_eq!(counted(100, 0, simulated.as_bytes()).copied_times(), None);
    }

    #[test]
    fn a_timestamp_well_ahead_of_the_clock_is_counted() {
        let mut count = TimestampCounts::default();
        for ahead_s in [-5, 0, 60, 61, 3_600] {
            count.count(&record(NOW.plus_millis(ahead_s * 1_000), b""), None, NOW);
        }
        assert_eq!((count.records, count.ahead, count.most_ahead_ms, count.events), (5, 2, 3_600_000, 0));
    }
}
