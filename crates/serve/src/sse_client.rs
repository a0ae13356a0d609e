//! A viewer of the live stream, as the server sees one: what has been sent, plain or compressed.

use http_body_util::channel::{Channel, Sender};
use hyper::body::Bytes;

use crate::gzip_chunk::{GZIP_HEADER, GzipChunk, GzipTrailer};
use crate::reply::ReplyBody;

/// Who is told things, chunk by chunk. A chunk is given over when the last one has been taken.
pub(crate) struct SseClient {
    sender: Sender<Bytes>,
    /// `None` if the viewer takes plain text only.
    gzip: Option<GzipTrailer>,
}

impl SseClient {
    /// A viewer, and the body through which it is told.
    pub fn new(takes_gzip: bool) -> (Self, ReplyBody) {
        let (sender, body) = Channel::new(1);
        (Self { sender, gzip: takes_gzip.then(GzipTrailer::default) }, ReplyBody::chunks(body))
    }

    /// Before anything is told. `None` when the viewer is gone.
    pub async fn begin(&mut self) -> Option<()> {
        match self.gzip {
            Some(_) => self.sender.send_data(Bytes::from_static(&GZIP_HEADER)).await.ok(),
            None => Some(()),
        }
    }

    /// Tells a chunk. Whoever stops waiting for this has told nothing of it. `None` when the viewer is gone.
    pub async fn tell(&mut self, chunk: &GzipChunk) -> Option<()> {
        let bytes = if self.gzip.is_some() { &chunk.deflated } else { &chunk.plain };
        self.sender.send_data(bytes.clone()).await.ok()?;
        if let Some(so_far) = &mut self.gzip {
            so_far.add(chunk);
        }
        Some(())
    }

    /// After everything has been told.
    pub async fn end(mut self) {
        if let Some(so_far) = &self.gzip {
            // A viewer that is gone misses nothing.
            let _ = self.sender.send_data(so_far.end()).await;
        }
    }
}
