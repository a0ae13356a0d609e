//! The story of one leg: its facts, sorted, and what they amount to, each measure written down on its own.

use ensilinja_model::{AttemptResult, CloseResult, EventTime, Fact, FeedbackAnswer, Stage, Survey};
use jiff::tz::TimeZone;

use super::{Facts, OracleLine};
use crate::local_day::{given_up_at, local};

/// `ended` and `transferred` this much before the arrival come from a clock that cuts its seconds off. In ms.
const TRUNCATED_CLOCK_MS: i64 = 60_000;
/// Only this many attempts to call back are told apart.
const ATTEMPTS_KEPT: usize = 16;

/// What a posting counts or measures, by the name of its family in the catalogue and its extra labels.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Posting {
    /// The whole second it is filed under.
    pub second: i64,
    /// The family's name after `ensilinja_window_`.
    pub family: &'static str,
    /// Such as `result="answered"`; empty where the family has no extra label.
    pub labels: String,
    /// 1 for a count, milliseconds for a sample or a part of a sum.
    pub amount: i64,
}

/// A state the leg was in, over [from, to) whole seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stay {
    /// When exactly it began, for its age.
    pub since: EventTime,
    pub from_second: i64,
    pub to_second: i64,
}

/// What the facts of a leg amount to.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct LegStory {
    pub postings: Vec<Posting>,
    pub waiting: Option<Stay>,
    pub callback_outstanding: Option<Stay>,
}

/// How a leg stopped waiting, in the order in which ties are settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    Answered,
    CallbackRequested,
    Abandoned(Stage),
    Moved,
    OrphanedByItsEnd,
    OrphanedByTime,
}

/// How and when a leg stopped waiting.
struct Decision {
    at: EventTime,
    fate: Fate,
    /// When the contact was over at this line: it ended or was transferred.
    over: Option<EventTime>,
}

impl Decision {
    fn find(facts: &Facts, arrival: EventTime, orphan_at: EventTime) -> Self {
        // An end before the arrival is no end of this leg, unless it is so little before that a clock was cut off.
        let not_before_arrival = |at: EventTime| {
            if at.millis_since(arrival) < -TRUNCATED_CLOCK_MS { None } else { Some(at.max(arrival)) }
        };
        let answered = when(facts, |fact| fact == Fact::Answered);
        let requested = when(facts, |fact| fact == Fact::CallbackRequested);
        let abandoned = earliest(facts, |fact| match fact {
            Fact::Abandoned(stage) => Some(stage),
            _ => None,
        });
        let transferred = when(facts, |fact| fact == Fact::Transferred).and_then(not_before_arrival);
        let ended = when(facts, |fact| fact == Fact::Ended).and_then(not_before_arrival);

        let mut fates = vec![(orphan_at, Fate::OrphanedByTime)];
        fates.extend(answered.map(|at| (at, Fate::Answered)));
        fates.extend(requested.map(|at| (at, Fate::CallbackRequested)));
        fates.extend(abandoned.map(|(at, stage)| (at, Fate::Abandoned(stage))));
        fates.extend(transferred.map(|at| (at, Fate::Moved)));
        fates.extend(ended.map(|at| (at, Fate::OrphanedByItsEnd)));
        fates.sort_unstable();
        let (at, fate) = fates[0];
        Self { at, fate, over: [ended, transferred].into_iter().flatten().min() }
    }
}

/// How a callback was resolved, in the order in which ties are settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Resolved {
    Reached,
    Closed(CloseResult),
    GivenUp,
}

/// The earliest fact that `which` picks; of several at one instant the first in the vocabulary's order.
fn earliest<T>(facts: &Facts, which: impl Fn(Fact) -> Option<T>) -> Option<(EventTime, T)> {
    facts.iter().find_map(|(at, fact)| which(*fact).map(|found| (*at, found)))
}

/// The latest fact that `which` picks; of several at one instant the last in the vocabulary's order.
fn latest<T>(facts: &Facts, which: impl Fn(Fact) -> Option<T>) -> Option<(EventTime, T)> {
    facts.iter().rev().find_map(|(at, fact)| which(*fact).map(|found| (*at, found)))
}

fn when(facts: &Facts, which: impl Fn(Fact) -> bool) -> Option<EventTime> {
    earliest(facts, |fact| which(fact).then_some(())).map(|(at, ())| at)
}

impl LegStory {
    /// Tells the story of a leg from its facts, which are sorted by instant and then in the vocabulary's order.
    pub(super) fn tell(facts: &Facts, line: &OracleLine, zone: &TimeZone) -> Self {
        let mut story = Self::default();
        if let Some(at) = when(facts, |fact| fact == Fact::Retracted) {
            story.count(at.floor_second(), "contacts_flagged", "flag=\"retracted\"");
            return story;
        }
        story.tell_what_was_said_of_it(facts);
        let arrival = when(facts, |fact| {
            matches!(fact, Fact::Offered | Fact::Queued | Fact::Answered | Fact::Abandoned(_) | Fact::CallbackRequested)
        });
        let Some(arrival) = arrival else { return story };
        let orphan_at = arrival.plus_millis(i64::from(line.orphan_after_ms));
        story.tell_arrival(facts, arrival, orphan_at, line, zone);
        let decision = Decision::find(facts, arrival, orphan_at);
        story.tell_decision(&decision, arrival, orphan_at, line);
        story.tell_callback(facts, decision.fate, orphan_at, line, zone);
        story
    }

