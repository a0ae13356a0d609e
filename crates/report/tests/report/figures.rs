//! What the figures say, one rule each.

use ensilinja_ledger::{Indicator, Ratio, ServiceLevel};
use ensilinja_model::{Channel, Outcome};
use ensilinja_report::{
    Breakdown, CellValue, Figure, Language, Moment, Period, PeriodKind, Report, ReportData, ReportFacts, ReportFormat,
    ReportRequest,
};

use crate::stand::{
    County, HOUR, MINUTE, SECOND, abandoned, answered, called_back, cells, line, question, small_county, with_outcome,
};

fn report(cells: &ReportData, by: Breakdown) -> Report {
    Report::of(cells, question(by, Language::En)).expect("a report")
}

fn value(report: &Report, is_row: impl Fn(&ReportFacts) -> bool, figure: Figure) -> CellValue {
    let facts = report.facts.iter().find(|facts| is_row(facts)).expect("there is such a row");
    facts.figures.iter().find(|(it, _)| *it == figure).map_or(CellValue::NotApplicable, |(_, value)| *value)
}

fn two_calls() -> Vec<ensilinja_report::ReportLine> {
    vec![line("a", Channel::Phone, ["a"; 3], "g"), line("b", Channel::Phone, ["b"; 3], "g")]
}

#[test]
fn totals_add_up_counts_and_never_percentages_or_means() {
    let mut county = County::new();
    county.tell(0, 0, 90, &answered(10 * SECOND)).tell(0, 0, 10, &abandoned());
    county.tell(1, 0, 1, &answered(110 * SECOND)).tell(1, 0, 9, &abandoned());
    let cells = cells(two_calls(), county.sums());
    for (by, level) in [(Breakdown::Line, "channel"), (Breakdown::Group, "group"), (Breakdown::Month, "channel")] {
        let report = report(&cells, by);
        let is_total = |facts: &ReportFacts| facts.level == level;
        let answered = value(&report, is_total, Figure::Share(Indicator::AnsweredLive));
        assert_eq!(answered, CellValue::Share { good: 91, n: 110 });
        let wait = value(&report, is_total, Figure::AnswerWait);
        assert_eq!(wait, CellValue::Mean { sum_ms: 90 * 10_000 + 110_000, n: 91 });
    }
}

#[test]
fn lines_of_different_formulas_are_each_judged_by_their_own() {
    let mut county = County::new();
    county.tell(0, 0, 8, &answered(10 * SECOND)).tell(0, 0, 2, &abandoned());
    county.tell(1, 0, 8, &answered(10 * SECOND)).tell(1, 0, 2, &abandoned());
    let mut lines = two_calls();
    lines[1].service_level = ServiceLevel::OnlyHandled;
    let report = report(&cells(lines, county.sums()), Breakdown::Line);
    let level = |of: &'static str| {
        value(&report, |facts| facts.line.as_deref() == Some(of), Figure::Share(Indicator::ServiceLevel))
    };
    assert_eq!((level("a"), level("b")), (CellValue::Share { good: 8, n: 10 }, CellValue::Share { good: 8, n: 8 }));
    let total = value(&report, |facts| facts.level == "channel", Figure::Share(Indicator::ServiceLevel));
    assert_eq!(total, CellValue::Share { good: 16, n: 18 });
}

#[test]
fn a_line_that_only_calls_back_prints_its_share_of_the_handled_and_says_so() {
    let mut county = County::new();
    county.tell(0, 0, 30, &called_back(HOUR)).tell(0, 0, 10, &abandoned());
    county.tell(1, 0, 30, &called_back(HOUR)).tell(1, 0, 10, &answered(SECOND));
    let report = report(&cells(two_calls(), county.sums()), Breakdown::Line);
    let table = &report.tables[0];
    let column = table.columns.iter().position(|name| name == "Handled as callback % (n)").expect("a column");
    let cell = |row: usize| table.rows[row].cells[column];
    assert_eq!((cell(0).value, cell(0).marked), (CellValue::Share { good: 30, n: 30 }, true));
    assert_eq!((cell(1).value, cell(1).marked), (CellValue::Share { good: 30, n: 40 }, false));
    assert!(report.legend.iter().any(|text| text.starts_with('¹')));
    // Programs always get both.
    let of_decided =
        value(&report, |facts| facts.line.as_deref() == Some("a"), Figure::Share(Indicator::HandledAsCallback));
    assert_eq!(of_decided, CellValue::Share { good: 30, n: 40 });
}

#[test]
fn a_month_without_an_answer_makes_no_line_one_that_only_calls_back() {
    let mut county = County::new();
    county.tell(0, 0, 30, &called_back(HOUR)).tell(0, 0, 10, &abandoned()).tell(0, 1, 1, &answered(SECOND));
    let report = report(&cells(vec![two_calls().remove(0)], county.sums()), Breakdown::Month);
    let table = &report.tables[0];
    let column = table.columns.iter().position(|name| name == "Handled as callback % (n)").expect("a column");
    let january = table.rows[0].cells[column];
    assert_eq!((january.value, january.marked), (CellValue::Share { good: 30, n: 40 }, false));
}

