//! The figures as JSON, by the same catalogue as the metrics: a figure has the name of its metric without `ensilinja_`
//! (and without `window_` inside a window), and each of its own labels is a level of names below that.
//!
//! ```json
//! {
//!   "time_zone": "Europe/Helsinki",
//!   "now_timestamp_seconds": 1758006900.25,
//!   "figures_as_of_timestamp_seconds": 1758006900,
//!   "complete_until_timestamp_seconds": 1758006899.9,
//!   "rebuild_progress_ratio": 1.0,
//!   "complete": true,
//!   "reasons": [],
//!   "lines": [{
//!     "line": "mipa", "channel": "phone",
//!     "name_fi": "...", "name_sv": "...", "name_en": "...", "group": "...", "service_area": "...",
//!     "target_ratio": {"promise_kept": 1.0}, "alert_floor_ratio": {"promise_kept": 0.8},
//!     "figures": {
//!       "line_open": 1, "contacts_waiting": 2, "waiting_oldest_seconds": 61.5,
//!       "callbacks_outstanding": {"later": 4, "today": 2, "overdue": 0},
//!       "callback_next_due_timestamp_seconds": 1758027600, "callback_next_due_open_seconds": 20700,
//!       "promises_pending": {"answer": 2, "callback": 6},
//!       "windows": {
//!         "15m": {
//!           "contacts_offered": 3,
//!           "contacts_decided": {"answered": 2, "callback_requested": 1},
//!           "answer_wait_quantile_seconds": {"0.5": 31.7, "0.9": 60.2}
//!         },
//!         "today": {
//!           "promises": {"answer": {"kept": 31, "broken": 2, "void": 1}},
//!           "indicator_good": {"promise_kept": 38}, "indicator_valid": {"promise_kept": 41},
//!           "answer_wait_seconds": {"count": 40, "sum": 1312.4, "at_or_below": {"5": 3, "+Inf": 40}},
//!           "survey_answers": {"continues": {"yes": 9, "no": 1}}
//!         },
//!         "yesterday": null
//!       }
//!     }
//!   }]
//! }
//! ```
//!
//! `GET /api/figures` answers all of it, `GET /api/lines/mipa` the one of its `lines` that has this id.
//!
//! (The example leaves most names out.) An instant that is not known is `null`, and so are a line's `figures` until
//! they have been rebuilt and a window that history does not reach: that is no data, not 0. A figure that does not
//! exist, such as the quantile of no waits, is left out. `reasons` may say something while `complete` is true.

use ensilinja_ledger::{LineFigures, Waits, Window};
use ensilinja_model::EventTime;
use serde_json::{Map, Value, json};

use crate::catalogue::{Metric, Number, Origin, metrics};
use crate::exposition::{Exposition, UpperBounds};
use crate::line_card::LineCard;
use crate::snapshot::Snapshot;

/// The whole document.
pub(crate) fn figures_json(exposition: &Exposition, time_zone: &str, snapshot: &Snapshot) -> Value {
    let line = |index| line_json(exposition, index, snapshot);
    let mut document = of_lines(snapshot, &(0..exposition.cards().len()).map(line).collect::<Vec<_>>());
    document["time_zone"] = json!(time_zone);
    document
}

/// What is said of these lines together: of which instant they are, and whether they are complete.
pub(crate) fn of_lines(snapshot: &Snapshot, lines: &[Value]) -> Value {
    json!({
        "now_timestamp_seconds": instant(Some(snapshot.now)),
        "figures_as_of_timestamp_seconds": instant(snapshot.figures.as_ref().map(|figures| figures.as_of)),
        "complete_until_timestamp_seconds": instant(snapshot.complete_until),
        "rebuild_progress_ratio": snapshot.rebuild_progress,
        "complete": snapshot.readiness.complete,
        "reasons": snapshot.readiness.reasons,
        "lines": lines,
    })
}

/// One line of the document, by its place in the line table.
pub(crate) fn line_json(exposition: &Exposition, index: usize, snapshot: &Snapshot) -> Value {
    let card = &exposition.cards()[index];
    let figures = snapshot.figures.as_ref().and_then(|figures| figures.lines.get(index));
    let figures = figures.map_or(Value::Null, |line| line_figures(exposition, card, line, Window::ALL, &|_, _| true));
    let mut line = card_fields(card);
    line.insert("figures".to_owned(), figures);
    Value::Object(line)
}

