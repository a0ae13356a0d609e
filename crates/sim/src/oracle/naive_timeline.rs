//! The timeline of one leg: the postings and states that follow from its facts.

use std::collections::BTreeSet;

use ensilinja_model::{EventTime, Fact, FeedbackAnswer, Survey};

use super::naive_callback::{NaiveCallback, NaiveResolution};
use super::naive_decision::{NaiveDecision, NaiveResult};
use super::naive_facts::{NaiveFacts, latest, when};
use super::naive_posting::{NaivePosting, NaiveState};
use super::naive_verdict::NaiveVerdict;
use super::naive_wait::NaiveWait;
use super::oracle_line::{OracleLimits, OracleLine};
use crate::LineCalendar;
use crate::local_day::local;

/// The number of attempts with each result that count.
const ATTEMPTS_KEPT: usize = 1_000;

/// The postings and states of a leg.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct NaiveTimeline {
    pub postings: Vec<NaivePosting>,
    pub stays: Vec<NaiveState>,
    /// The second from which on this timeline is valid. Before it, the one without late requests is.
    pub not_before: Option<i64>,
}

impl NaiveTimeline {
    /// The timeline that follows from the facts of a leg. With `late_requests`, a request may supersede an end of the
    /// wait shortly before it.
    pub(super) fn of(facts: &NaiveFacts, line: &OracleLine, calendar: &LineCalendar, late_requests: bool) -> Self {
        let mut timeline = Self::default();
        if let Some(at) = when(facts, |fact| fact == Fact::Retracted) {
            timeline.count(at.floor_second(), "contacts_flagged", "flag=\"retracted\"");
            return timeline;
        }
        timeline.add_outcome_and_feedback(facts);
        let arrival = when(facts, |fact| {
            matches!(
                fact,
                Fact::Offered
                    | Fact::Queued
                    | Fact::Answered
                    | Fact::Abandoned(_)
                    | Fact::TimedOut
                    | Fact::CallbackRequested
            )
        });
        let Some(arrival) = arrival else { return timeline };
        let limits = line.limits_on(local(arrival, calendar.zone()).date());
        let orphan_at = arrival.plus_millis(i64::from(limits.orphan_after_ms));
        timeline.add_arrival(facts, arrival, orphan_at, calendar);
        let decision = NaiveDecision::find(facts, arrival, orphan_at, late_requests);
        timeline.not_before = decision.not_before;
        let wait = NaiveWait::find(facts, arrival, &decision, &limits);
        timeline.stays.extend(wait.stays(decision.second()));
        timeline.add_decision(&decision, &wait, orphan_at, &limits);
        let callback = NaiveCallback::find(facts, orphan_at, &limits, calendar);
        if let Some(callback) = &callback {
            timeline.add_callback(facts, callback, decision.result, calendar);
        }
        if let Some(verdict) = NaiveVerdict::find(&decision, &wait, callback.as_ref(), &limits, calendar) {
            let labels = format!("promise=\"{}\",result=\"{}\"", verdict.promise(), verdict.result);
            timeline.count(verdict.second(), "promises", &labels);
            timeline.stays.extend(verdict.stays(arrival));
        }
        timeline
    }

    fn count(&mut self, second: i64, family: &'static str, labels: &str) {
        self.measure(second, family, labels, 1);
    }

    fn measure(&mut self, second: i64, family: &'static str, labels: &str, amount: i64) {
        self.postings.push(NaivePosting { second, family, labels: labels.to_owned(), amount });
    }

    /// Outcomes and feedback: the latest correction counts, at its own instant, with or without an arrival.
    fn add_outcome_and_feedback(&mut self, facts: &NaiveFacts) {
        let outcome = latest(facts, |fact| match fact {
            Fact::OutcomeRecorded(outcome) => Some(outcome),
            _ => None,
        });
        if let Some((at, outcome)) = outcome {
            self.count(at.floor_second(), "outcomes", &format!("outcome=\"{}\"", outcome.as_str()));
        }
        let score = latest(facts, |fact| match fact {
            Fact::FeedbackReceived(FeedbackAnswer::Nps(score)) => Some(score.get()),
            _ => None,
        });
        if let Some((at, score)) = score {
            let group = match score {
                0..=6 => "detractor",
                7..=8 => "passive",
                _ => "promoter",
            };
            self.count(at.floor_second(), "nps_answers", &format!("group=\"{group}\""));
        }
        for question in Survey::ALL {
            let answer = latest(facts, |fact| match fact {
                Fact::FeedbackReceived(FeedbackAnswer::Survey(asked, answer)) if asked == *question => Some(answer),
                _ => None,
            });
            if let Some((at, answer)) = answer {
                let labels = format!("question=\"{}\",answer=\"{}\"", question.as_str(), answer.as_str());
                self.count(at.floor_second(), "survey_answers", &labels);
            }
        }
    }

