//! The position of a record, `topic/partition/offset`: the name that dead letters, commands and people use for it.

use std::fmt;
use std::str::FromStr;

/// The position of a record, written as `ensilinja.events/3/1207`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordPosition {
    /// The topic. No topic name contains a `/`.
    pub topic: String,
    /// The partition.
    pub partition: i32,
    /// The offset in the partition.
    pub offset: i64,
}

/// The text is no position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "it should be topic/partition/offset, such as ensilinja.events/3/1207; leave out the topic id at the end of the key \
     of a dead letter"
)]
pub struct RecordPositionError;

impl fmt::Display for RecordPosition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.topic, self.partition, self.offset)
    }
}

impl FromStr for RecordPosition {
    type Err = RecordPositionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.split('/');
        let (Some(topic), Some(partition), Some(offset), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(RecordPositionError);
        };
        let topic = Some(topic).filter(|topic| !topic.is_empty()).ok_or(RecordPositionError)?.to_owned();
        // `parse` alone would accept `+3` and `-1`.
        let number = |text: &str| if text.bytes().all(|byte| byte.is_ascii_digit()) { text.parse().ok() } else { None };
        let offset: i64 = number(offset).ok_or(RecordPositionError)?;
        let partition =
            number(partition).and_then(|partition| i32::try_from(partition).ok()).ok_or(RecordPositionError)?;
        Ok(Self { topic, partition, offset })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_parses_from_its_own_text() {
        let position = RecordPosition { topic: "ensilinja.events".to_owned(), partition: 3, offset: 1_207 };
        assert_eq!(position.to_string(), "ensilinja.events/3/1207");
        assert_eq!(position.to_string().parse(), Ok(position));
    }

    #[test]
    fn a_text_that_is_no_position_is_refused() {
        for text in ["", "events", "events/3", "events/3/", "/3/7", "events/3/7/1", "events/-3/7", "events/3/+7"] {
            assert_eq!(text.parse::<RecordPosition>(), Err(RecordPositionError), "{text}");
        }
        assert_eq!(
            "events/4294967296/7".parse::<RecordPosition>(),
            Err(RecordPositionError),
            "there is no such partition"
        );
    }
}
