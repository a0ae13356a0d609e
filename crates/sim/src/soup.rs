//! Event soup: random, contradictory facts for property tests.
//!
//! A soup is worse than the events of any platform. Legs share a few contacts and lines, and every kind of fact occurs
//! anywhere and repeatedly. The instants lie close to the edges where a rule could be off by one: thresholds,
//! deadlines, the orphan limit, truncated seconds before the arrival, openings and closings, changes of rules, local
//! midnights, both changes of the clocks, Easter and Christmas.

use ensilinja_model::{
    AttemptResult, CloseResult, EventTime, Fact, FeedbackAnswer, NpsScore, Outcome, Stage, Survey, YesNo,
};
use jiff::ToSpan;
use jiff::civil::{DateTime, date};
use jiff::tz::TimeZone;
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{RngExt, SeedableRng};
use rand_pcg::Pcg64Mcg;

use crate::local_day::{given_up_at, instant, local, midnight};
use crate::{LineCalendar, OracleLine, SimEvent};

const SECOND_MS: i64 = 1_000;
const MINUTE_MS: i64 = 60 * SECOND_MS;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;

/// The number of instants at which to read the figures.
const MOMENTS: usize = 24;

/// Facts in random order, and instants at which to read the figures.
#[derive(Clone, Debug)]
pub struct Soup {
    /// The facts in random order, some of them twice. `reported_at` equals `at` and has no meaning here.
    pub events: Vec<SimEvent>,
    /// Instants close to the edges of the facts, ascending.
    pub moments: Vec<EventTime>,
}

/// A soup of about `legs` x `facts_per_leg` facts about these lines, around a special day that the seed selects. The
/// same arguments give the same soup.
#[must_use]
pub fn soup(seed: u64, lines: &[OracleLine], zone: &TimeZone, legs: usize, facts_per_leg: usize) -> Soup {
    let mut builder = SoupBuilder { rng: Pcg64Mcg::seed_from_u64(seed), zone };
    let anchor = builder.anchor();
    let mut events = Vec::new();
    let calendars: Vec<LineCalendar> =
        lines.iter().map(|line| LineCalendar::new(line.hours.clone(), &line.later_hours, zone.clone())).collect();
    let mut edges = vec![anchor];
    for leg in 0..legs {
        let (line, calendar) = {
            let index = builder.rng.random_range(0..lines.len());
            (&lines[index], &calendars[index])
        };
        let arrival = builder.arrival(anchor);
        let leg_edges = builder.edges_of(line, calendar, arrival);
        let contact = format!("contact-{}", builder.rng.random_range(0..legs.div_ceil(2).max(1)));
        let visit = builder.rng.random_bool(0.3).then(|| format!("visit-{}", leg % 3));
        let mut facts: Vec<(EventTime, Fact)> =
            (0..facts_per_leg).map(|_| (builder.near(&leg_edges), builder.fact())).collect();
        facts.extend(builder.overtaken_request(&leg_edges));
        let copies = facts.clone().into_iter().filter_map(|told| builder.copied(told));
        let copies: Vec<_> = copies.collect();
        facts.extend(copies);
        for (at, fact) in facts {
            let to_line = (fact == Fact::Transferred).then(|| builder.pick(lines).id.clone());
            let line = line.id.clone();
            let event =
                SimEvent { at, reported_at: at, contact: contact.clone(), line, visit: visit.clone(), to_line, fact };
            if builder.rng.random_bool(0.15) {
                events.push(event.clone());
            }
            events.push(event);
        }
        edges.extend(builder.window_exits(calendar, &leg_edges));
        edges.extend(leg_edges);
    }
    events.shuffle(&mut builder.rng);
    let moments = builder.moments(&edges);
    Soup { events, moments }
}

struct SoupBuilder<'a> {
    rng: Pcg64Mcg,
    zone: &'a TimeZone,
}

