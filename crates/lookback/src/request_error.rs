//! What is wrong with a request, found before anything is read. A command that is given such a request ends with the
//! status for bad usage.

use ensilinja_catalogue::NamedFigureError;
use ensilinja_kafka::RecordPosition;

/// What is wrong with a request. The texts name the options of the command line.
#[derive(Debug, thiserror::Error)]
pub enum RequestError {
    /// The period is empty.
    #[error("--from is not before --to")]
    EmptyPeriod,
    /// The first instant is later than the last.
    #[error("--from is after --to")]
    Backwards,
    /// Too many rows over time.
    #[error("--by {by} makes more than {most} rows of this time; ask for less time or for longer periods")]
    TooManyPeriods {
        /// What the rows are.
        by: &'static str,
        /// The most rows.
        most: usize,
    },
    /// Too many instants.
    #[error("there are more than {most} instants from --from to --to; ask for a longer --step or for less time")]
    TooManyInstants {
        /// The most instants.
        most: usize,
    },
    /// No figure has this name, or more than one has.
    #[error("--figure: {why}{suggestion}")]
    Figure {
        /// What is wrong with the name.
        why: NamedFigureError,
        /// The name that was probably meant, or all names.
        suggestion: String,
    },
    /// The figure needs a window.
    #[error("{figure} is a figure of a window: say --window {}", .windows.join(", or "))]
    WindowMissing {
        /// The figure.
        figure: String,
        /// Its windows.
        windows: Vec<&'static str>,
    },
    /// The figure does not exist for this window.
    #[error("{figure} does not exist for --window {window}, but for {}", .windows.join(", "))]
    WrongWindow {
        /// The figure.
        figure: String,
        /// The window that was asked for.
        window: &'static str,
        /// Its windows.
        windows: Vec<&'static str>,
    },
    /// The figure has no window.
    #[error("{figure} is a figure of an instant: leave out --window")]
    NoWindow {
        /// The figure.
        figure: String,
    },
    /// The instant is in the future.
    #[error("--at is in the future: nothing is known of it")]
    Future,
    /// A source that has to be read twice can be read only once.
    #[error(
        "{name} can be read only once, but has to be read twice: write it to a file first, and give the name of that file"
    )]
    ReadableOnce {
        /// Standard input, a pipe or a device.
        name: String,
    },
    /// A dead letter about a record of another topic is to be sent.
    #[error(
        "{position} lay in the topic {}, but the configuration reads {topics}: records are sent to topics that it reads \
         only; give a configuration that reads {}",
        position.topic, position.topic
    )]
    OfAnotherTopic {
        /// Where the record lay.
        position: RecordPosition,
        /// The topics of the configuration.
        topics: String,
    },
    /// Offsets of one of several topics.
    #[error("the configuration reads several topics ({topics}): give offsets as TOPIC/PARTITION:FROM-TO")]
    OffsetsOfWhichTopic {
        /// The topics of the configuration.
        topics: String,
    },
    /// A reason and a detail that never occur together.
    #[error("--detail {detail} is never rejected as --reason {reason}: leave one of them out")]
    NeverTogether {
        /// The detail.
        detail: &'static str,
        /// The reason.
        reason: &'static str,
    },
}
