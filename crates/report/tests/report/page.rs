//! The page for browsers and paper: its structure, names with markup in them, and what a public one draws.

use ensilinja_model::Channel;
use ensilinja_report::{
    Breakdown, CellValue, Language, LocalizedName, Report, ReportData, ReportFormat, ReportRequest, ReportRow,
    TableChart, VolumeGoal, VolumeGoalStep, VolumeGoalSubject,
};

use crate::small_county::{request, small_county};

const BY: [Breakdown; 4] = [Breakdown::Line, Breakdown::Group, Breakdown::Month, Breakdown::Quarter];

fn page(data: &ReportData, request: ReportRequest) -> String {
    Report::of(data, request).expect("a report").render(ReportFormat::Html)
}

/// The names of the elements of a page in order, with a slash before those of ends.
fn tags(page: &str) -> Vec<String> {
    let mut tags = Vec::new();
    for part in page.split('<').skip(1) {
        let (tag, _) = part.split_once('>').expect("a tag ends");
        let name: String = tag.chars().take_while(|letter| !letter.is_whitespace()).collect();
        if !tag.ends_with('/') && !["!DOCTYPE", "meta"].contains(&name.as_str()) {
            tags.push(name);
        }
    }
    tags
}

fn assert_balanced(page: &str) {
    let mut open: Vec<String> = Vec::new();
    for tag in tags(page) {
        match tag.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop().as_deref(), Some(name), "in the order of their starts"),
            None => open.push(tag),
        }
    }
    assert_eq!(open, Vec::<String>::new());
}

#[test]
fn a_page_is_whole_in_every_breakdown_and_language() {
    for by in BY {
        for language in Language::ALL {
            for public in [false, true] {
                let page = page(&small_county(), ReportRequest { public, ..request(by, *language) });
                assert!(page.starts_with(&format!("<!DOCTYPE html>\n<html lang=\"{}\">", language.as_str())));
                assert_balanced(&page);
                let count = |what: &str| page.matches(what).count();
                assert_eq!(count("<h1>"), 1);
                assert_eq!((count("<table"), count("<caption")), (count("<div class=\"scroll\""), count("<table")));
                assert!(count("<figure class=\"panel\">") > 2, "{by:?} has charts");
            }
        }
    }
}

#[test]
fn a_page_asks_for_nothing_outside_itself() {
    for by in BY {
        let page = page(&small_county(), request(by, Language::Fi));
        assert!(page.contains("content=\"default-src 'none'; style-src 'unsafe-inline'\""));
        for word in ["http:", "https:", "//", "src=", "<script", "<link", "@import", "<image", "data:", " on"] {
            let found = page.split('<').filter(|part| !part.starts_with("title") && part.contains(word));
            let found: Vec<&str> =
                found.filter(|part| word != " on" || part.split('>').next().unwrap_or("").contains(word)).collect();
            assert_eq!(found, Vec::<&str>::new(), "{word}");
        }
        for reference in page.split("href=\"").skip(1).chain(page.split("url(").skip(1)) {
            assert!(reference.starts_with('#'), "{reference:.40}");
        }
    }
}

#[test]
fn no_name_becomes_markup() {
    let hostile = "</td></text><script>alert(\"1\")</script>' onload='x' & \u{202e}";
    let mut data = small_county();
    for line in &mut data.lines {
        line.name = LocalizedName { fi: hostile.to_owned(), sv: hostile.to_owned(), en: hostile.to_owned() };
        line.group_name = Some(line.name.clone());
    }
    data.time_zone = hostile.to_owned();
    data.volume_goals = vec![VolumeGoal {
        subject: VolumeGoalSubject::Line(data.lines[3].id.clone()),
        steps: vec![VolumeGoalStep { since: None, contacts: Some(10) }],
    }];
    for by in BY {
        let page = page(&data, request(by, Language::En));
        assert!(page.contains("&lt;script&gt;"), "the name is shown");
        assert!(!page.contains("<script") && !page.contains("' onload") && !page.contains("\"1\""));
        assert_balanced(&page);
    }
}

/// The texts of a page, with those of charts.
fn texts(page: &str) -> Vec<String> {
    let body = page.split_once("</style>").expect("a page has a style").1;
    body.split('<').filter_map(|part| Some(part.split_once('>')?.1.trim().to_owned())).collect()
}

