//! The bytes of a file of events: plain or compressed, from a file, a pipe or standard input.
//!
//! What is compressed is found out by its first bytes, and not by its name. Several gzip members or zstd frames that
//! follow each other are one text. One that was cut off, and anything else after the last, is an error.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::bufread::MultiGzDecoder;

use super::is_standard_stream;
use super::lines::BUFFER_BYTES;

const GZIP: &[u8] = &[0x1f, 0x8b];
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
/// Of a frame without data, as parallel compressors write first; the byte before these is any from 0x50 to 0x5f.
const ZSTD_WITHOUT_DATA: &[u8] = &[0x2a, 0x4d, 0x18];

/// How the bytes are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Compression {
    Not,
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
            Self::Not
        }
    }

    /// What a fault in it is called.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::Not => "plain",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
        }
    }
}

/// The text of a file of events.
pub(crate) struct Source {
    pub(crate) text: Box<dyn BufRead + Send>,
    pub(super) compression: Compression,
    /// How many bytes the file has, as it lies there; `None` of a pipe, which may have any number.
    pub(super) bytes: Option<u64>,
    /// How many of them have been read.
    pub(super) bytes_read: Arc<AtomicU64>,
}

impl Source {
    /// The path `-` is standard input.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        if is_standard_stream(path) {
            return Self::of(io::stdin(), None);
        }
        let file = File::open(path)?;
        let found = file.metadata()?;
        Self::of(file, found.is_file().then_some(found.len()))
    }

    pub(super) fn of(bytes: impl Read + Send + 'static, length: Option<u64>) -> io::Result<Self> {
        let bytes_read = Arc::new(AtomicU64::new(0));
        let counted = Counted { bytes, read: Arc::clone(&bytes_read) };
        let (first, rest) = beginning(counted)?;
        let compression = Compression::of(&first);
        let whole = BufReader::with_capacity(BUFFER_BYTES, io::Cursor::new(first).chain(rest));
        let text: Box<dyn BufRead + Send> = match compression {
            Compression::Not => Box::new(whole),
            Compression::Gzip => Box::new(BufReader::with_capacity(BUFFER_BYTES, MultiGzDecoder::new(whole))),
            Compression::Zstd => {
                Box::new(BufReader::with_capacity(BUFFER_BYTES, zstd::stream::read::Decoder::with_buffer(whole)?))
            }
        };
        Ok(Self { text, compression, bytes: length, bytes_read })
    }
}

/// The first bytes, as many as tell what follows; a pipe may give them one by one.
fn beginning<R: Read>(mut bytes: R) -> io::Result<(Vec<u8>, R)> {
    let mut first = Vec::with_capacity(ZSTD.len());
    bytes.by_ref().take(ZSTD.len() as u64).read_to_end(&mut first)?;
    Ok((first, bytes))
}

/// Counts what is read.
struct Counted<R> {
    bytes: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.bytes.read(buffer)?;
        self.read.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}
