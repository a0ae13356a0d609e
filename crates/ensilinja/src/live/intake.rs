//! Takes each record of the topic: decodes it, checks its timestamp, and queues its event for the ledger.
//!
//! Events are queued once per batch of records, and the records of a batch share one reading of the clock, unless
//! one is stamped later than it: neither the lock nor the clock costs anything for most records.
//!
//! Where several processes share the topics, the events of other processes' lines are left out here. A record that is
//! certain to be about such a line is not even parsed, once it is known where the history of the log begins: until
//! then every event may tell that, whatever its line.

use std::io;
use std::mem;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use ensilinja_catalogue::SkipReason;
use ensilinja_kafka::{IncomingRecord, RecordDisposition, RecordHandler};
use ensilinja_lookback::{AHEAD_MS, AHEAD_REMEDY, COPIED_REMEDY, SourceDecoders, TimestampCounts, wire_record};
use ensilinja_model::{Event, EventTime};
use ensilinja_wire::{Format, LineShare, Oddity, Rejection, Stated, Stays};

use super::ledger::{QueuedEvent, SharedLedger};

/// The timestamps of this many records of each topic are examined, from the first on.
const RECORDS_EXAMINED: u64 = 2_000;

/// Takes each record of the topic.
pub(super) struct Intake {
    decoders: SourceDecoders,
    share: LineShare,
    /// The calls whose records do not say on their own which contact they are about.
    stays: Stays,
    /// What the record that is handled states.
    stated: Vec<Stated>,
    /// The events that a part of a stay completes.
    joined: Vec<Event>,
    shared: Arc<SharedLedger>,
    /// The events of this batch, to be queued at its end.
    batch: Vec<QueuedEvent>,
    /// The events of this batch that are of other processes' lines: when they became known, and when they happened.
    others: Vec<(Option<EventTime>, EventTime)>,
    /// The timestamps of the live records of this batch, to be observed by the clock at its end.
    live_stamps: Vec<EventTime>,
    /// A live record has come in this batch, so the clock has been read.
    is_live_batch: bool,
    /// The trusted time at a moment before now: what is older need not be compared with the clock.
    read_at: EventTime,
    timestamps: TopicTimestamps,
    applier: Option<JoinHandle<()>>,
}

/// What the timestamps of each topic say. Most records are of the same topic as the one before.
#[derive(Default)]
struct TopicTimestamps {
    topics: Vec<(String, TimestampCounts)>,
    latest: usize,
}

impl TopicTimestamps {
    #[inline]
    fn of(&mut self, topic: &str) -> &mut TimestampCounts {
        if self.topics.get(self.latest).is_none_or(|(latest, _)| latest != topic) {
            self.look_up(topic);
        }
        &mut self.topics[self.latest].1
    }

    #[cold]
    fn look_up(&mut self, topic: &str) {
        let known = self.topics.iter().position(|(known, _)| known == topic);
        self.latest = known.unwrap_or_else(|| {
            self.topics.push((topic.to_owned(), TimestampCounts::default()));
            self.topics.len() - 1
        });
    }
}

impl Intake {
    /// An intake for `shared`, with a thread that applies what is queued: the events of the lines of `share`.
    ///
    /// # Errors
    /// If the system provides no thread.
    pub(super) fn new(decoders: SourceDecoders, share: LineShare, shared: Arc<SharedLedger>) -> io::Result<Self> {
        let applying = Arc::clone(&shared);
        let applier = thread::Builder::new().name("applier".to_owned()).spawn(move || applying.apply_until_ended())?;
        let read_at = shared.clock().now();
        Ok(Self {
            decoders,
            share,
            stays: Stays::default(),
            stated: Vec::new(),
            joined: Vec::new(),
            shared,
            batch: Vec::new(),
            others: Vec::new(),
            live_stamps: Vec::new(),
            is_live_batch: false,
            read_at,
            timestamps: TopicTimestamps::default(),
            applier: Some(applier),
        })
    }

    /// Examines the timestamps of the first records of each topic. One that is ahead of the clock is logged at any
    /// time, but only once for a topic.
    fn examine_timestamp(&mut self, record: &IncomingRecord<'_>, event_at: Option<EventTime>) {
        let Self { timestamps, shared, read_at, .. } = self;
        let IncomingRecord { topic, partition, offset, timestamp, .. } = *record;
        let counts = timestamps.of(topic);
        let is_logged = counts.ahead > 0;
        if counts.records < RECORDS_EXAMINED {
            if timestamp > Some(*read_at) {
                *read_at = shared.clock().now();
            }
            counts.count(record, event_at, *read_at);
            if counts.records.is_multiple_of(RECORDS_EXAMINED / 10)
                && let Some(copied) = counts.copied_times()
            {
                let warning = format!("in {topic}, {copied}; {COPIED_REMEDY}");
                if shared.timestamp_warnings().insert(topic.to_owned(), warning).is_none() {
                    tracing::warn!(topic, reason = copied, remedy = COPIED_REMEDY, "record timestamps copied");
                }
            }
        } else if !is_logged && timestamp.is_some_and(|stamp| stamp.millis_since(*read_at) > AHEAD_MS) {
            *read_at = shared.clock().now();
            counts.count(record, None, *read_at);
        }
        if !is_logged && counts.ahead > 0 {
            let ahead_seconds = timestamp.map(|stamp| stamp.millis_since(*read_at) / 1000);
            let remedy = AHEAD_REMEDY;
            tracing::warn!(topic, partition, offset, ahead_seconds, remedy, "record stamped ahead of the clock");
        }
    }

