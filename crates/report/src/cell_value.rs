//! The value of a figure. It is typed, so that every format writes the same value.

use ensilinja_ledger::{Nps, NpsBand};

/// The value of a figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum CellValue {
    /// A count.
    Count(i64),
    /// A share.
    Share {
        /// The numerator.
        good: i64,
        /// The denominator, above 0.
        n: i64,
    },
    /// A mean duration.
    Mean {
        /// The sum in ms.
        sum_ms: i64,
        /// The number of samples, above 0.
        n: i64,
    },
    /// A net promoter score.
    Score {
        /// Promoters less detractors.
        difference: i64,
        /// The number of answers, above 0.
        n: i64,
    },
    /// The confidence interval of a net promoter score.
    Interval {
        /// The lower bound, -100 to 100.
        low: f64,
        /// The upper bound, -100 to 100.
        high: f64,
        /// The number of answers, above 0.
        n: i64,
    },
    /// The county's classification of a net promoter score.
    Band(NpsBand),
    /// The goal for a share, 0 to 1.
    Target(f64),
    /// The goal for the number of contacts that arrive.
    Goal(i64),
    /// The contacts that arrived as a share of their goal.
    OfGoal {
        /// The contacts.
        arrived: i64,
        /// The goal, above 0.
        goal: i64,
    },
    /// The contacts are not compared with a goal: the goal is for whole months, and the period has parts of months, is
    /// not over, or has a month without a goal.
    NotComparable,
    /// The denominator is 0: no contacts, or no answers.
    NoData,
    /// The denominator is 0, and the line was not open at any time.
    Closed,
    /// Not known: the event history begins during or after the period.
    NotKnown,
    /// Hidden: it would disclose a count of one to four people.
    Hidden {
        /// The denominator, if it may be shown.
        n: Option<i64>,
    },
    /// The figure does not apply to the subject.
    NotApplicable,
}

impl CellValue {
    /// The denominator; `None` if the value has none, or if it is hidden or not known.
    #[must_use]
    pub const fn n(&self) -> Option<i64> {
        match self {
            Self::Share { n, .. } | Self::Mean { n, .. } | Self::Score { n, .. } | Self::Interval { n, .. } => Some(*n),
            Self::OfGoal { goal, .. } => Some(*goal),
            Self::Hidden { n } => *n,
            Self::NoData | Self::Closed => Some(0),
            Self::Count(_)
            | Self::Band(_)
            | Self::Target(_)
            | Self::Goal(_)
            | Self::NotComparable
            | Self::NotKnown
            | Self::NotApplicable => None,
        }
    }

    /// The state in CSV and JSON: `known`, or the reason why there is no value.
    #[must_use]
    pub const fn state(&self) -> &'static str {
        match self {
            Self::NoData => "no_data",
            Self::Closed => "closed",
            Self::NotKnown => "not_known",
            Self::NotComparable => "not_comparable",
            Self::Hidden { .. } => "hidden",
            Self::NotApplicable => "not_applicable",
            _ => "known",
        }
    }
}

/// Answers with this score and band. The split into promoters and detractors is arbitrary.
pub(crate) fn nps_of(difference: i64, n: i64) -> Nps {
    Nps { promoters: difference.max(0), passives: n - difference.abs(), detractors: (-difference).max(0) }
}
