//! How the log under a topic's name came to be another one than the log that was read, and what the operator can do.

use std::fmt;

/// How another log has taken the place of the one that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogChange {
    /// The topic was deleted and recreated: it has another id, or fewer partitions.
    Recreated,
    /// The brokers have lost acknowledged records: the log ends before the offset that was read to, or has other
    /// records at offsets that were read. Where the brokers have no topic ids, the topic may have been recreated.
    RecordsLost,
    /// A topic that a pattern had matched was deleted.
    Deleted,
}

/// Another log has taken the place of that of a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TopicChange {
    pub(crate) topic: String,
    pub(crate) change: LogChange,
}

/// What happened and what to do.
impl fmt::Display for TopicChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the topic {} {}", self.topic, self.change)
    }
}

impl LogChange {
    /// Every change.
    pub const ALL: [Self; 3] = [Self::Recreated, Self::RecordsLost, Self::Deleted];

    /// The value of the metric label.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Recreated => "made_anew",
            Self::RecordsLost => "records_lost",
            Self::Deleted => "deleted",
        }
    }
}

/// What happened and what to do; the topic's name goes before it.
impl fmt::Display for LogChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Recreated => {
                "was deleted and recreated: figures are rebuilt from the new log, and nothing of the old one remains; \
                 publish again the events that the new log lacks"
            }
            Self::RecordsLost => {
                "has lost acknowledged records: figures are rebuilt from what is left; publish the lost events again, \
                 and set min.insync.replicas=2 or more and unclean.leader.election.enable=false"
            }
            Self::Deleted => {
                "was deleted: figures are rebuilt from the other topics, and nothing of this one remains; publish its \
                 events again if they still count"
            }
        })
    }
}
