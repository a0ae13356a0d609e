//! The outcomes of each line as one bar with four parts, told apart by pattern as well as by shade.
//!
//! Parts stand side by side, so each tells where the next begins. If one is hidden, the row has a word and no bar.

use super::bars::{panel, rectangle, shortened, text};
use super::markup::{element, pixels, push};
use super::words;
use crate::cell_value::CellValue;
use crate::language::Language;
use crate::number;
use crate::report_table::ReportTable;

const ROW: f64 = 27.0;
const LENGTH: f64 = 355.0;
const CLASSES: [&str; 4] = ["m1", "m2", "m3", "m4"];

/// The patterns, once a page.
pub(super) const PATTERNS: &str = "<svg class=\"patterns\" aria-hidden=\"true\" width=\"0\" height=\"0\"><defs>\
<pattern id=\"p2\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">\
<rect width=\"5\" height=\"5\" fill=\"#cfe3e6\"/><rect width=\"2\" height=\"5\" fill=\"#0b5563\"/></pattern>\
<pattern id=\"p3\" width=\"5\" height=\"5\" patternUnits=\"userSpaceOnUse\">\
<rect width=\"5\" height=\"5\" fill=\"#fff\"/><circle cx=\"2.5\" cy=\"2.5\" r=\"1.3\" fill=\"#7a3b00\"/></pattern>\
</defs></svg>\n";

/// A panel with a bar for each row of a table, and the key of its parts.
pub(super) fn mix(table: &ReportTable, parts: [usize; 3], resolved: usize, language: Language) -> String {
    let mut drawing = String::new();
    for (place, row) in (0_u32..).zip(&table.rows) {
        let top = f64::from(place) * ROW;
        let class = if row.is_total { "name strong" } else { "name" };
        let values = parts.map(|part| row.cells[part].value);
        let resolved = row.cells[resolved].value;
        let name = match resolved.n().filter(|_| counts(&values, &resolved).is_some()) {
            Some(n) => format!("{} (n {})", shortened(&row.label), number::count(n, language)),
            None => shortened(&row.label),
        };
        drawing += &text(class, 0.0, top + 10.0, &name);
        if let Some(counts) = counts(&values, &resolved) {
            drawing += &bar(counts, top);
        } else {
            let absent = values.iter().chain([&resolved]).find(|value| !matches!(value, CellValue::Share { .. }));
            let word = absent.map(|value| words::in_place_of_a_bar(value, language)).unwrap_or_default();
            drawing += &text("label", 4.0, top + 22.0, &word);
        }
    }
    let rows = f64::from(u32::try_from(table.rows.len()).unwrap_or(u32::MAX));
    let names = parts.map(|part| table.columns[part].trim_end_matches(" (n)").trim_end_matches('%').trim().to_owned());
    let names = names.into_iter().chain([words::other_outcome(language).to_owned()]);
    let key = CLASSES.iter().zip(names).map(|(class, name)| {
        let swatch = rectangle(class, (0.5, 0.5), (15.0, 11.0));
        format!(
            "<li><svg viewBox=\"0 0 16 12\" width=\"16\" height=\"12\" aria-hidden=\"true\">{swatch}</svg>{}</li>",
            element("span", "", &name)
        )
    });
    let key: String = key.collect();
    let title = format!("{}, %", words::outcomes(language));
    format!("<div class=\"mix\"><ul class=\"key\">{key}</ul>{}</div>\n", panel(&title, 0.0, rows * ROW, &drawing))
}

/// The four counts and their sum, if all are shown.
fn counts(parts: &[CellValue; 3], resolved: &CellValue) -> Option<([i64; 4], i64)> {
    let CellValue::Share { good: resolved, n } = resolved else { return None };
    let mut counts = [0, 0, 0, n - resolved];
    for (count, part) in counts.iter_mut().zip(parts) {
        let CellValue::Share { good, .. } = part else { return None };
        *count = *good;
    }
    Some((counts, *n))
}

#[expect(clippy::cast_precision_loss, reason = "counts of contacts fit 53 bits")]
fn bar((counts, n): ([i64; 4], i64), top: f64) -> String {
    let mut drawing = String::new();
    let mut before = 0;
    for (count, class) in counts.iter().zip(CLASSES) {
        let at = |count: i64| LENGTH * count as f64 / n as f64;
        if *count > 0 {
            drawing += &rectangle(class, (at(before), top + 13.0), (at(*count), 11.0));
        }
        let percent = 100.0 * *count as f64 / n as f64;
        if percent >= 9.0 {
            // A white plate under the number keeps it legible on a pattern.
            let middle = at(before) + at(*count) / 2.0;
            drawing += &rectangle("plate", (middle - 11.0, top + 14.5), (22.0, 8.0));
            push(
                &mut drawing,
                format_args!(
                    "<text class=\"inside\" x=\"{}\" y=\"{}\">{percent:.0}</text>",
                    pixels(middle),
                    pixels(top + 21.5)
                ),
            );
        }
        before += count;
    }
    drawing
}
