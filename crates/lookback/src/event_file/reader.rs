//! Reading an event file, one line at a time. Lines that are not events are counted and reported by number; nothing of
//! their text is repeated.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::Ordering;

use ensilinja_model::EventTime;
use ensilinja_wire::{Decoder, Detail, Format, Reason, Record, Rejection, Stated};

use super::batch::{BLOCK, EventBatch, MOST_EVENTS};
use super::compression::EventFileBytes;
use super::damage::{EventFileDamage, is_array};
use super::error::EventFileError;
use super::lines::{LineEnd, next_line};
use super::name::stream_name;
use crate::meant_type::meant_type;
use crate::unmapped::UnmappedKeys;

/// How many of the lines that are not events are reported one by one.
const MOST_EXAMPLES: usize = 5;

/// What an event file held.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventFileSummary {
    /// Events delivered.
    pub events: u64,
    /// Lines that are not events, by reason.
    pub rejected: BTreeMap<Reason, u64>,
    /// How many of those are faults. An event of a type that is not read is not a fault.
    pub faults: u64,
    /// The first few of the faults.
    pub examples: Vec<RejectedLine>,
    /// The other format that lines without an event seem to have, by the first few of them.
    pub resembles: Option<Format>,
    /// What the tables of the source lack.
    pub unmapped: UnmappedKeys,
}

/// A line of a file that is not an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RejectedLine {
    /// Its number, from 1.
    pub number: u64,
    /// What is wrong with it.
    pub rejection: Rejection,
    /// The type that was probably meant, if its type is misspelt and a known one is near.
    pub meant_type: Option<String>,
    /// The other format that it seems to have.
    pub resembles: Option<Format>,
}

/// An event file that is read a batch at a time.
pub struct EventFile {
    name: String,
    source: EventFileBytes,
    /// The number of the last line that was read, from 1.
    number: u64,
    line: Vec<u8>,
    /// What the last line states.
    stated: Vec<Stated>,
    /// The fault of all lines of a file in another form, such as UTF-16. The last line of such a file is not called cut
    /// off.
    whole_file_fault: Option<Detail>,
    summary: EventFileSummary,
}

impl EventFile {
    /// Opens a file, plain or compressed with gzip or zstd. The path `-` is standard input.
    ///
    /// # Errors
    /// If the file does not exist or cannot be read.
    pub fn open(path: &Path) -> Result<Self, EventFileError> {
        let name = stream_name(path);
        match EventFileBytes::open(path) {
            Ok(source) => Ok(Self::of(name, source)),
            Err(why) => Err(EventFileError::Open { name, why }),
        }
    }

    fn of(name: String, source: EventFileBytes) -> Self {
        let summary = EventFileSummary::default();
        Self { name, source, number: 0, line: Vec::new(), stated: Vec::new(), whole_file_fault: None, summary }
    }

    /// Its name in messages.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its size in bytes, as it is stored; `None` of a pipe, whose size is unknown.
    #[must_use]
    pub fn bytes(&self) -> Option<u64> {
        self.source.size
    }

    /// Replaces the contents of `batch` by the next events; by none at the end of the file.
    ///
    /// # Errors
    /// If the file cannot be read, was cut off, or is one array of events. What was delivered before is incomplete and
    /// must not be used.
    pub fn next_batch(&mut self, decoder: &Decoder, batch: &mut EventBatch) -> Result<(), EventFileError> {
        self.fill(decoder, batch, MOST_EVENTS)
    }

    /// Reads one block and returns when its earliest event happened; `None` if no block is left.
    ///
    /// # Errors
    /// As [`next_batch`](Self::next_batch).
    pub fn next_block_begins(&mut self, decoder: &Decoder) -> Result<Option<EventTime>, EventFileError> {
        let mut batch = EventBatch::default();
        self.fill(decoder, &mut batch, BLOCK)?;
        Ok(batch.earliest(0))
    }

    /// The contents so far.
    #[must_use]
    pub fn summary(&self) -> &EventFileSummary {
        &self.summary
    }
}

