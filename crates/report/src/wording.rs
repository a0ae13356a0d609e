//! The texts of a report in each language.

use ensilinja_ledger::Indicator;
use ensilinja_model::{Channel, WaitFrom};

use crate::disclosure::FEWEST_SHOWN;
use crate::figure::Figure;
use crate::language::{Language, Texts};
use crate::moment::{Moment, Period, PeriodKind};
use crate::report_data::{Breakdown, ReportData, ReportLine};
use crate::subject::Subject;

/// The topic of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TableTopic {
    /// Key figures for one channel.
    KeyFigures(Channel),
    /// Customer feedback.
    Feedback,
    /// One figure by line and month.
    Matrix(Figure),
    /// The county's goals for calls.
    CallGoals,
    /// The county's goals for all contacts.
    Goals,
    /// Contacts beside the goals for their number.
    VolumeGoals,
}

impl TableTopic {
    /// The title of the table.
    pub fn title(self, language: Language) -> &'static str {
        language.of(match self {
            Self::Matrix(figure) => return figure.name(language),
            Self::KeyFigures(Channel::Phone) => {
                ("Avainlukuja puheluista", "Nyckeltal för samtal", "Key figures for calls")
            }
            Self::KeyFigures(Channel::Chat) => {
                ("Avainlukuja chateista", "Nyckeltal för chattar", "Key figures for chats")
            }
            Self::KeyFigures(Channel::Sms) => {
                ("Avainlukuja tekstiviesteistä", "Nyckeltal för textmeddelanden", "Key figures for text messages")
            }
            Self::Feedback => ("Asiakaskokemus", "Kundupplevelse", "Customer feedback"),
            Self::CallGoals => ("Tavoitteet: puhelut", "Mål: samtal", "Goals: calls"),
            Self::VolumeGoals => {
                ("Yhteydenottojen määrä ja tavoite", "Antalet kontakter och målet", "Number of contacts and goal")
            }
            Self::Goals => ("Tavoitteet: kaikki yhteydenotot", "Mål: alla kontakter", "Goals: all contacts"),
        })
    }

    /// The figures that its charts show, of those that it has.
    pub const fn drawn(self) -> &'static [Figure] {
        match self {
            Self::KeyFigures(Channel::Phone) => &[
                Figure::Offered,
                Figure::Share(Indicator::AnsweredLive),
                Figure::Share(Indicator::HandledAsCallback),
                Figure::CallbackWait,
                Figure::Share(Indicator::Service),
                Figure::Share(Indicator::PromiseKept),
                Figure::Share(Indicator::FirstContactResolution),
            ],
            Self::KeyFigures(_) => &[
                Figure::Offered,
                Figure::AnswerWait,
                Figure::Share(Indicator::ChatNotAnswered),
                Figure::Share(Indicator::PromiseKept),
                Figure::Share(Indicator::FirstContactResolution),
            ],
            Self::Feedback => {
                &[Figure::Nps, Figure::Share(Indicator::KnowsHowCareContinues), Figure::Share(Indicator::GotASolution)]
            }
            Self::VolumeGoals => &[Figure::Offered],
            Self::Matrix(_) | Self::CallGoals | Self::Goals => &[],
        }
    }

    /// The source of the table's figures and rules.
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
            Self::VolumeGoals => (
                "saapuneet yhteydenotot ja asetetut kuukausitavoitteet",
                "inkomna kontakter och de uppställda månadsmålen",
                "contacts offered and the monthly goals set",
            ),
            Self::CallGoals | Self::Goals => (
                "Oma Häme, Ensilinja 1–9/2025, dia 8",
                "Oma Häme, Ensilinja 1–9/2025, bild 8",
                "Oma Häme, Ensilinja 1–9/2025, slide 8",
            ),
        })
    }
}

/// The breakdown in a title: "by month".
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

/// The heading of the row labels: "Month".
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

/// The label of the total over all periods.
pub(crate) const fn whole_period(language: Language) -> &'static str {
    language.of(("Koko jakso", "Hela perioden", "Whole period"))
}

