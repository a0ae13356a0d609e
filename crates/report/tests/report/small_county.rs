//! A small county for tests: five lines and two months of events, summed by the ledger.

use std::sync::{Arc, LazyLock};

use ensilinja_calendar::{Days, DeadlineTime, LineHours, OpeningHours, Term};
use ensilinja_ledger::{
    EffectiveLimits, HistoricalLedger, Indicator, Limits, LineRules, Promises, Rules, ServiceLevel, Sums, TimedOutRule,
    Verdict,
};
use ensilinja_model::{
    Channel, CloseResult, Event, EventTime, Fact, FeedbackAnswer, LegKey, LineId, LineIndex, NpsScore, Outcome, Stage,
    Survey, WaitFrom, YesNo,
};
use ensilinja_report::{
    Breakdown, FiguresOnRequest, Language, LocalizedName, Moment, Period, PeriodKind, ReportData, ReportLine,
    ReportRequest,
};

pub const SECOND: i64 = 1_000;
pub const MINUTE: i64 = 60 * SECOND;
pub const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// Starts of January, February and March 2025 in Helsinki.
const MONTHS: [i64; 3] = [1_735_682_400_000, 1_738_360_800_000, 1_740_780_000_000];

/// The course of a contact: facts, each with the time since arrival in ms.
pub type Story = Vec<(i64, Fact)>;

pub fn answered(wait_ms: i64) -> Story {
    vec![(0, Fact::Offered), (wait_ms, Fact::Answered), (wait_ms + 4 * MINUTE, Fact::Ended)]
}

pub fn called_back(wait_ms: i64) -> Story {
    vec![(0, Fact::Offered), (30 * SECOND, Fact::CallbackRequested), (30 * SECOND + wait_ms, Fact::CallbackReached)]
}

pub fn purged() -> Story {
    vec![
        (0, Fact::Offered),
        (30 * SECOND, Fact::CallbackRequested),
        (2 * HOUR, Fact::CallbackClosed(CloseResult::Purged)),
    ]
}

pub fn abandoned() -> Story {
    vec![(0, Fact::Offered), (3 * MINUTE, Fact::Abandoned(Stage::Queue))]
}

pub fn timed_out() -> Story {
    vec![(0, Fact::Offered), (4 * MINUTE, Fact::TimedOut)]
}

/// Answered on a day of which only the results are known.
pub fn answered_after_unknown_wait() -> Story {
    vec![(0, Fact::Offered), (0, Fact::Answered), (0, Fact::WaitUnknown)]
}

/// Abandoned on such a day.
pub fn abandoned_after_unknown_wait() -> Story {
    vec![(0, Fact::Offered), (0, Fact::Abandoned(Stage::Queue)), (0, Fact::WaitUnknown)]
}

pub fn with_outcome(mut story: Story, outcome: Outcome) -> Story {
    story.push((HOUR, Fact::OutcomeRecorded(outcome)));
    story
}

pub fn with_feedback(mut story: Story, nps: u8, continues: bool, solved: bool) -> Story {
    let answer = |yes: bool| if yes { YesNo::Yes } else { YesNo::No };
    let score = NpsScore::new(nps).expect("0 to 10");
    story.push((5 * HOUR, Fact::FeedbackReceived(FeedbackAnswer::Nps(score))));
    story.push((5 * HOUR, Fact::FeedbackReceived(FeedbackAnswer::Survey(Survey::Continues, answer(continues)))));
    story.push((5 * HOUR, Fact::FeedbackReceived(FeedbackAnswer::Survey(Survey::Solved, answer(solved)))));
    story
}

/// A county under construction, contact by contact.
pub struct County {
    historical: HistoricalLedger,
    contacts: u128,
}

fn rules_of(lines: usize) -> Rules {
    let promises = Promises {
        answer: Some(Term::Within { ms: 600_000 }),
        callback: Some(Term::SameDay { by: DeadlineTime::EndOfDay }),
        abandoned: Verdict::Void,
    };
    let limits = Limits {
        short_abandon_ms: 5_000,
        threshold_ms: 120_000,
        orphan_after_ms: 24 * 3_600_000,
        give_up_working_days: 5,
        wait_from: WaitFrom::Arrival,
        timed_out: TimedOutRule::Counts,
        promises,
    };
    let days = Arc::new(Days::new("Europe/Helsinki").expect("a time zone"));
    let hours = OpeningHours::parse("24/7").expect("opening hours");
    let at = EventTime::from_millis;
    let hours = LineHours::new(&hours, &days, at(MONTHS[0] - 30 * DAY), at(MONTHS[2] + 60 * DAY));
    let line = |line| {
        let timed_out = if line % 2 == 0 { TimedOutRule::Counts } else { TimedOutRule::LeftOut };
        let limits = Limits { timed_out, ..limits };
        let effective_limits = vec![EffectiveLimits { valid_from: EventTime::MIN, limits }];
        LineRules { hours: hours.clone(), effective_limits }
    };
    Rules::new(days, (0..lines).map(line).collect())
}

/// The rules of all lines. Contacts that timed out count on every other line.
static RULES: LazyLock<Rules> = LazyLock::new(|| rules_of(LINES));

/// The largest number of lines.
pub const LINES: usize = 6;

impl County {
    pub fn new() -> Self {
        Self { historical: HistoricalLedger::new(RULES.clone()), contacts: 0 }
    }

