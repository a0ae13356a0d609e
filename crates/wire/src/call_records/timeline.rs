//! The course of one contact in time: what a row states as times and durations, completed from each other.
//!
//! ```text
//! arrived ----- wait -----> end of the wait ----- talk -----> ended
//!    |--------------------- duration --------------------------|
//! ```
//!
//! A stated time wins over one that follows from a duration. What does not follow from the row stays unknown.

use ensilinja_model::EventTime;

use super::row_fault::RowFault;
use super::rules::RowResult;

/// How far durations that were rounded apart may contradict each other, in ms.
const ROUNDING_MS: i64 = 60_000;

/// What a row states.
#[derive(Clone, Copy, Default)]
pub(super) struct StatedTimes {
    pub(super) arrived: Option<EventTime>,
    pub(super) answered: Option<EventTime>,
    pub(super) left: Option<EventTime>,
    pub(super) transferred: Option<EventTime>,
    pub(super) ended: Option<EventTime>,
    pub(super) requested: Option<EventTime>,
    pub(super) wait_ms: Option<i64>,
    pub(super) talk_ms: Option<i64>,
    pub(super) duration_ms: Option<i64>,
}

/// The course of a contact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CallTimeline {
    pub(super) arrived: EventTime,
    /// When the wait ended; `None` if the wait is unknown.
    pub(super) wait_ended: Option<EventTime>,
    /// When the conversation ended, of answered contacts; or as the row states it.
    pub(super) ended: Option<EventTime>,
}

impl StatedTimes {
    /// The course of a contact with this result.
    pub(super) fn timeline(&self, result: RowResult) -> Result<CallTimeline, RowFault> {
        let arrived = self.arrived.or_else(|| self.arrival_from_the_rest(result)).ok_or(RowFault::NoArrival)?;
        let over = self.ended.or_else(|| after(arrived, self.duration_ms));
        let wait_ended = self
            .wait_end(result)
            .or_else(|| after(arrived, self.wait_ms))
            .or_else(|| self.wait_end_from_the_end(result, arrived, over));
        let over = match wait_ended {
            Some(wait_ended) if self.ended.is_none() => over.map(|over| not_before(wait_ended, over)),
            _ => over,
        };
        let ended = match result {
            RowResult::Answered => over.or_else(|| wait_ended.and_then(|answered| after(answered, self.talk_ms))),
            _ => over,
        };
        let in_order = wait_ended.is_none_or(|at| at >= arrived)
            && ended.is_none_or(|at| at >= arrived && wait_ended.is_none_or(|wait_ended| at >= wait_ended));
        if in_order { Ok(CallTimeline { arrived, wait_ended, ended }) } else { Err(RowFault::OutOfOrder) }
    }

    /// The time at which the wait ended, if the row states it.
    fn wait_end(&self, result: RowResult) -> Option<EventTime> {
        let own = match result {
            RowResult::Answered => self.answered,
            RowResult::CallbackRequested => self.requested,
            RowResult::Transferred => self.transferred,
            _ => None,
        };
        own.or(self.left)
    }

    /// The end of the wait as it follows from the end of the contact.
    fn wait_end_from_the_end(
        &self,
        result: RowResult,
        arrived: EventTime,
        over: Option<EventTime>,
    ) -> Option<EventTime> {
        match result {
            // These end with the wait. A move has no measure, so its exact time does not matter.
            RowResult::Abandoned
            | RowResult::AbandonedInMenu
            | RowResult::AbandonedRinging
            | RowResult::Transferred
            | RowResult::Ended => over,
            RowResult::Answered => {
                over.zip(self.talk_ms).map(|(over, talk_ms)| not_before(arrived, over.plus_millis(-talk_ms)))
            }
            // After these the contact may go on: to a voice mailbox, or to the end of an announcement.
            RowResult::CallbackRequested | RowResult::TimedOut | RowResult::Ignored => None,
        }
    }

    fn arrival_from_the_rest(&self, result: RowResult) -> Option<EventTime> {
        let before = |at: Option<EventTime>, ms: Option<i64>| at.zip(ms).map(|(at, ms)| at.plus_millis(-ms));
        let talk_ms = if result == RowResult::Answered { self.talk_ms } else { Some(0) };
        let wait_and_talk = self.wait_ms.zip(talk_ms).map(|(wait_ms, talk_ms)| wait_ms + talk_ms);
        before(self.wait_end(result), self.wait_ms)
            .or_else(|| before(self.ended, self.duration_ms))
            .or_else(|| before(self.ended, wait_and_talk))
    }
}

/// A time that follows from durations, moved to the time before which it cannot be if rounding explains the difference.
fn not_before(earliest: EventTime, at: EventTime) -> EventTime {
    if earliest.millis_since(at) <= ROUNDING_MS { at.max(earliest) } else { at }
}