/// The heading of the rows of goals for the number of contacts.
pub(crate) const fn subject_of_goal(language: Language) -> &'static str {
    language.of(("Yhteydenotot", "Kontakter", "Contacts"))
}

/// The breakdown of a table with one figure.
pub(crate) const fn line_and_month(language: Language) -> &'static str {
    language.of(("linjoittain ja kuukausittain", "per linje och månad", "by line and month"))
}

/// The heading of the column of goals.
pub(crate) const fn target(language: Language) -> &'static str {
    language.of(("Tavoite", "Mål", "Goal"))
}

/// The heading of the rows of goals.
pub(crate) const fn indicator(language: Language) -> &'static str {
    language.of(("Mittari", "Indikator", "Indicator"))
}

/// The name of a subject.
pub(crate) fn subject(subject: &Subject, data: &ReportData, language: Language) -> String {
    match subject {
        Subject::Line(line) => data.lines[*line].name.of(language).to_owned(),
        Subject::Group(_, group) => {
            let mut lines = data.lines.iter().enumerate().filter(|(index, line)| subject.holds(*index, line));
            match (lines.next().map(|(_, line)| line), lines.next()) {
                (Some(ReportLine { group_name: Some(name), .. }), _) => name.of(language).to_owned(),
                // The text under `group` is the name of the group. A single line says more.
                (Some(line), None) => line.name.of(language).to_owned(),
                _ => group.clone(),
            }
        }
        Subject::Channel(channel) => language
            .of(match channel {
                Channel::Phone => ("Puhelut yhteensä", "Samtal totalt", "All calls"),
                Channel::Chat => ("Chatit yhteensä", "Chattar totalt", "All chats"),
                Channel::Sms => ("Tekstiviestit yhteensä", "Textmeddelanden totalt", "All text messages"),
            })
            .to_owned(),
        Subject::All => language.of(("Kaikki yhteensä", "Alla kontakter", "All contacts")).to_owned(),
    }
}

/// The name of a period. The name of an incomplete month or quarter has its first and last day.
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

/// The label of the total over all periods, in a chart.
pub(crate) const fn whole_period_short(language: Language) -> &'static str {
    language.of(("koko jakso", "hela", "whole"))
}

/// The short name of a period in a chart, with a star if only a part of it is in the report.
pub(crate) fn short_period(of: &Period, with_year: bool, language: Language) -> String {
    let Period { kind, start, end } = of;
    let year = if with_year { format!(" {:02}", start.year % 100) } else { String::new() };
    let star = |is_whole: bool| if is_whole { "" } else { "*" };
    let is_edge =
        |edge: &Moment, months: u8| edge.is_midnight() && edge.day == 1 && (edge.month - 1).is_multiple_of(months);
    match kind {
        PeriodKind::Month => {
            let name = language.of(match start.month {
                1 => ("tammi", "jan", "Jan"),
                2 => ("helmi", "feb", "Feb"),
                3 => ("maalis", "mars", "Mar"),
                4 => ("huhti", "apr", "Apr"),
                5 => ("touko", "maj", "May"),
                6 => ("kesä", "juni", "Jun"),
                7 => ("heinä", "juli", "Jul"),
                8 => ("elo", "aug", "Aug"),
                9 => ("syys", "sep", "Sep"),
                10 => ("loka", "okt", "Oct"),
                11 => ("marras", "nov", "Nov"),
                _ => ("joulu", "dec", "Dec"),
            });
            format!("{name}{year}{}", star(is_edge(start, 1) && is_edge(end, 1)))
        }
        PeriodKind::Quarter => {
            format!("Q{}{year}{}", (start.month - 1) / 3 + 1, star(is_edge(start, 3) && is_edge(end, 3)))
        }
        PeriodKind::Day => format!("{}.{}.{}", start.day, start.month, star(start.is_midnight() && end.is_midnight())),
        PeriodKind::Hour => format!("{}{}", start.hour, star(start.minute == 0 && end.minute == 0)),
        PeriodKind::Whole => period(of, language),
    }
}

