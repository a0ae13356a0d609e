//! The calendar of the oracle and that of the product are independent. They agree on every day of several years.

use ensilinja_calendar::{Days, DeadlineTime, LineHours, OpeningHours, Term, WorkingDays};
use ensilinja_model::{EventTime, Fact};
use ensilinja_sim::{
    County, DueBy, LineCalendar, Oracle, OracleLine, SimEvent, WeeklyHours, Within, WorkingDay, soup_lines,
};
use jiff::civil::Date;

const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// 1 January 2025, 00:30 in Helsinki.
const START: EventTime = EventTime::from_seconds(1_735_684_200);
const DAYS: i64 = 3 * 365;

/// The hours of a line in both calendars.
struct Both {
    name: String,
    oracle: LineCalendar,
    product: LineHours,
}

impl Both {
    fn new(hours: &WeeklyHours, later: &[(Date, WeeklyHours)], days: &Days) -> Self {
        let parse =
            |hours: &WeeklyHours| OpeningHours::parse(&hours.to_string()).expect("the product parses these hours");
        let parsed = later.iter().fold(parse(hours), |hours, (date, next)| hours.until(*date, parse(next)));
        let name = parsed.to_string();
        let end = START.plus_millis((DAYS + 90) * DAY_MS);
        let product = LineHours::new(&parsed, days, START.plus_millis(-90 * DAY_MS), end);
        Self { name, oracle: LineCalendar::new(hours.clone(), later, County::zone()), product }
    }

    /// The hours of all lines of the county and of the soups. Some are open when the clocks change.
    fn all() -> Vec<Self> {
        let days = Days::new("Europe/Helsinki").expect("a time zone");
        let mut all: Vec<Self> = County::oma_hame()
            .oracle_lines()
            .iter()
            .chain(&soup_lines())
            .map(|line| Self::new(&line.hours, &line.later_hours, &days))
            .collect();
        all.sort_by(|a, b| a.name.cmp(&b.name));
        all.dedup_by(|a, b| a.name == b.name);
        all
    }

    /// Instants on some days: 1 ms before, at and 1 ms after midnight, the end of the day, each opening and closing,
    /// and some other half hours.
    fn instants(&self, every_nth_day: usize) -> Vec<EventTime> {
        let zone = County::zone();
        let mut instants = Vec::new();
        for day in (0..DAYS).step_by(every_nth_day) {
            let noon = START.plus_millis(day * DAY_MS + 12 * HOUR_MS);
            let date = zone
                .to_datetime(jiff::Timestamp::from_millisecond(noon.as_millis()).expect("a noon with a local day"))
                .date();
            let midnight = date.to_zoned(zone.clone()).expect("a day with a midnight").timestamp().as_millisecond();
            let edges = self.oracle.stretches(date).into_iter().flat_map(|(opens, closes)| [opens, closes]);
            let half_hours = [0, 7, 19, 31].map(|n| EventTime::from_millis(midnight + n * HOUR_MS / 2));
            let end_of_day = EventTime::from_millis(midnight + DAY_MS - 1_000);
            for at in edges.chain(half_hours).chain([end_of_day]) {
                instants.extend([-1, 0, 1].map(|off| at.plus_millis(off)));
            }
        }
        instants
    }
}

/// Terms in the types of both calendars.
fn terms() -> Vec<(Within, Term)> {
    let hour_ms = 3_600_000;
    let mut terms = vec![(Within::Wall(600_000), Term::Within { ms: 600_000 })];
    for ms in [0, hour_ms, 3 * hour_ms - 1, 3 * hour_ms, 20 * hour_ms] {
        terms.push((Within::Open(ms), Term::WithinOpen { ms }));
    }
    for (said, by) in [(DueBy::EndOfDay, DeadlineTime::EndOfDay), (DueBy::Closing, DeadlineTime::Closing)] {
        terms.push((Within::SameDay(said), Term::SameDay { by }));
        for (kind, of) in [(WorkingDay::Official, WorkingDays::Official), (WorkingDay::LineOpen, WorkingDays::LineOpen)]
        {
            for days in [1, 2, 5] {
                terms.push((Within::WorkingDays(days, kind, said), Term::WorkingDays { days, of, by }));
            }
        }
    }
    terms
}

#[test]
fn lines_open_and_close_at_the_same_instants() {
    for both in Both::all() {
        for half_hour in 0..DAYS * 48 {
            for off in [-1, 0] {
                let at = START.plus_millis(half_hour * HOUR_MS / 2 + off);
                assert_eq!(both.oracle.is_open(at), both.product.is_open(at), "{} at {at:?}", both.name);
            }
        }
    }
}

#[test]
fn promises_end_at_the_same_instants() {
    for both in Both::all() {
        for at in both.instants(3) {
            for (within, term) in terms() {
                let (expected, deadline) = (both.oracle.deadline(at, within), both.product.deadline(term, at));
                assert_eq!(deadline, expected, "{within:?} from {at:?} on {}", both.name);
            }
        }
    }
}

#[test]
fn open_time_is_equal() {
    for both in Both::all() {
        for at in both.instants(5) {
            for ms in [1_234, 5 * HOUR_MS, 70 * HOUR_MS, 12 * DAY_MS] {
                let to = at.plus_millis(ms);
                let expected = both.oracle.open_ms(at, to);
                assert_eq!(both.product.open_ms_between(at, to), expected, "{ms} ms from {at:?} on {}", both.name);
            }
        }
    }
}

#[test]
fn open_windows_start_at_the_same_second() {
    for both in Both::all() {
        let late = both.instants(3).into_iter().filter(|at| *at > START.plus_millis(60 * DAY_MS)).collect::<Vec<_>>();
        assert!(!late.is_empty(), "{} has instants after 60 days", both.name);
        for at in late {
            let second = at.floor_second();
            let end = EventTime::from_seconds(second + 1);
            let since = both.product.before_open_ms(end, 2 * HOUR_MS).map(EventTime::floor_second);
            assert_eq!(since, both.oracle.open_since(second, 7_200), "two hours at {at:?} on {}", both.name);
            let day = both.product.start_of_open_day(at, 5).map(EventTime::floor_second);
            assert_eq!(day, both.oracle.start_of_open_day(second, 5), "five days at {at:?} on {}", both.name);
        }
    }
}

/// Whether a callback requested at `asked` is outstanding in the oracle at `at`.
fn outstanding(line: &OracleLine, asked: EventTime, at: EventTime) -> bool {
    let mut oracle = Oracle::new(vec![line.clone()], County::zone());
    let (contact, fact, line) = ("c".to_owned(), Fact::CallbackRequested, line.id.clone());
    oracle.apply(&SimEvent { at: asked, reported_at: asked, contact, line, visit: None, to_line: None, fact });
    let series = oracle.series(at);
    series.iter().any(|(name, n)| name.starts_with("ensilinja_callbacks_outstanding") && *n > 0.0)
}

#[test]
fn callbacks_are_given_up_at_the_same_second() {
    let days = Days::new("Europe/Helsinki").unwrap();
    let line = soup_lines().into_iter().find(|line| line.promise.callback.is_none()).unwrap();
    for day in (0..DAYS).step_by(3) {
        let asked = START.plus_millis(day * DAY_MS + 9 * HOUR_MS);
        let given_up = days.end_of_working_day_after(asked, u32::from(line.give_up_working_days));
        assert!(outstanding(&line, asked, given_up.plus_millis(-1)), "asked at {asked:?}");
        assert!(!outstanding(&line, asked, given_up), "asked at {asked:?}");
    }
}