    /// Whether the record need not be parsed: it is of another process's line, the timestamps of its topic have been
    /// examined, and its event tells nothing about where the log begins.
    #[inline]
    fn passes_over(&mut self, record: &IncomingRecord<'_>) -> bool {
        self.share.is_of_several()
            && self.shared.beginning_is_settled()
            && self.timestamps.of(record.topic).records >= RECORDS_EXAMINED
            && self.share.passes_over(self.decoders.of_source(record.source), &wire_record(record))
    }

    /// Counts a live record by what came of reading it.
    fn count(&self, read: Result<Option<Oddity>, Rejection>, is_of_others: bool) {
        let pipeline = self.shared.pipeline();
        match read {
            Err(rejection) if self.share.keeps_rejections() => pipeline.rejected(rejection.reason.as_str()),
            Err(_) => pipeline.skipped(SkipReason::Rejected),
            Ok(_) if is_of_others => pipeline.skipped(SkipReason::OtherLine),
            Ok(Some(oddity)) => pipeline.odd(oddity.as_str()),
            Ok(None) => {}
        }
    }

    /// Queues the events that follow from what the record states.
    #[inline]
    fn queue_stated(&mut self, record: &IncomingRecord<'_>, is_live: bool) {
        let mut stated = mem::take(&mut self.stated);
        for stated in stated.drain(..) {
            match stated {
                Stated::Event(event) => self.queue_event(event, record, is_live),
                Stated::Stay(part) => {
                    let mut events = mem::take(&mut self.joined);
                    self.stays.take(&part, &mut |event, _| events.push(event));
                    events.drain(..).for_each(|event| self.queue_event(event, record, is_live));
                    self.joined = events;
                }
            }
        }
        self.stated = stated;
    }

    #[inline]
    fn queue_event(&mut self, event: Event, record: &IncomingRecord<'_>, is_live: bool) {
        let Some(event) = self.share.own(event) else {
            self.others.push((record.timestamp, event.at));
            return;
        };
        let alive_at = self.source_alive_at(event.at, record);
        self.batch.push(QueuedEvent { event, is_live, alive_at, known_at: record.timestamp });
    }

    /// When the source of an event was alive: when the event happened, but not later than its record can have come. A
    /// record that lay in the log came at its timestamp at the latest. If that is ahead of the clock, it is not known
    /// when the record came, and it must not look alive as time passes.
    fn source_alive_at(&mut self, event_at: EventTime, record: &IncomingRecord<'_>) -> Option<EventTime> {
        let at = record.timestamp.filter(|_| record.rebuilding).map_or(event_at, |stamp| event_at.min(stamp));
        if at > self.read_at {
            self.read_at = self.shared.clock().now();
        }
        match at {
            _ if record.again => None,
            at if at <= self.read_at => Some(at),
            _ => (!record.rebuilding).then_some(self.read_at),
        }
    }
}

impl Drop for Intake {
    fn drop(&mut self) {
        self.shared.end();
        if let Some(applier) = self.applier.take() {
            // An applier that died has poisoned the ledger's lock, which every question notices.
            let _ = applier.join();
        }
    }
}

impl RecordHandler for Intake {
    fn handle(&mut self, record: &IncomingRecord<'_>) -> RecordDisposition {
        // Records that lay in the log before this process rebuild the figures; another process has counted them.
        let is_live = !record.rebuilding && !record.again;
        if is_live {
            if !self.is_live_batch {
                self.is_live_batch = true;
                self.read_at = self.shared.clock().now();
            }
            self.live_stamps.extend(record.timestamp);
        }
        if self.passes_over(record) {
            if is_live {
                self.shared.pipeline().skipped(SkipReason::OtherLine);
            }
            return RecordDisposition::Accepted;
        }
        self.stated.clear();
        let decoder = self.decoders.of_source(record.source);
        let read = decoder.read(&wire_record(record), &mut self.stated);
        // A platform's log is shipped within the second, and shippers stamp whole seconds: equal times prove nothing.
        let is_of_events = decoder.format() == Format::CloudEvents;
        self.examine_timestamp(record, self.stated.first().filter(|_| is_of_events).map(Stated::at));
        let (own_before, others_before) = (self.batch.len(), self.others.len());
        self.queue_stated(record, is_live);
        let is_of_others = self.batch.len() == own_before && self.others.len() > others_before;
        if is_live {
            self.count(read, is_of_others);
        }
        match read {
            Err(rejection) if self.share.keeps_rejections() && rejection.reason.goes_to_dead_letters() => {
                let (reason, detail) = (rejection.reason.as_str(), rejection.detail.as_str());
                RecordDisposition::DeadLetter { reason, detail }
            }
            _ => RecordDisposition::Accepted,
        }
    }

