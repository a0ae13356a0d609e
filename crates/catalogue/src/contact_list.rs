//! The contacts that a figure is the sum of, as values and as JSON: `GET /api/contacts/LINE`.
//!
//! ```json
//! {"line": "mipa", "window": "today", "figures_as_of_timestamp_seconds": 1758006900,
//!  "series": [{
//!    "series": "ensilinja_window_contacts_decided{result=\"answered\"}",
//!    "is": "sum", "unit": "count", "number": 2, "total": 2, "left_out": {"contacts": 0, "adds": 0},
//!    "contacts": [{
//!      "arrived_timestamp_seconds": 1758005920, "decided_timestamp_seconds": 1758006040, "decided_by": "answered",
//!      "wait_seconds": 120, "promise": "answer", "verdict": "broken", "deadline_timestamp_seconds": 1758006010,
//!      "adds": 1, "is_chosen": false,
//!      "entries": [{"timestamp_seconds": 1758006040, "step": "answered_beyond", "adds": 1, "measures_seconds": 120,
//!                   "cause": "answered", "is_timeout": false}]
//!    }]
//!  }]}
//! ```
//!
//! No contact has a name here: there is no id, no phone number and no text of a source, and instants are whole seconds.
//! Every word is one of the ledger's vocabulary. What is unknown is `null`.

use ensilinja_ledger::{Promise, Verdict, Window};
use ensilinja_model::EventTime;
use serde_json::{Value, json};

use crate::figures_json::{instant, seconds};
use crate::named_figure::{Aggregation, FigureUnit};

/// The contacts of a figure of a line.
#[derive(Clone, Debug, PartialEq)]
pub struct ContactList {
    /// The window; `None` of a figure of the instant itself.
    pub window: Option<Window>,
    /// The instant.
    pub as_of: EventTime,
    /// One for each series; two of an indicator or a distribution.
    pub series: Vec<ContactSeries>,
}

/// A figure and its contacts.
#[derive(Clone, Debug, PartialEq)]
pub struct ContactSeries {
    /// The series, as a query without line and window.
    pub series: String,
    /// How the figure follows from its contacts.
    pub aggregation: Aggregation,
    /// Its unit.
    pub unit: FigureUnit,
    /// The figure; `None` if there is none, or history does not reach back far enough.
    pub number: Option<i64>,
    /// The contacts, newest first, but the one that a quantile is taken from before all.
    pub contacts: Vec<ListedContact>,
    /// How many contacts are left out because there are too many.
    pub left_out: usize,
    /// What those that are left out add together; `None` where the figure is no sum.
    pub left_out_adds: Option<i64>,
}

/// A contact without a name.
#[derive(Clone, Debug, PartialEq)]
pub struct ListedContact {
    /// When it arrived; `None` if no fact implies an arrival.
    pub arrived: Option<EventTime>,
    /// When and how it left the queue; `None` if it still waits.
    pub decided: Option<(EventTime, &'static str)>,
    /// How long it waited until then, in ms; `None` where that is not measured.
    pub wait_ms: Option<u32>,
    /// The promise made to it.
    pub promise: Option<ListedPromise>,
    /// What it adds; `None` where the figure is no sum.
    pub adds: Option<i64>,
    /// Whether the figure is taken from this contact.
    pub is_chosen: bool,
    /// Its entries that the figure is made of.
    pub entries: Vec<ListedEntry>,
}

/// The promise made to a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListedPromise {
    /// Which promise.
    pub promise: Promise,
    /// How it was settled; `None` if it was not by the instant.
    pub verdict: Option<Verdict>,
    /// The first instant that is too late, if there is one.
    pub deadline: Option<EventTime>,
}

/// An entry of a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListedEntry {
    /// The second from which the figures include it.
    pub at: EventTime,
    /// Its name, as `explain` has it.
    pub step: &'static str,
    /// What it adds; `None` where the figure is no sum.
    pub adds: Option<i64>,
    /// The wait or handling time that it measures, in ms.
    pub sample_ms: Option<u32>,
    /// The fact that it follows from, or what timed out.
    pub cause: &'static str,
    /// Whether it follows from time alone.
    pub is_timeout: bool,
}

/// The answer to `GET /api/contacts/LINE`.
#[must_use]
pub fn contacts_json(line: &str, list: &ContactList) -> Value {
    json!({
        "line": line,
        "window": list.window.map(Window::as_str),
        "figures_as_of_timestamp_seconds": instant(Some(list.as_of)),
        "series": list.series.iter().map(series_json).collect::<Vec<_>>(),
    })
}

fn series_json(series: &ContactSeries) -> Value {
    let (is, unit) = (series.aggregation.as_str(), series.unit.as_str());
    let amount = |number| amount(series.unit, number);
    json!({
        "series": series.series,
        "is": is,
        "unit": unit,
        "number": series.number.map(amount),
        "total": series.contacts.len() + series.left_out,
        "left_out": {"contacts": series.left_out, "adds": series.left_out_adds.map(amount)},
        "contacts": series.contacts.iter().map(|contact| contact_json(contact, &amount)).collect::<Vec<_>>(),
    })
}

fn contact_json(contact: &ListedContact, amount: &dyn Fn(i64) -> Value) -> Value {
    let whole = |at: Option<EventTime>| instant(at.map(|at| EventTime::from_seconds(at.floor_second())));
    let promise = contact.promise;
    json!({
        "arrived_timestamp_seconds": whole(contact.arrived),
        "decided_timestamp_seconds": whole(contact.decided.map(|(at, _)| at)),
        "decided_by": contact.decided.map(|(_, by)| by),
        "wait_seconds": contact.wait_ms.map(|ms| seconds(ms.into())),
        "promise": promise.map(|promise| promise.promise.as_str()),
        "verdict": promise.and_then(|promise| promise.verdict).map(Verdict::as_str),
        "deadline_timestamp_seconds": whole(promise.and_then(|promise| promise.deadline)),
        "adds": contact.adds.map(amount),
        "is_chosen": contact.is_chosen,
        "entries": contact.entries.iter().map(|entry| json!({
            "timestamp_seconds": whole(Some(entry.at)),
            "step": entry.step,
            "adds": entry.adds.map(amount),
            "measures_seconds": entry.sample_ms.map(|ms| seconds(ms.into())),
            "cause": entry.cause,
            "is_timeout": entry.is_timeout,
        })).collect::<Vec<_>>(),
    })
}

/// A number of a figure with this unit: a count, or seconds.
fn amount(unit: FigureUnit, number: i64) -> Value {
    match unit {
        FigureUnit::Count => json!(number),
        FigureUnit::Duration | FigureUnit::Instant => seconds(number),
    }
}
