//! Writes an archive: frames of lines, then the manifest, then where the manifest begins.

use std::io::{self, Write};

use openssl::sha::Sha256;

use crate::manifest::Manifest;
use crate::record::ArchivedRecord;

/// The level of compression: about 5 % larger than the default of 3 at twice its speed is not worth it, and higher
/// levels cost the time of the reading for a few percent.
const LEVEL: i32 = 3;

/// The end of an archive: a frame that zstd skips, with the length of the manifest's frame.
pub(crate) const END_MAGIC: [u8; 8] = [0x5e, 0x2a, 0x4d, 0x18, 8, 0, 0, 0];

/// The length of the end, in bytes.
pub(crate) const END_BYTES: u64 = 16;

/// The SHA-256 of the lines, and how many and how long they are.
#[derive(Clone)]
pub struct ContentDigest {
    sha256: Sha256,
    /// Lines.
    pub lines: u64,
    /// Bytes, newlines included.
    pub bytes: u64,
}

/// Writes an archive to `W`.
pub struct ArchiveWriter<W: Write> {
    state: Option<Frame<W>>,
    digest: ContentDigest,
    line: Vec<u8>,
}

/// The output, between frames or within one.
enum Frame<W: Write> {
    None(W),
    Open(zstd::Encoder<'static, W>),
}

impl Default for ContentDigest {
    fn default() -> Self {
        Self { sha256: Sha256::new(), lines: 0, bytes: 0 }
    }
}

impl ContentDigest {
    /// Adds a line, with its newline.
    pub(crate) fn add(&mut self, line: &[u8]) {
        self.sha256.update(line);
        self.lines += 1;
        self.bytes += line.len() as u64;
    }

    /// The SHA-256 so far, in hexadecimal.
    #[must_use]
    pub fn sha256(&self) -> String {
        hexadecimal(&self.sha256.clone().finish())
    }
}

/// Bytes in hexadecimal.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    digits.map(|digit| char::from(DIGITS[usize::from(digit)])).collect()
}

impl<W: Write> ArchiveWriter<W> {
    /// An archive that begins in `output`.
    pub fn new(output: W) -> Self {
        Self::continued(output, ContentDigest::default())
    }

    /// An archive that goes on in `output`, after whole frames whose lines have this digest.
    pub fn continued(output: W, digest: ContentDigest) -> Self {
        Self { state: Some(Frame::None(output)), digest, line: Vec::new() }
    }

    /// Appends a record.
    ///
    /// # Errors
    /// If the output takes no more.
    pub fn append(&mut self, record: &ArchivedRecord<'_>) -> io::Result<()> {
        self.line.clear();
        record.write_line(&mut self.line);
        self.digest.add(&self.line);
        let line = std::mem::take(&mut self.line);
        let written = self.encoder()?.write_all(&line);
        self.line = line;
        written
    }

