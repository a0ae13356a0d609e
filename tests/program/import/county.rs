//! The simulated county, written as the call records of offices in several dialects and imported, has the figures of
//! its own events, to the second.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::sync::atomic::AtomicBool;

use ensilinja::commands::simulate::event_file_writer;
use ensilinja_model::{AttemptResult, EventTime, Fact, FeedbackAnswer, Stage, Survey};
use ensilinja_sim::{County, Disorder, Generator, SimEvent};
use ensilinja_test_support::TemporaryFolder;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::command_line::{printed, run};

const DAY_MS: i64 = 24 * 3_600_000;

/// A week in September, without a change of the clocks.
const SEPTEMBER: EventTime = EventTime::from_seconds(1_757_883_600);

/// 2025-10-25: the clocks go back on the next day.
const AUTUMN: EventTime = EventTime::from_seconds(1_761_339_600);

/// Contacts that arrive on three days, with all that happens to them in twelve days, by leg. A leg that never comes to
/// a decision is in no file of call records, and neither is one that was retracted.
fn legs(from: EventTime) -> BTreeMap<(String, String, Option<String>), Vec<SimEvent>> {
    let generator = Generator::new(&County::oma_hame(), 11, from, 1.0);
    let mut legs = BTreeMap::<_, Vec<SimEvent>>::new();
    for event in generator.take_while(|event| event.reported_at < from.plus_millis(12 * DAY_MS)) {
        let leg = (event.contact.clone(), event.line.as_str().to_owned(), event.visit.clone());
        legs.entry(leg).or_default().push(event);
    }
    let is_decided =
        |fact: Fact| matches!(fact, Fact::Answered | Fact::Abandoned(_) | Fact::CallbackRequested | Fact::Transferred);
    legs.retain(|_, events| {
        arrival(events) < from.plus_millis(3 * DAY_MS) && events.iter().any(|event| is_decided(event.fact))
    });
    legs
}

fn arrival(events: &[SimEvent]) -> EventTime {
    events.iter().map(|event| event.at).min().unwrap()
}

/// What an office would export of one leg.
#[derive(Default)]
struct OfficeRow {
    times: BTreeMap<&'static str, EventTime>,
    words: BTreeMap<&'static str, String>,
}

impl OfficeRow {
    /// `None` for a leg that was retracted.
    fn of(events: &[SimEvent]) -> Option<Self> {
        let mut row = Self::default();
        let requested = events.iter().any(|event| event.fact == Fact::CallbackRequested);
        row.times.insert("arrived", arrival(events));
        row.words.insert("id", events[0].contact.clone());
        row.words.insert("queue", format!("Jono ä {}", events[0].line));
        let mut attempts = 0;
        for SimEvent { at, fact, .. } in events {
            let mut earliest = |name| {
                let known = row.times.entry(name).or_insert(*at);
                *known = (*known).min(*at);
            };
            match fact {
                Fact::Offered => {}
                Fact::Queued => earliest("queued"),
                Fact::Answered => earliest("answered"),
                Fact::Abandoned(_) => earliest("left"),
                Fact::CallbackRequested => earliest("requested"),
                Fact::CallbackAttempted(result) => {
                    earliest(["attempt 1", "attempt 2", "attempt 3", "attempt 4"][attempts]);
                    attempts += 1;
                    if *result == AttemptResult::Reached {
                        earliest("reached");
                    }
                }
                Fact::CallbackReached => earliest("reached"),
                Fact::CallbackClosed(result) => {
                    earliest("closed");
                    row.words.insert("callback", result.as_str().to_owned());
                }
                Fact::Transferred => earliest("transferred"),
                Fact::Ended => earliest(if requested { "callback ended" } else { "ended" }),
                Fact::OutcomeRecorded(outcome) => {
                    if row.times.get("outcome at").is_none_or(|known| known < at) {
                        row.times.insert("outcome at", *at);
                        row.words.insert("outcome", outcome.as_str().to_owned());
                    }
                }
                Fact::FeedbackReceived(answer) => {
                    row.times.insert("feedback at", *at);
                    let (name, word) = match answer {
                        FeedbackAnswer::Nps(score) => ("nps", score.get().to_string()),
                        FeedbackAnswer::Survey(Survey::Solved, answer) => ("solved", answer.as_str().to_owned()),
                        FeedbackAnswer::Survey(Survey::Continues, answer) => ("continues", answer.as_str().to_owned()),
                    };
                    row.words.insert(name, word);
                }
                other => {
                    assert_eq!(*other, Fact::Retracted, "the simulator states another fact");
                    return None;
                }
            }
        }
        row.words.insert("result", result(events).to_owned());
        Some(row)
    }
}

