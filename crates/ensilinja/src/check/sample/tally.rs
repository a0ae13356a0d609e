//! What the records of a sample are like, counted.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use ensilinja_kafka::IncomingRecord;
use ensilinja_ledger::{HistoricalLedger, Rules};
use ensilinja_model::EventTime;
use ensilinja_wire::{Decoded, Detail, Oddity, Reason, Rejection};

use crate::check::finding::{Area, Finding, Findings};
use crate::local_time::in_words;
use crate::past::Place;
use crate::past::reuse::{CURE, ReusedIds, SURPLUS_CURE};
use crate::stamps::{AHEAD_ADVICE, COPIED_ADVICE, StampCount};
use ensilinja_config::Config;

/// How many of the latest places are told of what is wrong.
const PLACES: usize = 3;

/// From this share of the records on what is wrong is no accident.
const MANY: f64 = 0.01;

const MINUTE_MS: i64 = 60_000;

/// How much later than it happened something may become known without a board being wrong for long, in ms.
const LATE_MS: i64 = 5 * MINUTE_MS;

/// What was counted.
pub(super) struct Tally {
    now: EventTime,
    records: u64,
    stamps: StampCount,
    /// Of each line.
    events: Vec<u64>,
    rejected: BTreeMap<Detail, Rejected>,
    /// When the first and the last record were published.
    published: Option<(EventTime, EventTime)>,
    /// Records without a timestamp: what is said of times goes by the others.
    unstamped: u64,
    /// Accepted, and dated after their record.
    ahead: u64,
    most_ahead_ms: i64,
    late: u64,
    most_late_ms: i64,
    historical: HistoricalLedger,
    reused: ReusedIds,
    odd: BTreeMap<Oddity, u64>,
}

/// Records that were rejected for one thing.
#[derive(Default)]
struct Rejected {
    count: u64,
    /// Partition and offset of the latest.
    latest: VecDeque<(i32, i64)>,
    /// Types that were probably meant, where they are misspelt.
    meant: BTreeSet<String>,
}

impl Tally {
    /// Of the lines of these rules, begun at `now`.
    pub(super) fn new(rules: Rules, now: EventTime) -> Self {
        Self {
            now,
            records: 0,
            stamps: StampCount::default(),
            events: vec![0; rules.lines().len()],
            rejected: BTreeMap::new(),
            published: None,
            unstamped: 0,
            ahead: 0,
            most_ahead_ms: 0,
            late: 0,
            most_late_ms: 0,
            historical: HistoricalLedger::new(rules.clone()),
            reused: ReusedIds::within(EventTime::MIN..EventTime::MAX, rules),
            odd: BTreeMap::new(),
        }
    }

    /// Counts a record and what it was decoded to; and of a misspelt type the one that was probably meant.
    pub(super) fn hear(
        &mut self,
        record: &IncomingRecord<'_>,
        decoded: Result<Decoded, Rejection>,
        meant: Option<String>,
    ) {
        self.records += 1;
        self.stamps.count(record, decoded.as_ref().ok().map(|decoded| decoded.event.at), self.now);
        self.unstamped += u64::from(record.timestamp.is_none());
        if let Some(at) = record.timestamp {
            self.published = Some(self.published.map_or((at, at), |(first, last)| (first.min(at), last.max(at))));
        }
        match decoded {
            Ok(Decoded { event, oddity }) => {
                if let Some(oddity) = oddity {
                    *self.odd.entry(oddity).or_default() += 1;
                }
                if let Some(events) = self.events.get_mut(event.line.as_usize()) {
                    *events += 1;
                }
                let Self { historical, reused, .. } = self;
                let place = Place::Record { partition: record.partition, offset: record.offset };
                reused.hear(&event, place, |note| historical.apply_noting(&event, note));
                let Some(at) = record.timestamp else { return };
                let late_ms = at.millis_since(event.at);
                self.ahead += u64::from(late_ms < 0);
                self.late += u64::from(late_ms > LATE_MS);
                self.most_ahead_ms = self.most_ahead_ms.max(-late_ms);
                self.most_late_ms = self.most_late_ms.max(late_ms);
            }
            Err(rejection) => {
                let rejected = self.rejected.entry(rejection.detail).or_default();
                rejected.count += 1;
                rejected.latest.push_front((record.partition, record.offset));
                rejected.latest.truncate(PLACES);
                rejected.meant.extend(meant);
            }
        }
    }

