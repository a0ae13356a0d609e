//! The opening hours of lines: special days in Finland, the ends of the list, and agreement with the crate that parses
//! the hours.

use std::sync::LazyLock;

use chrono::{DateTime, NaiveDateTime};
use ensilinja_calendar::{LineHours, OpeningHours};
use ensilinja_model::EventTime;
use jiff::Timestamp;
use jiff::tz::{AmbiguousOffset, TimeZone};
use proptest::prelude::*;

use crate::local_time::{DAYS, HOUR_MS, helsinki, line, local};

const OFFICE: &str = "Mo-Fr 08:00-16:00; PH off";

/// The changes after `from` and before `to`, in local time.
fn changes(line: &LineHours, from: &str, to: &str) -> Vec<String> {
    let mut at = local(from).plus_millis(-1);
    let mut found = Vec::new();
    while let Some(change) = line.next_change(at).filter(|change| *change < local(to)) {
        let zoned = Timestamp::from_millisecond(change.as_millis()).unwrap().to_zoned(helsinki());
        found.push(zoned.strftime("%m-%d %H:%M").to_string());
        at = change;
    }
    found
}

/// Asserts the changes of a rule, with only these days listed and with some years more.
#[track_caller]
fn assert_changes(text: &str, from: &str, to: &str, expected: &[&str]) {
    for (what, line) in
        [("listed alone", line(text, from, to)), ("listed with other years", line(text, "2024-01-01", "2028-01-01"))]
    {
        assert_eq!(changes(&line, from, to), expected, "{text}, {what}");
    }
}

#[test]
fn an_opening_at_eight_stays_at_eight_across_clock_changes() {
    let spring = ["03-27 08:00", "03-27 16:00", "03-30 08:00", "03-30 16:00"];
    assert_changes(OFFICE, "2026-03-27", "2026-03-31", &spring);
    let autumn = ["10-23 08:00", "10-23 16:00", "10-26 08:00", "10-26 16:00"];
    assert_changes(OFFICE, "2026-10-23", "2026-10-27", &autumn);
    assert_eq!(local("2026-03-30 08:00").millis_since(local("2026-03-27 16:00")), 63 * HOUR_MS);
    assert_eq!(local("2026-10-26 08:00").millis_since(local("2026-10-23 16:00")), 65 * HOUR_MS);
}

#[test]
fn the_open_ranges_of_a_day_are_cut_at_its_midnights() {
    let ranges = |text: &str, day: &str, next: &str| -> Vec<String> {
        let line = line(text, "2026-01-01", "2026-12-31");
        let hour = |at: EventTime| {
            Timestamp::from_millisecond(at.as_millis()).unwrap().to_zoned(helsinki()).strftime("%d %H:%M").to_string()
        };
        let of_day = line.open_ranges(local(day), local(next));
        of_day.iter().map(|range| format!("{}-{}", hour(range.start), hour(range.end))).collect()
    };
    let lunch = "Mo-Fr 08:00-11:00,12:00-16:00; PH off";
    assert_eq!(ranges(lunch, "2026-03-27", "2026-03-28"), ["27 08:00-27 11:00", "27 12:00-27 16:00"]);
    assert_eq!(ranges(lunch, "2026-03-28", "2026-03-29"), Vec::<String>::new(), "a Saturday");
    assert_eq!(ranges("24/7", "2026-03-29", "2026-03-30"), ["29 00:00-30 00:00"]);
    let night = "Mo-Su 20:00-02:00";
    assert_eq!(ranges(night, "2026-03-27", "2026-03-28"), ["27 00:00-27 02:00", "27 20:00-28 00:00"]);
}

#[test]
fn ascension_day_is_closed_and_midsummer_eve_only_if_the_hours_state_it() {
    let ascension = ["05-13 08:00", "05-13 16:00", "05-15 08:00", "05-15 16:00"];
    assert_changes(OFFICE, "2026-05-13", "2026-05-16", &ascension);
    let eve_open = ["06-18 08:00", "06-18 16:00", "06-19 08:00", "06-19 16:00", "06-22 08:00", "06-22 16:00"];
    assert_changes(OFFICE, "2026-06-18", "2026-06-23", &eve_open);
    let eve_closed = ["06-18 08:00", "06-18 16:00", "06-22 08:00", "06-22 16:00"];
    assert_changes("Mo-Fr 08:00-16:00; PH off; Jun 19-25 Fr off", "2026-06-18", "2026-06-23", &eve_closed);
}

#[test]
fn at_the_end_of_december_2025_the_line_opens_on_working_days_and_the_short_eve() {
    assert_changes(
        "Mo-Fr 08:00-16:00; PH off; Dec 24 08:00-12:00",
        "2025-12-23",
        "2026-01-01",
        &[
            "12-23 08:00",
            "12-23 16:00",
            "12-24 08:00",
            "12-24 12:00",
            "12-29 08:00",
            "12-29 16:00",
            "12-30 08:00",
            "12-30 16:00",
            "12-31 08:00",
            "12-31 16:00",
        ],
    );
}

