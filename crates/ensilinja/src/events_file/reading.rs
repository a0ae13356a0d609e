//! Reading a file of events, a line at a time; what is wrong with it is counted and said, without repeating any of it.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use anyhow::Context as _;
use ensilinja_model::Event;
use ensilinja_wire::{Decoder, Reason, Rejection};

use super::is_standard_stream;
use super::lines::{BUFFER_BYTES, LineEnd, next_line};

/// How many of the lines that are no event are pointed at.
const EXAMPLES: usize = 5;

/// What a file of events held.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileRead {
    /// Events handed over.
    pub events: u64,
    /// Lines that are no event, by reason.
    pub rejected: BTreeMap<Reason, u64>,
    /// The first few of those that are a fault, with their numbers from 1. An event of a type that is not read is none.
    pub examples: Vec<(u64, Rejection)>,
}

/// Hands every event of a file over, in the order of its lines, and says in the log what else was in it. The path `-`
/// is standard input.
///
/// # Errors
/// If the file cannot be read, or was cut off. What was handed over before is a part, and of no use.
pub fn read(path: &Path, decoder: &Decoder, mut handle: impl FnMut(Event)) -> anyhow::Result<FileRead> {
    let name = if is_standard_stream(path) { "standard input".to_owned() } else { path.display().to_string() };
    let read = if is_standard_stream(path) {
        read_lines(BufReader::with_capacity(BUFFER_BYTES, io::stdin().lock()), decoder, &mut handle)
    } else {
        let file = File::open(path).with_context(|| format!("cannot open {name}"))?;
        read_lines(BufReader::with_capacity(BUFFER_BYTES, file), decoder, &mut handle)
    };
    let read = read.with_context(|| format!("cannot read {name}"))?;
    say(&name, &read);
    Ok(read)
}

fn read_lines(mut source: impl BufRead, decoder: &Decoder, handle: &mut impl FnMut(Event)) -> anyhow::Result<FileRead> {
    let (mut read, mut line) = (FileRead::default(), Vec::new());
    for number in 1.. {
        let end = next_line(&mut source, &mut line).with_context(|| format!("line {number}"))?;
        let Some(end) = end else { break };
        if line.trim_ascii().is_empty() {
            continue;
        }
        match decoder.decode_value(&line) {
            Ok(event) => {
                read.events += 1;
                handle(event);
            }
            Err(rejection) if end == LineEnd::EndOfFile && may_be_cut_off(rejection) => anyhow::bail!(
                "it ends within line {number} ({rejection}, no newline): it was cut off while it was written or copied, \
                 and events are missing"
            ),
            Err(rejection) => {
                *read.rejected.entry(rejection.reason).or_default() += 1;
                if read.examples.len() < EXAMPLES && rejection.reason.goes_to_dead_letters() {
                    read.examples.push((number, rejection));
                }
            }
        }
    }
    Ok(read)
}

/// What is no whole event may be the beginning of one; what is an event of another type or line is whole.
fn may_be_cut_off(rejection: Rejection) -> bool {
    matches!(rejection.reason, Reason::Malformed | Reason::TooLarge)
}

fn say(name: &str, read: &FileRead) {
    let rejected: u64 = read.rejected.values().sum();
    tracing::info!(events = read.events, rejected, "read {name}");
    if rejected > 0 {
        let counts: Vec<String> =
            read.rejected.iter().map(|(reason, count)| format!("{count} {}", reason.as_str())).collect();
        let lines = read.events + rejected;
        tracing::warn!("{rejected} of the {lines} lines of {name} are left out: {}", counts.join(", "));
    }
    for (number, rejection) in &read.examples {
        tracing::warn!("{name}, line {number}: {rejection}. {}", rejection.detail.advice());
    }
}

#[cfg(test)]
mod tests {
    use ensilinja_model::{EventTime, Fact, LineId};
    use ensilinja_wire::{Detail, MAX_VALUE_BYTES, Statement, encode_structured};

    use super::*;

    fn decoder() -> Decoder {
        Decoder::new(&[LineId::parse("mipa").unwrap()], [7; 16])
    }

    /// An event at a second of the year 2025, on the line `mipa` or another.
    fn event(line: &str, second: i64) -> Vec<u8> {
        let line = LineId::parse(line).unwrap();
        let at = EventTime::from_seconds(1_758_006_900 + second);
        let statement =
            Statement { contact: "secret-1", line: &line, visit: None, to_line: None, at, fact: Fact::Offered };
        encode_structured(&statement).value
    }

