//! JSON for programs: one document with all facts of a report.
//!
//! ```json
//! {
//!   "schema": "ensilinja.report/1",
//!   "by": "month", "public": false,
//!   "period": {"kind": "whole", "start": "2025-01-01T00:00:00+02:00", "end": "2025-10-01T00:00:00+03:00"},
//!   "time_zone": "Europe/Helsinki", "as_of": "2025-11-11T09:00:00+02:00", "history_is_complete": true,
//!   "figures": {"service": {"name": "Palvelu%", "rule": "...", "source": "...", "target": null}},
//!   "facts": [
//!     {"level": "line", "line": "116117", "group": "health", "channel": "phone", "period": {},
//!      "figures": {"service": {"state": "known", "value": 0.84, "n": 66576, "numerator": 55924}}}
//!   ]
//! }
//! ```
//!
//! Periods are `[start, end)`, durations are in seconds, shares 0 to 1, scores -100 to 100. Do not add facts of
//! different levels, nor facts of the period `whole` to others. `state` is `known`, `no_data`, `closed`, `hidden` or
//! `not_known` (the event history begins later). Only known figures have a `value`, or `low` and `high` for an
//! interval. Names are in the language of the report; ids are the same in all languages.

use ensilinja_model::printable_json;
use serde_json::{Map, Value as Json, json};

use super::machine_value::MachineValue;
use crate::cell_value::CellValue;
use crate::figure::Figure;
use crate::moment::Period;
use crate::report::Report;
use crate::report_facts::ReportFacts;

/// Writes the facts of a report.
pub(crate) fn write(report: &Report) -> String {
    let context = &report.context;
    let document = json!({
        "schema": "ensilinja.report/1",
        "by": report.request.by.as_str(),
        "language": report.request.language.as_str(),
        "public": report.request.public,
        "period": period(&context.period),
        "time_zone": context.time_zone,
        "as_of": context.as_of.rfc_3339(),
        "history_is_complete": context.history_is_complete,
        "figures": figures(report),
        "facts": report.facts.iter().map(facts).collect::<Vec<_>>(),
    });
    let text = serde_json::to_string_pretty(&document).expect("a document of texts and numbers can be written");
    printable_json(&text).into_owned() + "\n"
}

/// Name, rule, source of the rule, and target of each figure.
fn figures(report: &Report) -> Json {
    let also = report.request.also;
    let listed = Figure::MACHINE_READABLE.iter();
    let listed = listed.filter(|figure| !Figure::ON_REQUEST.contains(figure) || figure.is_requested(also));
    let about = listed.map(|figure| {
        let mut about = json!({ "name": figure.name(report.request.language) });
        if let Figure::Share(indicator) = figure {
            let row = indicator.row();
            about["rule"] = row.rule.into();
            about["source"] = row.source.into();
            about["target"] = row.target.into();
        }
        (figure.id().to_owned(), about)
    });
    about.collect::<Map<_, _>>().into()
}

fn facts(facts: &ReportFacts) -> Json {
    let figures = facts.figures.iter().map(|(figure, it)| (figure.id().to_owned(), value(it)));
    json!({
        "level": facts.level,
        "line": facts.line,
        "group": facts.group,
        "name": facts.name.as_ref().map(|name| json!({ "fi": name.fi, "sv": name.sv, "en": name.en })),
        "channel": facts.channel.map(ensilinja_model::Channel::as_str),
        "period": period(&facts.period),
        "figures": figures.collect::<Map<_, _>>(),
    })
}

fn period(period: &Period) -> Json {
    json!({ "kind": period.kind.as_str(), "start": period.start.rfc_3339(), "end": period.end.rfc_3339() })
}

fn value(value: &CellValue) -> Json {
    let machine = MachineValue::of(value);
    let mut fields = Map::new();
    fields.insert("state".to_owned(), value.state().into());
    let numbers =
        [("value", machine.value), ("numerator", machine.numerator), ("low", machine.low), ("high", machine.high)];
    if let Some(n) = machine.n {
        fields.insert("n".to_owned(), n.into());
    }
    fields.extend(numbers.into_iter().filter_map(|(name, number)| Some((name.to_owned(), plain(number?)))));
    fields.into()
}

/// Writes whole numbers without a decimal point.
#[expect(clippy::cast_possible_truncation, reason = "a whole number below 2^53 is not truncated")]
fn plain(number: f64) -> Json {
    if number.fract() == 0.0 && number.abs() < 9e15 { (number as i64).into() } else { number.into() }
}
