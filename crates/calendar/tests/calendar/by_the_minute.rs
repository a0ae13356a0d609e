//! Compares the calendar with a minute-by-minute walk over some weeks, for random hours. The walk is slow and shares
//! only the time zone library with the code under test.

use std::fmt;
use std::sync::LazyLock;

use ensilinja_calendar::{DeadlineTime, LineHours, OpeningHours, Term, WorkingDays};
use ensilinja_model::EventTime;
use jiff::Timestamp;
use jiff::civil::{Date, Weekday};
use proptest::prelude::*;

use crate::local_time::{DAY_MS, DAYS, MINUTE_MS, helsinki, local};

/// Open minutes of a day, `[from, to)`, 0 to 1440.
type Spans = Vec<(u16, u16)>;

/// Random hours, from which the text is made.
#[derive(Clone, Debug)]
struct Hours {
    /// Monday first.
    weekly: [Spans; 7],
    closed_on_holidays: bool,
    exceptions: Vec<(Date, Spans)>,
}

/// Random hours, listed for some weeks, and the same weeks minute by minute.
#[derive(Debug)]
struct Case {
    line: LineHours,
    walk: Walk,
}

/// The local clock and the state of the line in each minute of the listed weeks.
struct Walk {
    start: EventTime,
    minutes: Vec<Minute>,
    /// The listed minutes. The others are some weeks around them, in which the line keeps its state.
    listed: std::ops::Range<usize>,
}

#[derive(Clone, Copy, Debug)]
struct Minute {
    date: Date,
    open: bool,
}

/// The official holidays of the autumn of 2025 to the end of 2026, from almanacs.
#[rustfmt::skip]
const HOLIDAYS: [&str; 17] = [
    "2025-11-01", "2025-12-06", "2025-12-25", "2025-12-26", "2026-01-01", "2026-01-06", "2026-04-03", "2026-04-05", "2026-04-06",
    "2026-05-01", "2026-05-14", "2026-05-24", "2026-06-20", "2026-10-31", "2026-12-06", "2026-12-25", "2026-12-26",
];

fn is_holiday(date: Date) -> bool {
    HOLIDAYS.contains(&date.to_string().as_str())
}

impl Hours {
    fn on(&self, date: Date) -> &[(u16, u16)] {
        if let Some((_, spans)) = self.exceptions.iter().rfind(|(day, _)| *day == date) {
            spans
        } else if self.closed_on_holidays && is_holiday(date) {
            &[]
        } else {
            &self.weekly[usize::try_from(date.weekday().to_monday_zero_offset()).unwrap()]
        }
    }

    fn text(&self) -> String {
        let times = |spans: &Spans| {
            let times =
                |(from, to): &(u16, u16)| format!("{:02}:{:02}-{:02}:{:02}", from / 60, from % 60, to / 60, to % 60);
            let times: Vec<String> = spans.iter().map(times).collect();
            if times.is_empty() { "off".to_owned() } else { times.join(",") }
        };
        let weekdays = ["Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"].into_iter();
        let mut rules: Vec<String> =
            weekdays.zip(&self.weekly).map(|(day, spans)| format!("{day} {}", times(spans))).collect();
        rules.extend(self.closed_on_holidays.then(|| "PH off".to_owned()));
        rules.extend(
            self.exceptions.iter().map(|(date, spans)| format!("{} {}", date.strftime("%Y %b %d"), times(spans))),
        );
        rules.join("; ")
    }
}

/// Without the minutes, whose tens of thousands of lines would hide the failure. The hours are in the line.
impl fmt::Debug for Walk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Walk({:?}..{:?})", self.at(self.listed.start), self.listed_until())
    }
}

impl Walk {
    /// Long enough that a deadline asked for a week after the listed days is before the end of the walk: three working
    /// days over Christmas take another week.
    const WEEKS_AROUND_MS: i64 = 21 * DAY_MS;

