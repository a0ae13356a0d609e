//! The JSON document of a comparison.
//!
//! ```json
//! {
//!   "schema": "ensilinja.comparison/1",
//!   "one": "before.jsonl",
//!   "other": "after.jsonl",
//!   "figures": 98304,
//!   "instants": {"count": 96, "first_timestamp_seconds": 1758006000, "last_timestamp_seconds": 1758091500},
//!   "differed_in_passing": 0,
//!   "only_in_one": {"lines": ["mipa"], "instants": {"count": 0}},
//!   "only_in_other": {"lines": [], "instants": {"count": 0}},
//!   "not_compared": {"lines": [], "windows": ["today"], "figures": []},
//!   "differences": [{
//!     "line": "mipa", "window": "15m", "figure": "contacts_decided", "labels": ["answered"],
//!     "instants": 2,
//!     "most": {"as_of_timestamp_seconds": 1758006900, "one": 3, "other": 5, "by": 2},
//!     "at": [{"as_of_timestamp_seconds": 1758006000, "one": 3, "other": 4, "by": 1}, {}],
//!     "not_listed": 0,
//!     "contacts": null
//!   }]
//! }
//! ```
//!
//! The value of a side that does not have the figure is `null`, and so is `by`. If a side lacks a whole window or line,
//! `figure` is `null` and the value of the other side is `"figures"`. At most the first 100 000 instants are listed, in
//! all rows together; `not_listed` counts the others. `contacts` explains the first difference, if it was requested.

use std::collections::BTreeSet;

use ensilinja_model::EventTime;

use super::comparison_result::{
    ComparedLeg, ComparisonResult, DifferingFigure, InstantSummary, Observation, OnlyIn, TracedContacts,
};

use super::differences::{ComparedValue, FigureKey, NotCompared};
use crate::json_document::JsonDocument;

impl ComparisonResult {
    /// Writes one JSON document. `one` and `other` are the names of the sides.
    #[must_use]
    pub fn json(&self, [one, other]: [&str; 2]) -> String {
        let document = JsonDocument::object([
            ("schema", "ensilinja.comparison/1".into()),
            ("one", one.into()),
            ("other", other.into()),
            ("figures", self.compared.into()),
            ("instants", instants(&self.instants)),
            ("differed_in_passing", self.passing.into()),
            ("only_in_one", only(&self.only_in_one)),
            ("only_in_other", only(&self.only_in_other)),
            ("not_compared", not_compared(&self.not_compared)),
            ("differences", JsonDocument::list(self.rows.iter().map(|(key, figure)| row(key, figure)))),
        ]);
        document.to_json()
    }
}

fn row(key: &FigureKey, figure: &DifferingFigure) -> JsonDocument {
    JsonDocument::object([
        ("line", key.line.as_str().into()),
        ("window", key.window.as_deref().into()),
        ("figure", key.figure.as_deref().into()),
        ("labels", JsonDocument::list(key.labels.iter().map(|label| label.as_str().into()))),
        ("instants", figure.count.into()),
        ("most", seen(&figure.most)),
        ("at", JsonDocument::list(figure.at.iter().map(seen))),
        ("not_listed", (figure.count - figure.at.len() as u64).into()),
        ("contacts", figure.contacts.as_ref().map_or(JsonDocument::Null, contacts)),
    ])
}

fn seen(seen: &Observation) -> JsonDocument {
    JsonDocument::object([
        ("as_of_timestamp_seconds", seconds(seen.as_of)),
        ("one", said(seen.one)),
        ("other", said(seen.other)),
        ("by", seen.by().map(number).into()),
    ])
}

fn contacts(traced: &TracedContacts) -> JsonDocument {
    let found = |found: &[String]| JsonDocument::list(found.iter().map(|found| found.as_str().into()));
    let leg = |leg: &ComparedLeg| {
        JsonDocument::object([
            ("contact", leg.contact.as_str().into()),
            ("one", leg.one.map(number).into()),
            ("other", leg.other.map(number).into()),
            ("found_in_one", found(&leg.found_in_one)),
            ("found_in_other", found(&leg.found_in_other)),
        ])
    };
    JsonDocument::object([("legs", JsonDocument::list(traced.legs.iter().map(leg))), ("more", traced.more.into())])
}

fn said(said: ComparedValue) -> JsonDocument {
    match said {
        ComparedValue::Missing => JsonDocument::Null,
        ComparedValue::Number(value) => number(value),
        ComparedValue::Figures => "figures".into(),
    }
}

fn only(only: &OnlyIn) -> JsonDocument {
    let lines = JsonDocument::list(only.lines.iter().map(|line| line.as_str().into()));
    JsonDocument::object([("lines", lines), ("instants", instants(&only.instants))])
}

fn not_compared(not_compared: &NotCompared) -> JsonDocument {
    let names = |names: &BTreeSet<String>| JsonDocument::list(names.iter().map(|name| name.as_str().into()));
    JsonDocument::object([
        ("lines", names(&not_compared.lines)),
        ("windows", names(&not_compared.windows)),
        ("figures", names(&not_compared.figures)),
    ])
}

fn instants(instants: &InstantSummary) -> JsonDocument {
    let mut fields = vec![("count", instants.count.into())];
    if let Some((first, last)) = instants.span {
        fields.extend([("first_timestamp_seconds", seconds(first)), ("last_timestamp_seconds", seconds(last))]);
    }
    JsonDocument::object(fields)
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of this age fit 53 bits")]
fn seconds(at: EventTime) -> JsonDocument {
    number(at.as_millis() as f64 / 1000.0)
}

/// Writes whole numbers without a decimal point.
#[expect(clippy::cast_possible_truncation, reason = "a whole number below 2^53 is not truncated")]
fn number(number: f64) -> JsonDocument {
    if number.fract() == 0.0 && number.abs() < 9e15 {
        JsonDocument::Whole(number as i64)
    } else {
        JsonDocument::Number(number)
    }
}