#[test]
fn a_goal_is_what_the_lines_aim_at_and_none_where_they_aim_at_different_things() {
    let goal = |goals: [f64; 2]| {
        let mut lines = two_calls();
        for (line, goal) in lines.iter_mut().zip(goals) {
            line.goals = vec![(Indicator::PromiseKept, goal)];
        }
        report(&cells(lines, County::new().sums()), Breakdown::Quarter).tables[0].rows[0].cells[0].value
    };
    assert_eq!(goal([0.95, 0.95]), CellValue::Target(0.95));
    assert_eq!(goal([0.95, 1.0]), CellValue::NotApplicable);
}

#[test]
fn what_is_cut_to_what_is_asked_for_says_so() {
    let at = |month, day, hour, minute| Moment { year: 2025, month, day, hour, minute, utc_offset_minutes: 120 };
    let names = |kind, start: Moment, end: Moment| {
        let mut cells = small_county();
        cells.periods = vec![Period { kind, start, end }, Period { kind, start: end, end: at(12, 31, 0, 0) }];
        let row = |language| {
            let report = Report::of(&cells, question(Breakdown::Day, language)).expect("a report");
            report.tables[0].rows[0].label.clone()
        };
        [Language::Fi, Language::Sv, Language::En].map(row)
    };
    let [month, quarter] = [PeriodKind::Month, PeriodKind::Quarter];
    assert_eq!(names(month, at(1, 1, 0, 0), at(2, 1, 0, 0)), ["tammikuu 2025", "januari 2025", "January 2025"]);
    let cut = ["15.1.2025–31.1.2025", "15.1.2025–31.1.2025", "15 January 2025–31 January 2025"];
    assert_eq!(names(month, at(1, 15, 0, 0), at(2, 1, 0, 0)), cut);
    assert_eq!(names(quarter, at(1, 1, 0, 0), at(4, 1, 0, 0)), ["Q1 2025"; 3]);
    let cut = ["1.2.2025–31.3.2025", "1.2.2025–31.3.2025", "1 February 2025–31 March 2025"];
    assert_eq!(names(quarter, at(2, 1, 0, 0), at(4, 1, 0, 0)), cut);
    let whole = ["7.1.2025 klo 23–24", "7.1.2025 kl. 23–24", "7 January 2025, 23–24"];
    assert_eq!(names(PeriodKind::Hour, at(1, 7, 23, 0), at(1, 8, 0, 0)), whole);
    let cut = ["7.1.2025 klo 4.00–4.30", "7.1.2025 kl. 4.00–4.30", "7 January 2025, 04:00–04:30"];
    assert_eq!(names(PeriodKind::Hour, at(1, 7, 4, 0), at(1, 7, 4, 30)), cut);
}

#[test]
fn a_period_that_goes_on_says_so() {
    let mut cells = small_county();
    let says_so =
        |cells: &ReportData| report(cells, Breakdown::Line).tables[0].note.contains("The period is not over yet.");
    assert!(!says_so(&cells));
    cells.as_of = Moment { month: 2, day: 28, hour: 23, minute: 59, utc_offset_minutes: 120, ..cells.as_of };
    assert!(says_so(&cells));
}

#[test]
fn a_group_adds_calls_to_calls_and_chats_to_chats() {
    let mut county = County::new();
    county.tell(0, 0, 5, &answered(SECOND)).tell(1, 0, 7, &answered(SECOND));
    let lines = vec![line("a", Channel::Phone, ["a"; 3], "suun"), line("b", Channel::Chat, ["b"; 3], "suun")];
    let report = report(&cells(lines, county.sums()), Breakdown::Group);
    let offered =
        |channel| value(&report, |facts| facts.level == "group" && facts.channel == Some(channel), Figure::Offered);
    assert_eq!((offered(Channel::Phone), offered(Channel::Chat)), (CellValue::Count(5), CellValue::Count(7)));
    // One line that is a group of its own goes by its own name.
    assert_eq!((report.tables[0].rows[0].label.as_str(), report.tables[1].rows[0].label.as_str()), ("a", "b"));
}

#[test]
fn nobody_came_and_nobody_could_come_are_two_answers() {
    let mut county = County::new();
    county.tell(0, 1, 5, &with_outcome(answered(MINUTE), Outcome::Handled));
    let mut cells = cells(two_calls(), county.sums());
    cells.open_ms[0][0] = 0;
    let report = report(&cells, Breakdown::Month);
    let january = |of: &'static str, figure| {
        value(&report, |facts| facts.line.as_deref() == Some(of) && facts.period.start.month == 1, figure)
    };
    assert_eq!(
        (january("a", Figure::Offered), january("b", Figure::Offered)),
        (CellValue::Closed, CellValue::Count(0))
    );
    assert_eq!((january("a", Figure::Nps), january("b", Figure::Nps)), (CellValue::Closed, CellValue::NoData));
}

