//! What a figure comes to: typed, so that every format writes the same fact.

use ensilinja_ledger::{Nps, NpsBand};

/// What a figure comes to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CellValue {
    /// A number of something.
    Count(i64),
    /// How many of how many; never of none.
    Share {
        /// The numerator.
        good: i64,
        /// The denominator, above 0.
        n: i64,
    },
    /// A mean time; never of none.
    Mean {
        /// The sum in ms.
        sum_ms: i64,
        /// Of how many, above 0.
        n: i64,
    },
    /// A net promoter score.
    Score {
        /// Promoters less detractors.
        difference: i64,
        /// Of how many answers, above 0.
        n: i64,
    },
    /// The interval around a net promoter score.
    Interval {
        /// Its lower end, -100 to 100.
        low: f64,
        /// Its upper end.
        high: f64,
        /// From how many answers, above 0.
        n: i64,
    },
    /// How the county reads a net promoter score.
    Band(NpsBand),
    /// The goal of a share, 0 to 1.
    Target(f64),
    /// There is nothing to divide by: nobody came, or nobody answered.
    NoData,
    /// There is nothing to divide by, and the line was not open for a moment.
    Closed,
    /// It is not known: the history of events begins within the period or after it.
    NotKnown,
    /// Hidden, because a count of one to four people could be told by it.
    Hidden {
        /// Of how many, where that may be known.
        n: Option<i64>,
    },
    /// The figure says nothing about such a line.
    NotApplicable,
}

impl CellValue {
    /// Of how many; `None` where that is not a question or not known.
    #[must_use]
    pub const fn n(&self) -> Option<i64> {
        match self {
            Self::Share { n, .. } | Self::Mean { n, .. } | Self::Score { n, .. } | Self::Interval { n, .. } => Some(*n),
            Self::Hidden { n } => *n,
            Self::NoData | Self::Closed => Some(0),
            Self::Count(_) | Self::Band(_) | Self::Target(_) | Self::NotKnown | Self::NotApplicable => None,
        }
    }

    /// Its name in machine-readable reports: whether there is a value, and if not, why.
    #[must_use]
    pub const fn state(&self) -> &'static str {
        match self {
            Self::NoData => "no_data",
            Self::Closed => "closed",
            Self::NotKnown => "not_known",
            Self::Hidden { .. } => "hidden",
            Self::NotApplicable => "not_applicable",
            _ => "known",
        }
    }
}

/// The answers that give a score, as far as score and band are concerned.
pub(crate) fn nps_of(difference: i64, n: i64) -> Nps {
    Nps { promoters: difference.max(0), passives: n - difference.abs(), detractors: (-difference).max(0) }
}
