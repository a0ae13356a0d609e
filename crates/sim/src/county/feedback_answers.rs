//! The number of feedback answers in each month.

use std::collections::BTreeMap;

use jiff::civil::Date;

/// The number of answers in one month, by question.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Answers {
    /// Promoters, passives and detractors.
    pub nps: [u32; 3],
    /// Yes and no to "do you know how your care or service continues?"
    pub continues: [u32; 2],
    /// Yes and no to "did you get a solution?"
    pub solved: [u32; 2],
}

/// The answers of a published row by month. Several lines may share a row.
#[derive(Clone, Debug)]
pub(crate) struct FeedbackAnswers {
    /// The name of the row in the published table.
    pub row: String,
    /// The answers of 2025 by month, 1 to 12.
    by_month: BTreeMap<i8, Answers>,
    /// The answers for a month without published ones.
    mean: Answers,
}

impl FeedbackAnswers {
    pub(super) fn new(row: &str, by_month: BTreeMap<i8, Answers>) -> Self {
        let mean_of = |number: fn(&Answers) -> u32| {
            let months = u32::try_from(by_month.len()).expect("a year has twelve months");
            (by_month.values().map(number).sum::<u32>() + months / 2) / months
        };
        let mean = Answers {
            nps: [mean_of(|a| a.nps[0]), mean_of(|a| a.nps[1]), mean_of(|a| a.nps[2])],
            continues: [mean_of(|a| a.continues[0]), mean_of(|a| a.continues[1])],
            solved: [mean_of(|a| a.solved[0]), mean_of(|a| a.solved[1])],
        };
        Self { row: row.to_owned(), by_month, mean }
    }

    /// The answers in the month of a day. The survey began in March 2025 (slide 18). A month without published answers
    /// has the mean of the published ones.
    pub(crate) fn in_month_of(&self, day: Date) -> Answers {
        match self.by_month.get(&day.month()) {
            Some(answers) => *answers,
            None if day.year() == 2025 && day.month() < 10 => Answers::default(),
            None => self.mean,
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn months_of_2025_before_a_row_begins_have_no_answers_and_later_unknown_months_the_mean() {
        let answers = |promoters| Answers { nps: [promoters, 0, 0], ..Answers::default() };
        let feedback = FeedbackAnswers::new("mipa", [(5, answers(4)), (6, answers(7))].into());
        let promoters = |year, month| feedback.in_month_of(date(year, month, 1)).nps[0];
        assert_eq!((promoters(2025, 2), promoters(2025, 5), promoters(2025, 12)), (0, 4, 6));
        assert_eq!((promoters(2026, 2), promoters(2026, 5)), (6, 4));
    }
}
