//! The generator: it reproduces the county, and gives the same stream for the same seed.

use std::collections::{BTreeMap, BTreeSet};

use ensilinja_model::{AttemptResult, EventTime, Fact, FactKind, LineId};
use ensilinja_sim::{County, Generator, SimEvent};

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// Monday 1 September 2025, midnight in Helsinki.
const START: EventTime = EventTime::from_seconds(1_756_674_000);

fn weeks(seed: u64, weeks: i64) -> Vec<SimEvent> {
    let end = START.plus_millis(weeks * 7 * DAY_MS);
    Generator::new(&County::oma_hame(), seed, START, 1.0).take_while(|event| event.reported_at < end).collect()
}

#[test]
fn the_same_seed_gives_the_same_events_and_another_seed_others() {
    let events = |seed| Generator::new(&County::oma_hame(), seed, START, 3.0).take(20_000).collect::<Vec<_>>();
    assert_eq!(events(7), events(7));
    assert_ne!(events(7), events(8));
}

#[test]
fn a_seed_gives_the_same_events_in_every_build() {
    let events = Generator::new(&County::oma_hame(), 7, START.plus_millis(10 * 3_600_000), 1.0).take(5);
    let found: Vec<(i64, String, &str)> = events
        .map(|event| (event.reported_at.as_millis(), event.line.to_string(), event.fact.kind().as_str()))
        .collect();
    let expected = [
        (1_756_710_107_558, "fysioterapia_chat", "offered"),
        (1_756_710_110_846, "fysioterapia_chat", "queued"),
        (1_756_710_137_181, "ikaihmiset", "offered"),
        (1_756_710_148_579, "116117", "offered"),
        (1_756_710_156_150, "ikaihmiset", "queued"),
    ];
    assert_eq!(found, expected.map(|(at, line, kind)| (at, line.to_owned(), kind)));
}

#[test]
fn events_are_reported_in_order_and_not_before_they_happen() {
    let events = weeks(1, 2);
    assert!(events.is_sorted_by_key(|event| event.reported_at));
    assert!(events.iter().all(|event| START <= event.at && event.at <= event.reported_at));
    let retold = events.iter().filter(|event| event.at < event.reported_at).count();
    assert!(retold > 0 && retold < events.len() / 100, "{retold} of {} are reported late", events.len());
}

#[test]
fn every_kind_of_fact_occurs_but_a_timeout_and_an_unknown_wait() {
    let kinds: BTreeSet<FactKind> = weeks(1, 2).iter().map(|event| event.fact.kind()).collect();
    let all: BTreeSet<FactKind> = FactKind::ALL.iter().copied().collect();
    let missing = [FactKind::TimedOut, FactKind::WaitUnknown];
    assert_eq!(all.difference(&kinds).copied().collect::<BTreeSet<_>>(), BTreeSet::from(missing));
}

#[test]
fn a_transferred_contact_arrives_on_the_target_line() {
    let events = weeks(1, 1);
    let arrivals: BTreeSet<(&str, &LineId)> =
        events.iter().filter(|e| e.fact == Fact::Offered).map(|e| (e.contact.as_str(), &e.line)).collect();
    let transfers: Vec<&SimEvent> = events.iter().filter(|event| event.fact == Fact::Transferred).collect();
    let arrived = transfers.iter().filter(|t| arrivals.contains(&(t.contact.as_str(), t.to_line.as_ref().unwrap())));
    // A few `offered` are lost, as on real platforms.
    let (arrived, transfers) = (arrived.count(), transfers.len());
    assert!(arrived + 3 >= transfers && transfers > 50, "{arrived} of {transfers}");
    assert!(events.iter().all(|event| (event.fact == Fact::Transferred) == event.to_line.is_some()));
}

