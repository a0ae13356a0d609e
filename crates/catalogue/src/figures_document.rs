//! Reads the figures of all lines at one instant: the document that [`figures_json`](crate::figures_json) writes. It
//! comes from a live process or from a line of a [run file](crate::run_file).

use ensilinja_model::EventTime;
use serde_json::{Map, Value};

/// The figures of all lines at one instant.
#[derive(Clone, Debug, PartialEq)]
pub struct FiguresDocument {
    /// The instant of the figures; `None` before a process has rebuilt them.
    pub as_of: Option<EventTime>,
    /// The time of the request, if a live process answered it.
    pub asked_at: Option<EventTime>,
    /// Everything published before this is in the figures, if a live process answered.
    pub complete_until: Option<EventTime>,
    /// Whether the figures are complete; those of a run always are.
    pub complete: bool,
    /// Why they are not complete, and warnings.
    pub reasons: Vec<String>,
    /// The time zone of the lines by its IANA name.
    pub time_zone: Option<String>,
    /// The version of the program that wrote it. Before 0.2.0 a live process did not say.
    pub version: Option<String>,
    /// The shard whose lines these are, if they are of a process with a shard.
    pub shard: Option<String>,
    /// The lines, in the order of the document.
    pub lines: Vec<LineDocument>,
}

/// A line and its figures.
#[derive(Clone, Debug, PartialEq)]
pub struct LineDocument {
    /// The id of the line.
    pub id: String,
    /// The figures by name, those of windows under `windows`; `None` if the document has none of this line.
    pub figures: Option<Map<String, Value>>,
}

/// Why a text is not a document of figures.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotFigures {
    /// It is not JSON, or was cut off.
    #[error("it is not a JSON document: {0}")]
    NotJson(String),
    /// It is JSON of another shape.
    #[error("it is JSON, but not a document of figures: {0}")]
    NotOfLines(&'static str),
}

impl FiguresDocument {
    /// Parses a document.
    ///
    /// # Errors
    /// If it is not JSON, or not a document of figures.
    pub fn parse(text: &str) -> Result<Self, NotFigures> {
        let value = serde_json::from_str(text).map_err(|error| NotFigures::NotJson(error.to_string()))?;
        Self::from_json(value)
    }

    /// The ids of the lines, in the order of the document.
    pub fn line_ids(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().map(|line| line.id.as_str())
    }

    pub(crate) fn from_json(value: Value) -> Result<Self, NotFigures> {
        let Value::Object(mut fields) = value else { return Err(NotFigures::NotOfLines("it is not an object")) };
        let Some(as_of) = fields.get("figures_as_of_timestamp_seconds") else {
            return Err(NotFigures::NotOfLines("figures_as_of_timestamp_seconds is missing"));
        };
        let as_of = match as_of {
            Value::Null => None,
            seconds => {
                Some(instant_of(seconds).ok_or(NotFigures::NotOfLines("figures_as_of_timestamp_seconds is missing"))?)
            }
        };
        let Some(Value::Array(lines)) = fields.remove("lines") else {
            return Err(NotFigures::NotOfLines("lines is missing"));
        };
        let text = |value: &Value| value.as_str().map(str::to_owned);
        Ok(Self {
            as_of,
            asked_at: fields.get("now_timestamp_seconds").and_then(instant_of),
            complete_until: fields.get("complete_until_timestamp_seconds").and_then(instant_of),
            complete: fields.get("complete").is_none_or(|complete| complete == &Value::Bool(true)),
            reasons: match fields.get("reasons") {
                Some(Value::Array(reasons)) => reasons.iter().filter_map(text).collect(),
                _ => Vec::new(),
            },
            time_zone: fields.get("time_zone").and_then(text),
            version: fields.get("version").and_then(text),
            shard: fields.get("shard").and_then(text),
            lines: lines.into_iter().map(LineDocument::from_json).collect::<Result<_, _>>()?,
        })
    }
}

impl LineDocument {
    fn from_json(value: Value) -> Result<Self, NotFigures> {
        let Value::Object(mut fields) = value else { return Err(NotFigures::NotOfLines("a line is not an object")) };
        let Some(Value::String(id)) = fields.remove("line") else {
            return Err(NotFigures::NotOfLines("a line has no id"));
        };
        let figures = match fields.remove("figures") {
            Some(Value::Object(figures)) => Some(figures),
            Some(Value::Null) => None,
            _ => return Err(NotFigures::NotOfLines("a line has no member figures")),
        };
        if figures.iter().flat_map(Map::values).any(|below| !is_numbers(below)) {
            return Err(NotFigures::NotOfLines("a figure is not a number"));
        }
        Ok(Self { id, figures })
    }
}

/// Whether a value consists of numbers, nested under names, and nulls.
fn is_numbers(value: &Value) -> bool {
    match value {
        Value::Null | Value::Number(_) => true,
        Value::Object(below) => below.values().all(is_numbers),
        Value::Bool(_) | Value::String(_) | Value::Array(_) => false,
    }
}

/// An instant of a document.
pub(crate) fn instant_of(value: &Value) -> Option<EventTime> {
    value.as_f64().map(from_seconds)
}

/// Seconds since 1970, rounded to the millisecond.
#[expect(clippy::cast_possible_truncation, reason = "milliseconds of any year that is written fit 53 bits")]
#[must_use]
pub fn from_seconds(seconds: f64) -> EventTime {
    EventTime::from_millis((seconds * 1000.0).round() as i64)
}
