//! The table of local days agrees with its rules and with the time zone library.

use ensilinja_calendar::{Days, UnknownZone};
use ensilinja_model::EventTime;
use jiff::civil::{Date, Weekday};
use proptest::prelude::*;

use crate::local_time::{DAYS, HOUR_MS, event_time, helsinki, local, zoned};

#[test]
fn a_day_with_a_clock_change_has_23_or_25_hours() {
    let days = &*DAYS;
    for (date, next, hours) in [
        ("2026-03-28", "2026-03-29", 24),
        ("2026-03-29", "2026-03-30", 23),
        ("2026-10-25", "2026-10-26", 25),
        ("2026-10-26", "2026-10-27", 24),
    ] {
        let [start, next] = [date, next].map(|date| local(&format!("{date} 00:00")));
        assert_eq!(next.millis_since(start), hours * HOUR_MS, "{date}");
        assert_eq!(days.start_of_day(start), start);
        assert_eq!(days.start_of_day(next.plus_millis(-1)), start, "the last millisecond of {date}");
        assert_eq!(days.start_of_day(next), next);
        assert_eq!(days.start_of_previous_day(next), start);
        assert_eq!(days.start_of_previous_day(next.plus_millis(23 * HOUR_MS - 1)), start);
        assert_eq!(days.end_of_working_day_after(start, 0), next.plus_millis(-1000));
    }
}

#[test]
fn working_days_exclude_weekends_and_official_holidays_but_not_the_eves() {
    let days = &*DAYS;
    for (date, working) in [
        ("2025-12-23", true),
        ("2025-12-24", true),
        ("2025-12-25", false),
        ("2025-12-26", false),
        ("2025-12-27", false),
        ("2025-12-28", false),
        ("2025-12-29", true),
        ("2025-12-30", true),
        ("2025-12-31", true),
        ("2026-01-01", false),
        ("2026-01-06", false),
        ("2026-04-03", false),
        ("2026-04-06", false),
        ("2026-05-01", false),
        ("2026-05-14", false),
        ("2026-05-15", true),
        ("2026-06-19", true),
        ("2026-06-20", false),
        ("2026-12-06", false),
    ] {
        let midnight = local(&format!("{date} 00:00"));
        let next_working_day = days.start_of_day(days.end_of_working_day_after(midnight.plus_millis(-1), 1));
        assert_eq!(next_working_day == midnight, working, "{date}");
    }
}

#[test]
fn a_working_day_ends_one_second_before_midnight_and_counting_starts_with_the_next_day() {
    let days = &*DAYS;
    for (asked, working_days, end) in [
        // With 0: the end of the same day, working day or not.
        ("2025-12-23 10:00", 0, "2025-12-23 23:59:59"),
        ("2025-12-27 10:00", 0, "2025-12-27 23:59:59"),
        // Across Christmas: the 24th is a working day, the 25th to 28th are not.
        ("2025-12-23 10:00", 1, "2025-12-24 23:59:59"),
        ("2025-12-23 10:00", 2, "2025-12-29 23:59:59"),
        ("2025-12-24 00:00", 1, "2025-12-29 23:59:59"),
        ("2025-12-24 23:59:59.999", 3, "2025-12-31 23:59:59"),
        ("2025-12-24 12:00", 4, "2026-01-02 23:59:59"),
        ("2025-12-24 12:00", 5, "2026-01-05 23:59:59"),
        ("2025-12-24 12:00", 6, "2026-01-07 23:59:59"),
        ("2025-12-26 12:00", 1, "2025-12-29 23:59:59"),
        // Across Easter, just after the clock change.
        ("2026-03-27 15:00", 3, "2026-04-01 23:59:59"),
        ("2026-04-02 15:00", 1, "2026-04-07 23:59:59"),
        ("2026-04-04 15:00", 1, "2026-04-07 23:59:59"),
        ("2026-04-02 15:00", 5, "2026-04-13 23:59:59"),
        // Ascension Day and Midsummer Eve.
        ("2026-05-13 08:00", 1, "2026-05-15 23:59:59"),
        ("2026-06-18 08:00", 1, "2026-06-19 23:59:59"),
        // Two weeks with a 25-hour day.
        ("2026-10-16 08:00", 10, "2026-10-30 23:59:59"),
    ] {
        let found = days.end_of_working_day_after(local(asked), working_days);
        assert_eq!(found, local(end), "{working_days} after {asked}: {}", zoned(found));
    }
}