    /// Adds `n` contacts with this course to a line and month.
    pub fn add(&mut self, line: u16, month: usize, n: i64, story: &Story) -> &mut Self {
        for _ in 0..n {
            self.contacts += 1;
            let spread = i64::try_from(self.contacts % 20).expect("below 20");
            let arrived = EventTime::from_millis(MONTHS[month] + (1 + spread) * DAY + 9 * HOUR);
            for (after_ms, fact) in story {
                let at = arrived.plus_millis(*after_ms);
                let leg = LegKey::new(self.contacts << 16 | u128::from(line));
                self.historical.apply(&Event { leg, line: LineIndex::new(line), at, fact: *fact });
            }
        }
        self
    }

    /// The sums of all lines by month.
    pub fn sums(&self) -> Vec<Vec<Sums>> {
        let at = EventTime::from_millis;
        self.historical.figures(&[at(MONTHS[0])..at(MONTHS[1]), at(MONTHS[1])..at(MONTHS[2])], at(MONTHS[2] + 30 * DAY))
    }
}

fn midnight(month: u8) -> Moment {
    Moment { year: 2025, month, day: 1, hour: 0, minute: 0, utc_offset_minutes: 120 }
}

pub fn months() -> Vec<Period> {
    let month = |month| Period { kind: PeriodKind::Month, start: midnight(month), end: midnight(month + 1) };
    vec![month(1), month(2)]
}

pub fn line(id: &str, channel: Channel, [fi, sv, en]: [&str; 3], group: &str) -> ReportLine {
    ReportLine {
        id: LineId::parse(id).expect("an id"),
        channel,
        name: LocalizedName { fi: fi.to_owned(), sv: sv.to_owned(), en: en.to_owned() },
        group: group.to_owned(),
        group_name: None,
        service_area: String::new(),
        wait_from: Some(WaitFrom::Arrival),
        service_level: ServiceLevel::NegativeAbandon,
        goals: Indicator::ALL.iter().filter_map(|indicator| Some((*indicator, indicator.row().target?))).collect(),
    }
}

/// Report data of these lines for January and February 2025.
pub fn data(lines: Vec<ReportLine>, mut sums: Vec<Vec<Sums>>) -> ReportData {
    sums.truncate(lines.len());
    ReportData {
        open_ms: vec![vec![HOUR; 2]; lines.len()],
        lines,
        periods: months(),
        sums,
        as_of: Moment { year: 2025, month: 4, day: 2, hour: 9, minute: 5, utc_offset_minutes: 180 },
        time_zone: "Europe/Helsinki".to_owned(),
        known: vec![true; 2],
        volume_goals: Vec::new(),
        history_is_complete: true,
    }
}

/// Two health stations in a group, a line for oral health that only calls back, a chat, and a line for text messages
/// that is closed in January and has no contacts in February.
pub fn small_county() -> ReportData {
    let mut county = County::new();
    let handled = |story| with_outcome(story, Outcome::Handled);
    let county_services = |story| with_outcome(story, Outcome::ContinuesCounty);
    let satisfied = |story| with_feedback(story, 10, true, true);
    let passive = |story| with_feedback(story, 8, true, true);
    let dissatisfied = |story| with_feedback(story, 3, false, false);
    for (month, times) in [(0, 2), (1, 3)] {
        county
            .add(0, month, 18 * times, &handled(answered(65 * SECOND)))
            .add(0, month, 9 * times, &satisfied(county_services(called_back(31 * MINUTE + 51 * SECOND))))
            .add(0, month, 6 * times, &dissatisfied(answered(140 * SECOND)))
            .add(0, month, 7 * times, &abandoned())
            .add(1, month, 4 * times, &passive(with_outcome(answered(20 * SECOND), Outcome::ContinuesHyte)))
            .add(1, month, 3 * times, &satisfied(called_back(12 * HOUR + 3 * SECOND)))
            .add(1, month, 1, &abandoned())
            .add(2, month, 400 * times, &county_services(called_back(6 * HOUR + 10 * MINUTE + 12 * SECOND)))
            .add(2, month, 20 * times, &with_outcome(abandoned(), Outcome::Other))
            .add(3, month, 12 * times, &satisfied(handled(answered(4 * MINUTE + 6 * SECOND))))
            .add(3, month, 1, &abandoned());
    }
    county.add(2, 1, 2, &purged());
    let names = [
        [
            "Terveysasemien kiireetön Ensilinja Forssa",
            "Hälsostationernas förstalinje Forssa",
            "Health stations, Forssa",
        ],
        [
            "Terveysasemien kiireetön Ensilinja HML",
            "Hälsostationernas förstalinje Tavastehus",
            "Health stations, Hämeenlinna",
        ],
        ["Suun terveys kiireetön Ensilinja", "Munhälsans förstalinje, ej brådskande", "Oral health, non-urgent"],
        ["Suun terveydenhuollon chat", "Munhälsans chatt", "Oral health chat"],
        ["Ensilinjan tekstiviestit", "Förstalinjens textmeddelanden", "Text messages"],
    ];
    let lines = vec![
        line("pth_forssa", Channel::Phone, names[0], "pth"),
        line("pth_hameenlinna", Channel::Phone, names[1], "pth"),
        line("suun_kiireeton", Channel::Phone, names[2], ""),
        line("suun_chat", Channel::Chat, names[3], ""),
        line("ensilinja_sms", Channel::Sms, names[4], ""),
    ];
    let mut data = data(lines, county.sums());
    data.open_ms[4][0] = 0;
    data
}

/// No figures but the usual ones.
pub const NOTHING_MORE: FiguresOnRequest = FiguresOnRequest { orphaned: false, inferred: false, outside_hours: false };

pub const fn request(by: Breakdown, language: Language) -> ReportRequest {
    ReportRequest { by, language, public: false, also: NOTHING_MORE }
}
