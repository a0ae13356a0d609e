//! Findings for programs.
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
//!   "not_compared": {"windows": ["today"], "figures": []},
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
//! A side that has no such figure says `null`, and then `by` is `null` too. Where a side has nothing of a whole window,
//! or of a line, `figure` is `null` and the other says `"figures"`. Of very many instants the first are listed.
//! `contacts` are those through which the first of them differs, where they were asked for.

use std::collections::BTreeSet;

use ensilinja_model::EventTime;

use super::comparison_result::{
    ComparedLeg, ComparisonResult, DifferingFigure, InstantSummary, Observation, OnlyIn, TracedContacts,
};

use super::differences::{ComparedValue, FigureKey, NotCompared};
use crate::json_document::JsonDocument;

impl ComparisonResult {
    /// As one document. `names` are those of the sides.
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
            ("not_compared", narrowed(&self.narrowed)),
            ("differences", JsonDocument::list(self.rows.iter().map(|(place, finding)| row(place, finding)))),
        ]);
        document.to_json()
    }
}

fn row(place: &FigureKey, finding: &DifferingFigure) -> JsonDocument {
    JsonDocument::object([
        ("line", place.line.as_str().into()),
        ("window", place.window.as_deref().into()),
        ("figure", place.figure.as_deref().into()),
        ("labels", JsonDocument::list(place.labels.iter().map(|label| label.as_str().into()))),
        ("instants", finding.count.into()),
        ("most", seen(&finding.most)),
        ("at", JsonDocument::list(finding.at.iter().map(seen))),
        ("not_listed", (finding.count - finding.at.len() as u64).into()),
        ("contacts", finding.contacts.as_ref().map_or(JsonDocument::Null, contacts)),
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
        ComparedValue::Nothing => JsonDocument::Null,
        ComparedValue::Number(value) => number(value),
        ComparedValue::Figures => "figures".into(),
    }
}

fn only(only: &OnlyIn) -> JsonDocument {
    let lines = JsonDocument::list(only.lines.iter().map(|line| line.as_str().into()));
    JsonDocument::object([("lines", lines), ("instants", instants(&only.instants))])
}

fn narrowed(narrowed: &NotCompared) -> JsonDocument {
    let names = |names: &BTreeSet<String>| JsonDocument::list(names.iter().map(|name| name.as_str().into()));
    JsonDocument::object([("windows", names(&narrowed.windows)), ("figures", names(&narrowed.figures))])
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

/// A whole number without a decimal point.
#[expect(clippy::cast_possible_truncation, reason = "a whole number below 2^53 is not truncated")]
fn number(number: f64) -> JsonDocument {
    if number.fract() == 0.0 && number.abs() < 9e15 {
        JsonDocument::Whole(number as i64)
    } else {
        JsonDocument::Number(number)
    }
}
