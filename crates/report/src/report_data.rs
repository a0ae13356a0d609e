//! What a report is made of: the sums of each line in each period, and what is known about both.

use ensilinja_ledger::{Indicator, ServiceLevel, Sums};
use ensilinja_model::{Channel, LineId};

use crate::language::{Language, LocalizedName};
use crate::moment::{Moment, Period};

/// A line, as the report names and judges it.
#[derive(Clone, Debug, PartialEq)]
pub struct ReportLine {
    /// Its name in events and in machine-readable reports.
    pub id: LineId,
    /// How its customers reach it.
    pub channel: Channel,
    /// Its name for people.
    pub name: LocalizedName,
    /// The group it is added to; empty where it is in none.
    pub group: String,
    /// The area it serves; empty where that is not said.
    pub service_area: String,
    /// The formula of its service level.
    pub service_level: ServiceLevel,
    /// What it aims at: indicators and the shares they should reach, 0 to 1.
    pub goals: Vec<(Indicator, f64)>,
}

impl ReportLine {
    /// What it aims at in an indicator, if at anything.
    pub(crate) fn goal(&self, indicator: Indicator) -> Option<f64> {
        self.goals.iter().find(|(of, _)| *of == indicator).map(|(_, goal)| *goal)
    }
}

/// The sums of every chosen line in every period.
#[derive(Clone, Debug)]
pub struct ReportData {
    /// The chosen lines, in the order in which they are printed.
    pub lines: Vec<ReportLine>,
    /// The periods, ascending, each beginning where the one before it ends. At least one.
    pub periods: Vec<Period>,
    /// Whether each period is known: not, if it begins before the history of events does.
    pub known: Vec<bool>,
    /// By line and then by period.
    pub sums: Vec<Vec<Sums>>,
    /// How long each line was open in each period, in ms: by it a line that was closed is told from one that nobody
    /// contacted.
    pub open_ms: Vec<Vec<i64>>,
    /// The instant whose knowledge this is: what was to happen later is not in it.
    pub as_of: Moment,
    /// The IANA name of the time zone of all moments.
    pub time_zone: String,
    /// Whether the history that was read reaches far enough back for every figure to be right.
    pub history_is_complete: bool,
}

/// What the rows of a report are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breakdown {
    /// Lines, over all periods together.
    Line,
    /// Groups of lines, over all periods together; what is in no group stands for itself.
    Group,
    /// Months.
    Month,
    /// Quarters of a year.
    Quarter,
    /// Days.
    Day,
    /// Hours.
    Hour,
}

impl Breakdown {
    /// Its name on the command line and in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Line => "line",
            Self::Group => "group",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Day => "day",
            Self::Hour => "hour",
        }
    }
}

/// What is asked of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReportRequest {
    /// What the rows are.
    pub by: Breakdown,
    /// The language of what people read; CSV and JSON have the same ids in all of them.
    pub language: Language,
    /// Whether everything is hidden by which customers could be told apart: see [`disclosure`](crate::disclosure).
    pub public: bool,
}
