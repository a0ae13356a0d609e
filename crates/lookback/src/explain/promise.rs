//! The course of a promise in words: which rule, from when, until when, and why it was kept, broken or void.

use ensilinja_config::term_as_written;
use ensilinja_ledger::{Cause, LegTimeline, LineRules, Promise, PromiseTimeline, Timeout, Verdict as LedgerVerdict};
use ensilinja_model::{EventTime, FactKind};
use ensilinja_report::explanation::PromiseVerdict;
use jiff::tz::TimeZone;

use super::words;

/// The promise to a leg, as of an instant.
pub(super) struct PromiseCourse<'a> {
    pub timeline: &'a LegTimeline,
    /// The rules of its line.
    pub rules: &'a LineRules,
    pub at: EventTime,
    pub zone: &'a TimeZone,
}

impl PromiseCourse<'_> {
    /// For people, one sentence a line.
    pub fn in_words(&self) -> Vec<String> {
        let Some((arrived, effective)) = self.timeline.arrived.zip(self.timeline.limits) else {
            return vec!["Nothing is promised to a contact that has not arrived or was retracted.".to_owned()];
        };
        let since = match self.valid_from() {
            Some(valid_from) => format!("valid from {}", self.local(valid_from)),
            None => "valid from the start".to_owned(),
        };
        let mut words = vec![format!("It arrived at {}, and is judged by the rules {since}.", self.local(arrived))];
        let Some(promise) = &self.timeline.promise else {
            words.push("They promise nothing.".to_owned());
            return words;
        };
        words.push(self.term(promise));
        if let Some(deadline) = promise.deadline {
            words.push(format!("{} is the first instant that is too late.", self.local(deadline)));
        }
        words.push(self.outcome(promise));
        if effective.limits.promises.callback.is_some() && promise.promise == Promise::Answer && promise.term.is_some()
        {
            words.push(
                "The promise of callbacks would have applied if a callback had been requested before the deadline."
                    .to_owned(),
            );
        }
        words
    }

    /// For programs.
    pub fn verdict(&self) -> Option<PromiseVerdict> {
        let promise = self.timeline.promise.as_ref()?;
        let formatted = |at| words::formatted(at, self.zone);
        Some(PromiseVerdict {
            promise: promise.promise.as_str(),
            term: promise.term.map(term_as_written),
            valid_from: self.valid_from().map(formatted),
            from: formatted(promise.from),
            deadline: promise.deadline.map(formatted),
            verdict: if self.is_settled(promise) { promise.verdict.as_str() } else { "pending" },
            at: formatted(promise.settled),
            cause: promise.cause.as_str(),
        })
    }

    fn term(&self, promise: &PromiseTimeline) -> String {
        let from = self.local(promise.from);
        match (promise.promise, promise.term) {
            (Promise::Answer, Some(term)) => {
                format!("They promise an answer: \"{}\", counted from {from}, its arrival.", term_as_written(term))
            }
            (Promise::Callback, Some(term)) => {
                format!("They promise a callback: \"{}\", counted from {from}, its request.", term_as_written(term))
            }
            (_, None) => "They promise callbacks only; an answer keeps that promise too.".to_owned(),
        }
    }

    fn outcome(&self, promise: &PromiseTimeline) -> String {
        let at = self.local(promise.settled);
        let verdict = promise.verdict.as_str();
        let why = self.why(promise);
        if self.is_settled(promise) {
            format!("It was {verdict} at {at}: {why}.")
        } else if promise.cause == Cause::Timeout(Timeout::Deadline) {
            format!("It is not settled yet; unless an event keeps it, it will be {verdict} at {at}.")
        } else {
            format!("It was not settled then; it became {verdict} at {at}: {why}.")
        }
    }

    fn why(&self, promise: &PromiseTimeline) -> String {
        let before = |by: &str| match promise.deadline {
            Some(deadline) => format!("{by} {} before the deadline", span(deadline.millis_since(promise.settled))),
            None => by.to_owned(),
        };
        match (promise.verdict, promise.cause) {
            (LedgerVerdict::Kept, Cause::Fact(FactKind::CallbackReached)) => before("the customer was reached"),
            (LedgerVerdict::Kept, _) => before("the customer was answered"),
            (LedgerVerdict::Broken, Cause::Timeout(Timeout::Deadline)) => self.too_late(promise),
            (LedgerVerdict::Broken, Cause::Timeout(_)) => {
                "no event of the callback came for so long that it counts as given up".to_owned()
            }
            (LedgerVerdict::Broken, Cause::Fact(FactKind::Abandoned)) => {
                "the customer gave up, which breaks the promises of this line".to_owned()
            }
            (LedgerVerdict::Broken, Cause::Fact(FactKind::TimedOut)) => {
                "the platform took it out of the queue, which breaks the promises of this line".to_owned()
            }
            (LedgerVerdict::Broken, Cause::Fact(_)) => format!("{}, and the customer was not reached", self.closed()),
            (LedgerVerdict::Void, Cause::Fact(FactKind::Abandoned)) => {
                "the customer gave up: a short abandon, or the line's rules void the promise".to_owned()
            }
            (LedgerVerdict::Void, Cause::Fact(FactKind::TimedOut)) => {
                "the platform took it out of the queue, which this line leaves out".to_owned()
            }
            (LedgerVerdict::Void, Cause::Fact(FactKind::Transferred)) => "it was moved to another line".to_owned(),
            (LedgerVerdict::Void, Cause::Fact(FactKind::CallbackClosed)) => self.closed(),
            (LedgerVerdict::Void, Cause::Fact(_)) => "it ended, and no event says how".to_owned(),
            (LedgerVerdict::Void, Cause::Timeout(_)) => "no deciding event came for too long".to_owned(),
        }
    }

    /// The deadline passed first; the fact that came too late, if one did.
    fn too_late(&self, promise: &PromiseTimeline) -> String {
        let kept_by = [FactKind::Answered, FactKind::CallbackReached];
        let late = self.timeline.entries.iter().find(|entry| {
            entry.source.0 >= promise.settled && kept_by.contains(&entry.source.1.kind()) && entry.at <= self.at
        });
        match late {
            Some(entry) => {
                let (at, fact) = entry.source;
                let late_ms = at.millis_since(promise.settled);
                let late =
                    if late_ms == 0 { "at that very instant".to_owned() } else { format!("{} later", span(late_ms)) };
                format!("the deadline passed; {} came {late}, at {}", words::fact(fact), self.local(at))
            }
            None => "the deadline passed, and the customer had not been served".to_owned(),
        }
    }

    /// How the callback was closed.
    fn closed(&self) -> String {
        let closed = self
            .timeline
            .entries
            .iter()
            .map(|entry| entry.source.1)
            .find(|fact| fact.kind() == FactKind::CallbackClosed);
        closed.map_or_else(
            || "the callback was closed".to_owned(),
            |fact| format!("the callback was closed ({})", words::fact(fact)),
        )
    }

    fn is_settled(&self, promise: &PromiseTimeline) -> bool {
        let second = match promise.cause {
            Cause::Fact(_) => promise.settled.floor_second(),
            Cause::Timeout(_) => promise.settled.ceil_second(),
        };
        second <= self.at.floor_second()
    }

    /// From when the rules hold; `None` if they held from the start.
    fn valid_from(&self) -> Option<EventTime> {
        let is_first = self.rules.effective_limits.first().map(|effective| effective.valid_from)
            == self.timeline.limits.map(|effective| effective.valid_from);
        self.timeline.limits.map(|effective| effective.valid_from).filter(|_| !is_first)
    }

    fn local(&self, at: EventTime) -> String {
        words::formatted(at, self.zone).local
    }
}

/// A duration for people.
fn span(ms: i64) -> String {
    let (days, hours, minutes) = (ms / 86_400_000, ms / 3_600_000 % 24, ms / 60_000 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{}.{:03} s", ms / 1000, ms % 1000),
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (days, hours, _) => format!("{days} d {hours} h"),
    }
}
