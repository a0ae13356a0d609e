//! The callback of a leg, from its request to its resolution, with its due states in between.

use ensilinja_calendar::Days;
use ensilinja_model::{CloseResult, EventTime, FactKind};

use super::arrived_leg::{ArrivedLeg, sample};
use super::wait_end::{WaitEndKind, WaitEnding};
use crate::cause::{Cause, Timeout};
use crate::entries::{Entries, Entry, EntrySlot, Span};
use crate::entry_kind::{EntryKind, RequestRole};
use crate::figure::Resolution;
use crate::instants::Register;

/// A callback, from its request to its resolution.
pub(super) struct Callback {
    requested: EventTime,
    /// The first instant that is too late, if callbacks are promised.
    pub deadline: Option<EventTime>,
    pub resolved: EventTime,
    pub resolution: Resolution,
}

impl Callback {
    /// The cause of its resolution.
    pub const fn cause(&self) -> Cause {
        match self.resolution {
            Resolution::Reached => Cause::Fact(FactKind::CallbackReached),
            Resolution::GivenUp => Cause::Timeout(Timeout::GivenUp),
            Resolution::Unreached
            | Resolution::Cancelled
            | Resolution::Duplicate
            | Resolution::Expired
            | Resolution::Purged => Cause::Fact(FactKind::CallbackClosed),
        }
    }
}

impl ArrivedLeg<'_> {
    /// The callback. It starts at its own request, whether or not the request decided the leg.
    #[inline]
    pub fn callback(&self, days: &Days) -> Option<Callback> {
        let requested = self.facts.at(Register::CallbackRequested).filter(|at| *at <= self.orphaned)?;
        let deadline = self.limits.promises.callback.map(|term| self.hours.deadline(term, requested));
        let give_up_after = u32::from(self.limits.give_up_working_days);
        // A request after the end of the calendar is given up at once.
        let given_up = days.end_of_working_day_after(deadline.unwrap_or(requested), give_up_after).max(requested);
        let reached = self.facts.at(Register::CallbackReached).map(|at| (at, Resolution::Reached));
        let closed = self.facts.closed().map(|(at, result)| (at, closed_as(result)));
        // `min_by_key` keeps the first of equals: reached, closed, given up.
        let resolved = [reached, closed, Some((given_up, Resolution::GivenUp))]
            .into_iter()
            .flatten()
            .filter(|(at, _)| *at >= requested)
            .min_by_key(|(at, _)| *at);
        let (resolved, resolution) = resolved.expect("every request is given up in the end");
        Some(Callback { requested, deadline, resolved, resolution })
    }

    /// Enters the request, its due states, its resolution and waits, and sets which attempts count.
    #[inline]
    pub fn enter_callback(&self, entries: &mut Entries, wait_end: &WaitEnding, callback: &Callback, days: &Days) {
        let Callback { requested, deadline, resolved, resolution } = *callback;
        let by_cause = |kind, sample_ms| Entry::by(callback.cause(), resolved, kind, sample_ms);
        let resolved_second = by_cause(EntryKind::CallbackReached, 0).second;
        entries.outstanding = Some(Span::since(requested, resolved_second));
        let due_today = deadline.is_some_and(|deadline| days.start_of_day(deadline) <= requested);
        let request = match wait_end.kind {
            WaitEndKind::Requested if self.moves_promise(wait_end) => RequestRole::DecidedPromised,
            WaitEndKind::Requested => RequestRole::Decided,
            _ => RequestRole::Later,
        };
        let opened = EntryKind::opened(request, due_today);
        entries.enter(EntrySlot::CallbackOpened, Entry::by_fact(requested, opened, 0, FactKind::CallbackRequested));
        if let Some(deadline) = deadline {
            enter_due_states(entries, requested, deadline, &by_cause, days);
        }
        let answered_before = wait_end.kind == WaitEndKind::Answered;
        let reached = resolution == Resolution::Reached;
        let wait_ms = if reached { sample(resolved.millis_since(requested)) } else { 0 };
        entries.enter(EntrySlot::CallbackResolved, by_cause(EntryKind::resolved(resolution, answered_before), wait_ms));
        if reached {
            let open_ms = sample(self.hours.open_ms_between(requested, resolved));
            entries.enter(EntrySlot::CallbackOpenWait, by_cause(EntryKind::CallbackOpenWaited, open_ms));
            let request = Entry::by_fact(requested, EntryKind::RequestReached, 0, FactKind::CallbackReached);
            entries.request_reached = (wait_end.kind == WaitEndKind::Requested).then_some((request, resolved_second));
        }
        entries.counted_attempts = Some((requested.floor_second(), resolved_second));
    }
}

/// Enters the due states (later, today, overdue) until the second in which the callback is resolved. `by_resolution`
/// makes an entry with the cause of the resolution.
fn enter_due_states(
    entries: &mut Entries,
    requested: EventTime,
    deadline: EventTime,
    by_resolution: &impl Fn(EntryKind, u32) -> Entry,
    days: &Days,
) {
    let resolved_second = by_resolution(EntryKind::ResolvedWhileOverdue, 0).second;
    let day_start = days.start_of_day(deadline);
    let due_today = Entry::by_time(day_start, EntryKind::BecameDueToday, 0, Timeout::DayOfDeadline);
    let overdue = Entry::by_time(deadline, EntryKind::BecameOverdue, 0, Timeout::Deadline);
    let opened_today = day_start <= requested;
    entries.due = Some(Span {
        key: deadline,
        from_second: requested.floor_second(),
        until_second: overdue.second.min(resolved_second),
    });
    if !opened_today && due_today.second < resolved_second {
        entries.enter(EntrySlot::DueToday, due_today);
    }
    let resolved_while = if overdue.second < resolved_second {
        entries.enter(EntrySlot::Overdue, overdue);
        entries.overdue = Some(Span { key: deadline, from_second: overdue.second, until_second: resolved_second });
        EntryKind::ResolvedWhileOverdue
    } else if opened_today || due_today.second < resolved_second {
        EntryKind::ResolvedWhileDueToday
    } else {
        return;
    };
    entries.enter(EntrySlot::DueResolved, by_resolution(resolved_while, 0));
}

const fn closed_as(result: CloseResult) -> Resolution {
    match result {
        CloseResult::Cancelled => Resolution::Cancelled,
        CloseResult::Expired => Resolution::Expired,
        CloseResult::Purged => Resolution::Purged,
        CloseResult::Duplicate => Resolution::Duplicate,
        CloseResult::Unreached => Resolution::Unreached,
    }
}
