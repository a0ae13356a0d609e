//! The records of a sample, counted and judged.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use ensilinja_config::{Config, Source};
use ensilinja_kafka::IncomingRecord;
use ensilinja_ledger::{HistoricalLedger, Rules};
use ensilinja_model::{Event, EventTime};
use ensilinja_wire::{Decoder, Detail, Format, Oddity, Reason, Rejection, Stays};

use super::finding::SampleFinding;
use super::native_counts::NativeCounts;
use crate::local_time::to_the_minute;
use crate::meant_type::meant_type;
use crate::record_timestamps::{AHEAD_REMEDY, COPIED_REMEDY, TimestampCounts};
use crate::reused_ids::{REUSE_REMEDY, ReusedIds, SURPLUS_REMEDY};
use crate::source::{SourcePosition, join, wire_record};

/// How many of the latest positions are named of what is wrong.
const MOST_POSITIONS: usize = 3;

/// How many records that are rejected for one detail are looked at for the format that they seem to have.
const MOST_LOOKED_AT: u64 = 20;

/// From this share of the records on, a fault is not an accident.
const MANY: f64 = 0.01;

const MINUTE_MS: i64 = 60_000;

/// How late an event may become known without making a board wrong for long, in ms.
const LATE_MS: i64 = 5 * MINUTE_MS;

/// What was counted.
pub(super) struct SampleCounts {
    now: EventTime,
    format: Format,
    records: u64,
    /// Records that were read, even if they state nothing.
    accepted: u64,
    timestamps: TimestampCounts,
    /// The events of each line.
    events: Vec<u64>,
    rejected: BTreeMap<Detail, RejectedRecords>,
    /// When the first and the last record were published.
    published: Option<(EventTime, EventTime)>,
    /// Records without a timestamp. Times are those of the others.
    without_timestamp: u64,
    /// Accepted events that are dated after their record.
    ahead: u64,
    most_ahead_ms: i64,
    late: u64,
    most_late_ms: i64,
    historical: HistoricalLedger,
    reused: ReusedIds,
    odd: BTreeMap<Oddity, u64>,
    native: NativeCounts,
    stays: Stays,
}

/// Records that were rejected for one detail.
#[derive(Default)]
struct RejectedRecords {
    count: u64,
    /// Partition and offset of the latest.
    latest: VecDeque<(i32, i64)>,
    /// The types that were probably meant, where types are misspelt.
    meant_types: BTreeSet<String>,
    /// The other formats that the first of them seem to have.
    resembled: BTreeSet<Format>,
}

impl SampleCounts {
    /// Nothing has been counted of records in this format. `now` is the present.
    pub fn new(rules: Rules, format: Format, now: EventTime) -> Self {
        Self {
            now,
            format,
            records: 0,
            accepted: 0,
            timestamps: TimestampCounts::default(),
            events: vec![0; rules.lines().len()],
            rejected: BTreeMap::new(),
            published: None,
            without_timestamp: 0,
            ahead: 0,
            most_ahead_ms: 0,
            late: 0,
            most_late_ms: 0,
            historical: HistoricalLedger::new(rules.clone()),
            reused: ReusedIds::within(EventTime::MIN..EventTime::MAX, rules),
            odd: BTreeMap::new(),
            native: NativeCounts::default(),
            stays: Stays::default(),
        }
    }

    /// Reads and counts a record.
    pub fn add(&mut self, record: &IncomingRecord<'_>, decoder: &Decoder) {
        let wire = wire_record(record);
        let (mut stated, mut events) = (Vec::new(), Vec::new());
        let read = decoder.read(&wire, &mut stated);
        for stated in stated {
            join(stated, &mut self.stays, &mut |event, _| events.push(event));
        }
        if self.format != Format::CloudEvents {
            self.native.add(decoder.contents(&wire));
            for event in &events {
                self.native.add_event(event);
            }
        }
        let meant_type = read.err().and_then(|rejection| meant_type(&wire, rejection));
        self.count(record, &events, read, meant_type);
    }

    /// Counts a record that has been read. `meant_type` is the type that was probably meant, if its type is misspelt.
    fn count(
        &mut self,
        record: &IncomingRecord<'_>,
        events: &[Event],
        read: Result<Option<Oddity>, Rejection>,
        meant_type: Option<String>,
    ) {
        self.records += 1;
        // A platform's log is shipped within the second, and shippers stamp whole seconds: equal times prove nothing.
        let event_at = events.first().filter(|_| self.format == Format::CloudEvents).map(|event| event.at);
        self.timestamps.count(record, event_at, self.now);
        self.without_timestamp += u64::from(record.timestamp.is_none());
        if let Some(at) = record.timestamp {
            self.published = Some(self.published.map_or((at, at), |(first, last)| (first.min(at), last.max(at))));
        }
        for event in events {
            self.accept(record, event);
        }
        match read {
            Ok(oddity) => {
                self.accepted += 1;
                if let Some(oddity) = oddity {
                    *self.odd.entry(oddity).or_default() += 1;
                }
            }
            Err(rejection) => {
                let rejected = self.rejected.entry(rejection.detail).or_default();
                rejected.count += 1;
                rejected.latest.push_front((record.partition, record.offset));
                rejected.latest.truncate(MOST_POSITIONS);
                rejected.meant_types.extend(meant_type);
                if rejected.count <= MOST_LOOKED_AT {
                    let resembled = record.value.and_then(Format::resembled_by);
                    rejected.resembled.extend(resembled.filter(|format| *format != self.format));
                }
            }
        }
    }

