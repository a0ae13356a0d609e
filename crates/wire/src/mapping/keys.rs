//! A table whose keys are exact texts or patterns with `*` and `?`.

use hashbrown::HashTable;
use wildmatch::WildMatch;

use crate::line_lookup::hash;

/// A table from keys of the configuration to values. An exact key wins over every pattern; of patterns, the first that
/// matches. The time of finding an exact key does not depend on their number.
#[derive(Clone, Debug)]
pub struct KeyTable<V> {
    exact: Vec<(String, V)>,
    /// The places of the exact keys.
    by_name: HashTable<usize>,
    /// The places of the exact keys, found without regard to case.
    by_id: HashTable<usize>,
    patterns: Vec<(Pattern, V)>,
}

/// A key with `*` (any characters) or `?` (one character).
#[derive(Clone, Debug)]
struct Pattern {
    text: String,
    matcher: WildMatch,
}

impl Pattern {
    /// The pattern in `text`; `None` if it has neither `*` nor `?`.
    fn parse(text: &str) -> Option<Self> {
        text.contains(['*', '?']).then(|| Self { text: text.to_owned(), matcher: WildMatch::new(text) })
    }

    fn matches(&self, key: &str) -> bool {
        self.matcher.matches(key)
    }
}

impl<V> Default for KeyTable<V> {
    fn default() -> Self {
        Self { exact: Vec::new(), by_name: HashTable::new(), by_id: HashTable::new(), patterns: Vec::new() }
    }
}

impl<V> KeyTable<V> {
    /// Adds an entry. A key with `*` or `?` is a pattern.
    pub fn insert(&mut self, key: &str, value: V) {
        if let Some(pattern) = Pattern::parse(key) {
            self.patterns.push((pattern, value));
        } else if let Some(place) = self.place_of_name(key) {
            self.exact[place].1 = value;
        } else {
            let place = self.exact.len();
            self.exact.push((key.to_owned(), value));
            let name = |place: &usize| hash(&self.exact[*place].0);
            self.by_name.insert_unique(hash(key), place, name);
            let id = |place: &usize| hash(&self.exact[*place].0.to_ascii_lowercase());
            self.by_id.insert_unique(hash(&key.to_ascii_lowercase()), place, id);
        }
    }

    /// The value of a name, and the key of its entry. Case matters.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<(&V, &str)> {
        self.find_among(&[], Some(name))
    }

    /// The value of an id, and the key of its entry. Case does not matter for exact keys.
    #[must_use]
    pub fn find_id(&self, id: &str) -> Option<(&V, &str)> {
        self.find_among(&[id], None)
    }

    /// The value of what is known under several ids and perhaps a name, and the key of its entry: the first exact key,
    /// then the first pattern that matches any of them.
    #[must_use]
    pub fn find_among(&self, ids: &[&str], name: Option<&str>) -> Option<(&V, &str)> {
        let exact = ids.iter().find_map(|id| self.place_of_id(id)).or_else(|| self.place_of_name(name?));
        if let Some((key, value)) = exact.map(|place| &self.exact[place]) {
            return Some((value, key));
        }
        let matches = |pattern: &Pattern| ids.iter().copied().chain(name).any(|key| pattern.matches(key));
        let pattern = self.patterns.iter().find(|(pattern, _)| matches(pattern));
        pattern.map(|(pattern, value)| (value, pattern.text.as_str()))
    }

    fn place_of_name(&self, name: &str) -> Option<usize> {
        self.by_name.find(hash(name), |place| self.exact[*place].0 == name).copied()
    }

    /// The place of the key that an id is, in the same case if there is one.
    fn place_of_id(&self, id: &str) -> Option<usize> {
        self.place_of_name(id).or_else(|| {
            let hash = hash(&id.to_ascii_lowercase());
            self.by_id.find(hash, |place| self.exact[*place].0.eq_ignore_ascii_case(id)).copied()
        })
    }

    /// Whether the table has no entry.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.exact.is_empty() && self.patterns.is_empty()
    }

    /// All entries, exact ones first, each kind in the order in which they were added.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &V)> {
        let exact = self.exact.iter().map(|(key, value)| (key.as_str(), value));
        exact.chain(self.patterns.iter().map(|(pattern, value)| (pattern.text.as_str(), value)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exact_key_wins_and_then_the_first_pattern() {
        let mut table = KeyTable::default();
        for (value, key) in ["agent-*", "*", "agent-7", "A1b"].iter().enumerate() {
            table.insert(key, value);
        }
        let found = |name| table.find(name).map(|(value, key)| (*value, key));
        assert_eq!(found("agent-7"), Some((2, "agent-7")));
        assert_eq!(found("agent-8"), Some((0, "agent-*")));
        assert_eq!(found("a1b"), Some((1, "*")), "the case of names matters");
        assert_eq!(table.find_id("a1B").map(|(value, key)| (*value, key)), Some((3, "A1b")));
    }

    #[test]
    fn of_several_ids_and_a_name_any_exact_key_wins_over_every_pattern() {
        let mut table = KeyTable::default();
        for (value, key) in ["*/agent/*", "Name", "ID-1"].iter().enumerate() {
            table.insert(key, value);
        }
        let found = |ids: &[&str], name| table.find_among(ids, name).map(|(value, _)| *value);
        assert_eq!(found(&["id-1", "x/agent/id-1"], None), Some(2));
        assert_eq!(found(&["id-2", "x/agent/id-2"], Some("Name")), Some(1));
        assert_eq!(found(&["id-2", "x/agent/id-2"], Some("name")), Some(0));
        assert_eq!(found(&["id-2"], None), None);
    }

    #[test]
    fn each_of_many_keys_is_found_in_any_case_as_an_id_and_the_last_value_of_a_key_counts() {
        let key = |number: usize| format!("A{number:04}-queue");
        let mut table = KeyTable::default();
        for number in 0..2_000 {
            table.insert(&key(number), 0);
            table.insert(&key(number), number);
        }
        for number in 0..2_000 {
            assert_eq!(table.find(&key(number)), Some((&number, key(number).as_str())));
            assert_eq!(table.find_id(&key(number).to_lowercase()), Some((&number, key(number).as_str())));
            assert_eq!(table.find(&key(number).to_lowercase()), None);
        }
        assert_eq!((table.iter().count(), table.find("A2000-queue")), (2_000, None));
    }
}