    fn read_text(text: &[u8]) -> anyhow::Result<(FileRead, Vec<i64>)> {
        let mut seconds = Vec::new();
        // So small a buffer that lines do not fit.
        let source = BufReader::with_capacity(16, text);
        let read = read_lines(source, &decoder(), &mut |event| seconds.push(event.at.floor_second() - 1_758_006_900))?;
        assert_eq!(read.events, seconds.len() as u64);
        Ok((read, seconds))
    }

    fn lines(lines: &[&[u8]]) -> Vec<u8> {
        lines.iter().flat_map(|line| [line, &b"\n"[..]].concat()).collect()
    }

    #[test]
    fn every_line_is_an_event_whatever_newline_ends_it_and_the_last_may_have_none() {
        let (a, b, c) = (event("mipa", 0), event("mipa", 1), event("mipa", 2));
        let text = [&a[..], b"\n", &b, b"\r\n", b"\n  \r\n", &c].concat();
        let (read, seconds) = read_text(&text).unwrap();
        assert_eq!((read.rejected.len(), seconds), (0, vec![0, 1, 2]));
        assert_eq!(read_text(b"").unwrap().0, FileRead::default());
    }

    #[test]
    fn what_is_no_event_is_counted_by_reason_and_the_first_faults_are_pointed_at() {
        let sound = event("mipa", 0);
        let order = String::from_utf8(sound.clone()).unwrap().replace("fi.ensilinja.contact.offered", "order.placed");
        let text = lines(&[b"no json", order.as_bytes(), &event("another", 0), &sound, b"{}", b"[", b"7", b"8", b"9"]);
        let (read, _) = read_text(&text).unwrap();
        let rejected = [(Reason::Malformed, 6), (Reason::UnknownType, 1), (Reason::UnknownLine, 1)];
        assert_eq!((read.events, read.rejected), (1, BTreeMap::from(rejected)));
        let examples: Vec<(u64, Detail)> = read.examples.iter().map(|(line, found)| (*line, found.detail)).collect();
        let expected = [
            (1, Detail::NotJson),
            (3, Detail::LineNotConfigured),
            (5, Detail::MissingSpecversion),
            (6, Detail::Truncated),
            (7, Detail::NotAnObject),
        ];
        assert_eq!(examples, expected);
    }

    #[test]
    fn the_longest_line_is_read_and_of_a_longer_one_only_its_length_is_seen() {
        let sound = event("mipa", 3);
        let of_length = |length: usize| {
            let mut line = sound.clone();
            line.resize(length, b' ');
            line
        };
        let longest = of_length(MAX_VALUE_BYTES);
        for end in ["\n", "\r\n", ""] {
            let (read, seconds) = read_text(&[&longest[..], end.as_bytes()].concat()).unwrap();
            assert_eq!((read.events, seconds), (1, vec![3]), "{end:?}");
        }
        for excess in [1, 2, 3, 1_000_000] {
            let text = lines(&[&of_length(MAX_VALUE_BYTES + excess), &sound]);
            let (read, seconds) = read_text(&text).unwrap();
            assert_eq!((read.rejected, seconds), (BTreeMap::from([(Reason::TooLarge, 1)]), vec![3]), "{excess}");
        }
    }

    #[test]
    fn a_file_that_was_cut_off_is_an_error_wherever_it_was_cut() {
        let (first, last) = (event("mipa", 0), event("mipa", 1));
        let whole = lines(&[&first, &last]);
        let last_begins = first.len() + 1;
        for length in last_begins + 1..whole.len() - 1 {
            let error = format!("{:#}", read_text(&whole[..length]).unwrap_err());
            assert!(error.starts_with("it ends within line 2 (malformed: truncated, no newline)"), "{length}: {error}");
            assert!(!error.contains("secret"), "{error}");
        }
        // Cut before a line, or before its newline, no event is lost.
        for (length, events) in [(last_begins, 1), (whole.len() - 1, 2)] {
            assert_eq!(read_text(&whole[..length]).unwrap().0.events, events);
        }
        let within_a_character = [&whole[..], b"{\"note\":\"\xc3"].concat();
        assert!(read_text(&within_a_character).is_err());
        let endless = vec![0; 3 * MAX_VALUE_BYTES];
        assert!(read_text(&endless).is_err(), "a file system that lost its last blocks leaves zeros");
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let error = read(Path::new("no/such.jsonl"), &decoder(), |_| {}).unwrap_err();
        assert!(format!("{error:#}").starts_with("cannot open no/such.jsonl: "), "{error:#}");
    }
}