#[test]
fn a_line_closed_all_july_knows_its_last_closing_and_its_next_opening() {
    let line = line("Mo-Fr 08:00-16:00; PH off; Jul off", "2026-06-30", "2026-08-03");
    for at in ["2026-07-01 12:00", "2026-07-15 12:00", "2026-07-31 12:00"].map(local) {
        assert!(!line.is_open(at));
        assert_eq!(line.last_change(at), Some(local("2026-06-30 16:00")));
        assert_eq!(line.next_change(at), Some(local("2026-08-03 08:00")));
    }
}

#[test]
fn a_line_open_round_the_clock_never_changes() {
    for line in ["24/7", "Mo-Su 00:00-24:00"].map(|text| line(text, "2026-01-01", "2026-12-31")) {
        for at in [EventTime::MIN, local("2026-03-29 03:00"), local("2026-12-25 00:00"), EventTime::MAX] {
            assert!(line.is_open(at));
            assert_eq!((line.last_change(at), line.next_change(at)), (None, None));
        }
    }
}

#[test]
fn hours_that_meet_at_midnight_every_day_never_change() {
    let line = line("Mo-Su 00:00-12:00,12:00-24:00", "2026-01-01", "2026-02-01");
    for at in [EventTime::MIN, local("2026-01-15 00:00"), local("2030-01-15 12:00"), EventTime::MAX] {
        assert!(line.is_open(at));
        assert_eq!((line.last_change(at), line.next_change(at)), (None, None));
    }
}

#[test]
fn a_line_is_open_at_its_opening_and_closed_at_its_closing_to_the_millisecond() {
    let line = line(OFFICE, "2026-05-01", "2026-06-01");
    let (opening, closing) = (local("2026-05-12 08:00"), local("2026-05-12 16:00"));
    let before = local("2026-05-11 16:00");
    for (at, open, last, next) in [
        (opening.plus_millis(-1), false, before, opening),
        (opening, true, opening, closing),
        (closing.plus_millis(-1), true, opening, closing),
        (closing, false, closing, local("2026-05-13 08:00")),
        (closing.plus_millis(1), false, closing, local("2026-05-13 08:00")),
    ] {
        assert_eq!(line.is_open(at), open, "{at:?}");
        assert_eq!((line.last_change(at), line.next_change(at)), (Some(last), Some(next)), "{at:?}");
    }
}

#[test]
fn a_night_is_one_interval_of_eight_hours_or_seven_or_nine() {
    let night = "Mo-Su 22:00-06:00";
    assert_changes(
        night,
        "2026-03-28 12:00",
        "2026-03-30 12:00",
        &["03-28 22:00", "03-29 06:00", "03-29 22:00", "03-30 06:00"],
    );
    for (date, next, hours) in
        [("2026-03-28", "2026-03-29", 7), ("2026-05-04", "2026-05-05", 8), ("2026-10-24", "2026-10-25", 9)]
    {
        let line = line(night, "2026-01-01", "2026-12-31");
        let opening = local(&format!("{date} 22:00"));
        let closing = line.next_change(opening).unwrap();
        assert_eq!(closing, local(&format!("{next} 06:00")));
        assert_eq!(closing.millis_since(opening), hours * HOUR_MS, "{date}");
    }
}

#[test]
fn a_skipped_time_is_the_instant_of_the_jump_and_a_repeated_one_the_first_of_two() {
    // In spring 03:00 to 04:00 does not exist: an opening at 03:30 is at 04:00, and 03:10 to 03:50 never opens.
    assert_changes("Mo-Su 03:30-05:00", "2026-03-29", "2026-03-30", &["03-29 04:00", "03-29 05:00"]);
    assert_changes(
        "Mo-Su 03:10-03:50",
        "2026-03-28",
        "2026-03-31",
        &["03-28 03:10", "03-28 03:50", "03-30 03:10", "03-30 03:50"],
    );
    // In autumn 03:00 to 04:00 occurs twice.
    let line = line("Mo-Su 03:30-05:00", "2026-10-01", "2026-11-01");
    let opening = line.next_change(local("2026-10-25 00:00")).unwrap();
    assert_eq!(opening.millis_since(local("2026-10-25 00:00")), 7 * HOUR_MS / 2);
    assert_eq!(line.next_change(opening).unwrap().millis_since(opening), 5 * HOUR_MS / 2);
}

