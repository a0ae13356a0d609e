//! Panels with bars: upright ones over time, and lying ones by line.
//!
//! Every bar is a cell of the table. A cell without a value is a gap with a word, never a bar of no height.

use super::label_unit::LabelUnit;
use super::markup::{element, escaped, pixels, push};
use super::words;
use crate::cell_value::CellValue;
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

impl Bar<'_> {
    /// The length of the bar; `None` if there is nothing to draw. The total of counts is a number without a bar: beside
    /// it the bars of its parts would be too short to be compared.
    fn length(&self) -> Option<f64> {
        let is_sum = self.is_total && matches!(self.cell.value, CellValue::Count(_));
        magnitude(&self.cell.value).filter(|_| !is_sum)
    }

    /// The values that the scale of its panel has to reach.
    pub fn scaled(&self) -> impl Iterator<Item = &CellValue> {
        let own = self.length().map(|_| self.cell);
        own.into_iter().chain(self.goal).map(|cell| &cell.value)
    }
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
const LYING: f64 = 200.0;
/// Space at the left of upright bars for the name of their n.
const LEFT: f64 = 10.0;

/// A panel with upright bars, one for each period.
pub(super) fn upright(title: &str, bars: &[Bar<'_>], range: ChartRange, language: Language) -> String {
    let has_n = bars.iter().any(|bar| bar.cell.value.n().is_some());
    let unit = LabelUnit::of(bars.iter().map(|bar| &bar.cell.value));
    let base = ABOVE + UPRIGHT;
    let height = base + LINE * if has_n { 2.4 } else { 1.3 };
    let zero = base - UPRIGHT * range.position(0.0);
    let slot = WIDTH / f64::from(u32::try_from(bars.len()).unwrap_or(u32::MAX).max(1));
    let mut drawing = String::new();
    if has_n {
        drawing += &text("n-name", -LEFT, base + 2.0 * LINE, "n");
    }
    for (place, bar) in (0_u32..).zip(bars) {
        let slot = Slot { middle: (f64::from(place) + 0.5) * slot, width: slot, base, zero };
        drawing += &upright_bar(bar, slot, range, unit, language);
        drawing += &text("tick", slot.middle, base + LINE, bar.name);
        if let Some(n) = bar.cell.value.n().filter(|_| has_n) {
            drawing += &text("n", slot.middle, base + 2.0 * LINE, &number::count(n, language));
        }
    }
    push(&mut drawing, format_args!("<path class=\"axis\" d=\"M0 {0}H{1}\"/>", pixels(zero), pixels(WIDTH)));
    panel(&unit.title(title, language), LEFT, height, &drawing)
}

/// Where an upright bar stands.
#[derive(Clone, Copy)]
struct Slot {
    middle: f64,
    width: f64,
    /// The lower end of the scale.
    base: f64,
    /// The height of zero.
    zero: f64,
}

fn upright_bar(bar: &Bar<'_>, slot: Slot, range: ChartRange, unit: LabelUnit, language: Language) -> String {
    let Slot { middle, width, base, zero } = slot;
    let height = |value: f64| base - UPRIGHT * range.position(value);
    let goal = bar.goal.and_then(|goal| magnitude(&goal.value)).map(height);
    let mut drawing = String::new();
    if let Some(value) = magnitude(&bar.cell.value) {
        let top = height(value);
        let (from, to) = if top < zero { (top, zero) } else { (zero, top) };
        let class = if bar.is_total { "bar total" } else { "bar" };
        drawing += &rectangle(class, (middle - width * 0.36, from), (width * 0.72, to - from));
        let (class, at) = label_place((from, to), goal);
        drawing += &text(class, middle, at, &unit.label(&bar.cell.value, language));
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
    if let Some(goal) = goal {
        let line = format!("M{} {}h{}", pixels(middle - width * 0.5), pixels(goal), pixels(width));
        // A white edge keeps the line visible within a bar, also in grey.
        for class in ["edge", "goal"] {
            push(&mut drawing, format_args!("<path class=\"{class}\" d=\"{line}\"/>"));
        }
    }
    drawing
}

/// The style and the height of a label, so that the line of the goal does not cross it: above the bar, else within it,
/// else above the line.
fn label_place((from, to): (f64, f64), goal: Option<f64>) -> (&'static str, f64) {
    const LETTERS: f64 = 8.0;
    let is_crossed = |at: f64| goal.is_some_and(|goal| goal > at - LETTERS - 2.0 && goal < at + 4.0);
    let (above, within) = (from - 3.0, from + LETTERS + 2.0);
    match goal {
        Some(_) if is_crossed(above) && !is_crossed(within) && to - from > LETTERS + 4.0 => ("value within", within),
        Some(goal) if is_crossed(above) => ("value", goal - 4.0),
        _ => ("value", above),
    }
}

/// A panel with lying bars, one for each subject.
pub(super) fn lying(title: &str, bars: &[Bar<'_>], range: ChartRange, language: Language) -> String {
    let zero = LYING * range.position(0.0);
    let mut drawing = String::new();
    for (place, bar) in (0_u32..).zip(bars) {
        let top = f64::from(place) * ROW;
        let class = if bar.is_total { "name strong" } else { "name" };
        drawing += &text(class, 0.0, top + 10.0, &shortened(bar.name));
        let text_at = match bar.length() {
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
    panel(title, 0.0, height, &drawing)
}

/// A drawing under its title, with space at its left.
pub(super) fn panel(title: &str, left: f64, height: f64, drawing: &str) -> String {
    format!(
        "<figure class=\"panel\">{}<svg viewBox=\"{} 0 {} {}\" aria-hidden=\"true\" focusable=\"false\">{drawing}</svg></figure>\n",
        element("figcaption", "", title),
        pixels(-left - 2.0),
        pixels(WIDTH + left + 4.0),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_of_the_goal_crosses_no_label() {
        let of = |from, goal| label_place((from, 110.0), goal);
        assert_eq!(of(50.0, None), ("value", 47.0));
        assert_eq!(of(50.0, Some(20.0)), ("value", 47.0), "far above");
        assert_eq!(of(50.0, Some(44.0)), ("value within", 60.0), "through the label");
        assert_eq!(of(50.0, Some(54.0)), ("value", 47.0), "within the bar");
        assert_eq!(of(50.0, Some(49.0)), ("value within", 60.0), "just above the bar");
        assert_eq!(of(104.0, Some(99.0)), ("value", 95.0), "the bar is too short for a label");
        for tenths in 0..1_100_u32 {
            let goal = f64::from(tenths) / 10.0;
            for from in [14.0, 20.0, 50.0, 100.0, 105.0, 110.0] {
                let (_, at) = of(from, Some(goal));
                assert!(goal >= at + 4.0 || goal <= at - 10.0, "{from} with the goal at {goal}: the label is at {at}");
            }
        }
    }
}
