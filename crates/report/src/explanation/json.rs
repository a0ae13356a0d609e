//! The JSON documents of explanations.
//!
//! ```json
//! {
//!   "schema": "ensilinja.explanation/1",
//!   "line": "mipa", "figure": "abandoned", "at": "2026-03-02T10:15:00+02:00", "known_before": null,
//!   "window": {"name": "15m", "from": "2026-03-02T10:00:01+02:00", "to": "2026-03-02T10:15:00+02:00"},
//!   "share": null,
//!   "figures": [{
//!     "series": "...", "help": "...", "number": 1, "not_shown": null, "made": "...",
//!     "by_step": [{"step": "abandoned_queue_beyond", "entries": 1, "adds": 1}],
//!     "entries": [{
//!       "contact": "c-17", "visit": null, "at": "2026-03-02T10:03:12+02:00", "step": "abandoned_queue_beyond",
//!       "adds": 1, "is_it": false, "sample_seconds": 131.25, "lapsed": null,
//!       "said": {"fact": "abandoned queue", "at": "...", "source": {"topic": "...", "partition": 0, "offset": 7}}
//!     }],
//!     "entries_left_out": 0
//!   }]
//! }
//! ```
//!
//! The document of a contact has `contact`, `at`, `known_before` and `legs`. Each leg has `line`, `visit`, `claims`,
//! `entries`, `promise` (`null` if the line promises nothing), `promise_in_words` and `notes`. Durations are in
//! seconds. `share` is set for indicators. `from` and `to` of a window are its first and its last second. If
//! `not_shown` is set, the figure is not shown for that reason, and `number` is computed from possibly incomplete
//! entries.

use ensilinja_model::printable_json;
use serde_json::{Value as Json, json};

use super::contact::{ContactExplanation, ExplainedFact, ExplainedLeg, FactEffect, PlatformRecord, PromiseVerdict};
use super::entry::{Amount, ExplainedEntry, FactSource, FormattedInstant, StatedFact};
use super::figure::{Contribution, ExplainedSeries, FigureExplanation};

const SCHEMA: &str = "ensilinja.explanation/1";

impl FigureExplanation {
    /// As one document for programs.
    #[must_use]
    pub fn json(&self) -> String {
        let window = self.window.as_ref().map(|window| {
            let (from, to) = window.stretch.as_ref().map(|(from, to)| (instant(from), instant(to))).unzip();
            json!({ "name": window.name, "from": from, "to": to })
        });
        written(&json!({
            "schema": SCHEMA,
            "line": self.line,
            "figure": self.figure,
            "at": instant(&self.at),
            "known_before": self.known_before.as_ref().map(instant),
            "window": window,
            "share": self.share.map(|(good, valid)| json!({ "good": good, "valid": valid })),
            "figures": self.series.iter().map(part).collect::<Vec<_>>(),
        }))
    }
}

impl ContactExplanation {
    /// As one document for programs.
    #[must_use]
    pub fn json(&self) -> String {
        written(&json!({
            "schema": SCHEMA,
            "contact": self.contact,
            "at": instant(&self.at),
            "known_before": self.known_before.as_ref().map(instant),
            "legs": self.legs.iter().map(leg).collect::<Vec<_>>(),
        }))
    }
}

fn written(document: &Json) -> String {
    let text = serde_json::to_string_pretty(document).expect("a document of texts and numbers can be written");
    printable_json(&text).into_owned() + "\n"
}

fn part(part: &ExplainedSeries) -> Json {
    let by_step = part
        .by_step
        .iter()
        .map(|(step, entries, adds)| json!({ "step": step, "entries": entries, "adds": adds.as_ref().map(amount) }));
    json!({
        "series": part.series,
        "help": part.help,
        "number": part.number.as_ref().map(amount),
        "not_shown": part.not_shown,
        "made": part.derivation,
        "by_step": by_step.collect::<Vec<_>>(),
        "entries": part.entries.iter().map(contribution).collect::<Vec<_>>(),
        "entries_left_out": part.left_out.map_or(0, |(left_out, _)| left_out),
    })
}