#[test]
fn the_longest_time_for_working_days_is_reached_and_never_exceeded() {
    let days = &*DAYS;
    let every_midnight: Vec<EventTime> = Date::constant(1970, 1, 1)
        .series(jiff::Span::new().days(1))
        .take_while(|date| date.year() <= 2100)
        .map(|date| event_time(&date.to_zoned(helsinki()).unwrap()))
        .collect();
    for working_days in [0, 1, 3, 5, 10] {
        let waits = every_midnight
            .iter()
            .map(|midnight| days.end_of_working_day_after(*midnight, working_days).millis_since(*midnight));
        assert_eq!(waits.max(), Some(days.longest_working_days_ms(working_days)), "{working_days}");
    }
    // The end of the same day is farthest on the 25-hour day.
    assert_eq!(days.longest_working_days_ms(0), 25 * HOUR_MS - 1000);
    // From the start of Maundy Thursday to the end of the Tuesday after Easter.
    assert_eq!(days.longest_working_days_ms(1), 6 * 24 * HOUR_MS - 1000);
}

#[test]
fn instants_outside_the_table_are_replaced_by_the_nearest_inside() {
    let days = &*DAYS;
    let (first, last) = (local("1970-01-01 00:00"), local("2100-12-31 00:00"));
    let end = local("2100-12-31 23:59:59");
    assert_eq!(days.valid_until(), local("2101-01-01 00:00"));
    for before in [EventTime::MIN, first.plus_millis(-1), first] {
        assert_eq!(days.start_of_day(before), first);
        assert_eq!(days.start_of_previous_day(before), first);
        assert_eq!(days.end_of_working_day_after(before, 1), local("1970-01-02 23:59:59"));
    }
    for after in [last, days.valid_until(), EventTime::MAX] {
        assert_eq!(days.start_of_day(after), last);
        assert_eq!(days.start_of_previous_day(after), local("2100-12-30 00:00"));
        for working_days in [0, 1, 5, u32::MAX] {
            assert_eq!(days.end_of_working_day_after(after, working_days), end);
        }
    }
    assert_eq!(days.end_of_working_day_after(first, u32::MAX), end);
    assert_eq!(days.longest_working_days_ms(u32::MAX), end.millis_since(first));
}

#[test]
fn the_error_names_an_unknown_zone() {
    let error = Days::new("Europe/Forssa").unwrap_err();
    assert_eq!(error, UnknownZone { name: "Europe/Forssa".to_owned() });
    assert_eq!(
        error.to_string(),
        "there is no time zone `Europe/Forssa`; zones have the names of the IANA database, such as `Europe/Helsinki`"
    );
}

/// Holidays from almanacs, independent of the rules under test.
fn is_working_day_by_almanac(date: Date) -> bool {
    #[rustfmt::skip]
    let holidays = [
        "2024-01-01", "2024-03-29", "2024-04-01", "2024-05-01", "2024-05-09", "2024-12-06", "2024-12-25", "2024-12-26",
        "2025-01-01", "2025-01-06", "2025-04-18", "2025-04-21", "2025-05-01", "2025-05-29", "2025-12-25", "2025-12-26",
        "2026-01-01", "2026-01-06", "2026-04-03", "2026-04-06", "2026-05-01", "2026-05-14", "2026-12-25",
        "2027-01-01", "2027-01-06", "2027-03-26", "2027-03-29", "2027-05-06", "2027-12-06",
    ];
    !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday) && !holidays.contains(&date.to_string().as_str())
}

fn end_by_almanac(at: EventTime, working_days: u32) -> EventTime {
    let mut date = zoned(at).date();
    for _ in 0..working_days {
        date = date.tomorrow().unwrap();
        while !is_working_day_by_almanac(date) {
            date = date.tomorrow().unwrap();
        }
    }
    event_time(&date.at(23, 59, 59, 0).to_zoned(helsinki()).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(2000) })]

    #[test]
    fn the_table_agrees_with_the_time_zone_library_at_any_instant(ms in -7_200_000_i64..4_133_900_000_000) {
        let at = EventTime::from_millis(ms);
        let start = zoned(at).start_of_day().unwrap();
        let previous = start.yesterday().unwrap().start_of_day().unwrap();
        let end = start.date().at(23, 59, 59, 0).to_zoned(helsinki()).unwrap();
        prop_assert_eq!(DAYS.start_of_day(at), event_time(&start));
        prop_assert_eq!(DAYS.start_of_previous_day(at), event_time(&previous).max(DAYS.start_of_day(EventTime::MIN)));
        prop_assert_eq!(DAYS.end_of_working_day_after(at, 0), event_time(&end));
    }

    #[test]
    fn working_days_agree_with_the_almanac_and_stay_within_their_bound(
        ms in 1_704_060_000_000_i64..1_827_000_000_000,
        working_days in 0_u32..12,
    ) {
        let at = EventTime::from_millis(ms);
        let end = DAYS.end_of_working_day_after(at, working_days);
        prop_assert_eq!(end, end_by_almanac(at, working_days));
        prop_assert!(end.millis_since(at) <= DAYS.longest_working_days_ms(working_days));
    }
}