    fn add_arrival(&mut self, facts: &NaiveFacts, arrival: EventTime, orphan_at: EventTime, calendar: &LineCalendar) {
        self.count(arrival.floor_second(), "contacts_offered", "");
        let offered = when(facts, |fact| fact == Fact::Offered);
        if offered != Some(arrival) {
            self.count(arrival.floor_second(), "contacts_flagged", "flag=\"inferred\"");
        }
        if let Some(offered) = offered
            && offered > arrival
            && offered <= orphan_at
        {
            self.count(offered.floor_second(), "contacts_flagged", "flag=\"skewed\"");
        }
        if !calendar.is_open(arrival) {
            self.count(arrival.floor_second(), "contacts_flagged", "flag=\"outside_hours\"");
        }
    }

    /// The decision, and the handling time of an answered leg.
    fn add_decision(
        &mut self,
        decision: &NaiveDecision,
        wait: &NaiveWait,
        orphan_at: EventTime,
        limits: &OracleLimits,
    ) {
        let second = decision.second();
        let within = wait.known_ms().is_some_and(|ms| ms <= i64::from(limits.threshold_ms));
        match decision.result {
            NaiveResult::Answered => {
                self.count(second, "contacts_decided", "result=\"answered\"");
                self.count(second, "contacts_handled", "");
                self.add_wait(second, wait, "answer_wait_seconds", "result=\"answered\"");
                if within {
                    self.count(second, "contacts_within_threshold", "result=\"answered\"");
                }
                if let Some(over) = decision.over.filter(|over| (decision.at..=orphan_at).contains(over)) {
                    self.measure(over.floor_second(), "handling_sum_seconds", "", over.millis_since(decision.at));
                }
            }
            NaiveResult::CallbackRequested => self.count(second, "contacts_decided", "result=\"callback_requested\""),
            NaiveResult::TimedOut => {
                self.add_wait(second, wait, "timed_out_wait_sum_seconds", "result=\"timed_out\"");
                let family = if limits.timed_out_counts { "contacts_decided" } else { "contacts_undecided" };
                self.count(second, family, "result=\"timed_out\"");
            }
            NaiveResult::Abandoned(stage) => {
                self.add_wait(second, wait, "abandon_wait_sum_seconds", "result=\"abandoned\"");
                if wait.known_ms().is_some_and(|ms| ms < i64::from(limits.short_abandon_ms)) {
                    self.count(second, "contacts_decided", "result=\"abandoned_short\"");
                } else {
                    self.count(second, "contacts_decided", &format!("result=\"abandoned_{}\"", stage.as_str()));
                    if within {
                        self.count(second, "contacts_within_threshold", "result=\"abandoned\"");
                    }
                }
            }
            NaiveResult::Moved => self.count(second, "contacts_undecided", "result=\"moved\""),
            NaiveResult::OrphanedByItsEnd | NaiveResult::OrphanedByTime => {
                self.count(second, "contacts_undecided", "result=\"orphaned\"");
            }
        }
    }

    /// The length of the wait, or that it is unknown.
    fn add_wait(&mut self, second: i64, wait: &NaiveWait, family: &'static str, result: &str) {
        match wait.known_ms() {
            Some(ms) => self.measure(second, family, "", ms),
            None => self.count(second, "contacts_wait_unknown", result),
        }
    }

    /// The callback, which starts with its request, independent of the decision.
    fn add_callback(
        &mut self,
        facts: &NaiveFacts,
        callback: &NaiveCallback,
        result: NaiveResult,
        calendar: &LineCalendar,
    ) {
        self.stays.extend(callback.stays(calendar));
        let (requested, resolved, second) = (callback.requested, callback.resolved, callback.second());
        self.count(second, "callbacks_closed", &format!("result=\"{}\"", callback.result()));
        if callback.way == NaiveResolution::Reached {
            self.measure(second, "callback_wait_seconds", "", resolved.millis_since(requested));
            self.measure(second, "callback_open_wait_seconds", "", calendar.open_ms(requested, resolved));
            if result != NaiveResult::Answered {
                self.count(second, "contacts_handled", "");
            }
        }

        // An attempt is identified by its second and its result. Fractions of the second do not matter.
        let mut attempts: BTreeSet<(&str, i64)> = BTreeSet::new();
        for (at, fact) in facts {
            if let Fact::CallbackAttempted(result) = fact {
                attempts.insert((result.as_str(), at.floor_second()));
            }
        }
        for result in ["reached", "failed"] {
            let kept = attempts.iter().filter(|(of, _)| *of == result).take(ATTEMPTS_KEPT);
            for (_, attempted) in kept.filter(|(_, at)| (requested.floor_second()..=second).contains(at)) {
                self.count(*attempted, "callback_attempts", &format!("result=\"{result}\""));
            }
        }
    }
}
