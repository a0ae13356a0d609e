//! The table of lines: for each, which published rows it follows, and what is assumed where nothing is published.
//!
//! Everything about how a line behaves is here or in the published tables; the generator knows no line by name.

use ensilinja_model::{Channel, LineId};

use super::CountyLine;
use super::behaviour::Behaviour;
use super::published::Published;
use crate::{LinePromise, WeeklyHours};

/// How many contacts a line has in an average month.
enum Volume {
    /// A share of a column of the published monthly arrivals. A share other than 1 is an assumption: the county
    /// publishes oral health, maternity clinics with family planning, and health stations each as one number.
    Published(&'static str, f64),
    /// Not published, or not beyond doubt: an assumption that fits the county's total.
    Assumed(f64),
}

/// What is published of how contacts fare.
enum Figures {
    /// The row of a phone line.
    Phone(&'static str),
    /// The row of a phone line whose mean callback wait the scan leaves in doubt, with the likely reading in seconds.
    PhoneReading(&'static str, f64),
    /// The row of a chat.
    Chat(&'static str),
    /// Nothing: text messages, with the outcomes of this phone line. (Assumption.)
    Sms(&'static str),
}

struct Row {
    id: &'static str,
    /// Where the published row has none of its own for this line.
    name_fi: Option<&'static str>,
    /// Hours known from public releases, or (most) an assumption: weekdays 8-15, chats as their phone lines.
    hours: WeeklyHours,
    volume: Volume,
    figures: Figures,
    /// The line of the published feedback it shares.
    feedback: &'static str,
}

fn row(id: &'static str, hours: WeeklyHours, volume: Volume, figures: Figures, feedback: &'static str) -> Row {
    Row { id, name_fi: None, hours, volume, figures, feedback }
}

fn named(name_fi: &'static str, row: Row) -> Row {
    Row { name_fi: Some(name_fi), ..row }
}

#[rustfmt::skip]
fn rows() -> Vec<Row> {
    use Figures::{Chat, Phone, PhoneReading, Sms};
    use Volume::{Assumed, Published};
    let weekdays = WeeklyHours::weekdays;
    vec![
        row("116117", WeeklyHours::round_the_clock(), Published("116117", 1.0), Phone("116117"), "116117"),
        row("mipa", weekdays(8, 15), Assumed(420.0), Phone("mipa"), "mipa"),
        row("neuvola", weekdays(8, 15), Published("neuvola", 0.8), Phone("neuvola"), "neuvola"),
        row("perhesuunnittelu", weekdays(8, 15), Published("neuvola", 0.2), Phone("perhesuunnittelu"), "perhesuunnittelu"),
        // Known hours: 9-15. Wait read as 17 h 15 min 52 s.
        row("ikaihmiset", weekdays(9, 15), Assumed(1_800.0), PhoneReading("ikaihmiset", 62_152.0), "ikaihmiset"),
        // Known hours: 9-11. Wait read as 10 h 16 min 33 s.
        row("aikuissosiaalityo", weekdays(9, 11), Assumed(225.0), PhoneReading("aikuissosiaalityo", 36_993.0), "aikuissosiaalityo"),
        // Known hours: 9-12. Wait read as 3 h 22 min 13 s.
        row("lapsiperheet", weekdays(9, 12), Assumed(110.0), PhoneReading("lapsiperheet", 12_133.0), "lapsiperheet"),
        // Known hours: 9-12.
        row("vammaissosiaalityo", weekdays(9, 12), Assumed(125.0), Phone("vammaissosiaalityo"), "vammaissosiaalityo"),
        row("suun_kiireellinen", weekdays(8, 15), Published("suun_terveydenhuolto", 0.4), Phone("suun_kiireellinen"), "suun_terveydenhuolto"),
        // Known hours: 8-15.
        row("suun_kiireeton", weekdays(8, 15), Published("suun_terveydenhuolto", 0.6), Phone("suun_kiireeton"), "suun_terveydenhuolto"),
        row("pth_hameenlinna", weekdays(8, 16), Published("pth_kiireeton", 0.45), Phone("pth_hameenlinna"), "pth_kiireeton"),
        row("pth_forssa", weekdays(8, 16), Published("pth_kiireeton", 0.2), Phone("pth_forssa"), "pth_kiireeton"),
        row("pth_janakkala", weekdays(8, 16), Published("pth_kiireeton", 0.1), Phone("pth_janakkala"), "pth_kiireeton"),
        row("pth_riihimaki", weekdays(8, 16), Published("pth_kiireeton", 0.25), Phone("pth_riihimaki"), "pth_kiireeton"),
        // Known hours: 8-15. No key figures of the line are published: Forssa's health station stands in. (Assumption.)
        named("Kuntoutuksen Ensilinja", row("kuntoutus", weekdays(8, 15), Assumed(1_200.0), Phone("pth_forssa"), "kuntoutus")),
        // Known hours of the health chat: 8-14.
        row("sairaanhoitaja_chat", weekdays(8, 14), Published("sairaanhoitaja_chat", 1.0), Chat("sairaanhoitaja_chat"), "sairaanhoitaja_chat"),
        row("mipa_chat", weekdays(8, 15), Assumed(75.0), Chat("mipa_chat"), "mipa_chat"),
        row("neuvola_chat", weekdays(8, 15), Assumed(900.0), Chat("neuvola_chat"), "neuvola_chat"),
        row("aikuissosiaalityo_chat", weekdays(9, 15), Assumed(90.0), Chat("aikuissosiaalityo_chat"), "aikuissosiaalityo_chat"),
        row("suun_chat", weekdays(8, 15), Published("suun_chat", 1.0), Chat("suun_chat"), "suun_chat"),
        row("fysioterapia_chat", weekdays(8, 15), Assumed(130.0), Chat("fysioterapia_chat"), "kuntoutus_chat"),
        named("Ensilinjan tekstiviestit", row("ensilinja_sms", weekdays(8, 15), Assumed(60.0), Sms("116117"), "116117")),
    ]
}

const SHORT_ABANDON_MS: u32 = 5_000;
const THRESHOLD_MS: u32 = 120_000;
const GIVE_UP_WORKING_DAYS: u16 = 5;
const DAY_MS: u32 = 24 * 3_600_000;

/// The lines of the table, with what is published of them.
pub(super) fn lines() -> Vec<CountyLine> {
    let published = Published::read();
    rows().into_iter().map(|row| line(row, &published)).collect()
}

fn line(row: Row, published: &Published) -> CountyLine {
    let monthly_contacts = match row.volume {
        Volume::Published(column, share) => published.monthly_contacts(column) * share,
        Volume::Assumed(contacts) => contacts,
    };
    let feedback = published.feedback(row.feedback);
    let (channel, name_fi, behaviour) = match row.figures {
        Figures::Phone(of) => {
            let figures = published.phone(of);
            let wait_s = figures.callback_wait_s.expect("a row without a readable wait has a likely reading");
            let behaviour = Behaviour::phone(monthly_contacts, &figures, wait_s, &feedback);
            (Channel::Phone, figures.name_fi, behaviour)
        }
        Figures::PhoneReading(of, wait_s) => {
            let figures = published.phone(of);
            let behaviour = Behaviour::phone(monthly_contacts, &figures, wait_s, &feedback);
            (Channel::Phone, figures.name_fi, behaviour)
        }
        Figures::Chat(of) => {
            let figures = published.chat(of);
            let behaviour = Behaviour::chat(monthly_contacts, &figures, &feedback);
            (Channel::Chat, figures.name_fi, behaviour)
        }
        Figures::Sms(of) => {
            let figures = published.phone(of);
            let behaviour = Behaviour::sms(monthly_contacts, &figures.outcomes, &feedback);
            (Channel::Sms, figures.name_fi, behaviour)
        }
    };
    CountyLine {
        id: LineId::parse(row.id).expect("the ids of the table are ids"),
        channel,
        name_fi: row.name_fi.map_or(name_fi, str::to_owned),
        hours: row.hours,
        short_abandon_ms: SHORT_ABANDON_MS,
        threshold_ms: THRESHOLD_MS,
        orphan_after_ms: if channel == Channel::Sms { 3 * DAY_MS } else { DAY_MS },
        give_up_working_days: GIVE_UP_WORKING_DAYS,
        promise: LinePromise::default(),
        behaviour,
    }
}
