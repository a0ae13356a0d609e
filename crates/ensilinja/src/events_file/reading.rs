//! Reading a file of events, a line at a time; what is wrong with it is counted and said, without repeating any of it.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::sync::atomic::Ordering;

use anyhow::Context as _;
use ensilinja_model::EventTime;
use ensilinja_wire::{Decoder, Detail, Reason, Record, Rejection};

use super::batch::{BLOCK, Batch, MOST_EVENTS};
use super::form;
use super::is_standard_stream;
use super::lines::{LineEnd, next_line};
use super::source::{Compression, Source};
use crate::misspelt_type::meant_type;

/// How many of the lines that are no event are pointed at.
const EXAMPLES: usize = 5;

/// What a file of events held.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FileRead {
    /// Events handed over.
    pub events: u64,
    /// Lines that are no event, by reason.
    pub rejected: BTreeMap<Reason, u64>,
    /// The first few of those that are a fault. An event of a type that is not read is none.
    pub examples: Vec<RejectedLine>,
}

/// A line of a file that is no event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectedLine {
    /// Its number, from 1.
    pub number: u64,
    /// What is wrong with it.
    pub rejection: Rejection,
    /// The type that was probably meant, if its type is misspelt and one is near.
    pub meant_type: Option<String>,
}

/// A file of events, read a batch at a time.
pub struct EventsFile {
    name: String,
    source: Source,
    /// The number of the last line that was read, from 1.
    number: u64,
    line: Vec<u8>,
    /// What was found of a file whose lines are no events as a whole: its last line is not cut off either.
    form: Option<Detail>,
    read: FileRead,
}

impl EventsFile {
    /// Opens a file, plain or compressed with gzip or zstd; the path `-` is standard input.
    ///
    /// # Errors
    /// If it is not there, or cannot be read.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        let name = name_of(path);
        let source = Source::open(path).with_context(|| format!("cannot open {name}"))?;
        Ok(Self::of(name, source))
    }

    fn of(name: String, source: Source) -> Self {
        Self { name, source, number: 0, line: Vec::new(), form: None, read: FileRead::default() }
    }

    /// How many bytes it has, as it lies there; `None` of a pipe, which may have any number.
    #[must_use]
    pub fn bytes(&self) -> Option<u64> {
        self.source.bytes
    }

    /// Puts the next events into `batch`, instead of what was there; none at the end of the file.
    ///
    /// # Errors
    /// If the file cannot be read, was cut off, or is one array of events. What was handed over before is a part, and
    /// of no use.
    pub fn next_batch(&mut self, decoder: &Decoder, batch: &mut Batch) -> anyhow::Result<()> {
        self.fill(decoder, batch, MOST_EVENTS)
    }

    /// When the earliest event of the next block happened, which is then behind; `None` if there is none.
    ///
    /// # Errors
    /// As [`next_batch`](Self::next_batch).
    pub fn next_block_begins(&mut self, decoder: &Decoder) -> anyhow::Result<Option<EventTime>> {
        let mut batch = Batch::default();
        self.fill(decoder, &mut batch, BLOCK)?;
        Ok(batch.earliest(0))
    }

    fn fill(&mut self, decoder: &Decoder, batch: &mut Batch, most_events: usize) -> anyhow::Result<()> {
        batch.clear();
        while !batch.is_full(most_events) {
            let went_on = self.next_line(decoder, batch);
            if !went_on.with_context(|| format!("cannot read {}", self.name))? {
                break;
            }
        }
        batch.bytes_read = self.source.bytes_read.load(Ordering::Relaxed);
        Ok(())
    }

    /// Reads a line; says whether there was one.
    fn next_line(&mut self, decoder: &Decoder, batch: &mut Batch) -> anyhow::Result<bool> {
        let end = next_line(&mut self.source.text, &mut self.line).map_err(|error| self.fault(error))?;
        let Some(end) = end else { return Ok(false) };
        self.number += 1;
        if self.line.trim_ascii().is_empty() {
            return Ok(true);
        }
        if self.read == FileRead::default() && form::is_array(&self.line) {
            return Err(form::array(self.number, self.source.compression));
        }
        match decoder.decode_value(&self.line) {
            Ok(event) => {
                self.read.events += 1;
                batch.push(event, self.number, &self.line);
            }
            Err(rejection) if end == LineEnd::EndOfFile && self.form.is_none() && may_be_cut_off(rejection) => {
                return Err(form::broken_end(&self.line, self.number, rejection, self.source.compression));
            }
            // Blank but for a byte order mark.
            Err(rejection) if rejection.detail == Detail::EmptyValue => {}
            Err(rejection) => {
                self.form = self.form.or(Some(rejection.detail).filter(|detail| is_of_the_whole_file(*detail)));
                *self.read.rejected.entry(rejection.reason).or_default() += 1;
                if self.read.examples.len() < EXAMPLES && rejection.reason.goes_to_dead_letters() {
                    let meant_type = meant_type(&Record::of_value(&self.line), &Err(rejection));
                    self.read.examples.push(RejectedLine { number: self.number, rejection, meant_type });
                }
            }
        }
        Ok(true)
    }

    /// What an error says of the file.
    fn fault(&self, error: io::Error) -> anyhow::Error {
        let (number, form) = (self.number + 1, self.source.compression.as_str());
        if self.source.compression == Compression::Not {
            return anyhow::Error::new(error).context(format!("line {number}"));
        }
        if error.kind() == ErrorKind::UnexpectedEof {
            return anyhow::anyhow!(
                "its {form} ends within or before line {number}: it was cut off while it was written or copied, and \
                 events are missing"
            );
        }
        anyhow::anyhow!(
            "from line {number} on it is no {form} ({error}): it was damaged, or something else was written behind it"
        )
    }

    /// Says in the log what else was in it.
    pub fn say(&self) {
        say(&self.name, &self.read);
    }

    /// What it has held so far.
    #[must_use]
    pub fn read(&self) -> &FileRead {
        &self.read
    }
}

