//! A client of the live stream: sends it chunks, plain or compressed.

use http_body_util::channel::{Channel, Sender};
use hyper::body::Bytes;

use crate::gzip_chunk::{GZIP_HEADER, GzipChunk, GzipTrailer};
use crate::reply::ReplyBody;

/// A client of the stream. It is sent the next chunk when it has taken the previous one.
pub(crate) struct SseClient {
    sender: Sender<Bytes>,
    /// `None` if the client accepts plain text only.
    gzip: Option<GzipTrailer>,
}

impl SseClient {
    /// A client, and the body through which it is sent chunks.
    pub fn new(accepts_gzip: bool) -> (Self, ReplyBody) {
        let (sender, body) = Channel::new(1);
        (Self { sender, gzip: accepts_gzip.then(GzipTrailer::default) }, ReplyBody::chunks(body))
    }

    /// Begins the stream. `None` if the client is gone.
    pub async fn begin(&mut self) -> Option<()> {
        match self.gzip {
            Some(_) => self.sender.send_data(Bytes::from_static(&GZIP_HEADER)).await.ok(),
            None => Some(()),
        }
    }

    /// Sends a chunk. Cancelling this sends nothing of it. `None` if the client is gone.
    pub async fn send(&mut self, chunk: &GzipChunk) -> Option<()> {
        let bytes = if self.gzip.is_some() { &chunk.deflated } else { &chunk.plain };
        self.sender.send_data(bytes.clone()).await.ok()?;
        if let Some(trailer) = &mut self.gzip {
            trailer.add(chunk);
        }
        Some(())
    }

    /// Ends the stream after the last chunk.
    pub async fn end(mut self) {
        if let Some(trailer) = &self.gzip {
            // A client that is gone does not need it.
            let _ = self.sender.send_data(trailer.bytes()).await;
        }
    }
}
