//! The columns file of `import`: how the rows of a call record file are understood.
//!
//! ```toml
//! separator = ";"
//! time_zone = "Europe/Helsinki"
//! [formats]
//! date_time = "%d.%m.%Y %H:%M:%S"
//! duration = "hh:mm:ss"
//! [columns]
//! queue = "Jono"
//! arrived = "Saapui"
//! wait = "Odotus"
//! result = "Tulos"
//! [queues]
//! "Palveluneuvonta" = "mipa"
//! [results]
//! "Vastattu" = "answered"
//! ```

mod cells;
mod completeness;
mod words;

use ensilinja_model::LineId;
use ensilinja_wire::call_records::{
    CallRecordColumns, CallRecordLayout, CallRecordRules, CallText, ColumnKey, LineRule, RepeatedTime, TextEncoding,
    VisitRule,
};
use toml::de::DeValue;

use self::cells::CellReader;
use crate::error::ConfigError;
use crate::section::{Expected, Section, TomlText};
use crate::value::{flag, time_zone, whole_number, word};

/// A columns file, resolved.
#[derive(Clone, Debug)]
pub struct ColumnsFile {
    /// The form of the files.
    pub layout: CallRecordLayout,
    /// The meaning of their rows.
    pub rules: CallRecordRules,
}

const SEPARATOR: &str = "separator";
const ENCODING: &str = "encoding";
const QUOTES: &str = "quotes";
const HEADER: &str = "header";
const SKIP_ROWS: &str = "skip_rows";
const TIME_ZONE: &str = "time_zone";
const REPEATED_TIME: &str = "repeated_time";
const DECIMAL: &str = "decimal";
const EMPTY: &str = "empty";
const VISITS: &str = "visits";
const IDENTITY: &str = "identity";

const KEYS: [&str; 21] = [
    SEPARATOR,
    ENCODING,
    QUOTES,
    HEADER,
    SKIP_ROWS,
    TIME_ZONE,
    REPEATED_TIME,
    DECIMAL,
    EMPTY,
    VISITS,
    IDENTITY,
    words::LINE,
    words::IGNORE,
    words::OTHERWISE,
    words::QUEUES,
    words::RESULTS,
    words::OUTCOMES,
    words::ANSWERS,
    words::CALLBACKS,
    cells::FORMATS,
    cells::COLUMNS,
];

/// Reads a columns file. `file` is its name in messages; with `lines`, every line it names must be one of them.
///
/// # Errors
/// What is wrong, in one line.
pub fn parse_columns(file: &str, text: &str, lines: Option<&[LineId]>) -> Result<ColumnsFile, ConfigError> {
    let document = TomlText { file, text };
    let tables = document.tables()?;
    let root = Section::open(document, "", tables.span(), tables.get_ref(), &KEYS)?;
    let layout = layout(&root)?;
    let mut reader = CellReader::new(&root, layout.header)?;
    let queue = reader.texts()?.remove(&CallText::Queue);
    let line = words::line(&root, queue, lines)?;
    let columns = CallRecordColumns {
        texts: reader.texts()?,
        times: reader.times()?,
        attempts: reader.attempts()?,
        durations: reader.durations()?,
        identity: identity(&root, &mut reader, &line)?,
        set: reader.into_set(),
    };
    let rules = CallRecordRules {
        line,
        results: words::results(&root)?,
        otherwise: words::otherwise(&root)?,
        outcomes: words::outcomes(&root)?,
        answers: words::answers(&root)?,
        callbacks: words::callbacks(&root)?,
        visits: root
            .optional(VISITS, |value| word(value, VisitRule::ALL, VisitRule::as_str))?
            .unwrap_or(VisitRule::StartTime),
        zone: root.required(
            TIME_ZONE,
            "the name of the time zone of the file's times, such as \"Europe/Helsinki\"",
            time_zone,
        )?,
        repeated_time: root
            .optional(REPEATED_TIME, |value| word(value, RepeatedTime::ALL, RepeatedTime::as_str))?
            .unwrap_or(RepeatedTime::Refused),
        decimal: root.optional(DECIMAL, decimal)?.unwrap_or('.'),
        empty: words::texts(&root, EMPTY, "a list of cells that say nothing, such as [\"-\"]")?,
        columns,
    };
    completeness::check(&root, &rules)?;
    Ok(ColumnsFile { layout, rules })
}