    fn end_batch(&mut self) {
        if self.is_live_batch {
            self.is_live_batch = false;
            self.shared.clock().observe_stamps(&self.live_stamps);
            self.live_stamps.clear();
        }
        self.shared.note_others(&mut self.others);
        self.shared.enqueue(&mut self.batch);
    }

    fn begin_another_log(&mut self, log: u32, now: EventTime) -> EventTime {
        self.timestamps = TopicTimestamps::default();
        self.stays = Stays::default();
        self.shared.reset(log, now)
    }
}

#[cfg(test)]
mod tests {
    use ensilinja_model::Headers;

    use super::super::ledger::tests::shared;
    use super::*;
    use crate::clock::LiveClock;

    #[test]
    fn a_source_was_alive_no_later_than_its_record_came() {
        const NOW_S: i64 = 1_758_006_900;
        // An event that happened `at_s`, in a record stamped `stamped_s`, both in seconds from now.
        let alive = |at_s: i64, stamped_s: i64, rebuilding, again| {
            let shared = shared(LiveClock::trusted(Arc::new(|| EventTime::from_seconds(NOW_S))));
            let decoders = SourceDecoders::new(&ensilinja_config::county(), None, [0; 16]);
            let mut intake = Intake::new(decoders, LineShare::all(), shared).unwrap();
            let timestamp = Some(EventTime::from_seconds(NOW_S + stamped_s)).filter(|at| at.as_millis() > 0);
            let (partition, offset) = (0, 0);
            let (key, value, headers) = (None, None, Headers::NONE);
            let (topic, source) = ("events", 0);
            let record =
                IncomingRecord { key, value, headers, timestamp, topic, source, partition, offset, rebuilding, again };
            let alive_at = intake.source_alive_at(EventTime::from_seconds(NOW_S + at_s), &record);
            alive_at.map(|at| at.floor_second() - NOW_S)
        };
        assert_eq!(alive(-60, -55, false, false), Some(-60));
        assert_eq!(alive(3_600, 3_600, false, false), Some(0), "it came now, so its source is alive now");
        assert_eq!(alive(240, 0, false, false), Some(0));
        assert_eq!(alive(-60, -55, true, false), Some(-60));
        assert_eq!(alive(-20, -50, true, false), Some(-50), "it had come by then");
        assert_eq!(alive(3_600, 3_600, true, false), None, "it is not known when it came");
        assert_eq!(alive(-60, -NOW_S - 1, true, false), Some(-60), "its record has no timestamp");
        assert_eq!(alive(-60, -55, false, true), None, "it was counted when it first came");
    }

    #[test]
    fn the_first_records_of_every_topic_are_examined_and_warnings_name_the_topic() {
        const NOW: EventTime = EventTime::from_seconds(1_758_006_900);
        let shared = shared(LiveClock::trusted(Arc::new(|| NOW)));
        let decoders = SourceDecoders::new(&ensilinja_config::county(), None, [0; 16]);
        let mut intake = Intake::new(decoders, LineShare::all(), Arc::clone(&shared)).unwrap();
        let mut examine = |topic, stamp: EventTime, event_at: EventTime| {
            let (partition, offset, source, rebuilding, again) = (0, 0, 0, false, false);
            let (key, value, headers, timestamp) = (None, None, Headers::NONE, Some(stamp));
            let record =
                IncomingRecord { key, value, headers, timestamp, topic, source, partition, offset, rebuilding, again };
            intake.examine_timestamp(&record, Some(event_at));
            let TimestampCounts { records, ahead, .. } = *intake.timestamps.of(topic);
            (records, ahead)
        };
        for _ in 0..RECORDS_EXAMINED {
            examine("calls", NOW, NOW.plus_millis(-1_000));
        }
        assert_eq!(examine("calls", NOW.plus_millis(2 * AHEAD_MS), NOW), (RECORDS_EXAMINED + 1, 1));
        for number in 1..=RECORDS_EXAMINED {
            assert_eq!(examine("chats", NOW, NOW), (number, 0));
        }
        assert_eq!(examine("chats", NOW.plus_millis(2 * AHEAD_MS), NOW), (RECORDS_EXAMINED + 1, 1));
        let warnings: Vec<String> = shared.timestamp_warnings().values().cloned().collect();
        assert!(
            warnings.len() == 1 && warnings[0].starts_with("in chats, the record timestamps of 2000 of"),
            "{warnings:?}"
        );
    }
}
