//! Facts: the figures of a report one by one, as CSV and JSON list them.

use ensilinja_model::Channel;

use crate::balances::Span;
use crate::cells::By;
use crate::figure::Figure;
use crate::moment::Period;
use crate::published::Published;
use crate::subject::Subject;
use crate::value::Value;
use crate::wording;

/// All figures of a line, or of lines that are added, in a period.
#[derive(Clone, Debug, PartialEq)]
pub struct Facts {
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
    pub figures: Vec<(Figure, Value)>,
}

/// The facts of a report: of everything that its tables show, and no more.
pub(crate) fn all(published: &Published<'_>, by: By) -> Vec<Facts> {
    let cells = published.cells();
    // One period has its row too, beside the whole: a program asks for the rows of its kind.
    let spans: Vec<Span> = published.balances.spans().chain([Span::Whole]).collect();
    let (subjects, spans) = match by {
        By::Line => (Subject::lines(cells), vec![Span::Whole]),
        By::Group => (Subject::groups(cells), vec![Span::Whole]),
        By::Month => (Subject::lines(cells), spans),
        By::Quarter | By::Day | By::Hour => (Vec::new(), spans),
    };
    let subjects = [subjects, Subject::totals(cells)].concat();
    let rows = subjects.iter().flat_map(|subject| spans.iter().map(move |span| (subject, *span)));
    rows.map(|(subject, span)| facts(published, subject, span, Figure::printed_of(subject, by))).collect()
}

fn facts(published: &Published<'_>, subject: &Subject, span: Span, figures: &[Figure]) -> Facts {
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
    Facts {
        level: subject.level(),
        line: line.map(|line| line.id.to_string()),
        group,
        channel: subject.channel(cells),
        period: match span {
            Span::Period(period) => cells.periods[period],
            Span::Whole => wording::whole(cells),
        },
        figures: figures.filter(|(_, value)| *value != Value::NotApplicable).collect(),
    }
}