    fn accept(&mut self, record: &IncomingRecord<'_>, event: &Event) {
        if let Some(events) = self.events.get_mut(event.line.as_usize()) {
            *events += 1;
        }
        let Self { historical, reused, .. } = self;
        let (topic, partition, offset) = (record.topic.into(), record.partition, record.offset);
        reused.count(event, &SourcePosition::Record { topic, partition, offset }, |note| {
            historical.apply_noting(event, note)
        });
        let Some(at) = record.timestamp else { return };
        let late_ms = at.millis_since(event.at);
        self.ahead += u64::from(late_ms < 0);
        self.late += u64::from(late_ms > LATE_MS);
        self.most_ahead_ms = self.most_ahead_ms.max(-late_ms);
        self.most_late_ms = self.most_late_ms.max(late_ms);
    }

    /// When the newest record was published; `None` if there is none.
    pub fn newest(&self) -> Option<EventTime> {
        self.published.map(|(_, newest)| newest)
    }

    /// The findings about the records of `source`.
    pub fn findings(&self, source: &Source, config: &Config, rules: &Rules) -> Vec<SampleFinding> {
        if self.records == 0 {
            return vec![SampleFinding::warning("no record came", "check that something publishes to it")];
        }
        let mut findings = vec![SampleFinding::good("this user can read its records").about_permissions()];
        if self.without_timestamp > 0 {
            findings.push(SampleFinding::warning(
                format!("{} of the latest {} records have no timestamp", self.without_timestamp, self.records),
                "have the producers set timestamps: until then history, --known-at and lag use the timestamps of the \
                 records around them, and an event that is dated ahead is not rejected",
            ));
        }
        let accepted: u64 = self.events.iter().sum();
        findings.push(self.acceptance(config));
        findings.extend(self.rejected.iter().map(|(detail, rejected)| self.rejection(*detail, rejected)));
        for (oddity, count) in &self.odd {
            let what = match oddity {
                Oddity::KeyDiffers => "have a key other than their subject; the subject identifies the contact",
            };
            findings.push(SampleFinding::good(format!("{count} of {accepted} events {what}")));
        }
        findings.extend(self.native.findings(source));
        match self.stays.calls_without_entry() {
            0 => {}
            calls => findings.push(SampleFinding::good(format!(
                "{calls} calls left a queue whose entry is not in the sample: they count only if it is in the topic"
            ))),
        }
        self.add_timestamps(&mut findings);
        if let Some(what) = self.reused.in_words(&[], config) {
            findings.push(if self.reused.is_habit() {
                SampleFinding::problem(what, REUSE_REMEDY)
            } else {
                SampleFinding::warning(what, REUSE_REMEDY)
            });
        }
        if let Some(what) = self.reused.surplus_in_words() {
            findings.push(SampleFinding::warning(what, SURPLUS_REMEDY));
        }
        if accepted > 0 {
            self.add_clocks(accepted, rules.horizon_ms(), &mut findings);
        }
        findings
    }

    fn acceptance(&self, config: &Config) -> SampleFinding {
        let lines = self.events.iter().filter(|events| **events > 0).count();
        let published = self.published.map_or_else(String::new, |(first, last)| {
            let [first, last] = [first, last].map(|at| to_the_minute(at, &config.zone));
            format!(", published from {first} to {last}")
        });
        let what = format!(
            "of the latest {} records{published}, {} are accepted, of {lines} of {} lines",
            self.records,
            self.accepted,
            self.events.len()
        );
        match self.accepted {
            0 => SampleFinding::problem(what, "check that this is the topic of the events"),
            _ => SampleFinding::good(what),
        }
    }

