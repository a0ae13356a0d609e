//! The rules of the figures, one test each.

use ensilinja_ledger::{Indicator, Ratio, ServiceLevel};
use ensilinja_model::{Channel, Outcome};
use ensilinja_report::{
    Breakdown, CellValue, Figure, Language, Moment, Period, PeriodKind, Report, ReportData, ReportFacts, ReportFormat,
    ReportRequest,
};

use crate::small_county::{
    County, HOUR, MINUTE, SECOND, abandoned, answered, called_back, data, line, request, small_county, with_outcome,
};

fn report(data: &ReportData, by: Breakdown) -> Report {
    Report::of(data, request(by, Language::En)).expect("a report")
}

fn value(report: &Report, is_row: impl Fn(&ReportFacts) -> bool, figure: Figure) -> CellValue {
    let facts = report.facts.iter().find(|facts| is_row(facts)).expect("the report has this row");
    facts.figures.iter().find(|(it, _)| *it == figure).map_or(CellValue::NotApplicable, |(_, value)| *value)
}

fn two_calls() -> Vec<ensilinja_report::ReportLine> {
    vec![line("a", Channel::Phone, ["a"; 3], "g"), line("b", Channel::Phone, ["b"; 3], "g")]
}

#[test]
fn totals_are_computed_from_counts_and_not_from_percentages_or_means() {
    let mut county = County::new();
    county.add(0, 0, 90, &answered(10 * SECOND)).add(0, 0, 10, &abandoned());
    county.add(1, 0, 1, &answered(110 * SECOND)).add(1, 0, 9, &abandoned());
    let data = data(two_calls(), county.sums());
    for (by, level) in [(Breakdown::Line, "channel"), (Breakdown::Group, "group"), (Breakdown::Month, "channel")] {
        let report = report(&data, by);
        let is_total = |facts: &ReportFacts| facts.level == level;
        let answered = value(&report, is_total, Figure::Share(Indicator::AnsweredLive));
        assert_eq!(answered, CellValue::Share { good: 91, n: 110 });
        let wait = value(&report, is_total, Figure::AnswerWait);
        assert_eq!(wait, CellValue::Mean { sum_ms: 90 * 10_000 + 110_000, n: 91 });
    }
}

#[test]
fn each_line_uses_its_own_service_level_formula() {
    let mut county = County::new();
    county.add(0, 0, 8, &answered(10 * SECOND)).add(0, 0, 2, &abandoned());
    county.add(1, 0, 8, &answered(10 * SECOND)).add(1, 0, 2, &abandoned());
    let mut lines = two_calls();
    lines[1].service_level = ServiceLevel::OnlyHandled;
    let report = report(&data(lines, county.sums()), Breakdown::Line);
    let level = |of: &'static str| {
        value(&report, |facts| facts.line.as_deref() == Some(of), Figure::Share(Indicator::ServiceLevel))
    };
    assert_eq!((level("a"), level("b")), (CellValue::Share { good: 8, n: 10 }, CellValue::Share { good: 8, n: 8 }));
    let total = value(&report, |facts| facts.level == "channel", Figure::Share(Indicator::ServiceLevel));
    assert_eq!(total, CellValue::Share { good: 16, n: 18 });
}

#[test]
fn a_line_that_only_calls_back_shows_its_share_of_contacts_handled_with_a_footnote() {
    let mut county = County::new();
    county.add(0, 0, 30, &called_back(HOUR)).add(0, 0, 10, &abandoned());
    county.add(1, 0, 30, &called_back(HOUR)).add(1, 0, 10, &answered(SECOND));
    let report = report(&data(two_calls(), county.sums()), Breakdown::Line);
    let table = &report.tables[0];
    let column = table.columns.iter().position(|name| name == "Handled as callback % (n)").expect("a column");
    let cell = |row: usize| table.rows[row].cells[column];
    assert_eq!((cell(0).value, cell(0).marked), (CellValue::Share { good: 30, n: 30 }, true));
    assert_eq!((cell(1).value, cell(1).marked), (CellValue::Share { good: 30, n: 40 }, false));
    assert!(report.legend.iter().any(|text| text.starts_with('¹')));
    // CSV and JSON have both shares.
    let of_decided =
        value(&report, |facts| facts.line.as_deref() == Some("a"), Figure::Share(Indicator::HandledAsCallback));
    assert_eq!(of_decided, CellValue::Share { good: 30, n: 40 });
}