#[test]
fn a_line_that_has_closed_for_good_has_a_last_change_and_no_next() {
    let line = line("2025 Mo-Fr 08:00-16:00; PH off", "2024-05-01", "2026-06-01");
    let at = local("2026-05-15 12:00");
    assert!(!line.is_open(at));
    assert_eq!(line.last_change(at), Some(local("2025-12-31 16:00")));
    assert_eq!(line.next_change(at), None);
    assert_eq!(line.last_change(local("2024-05-15 12:00")), None);
    assert_eq!(line.next_change(local("2024-05-15 12:00")), Some(local("2025-01-02 08:00")));
}

#[test]
fn a_line_is_first_open_at_its_first_opening_or_from_the_start_of_the_range() {
    let first_opening = |text, from| line(text, from, "2026-12-31").first_opening();
    assert_eq!(first_opening("Apr-Sep Mo-Fr 09:00-15:00", "2026-01-01"), Some(local("2026-04-01 09:00")));
    assert_eq!(first_opening("Apr-Sep Mo-Fr 09:00-15:00", "2026-10-01"), None);
    assert_eq!(first_opening("24/7", "2026-01-01"), Some(local("2026-01-01 00:00")));
    assert_eq!(first_opening("Mo-Su 00:00-08:00", "2026-01-01"), Some(local("2026-01-01 00:00")));
    assert_eq!(first_opening("Mo-Su 22:00-06:00", "2026-01-01"), Some(local("2026-01-01 00:00")));
}

#[test]
fn outside_the_list_a_line_keeps_its_state_at_the_nearer_end() {
    let line = line("Mo 00:00-08:00; We 20:00-24:00", "2026-05-04", "2026-05-06");
    assert_eq!(line.known_until(), local("2026-05-07"));
    for (at, open, last, next) in [
        (EventTime::MIN, true, None, Some("2026-05-04 08:00")),
        (local("2026-05-03 23:59"), true, None, Some("2026-05-04 08:00")),
        (local("2026-05-04 00:00"), true, None, Some("2026-05-04 08:00")),
        (local("2026-05-04 08:00"), false, Some("2026-05-04 08:00"), Some("2026-05-06 20:00")),
        (local("2026-05-06 20:00"), true, Some("2026-05-06 20:00"), None),
        (local("2026-05-07 00:00"), true, Some("2026-05-06 20:00"), None),
        (EventTime::MAX, true, Some("2026-05-06 20:00"), None),
    ] {
        assert_eq!(line.is_open(at), open, "{at:?}");
        assert_eq!((line.last_change(at), line.next_change(at)), (last.map(local), next.map(local)), "{at:?}");
    }
}

#[test]
fn a_list_ends_with_the_calendar() {
    let line = line(OFFICE, "2100-12-01", "2105-01-01");
    assert_eq!(line.known_until(), DAYS.valid_until());
    assert_eq!(line.last_change(EventTime::MAX), Some(local("2100-12-31 16:00")));
    let whole = LineHours::new(&OpeningHours::parse(OFFICE).unwrap(), &DAYS, EventTime::MIN, EventTime::MAX);
    assert_eq!(whole.next_change(EventTime::MIN), Some(local("1970-01-02 08:00")));
    assert_eq!(whole.last_change(EventTime::MAX), Some(local("2100-12-31 16:00")));
}

#[test]
fn debug_prints_the_hours_and_not_the_list() {
    let line = line(OFFICE, "2026-05-01", "2026-05-01");
    assert_eq!(
        format!("{line:?}"),
        "LineHours(Mo-Fr 08:00-16:00; PH closed, listed for 1777582800000ms..1777669200000ms)"
    );
}

/// Hours without `PH`, for which the compared crate would need a list of holidays.
const PLAIN_TEXTS: [&str; 8] = [
    "24/7",
    "24/7; Su off",
    "Mo-Fr 08:00-16:00",
    "Mo-Fr 08:00-11:00,12:00-16:00; Dec 24 08:00-12:00",
    "Mo-Su 22:00-06:00",
    "Mo-Th 08:00-16:00; Fr 20:00-26:00; Jul off",
    "Fr 12:00-24:00; Sa,Su 00:00-24:00; Mo 00:00-06:30",
    "week 01-53/2 Mo-We 09:00-15:00; easter off; easter +1 day off",
];

static LINES: LazyLock<Vec<LineHours>> =
    LazyLock::new(|| PLAIN_TEXTS.iter().map(|text| line(text, "2024-01-01", "2031-01-01")).collect());

