//! A page for a browser and for paper: the tables of a report, and charts of them.
//!
//! The page is one file. It has no scripts, and its security policy forbids every request. Everything that it draws is
//! a cell of a table that follows: see [`TableChart`].

mod bars;
mod data_table;
mod label_unit;
mod markup;
mod outcomes;
mod words;

use crate::chart::{ChartRange, TableChart};
use crate::language::Language;
use crate::report::Report;
use crate::report_table::{ReportRow, ReportTable};
use crate::wording;
use bars::Bar;
use markup::{element, escaped, push};

/// The style of the page, on a screen and on paper.
const STYLE: &str = include_str!("html/page.css");

/// With more bars, panels are wider and their letters smaller.
const MOST_WIDE_BARS: usize = 9;

/// Writes the page of a report.
pub(crate) fn write(report: &Report) -> String {
    let language = report.request.language;
    let period = wording::period(&report.context.period, language);
    let title = format!("{}, {} {period}", words::heading(language), wording::by(report.request.by, language));
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n{}\n<style>\n{}</style>\n</head>\n<body>\n",
        language.as_str(),
        element("title", "", &title),
        STYLE,
    );
    page += outcomes::PATTERNS;
    push(
        &mut page,
        format_args!(
            "<header>\n{}\n{}\n",
            element("h1", "", words::heading(language)),
            element("p", " class=\"period\"", &format!("{period}, {}", wording::by(report.request.by, language)))
        ),
    );
    if report.request.public {
        page += &element("p", " class=\"public\"", words::public(language));
    }
    page += &contents(report, language);
    page += "</header>\n<main>\n";
    for (number, table) in (1..).zip(&report.tables) {
        page += &section(number, table, language);
    }
    push(&mut page, format_args!("<section id=\"legend\">\n{}\n", element("h2", "", words::reading(language))));
    for line in &report.legend {
        push(&mut page, format_args!("{}\n", element("p", "", line)));
    }
    page += "</section>\n</main>\n</body>\n</html>\n";
    page
}

fn contents(report: &Report, language: Language) -> String {
    let item = |(number, table): (usize, &ReportTable)| {
        format!("<li><a href=\"#t{number}\">{}</a></li>", escaped(&table.title))
    };
    let items: String = (1..).zip(&report.tables).map(item).collect();
    let items = format!("{items}<li><a href=\"#legend\">{}</a></li>", words::reading(language));
    format!("<nav aria-label=\"{}\"><ol>{items}</ol></nav>\n", words::contents(language))
}

/// A table after its charts.
fn section(number: usize, table: &ReportTable, language: Language) -> String {
    let mut text = format!("<section id=\"t{number}\">\n{}\n", element("h2", "", &table.title));
    if !table.charts.is_empty() {
        push(&mut text, format_args!("{}\n", element("p", " class=\"aside\"", &remarks(table, language))));
    }
    for chart in &table.charts {
        text += &draw(chart, table, language);
    }
    text += &data_table::write(number, table, language);
    push(&mut text, format_args!("{}\n</section>\n", element("p", " class=\"note\"", &table.note)));
    text
}

/// How to read the charts of a table. It stands before them, so that it is never left alone on a sheet after them.
fn remarks(table: &ReportTable, language: Language) -> String {
    let any = |holds: &dyn Fn(&TableChart) -> bool| table.charts.iter().any(holds);
    let remarks = [
        (true, words::same_as_the_table(language)),
        (any(&|chart| chart.has_goal()), words::goal(language)),
        (any(&|chart| table.has_scales(chart)), words::own_scale(language)),
        (any(&|chart| chart.ticks().iter().any(|tick| tick.ends_with('*'))), words::incomplete(language)),
    ];
    let remarks: Vec<&str> = remarks.into_iter().filter(|(is_needed, _)| *is_needed).map(|(_, text)| text).collect();
    remarks.join(" ")
}

fn draw(chart: &TableChart, table: &ReportTable, language: Language) -> String {
    let panels = match chart {
        TableChart::OfRows { columns, ticks, goal } => of_rows(table, columns, ticks, *goal, language),
        TableChart::OfPeriods { columns, ticks, goal } => of_periods(table, columns, ticks, *goal, language),
        TableChart::OfSubjects { columns } => of_subjects(table, columns, language),
        TableChart::OfOutcomes { parts, resolved } => return outcomes::mix(table, *parts, *resolved, language),
    };
    let dense = if chart.ticks().len() > MOST_WIDE_BARS { " dense" } else { "" };
    format!("<div class=\"panels{dense}\">\n{panels}</div>\n")
}

fn of_rows(
    table: &ReportTable,
    columns: &[usize],
    ticks: &[String],
    goal: Option<usize>,
    language: Language,
) -> String {
    let panel = |row: &ReportRow| {
        let bar = |(column, name): (&usize, &'_ String)| (*column, name.clone());
        let places: Vec<(usize, String)> = columns.iter().zip(ticks).map(bar).collect();
        let goal = goal.map(|column| &row.cells[column]);
        let bars: Vec<Bar<'_>> = places
            .iter()
            .map(|(column, name)| Bar { name, cell: &row.cells[*column], goal, is_total: false })
            .collect();
        bars::upright(&row.label, &bars, range(&bars), language)
    };
    table.rows.iter().filter(|row| row.applies(columns)).map(panel).collect()
}

fn of_periods(
    table: &ReportTable,
    columns: &[usize],
    ticks: &[String],
    goal: Option<usize>,
    language: Language,
) -> String {
    let panel = |column: &usize| {
        let rows = table.rows.iter().filter(|row| !row.is_total).zip(ticks);
        let bar = |(row, name): (&'_ ReportRow, &'_ String)| (row.clone(), name.clone());
        let rows: Vec<(ReportRow, String)> = rows.map(bar).collect();
        let bars: Vec<Bar<'_>> = rows
            .iter()
            .map(|(row, name)| {
                let goal = goal.map(|goal| &row.cells[goal]);
                Bar { name, cell: &row.cells[*column], goal, is_total: false }
            })
            .collect();
        bars::upright(&table.columns[*column], &bars, range(&bars), language)
    };
    columns.iter().map(panel).collect()
}

fn of_subjects(table: &ReportTable, columns: &[usize], language: Language) -> String {
    let panel = |column: &usize| {
        let bars: Vec<Bar<'_>> = table
            .rows
            .iter()
            .map(|row| Bar { name: &row.label, cell: &row.cells[*column], goal: None, is_total: row.is_total })
            .collect();
        bars::lying(&table.columns[*column], &bars, range(&bars), language)
    };
    columns.iter().map(panel).collect()
}

/// The scale of a panel: its values and goals.
fn range(bars: &[Bar<'_>]) -> ChartRange {
    ChartRange::of(bars.iter().flat_map(Bar::scaled))
}
