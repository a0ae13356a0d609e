//! Instants, facts and timeouts in words.

use ensilinja_ledger::Timeout;
use ensilinja_model::{EventTime, Fact, FeedbackAnswer};
use ensilinja_report::explanation::FormattedInstant;
use jiff::tz::TimeZone;

use crate::local_time::{exact_local, rfc_3339};

/// An instant for people and for programs.
pub(super) fn formatted(at: EventTime, zone: &TimeZone) -> FormattedInstant {
    FormattedInstant { local: exact_local(at, zone), rfc_3339: rfc_3339(at, zone) }
}

/// A fact: its kind and its value.
pub(super) fn fact(fact: Fact) -> String {
    let kind = fact.kind().as_str();
    let value = match fact {
        Fact::Abandoned(stage) => stage.as_str().to_owned(),
        Fact::CallbackAttempted(result) => result.as_str().to_owned(),
        Fact::CallbackClosed(result) => result.as_str().to_owned(),
        Fact::OutcomeRecorded(outcome) => outcome.as_str().to_owned(),
        Fact::FeedbackReceived(FeedbackAnswer::Nps(score)) => format!("nps {}", score.get()),
        Fact::FeedbackReceived(FeedbackAnswer::Survey(survey, answer)) => {
            format!("{} {}", survey.as_str(), answer.as_str())
        }
        Fact::Offered
        | Fact::Queued
        | Fact::Answered
        | Fact::TimedOut
        | Fact::WaitUnknown
        | Fact::CallbackRequested
        | Fact::CallbackReached
        | Fact::Transferred
        | Fact::Ended
        | Fact::Retracted => return kind.to_owned(),
    };
    format!("{kind} {value}")
}

/// What timed out.
pub(super) const fn timeout(timeout: Timeout) -> &'static str {
    match timeout {
        Timeout::DayOfDeadline => "the day of the deadline began",
        Timeout::Deadline => "the deadline passed",
        Timeout::OrphanAfter => "no event came for too long",
        Timeout::GivenUp => "no event came for so long that it counts as given up",
    }
}