    fn new(hours: impl Fn(Date) -> Spans, from: EventTime, until: EventTime) -> Self {
        let start = from.plus_millis(-Self::WEEKS_AROUND_MS);
        let minute_at = |at: EventTime| usize::try_from(at.millis_since(start) / MINUTE_MS).unwrap();
        let listed = minute_at(from)..minute_at(until);
        let mut latest = Date::MIN.at(0, 0, 0, 0);
        let mut minutes: Vec<Minute> = (0..minute_at(until.plus_millis(Self::WEEKS_AROUND_MS)))
            .map(|minute| {
                let at = start.plus_millis(i64::try_from(minute).unwrap() * MINUTE_MS);
                let wall = helsinki().to_datetime(Timestamp::from_millisecond(at.as_millis()).unwrap());
                // The instant of a local time is the first at which the clock shows that time or a later one.
                latest = latest.max(wall);
                let of_day = u16::try_from(i16::from(latest.hour()) * 60 + i16::from(latest.minute())).unwrap();
                let open = listed.contains(&minute)
                    && hours(wall.date()).iter().any(|(from, to)| (*from..*to).contains(&of_day));
                Minute { date: wall.date(), open }
            })
            .collect();
        let [at_start, at_end] = [minutes[listed.start].open, minutes[listed.end - 1].open];
        minutes[..listed.start].iter_mut().for_each(|minute| minute.open = at_start);
        minutes[listed.end..].iter_mut().for_each(|minute| minute.open = at_end);
        Self { start, minutes, listed }
    }

    fn at(&self, minute: usize) -> EventTime {
        self.start.plus_millis(i64::try_from(minute).unwrap() * MINUTE_MS)
    }

    fn minute_of(&self, at: EventTime) -> usize {
        usize::try_from(at.millis_since(self.start).div_euclid(MINUTE_MS)).unwrap()
    }

    fn listed_until(&self) -> EventTime {
        self.at(self.listed.end)
    }

    fn is_open(&self, at: EventTime) -> bool {
        self.minutes[self.minute_of(at)].open
    }

    fn date(&self, at: EventTime) -> Date {
        self.minutes[self.minute_of(at)].date
    }

    fn open_ms_between(&self, from: EventTime, to: EventTime) -> i64 {
        let (mut at, mut open_ms) = (from, 0);
        while at < to {
            let next = self.at(self.minute_of(at) + 1).min(to);
            open_ms += if self.is_open(at) { next.millis_since(at) } else { 0 };
            at = next;
        }
        open_ms
    }

    fn after_open_ms(&self, from: EventTime, ms: i64) -> Option<EventTime> {
        let (mut at, mut left) = (from, ms);
        for minute in self.minute_of(from)..self.minutes.len() {
            let next = self.at(minute + 1);
            if self.minutes[minute].open {
                if left <= next.millis_since(at) {
                    return Some(at.plus_millis(left));
                }
                left -= next.millis_since(at);
            }
            at = next;
        }
        None
    }

    fn before_open_ms(&self, to: EventTime, ms: i64) -> Option<EventTime> {
        let (mut at, mut left) = (to, ms);
        for minute in (self.listed.start..=self.minute_of(to)).rev() {
            let start = self.at(minute);
            if self.minutes[minute].open {
                if left <= at.millis_since(start) {
                    return Some(at.plus_millis(-left));
                }
                left -= at.millis_since(start);
            }
            at = start;
        }
        None
    }

    /// The minutes of the day after `minute` that are on `date`.
    fn day(&self, date: Date) -> std::ops::Range<usize> {
        let start = self.minutes.partition_point(|minute| minute.date < date);
        start..self.minutes.partition_point(|minute| minute.date <= date)
    }

    fn opens(&self, date: Date) -> bool {
        self.minutes[self.day(date)].iter().any(|minute| minute.open)
    }

    fn end(&self, date: Date) -> EventTime {
        self.at(self.day(date).end).plus_millis(-1000)
    }

    fn closing(&self, date: Date) -> EventTime {
        let day = self.day(date);
        match self.minutes[day.clone()].iter().rposition(|minute| minute.open) {
            Some(last) if day.start + last + 1 < day.end => self.at(day.start + last + 1),
            _ => self.end(date),
        }
    }

    fn start_of_open_day(&self, now: EventTime, nth: usize) -> Option<EventTime> {
        let mut date = self.date(now);
        let mut left = nth;
        let first = self.minutes[self.listed.start].date;
        while date >= first {
            if self.day(date).any(|minute| self.minutes[minute].open && self.at(minute) <= now) {
                left -= 1;
                if left == 0 {
                    return Some(self.at(self.day(date).start));
                }
            }
            date = date.yesterday().unwrap();
        }
        None
    }

