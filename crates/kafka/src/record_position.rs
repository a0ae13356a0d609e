//! Where a record lies, by the one name that dead letters, people and commands have for it: `topic/partition/offset`.

use std::fmt;
use std::str::FromStr;

/// Where a record lies: `ensilinja.events/3/1207`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordPosition {
    /// Its topic. No topic's name has a `/`.
    pub topic: String,
    /// Its partition.
    pub partition: i32,
    /// Its offset there.
    pub offset: i64,
}

/// What is no position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "it should be topic/partition/offset, such as ensilinja.events/3/1207, without the id of the topic that follows in the \
     key of a dead letter"
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
        // Not `parse`, which takes `+3` and `-1` too.
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
    fn a_position_is_read_as_it_is_written() {
        let position = RecordPosition { topic: "ensilinja.events".to_owned(), partition: 3, offset: 1_207 };
        assert_eq!(position.to_string(), "ensilinja.events/3/1207");
        assert_eq!(position.to_string().parse(), Ok(position));
    }

    #[test]
    fn what_is_no_position_is_refused() {
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
