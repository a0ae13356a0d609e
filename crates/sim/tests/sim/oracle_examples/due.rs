//! Due states and deadlines of outstanding callbacks, and callback waits.

use ensilinja_model::Fact;
use ensilinja_sim::{DueBy, Within, WorkingDay};

use super::line_reading::{LineReading, line, local, promising};

const NEXT_DAY: Option<Within> = Some(Within::WorkingDays(1, WorkingDay::Official, DueBy::EndOfDay));
const HOUR: Option<Within> = Some(Within::Open(3_600_000));

#[test]
fn a_callback_is_due_later_then_today_from_midnight_then_overdue_from_its_deadline() {
    let asked = [("2025-09-16 10:15:00.900", Fact::CallbackRequested)];
    let due = |now| LineReading::at(&promising(None, NEXT_DAY), &asked, now).due();
    assert_eq!(due("2025-09-16 10:14:59"), Vec::<&str>::new());
    assert_eq!(due("2025-09-16 10:15:00"), ["later"]);
    assert_eq!(due("2025-09-16 23:59:59"), ["later"]);
    assert_eq!(due("2025-09-17 00:00:00"), ["today"]);
    assert_eq!(due("2025-09-17 23:59:58"), ["today"]);
    assert_eq!(due("2025-09-17 23:59:59"), ["overdue"]);
    // It is given up five working days after Wednesday.
    assert_eq!(due("2025-09-24 23:59:58"), ["overdue"]);
    assert_eq!(due("2025-09-24 23:59:59"), Vec::<&str>::new());
}

#[test]
fn a_callback_requested_on_the_day_of_its_deadline_is_due_today_from_the_second_of_the_request() {
    let asked = [("2025-09-16 10:15:00.900", Fact::CallbackRequested)];
    assert_eq!(LineReading::at(&promising(None, HOUR), &asked, "2025-09-16 10:15:00").due(), ["today"]);
    // The hour ends at 11:15:00.901, within a second that is not over.
    assert_eq!(LineReading::at(&promising(None, HOUR), &asked, "2025-09-16 11:15:00.999").due(), ["today"]);
    assert_eq!(LineReading::at(&promising(None, HOUR), &asked, "2025-09-16 11:15:01").due(), ["overdue"]);
}

#[test]
fn a_callback_reached_in_the_second_of_its_deadline_is_never_overdue() {
    let facts =
        [("2025-09-16 10:15:00.100", Fact::CallbackRequested), ("2025-09-16 11:15:00.500", Fact::CallbackReached)];
    let read = |now| LineReading::at(&promising(None, HOUR), &facts, now);
    assert_eq!(read("2025-09-16 11:14:59").due(), ["today"]);
    assert_eq!(read("2025-09-16 11:15:00").due(), Vec::<&str>::new());
    assert_eq!(read("2025-09-16 11:15:00").verdicts(), ["callback pending"]);
    assert_eq!(read("2025-09-16 11:15:01").verdicts(), ["callback broken"]);
}

#[test]
fn without_a_callback_promise_a_callback_is_due_later_and_has_no_deadline() {
    let asked = [("2025-09-16 10:15:00", Fact::CallbackRequested)];
    let read = LineReading::at(&promising(Some(Within::Wall(600_000)), None), &asked, "2025-09-17 09:00:00");
    assert_eq!(read.due(), ["later"]);
    assert_eq!(read.find("callback_next_due_timestamp_seconds", ""), None);
    assert_eq!(read.find("callback_next_due_open_seconds", ""), None);
}

#[test]
fn the_time_overdue_is_that_of_the_earliest_missed_deadline_of_an_outstanding_callback() {
    let at = |contact, time, fact| (contact, local(time), fact);
    let facts = [
        at("a", "2025-09-16 10:00:00", Fact::CallbackRequested),
        at("a", "2025-09-16 11:30:00", Fact::CallbackReached),
        at("b", "2025-09-16 10:20:00", Fact::CallbackRequested),
    ];
    let overdue = |now| {
        LineReading::of_contacts(&promising(None, HOUR), &facts, local(now)).now("callback_overdue_oldest_seconds")
    };
    assert_eq!(overdue("2025-09-16 11:00:00"), 0.0);
    assert_eq!(overdue("2025-09-16 11:29:59"), 1_798.999);
    assert_eq!(overdue("2025-09-16 11:30:00"), 599.999);
}