impl EventFileSummary {
    /// Logs how many events and rejected lines there were, and the first faults. `name` is that of the file.
    pub fn log(&self, name: &str) {
        let rejected: u64 = self.rejected.values().sum();
        tracing::info!(file = name, events = self.events, rejected, "file read");
        if rejected > 0 {
            let counts = self.rejected.iter().map(|(reason, count)| format!("{count} {}", reason.as_str()));
            let reasons = counts.collect::<Vec<_>>().join(", ");
            tracing::warn!(file = name, lines = self.events + rejected, rejected, reasons, "lines left out");
        }
        for RejectedLine { number, rejection, meant_type, resembles } in &self.examples {
            let (reason, remedy) = (rejection.to_string(), rejection.detail.advice());
            let looks_like = resembles.map(Format::as_str);
            tracing::warn!(file = name, line = number, reason, remedy, meant_type, looks_like, "line left out");
        }
        let more = self.faults.saturating_sub(self.examples.len() as u64);
        if more > 0 {
            tracing::warn!(file = name, lines = more, "further lines left out, which are not listed");
        }
    }
}

impl EventFile {
    fn fill(&mut self, decoder: &Decoder, batch: &mut EventBatch, most_events: usize) -> Result<(), EventFileError> {
        batch.clear();
        while !batch.is_full(most_events) {
            match self.next_line(decoder, batch) {
                Ok(true) => {}
                Ok(false) => break,
                Err(damage) => return Err(EventFileError::Damaged { name: self.name.clone(), damage }),
            }
        }
        batch.bytes_read = self.source.bytes_read.load(Ordering::Relaxed);
        Ok(())
    }

    /// Reads a line; false at the end of the file.
    fn next_line(&mut self, decoder: &Decoder, batch: &mut EventBatch) -> Result<bool, EventFileDamage> {
        let compression = self.source.compression;
        let end = next_line(&mut self.source.text, &mut self.line, decoder.format().max_value_bytes())
            .map_err(|why| EventFileDamage::failed_read(why, self.number + 1, compression))?;
        let Some(end) = end else { return Ok(false) };
        self.number += 1;
        if self.line.trim_ascii().is_empty() {
            return Ok(true);
        }
        let is_of_events = decoder.format() == Format::CloudEvents;
        let is_first = self.summary == EventFileSummary::default();
        if is_of_events && is_first && is_array(&self.line) && self.resembles_another(decoder).is_none() {
            return Err(EventFileDamage::array(self.number, compression));
        }
        self.stated.clear();
        let unmapped = &mut self.summary.unmapped;
        let mut note = |table, key: &str, name: Option<&str>| unmapped.add(table, key, name);
        let read = decoder.read_noting(&Record::of_value(&self.line), &mut self.stated, &mut note);
        // Of a record with a fault the sound parts count.
        self.summary.events += self.stated.len() as u64;
        batch.push(&self.stated, self.number, &self.line);
        match read {
            Ok(_) => {}
            Err(rejection)
                if end == LineEnd::EndOfFile
                    && self.whole_file_fault.is_none()
                    && may_be_cut_off(rejection)
                    && self.resembles_another(decoder).is_none() =>
            {
                return Err(EventFileDamage::broken_end(&self.line, self.number, rejection, compression));
            }
            // Blank except for a byte order mark.
            Err(rejection) if rejection.detail == Detail::EmptyValue => {}
            Err(rejection) => self.reject(rejection, decoder),
        }
        Ok(true)
    }

    /// The other format that the last line seems to have.
    fn resembles_another(&self, decoder: &Decoder) -> Option<Format> {
        Format::resembled_by(&self.line).filter(|format| *format != decoder.format())
    }

    /// Counts a line that is not an event.
    fn reject(&mut self, rejection: Rejection, decoder: &Decoder) {
        let of_whole_file = Some(rejection.detail).filter(|detail| is_of_the_whole_file(*detail));
        self.whole_file_fault = self.whole_file_fault.or(of_whole_file);
        let rejected: u64 = self.summary.rejected.values().sum();
        *self.summary.rejected.entry(rejection.reason).or_default() += 1;
        // A look is cheap, but not for each of a million lines.
        let is_example = rejection.reason.goes_to_dead_letters() && self.summary.examples.len() < MOST_EXAMPLES;
        let is_looked_at = is_example || rejected < MOST_EXAMPLES as u64;
        let resembles = if is_looked_at { self.resembles_another(decoder) } else { None };
        self.summary.resembles = self.summary.resembles.or(resembles);
        if !rejection.reason.goes_to_dead_letters() {
            return;
        }
        self.summary.faults += 1;
        if is_example {
            let meant_type = meant_type(&Record::of_value(&self.line), rejection);
            self.summary.examples.push(RejectedLine { number: self.number, rejection, meant_type, resembles });
        }
    }
}

