//! A *run file*: the figures of many instants of the past, one a line, as `ensilinja replay --format jsonl` writes them
//! and `ensilinja compare` reads them.
//!
//! ```json
//! {"run": {"from": 1757908800, "to": 1757912400, "step_seconds": 3600, "known_at": null, "lines": ["mipa"], ...}}
//! {"time_zone": "Europe/Helsinki", "figures_as_of_timestamp_seconds": 1757908800, "lines": [{"line": "mipa", ...}]}
//! {"time_zone": "Europe/Helsinki", "figures_as_of_timestamp_seconds": 1757912400, "lines": [{"line": "mipa", ...}]}
//! {"end": {"instants": 2}}
//! ```
//!
//! | line | written by | read as |
//! |---|---|---|
//! | the first: what was asked | [`RunHeader::to_line`] | [`RunLine::Header`] |
//! | one for each instant | [`Export::instant_line`](crate::Export::instant_line) | [`RunLine::Figures`] |
//! | the last | [`end_line`] | [`RunLine::End`] |
//!
//! A run file without its last line was cut off. [`RunReader`](crate::RunReader) reads a whole one and checks it.

pub(crate) mod reader;

use ensilinja_model::EventTime;
use serde_json::{Map, Value, json};

use crate::figures_document::{FiguresDocument, NotFigures, instant_of};
use crate::figures_json::instant;
use crate::metric::json_name;

/// A line of a run file.
#[derive(Clone, Debug, PartialEq)]
pub enum RunLine {
    /// The first line.
    Header(RunHeader),
    /// The figures of an instant.
    Figures(FiguresDocument),
    /// The last line.
    End {
        /// The number of instants in the file.
        instants: u64,
    },
}

/// The first line of a run file: what was asked, and of which program.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RunHeader {
    /// The first instant.
    pub from: Option<EventTime>,
    /// The last instant that the run may have.
    pub to: Option<EventTime>,
    /// Seconds from one instant to the next; a local day counts as 86 400.
    pub step_seconds: Option<i64>,
    /// The events that count at each instant.
    pub knowledge: Knowledge,
    /// The path of the configuration; without it, the lines are those of the demo's county.
    pub config: Option<String>,
    /// The topic, if events came from one; none if they came from files, or from archives alone.
    pub topic: Option<String>,
    /// The brokers of the topic.
    pub brokers: Option<String>,
    /// The files of events; empty if events came from the topic or from archives.
    pub events: Vec<String>,
    /// The archives that were read, together with the topic if there is one.
    pub archives: Vec<String>,
    /// The source whose records the files have, by its name in the configuration; without it, they have `CloudEvents`.
    pub source: Option<String>,
    /// The ids of the lines.
    pub lines: Vec<String>,
    /// The figures that the run has.
    pub scope: RunScope,
    /// The version of the program.
    pub version: String,
}

/// The events that count in the figures of an instant (`known_at`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Knowledge {
    /// All events in the log when the run was made.
    #[default]
    All,
    /// The events known before this instant.
    Before(EventTime),
    /// For each instant, the events known at it.
    Then,
}

/// The windows and figures of a run. `None` means all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RunScope {
    /// The windows.
    pub windows: Option<Vec<String>>,
    /// The names of the metrics.
    pub figures: Option<Vec<String>>,
}

