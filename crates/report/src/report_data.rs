//! The input of a report: the sums of each line in each period, and the lines and periods themselves.

use ensilinja_ledger::{Indicator, ServiceLevel, Sums};
use ensilinja_model::{Channel, LineId, WaitFrom};

use crate::language::{Language, LocalizedName};
use crate::moment::{Moment, Period};
use crate::volume_goal::VolumeGoal;

/// A line of a report.
#[derive(Clone, Debug, PartialEq)]
pub struct ReportLine {
    /// Its id in events, CSV and JSON.
    pub id: LineId,
    /// Its channel.
    pub channel: Channel,
    /// Its name in tables for people.
    pub name: LocalizedName,
    /// The group it belongs to; empty if it belongs to none.
    pub group: String,
    /// The name of the group in tables for people; `None` if it has none but its id.
    pub group_name: Option<LocalizedName>,
    /// The area it serves; empty if the configuration does not name one.
    pub service_area: String,
    /// From where its waits count; `None` if that changes by date.
    pub wait_from: Option<WaitFrom>,
    /// The formula of its service level.
    pub service_level: ServiceLevel,
    /// Its goals: indicators and their target shares, 0 to 1.
    pub goals: Vec<(Indicator, f64)>,
}

impl ReportLine {
    /// Its goal for an indicator, if it has one.
    pub(crate) fn goal(&self, indicator: Indicator) -> Option<f64> {
        self.goals.iter().find(|(of, _)| *of == indicator).map(|(_, goal)| *goal)
    }
}

/// The sums of every selected line in every period.
#[derive(Clone, Debug)]
pub struct ReportData {
    /// The selected lines, in printing order.
    pub lines: Vec<ReportLine>,
    /// The periods, ascending and contiguous. At least one.
    pub periods: Vec<Period>,
    /// Whether each period is known: the event history begins no later than the period.
    pub known: Vec<bool>,
    /// By line, then by period.
    pub sums: Vec<Vec<Sums>>,
    /// Open time of each line in each period, in ms. It distinguishes a closed line from an open line without contacts.
    pub open_ms: Vec<Vec<i64>>,
    /// Goals for the number of contacts in a month. All lines of their subjects are among the lines.
    pub volume_goals: Vec<VolumeGoal>,
    /// The instant that the sums are as of. Later events are not included.
    pub as_of: Moment,
    /// The IANA name of the time zone of all moments.
    pub time_zone: String,
    /// Whether the event history reaches back far enough for every figure to be complete.
    pub history_is_complete: bool,
}

/// What the rows of a report stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Breakdown {
    /// Lines, over all periods together.
    Line,
    /// Groups of lines, over all periods together. A line without a group has a row of its own.
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
    /// The name on the command line and in JSON.
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

/// A request for a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReportRequest {
    /// What the rows stand for.
    pub by: Breakdown,
    /// The language of names and texts. Ids in CSV and JSON do not depend on it.
    pub language: Language,
    /// Whether figures that could identify customers are hidden: see [`disclosure`](crate::disclosure).
    pub public: bool,
    /// The figures that a report has only on request.
    pub also: FiguresOnRequest,
}

/// The figures that a report has only on request. They say how sound the data are, not how good the service is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct FiguresOnRequest {
    /// Contacts without a known result.
    pub orphaned: bool,
    /// Contacts without an event of their arrival.
    pub inferred: bool,
    /// Contacts that arrived while their line was closed.
    pub outside_hours: bool,
}
