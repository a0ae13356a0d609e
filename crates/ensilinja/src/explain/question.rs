//! What is asked of a figure, held against the lines, the catalogue and the clock before anything is read.

use ensilinja_catalogue::{LineInfo, NamedFigure, NamedFigureError};
use ensilinja_ledger::Window;
use ensilinja_model::{EventTime, LineIndex};

use crate::cli::{ExplainArguments, When};
use crate::events_file::STANDARD_STREAM;
use ensilinja_config::Config;
use ensilinja_config::nearest;

/// A figure of a line at an instant.
pub(super) struct Question {
    pub line: LineIndex,
    pub card: LineInfo,
    /// As it was asked for.
    pub asked: String,
    /// One figure; two for an indicator or a distribution.
    pub figures: Vec<NamedFigure>,
    pub window: Option<Window>,
    pub at: EventTime,
    pub known_before: Option<EventTime>,
}

/// What cannot be explained as it is asked.
#[derive(Debug, thiserror::Error)]
pub enum CannotExplain {
    /// There is no such figure, or more than one.
    #[error("--figure: {why}{advice}")]
    Figure {
        /// Why not.
        why: NamedFigureError,
        /// Which may have been meant.
        advice: String,
    },
    /// The figure is one of windows.
    #[error("{figure} is a figure of a window: say --window {}", .windows.join(", or "))]
    WindowMissing {
        /// The figure.
        figure: String,
        /// Its windows.
        windows: Vec<&'static str>,
    },
    /// The figure is not told for this window.
    #[error("{figure} is not told for --window {window}, but for {}", .windows.join(", "))]
    WindowNotTold {
        /// The figure.
        figure: String,
        /// What was asked for.
        window: &'static str,
        /// Its windows.
        windows: Vec<&'static str>,
    },
    /// The figure is one of an instant.
    #[error("{figure} is a figure of an instant: leave out --window")]
    NoWindow {
        /// The figure.
        figure: String,
    },
    /// A local time is none, or comes twice.
    #[error("{option}: {why:#}")]
    Time {
        /// Which argument.
        option: &'static str,
        /// What is wrong with it.
        why: anyhow::Error,
    },
    /// It has not come.
    #[error("--at is yet to come: nothing is known of it")]
    Future,
    /// Pipes cannot be read twice.
    #[error("standard input cannot be read twice: write it to a file first, and give that to --events")]
    StandardInput,
}

/// What is asked.
///
/// # Errors
/// [`CannotExplain`], a line that is not configured, a local time that is none or comes twice.
pub(super) fn question(arguments: &ExplainArguments, config: &Config, now: EventTime) -> anyhow::Result<Question> {
    let (Some(asked), Some(line), Some(at)) = (&arguments.figure, &arguments.line, arguments.at) else {
        unreachable!("the table of arguments demands them together")
    };
    let place = config.places_of(std::slice::from_ref(line))?[0];
    let figures = NamedFigure::find(asked).map_err(unknown)?;
    for figure in &figures {
        check_window(figure, arguments.window)?;
    }
    let at = instant("--at", at, config)?;
    if at > now {
        return Err(CannotExplain::Future.into());
    }
    check_source(arguments)?;
    Ok(Question {
        line: LineIndex::new(u16::try_from(place).expect("there are at most 1 000 lines")),
        card: config.lines[place].info(),
        asked: asked.clone(),
        figures,
        window: arguments.window,
        at: EventTime::from_seconds(at.floor_second()),
        known_before: arguments.known_at.map(|known| instant("--known-at", known, config)).transpose()?,
    })
}

/// An instant that is asked for.
pub(super) fn instant(option: &'static str, when: When, config: &Config) -> Result<EventTime, CannotExplain> {
    when.instant(&config.zone).map_err(|why| CannotExplain::Time { option, why })
}

fn unknown(why: NamedFigureError) -> CannotExplain {
    let words = NamedFigure::words();
    let advice = match &why {
        NamedFigureError::Unknown(name) => match nearest(name, words.iter().copied()) {
            Some(near) => format!("; did you mean {near}?"),
            None => format!("; there are {}", words.join(", ")),
        },
        _ => String::new(),
    };
    CannotExplain::Figure { why, advice }
}

fn check_window(figure: &NamedFigure, window: Option<Window>) -> Result<(), CannotExplain> {
    let told = figure.windows();
    let windows = || told.iter().map(|window| window.as_str()).collect();
    match window {
        None if told.is_empty() => Ok(()),
        None => Err(CannotExplain::WindowMissing { figure: figure.series(), windows: windows() }),
        Some(_) if told.is_empty() => Err(CannotExplain::NoWindow { figure: figure.series() }),
        Some(window) if !told.contains(&window) => {
            Err(CannotExplain::WindowNotTold { figure: figure.series(), window: window.as_str(), windows: windows() })
        }
        Some(_) => Ok(()),
    }
}

/// A source that is to be read twice must be one that can be.
pub(super) fn check_source(arguments: &ExplainArguments) -> Result<(), CannotExplain> {
    let is_standard_input = arguments.source.events.iter().any(|file| file.as_os_str() == STANDARD_STREAM);
    if is_standard_input { Err(CannotExplain::StandardInput) } else { Ok(()) }
}