#[test]
fn the_next_deadline_is_the_earliest_one_ahead() {
    let at = |contact, time, fact| (contact, local(time), fact);
    let facts = [
        at("a", "2025-09-16 10:00:00", Fact::CallbackRequested),
        at("b", "2025-09-16 15:30:00", Fact::CallbackRequested),
        at("c", "2025-09-16 14:30:00.250", Fact::CallbackRequested),
        at("d", "2025-09-16 14:00:00", Fact::CallbackRequested),
        at("d", "2025-09-16 14:10:00", Fact::CallbackReached),
    ];
    let next = |now| {
        let read = LineReading::of_contacts(&promising(None, HOUR), &facts, local(now));
        let open_seconds = read.find("callback_next_due_open_seconds", "");
        read.find("callback_next_due_timestamp_seconds", "").zip(open_seconds)
    };
    let due = |time: &str, open_seconds| Some((local(time).as_seconds_f64(), open_seconds));
    assert_eq!(next("2025-09-16 09:59:59"), None);
    // A reading is for a whole second.
    assert_eq!(next("2025-09-16 10:30:00.750"), due("2025-09-16 11:00:00.001", 1_800.001));
    assert_eq!(next("2025-09-16 11:00:00"), due("2025-09-16 11:00:00.001", 0.001));
    assert_eq!(next("2025-09-16 11:00:01"), None);
    assert_eq!(next("2025-09-16 14:40:00"), due("2025-09-16 15:30:00.251", 3_000.251));
    // Overnight: half an hour remains after closing on Tuesday, so the deadline is 8:30 on Wednesday.
    assert_eq!(next("2025-09-16 15:45:00"), due("2025-09-17 08:30:00.001", 2_700.001));
    assert_eq!(next("2025-09-17 03:00:00"), due("2025-09-17 08:30:00.001", 1_800.001));
    assert_eq!(next("2025-09-17 08:30:01"), None);
}

#[test]
fn a_wait_overnight_is_long_in_elapsed_time_and_short_in_open_time() {
    let facts = [("2025-09-16 15:00:00", Fact::CallbackRequested), ("2025-09-17 09:00:00", Fact::CallbackReached)];
    for window in ["today", "open5d"] {
        let read = LineReading::at(&line(), &facts, "2025-09-17 09:00:00");
        assert_eq!(read.window("callback_wait_seconds_gsum", "", window), 18.0 * 3_600.0);
        assert_eq!(read.window("callback_open_wait_seconds_gsum", "", window), 2.0 * 3_600.0);
        assert_eq!(read.window("callback_open_wait_seconds_gcount", "", window), 1.0);
        let bucket = |family: &str, le: &str| {
            read.find(&format!("window_{family}_bucket"), &format!("window=\"{window}\",le=\"{le}\""))
        };
        assert_eq!(bucket("callback_open_wait_seconds", "7200"), Some(1.0));
        assert_eq!(bucket("callback_open_wait_seconds", "3600"), Some(0.0));
        assert_eq!(bucket("callback_wait_seconds", "57600"), Some(0.0));
        assert_eq!(bucket("callback_wait_seconds", "86400"), Some(1.0));
    }
    // Requested and reached while the line is closed: no open time.
    let at_night = [("2025-09-16 20:00:00", Fact::CallbackRequested), ("2025-09-16 21:00:00", Fact::CallbackReached)];
    let read = LineReading::at(&line(), &at_night, "2025-09-16 21:00:00");
    assert_eq!(read.today("callback_open_wait_seconds_gsum", ""), 0.0);
    assert_eq!(read.today("callback_open_wait_seconds_gcount", ""), 1.0);
}