fn result(events: &[SimEvent]) -> &'static str {
    let stage = events.iter().find_map(|event| match event.fact {
        Fact::Abandoned(stage) => Some(stage),
        _ => None,
    });
    let has = |fact| events.iter().any(|event| event.fact == fact);
    match stage {
        _ if has(Fact::Answered) => "Vastattu",
        _ if has(Fact::CallbackRequested) => "Takaisinsoitto",
        Some(Stage::Menu) => "Luopui valikossa",
        Some(Stage::Queue) => "Luopui jonossa",
        Some(Stage::Ringing) => "Luopui hälytyksen aikana",
        None => "Siirretty",
    }
}

/// How an office writes its file.
struct Dialect {
    name: &'static str,
    from: EventTime,
    /// The lines of the columns file before its tables.
    head: &'static str,
    separator: &'static str,
    /// How times are written, and whether date and time of the arrival are apart.
    date_time: &'static str,
    arrival_apart: bool,
    /// Waits and conversations as durations, in this format, instead of the times of answer and end.
    durations: Option<&'static str>,
    ids: bool,
    latin: bool,
    newline: &'static str,
    /// The unit of times, in ms.
    unit_ms: i64,
}

const DIALECTS: [Dialect; 4] = [
    Dialect {
        name: "semicolons",
        from: SEPTEMBER,
        head: "separator = \";\"\nempty = [\"-\"]\n",
        separator: ";",
        date_time: "%d.%m.%Y %H:%M:%S",
        arrival_apart: false,
        durations: None,
        ids: true,
        latin: false,
        newline: "\r\n",
        unit_ms: 1000,
    },
    Dialect {
        name: "latin",
        from: SEPTEMBER,
        head: "separator = \"tab\"\nencoding = \"windows-1252\"\nempty = [\"-\"]\n",
        separator: "\t",
        date_time: "%-d.%-m.%Y %-H.%M.%S",
        arrival_apart: true,
        durations: Some("hh:mm:ss"),
        ids: true,
        latin: true,
        newline: "\n",
        unit_ms: 1000,
    },
    Dialect {
        name: "american",
        from: SEPTEMBER,
        head: "separator = \"|\"\ndecimal = \",\"\nempty = [\"-\"]\n",
        separator: "|",
        date_time: "%m/%d/%Y %I:%M:%S %p",
        arrival_apart: true,
        durations: Some("minutes"),
        ids: false,
        latin: false,
        newline: "\n",
        unit_ms: 1000,
    },
    Dialect {
        name: "exact",
        from: AUTUMN,
        head: "",
        separator: ",",
        date_time: "%Y-%m-%dT%H:%M:%S%.3f%:z",
        arrival_apart: false,
        durations: None,
        ids: true,
        latin: false,
        newline: "\n",
        unit_ms: 1,
    },
];

/// The key in `[columns]`, the name of the column, and whether it has times.
const COLUMNS: [(&str, &str, bool); 18] = [
    ("id", "id", false),
    ("queue", "queue", false),
    ("result", "result", false),
    ("queued", "queued", true),
    ("answered", "answered", true),
    ("left", "left", true),
    ("transferred", "transferred", true),
    ("ended", "ended", true),
    ("callback_requested", "requested", true),
    ("callback_reached", "reached", true),
    ("callback_closed", "closed", true),
    ("callback_ended", "callback ended", true),
    ("callback_result", "callback", false),
    ("outcome", "outcome", false),
    ("outcome_at", "outcome at", true),
    ("nps", "nps", false),
    ("solved", "solved", false),
    ("continues", "continues", false),
];

const ATTEMPTS: [&str; 4] = ["attempt 1", "attempt 2", "attempt 3", "attempt 4"];

