//! The question about a figure, checked against the lines, the catalogue and the present before anything is read.

use ensilinja_catalogue::{LineInfo, NamedFigure, NamedFigureError};
use ensilinja_config::nearest;
use ensilinja_ledger::Window;
use ensilinja_model::{EventTime, LineId, LineIndex};

use crate::context::LookbackContext;
use crate::contribution::FigureQuery;
use crate::error::LookbackError;
use crate::request_error::RequestError;

/// A question about a figure of a line at an instant.
#[derive(Clone, Copy, Debug)]
pub struct FigureQuestion<'a> {
    /// The line.
    pub line: &'a LineId,
    /// The name of the figure, or as much of it as tells it apart.
    pub figure: &'a str,
    /// The window, if the figure has any.
    pub window: Option<Window>,
    /// The instant; it is cut to whole seconds.
    pub at: EventTime,
    /// Only events that became known before this count.
    pub known_before: Option<EventTime>,
    /// The user's statement that nothing is missing since then.
    pub complete_since: Option<EventTime>,
    /// List every entry, however many there are.
    pub list_all: bool,
}

/// A question that has been checked.
pub(super) struct CheckedQuestion {
    pub line: LineIndex,
    pub info: LineInfo,
    /// One figure; two for an indicator or a distribution.
    pub figures: Vec<NamedFigure>,
    pub window: Option<Window>,
    pub at: EventTime,
}

impl FigureQuestion<'_> {
    /// Checks the question.
    pub(super) fn check(&self, context: &LookbackContext<'_>) -> Result<CheckedQuestion, LookbackError> {
        let place = context.config.line_indices(std::slice::from_ref(self.line))?[0];
        let figures = NamedFigure::find(self.figure).map_err(unknown_figure)?;
        for figure in &figures {
            check_window(figure, self.window)?;
        }
        if self.at > context.now {
            return Err(RequestError::Future.into());
        }
        Ok(CheckedQuestion {
            line: LineIndex::new(u16::try_from(place).expect("a configuration has fewer than 65 536 lines")),
            info: context.config.lines[place].info(),
            figures,
            window: self.window,
            at: EventTime::from_seconds(self.at.floor_second()),
        })
    }
}

impl CheckedQuestion {
    /// The question about one of the figures.
    pub fn query<'a>(&'a self, figure: &'a NamedFigure) -> FigureQuery<'a> {
        FigureQuery { figure, line: self.line, info: &self.info, window: self.window, at: self.at }
    }
}

fn unknown_figure(why: NamedFigureError) -> RequestError {
    let words = NamedFigure::words();
    let suggestion = match &why {
        NamedFigureError::Unknown(name) => match nearest(name, words.iter().copied()) {
            Some(near) => format!("; did you mean {near}?"),
            None => format!("; there are {}", words.join(", ")),
        },
        _ => String::new(),
    };
    RequestError::Figure { why, suggestion }
}

fn check_window(figure: &NamedFigure, window: Option<Window>) -> Result<(), RequestError> {
    let existing = figure.windows();
    let windows = || existing.iter().map(|window| window.as_str()).collect();
    match window {
        None if existing.is_empty() => Ok(()),
        None => Err(RequestError::WindowMissing { figure: figure.series(), windows: windows() }),
        Some(_) if existing.is_empty() => Err(RequestError::NoWindow { figure: figure.series() }),
        Some(window) if !existing.contains(&window) => {
            let (figure, window) = (figure.series(), window.as_str());
            Err(RequestError::WrongWindow { figure, window, windows: windows() })
        }
        Some(_) => Ok(()),
    }
}
