//! Lines: the numbers and addresses that customers call or write to.

use std::fmt;

/// The index of a line in the table of configured lines: small, dense, and valid in one process only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineIndex(u16);

impl LineIndex {
    /// The line at `index` of the table.
    #[must_use]
    pub const fn new(index: u16) -> Self {
        Self(index)
    }

    /// The index as a `usize`.
    #[must_use]
    pub const fn as_usize(self) -> usize {
        self.0 as usize
    }
}

/// The id of a line in events, configuration and labels: 1 to 40 of `a-z`, `0-9` and `_`, such as `mipa_chat`.
///
/// The alphabet is small because the id is used as a metric label and in URLs: it never needs escaping, and text that a
/// customer typed cannot be mistaken for it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineId(Box<str>);

/// The rule that an invalid [`LineId`] violates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineIdError {
    /// The text is empty, or longer than [`LineId::MAX_LEN`].
    Length,
    /// The text has a character other than `a-z`, `0-9` and `_`.
    Alphabet,
}

impl LineId {
    /// The longest id, in characters.
    pub const MAX_LEN: usize = 40;

    /// Parses an id.
    ///
    /// # Errors
    /// [`LineIdError`] names the violated rule.
    pub fn parse(text: &str) -> Result<Self, LineIdError> {
        if text.is_empty() || text.len() > Self::MAX_LEN {
            return Err(LineIdError::Length);
        }
        if !text.bytes().all(|b| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_')) {
            return Err(LineIdError::Alphabet);
        }
        Ok(Self(text.into()))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LineId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for LineIdError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Length => write!(f, "a line id has 1 to {} characters", LineId::MAX_LEN),
            Self::Alphabet => f.write_str("a line id has only a-z, 0-9 and _"),
        }
    }
}

impl std::error::Error for LineIdError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_a_short_word_that_needs_no_escaping() {
        for good in ["116117", "mipa_chat", "a", &"a".repeat(40)] {
            assert_eq!(LineId::parse(good).map(|id| id.to_string()), Ok(good.to_owned()));
        }
        for (bad, why) in [
            ("", LineIdError::Length),
            (&"a".repeat(41), LineIdError::Length),
            ("Mipa", LineIdError::Alphabet),
            ("mipä", LineIdError::Alphabet),
            ("a\"b", LineIdError::Alphabet),
        ] {
            assert_eq!(LineId::parse(bad), Err(why), "{bad}");
        }
    }
}