const WORDS: &str = r#"
[results]
"vastattu" = "answered"
"takaisinsoitto" = "callback_requested"
"luopui valikossa" = "abandoned_menu"
"luopui jonossa" = "abandoned"
"luopui hälytyksen aikana" = "abandoned_ringing"
"siirretty*" = "transferred"
[outcomes]
handled = "handled"
continues_county = "continues_county"
continues_hyte = "continues_hyte"
other = "other"
[answers]
yes = "yes"
no = "no"
[callbacks]
purged = "purged"
expired = "expired"
unreached = "unreached"
duplicate = "duplicate"
cancelled = "cancelled"
"#;

impl Dialect {
    /// The columns of the file that are in use, in order.
    fn names(&self) -> Vec<&'static str> {
        let apart: &[&str] = if self.arrival_apart { &["date", "time"] } else { &["arrived"] };
        let durations: &[&str] = if self.durations.is_some() { &["wait", "talk"] } else { &[] };
        let is_used = |name: &&str| {
            (self.ids || *name != "id") && (self.durations.is_none() || !["answered", "ended", "left"].contains(name))
        };
        let own = COLUMNS.iter().map(|(_, name, _)| *name).filter(is_used);
        own.chain(apart.iter().copied())
            .chain(durations.iter().copied())
            .chain(ATTEMPTS)
            .chain(["feedback at"])
            .collect()
    }

    fn columns_file(&self) -> String {
        let (date, time) = self.date_time.split_once(' ').unwrap_or((self.date_time, "%H:%M:%S"));
        let (date, time) = (date.replace("%-", "%"), time.replace("%-", "%"));
        let date_time = self.date_time.replace("%-", "%").replace("%.3f", "%.f");
        let mut text =
            format!("{}time_zone = \"Europe/Helsinki\"\n[formats]\ndate_time = \"{date_time}\"\n", self.head);
        if self.arrival_apart {
            write!(text, "date = \"{date}\"\ntime = \"{time}\"\n").unwrap();
        }
        if let Some(format) = self.durations {
            writeln!(text, "duration = \"{format}\"").unwrap();
        }
        text += "[columns]\n";
        let names = self.names();
        for (key, name, _) in COLUMNS.iter().filter(|(_, name, _)| names.contains(name)) {
            writeln!(text, "{key} = \"{name}\"").unwrap();
        }
        let arrived = if self.arrival_apart { "{ date = \"date\", time = \"time\" }" } else { "\"arrived\"" };
        writeln!(text, "arrived = {arrived}\ncallback_attempts = {ATTEMPTS:?}\nfeedback_at = \"feedback at\"").unwrap();
        if self.durations.is_some() {
            text += "wait = \"wait\"\ntalk = \"talk\"\n";
        }
        text += "[queues]\n";
        for line in County::oma_hame().lines {
            writeln!(text, "\"jono ä {0}\" = \"{0}\"", line.id).unwrap();
        }
        text + WORDS
    }

    fn cell(&self, row: &OfficeRow, name: &str) -> String {
        let at = |name: &str| row.times.get(name).copied();
        let written = |at: EventTime, pattern: &str| {
            let zoned = Timestamp::from_millisecond(at.as_millis()).unwrap().to_zoned(helsinki());
            zoned.strftime(pattern).to_string()
        };
        let (date, time) = self.date_time.split_once(' ').unwrap_or_default();
        let arrived = at("arrived").unwrap();
        // The end of the wait and of the conversation, as this row has them.
        let waited = at("answered").or(at("left"));
        let duration = |from: Option<EventTime>, until: Option<EventTime>| {
            let ms = until.zip(from).map(|(until, from)| until.floor_second() - from.floor_second());
            ms.map_or("-".to_owned(), |seconds| self.duration(seconds))
        };
        match name {
            "date" => written(arrived, date),
            "time" => written(arrived, time),
            "wait" => duration(Some(arrived), waited),
            "talk" => duration(at("answered"), at("ended")),
            name => match (at(name), row.words.get(name)) {
                (Some(at), _) => written(at, self.date_time),
                (None, Some(word)) => word.clone(),
                (None, None) => String::new(),
            },
        }
    }

    fn duration(&self, seconds: i64) -> String {
        match self.durations {
            Some("minutes") => {
                // Exact to a tenth of a millisecond.
                let decimals = (seconds % 60) * 1_000_000 / 60;
                format!("{},{decimals:06}", seconds / 60)
            }
            _ => format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60),
        }
    }

    fn file(&self, rows: &[OfficeRow]) -> Vec<u8> {
        let names = self.names();
        let mut lines = vec![names.join(self.separator)];
        for row in rows {
            let cells = names.iter().map(|name| {
                let cell = self.cell(row, name);
                // Half of the cells are in quotes.
                if cell.len().is_multiple_of(2) { format!("\"{cell}\"") } else { cell }
            });
            lines.push(cells.collect::<Vec<_>>().join(self.separator));
        }
        let text = lines.join(self.newline) + self.newline;
        if self.latin {
            text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect()
        } else {
            format!("\u{feff}{text}").into_bytes()
        }
    }
}

