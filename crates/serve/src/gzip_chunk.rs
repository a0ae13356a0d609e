//! Chunks of a gzip stream: compressed once, and joined into as many streams as there are clients.
//!
//! ```text
//! gzip stream = header, chunk, chunk, ..., end        end = an empty last block, checksum and length of it all
//! ```
//!
//! A chunk is compressed without reference to earlier data and ends at a byte boundary, so chunks can follow each other
//! in any order. Streams differ in the chunks that they have, so each keeps its own checksum, which is combined from
//! those of its chunks.

use std::io::Write as _;

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};
use hyper::body::Bytes;

/// The header of a gzip stream: deflate, no name, no time, unknown system.
pub(crate) const GZIP_HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];

/// An empty last deflate block.
const LAST_BLOCK: [u8; 2] = [3, 0];

/// A chunk of text, plain and compressed.
#[derive(Debug, Default)]
pub(crate) struct GzipChunk {
    pub plain: Bytes,
    pub deflated: Bytes,
    checksum: Crc,
}

impl GzipChunk {
    pub fn new(text: String) -> Self {
        let mut encoder = DeflateEncoder::new(Vec::with_capacity(text.len() / 4), Compression::fast());
        // Flushing ends the chunk at a byte boundary without ending the stream.
        let written = encoder.write_all(text.as_bytes()).and_then(|()| encoder.flush());
        written.expect("writing to memory cannot fail");
        let deflated = std::mem::take(encoder.get_mut());
        let mut checksum = Crc::new();
        checksum.update(text.as_bytes());
        Self { plain: text.into(), deflated: deflated.into(), checksum }
    }
}

/// The checksum and the length of a gzip stream so far.
#[derive(Debug, Default)]
pub(crate) struct GzipTrailer(Crc);

impl GzipTrailer {
    /// Adds a chunk of the stream.
    pub fn add(&mut self, chunk: &GzipChunk) {
        self.0.combine(&chunk.checksum);
    }

    /// The bytes that end the stream.
    pub fn bytes(&self) -> Bytes {
        [&LAST_BLOCK[..], &self.0.sum().to_le_bytes(), &self.0.amount().to_le_bytes()].concat().into()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::GzDecoder;

    use super::*;

    #[test]
    fn chunks_in_any_order_make_a_stream_and_each_can_be_read_as_soon_as_it_arrives() {
        let chunks = ["event: hello\n\n".to_owned(), "figures ".repeat(20_000), String::new(), "ä".to_owned()];
        let chunks = chunks.map(GzipChunk::new);
        for order in [&[][..], &[0], &[0, 1, 3], &[1, 1, 2, 1, 0], &[2, 3]] {
            let (mut trailer, mut stream, mut text) = (GzipTrailer::default(), GZIP_HEADER.to_vec(), Vec::new());
            for chunk in order.iter().map(|number: &usize| &chunks[*number]) {
                stream.extend_from_slice(&chunk.deflated);
                text.extend_from_slice(&chunk.plain);
                trailer.add(chunk);
                let mut received = vec![0; text.len()];
                GzDecoder::new(&stream[..]).read_exact(&mut received).unwrap();
                assert_eq!(received, text);
            }
            stream.extend_from_slice(&trailer.bytes());
            let mut unpacked = Vec::new();
            let mut decoder = GzDecoder::new(&stream[..]);
            decoder.read_to_end(&mut unpacked).unwrap();
            assert_eq!(unpacked, text);
            assert!(decoder.into_inner().is_empty(), "nothing follows the end");
        }
    }
}