    fn count(&mut self, second: i64, family: &'static str, labels: &str) {
        self.measure(second, family, labels, 1);
    }

    fn measure(&mut self, second: i64, family: &'static str, labels: &str, amount: i64) {
        self.postings.push(Posting { second, family, labels: labels.to_owned(), amount });
    }

    /// Outcomes and feedback: the last of the corrections counts, at its own instant, with or without an arrival.
    fn tell_what_was_said_of_it(&mut self, facts: &Facts) {
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

    fn tell_arrival(
        &mut self,
        facts: &Facts,
        arrival: EventTime,
        orphan_at: EventTime,
        line: &OracleLine,
        zone: &TimeZone,
    ) {
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
        if !line.hours.is_open(local(arrival, zone)) {
            self.count(arrival.floor_second(), "contacts_flagged", "flag=\"outside_hours\"");
        }
    }

    /// The leg stops waiting; and if it was answered, it is served for a while.
    fn tell_decision(&mut self, decision: &Decision, arrival: EventTime, orphan_at: EventTime, line: &OracleLine) {
        let second = match decision.fate {
            Fate::OrphanedByTime => decision.at.ceil_second(),
            _ => decision.at.floor_second(),
        };
        self.waiting = Some(Stay { since: arrival, from_second: arrival.floor_second(), to_second: second });
        let wait_ms = decision.at.millis_since(arrival);
        let within = wait_ms <= i64::from(line.threshold_ms);
        match decision.fate {
            Fate::Answered => {
                self.count(second, "contacts_decided", "result=\"answered\"");
                self.count(second, "contacts_handled", "");
                self.measure(second, "answer_wait_seconds", "", wait_ms);
                if within {
                    self.count(second, "contacts_within_threshold", "result=\"answered\"");
                }
                if let Some(over) = decision.over.filter(|over| (decision.at..=orphan_at).contains(over)) {
                    self.measure(over.floor_second(), "handling_sum_seconds", "", over.millis_since(decision.at));
                }
            }
            Fate::CallbackRequested => self.count(second, "contacts_decided", "result=\"callback_requested\""),
            Fate::Abandoned(stage) => {
                self.measure(second, "abandon_wait_sum_seconds", "", wait_ms);
                if wait_ms < i64::from(line.short_abandon_ms) {
                    self.count(second, "contacts_decided", "result=\"abandoned_short\"");
                } else {
                    self.count(second, "contacts_decided", &format!("result=\"abandoned_{}\"", stage.as_str()));
                    if within {
                        self.count(second, "contacts_within_threshold", "result=\"abandoned\"");
                    }
                }
            }
            Fate::Moved => self.count(second, "contacts_undecided", "result=\"moved\""),
            Fate::OrphanedByItsEnd | Fate::OrphanedByTime => {
                self.count(second, "contacts_undecided", "result=\"orphaned\"");
            }
        }
    }

    /// The callback, which runs from its own request whatever the leg's fate was.
    fn tell_callback(&mut self, facts: &Facts, fate: Fate, orphan_at: EventTime, line: &OracleLine, zone: &TimeZone) {
        let Some(requested) = when(facts, |fact| fact == Fact::CallbackRequested) else { return };
        if requested > orphan_at {
            return;
        }
        let reached =
            when(facts, |fact| matches!(fact, Fact::CallbackReached | Fact::CallbackAttempted(AttemptResult::Reached)));
        let closed = earliest(facts, |fact| match fact {
            Fact::CallbackClosed(result) => Some(result),
            _ => None,
        });
        let given_up = given_up_at(requested, line.give_up_working_days, zone);

        let mut ways = vec![(given_up, Resolved::GivenUp)];
        ways.extend(reached.filter(|at| *at >= requested).map(|at| (at, Resolved::Reached)));
        ways.extend(closed.filter(|(at, _)| *at >= requested).map(|(at, result)| (at, Resolved::Closed(result))));
        ways.sort_unstable();
        let (resolved, way) = ways[0];

        let second = if way == Resolved::GivenUp { resolved.ceil_second() } else { resolved.floor_second() };
        self.callback_outstanding =
            Some(Stay { since: requested, from_second: requested.floor_second(), to_second: second });
        let result = match way {
            Resolved::Reached => "reached",
            Resolved::Closed(result) => result.as_str(),
            Resolved::GivenUp => "given_up",
        };
        self.count(second, "callbacks_closed", &format!("result=\"{result}\""));
        if way == Resolved::Reached {
            self.measure(second, "callback_wait_seconds", "", resolved.millis_since(requested));
            if fate != Fate::Answered {
                self.count(second, "contacts_handled", "");
            }
        }

        let attempts = facts.iter().filter_map(|(at, fact)| match fact {
            Fact::CallbackAttempted(result) => Some((*at, *result)),
            _ => None,
        });
        for (at, result) in attempts.take(ATTEMPTS_KEPT) {
            if at >= requested && at <= resolved {
                self.count(at.floor_second(), "callback_attempts", &format!("result=\"{}\"", result.as_str()));
            }
        }
    }
}
