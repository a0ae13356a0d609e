//! The figures of all lines at one instant, as `/api/figures` answers them and a run holds them.

use ensilinja_model::EventTime;
use serde_json::{Map, Value};

/// The figures of all lines at one instant.
#[derive(Clone, Debug, PartialEq)]
pub struct Shown {
    /// The instant they are true for; `None` while a process has yet to rebuild them.
    pub as_of: Option<EventTime>,
    /// When they were asked for, where a process says so.
    pub asked_at: Option<EventTime>,
    /// Everything published before this is in them, where a process says so.
    pub complete_until: Option<EventTime>,
    /// Whether they are complete; what has been looked up in a run is.
    pub complete: bool,
    /// Why they are not complete, or will not stay so.
    pub reasons: Vec<String>,
    /// The zone of the lines' local time, by its name in the IANA database.
    pub time_zone: Option<String>,
    pub(super) lines: Vec<Line>,
}

/// A line, and its figures where there are any.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Line {
    pub id: String,
    pub figures: Option<Map<String, Value>>,
}

/// Why a text is no document of figures.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotFigures {
    /// It is no JSON, or was cut off.
    #[error("it is no JSON document: {0}")]
    NoJson(String),
    /// It is JSON, and something else.
    #[error("it is JSON, but not the figures of lines: {0}")]
    NoFigures(&'static str),
}

impl Shown {
    /// Reads a document.
    ///
    /// # Errors
    /// If it is no JSON, or has no figures of lines.
    pub fn parse(text: &str) -> Result<Self, NotFigures> {
        let value = serde_json::from_str(text).map_err(|error| NotFigures::NoJson(error.to_string()))?;
        Self::of(value)
    }

    /// The ids of its lines, in its order.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().map(|line| line.id.as_str())
    }

    pub(super) fn of(value: Value) -> Result<Self, NotFigures> {
        let Value::Object(mut fields) = value else { return Err(NotFigures::NoFigures("it is no object")) };
        let Some(as_of) = fields.get("figures_as_of_timestamp_seconds") else {
            return Err(NotFigures::NoFigures("it does not say as of when"));
        };
        let as_of = match as_of {
            Value::Null => None,
            seconds => Some(instant(seconds).ok_or(NotFigures::NoFigures("it does not say as of when"))?),
        };
        let Some(Value::Array(lines)) = fields.remove("lines") else {
            return Err(NotFigures::NoFigures("it has no lines"));
        };
        let text = |value: &Value| value.as_str().map(str::to_owned);
        Ok(Self {
            as_of,
            asked_at: fields.get("now_timestamp_seconds").and_then(instant),
            complete_until: fields.get("complete_until_timestamp_seconds").and_then(instant),
            complete: fields.get("complete").is_none_or(|complete| complete == &Value::Bool(true)),
            reasons: match fields.get("reasons") {
                Some(Value::Array(reasons)) => reasons.iter().filter_map(text).collect(),
                _ => Vec::new(),
            },
            time_zone: fields.get("time_zone").and_then(text),
            lines: lines.into_iter().map(Line::of).collect::<Result<_, _>>()?,
        })
    }
}

impl Line {
    fn of(value: Value) -> Result<Self, NotFigures> {
        let Value::Object(mut fields) = value else { return Err(NotFigures::NoFigures("a line is no object")) };
        let Some(Value::String(id)) = fields.remove("line") else {
            return Err(NotFigures::NoFigures("a line has no id"));
        };
        let figures = match fields.remove("figures") {
            Some(Value::Object(figures)) => Some(figures),
            Some(Value::Null) => None,
            _ => return Err(NotFigures::NoFigures("a line does not say whether it has figures")),
        };
        if figures.iter().flat_map(Map::values).any(|below| !is_numbers(below)) {
            return Err(NotFigures::NoFigures("a figure is no number"));
        }
        Ok(Self { id, figures })
    }
}

/// Whether there are only numbers below, and names that stand for nothing.
fn is_numbers(value: &Value) -> bool {
    match value {
        Value::Null | Value::Number(_) => true,
        Value::Object(below) => below.values().all(is_numbers),
        Value::Bool(_) | Value::String(_) | Value::Array(_) => false,
    }
}

/// An instant as a document has it.
pub(super) fn instant(value: &Value) -> Option<EventTime> {
    value.as_f64().map(seconds)
}

/// Seconds since the epoch, to the millisecond.
#[expect(clippy::cast_possible_truncation, reason = "milliseconds of any year that is written fit 53 bits")]
pub(super) fn seconds(seconds: f64) -> EventTime {
    EventTime::from_millis((seconds * 1000.0).round() as i64)
}
