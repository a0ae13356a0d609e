//! The rules of a line in words: its promises, its limits and the formula of its service level.

use ensilinja_calendar::{DeadlineTime, Term, WorkingDays};
use ensilinja_ledger::{Limits, Promises, ServiceLevel, TimedOutRule, Verdict};

use ensilinja_model::WaitFrom;

use crate::value::duration_as_written;

/// How long something may take, to follow a verb: "within 10m", "by 23:59:59 of the same day".
fn term_in_words(term: Term) -> String {
    match term {
        Term::Within { ms } => format!("within {}", duration_as_written(ms)),
        Term::WithinOpen { ms } => format!("within {} of open time", duration_as_written(ms)),
        Term::SameDay { by } => {
            let late = "asked later or on a closed day: the next day on which the line opens";
            format!("{} of the same day ({late})", until(by))
        }
        Term::WorkingDays { days, of, by } => {
            let day = match of {
                WorkingDays::Official => "working day (Monday to Friday, no official holiday)",
                WorkingDays::LineOpen => "day on which the line opens",
            };
            match days {
                1 => format!("{} of the next {day}", until(by)),
                _ => format!("{} of the {} {day} after", until(by), ordinal(days)),
            }
        }
    }
}

fn until(by: DeadlineTime) -> &'static str {
    match by {
        DeadlineTime::EndOfDay => "by 23:59:59",
        DeadlineTime::Closing => "by closing",
    }
}

fn ordinal(number: u16) -> String {
    let ending = match (number % 100, number % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

/// The promises, a sentence each.
#[must_use]
pub fn promises_in_words(promises: &Promises) -> Vec<String> {
    let mut words = Vec::new();
    if let Some(answer) = promises.answer {
        words.push(format!("answered {}", term_in_words(answer)));
    }
    if let Some(callback) = promises.callback {
        words.push(format!("called back {}", term_in_words(callback)));
    }
    if words.is_empty() {
        return vec!["nothing is promised".to_owned()];
    }
    let does = if promises.abandoned == Verdict::Void { "voids" } else { "breaks" };
    words.push(format!("an abandon {does} the promise, a short abandon voids it"));
    words
}

/// The limits, a sentence each.
#[must_use]
pub fn limits_in_words(limits: &Limits) -> Vec<String> {
    let Limits { short_abandon_ms, threshold_ms, orphan_after_ms, give_up_working_days, .. } = *limits;
    let [short, threshold, orphan] = [short_abandon_ms, threshold_ms, orphan_after_ms].map(duration_as_written);
    let given_up = match give_up_working_days {
        1 => "1 working day".to_owned(),
        days => format!("{days} working days"),
    };
    vec![
        wait_from_in_words(limits.wait_from).to_owned(),
        if short_abandon_ms == 0 {
            "no abandon is short".to_owned()
        } else {
            format!("an abandon before {short} is short")
        },
        format!("the service level counts answers within {threshold}"),
        format!("a contact without events for {orphan} is an orphan"),
        format!("a callback is given up {given_up} after its deadline"),
        match limits.timed_out {
            TimedOutRule::Counts => {
                "a contact that timed out in the queue counts as not answered, and breaks a promise"
            }
            TimedOutRule::LeftOut => "a contact that timed out in the queue is left out of rates, and voids a promise",
        }
        .to_owned(),
    ]
}

/// From where waits count, as a sentence.
const fn wait_from_in_words(wait_from: WaitFrom) -> &'static str {
    match wait_from {
        WaitFrom::Arrival => "waits, the threshold and a promised time to an answer count from the arrival",
        WaitFrom::Queue => "waits, the threshold and a promised time to an answer count from entering the queue",
    }
}

/// The formula of a service level, as a fraction.
#[must_use]
pub const fn formula_in_words(service_level: ServiceLevel) -> &'static str {
    match service_level {
        ServiceLevel::OnlyHandled => "answered within the threshold / answered",
        ServiceLevel::WithoutAbandon => "answered within the threshold / (decided - abandoned within it)",
        ServiceLevel::PositiveAbandon => "(answered + abandoned within the threshold) / decided",
        ServiceLevel::NegativeAbandon => "answered within the threshold / decided",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_promise_is_said_in_words() {
        let days = |days, of, by| Term::WorkingDays { days, of, by };
        for (promised, words) in [
            (Term::Within { ms: 600_000 }, "within 10m"),
            (Term::WithinOpen { ms: 5_400_000 }, "within 1h 30m of open time"),
            (
                Term::SameDay { by: DeadlineTime::Closing },
                "by closing of the same day (asked later or on a closed day: the next day on which the line opens)",
            ),
            (
                days(1, WorkingDays::Official, DeadlineTime::EndOfDay),
                "by 23:59:59 of the next working day (Monday to Friday, no official holiday)",
            ),
            (
                days(3, WorkingDays::LineOpen, DeadlineTime::Closing),
                "by closing of the 3rd day on which the line opens after",
            ),
        ] {
            assert_eq!(term_in_words(promised), words);
        }
        assert_eq!([1, 2, 3, 4, 11, 12, 13, 21, 22].map(ordinal).join(" "), "1st 2nd 3rd 4th 11th 12th 13th 21st 22nd");
    }

    #[test]
    fn a_line_that_promises_nothing_says_so_and_another_says_what_breaks_it() {
        assert_eq!(promises_in_words(&Promises::NONE), ["nothing is promised"]);
        let answer = Promises { answer: Some(Term::Within { ms: 1_000 }), callback: None, abandoned: Verdict::Void };
        assert_eq!(
            promises_in_words(&answer),
            ["answered within 1s", "an abandon voids the promise, a short abandon voids it"]
        );
    }
}
