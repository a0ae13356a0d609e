//! The oracle itself keeps the laws of the design, over event soup.
#![expect(clippy::float_cmp, reason = "counts are whole numbers, and exact")]

use std::collections::BTreeMap;

use ensilinja_model::{EventTime, Fact};
use ensilinja_sim::{LinePromise, Oracle, OracleLimits, OracleLine, Soup, soup, soup_lines};
use jiff::tz::TimeZone;

const SEEDS: std::ops::Range<u64> = 0..40;

fn zone() -> TimeZone {
    TimeZone::get("Europe/Helsinki").expect("the zone is built in")
}

fn small_soup(seed: u64) -> Soup {
    soup(seed, &soup_lines(), &zone(), 5, 14)
}

fn oracle_of<'a>(events: impl IntoIterator<Item = &'a ensilinja_sim::SimEvent>) -> Oracle {
    let mut oracle = Oracle::new(soup_lines(), zone());
    events.into_iter().for_each(|event| oracle.apply(event));
    oracle
}

#[test]
fn order_and_duplicates_do_not_matter() {
    for seed in SEEDS {
        let soup = small_soup(seed);
        let (forth, back) = (oracle_of(&soup.events), oracle_of(soup.events.iter().rev().chain(&soup.events)));
        for now in &soup.moments {
            assert_eq!(forth.series(*now), back.series(*now), "seed {seed} at {now:?}");
        }
    }
}

#[test]
fn figures_depend_only_on_facts_up_to_their_instant() {
    for seed in SEEDS {
        let mut soup = small_soup(seed);
        // Corrections and retractions are exceptions: they change earlier figures on purpose.
        soup.events.retain(|event| {
            !matches!(event.fact, Fact::OutcomeRecorded(_) | Fact::FeedbackReceived(_) | Fact::Retracted)
        });
        let all = oracle_of(&soup.events);
        for now in &soup.moments {
            let end_of_second = EventTime::from_seconds(now.floor_second() + 1);
            let past = oracle_of(soup.events.iter().filter(|event| event.at < end_of_second));
            assert_eq!(all.series(*now), past.series(*now), "seed {seed} at {now:?}");
        }
    }
}

/// The figures of one line.
struct LineFigures<'a> {
    series: &'a BTreeMap<String, f64>,
    line: &'a OracleLine,
}

impl LineFigures<'_> {
    /// The series of a family with these labels after line and channel.
    fn one(&self, family: &str, labels: &str) -> f64 {
        let (line, channel) = (&self.line.id, self.line.channel.as_str());
        let name = format!("ensilinja_{family}{{line=\"{line}\",channel=\"{channel}\"{labels}}}");
        *self.series.get(&name).unwrap_or_else(|| panic!("no series {name}"))
    }

    /// The sum over all series of a family, today and yesterday.
    fn two_days(&self, family: &str) -> f64 {
        let start = format!("ensilinja_window_{family}{{line=\"{}\"", self.line.id);
        let of_family = self.series.range(start.clone()..).take_while(|(name, _)| name.starts_with(&start));
        let in_days = |name: &str| name.contains("window=\"today\"") || name.contains("window=\"yesterday\"");
        of_family.filter(|(name, _)| in_days(name)).map(|(_, value)| value).sum()
    }

    fn waiting(&self) -> f64 {
        self.one("contacts_waiting", "")
    }

    fn pending(&self, promise: &str) -> f64 {
        self.one("promises_pending", &format!(",promise=\"{promise}\""))
    }

    fn due(&self, due: &str) -> f64 {
        self.one("callbacks_outstanding", &format!(",due=\"{due}\""))
    }
}

/// Checks every line at every instant of the soups, with its figures just before the previous day and at the instant.
fn for_each_line(mut check: impl FnMut(&LineFigures, &LineFigures, &str)) {
    let lines = soup_lines();
    for seed in SEEDS {
        let soup = small_soup(seed);
        let oracle = oracle_of(&soup.events);
        for now in &soup.moments {
            let series = oracle.series(*now);
            let edge = midnight_before_yesterday(*now);
            if is_between_an_abandon_and_its_request(&soup, edge) {
                continue;
            }
            let before = oracle.series(EventTime::from_seconds(edge));
            assert!(series.values().all(|value| *value >= 0.0), "seed {seed} at {now:?}");
            for line in &lines {
                let case = format!("{}, seed {seed} at {now:?}", line.id);
                check(&LineFigures { series: &before, line }, &LineFigures { series: &series, line }, &case);
            }
        }
    }
}

