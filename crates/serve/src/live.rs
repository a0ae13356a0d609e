//! The live stream of the board, `GET /api/live`: server-sent events, each with one line of JSON ([`board_json`]).
//!
//! ```text
//! retry: 1000
//! event: hello        first, and once: the version, the indicators, the lines
//! event: figures      at once, and then every second
//! event: day          after the first figures, and then once for each minute of the figures' time
//! ```
//!
//! The figures are read, rendered and compressed once a second for all clients together, and only while there are any;
//! the clients share the bytes. A slow client gets the latest figures once it has read the previous ones: it skips
//! seconds, and nothing accumulates for it. A stream ends between two events: when the server stops, or at the end of
//! the connection's life. The board then reconnects.

use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use ensilinja_catalogue::Exposition;
use serde_json::Value;
use tokio::sync::{Semaphore, watch};
use tokio::time::MissedTickBehavior;

use crate::board_json;
use crate::gzip_chunk::GzipChunk;
use crate::reply::ReplyBody;
use crate::source::SnapshotSource;
use crate::sse_client::SseClient;

/// The content type of the stream.
pub(crate) const EVENT_STREAM: &str = "text/event-stream";

/// The time between two figures events.
const BETWEEN_FIGURES: Duration = Duration::from_secs(1);

/// The clients of the stream, and the events that they share.
pub(crate) struct LiveStream {
    /// The first event of every stream.
    hello: Arc<GzipChunk>,
    exposition: Arc<Exposition>,
    source: Arc<dyn SnapshotSource>,
    turns: Arc<Semaphore>,
    /// The channel to the clients, while there are any. This receiver itself is never read.
    broadcast: Mutex<Option<watch::Receiver<LiveFrame>>>,
}

/// The events of one second.
#[derive(Clone, Default)]
struct LiveFrame {
    figures: Arc<GzipChunk>,
    day: Arc<GzipChunk>,
    /// The minute of the figures' time for which the day was read; `None` before the figures are rebuilt.
    day_minute: Option<i64>,
}

impl LiveStream {
    /// A stream without clients. `hello` is the first event of each; reading the figures takes one of `turns`.
    pub fn new(
        hello: &Value,
        exposition: Arc<Exposition>,
        source: Arc<dyn SnapshotSource>,
        turns: Arc<Semaphore>,
    ) -> Self {
        let hello = Arc::new(GzipChunk::new(format!("retry: 1000\n{}", event("hello", hello))));
        Self { hello, exposition, source, turns, broadcast: Mutex::default() }
    }

    /// The stream for one client. It ends when `leaving` is closed.
    pub fn stream(self: &Arc<Self>, accepts_gzip: bool, mut leaving: watch::Receiver<()>) -> ReplyBody {
        let (mut client, body) = SseClient::new(accepts_gzip);
        let (hello, frames) = (Arc::clone(&self.hello), self.join());
        tokio::spawn(async move {
            tokio::select! {
                _ = leaving.changed() => {}
                _ = send(&mut client, &hello, frames) => {}
            }
            client.end().await;
        });
        body
    }

    /// Adds a client, and starts the broadcast if it is the first.
    fn join(self: &Arc<Self>) -> watch::Receiver<LiveFrame> {
        let mut broadcast = self.lock();
        let frames = broadcast.get_or_insert_with(|| {
            let (sender, frames) = watch::channel(LiveFrame::default());
            tokio::spawn(Arc::clone(self).broadcast(sender));
            frames
        });
        frames.clone()
    }

    /// Sends a frame each second while there are clients. If reading the figures fails, all streams end, and the next
    /// client starts a new broadcast.
    async fn broadcast(self: Arc<Self>, frames: watch::Sender<LiveFrame>) {
        let mut every_second = tokio::time::interval(BETWEEN_FIGURES);
        every_second.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            every_second.tick().await;
            {
                let mut broadcast = self.lock();
                // One receiver is our own.
                if frames.receiver_count() == 1 {
                    *broadcast = None;
                    return;
                }
            }
            let turn = Arc::clone(&self.turns).acquire_owned().await.expect("the turns are never closed");
            let (live, last) = (Arc::clone(&self), frames.borrow().clone());
            let frame = tokio::task::spawn_blocking(move || {
                let _turn = turn;
                live.frame_after(&last)
            });
            match frame.await {
                Ok(frame) => frames.send_replace(frame),
                Err(error) => {
                    tracing::error!(%error, "live figures not rendered");
                    *self.lock() = None;
                    return;
                }
            };
        }
    }

    fn frame_after(&self, last: &LiveFrame) -> LiveFrame {
        let snapshot = self.source.snapshot();
        let minute = snapshot.figures.as_ref().map(|figures| figures.as_of.floor_second().div_euclid(60));
        let figures = event("figures", &board_json::figures(self.exposition.lines(), &snapshot));
        let day = if last.day.plain.is_empty() || last.day_minute != minute {
            let intraday = minute.and_then(|_| self.source.intraday());
            Arc::new(GzipChunk::new(event(
                "day",
                &board_json::day(self.exposition.lines().infos().len(), intraday.as_ref()),
            )))
        } else {
            Arc::clone(&last.day)
        };
        LiveFrame { figures: Arc::new(GzipChunk::new(figures)), day, day_minute: minute }
    }

    fn lock(&self) -> MutexGuard<'_, Option<watch::Receiver<LiveFrame>>> {
        self.broadcast.lock().expect("nothing panics while it is locked")
    }
}

/// Sends a client the latest frame whenever it has taken the previous one. `None` when either side is gone.
async fn send(client: &mut SseClient, hello: &GzipChunk, mut frames: watch::Receiver<LiveFrame>) -> Option<()> {
    client.begin().await?;
    client.send(hello).await?;
    let mut sent_day = None;
    loop {
        frames.changed().await.ok()?;
        let LiveFrame { figures, day, day_minute } = frames.borrow_and_update().clone();
        client.send(&figures).await?;
        if sent_day != Some(day_minute) {
            client.send(&day).await?;
            sent_day = Some(day_minute);
        }
    }
}

/// Formats an event. JSON as written here has no line breaks, so the data is one line.
fn event(name: &str, data: &Value) -> String {
    format!("event: {name}\ndata: {data}\n\n")
}
