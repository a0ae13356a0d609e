//! Why the log under the topic's name is not the one that was read, and what that means for an operator.

use std::fmt;

/// Why the log under the topic's name is not the one that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogChange {
    /// The topic has another id, or fewer partitions: it was deleted and made anew.
    Recreated,
    /// The log ends before what was read of it, or other records have taken the place of some that were read: the
    /// brokers have lost acknowledged records. Where brokers tell no topic ids, the topic may have been made anew.
    RecordsLost,
}

impl LogChange {
    /// Every change.
    pub const ALL: [Self; 2] = [Self::Recreated, Self::RecordsLost];

    /// Its name as the value of a label.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Recreated => "made_anew",
            Self::RecordsLost => "records_lost",
        }
    }
}

/// What happened and what to do, to be said after the topic's name.
impl fmt::Display for LogChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Recreated => {
                "was deleted and made anew: figures are rebuilt from the new log, and nothing of the old one stays; \
                 publish the events again that are not in the new log"
            }
            Self::RecordsLost => {
                "has lost acknowledged records: figures are rebuilt from what is left; publish the lost events again, \
                 and see that every partition has min.insync.replicas=2 or more and no unclean leader election"
            }
        })
    }
}