/// What a file of events is called to people.
pub(crate) fn name_of(path: &Path) -> String {
    if is_standard_stream(path) { "standard input".to_owned() } else { path.display().to_string() }
}

/// What is no whole event may be the beginning of one; what is an event of another type or line, a whole array or a
/// blank line is whole.
fn may_be_cut_off(rejection: Rejection) -> bool {
    matches!(rejection.reason, Reason::Malformed | Reason::TooLarge)
        && !matches!(rejection.detail, Detail::Batch | Detail::Utf16 | Detail::Utf32 | Detail::EmptyValue)
}

/// What is wrong with a line because the whole file is written so.
fn is_of_the_whole_file(detail: Detail) -> bool {
    matches!(detail, Detail::PrettyPrinted | Detail::Utf16 | Detail::Utf32 | Detail::Batch)
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
    for line in &read.examples {
        tracing::warn!("{name}, {}", told(line));
    }
}

/// Where a line is that is no event, what is wrong with it, and what to mend.
fn told(line: &RejectedLine) -> String {
    let RejectedLine { number, rejection, meant_type } = line;
    let meant = meant_type.as_ref().map(|meant| format!(" Here probably {meant}.")).unwrap_or_default();
    format!("line {number}: {rejection}. {}{meant}", rejection.detail.advice())
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read, Write as _};

    use ensilinja_model::{Fact, LineId};
    use ensilinja_wire::{MAX_VALUE_BYTES, Statement, encode_structured};

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

    /// Gives a few bytes at a time, as a slow pipe does.
    struct Drops(Cursor<Vec<u8>>);

    impl Read for Drops {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let length = buffer.len().min(17);
            self.0.read(&mut buffer[..length])
        }
    }

    fn read_text(text: &[u8]) -> anyhow::Result<(FileRead, Vec<i64>)> {
        let source = Source::of(Drops(Cursor::new(text.to_vec())), None)?;
        let (mut file, mut batch, mut seconds) =
            (EventsFile::of("a file".to_owned(), source), Batch::default(), Vec::new());
        loop {
            file.next_batch(&decoder(), &mut batch)?;
            if batch.is_empty() {
                break;
            }
            for line in (0..MOST_EVENTS / BLOCK).flat_map(|block| batch.events(block)) {
                assert_eq!(decoder().decode_value(line.line).unwrap(), line.event);
                seconds.push(line.event.at.floor_second() - 1_758_006_900);
            }
        }
        assert_eq!((file.read().events, batch.bytes_read()), (seconds.len() as u64, text.len() as u64));
        Ok((file.read().clone(), seconds))
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
        let examples: Vec<(u64, Detail)> = read.examples.iter().map(of_detail).collect();
        let expected = [
            (1, Detail::NotJson),
            (3, Detail::LineNotConfigured),
            (5, Detail::MissingSpecversion),
            (6, Detail::PrettyPrinted),
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
            // Of one byte, `{`, it cannot be told how it goes on.
            let detail = if length == last_begins + 1 { "pretty_printed" } else { "truncated" };
            let expected = format!("cannot read a file: it ends within line 2 (malformed: {detail}, no newline)");
            assert!(error.starts_with(&expected), "{length}: {error}");
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

    fn of_detail(line: &RejectedLine) -> (u64, Detail) {
        (line.number, line.rejection.detail)
    }

    fn of_details(text: &[u8]) -> (u64, Vec<(u64, Detail)>) {
        let (read, _) = read_text(text).unwrap();
        (read.events, read.examples.iter().map(of_detail).collect())
    }

    fn error_of(text: &[u8]) -> String {
        let error = format!("{:#}", read_text(text).unwrap_err());
        assert!(!error.contains("secret"), "{error}");
        error
    }

    #[test]
    fn a_byte_order_mark_costs_no_event() {
        let text = lines(&[&event("mipa", 0), &event("mipa", 1)]);
        let mark: &[u8] = b"\xef\xbb\xbf";
        let marked = [mark, &text[..]].concat();
        // Files with a mark that were put together, one of them empty; and one that is blank behind its mark.
        for text in [marked.clone(), [mark, &marked[..]].concat(), [mark, b"\r\n", &text[..], mark].concat()] {
            let (read, seconds) = read_text(&text).unwrap();
            assert_eq!((read.rejected.len(), seconds), (0, vec![0, 1]));
        }
        let (read, seconds) = read_text(&[&marked[..], &marked].concat()).unwrap();
        assert_eq!((read.rejected.len(), seconds), (0, vec![0, 1, 0, 1]));
    }

    #[test]
    fn a_file_that_is_one_array_is_refused_whole_with_its_cure() {
        let text = String::from_utf8(event("mipa", 0)).unwrap();
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        let indented = serde_json::to_string_pretty(&vec![value.clone(), value]).unwrap();
        let long = format!("[{}]", vec![&text[..]; 1_000].join(","));
        for array in [
            format!("[\n{text},\n{text},\n{text}\n]\n"),
            format!("\u{feff}\r\n\u{feff}[\r\n{text},\r\n{text}\r\n]"),
            format!("[{text},\n{text}]"),
            format!("  [ {text},{text}]\n"),
            format!("[{text}\n,{text}\n]\n"),
            indented,
            long,
            "[]\n".to_owned(),
        ] {
            let error = error_of(array.as_bytes());
            assert!(error.contains("(batch)") && error.ends_with("`jq -c '.[]' < FILE`"), "{error}");
        }
        let array = format!("[\n{text},\n{text}\n]\n");
        assert!(error_of(&gzip(array.as_bytes())).ends_with("`gzip -dc FILE | jq -c '.[]'`"));
        assert!(error_of(&zstd(array.as_bytes())).ends_with("`zstd -dc FILE | jq -c '.[]'`"));
        // What a shipper writes before an event in brackets is no array.
        let prefixed = format!("[2026-03-02T10:15:00+02:00] app: {text}\n");
        assert_eq!(of_details(prefixed.as_bytes()), (0, vec![(1, Detail::TextBeforeJson)]));
    }

    #[test]
    fn line_ends_of_carriage_returns_alone_and_a_tail_of_nul_bytes_are_not_called_cut_off() {
        let (a, b) = (event("mipa", 0), event("mipa", 1));
        let many: Vec<&[u8]> = vec![&a; 1_000];
        for text in [[&a[..], b"\r", &b, b"\r"].concat(), [&a[..], b"\r", &b].concat(), many.join(&b'\r')] {
            let error = error_of(&text);
            assert!(error.contains("line 1 on its lines end with carriage returns alone"), "{error}");
            assert!(error.ends_with(r"`tr '\r' '\n' < FILE`"), "{error}");
        }
        let whole = lines(&[&a, &b]);
        for (text, number) in [(&whole[..], 3), (&whole[..whole.len() - 1], 2), (&whole[..a.len() + 9], 2)] {
            for nuls in [1, 4_096, 3 * MAX_VALUE_BYTES] {
                let error = error_of(&[text, &vec![0; nuls]].concat());
                assert!(error.contains(&format!("in line {number} NUL bytes")), "{error}");
                assert!(!error.contains("cut off"), "{error}");
            }
        }
    }

    #[test]
    fn of_a_misspelt_type_the_one_that_was_probably_meant_is_named() {
        let text = String::from_utf8(event("mipa", 0)).unwrap();
        let of = |kind: &str| text.replace("fi.ensilinja.contact.offered", kind);
        let text = format!("{}\n{}\n", of("fi.ensilinja.contact.offred"), of("fi.ensilinja.contact.whispered"));
        let (read, _) = read_text(text.as_bytes()).unwrap();
        let told: Vec<String> = read.examples.iter().map(told).collect();
        assert!(told[0].starts_with("line 1: malformed: misspelt_type. "), "{told:?}");
        assert!(told[0].ends_with("Here probably fi.ensilinja.contact.offered."), "{told:?}");
        assert!(!told[1].contains("Here probably") && !told.concat().contains("offred"), "{told:?}");
    }

    #[test]
    fn a_file_in_another_form_is_named_and_is_not_taken_for_one_that_was_cut_off() {
        let text = String::from_utf8(event("mipa", 0)).unwrap();
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        let pretty = serde_json::to_string_pretty(&value).unwrap();
        let (events, examples) = of_details(pretty.as_bytes());
        assert_eq!((events, examples[0], examples[1]), (0, (1, Detail::PrettyPrinted), (2, Detail::PrettyPrinted)));
        let utf16: Vec<u8> = format!("\u{feff}{text}\n{text}\n").encode_utf16().flat_map(u16::to_le_bytes).collect();
        let (events, examples) = of_details(&utf16);
        assert_eq!((events, examples[0], examples[1]), (0, (1, Detail::Utf16), (2, Detail::Utf16)));
        for four_bytes in [u32::to_le_bytes as fn(u32) -> [u8; 4], u32::to_be_bytes] {
            let marked = format!("\u{feff}{text}\n{text}\n");
            let utf32: Vec<u8> = marked.chars().flat_map(|letter| four_bytes(letter.into())).collect();
            let (events, examples) = of_details(&utf32);
            assert_eq!((events, examples[0], examples[1]), (0, (1, Detail::Utf32), (2, Detail::Utf32)));
        }
        let prefixed = format!("2026-03-02T10:15:00+02:00 host app: {text}\n");
        assert_eq!(of_details(prefixed.as_bytes()), (0, vec![(1, Detail::TextBeforeJson)]));
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let error = EventsFile::open(Path::new("no/such.jsonl")).map(|_| ()).unwrap_err();
        assert!(format!("{error:#}").starts_with("cannot open no/such.jsonl: "), "{error:#}");
    }

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn zstd(text: &[u8]) -> Vec<u8> {
        zstd::encode_all(text, 3).unwrap()
    }

    #[test]
    fn what_is_compressed_is_found_out_and_parts_that_follow_each_other_are_one_text() {
        let [a, b] =
            [[event("mipa", 0), event("mipa", 1)], [event("mipa", 2), event("mipa", 3)]].map(|of| of.join(&b'\n'));
        let text = [&a[..], b"\n", &b, b"\n"].concat();
        // In the middle of a line.
        let (first, second) = text.split_at(a.len() / 3);
        for compress in [gzip, zstd] {
            for whole in [compress(&text), [compress(first), compress(second)].concat()] {
                let (read, seconds) = read_text(&whole).unwrap();
                assert_eq!((read.rejected.len(), seconds), (0, vec![0, 1, 2, 3]));
            }
            assert_eq!(read_text(&compress(b"")).unwrap().0, FileRead::default());
        }
    }

    #[test]
    fn what_is_compressed_and_was_cut_off_is_an_error_wherever_it_was_cut() {
        let text = lines(&[&event("mipa", 0), &event("mipa", 1)]);
        for (compress, form) in [(gzip as fn(&[u8]) -> Vec<u8>, "gzip"), (zstd, "zstd")] {
            let whole = compress(&text);
            let two = [&whole[..], &whole].concat();
            for length in (5..whole.len()).chain(whole.len() + 1..two.len()) {
                let error = format!("{:#}", read_text(&two[..length]).unwrap_err());
                assert!(error.starts_with(&format!("cannot read a file: its {form} ends")), "{length}: {error}");
            }
            assert_eq!(read_text(&two[..whole.len()]).unwrap().1, [0, 1]);
        }
    }

    #[test]
    fn what_is_compressed_and_was_damaged_or_goes_on_as_something_else_is_an_error() {
        let text = lines(&[&event("mipa", 0), &event("mipa", 1)]);
        for (compress, form) in [(gzip as fn(&[u8]) -> Vec<u8>, "gzip"), (zstd, "zstd")] {
            for rubbish in [&b"rubbish"[..], b"{}", &text, &[0; 9]] {
                let error = format!("{:#}", read_text(&[&compress(&text)[..], rubbish].concat()).unwrap_err());
                assert!(error.starts_with("cannot read a file: ") && error.contains(form), "{error}");
                assert!(!error.contains("secret"), "{error}");
            }
        }
        let mut damaged = gzip(&text);
        let middle = damaged.len() / 2;
        damaged[middle] ^= 0x55;
        assert!(read_text(&damaged).is_err());
    }
}
