//! How many probes in a row have found the same of a topic.

use std::collections::BTreeMap;

/// For each topic of which the last probe has found something: how many probes in a row have found it.
#[derive(Default)]
pub(super) struct ProbesInARow(BTreeMap<String, u32>);

impl ProbesInARow {
    /// The present probe has found it of these topics, and of no others. A topic may be named several times.
    pub(super) fn update<'a>(&mut self, topics: impl Iterator<Item = &'a str>) {
        let before = std::mem::take(&mut self.0);
        self.0 = topics.map(|topic| (topic.to_owned(), before.get(topic).copied().unwrap_or(0) + 1)).collect();
    }

    /// How many probes in a row have found it of this topic.
    pub(super) fn count(&self, topic: &str) -> u32 {
        self.0.get(topic).copied().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_topic_is_counted_on_its_own_and_from_the_start_after_a_probe_without_it() {
        let mut probes = ProbesInARow::default();
        for found in [&["calls", "calls"][..], &["calls", "chats"], &["chats"], &["calls", "chats"]] {
            probes.update(found.iter().copied());
        }
        assert_eq!(["calls", "chats", "mail"].map(|topic| probes.count(topic)), [1, 3, 0]);
    }
}
