//! What a report says in words, in each language.

use ensilinja_model::Channel;

use crate::disclosure::FEWEST_SHOWN;
use crate::figure::Figure;
use crate::language::Language;
use crate::moment::{Moment, Period, PeriodKind};
use crate::report_data::{Breakdown, ReportData};
use crate::subject::Subject;

/// The tables there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TableTopic {
    /// Key figures of one channel.
    KeyFigures(Channel),
    /// Customer feedback.
    Feedback,
    /// One figure by line and month.
    Matrix(Figure),
    /// The goals of the county for calls.
    CallGoals,
    /// The goals of the county for all contacts.
    Goals,
}

impl TableTopic {
    /// The heading of its table.
    pub fn title(self, language: Language) -> &'static str {
        language.of(match self {
            Self::Matrix(figure) => return figure.name(language),
            Self::KeyFigures(Channel::Phone) => {
                ("Avainlukuja puheluista", "Nyckeltal för samtalen", "Key figures of calls")
            }
            Self::KeyFigures(Channel::Chat) => {
                ("Avainlukuja chateista", "Nyckeltal för chattarna", "Key figures of chats")
            }
            Self::KeyFigures(Channel::Sms) => {
                ("Avainlukuja tekstiviesteistä", "Nyckeltal för textmeddelandena", "Key figures of text messages")
            }
            Self::Feedback => ("Asiakaskokemus", "Kundernas erfarenheter", "Customer feedback"),
            Self::CallGoals => ("Tavoitteet: puhelut", "Mål: samtal", "Goals: calls"),
            Self::Goals => ("Tavoitteet: kaikki yhteydenotot", "Mål: alla kontakter", "Goals: all contacts"),
        })
    }

    /// Whose figures and rules these are.
    pub const fn source(self, language: Language) -> &'static str {
        language.of(match self {
            Self::KeyFigures(Channel::Chat) => (
                "Oma Häme, Ensilinja 1–9/2025, dia 17",
                "Oma Häme, Ensilinja 1–9/2025, bild 17",
                "Oma Häme, Ensilinja 1–9/2025, slide 17",
            ),
            Self::KeyFigures(_) => (
                "Oma Häme, Ensilinja 1–9/2025, diat 15–16",
                "Oma Häme, Ensilinja 1–9/2025, bilderna 15–16",
                "Oma Häme, Ensilinja 1–9/2025, slides 15–16",
            ),
            Self::Matrix(Figure::Offered) => (
                "Oma Häme, Ensilinja 1–9/2025, dia 7",
                "Oma Häme, Ensilinja 1–9/2025, bild 7",
                "Oma Häme, Ensilinja 1–9/2025, slide 7",
            ),
            Self::Feedback | Self::Matrix(_) => (
                "Oma Häme, Ensilinja 1–9/2025, diat 18–21",
                "Oma Häme, Ensilinja 1–9/2025, bilderna 18–21",
                "Oma Häme, Ensilinja 1–9/2025, slides 18–21",
            ),
            Self::CallGoals | Self::Goals => (
                "Oma Häme, Ensilinja 1–9/2025, dia 8",
                "Oma Häme, Ensilinja 1–9/2025, bild 8",
                "Oma Häme, Ensilinja 1–9/2025, slide 8",
            ),
        })
    }
}

/// How the rows divide: "by month".
pub(crate) const fn by(by: Breakdown, language: Language) -> &'static str {
    language.of(match by {
        Breakdown::Line => ("linjoittain", "per linje", "by line"),
        Breakdown::Group => ("ryhmittäin", "per grupp", "by group"),
        Breakdown::Month => ("kuukausittain", "per månad", "by month"),
        Breakdown::Quarter => ("neljännesvuosittain", "per kvartal", "by quarter"),
        Breakdown::Day => ("päivittäin", "per dag", "by day"),
        Breakdown::Hour => ("tunneittain", "per timme", "by hour"),
    })
}