#[test]
fn a_month_without_answers_does_not_change_the_callback_share_of_a_line() {
    let mut county = County::new();
    county.add(0, 0, 30, &called_back(HOUR)).add(0, 0, 10, &abandoned()).add(0, 1, 1, &answered(SECOND));
    let report = report(&data(vec![two_calls().remove(0)], county.sums()), Breakdown::Month);
    let table = &report.tables[0];
    let column = table.columns.iter().position(|name| name == "Handled as callback % (n)").expect("a column");
    let january = table.rows[0].cells[column];
    assert_eq!((january.value, january.marked), (CellValue::Share { good: 30, n: 40 }, false));
}

#[test]
fn a_goal_is_shown_only_if_all_lines_have_the_same_one() {
    let goal = |goals: [f64; 2]| {
        let mut lines = two_calls();
        for (line, goal) in lines.iter_mut().zip(goals) {
            line.goals = vec![(Indicator::PromiseKept, goal)];
        }
        report(&data(lines, County::new().sums()), Breakdown::Quarter).tables[0].rows[0].cells[0].value
    };
    assert_eq!(goal([0.95, 0.95]), CellValue::Target(0.95));
    assert_eq!(goal([0.95, 1.0]), CellValue::NotApplicable);
}

#[test]
fn the_name_of_an_incomplete_period_has_its_start_and_end() {
    let at = |month, day, hour, minute| Moment { year: 2025, month, day, hour, minute, utc_offset_minutes: 120 };
    let names = |kind, start: Moment, end: Moment| {
        let mut data = small_county();
        data.periods = vec![Period { kind, start, end }, Period { kind, start: end, end: at(12, 31, 0, 0) }];
        let row = |language| {
            let report = Report::of(&data, request(Breakdown::Day, language)).expect("a report");
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
fn the_note_says_that_a_period_is_not_over() {
    let mut data = small_county();
    let says_so =
        |data: &ReportData| report(data, Breakdown::Line).tables[0].note.contains("The period is not over yet.");
    assert!(!says_so(&data));
    data.as_of = Moment { month: 2, day: 28, hour: 23, minute: 59, utc_offset_minutes: 120, ..data.as_of };
    assert!(says_so(&data));
}

#[test]
fn a_group_has_separate_rows_for_calls_and_chats() {
    let mut county = County::new();
    county.add(0, 0, 5, &answered(SECOND)).add(1, 0, 7, &answered(SECOND));
    let lines = vec![line("a", Channel::Phone, ["a"; 3], "suun"), line("b", Channel::Chat, ["b"; 3], "suun")];
    let report = report(&data(lines, county.sums()), Breakdown::Group);
    let offered =
        |channel| value(&report, |facts| facts.level == "group" && facts.channel == Some(channel), Figure::Offered);
    assert_eq!((offered(Channel::Phone), offered(Channel::Chat)), (CellValue::Count(5), CellValue::Count(7)));
    // A group with a single line takes the name of the line.
    assert_eq!((report.tables[0].rows[0].label.as_str(), report.tables[1].rows[0].label.as_str()), ("a", "b"));
}

#[test]
fn a_closed_line_and_an_open_line_without_contacts_differ() {
    let mut county = County::new();
    county.add(0, 1, 5, &with_outcome(answered(MINUTE), Outcome::Handled));
    let mut data = data(two_calls(), county.sums());
    data.open_ms[0][0] = 0;
    let report = report(&data, Breakdown::Month);
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
fn neither_an_unknown_period_nor_the_total_over_it_shows_figures() {
    let mut data = small_county();
    data.known = vec![false, true];
    let report = report(&data, Breakdown::Month);
    let of_january = |facts: &ReportFacts| facts.period.start.month == 1 && facts.line.is_some();
    for facts in &report.facts {
        let is_known = facts.period.kind == PeriodKind::Month && facts.period.start.month == 2;
        let states = facts.figures.iter().map(|(_, value)| value.state()).filter(|state| *state != "not_applicable");
        assert!(states.clone().count() > 0 && states.into_iter().all(|state| (state != "not_known") == is_known));
    }
    assert_eq!(value(&report, of_january, Figure::Offered), CellValue::NotKnown);
    let text = report.render(ensilinja_report::ReportFormat::Table { width: 120 });
    assert!(text.contains("not known  the event history begins during or after the period."), "{text}");
}

#[test]
fn a_report_by_line_or_group_has_facts_of_the_whole_only() {
    let mut county = County::new();
    county.add(0, 0, 5, &answered(SECOND));
    let mut data = data(two_calls(), county.sums());
    data.periods = vec![Period { kind: PeriodKind::Whole, ..data.periods[0] }];
    for (sums, open_ms) in data.sums.iter_mut().zip(&mut data.open_ms) {
        sums.truncate(1);
        open_ms.truncate(1);
    }
    for by in [Breakdown::Line, Breakdown::Group] {
        let report = report(&data, by);
        assert_eq!(report.facts.iter().filter(|facts| facts.level == "channel").count(), 1, "{by:?}");
    }
}

#[test]
fn every_share_follows_the_ledger_s_table_of_indicators() {
    let data = small_county();
    let report = report(&data, Breakdown::Month);
    let mut compared = 0;
    for facts in report.facts.iter().filter(|facts| facts.level == "channel" && facts.period.kind == PeriodKind::Month)
    {
        let period = data.periods.iter().position(|period| *period == facts.period).expect("a period of the data");
        for (figure, value) in &facts.figures {
            let Figure::Share(indicator) = figure else { continue };
            let lines = data.lines.iter().zip(&data.sums).filter(|(line, _)| Some(line.channel) == facts.channel);
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

/// Programs select facts by the kind of period, even if there is only one period.
#[test]
fn a_single_period_has_facts_beside_those_of_the_whole() {
    let one = |kind| {
        let mut data = small_county();
        data.periods.truncate(1);
        data.periods[0].kind = kind;
        data.sums.iter_mut().for_each(|periods| periods.truncate(1));
        data.open_ms.iter_mut().for_each(|periods| periods.truncate(1));
        data.known.truncate(1);
        data
    };
    for (by, kind) in [
        (Breakdown::Month, PeriodKind::Month),
        (Breakdown::Quarter, PeriodKind::Quarter),
        (Breakdown::Day, PeriodKind::Day),
        (Breakdown::Hour, PeriodKind::Hour),
    ] {
        let data = one(kind);
        let public = matches!(by, Breakdown::Month | Breakdown::Quarter);
        for public in [false, public] {
            let request = ReportRequest { public, ..request(by, Language::En) };
            let report = Report::of(&data, request).expect("a report");
            let all: Vec<&ReportFacts> = report.facts.iter().filter(|facts| facts.level == "all").collect();
            assert_eq!(all.iter().map(|facts| facts.period.kind).collect::<Vec<_>>(), [kind, PeriodKind::Whole]);
            for rows in report.facts.chunks(2) {
                assert_eq!(rows[0].figures, rows[1].figures, "{by:?}: both show and hide the same figures");
            }
            assert!(report.render(ReportFormat::Csv).contains(&format!(",{},", kind.as_str())), "{by:?}");
        }
    }
    let by_line = report(&one(PeriodKind::Whole), Breakdown::Line);
    assert!(by_line.facts.iter().all(|facts| facts.period.kind == PeriodKind::Whole));
}
