//! Markdown: each table with its title and note, and the legend at the end.

use crate::number;
use crate::report::Report;
use crate::report_table::{ReportRow, ReportTable};

/// Writes the tables of a report.
pub(crate) fn write(report: &Report) -> String {
    let mut text = String::new();
    for table in &report.tables {
        write_table(&mut text, table, &|row| cells(row, report));
    }
    for line in &report.legend {
        text.extend(["- ", &escaped(line), "\n"]);
    }
    text
}

fn write_table(text: &mut String, table: &ReportTable, cells: &dyn Fn(&ReportRow) -> Vec<String>) {
    text.extend(["## ", &escaped(&table.title), "\n\n"]);
    let headings: Vec<String> = table.columns.iter().map(|heading| escaped(heading)).collect();
    text.push_str(&line(&escaped(&table.row_header), &headings));
    text.extend(["|---|", &"--:|".repeat(table.columns.len()), "\n"]);
    for row in &table.rows {
        let bold = |cell: String| if row.is_total && !cell.is_empty() { format!("**{cell}**") } else { cell };
        let cells: Vec<String> = cells(row).into_iter().map(bold).collect();
        text.push_str(&line(&bold(escaped(&row.label)), &cells));
    }
    text.extend(["\n", &escaped(&table.note), "\n\n"]);
}

fn cells(row: &ReportRow, report: &Report) -> Vec<String> {
    let cell =
        |cell: &crate::report_table::ReportCell| number::value(&cell.value, cell.marked, report.request.language);
    row.cells.iter().map(|it| escaped(&cell(it))).collect()
}

fn line(label: &str, cells: &[String]) -> String {
    format!("| {label} | {} |\n", cells.join(" | "))
}

/// Text with the special characters of Markdown and HTML escaped.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '~' => escaped.extend(['\\', letter]),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '\r' | '\n' => escaped.push(' '),
            letter => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_can_neither_end_a_cell_nor_become_a_link() {
        assert_eq!(escaped("a|b"), "a\\|b");
        assert_eq!(escaped("[x](y) *z* <b>\n&"), "\\[x\\](y) \\*z\\* &lt;b&gt; &amp;");
    }
}