    /// When the newest record was published; `None` if none came.
    pub(super) fn newest(&self) -> Option<EventTime> {
        self.published.map(|(_, newest)| newest)
    }

    /// Tells what was counted.
    pub(super) fn tell(&self, config: &Config, rules: &Rules, findings: &mut Findings) {
        let topic = config.kafka.topic.as_str();
        if self.records == 0 {
            findings.push(Finding::warning(
                Area::Records,
                topic,
                "no record came",
                "see that something publishes to it",
            ));
            return;
        }
        findings.push(Finding::ok(Area::Permissions, topic, "its records may be read"));
        if self.unstamped > 0 {
            findings.push(Finding::warning(
                Area::Records,
                topic,
                format!("{} of the latest {} records have no timestamp", self.unstamped, self.records),
                "have the producers stamp them: until then history, --known-at and lag go by the records around them, and \
                 an event that is dated ahead is not refused",
            ));
        }
        let accepted: u64 = self.events.iter().sum();
        let lines = self.events.iter().filter(|events| **events > 0).count();
        let published = self.published.map_or_else(String::new, |(first, last)| {
            format!(", published from {} to {}", in_words(first, &config.zone), in_words(last, &config.zone))
        });
        let what = format!(
            "of the latest {} records{published}, {accepted} are accepted, of {lines} of {} lines",
            self.records,
            self.events.len()
        );
        findings.push(match accepted {
            0 => Finding::problem(Area::Records, topic, what, "see that this is the topic of the events"),
            _ => Finding::ok(Area::Records, topic, what),
        });
        for (detail, rejected) in &self.rejected {
            findings.push(self.rejection(topic, *detail, rejected));
        }
        for (oddity, count) in &self.odd {
            let what = match oddity {
                Oddity::KeyDiffers => "have a key other than their subject; the subject says whom they are about",
            };
            findings.push(Finding::ok(Area::Records, topic, format!("{count} of {accepted} events {what}")));
        }
        self.tell_of_stamps(topic, findings);
        if let Some(what) = self.reused.in_words(&[], config) {
            findings.push(if self.reused.is_habit() {
                Finding::problem(Area::Records, topic, what, CURE)
            } else {
                Finding::warning(Area::Records, topic, what, CURE)
            });
        }
        if let Some(what) = self.reused.surplus_in_words() {
            findings.push(Finding::warning(Area::Records, topic, what, SURPLUS_CURE));
        }
        if accepted > 0 {
            self.tell_of_clocks(topic, accepted, rules.horizon_ms(), findings);
        }
    }

    fn rejection(&self, topic: &str, detail: Detail, rejected: &Rejected) -> Finding {
        let Rejected { count, latest, meant } = rejected;
        let places: Vec<String> = latest.iter().map(|(partition, offset)| format!("{partition}/{offset}")).collect();
        let (reason, name) = (detail.reason(), detail.as_str());
        let what = format!(
            "{count} of {} records are rejected as {} ({name}), the latest at {}",
            self.records,
            reason.as_str(),
            places.join(", ")
        );
        let mut advice = detail.advice().to_owned();
        if !meant.is_empty() {
            let meant: Vec<&str> = meant.iter().map(String::as_str).collect();
            advice = format!("{advice} Here probably {}.", meant.join(", "));
        }
        match reason {
            // They are of other systems, and are skipped.
            Reason::UnknownType => Finding { advice: Some(advice), ..Finding::ok(Area::Records, topic, what) },
            _ if is_many(*count, self.records) => Finding::problem(Area::Records, topic, what, advice),
            _ => Finding::warning(Area::Records, topic, what, advice),
        }
    }

