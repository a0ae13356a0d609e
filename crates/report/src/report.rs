//! A report: the tables and facts for one request, before any format.

use crate::balances::Balances;
use crate::cell_value::CellValue;
use crate::disclosure::Disclosure;
use crate::published_figures::PublishedFigures;
use crate::report_data::{Breakdown, ReportData, ReportRequest};
use crate::report_facts::{self, ReportFacts};
use crate::report_table::ReportTable;
use crate::table_builder::TableBuilder;
use crate::wording;

/// Why a report is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportError {
    /// Figures by day or hour are too fine to be published: almost all of them would be hidden.
    TooFineForThePublic,
}

impl std::fmt::Display for ReportError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TooFineForThePublic => f.write_str(
                "a public report must be by line, group, month or quarter: days and hours are too fine to be published",
            ),
        }
    }
}

impl std::error::Error for ReportError {}

/// A report.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    pub(crate) request: ReportRequest,
    pub(crate) context: ReportContext,
    /// Its tables, for people.
    pub tables: Vec<ReportTable>,
    /// The legend below the tables.
    pub legend: Vec<String>,
    /// Its figures, for programs.
    pub facts: Vec<ReportFacts>,
}

/// The attributes of the whole report.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ReportContext {
    pub period: crate::moment::Period,
    pub time_zone: String,
    pub as_of: crate::moment::Moment,
    pub history_is_complete: bool,
}

impl Report {
    /// Makes a report.
    ///
    /// # Errors
    /// If the request is public and too fine to be published.
    ///
    /// # Panics
    /// If there is no period, or the sums are not by line and period.
    pub fn of(data: &ReportData, request: ReportRequest) -> Result<Self, ReportError> {
        let is_too_fine = matches!(request.by, Breakdown::Day | Breakdown::Hour);
        if request.public && is_too_fine {
            return Err(ReportError::TooFineForThePublic);
        }
        let balances = Balances::of(data);
        let disclosure = if request.public { Disclosure::of_public(&balances, request) } else { Disclosure::All };
        let published = PublishedFigures { balances, disclosure };
        let tables = TableBuilder { published: &published, request }.all();
        Ok(Self {
            request,
            context: ReportContext {
                period: wording::whole(data),
                time_zone: data.time_zone.clone(),
                as_of: data.as_of,
                history_is_complete: data.history_is_complete,
            },
            legend: legend(&tables, data, request),
            tables,
            facts: report_facts::all(&published, request),
        })
    }
}

/// The legend, with those explanations only that the tables need.
fn legend(tables: &[ReportTable], data: &ReportData, request: ReportRequest) -> Vec<String> {
    let language = request.language;
    let cells = || tables.iter().flat_map(|table| &table.rows).flat_map(|row| &row.cells);
    let shows = |is: fn(&CellValue) -> bool| cells().any(|cell| is(&cell.value));
    let mut legend = vec![wording::reading(language).to_owned()];
    let mut say = |needed: bool, text: &str| {
        if needed {
            legend.push(text.to_owned());
        }
    };
    say(request.by != Breakdown::Quarter || cells().any(|cell| cell.marked), wording::callbacks(language));
    say(true, &wording::waits_from(data, language));
    say(cells().any(|cell| cell.marked), wording::of_the_handled(language));
    say(shows(|value| *value == CellValue::NoData), wording::no_data(language));
    say(shows(|value| *value == CellValue::Closed), wording::closed(language));
    say(shows(|value| *value == CellValue::NotKnown), wording::not_known(language));
    say(shows(|value| *value == CellValue::NotComparable), wording::not_comparable(language));
    say(request.public, &wording::hidden(language));
    legend
}
