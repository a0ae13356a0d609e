//! How the log under the topic's name came to be another one than the log that was read, and what the operator can do.

use std::fmt;

/// How another log has taken the place of the one that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogChange {
    /// The topic was deleted and recreated: it has another id, or fewer partitions.
    Recreated,
    /// The brokers have lost acknowledged records: the log ends before the offset that was read to, or has other
    /// records at offsets that were read. Where the brokers have no topic ids, the topic may have been recreated.
    RecordsLost,
}

impl LogChange {
    /// Every change.
    pub const ALL: [Self; 2] = [Self::Recreated, Self::RecordsLost];

    /// The value of the metric label.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Recreated => "made_anew",
            Self::RecordsLost => "records_lost",
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
        })
    }
}
