//! The oracle keeps the laws of the design itself, over event soup: what judges others is judged first.
#![expect(clippy::float_cmp, reason = "counts are whole numbers, and exact")]

use std::collections::BTreeMap;

use ensilinja_model::{EventTime, Fact};
use ensilinja_sim::{Oracle, Soup, soup, soup_lines};
use jiff::tz::TimeZone;

const SEEDS: std::ops::Range<u64> = 0..60;

fn zone() -> TimeZone {
    TimeZone::get("Europe/Helsinki").expect("the zone is built in")
}

fn cooked(seed: u64) -> Soup {
    soup(seed, &soup_lines(), &zone(), 5, 14)
}

fn heard<'a>(events: impl IntoIterator<Item = &'a ensilinja_sim::SimEvent>) -> Oracle {
    let mut oracle = Oracle::new(soup_lines(), zone());
    events.into_iter().for_each(|event| oracle.hear(event));
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

/// Sums the series of one line and window (or of none) by family.
fn sums(series: &BTreeMap<String, f64>, line: &str, window: &str) -> BTreeMap<String, f64> {
    let mut sums = BTreeMap::new();
    for (name, value) in series {
        let (family, labels) = name.split_once('{').expect("a series has labels");
        let right_window =
            if labels.contains("window=") { labels.contains(&format!("window=\"{window}\"")) } else { true };
        if labels.contains(&format!("line=\"{line}\"")) && right_window {
            *sums.entry(family.trim_start_matches("ensilinja_").to_owned()).or_default() += value;
        }
    }
    sums
}

#[test]
fn every_contact_that_arrived_waits_or_has_stopped_waiting() {
    let mut contacts = 0.0;
    for seed in SEEDS {
        let soup = cooked(seed);
        let oracle = heard(&soup.events);
        for now in &soup.moments {
            let series = oracle.series(*now);
            let before = oracle.series(EventTime::from_seconds(midnight_before_yesterday(*now)));
            for line in soup_lines() {
                let windows = ["today", "yesterday"].map(|window| sums(&series, line.id.as_str(), window));
                let waiting_before = sums(&before, line.id.as_str(), "today")["contacts_waiting"];
                let total = |family: &str| windows.iter().map(|window| window[family]).sum::<f64>();
                let stopped = total("window_contacts_decided") + total("window_contacts_undecided");
                let waiting = windows[0]["contacts_waiting"];
                assert_eq!(
                    waiting_before + total("window_contacts_offered"),
                    stopped + waiting,
                    "seed {seed} at {now:?}"
                );
                assert!(series.values().all(|value| *value >= 0.0));
                contacts += total("window_contacts_offered");
            }
        }
    }
    assert!(contacts > 1_000.0, "the soups must have arrivals to be a test at all: {contacts}");
}

/// The second before the local day before that of `now` began.
fn midnight_before_yesterday(now: EventTime) -> i64 {
    let timestamp = jiff::Timestamp::from_millisecond(now.as_millis()).expect("soups lie in our century");
    let today = timestamp.to_zoned(zone()).date();
    today.yesterday().and_then(|day| day.to_zoned(zone())).expect("soups lie in our century").timestamp().as_second()
        - 1
}
