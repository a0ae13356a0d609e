//! A table of words as people write them.

use crate::KeyTable;

/// A table from words of a file, or patterns of them with `*` and `?`, to what they mean. Case and spaces around a word
/// do not matter.
#[derive(Clone, Debug)]
pub struct WordTable<T>(KeyTable<T>);

impl<T> Default for WordTable<T> {
    fn default() -> Self {
        Self(KeyTable::default())
    }
}

impl<T> WordTable<T> {
    /// Adds a word; false, and nothing is added, if the table has it already.
    pub fn insert(&mut self, word: &str, meaning: T) -> bool {
        let word = folded(word);
        let is_new = self.0.iter().all(|(known, _)| known != word);
        if is_new {
            self.0.insert(&word, meaning);
        }
        is_new
    }

    /// What a word means.
    #[must_use]
    pub fn find(&self, word: &str) -> Option<&T> {
        self.0.find(&folded(word)).map(|(meaning, _)| meaning)
    }

    /// Whether the table has no word.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What the words of the table mean.
    pub fn meanings(&self) -> impl Iterator<Item = &T> {
        self.0.iter().map(|(_, meaning)| meaning)
    }
}

fn folded(word: &str) -> String {
    word.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_spaces_around_a_word_do_not_matter() {
        let mut table = WordTable::default();
        assert!(table.insert("Äänestys ", 1) && table.insert("siirretty*", 2));
        assert!(!table.insert("ÄÄNESTYS", 3), "the word is there already");
        assert_eq!(table.find(" ÄÄNESTYS"), Some(&1));
        assert_eq!(table.find("Siirretty jonoon 7"), Some(&2));
        assert_eq!(table.find("äänestykset"), None);
    }
}