/// The name of an hour, with minutes if the hour is incomplete.
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

/// The note under a table.
pub(crate) fn note(topic: TableTopic, data: &ReportData, contacts: &str, language: Language) -> String {
    let whole = whole(data);
    let period = period(&whole, language);
    let unfinished = if data.as_of.is_before(whole.end) { not_over(language) } else { "" };
    let (zone, source, as_of) = (&data.time_zone, topic.source(language), moment(data.as_of, language));
    let complete = data.history_is_complete;
    match language {
        Language::Fi => {
            let history = if complete {
                "Tapahtumahistoria alkaa riittävän ajoissa."
            } else {
                "Tapahtumahistoria alkaa liian myöhään: luvuista voi puuttua aiempia yhteydenottoja."
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
                "Händelsehistoriken börjar för sent: tidigare kontakter kan saknas i siffrorna."
            };
            format!(
                "Period {period}, tidszon {zone}. Läget den {as_of}.{unfinished} Antal kontakter: {contacts}. {history} \
                 Beräkningsregler: {source}."
            )
        }
        Language::En => {
            let history = if complete {
                "The event history reaches back far enough."
            } else {
                "The event history does not reach back far enough: earlier contacts may be missing."
            };
            format!(
                "Period {period}, time zone {zone}. As of {as_of}.{unfinished} Contacts: {contacts}. {history} \
                 Rules: {source}."
            )
        }
    }
}

/// The remark about an unfinished period.
const fn not_over(language: Language) -> &'static str {
    language.of((" Jakso on vielä kesken.", " Perioden pågår fortfarande.", " The period is not over yet."))
}

/// All periods together.
pub(crate) fn whole(data: &ReportData) -> Period {
    let (first, last) = (data.periods.first(), data.periods.last());
    let (first, last) = (first.expect("a report has a period"), last.expect("a report has a period"));
    Period { kind: PeriodKind::Whole, start: first.start, end: last.end }
}

/// The text in place of a hidden number of contacts.
pub(crate) const fn not_shown(language: Language) -> &'static str {
    language.of(("ei näytetä", "visas inte", "not shown"))
}

/// The explanation of n and of totals.
pub(crate) const fn reading(language: Language) -> &'static str {
    language.of((
        "Suluissa on n eli niiden yhteydenottojen, lopputulosten tai vastausten määrä, joista prosentti, keskiarvo tai \
         NPS on laskettu. Yhteensä-riveillä on laskettu yhteen lukumäärät, ei prosentteja eikä keskiarvoja.",
        "Inom parentes anges n, antalet kontakter, utfall eller svar som procenttalet, medeltalet eller NPS har beräknats \
         på. På summaraderna har antalen summerats, inte procenttalen eller medeltalen.",
        "In brackets: n, the number of contacts, outcomes or answers behind a percentage, mean or NPS. Totals add up \
         counts, not percentages or means.",
    ))
}

/// The period that a callback belongs to.
pub(crate) const fn callbacks(language: Language) -> &'static str {
    language.of((
        "Takaisinsoittona hoidettu yhteydenotto kuuluu jaksoon, jolla asiakas pyysi takaisinsoittoa; odotusaika kuuluu \
         jaksoon, jolla asiakas tavoitettiin.",
        "En kontakt som skötts genom återuppringning räknas till den period då kunden begärde återuppringning; väntetiden \
         räknas till den period då kunden nåddes.",
        "A contact handled by callback counts in the period in which the customer requested the callback; its wait counts \
         in the period in which the customer was reached.",
    ))
}