    fn tell_of_stamps(&self, topic: &str, findings: &mut Findings) {
        let StampCount { records, ahead, most_ahead_ms, .. } = self.stamps;
        if ahead > 0 {
            let seconds = most_ahead_ms / 1000;
            let what =
                format!("{ahead} of {records} records are stamped ahead of this machine's clock, by up to {seconds} s");
            findings.push(Finding::warning(Area::Records, topic, what, AHEAD_ADVICE));
        }
        if let Some(what) = self.stamps.copied_times() {
            findings.push(Finding::warning(Area::Records, topic, what, COPIED_ADVICE));
        }
    }

    fn tell_of_clocks(&self, topic: &str, accepted: u64, horizon_ms: i64, findings: &mut Findings) {
        let ahead = format!(
            "{} of {accepted} events are dated after their record, at most {} s; more than 5 min are rejected",
            self.ahead,
            self.most_ahead_ms.max(0) / 1000
        );
        findings.push(if self.most_ahead_ms > MINUTE_MS && is_many(self.ahead, accepted) {
            Finding::warning(Area::Records, topic, ahead, "set the clocks of the sources")
        } else {
            Finding::ok(Area::Records, topic, ahead)
        });
        let late = format!(
            "{} of {accepted} events are told more than 5 min after they happened, at most {} min",
            self.late,
            self.most_late_ms.max(0) / MINUTE_MS
        );
        findings.push(if self.most_late_ms > horizon_ms {
            let advice = "live figures no longer take in what is older than the horizon: use report or replay for that";
            Finding::warning(Area::Records, topic, late, advice)
        } else if is_many(self.late, accepted) {
            Finding::warning(Area::Records, topic, late, "until they are told a board shows less than there was")
        } else {
            Finding::ok(Area::Records, topic, late)
        });
    }
}

#[expect(clippy::cast_precision_loss, reason = "a sample is far smaller than 2^53")]
fn is_many(count: u64, all: u64) -> bool {
    count as f64 >= MANY * all as f64 && count > 0
}

#[cfg(test)]
mod tests {
    use ensilinja_model::{Event, Fact, LegKey, LineIndex};

    use super::*;

    const SECOND_MS: i64 = 1_000;
    const HOUR_MS: i64 = 3_600_000;

    fn told(records: &[(i64, Result<i64, Detail>)]) -> String {
        let config = ensilinja_config::county();
        let now = EventTime::from_seconds(1_758_006_900);
        let mut tally = Tally::new(config.rules(now), now);
        for (offset, (late_ms, decoded)) in (0..).zip(records) {
            let record = IncomingRecord {
                key: None,
                value: None,
                headers: &[],
                timestamp: Some(now),
                partition: 3,
                offset,
                rebuilding: true,
                again: false,
            };
            let event = decoded.map(|_| Event {
                leg: LegKey::new(1),
                line: LineIndex::new(0),
                at: now.plus_millis(-late_ms),
                fact: Fact::Offered,
            });
            let oddity = (late_ms < &0).then_some(Oddity::KeyDiffers);
            let meant = (*decoded == Err(Detail::MisspeltType)).then(|| "fi.ensilinja.contact.offered".to_owned());
            tally.hear(&record, event.map(|event| Decoded { event, oddity }).map_err(Rejection::from), meant);
        }
        let mut findings = Findings::default();
        tally.tell(&config, &config.rules(now), &mut findings);
        findings.text(1000, false)
    }

    #[test]
    fn a_sound_sample_is_fine() {
        let text = told(&[(SECOND_MS, Ok(0)), (-SECOND_MS, Ok(0))]);
        assert!(text.contains("2 are accepted, of 1 of 22 lines"), "{text}");
        assert!(text.contains("1 of 2 events are dated after their record, at most 1 s;"), "{text}");
        assert!(
            text.contains("ok         ensilinja.events: 1 of 2 events have a key other than their subject"),
            "{text}"
        );
        assert!(text.ends_with(", 0 warnings, 0 problems, 0 not tried\n"), "{text}");
    }

    #[test]
    fn what_is_rejected_is_told_with_its_places_and_what_to_do() {
        let poison = (0, Err(Detail::TextBeforeJson));
        let text = told(&[poison, (0, Ok(0)), poison, poison, poison]);
        assert!(
            text.contains("  problem    ensilinja.events: 4 of 5 records are rejected as malformed (text_before_json), the latest at 3/4, 3/3, 3/2\n"),
            "{text}"
        );
        assert!(text.contains("-> Text stands before the JSON"), "{text}");
    }

