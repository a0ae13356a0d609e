//! Reads an archive: its manifest first, then its records, which are checked against it.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read, Seek, SeekFrom, Take};

use crate::error::ArchiveError;
use crate::manifest::{FORMAT, Manifest};
use crate::record::ArchivedRecord;
use crate::writer::{ContentDigest, END_BYTES, END_MAGIC};

/// The longest line. Kafka's brokers refuse records of a size near it.
const LONGEST_LINE: u64 = 512 * 1024 * 1024;

/// The longest manifest, decompressed.
const LONGEST_MANIFEST: u64 = 512 * 1024 * 1024;

/// An archive that is being read.
pub struct ArchiveReader<R: Read> {
    lines: BufReader<zstd::Decoder<'static, BufReader<Take<R>>>>,
    manifest: Manifest,
    digest: ContentDigest,
    /// Of each partition: its last offset, and how many records it had.
    found: BTreeMap<(String, i32), (i64, u64)>,
    line: Vec<u8>,
    is_at_end: bool,
}

impl<R: Read + Seek> ArchiveReader<R> {
    /// Opens an archive and reads its manifest.
    ///
    /// # Errors
    /// If it does not end with a manifest of this format: then it is no archive, or not a whole one.
    pub fn open(mut input: R) -> Result<Self, ArchiveError> {
        let (manifest, records_end) = read_manifest(&mut input)?;
        input.seek(SeekFrom::Start(0))?;
        Ok(Self {
            lines: lines_of(input.take(records_end))?,
            manifest,
            digest: ContentDigest::default(),
            found: BTreeMap::new(),
            line: Vec::new(),
            is_at_end: false,
        })
    }
}

fn lines_of<R: Read>(part: Take<R>) -> Result<BufReader<zstd::Decoder<'static, BufReader<Take<R>>>>, ArchiveError> {
    Ok(BufReader::with_capacity(256 * 1024, zstd::Decoder::new(part)?))
}

/// The manifest, and where the frames of records end.
fn read_manifest<R: Read + Seek>(input: &mut R) -> Result<(Manifest, u64), ArchiveError> {
    let length = input.seek(SeekFrom::End(0))?;
    let end = length.checked_sub(END_BYTES).ok_or(ArchiveError::NoManifest)?;
    input.seek(SeekFrom::Start(end))?;
    let mut tail = [0; 16];
    input.read_exact(&mut tail)?;
    let (magic, frame_length) = tail.split_at(8);
    if magic != END_MAGIC {
        return Err(ArchiveError::NoManifest);
    }
    let frame_length = u64::from_le_bytes(frame_length.try_into().expect("eight bytes"));
    let begin = end.checked_sub(frame_length).ok_or(ArchiveError::NoManifest)?;
    input.seek(SeekFrom::Start(begin))?;
    let mut text = Vec::new();
    let decoder = zstd::Decoder::new(input.take(frame_length)).map_err(|_| ArchiveError::DamagedManifest)?;
    decoder.take(LONGEST_MANIFEST).read_to_end(&mut text).map_err(|_| ArchiveError::DamagedManifest)?;
    let manifest: Manifest = serde_json::from_slice(&text).map_err(|_| other_format(&text))?;
    if manifest.format != FORMAT {
        return Err(ArchiveError::Format { found: manifest.format });
    }
    Ok((manifest, begin))
}

/// Why a text is no manifest of this format: perhaps it is one of a later format.
fn other_format(text: &[u8]) -> ArchiveError {
    #[derive(serde::Deserialize)]
    struct Version {
        ensilinja_archive: u32,
    }
    match serde_json::from_slice(text) {
        Ok(Version { ensilinja_archive: found }) if found != FORMAT => ArchiveError::Format { found },
        _ => ArchiveError::DamagedManifest,
    }
}

impl<R: Read> ArchiveReader<R> {
    /// What the archive says about itself.
    #[must_use]
    pub const fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The next record, with the number of its line; `None` after the last. Only then all was as the manifest says: an
    /// error may come after any number of records.
    ///
    /// # Errors
    /// If the archive is damaged, or is not what its manifest says.
    #[expect(clippy::should_implement_trait, reason = "it lends nothing, but an iterator would not end at an error")]
    pub fn next(&mut self) -> Result<Option<(u64, ArchivedRecord<'static>)>, ArchiveError> {
        if self.is_at_end {
            return Ok(None);
        }
        self.line.clear();
        let number = self.digest.lines + 1;
        (&mut self.lines).take(LONGEST_LINE).read_until(b'\n', &mut self.line)?;
        if self.line.is_empty() {
            self.check_end()?;
            self.is_at_end = true;
            return Ok(None);
        }
        let Some(text) = self.line.strip_suffix(b"\n") else {
            let is_long = self.line.len() as u64 == LONGEST_LINE;
            let (long, none) = (ArchiveError::TooLong { line: number }, ArchiveError::NoRecord { line: number });
            return Err(if is_long { long } else { none });
        };
        let record = ArchivedRecord::parse(text).ok_or(ArchiveError::NoRecord { line: number })?;
        self.digest.add(&self.line);
        self.check(number, &record)?;
        Ok(Some((number, record)))
    }

    /// Checks the place of a record.
    fn check(&mut self, line: u64, record: &ArchivedRecord<'_>) -> Result<(), ArchiveError> {
        let part = self.manifest.partition(&record.topic, record.partition);
        if !part.is_some_and(|part| part.covers(record.offset)) {
            return Err(ArchiveError::OutOfOrder { line });
        }
        let key = (record.topic.clone().into_owned(), record.partition);
        let found = self.found.entry(key).or_insert((i64::MIN, 0));
        if record.offset <= found.0 {
            return Err(ArchiveError::OutOfOrder { line });
        }
        *found = (record.offset, found.1 + 1);
        Ok(())
    }

    fn check_end(&self) -> Result<(), ArchiveError> {
        let (found, expected) = (self.digest.lines, self.manifest.records);
        if found != expected {
            return Err(ArchiveError::Count { found, expected });
        }
        if self.digest.sha256() != self.manifest.sha256 || self.digest.bytes != self.manifest.bytes {
            return Err(ArchiveError::Checksum);
        }
        for part in &self.manifest.partitions {
            let of_it = self.found.get(&(part.topic.clone(), part.partition));
            let found = of_it.map_or(0, |(_, records)| *records);
            if found != part.records || of_it.map(|(last, _)| *last) != part.last {
                return Err(ArchiveError::Count { found, expected: part.records });
            }
        }
        Ok(())
    }
}

/// The digest of lines that were written as whole frames, without a manifest: the beginning of an archive.
///
/// # Errors
/// If they cannot be read, or do not end with a line.
pub(crate) fn digest_of_frames<R: Read>(frames: R) -> Result<ContentDigest, ArchiveError> {
    let mut lines = BufReader::with_capacity(256 * 1024, zstd::Decoder::new(frames)?);
    let (mut digest, mut line) = (ContentDigest::default(), Vec::new());
    loop {
        line.clear();
        (&mut lines).take(LONGEST_LINE).read_until(b'\n', &mut line)?;
        if line.is_empty() {
            return Ok(digest);
        }
        digest.add(&line);
        if !line.ends_with(b"\n") {
            return Err(ArchiveError::NoRecord { line: digest.lines });
        }
    }
}
