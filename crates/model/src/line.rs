//! Lines: what a customer calls or writes to.

use std::fmt;

/// The position of a line in the table of configured lines: small, dense, and valid for one process only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineIndex(u16);

impl LineIndex {
    /// The line at position `index` of the table.
    #[must_use]
    pub const fn new(index: u16) -> Self {
        Self(index)
    }

    /// The position as an index into a slice.
    #[must_use]
    pub const fn as_usize(self) -> usize {
        self.0 as usize
    }
}

/// The name of a line in events, configuration and labels: 1 to 40 of `a-z`, `0-9` and `_`, such as `mipa_chat`.
///
/// The alphabet is that small because the id becomes a metric label and a part of a URL; nothing a customer typed
/// can look like one by accident, and it never needs escaping.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LineId(Box<str>);

/// Why a text is no [`LineId`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineIdError {
    /// It has no characters, or more than [`LineId::MAX_LEN`].
    Length,
    /// It has a character outside `a-z`, `0-9` and `_`.
    Alphabet,
}

impl LineId {
    /// The longest id, in characters.
    pub const MAX_LEN: usize = 40;

    /// Reads an id.
    ///
    /// # Errors
    /// [`LineIdError`] says which rule the text breaks.
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