    #[test]
    fn one_bad_record_of_many_is_a_warning_and_one_of_another_type_is_neither() {
        let mut records = vec![(0, Ok(0)); 300];
        records.push((0, Err(Detail::Truncated)));
        records.push((0, Err(Detail::TypeNotRead)));
        let text = told(&records);
        assert!(
            text.contains("warning    ensilinja.events: 1 of 302 records are rejected as malformed (truncated)"),
            "{text}"
        );
        assert!(text.contains("ok         ensilinja.events: 1 of 302 records are rejected as unknown_type"), "{text}");
    }

    #[test]
    fn a_misspelt_type_is_a_fault_and_the_type_that_was_meant_is_named() {
        let text = told(&[(0, Err(Detail::MisspeltType)), (0, Ok(0))]);
        assert!(
            text.contains("problem    ensilinja.events: 1 of 2 records are rejected as malformed (misspelt_type)"),
            "{text}"
        );
        assert!(text.contains("Here probably fi.ensilinja.contact.offered."), "{text}");
    }

    #[test]
    fn sources_that_are_late_or_ahead_are_pointed_out() {
        let text = told(&[(-2 * MINUTE_MS, Ok(0)), (6 * MINUTE_MS, Ok(0))]);
        assert!(
            text.contains("warning    ensilinja.events: 1 of 2 events are dated after their record, at most 120 s"),
            "{text}"
        );
        assert!(text.contains("warning    ensilinja.events: 1 of 2 events are told more than 5 min after"), "{text}");
    }

    #[test]
    fn timestamps_that_are_the_events_time_to_the_millisecond_are_pointed_out() {
        let text = told(&[(0, Ok(0)); 30]);
        assert!(
            text.contains("warning    ensilinja.events: the record timestamps of 30 of 30 events are their `time`"),
            "{text}"
        );
        assert!(text.contains("JavaScript SDK"), "{text}");
    }

    #[test]
    fn records_stamped_ahead_of_the_clock_are_pointed_out_with_what_a_broker_does_to_their_batch() {
        let mut findings = Findings::default();
        let config = ensilinja_config::county();
        let now = EventTime::from_seconds(1_758_006_900);
        let mut tally = Tally::new(config.rules(now), now.plus_millis(-HOUR_MS));
        let (partition, offset, rebuilding, again) = (3, 0, true, false);
        let timestamp = Some(now);
        let record =
            IncomingRecord { key: None, value: None, headers: &[], timestamp, partition, offset, rebuilding, again };
        tally.hear(&record, Err(Rejection::from(Detail::Tombstone)), None);
        tally.tell(&config, &config.rules(now), &mut findings);
        let text = findings.text(1000, false);
        assert!(
            text.contains(
                "warning    ensilinja.events: 1 of 1 records are stamped ahead of this machine's clock, by up to 3600 s"
            ),
            "{text}"
        );
        assert!(text.contains("a broker refuses the whole batch for one record"), "{text}");
    }

    #[test]
    fn ids_that_are_used_again_are_told_with_places_and_the_cure_and_without_the_id() {
        // All events of a sample of the test are of one contact: the later ones lose by hours.
        let text = told(&[(0, Ok(0)), (2 * 3600 * SECOND_MS, Ok(0)), (-3600 * SECOND_MS, Ok(0))]);
        assert!(
            text.contains(
                "problem    ensilinja.events: 2 of 3 events (66.7 %), of 1 contacts, are of another contact with the same id"
            ),
            "{text}"
        );
        assert!(text.contains("such as at ensilinja.events/3/1, ensilinja.events/3/2"), "{text}");
        assert!(text.contains("-> have the source send `visit` with each event"), "{text}");
    }

    #[test]
    fn a_topic_of_other_people_is_a_problem() {
        let text = told(&[(0, Err(Detail::TypeNotRead))]);
        assert!(
            text.contains("problem    ensilinja.events: of the latest 1 records") && text.contains("0 are accepted"),
            "{text}"
        );
    }
}
