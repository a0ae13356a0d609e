//! The legs of a stream of events, counted in the simplest way.

use std::collections::BTreeMap;

use ensilinja_model::{AttemptResult, CloseResult, EventTime, Fact, FeedbackAnswer, Outcome, Survey, YesNo};
use ensilinja_sim::{County, CountyLine, SimEvent, Within};
use jiff::Timestamp;
use jiff::civil::Date;

/// One visit of a contact to a line.
#[derive(Default)]
pub struct Leg {
    pub line: usize,
    arrived: Option<EventTime>,
    answered: Option<EventTime>,
    abandoned: Option<EventTime>,
    requested: Option<EventTime>,
    reached: Option<EventTime>,
    closed: Option<(EventTime, CloseResult)>,
    outcome: Option<(EventTime, Outcome)>,
    nps: Option<(EventTime, u8)>,
    surveys: BTreeMap<&'static str, (EventTime, YesNo)>,
    retracted: bool,
}

/// All legs of the county except retracted ones.
pub struct Legs {
    legs: Vec<Leg>,
    county: County,
}

/// The verdict on the promise of a callback.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Kept,
    Broken,
    Void,
}

/// The local day of an instant.
pub fn day(at: EventTime) -> Date {
    Timestamp::from_millisecond(at.as_millis()).unwrap().to_zoned(County::zone()).date()
}

fn earlier(known: &mut Option<EventTime>, at: EventTime) {
    *known = Some(known.map_or(at, |known| known.min(at)));
}

fn seconds(from: EventTime, to: EventTime) -> f64 {
    to.as_seconds_f64() - from.as_seconds_f64()
}

impl Legs {
    pub fn of(county: County, events: impl Iterator<Item = SimEvent>) -> Self {
        let mut legs: BTreeMap<_, Leg> = BTreeMap::new();
        for event in events {
            let line = county.lines.iter().position(|line| line.id == event.line).unwrap();
            let leg = legs.entry((event.contact, line, event.visit)).or_default();
            leg.line = line;
            leg.apply(event.at, event.fact);
        }
        let legs = legs.into_values().filter(|leg| !leg.retracted && leg.arrived.is_some()).collect();
        Self { legs, county }
    }

    /// The legs of these lines that arrived on the selected days.
    pub fn arrived<'a>(
        &'a self,
        lines: &'a [usize],
        selected: impl Fn(Date) -> bool + 'a,
    ) -> impl Iterator<Item = &'a Leg> {
        let arrived = move |leg: &&Leg| lines.contains(&leg.line) && leg.arrived.is_some_and(|at| selected(day(at)));
        self.legs.iter().filter(arrived)
    }

    /// All legs of these lines.
    pub fn of_lines<'a>(&'a self, lines: &'a [usize]) -> impl Iterator<Item = &'a Leg> {
        self.legs.iter().filter(|leg| lines.contains(&leg.line))
    }

    /// The verdict on the promise of a leg, and its day.
    pub fn verdict(&self, leg: &Leg) -> Option<(Date, Verdict)> {
        let line = &self.county.lines[leg.line];
        let within = line.promise.callback?;
        let Some(requested) = leg.requested else {
            let verdict = |at, verdict| Some((day(at), verdict));
            return match (leg.answered, leg.abandoned) {
                (Some(at), _) => verdict(at, Verdict::Kept),
                (None, Some(at)) => {
                    verdict(at, if line.promise.abandon_breaks { Verdict::Broken } else { Verdict::Void })
                }
                (None, None) => None,
            };
        };
        let deadline = deadline(line, within, requested);
        let in_time = |at: &EventTime| *at < deadline;
        let verdict = match (leg.reached.filter(in_time), leg.closed.filter(|(at, _)| in_time(at))) {
            (Some(at), _) => (at, Verdict::Kept),
            (None, Some((at, CloseResult::Cancelled | CloseResult::Duplicate))) => (at, Verdict::Void),
            (None, Some((at, _))) => (at, Verdict::Broken),
            (None, None) => (deadline, Verdict::Broken),
        };
        Some((day(verdict.0), verdict.1))
    }
}