/// Whether a line may be the beginning of an event. An event of another type or line, a whole array and a blank line
/// are complete.
fn may_be_cut_off(rejection: Rejection) -> bool {
    matches!(rejection.reason, Reason::Malformed | Reason::TooLarge)
        && !matches!(rejection.detail, Detail::Batch | Detail::Utf16 | Detail::Utf32 | Detail::EmptyValue)
}

/// Whether a line is wrong because the whole file is written in another form.
fn is_of_the_whole_file(detail: Detail) -> bool {
    matches!(detail, Detail::PrettyPrinted | Detail::Utf16 | Detail::Utf32 | Detail::Batch)
}

#[cfg(test)]
mod tests {
    use std::io::{self, Cursor, Read, Write as _};

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

    /// Delivers a few bytes at a time.
    struct SlowPipe(Cursor<Vec<u8>>);

    impl Read for SlowPipe {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let length = buffer.len().min(17);
            self.0.read(&mut buffer[..length])
        }
    }

    fn read_text(text: &[u8]) -> Result<(EventFileSummary, Vec<i64>), EventFileError> {
        let source = EventFileBytes::of(SlowPipe(Cursor::new(text.to_vec())), None);
        let source = source.map_err(|why| EventFileError::Open { name: "a file".to_owned(), why })?;
        let (mut file, mut batch, mut seconds) =
            (EventFile::of("a file".to_owned(), source), EventBatch::default(), Vec::new());
        loop {
            file.next_batch(&decoder(), &mut batch)?;
            if batch.is_empty() {
                break;
            }
            for line in (0..MOST_EVENTS / BLOCK).flat_map(|block| batch.events(block)) {
                assert_eq!(Stated::Event(decoder().decode_value(line.line).unwrap()), line.stated);
                seconds.push(line.stated.at().floor_second() - 1_758_006_900);
            }
        }
        assert_eq!((file.summary().events, batch.bytes_read()), (seconds.len() as u64, text.len() as u64));
        Ok((file.summary().clone(), seconds))
    }

    fn lines(lines: &[&[u8]]) -> Vec<u8> {
        lines.iter().flat_map(|line| [line, &b"\n"[..]].concat()).collect()
    }

    #[test]
    fn every_newline_ends_a_line_and_the_last_line_needs_none() {
        let (a, b, c) = (event("mipa", 0), event("mipa", 1), event("mipa", 2));
        let text = [&a[..], b"\n", &b, b"\r\n", b"\n  \r\n", &c].concat();
        let (read, seconds) = read_text(&text).unwrap();
        assert_eq!((read.rejected.len(), seconds), (0, vec![0, 1, 2]));
        assert_eq!(read_text(b"").unwrap().0, EventFileSummary::default());
    }

    #[test]
    fn lines_that_are_not_events_are_counted_by_reason_and_the_first_faults_are_listed() {
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
    fn any_number_of_lines_that_state_nothing_does_not_end_the_file() {
        let other = event("another", 0);
        let mut text: Vec<u8> = Vec::new();
        while text.len() < 3 * 256 * 1024 {
            text.extend_from_slice(&lines(&[&other]));
        }
        text.extend_from_slice(&lines(&[&event("mipa", 4)]));
        let (read, seconds) = read_text(&text).unwrap();
        assert_eq!((read.events, seconds), (1, vec![4]));
    }

    #[test]
    fn the_longest_line_is_read_and_a_longer_one_is_too_large() {
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
    fn a_file_cut_off_anywhere_within_an_event_is_an_error() {
        let (first, last) = (event("mipa", 0), event("mipa", 1));
        let whole = lines(&[&first, &last]);
        let last_begins = first.len() + 1;
        for length in last_begins + 1..whole.len() - 1 {
            let error = read_text(&whole[..length]).unwrap_err().to_string();
            // One byte, `{`, does not tell how the line goes on.
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
        let error = read_text(text).unwrap_err().to_string();
        assert!(!error.contains("secret"), "{error}");
        error
    }

    #[test]
    fn a_byte_order_mark_is_skipped() {
        let text = lines(&[&event("mipa", 0), &event("mipa", 1)]);
        let mark: &[u8] = b"\xef\xbb\xbf";
        let marked = [mark, &text[..]].concat();
        // Concatenated files with a mark, one of them empty; and a file that is blank after its mark.
        for text in [marked.clone(), [mark, &marked[..]].concat(), [mark, b"\r\n", &text[..], mark].concat()] {
            let (read, seconds) = read_text(&text).unwrap();
            assert_eq!((read.rejected.len(), seconds), (0, vec![0, 1]));
        }
        let (read, seconds) = read_text(&[&marked[..], &marked].concat()).unwrap();
        assert_eq!((read.rejected.len(), seconds), (0, vec![0, 1, 0, 1]));
    }

    #[test]
    fn a_file_that_is_one_array_is_refused_with_a_remedy() {
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
        // A time in brackets that a log shipper writes before an event does not make an array.
        let prefixed = format!("[2026-03-02T10:15:00+02:00] app: {text}\n");
        assert_eq!(of_details(prefixed.as_bytes()), (0, vec![(1, Detail::TextBeforeJson)]));
    }

    #[test]
    fn carriage_returns_alone_and_a_tail_of_nul_bytes_have_their_own_messages() {
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
                assert!(error.contains(&format!("line {number} turns into NUL bytes")), "{error}");
                assert!(!error.contains("cut off"), "{error}");
            }
        }
    }

    #[test]
    fn a_misspelt_type_has_a_suggestion_if_a_known_type_is_near() {
        let text = String::from_utf8(event("mipa", 0)).unwrap();
        let of = |kind: &str| text.replace("fi.ensilinja.contact.offered", kind);
        let text = format!("{}\n{}\n", of("fi.ensilinja.contact.offred"), of("fi.ensilinja.contact.whispered"));
        let (read, _) = read_text(text.as_bytes()).unwrap();
        let examples: Vec<(Detail, Option<&str>)> =
            read.examples.iter().map(|line| (line.rejection.detail, line.meant_type.as_deref())).collect();
        let expected = [(Detail::MisspeltType, Some("fi.ensilinja.contact.offered")), (Detail::MisspeltType, None)];
        assert_eq!(examples, expected);
    }

    #[test]
    fn a_file_in_another_form_is_not_taken_for_one_that_was_cut_off() {
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
    fn a_missing_file_is_named() {
        let error = EventFile::open(Path::new("no/such.jsonl")).map(|_| ()).unwrap_err();
        assert!(error.to_string().starts_with("cannot open no/such.jsonl: "), "{error}");
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
    fn compression_is_detected_and_consecutive_members_are_one_text() {
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
            assert_eq!(read_text(&compress(b"")).unwrap().0, EventFileSummary::default());
        }
    }

    #[test]
    fn compressed_data_cut_off_anywhere_is_an_error() {
        let text = lines(&[&event("mipa", 0), &event("mipa", 1)]);
        for (compress, form) in [(gzip as fn(&[u8]) -> Vec<u8>, "gzip"), (zstd, "zstd")] {
            let whole = compress(&text);
            let two = [&whole[..], &whole].concat();
            for length in (5..whole.len()).chain(whole.len() + 1..two.len()) {
                let error = read_text(&two[..length]).unwrap_err().to_string();
                assert!(error.starts_with(&format!("cannot read a file: its {form} data ends")), "{length}: {error}");
            }
            assert_eq!(read_text(&two[..whole.len()]).unwrap().1, [0, 1]);
        }
    }

    #[test]
    fn damaged_or_followed_compressed_data_is_an_error() {
        let text = lines(&[&event("mipa", 0), &event("mipa", 1)]);
        for (compress, form) in [(gzip as fn(&[u8]) -> Vec<u8>, "gzip"), (zstd, "zstd")] {
            for rubbish in [&b"rubbish"[..], b"{}", &text, &[0; 9]] {
                let error = read_text(&[&compress(&text)[..], rubbish].concat()).unwrap_err().to_string();
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
