//! The table of lines: for each line its published rows, and assumptions for everything that is not published.
//!
//! The whole behaviour of a line is in this table or in `data/`. The generator has no special cases for lines.

use std::collections::BTreeMap;
use std::sync::Arc;

use ensilinja_model::{Channel, LineId};

use super::behaviour::Behaviour;
use super::county_line::CountyLine;
use super::feedback_answers::FeedbackAnswers;
use super::published_tables::PublishedTables;
use crate::{DueBy, LinePromise, WeeklyHours, Within, WorkingDay};

/// The source of the monthly contacts of a line.
enum VolumeSource {
    /// A share of a column of the published monthly arrivals. A share other than 1 is an assumption: the county
    /// publishes one number for oral health, one for maternity clinics with family planning, and one for health
    /// stations.
    Published(&'static str, f64),
    /// A column of the assumed monthly arrivals: not published, or not legible with certainty.
    Assumed(&'static str),
}

/// The source of the key figures of a line.
enum FigureSource {
    /// The row of a phone line.
    Phone(&'static str),
    /// The row of a phone line whose mean callback wait is not legible with certainty, with an assumed wait in seconds.
    PhoneReading(&'static str, f64),
    /// The row of a chat.
    Chat(&'static str),
    /// None: text messages, with the outcomes of this phone line. (Assumption.)
    Sms(&'static str),
}

struct LineRow {
    id: &'static str,
    /// The name, if the published row does not have it.
    name_fi: Option<&'static str>,
    /// Lines that the county publishes as one row form a group.
    group: &'static str,
    service_area: &'static str,
    /// Known from public releases where noted. Otherwise an assumption: weekdays 8-15, chats as their phone lines.
    hours: WeeklyHours,
    volume: VolumeSource,
    figures: FigureSource,
    /// The row of the published feedback.
    feedback: Option<&'static str>,
    promise: LinePromise,
    /// The share of late callbacks among those reached, by quarter. Assumptions: nothing is published by line. They are
    /// chosen so that all phone lines together keep their promise as often as slide 8 shows.
    late: [f64; 4],
}

type LineGroup = (&'static str, &'static str);

fn row(id: &'static str, group: LineGroup, hours: WeeklyHours, volume: VolumeSource, figures: FigureSource) -> LineRow {
    let promise = LinePromise::default();
    let (group, service_area) = group;
    let feedback = Some(id);
    LineRow { id, name_fi: None, group, service_area, hours, volume, figures, feedback, promise, late: [0.0; 4] }
}

impl LineRow {
    fn named(self, name_fi: &'static str) -> Self {
        Self { name_fi: Some(name_fi), ..self }
    }

    /// The feedback is published under another name.
    fn feedback_of(self, row: &'static str) -> Self {
        Self { feedback: Some(row), ..self }
    }

    /// The line has no survey.
    fn without_feedback(self) -> Self {
        Self { feedback: None, ..self }
    }

    /// The line promises callbacks; `late` are the shares of late ones in the four quarters.
    fn calls_back(self, within: Within, late: [f64; 4]) -> Self {
        // An abandon voids the promise. Otherwise 91 % kept and a service % of about 84 would contradict each other.
        let promise = LinePromise { callback: Some(within), answer: None, abandon_breaks: false };
        Self { promise, late, ..self }
    }

    fn answers(self, within: Within) -> Self {
        let promise = LinePromise { answer: Some(within), callback: None, abandon_breaks: false };
        Self { promise, ..self }
    }
}

/// The promise of the county's chats.
const TEN_MINUTES: Within = Within::Wall(600_000);
/// Assumption: the helpline publishes no promise for its callbacks.
const HALF_AN_HOUR: Within = Within::Wall(1_800_000);
/// The promise of health stations and rehabilitation. For oral health, mental health and maternity clinics an
/// assumption after section 51 of the Health Care Act: contact on the same day, by any channel.
const SAME_DAY: Within = Within::SameDay(DueBy::EndOfDay);
/// The promise of services for older people. For the other social services an assumption.
const NEXT_WORKING_DAY: Within = Within::WorkingDays(1, WorkingDay::LineOpen, DueBy::EndOfDay);

#[rustfmt::skip]
fn phone_rows() -> Vec<LineRow> {
    use FigureSource::{Phone, PhoneReading};
    use VolumeSource::{Assumed, Published};
    let weekdays = WeeklyHours::weekdays;
    let all = |group| (group, "Kanta-Häme");
    vec![
        row("116117", all("medical_helpline"), WeeklyHours::round_the_clock(),
            Published("116117", 1.0), Phone("116117"))
            .calls_back(HALF_AN_HOUR, [0.25, 0.85, 0.28, 0.25]),
        row("mipa", all("mental_health"), weekdays(8, 15),
            Assumed("mipa"), Phone("mipa"))
            .calls_back(SAME_DAY, [0.0; 4]),
        row("neuvola", all("maternity"), weekdays(8, 15),
            Published("neuvola", 0.8), Phone("neuvola"))
            .calls_back(SAME_DAY, [0.005, 0.02, 0.005, 0.005]),
        row("perhesuunnittelu", all("maternity"), weekdays(8, 15),
            Published("neuvola", 0.2), Phone("perhesuunnittelu"))
            .calls_back(SAME_DAY, [0.005, 0.02, 0.005, 0.005]),
        // Known hours: 9-15. Wait read as 17 h 15 min 52 s.
        row("ikaihmiset", all("older_people"), weekdays(9, 15),
            Assumed("ikaihmiset"), PhoneReading("ikaihmiset", 62_152.0))
            .calls_back(NEXT_WORKING_DAY, [0.08, 0.2, 0.08, 0.08]),
        // Known hours: 9-11. Wait read as 10 h 16 min 33 s.
        row("aikuissosiaalityo", all("adult_social_work"), weekdays(9, 11),
            Assumed("aikuissosiaalityo"), PhoneReading("aikuissosiaalityo", 36_993.0))
            .calls_back(NEXT_WORKING_DAY, [0.01, 0.04, 0.01, 0.01]),
        // Known hours: 9-12. Wait read as 3 h 22 min 13 s.
        row("lapsiperheet", all("families"), weekdays(9, 12),
            Assumed("lapsiperheet"), PhoneReading("lapsiperheet", 12_133.0))
            .calls_back(NEXT_WORKING_DAY, [0.0; 4]),
        // Known hours: 9-12.
        row("vammaissosiaalityo", all("disability"), weekdays(9, 12),
            Assumed("vammaissosiaalityo"), Phone("vammaissosiaalityo"))
            .calls_back(NEXT_WORKING_DAY, [0.0; 4]),
        row("suun_kiireellinen", all("oral_health"), weekdays(8, 15),
            Published("suun_terveydenhuolto", 0.4), Phone("suun_kiireellinen")).feedback_of("suun_terveydenhuolto")
            .calls_back(SAME_DAY, [0.03, 0.12, 0.03, 0.03]),
        // Known hours: 8-15.
        row("suun_kiireeton", all("oral_health"), weekdays(8, 15),
            Published("suun_terveydenhuolto", 0.6), Phone("suun_kiireeton")).feedback_of("suun_terveydenhuolto")
            .calls_back(SAME_DAY, [0.125, 0.49, 0.115, 0.12]),
        row("pth_hameenlinna", ("health_stations", "Hämeenlinna"), weekdays(8, 16),
            Published("pth_kiireeton", 0.45), Phone("pth_hameenlinna")).feedback_of("pth_kiireeton")
            .calls_back(SAME_DAY, [0.0; 4]),
        row("pth_forssa", ("health_stations", "Forssa"), weekdays(8, 16),
            Published("pth_kiireeton", 0.2), Phone("pth_forssa")).feedback_of("pth_kiireeton")
            .calls_back(SAME_DAY, [0.0; 4]),
        row("pth_janakkala", ("health_stations", "Janakkala"), weekdays(8, 16),
            Published("pth_kiireeton", 0.1), Phone("pth_janakkala")).feedback_of("pth_kiireeton")
            .calls_back(SAME_DAY, [0.0; 4]),
        row("pth_riihimaki", ("health_stations", "Riihimäki"), weekdays(8, 16),
            Published("pth_kiireeton", 0.25), Phone("pth_riihimaki")).feedback_of("pth_kiireeton")
            .calls_back(SAME_DAY, [0.0; 4]),
        // Known hours: 8-15. The line has no published key figures: it uses those of Forssa's health station, with a
        // mean callback wait of two hours. (Assumptions.)
        row("kuntoutus", all("rehabilitation"), weekdays(8, 15),
            Assumed("kuntoutus"), PhoneReading("pth_forssa", 7_200.0))
            .named("Kuntoutuksen Ensilinja").calls_back(SAME_DAY, [0.03, 0.1, 0.03, 0.03]),
    ]
}

#[rustfmt::skip]
fn written_rows() -> Vec<LineRow> {
    use FigureSource::{Chat, Sms};
    use VolumeSource::{Assumed, Published};
    let weekdays = WeeklyHours::weekdays;
    let all = |group| (group, "Kanta-Häme");
    vec![
        // Known hours of the health chat: 8-14.
        row("sairaanhoitaja_chat", all("nurse_chat"), weekdays(8, 14),
            Published("sairaanhoitaja_chat", 1.0), Chat("sairaanhoitaja_chat"))
            .answers(TEN_MINUTES),
        row("mipa_chat", all("mental_health_chat"), weekdays(8, 15),
            Assumed("mipa_chat"), Chat("mipa_chat"))
            .answers(TEN_MINUTES),
        row("neuvola_chat", all("maternity_chat"), weekdays(8, 15),
            Assumed("neuvola_chat"), Chat("neuvola_chat"))
            .answers(TEN_MINUTES),
        row("aikuissosiaalityo_chat", all("adult_social_work_chat"), weekdays(9, 15),
            Assumed("aikuissosiaalityo_chat"), Chat("aikuissosiaalityo_chat"))
            .answers(TEN_MINUTES),
        row("suun_chat", all("oral_health_chat"), weekdays(8, 15),
            Published("suun_chat", 1.0), Chat("suun_chat"))
            .answers(TEN_MINUTES),
        // Assumption: the rehabilitation chat in the feedback is the physiotherapy chat in the key figures. Known
        // hours: 8-15.
        row("fysioterapia_chat", all("rehabilitation_chat"), weekdays(8, 15),
            Assumed("fysioterapia_chat"), Chat("fysioterapia_chat")).feedback_of("kuntoutus_chat")
            .answers(TEN_MINUTES),
        row("ensilinja_sms", all("text_messages"), weekdays(8, 15),
            Assumed("ensilinja_sms"), Sms("116117"))
            .named("Ensilinjan tekstiviestit").without_feedback(),
    ]
}

const SHORT_ABANDON_MS: u32 = 5_000;
const THRESHOLD_MS: u32 = 120_000;
const GIVE_UP_WORKING_DAYS: u16 = 5;
const DAY_MS: u32 = 24 * 3_600_000;

/// The lines of the table, with their published figures.
pub(super) fn lines() -> Vec<CountyLine> {
    let published = PublishedTables::read();
    let mut feedback = BTreeMap::new();
    let mut feedback_of = |row: &'static str| -> Arc<FeedbackAnswers> {
        Arc::clone(feedback.entry(row).or_insert_with(|| Arc::new(published.feedback(row))))
    };
    let with_feedback = |row: LineRow| {
        let feedback = row.feedback.map(&mut feedback_of);
        let mut line = line(row, &published);
        line.behaviour.feedback = feedback;
        line
    };
    phone_rows().into_iter().chain(written_rows()).map(with_feedback).collect()
}

fn line(row: LineRow, published: &PublishedTables) -> CountyLine {
    let contacts = match row.volume {
        VolumeSource::Published(column, share) => published.monthly_contacts(column).share(share),
        VolumeSource::Assumed(column) => published.assumed_contacts(column),
    };
    let (channel, behaviour, name_fi) = match row.figures {
        FigureSource::Phone(of) => {
            let figures = published.phone(of);
            let wait_s = figures.callback_wait_s.expect("a row without a legible wait uses PhoneReading");
            (Channel::Phone, Behaviour::phone(contacts, &figures, wait_s, row.late), figures.name_fi)
        }
        FigureSource::PhoneReading(of, wait_s) => {
            let figures = published.phone(of);
            (Channel::Phone, Behaviour::phone(contacts, &figures, wait_s, row.late), figures.name_fi)
        }
        FigureSource::Chat(of) => {
            let figures = published.chat(of);
            (Channel::Chat, Behaviour::chat(contacts, &figures), figures.name_fi)
        }
        FigureSource::Sms(of) => {
            let figures = published.phone(of);
            (Channel::Sms, Behaviour::sms(contacts, &figures.outcomes), figures.name_fi)
        }
    };
    CountyLine {
        id: LineId::parse(row.id).expect("the table has valid ids"),
        channel,
        name_fi: row.name_fi.map_or(name_fi, str::to_owned),
        group: row.group.to_owned(),
        service_area: row.service_area.to_owned(),
        hours: row.hours,
        short_abandon_ms: SHORT_ABANDON_MS,
        threshold_ms: THRESHOLD_MS,
        orphan_after_ms: if channel == Channel::Sms { 3 * DAY_MS } else { DAY_MS },
        give_up_working_days: GIVE_UP_WORKING_DAYS,
        promise: row.promise,
        behaviour,
    }
}
