//! The table of a section. One that is too wide for a screen or a sheet of paper becomes several, each with the names
//! of the rows.

use std::ops::Range;

use super::markup::{element, escaped};
use crate::language::Language;
use crate::number;
use crate::report_table::{ReportCell, ReportRow, ReportTable};

/// The characters that fit beside each other, in the widest of the usual typefaces, on A4 in portrait in letters that
/// can be read.
const FITTING: usize = 110;

/// Space beside each column, in characters.
const BESIDE: usize = 2;

/// The longest name of a row that is kept on one line.
const LONGEST_UNBROKEN: usize = 18;

/// With more columns, n stands below its value.
const MOST_WITH_N_BESIDE: usize = 7;

/// The table, as one or several.
pub(super) fn write(number: usize, table: &ReportTable, language: Language) -> String {
    let parts = parts(table, language);
    let part = |(place, columns): (usize, &Range<usize>)| {
        let (id, title) = match parts.len() {
            1 => (format!("c{number}"), table.title.clone()),
            all => (format!("c{number}-{place}"), format!("{} ({place}/{all})", table.title)),
        };
        one(&id, &title, table, columns, language)
    };
    (1..).zip(&parts).map(part).collect()
}

fn one(id: &str, title: &str, table: &ReportTable, columns: &Range<usize>, language: Language) -> String {
    let headings: String =
        table.columns[columns.clone()].iter().map(|it| element("th", " scope=\"col\"", it)).collect();
    let row = |row: &ReportRow| {
        let cells: String = row.cells[columns.clone()].iter().map(|cell| data_cell(cell, language)).collect();
        let class = if row.is_total { " class=\"total\"" } else { "" };
        format!("<tr{class}>{}{cells}</tr>\n", element("th", " scope=\"row\"", &row.label))
    };
    let rows: String = table.rows.iter().map(row).collect();
    let stacked = (columns.len() > MOST_WITH_N_BESIDE).then_some("stacked");
    let unbroken = (longest(table.rows.iter().map(|row| row.label.as_str())) <= LONGEST_UNBROKEN).then_some("unbroken");
    let classes: Vec<&str> = stacked.into_iter().chain(unbroken).collect();
    let class = if classes.is_empty() { String::new() } else { format!(" class=\"{}\"", classes.join(" ")) };
    format!(
        "<div class=\"scroll\" role=\"region\" aria-labelledby=\"{id}\" tabindex=\"0\">\n<table{class}>\n{}\n\
         <thead><tr>{}{headings}</tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n</div>\n",
        element("caption", &format!(" id=\"{id}\""), title),
        element("th", " scope=\"col\"", &table.row_header),
    )
}

fn data_cell(cell: &ReportCell, language: Language) -> String {
    let text = number::value(&cell.value, cell.marked, language);
    // The value may break before its n, and nowhere else.
    match text.split_once("\u{a0}(") {
        Some((value, n)) => format!("<td>{} <small>({}</small></td>", escaped(value), escaped(n)),
        None => element("td", "", &text),
    }
}

/// The columns of each part: as few parts as fit, with about equally many columns.
fn parts(table: &ReportTable, language: Language) -> Vec<Range<usize>> {
    let names = longest(table.rows.iter().map(|row| row.label.as_str())).min(LONGEST_UNBROKEN);
    let widths: Vec<usize> = (0..table.columns.len()).map(|column| width(table, column, language)).collect();
    let fits = |part: &Range<usize>| widths[part.clone()].iter().sum::<usize>() + names + BESIDE <= FITTING;
    let in_parts = |number: usize| -> Vec<Range<usize>> {
        let columns = widths.len().div_ceil(number).max(1);
        let starts = (0..widths.len()).step_by(columns);
        starts.map(|start| start..(start + columns).min(widths.len())).collect()
    };
    // A table with names so long that no column fits stays whole, and scrolls.
    let number = (1..widths.len()).find(|number| in_parts(*number).iter().all(fits)).unwrap_or(1);
    in_parts(number)
}

/// The width of a column in characters. Headings break between words, and cells before their n.
fn width(table: &ReportTable, column: usize, language: Language) -> usize {
    let heading = longest(table.columns[column].split(' '));
    let cells = table.rows.iter().map(|row| number::value(&row.cells[column].value, false, language));
    cells.map(|cell| longest(cell.split("\u{a0}("))).fold(heading, usize::max) + BESIDE
}

fn longest<'a>(texts: impl Iterator<Item = &'a str>) -> usize {
    texts.map(|text| text.chars().count()).max().unwrap_or(0)
}
