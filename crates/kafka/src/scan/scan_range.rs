//! What a scan reads: all partitions since an instant, or ranges of offsets.

use std::fmt;
use std::str::FromStr;

use ensilinja_model::EventTime;

/// What a scan reads.
#[derive(Clone, Copy, Debug)]
pub struct ScanRange<'a> {
    /// Records published before this instant are left out where the broker can look timestamps up. Does not limit
    /// `offsets`.
    pub from: EventTime,
    /// Only these ranges of their partitions, and nothing of other partitions, whatever the time of publication. Empty:
    /// all partitions, from `from` on.
    pub offsets: &'a [OffsetRange],
}

/// A range of offsets of one partition: from an offset up to another that is left out, or to the end of the log.
///
/// Where several topics are read it names the topic too.
///
/// ```
/// use ensilinja_kafka::OffsetRange;
///
/// let range: OffsetRange = "3:100..200".parse().unwrap();
/// assert_eq!(range, OffsetRange { topic: None, partition: 3, from: 100, to: Some(200) });
/// assert_eq!("3:100..".parse(), Ok(OffsetRange { to: None, ..range.clone() }));
/// assert_eq!("calls/3:100..200".parse(), Ok(OffsetRange { topic: Some("calls".to_owned()), ..range }));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct OffsetRange {
    /// The topic; `None` for the only topic that is read.
    pub topic: Option<String>,
    /// The partition, from 0.
    pub partition: i32,
    /// The first offset.
    pub from: i64,
    /// The first offset beyond the range; `None` for the end of the log when the scan begins.
    pub to: Option<i64>,
}

impl fmt::Display for OffsetRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(topic) = &self.topic {
            write!(f, "{topic}/")?;
        }
        write!(f, "{}:{}..", self.partition, self.from)?;
        self.to.map_or(Ok(()), |to| to.fmt(f))
    }
}

impl FromStr for OffsetRange {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        parse(text).ok_or(
            "write a partition and a range of its offsets, such as 3:100..200 (200 is left out), or 3:100.. for all \
             offsets from 100 on, and before it the topic where several are read, such as calls/3:100..200",
        )
    }
}

fn parse(text: &str) -> Option<OffsetRange> {
    // No topic name contains a slash.
    let (topic, text) = text.split_once('/').map_or((None, text), |(topic, rest)| (Some(topic), rest));
    let topic = match topic {
        Some("") => return None,
        topic => topic.map(str::to_owned),
    };
    let (partition, range) = text.split_once(':')?;
    let (from, to) = range.split_once("..")?;
    let partition = partition.parse().ok().filter(|partition| *partition >= 0)?;
    let from = from.parse().ok().filter(|from| *from >= 0)?;
    let to = if to.is_empty() { None } else { Some(to.parse().ok().filter(|to| *to > from)?) };
    Some(OffsetRange { topic, partition, from, to })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_parses_from_its_own_text() {
        for text in ["0:0..1", "12:5..", "3:100..200", "calls/3:100..200", "a.b-c_d/0:0.."] {
            assert_eq!(text.parse::<OffsetRange>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_text_that_is_no_range_is_refused_with_an_example() {
        for text in [
            "",
            "3",
            "3:5",
            "3:..",
            "3:..5",
            "3:5..5",
            "3:6..5",
            "-1:0..",
            "3:-1..5",
            "x:0..",
            "3:0..x",
            "/3:0..1",
            "a/b/3:0..",
        ] {
            assert!(text.parse::<OffsetRange>().unwrap_err().contains("3:100..200"), "{text}");
        }
    }
}