    fn deadline(&self, term: Term, from: EventTime) -> EventTime {
        let up = |date, by| if by == DeadlineTime::Closing { self.closing(date) } else { self.end(date) };
        let last = self.minutes.last().unwrap().date;
        let later = || self.date(from).series(jiff::Span::new().days(1)).skip(1).take_while(|date| *date < last);
        let deadline = match term {
            Term::Within { ms } => Some(from.plus_millis(i64::from(ms) + 1)),
            Term::WithinOpen { ms } => self.after_open_ms(from, i64::from(ms) + 1),
            Term::SameDay { by } => {
                let today = self.date(from);
                if self.opens(today) && from < self.closing(today) {
                    Some(up(today, by))
                } else {
                    later().find(|date| self.opens(*date)).map(|date| up(date, by))
                }
            }
            Term::WorkingDays { days, of, by } => {
                let counts = |date: &Date| match of {
                    WorkingDays::Official => {
                        !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday) && !is_holiday(*date)
                    }
                    WorkingDays::LineOpen => self.opens(*date),
                };
                later().filter(counts).nth(usize::from(days) - 1).map(|date| up(date, by))
            }
        };
        deadline.unwrap_or(self.listed_until()).max(from.plus_millis(1))
    }
}

fn minute() -> impl Strategy<Value = u16> {
    // Midnights and quarters are frequent, so that spans meet and are near the clock changes.
    let quarter = (0_u16..=96).prop_map(|quarter| quarter * 15);
    prop_oneof![1 => Just(0_u16), 1 => Just(1440), 4 => quarter, 1 => 0_u16..=1440]
}

fn spans() -> impl Strategy<Value = Spans> {
    let spans = prop::collection::vec(minute(), 0..=6).prop_map(|mut cuts| {
        cuts.sort_unstable();
        cuts.dedup();
        cuts.chunks_exact(2).map(|cut| (cut[0], cut[1])).collect()
    });
    prop_oneof![2 => spans, 1 => Just(vec![]), 1 => Just(vec![(480, 960)]), 1 => Just(vec![(0, 1440)])]
}

fn hours() -> impl Strategy<Value = Hours> {
    let date = (0_i32..430).prop_map(|day| FIRST.saturating_add(jiff::Span::new().days(day)));
    let exceptions = prop::collection::vec((date, spans()), 0..6);
    (prop::array::uniform7(spans()), any::<bool>(), exceptions)
        .prop_map(|(weekly, closed_on_holidays, exceptions)| Hours { weekly, closed_on_holidays, exceptions })
}

const FIRST: Date = Date::constant(2025, 10, 1);

/// The first day of the weeks: any day, or shortly before a clock change, Christmas or Midsummer.
fn first_date() -> impl Strategy<Value = Date> {
    let special = vec!["2026-03-20", "2026-10-15", "2025-12-18", "2026-06-10", "2026-05-06"];
    let special = prop::sample::select(special).prop_map(|date| date.parse().unwrap());
    prop_oneof![special, (0_i32..380).prop_map(|day| FIRST.saturating_add(jiff::Span::new().days(day)))]
}

fn case() -> impl Strategy<Value = Case> {
    let change = prop::option::of((hours(), 0_i32..30));
    (hours(), change, first_date(), 1_i64..30).prop_filter_map(
        "hours that never open",
        |(hours, change, first, days)| {
            let from = local(&format!("{first} 00:00"));
            let until = DAYS.start_of_day(from.plus_millis(days * DAY_MS + DAY_MS / 2));
            let mut opening_hours = OpeningHours::parse(&hours.text()).ok()?;
            let change = change.map(|(next, after)| (next, first.saturating_add(jiff::Span::new().days(after))));
            if let Some((next, date)) = &change {
                opening_hours = opening_hours.until(*date, OpeningHours::parse(&next.text()).ok()?);
            }
            let on = |date: Date| match &change {
                Some((next, from)) if *from <= date => next.on(date).to_vec(),
                _ => hours.on(date).to_vec(),
            };
            let line = LineHours::new(&opening_hours, &DAYS, from, until.plus_millis(-1));
            Some(Case { line, walk: Walk::new(on, from, until) })
        },
    )
}

/// An instant in the listed weeks or some days around them: any millisecond, or next to a whole minute.
fn instant() -> impl Strategy<Value = (f64, Option<i64>)> {
    (0.0..1.0, prop::option::of(-1_i64..=1))
}

impl Case {
    fn at(&self, (share, beside_minute): (f64, Option<i64>)) -> EventTime {
        let around = 7 * DAY_MS;
        let from = self.walk.at(self.walk.listed.start).plus_millis(-around);
        let length = self.walk.listed_until().millis_since(from) + around;
        #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "any instant is suitable")]
        let ms = (share * length as f64) as i64;
        from.plus_millis(beside_minute.map_or(ms, |off| ms - ms % MINUTE_MS + off))
    }
}

