//! Charts of tables, before any format.
//!
//! A chart shows cells of its table and nothing else. So a figure that disclosure control hides is hidden in the chart
//! too: the chart has a gap with a word, and its scale follows from the cells that are shown.

use crate::cell_value::CellValue;

/// A chart of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TableChart {
    /// A panel for each row, with a bar for each of these columns, which are periods.
    OfRows {
        /// The columns.
        columns: Vec<usize>,
        /// The short name of each of them.
        ticks: Vec<String>,
        /// The column with the goal of the row.
        goal: Option<usize>,
    },
    /// A panel for each of these columns, with a bar for each row that is not a total. The rows are periods.
    OfPeriods {
        /// The columns.
        columns: Vec<usize>,
        /// The short name of each row.
        ticks: Vec<String>,
        /// The column with the goals.
        goal: Option<usize>,
    },
    /// A panel for each of these columns, with a bar for each row. The rows are lines or groups.
    OfSubjects {
        /// The columns.
        columns: Vec<usize>,
    },
    /// The parts of the outcomes of each row as one bar.
    OfOutcomes {
        /// The columns of handled in the contact, continues in the county's services, and in hyte services.
        parts: [usize; 3],
        /// The column of first-contact resolution, which is their sum.
        resolved: usize,
    },
}

impl TableChart {
    /// The short names of its periods; none if it is not of periods.
    pub(crate) fn ticks(&self) -> &[String] {
        match self {
            Self::OfRows { ticks, .. } | Self::OfPeriods { ticks, .. } => ticks,
            Self::OfSubjects { .. } | Self::OfOutcomes { .. } => &[],
        }
    }

    /// Whether it has the line of a goal.
    pub(crate) const fn has_goal(&self) -> bool {
        matches!(self, Self::OfRows { goal: Some(_), .. } | Self::OfPeriods { goal: Some(_), .. })
    }

    /// The columns that it shows.
    pub(crate) fn columns(&self) -> Vec<usize> {
        match self {
            Self::OfRows { columns, .. } | Self::OfPeriods { columns, .. } | Self::OfSubjects { columns } => {
                columns.clone()
            }
            Self::OfOutcomes { parts, resolved } => parts.iter().chain([resolved]).copied().collect(),
        }
    }
}

/// The range of the values in a chart: its scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct ChartRange {
    pub low: f64,
    pub high: f64,
}

impl ChartRange {
    /// The range of these values. Shares are 0 to 1 and scores up to 100, so that panels can be compared; counts and
    /// durations reach to the largest that is shown.
    pub fn of<'a>(values: impl Iterator<Item = &'a CellValue>) -> Self {
        let mut range = Self { low: 0.0, high: 0.0 };
        for value in values {
            let (low, high) = match value {
                CellValue::Share { .. } | CellValue::Target(_) => (0.0, 1.0),
                CellValue::Score { difference, .. } if *difference < 0 => (-100.0, 100.0),
                CellValue::Score { .. } => (0.0, 100.0),
                value => (0.0, magnitude(value).unwrap_or(0.0)),
            };
            range = Self { low: range.low.min(low), high: range.high.max(high) };
        }
        if range.high > range.low { range } else { Self { low: 0.0, high: 1.0 } }
    }

    /// The position of a value between the ends of the range, 0 to 1.
    pub fn position(self, magnitude: f64) -> f64 {
        ((magnitude - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
    }
}

/// The size of a value; `None` if there is none to draw.
#[expect(clippy::cast_precision_loss, reason = "counts of contacts and their waits in ms fit 53 bits")]
pub(crate) fn magnitude(value: &CellValue) -> Option<f64> {
    match *value {
        CellValue::Count(count) | CellValue::Goal(count) => Some(count as f64),
        CellValue::Share { good, n } => Some(good as f64 / n as f64),
        CellValue::Mean { sum_ms, n } => Some(sum_ms as f64 / n as f64 / 1000.0),
        CellValue::Score { difference, n } => Some(100.0 * difference as f64 / n as f64),
        CellValue::OfGoal { arrived, goal } => Some(arrived as f64 / goal as f64),
        CellValue::Target(share) => Some(share),
        CellValue::Interval { .. }
        | CellValue::Band(_)
        | CellValue::NoData
        | CellValue::Closed
        | CellValue::NotKnown
        | CellValue::NotComparable
        | CellValue::Hidden { .. }
        | CellValue::NotApplicable => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_follows_from_the_values_that_are_shown() {
        let of = |values: &[CellValue]| {
            let range = ChartRange::of(values.iter());
            (range.low, range.high)
        };
        let hidden = CellValue::Hidden { n: None };
        assert_eq!(of(&[CellValue::Count(40), CellValue::Count(90), hidden]), (0.0, 90.0));
        assert_eq!(of(&[CellValue::Share { good: 1, n: 8 }, hidden]), (0.0, 1.0));
        assert_eq!(of(&[CellValue::Score { difference: 3, n: 8 }]), (0.0, 100.0));
        assert_eq!(of(&[CellValue::Score { difference: -3, n: 8 }]), (-100.0, 100.0));
        assert_eq!(of(&[hidden]), (0.0, 1.0));
        assert_eq!(of(&[CellValue::Count(0)]), (0.0, 1.0));
    }

    #[test]
    fn a_value_that_is_not_shown_has_no_size() {
        for value in [CellValue::Hidden { n: Some(40) }, CellValue::NoData, CellValue::Closed, CellValue::NotKnown] {
            assert_eq!(magnitude(&value), None, "{value:?}");
        }
    }
}