/// What a row is: "Month".
pub(crate) const fn row_header(by: Breakdown, language: Language) -> &'static str {
    language.of(match by {
        Breakdown::Line => ("Linja", "Linje", "Line"),
        Breakdown::Group => ("Ryhmä", "Grupp", "Group"),
        Breakdown::Month => ("Kuukausi", "Månad", "Month"),
        Breakdown::Quarter => ("Vuosineljännes", "Kvartal", "Quarter"),
        Breakdown::Day => ("Päivä", "Dag", "Day"),
        Breakdown::Hour => ("Tunti", "Timme", "Hour"),
    })
}

/// The row that is over all periods.
pub(crate) const fn whole_period(language: Language) -> &'static str {
    language.of(("Koko jakso", "Hela perioden", "Whole period"))
}

/// How one figure divides.
pub(crate) const fn line_and_month(language: Language) -> &'static str {
    language.of(("linjoittain ja kuukausittain", "per linje och månad", "by line and month"))
}

/// The heading of the column of goals.
pub(crate) const fn target(language: Language) -> &'static str {
    language.of(("Tavoite", "Mål", "Goal"))
}

/// The heading of the rows of goals.
pub(crate) const fn indicator(language: Language) -> &'static str {
    language.of(("Mittari", "Mätare", "Indicator"))
}

/// The name of a subject.
pub(crate) fn subject(subject: &Subject, cells: &ReportData, language: Language) -> String {
    match subject {
        Subject::Line(line) => cells.lines[*line].name.of(language).to_owned(),
        // Groups have no names in other languages; one line that is a group of its own has.
        Subject::Group(_, group) => {
            let mut lines = cells.lines.iter().enumerate().filter(|(index, line)| subject.holds(*index, line));
            match (lines.next(), lines.next()) {
                (Some((_, line)), None) => line.name.of(language).to_owned(),
                _ => group.clone(),
            }
        }
        Subject::Channel(channel) => language
            .of(match channel {
                Channel::Phone => ("Puhelut yhteensä", "Samtalen sammanlagt", "All calls"),
                Channel::Chat => ("Chatit yhteensä", "Chattarna sammanlagt", "All chats"),
                Channel::Sms => ("Tekstiviestit yhteensä", "Textmeddelandena sammanlagt", "All text messages"),
            })
            .to_owned(),
        Subject::All => language.of(("Kaikki yhteensä", "Alla kontakter", "All contacts")).to_owned(),
    }
}

/// The name of a period. A month or quarter that is cut to what is asked for says from when until when it is.
pub(crate) fn period(period: &Period, language: Language) -> String {
    let Period { kind, start, end } = period;
    let is_of_months = [start, end].iter().all(|edge| edge.is_midnight() && edge.day == 1);
    let is_of_quarters = is_of_months && [start, end].iter().all(|edge| edge.month % 3 == 1);
    match kind {
        PeriodKind::Month if is_of_months => format!("{} {}", month(start.month, language), start.year),
        PeriodKind::Quarter if is_of_quarters => format!("Q{} {}", (start.month - 1) / 3 + 1, start.year),
        PeriodKind::Hour => hour(*start, *end, language),
        _ if start.is_midnight() && end.is_midnight() => {
            let last = end.previous_day();
            if (start.year, start.month, start.day) == (last.year, last.month, last.day) {
                date(*start, language)
            } else {
                format!("{}–{}", date(*start, language), date(last, language))
            }
        }
        _ => format!("{} – {}", moment(*start, language), moment(*end, language)),
    }
}

