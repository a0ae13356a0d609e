//! A table whose keys are exact texts or patterns with `*` and `?`.

use std::collections::BTreeMap;

use wildmatch::WildMatch;

/// A table from keys of the configuration to values. An exact key wins over every pattern; of patterns, the first that
/// matches.
#[derive(Clone, Debug)]
pub struct KeyTable<V> {
    exact: BTreeMap<String, V>,
    /// The exact keys in lower case, for ids.
    by_id: BTreeMap<String, String>,
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
        Self { exact: BTreeMap::new(), by_id: BTreeMap::new(), patterns: Vec::new() }
    }
}

impl<V> KeyTable<V> {
    /// Adds an entry. A key with `*` or `?` is a pattern.
    pub fn insert(&mut self, key: &str, value: V) {
        if let Some(pattern) = Pattern::parse(key) {
            self.patterns.push((pattern, value));
        } else {
            self.by_id.insert(key.to_ascii_lowercase(), key.to_owned());
            self.exact.insert(key.to_owned(), value);
        }
    }

    /// The value of a name, and the key of its entry. Case matters.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<(&V, &str)> {
        let exact = self.exact.get_key_value(name).map(|(key, value)| (value, key.as_str()));
        exact.or_else(|| {
            let pattern = self.patterns.iter().find(|(pattern, _)| pattern.matches(name));
            pattern.map(|(pattern, value)| (value, pattern.text.as_str()))
        })
    }

    /// The value of an id, and the key of its entry. Case does not matter for exact keys.
    #[must_use]
    pub fn find_id(&self, id: &str) -> Option<(&V, &str)> {
        let exact = self.by_id.get(id).or_else(|| self.by_id.get(&id.to_ascii_lowercase()));
        let exact = exact.and_then(|key| self.exact.get_key_value(key)).map(|(key, value)| (value, key.as_str()));
        exact.or_else(|| self.find(id))
    }

    /// The value of what is known under several ids and perhaps a name, and the key of its entry: the first exact key,
    /// then the first pattern that matches any of them.
    #[must_use]
    pub fn find_among(&self, ids: &[&str], name: Option<&str>) -> Option<(&V, &str)> {
        let exact = |key: &str| self.exact.get_key_value(key).map(|(key, value)| (value, key.as_str()));
        let by_id = |id: &str| {
            let key = self.by_id.get(id).or_else(|| self.by_id.get(&id.to_ascii_lowercase()));
            key.and_then(|key| exact(key))
        };
        let found = ids.iter().find_map(|id| by_id(id)).or_else(|| name.and_then(exact));
        found.or_else(|| {
            let matches = |pattern: &Pattern| ids.iter().copied().chain(name).any(|key| pattern.matches(key));
            let pattern = self.patterns.iter().find(|(pattern, _)| matches(pattern));
            pattern.map(|(pattern, value)| (value, pattern.text.as_str()))
        })
    }

    /// Whether the table has no entry.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.exact.is_empty() && self.patterns.is_empty()
    }

    /// All entries, exact ones first.
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
}
