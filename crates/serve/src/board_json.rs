//! The data of the events of `GET /api/live`, for the board. Figures have the names and the nesting of `/api/figures`
//! ([`figures_json`](ensilinja_catalogue::figures_json)); only those that the board shows are sent.
//!
//! ```json
//! {"version": "0.1.0 (abc123)", "time_zone": "Europe/Helsinki", "contacts": false,
//!  "indicators": [{"indicator": "promise_kept", "name_fi": "...", "name_sv": "...", "name_en": "...", "rule": "..."}],
//!  "lines": [{"line": "mipa", "channel": "phone", "name_fi": "...", "target_ratio": {"promise_kept": 1.0}}],
//!  "links": {"grafana": "https://grafana.example/d/ensilinja-linja?var-line={line}"}}
//! ```
//!
//! *hello*: what does not change while the process runs; `contacts` says whether contacts may be listed, and `shard`
//! whose lines they are, if the process does not have all. A page that sees another version reloads itself.
//!
//! ```json
//! {"now_timestamp_seconds": 1758006900.25, "figures_as_of_timestamp_seconds": 1758006900,
//!  "complete_until_timestamp_seconds": 1758006899.9, "rebuild_progress_ratio": 1.0, "complete": true, "reasons": [],
//!  "lines": [{"contacts_waiting": 2, "windows": {"15m": {"contacts_offered": 3}, "today": null}}]}
//! ```
//!
//! *figures*: the lines in the order of hello. An unknown instant is `null`, and so are a line before the figures are
//! rebuilt and a window that history does not cover: no data, not 0.
//!
//! ```json
//! {"start_timestamp_seconds": 1757970000, "slot_seconds": 900,
//!  "lines": [{"offered": [0, 3], "answered": [0, 2], "callback_requested": [0, 1], "timed_out": [0, 0],
//!             "abandoned": [0, 0]}, null],
//!  "open": [[[1757998800, 1758027600]], []]}
//! ```
//!
//! *day*: the counts of each slot from local midnight to the current one, which is incomplete. A day has 92, 96 or 100
//! slots. `timed_out` counts contacts on lines where that counts, `abandoned` those of every stage, short abandons
//! included. A line is `null` if history does not reach back to midnight. `open` has the opening hours of each line on
//! the day, as `[from, to]`. Before the figures are rebuilt, everything but the length of a slot is `null`.

use std::ops::Range;

use ensilinja_catalogue::figures_json::{info_fields, instant, line_figures, with_status};
use ensilinja_catalogue::{LineTable, Metric, Snapshot, intervals_json};
use ensilinja_ledger::{INTERVAL_SECONDS, Indicator, Intraday, Window};
use ensilinja_model::EventTime;
use serde_json::{Value, json};

use crate::links::BoardLinks;
use crate::pipeline::Build;
use crate::source::SnapshotSource;

/// The windows that the board shows or judges by.
const WINDOWS: [Window; 4] = [Window::Minutes15, Window::Hour, Window::Today, Window::Open2Hours];

/// Whether the board needs a figure. It needs all figures of the instant itself. Lines are judged by the windows of the
/// alerts: waits of the last 15 minutes, callbacks of the last hour, shares of the last two open hours.
fn shows(window: Option<Window>, figure: &'static Metric) -> bool {
    let Some(window) = window else { return true };
    let windows: &[Window] = match figure.json_name() {
        "contacts_offered" | "answer_wait_quantile_seconds" => &[Window::Minutes15, Window::Today],
        "contacts_decided" => &[Window::Minutes15, Window::Today, Window::Open2Hours],
        "indicator_good" | "indicator_valid" => &[Window::Today, Window::Open2Hours],
        "callbacks_closed" => &[Window::Hour, Window::Today, Window::Open2Hours],
        "callback_attempts" => &[Window::Hour],
        "promises" | "nps_answers" => &[Window::Today],
        _ => &[],
    };
    windows.contains(&window)
}

/// The data of `hello`.
pub(crate) fn hello(
    build: Build,
    time_zone: &str,
    table: &LineTable,
    links: &BoardLinks,
    source: &dyn SnapshotSource,
) -> Value {
    let indicator = |indicator: &Indicator| {
        let row = indicator.row();
        json!({
            "indicator": indicator.as_str(),
            "name_fi": row.name_fi,
            "name_sv": row.name_sv,
            "name_en": row.name_en,
            "rule": row.rule,
        })
    };
    let live = Indicator::ALL.iter().filter(|indicator| indicator.is_live());
    let mut hello = json!({
        "version": format!("{} ({})", build.version, build.revision),
        "time_zone": time_zone,
        "contacts": source.lists_contacts(),
        "indicators": live.map(indicator).collect::<Vec<_>>(),
        "lines": table.infos().iter().map(info_fields).collect::<Vec<_>>(),
        "links": links.to_json(),
    });
    if let Some(shard) = source.shard() {
        hello["shard"] = shard.into();
    }
    hello
}

/// The data of `figures`.
pub(crate) fn figures(table: &LineTable, snapshot: &Snapshot) -> Value {
    let figures = snapshot.figures.as_ref();
    let line = |(index, info)| {
        let line = figures.and_then(|figures| figures.lines.get(index));
        line.map_or(Value::Null, |line| line_figures(table, info, line, &WINDOWS, &shows))
    };
    with_status(snapshot, &table.infos().iter().enumerate().map(line).collect::<Vec<_>>())
}

/// The data of `day` for this number of lines.
pub(crate) fn day(lines: usize, intraday: Option<&Intraday>) -> Value {
    let line = |index: usize| {
        let intervals = intraday.and_then(|intraday| intraday.lines.get(index)?.as_deref());
        intervals.map_or(Value::Null, intervals_json)
    };
    let open = |index: usize| {
        let ranges = intraday.and_then(|intraday| intraday.open.get(index));
        let pair = |range: &Range<EventTime>| json!([instant(Some(range.start)), instant(Some(range.end))]);
        ranges.map_or(Value::Null, |ranges| ranges.iter().map(pair).collect())
    };
    json!({
        "start_timestamp_seconds": instant(intraday.map(|intraday| intraday.day_start)),
        "slot_seconds": INTERVAL_SECONDS,
        "lines": (0..lines).map(line).collect::<Vec<_>>(),
        "open": (0..lines).map(open).collect::<Vec<_>>(),
    })
}