#[test]
fn a_public_page_draws_no_bar_for_a_hidden_cell() {
    for by in BY {
        let request = ReportRequest { public: true, ..request(by, Language::En) };
        let report = Report::of(&small_county(), request).expect("a report");
        let page = report.render(ReportFormat::Html);
        let cells = |table: &ensilinja_report::ReportTable| -> Vec<(bool, CellValue)> {
            let drawn = |columns: &[usize], is_drawn: fn(bool, CellValue) -> bool| -> Vec<CellValue> {
                let of = |row: &ReportRow| -> Vec<CellValue> {
                    let values = columns.iter().map(|column| row.cells[*column].value);
                    values.filter(|value| is_drawn(row.is_total, *value)).collect()
                };
                table.rows.iter().flat_map(of).collect()
            };
            let of = |chart: &TableChart| match chart {
                TableChart::OfRows { columns, .. } => drawn(columns, |_, _| true),
                TableChart::OfSubjects { columns } => {
                    drawn(columns, |is_total, value| !(is_total && matches!(value, CellValue::Count(_))))
                }
                TableChart::OfPeriods { columns, .. } => drawn(columns, |is_total, _| !is_total),
                TableChart::OfOutcomes { .. } => Vec::new(),
            };
            let values = table.charts.iter().flat_map(of);
            values.filter(|it| *it != CellValue::NotApplicable).map(|it| (it.state() == "known", it)).collect()
        };
        let cells: Vec<(bool, CellValue)> = report.tables.iter().flat_map(cells).collect();
        let known = cells.iter().filter(|(is_known, _)| *is_known).count();
        let hidden = cells.iter().filter(|(_, value)| value.state() == "hidden").count();
        let bars = page.matches("<rect class=\"bar").count();
        assert_eq!(bars, known, "{by:?}: one bar for each value");
        let words = texts(&page).into_iter().filter(|text| text == "hidden").count();
        assert!(words >= hidden && hidden > 0, "{by:?}: a word for each of {hidden} hidden values, {words} found");
    }
}

/// No count of a hidden cell is a number on the page.
#[test]
fn a_public_page_has_no_number_that_it_hides() {
    for by in BY {
        let request = ReportRequest { public: true, ..request(by, Language::Sv) };
        let report = Report::of(&small_county(), request).expect("a report");
        let full = Report::of(&small_county(), ReportRequest { public: false, ..request }).expect("a report");
        let hidden = report.tables.iter().zip(&full.tables).flat_map(|(public, full)| {
            let cells = |table: &ensilinja_report::ReportTable| {
                table.rows.iter().flat_map(|row| row.cells.clone()).collect::<Vec<_>>()
            };
            cells(public)
                .into_iter()
                .zip(cells(full))
                .filter(|(shown, _)| matches!(shown.value, CellValue::Hidden { n: None }))
        });
        let small: Vec<i64> = hidden
            .filter_map(|(_, full)| match full.value {
                CellValue::Count(count) if (1..5).contains(&count) => Some(count),
                CellValue::Share { n, .. } | CellValue::Score { n, .. } if (1..5).contains(&n) => Some(n),
                _ => None,
            })
            .collect();
        let page = report.render(ReportFormat::Html);
        let numbers: Vec<String> = texts(&page);
        for count in small {
            let n = format!("({count})");
            assert!(!numbers.iter().any(|text| text.contains(&n)), "{by:?}: {count}");
            let below_a_bar =
                |text: &str| text.split_once('>').is_some_and(|(_, rest)| rest.starts_with(&format!("{count}<")));
            assert!(!page.split("<text class=\"n\"").skip(1).any(below_a_bar), "{by:?}: {count} below a bar");
        }
        assert_eq!(page, report.render(ReportFormat::Html), "the same report is the same page");
    }
}

#[test]
fn every_percentage_and_mean_of_a_chart_has_its_n() {
    let page = page(&small_county(), request(Breakdown::Line, Language::En));
    let labels: Vec<&str> = page.split("<text class=\"label\"").skip(1).collect();
    assert!(labels.len() > 20);
    for label in labels {
        let text = label.split_once('>').and_then(|(_, rest)| rest.split_once('<')).expect("a text").0;
        let has_unit = text.contains('%') || text.contains("min");
        assert!(!has_unit || text.contains('('), "{text}");
    }
}

