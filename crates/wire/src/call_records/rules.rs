//! What the columns of a call record file mean: the resolved columns file.

use std::collections::BTreeMap;

use ensilinja_model::{CloseResult, Fact, LineId, Outcome, Stage, YesNo, vocabulary};
use jiff::tz::TimeZone;

use super::cells::{ColumnKey, ColumnSet};
use super::duration::DurationFormat;
use super::local_time::{RepeatedTime, TimeColumn};
use super::word_table::WordTable;
use crate::ExitMeaning;

vocabulary! {
    /// The times that a row may state.
    CallTime {
        /// The contact arrived at the line: the wait begins.
        Arrived = "arrived",
        /// It entered the queue.
        Queued = "queued",
        /// It was answered.
        Answered = "answered",
        /// It left the queue, in whatever way.
        Left = "left",
        /// It was moved to another line.
        Transferred = "transferred",
        /// It ended.
        Ended = "ended",
        /// The customer requested a callback.
        CallbackRequested = "callback_requested",
        /// The customer was reached by a callback.
        CallbackReached = "callback_reached",
        /// The callback was settled, as `callback_result` says.
        CallbackClosed = "callback_closed",
        /// The conversation of the callback ended.
        CallbackEnded = "callback_ended",
        /// The outcome was recorded.
        OutcomeAt = "outcome_at",
        /// The feedback was given.
        FeedbackAt = "feedback_at",
    }
}

vocabulary! {
    /// The durations that a row may state.
    CallDuration {
        /// From the arrival to the end of the wait.
        Wait = "wait",
        /// From the answer to the end.
        Talk = "talk",
        /// From the arrival to the end.
        Duration = "duration",
    }
}

vocabulary! {
    /// The words and numbers that a row may state.
    CallText {
        /// The id of the contact.
        Id = "id",
        /// The visit of the contact to the line.
        Visit = "visit",
        /// The queue.
        Queue = "queue",
        /// The result of the wait.
        Result = "result",
        /// The outcome of the contact.
        Outcome = "outcome",
        /// What came of the callback.
        CallbackResult = "callback_result",
        /// The answer to the recommendation question, 0 to 10.
        Nps = "nps",
        /// The answer to whether a solution was found.
        Solved = "solved",
        /// The answer to whether the customer knows how care continues.
        Continues = "continues",
    }
}

vocabulary! {
    /// The result of a wait.
    RowResult {
        /// Answered.
        Answered = "answered",
        /// Abandoned in the queue.
        Abandoned = "abandoned",
        /// Abandoned in the menu or the announcements.
        AbandonedInMenu = "abandoned_menu",
        /// Abandoned while an agent's phone was ringing.
        AbandonedRinging = "abandoned_ringing",
        /// The customer requested a callback.
        CallbackRequested = "callback_requested",
        /// Moved to another line.
        Transferred = "transferred",
        /// Taken out of the queue after too long a wait or for lack of room.
        TimedOut = "timed_out",
        /// Ended without a known result.
        Ended = "ended",
        /// The row is no contact.
        Ignored = "ignored",
    }
}

impl RowResult {
    /// The fact that the result states at the end of the wait; `None` for a row that is no contact.
    #[must_use]
    pub const fn fact(self) -> Option<Fact> {
        Some(match self {
            Self::Answered => Fact::Answered,
            Self::Abandoned => ExitMeaning::Abandoned.fact(),
            Self::AbandonedInMenu => Fact::Abandoned(Stage::Menu),
            Self::AbandonedRinging => Fact::Abandoned(Stage::Ringing),
            Self::CallbackRequested => ExitMeaning::CallbackRequested.fact(),
            Self::Transferred => ExitMeaning::Transferred.fact(),
            Self::TimedOut => ExitMeaning::TimedOut.fact(),
            Self::Ended => ExitMeaning::Ended.fact(),
            Self::Ignored => return None,
        })
    }
}

/// What a word says about a callback.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallbackWord {
    /// The customer was reached.
    Reached,
    /// It was closed without reaching the customer.
    Closed(CloseResult),
    /// Nothing yet.
    Outstanding,
}

/// The line of a row.
#[derive(Clone, Debug)]
pub enum LineRule {
    /// All rows are of one line.
    One(LineId),
    /// The queue leads to the line; `None` for contacts that do not count.
    ByQueue {
        /// The column of the queue.
        column: ColumnKey,
        /// The table of queues.
        queues: WordTable<Option<LineId>>,
    },
}

vocabulary! {
    /// How the visits of one contact to one line are told apart, without a column for that.
    VisitRule {
        /// By the time of arrival.
        StartTime = "start_time",
        /// Not at all: rows with the same id and line are one visit.
        None = "none",
    }
}

/// A duration, and how it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DurationColumn {
    /// The column.
    pub column: ColumnKey,
    /// How the cell is written.
    pub format: DurationFormat,
}

/// What is in which column.
#[derive(Clone, Debug, Default)]
pub struct CallRecordColumns {
    /// Every column that is used.
    pub set: ColumnSet,
    /// Words and numbers, without the queue.
    pub texts: BTreeMap<CallText, ColumnKey>,
    /// Times.
    pub times: BTreeMap<CallTime, TimeColumn>,
    /// Times of attempts to call back.
    pub attempts: Vec<TimeColumn>,
    /// Durations.
    pub durations: BTreeMap<CallDuration, DurationColumn>,
    /// The columns that the id of a row without one is made of.
    pub identity: Vec<ColumnKey>,
}

/// How the rows of a file are understood.
#[derive(Clone, Debug)]
pub struct CallRecordRules {
    /// What is in which column.
    pub columns: CallRecordColumns,
    /// The line of a row.
    pub line: LineRule,
    /// What results mean.
    pub results: WordTable<RowResult>,
    /// The result of a row that states none.
    pub otherwise: Option<RowResult>,
    /// What outcomes mean; `None` for those that are not counted.
    pub outcomes: WordTable<Option<Outcome>>,
    /// What answers to yes/no questions mean; `None` for no answer.
    pub answers: WordTable<Option<YesNo>>,
    /// What words about callbacks mean.
    pub callbacks: WordTable<CallbackWord>,
    /// How visits are told apart.
    pub visits: VisitRule,
    /// The zone of local times.
    pub zone: TimeZone,
    /// What a local time means that comes twice.
    pub repeated_time: RepeatedTime,
    /// What stands before decimals.
    pub decimal: char,
    /// Cells that say nothing, besides empty ones.
    pub empty: Vec<String>,
}
