//! Facts: the figures of a report one by one, as CSV and JSON list them.

use ensilinja_model::Channel;

use crate::balances::ReportSpan;
use crate::cell_value::CellValue;
use crate::figure::Figure;
use crate::moment::Period;
use crate::published_figures::PublishedFigures;
use crate::report_data::Breakdown;
use crate::subject::Subject;
use crate::wording;

/// All figures of a line, or of lines that are added, in a period.
#[derive(Clone, Debug, PartialEq)]
pub struct ReportFacts {
    /// `line`, `group`, `channel` or `all`: whom they are about.
    pub level: &'static str,
    /// The id of the line, at level `line`.
    pub line: Option<String>,
    /// The group, at levels `line` and `group`; `None` where there is none.
    pub group: Option<String>,
    /// The channel, at every level but `all`.
    pub channel: Option<Channel>,
    /// The period.
    pub period: Period,
    /// The figures that say something about such a line.
    pub figures: Vec<(Figure, CellValue)>,
}

/// The facts of a report: of everything that its tables show, and no more.
pub(crate) fn all(published: &PublishedFigures<'_>, by: Breakdown) -> Vec<ReportFacts> {
    let cells = published.cells();
    // One period has its row too, beside the whole: a program asks for the rows of its kind.
    let spans: Vec<ReportSpan> = published.balances.spans().chain([ReportSpan::Whole]).collect();
    let (subjects, spans) = match by {
        Breakdown::Line => (Subject::lines(cells), vec![ReportSpan::Whole]),
        Breakdown::Group => (Subject::groups(cells), vec![ReportSpan::Whole]),
        Breakdown::Month => (Subject::lines(cells), spans),
        Breakdown::Quarter | Breakdown::Day | Breakdown::Hour => (Vec::new(), spans),
    };
    let subjects = [subjects, Subject::totals(cells)].concat();
    let rows = subjects.iter().flat_map(|subject| spans.iter().map(move |span| (subject, *span)));
    rows.map(|(subject, span)| facts(published, subject, span, Figure::printed_of(subject, by))).collect()
}

fn facts(published: &PublishedFigures<'_>, subject: &Subject, span: ReportSpan, figures: &[Figure]) -> ReportFacts {
    let cells = published.cells();
    let line = match subject {
        Subject::Line(line) => Some(&cells.lines[*line]),
        _ => None,
    };
    let group = match subject {
        Subject::Group(_, group) => Some(group.clone()),
        _ => line.map(|line| line.group.clone()).filter(|group| !group.is_empty()),
    };
    let figures = figures.iter().map(|figure| (*figure, published.value(subject, span, *figure)));
    ReportFacts {
        level: subject.level(),
        line: line.map(|line| line.id.to_string()),
        group,
        channel: subject.channel(cells),
        period: match span {
            ReportSpan::Period(period) => cells.periods[period],
            ReportSpan::Whole => wording::whole(cells),
        },
        figures: figures.filter(|(_, value)| *value != CellValue::NotApplicable).collect(),
    }
}
