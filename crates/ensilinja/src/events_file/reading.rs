//! Reading a file of events, a line at a time; what is wrong with it is counted and said, without repeating any of it.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind};
use std::path::Path;
use std::sync::atomic::Ordering;

use anyhow::Context as _;
use ensilinja_model::EventTime;
use ensilinja_wire::{Decoder, Detail, Reason, Rejection};

use super::batch::{BLOCK, Batch, MOST_EVENTS};
use super::is_standard_stream;
use super::lines::{LineEnd, next_line};
use super::source::{Compression, Source};

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
    /// If the file cannot be read, or was cut off. What was handed over before is a part, and of no use.
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
        match decoder.decode_value(&self.line) {
            Ok(event) => {
                self.read.events += 1;
                batch.push(event, self.number, &self.line);
            }
            Err(rejection) if end == LineEnd::EndOfFile && self.form.is_none() && may_be_cut_off(rejection) => {
                anyhow::bail!(
                    "it ends within line {} ({rejection}, no newline): it was cut off while it was written or copied, and \
                 events are missing",
                    self.number
                )
            }
            Err(rejection) => {
                self.form = self.form.or(Some(rejection.detail).filter(|detail| is_of_the_whole_file(*detail)));
                *self.read.rejected.entry(rejection.reason).or_default() += 1;
                if self.read.examples.len() < EXAMPLES && rejection.reason.goes_to_dead_letters() {
                    self.read.examples.push((self.number, rejection));
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

/// What is no whole event may be the beginning of one; what is an event of another type or line, or a whole array, is
/// whole.
fn may_be_cut_off(rejection: Rejection) -> bool {
    matches!(rejection.reason, Reason::Malformed | Reason::TooLarge)
        && !matches!(rejection.detail, Detail::Batch | Detail::Utf16)
}

/// What is wrong with a line because the whole file is written so.
fn is_of_the_whole_file(detail: Detail) -> bool {
    matches!(detail, Detail::PrettyPrinted | Detail::Utf16 | Detail::Batch)
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
        let examples: Vec<(u64, Detail)> = read.examples.iter().map(|(line, found)| (*line, found.detail)).collect();
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

    fn of_details(text: &[u8]) -> (u64, Vec<(u64, Detail)>) {
        let (read, _) = read_text(text).unwrap();
        (read.events, read.examples.iter().map(|(line, found)| (*line, found.detail)).collect())
    }

    #[test]
    fn a_byte_order_mark_costs_no_event() {
        let text = lines(&[&event("mipa", 0), &event("mipa", 1)]);
        assert_eq!(read_text(&[b"\xef\xbb\xbf", &text[..]].concat()).unwrap().1, [0, 1]);
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
        let array = format!("[{text},\n{text}]");
        assert_eq!(of_details(array.as_bytes()), (0, vec![(1, Detail::Batch), (2, Detail::Batch)]));
        assert_eq!(of_details(format!("[{text},{text}]").as_bytes()), (0, vec![(1, Detail::Batch)]));
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