/// The name of an hour, with its minutes where it is cut to what is asked for.
fn hour(start: Moment, end: Moment, language: Language) -> String {
    let date = date(start, language);
    let until = if end.hour == 0 && end.minute == 0 { 24 } else { end.hour };
    let is_whole = start.minute == 0 && end.minute == 0;
    let minutes = |separator, of: Moment| if is_whole { String::new() } else { format!("{separator}{:02}", of.minute) };
    let [from, to] = [start, end].map(|edge| minutes(if language == Language::En { ':' } else { '.' }, edge));
    match language {
        Language::Fi => format!("{date} klo {}{from}–{until}{to}", start.hour),
        Language::Sv => format!("{date} kl. {}{from}–{until}{to}", start.hour),
        Language::En => format!("{date}, {:02}{from}–{until:02}{to}", start.hour),
    }
}

fn date(of: Moment, language: Language) -> String {
    match language {
        Language::Fi | Language::Sv => format!("{}.{}.{}", of.day, of.month, of.year),
        Language::En => format!("{} {} {}", of.day, month(of.month, language), of.year),
    }
}

fn moment(of: Moment, language: Language) -> String {
    let date = date(of, language);
    match language {
        Language::Fi => format!("{date} klo {}.{:02}", of.hour, of.minute),
        Language::Sv => format!("{date} kl. {}.{:02}", of.hour, of.minute),
        Language::En => format!("{date} at {:02}:{:02}", of.hour, of.minute),
    }
}

const fn month(month: u8, language: Language) -> &'static str {
    language.of(match month {
        1 => ("tammikuu", "januari", "January"),
        2 => ("helmikuu", "februari", "February"),
        3 => ("maaliskuu", "mars", "March"),
        4 => ("huhtikuu", "april", "April"),
        5 => ("toukokuu", "maj", "May"),
        6 => ("kesäkuu", "juni", "June"),
        7 => ("heinäkuu", "juli", "July"),
        8 => ("elokuu", "augusti", "August"),
        9 => ("syyskuu", "september", "September"),
        10 => ("lokakuu", "oktober", "October"),
        11 => ("marraskuu", "november", "November"),
        _ => ("joulukuu", "december", "December"),
    })
}

/// What stands under a table.
pub(crate) fn note(topic: TableTopic, cells: &ReportData, contacts: &str, language: Language) -> String {
    let whole = whole(cells);
    let period = period(&whole, language);
    let unfinished = if cells.as_of.is_before(whole.end) { not_over(language) } else { "" };
    let (zone, source, as_of) = (&cells.time_zone, topic.source(language), moment(cells.as_of, language));
    let complete = cells.history_is_complete;
    match language {
        Language::Fi => {
            let history = if complete {
                "Tapahtumahistoria alkaa riittävän ajoissa."
            } else {
                "Tapahtumahistoria alkaa liian myöhään: luvuista voi puuttua sitä varhaisempia yhteydenottoja."
            };
            format!(
                "Jakso {period}, aikavyöhyke {zone}. Tilanne {as_of}.{unfinished} Yhteydenottoja {contacts}. {history} \
                 Laskusäännöt: {source}."
            )
        }
        Language::Sv => {
            let history = if complete {
                "Händelsehistoriken börjar tillräckligt tidigt."
            } else {
                "Händelsehistoriken börjar för sent: kontakter från tiden före den kan saknas i siffrorna."
            };
            format!(
                "Period {period}, tidszon {zone}. Läget den {as_of}.{unfinished} Antal kontakter: {contacts}. {history} \
                 Räkneregler: {source}."
            )
        }
        Language::En => {
            let history = if complete {
                "The history of events begins early enough."
            } else {
                "The history of events begins too late: contacts from before it may be missing."
            };
            format!(
                "Period {period}, time zone {zone}. As of {as_of}.{unfinished} Contacts: {contacts}. {history} \
                 Rules: {source}."
            )
        }
    }
}

/// What is said of a period that is still going on.
const fn not_over(language: Language) -> &'static str {
    language.of((" Jakso on vielä kesken.", " Perioden pågår ännu.", " The period is not over yet."))
}