fn layout(root: &Section<'_>) -> Result<CallRecordLayout, ConfigError> {
    Ok(CallRecordLayout {
        encoding: root
            .optional(ENCODING, |value| word(value, TextEncoding::ALL, TextEncoding::as_str))?
            .unwrap_or(TextEncoding::Utf8),
        separator: root.optional(SEPARATOR, separator)?.unwrap_or(b','),
        quotes: root.optional(QUOTES, flag)?.unwrap_or(true),
        skipped_rows: root.optional(SKIP_ROWS, |value| whole_number(value, 0..=1000))?.unwrap_or(0),
        header: root.optional(HEADER, flag)?.unwrap_or(true),
    })
}

/// The columns that identify a row without an id: those that are listed, or what is known when a contact ends.
fn identity(
    root: &Section<'_>,
    reader: &mut CellReader<'_, '_>,
    line: &LineRule,
) -> Result<Vec<ColumnKey>, ConfigError> {
    const EXPECTED: &str = "a list of columns that identify a row together, such as [\"Jono\", \"Saapui\"]";
    if !root.has(IDENTITY) {
        let queue = match line {
            LineRule::ByQueue { column, .. } => Some(*column),
            LineRule::One(_) => None,
        };
        return Ok(queue.into_iter().chain(reader.lasting_columns()?).collect());
    }
    let listed = root.required(IDENTITY, EXPECTED, |value| match value {
        DeValue::Array(items) if !items.is_empty() => Ok(items),
        _ => Err(EXPECTED.into()),
    })?;
    listed.iter().map(|item| reader.column(root, IDENTITY, item)).collect()
}

fn separator(value: &DeValue<'_>) -> Result<u8, Expected> {
    match value.as_str() {
        Some(",") => Ok(b','),
        Some(";") => Ok(b';'),
        Some("|") => Ok(b'|'),
        Some("\t" | "tab") => Ok(b'\t'),
        _ => Err("one of \",\", \";\", \"tab\", \"|\"".into()),
    }
}

fn decimal(value: &DeValue<'_>) -> Result<char, Expected> {
    match value.as_str() {
        Some(".") => Ok('.'),
        Some(",") => Ok(','),
        _ => Err("\".\" or \",\"".into()),
    }
}

#[cfg(test)]
mod tests {
    use ensilinja_wire::call_records::{CallRecordReader, RowContent};

    use super::*;

    const COLUMNS: &str = r#"
separator = ";"
encoding = "windows-1252"
decimal = ","
time_zone = "Europe/Helsinki"
empty = ["-"]
otherwise = "abandoned"
ignore = ["agent-*"]
[formats]
date_time = "%d.%m.%Y %H:%M:%S"
date = "%d.%m.%Y"
time = "%H.%M"
duration = "hh:mm:ss"
[columns]
id = "Id"
queue = "Jono"
arrived = { date = "Pvm", time = "Klo" }
ended = { column = "Loppu", format = "%Y-%m-%d %H:%M" }
answered = "Vastattu"
wait = "Odotus"
talk = { column = 8, format = "minutes" }
result = "Tulos"
outcome = "Jatko"
nps = "NPS"
callback_attempts = ["Soitto 1", { column = "Soitto 2", format = "%Y-%m-%d %H:%M" }]
[queues]
"Palveluneuvonta" = "mipa"
"neuvola*" = "neuvola"
[results]
"Vastattu" = "answered"
"Ei vastattu" = "abandoned"
[outcomes]
"Hoidettu" = "handled"
"Testi" = "ignored"
"#;