impl SoupBuilder<'_> {
    fn pick<'t, T>(&mut self, among: &'t [T]) -> &'t T {
        among.choose(&mut self.rng).expect("there is always something to choose from")
    }

    fn anchor(&mut self) -> EventTime {
        let noteworthy: [DateTime; 12] = [
            date(2025, 9, 16).at(10, 15, 0, 0),
            date(2025, 9, 16).at(23, 59, 30, 0),
            date(2025, 10, 25).at(23, 50, 0, 0),
            date(2025, 10, 26).at(3, 30, 0, 0),
            date(2025, 12, 23).at(14, 59, 50, 0),
            date(2025, 12, 23).at(23, 59, 50, 0),
            date(2026, 3, 28).at(23, 55, 0, 0),
            date(2026, 3, 29).at(2, 59, 50, 0),
            date(2026, 4, 1).at(14, 59, 50, 0),
            date(2026, 6, 18).at(8, 59, 50, 0),
            date(2026, 6, 30).at(23, 30, 0, 0),
            date(2026, 8, 1).at(0, 0, 10, 0),
        ];
        instant(*self.pick(&noteworthy), self.zone)
    }

    fn arrival(&mut self, anchor: EventTime) -> EventTime {
        let reach = *self.pick(&[SECOND_MS, MINUTE_MS, HOUR_MS, DAY_MS]);
        let at = anchor.plus_millis(self.rng.random_range(-reach..=reach));
        // Many sources have whole seconds only, which produces ties.
        if self.rng.random_bool(0.5) { EventTime::from_seconds(at.floor_second()) } else { at }
    }

    /// The instants at which the state of the leg may change.
    fn edges_of(&mut self, line: &OracleLine, calendar: &LineCalendar, arrival: EventTime) -> Vec<EventTime> {
        let today = local(arrival, self.zone).date();
        let limits = line.limits_on(today);
        let orphan_after = i64::from(limits.orphan_after_ms);
        let request = arrival.plus_millis(*self.pick(&[0, MINUTE_MS, HOUR_MS, orphan_after]));
        let by_answer = limits.promise.answer.map(|within| calendar.deadline(arrival, within));
        let by_callback = limits.promise.callback.map(|within| calendar.deadline(request, within));
        let due = by_callback.unwrap_or(request);

        let mut edges = vec![request, given_up_at(due, limits.give_up_working_days, self.zone)];
        // A callback is due today from the midnight of its day. Limits change at midnights.
        let midnights =
            [today, today.tomorrow().expect("the days of a soup have a next day"), local(due, self.zone).date()];
        edges.extend(midnights.map(|day| midnight(day, self.zone)));
        edges.extend(calendar.stretches(today).into_iter().flat_map(|(opens, closes)| [opens, closes]));
        for deadline in by_answer.into_iter().chain(by_callback) {
            edges.extend([deadline, deadline]);
        }
        let offsets = [
            0,
            0,
            0,
            -MINUTE_MS,
            i64::from(limits.short_abandon_ms),
            i64::from(limits.threshold_ms),
            orphan_after,
            self.rng.random_range(0..=10 * SECOND_MS),
            self.rng.random_range(0..=HOUR_MS),
            self.rng.random_range(-DAY_MS..=DAY_MS),
            *self.pick(&[5, 10, 20, 30, 60, 120, 180, 300, 600, 900, 1_800, 3_600]) * SECOND_MS,
        ];
        edges.extend(offsets.map(|offset| arrival.plus_millis(offset)));
        edges
    }

    /// The instants at which some of the edges leave the windows that follow opening hours.
    fn window_exits(&mut self, calendar: &LineCalendar, edges: &[EventTime]) -> Vec<EventTime> {
        let of_two_hours = calendar.after_open_ms(*self.pick(edges), 2 * HOUR_MS);
        let day = local(*self.pick(edges), self.zone).date();
        let open_days = day.series(1.day()).take(60).filter(|day| calendar.opens_on(*day));
        let of_five_days = open_days.skip(1).nth(4).map(|day| calendar.stretches(day)[0].0);
        [of_two_hours].into_iter().chain(of_five_days).collect()
    }

    fn near(&mut self, edges: &[EventTime]) -> EventTime {
        let off = *self.pick(&[0, 0, 0, 0, 1, -1, 2, 999, -999, SECOND_MS, -SECOND_MS, 5 * SECOND_MS, MINUTE_MS]);
        self.pick(edges).plus_millis(off)
    }

    /// Sometimes, a callback request shortly after the end of the wait: up to about a minute after it.
    fn overtaken_request(&mut self, edges: &[EventTime]) -> Vec<(EventTime, Fact)> {
        if self.rng.random_bool(0.6) {
            return Vec::new();
        }
        let stage = *self.pick(Stage::ALL);
        let abandoned = Fact::Abandoned(stage);
        let gone = *self.pick(&[abandoned, abandoned, Fact::TimedOut, Fact::Transferred, Fact::Ended]);
        let at = self.near(edges);
        let apart = *self.pick(&[0, 1, 180, 999, SECOND_MS, 5 * SECOND_MS, MINUTE_MS - 1, MINUTE_MS, MINUTE_MS + 1]);
        let requested = (at.plus_millis(apart), Fact::CallbackRequested);
        let before =
            self.rng.random_bool(0.7).then(|| (at.plus_millis(-*self.pick(&[0, SECOND_MS, HOUR_MS])), Fact::Offered));
        before.into_iter().chain([(at, gone), requested]).collect()
    }

    /// Sometimes, a copy of a callback fact from a feed with truncated seconds.
    fn copied(&mut self, (at, fact): (EventTime, Fact)) -> Option<(EventTime, Fact)> {
        let is_copied = matches!(fact, Fact::CallbackAttempted(_) | Fact::CallbackReached) && self.rng.random_bool(0.3);
        is_copied.then(|| (EventTime::from_seconds(at.floor_second()), fact))
    }

    fn fact(&mut self) -> Fact {
        match self.rng.random_range(0..100_u32) {
            0..=13 => Fact::Offered,
            14..=21 => Fact::Queued,
            22..=31 => Fact::Answered,
            32..=38 => Fact::Abandoned(*self.pick(Stage::ALL)),
            39..=40 => Fact::TimedOut,
            41 => Fact::WaitUnknown,
            42..=54 => Fact::CallbackRequested,
            55..=66 => Fact::CallbackAttempted(*self.pick(AttemptResult::ALL)),
            67..=71 => Fact::CallbackReached,
            72..=77 => Fact::CallbackClosed(*self.pick(CloseResult::ALL)),
            78..=81 => Fact::Transferred,
            82..=88 => Fact::Ended,
            89..=93 => Fact::OutcomeRecorded(*self.pick(Outcome::ALL)),
            94..=98 => Fact::FeedbackReceived(self.feedback()),
            _ => Fact::Retracted,
        }
    }

    fn feedback(&mut self) -> FeedbackAnswer {
        if self.rng.random_bool(0.5) {
            let score = self.rng.random_range(0..=10_u8);
            FeedbackAnswer::Nps(NpsScore::new(score).expect("0 to 10 are scores"))
        } else {
            FeedbackAnswer::Survey(*self.pick(Survey::ALL), *self.pick(YesNo::ALL))
        }
    }

    /// Instants close to the edges, and close to those at which the edges leave a window.
    fn moments(&mut self, edges: &[EventTime]) -> Vec<EventTime> {
        let mut moments: Vec<EventTime> = (0..MOMENTS)
            .map(|_| {
                let exit_after = *self.pick(&[0, 0, 900 * SECOND_MS, HOUR_MS, DAY_MS]);
                self.near(edges).plus_millis(exit_after)
            })
            .collect();
        moments.sort_unstable();
        moments.dedup();
        moments
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::soup_lines;

    fn small_soup(seed: u64) -> Soup {
        soup(seed, &soup_lines(), &TimeZone::get("Europe/Helsinki").unwrap(), 4, 20)
    }

    #[test]
    fn the_same_seed_gives_the_same_soup_and_another_seed_another() {
        assert_eq!(small_soup(1).events, small_soup(1).events);
        assert_eq!(small_soup(1).moments, small_soup(1).moments);
        assert_ne!(small_soup(1).events, small_soup(2).events);
    }

    #[test]
    fn a_few_soups_contain_every_kind_of_fact() {
        let kinds: BTreeSet<_> =
            (0..10).flat_map(|seed| small_soup(seed).events).map(|event| event.fact.kind()).collect();
        assert_eq!(kinds.len(), ensilinja_model::FactKind::ALL.len());
    }
}