fn term() -> impl Strategy<Value = Term> {
    let by = || prop_oneof![Just(DeadlineTime::EndOfDay), Just(DeadlineTime::Closing)];
    let of = prop_oneof![Just(WorkingDays::Official), Just(WorkingDays::LineOpen)];
    let ms = || prop_oneof![0_u32..3, 0_u32..7_200_000, (0_u32..72).prop_map(|quarters| quarters * 900_000)];
    prop_oneof![
        ms().prop_map(|ms| Term::Within { ms }),
        ms().prop_map(|ms| Term::WithinOpen { ms }),
        by().prop_map(|by| Term::SameDay { by }),
        (1_u16..4, of, by()).prop_map(|(days, of, by)| Term::WorkingDays { days, of, by }),
    ]
}

static CONFIG: LazyLock<ProptestConfig> =
    LazyLock::new(|| ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(150) });

proptest! {
    #![proptest_config(CONFIG.clone())]

    #[test]
    fn every_answer_equals_that_of_the_walk(
        case in case(),
        asked in prop::collection::vec((instant(), instant(), term(), 1_i64..200_000_000, 1_usize..7), 20),
    ) {
        let Case { line, walk } = &case;
        prop_assert_eq!(line.known_until(), walk.listed_until());
        for (one, other, term, ms, nth) in asked {
            let (from, to) = (case.at(one), case.at(other));
            prop_assert_eq!(line.is_open(from), walk.is_open(from));
            prop_assert_eq!(line.open_ms_between(from, to), walk.open_ms_between(from, to));
            let after = walk.after_open_ms(from, ms);
            // At the end of the walk the line may be open forever.
            if after.is_some() || !walk.minutes.last().unwrap().open {
                prop_assert_eq!(line.after_open_ms(from, ms), after.unwrap_or(walk.listed_until().max(from)));
            }
            prop_assert_eq!(line.before_open_ms(from, ms), walk.before_open_ms(from, ms));
            prop_assert_eq!(line.start_of_open_day(from, nth), walk.start_of_open_day(from, nth));
            prop_assert_eq!(line.deadline(term, from), walk.deadline(term, from), "{:?} at {:?}", term, from);
        }
    }

    #[test]
    fn answers_never_go_back_as_time_advances(
        case in case(),
        asked in prop::collection::vec(
            (instant(), -3_600_000_i64..3_600_000, term(), 1_i64..50_000_000, 1_usize..7),
            20,
        ),
    ) {
        let line = &case.line;
        for (one, by, term, ms, nth) in asked {
            let (one, other) = (case.at(one), case.at(one).plus_millis(by));
            let (earlier, later) = (one.min(other), one.max(other));
            prop_assert!(line.deadline(term, earlier) > earlier);
            prop_assert!(line.deadline(term, earlier) <= line.deadline(term, later));
            prop_assert!(line.after_open_ms(earlier, ms) <= line.after_open_ms(later, ms));
            prop_assert!(line.before_open_ms(earlier, ms) <= line.before_open_ms(later, ms));
            prop_assert!(line.start_of_open_day(earlier, nth) <= line.start_of_open_day(later, nth));
        }
    }

    #[test]
    fn the_longest_distances_are_those_of_the_longest_minute(
        case in case(),
        term in term(),
        open_minutes in 1_i64..3_000,
        nth in 1_usize..7,
    ) {
        let Case { line, walk } = &case;
        let ms = open_minutes * MINUTE_MS;
        let minutes = || walk.listed.clone().map(|minute| walk.at(minute));
        let ends = || minutes().map(|at| at.plus_millis(MINUTE_MS));
        let open = ends().filter_map(|to| Some(to.millis_since(line.before_open_ms(to, ms)?))).max();
        prop_assert_eq!(line.longest_open_ms(ms), open.unwrap_or(0));
        let last = |to: EventTime| to.plus_millis(-1);
        let days = ends().filter_map(|to| Some(last(to).millis_since(line.start_of_open_day(last(to), nth)?))).max();
        prop_assert_eq!(line.longest_open_days_ms(nth), days.unwrap_or(0));
        // Deadlines jump at whole minutes, at 23:59:59, or by the term before a whole minute.
        let term_ms = if let Term::WithinOpen { ms } = term { i64::from(ms) } else { 0 };
        let jumps = minutes().flat_map(|at| [0, 59_000, -term_ms].map(|off| at.plus_millis(off.rem_euclid(MINUTE_MS))));
        let longest = jumps.map(|at| line.deadline(term, at).millis_since(at)).max().unwrap();
        prop_assert_eq!(line.longest_term_ms(term), longest, "{:?}", term);
    }
}