    const HEADER: [&str; 13] = [
        "Id", "Jono", "Pvm", "Klo", "Loppu", "Vastattu", "Odotus", "Puhe", "Tulos", "Jatko", "NPS", "Soitto 1",
        "Soitto 2",
    ];

    fn lines() -> Vec<LineId> {
        ["mipa", "neuvola"].map(|id| LineId::parse(id).unwrap()).to_vec()
    }

    fn parsed(text: &str) -> Result<ColumnsFile, String> {
        parse_columns("c.toml", text, Some(&lines())).map_err(|refusal| refusal.to_string())
    }

    #[test]
    fn a_columns_file_becomes_rules_that_read_a_row() {
        let ColumnsFile { layout, rules } = parsed(COLUMNS).unwrap();
        let expected = CallRecordLayout {
            encoding: TextEncoding::Windows1252,
            separator: b';',
            quotes: true,
            skipped_rows: 0,
            header: true,
        };
        assert_eq!(layout, expected);
        let reader = CallRecordReader::new(rules, &HEADER).unwrap();
        let row = [
            "c-1",
            "NEUVOLA 2",
            "16.9.2025",
            "9.05",
            "2025-09-16 09:20",
            "-",
            "0:01:00",
            "2,5",
            "vastattu",
            "hoidettu",
            "10",
            "16.9.2025 10:00:00",
            "",
        ];
        let Ok(RowContent::Contact(contact)) = reader.read(&row) else { panic!("a contact") };
        assert_eq!(contact.line.as_str(), "neuvola");
        assert_eq!(contact.facts.len(), 6, "offered, answered, ended, attempted, outcome, nps");
        assert!(contact.left_out.is_empty());
    }

