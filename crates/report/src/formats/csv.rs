//! CSV for programs, according to RFC 4180: one figure on each line, the same in every language.
//!
//! | column | meaning |
//! |---|---|
//! | `level` | `line`, `group`, `channel` or `all`: rows of different levels must not be added |
//! | `line`, `group`, `channel` | the subject; empty in totals over several |
//! | `period`, `period_start`, `period_end` | kind and `[start, end)` in local time; `whole` contains the others |
//! | `figure` | the id of the figure, as in the metrics if there is one |
//! | `value` | shares are 0 to 1, times are seconds, scores are -100 to 100; empty unless `state` is `known` |
//! | `n`, `numerator` | denominator and numerator; promoters less detractors for a score, seconds for a mean |
//! | `low`, `high` | the bounds of an interval |
//! | `state` | `known`, `no_data` (n is 0), `closed` (n is 0, never open), `hidden` (see [`disclosure`]), `not_known`,
//! | | `not_comparable` (see [`VolumeGoal`]) |
//! | `name_fi`, `name_sv`, `name_en` | the name of the line or the group; empty in totals |
//!
//! [`disclosure`]: crate::disclosure
//! [`VolumeGoal`]: crate::VolumeGoal

use super::machine_value::MachineValue;
use crate::cell_value::CellValue;
use crate::figure::Figure;
use crate::language::LocalizedName;
use crate::report::Report;
use crate::report_facts::ReportFacts;

const HEADER: &str = "level,line,group,channel,period,period_start,period_end,figure,value,n,numerator,low,high,state,name_fi,name_sv,name_en\r\n";

/// Writes the facts of a report.
pub(crate) fn write(report: &Report) -> String {
    let mut text = HEADER.to_owned();
    for facts in &report.facts {
        for (figure, value) in &facts.figures {
            text.push_str(&line(facts, *figure, value));
        }
    }
    text
}

fn line(facts: &ReportFacts, figure: Figure, value: &CellValue) -> String {
    let machine = MachineValue::of(value);
    let number = |number: Option<f64>| number.map(|number| number.to_string()).unwrap_or_default();
    let whole = |number: Option<i64>| number.map(|number| number.to_string()).unwrap_or_default();
    let name = |of: fn(&LocalizedName) -> &String| facts.name.as_ref().map(of).cloned().unwrap_or_default();
    let fields = [
        facts.level.to_owned(),
        facts.line.clone().unwrap_or_default(),
        facts.group.clone().unwrap_or_default(),
        facts.channel.map(|channel| channel.as_str().to_owned()).unwrap_or_default(),
        facts.period.kind.as_str().to_owned(),
        facts.period.start.rfc_3339(),
        facts.period.end.rfc_3339(),
        figure.id().to_owned(),
        number(machine.value),
        whole(machine.n),
        number(machine.numerator),
        number(machine.low),
        number(machine.high),
        value.state().to_owned(),
        name(|name| &name.fi),
        name(|name| &name.sv),
        name(|name| &name.en),
    ];
    let mut line = fields.map(|field| quoted(&field)).join(",");
    line.push_str("\r\n");
    line
}

/// A field, quoted if RFC 4180 requires it.
fn quoted(field: &str) -> String {
    if field.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_with_a_comma_a_quote_or_a_line_break_is_quoted() {
        for (field, written) in
            [("health", "health"), ("a,b", "\"a,b\""), ("a\"b", "\"a\"\"b\""), ("a\nb", "\"a\nb\""), ("", "")]
        {
            assert_eq!(quoted(field), written);
        }
    }
}
