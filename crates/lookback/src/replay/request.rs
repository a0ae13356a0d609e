//! The request for a replay.

use std::fs::File;
use std::io;

use ensilinja_catalogue::{FigureSelection, Knowledge, Metric};
use ensilinja_kafka::OffsetRange;
use ensilinja_ledger::Window;
use ensilinja_model::{EventTime, LineId};

use super::instants::ReplayStep;
use super::output::FiguresFormat;
use super::sink::OutputSink;

/// What is asked of a replay.
#[derive(Clone, Debug)]
pub struct ReplayRequest<'a> {
    /// The first instant.
    pub from: EventTime,
    /// The last instant, if a step ends there.
    pub to: EventTime,
    /// The distance from one instant to the next.
    pub step: ReplayStep,
    /// The events that count at each instant.
    pub knowledge: Knowledge,
    /// The user's statement that nothing is missing since then.
    pub complete_since: Option<EventTime>,
    /// Of the topic, only these offsets; empty for all.
    pub offsets: &'a [OffsetRange],
    /// The lines; empty for all.
    pub lines: &'a [LineId],
    /// The windows; empty for all.
    pub windows: &'a [Window],
    /// The figures; empty for all.
    pub figures: &'a [&'static Metric],
    /// Labels of every series in `OpenMetrics`.
    pub labels: &'a [(String, String)],
    /// Whether `OpenMetrics` has the series that Prometheus would have recorded.
    pub with_recorded: bool,
    /// The format.
    pub format: FiguresFormat,
    /// How many times as fast as the clock; `None` for as fast as possible.
    pub speed: Option<u32>,
    /// The path of the configuration, for the header of a run file.
    pub config_path: Option<String>,
    /// The version of the program, for the header of a run file.
    pub version: &'a str,
}

/// Where a replay is written.
pub struct ReplayDestination<'a> {
    /// Opens the output, once the request is known to be sound.
    pub open: &'a mut dyn FnMut() -> io::Result<Option<Box<dyn OutputSink>>>,
    /// Makes a file without a name, for what has to be kept aside until the end.
    pub temporary_file: &'a mut dyn FnMut() -> io::Result<File>,
    /// The name of the output file; `None` of standard output.
    pub file_name: Option<String>,
}

impl ReplayRequest<'_> {
    /// Before when an event has to be known to count, where that is the same for all instants.
    pub(super) fn known_before(&self) -> Option<EventTime> {
        match self.knowledge {
            Knowledge::Before(at) => Some(at),
            Knowledge::All | Knowledge::Then => None,
        }
    }

    /// The windows and figures that are asked for.
    pub(super) fn selection(&self) -> FigureSelection {
        FigureSelection::new(self.windows, self.figures)
    }
}