/// From where waits count: for all lines, or for the lines that count otherwise.
pub(crate) fn waits_from(data: &ReportData, language: Language) -> String {
    let of = |wanted: Option<WaitFrom>| {
        let lines = data.lines.iter().filter(|line| line.wait_from == wanted);
        lines.map(|line| line.name.of(language)).collect::<Vec<_>>()
    };
    let (in_queue, by_date) = (of(Some(WaitFrom::Queue)), of(None));
    let all_in_queue = in_queue.len() == data.lines.len();
    let rule = if all_in_queue {
        (
            "Odotusajat lasketaan jonoon tulosta; jos se ei ole tiedossa, saapumisesta.",
            "Väntetiderna räknas från att kontakten kom i kö; om det inte är känt, från att den inkom.",
            "Waits count from entering the queue; from the arrival where that is not known.",
        )
    } else {
        (
            "Odotusajat lasketaan saapumisesta.",
            "Väntetiderna räknas från att kontakten inkom.",
            "Waits count from the arrival.",
        )
    };
    let mut words = language.of(rule).to_owned();
    let mut except = |lines: &[&str], texts: Texts| {
        if !lines.is_empty() {
            words = format!("{words} {}: {}.", language.of(texts), lines.join(", "));
        }
    };
    if !all_in_queue {
        except(
            &in_queue,
            ("Jonoon tulosta lasketaan", "Från att kontakten kom i kö räknas", "From entering the queue"),
        );
    }
    except(&by_date, ("Laskutapa muuttui", "Räknesättet ändrades", "By a rule that changed"));
    words
}

/// The footnote of callback shares.
pub(crate) const fn of_the_handled(language: Language) -> &'static str {
    language.of((
        "¹ Osuus hoidetuista yhteydenotoista, ei kaikista päättyneistä jonotuksista, koska yhteenkään puheluun ei \
         vastattu linjapuheluna.",
        "¹ Andel av de skötta kontakterna, inte av alla som köat, eftersom inget samtal besvarades direkt.",
        "¹ Share of contacts handled, not of contacts decided, because no call was answered live.",
    ))
}

/// The explanation of the symbol for no data.
pub(crate) const fn no_data(language: Language) -> &'static str {
    language.of(("-  ei tietoja: n on 0.", "-  inga uppgifter: n är 0.", "-  no data: n is 0."))
}

/// The explanation of the word for a closed line.
pub(crate) const fn closed(language: Language) -> &'static str {
    language.of((
        "suljettu  linja ei ollut jakson aikana auki.",
        "stängt  linjen var inte öppen under perioden.",
        "closed  the line was not open during the period.",
    ))
}

/// The explanation of the words for an unknown cell.
pub(crate) const fn not_known(language: Language) -> &'static str {
    language.of((
        "ei tiedossa  tapahtumahistoria alkaa jakson aikana tai sen jälkeen.",
        "okänt  händelsehistoriken börjar under perioden eller efter den.",
        "not known  the event history begins during or after the period.",
    ))
}

/// The explanation of the words for contacts that are not compared with a goal.
pub(crate) const fn not_comparable(language: Language) -> &'static str {
    language.of((
        "ei verrata  tavoite koskee kokonaista kuukautta: jaksolla on kuukauden osa, jakso on kesken tai jollakin sen \
         kuukaudella ei ole tavoitetta.",
        "jämförs inte  målet gäller en hel månad: perioden har en del av en månad, pågår fortfarande eller har en månad \
         utan mål.",
        "not compared  the goal is for a whole month: the period has a part of a month, is not over, or has a month without \
         a goal.",
    ))
}

/// The explanation of the symbol for a hidden cell.
pub(crate) fn hidden(language: Language) -> String {
    let few = FEWEST_SHOWN;
    match language {
        Language::Fi => format!(
            "..  salattu: luku koskee alle {few} henkilöä, tai sen avulla voisi laskea tällaisen luvun. Nolla näytetään."
        ),
        Language::Sv => format!(
            "..  dold uppgift: talet gäller färre än {few} personer, eller gör det möjligt att räkna ut ett sådant tal. Noll \
             visas."
        ),
        Language::En => format!(
            "..  hidden: the number concerns fewer than {few} people, or would allow such a number to be computed. Zero is \
             shown."
        ),
    }
}
