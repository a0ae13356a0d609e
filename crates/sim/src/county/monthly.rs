//! The monthly contacts of a line.
//!
//! The published year is 2025. A month of another year has as many contacts as the same month of 2025. If that month
//! has no number, or the line had not begun by then, it has the mean of the known months.

use jiff::civil::Date;

/// The published year.
const YEAR: i16 = 2025;

/// Contacts by month.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct MonthlyContacts {
    /// From January on; 0 before the line began.
    of_2025: [f64; 12],
    /// The contacts in any other year.
    of_other_years: [f64; 12],
}

impl MonthlyContacts {
    /// From the known months of 2025, from January on. The line began in the first known month.
    pub(super) fn known(months: &[Option<f64>]) -> Self {
        let known: Vec<f64> = months.iter().copied().flatten().collect();
        assert!(!known.is_empty(), "a line has contacts in some month");
        let mean = known.iter().sum::<f64>() / count(known.len());
        let began = months.iter().position(Option::is_some).unwrap_or(0);
        let of = |month: usize| months.get(month).copied().flatten();
        Self {
            of_2025: std::array::from_fn(|month| of(month).unwrap_or(if month < began { 0.0 } else { mean })),
            of_other_years: std::array::from_fn(|month| of(month).unwrap_or(mean)),
        }
    }

    /// The given share of the contacts of each month.
    pub(super) fn share(self, share: f64) -> Self {
        Self { of_2025: self.of_2025.map(|n| n * share), of_other_years: self.of_other_years.map(|n| n * share) }
    }

    /// Contacts in the month of a day.
    pub(crate) fn in_month_of(&self, day: Date) -> f64 {
        let months = if day.year() == YEAR { &self.of_2025 } else { &self.of_other_years };
        months[usize::from(day.month().unsigned_abs()) - 1]
    }

    /// Contacts in the three published quarters of 2025.
    pub(crate) fn quarters(&self) -> [f64; 3] {
        std::array::from_fn(|quarter| self.of_2025[quarter * 3..][..3].iter().sum())
    }

    /// Contacts in an average month after the line began.
    pub(crate) fn mean(&self) -> f64 {
        self.of_other_years.iter().sum::<f64>() / 12.0
    }
}

#[expect(clippy::cast_precision_loss, reason = "at most twelve months")]
fn count(months: usize) -> f64 {
    months as f64
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_month_without_a_number_has_the_mean_unless_it_precedes_the_beginning_of_the_line() {
        let contacts = MonthlyContacts::known(&[None, None, Some(30.0), None, Some(10.0)]);
        let of = |year| [1, 2, 3, 4, 5, 12].map(|month| contacts.in_month_of(date(year, month, 15)).to_string());
        assert_eq!(of(2025), ["0", "0", "30", "20", "10", "20"]);
        assert_eq!(of(2026), ["20", "20", "30", "20", "10", "20"]);
        assert_eq!(contacts.quarters().map(|contacts| contacts.to_string()), ["30", "50", "60"]);
    }
}
