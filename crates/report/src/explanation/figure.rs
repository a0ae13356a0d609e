//! The explanation of a figure: the entries behind it.

use super::entry::{Amount, ExplainedEntry, FormattedInstant, LegIdentity};

/// The explanation of a figure.
pub struct FigureExplanation {
    /// The line.
    pub line: String,
    /// The figure, in the words of the request.
    pub figure: String,
    /// The instant that the figure is for.
    pub at: FormattedInstant,
    /// If set, only events known before this instant count.
    pub known_before: Option<FormattedInstant>,
    /// The window; `None` for a figure without one, such as `waiting`.
    pub window: Option<ExplainedWindow>,
    /// The series of the figure. An indicator has two: numerator and denominator.
    pub series: Vec<ExplainedSeries>,
    /// Numerator and denominator of an indicator, if both are known.
    pub share: Option<(i64, i64)>,
}

/// A window at an instant.
pub struct ExplainedWindow {
    /// The name of the window.
    pub name: &'static str,
    /// Its first and its last second, both inclusive; `None` while the window has not begun.
    pub stretch: Option<(FormattedInstant, FormattedInstant)>,
}

/// One number, and the entries behind it.
pub struct ExplainedSeries {
    /// The metric and its labels, as a query selects them.
    pub series: String,
    /// The help text of the metric.
    pub help: &'static str,
    /// The number computed from the entries; `None` if there is none.
    pub number: Option<Amount>,
    /// The reason if the figure is not shown. The entries are then possibly incomplete.
    pub not_shown: Option<String>,
    /// How the number follows from the entries, in words.
    pub derivation: &'static str,
    /// Entries by name: how many there are, and their sum.
    pub by_step: Vec<(&'static str, usize, Option<Amount>)>,
    /// The entries in the order of their instants: all of them, or the first and the last.
    pub entries: Vec<Contribution>,
    /// Number of omitted entries, and how many of the listed ones come before the gap.
    pub left_out: Option<(usize, usize)>,
}

/// An entry, and its contribution to the number.
#[derive(Clone, PartialEq, Eq)]
pub struct Contribution {
    /// The leg.
    pub leg: LegIdentity,
    /// The entry.
    pub entry: ExplainedEntry,
    /// The amount that it adds; `None` if the figure is not a sum.
    pub adds: Option<Amount>,
    /// Whether the figure is the sample of this entry, as for a quantile.
    pub is_chosen: bool,
}
