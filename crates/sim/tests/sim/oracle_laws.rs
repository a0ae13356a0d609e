//! The oracle keeps the laws of the design itself, over event soup: what judges others is judged first.
#![expect(clippy::float_cmp, reason = "counts are whole numbers, and exact")]

use std::collections::BTreeMap;

use ensilinja_model::{EventTime, Fact};
use ensilinja_sim::{LinePromise, Oracle, OracleLimits, OracleLine, Soup, soup, soup_lines};
use jiff::tz::TimeZone;

const SEEDS: std::ops::Range<u64> = 0..30;

fn zone() -> TimeZone {
    TimeZone::get("Europe/Helsinki").expect("the zone is built in")
}

fn cooked(seed: u64) -> Soup {
    soup(seed, &soup_lines(), &zone(), 5, 14)
}

fn heard<'a>(events: impl IntoIterator<Item = &'a ensilinja_sim::SimEvent>) -> Oracle {
    let mut oracle = Oracle::new(soup_lines(), zone());
    events.into_iter().for_each(|event| oracle.apply(event));
    oracle
}

#[test]
fn order_and_repetition_make_no_difference() {
    for seed in SEEDS {
        let soup = cooked(seed);
        let (forth, back) = (heard(&soup.events), heard(soup.events.iter().rev().chain(&soup.events)));
        for now in &soup.moments {
            assert_eq!(forth.series(*now), back.series(*now), "seed {seed} at {now:?}");
        }
    }
}

#[test]
fn what_is_shown_depends_only_on_what_has_happened_by_then() {
    for seed in SEEDS {
        let mut soup = cooked(seed);
        // Corrections and retractions are excepted: they are made to take back what was shown.
        soup.events.retain(|event| {
            !matches!(event.fact, Fact::OutcomeRecorded(_) | Fact::FeedbackReceived(_) | Fact::Retracted)
        });
        let all = heard(&soup.events);
        for now in &soup.moments {
            let end_of_second = EventTime::from_seconds(now.floor_second() + 1);
            let past = heard(soup.events.iter().filter(|event| event.at < end_of_second));
            assert_eq!(all.series(*now), past.series(*now), "seed {seed} at {now:?}");
        }
    }
}

/// What is shown of one line.
struct Shown<'a> {
    series: &'a BTreeMap<String, f64>,
    line: &'a OracleLine,
}

impl Shown<'_> {
    /// The series of a family with these labels after line and channel.
    fn one(&self, family: &str, labels: &str) -> f64 {
        let (line, channel) = (&self.line.id, self.line.channel.as_str());
        let name = format!("ensilinja_{family}{{line=\"{line}\",channel=\"{channel}\"{labels}}}");
        *self.series.get(&name).unwrap_or_else(|| panic!("there is no {name}"))
    }

    /// The sum over all series of a family and over today and yesterday.
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

/// Cooks soups and asks what is shown of each line at each moment, and was shown just before the day before.
fn for_each_line(mut check: impl FnMut(&Shown, &Shown, &str)) {
    let lines = soup_lines();
    for seed in SEEDS {
        let soup = cooked(seed);
        let oracle = heard(&soup.events);
        for now in &soup.moments {
            let series = oracle.series(*now);
            let edge = midnight_before_yesterday(*now);
            if is_between_a_hang_up_and_its_request(&soup, edge) {
                continue;
            }
            let before = oracle.series(EventTime::from_seconds(edge));
            assert!(series.values().all(|value| *value >= 0.0), "seed {seed} at {now:?}");
            for line in &lines {
                let story = format!("{}, seed {seed} at {now:?}", line.id);
                check(&Shown { series: &before, line }, &Shown { series: &series, line }, &story);
            }
        }
    }
}

/// Whether a reading at this second shows a hang-up that a request takes the place of later. Two readings, one of them
/// such a one, do not speak of the same past: what is said of a stock and of what came after it does not add up.
fn is_between_a_hang_up_and_its_request(soup: &Soup, second: i64) -> bool {
    let gone = |fact| matches!(fact, Fact::Abandoned(_) | Fact::Transferred | Fact::Ended);
    let in_between = |gone_at: EventTime, asked_at: EventTime| {
        // An end may be told up to a minute before the arrival, and counts at the arrival then.
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

/// The second before the local day before that of `now` began.
fn midnight_before_yesterday(now: EventTime) -> i64 {
    let timestamp = jiff::Timestamp::from_millisecond(now.as_millis()).expect("soups lie in our century");
    let today = timestamp.to_zoned(zone()).date();
    today.yesterday().and_then(|day| day.to_zoned(zone())).expect("soups lie in our century").timestamp().as_second()
        - 1
}

#[test]
fn every_contact_that_arrived_waits_or_has_stopped_waiting() {
    let mut contacts = 0.0;
    for_each_line(|before, now, story| {
        let stopped = now.two_days("contacts_decided") + now.two_days("contacts_undecided");
        let offered = now.two_days("contacts_offered");
        assert_eq!(before.waiting() + offered, stopped + now.waiting(), "{story}");
        contacts += offered;
    });
    assert!(contacts > 1_000.0, "the soups must have arrivals to be a test at all: {contacts}");
}

#[test]
fn every_contact_that_was_promised_something_has_one_verdict_or_its_promise_is_pending() {
    let mut settled = BTreeMap::new();
    for_each_line(|before, now, story| {
        let promises = |limits: &OracleLimits| limits.promise != LinePromise::default();
        let changes = now.line.later_limits.iter().map(|(_, limits)| limits).any(promises);
        let pending = |shown: &Shown| shown.pending("answer") + shown.pending("callback");
        let verdicts = now.two_days("promises");
        if promises(&now.line.first_limits()) {
            assert_eq!(pending(before) + now.two_days("contacts_offered"), verdicts + pending(now), "{story}");
        } else if !changes {
            assert_eq!(pending(now) + verdicts, 0.0, "{story}");
        }
        *settled.entry(now.line.id.to_string()).or_insert(0.0) += verdicts;
    });
    settled.retain(|_, verdicts| *verdicts < 50.0);
    assert_eq!(settled.into_keys().collect::<Vec<_>>(), ["lunch_break"], "only one line promises nothing");
}

#[test]
fn a_callback_is_outstanding_in_one_state_and_what_is_pending_or_due_next_is_not_overdue() {
    let mut seen = [0.0; 3];
    for_each_line(|_, now, story| {
        let states = ["later", "today", "overdue"].map(|due| now.due(due));
        let [later, today, overdue] = states;
        assert!(later + today + overdue > 0.0 || now.one("callback_oldest_seconds", "") == 0.0, "{story}");
        assert!(now.pending("callback") <= later + today, "{story}");
        let next_due = format!("ensilinja_callback_next_due_timestamp_seconds{{line=\"{}\"", now.line.id);
        let next_due = now.series.range(next_due.clone()..).next().filter(|(name, _)| name.starts_with(&next_due));
        if now.line.promise.callback.is_some() {
            assert_eq!(next_due.is_some(), later + today > 0.0, "{story}");
        } else if now.line.later_limits.is_empty() {
            assert_eq!((next_due, today + overdue), (None, 0.0), "{story}");
        }
        for (seen, state) in seen.iter_mut().zip(states) {
            *seen += state;
        }
    });
    assert!(seen.iter().all(|callbacks| *callbacks > 100.0), "the soups must have callbacks in all states: {seen:?}");
}