#[test]
fn a_period_that_is_not_known_shows_nothing_and_neither_does_the_total_over_it() {
    let mut cells = small_county();
    cells.known = vec![false, true];
    let report = report(&cells, Breakdown::Month);
    let of_january = |facts: &ReportFacts| facts.period.start.month == 1 && facts.line.is_some();
    for facts in &report.facts {
        let is_known = facts.period.kind == PeriodKind::Month && facts.period.start.month == 2;
        let states = facts.figures.iter().map(|(_, value)| value.state()).filter(|state| *state != "not_applicable");
        assert!(states.clone().count() > 0 && states.into_iter().all(|state| (state != "not_known") == is_known));
    }
    assert_eq!(value(&report, of_january, Figure::Offered), CellValue::NotKnown);
    let text = report.render(ensilinja_report::ReportFormat::Table { width: 120 });
    assert!(text.contains("not known  the history of events begins within the period or after it."), "{text}");
}

#[test]
fn a_report_by_line_or_group_has_a_row_of_the_whole_alone() {
    let mut county = County::new();
    county.tell(0, 0, 5, &answered(SECOND));
    let mut cells = cells(two_calls(), county.sums());
    cells.periods = vec![Period { kind: PeriodKind::Whole, ..cells.periods[0] }];
    for (sums, open_ms) in cells.sums.iter_mut().zip(&mut cells.open_ms) {
        sums.truncate(1);
        open_ms.truncate(1);
    }
    for by in [Breakdown::Line, Breakdown::Group] {
        let report = report(&cells, by);
        assert_eq!(report.facts.iter().filter(|facts| facts.level == "channel").count(), 1, "{by:?}");
    }
}

#[test]
fn every_share_is_the_one_of_the_ledger_s_table_of_indicators() {
    let cells = small_county();
    let report = report(&cells, Breakdown::Month);
    let mut compared = 0;
    for facts in report.facts.iter().filter(|facts| facts.level == "channel" && facts.period.kind == PeriodKind::Month)
    {
        let period = cells.periods.iter().position(|period| *period == facts.period).expect("a period of the cells");
        for (figure, value) in &facts.figures {
            let Figure::Share(indicator) = figure else { continue };
            let lines = cells.lines.iter().zip(&cells.sums).filter(|(line, _)| Some(line.channel) == facts.channel);
            let mut ratio = Ratio::default();
            for (line, sums) in lines {
                ratio += indicator.of(&sums[period], line.service_level);
            }
            let n = value.n().expect("a share has an n");
            let good = if let CellValue::Share { good, .. } = value { *good } else { 0 };
            assert_eq!(Ratio { good, valid: n }, ratio, "{indicator:?}");
            compared += 1;
        }
    }
    assert!(compared > 40, "{compared}");
}

/// A program asks for the rows of its kind, also where there is but one.
#[test]
fn one_period_has_its_row_beside_that_of_the_whole() {
    let one = |kind| {
        let mut cells = small_county();
        cells.periods.truncate(1);
        cells.periods[0].kind = kind;
        cells.sums.iter_mut().for_each(|periods| periods.truncate(1));
        cells.open_ms.iter_mut().for_each(|periods| periods.truncate(1));
        cells.known.truncate(1);
        cells
    };
    for (by, kind) in [
        (Breakdown::Month, PeriodKind::Month),
        (Breakdown::Quarter, PeriodKind::Quarter),
        (Breakdown::Day, PeriodKind::Day),
        (Breakdown::Hour, PeriodKind::Hour),
    ] {
        let cells = one(kind);
        let public = matches!(by, Breakdown::Month | Breakdown::Quarter);
        for public in [false, public] {
            let question = ReportRequest { public, ..question(by, Language::En) };
            let report = Report::of(&cells, question).expect("a report");
            let all: Vec<&ReportFacts> = report.facts.iter().filter(|facts| facts.level == "all").collect();
            assert_eq!(all.iter().map(|facts| facts.period.kind).collect::<Vec<_>>(), [kind, PeriodKind::Whole]);
            for rows in report.facts.chunks(2) {
                assert_eq!(rows[0].figures, rows[1].figures, "{by:?}: what is hidden in one is hidden in the other");
            }
            assert!(report.render(ReportFormat::Csv).contains(&format!(",{},", kind.as_str())), "{by:?}");
        }
    }
    let by_line = report(&one(PeriodKind::Whole), Breakdown::Line);
    assert!(by_line.facts.iter().all(|facts| facts.period.kind == PeriodKind::Whole));
}