/// By line: the number of contacts that arrive, are answered, and request a callback.
fn counts(events: impl Iterator<Item = SimEvent>) -> BTreeMap<String, [f64; 3]> {
    let mut counts = BTreeMap::new();
    let mut known = BTreeSet::new();
    for event in events.filter(|event| event.at == event.reported_at) {
        let of_line: &mut [f64; 3] = counts.entry(event.line.to_string()).or_default();
        match event.fact {
            Fact::Answered => of_line[1] += 1.0,
            Fact::CallbackRequested => of_line[2] += 1.0,
            _ => {}
        }
        if event.fact.kind().as_str() != "retracted" && known.insert((event.contact, event.line, event.visit)) {
            of_line[0] += 1.0;
        }
    }
    counts
}

/// The counts of September 2025, from `from` on.
fn september(seed: u64, from: EventTime, volume: f64) -> BTreeMap<String, [f64; 3]> {
    let end = START.plus_millis(30 * DAY_MS);
    counts(Generator::new(&County::oma_hame(), seed, from, volume).take_while(|event| event.reported_at < end))
}

#[test]
fn a_month_has_its_published_contacts_and_a_partial_month_the_rest_of_them() {
    let whole = september(3, START, 1.0);
    // Published for September 2025; suun_kiireeton has an assumed share of 7 054.
    for (line, contacts) in [("116117", 7_163.0), ("sairaanhoitaja_chat", 3_591.0), ("suun_kiireeton", 4_232.0)] {
        assert!((whole[line][0] - contacts).abs() <= 10.0, "{line}: {}", whole[line][0]);
    }
    // From Tuesday the 16th at noon, 10.5 of 22 working days remain.
    let rest = september(3, START.plus_millis(15 * DAY_MS + DAY_MS / 2), 1.0);
    let share = rest["suun_kiireeton"][0] / whole["suun_kiireeton"][0];
    assert!((0.44..0.5).contains(&share), "{share}");
}

#[test]
fn volume_scales_the_contacts_and_nothing_else() {
    let (one, ten) = (september(5, START, 1.0), september(5, START, 10.0));
    for line in ["116117", "neuvola", "mipa", "suun_chat"] {
        let [arrived, answered, asked] = ten[line];
        assert!((arrived / one[line][0] - 10.0).abs() < 0.1, "{line}: {arrived}");
        let off = (answered / arrived - one[line][1] / one[line][0]).abs()
            + (asked / arrived - one[line][2] / one[line][0]).abs();
        assert!(off < 0.02, "{line}: {off}");
    }
}

#[test]
fn a_month_of_another_year_has_the_contacts_of_the_same_month_of_2025() {
    // Thursday 1 March 2029, midnight in Helsinki.
    let start = EventTime::from_seconds(1_867_010_400);
    let end = start.plus_millis(30 * DAY_MS);
    let march = counts(Generator::new(&County::oma_hame(), 1, start, 1.0).take_while(|event| event.reported_at < end));
    // 8 048 in March 2025, less those of the 31st, which is after the end.
    assert!((7_650.0..8_000.0).contains(&march["116117"][0]), "{}", march["116117"][0]);
    // The line of the health stations began after March 2025. In other years March has the mean of the later months.
    assert!(march["pth_hameenlinna"][0] > 500.0, "{}", march["pth_hameenlinna"][0]);
}

#[test]
fn contacts_are_answered_and_reached_only_during_working_hours() {
    let county = County::oma_hame();
    let mut reached = 0;
    for event in weeks(4, 4) {
        let is_handled = matches!(
            event.fact,
            Fact::Answered | Fact::CallbackReached | Fact::CallbackAttempted(AttemptResult::Reached)
        );
        if is_handled {
            // Staff stay for an hour after closing. A platform reports `reached` up to two seconds later.
            let hours = &county.line(&event.line).unwrap().hours;
            let is_open = |ms: i64| {
                let at = jiff::Timestamp::from_millisecond(event.at.as_millis() - ms).unwrap();
                hours.is_open(at.to_zoned(County::zone()).datetime())
            };
            assert!(is_open(0) || is_open(HOUR_MS) || is_open(HOUR_MS + 2_000), "{event:?}");
            reached += 1;
        }
    }
    assert!(reached > 20_000, "{reached}");
}