#[test]
fn contacts_are_compared_with_the_goal_of_whole_months_only() {
    let goal = |subject, steps: &[(_, _)]| VolumeGoal {
        subject,
        steps: steps.iter().map(|(since, contacts)| VolumeGoalStep { since: *since, contacts: *contacts }).collect(),
    };
    let mut data = small_county();
    // The chat has 25 contacts in January and 37 in February.
    data.volume_goals =
        vec![goal(VolumeGoalSubject::Channel(Channel::Chat), &[(None, Some(20)), (Some((2025, 2)), Some(40))])];
    let values = |data: &ReportData, by: Breakdown| -> Vec<CellValue> {
        let report = Report::of(data, request(by, Language::En)).expect("a report");
        let table = report.tables.last().expect("a table");
        assert!(table.title.starts_with("Number of contacts and goal"), "{}", table.title);
        table.rows.iter().flat_map(|row| row.cells.iter().map(|cell| cell.value)).collect()
    };
    let of = |arrived, goal| [CellValue::Count(arrived), CellValue::Goal(goal), CellValue::OfGoal { arrived, goal }];
    assert_eq!(values(&data, Breakdown::Month), [of(25, 20), of(37, 40), of(62, 60)].concat());
    assert_eq!(values(&data, Breakdown::Line), of(62, 60));
    // A report that begins on 15 January has a part of that month.
    let mut partial = data.clone();
    partial.periods[0].start.day = 15;
    let part = |arrived, goal| [CellValue::Count(arrived), CellValue::Goal(goal), CellValue::NotComparable];
    assert_eq!(values(&partial, Breakdown::Month), [part(25, 20), of(37, 40), part(62, 60)].concat());
    // So has one of a month that is not over.
    let mut early = data.clone();
    early.as_of = early.periods[1].end.previous_day();
    assert_eq!(values(&early, Breakdown::Month), [of(25, 20), part(37, 40), part(62, 60)].concat());
    // A month without a goal has none, and a period with such a month is not compared.
    data.volume_goals =
        vec![goal(VolumeGoalSubject::Channel(Channel::Chat), &[(None, Some(20)), (Some((2025, 2)), None)])];
    let none = [CellValue::Count(37), CellValue::NotApplicable, CellValue::NotApplicable];
    let mixed = [CellValue::Count(62), CellValue::NotComparable, CellValue::NotComparable];
    assert_eq!(values(&data, Breakdown::Month), [of(25, 20), none, mixed].concat());
    let days = Report::of(&data, request(Breakdown::Day, Language::En)).expect("a report");
    assert!(days.tables.iter().all(|table| !table.title.starts_with("Number of contacts")));
}

#[test]
fn a_group_is_called_by_its_name_in_tables_for_people() {
    let mut data = small_county();
    for line in &mut data.lines[..2] {
        line.group_name =
            Some(LocalizedName { fi: "Terveysasemat".into(), sv: "Hälsostationer".into(), en: "Stations".into() });
    }
    for (language, name) in
        [(Language::Fi, "Terveysasemat"), (Language::Sv, "Hälsostationer"), (Language::En, "Stations")]
    {
        let report = Report::of(&data, request(Breakdown::Group, language)).expect("a report");
        for format in [ReportFormat::Table { width: 200 }, ReportFormat::Markdown, ReportFormat::Html] {
            let text = report.render(format);
            assert!(text.contains(name) && !text.contains("pth"), "{format:?}");
        }
        assert!(report.render(ReportFormat::Csv).contains(",pth,"), "machine formats keep the id");
    }
}

#[test]
fn figures_on_request_are_shown_only_then() {
    let names = ["Orphaned", "Arrival inferred", "Offered outside opening hours"];
    let ids = ["orphaned", "inferred", "outside_hours"];
    let usual = request(Breakdown::Line, Language::En);
    let mut with = usual;
    with.also.orphaned = true;
    with.also.inferred = true;
    with.also.outside_hours = true;
    for (request, is_shown) in [(usual, false), (with, true)] {
        let report = Report::of(&small_county(), request).expect("a report");
        let (text, csv) = (report.render(ReportFormat::Markdown), report.render(ReportFormat::Csv));
        assert_eq!(names.map(|name| text.contains(&format!("| {name} |"))), [is_shown; 3]);
        assert_eq!(ids.map(|id| csv.contains(&format!(",{id},"))), [is_shown; 3]);
    }
}