    fn rejection(&self, detail: Detail, rejected: &RejectedRecords) -> SampleFinding {
        let RejectedRecords { count, latest, meant_types, resembled } = rejected;
        let positions: Vec<String> = latest.iter().map(|(partition, offset)| format!("{partition}/{offset}")).collect();
        let (reason, name) = (detail.reason(), detail.as_str());
        let what = format!(
            "{count} of {} records are rejected as {} ({name}), the latest at {}",
            self.records,
            reason.as_str(),
            positions.join(", ")
        );
        let mut remedy = detail.advice().to_owned();
        if !meant_types.is_empty() {
            let meant: Vec<&str> = meant_types.iter().map(String::as_str).collect();
            remedy = format!("{remedy} Probably meant: {}.", meant.join(", "));
        }
        if !resembled.is_empty() {
            let formats: Vec<&str> = resembled.iter().map(|format| format.as_str()).collect();
            remedy = format!(
                "{remedy} They look like {}: name the topic in a [[source]] with that format.",
                formats.join(", ")
            );
        }
        match reason {
            // They are not for this program, or listed by name.
            Reason::UnknownType | Reason::UnknownQueue => {
                SampleFinding { remedy: Some(remedy), ..SampleFinding::good(what) }
            }
            _ if is_many(*count, self.records) => SampleFinding::problem(what, remedy),
            _ => SampleFinding::warning(what, remedy),
        }
    }

    fn add_timestamps(&self, findings: &mut Vec<SampleFinding>) {
        let TimestampCounts { records, ahead, most_ahead_ms, .. } = self.timestamps;
        if ahead > 0 {
            let seconds = most_ahead_ms / 1000;
            let what =
                format!("{ahead} of {records} records are stamped ahead of this machine's clock, by up to {seconds} s");
            findings.push(SampleFinding::warning(what, AHEAD_REMEDY));
        }
        if let Some(what) = self.timestamps.copied_times() {
            findings.push(SampleFinding::warning(what, COPIED_REMEDY));
        }
    }

    fn add_clocks(&self, accepted: u64, horizon_ms: i64, findings: &mut Vec<SampleFinding>) {
        let ahead = format!(
            "{} of {accepted} events are dated after their record, at most {} s; more than 5 min are rejected",
            self.ahead,
            self.most_ahead_ms.max(0) / 1000
        );
        findings.push(if self.most_ahead_ms > MINUTE_MS && is_many(self.ahead, accepted) {
            SampleFinding::warning(ahead, "set the clocks of the sources")
        } else {
            SampleFinding::good(ahead)
        });
        let late = format!(
            "{} of {accepted} events arrived more than 5 min after they happened, at most {} min",
            self.late,
            self.most_late_ms.max(0) / MINUTE_MS
        );
        findings.push(if self.most_late_ms > horizon_ms {
            let remedy = "live figures ignore events older than the horizon: use report or replay for them";
            SampleFinding::warning(late, remedy)
        } else if is_many(self.late, accepted) {
            SampleFinding::warning(late, "until they arrive, boards show too little")
        } else {
            SampleFinding::good(late)
        });
    }
}

#[expect(clippy::cast_precision_loss, reason = "a sample is far smaller than 2^53")]
fn is_many(count: u64, all: u64) -> bool {
    count as f64 >= MANY * all as f64 && count > 0
}

#[cfg(test)]
mod tests {
    use ensilinja_model::{Fact, Headers, LegKey, LineIndex};

    use super::*;

    const SECOND_MS: i64 = 1_000;
    const HOUR_MS: i64 = 3_600_000;

    /// A finding a line, with its remedy below.
    fn in_words(findings: &[SampleFinding]) -> String {
        let text = |finding: &SampleFinding| {
            let remedy = finding.remedy.as_deref().unwrap_or_default();
            format!("{:?}: {}\n-> {remedy}", finding.state, finding.what)
        };
        findings.iter().map(text).collect::<Vec<_>>().join("\n")
    }

    fn found(records: &[(i64, Result<i64, Detail>)]) -> String {
        let config = ensilinja_config::county();
        let now = EventTime::from_seconds(1_758_006_900);
        let mut counts = SampleCounts::new(config.rules(now), Format::CloudEvents, now);
        for (offset, (late_ms, decoded)) in (0..).zip(records) {
            let record = IncomingRecord {
                key: None,
                value: None,
                headers: Headers::NONE,
                timestamp: Some(now),
                topic: "events",
                source: 0,
                partition: 3,
                offset,
                rebuilding: true,
                again: false,
            };
            let (leg, line) = (LegKey::new(1), LineIndex::new(0));
            let event = Event { leg, line, at: now.plus_millis(-late_ms), fact: Fact::Offered };
            let events = if decoded.is_ok() { vec![event] } else { Vec::new() };
            let oddity = (late_ms < &0).then_some(Oddity::KeyDiffers);
            let meant = (*decoded == Err(Detail::MisspeltType)).then(|| "fi.ensilinja.contact.offered".to_owned());
            counts.count(&record, &events, decoded.map(|_| oddity).map_err(Rejection::from), meant);
        }
        in_words(&counts.findings(&config.sources[0], &config, &config.rules(now)))
    }

