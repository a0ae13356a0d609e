//! The request for a report over a period, and its answer.

use std::ops::Range;

use ensilinja_kafka::OffsetRange;
use ensilinja_model::{EventTime, LineId};
use ensilinja_report::{ReportFormat, ReportRequest};

/// What is asked of a report over a period.
#[derive(Clone, Debug)]
pub struct PeriodReportRequest<'a> {
    /// The period, end excluded.
    pub period: Range<EventTime>,
    /// The lines; empty for all.
    pub lines: &'a [LineId],
    /// The rows, the language, and whether it is to be published.
    pub report: ReportRequest,
    /// The format.
    pub format: ReportFormat,
    /// Of the topic, only these offsets; empty for all.
    pub offsets: &'a [OffsetRange],
    /// Only events that became known before this count.
    pub known_before: Option<EventTime>,
    /// The user's statement that nothing is missing since then.
    pub complete_since: Option<EventTime>,
}

/// A report as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeriodReportText {
    /// The text.
    pub text: String,
    /// Contact ids are reused as a habit, so figures lack contacts.
    pub has_reused_ids: bool,
}