/// The deadline: the first instant that is too late.
fn deadline(line: &CountyLine, within: Within, requested: EventTime) -> EventTime {
    let open = |day: &Date| line.hours.of_day(*day).is_some();
    let end = |day: Date| {
        let end = day.at(23, 59, 59, 0).to_zoned(County::zone()).unwrap();
        EventTime::from_millis(end.timestamp().as_millisecond())
    };
    let mut days = std::iter::successors(Some(day(requested)), |day| day.tomorrow().ok());
    match within {
        Within::Wall(ms) => requested.plus_millis(i64::from(ms) + 1),
        Within::Open(_) => panic!("no line of the county promises open time"),
        Within::SameDay(_) => {
            let clock = Timestamp::from_millisecond(requested.as_millis()).unwrap().to_zoned(County::zone());
            let minute = i32::from(clock.hour()) * 60 + i32::from(clock.minute());
            let is_closing_ahead = |(_, to): (u16, u16)| minute < i32::from(to);
            if !line.hours.of_day(clock.date()).is_some_and(is_closing_ahead) {
                days.next();
            }
            end(days.find(open).unwrap())
        }
        Within::WorkingDays(n, ..) => end(days.skip(1).filter(open).nth(usize::from(n) - 1).unwrap()),
    }
}

impl Leg {
    fn apply(&mut self, at: EventTime, fact: Fact) {
        match fact {
            Fact::Offered | Fact::Queued => earlier(&mut self.arrived, at),
            Fact::Answered => {
                earlier(&mut self.arrived, at);
                earlier(&mut self.answered, at);
            }
            Fact::Abandoned(_) => {
                earlier(&mut self.arrived, at);
                earlier(&mut self.abandoned, at);
            }
            Fact::CallbackRequested => {
                earlier(&mut self.arrived, at);
                earlier(&mut self.requested, at);
            }
            Fact::CallbackReached | Fact::CallbackAttempted(AttemptResult::Reached) => earlier(&mut self.reached, at),
            Fact::CallbackClosed(result) => self.closed = Some((at, result)),
            Fact::OutcomeRecorded(outcome) if self.outcome.is_none_or(|(known, _)| known <= at) => {
                self.outcome = Some((at, outcome));
            }
            Fact::FeedbackReceived(FeedbackAnswer::Nps(score)) => self.nps = Some((at, score.get())),
            Fact::FeedbackReceived(FeedbackAnswer::Survey(question, answer)) => {
                self.surveys.insert(question.as_str(), (at, answer));
            }
            Fact::Retracted => self.retracted = true,
            _ => {}
        }
    }

    pub fn is_answered(&self) -> bool {
        self.answered.is_some()
    }

    pub fn asked(&self) -> bool {
        self.requested.is_some()
    }

    pub fn is_reached(&self) -> bool {
        self.reached.is_some()
    }

    pub fn is_abandoned(&self) -> bool {
        self.abandoned.is_some()
    }

    pub fn is_decided(&self) -> bool {
        self.is_answered() || self.asked() || self.is_abandoned()
    }

    pub fn answer_wait_s(&self) -> Option<f64> {
        Some(seconds(self.arrived?, self.answered?))
    }

    pub fn callback_wait_s(&self) -> Option<f64> {
        Some(seconds(self.requested?, self.reached?))
    }

    pub fn outcome(&self) -> Option<Outcome> {
        self.outcome.map(|(_, outcome)| outcome)
    }

    /// The day of an answer to "how likely would you recommend this service?", and 1 for a promoter, -1 for a
    /// detractor, 0 otherwise.
    pub fn nps(&self) -> Option<(Date, f64)> {
        let balance = |score| match score {
            9.. => 1.0,
            7..=8 => 0.0,
            _ => -1.0,
        };
        self.nps.map(|(at, score)| (day(at), balance(score)))
    }

    /// The day of an answer to a question, and 1 for yes, 0 for no.
    pub fn survey(&self, question: Survey) -> Option<(Date, f64)> {
        let (at, answer) = self.surveys.get(question.as_str())?;
        Some((day(*at), if *answer == YesNo::Yes { 1.0 } else { 0.0 }))
    }
}