fn contribution(contribution: &Contribution) -> Json {
    let mut fields = entry(&contribution.entry);
    fields["contact"] = json!(contribution.leg.contact);
    fields["visit"] = json!(contribution.leg.visit);
    fields["adds"] = json!(contribution.adds.as_ref().map(amount));
    fields["is_it"] = json!(contribution.is_chosen);
    fields
}

fn entry(entry: &ExplainedEntry) -> Json {
    json!({
        "at": instant(&entry.at),
        "step": entry.step,
        "sample_seconds": entry.sample_ms.map(|ms| seconds(i64::from(ms))),
        "lapsed": entry.lapsed,
        "said": said(&entry.fact),
    })
}

fn said(said: &StatedFact) -> Json {
    json!({ "fact": said.fact, "at": instant(&said.at), "source": said.source.as_ref().map(source) })
}

fn source(source: &FactSource) -> Json {
    match source {
        FactSource::Record { topic, partition, offset } => {
            json!({ "topic": topic, "partition": partition, "offset": offset })
        }
        FactSource::Archived { file, topic, partition, offset } => {
            json!({ "archive": file, "topic": topic, "partition": partition, "offset": offset })
        }
        FactSource::Line { file, line } => json!({ "file": file, "line": line }),
    }
}

fn leg(leg: &ExplainedLeg) -> Json {
    let entries = leg.entries.iter().map(|(of_leg, is_ahead)| {
        let mut fields = entry(of_leg);
        fields["is_ahead"] = json!(is_ahead);
        fields
    });
    json!({
        "line": leg.line,
        "visit": leg.visit,
        "claims": leg.facts.iter().map(claim).collect::<Vec<_>>(),
        "entries": entries.collect::<Vec<_>>(),
        "promise": leg.verdict.as_ref().map(verdict),
        "promise_in_words": leg.promise,
        "notes": leg.notes,
    })
}

fn claim(claim: &ExplainedFact) -> Json {
    let mut fields = said(&claim.fact);
    fields["known"] = json!(claim.known_since.as_ref().map(instant));
    fields["fate"] = json!(claim.effect.as_str());
    if let Some(PlatformRecord { record_type, entry, payload }) = &claim.record {
        fields["record"] = json!({ "type": record_type, "mapped_by": entry, "value": payload });
    }
    match &claim.effect {
        FactEffect::Counts | FactEffect::Duplicate | FactEffect::Surplus => {}
        FactEffect::Lost { to, at } => fields["lost_to"] = json!({ "fact": to, "at": instant(at) }),
        FactEffect::Superseded { by, at } => fields["superseded_by"] = json!({ "fact": by, "at": instant(at) }),
    }
    fields
}

fn verdict(verdict: &PromiseVerdict) -> Json {
    json!({
        "promise": verdict.promise,
        "term": verdict.term,
        "valid_from": verdict.valid_from.as_ref().map(instant),
        "from": instant(&verdict.from),
        "deadline": verdict.deadline.as_ref().map(instant),
        "verdict": verdict.verdict,
        "settled": instant(&verdict.at),
        "cause": verdict.cause,
    })
}

fn instant(at: &FormattedInstant) -> &str {
    &at.rfc_3339
}

fn amount(amount: &Amount) -> Json {
    match amount {
        Amount::Count(count) => json!(count),
        Amount::Duration(ms) => seconds(*ms),
        Amount::Instant(at) => json!(instant(at)),
    }
}

#[expect(clippy::cast_precision_loss, reason = "durations in ms fit 53 bits")]
fn seconds(ms: i64) -> Json {
    if ms % 1000 == 0 { json!(ms / 1000) } else { json!(ms as f64 / 1000.0) }
}
