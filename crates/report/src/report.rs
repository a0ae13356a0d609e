//! A report: the answer to one question, in whatever format.

use crate::balances::Balances;
use crate::cell_value::CellValue;
use crate::disclosure::Disclosure;
use crate::published_figures::PublishedFigures;
use crate::report_data::{Breakdown, ReportData, ReportRequest};
use crate::report_facts::{self, ReportFacts};
use crate::report_table::ReportTable;
use crate::table_builder::TableBuilder;
use crate::wording;

/// Why there is no report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportError {
    /// Figures by day or hour are too fine to be published: of most days and hours so little is told that next to
    /// nothing would be left.
    TooFineForThePublic,
}

impl std::fmt::Display for ReportError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TooFineForThePublic => f.write_str(
                "a public report is by line, group, month or quarter: days and hours are too fine to be published",
            ),
        }
    }
}

impl std::error::Error for ReportError {}

/// The answer to a question.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    pub(crate) question: ReportRequest,
    pub(crate) cells: ReportContext,
    /// Its tables, for people.
    pub tables: Vec<ReportTable>,
    /// What has to be said once, below all of them.
    pub legend: Vec<String>,
    /// Its figures one by one, for programs.
    pub facts: Vec<ReportFacts>,
}

/// What holds for the whole report.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ReportContext {
    pub period: crate::moment::Period,
    pub time_zone: String,
    pub as_of: crate::moment::Moment,
    pub history_is_complete: bool,
}

impl Report {
    /// Answers a question.
    ///
    /// # Errors
    /// If what is asked for must not be published.
    ///
    /// # Panics
    /// If there is no period, or the sums are not by line and period.
    pub fn of(cells: &ReportData, question: ReportRequest) -> Result<Self, ReportError> {
        let is_too_fine = matches!(question.by, Breakdown::Day | Breakdown::Hour);
        if question.public && is_too_fine {
            return Err(ReportError::TooFineForThePublic);
        }
        let balances = Balances::of(cells);
        let disclosure = if question.public { Disclosure::of_public(&balances, question.by) } else { Disclosure::All };
        let published = PublishedFigures { balances, disclosure };
        let tables = TableBuilder { published: &published, question }.all();
        Ok(Self {
            question,
            cells: ReportContext {
                period: wording::whole(cells),
                time_zone: cells.time_zone.clone(),
                as_of: cells.as_of,
                history_is_complete: cells.history_is_complete,
            },
            legend: legend(&tables, question),
            tables,
            facts: report_facts::all(&published, question.by),
        })
    }
}

/// How the tables are to be read: only what is needed for these.
fn legend(tables: &[ReportTable], question: ReportRequest) -> Vec<String> {
    let language = question.language;
    let cells = || tables.iter().flat_map(|table| &table.rows).flat_map(|row| &row.cells);
    let shows = |is: fn(&CellValue) -> bool| cells().any(|cell| is(&cell.value));
    let mut legend = vec![wording::reading(language).to_owned()];
    let mut say = |needed: bool, text: &str| {
        if needed {
            legend.push(text.to_owned());
        }
    };
    say(question.by != Breakdown::Quarter || cells().any(|cell| cell.marked), wording::callbacks(language));
    say(cells().any(|cell| cell.marked), wording::of_the_handled(language));
    say(shows(|value| *value == CellValue::NoData), wording::no_data(language));
    say(shows(|value| *value == CellValue::Closed), wording::closed(language));
    say(shows(|value| *value == CellValue::NotKnown), wording::not_known(language));
    say(question.public, &wording::hidden(language));
    legend
}