    #[test]
    fn a_row_without_an_id_is_identified_by_what_does_not_change_later() {
        let id = |text: &str, changes: &[(usize, &'static str)]| {
            let reader = CallRecordReader::new(parsed(text).unwrap().rules, &HEADER).unwrap();
            let mut row =
                ["", "neuvola", "16.9.2025", "9.05", "", "", "0:01:00", "2,5", "vastattu", "hoidettu", "10", "", ""];
            for (place, cell) in changes {
                row[*place] = cell;
            }
            match reader.read(&row) {
                Ok(RowContent::Contact(contact)) => contact.contact,
                _ => panic!("a contact"),
            }
        };
        assert_eq!(id(COLUMNS, &[(9, "testi"), (10, "9"), (11, "16.9.2025 10:00:00")]), id(COLUMNS, &[]));
        for other in [(1, "neuvola 2"), (3, "9.06"), (6, "0:01:01"), (7, "2,6")] {
            assert_ne!(id(COLUMNS, &[other]), id(COLUMNS, &[]), "{other:?}");
        }
        let own = COLUMNS.replace("empty =", "identity = [\"Pvm\", \"Klo\", 11]\nempty =");
        assert_eq!(id(&own, &[(6, "0:01:01")]), id(&own, &[]));
        assert_ne!(id(&own, &[(10, "9")]), id(&own, &[]));
    }

    #[test]
    fn what_is_wrong_is_said_in_one_line_with_its_place() {
        for (from, to, expected) in [
            ("separator = \";\"", "separator = \"x\"", "2: separator is \"x\"; it should be one of \",\", \";\""),
            ("windows-1252", "latin", "encoding is \"latin\"; it should be one of \"utf-8\", \"windows-1252\""),
            ("decimal = \",\"", "decimal = 1", "decimal is 1; it should be \".\" or \",\""),
            ("time_zone = \"Europe/Helsinki\"\n", "", "time_zone is missing; it should be the name of the time zone"),
            ("Europe/Helsinki", "Helsinki", "time_zone is \"Helsinki\""),
            ("separator =", "seperator =", "seperator is unknown; did you mean separator?"),
            ("date_time = \"%d.%m.%Y %H:%M:%S\"\n", "", "formats.date_time is missing; it should be a pattern of a"),
            ("\"%d.%m.%Y %H:%M:%S\"", "\"dd.mm.yyyy\"", "formats.date_time is \"dd.mm.yyyy\"; it should be a pattern"),
            ("duration = \"hh:mm:ss\"\n", "", "formats.duration is missing; it should be how durations are written"),
            ("\"minutes\"", "\"min\"", "columns.talk.format is \"min\"; it should be one of \"hh:mm:ss\""),
            ("arrived = {", "arived = {", "columns.arived is unknown; did you mean arrived?"),
            ("time = \"Klo\" }", "tme = \"Klo\" }", "columns.arrived.tme is unknown; did you mean time?"),
            (", time = \"Klo\" }", " }", "columns.arrived.time is missing; it should be the name of a column"),
            ("time = \"Klo\" }", "time = \"Klo\", format = \"x\" }", "it should be left out beside date and time"),
            ("answered = \"Vastattu\"", "answered = 0", "columns.answered is 0; it should be the name or number"),
            ("wait = \"Odotus\"", "wait = []", "columns.wait is an empty list; it should be the name or number"),
            ("queue = \"Jono\"\n", "", "queues is a table; it should be left out without columns.queue"),
            (
                "\"mipa\"",
                "\"mippa\"",
                "queues.\"Palveluneuvonta\" is \"mippa\"; it should be the id of a line: did you",
            ),
            ("\"neuvola*\" =", "\"AGENT-*\" =", "queues.\"AGENT-*\" is a key; it should be a word of its own"),
            ("\"answered\"", "\"lost\"", "results.\"Vastattu\" is \"lost\"; it should be one of \"answered\""),
            ("\"handled\"", "\"done\"", "outcomes.\"Hoidettu\" is \"done\"; it should be one of \"handled\""),
            ("[outcomes]\n\"Hoidettu\" = \"handled\"\n\"Testi\" = \"ignored\"\n", "", "outcomes is missing; it should"),
            ("empty = [\"-\"]", "empty = [\"\"]", "empty is \"\"; it should be a text that is not empty"),
            ("empty = [\"-\"]", "header = false", "the number of a column, because header is false"),
            ("empty = [\"-\"]", "line = \"mipa\"", "line is \"mipa\"; it should be left out beside columns.queue"),
            ("[formats]", "[formats", "is not TOML"),
        ] {
            let refusal = parsed(&COLUMNS.replacen(from, to, 1)).unwrap_err();
            assert!(refusal.contains(expected) && refusal.starts_with("c.toml:"), "{expected}\n{refusal}");
            assert!(!refusal.contains('\n'), "{refusal}");
        }
    }

    #[test]
    fn a_file_with_one_line_and_without_a_header_needs_no_names() {
        let text = r#"
header = false
line = "mipa"
time_zone = "Europe/Helsinki"
otherwise = "abandoned"
[formats]
date_time = "%Y-%m-%d %H:%M:%S"
duration = "seconds"
[columns]
arrived = 1
wait = 2
"#;
        let rules = parsed(text).unwrap().rules;
        let reader = CallRecordReader::new(rules, &["2025-09-16 10:00:00", "7"]).unwrap();
        let Ok(RowContent::Contact(contact)) = reader.read(&["2025-09-16 10:00:00", "7"]) else { panic!("a contact") };
        assert_eq!((contact.line.as_str(), contact.facts.len()), ("mipa", 2));
        for zone in ["Etc/UTC", "UTC", "Etc/GMT-2"] {
            assert!(parsed(&text.replace("Europe/Helsinki", zone)).is_ok(), "{zone}");
        }
        let refusal = parsed(&text.replace("arrived = 1\n", "")).unwrap_err();
        assert!(refusal.contains("columns.arrived is missing; it should be the column with the time of"), "{refusal}");
        let refusal = parsed(&text.replace("otherwise = \"abandoned\"\n", "")).unwrap_err();
        assert!(refusal.contains("columns.result is missing; it should be the column with what came of"), "{refusal}");
        let nowhere = parse_columns("c.toml", &text.replace("\"mipa\"", "\"other\""), None);
        assert!(nowhere.is_ok(), "without a configuration any line may be named");
    }
}