/// Whether a reading at this second includes an end of the wait that a later request supersedes. The figures of such a
/// reading and of a later one do not add up.
fn is_between_an_abandon_and_its_request(soup: &Soup, second: i64) -> bool {
    let gone = |fact| matches!(fact, Fact::Abandoned(_) | Fact::TimedOut | Fact::Transferred | Fact::Ended);
    let in_between = |gone_at: EventTime, asked_at: EventTime| {
        // An end up to a minute before the arrival counts at the arrival.
        (gone_at.floor_second()..asked_at.floor_second()).contains(&second) && asked_at.millis_since(gone_at) <= 120_000
    };
    soup.events.iter().filter(|event| gone(event.fact)).any(|left| {
        let of_leg = |event: &&ensilinja_sim::SimEvent| {
            (&event.line, &event.contact, &event.visit) == (&left.line, &left.contact, &left.visit)
        };
        let asked = soup.events.iter().filter(of_leg).filter(|event| event.fact == Fact::CallbackRequested);
        asked.map(|event| event.at).any(|asked_at| in_between(left.at, asked_at))
    })
}

/// The last second before the local day before that of `now`.
fn midnight_before_yesterday(now: EventTime) -> i64 {
    let timestamp = jiff::Timestamp::from_millisecond(now.as_millis()).expect("an instant with a local day");
    let today = timestamp.to_zoned(zone()).date();
    today.yesterday().and_then(|day| day.to_zoned(zone())).expect("an instant with a local day").timestamp().as_second()
        - 1
}

#[test]
fn every_contact_waits_or_has_stopped_waiting() {
    let mut contacts = 0.0;
    for_each_line(|before, now, case| {
        let stopped = now.two_days("contacts_decided") + now.two_days("contacts_undecided");
        let offered = now.two_days("contacts_offered");
        assert_eq!(before.waiting() + offered, stopped + now.waiting(), "{case}");
        contacts += offered;
    });
    assert!(contacts > 1_000.0, "the soups have too few arrivals: {contacts}");
}

#[test]
fn every_contact_with_a_promise_has_one_verdict_or_is_pending() {
    let mut settled = BTreeMap::new();
    for_each_line(|before, now, case| {
        let promises = |limits: &OracleLimits| limits.promise != LinePromise::default();
        let changes = now.line.later_limits.iter().map(|(_, limits)| limits).any(promises);
        let pending = |figures: &LineFigures| figures.pending("answer") + figures.pending("callback");
        let verdicts = now.two_days("promises");
        if promises(&now.line.first_limits()) {
            assert_eq!(pending(before) + now.two_days("contacts_offered"), verdicts + pending(now), "{case}");
        } else if !changes {
            assert_eq!(pending(now) + verdicts, 0.0, "{case}");
        }
        *settled.entry(now.line.id.to_string()).or_insert(0.0) += verdicts;
    });
    settled.retain(|_, verdicts| *verdicts < 50.0);
    assert_eq!(settled.into_keys().collect::<Vec<_>>(), ["lunch_break"], "only one line has no promises");
}

#[test]
fn a_callback_has_one_due_state_and_pending_ones_and_the_next_deadline_are_not_overdue() {
    let mut seen = [0.0; 3];
    for_each_line(|_, now, case| {
        let states = ["later", "today", "overdue"].map(|due| now.due(due));
        let [later, today, overdue] = states;
        assert!(later + today + overdue > 0.0 || now.one("callback_oldest_seconds", "") == 0.0, "{case}");
        assert!(overdue > 0.0 || now.one("callback_overdue_oldest_seconds", "") == 0.0, "{case}");
        assert!(now.pending("callback") <= later + today, "{case}");
        let next_due = format!("ensilinja_callback_next_due_timestamp_seconds{{line=\"{}\"", now.line.id);
        let next_due = now.series.range(next_due.clone()..).next().filter(|(name, _)| name.starts_with(&next_due));
        if now.line.promise.callback.is_some() {
            assert_eq!(next_due.is_some(), later + today > 0.0, "{case}");
        } else if now.line.later_limits.is_empty() {
            assert_eq!((next_due, today + overdue), (None, 0.0), "{case}");
        }
        for (seen, state) in seen.iter_mut().zip(states) {
            *seen += state;
        }
    });
    assert!(
        seen.iter().all(|callbacks| *callbacks > 100.0),
        "the soups have too few callbacks in some state: {seen:?}"
    );
}
