//! Keys of records that the tables of a source lack: queues, exits, codes. They are counted by name, within bounds, and
//! said with what to do. Names are text of the platform.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use ensilinja_model::is_printable;
use ensilinja_wire::MappingTable;

/// How many keys of a table are kept. Counts of the rest are kept without their names.
const MOST_KEPT: usize = 1_000;

/// How many keys of a table are listed, the most frequent ones.
const MOST_LISTED: usize = 20;

/// The longest part of a key or name that is kept, in characters.
const MOST_CHARACTERS: usize = 60;

/// Keys that the tables of a source lack, with counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UnmappedKeys {
    /// By table and key: how often, and what people call it.
    keys: BTreeMap<MappingTable, BTreeMap<String, (u64, Option<String>)>>,
    /// How often keys came that are not kept.
    others: BTreeMap<MappingTable, u64>,
}

/// The keys that one table lacks, in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnmappedOfTable {
    /// What the table lacks, and what that means.
    pub what: &'static str,
    /// The most frequent keys with their counts.
    pub keys: String,
    /// How many records lack an entry.
    pub records: u64,
    /// What to do.
    pub remedy: &'static str,
}

impl UnmappedKeys {
    /// Counts a key. `name` is what people call it, if the record says.
    pub fn add(&mut self, table: MappingTable, key: &str, name: Option<&str>) {
        self.count(table, cut(key), name.map(cut), 1);
    }

    /// Adds the counts of another reading.
    pub fn merge(&mut self, other: Self) {
        for (table, keys) in other.keys {
            for (key, (count, name)) in keys {
                self.count(table, key, name, count);
            }
        }
        for (table, count) in other.others {
            *self.others.entry(table).or_default() += count;
        }
    }

    fn count(&mut self, table: MappingTable, key: String, name: Option<String>, count: u64) {
        let keys = self.keys.entry(table).or_default();
        if keys.len() >= MOST_KEPT && !keys.contains_key(&key) {
            *self.others.entry(table).or_default() += count;
            return;
        }
        let (known, known_name) = keys.entry(key).or_default();
        *known += count;
        *known_name = known_name.take().or(name);
    }

    /// What the table lacks, in words; `None` if nothing.
    #[must_use]
    pub fn of_table(&self, table: MappingTable) -> Option<UnmappedOfTable> {
        let mut keys: Vec<_> = self.keys.get(&table).into_iter().flatten().collect();
        keys.sort_by_key(|(key, (count, _))| (Reverse(*count), key.as_str()));
        let others = self.others.get(&table).copied().unwrap_or_default();
        let records = keys.iter().map(|(_, (count, _))| count).sum::<u64>() + others;
        let mut written: Vec<String> = keys
            .iter()
            .take(MOST_LISTED)
            .map(|(key, (count, name))| match name {
                Some(name) => format!("{key:?} ({name:?}): {count}"),
                None => format!("{key:?}: {count}"),
            })
            .collect();
        let rest = keys.iter().skip(MOST_LISTED).map(|(_, (count, _))| count).sum::<u64>() + others;
        if rest > 0 {
            written.push(format!("others: {rest}"));
        }
        let (what, remedy) = in_words(table);
        (records > 0).then(|| UnmappedOfTable { what, keys: written.join(", "), records, remedy })
    }

    /// Logs a warning for each table that lacks something. `source` is the name of what was read.
    pub fn warn(&self, source: &str) {
        for table in MappingTable::ALL {
            let Some(UnmappedOfTable { what, keys, records, remedy }) = self.of_table(*table) else { continue };
            // Queues, exits and codes are words of the platform. A number that was dialled may be that of a person.
            let keys = (*table != MappingTable::Entries).then_some(keys);
            tracing::warn!(source, records, keys, remedy, "{what}");
        }
    }
}

fn cut(text: &str) -> String {
    text.chars().take(MOST_CHARACTERS).map(|c| if is_printable(c) { c } else { '\u{fffd}' }).collect()
}

const fn in_words(table: MappingTable) -> (&'static str, &'static str) {
    match table {
        MappingTable::Queues => ("queues without a line", "map each in `queues`, or list it in `ignore`"),
        MappingTable::Entries => ("dialled numbers without a line", "map each in `entries`"),
        MappingTable::Exits => (
            "exits without a meaning, which count as transferred, and as timed out if the platform ended the wait",
            "say in `exits` what each means for the line",
        ),
        MappingTable::Codes => ("codes without a meaning", "say in `codes` what each means"),
        MappingTable::Attributes => ("values of attributes without a meaning", "say in `attributes` what each means"),
        MappingTable::RemovedCallback => ("callbacks were removed", "say what that means: set `removed_callback`"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_listed_by_count_within_bounds_and_no_count_is_lost() {
        let mut keys = UnmappedKeys::default();
        for queue in 0..2_000 {
            for _ in 0..=u32::from(queue == 7) {
                keys.add(MappingTable::Queues, &format!("q{queue:04}"), (queue == 7).then_some("Seven"));
            }
        }
        keys.add(MappingTable::Exits, "q:key.7", None);
        let found = keys.of_table(MappingTable::Queues).unwrap();
        assert!(found.keys.starts_with("\"q0007\" (\"Seven\"): 2, \"q0000\": 1, "), "{}", found.keys);
        assert!(found.keys.ends_with("\"q0018\": 1, \"q0019\": 1, others: 1980"), "{}", found.keys);
        assert_eq!(found.records, 2_001);
        assert_eq!(keys.of_table(MappingTable::Exits).unwrap().keys, "\"q:key.7\": 1");
        assert_eq!(keys.of_table(MappingTable::Codes), None);
        let mut both = keys.clone();
        both.merge(keys);
        assert_eq!(both.of_table(MappingTable::Queues).unwrap().records, 4_002);
        let long = "x\u{1b}".repeat(100);
        both.add(MappingTable::Codes, &long, None);
        let codes = both.of_table(MappingTable::Codes).unwrap();
        assert_eq!(codes.keys, format!("\"{}\": 1", "x\u{fffd}".repeat(30)), "cut, and safe on a terminal");
    }
}
