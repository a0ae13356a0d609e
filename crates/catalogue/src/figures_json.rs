//! The figures as JSON, from the same catalogue as the metrics. A figure has the [JSON name](crate::json_name) of its
//! metric, and each of the metric's own labels is one level of nesting below it.
//!
//! ```json
//! {
//!   "time_zone": "Europe/Helsinki",
//!   "version": "0.2.0",
//!   "now_timestamp_seconds": 1758006900.25,
//!   "figures_as_of_timestamp_seconds": 1758006900,
//!   "complete_until_timestamp_seconds": 1758006899.9,
//!   "rebuild_progress_ratio": 1.0,
//!   "complete": true,
//!   "reasons": [],
//!   "lines": [{
//!     "line": "mipa", "channel": "phone",
//!     "name_fi": "...", "name_sv": "...", "name_en": "...", "service_area": "...",
//!     "group": "...", "group_fi": "...", "group_sv": "...", "group_en": "...",
//!     "target_ratio": {"promise_kept": 1.0}, "alert_floor_ratio": {"promise_kept": 0.8},
//!     "volume_goals": [{"of": "channel", "valid_from_timestamp_seconds": null, "contacts_per_month": 4000}],
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
//! `GET /api/figures` returns the whole document, `GET /api/lines/mipa` the one entry of `lines` with this id.
//!
//! The example leaves out most names. An unknown instant is `null`. So are a line's `figures` until they have been
//! rebuilt, and a window that history does not cover: that is no data, not 0. A figure that does not exist, such as the
//! quantile of no waits, is left out. `reasons` may have entries while `complete` is true. Goals in `volume_goals` are
//! for the line, the lines of its `group` with the same channel, or its `channel`, each until the next `of` the same;
//! `null` contacts are no goal. A process that has the lines of a shard only adds the shard's name: `"shard": "south"`.

use ensilinja_ledger::{LineFigures, Waits, Window};
use ensilinja_model::EventTime;
use serde_json::{Map, Value, json};

use crate::catalogue::metrics;
use crate::line_info::LineInfo;
use crate::line_table::{LineTable, UpperBounds};
use crate::metric::{Metric, MetricOrigin};
use crate::number::Number;
use crate::snapshot::{Snapshot, own_shard};

/// The document of all lines: the answer to `GET /api/figures`.
#[must_use]
pub fn figures_json(table: &LineTable, time_zone: &str, snapshot: &Snapshot) -> Value {
    let line = |index| line_json(table, index, snapshot);
    let mut document = with_status(snapshot, &(0..table.infos().len()).map(line).collect::<Vec<_>>());
    document["time_zone"] = json!(time_zone);
    document["version"] = json!(env!("CARGO_PKG_VERSION"));
    if let Some(shard) = own_shard(&snapshot.shards) {
        document["shard"] = json!(shard);
    }
    document
}