    fn encoder(&mut self) -> io::Result<&mut zstd::Encoder<'static, W>> {
        let open = match self.state.take() {
            Some(Frame::None(output)) => {
                let mut encoder = zstd::Encoder::new(output, LEVEL)?;
                encoder.include_checksum(true)?;
                encoder
            }
            Some(Frame::Open(encoder)) => encoder,
            None => return Err(io::Error::other("the archive has failed before")),
        };
        match self.state.insert(Frame::Open(open)) {
            Frame::Open(encoder) => Ok(encoder),
            Frame::None(_) => unreachable!("it was just opened"),
        }
    }

    /// Ends the frame: what was written until now can be read on its own, and continued. Returns the digest of all
    /// lines and the output.
    ///
    /// # Errors
    /// If the output takes no more.
    pub fn end_frame(&mut self) -> io::Result<(&ContentDigest, &mut W)> {
        let output = match self.state.take() {
            Some(Frame::None(output)) => output,
            Some(Frame::Open(encoder)) => encoder.finish()?,
            None => return Err(io::Error::other("the archive has failed before")),
        };
        match self.state.insert(Frame::None(output)) {
            Frame::None(output) => Ok((&self.digest, output)),
            Frame::Open(_) => unreachable!("it was just ended"),
        }
    }

    /// Writes the manifest, with the number of records, bytes and the SHA-256 of the lines, and returns it with the
    /// output. Only now the archive is one.
    ///
    /// # Errors
    /// If the output takes no more.
    pub fn finish(mut self, mut manifest: Manifest) -> io::Result<(Manifest, W)> {
        self.end_frame()?;
        manifest.records = self.digest.lines;
        manifest.bytes = self.digest.bytes;
        manifest.sha256 = self.digest.sha256();
        let mut line = serde_json::to_vec(&manifest)?;
        line.push(b'\n');
        let mut encoder = zstd::Encoder::new(Vec::new(), LEVEL)?;
        encoder.include_checksum(true)?;
        encoder.write_all(&line)?;
        let frame = encoder.finish()?;
        let Some(Frame::None(mut output)) = self.state.take() else { unreachable!("the frame was just ended") };
        output.write_all(&frame)?;
        output.write_all(&END_MAGIC)?;
        output.write_all(&(frame.len() as u64).to_le_bytes())?;
        Ok((manifest, output))
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::partition_tracker::{PartitionTracker, RecordRange};
    use crate::{ArchiveError, ArchiveReader, FORMAT, TimestampType};

    fn record(offset: i64) -> ArchivedRecord<'static> {
        ArchivedRecord {
            topic: "events".into(),
            partition: 0,
            offset,
            timestamp_ms: Some(1_000 + offset),
            timestamp_type: TimestampType::Create,
            key: None,
            headers: Vec::new(),
            value: Some(format!("value {offset}").into_bytes().into()),
        }
    }

    /// An archive of three records in two frames.
    fn archive() -> Vec<u8> {
        let range = RecordRange { from_ms: 0, to_ms: 5_000 };
        let mut tracker = PartitionTracker::new("events", 0, 0, (0, 3));
        let mut writer = ArchiveWriter::new(Vec::new());
        for offset in 0..3 {
            assert!(tracker.take(offset, Some(1_000), range));
            tracker.count_written(offset);
            writer.append(&record(offset)).unwrap();
            if offset == 1 {
                writer.end_frame().unwrap();
            }
        }
        let manifest = Manifest {
            format: FORMAT,
            product: "0.2.0".to_owned(),
            created_ms: 0,
            cluster: None,
            from_ms: range.from_ms,
            to_ms: range.to_ms,
            time_zone: "Europe/Helsinki".to_owned(),
            topics: Vec::new(),
            partitions: vec![tracker.finish()],
            records: 0,
            bytes: 0,
            sha256: String::new(),
            pseudonymised: None,
            erased: 0,
        };
        writer.finish(manifest).unwrap().1
    }

    fn read(file: &[u8]) -> Result<Vec<Vec<u8>>, ArchiveError> {
        let mut reader = ArchiveReader::open(Cursor::new(file))?;
        let mut lines = Vec::new();
        while let Some((_, record)) = reader.next()? {
            let mut line = Vec::new();
            record.write_line(&mut line);
            lines.push(line);
        }
        Ok(lines)
    }

    #[test]
    fn what_was_written_is_read_and_zstd_reads_it_too() {
        let file = archive();
        let lines = read(&file).unwrap();
        assert_eq!(lines.len(), 3);
        let text = zstd::decode_all(&file[..]).unwrap();
        assert!(text.starts_with(&lines.concat()), "the lines, then the manifest");
        let manifest = &text[lines.concat().len()..];
        assert!(manifest.starts_with(b"{\"ensilinja_archive\":1,") && manifest.ends_with(b"}\n"));
    }

    #[test]
    fn a_file_that_was_cut_off_anywhere_is_refused() {
        let file = archive();
        for length in 0..file.len() {
            assert!(read(&file[..length]).is_err(), "{length} of {} bytes", file.len());
        }
        let again = [&file[..], b"\n"].concat();
        assert!(read(&again).is_err(), "something follows");
    }

    #[test]
    fn a_changed_bit_is_refused_or_changes_nothing_that_is_read() {
        let (file, sound) = (archive(), read(&archive()).unwrap());
        let mut harmless = 0;
        for bit in 0..file.len() * 8 {
            let mut changed = file.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            if let Ok(lines) = read(&changed) {
                assert!(lines == sound, "bit {bit}");
                harmless += 1;
            }
        }
        // Each frame has one bit that the format of zstd reserves, and a byte that says how much memory a reader needs:
        // more, or less that is still enough, changes nothing.
        assert!(harmless * 50 < file.len() * 8, "{harmless} of {} bits", file.len() * 8);
    }

    #[test]
    fn a_removed_and_an_added_record_are_refused() {
        let sound = archive();
        for change in [-1, 1] {
            let mut writer = ArchiveWriter::new(Vec::new());
            for offset in 0..3 + change {
                writer.append(&record(offset)).unwrap();
            }
            let (_, frames) = writer.end_frame().unwrap();
            // The manifest of the sound file after other records.
            let manifest = ArchiveReader::open(Cursor::new(&sound[..])).unwrap().manifest().clone();
            let mut line = serde_json::to_vec(&manifest).unwrap();
            line.push(b'\n');
            let manifest = zstd::encode_all(&line[..], 3).unwrap();
            let length = (manifest.len() as u64).to_le_bytes();
            assert!(read(&[&frames[..], &manifest, &END_MAGIC, &length].concat()).is_err(), "{change}");
        }
    }
}
