//! Findings for programs.
//!
//! ```json
//! {
//!   "schema": "ensilinja.comparison/1",
//!   "one": "before.jsonl", "other": "after.jsonl",
//!   "compared": {"figures": 98304, "instants": 96, "first_timestamp_seconds": 1, "last_timestamp_seconds": 2},
//!   "only_in_one": {"lines": ["mipa"], "instants": 0, "first_timestamp_seconds": null, "last_timestamp_seconds": null},
//!   "only_in_other": {"lines": [], "instants": 0, "first_timestamp_seconds": null, "last_timestamp_seconds": null},
//!   "differences": [{
//!     "line": "mipa", "window": "15m", "figure": "contacts_decided", "labels": ["answered"], "instants": 2,
//!     "most": {"as_of_timestamp_seconds": 1758006900, "one": 3, "other": 5, "by": 2},
//!     "at": [{"as_of_timestamp_seconds": 1758006000, "one": 3, "other": 4, "by": 1}, {}],
//!     "not_listed": 0
//!   }]
//! }
//! ```
//!
//! A side that has no such figure says `null`, and then `by` is `null` too. Where a side has nothing of a whole window,
//! or of a line, `figure` is `null` and the other says `"figures"`. Of very many instants the first are listed.

use ensilinja_model::EventTime;
use serde_json::{Map, Value, json};

use super::differences::{Place, Said};
use super::findings::{Finding, Findings, Instants, OnlyIn, Seen};

impl Findings {
    /// As one document. `names` are those of the sides.
    #[must_use]
    pub fn json(&self, names: [&str; 2]) -> String {
        let mut compared = instants(&self.instants);
        compared.insert("figures".to_owned(), json!(self.compared));
        let document = json!({
            "schema": "ensilinja.comparison/1",
            "one": names[0],
            "other": names[1],
            "compared": compared,
            "only_in_one": only(&self.only_in_one),
            "only_in_other": only(&self.only_in_other),
            "differences": self.rows.iter().map(|(place, finding)| row(place, finding)).collect::<Vec<_>>(),
        });
        let mut text = serde_json::to_string_pretty(&document).expect("a document of texts and numbers can be written");
        text.push('\n');
        text
    }
}

fn row(place: &Place, finding: &Finding) -> Value {
    json!({
        "line": place.line,
        "window": place.window,
        "figure": place.figure,
        "labels": place.labels,
        "instants": finding.count,
        "most": seen(&finding.most),
        "at": finding.at.iter().map(seen).collect::<Vec<_>>(),
        "not_listed": finding.count - finding.at.len() as u64,
    })
}

fn seen(seen: &Seen) -> Value {
    json!({
        "as_of_timestamp_seconds": seconds(seen.as_of),
        "one": said(seen.one),
        "other": said(seen.other),
        "by": seen.by().map(number),
    })
}

fn said(said: Said) -> Value {
    match said {
        Said::Nothing => Value::Null,
        Said::Number(value) => number(value),
        Said::Figures => json!("figures"),
    }
}

fn only(only: &OnlyIn) -> Value {
    let mut fields = instants(&only.instants);
    fields.insert("lines".to_owned(), json!(only.lines));
    fields.into()
}

fn instants(instants: &Instants) -> Map<String, Value> {
    let end = |at: Option<EventTime>| at.map_or(Value::Null, seconds);
    let fields = [
        ("instants", json!(instants.count)),
        ("first_timestamp_seconds", end(instants.span.map(|(first, _)| first))),
        ("last_timestamp_seconds", end(instants.span.map(|(_, last)| last))),
    ];
    fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of this age fit 53 bits")]
fn seconds(at: EventTime) -> Value {
    number(at.as_millis() as f64 / 1000.0)
}

/// A whole number without a decimal point.
#[expect(clippy::cast_possible_truncation, reason = "a whole number below 2^53 is not truncated")]
fn number(number: f64) -> Value {
    if number.fract() == 0.0 && number.abs() < 9e15 { json!(number as i64) } else { json!(number) }
}
