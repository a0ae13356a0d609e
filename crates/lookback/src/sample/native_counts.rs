//! What a sample says about the records of a platform: their types, what they state, what the configuration does not
//! map, and contacts without an end.

use std::collections::{BTreeMap, HashMap};

use ensilinja_config::Source;
use ensilinja_model::{Event, EventTime, Fact, LegKey};
use ensilinja_wire::{Format, MappingTable, RecordContents};

use super::finding::SampleFinding;
use crate::unmapped::{UnmappedKeys, UnmappedOfTable};

/// How many names of types are listed. Names are text of the platform.
const MOST_NAMES: usize = 20;

/// What names beyond that are counted as.
const OTHERS: &str = "others";

/// A contact whose last event is older than this, and that has no end, has probably lost it. In ms.
const ENDS_WITHIN_MS: i64 = 3_600_000;

/// From this share of the contacts on, lost ends are a habit.
const MANY_WITHOUT_END: f64 = 0.05;

/// What was counted.
#[derive(Default)]
pub(super) struct NativeCounts {
    types: BTreeMap<String, u64>,
    facts: BTreeMap<&'static str, u64>,
    unmapped: UnmappedKeys,
    legs: HashMap<LegKey, LegCourse>,
    latest: Option<EventTime>,
}

/// What is known of a contact's course.
struct LegCourse {
    last: EventTime,
    has_end: bool,
}

impl NativeCounts {
    /// Counts what a record says.
    pub(super) fn add(&mut self, contents: RecordContents) {
        for name in contents.types {
            let name =
                if self.types.len() < MOST_NAMES || self.types.contains_key(&name) { name } else { OTHERS.into() };
            *self.types.entry(name).or_default() += 1;
        }
        for (table, key, name) in contents.unmapped {
            self.unmapped.add(table, &key, name.as_deref());
        }
    }

    /// Counts an event that follows from the records.
    pub(super) fn add_event(&mut self, event: &Event) {
        *self.facts.entry(event.fact.kind().as_str()).or_default() += 1;
        self.latest = self.latest.max(Some(event.at));
        let has_end = !matches!(event.fact, Fact::Offered | Fact::Queued);
        let leg = self.legs.entry(event.leg).or_insert(LegCourse { last: event.at, has_end });
        leg.last = leg.last.max(event.at);
        leg.has_end |= has_end;
    }

    /// The findings about the records of `source`.
    pub(super) fn findings(&self, source: &Source) -> Vec<SampleFinding> {
        let mut findings = Vec::new();
        if !self.types.is_empty() {
            findings.push(SampleFinding::good(format!("types of records: {}", listed(&self.types))));
        }
        if !self.facts.is_empty() {
            findings.push(SampleFinding::good(format!("facts that they state: {}", listed(&self.facts))));
        }
        for table in MappingTable::ALL {
            findings.extend(self.unmapped.of_table(*table).map(|UnmappedOfTable { what, keys, remedy, .. }| {
                SampleFinding::warning(format!("{what}: {keys}"), remedy)
            }));
        }
        findings.extend(self.without_end(source.mapping.format));
        findings
    }

    /// Contacts that began, did nothing for an hour and have no end.
    fn without_end(&self, format: Format) -> Option<SampleFinding> {
        let latest = self.latest?;
        let is_old = |leg: &&LegCourse| latest.millis_since(leg.last) > ENDS_WITHIN_MS;
        let old = self.legs.values().filter(|leg| leg.has_end || is_old(leg)).count();
        let without = self.legs.values().filter(|leg| !leg.has_end).filter(is_old).count();
        let what = format!("{without} of {old} contacts have no end an hour after their last event");
        #[expect(clippy::cast_precision_loss, reason = "a sample is far smaller than 2^53")]
        let is_habit = without as f64 >= MANY_WITHOUT_END * old as f64;
        match without {
            0 => None,
            _ if is_habit => Some(SampleFinding::warning(
                what,
                format!(
                    "look for records that are lost on the way, and set orphan_after of the lines to \"1h\": until then \
                     they wait. See docs/sources for {}",
                    format.as_str()
                ),
            )),
            _ => Some(SampleFinding::good(what)),
        }
    }
}

/// Names with their counts, the most frequent first.
fn listed(counts: &BTreeMap<impl AsRef<str> + Ord, u64>) -> String {
    let mut counts: Vec<(&str, u64)> = counts.iter().map(|(name, count)| (name.as_ref(), *count)).collect();
    counts.sort_by_key(|(name, count)| (std::cmp::Reverse(*count), *name));
    counts.iter().map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join(", ")
}
