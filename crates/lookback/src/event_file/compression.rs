//! The bytes of an event file: plain or compressed, from a file, a pipe or standard input.
//!
//! The first bytes tell whether data is compressed; the name does not count. Several gzip members or zstd frames in a
//! row are one text. Data that was cut off, and anything else after the last member or frame, is an error.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::bufread::MultiGzDecoder;

use super::lines::BUFFER_BYTES;
use super::name::is_standard_stream;

const GZIP: &[u8] = &[0x1f, 0x8b];
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
/// A zstd frame without data, which parallel compressors write first. The byte before these is any from 0x50 to 0x5f.
const ZSTD_WITHOUT_DATA: &[u8] = &[0x2a, 0x4d, 0x18];

/// How the bytes are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compression {
    None,
    Gzip,
    Zstd,
}

impl Compression {
    fn of(first_bytes: &[u8]) -> Self {
        if first_bytes.starts_with(GZIP) {
            Self::Gzip
        } else if first_bytes.starts_with(ZSTD)
            || matches!(first_bytes, [0x50..=0x5f, rest @ ..] if rest.starts_with(ZSTD_WITHOUT_DATA))
        {
            Self::Zstd
        } else {
            Self::None
        }
    }

    /// Its name in messages.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::None => "plain",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }

    /// The shell command that gives the text of a file to another command.
    pub(super) fn pipe_to(self, command: &str) -> String {
        match self {
            Self::None => format!("{command} < FILE"),
            Self::Gzip => format!("gzip -dc FILE | {command}"),
            Self::Zstd => format!("zstd -dc FILE | {command}"),
        }
    }
}

/// The bytes of a file that is being read, decompressed.
pub struct EventFileBytes {
    /// The text.
    pub text: Box<dyn BufRead + Send>,
    pub(super) compression: Compression,
    /// The size of the file as it is stored; `None` of a pipe, whose size is unknown.
    pub(super) size: Option<u64>,
    /// The bytes of it read so far.
    pub(super) bytes_read: Arc<AtomicU64>,
}

impl EventFileBytes {
    /// Opens a file; the path `-` is standard input.
    ///
    /// # Errors
    /// If the file does not exist or cannot be read.
    pub fn open(path: &Path) -> io::Result<Self> {
        if is_standard_stream(path) {
            return Self::of(io::stdin(), None);
        }
        let file = File::open(path)?;
        let metadata = file.metadata()?;
        Self::of(file, metadata.is_file().then_some(metadata.len()))
    }

    /// The size of the file as it is stored; `None` of a pipe, whose size is unknown.
    #[must_use]
    pub const fn size(&self) -> Option<u64> {
        self.size
    }

    /// The bytes of the file read so far: a number that grows.
    #[must_use]
    pub fn bytes_read(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.bytes_read)
    }

    pub(super) fn of(bytes: impl Read + Send + 'static, size: Option<u64>) -> io::Result<Self> {
        let bytes_read = Arc::new(AtomicU64::new(0));
        let counted = CountedBytes { bytes, read: Arc::clone(&bytes_read) };
        let (first, rest) = beginning(counted)?;
        let compression = Compression::of(&first);
        let whole = BufReader::with_capacity(BUFFER_BYTES, io::Cursor::new(first).chain(rest));
        let text: Box<dyn BufRead + Send> = match compression {
            Compression::None => Box::new(whole),
            Compression::Gzip => Box::new(BufReader::with_capacity(BUFFER_BYTES, MultiGzDecoder::new(whole))),
            Compression::Zstd => {
                Box::new(BufReader::with_capacity(BUFFER_BYTES, zstd::stream::read::Decoder::with_buffer(whole)?))
            }
        };
        Ok(Self { text, compression, size, bytes_read })
    }
}

/// The first bytes, enough to tell the compression. A pipe may deliver them one by one.
fn beginning<R: Read>(mut bytes: R) -> io::Result<(Vec<u8>, R)> {
    let mut first = Vec::with_capacity(ZSTD.len());
    bytes.by_ref().take(ZSTD.len() as u64).read_to_end(&mut first)?;
    Ok((first, bytes))
}

/// Counts the bytes that are read.
struct CountedBytes<R> {
    bytes: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for CountedBytes<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.bytes.read(buffer)?;
        self.read.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}
