//! The explanation of a figure: the entries that make it up.

use super::entry::{Amount, ExplainedEntry, FormattedInstant, LegIdentity};

/// What makes up a figure.
pub struct FigureExplanation {
    /// The line.
    pub line: String,
    /// The figure, as it was asked for.
    pub asked: String,
    /// The instant.
    pub at: FormattedInstant,
    /// Only what was known before this instant counts.
    pub known_before: Option<FormattedInstant>,
    /// The window and the stretch of time it is, both ends in it; `None` for a figure of an instant.
    pub window: Option<ExplainedWindow>,
    /// The figure; two for what is a share or a distribution.
    pub parts: Vec<ExplainedSeries>,
    /// Of an indicator, how many of how many, where both are known.
    pub share: Option<(i64, i64)>,
}

/// A window at an instant.
pub struct ExplainedWindow {
    /// Its name.
    pub name: &'static str,
    /// Its first and its last second; `None` while it has not begun.
    pub stretch: Option<(FormattedInstant, FormattedInstant)>,
}

/// One number, and what it is made of.
pub struct ExplainedSeries {
    /// The series that it is, as a query for them.
    pub series: String,
    /// What it means.
    pub help: &'static str,
    /// The number that the entries make; `None` where there is none.
    pub number: Option<Amount>,
    /// Why no number is shown, if none is: the entries may be a part of what happened.
    pub not_shown: Option<String>,
    /// How the entries make it, in words.
    pub made: &'static str,
    /// The entries by step: how often it was taken, and what that adds.
    pub by_step: Vec<(&'static str, usize, Option<Amount>)>,
    /// The entries in the order of their instants: all, or the first and the last.
    pub entries: Vec<Contribution>,
    /// How many are left out, and after how many of those listed.
    pub left_out: Option<(usize, usize)>,
}

/// An entry and what it adds.
#[derive(Clone, PartialEq, Eq)]
pub struct Contribution {
    /// Of whom.
    pub whose: LegIdentity,
    /// The entry.
    pub entry: ExplainedEntry,
    /// What it adds; `None` where the figure is no sum.
    pub adds: Option<Amount>,
    /// It is the one that the figure is taken from.
    pub is_it: bool,
}
