//! Values as plain numbers, for CSV and JSON.

use crate::cell_value::CellValue;

/// A value as plain numbers. Parts that the value does not have are `None`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct MachineValue {
    /// A count, a share from 0 to 1, seconds, or a score.
    pub value: Option<f64>,
    /// The denominator.
    pub n: Option<i64>,
    /// The numerator; promoters less detractors for a score, the sum in seconds for a mean.
    pub numerator: Option<f64>,
    /// The lower bound of an interval.
    pub low: Option<f64>,
    /// The upper bound of an interval.
    pub high: Option<f64>,
}

#[expect(clippy::cast_precision_loss, reason = "counts of contacts and their waits in ms fit 53 bits")]
impl MachineValue {
    pub fn of(value: &CellValue) -> Self {
        let plain = Self { n: value.n(), ..Self::default() };
        match *value {
            CellValue::Count(count) | CellValue::Goal(count) => Self { value: Some(count as f64), ..plain },
            CellValue::OfGoal { arrived, goal } => {
                Self { value: Some(rounded(arrived as f64 / goal as f64)), numerator: Some(arrived as f64), ..plain }
            }
            CellValue::Share { good, n } => {
                Self { value: Some(rounded(good as f64 / n as f64)), numerator: Some(good as f64), ..plain }
            }
            CellValue::Mean { sum_ms, n } => Self {
                value: Some(rounded(sum_ms as f64 / n as f64 / 1000.0)),
                numerator: Some(sum_ms as f64 / 1000.0),
                ..plain
            },
            CellValue::Score { difference, n } => Self {
                value: Some(rounded(100.0 * difference as f64 / n as f64)),
                numerator: Some(difference as f64),
                ..plain
            },
            CellValue::Interval { low, high, .. } => {
                Self { low: Some(rounded(low)), high: Some(rounded(high)), ..plain }
            }
            CellValue::Target(_)
            | CellValue::Band(_)
            | CellValue::NoData
            | CellValue::Closed
            | CellValue::NotKnown
            | CellValue::NotComparable
            | CellValue::Hidden { .. }
            | CellValue::NotApplicable => plain,
        }
    }
}

/// Rounded to six decimals, which removes rounding errors of `f64`.
fn rounded(number: f64) -> f64 {
    (number * 1e6).round() / 1e6
}
