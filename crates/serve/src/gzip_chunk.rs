//! Chunks of a stream: compressed once, and put together to as many streams as there are viewers.
//!
//! ```text
//! gzip stream = header, chunk, chunk, ..., end        end = an empty last block, checksum and length of it all
//! ```
//!
//! A chunk is compressed without a look at what went before, and up to a whole byte, so any chunks follow each other.
//! What differs between two streams is which chunks they have, so each keeps its own checksum: that of a stream follows
//! from those of its chunks.

use std::io::Write as _;

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};
use hyper::body::Bytes;

/// What a gzip stream begins with: deflate, no name, no time, an unknown system.
pub(crate) const GZIP_HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];

/// An empty last block.
const LAST_BLOCK: [u8; 2] = [3, 0];

/// A chunk of text, as it is and compressed.
#[derive(Debug, Default)]
pub(crate) struct GzipChunk {
    pub plain: Bytes,
    pub deflated: Bytes,
    checksum: Crc,
}

impl GzipChunk {
    pub fn new(text: String) -> Self {
        let mut encoder = DeflateEncoder::new(Vec::with_capacity(text.len() / 4), Compression::fast());
        // Flushing ends the chunk at a whole byte, and the stream goes on.
        let written = encoder.write_all(text.as_bytes()).and_then(|()| encoder.flush());
        written.expect("writing to memory cannot fail");
        let deflated = std::mem::take(encoder.get_mut());
        let mut checksum = Crc::new();
        checksum.update(text.as_bytes());
        Self { plain: text.into(), deflated: deflated.into(), checksum }
    }
}

/// What a gzip stream has so far.
#[derive(Debug, Default)]
pub(crate) struct GzipTrailer(Crc);

impl GzipTrailer {
    /// The stream has this chunk, too.
    pub fn add(&mut self, chunk: &GzipChunk) {
        self.0.combine(&chunk.checksum);
    }

    /// What ends the stream.
    pub fn end(&self) -> Bytes {
        [&LAST_BLOCK[..], &self.0.sum().to_le_bytes(), &self.0.amount().to_le_bytes()].concat().into()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::GzDecoder;

    use super::*;

    #[test]
    fn any_pieces_follow_each_other_and_each_is_there_as_soon_as_it_has_come() {
        let chunks = ["event: hello\n\n".to_owned(), "figures ".repeat(20_000), String::new(), "ä".to_owned()];
        let chunks = chunks.map(GzipChunk::new);
        for order in [&[][..], &[0], &[0, 1, 3], &[1, 1, 2, 1, 0], &[2, 3]] {
            let (mut so_far, mut stream, mut text) = (GzipTrailer::default(), GZIP_HEADER.to_vec(), Vec::new());
            for chunk in order.iter().map(|number: &usize| &chunks[*number]) {
                stream.extend_from_slice(&chunk.deflated);
                text.extend_from_slice(&chunk.plain);
                so_far.add(chunk);
                let mut come = vec![0; text.len()];
                GzDecoder::new(&stream[..]).read_exact(&mut come).unwrap();
                assert_eq!(come, text);
            }
            stream.extend_from_slice(&so_far.end());
            let mut unpacked = Vec::new();
            let mut decoder = GzDecoder::new(&stream[..]);
            decoder.read_to_end(&mut unpacked).unwrap();
            assert_eq!(unpacked, text);
            assert!(decoder.into_inner().is_empty(), "the end is the end");
        }
    }
}
