//! The callback of a leg: request, deadline and resolution.

use ensilinja_model::{AttemptResult, CloseResult, EventTime, Fact};

use super::naive_facts::{NaiveFacts, earliest, when};
use super::naive_posting::NaiveState;
use super::oracle_line::OracleLimits;
use crate::LineCalendar;
use crate::local_day::{given_up_at, local, midnight};

const OVERDUE: &str = "due=\"overdue\"";

/// The resolution of a callback. The order breaks ties.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum NaiveResolution {
    Reached,
    Closed(CloseResult),
    GivenUp,
}

/// A callback requested before the leg was orphaned.
pub(super) struct NaiveCallback {
    pub requested: EventTime,
    /// The first instant that is too late, if callbacks are promised.
    pub deadline: Option<EventTime>,
    pub resolved: EventTime,
    pub way: NaiveResolution,
}

impl NaiveCallback {
    /// The callback of a leg; `None` without a request, and if the request came after the leg was orphaned.
    pub(super) fn find(
        facts: &NaiveFacts,
        orphan_at: EventTime,
        limits: &OracleLimits,
        calendar: &LineCalendar,
    ) -> Option<Self> {
        let requested = when(facts, |fact| fact == Fact::CallbackRequested).filter(|at| *at <= orphan_at)?;
        let reached =
            when(facts, |fact| matches!(fact, Fact::CallbackReached | Fact::CallbackAttempted(AttemptResult::Reached)));
        let closed = earliest(facts, |fact| match fact {
            Fact::CallbackClosed(result) => Some(result),
            _ => None,
        });
        let deadline = limits.promise.callback.map(|within| calendar.deadline(requested, within));
        let given_up = given_up_at(deadline.unwrap_or(requested), limits.give_up_working_days, calendar.zone());

        let mut ways = vec![(given_up, NaiveResolution::GivenUp)];
        ways.extend(reached.filter(|at| *at >= requested).map(|at| (at, NaiveResolution::Reached)));
        ways.extend(
            closed.filter(|(at, _)| *at >= requested).map(|(at, result)| (at, NaiveResolution::Closed(result))),
        );
        ways.sort_unstable();
        let (resolved, way) = ways[0];
        Some(Self { requested, deadline, resolved, way })
    }

    /// The second of the resolution. A callback given up by time alone is rounded up.
    pub(super) fn second(&self) -> i64 {
        if self.way == NaiveResolution::GivenUp { self.resolved.ceil_second() } else { self.resolved.floor_second() }
    }

    /// The resolution as a label value.
    pub(super) const fn result(&self) -> &'static str {
        match self.way {
            NaiveResolution::Reached => "reached",
            NaiveResolution::Closed(result) => result.as_str(),
            NaiveResolution::GivenUp => "given_up",
        }
    }

    /// The states of the outstanding callback, in order. A state may be empty.
    pub(super) fn stays(&self, calendar: &LineCalendar) -> Vec<NaiveState> {
        let (asked, resolved) = (self.requested.floor_second(), self.second());
        let stay = |due: &'static str, from: i64, to: i64, deadline: Option<EventTime>| NaiveState {
            family: "callbacks_outstanding",
            labels: due,
            since: self.requested,
            from_second: from,
            to_second: to.min(resolved),
            deadline_ahead: deadline.filter(|_| due != OVERDUE),
            deadline_missed: deadline.filter(|_| due == OVERDUE),
        };
        let Some(deadline) = self.deadline else {
            return vec![stay("due=\"later\"", asked, resolved, None)];
        };
        let day_of_deadline = midnight(local(deadline, calendar.zone()).date(), calendar.zone());
        // A request on the day itself is due today at once; otherwise the midnight makes it so.
        let today = if self.requested >= day_of_deadline { asked } else { day_of_deadline.ceil_second() };
        let overdue = deadline.ceil_second();
        vec![
            stay("due=\"later\"", asked, today, Some(deadline)),
            stay("due=\"today\"", today, overdue, Some(deadline)),
            stay(OVERDUE, overdue, resolved, Some(deadline)),
        ]
    }
}