fn after(at: EventTime, ms: Option<i64>) -> Option<EventTime> {
    ms.map(|ms| at.plus_millis(ms))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000;

    const fn at(minutes: i64) -> EventTime {
        EventTime::from_millis(minutes * MINUTE)
    }

    const fn ms(minutes: i64) -> i64 {
        minutes * MINUTE
    }

    /// Arrival, end of the wait and end of an answered call, in minutes.
    fn course(stated: &StatedTimes, result: RowResult) -> Result<[Option<i64>; 3], RowFault> {
        let minutes = |at: Option<EventTime>| at.map(|at| at.as_millis() / MINUTE);
        let CallTimeline { arrived, wait_ended, ended } = stated.timeline(result)?;
        Ok([minutes(Some(arrived)), minutes(wait_ended), minutes(ended)])
    }

    #[test]
    fn times_and_durations_complete_each_other() {
        use RowResult::{Abandoned, Answered, CallbackRequested, Ended, TimedOut, Transferred};
        let none = StatedTimes::default();
        let arrived = StatedTimes { arrived: Some(at(100)), ..none };
        for (stated, result, expected) in [
            (
                StatedTimes { answered: Some(at(103)), ended: Some(at(110)), ..arrived },
                Answered,
                [Some(100), Some(103), Some(110)],
            ),
            (
                StatedTimes { wait_ms: Some(ms(3)), talk_ms: Some(ms(7)), ..arrived },
                Answered,
                [Some(100), Some(103), Some(110)],
            ),
            (
                StatedTimes { wait_ms: Some(ms(3)), duration_ms: Some(ms(10)), ..arrived },
                Answered,
                [Some(100), Some(103), Some(110)],
            ),
            (
                StatedTimes { talk_ms: Some(ms(7)), duration_ms: Some(ms(10)), ..arrived },
                Answered,
                [Some(100), Some(103), Some(110)],
            ),
            (
                StatedTimes { ended: Some(at(110)), talk_ms: Some(ms(7)), ..arrived },
                Answered,
                [Some(100), Some(103), Some(110)],
            ),
            (StatedTimes { wait_ms: Some(ms(0)), ..arrived }, Answered, [Some(100), Some(100), None]),
            (StatedTimes { talk_ms: Some(ms(7)), ..arrived }, Answered, [Some(100), None, None]),
            (StatedTimes { ended: Some(at(110)), ..arrived }, Answered, [Some(100), None, Some(110)]),
            (
                StatedTimes { ended: Some(at(110)), wait_ms: Some(ms(3)), talk_ms: Some(ms(7)), ..none },
                Answered,
                [Some(100), Some(103), Some(110)],
            ),
            (
                StatedTimes { ended: Some(at(110)), duration_ms: Some(ms(10)), ..none },
                Abandoned,
                [Some(100), Some(110), Some(110)],
            ),
            (
                StatedTimes { answered: Some(at(103)), wait_ms: Some(ms(3)), ..none },
                Answered,
                [Some(100), Some(103), None],
            ),
            (StatedTimes { duration_ms: Some(ms(4)), ..arrived }, Abandoned, [Some(100), Some(104), Some(104)]),
            (StatedTimes { duration_ms: Some(ms(4)), ..arrived }, TimedOut, [Some(100), None, Some(104)]),
            (
                StatedTimes { left: Some(at(102)), duration_ms: Some(ms(4)), ..arrived },
                TimedOut,
                [Some(100), Some(102), Some(104)],
            ),
            (StatedTimes { requested: Some(at(101)), ..arrived }, CallbackRequested, [Some(100), Some(101), None]),
            (StatedTimes { duration_ms: Some(ms(4)), ..arrived }, CallbackRequested, [Some(100), None, Some(104)]),
            (StatedTimes { transferred: Some(at(101)), ..arrived }, Transferred, [Some(100), Some(101), None]),
            (arrived, Ended, [Some(100), None, None]),
        ] {
            assert_eq!(course(&stated, result), Ok(expected), "{result:?}");
        }
    }

    #[test]
    fn contradictions_are_faults_except_for_rounding() {
        let arrived = StatedTimes { arrived: Some(at(100)), ..StatedTimes::default() };
        for stated in [
            StatedTimes { answered: Some(at(99)), ..arrived },
            StatedTimes { answered: Some(at(105)), ended: Some(at(104)), ..arrived },
            StatedTimes { duration_ms: Some(ms(3)), talk_ms: Some(ms(7)), ..arrived },
        ] {
            assert_eq!(course(&stated, RowResult::Answered), Err(RowFault::OutOfOrder));
        }
        let rounded = StatedTimes { duration_ms: Some(ms(6)), wait_ms: Some(ms(7)), ..arrived };
        assert_eq!(course(&rounded, RowResult::Answered), Ok([Some(100), Some(107), Some(107)]));
        let rounded = StatedTimes { duration_ms: Some(ms(6)), talk_ms: Some(ms(7)), ..arrived };
        assert_eq!(course(&rounded, RowResult::Answered), Ok([Some(100), Some(100), Some(106)]));
        let nothing = StatedTimes { wait_ms: Some(ms(3)), ..StatedTimes::default() };
        assert_eq!(course(&nothing, RowResult::Answered), Err(RowFault::NoArrival));
    }
}