fn helsinki() -> TimeZone {
    TimeZone::get("Europe/Helsinki").unwrap()
}

#[test]
fn imported_rows_have_the_figures_of_the_events_in_every_dialect() {
    for dialect in &DIALECTS {
        let folder = TemporaryFolder::new("import");
        let path = |name: &str| folder.file(name).to_str().unwrap().to_owned();
        let legs = legs(dialect.from);
        let rows: Vec<OfficeRow> = legs.values().filter_map(|events| OfficeRow::of(events)).collect();
        assert!(rows.len() > 500, "{}: {} rows", dialect.name, rows.len());
        fs::write(path("calls.csv"), dialect.file(&rows)).unwrap();
        fs::write(path("calls.toml"), dialect.columns_file()).unwrap();
        let (status, _, err) =
            run(&["import", &path("calls.csv"), "--columns", &path("calls.toml"), "--output", &path("imported.jsonl")]);
        assert_eq!(status, Some(0), "{}: {err}", dialect.name);
        assert!(err.contains(&format!("rows={0} taken={0}", rows.len())), "{err}");

        let truncated = |event: &SimEvent| SimEvent {
            at: event.at.plus_millis(-event.at.as_millis().rem_euclid(dialect.unit_ms)),
            ..event.clone()
        };
        let events: Vec<SimEvent> = legs.values().flatten().map(truncated).collect();
        let publications = Disorder::NONE.publish(events.into_iter(), 1);
        let own = folder.file("own.jsonl");
        event_file_writer::write(&own, publications, &AtomicBool::new(false)).unwrap();
        let day = |days: i64| {
            let at = Timestamp::from_millisecond(dialect.from.plus_millis(days * DAY_MS).as_millis()).unwrap();
            at.to_zoned(helsinki()).date().to_string()
        };
        let period = ["--from", &day(0), "--to", &day(14), "--complete-since", &day(0), "--quiet"];
        for by in ["line", "hour"] {
            let report = |events: &str| {
                printed(&[&["report", "--events", events, "--by", by, "--format", "csv"], &period[..]].concat())
            };
            let (imported, expected) = (report(&path("imported.jsonl")), report(&path("own.jsonl")));
            assert_eq!(different_lines(&imported, &expected), [""; 0], "{}: report by {by}", dialect.name);
        }
        let replay = |events: &str| {
            let step = ["--step", "7h", "--format", "csv"];
            printed(&[&["replay", "--events", events], &step[..], &period[..]].concat())
        };
        let (imported, expected) = (replay(&path("imported.jsonl")), replay(&path("own.jsonl")));
        assert!(expected.lines().count() > 10_000, "{}", expected.lines().count());
        assert_eq!(different_lines(&imported, &expected), [""; 0], "{}: replay", dialect.name);
    }
}

/// The first lines that differ, each with both sides. Anomalies of the stream of events, such as an arrival that was
/// never told, are not in a file of call records.
fn different_lines(imported: &str, expected: &str) -> Vec<String> {
    let pairs = imported.lines().zip(expected.lines()).filter(|(imported, expected)| imported != expected);
    let pairs = pairs.filter(|(imported, _)| !imported.contains(",ensilinja_window_contacts_flagged,"));
    let mut different: Vec<String> = pairs.map(|(imported, expected)| format!("{imported}  <>  {expected}")).collect();
    if imported.lines().count() != expected.lines().count() {
        different.push(format!("{} lines  <>  {} lines", imported.lines().count(), expected.lines().count()));
    }
    different.truncate(20);
    different
}
