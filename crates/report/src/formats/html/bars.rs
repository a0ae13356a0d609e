//! Panels with bars: upright ones over time, and lying ones by line.
//!
//! Every bar is a cell of the table. A cell without a value is a gap with a word, never a bar of no height.

use super::markup::{element, escaped, pixels, push};
use super::words;
use crate::chart::{ChartRange, magnitude};
use crate::language::Language;
use crate::number;
use crate::report_table::ReportCell;

/// A bar.
pub(super) struct Bar<'a> {
    /// The short name of the period, or the name of the subject.
    pub name: &'a str,
    pub cell: &'a ReportCell,
    /// The goal, as a value of the same kind.
    pub goal: Option<&'a ReportCell>,
    /// Whether it is a total.
    pub is_total: bool,
}

/// The width of a panel, in the units of its drawing.
const WIDTH: f64 = 360.0;
/// The height of the bars of an upright panel.
const UPRIGHT: f64 = 96.0;
/// Space above the bars for the largest value.
const ABOVE: f64 = 14.0;
/// The height of a line of text.
const LINE: f64 = 12.0;
/// The height of a lying bar with its name.
const ROW: f64 = 27.0;
/// The width of the lying bars; values stand beside them.
const LYING: f64 = 215.0;

/// A panel with upright bars, one for each period.
pub(super) fn upright(title: &str, bars: &[Bar<'_>], range: ChartRange, language: Language) -> String {
    let has_n = bars.iter().any(|bar| bar.cell.value.n().is_some());
    let base = ABOVE + UPRIGHT;
    let height = base + LINE * if has_n { 2.4 } else { 1.3 };
    let zero = base - UPRIGHT * range.position(0.0);
    let slot = WIDTH / f64::from(u32::try_from(bars.len()).unwrap_or(u32::MAX).max(1));
    let mut drawing = String::new();
    for (place, bar) in (0_u32..).zip(bars) {
        let middle = (f64::from(place) + 0.5) * slot;
        drawing += &upright_bar(bar, middle, slot, (base, zero), range, language);
        drawing += &text("tick", middle, base + LINE, bar.name);
        if let Some(n) = bar.cell.value.n().filter(|_| has_n) {
            let n = number::count(n, language);
            drawing += &text("n", middle, base + 2.0 * LINE, &if place == 0 { format!("n {n}") } else { n });
        }
    }
    push(&mut drawing, format_args!("<path class=\"axis\" d=\"M0 {0}H{1}\"/>", pixels(zero), pixels(WIDTH)));
    panel(title, height, &drawing)
}

fn upright_bar(
    bar: &Bar<'_>,
    middle: f64,
    slot: f64,
    (base, zero): (f64, f64),
    range: ChartRange,
    language: Language,
) -> String {
    let mut drawing = String::new();
    if let Some(value) = magnitude(&bar.cell.value) {
        let top = base - UPRIGHT * range.position(value);
        let (from, to) = if top < zero { (top, zero) } else { (zero, top) };
        let class = if bar.is_total { "bar total" } else { "bar" };
        drawing += &rectangle(class, (middle - slot * 0.36, from), (slot * 0.72, to - from));
        drawing += &text("value", middle, from - 3.0, &number::label(&bar.cell.value, language));
    } else {
        let word = words::in_place_of_a_bar(&bar.cell.value, language);
        push(
            &mut drawing,
            format_args!(
                "<text class=\"gap\" transform=\"translate({},{})rotate(-90)\">{}</text>",
                pixels(middle + 3.0),
                pixels(base - 4.0),
                escaped(&word)
            ),
        );
    }
    if let Some(goal) = bar.goal.and_then(|goal| magnitude(&goal.value)) {
        let height = base - UPRIGHT * range.position(goal);
        push(
            &mut drawing,
            format_args!(
                "<path class=\"goal\" d=\"M{} {}h{}\"/>",
                pixels(middle - slot * 0.5),
                pixels(height),
                pixels(slot)
            ),
        );
    }
    drawing
}

/// A panel with lying bars, one for each subject.
pub(super) fn lying(title: &str, bars: &[Bar<'_>], range: ChartRange, language: Language) -> String {
    let zero = LYING * range.position(0.0);
    let mut drawing = String::new();
    for (place, bar) in (0_u32..).zip(bars) {
        let top = f64::from(place) * ROW;
        let class = if bar.is_total { "name strong" } else { "name" };
        drawing += &text(class, 0.0, top + 10.0, &shortened(bar.name));
        let text_at = match magnitude(&bar.cell.value) {
            Some(value) => {
                let end = LYING * range.position(value);
                let (from, to) = if end < zero { (end, zero) } else { (zero, end) };
                let class = if bar.is_total { "bar total" } else { "bar" };
                drawing += &rectangle(class, (from, top + 13.0), (to - from, 10.0));
                to
            }
            None => zero,
        };
        let label = match magnitude(&bar.cell.value) {
            Some(_) => number::value(&bar.cell.value, bar.cell.marked, language),
            None => words::in_place_of_a_bar(&bar.cell.value, language),
        };
        drawing += &text("label", text_at + 4.0, top + 22.0, &label);
    }
    let height = f64::from(u32::try_from(bars.len()).unwrap_or(u32::MAX)) * ROW;
    push(&mut drawing, format_args!("<path class=\"axis\" d=\"M{} 0V{}\"/>", pixels(zero), pixels(height)));
    panel(title, height, &drawing)
}

/// A drawing under its title.
pub(super) fn panel(title: &str, height: f64, drawing: &str) -> String {
    format!(
        "<figure class=\"panel\">{}<svg viewBox=\"-2 0 {} {}\" aria-hidden=\"true\" focusable=\"false\">{drawing}</svg></figure>\n",
        element("figcaption", "", title),
        pixels(WIDTH + 4.0),
        pixels(height + 2.0),
    )
}

pub(super) fn rectangle(class: &str, (x, y): (f64, f64), (width, height): (f64, f64)) -> String {
    let [x, y, width, height] = [x, y, width, height].map(pixels);
    format!("<rect class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\"/>")
}

pub(super) fn text(class: &str, x: f64, y: f64, text: &str) -> String {
    element("text", &format!(" class=\"{class}\" x=\"{}\" y=\"{}\"", pixels(x), pixels(y)), text)
}

/// A name that fits the panel. The table has it whole.
pub(super) fn shortened(name: &str) -> String {
    const CHARACTERS: usize = 70;
    if name.chars().count() <= CHARACTERS {
        return name.to_owned();
    }
    name.chars().take(CHARACTERS - 1).chain(['…']).collect()
}