/// Why a text is not a line of a run file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotARunLine {
    /// It is not JSON, or not a line of this format.
    #[error(transparent)]
    NotFigures(#[from] NotFigures),
    /// A member of the first or last line cannot be understood.
    #[error("the member {0} of the run cannot be understood")]
    BadMember(&'static str),
}

impl RunLine {
    /// Parses a line.
    ///
    /// # Errors
    /// If the text is not a line of a run file.
    pub fn parse(text: &str) -> Result<Self, NotARunLine> {
        let value: Value = serde_json::from_str(text).map_err(|error| NotFigures::NotJson(error.to_string()))?;
        if let Some(Value::Object(header)) = value.get("run") {
            return Ok(Self::Header(RunHeader::parse(header)?));
        }
        if let Some(end) = value.get("end") {
            let instants = end.get("instants").and_then(Value::as_u64);
            return Ok(Self::End { instants: instants.ok_or(NotARunLine::BadMember("end"))? });
        }
        Ok(Self::Figures(FiguresDocument::from_json(value)?))
    }
}

impl RunHeader {
    /// The first line of a run file.
    #[must_use]
    pub fn to_line(&self) -> String {
        let known_at = match self.knowledge {
            Knowledge::All => Value::Null,
            Knowledge::Before(at) => instant(Some(at)),
            Knowledge::Then => json!("then"),
        };
        let mut header = json!({ "run": {
            "from": instant(self.from),
            "to": instant(self.to),
            "step_seconds": self.step_seconds,
            "known_at": known_at,
            "config": self.config,
            "topic": self.topic,
            "brokers": self.brokers,
            "events": self.events,
            "archives": self.archives,
            "lines": self.lines,
            "windows": self.scope.windows,
            "figures": self.scope.figures,
            "version": self.version,
        }});
        if let Some(source) = &self.source {
            header["run"]["source"] = json!(source);
        }
        format!("{header}\n")
    }

    fn parse(header: &Map<String, Value>) -> Result<Self, NotARunLine> {
        let text = |key: &str| header.get(key).and_then(Value::as_str).map(str::to_owned);
        let knowledge = match header.get("known_at") {
            None | Some(Value::Null) => Knowledge::All,
            Some(Value::String(then)) if then == "then" => Knowledge::Then,
            Some(at) => Knowledge::Before(instant_of(at).ok_or(NotARunLine::BadMember("known_at"))?),
        };
        Ok(Self {
            from: header.get("from").and_then(instant_of),
            to: header.get("to").and_then(instant_of),
            step_seconds: header.get("step_seconds").and_then(Value::as_i64),
            knowledge,
            config: text("config"),
            topic: text("topic"),
            brokers: text("brokers"),
            events: names(header, "events")?.unwrap_or_default(),
            archives: names(header, "archives")?.unwrap_or_default(),
            source: text("source"),
            lines: names(header, "lines")?.unwrap_or_default(),
            scope: RunScope { windows: names(header, "windows")?, figures: names(header, "figures")? },
            version: text("version").ok_or(NotARunLine::BadMember("version"))?,
        })
    }
}

/// The last line of a run file with this many instants.
#[must_use]
pub fn end_line(instants: u64) -> String {
    format!("{}\n", json!({ "end": { "instants": instants } }))
}

impl RunScope {
    /// Whether the run has a window. Figures of the instant itself belong to no window and are in every scope.
    #[must_use]
    pub fn has_window(&self, window: &str) -> bool {
        self.windows.as_ref().is_none_or(|windows| windows.iter().any(|own| own == window))
    }

    /// Whether the run has a figure, by its [JSON name](json_name).
    #[must_use]
    pub fn has_figure(&self, figure: &str) -> bool {
        self.figures.as_ref().is_none_or(|figures| figures.iter().any(|own| json_name(own) == figure))
    }

    /// Whether both are limited to some windows and have none in common.
    #[must_use]
    pub fn is_disjoint(&self, other: &Self) -> bool {
        let (Some(one), Some(other)) = (&self.windows, &other.windows) else { return false };
        !one.is_empty() && !other.is_empty() && !one.iter().any(|window| other.contains(window))
    }
}

/// The texts of a list; `None` if it is `null` or absent.
fn names(header: &Map<String, Value>, key: &'static str) -> Result<Option<Vec<String>>, NotARunLine> {
    match header.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Array(names)) => {
            let texts = names.iter().map(|name| name.as_str().map(str::to_owned)).collect::<Option<_>>();
            texts.map(Some).ok_or(NotARunLine::BadMember(key))
        }
        Some(_) => Err(NotARunLine::BadMember(key)),
    }
}