/// The local time at `at`; `None` if it occurs twice.
fn unambiguous_naive(at: EventTime) -> Option<NaiveDateTime> {
    let civil = helsinki().to_datetime(Timestamp::from_millisecond(at.as_millis()).unwrap());
    let once = matches!(helsinki().to_ambiguous_timestamp(civil).offset(), AmbiguousOffset::Unambiguous { .. });
    let as_utc = civil.to_zoned(TimeZone::UTC).unwrap().timestamp().as_millisecond();
    once.then(|| DateTime::from_timestamp_millis(as_utc).unwrap().naive_utc())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1000) })]

    #[test]
    fn the_list_agrees_with_the_opening_hours_crate_in_local_time(
        text in prop::sample::select(&PLAIN_TEXTS),
        ms in 1_735_682_400_000_i64..1_893_448_800_000,
    ) {
        let at = EventTime::from_millis(ms);
        let Some(naive) = unambiguous_naive(at) else { return Ok(()) };
        let theirs: opening_hours::OpeningHours = text.parse().unwrap();
        let line = LINES[PLAIN_TEXTS.iter().position(|plain| *plain == text).unwrap()].clone();
        prop_assert_eq!(line.is_open(at), theirs.is_open(naive), "{}", text);
        let next = line.next_change(at);
        match next.map(|next| (next, unambiguous_naive(next))) {
            Some((_, Some(next))) => prop_assert_eq!(Some(next), theirs.next_change(naive), "{}", text),
            Some((_, None)) => {}
            None => prop_assert_eq!(None, theirs.next_change(naive), "{}", text),
        }
        if let Some(last) = line.last_change(at) {
            prop_assert!(last <= at);
            prop_assert_ne!(line.is_open(last), line.is_open(last.plus_millis(-1)), "a change alters the state");
            prop_assert_eq!(line.is_open(last), line.is_open(at), "the state is the same since the last change");
            prop_assert_eq!(line.next_change(last), next);
        }
    }

    #[test]
    fn a_longer_list_gives_the_same_answers_inside(
        text in prop::sample::select(&PLAIN_TEXTS),
        ms in 1_735_682_400_000_i64..1_893_448_800_000,
        listed_days in 0_i64..40,
        into_ms in 0_i64..40 * 24 * HOUR_MS,
    ) {
        let from = EventTime::from_millis(ms);
        let hours = OpeningHours::parse(text).unwrap();
        let listed = LineHours::new(&hours, &DAYS, from, from.plus_millis(listed_days * 24 * HOUR_MS));
        let longer = &LINES[PLAIN_TEXTS.iter().position(|plain| *plain == text).unwrap()];
        let (start, end) = (DAYS.start_of_day(from), listed.known_until());
        let at = EventTime::from_millis(start.as_millis() + into_ms % end.millis_since(start));
        prop_assert_eq!(listed.is_open(at), longer.is_open(at));
        prop_assert_eq!(listed.last_change(at), longer.last_change(at).filter(|last| *last > start));
        prop_assert_eq!(listed.next_change(at), longer.next_change(at).filter(|next| *next < end));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1000) })]

    /// Texts come from a configuration file. Any text gives hours or an error.
    #[test]
    fn no_text_causes_a_panic(
        rules in prop::collection::vec(
            (
                prop::sample::select(&[
                    "", "Mo", "Fr-Mo", "Su[5]", "Mo[-1] +2 days", "PH", "PH -1 day", "PH,Sa", "SH", "Feb 30", "Feb 29", "Dec 24-Jan 6",
                    "Jul", "easter", "easter +999 days", "easter -49 days-easter", "week 53", "week 01-53/2", "2026", "2000-9999/7",
                    "9999 Dec 31", "1970 Jan 01", "Jun 19-25 Fr", "ä", "Dec 24,Mo",
                ]),
                prop::sample::select(&[
                    "", "08:00-16:00", "00:00-24:00", "00:00-48:00", "23:59-23:58", "12:00-12:00", "24:00-24:00", "23:00-47:59",
                    "08:00-10:00,09:00-12:00", "08:00+", "sunrise-sunset", "(dawn-23:59)-(dusk+23:59)", "08:00-16:00/30", "8-16",
                ]),
                prop::sample::select(&["", "open", "off", "unknown", "\"note\"", "open \"note\"", "unless PH"]),
                prop::sample::select(&["; ", ", ", " || ", ";", "\n"]),
            ),
            1..3,
        ),
        ms in any::<i64>(),
    ) {
        let rules: Vec<String> =
            rules.iter().map(|(days, times, kind, then)| format!("{days} {times} {kind}{then}")).collect();
        let text = rules.concat();
        if let Ok(hours) = OpeningHours::parse(text.trim_matches([' ', ';', ',', '|', '\n'])) {
            let at = EventTime::from_millis(ms);
            let line = LineHours::new(&hours, &DAYS, local("2026-01-01"), local("2026-01-02"));
            prop_assert!(line.last_change(at).is_none_or(|last| last <= at));
            prop_assert!(line.next_change(local("2026-01-01")).is_none_or(|next| next > local("2026-01-01")));
        }
    }
}
