//! The lines of a run: what it is of, the figures of one instant after the other, and that it is whole.

use std::collections::BTreeSet;

use ensilinja_model::EventTime;
use serde_json::{Map, Value};

use super::shown::{NotFigures, Shown, instant};

/// A line of a run.
#[derive(Clone, Debug, PartialEq)]
pub enum RunLine {
    /// The first: what the run is of.
    Header(Run),
    /// The figures of an instant.
    Figures(Shown),
    /// The last: so many instants are in the run.
    End {
        /// How many.
        instants: u64,
    },
}

/// What a run is of.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Run {
    /// What it was narrowed to.
    pub scope: Scope,
    /// Seconds between two instants.
    pub step_seconds: Option<u64>,
    /// With what knowledge.
    pub known: Known,
    /// The configuration; without it, the lines are those of the demo's county.
    pub config: Option<String>,
    /// The brokers that it was read from, where they were said apart from the configuration.
    pub brokers: Option<String>,
    /// The files that it was read from; none, if from the topic.
    pub events: Vec<String>,
    /// The version of the program that made it.
    pub version: String,
}

/// With what knowledge the figures of a run were made.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Known {
    /// All there was when it was made.
    #[default]
    All,
    /// What was known before this.
    Before(EventTime),
    /// Each instant with what was known at it.
    Then,
}

/// Which of all figures there are; `None` is all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// The windows.
    pub windows: Option<BTreeSet<String>>,
    /// The names of the figures, as they stand in a document.
    pub figures: Option<BTreeSet<String>>,
}

/// Why a line is none of a run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotARun {
    /// It is no line of any run.
    #[error(transparent)]
    NoLine(#[from] NotFigures),
    /// What is said of the run cannot be understood.
    #[error("what is said of the run cannot be understood: {0}")]
    OddHeader(&'static str),
}

impl RunLine {
    /// Reads a line.
    ///
    /// # Errors
    /// If it is none of a run.
    pub fn parse(text: &str) -> Result<Self, NotARun> {
        let value: Value = serde_json::from_str(text).map_err(|error| NotFigures::NoJson(error.to_string()))?;
        if let Some(Value::Object(header)) = value.get("run") {
            return Ok(Self::Header(Run::of(header)?));
        }
        if let Some(end) = value.get("end") {
            let instants = end.get("instants").and_then(Value::as_u64);
            return Ok(Self::End { instants: instants.ok_or(NotARun::OddHeader("end"))? });
        }
        Ok(Self::Figures(Shown::of(value)?))
    }
}

impl Run {
    fn of(header: &Map<String, Value>) -> Result<Self, NotARun> {
        let text = |key: &str| header.get(key).and_then(Value::as_str).map(str::to_owned);
        let known = match header.get("known_at") {
            None | Some(Value::Null) => Known::All,
            Some(Value::String(then)) if then == "then" => Known::Then,
            Some(at) => Known::Before(instant(at).ok_or(NotARun::OddHeader("known_at"))?),
        };
        let windows = names(header, "windows")?;
        let figures = names(header, "figures")?.map(|names| names.iter().map(|name| in_document(name)).collect());
        Ok(Self {
            scope: Scope { windows: windows.map(|windows| windows.into_iter().collect()), figures },
            step_seconds: header.get("step_seconds").and_then(Value::as_u64),
            known,
            config: text("config"),
            brokers: text("brokers"),
            events: names(header, "events")?.unwrap_or_default(),
            version: text("version").ok_or(NotARun::OddHeader("version"))?,
        })
    }
}

impl Scope {
    /// Whether a window is in it; what is of no window is in every scope.
    #[must_use]
    pub fn has_window(&self, window: &str) -> bool {
        self.windows.as_ref().is_none_or(|windows| windows.contains(window))
    }

    /// Whether both were narrowed to windows, and to none in common.
    #[must_use]
    pub fn is_apart_from(&self, other: &Self) -> bool {
        let windows = self.windows.as_ref().zip(other.windows.as_ref());
        windows.is_some_and(|(one, other)| !one.is_empty() && !other.is_empty() && one.is_disjoint(other))
    }

    /// Whether a figure is in it.
    #[must_use]
    pub fn has_figure(&self, figure: &str) -> bool {
        self.figures.as_ref().is_none_or(|figures| figures.contains(figure))
    }
}

/// The texts of a list; `None` if nothing is said.
fn names(header: &Map<String, Value>, key: &'static str) -> Result<Option<Vec<String>>, NotARun> {
    match header.get(key) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::Array(names)) => {
            let texts = names.iter().map(|name| name.as_str().map(str::to_owned)).collect::<Option<_>>();
            texts.map(Some).ok_or(NotARun::OddHeader(key))
        }
        Some(_) => Err(NotARun::OddHeader(key)),
    }
}

/// The name of a metric as it stands in a document.
fn in_document(metric: &str) -> String {
    let name = metric.strip_prefix("ensilinja_").unwrap_or(metric);
    name.strip_prefix("window_").unwrap_or(name).to_owned()
}
