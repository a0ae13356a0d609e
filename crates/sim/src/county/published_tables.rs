//! The county's published figures and the assumed ones, from the tables in `data/`.
//!
//! `data/known_clashes.csv` lists published figures that contradict each other.

use std::collections::BTreeMap;

use super::feedback_answers::{Answers, FeedbackAnswers};
use super::monthly::MonthlyContacts;

/// The published tables.
pub(super) struct PublishedTables {
    phone: CsvTable,
    chat: CsvTable,
    monthly: CsvTable,
    assumed: CsvTable,
    answers: CsvTable,
}

/// The row of a phone line. Shares are 0 to 1.
pub(super) struct PhoneFigures {
    pub name_fi: String,
    pub answered_live: f64,
    pub handled_as_callback: f64,
    pub service: f64,
    /// `None` if the scan is not legible with certainty.
    pub callback_wait_s: Option<f64>,
    pub outcomes: OutcomeFigures,
}

/// The row of a chat. Shares are 0 to 1.
pub(super) struct ChatFigures {
    pub name_fi: String,
    pub mean_wait_s: f64,
    pub not_answered: f64,
    pub outcomes: OutcomeFigures,
}

/// Shares of recorded outcomes.
pub(super) struct OutcomeFigures {
    pub first_contact_resolution: f64,
    pub handled: f64,
    pub continues_county: f64,
}

impl PublishedTables {
    pub(super) fn read() -> Self {
        Self {
            phone: CsvTable::read(include_str!("../../data/phone_key_figures_2025-01_09.csv")),
            chat: CsvTable::read(include_str!("../../data/chat_key_figures_2025-01_09.csv")),
            monthly: CsvTable::read(include_str!("../../data/monthly_arrivals_2025.csv")),
            assumed: CsvTable::read(include_str!("../../data/assumed_arrivals_2025.csv")),
            answers: CsvTable::read(include_str!("../../data/feedback_answers_2025.csv")),
        }
    }

    pub(super) fn phone(&self, line: &str) -> PhoneFigures {
        let row = self.phone.row_of(line);
        PhoneFigures {
            name_fi: row.text("name_fi").to_owned(),
            answered_live: row.share("answered_live_pct"),
            handled_as_callback: row.share("handled_as_callback_pct"),
            service: row.share("service_pct"),
            callback_wait_s: row.number("callback_wait_s"),
            outcomes: row.outcomes(),
        }
    }

    pub(super) fn chat(&self, line: &str) -> ChatFigures {
        let row = self.chat.row_of(line);
        ChatFigures {
            name_fi: row.text("name_fi").to_owned(),
            mean_wait_s: row.number("mean_wait_s").expect("every chat's mean wait is published"),
            not_answered: row.share("not_answered_pct"),
            outcomes: row.outcomes(),
        }
    }

    /// A column of the published monthly arrivals.
    pub(super) fn monthly_contacts(&self, column: &str) -> MonthlyContacts {
        self.monthly.months(column)
    }

    /// A column of the assumed monthly arrivals.
    pub(super) fn assumed_contacts(&self, column: &str) -> MonthlyContacts {
        self.assumed.months(column)
    }

    /// The numbers of answers that yield the published feedback of a row.
    pub(super) fn feedback(&self, line: &str) -> FeedbackAnswers {
        let rows = self.answers.rows().filter(|row| row.text("line") == line);
        let by_month: BTreeMap<i8, Answers> = rows.map(|row| (row.month(), row.answers())).collect();
        assert!(!by_month.is_empty(), "{line} has feedback");
        FeedbackAnswers::new(line, by_month)
    }
}

/// A comma-separated table without quotes. Lines that start with `#` are comments and name the source.
struct CsvTable {
    columns: Vec<&'static str>,
    cells: Vec<Vec<&'static str>>,
}

struct CsvRow<'a> {
    columns: &'a [&'static str],
    cells: &'a [&'static str],
}

impl CsvTable {
    fn read(text: &'static str) -> Self {
        let mut lines = text.lines().filter(|line| !line.starts_with('#')).map(|line| line.split(',').collect());
        let columns = lines.next().expect("a published table has a row of names");
        Self { columns, cells: lines.collect() }
    }

    fn rows(&self) -> impl Iterator<Item = CsvRow<'_>> {
        self.cells.iter().map(|cells| CsvRow { columns: &self.columns, cells })
    }

    /// A column of monthly numbers, from January on.
    fn months(&self, column: &str) -> MonthlyContacts {
        MonthlyContacts::known(&self.rows().map(|row| row.number(column)).collect::<Vec<_>>())
    }

    fn row_of(&self, line: &str) -> CsvRow<'_> {
        let row = self.rows().find(|row| row.text("line") == line);
        row.unwrap_or_else(|| panic!("the published tables have a row for {line}"))
    }
}

impl<'a> CsvRow<'a> {
    fn text(&self, column: &str) -> &'a str {
        let index = self.columns.iter().position(|name| *name == column);
        self.cells[index.unwrap_or_else(|| panic!("the published table has a column {column}"))]
    }

    fn number(&self, column: &str) -> Option<f64> {
        self.text(column).parse().ok()
    }

    fn share(&self, column: &str) -> f64 {
        self.number(column).unwrap_or_else(|| panic!("the column {column} is complete")) / 100.0
    }

    /// The month of a cell such as 2025-06, 1 to 12.
    fn month(&self) -> i8 {
        let month = self.text("month").split_once('-').and_then(|(_, month)| month.parse().ok());
        month.expect("the column month has years and months")
    }

    fn answers(&self) -> Answers {
        let number = |column| {
            let number = self.text(column).parse();
            number.unwrap_or_else(|_| panic!("the column {column} has whole numbers"))
        };
        Answers {
            nps: [number("promoters"), number("passives"), number("detractors")],
            continues: [number("continues_yes"), number("continues_no")],
            solved: [number("solved_yes"), number("solved_no")],
        }
    }

    fn outcomes(&self) -> OutcomeFigures {
        OutcomeFigures {
            first_contact_resolution: self.share("first_contact_resolution_pct"),
            handled: self.share("handled_in_contact_pct"),
            continues_county: self.share("continues_in_county_pct"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_illegible_number_is_missing_and_not_zero() {
        assert_eq!(PublishedTables::read().phone("ikaihmiset").callback_wait_s, None);
        assert_eq!(PublishedTables::read().phone("suun_kiireellinen").callback_wait_s, Some(5_369.0));
    }

    #[test]
    fn a_health_station_has_no_contacts_before_its_first_published_month() {
        let contacts = PublishedTables::read().monthly_contacts("pth_kiireeton");
        let of = |month| contacts.in_month_of(jiff::civil::date(2025, month, 1));
        assert_eq!((of(4), of(5), of(9)), (0.0, 749.0, 2_009.0));
    }

    #[test]
    fn the_answers_of_a_row_yield_its_published_percentages() {
        let answers = PublishedTables::read().feedback("suun_terveydenhuolto");
        let [promoters, passives, detractors] = answers.in_month_of(jiff::civil::date(2025, 8, 1)).nps.map(f64::from);
        let nps = 100.0 * (promoters - detractors) / (promoters + passives + detractors);
        assert!((nps - 85.5).abs() < 0.5, "{nps}");
    }
}
