//! The facts of a report: its figures as CSV and JSON list them.

use ensilinja_model::Channel;

use crate::balances::ReportSpan;
use crate::cell_value::CellValue;
use crate::figure::Figure;
use crate::language::LocalizedName;
use crate::moment::Period;
use crate::published_figures::PublishedFigures;
use crate::report_data::{Breakdown, ReportRequest};
use crate::subject::Subject;
use crate::{goal_comparison, wording};

/// All figures of a subject in a period.
#[derive(Clone, Debug, PartialEq)]
pub struct ReportFacts {
    /// The level of the subject: `line`, `group`, `channel` or `all`.
    pub level: &'static str,
    /// The id of the line, at level `line`.
    pub line: Option<String>,
    /// The group, at levels `line` and `group`; `None` for a line without a group.
    pub group: Option<String>,
    /// The name of the line or of the group, at levels `line` and `group`; `None` for a group without names.
    pub name: Option<LocalizedName>,
    /// The channel, at every level but `all`.
    pub channel: Option<Channel>,
    /// The period.
    pub period: Period,
    /// The figures that apply to the subject.
    pub figures: Vec<(Figure, CellValue)>,
}

/// The facts of a report: exactly the figures in its tables.
pub(crate) fn all(published: &PublishedFigures<'_>, request: ReportRequest) -> Vec<ReportFacts> {
    let by = request.by;
    let data = published.data();
    // A single period has facts of its own beside the whole: programs select facts by the kind of period.
    let spans: Vec<ReportSpan> = published.balances.spans().chain([ReportSpan::Whole]).collect();
    let (subjects, spans) = match by {
        Breakdown::Line => (Subject::lines(data), vec![ReportSpan::Whole]),
        Breakdown::Group => (Subject::groups(data), vec![ReportSpan::Whole]),
        Breakdown::Month => (Subject::lines(data), spans),
        Breakdown::Quarter | Breakdown::Day | Breakdown::Hour => (Vec::new(), spans),
    };
    let mut subjects = [subjects, Subject::totals(data)].concat();
    let aimed_at = goal_comparison::subjects(data, by).into_iter().filter(|subject| !subjects.contains(subject));
    subjects.extend(aimed_at.collect::<Vec<_>>());
    let rows = subjects.iter().flat_map(|subject| spans.iter().map(move |span| (subject, *span)));
    rows.map(|(subject, span)| facts(published, subject, span, &Figure::printed_of(subject, request))).collect()
}

fn facts(published: &PublishedFigures<'_>, subject: &Subject, span: ReportSpan, figures: &[Figure]) -> ReportFacts {
    let data = published.data();
    let line = match subject {
        Subject::Line(line) => Some(&data.lines[*line]),
        _ => None,
    };
    let group = match subject {
        Subject::Group(_, group) => Some(group.clone()),
        _ => line.map(|line| line.group.clone()).filter(|group| !group.is_empty()),
    };
    let figures = figures.iter().map(|figure| (*figure, published.value(subject, span, *figure)));
    let name = match subject {
        Subject::Group(..) => {
            let mut lines = data.lines.iter().enumerate().filter(|(index, line)| subject.holds(*index, line));
            lines.next().and_then(|(_, line)| line.group_name.clone())
        }
        _ => line.map(|line| line.name.clone()),
    };
    ReportFacts {
        level: subject.level(),
        name,
        line: line.map(|line| line.id.to_string()),
        group,
        channel: subject.channel(data),
        period: match span {
            ReportSpan::Period(period) => data.periods[period],
            ReportSpan::Whole => wording::whole(data),
        },
        figures: figures.filter(|(_, value)| *value != CellValue::NotApplicable).collect(),
    }
}
