//! A *run*: the figures of many instants, a line each, between a line that says what was asked and one that says that
//! all of it is there.
//!
//! ```json
//! {"run": {"from": 1757908800, "to": 1757912400, "step_seconds": 3600, "known_at": null, "lines": ["mipa"], ...}}
//! {"time_zone": "Europe/Helsinki", "figures_as_of_timestamp_seconds": 1757908800, "lines": [{"line": "mipa", ...}]}
//! {"time_zone": "Europe/Helsinki", "figures_as_of_timestamp_seconds": 1757912400, "lines": [{"line": "mipa", ...}]}
//! {"end": {"instants": 2}}
//! ```
//!
//! The lines between are what `GET /api/figures` answers ([`figures_json`](crate::figures_json)), as far as an instant
//! of the past has it: with the line's id, its channel and its figures. A run without its last line was cut off.

use ensilinja_ledger::Figures;
use ensilinja_model::EventTime;
use serde_json::{Value, json};

use super::Export;
use crate::figures_json::{instant, line_figures};

/// Which instants of a run are known how: what stands in `known_at`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Knowledge {
    /// By all that is in the log.
    All,
    /// By what was known before an instant.
    Before(EventTime),
    /// Each by what was known at it.
    Then,
}

/// What was asked of a run, beside its lines, windows and figures, which the export knows.
#[derive(Clone, Debug)]
pub struct Run {
    /// The first instant.
    pub from: EventTime,
    /// The last that it may have.
    pub to: EventTime,
    /// From one to the next; a local day counts as 86 400.
    pub step_seconds: i64,
    /// By what they are known.
    pub known: Knowledge,
    /// The file of the configuration, if there was one.
    pub config: Option<String>,
    /// The topic, if events came from one.
    pub topic: Option<String>,
    /// Its brokers.
    pub brokers: Option<String>,
    /// The files that events came from.
    pub events: Vec<String>,
    /// The version of the program.
    pub version: &'static str,
}

impl Export {
    /// The first line of a run.
    #[must_use]
    pub fn run_line(&self, run: &Run) -> String {
        let known_at = match run.known {
            Knowledge::All => Value::Null,
            Knowledge::Before(at) => instant(Some(at)),
            Knowledge::Then => json!("then"),
        };
        let lines: Vec<&str> = self.exposition.cards().iter().map(|card| card.id.as_str()).collect();
        let windows: Vec<&str> = self.choice.windows.iter().map(|window| window.as_str()).collect();
        line(&json!({ "run": {
            "from": instant(Some(run.from)),
            "to": instant(Some(run.to)),
            "step_seconds": run.step_seconds,
            "known_at": known_at,
            "config": run.config,
            "topic": run.topic,
            "brokers": run.brokers,
            "events": run.events,
            "lines": lines,
            "windows": windows,
            "figures": self.choice.figures(),
            "version": run.version,
        }}))
    }

    /// The line of an instant.
    #[must_use]
    pub fn instant_line(&self, time_zone: &str, figures: &Figures) -> String {
        let shows = |_, metric| self.choice.has(metric);
        let of_line = |(card, place): (&crate::LineCard, &usize)| {
            let of_line = &figures.lines[*place];
            json!({
                "line": card.id.as_str(),
                "channel": card.channel.as_str(),
                "figures": line_figures(&self.exposition, card, of_line, &self.choice.windows, &shows),
            })
        };
        line(&json!({
            "time_zone": time_zone,
            "figures_as_of_timestamp_seconds": instant(Some(figures.as_of)),
            "lines": self.exposition.cards().iter().zip(&self.lines).map(of_line).collect::<Vec<_>>(),
        }))
    }

    /// The last line of a run of so many instants.
    #[must_use]
    pub fn end_line(instants: u64) -> String {
        line(&json!({ "end": { "instants": instants } }))
    }
}

fn line(value: &Value) -> String {
    format!("{value}\n")
}