/// What a line is and what is aimed at on it.
pub(crate) fn card_fields(card: &LineCard) -> Map<String, Value> {
    let mut fields = Map::new();
    fields.insert("line".to_owned(), json!(card.id.as_str()));
    fields.insert("channel".to_owned(), json!(card.channel.as_str()));
    for metric in metrics() {
        match metric.origin {
            Origin::Card(read) => read(card, &mut |values, _| {
                for (label, value) in metric.labels.iter().zip(values) {
                    fields.insert(label.name.to_owned(), json!(value));
                }
            }),
            Origin::Targets(read) => {
                read(card, &mut |values, number| put(&mut fields, name_of(metric), values, number));
            }
            _ => {}
        }
    }
    fields
}

/// The figures of a line that `shows` names: those of this instant, and those of these windows.
pub(crate) fn line_figures(
    exposition: &Exposition,
    card: &LineCard,
    line: &LineFigures,
    windows: &[Window],
    shows: &dyn Fn(Option<Window>, &'static Metric) -> bool,
) -> Value {
    let mut fields = Map::new();
    for metric in metrics().filter(|metric| shows(None, metric)) {
        if let Origin::Line(read) = metric.origin {
            read(line, &mut |values, number| put(&mut fields, name_of(metric), values, number));
        }
    }
    let windows: Map<String, Value> = windows
        .iter()
        .map(|window| (window.as_str().to_owned(), window_figures(exposition, card, line, *window, shows)))
        .collect();
    fields.insert("windows".to_owned(), Value::Object(windows));
    Value::Object(fields)
}

fn window_figures(
    exposition: &Exposition,
    card: &LineCard,
    line: &LineFigures,
    window: Window,
    shows: &dyn Fn(Option<Window>, &'static Metric) -> bool,
) -> Value {
    let Some(figures) = line.window(window) else { return Value::Null };
    let mut fields = Map::new();
    for metric in metrics().filter(|metric| metric.windows().contains(&window)) {
        if !shows(Some(window), metric) {
            continue;
        }
        let name = name_of(metric);
        match &metric.origin {
            Origin::Window { read, .. } => {
                read(figures, &mut |values, number| put(&mut fields, name, values, number));
            }
            Origin::Indicators { read, .. } => {
                read(card, &figures.sums, &mut |values, number| put(&mut fields, name, values, number));
            }
            Origin::Waits { kind, read, .. } => {
                fields.insert(name.to_owned(), distribution(exposition.bounds(*kind), read(&figures.sums)));
            }
            Origin::Line(_) | Origin::Targets(_) | Origin::Card(_) | Origin::Snapshot(_) | Origin::Registry => {}
        }
    }
    Value::Object(fields)
}

fn distribution(bounds: &UpperBounds, waits: &Waits) -> Value {
    let at_or_below: Map<String, Value> =
        bounds.counts(waits).map(|(le, count)| (le.to_owned(), json!(count))).collect();
    json!({ "count": waits.count(), "sum": value(Number::Millis(waits.sum_ms())), "at_or_below": at_or_below })
}

/// Puts a number under `name` and then under each of `below`.
fn put(fields: &mut Map<String, Value>, name: &str, below: &[&str], number: Number) {
    let entry = fields.entry(name);
    match below {
        [] => {
            entry.or_insert_with(|| value(number));
        }
        [first, rest @ ..] => {
            if let Value::Object(fields) = entry.or_insert_with(|| Value::Object(Map::new())) {
                put(fields, first, rest, number);
            }
        }
    }
}

/// The metric's name where it stands: what is said of the whole document, or of a window, is not said again.
pub(crate) fn name_of(metric: &'static Metric) -> &'static str {
    let name = metric.name.strip_prefix("ensilinja_").unwrap_or(metric.name);
    name.strip_prefix("window_").unwrap_or(name)
}

#[expect(clippy::cast_precision_loss, reason = "milliseconds of this age fit 53 bits")]
fn value(number: Number) -> Value {
    match number {
        Number::Count(count) => json!(count),
        Number::Millis(ms) if ms % 1000 == 0 => json!(ms / 1000),
        Number::Millis(ms) => json!(ms as f64 / 1000.0),
        Number::Real(real) => json!(real),
    }
}

pub(crate) fn instant(at: Option<EventTime>) -> Value {
    at.map_or(Value::Null, |at| value(Number::Millis(at.as_millis())))
}