/// These lines together with their status: the instant of the figures, and whether they are complete.
#[must_use]
pub fn with_status(snapshot: &Snapshot, lines: &[Value]) -> Value {
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

/// One line of the document, by its index in the table: the answer to `GET /api/lines/ID`.
#[must_use]
pub fn line_json(table: &LineTable, index: usize, snapshot: &Snapshot) -> Value {
    let info = &table.infos()[index];
    let figures = snapshot.figures.as_ref().and_then(|figures| figures.lines.get(index));
    let figures = figures.map_or(Value::Null, |line| line_figures(table, info, line, Window::ALL, &|_, _| true));
    let mut line = info_fields(info);
    line.insert("figures".to_owned(), figures);
    Value::Object(line)
}

/// The description and the targets of a line.
#[must_use]
pub fn info_fields(info: &LineInfo) -> Map<String, Value> {
    let mut fields = Map::new();
    fields.insert("line".to_owned(), json!(info.id.as_str()));
    fields.insert("channel".to_owned(), json!(info.channel.as_str()));
    for metric in metrics() {
        match metric.origin {
            MetricOrigin::Info(read) => read(info, &mut |values, _| {
                for (label, value) in metric.labels.iter().zip(values) {
                    fields.insert(label.name.to_owned(), json!(value));
                }
            }),
            MetricOrigin::Targets(read) => {
                read(info, &mut |values, number| put(&mut fields, metric.json_name(), values, number));
            }
            _ => {}
        }
    }
    fields.insert("volume_goals".to_owned(), volume_goals(info));
    fields
}

/// The goals for the number of contacts, each with the instant from which it holds: a reader that is connected for
/// months knows which of them is in force.
fn volume_goals(info: &LineInfo) -> Value {
    let goals = info.volume_goals.iter().flat_map(|goals| {
        goals.steps.iter().map(|step| {
            let valid_from = (step.valid_from > EventTime::MIN).then_some(step.valid_from);
            json!({
                "of": goals.scope.as_str(),
                "valid_from_timestamp_seconds": instant(valid_from),
                "contacts_per_month": step.contacts_per_month,
            })
        })
    });
    goals.collect()
}

/// The figures of a line: those of the instant itself, and those of these windows. `shows` selects them by window
/// (`None` for the instant itself) and metric.
#[must_use]
pub fn line_figures(
    table: &LineTable,
    info: &LineInfo,
    line: &LineFigures,
    windows: &[Window],
    shows: &dyn Fn(Option<Window>, &'static Metric) -> bool,
) -> Value {
    let mut fields = Map::new();
    for metric in metrics().filter(|metric| shows(None, metric)) {
        if let MetricOrigin::Line(read) = metric.origin {
            read(line, &mut |values, number| put(&mut fields, metric.json_name(), values, number));
        }
    }
    let windows: Map<String, Value> = windows
        .iter()
        .map(|window| (window.as_str().to_owned(), window_figures(table, info, line, *window, shows)))
        .collect();
    fields.insert("windows".to_owned(), Value::Object(windows));
    Value::Object(fields)
}

fn window_figures(
    table: &LineTable,
    info: &LineInfo,
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
        let name = metric.json_name();
        match &metric.origin {
            MetricOrigin::Window { read, .. } => {
                read(figures, &mut |values, number| put(&mut fields, name, values, number));
            }
            MetricOrigin::Indicators { read, .. } => {
                read(info, &figures.sums, &mut |values, number| put(&mut fields, name, values, number));
            }
            MetricOrigin::Waits { kind, read, .. } => {
                fields.insert(name.to_owned(), distribution(table.bounds(*kind), read(&figures.sums)));
            }
            MetricOrigin::Line(_)
            | MetricOrigin::Targets(_)
            | MetricOrigin::DatedTargets(_)
            | MetricOrigin::Info(_)
            | MetricOrigin::Snapshot(_)
            | MetricOrigin::Registry => {}
        }
    }
    Value::Object(fields)
}

fn distribution(bounds: &UpperBounds, waits: &Waits) -> Value {
    let at_or_below: Map<String, Value> =
        bounds.counts(waits).map(|(le, count)| (le.to_owned(), json!(count))).collect();
    json!({ "count": waits.count(), "sum": value(Number::Millis(waits.sum_ms())), "at_or_below": at_or_below })
}

/// Inserts a number under `name`, nested under each of `below`.
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

#[expect(clippy::cast_precision_loss, reason = "milliseconds of this age fit 53 bits")]
fn value(number: Number) -> Value {
    match number {
        Number::Count(count) => json!(count),
        Number::Millis(ms) if ms % 1000 == 0 => json!(ms / 1000),
        Number::Millis(ms) => json!(ms as f64 / 1000.0),
        Number::Real(real) => json!(real),
    }
}

/// An instant in seconds since 1970; `null` for `None`.
#[must_use]
pub fn instant(at: Option<EventTime>) -> Value {
    at.map_or(Value::Null, |at| value(Number::Millis(at.as_millis())))
}

/// Milliseconds in seconds.
#[must_use]
pub fn seconds(ms: i64) -> Value {
    value(Number::Millis(ms))
}