/// All periods together.
pub(crate) fn whole(cells: &ReportData) -> Period {
    let (first, last) = (cells.periods.first(), cells.periods.last());
    let (first, last) = (first.expect("a report has a period"), last.expect("a report has a period"));
    Period { kind: PeriodKind::Whole, start: first.start, end: last.end }
}

/// What stands for a number of contacts that is hidden.
pub(crate) const fn not_shown(language: Language) -> &'static str {
    language.of(("ei näytetä", "visas inte", "not shown"))
}

/// How the numbers are to be read.
pub(crate) const fn reading(language: Language) -> &'static str {
    language.of((
        "Suluissa on n: kuinka monesta yhteydenotosta, lopputuloksesta tai vastauksesta prosentti, keskiarvo tai NPS on \
         laskettu. Yhteensä-riveillä on laskettu yhteen lukumäärät, ei prosentteja eikä keskiarvoja.",
        "Inom parentes står n: av hur många kontakter, utfall eller svar procenttalet, medeltalet eller NPS har räknats. I \
         raderna med summor har antal räknats ihop, inte procenttal eller medeltal.",
        "In brackets stands n: of how many contacts, outcomes or answers a percentage, mean or NPS is made. Rows of totals \
         add up counts, never percentages or means.",
    ))
}

/// When callbacks count.
pub(crate) const fn callbacks(language: Language) -> &'static str {
    language.of((
        "Takaisinsoittona hoidettu luetaan sille jaksolle, jolla asiakas pyysi soittoa; odotusaika sille jaksolle, jolla \
         asiakas tavoitettiin.",
        "En kontakt som sköttes genom återuppringning hör till den period då kunden bad om samtalet; väntetiden hör till den \
         period då kunden nåddes.",
        "A contact handled as a callback belongs to the period in which the customer asked for it; its wait belongs to the \
         period in which the customer was reached.",
    ))
}

/// What the sign at a callback share means.
pub(crate) const fn of_the_handled(language: Language) -> &'static str {
    language.of((
        "¹ Osuus hoidetuista yhteydenotoista eikä kaikista päättyneistä jonotuksista, koska yhteenkään puheluun ei \
         vastattu linjapuheluna.",
        "¹ Andel av de skötta kontakterna och inte av alla som köat, eftersom inget samtal besvarades direkt.",
        "¹ Of the contacts handled, not of all decided, because no call was answered live.",
    ))
}

/// What the sign for no data means.
pub(crate) const fn no_data(language: Language) -> &'static str {
    language.of(("-  ei tietoja: n on 0.", "-  inga uppgifter: n är 0.", "-  no data: n is 0."))
}

/// What the word for a closed line means.
pub(crate) const fn closed(language: Language) -> &'static str {
    language.of((
        "suljettu  linja ei ollut jakson aikana auki.",
        "stängt  linjen var inte öppen under perioden.",
        "closed  the line was not open in the period.",
    ))
}

/// What the words for an unknown cell mean.
pub(crate) const fn not_known(language: Language) -> &'static str {
    language.of((
        "ei tiedossa  tapahtumahistoria alkaa jakson aikana tai sen jälkeen.",
        "okänt  händelsehistoriken börjar under perioden eller efter den.",
        "not known  the history of events begins within the period or after it.",
    ))
}

/// What the sign of a hidden cell means.
pub(crate) fn hidden(language: Language) -> String {
    let few = FEWEST_SHOWN;
    match language {
        Language::Fi => format!(
            "..  salattu: luku koskee alle {few} henkilöä, tai siitä voisi laskea sellaisen luvun. Nolla näytetään."
        ),
        Language::Sv => format!(
            "..  dold uppgift: talet gäller färre än {few} personer, eller så kunde ett sådant tal räknas ut med hjälp av det. \
             Noll visas."
        ),
        Language::En => format!(
            "..  hidden: the number is of fewer than {few} people, or such a number could be computed from it. Zero is \
             shown."
        ),
    }
}
