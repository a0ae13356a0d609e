//! Contacts beside the goals for their number, as cells.

use crate::balances::ReportSpan;
use crate::cell_value::CellValue;
use crate::moment::{Period, PeriodKind};
use crate::report_data::{Breakdown, ReportData};
use crate::subject::Subject;
use crate::volume_goal::{VolumeGoal, VolumeGoalSubject, is_month_edge};

/// The goal of a subject, if it has one. Days and hours are not compared with goals of months.
pub(crate) fn of<'a>(data: &'a ReportData, subject: &Subject) -> Option<&'a VolumeGoal> {
    let is_too_fine = data.periods.iter().any(|period| matches!(period.kind, PeriodKind::Day | PeriodKind::Hour));
    let is_of = |goal: &&VolumeGoal| subject_of(goal, data).as_ref() == Some(subject);
    data.volume_goals.iter().find(is_of).filter(|_| !is_too_fine)
}

/// The subjects with a goal, in a report with this breakdown.
pub(crate) fn subjects(data: &ReportData, by: Breakdown) -> Vec<Subject> {
    match by {
        Breakdown::Day | Breakdown::Hour => Vec::new(),
        _ => data.volume_goals.iter().filter_map(|goal| subject_of(goal, data)).collect(),
    }
}

/// The goal of a subject for a time.
pub(crate) fn goal(data: &ReportData, subject: &Subject, span: ReportSpan) -> CellValue {
    let Some(goal) = of(data, subject) else { return CellValue::NotApplicable };
    let goals = goal.of_months(&period_of(data, span));
    if goals.iter().all(Option::is_none) {
        return CellValue::NotApplicable;
    }
    let sum: Option<i64> = goals.into_iter().sum();
    sum.map_or(CellValue::NotComparable, CellValue::Goal)
}

/// The contacts that arrived as a share of the goal.
pub(crate) fn share(data: &ReportData, subject: &Subject, span: ReportSpan, arrived: i64) -> CellValue {
    let period = period_of(data, span);
    let is_whole = is_month_edge(period.start) && is_month_edge(period.end) && !data.as_of.is_before(period.end);
    match goal(data, subject, span) {
        CellValue::Goal(goal) if is_whole => CellValue::OfGoal { arrived, goal },
        CellValue::NotApplicable => CellValue::NotApplicable,
        _ => CellValue::NotComparable,
    }
}

fn period_of(data: &ReportData, span: ReportSpan) -> Period {
    match span {
        ReportSpan::Period(period) => data.periods[period],
        ReportSpan::Whole => {
            let end = data.periods.last().map_or(data.as_of, |last| last.end);
            Period { kind: PeriodKind::Whole, end, ..data.periods[0] }
        }
    }
}

/// The subject of a goal among the rows of a report.
fn subject_of(goal: &VolumeGoal, data: &ReportData) -> Option<Subject> {
    Some(match &goal.subject {
        VolumeGoalSubject::Line(id) => Subject::Line(data.lines.iter().position(|line| line.id == *id)?),
        VolumeGoalSubject::Group(channel, group) => Subject::Group(*channel, group.clone()),
        VolumeGoalSubject::Channel(channel) => Subject::Channel(*channel),
    })
}