    #[test]
    fn a_sound_sample_has_neither_warnings_nor_problems() {
        let text = found(&[(SECOND_MS, Ok(0)), (-SECOND_MS, Ok(0))]);
        assert!(text.contains("2 are accepted, of 1 of 22 lines"), "{text}");
        assert!(text.contains("1 of 2 events are dated after their record, at most 1 s;"), "{text}");
        assert!(text.contains("Good: 1 of 2 events have a key other than their subject"), "{text}");
        assert!(!text.contains("Warning") && !text.contains("Problem"), "{text}");
    }

    #[test]
    fn rejected_records_are_reported_with_positions_and_a_remedy() {
        let poison = (0, Err(Detail::TextBeforeJson));
        let text = found(&[poison, (0, Ok(0)), poison, poison, poison]);
        assert!(
            text.contains(
                "Problem: 4 of 5 records are rejected as malformed (text_before_json), the latest at 3/4, 3/3, 3/2\n"
            ),
            "{text}"
        );
        assert!(text.contains("-> Text stands before the JSON"), "{text}");
    }

    #[test]
    fn one_bad_record_of_many_is_a_warning_and_one_of_another_type_is_good() {
        let mut records = vec![(0, Ok(0)); 300];
        records.push((0, Err(Detail::Truncated)));
        records.push((0, Err(Detail::TypeNotRead)));
        let text = found(&records);
        assert!(text.contains("Warning: 1 of 302 records are rejected as malformed (truncated)"), "{text}");
        assert!(text.contains("Good: 1 of 302 records are rejected as unknown_type"), "{text}");
    }

    #[test]
    fn a_misspelt_type_is_a_problem_and_the_meant_type_is_named() {
        let text = found(&[(0, Err(Detail::MisspeltType)), (0, Ok(0))]);
        assert!(text.contains("Problem: 1 of 2 records are rejected as malformed (misspelt_type)"), "{text}");
        assert!(text.contains("Probably meant: fi.ensilinja.contact.offered."), "{text}");
    }

    #[test]
    fn sources_that_are_late_or_ahead_are_warned_of() {
        let text = found(&[(-2 * MINUTE_MS, Ok(0)), (6 * MINUTE_MS, Ok(0))]);
        assert!(text.contains("Warning: 1 of 2 events are dated after their record, at most 120 s"), "{text}");
        assert!(text.contains("Warning: 1 of 2 events arrived more than 5 min after"), "{text}");
    }

    #[test]
    fn timestamps_copied_from_the_events_are_warned_of() {
        let text = found(&[(0, Ok(0)); 30]);
        assert!(text.contains("Warning: the record timestamps of 30 of 30 events are their `time`"), "{text}");
        assert!(text.contains("JavaScript SDK"), "{text}");
    }

    #[test]
    fn records_stamped_ahead_of_the_clock_are_warned_of_with_what_brokers_do() {
        let config = ensilinja_config::county();
        let now = EventTime::from_seconds(1_758_006_900);
        let mut counts = SampleCounts::new(config.rules(now), Format::CloudEvents, now.plus_millis(-HOUR_MS));
        let (partition, offset, rebuilding, again) = (3, 0, true, false);
        let timestamp = Some(now);
        let record = IncomingRecord {
            key: None,
            value: None,
            headers: Headers::NONE,
            timestamp,
            topic: "events",
            source: 0,
            partition,
            offset,
            rebuilding,
            again,
        };
        counts.count(&record, &[], Err(Rejection::from(Detail::Tombstone)), None);
        let text = in_words(&counts.findings(&config.sources[0], &config, &config.rules(now)));
        assert!(
            text.contains("Warning: 1 of 1 records are stamped ahead of this machine's clock, by up to 3600 s"),
            "{text}"
        );
        assert!(text.contains("a broker refuses a whole batch, its right events included, for one record"), "{text}");
    }

    #[test]
    fn reused_ids_are_reported_with_positions_and_a_remedy_and_without_the_id() {
        // All events of this sample are of one contact, hours apart.
        let text = found(&[(0, Ok(0)), (2 * 3600 * SECOND_MS, Ok(0)), (-3600 * SECOND_MS, Ok(0))]);
        assert!(
            text.contains("Problem: 2 of 3 events (66.7 %), of 1 contacts, belong to another contact with the same id"),
            "{text}"
        );
        assert!(text.contains("for example at events/3/1, events/3/2"), "{text}");
        assert!(text.contains("-> have the source send `visit` with each event"), "{text}");
    }

    #[test]
    fn a_topic_of_other_events_is_a_problem() {
        let text = found(&[(0, Err(Detail::TypeNotRead))]);
        assert!(text.contains("Problem: of the latest 1 records") && text.contains("0 are accepted"), "{text}");
    }
}
